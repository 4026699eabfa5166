"""Markdown with the marks of Anki's gaps as a cloze text of ours. Pure."""

from __future__ import annotations

import re

from decks import cloze
from decks.anki.clozes import CLOSE, HINT, NUMBER, OPEN
from decks.dialects.gaps import Deletion, written

_GAP = re.compile(f"{OPEN}(\\d+){NUMBER}([^{CLOSE}{HINT}]*)(?:{HINT}([^{CLOSE}]*))?{CLOSE}")
# In a gap of ours, the first would begin its hint and the second end it.
_SIGNS = re.compile(r"(?<!\\)::|(?<!\\)\}\}")
_MARKS = re.compile(f"[{OPEN}{NUMBER}{HINT}{CLOSE}]")
_LIKE_A_KEY = re.compile(r"c[0-9]+")


def cloze_text(text: str, *, count: int, numbered: bool) -> str:
    """The text with gaps in our notation; "" if that cannot say the same.

    `count` is how many gaps there must be. Unless `numbered`, gaps whose numbers differ are written
    without numbers.
    """
    found = list(_GAP.finditer(text))
    if len(found) != count:
        return ""
    numbers = [int(gap[1]) for gap in found]
    numbered = numbered or len(set(numbers)) < len(numbers)
    deletions: list[Deletion] = []
    pieces: list[str] = []
    at = length = 0
    for gap, number in zip(found, numbers, strict=True):
        outside = text[at : gap.start()]
        words, hint = (_plain(part or "", numbered=numbered) for part in (gap[2], gap[3]))
        start = length + len(outside)
        deletion = Deletion(start, start + len(words), words, hint, number if numbered else None)
        deletions.append(deletion)
        pieces += (outside, words)
        at, length = gap.end(), start + len(words)
    pieces.append(text[at:])
    whole = "".join(pieces)
    if _MARKS.search(whole):
        return ""
    made = written(whole, deletions)
    return "" if not made or cloze.fault(made) or not _as_asked(made, numbers) else made


def _as_asked(made: str, numbers: list[int]) -> bool:
    """Whether as many cards come of it as there are numbers."""
    return len(cloze.gap_keys(made)) == len(set(numbers))


def _plain(words: str, *, numbered: bool) -> str:
    words = words.strip()
    return _SIGNS.sub(lambda sign: f"\\{sign[0][0]}\\{sign[0][0]}", words) if numbered else words
