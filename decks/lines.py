"""What each line of a deck file is by itself, before anything is known of its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, StrEnum, auto
from typing import NamedTuple

from decks.fences import Blocks, any_in, pair


class Kind(StrEnum):
    """All that a line can be. What the payload `text` of such a line holds is said beside it."""

    BLANK = auto()
    QUESTION = auto()  # what follows `Q:`
    ANSWER = auto()  # what follows `A:`
    CLOZE = auto()  # what follows `C:`
    FIELD = auto()  # what follows `Why:`, `Flip:` or `Variant:`; the name is in `name`
    NUMBERS = auto()  # what follows `Params:`, `Answer:` or `Tolerance:`, of an estimate
    RULE = auto()
    HEADING = auto()  # the heading without its marks; they are in `name`
    SOURCES = auto()  # what follows `> sources:`
    COMMENT = auto()
    CODE = auto()  # a line of a fence below its opener, the closer included
    NEAR_MISS = auto()  # nearly the start of a card; the tag is in `name`
    TEXT = auto()


class Flaw(Enum):
    """What may be wrong with a line whatever it says."""

    OPEN_FENCE = "code fence never closes"
    OPEN_COMMENT = "comment never closes"
    NOT_TEXT = "a character that is not text"


class Line(NamedTuple):
    """One line, numbered from 1, with its raw text and the part of it that matters."""

    number: int
    kind: Kind
    raw: str
    text: str
    name: str = ""
    flaw: Flaw | None = None


# Looked up for every line: the attribute of an enumeration is slower.
_BLANK, _TEXT = Kind.BLANK, Kind.TEXT
_TAGS = {"Q:": Kind.QUESTION, "A:": Kind.ANSWER, "C:": Kind.CLOZE}
_FIELD = re.compile(r"(Why|Flip|Variant|Params|Answer|Tolerance):(.*)")
_HEADING = re.compile(r"(#{1,6})(?:\s+(.*))?")
_SOURCES = re.compile(r">\s*sources?:\s*(.*)", re.IGNORECASE)
# `q:`, `**Q:**`, `*Q*:`, an indented or listed `Q:`, a full-width colon.
_NEAR = re.compile(
    r"(?P<before>\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?)(?P<mark>\*\*|__|\*|_|)"
    r"(?P<tag>[QAC]|[qac](?=[:：*_]+(?:\s|$)))(?:[:：](?P=mark)|(?P=mark)[:：])(?!:)"
)
NEXT_FILE = "<!-- next deck file -->"  # begins another deck file within the file
_NOT_TEXT = re.compile(r"[\0\ud800-\udfff]")
_GAP = re.compile(r"\[|\{\{c[0-9]|==")


def split(text: str) -> list[str]:
    """Return the lines of a file: any line end will do, and a final one adds no line."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


class Part(NamedTuple):
    """A deck file within a file: its lines, and how many stand above them."""

    lines: Sequence[str]
    above: int


def parts(lines: list[str]) -> Iterator[Part]:
    """The deck files of a file: all of it, unless a line `NEXT_FILE` stands in it.

    Such a line belongs to no part. Code and comments end at it at the latest.
    """
    start = 0
    for at, line in enumerate(lines):
        if line.startswith(NEXT_FILE) and line.rstrip() == NEXT_FILE:
            yield Part(lines[start:at], start)
            start = at + 1
    yield Part(lines[start:] if start else lines, start)


def classify(lines: Sequence[str], skip: int = 0, above: int = 0) -> Iterator[Line]:
    """Yield every line after the first `skip`; fences and comments are paired beforehand.

    `above` lines of the same file stand above the first.
    """
    below = lines[skip:] if skip else lines
    whole = "\n".join(below)  # one look at it is the common case
    blocks = pair(below) if any_in(whole) else Blocks()
    hidden = _hidden(blocks)
    flaws = dict.fromkeys(blocks.open_code, Flaw.OPEN_FENCE)
    flaws.update(dict.fromkeys(blocks.open_comments, Flaw.OPEN_COMMENT))
    if not _is_text(whole):
        unfit = (at for at, line in enumerate(below) if _NOT_TEXT.search(line))
        flaws.update(dict.fromkeys(unfit, Flaw.NOT_TEXT))
    if not hidden and not flaws:
        yield from map(_line, range(above + skip + 1, above + len(lines) + 1), below)
        return
    for at, raw in enumerate(below):
        number, kind = above + skip + at + 1, hidden.get(at)
        line = _line(number, raw) if kind is None else Line(number, kind, raw, raw)
        yield line._replace(flaw=flaws[at]) if at in flaws else line


def near_answer(line: Line) -> bool:
    """Tell whether the line was likely meant to be `A:`."""
    near = _NEAR.match(line.raw)
    return bool(near and near["tag"] in "Aa")


def _is_text(whole: str) -> bool:
    try:
        whole.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return "\0" not in whole


def _hidden(blocks: Blocks) -> dict[int, Kind]:
    hidden: dict[int, Kind] = {}
    for first, last in blocks.code:  # the opener is an ordinary line: it may carry a card tag
        hidden.update(dict.fromkeys(range(first + 1, last + 1), Kind.CODE))
    for first, last in blocks.comments:
        hidden.update(dict.fromkeys(range(first, last + 1), Kind.COMMENT))
    hidden.update(dict.fromkeys(blocks.open_comments, Kind.COMMENT))
    return hidden


def _line(number: int, raw: str) -> Line:
    if tag := _TAGS.get(raw[:2]):
        return Line(number, tag, raw, raw[2:])
    if not raw or raw.isspace():
        return Line(number, _BLANK, raw, "")
    if raw[0] in "WFVPAT-#>" and (line := _marked(number, raw)):
        return line
    if (":" in raw or "：" in raw) and (name := _near_tag(raw)):
        return Line(number, Kind.NEAR_MISS, raw, raw, name)
    return Line(number, _TEXT, raw, raw)


def _marked(number: int, raw: str) -> Line | None:
    """The line if its beginning says what it is."""
    first = raw[0]
    if first == "-":
        return Line(number, Kind.RULE, raw, "") if raw.rstrip() == "---" else None
    if first == "#":
        heading = _HEADING.fullmatch(raw)
        text = (heading[2] or "").strip() if heading else ""
        return Line(number, Kind.HEADING, raw, text, heading[1]) if heading else None
    if first == ">":
        sources = _SOURCES.fullmatch(raw)
        return Line(number, Kind.SOURCES, raw, sources[1]) if sources else None
    if not (field := _FIELD.fullmatch(raw)):
        return None
    kind = Kind.FIELD if field[1] in ("Why", "Flip", "Variant") else Kind.NUMBERS
    return Line(number, kind, raw, field[2], field[1])


def _near_tag(raw: str) -> str:
    """The tag that a line nearly has: "Q" or "C"; "" if none. `- a: …` in a list is just a list."""
    near = _NEAR.match(raw)
    if not near or near["tag"] in "Aa":
        return ""
    if near["tag"].islower() and near["before"].strip() and not near["mark"]:
        return ""
    tag = near["tag"].upper()
    return tag if tag == "Q" or _GAP.search(raw, near.end()) else ""
