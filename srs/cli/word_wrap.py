"""Where a line of text breaks so that words stay whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

_WORD = re.compile(r"\S+|\s")


def blanks(text: str, widths: Sequence[int], width: int) -> list[int]:
    """For each character, the blank cells to put before it so that no word is broken.

    `widths` are the cells of each character. What fills the cells breaks a row where the next
    character would not fit. A word wider than a row is broken all the same.
    """
    gaps = [0] * len(text)
    totals = [0, *accumulate(widths)]
    column = 0
    for word in _WORD.finditer(text):
        first, end = word.span()
        cells = totals[end] - totals[first]
        if width - column < cells <= width:
            gaps[first], column = width - column, 0
        for cell in widths[first:end]:
            column = (column if column + cell <= width else 0) + cell
    return gaps
