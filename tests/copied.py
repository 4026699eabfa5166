"""Runs of words that our notes share with texts of a folder: `python -m tests.copied FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import decks
from decks.lint.copied import Runs, worded
from decks.lint.rule import Subject

SUFFIXES = (".md", ".psv", ".txt")


def copied(folder: Path) -> Iterator[str]:
    """A line for each run of twelve words and more that a built-in note has from a text there."""
    runs = Runs()
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            runs.add(str(path.relative_to(folder)), worded([path.read_text(errors="replace")]))
    for file in decks.builtin():
        for subject in map(Subject, file.parsed.notes):
            for run in runs.find(worded(subject.raw_texts)):
                yield f"{subject.name}: {run.owner}: {' '.join(run.words)}"


def main() -> int:
    """Print them; the exit code."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__)
        return 2
    found = list(copied(Path(sys.argv[1])))
    print("\n".join(found) or "No note shares twelve words in a row with a text there.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
