"""The parts of a markdown text that are not prose: code, math, links and their kin.

A gap, a separator or an id inside one of them is only text. Every scan takes linear time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from decks.fences import any_in, pair


class Math(NamedTuple):
    """A formula with its delimiters: the body is `text[start + width : end - width]`."""

    start: int
    end: int
    width: int  # characters of one delimiter: 1 for `$`, 2 for `$$`, `\\(` and `\\[`
    display: bool  # set on a line of its own: `$$` and `\\[`


class _Span(NamedTuple):
    start: int
    end: int
    kind: str  # "code", "escape", "autolink", or the opening delimiter of a formula


_DISPLAY = ("$$", "\\[")
_FORMULA = ("$", "$$", "\\(", "\\[")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*+")
_SPECIAL = re.compile(r"[\\`$<\[]|~~~")
_TOKEN = re.compile(r"\\[!-/:-@\[-`{-~]|`+|\$\$?|<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>")
_TICKS = re.compile(r"`+")
_DOLLAR = re.compile(r"(?<!\\)\$")
_BRACKET = re.compile(r"[\[\]]|\n[ \t]*\n")
_TARGET = re.compile(
    r"\(\s*+(?:<[^<>\n]*+>|(?:[^()\s\\]|\\.|\((?:[^()\s\\]|\\.)*+\))*+)"
    r"""(?:\s++(?:"[^"\n]*+"|'[^'\n]*+'|\([^()\n]*+\)))?\s*+\)"""
)
_FOOTNOTE = re.compile(r"\[\^[^\s\[\]]++\]")
_LINE_START = re.compile(
    r"^[ \t>]*+(?:[-*+]|\d{1,9}[.)])[ \t]++(?P<box>\[[ xX]\])(?=\s|$)"
    r"|^[ \t]*+>[ \t>]*+(?P<callout>\[![\w-]++\][-+]?)"
    r"|^ {0,3}(?P<definition>\[[^\[\]\n]++\]:)(?=[ \t]++<?(?:[A-Za-z][\w+.-]*+:|[./#]))",
    re.MULTILINE,
)


def protected(text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of `text` that are code, math, links, images, autolinks, footnotes,
    task boxes or backslash escapes: sorted, apart from each other, delimiters included.
    """
    if not _SPECIAL.search(text):
        return ()
    literal = [(span.start, span.end) for span in _literals(text)]
    return _merged([*literal, *_links(blanked(text, literal))])


def code_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of fenced and inline code, fences and backticks included."""
    return _merged((span.start, span.end) for span in _literals(text) if span.kind == "code")


def math_ranges(text: str) -> tuple[Math, ...]:
    """Return the formulas of `text` in order; a price is none."""
    return tuple(
        Math(span.start, span.end, len(span.kind), span.kind in _DISPLAY)
        for span in _literals(text)
        if span.kind in _FORMULA
    )


def blanked(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Return `text`, same length, with a full stop for each character inside `ranges` (sorted)."""
    pieces: list[str] = []
    at = 0
    for start, end in ranges:
        pieces += (text[at:start], "." * (end - start))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _literals(text: str) -> Iterator[_Span]:
    """Code, math, escapes and autolinks in order, none inside another."""
    at = 0
    for start, end in _blocks(text):
        yield from _inline(text, at, start)
        yield _Span(start, end, "code")
        at = end
    yield from _inline(text, at, len(text))


def _blocks(text: str) -> list[tuple[int, int]]:
    """Character ranges of fenced code and of comment blocks."""
    if not any_in(text):
        return []
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found = pair(lines)
    ranges = sorted(found.code + found.comments)
    return [(starts[first], min(starts[last + 1], len(text))) for first, last in ranges]


def _inline(text: str, start: int, stop: int) -> Iterator[_Span]:
    """No inline span crosses a blank line, so each paragraph is read by itself."""
    while start < stop:
        blank = _BLANK_LINE.search(text, start, stop)
        end = blank.end() if blank else stop
        yield from _paragraph(text, start, end)
        start = end


def _paragraph(text: str, start: int, stop: int) -> Iterator[_Span]:
    closers = _Closers(text, start, stop)
    at = start
    while token := _TOKEN.search(text, at, stop):
        at = token.end()
        opener = token[0]
        if opener[0] == "<":
            yield _Span(token.start(), at, "autolink")
        elif (end := closers.after(opener, at)) > 0:
            kind = "code" if opener[0] == "`" else opener
            yield _Span(token.start(), end, kind)
            at = end
        elif opener[0] == "\\":
            yield _Span(token.start(), at, "escape")


class _Closers:
    """Where the spans of one paragraph may close; what was not found is not looked for again."""

    def __init__(self, text: str, start: int, stop: int) -> None:
        self.text, self.start, self.stop = text, start, stop
        self.ticks: dict[int, list[int]] | None = None
        self.dollars: list[int] | None = None
        self.missing: set[str] = set()

    def after(self, opener: str, at: int) -> int:
        """End of the span whose opener ends before `at`; 0 if it never closes."""
        if opener[0] == "`":
            return self._ticks_after(len(opener), at)
        if opener == "$":
            return self._dollar_after(at)
        closer = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}.get(opener, "")
        return self._found(closer, at) if closer else 0

    def _ticks_after(self, width: int, at: int) -> int:
        if self.ticks is None:
            self.ticks = {}
            for run in _TICKS.finditer(self.text, self.start, self.stop):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
        return _first(self.ticks.get(width, []), at, width)

    def _dollar_after(self, at: int) -> int:
        """As pandoc reads dollars: no blank inside next to them, no digit after the second."""
        if self.dollars is None:
            found = _DOLLAR.finditer(self.text, self.start, self.stop)
            self.dollars = [dollar.start() for dollar in found]
        end = _first(self.dollars, at, 1)
        inside, beyond = self.text[at : end - 1], self.text[end : end + 1]
        is_tight = bool(inside) and inside == inside.strip()
        return end if is_tight and not (beyond.isdigit() or beyond == "$") else 0

    def _found(self, closer: str, at: int) -> int:
        where = -1 if closer in self.missing else self.text.find(closer, at, self.stop)
        if where < 0:
            self.missing.add(closer)
        return where + 2 if where > at else 0


def _first(starts: list[int], at: int, width: int) -> int:
    index = bisect_left(starts, at)
    return starts[index] + width if index < len(starts) else 0


def _links(text: str) -> Iterator[tuple[int, int]]:
    """Links, images, footnotes and boxes of a text whose code and math are blanked."""
    for mark in _LINE_START.finditer(text):
        yield mark.span(mark.lastgroup or 0)
    closing = _bracket_pairs(text)
    done = 0
    for start in sorted(closing):
        if start >= done and (end := _link_end(text, start, closing)):
            done = end
            yield start - (text[start - 1 : start] == "!"), end


def _bracket_pairs(text: str) -> dict[int, int]:
    closing: dict[int, int] = {}
    opened: list[int] = []
    for token in _BRACKET.finditer(text):
        if token[0] == "[":
            opened.append(token.start())
        elif token[0] != "]":
            opened.clear()
        elif opened:
            closing[opened.pop()] = token.start()
    return closing


def _link_end(text: str, start: int, closing: dict[int, int]) -> int:
    """End of the link, image or footnote whose bracket opens at `start`; 0 if it is none."""
    close = closing[start]
    if target := _TARGET.match(text, close + 1):
        return target.end()
    if reference := closing.get(close + 1):
        return reference + 1
    is_wiki = closing.get(start + 1) == close - 1
    is_image = text[start - 1 : start] == "!"
    return close + 1 if is_wiki or is_image or _FOOTNOTE.match(text, start) else 0
