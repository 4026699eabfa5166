"""Pairing of code fences and comment blocks, before any other reading of the lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Blocks(NamedTuple):
    """Line ranges (first, last), both inclusive and from 0, and the openers that never close."""

    code: tuple[tuple[int, int], ...] = ()
    comments: tuple[tuple[int, int], ...] = ()
    open_code: tuple[int, ...] = ()
    open_comments: tuple[int, ...] = ()


# A fence may follow a card tag, stand in a quote or in a list item. Groups: quote, fence, info.
_OPENER = re.compile(
    r"(?:(?:[QAC]|Why|Flip|Variant):)?((?:[ \t]*>)*)[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?"
    r"(`{3,}(?=[^`]*$)|~{3,})[ \t]*(\S?)"
)


def pair(lines: Sequence[str]) -> Blocks:
    """Return the fenced code and the comment blocks of `lines`, in time linear in their length.

    An opener that never closes hides nothing: it is listed, and reading goes on below it.
    """
    code: list[tuple[int, int]] = []
    comments: list[tuple[int, int]] = []
    open_code: list[int] = []
    open_comments: list[int] = []
    hopeless: dict[str, int] = {}  # fence character -> length known not to close any more
    at = 0
    while at < len(lines):
        line, last = lines[at], at
        if ("```" in line or "~~~" in line) and (opener := _OPENER.match(line)):
            last = _fence_end(lines, at, opener, hopeless)
            if last == at:
                open_code.append(at)
            else:
                code.append((at, last))
        elif line.startswith("<!--") and _fills_line(line):
            last = len(lines) if open_comments else _comment_end(lines, at)
            if last == len(lines):
                open_comments.append(at)
                last = at
            else:
                comments.append((at, last))
        at = last + 1
    return Blocks(tuple(code), tuple(comments), tuple(open_code), tuple(open_comments))


def _fence_end(
    lines: Sequence[str], first: int, opener: re.Match[str], hopeless: dict[str, int]
) -> int:
    """Index of the closing line; `first` itself when the fence never closes."""
    quoted, fence = bool(opener[1]), opener[2]
    if not quoted and len(fence) >= hopeless.get(fence[0], len(fence) + 1):
        return first
    card_seen = False
    for at in range(first + 1, len(lines)):
        line = lines[at]
        if quoted and not line.lstrip().startswith(">"):
            return at - 1 if at - 1 > first else first
        if _closes(line, fence, quoted):
            return at
        # A card, then another fence with a language: the author forgot to close the first one.
        if card_seen and _opens_again(line, fence):
            return first
        card_seen = card_seen or line.startswith(("Q:", "C:"))
    if quoted:
        return len(lines) - 1
    hopeless[fence[0]] = len(fence)
    return first


def _closes(line: str, fence: str, quoted: bool) -> bool:
    body = line.strip(" \t>") if quoted else line.strip()
    return body.startswith(fence) and not body.strip(fence[0])


def _opens_again(line: str, fence: str) -> bool:
    again = _OPENER.match(line) if fence in line else None
    return bool(again and again[3] and again[2].startswith(fence))


def _fills_line(line: str) -> bool:
    """A comment block opens here: nothing but blanks follows, should the comment close at once."""
    _, closed, after = line.partition("-->")
    return not closed or not after.strip()


def _comment_end(lines: Sequence[str], first: int) -> int:
    return next((at for at in range(first, len(lines)) if "-->" in lines[at]), len(lines))
