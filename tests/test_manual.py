"""The manual: it renders, it is complete, and whatever it shows can be done so."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from srs.cli import COMMANDS
from srs.cli.reference import commands, examples, reference
from srs.model import NEW_CARD, CardState, Phase
from srs.scheduling import Parameters, Scheduler, fuzzed
from srs.settings import KEYS, Settings, allowed, get_text
from tests.documented import HELP, PAGES, ROOT, TEXTS, Scene, blocks, command_lines
from tests.program import Program

IDS = [page.stem for page in TEXTS]
# Lines that need a network, and what tries them instead.
ELSEWHERE = {"python3 -m venv": ".ci/wheel"}
SIZE = re.compile(r" \([\d.]+ [kM]B\)")  # of a packed file: it depends on the machine's zlib
IN_A_SHELL = re.compile(r"[|>&]")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Built once; copied by whoever changes it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("scene") / "here"
        folder.mkdir()
        patch.chdir(folder)
        return Scene.build(folder)


@pytest.fixture
def here(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A scene of one's own, entered."""
    found = scene.copy(tmp_path / "here")
    monkeypatch.chdir(found.folder)
    return found


def all_lines() -> list[str]:
    lines = {line for page in TEXTS for line in command_lines(page)}
    lines |= {line for _, context in commands() for line in examples(context.command)}
    return sorted(lines)


LINES = all_lines()
NEED_MORE = [
    words for words, context in commands()
    if any(one.required for one in context.command.params)
    or words in ("srs card", "srs card suspend", "srs card unsuspend")
]  # fmt: skip
RUN_HERE = [line for line in LINES if line.startswith("srs") and not IN_A_SHELL.search(line)]


def test_no_line_is_left_out() -> None:
    left = [line for line in LINES if line not in RUN_HERE and "srs completion" not in line]
    strange = [line for line in left if not line.startswith(tuple(ELSEWHERE))]
    assert strange == []
    assert all((ROOT / place).exists() for place in ELSEWHERE.values())


@pytest.mark.parametrize("line", RUN_HERE)
def test_every_documented_command_runs(here: Scene, line: str) -> None:
    """A command that is only named, and needs arguments, is there at least."""
    more = " --help" if line in NEED_MORE or "--watch" in line else ""
    typed = "Q: Who?\nA: You\n" if line.startswith("srs card new") else "q\n"
    ran = here.run(here.filled_in(line) + more, stdin=typed)
    expected = 1 if "drafts" in line else 0
    assert ran.code == expected, f"{line}\n{ran.out}\n{ran.err}"


def test_every_command_has_an_example_of_itself() -> None:
    for words, context in commands():
        shown = examples(context.command)
        assert shown, words
        assert any(line.startswith(words) for line in shown), words


def test_the_page_on_commands_is_what_the_program_says() -> None:
    page = (HELP / "commands.md").read_text()
    assert page == reference(), "python -m srs.cli.reference > srs/help/commands.md"


def test_the_reference_names_every_option_but_the_hidden_ones() -> None:
    page = reference()
    for words, context in commands():
        for parameter in context.command.params:
            is_option = isinstance(parameter, click.Option)
            names = [*parameter.opts, *parameter.secondary_opts] if is_option else []
            hidden = isinstance(parameter, click.Option) and parameter.hidden
            assert hidden or all(name in page for name in names), words
    assert "--now" not in page
    assert "--debug" not in page


@pytest.mark.parametrize("page", TEXTS, ids=IDS)
def test_options_that_are_named_exist(page: Path) -> None:
    known = {"--help", "--version", "--wait"}
    for _, context in commands():
        for parameter in context.command.params:
            known.update((*parameter.opts, *parameter.secondary_opts))
    spoken = re.findall(r"`(--[a-z][a-z-]*)", page.read_text())
    assert set(spoken) <= known


@pytest.mark.parametrize("page", TEXTS, ids=IDS)
def test_topics_that_are_named_exist(page: Path) -> None:
    topics = re.findall(r"srs help ([a-z]+)", page.read_text())
    known = {one.stem for one in PAGES} | set(COMMANDS)
    assert set(topics) <= known


def console_blocks() -> list[tuple[str, str]]:
    return [(page.stem, block.text) for page in PAGES for block in blocks(page)
            if block.language == "console"]  # fmt: skip


@pytest.mark.parametrize("stem", sorted({stem for stem, _ in console_blocks()}))
def test_what_the_manual_shows_is_what_the_program_says(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: str
) -> None:
    here = scene.copy(tmp_path / "here")
    monkeypatch.chdir(here.folder)
    here.home = tmp_path / "new"
    for page, text in console_blocks():
        if page != stem:
            continue
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            line, _, shown = part.partition("\n")
            said = re.sub(r"^note: made a new .*\n", "", here.run(line).out)
            assert SIZE.sub("", said) == SIZE.sub("", shown)


def test_the_page_on_settings_has_every_key_as_it_is() -> None:
    page = " ".join((HELP / "config.md").read_text().split())
    for name, key in KEYS.items():
        value = get_text(Settings(), name)
        assert f"- `{name} = {value}`: {key.explanation} ({allowed(name)})" in page


def test_the_session_in_json_lines_goes_as_shown(here: Scene, tmp_path: Path) -> None:
    here.home = tmp_path / "new"
    assert here.run("srs import cards").code == 0
    shown = next(b.text for b in blocks(HELP / "scripting.md") if b.language == "jsonl")
    lines = shown.splitlines()
    stdin = "".join(f"{line[2:]}\n" for line in lines if line.startswith("< "))
    ran = here.run("srs review --jsonl", stdin=stdin)
    said = [json.loads(line) for line in ran.out.splitlines()]
    told = [json.loads(line[2:]) for line in lines if line.startswith("> ")]
    assert len(said) == len(told)
    for real, written in zip(said, told, strict=True):
        assert written.items() <= {k: v if written.get(k) != "…" else "…"
                                   for k, v in real.items()}.items()  # fmt: skip


def test_the_library_example_of_the_manual_runs(here: Scene, tmp_path: Path) -> None:
    code = next(b.text for b in blocks(HELP / "scripting.md") if b.language == "python")
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=here.folder
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("3 notes added\n")
    assert "review" in ran.stdout or "learning" in ran.stdout
    assert (here.folder / "serving.apkg").stat().st_size > 1000


KEYS_SHOWN = {
    "due": "due --json", "deck list": "deck list --json", "card list": "card list --json",
    "card show": "card show CARD --json", "import": "import PATH --json",
    "card new": "card new --json",
    "export": "export anki -o FILE --json", "formats": "export --json", "undo": "undo --json",
    "backup": "backup --list --json", "restore": "restore --json",
    "merge": "merge OTHER.db --json", "doctor": "doctor --json",
    "config list": "config list --json", "help": "help TOPIC --json",
    "rules": "lint --list-rules --json",
}  # fmt: skip


@pytest.mark.parametrize("words", KEYS_SHOWN.values(), ids=KEYS_SHOWN.keys())
def test_the_keys_of_the_manual_are_reported(here: Scene, words: str) -> None:
    page = (HELP / "scripting.md").read_text()
    row = next(line for line in page.splitlines() if f"`srs {words}`" in line and "|" in line)
    document = here.run(here.filled_in(f"srs {words}")).out
    found = set(re.findall(r'"(\w+)":', document))
    told = re.sub(r"CARD|`srs [^`]*`|: value", "", row)
    named = re.findall(r"[a-z_]+", re.sub(r"\b(and|or|null|with a|with)\b", "", told))
    card = re.search(r"A CARD is `([^`]*)`", page)
    assert card is not None
    if "CARD]" in row or "a CARD" in row:
        named += card[1].split()
    missing = set(named) - found - {"a", "key"}
    assert not missing, missing


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_is_a_title_and_fits_a_terminal(page: Path) -> None:
    text = page.read_text()
    assert text.startswith("# ")
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    long = [line for line in outside.splitlines() if len(line) > 104 and line[0] not in "|>"]
    assert long == []


def test_help_alone_lists_every_topic(srs: Program) -> None:
    ran = srs("help")
    assert ran.code == 0
    for page in PAGES:
        assert f"`srs help {page.stem}`: {page.read_text().partition(chr(10))[0][2:]}" in ran.out
    assert srs("help", "--json").json["topics"] == [page.stem for page in PAGES]


def test_help_of_a_command_without_a_page_is_its_own(here: Scene) -> None:
    assert here.run("srs help card edit").out.startswith("Usage: srs card edit")
    assert here.run("srs help due").out.startswith("Usage: srs due")
    with_page = here.run("srs help review").out
    assert with_page.startswith("# The daily session")


@pytest.mark.parametrize(
    ("words", "guess"), [("crads", "cards"), ("scriptin", "scripting"), ("card edti", "edit")]
)
def test_an_unknown_topic_is_guessed(here: Scene, words: str, guess: str) -> None:
    ran = here.run(f"srs help {words}")
    assert ran.code == 2
    assert f"no topic {words}" in ran.err
    assert f"did you mean srs help {guess}?" in ran.err


@pytest.mark.parametrize("columns", [80, 40])
def test_a_short_page_is_rendered_on_the_terminal(srs: Program, columns: int) -> None:
    screen = srs.screen("help", columns=columns, lines=50)
    shown = screen.wait_for("with examples." if columns == 80 else "examples.")
    assert screen.end() == 0
    assert "The manual" in shown
    assert "# The manual" not in shown
    assert "`" not in shown


def test_a_long_page_goes_through_the_pager(srs: Program, tmp_path: Path) -> None:
    pager = tmp_path / "my pager"
    pager.write_text("#!/bin/sh\nwc -l | tr -d ' ' > \"$0.lines\"\necho paged\n")
    pager.chmod(0o755)
    srs.environment["PAGER"] = shlex.quote(str(pager))
    screen = srs.screen("help", "cards")
    screen.wait_for("paged")
    assert screen.end() == 0
    assert int(Path(f"{pager}.lines").read_text()) > 60
    assert "\x1b" not in srs("help", "cards").out  # piped: plain, and through no pager


def test_without_a_pager_the_page_is_printed(srs: Program) -> None:
    srs.environment["PAGER"] = "no-such-pager-here"
    screen = srs.screen("help", "safety")
    screen.wait_for("Clocks and zones")
    assert screen.end() == 0


def test_control_c_is_the_pagers(srs: Program, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\ntrap 'echo caught; exit 0' INT\necho ready\n"
                     "while :; do sleep 0.05; done\n")  # fmt: skip
    pager.chmod(0o755)
    srs.environment["PAGER"] = str(pager)
    screen = srs.screen("help", "cards")
    screen.wait_for("ready")
    screen.press("\x03")
    screen.wait_for("caught")
    assert screen.end() == 0


def test_the_numbers_on_scheduling_are_those_of_the_scheduler() -> None:
    page = (HELP / "fsrs.md").read_text()
    rows = re.findall(r"^\| (0\.\d\d) \| (\d+) \|$", page, re.MULTILINE)
    state = CardState(Phase.REVIEW, None, 10.0, 5.0, None, 10, 0, 0, 0, 3, 0)
    assert len(rows) == 5
    for retention, days in rows:
        parameters = Parameters(desired_retention=float(retention))
        scheduler = Scheduler(parameters)
        elapsed = int(days) * 86_400_000
        assert abs(scheduler.retrievability(state, elapsed) - float(retention)) < 0.015
    after = Scheduler(Parameters()).preview(b"", NEW_CARD, 0, 0)
    for rating, found in after.items():
        row = rf"\| {rating.name.lower()} \| {found.stability_days:.1f} days \| "
        assert re.search(row + rf"{found.difficulty:.1f} \|", page)
    for days_, share in ((10, "90%"), (20, "85%"), (100, "69%")):
        assert f"{Scheduler(Parameters()).retrievability(state, days_ * 86_400_000):.0%}" == share
    for interval, spread in ((10, "8 to 12"), (100, "93 to 107")):
        seeds = (number.to_bytes(2, "big") for number in range(400))
        seen = {fuzzed(interval, seed, 0, 36_500) for seed in seeds}
        assert f"{min(seen)} to {max(seen)}" == spread
        assert spread in page
