"""Texts of cards made fit to stand in a file of many: no fence or comment reaches into the next.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from decks.fences import any_in, pair

_UNFIT = re.compile("[\0\ud800-\udfff]")
_FENCE = re.compile(r"([\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?)(`{3,}|~{3,})")
# To a deck of ours a fence; anywhere else it is only text.
_TAGGED_FENCE = re.compile(
    r"^((?:[QAC]|Why|Flip|Variant):[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?=```|~~~)",
    re.MULTILINE,
)
_COMMENT = "<!--"


def fit(text: str) -> str:
    """Return the text as a file can hold it: every fence is closed, and no comment begins a line.
    It is never empty.

    A comment would hide what follows; `<\\!--` shows the same words.
    """
    text = _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\ufeff", "").strip() or "\ufffd"
    if not any_in(text):
        return text
    return _closed(_without_comments(_TAGGED_FENCE.sub(r"\1\\", text)))


def is_fit(text: str) -> bool:
    """Whether the text can stand in a file as it is."""
    return fit(text) == text


def outside(text: str, ranges: Iterable[tuple[int, int]], change: Callable[[str], str]) -> str:
    """Return the text, changed wherever it lies outside `ranges` (sorted, apart)."""
    pieces: list[str] = []
    at = 0
    for start, end in ranges:
        pieces += (change(text[at:start]), text[start:end])
        at = end
    pieces.append(change(text[at:]))
    return "".join(pieces)


def fenced(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The first and the last line of each fence."""
    return list(pair(lines).code)


def fence_of(line: str) -> tuple[str, str]:
    """What stands before the fence that opens on a line, and its marks; both empty without one."""
    found = _FENCE.match(line)
    return (found[1], found[2]) if found else ("", "")


def _without_comments(text: str) -> str:
    """No line begins a comment block. What such a block hid may be fences, so look once more."""
    for _ in range(2):
        lines = text.split("\n")
        found = pair(lines)
        starts = [first for first, _ in found.comments] + list(found.open_comments)
        if not starts:
            return text
        for at in starts:
            lines[at] = "<\\" + lines[at][1:]
        text = "\n".join(lines)
    return re.sub(f"^{_COMMENT}", r"<\\!--", text, flags=re.MULTILINE)


def _closed(text: str) -> str:
    lines = text.split("\n")
    if still_open := pair(lines).open_code:
        before, marks = fence_of(lines[still_open[0]])
        lines.append(" " * len(before) + marks)
    for at in pair(lines).open_code:
        before, _ = fence_of(lines[at])
        lines[at] = f"{before}\\{lines[at][len(before) :]}"
    return "\n".join(lines)
