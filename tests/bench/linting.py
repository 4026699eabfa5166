"""Linting deck files, against parsing them."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import decks
from decks import LintChoice, LintFolder, lint_paths
from tests.bench.measure import Row, alternate, cpu_of_call, row

_PAIRS = 7
_NOTES = 2_000
_PER_CONCEPT = 5


def deck(notes: int = _NOTES) -> str:
    """A deck of the card standard with so many notes, of words of the built-in ones."""
    rng = random.Random(1)
    words = [word for file in decks.builtin() for n in file.parsed.notes for word in n.back.split()]
    slugs = list(decks.load_concepts())

    def some(count: int) -> str:
        return " ".join(rng.choices(words, k=count))

    parts = ["---\ndeck: Made up\n---\n"]
    for number in range(notes):
        if number % _PER_CONCEPT == 0:
            slug = slugs[number // _PER_CONCEPT % len(slugs)]
            parts.append(f"\n## {slug}\n> sources: gama2014\n\n{some(30)}\n")
        parts.append(
            f"\n### note-{number} {{type=diagnose}}\nQ: {some(25)}?\nA: {some(22)}.\n"
            f"Why: {some(15)}.\nVariant: {some(12)} ({number} {some(10)})\n"
        )
    return "".join(parts)


def rows() -> Iterator[Row]:
    """One file of 2,000 notes: all rules, with reading it, against reading it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "deck.md")
        path.write_text(deck())
        series = alternate(
            lambda: cpu_of_call(lambda: lint_paths([LintFolder(str(path))], LintChoice())),
            lambda: cpu_of_call(lambda: decks.read([path])),
            _PAIRS,
        )
        yield row(f"{_NOTES:,} notes linted: CPU ms / reading them", series, 16.0, 1000.0)
