"""The deletions of other programs, written in ours: what was no gap there is none here. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from decks.cloze import MAX_NUMBER, find_gaps
from decks.spans import protected

_OPENERS = re.compile(r"\[|==+|\{\{(?=c[0-9]+::)")


class Deletion(NamedTuple):
    """One deletion of another program: `text[start:end]` is its markup there."""

    start: int
    end: int
    words: str  # what it hides
    hint: str = ""
    number: int | None = None  # equal numbers are asked together; None: it is asked by itself


def written(text: str, deletions: Sequence[Deletion]) -> str:
    """Return `text` as a cloze text of ours whose gaps are these deletions and no others.

    A deletion without a number is written `[so]` where that can be read back, so that its card is
    known by its words; else it is given a number of its own. "" if the text cannot be written, or
    if a deletion hides nothing.
    """
    ordered = sorted(deletions)
    if not ordered or not all(one.words.strip() for one in ordered):
        return ""
    if any(one.end > two.start for one, two in pairwise(ordered)):
        return ""
    numbered = {one.number for one in ordered if one.number is not None}
    spare = iter(number for number in range(1, MAX_NUMBER + 1) if number not in numbered)
    numbers = [one.number or next(spare, 0) for one in ordered]
    styles = ["{" if one.number is not None else "[" for one in ordered]
    for _ in range(2):
        whole = _joined(text, ordered, styles, numbers)
        if _gaps(whole) == [_wanted(*each) for each in zip(ordered, styles, numbers, strict=True)]:
            return whole
        styles = ["{"] * len(ordered)
    return ""


def _joined(
    text: str, deletions: Sequence[Deletion], styles: Sequence[str], numbers: Sequence[int]
) -> str:
    spans = protected(text)
    pieces: list[str] = []
    at = 0
    for one, style, number in zip(deletions, styles, numbers, strict=True):
        pieces.append(_escaped(text, at, one.start, spans))
        words, hint = one.words.strip(), one.hint.strip()
        if style == "[":
            pieces.append(f"[{words}{f' :: {hint}' if hint else ''}]")
        else:
            pieces.append(f"{{{{c{number}::{words}{f'::{hint}' if hint else ''}}}}}")
        at = one.end
    pieces.append(_escaped(text, at, len(text), spans))
    return "".join(pieces)


def _escaped(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    """A stretch of the text in which nothing opens a gap of ours."""
    pieces: list[str] = []
    at = start
    for found in _OPENERS.finditer(text, start, end):
        place = bisect_right(spans, (found.start(), len(text)))
        if place and found.start() < spans[place - 1][1]:
            continue  # code, math and links are never gaps
        pieces += (text[at : found.start()], "".join(f"\\{sign}" for sign in found[0]))
        at = found.end()
    pieces.append(text[at:end])
    return "".join(pieces)


def _gaps(text: str) -> list[tuple[str, str, int | None]]:
    return [(gap.text, gap.hint, gap.number) for gap in find_gaps(text)]


def _wanted(one: Deletion, style: str, number: int) -> tuple[str, str, int | None]:
    return one.words.strip(), one.hint.strip(), number if style == "{" else None
