"""Anki's cloze deletions: `{{c1::words::hint}}`, also nested, also of several numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_TOKEN = re.compile(r"\{\{c([0-9,]*[0-9][0-9,]*)::|\}\}")
_DEEPEST = 10  # as Anki has it
_HIDDEN = "..."
# Noncharacters around a gap, behind its number, and before its hint.
OPEN, NUMBER, HINT, CLOSE = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5"
OCCLUSION = "image-occlusion:"


class Gap(NamedTuple):
    """A deletion: what it hides, other deletions among it."""

    numbers: tuple[int, ...]
    parts: tuple[Part, ...]
    hint: str | None = None

    @property
    def words(self) -> str:
        """All that it hides, without the marks of gaps inside."""
        return "".join(part if isinstance(part, str) else part.words for part in self.parts)


Part = str | Gap


class _Open:
    def __init__(self, numbers: tuple[int, ...]) -> None:
        self.numbers = numbers
        self.parts: list[Part] = []
        self.hint: str | None = None


def parsed(text: str) -> list[Part]:
    """Text and deletions in order. One that never closes is no deletion; its text stays."""
    outer: list[Part] = []
    opened: list[_Open] = []
    for token in _tokens(text):
        if isinstance(token, tuple):
            if len(opened) < _DEEPEST:
                opened.append(_Open(token))
        elif token == "}}":
            target = opened[-2].parts if len(opened) > 1 else outer
            if opened:
                gap = opened.pop()
                target.append(Gap(gap.numbers, tuple(gap.parts), gap.hint))
            else:
                outer.append(token)
        elif opened:
            words, colons, hint = token.partition("::")
            if colons:
                opened[-1].hint = hint
            opened[-1].parts.append(words)
        else:
            outer.append(token)
    for gap in opened:
        outer += gap.parts
    return outer


def _tokens(text: str) -> Iterator[str | tuple[int, ...]]:
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        at = found.end()
        if found[1] is None:
            yield "}}"
        else:
            numbers = {int(each[:6]) for each in found[1].split(",") if each}
            yield tuple(sorted(numbers))
    if at < len(text):
        yield text[at:]


def numbers(parts: Sequence[Part]) -> list[int]:
    """The numbers of all deletions, in the order that they begin in, each once."""
    found: dict[int, None] = {}
    for part in parts:
        if isinstance(part, Gap):
            found.update(dict.fromkeys(part.numbers))
            found.update(dict.fromkeys(numbers(part.parts)))
    return [number for number in found if number]


def is_simple(parts: Sequence[Part]) -> bool:
    """Whether no deletion has several numbers or others inside."""
    gaps = [part for part in parts if isinstance(part, Gap)]
    return all(
        len(gap.numbers) == 1 and gap.numbers[0] and all(isinstance(p, str) for p in gap.parts)
        for gap in gaps
    )


def marked(text: str) -> str:
    """The text with its deletions, all simple, between marks."""
    pieces: list[str] = []
    for part in parsed(text):
        if isinstance(part, str):
            pieces.append(part)
        else:
            hint = f"{HINT}{part.hint}" if part.hint else ""
            pieces.append(f"{OPEN}{part.numbers[0]}{NUMBER}{part.words}{hint}{CLOSE}")
    return "".join(pieces)


def shown(text: str, number: int, is_back: bool, *, only: bool = False) -> str:
    """The text with the deletions of `number` hidden, or, on the back, in bold.

    "" if there is no such deletion. `only`: nothing but them.
    """
    pieces: list[str] = []
    asked: list[str] = []
    _show(parsed(text), number, is_back, pieces, asked)
    if only:
        return ", ".join(asked)
    return "".join(pieces) if asked else ""


def _show(
    parts: Sequence[Part], number: int, is_back: bool, pieces: list[str], asked: list[str]
) -> None:
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        is_asked = number in part.numbers
        if is_asked:
            asked.append(part.words if is_back else part.hint or _HIDDEN)
        if is_asked and not is_back:
            pieces.append(f"[{part.hint or _HIDDEN}]")
            _show(part.parts, number, is_back, [], asked)
            continue
        pieces.append("<b>" if is_asked else "")
        _show(part.parts, number, is_back, pieces, asked)
        pieces.append("</b>" if is_asked else "")
