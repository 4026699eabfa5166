"""Reading deck files, against a parser of markdown over the same text."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt

from decks import read
from tests.bench.measure import Row, alternate, cpu_of_call, row

_PAIRS = 11
_TEXT = (
    "a cache in front of the store saves reads only for keys that were read before; latency,"
    " throughput and `p99` of each shard follow from the slowest replica, so hedge requests"
)
SIZES = {"5 and 8 words": (5, 8), "12 and 25 words": (12, 25)}  # of question and answer


def deck(cards: int, question: int, answer: int) -> str:
    """Markdown of so many cards of that length, the same at every run."""
    rng = random.Random(1)
    return "\n".join(
        f"Q: {number} {_some(rng, question)}?\nA: {_some(rng, answer)}.\n"
        for number in range(cards)
    )


def _some(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_TEXT.split(), k=words))


def rows(cards: int = 10_000) -> Iterator[Row]:
    """One file of so many cards, short ones and longer ones."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "cards.md")
        for what, (question, answer) in SIZES.items():
            text = deck(cards, question, answer)
            path.write_text(text)
            series = alternate(
                lambda: cpu_of_call(lambda: read([path])),
                lambda text=text: cpu_of_call(lambda: MarkdownIt().parse(text)),
                _PAIRS,
            )
            yield row(f"{cards:,} cards of {what} read: CPU ms / MarkdownIt", series, 0.45, 1000.0)
