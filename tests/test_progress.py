"""Bars for what takes a while: where a person can see them, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from srs.cli.progress import ProgressBar
from tests.program import Program, Screen

# As if everything took a while, and each word of progress were the only one.
SLOWLY = """
import sys
import srs.cli.progress as progress
progress._PATIENCE_MS = -1
sys.argv = ["srs", *sys.argv[1:]]
from srs.cli import main
main()
"""


def screen(program: Program, *words: str) -> Screen:
    return Screen(program, [sys.executable, "-c", SLOWLY, *words, "--now", program.now], 80, 24)


LABELS = {
    "import own.md": (b"Reading files", b"Importing"),
    "export anki -o out.apkg": (b"Collecting notes", b"Writing notes"),
    "backup": (b"Packing the copy",),
    "doctor": (b"Replaying the log",),
    "doctor --repair": (b"Reading the review log",),
}


def test_a_bar_is_drawn_for_a_person(
    srs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.md").write_text("Q: new?\nA: yes\n")
    for words, labels in LABELS.items():
        shown = screen(srs, *words.split())
        assert shown.end() in (0, 1)
        assert all(label in shown.raw for label in labels), words


def test_no_bar_is_drawn_for_what_is_over_soon(own: Program) -> None:
    shown = own.screen("doctor")
    shown.wait_for("SQLite")
    shown.end()
    assert b"Replaying" not in shown.raw


def test_nothing_is_drawn_in_a_pipe(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch, ProgressBar("Work") as progress:
        patch.setattr("srs.cli.progress._PATIENCE_MS", -1)
        progress(1, 2)
    assert capfd.readouterr() == ("", "")
