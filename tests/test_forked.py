"""A forked run is the same as a started one."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import forked
from tests.program import MORNING, SRS, Program, started

COMMANDS = (
    ("--version",),
    ("deck", "list"),
    ("card", "list", "deck:Own", "--json"),
    ("due", "--jsno"),
    ("import", "no-such-file.md"),
    ("review", "Own", "--jsonl"),
    ("export", "csv", "Own", "-o", "-"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_it_says_and_its_code_are_the_same(own: Program, words: tuple[str, ...]) -> None:
    argv = [SRS, *words, "--now", MORNING]
    asked = '{"do": "quit"}\n' if "--jsonl" in words else ""
    runs = [run(argv, own.env(), asked, 60) for run in (started, forked.run)]
    first, second = [(ran.returncode, ran.stdout, ran.stderr) for ran in runs]
    assert second == first


def test_it_stands_in_the_folder_that_the_test_stands_in(
    own: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert own("import", "own.md").code == 0


def test_many_at_once_keep_their_words_apart(tmp_path: Path) -> None:
    programs = [Program(tmp_path / f"home-{at}") for at in range(8)]
    for at, program in enumerate(programs):
        (tmp_path / f"home-{at}.md").write_text(f"Q: Which one is this?\nA: Number {at}.\n")
        assert program("import", str(tmp_path / f"home-{at}.md")).code == 0
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(
            lambda one: one("card", "list", f"deck:{one.home.name}", "--json").json, programs
        )
    assert [card["back"] for said in found for card in said["cards"]] == [
        f"Number {at}." for at in range(8)
    ]


def test_what_does_not_end_is_ended(own: Program) -> None:
    """With nobody at its standard input, which stays open, a session waits."""
    with pytest.raises(subprocess.TimeoutExpired):
        forked.run([SRS, "review", "--jsonl"], own.env(), None, 1)


@pytest.mark.parametrize("name", ["PYTHONUTF8", "LC_ALL", "LANG"])
def test_what_python_reads_at_its_start_needs_one(own: Program, name: str) -> None:
    assert forked.can_fork(own.env())
    assert not forked.can_fork(own.env() | {name: "C"})
