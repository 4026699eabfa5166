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
    r"(?:(?:[QAC]|Why|Flip|Variant):)?((?:\s*+>)*+)\s*+(?:(?:[-*+]|\d{1,9}[.)])\s++)?"
    r"(`{3,}+(?=[^`]*+$)|~{3,}+)\s*+(\S?)"
)
_LOOKS = 20  # at a line, on average, in search of what closes a fence; no honest file needs two


def any_in(text: str) -> bool:
    """Whether there can be a fence or a comment in `text`: a quick look that may err to True."""
    return "```" in text or "~~~" in text or "<!--" in text


def opens(line: str) -> bool:
    """Whether the line is the first of fenced code, should that be closed."""
    return ("```" in line or "~~~" in line) and _OPENER.match(line) is not None


def pair(lines: Sequence[str]) -> Blocks:
    """Return the fenced code and the comment blocks of `lines`, in time linear in their length.

    An opener that never closes hides nothing: it is listed, and reading goes on below it. Code in a
    quote ends with the quote at the latest.
    """
    code: list[tuple[int, int]] = []
    comments: list[tuple[int, int]] = []
    open_code: list[int] = []
    open_comments: list[int] = []
    fences = _Fences(lines)
    at = 0
    while at < len(lines):
        line, last = lines[at], at
        if ("```" in line or "~~~" in line) and (opener := _OPENER.match(line)):
            last = fences.end(at, opener)
            if last < 0:
                open_code.append(at)
            else:
                code.append((at, last))
        elif line.startswith("<!--") and _fills_line(line):
            last = -1 if open_comments else _comment_end(lines, at)
            if last < 0:
                open_comments.append(at)
            else:
                comments.append((at, last))
        at = max(at, last) + 1
    return Blocks(tuple(code), tuple(comments), tuple(open_code), tuple(open_comments))


class _Fences:
    """Finds where fences close, and remembers which cannot."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.hopeless: dict[str, int] = {}  # fence character -> length known not to close any more
        self.looks_left = _LOOKS * len(lines)

    def end(self, first: int, opener: re.Match[str]) -> int:
        """Index of the last line of the code that opens at `first`; -1 if it never closes."""
        if opener[1]:
            return self._end_in_quote(first, opener[2])
        fence = opener[2]
        if self.looks_left < 0 or len(fence) >= self.hopeless.get(fence[0], len(fence) + 1):
            return -1
        card_seen = False
        for at in range(first + 1, len(self.lines)):
            line = self.lines[at]
            if fence in line:
                if _closes(line.strip(), fence):
                    return self._looked(first, at, at)
                # A card, then a fence with a language: the author forgot to close the first one.
                if card_seen and _opens_again(line, fence):
                    return self._looked(first, at, -1)
            card_seen = card_seen or line.startswith(("Q:", "C:"))
        self.hopeless[fence[0]] = len(fence)
        return self._looked(first, len(self.lines), -1)

    def _looked(self, first: int, last: int, end: int) -> int:
        self.looks_left -= last - first
        return end

    def _end_in_quote(self, first: int, fence: str) -> int:
        for at in range(first + 1, len(self.lines)):
            line = self.lines[at].lstrip()
            if not line.startswith(">"):
                return at - 1
            if _closes(line.strip("> \t"), fence):
                return at
        return len(self.lines) - 1


def _closes(body: str, fence: str) -> bool:
    return body.startswith(fence) and not body.strip(fence[0])


def _opens_again(line: str, fence: str) -> bool:
    again = _OPENER.match(line)
    return bool(again and again[3] and again[2].startswith(fence))


def _fills_line(line: str) -> bool:
    """A comment block opens here: nothing but blanks follows, should the comment close at once."""
    _, closed, after = line.partition("-->")
    return not closed or not after.strip()


def _comment_end(lines: Sequence[str], first: int) -> int:
    return next((at for at in range(first, len(lines)) if "-->" in lines[at]), -1)
