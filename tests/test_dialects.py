"""Formats of other programs: which is chosen and why, plugins, and what holds for all."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.dialects import DeckText, Dialect, dialects, likely, suffixes
from decks.lines import split
from decks.manner import Manner, look, suffixes_of, walked_suffixes
from decks.model import CARD
from decks.walk import find
from tests.program import Program

TEXTS = [one for one in dialects() if one.read is None]
# What one dialect or another takes for markup.
MARKS = [
    "Q: ", "A: ", "C: [", "]", "::", ":::", " :: ", "?", "??", "---", "```", "~~~", "$", "==",
    "{{c1::", "}}", "{", "}", "#", "##", "# ", "## ", "#card", "#flashcards/a",
    "<!--SR:!2024-01-01,3,250-->",
    "<!--", "-->", "START", "END", "Basic", "Back: ", "cards:", "- front: ", "  back: ", "- id: 1",
    "* ", "** ", ":drill:", ":PROPERTIES:", ":END:", "%", "\t", "\"", ",", ";", "#separator:tab",
    "^abc123", "TARGET DECK", "> [!sr] ", "|", "&a", "*a", "!!python/object", "\r", "\n", "\n\n",
    "name = \"x\"", "tags: [a]", "question: ", "answer: ", "## Question", "## Answer", "word",
    "\ufeff",
    "  ", "[#t]()", "\u2028", "\0", "sr-due: 2024-01-01", "12", "é",
]  # fmt: skip
TEXT = st.text(max_size=60) | st.lists(st.sampled_from(MARKS), max_size=40).map("".join)


@pytest.mark.parametrize("one", TEXTS, ids=lambda one: one.name)
@settings(max_examples=60)
@given(text=TEXT)
def test_any_text_is_read_and_every_line_accounted_for(one: Dialect, text: str) -> None:
    suffix = one.suffixes[0]
    source = DeckText(text, f"a/b{suffix}", f"b{suffix}", "b")
    parsed = one.parse(source)
    lines = split(text)
    assert len(parsed.fates) == len(lines)
    assert set(parsed.fates) <= set("cps")
    for note in parsed.notes:
        assert parsed.fates[note.place.line - 1] == CARD
        assert note.front
        assert note.deck
    for problem in parsed.problems:
        assert 1 <= problem.place.line <= max(1, len(lines))
    assert one.signs(source).cards >= 0


@pytest.mark.parametrize("one", TEXTS, ids=lambda one: one.name)
def test_reading_takes_time_in_proportion(one: Dialect) -> None:
    """A long text of marks would take hours if any were looked for again and again."""
    for mark in MARKS:
        source = DeckText(f"{mark}\n" * 1_200 + mark * 1_200, "x.md", "x.md", "x")
        assert len(one.parse(source).fates) == len(split(source.text))
        one.signs(source)


@pytest.mark.parametrize("one", TEXTS, ids=lambda one: one.name)
@settings(max_examples=60)
@given(text=TEXT)
def test_a_dialect_is_looked_for_wherever_it_would_see_itself(one: Dialect, text: str) -> None:
    """A quick look decides which dialects are loaded at all."""
    name = f"b{one.suffixes[0]}"
    if one.signs(DeckText(text, name, name, "b")).cards:
        assert one in likely(text, name)
    assert suffixes()[one.name] == one.suffixes


def folder_of(tmp_path: Path, **texts: str) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def test_a_manner_is_kept_as_a_text() -> None:
    for text in ("native", "native?"):
        assert Manner.of(text).text == text
    assert suffixes_of("nobody's") == (".md", ".markdown")


def test_prose_shows_no_format(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a_md="# Notes\n\nstd::vector is a type.\n\n## More\n\n- a: b\n")
    looks = look(find(str(folder), suffixes=walked_suffixes()).files, str(folder))
    assert looks.manner.text == "native?"


PLUGIN = """
from decks.dialects.base import Dialect, Signs
from decks.dialects.sheet import Said, Sheet
from decks.model import NoteKind

def parse(source):
    sheet = Sheet(source)
    for at, line in enumerate(sheet.lines):
        front, arrow, back = line.partition(" => ")
        if arrow:
            sheet.card(Said(NoteKind.BASIC, front, back), [at])
    return sheet.finish()

def signs(source):
    return Signs(source.text.count(" => "), "lines with =>")

DIALECT = Dialect("arrows", "Arrows", parse, signs)
NONSENSE = 7
"""
# Each fails where another part of the program would notice.
FAULTY = """
import sys
from dataclasses import replace
import arrows

def fails(source):
    raise OSError(f"cannot\\nread {source!r:.3}")

def leaves(source):
    sys.exit(0)

def short(source):
    return replace(arrows.parse(source), fates="c")

def odd(source):
    found = arrows.parse(source)
    return replace(found, fates="x" * len(found.fates))

def made(name, **fields):
    quiet = {"signs": lambda source: arrows.Signs()}
    return replace(arrows.DIALECT, name=name, **(quiet | fields))

SIGHTLESS = made("sightless", signs=fails)
BLIND = made("blind", look_around=leaves)
DUMB = made("dumb", signs=lambda source: 7)
SHORT = made("short", parse=short)
ODD = made("odd", parse=odd)
RAISING = made("raising", parse=fails)
LEAVING = made("leaving", parse=leaves)
TWO_WORDS = made("two words")
LOOKS = made("auto")
NO_SUFFIX = made("no-suffix", suffixes=[".md"])
"""


@pytest.fixture
def plugged(own: Program, tmp_path: Path) -> Program:
    """The program with three plugins beside it, of which one works."""
    site = tmp_path / "site"
    info = site / "arrows-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "arrows.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: arrows\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[srs.dialects]\narrows = arrows:DIALECT\nabsent = no_such_module:DIALECT\n"
        "nonsense = arrows:NONSENSE\n"
    )
    paths = (str(site), *filter(None, [os.environ.get("PYTHONPATH")]))
    return Program(own.home, environment={"PYTHONPATH": os.pathsep.join(paths)})


def test_a_plugin_is_found_by_what_files_look_like(plugged: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a_md="What asks a canary? => Is it safe?\n\nprose\n")
    ran = plugged("import", str(folder))
    assert ran.code == 0
    assert "is read as Arrows (--from arrows)" in ran.out
    assert "1 note, 1 card in 1 file: 1 added." in ran.out
    (folder / "a.md").write_text("What asks a canary? => Is it safe to go on?\n")
    assert plugged("sync", "--json").json["changed"] == 1


def test_a_broken_plugin_is_a_warning(plugged: Program, tmp_path: Path) -> None:
    ran = plugged("import", str(folder_of(tmp_path, a_md="Q: q?\nA: a\n")))
    assert ran.code == 0
    assert "the plugin absent cannot be used: ModuleNotFoundError" in ran.err
    assert "the plugin nonsense cannot be used: it leads to no Dialect" in ran.err
    found = plugged("doctor", "--json").json
    assert [one["severity"] for one in found["findings"] if one["check"] == "plugins"] == [
        "warning", "warning",
    ]  # fmt: skip


@pytest.fixture
def faulty(plugged: Program, tmp_path: Path) -> Program:
    """The program with plugins of which all but one have a fault of their own."""
    site = tmp_path / "site"
    (site / "faulty.py").write_text(FAULTY)
    names = re.findall("^[A-Z_]+", FAULTY, re.MULTILINE)
    points = "".join(f"{name} = faulty:{name}\n" for name in names)
    (site / "arrows-1.0.dist-info" / "entry_points.txt").write_text(
        f"[srs.dialects]\narrows = arrows:DIALECT\n{points}"
    )
    return plugged


def test_a_plugin_that_fails_while_it_looks_is_passed_over(faulty: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a_md="What asks a canary? => Is it safe?\n", b_md="prose\n")
    ran = faulty("import", str(folder))
    assert ran.code == 0
    assert "1 note, 1 card in 2 files: 1 added." in ran.out
    told = [line for line in ran.err.splitlines() if "cannot be used" in line]
    assert [line.removeprefix("note: the plugin ") for line in told] == [
        "LOOKS cannot be used: the name auto is taken",
        "NO_SUFFIX cannot be used: its name, title, aliases or suffixes are no texts",
        "TWO_WORDS cannot be used: 'two words' is no plain word of letters, digits, - and _",
        "BLIND cannot be used: SystemExit: 0",
        "DUMB cannot be used: its signs are no Signs",
        "SIGHTLESS cannot be used: OSError: cannot read Dec",
    ]
    (folder / "b.md").write_text("more prose\n")
    ran = faulty("sync")
    assert ran.code == 0
    assert "SIGHTLESS cannot be used" in ran.err
    assert "TWO_WORDS" not in ran.err


@pytest.mark.parametrize(
    "name, reason",
    [
        ("raising", "OSError: cannot read Dec"),
        ("leaving", "SystemExit: 0"),
        ("blind", "SystemExit: 0"),
        ("short", "it accounts for 1 of 3 lines"),
        ("odd", "an account of lines has letters other than c, p, s"),
    ],
)
def test_a_plugin_that_cannot_read_costs_only_its_files(
    faulty: Program, tmp_path: Path, name: str, reason: str
) -> None:
    folder = folder_of(tmp_path, a_md="a? => b\n\nc? => d\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("Q: When is a rollout halted?\nA: On errors.\n")
    faulty("import", str(other))
    (other / "a.md").write_text("Q: When is a rollout halted?\nA: On more errors.\n")
    ran = faulty("import", "--from", name, str(folder), "--json")
    (problem,) = ran.json["skipped"]
    assert problem["reason"] == f"the format {name} cannot read it: {reason}"
    assert (ran.code, ran.json["lines"]) == (1, {"card": 0, "prose": 0, "skipped": 3})
    ran = faulty("sync", "--json")
    assert (ran.code, ran.json["changed"], len(ran.json["skipped"])) == (1, 1, 1)


def test_a_plugin_that_is_gone_costs_nothing(
    plugged: Program, own: Program, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, a_md="What asks a canary? => Is it safe?\n")
    plugged("import", "--from", "arrows", str(folder))
    ran = own("sync")
    assert ran.code == 1
    assert "its format arrows is not to be had" in ran.err
    assert own("card", "list", "safe", "--json").json["cards"]


def test_a_format_that_is_not_there_is_named(own: Program, tmp_path: Path) -> None:
    ran = own("import", "--from", "nobody's", str(folder_of(tmp_path, a_md="")))
    assert ran.code == 2
    assert "no format nobody's" in ran.err
    assert "hint: there are native" in ran.err


@pytest.mark.parametrize(
    "written, told",
    [
        ("headings:x", "hint: LEVEL is one of 1, 2, 3, 4, 5, 6"),
        ("headings:9", "hint: LEVEL is one of 1, 2, 3, 4, 5, 6"),
        ("headings:2?", "hint: write --from headings:2"),
        ("headings:", "hint: write --from headings"),
        ("native?", "hint: write --from native"),
        ("", "error: no format is named"),
    ],
)
def test_what_names_no_manner_is_refused_and_not_remembered(
    own: Program, tmp_path: Path, written: str, told: str
) -> None:
    folder = folder_of(tmp_path, a_md="## Q?\n\nA\n")
    ran = own("import", "--from", written, str(folder))
    assert ran.code == 2
    assert told in ran.err
    listed = own("sync", "--list", "--json").json["sources"]
    assert str(folder) not in [source["path"] for source in listed]


def test_the_learner_decides_and_may_let_the_looks_decide_again(
    own: Program, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, a_md="Q: q?\nA: a\n")
    own("import", "--from", "native", str(folder))
    assert own("import", str(folder), "--json").json["taken_for"] == []
    again = own("import", "--from", "auto", str(folder), "--json").json
    assert [one["format"] for one in again["taken_for"]] == ["native"]


def test_a_deck_of_hashcards_is_one_as_a_whole(tmp_path: Path) -> None:
    """Its program asks for a name in no file: one that has it tells of the others."""
    folder = folder_of(
        tmp_path, a_md='---\nname = "Serving"\n---\n\nQ: q?\nA: a\n', b_md="Q: 1?\nA: 1\n" * 9
    )
    looks = look(find(str(folder)).files, str(folder))
    assert looks.manner.text == "hashcards?"
    assert "TOML" in looks.why


def test_what_is_left_out_is_named(own: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a_md="Q: q?\nA: a\n", b_org="* q :drill:\n** a\nb\n")
    ran = own("import", str(folder))
    assert "Left out: 1 file of org-drill (.org); name them to import them too." in ran.err


def test_new_settings_of_a_vault_are_heeded(own: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a_md="#flashcards\n\nq ;; a\n\nr :: b\n")
    data = folder / ".obsidian/plugins/obsidian-spaced-repetition/data.json"
    data.parent.mkdir(parents=True)
    data.write_text('{"settings": {"singleLineCardSeparator": "::"}}')
    own("import", "--from", "obsidian", str(folder))
    assert own("sync", "--json").json["added"] == 0
    data.write_text(
        '{"settings": {"singleLineCardSeparator": ";;", "flashcardTags": ["#flashcards"]}}'
    )
    found = own("sync", "--json").json
    assert (found["added"], found["orphaned"]) == (1, 1)
    assert own("sync", "--json").json["added"] == 0
