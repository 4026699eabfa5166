"""The headings of a markdown text, and what they are good for when questions repeat. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decks.dialects.sheet import Said, Sheet
from decks.fences import any_in, pair

_MARKS = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
SEPARATOR = " > "


class Heading(NamedTuple):
    """A heading, its line counted from 0, without its marks."""

    line: int
    level: int
    text: str


class Entry(NamedTuple):
    """A card that was read, the lines that make it, and the headings above it."""

    said: Said
    lines: Sequence[int]
    above: tuple[str, ...] = ()


def hidden_lines(lines: Sequence[str]) -> frozenset[int]:
    """The lines that are fenced code or comments: nothing in them is markup."""
    if not any_in("\n".join(lines)):
        return frozenset()
    blocks = pair(lines)
    return frozenset(
        at for first, last in (*blocks.code, *blocks.comments) for at in range(first, last + 1)
    )


def heading(line: str, at: int = 0) -> Heading | None:
    """The heading that a line is, if it is one: `## so`, closing marks or none."""
    marks = _MARKS.match(line)
    if not marks:
        return None
    text = line[marks.end() :].strip()
    open_text = text.rstrip("#")
    if open_text != text and (not open_text or open_text[-1].isspace()):
        text = open_text.rstrip()
    return Heading(at, len(marks[1]), text)


def headings(lines: Sequence[str], hidden: frozenset[int], first: int = 0) -> list[Heading]:
    """The headings of a text below its first lines, in order."""
    return [
        found
        for at in range(first, len(lines))
        if "#" in lines[at] and at not in hidden and (found := heading(lines[at], at))
    ]


class Path:
    """The headings above the place that has been reached."""

    def __init__(self) -> None:
        self._open: list[Heading] = []

    def enter(self, found: Heading) -> None:
        """Go below a heading."""
        while self._open and self._open[-1].level >= found.level:
            self._open.pop()
        self._open.append(found)

    def above(self, level: int = 7) -> tuple[str, ...]:
        """The texts of the headings of a higher level than that."""
        return tuple(one.text for one in self._open if one.level < level and one.text)


def keep(sheet: Sheet, entries: Iterable[Entry]) -> None:
    """Keep the cards of a file; a question that stands there with several answers gets its
    headings before it, since without them nobody could tell which one is asked for.
    """
    entries = list(entries)
    backs: dict[str, set[str]] = {}
    for entry in entries:
        if entry.said.back:
            backs.setdefault(entry.said.front.strip(), set()).add(entry.said.back.strip())
    for said, lines, above in entries:
        front = said.front.strip()
        is_shared = bool(front and above) and len(backs.get(front, ())) > 1
        asked = SEPARATOR.join((*above, front)) if is_shared else front
        sheet.card(said._replace(front=asked), lines)
