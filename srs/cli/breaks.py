"""Hard line breaks of markdown where a card is shown as it is written."""

from __future__ import annotations

import re

_MARK = "\\\n"
_MARKED = re.compile(r"^(?! {4})[^\n]*(\\)\n", re.MULTILINE)  # four blanks: code, most likely


def without_marks(text: str) -> str:
    """The text without the backslashes that only break its lines: the lines do end there. Those
    in code and formulas stay."""
    if _MARK not in text:
        return text
    from decks.spans import blanked, protected

    pieces, at = [], 0
    for mark in _MARKED.finditer(blanked(text, protected(text))):
        pieces.append(text[at : mark.start(1)])
        at = mark.end(1)
    return "".join((*pieces, text[at:]))
