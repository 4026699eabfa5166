"""Exporting: where to, what of, what is said; and formats that plugins bring."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from decks import Note, NoteKind, Place
from exporters import (
    Bundle,
    ExportCard,
    ExportNote,
    Format,
    MediaFile,
    builtin_format_names,
    formats,
    get_format,
    write_to,
)
from exporters.guarding import flaw, guarded
from srs.cli.export_receipt import ANKI_BOXES, lines
from srs.cli.export_target import Target
from srs.cli.words import size
from tests.anki_backend import anki
from tests.documented import HELP, Scene, blocks
from tests.plugged import NAMES, plugged
from tests.program import CARDS, SRS, Program, Ran, Screen
from tests.test_progress import SLOWLY

LOADED = "the plugin was loaded\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with a plugin and a collection, which no export changes."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "own.md").write_text(CARDS)
    program = Program(folder / "home")
    assert program("import", str(folder / "own.md")).code == 0
    return plugged(program, folder / "site")


@pytest.fixture
def here(whole: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The same, in a folder of one's own."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return whole


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def streamed(program: Program, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [SRS, "export", *words, "-o", "-", "--now", program.now],
        capture_output=True, env=program.env(), check=False,
    )  # fmt: skip


# Where to


USAGE = {
    "anki": "hint: add -o driftdeck.apkg, or another name",
    "-o x.apkg": "no format is named",
    "ankk -o x": "did you mean srs export anki?",
    "anki -o ''": "-o needs the name of a file",
    "anki -o - --json": "would mix",
    "anki -o x --limit 0": "0 is not in the range x>=1",
    "anki -o x --replaces-whole-profile": "leave --replaces-whole-profile out",
    "profile -o x.colpkg": "importing a .colpkg file replaces the whole profile",
    "profile -o x.apkg --replaces-whole-profile": "x.apkg: does not end in .colpkg",
    "profile -o - --replaces-whole-profile": "profile goes into a file only",
    "profile -o x --with-history": "profile takes no history",
}
UNFIT = {
    "anki -o here.apkg": "here.apkg: exists already\nhint: --force replaces it",
    "anki -o dangling.apkg": "dangling.apkg: exists already",
    "anki -o folder": "folder/driftdeck.apkg: exists already",
    "anki -o missing/x.apkg": "missing: no such folder",
    "anki -o missing/": "missing: no such folder",
    "anki -o /dev/null --force": "not a regular file",
}
PROFILE = Format(
    "profile", ".colpkg", "", lambda bundle, progress: b"", replaces="the whole profile"
)


@pytest.mark.parametrize("cases, code", [(USAGE, 2), (UNFIT, 3)], ids=["usage", "unfit"])
def test_what_cannot_be_done_is_said_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cases: Mapping[str, str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(formats._HOMES, "profile", (__name__, "PROFILE"))
    scene = Scene(tmp_path)  # its home is damaged, and work would begin with reading it
    scene.home.mkdir()
    Path(scene.home, "collection.db").write_text("no collection")
    Path("here.apkg").write_bytes(b"mine")
    Path("dangling.apkg").symlink_to("nowhere")
    Path("folder").mkdir()
    Path("folder", "driftdeck.apkg").write_bytes(b"mine")
    before = names()
    for words, told in cases.items():
        ran = scene.run(f"srs export {words}")
        assert (ran.code, told in ran.err, ran.err.count("\n")) == (code, True, 2), (words, ran.err)
    assert "not a driftdeck collection" in scene.run("srs export anki -o x.apkg").err
    assert names() == before
    assert Path("here.apkg").read_bytes() == b"mine"


def test_a_file_that_comes_meanwhile_is_left_alone(here: Program) -> None:
    rival = Path("out.txt").resolve()
    program = replace(here, environment=here.environment | {"RIVAL": str(rival)})
    ran = program("export", "races", "-o", "out.txt")
    assert (ran.code, rival.read_bytes(), names()) == (3, b"theirs", ["out.txt"])
    assert "error: out.txt: exists already\nhint: --force" in ran.err
    assert program("export", "races", "-o", "out.txt", "--force").code == 0
    assert (rival.read_bytes(), names()) == (b"ours", ["out.txt"])


def test_a_folder_gets_a_file_of_the_usual_name(here: Program) -> None:
    ran = here("export", "anki", "-o", ".", "--json").json
    assert ran["path"] == str(Path("driftdeck.apkg").absolute())
    assert ran["bytes"] == Path("driftdeck.apkg").stat().st_size
    assert here("export", "lines", "-o", "./").code == 0
    assert names() == ["driftdeck.apkg", "driftdeck.txt"]


def test_standard_output_gets_the_very_bytes(here: Program) -> None:
    assert here("export", "anki", "Own", "-o", "x.apkg").code == 0
    ran = streamed(here, "anki", "Own")
    assert (ran.returncode, ran.stdout) == (0, Path("x.apkg").read_bytes())
    said = f"Wrote 3 notes, 4 cards to standard output ({size(len(ran.stdout))}).\n"
    assert ran.stderr.decode() == said


def test_a_reader_that_has_seen_enough_ends_an_export_quietly(here: Program) -> None:
    command = f"{SRS} export endless -o - | head -1; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, env=here.env(), check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "one line of many\n")
    assert ran.stderr == LOADED


def test_a_full_disk_is_told(here: Program) -> None:
    ran = subprocess.run(
        ["bash", "-c", f"{SRS} export anki Own -o - > /dev/full"],
        capture_output=True, text=True, env=here.env(), check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (3, "error: No space left on device\n")


def test_a_terminal_is_shown_text_alone(here: Program) -> None:
    screen = here.screen("export", "lines", "Own", "-o", "-")
    screen.wait_for("What does a canary ask?")
    assert screen.end() == 0
    screen = here.screen("export", "packed", "Own", "-o", "-")
    screen.wait_for("this is not for a terminal to show")
    assert screen.end() == 2
    assert b"PK" not in screen.raw


def test_bars_move_while_pieces_are_written(here: Program) -> None:
    words = ["export", "slow", "Own", "-o", "slow.txt", "--now", here.now]
    screen = Screen(here, [sys.executable, "-c", SLOWLY, *words], 80, 24)
    assert screen.end() == 0
    assert all(said in screen.raw for said in (b"Collecting", b"Writing notes", b"25%", b"75%"))
    assert Path("slow.txt").read_bytes() == b"xxxx"


# What of


def test_what_selects_cards_selects_notes(here: Program) -> None:
    def chosen(*words: str) -> tuple[int, int]:
        told = here("export", "lines", *words, "-o", "x", "--force", "--json").json
        return told["notes"], told["cards"]

    assert chosen("--tag", "mine") == chosen("--deck", "own", "--limit", "9") == (3, 4)
    assert chosen("Own", "--limit", "1") == (1, 1)
    assert Path("x").read_text() == "What does a canary ask?\n"
    listed = here("card", "list", "level:mid -deck:Own", "--json").json["cards"]
    notes = len({card["note"] for card in listed})
    assert chosen("--level", "mid") == (notes, len(listed))
    ran = here("export", "lines", "--tag", "mine", "--flagged", "-o", "y")
    assert (ran.code, "no cards to export\nhint: leave an option out" in ran.err) == (2, True)
    assert names() == ["x"]


def test_history_goes_along_unless_it_is_not_wanted(here: Program) -> None:
    out = here("export", "told", "Own", "-o", "x.txt").out
    assert out.startswith("Wrote 3 notes, 4 cards, 1,204 reviews to x.txt (")
    words = ("export", "told", "Own", "-o", "x.txt", "--force", "--json")
    assert here(*words, "--with-history").json["reviews"] == 1204
    assert here(*words, "--no-history").json["reviews"] == 0
    assert here("export", "lines", "-o", "y.txt", "--no-history").code == 0


def test_a_deck_that_is_disabled_is_named(here: Program, tmp_path: Path) -> None:
    other = replace(here, home=tmp_path / "other")
    assert other("deck", "disable", "03-features").code == 0
    ran = other("export", "anki", "03-features", "-o", "x.apkg")
    assert (ran.code, "03-features is disabled" in ran.err) == (2, True)


# What is said


def test_what_is_missing_is_told_and_the_file_is_written(here: Program) -> None:
    program = replace(here, environment=here.environment | {"MISSING": "21"})
    ran = program("export", "lines", "Own", "-o", "x.txt")
    assert (ran.code, len(Path("x.txt").read_text().splitlines())) == (0, 3)  # a note is no fault
    assert "note: own.md:4: [0].png: missing\nhint: mend its name\nnote: own.md:5: [1]" in ran.err
    assert ran.err.endswith("hint: mend its name\nand 1 more; --json lists them all\n")
    found = program("export", "lines", "-o", "y.txt", "--json")
    assert (found.code, len(found.json["problems"])) == (0, 21)
    assert found.json["problems"][20] == {
        "path": "own.md", "line": 24, "reason": "[20].png: missing", "hint": "mend its name",
        "severity": "note",
    }  # fmt: skip


def test_what_replaces_a_profile_says_so_everywhere(here: Program) -> None:
    name = "driftdeck-replaces-whole-profile.colpkg"
    ran = here("export", "profile", "--replaces-whole-profile")
    assert (ran.code, names()) == (0, [name])
    assert f"to {name} (" in ran.out
    assert "importing it replaces the whole profile" in ran.err
    words = ("export", "profile", "-o", "A.COLPKG", "--replaces-whole-profile", "--json")
    assert here(*words).json["replaces"] == "the whole profile"
    assert "importing it replaces the whole profile" in here(*words, "--force").err


LAST = builtin_format_names()[-1]
NOTE = Note(NoteKind.BASIC, "q", "a", "Own", Place("own.md", 1))


def said(cards: int = 0, reviews: int = 0, media: tuple[str, ...] = ()) -> list[str]:
    one = ExportNote(b"n", NOTE, tuple(ExportCard(b"c", "", n) for n in range(cards)), 0)
    files = {name: MediaFile(name, 1, lambda: b"") for name in media}
    history: Any = SimpleNamespace(reviews=reviews) if reviews else None
    bundle = Bundle("x", [one], media=files, history=history)
    return list(lines(get_format("anki"), bundle, Target(Path("a.apkg"), True), 1_234_567))


def test_the_receipt_counts_what_there_is() -> None:
    assert said() == ["Wrote 1 note to a.apkg (1.2 MB)."]
    assert said(2, media=("a.png",)) == ["Wrote 1 note, 2 cards, 1 picture to a.apkg (1.2 MB)."]
    (line,) = said(1, media=("a.png", "b.mp3"))
    assert line == "Wrote 1 note, 1 card, 2 media files to a.apkg (1.2 MB)."
    sizes = [1, 999, 1000, 999_949, 999_950, 10**9, 10**13]
    assert [size(one) for one in sizes] == [
        "1 byte", "999 bytes", "1.0 kB", "999.9 kB", "1.0 MB", "1.0 GB", "10,000.0 GB",
    ]  # fmt: skip


def test_the_boxes_to_tick_are_called_so_in_anki(tmp_path: Path) -> None:
    _, line = said(1, reviews=2)
    with anki(tmp_path / "anki") as col:
        boxes = (col.tr.importing_also_import_progress(), col.tr.importing_with_deck_configs())
    assert boxes == ANKI_BOXES
    assert all(f'"{box}"' in line for box in boxes)


# Formats as plugins


REASONS = {
    "ABSENT": "ModuleNotFoundError: No module named 'no_such_module'",
    "BAD_KIND": "it leads to no Format",
    "BAD_NAME": "'two words' is no plain word of letters, digits, - and _",
    "BAD_RENDER": "its render cannot be called",
    "BAD_SUFFIX": "'/../x' is no suffix such as .txt",
    "BAD_TAKEN": "the name anki is taken",
    "BAD_TEXT": "its name, suffix, summary or replaces is no text",
    "BAD_WANTS": "its wants are no set of Want",
    "BAD_WORDS": "'../all' are no plain words",
    "SECOND_BAD": "the name lines is taken",
}


def test_without_a_format_all_are_listed_and_bad_plugins_named(here: Program) -> None:
    ran = here("export")
    rows = [line.split("  ")[0] for line in ran.out.splitlines()]
    good = [name.lower() for name in sorted(NAMES) if "BAD" not in name]
    assert rows[0] == "Format"
    assert rows[-len(good) - 3 :] == [LAST, *good, "", "srs export FORMAT -o FILE writes a file."]
    assert "every question on a line ␛[2J" in ran.out
    warned = "".join(
        f"note: the plugin {name} cannot be used: {reason}\n" for name, reason in REASONS.items()
    )
    assert (ran.code, ran.err) == (0, LOADED + warned)
    found = {one["format"]: one for one in here("export", "--json").json["formats"]}
    assert found["told"] | {"plugin": True, "history": True, "suffix": ".txt"} == found["told"]
    assert (found["anki"]["plugin"], found["profile"]["replaces"]) == (False, "the whole profile")
    shown = here("export", "--help")
    assert re.search(r"\n  lines +every question on a line ␛\[2J\n", shown.out)
    assert "for a fresh start; replaces the whole profile" in shown.out
    assert "the plugin ABSENT cannot be used" in shown.err


def test_nobody_looks_for_plugins_where_a_format_of_ours_is_asked_for(here: Program) -> None:
    assert here("export", "anki", "Own", "-o", "x.apkg").err == ""


def test_a_plugin_that_cannot_be_used_is_an_error_where_it_is_asked_for(here: Program) -> None:
    ran = here("export", "ABSENT", "-o", "x")
    assert ran.code == 3
    assert f"error: the plugin ABSENT cannot be used: {REASONS['ABSENT']}\nhint: mend" in ran.err
    assert "note: the plugin ABSENT" not in ran.err


@pytest.mark.parametrize(
    "name, reason",
    [
        ("raises", "ValueError: no more"),
        ("leaves", "SystemExit: 0"),
        ("text", "it gives str, not bytes"),
        ("numbers", "it gives int, not bytes"),
        ("none", "it gives NoneType, not bytes"),
    ],
)
def test_a_plugin_that_fails_is_named_and_leaves_nothing(
    here: Program, name: str, reason: str
) -> None:
    Path("x.txt").write_text("old")
    ran: Ran = here("export", name, "-o", "x.txt", "--force")
    assert (ran.code, Path("x.txt").read_text(), names()) == (3, "old", ["x.txt"])
    assert f"error: the plugin {name.upper()} failed: {reason}\nhint: mend or" in ran.err


def test_the_doctor_and_completion_know_plugins(here: Program) -> None:
    found = here("doctor", "--json").json["findings"]
    told = [one["message"] for one in found if one["check"] == "plugins"]
    assert told == [f"the plugin {name} cannot be used: {why}" for name, why in REASONS.items()]
    asked = subprocess.run(
        [SRS, "export", "li"], env=here.env() | {"_SRS_COMPLETE": "zsh"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.stdout == "plain\tlines\t\n"


def test_the_format_in_the_manual_is_one() -> None:
    code = next(b.text for b in blocks(HELP / "export.md") if b.language == "python")
    found: dict[str, Any] = {}
    exec(code, found)
    format_ = guarded(found["QUESTIONS"], "QUESTIONS")
    assert flaw(format_) == ""
    written = io.BytesIO()
    assert write_to(format_, Bundle("x", [ExportNote(b"n", NOTE, (), 0)]), written) == 2
    assert written.getvalue() == b"q\n"
