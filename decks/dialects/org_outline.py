"""The outline of an Org file: its headings, their tags, properties and dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_STARS = re.compile(r"(\*+)[ \t]+(.*)")
_TAGS = re.compile(r"(?:^|[ \t]+):((?:[\w@#%]+:)++)$")
_TODO = re.compile(r"(?:TODO|DONE|NEXT|WAITING|WAIT|STARTED|HOLD|CANCELED|CANCELLED|SOMEDAY)[ \t]+")
_COOKIE = re.compile(r"\[(?:#[A-Z0-9]|\d*/\d*|\d*%)\][ \t]*")
_PLANNING = re.compile(r"[ \t]*(?:SCHEDULED|DEADLINE|CLOSED):")
_SCHEDULED = re.compile(r"SCHEDULED:[ \t]*<(\d{4}-\d{2}-\d{2})")
_PROPERTY = re.compile(r"[ \t]*:([^\s:][^\s]*?)\+?:(?:[ \t]+(.*))?[ \t]*")
_BEGIN = re.compile(r"[ \t]*#\+begin_(src|example|export|comment)\b", re.IGNORECASE)
_END = re.compile(r"[ \t]*#\+end_(src|example|export|comment)\b", re.IGNORECASE)


class Item(NamedTuple):
    """A heading and what stands below it. Lines count from 0; ends are not included."""

    line: int
    level: int
    title: str
    tags: tuple[str, ...]
    body: int  # where its own text begins, below dates and properties
    body_end: int  # at its first sub-heading, or its end
    end: int
    properties: Mapping[str, str]
    scheduled: str  # the date, as written: "2024-05-01"


def items(lines: Sequence[str]) -> list[Item]:
    """The headings of a file in order; an example of one within a block is none."""
    shown = _examples(lines)
    found = [
        (at, stars)
        for at, line in enumerate(lines)
        if line.startswith("*") and at not in shown and (stars := _STARS.fullmatch(line))
    ]
    ends = _ends([(at, len(stars[1])) for at, stars in found], len(lines))
    starts = [at for at, _ in found] + [len(lines)]
    return [
        _item(lines, at, stars, below, end)
        for (at, stars), below, end in zip(found, starts[1:], ends, strict=True)
    ]


def _examples(lines: Sequence[str]) -> frozenset[int]:
    """The lines within blocks of code and examples that close."""
    inside: set[int] = set()
    opened: dict[str, int] = {}
    for at, line in enumerate(lines):
        if "#+" not in line:
            continue
        if begin := _BEGIN.match(line):
            opened[begin[1].lower()] = at
        elif (end := _END.match(line)) and (first := opened.pop(end[1].lower(), -1)) >= 0:
            inside.update(range(first, at + 1))
    return frozenset(inside)


def _ends(found: Sequence[tuple[int, int]], last: int) -> list[int]:
    """Where the part below each heading ends: at the next one that is not deeper."""
    ends = [last] * len(found)
    opened: list[int] = []
    for at, (line, level) in enumerate(found):
        while opened and found[opened[-1]][1] >= level:
            ends[opened.pop()] = line
        opened.append(at)
    return ends


def _item(lines: Sequence[str], at: int, stars: re.Match[str], below: int, end: int) -> Item:
    title, tags = stars[2].strip(), ""
    if tagged := _TAGS.search(title[-1000:]):
        title, tags = title[: len(title) - len(tagged[0])].rstrip(), tagged[1]
    todo = _TODO.match(title)
    title = title[todo.end() :] if todo else title
    title = _COOKIE.sub("", title).strip()
    properties: dict[str, str] = {}
    scheduled, body = "", at + 1
    while body < below:
        line = lines[body]
        if _PLANNING.match(line):
            date = _SCHEDULED.search(line)
            scheduled = date[1] if date else scheduled
        elif line.strip().upper() == ":PROPERTIES:" and not properties:
            body = _read_properties(lines, body + 1, below, properties)
            continue
        else:
            break
        body += 1
    names = tuple(tag for tag in tags.split(":") if tag)
    return Item(at, len(stars[1]), title, names, body, below, end, properties, scheduled)


def _read_properties(lines: Sequence[str], at: int, below: int, found: dict[str, str]) -> int:
    """Read a drawer of properties; the line behind it. It may lack its end."""
    while at < below:
        if lines[at].strip().upper() == ":END:":
            return at + 1
        named = _PROPERTY.fullmatch(lines[at])
        if not named:
            return at
        found.setdefault(named[1].upper(), (named[2] or "").strip())
        at += 1
    return at
