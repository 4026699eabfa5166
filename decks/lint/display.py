"""What a terminal shows badly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.lint.rule import WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import without_code
from decks.spans import code_ranges

WIDEST = 88
_TAB = 4
# Behind a line with a bar, one of dashes between bars; those of a single column as well.
_TABLE = re.compile(
    r"^[^\n|]*+\|[^\n]*+\n[ \t>]*+(?=[^\n]*\|)\|?[ \t]*+:?-++:?[ \t]*+"
    r"(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+$"
    r"|<table\b",
    re.MULTILINE | re.IGNORECASE,
)
# Not the `vec![1, 2]` of a programming language.
_PICTURE = re.compile(
    r"(?<!\w)!\[|!\[[^\[\]\n]*+\][(\[]|!\[\[|<(?:img|svg|picture)\b", re.IGNORECASE
)
_INDENTED = re.compile(r"(?: {4}|\t)[ \t]*+(.*)")
_ITEM = re.compile(r"[ \t]*+(?:[-*+]|\d{1,9}[.)])[ \t]")


def _wide(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for text in subject.raw_texts:
        width = max(_code_widths(text), default=0)
        if width > WIDEST:
            hint = f"break the line: {WIDEST} characters fit beside the margin"
            yield subject.flaw(f"a line of code of {width} characters", hint)
            return


def _code_widths(text: str) -> Iterator[int]:
    if len(text) <= WIDEST:
        return
    if "`" in text or "~~~" in text:
        for start, end in code_ranges(text):
            code = text[start:end]
            lines = code.split("\n") if "\n" in code else [code.strip("`")]
            yield from (len(line.expandtabs(_TAB)) for line in lines)
    if "\n" in text and ("\n    " in text or "\n\t" in text):
        yield from _indented_widths(without_code(text))


def _indented_widths(text: str) -> Iterator[int]:
    """The lines below a blank one that are moved in, unless that is for a list."""
    is_code, in_list = False, False
    for line in text.split("\n"):
        found = _INDENTED.match(line)
        if not line.strip():
            is_code = not in_list
        elif not found:
            is_code, in_list = False, in_list or bool(_ITEM.match(line))
        elif is_code:
            yield len(found[1])


def _terminal(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    raw = (text for text in subject.raw_texts if "|" in text or "<" in text or "![" in text)
    shown = list(map(without_code, raw))
    if any(map(_PICTURE.search, shown)):
        hint = "say in words what it shows: not every terminal has pictures"
        yield subject.flaw("the card needs a picture", hint)
    if any(map(_TABLE.search, shown)):
        hint = "ask for one cell of it: a table is a list, and wraps in a narrow terminal"
        yield subject.flaw("the card holds a table", hint)


RULES = (
    Rule("wide-code", WARNING, f"lines of code of at most {WIDEST} characters", own=WARNING,
         note=_wide),
    Rule("terminal", WARNING, "no table and no picture", note=_terminal),
)  # fmt: skip
