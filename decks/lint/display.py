"""What a terminal shows badly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.lint.rule import WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import without_code
from decks.spans import code_ranges

WIDEST = 88
_TABLE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}+:?[ \t]*\|[-:|\s]*$", re.MULTILINE)


def _wide(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for text in subject.raw_texts:
        width = max(_code_widths(text), default=0)
        if width > WIDEST:
            hint = f"break the line: {WIDEST} characters fit beside the margin"
            yield subject.flaw(f"a line of code of {width} characters", hint)
            return


def _code_widths(text: str) -> Iterator[int]:
    if "```" not in text and "~~~" not in text:
        return
    for start, end in code_ranges(text):
        yield from map(len, text[start:end].split("\n"))


def _terminal(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    shown = [without_code(text) for text in subject.raw_texts]
    if any("![" in text for text in shown):
        hint = "say in words what it shows: not every terminal has pictures"
        yield subject.flaw("the card needs a picture", hint)
    if any("|" in text and _TABLE.search(text) for text in shown):
        hint = "ask for one cell of it: a table is a list, and wraps in a narrow terminal"
        yield subject.flaw("the card holds a table", hint)


RULES = (
    Rule("wide-code", WARNING, f"lines of code of at most {WIDEST} characters", own=WARNING,
         note=_wide),
    Rule("terminal", WARNING, "no table and no picture", note=_terminal),
)  # fmt: skip
