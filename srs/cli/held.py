"""Formulas and images, taken out of a text while its markdown is read, and put back after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Noncharacters, which `safe` has kept out of the text. To markdown the whole is a word.
MARK = re.compile("\ufdd0(\\d+)\ufdd1")
_HINT = re.compile(r"\$|\\[(\[]|!\[")


class Held(NamedTuple):
    """What was taken out: how the author wrote it, and how it is shown."""

    source: str
    shown: str
    style: str = ""


class Freed(NamedTuple):
    """A text with marks in place of what it holds; the number in a mark is an index."""

    text: str
    held: Sequence[Held]

    def of(self, mark: re.Match[str]) -> Held:
        """What a mark stands for."""
        number = int(mark[1])
        return self.held[number] if number < len(self.held) else Held(mark[0], mark[0])

    def restored(self, text: str) -> str:
        """Some of the text as its author wrote it: for code."""
        return MARK.sub(lambda mark: self.of(mark).source, text)


class _Taken(NamedTuple):
    start: int
    end: int
    held: Held


def take_out(text: str) -> Freed:
    """The text, which is `safe`, without its formulas and images. Nothing is loaded for prose."""
    if not _HINT.search(text):
        return Freed(text, ())
    pieces: list[str] = []
    held: list[Held] = []
    at = 0
    for taken in sorted((*_images(text), *_formulas(text))):
        if taken.start >= at:
            pieces += (text[at : taken.start], f"\ufdd0{len(held)}\ufdd1")
            held.append(taken.held)
            at = taken.end
    return Freed("".join((*pieces, text[at:])), held)


def _images(text: str) -> Iterator[_Taken]:
    from decks.images import label, place

    for start, end, image in place(text):
        yield _Taken(start, end, Held(text[start:end], label(image), "srs.image"))


def _formulas(text: str) -> Iterator[_Taken]:
    from decks.spans import math_ranges
    from srs.cli.mathtext import formula, is_prose

    for math in math_ranges(text):
        body = text[math.start + math.width : math.end - math.width]
        source = text[math.start : math.end]
        if not is_prose(source, text[math.end : math.end + 1], display=math.display):
            yield _Taken(math.start, math.end, Held(source, formula(source, body)))
