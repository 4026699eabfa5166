"""Which words of a text were taken out and which came in, as an editor would mark them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

Kind = Literal["kept", "removed", "added"]
_MARKS = r"!-/:-@\[-^`{-~"
_LETTERS_ALONE = r"\u3040-\u30ff\u3400-\u9fff"  # scripts that leave no blanks between words
_WORD = re.compile(
    rf"\s+|\d+(?:[.,:]\d+)+|[{_MARKS}{_LETTERS_ALONE}]|[^\s{_MARKS}{_LETTERS_ALONE}]+"
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Comparing takes time by the product of both lengths: above that lines are compared, or nothing.
_MOST_PAIRS = 60_000


class Piece(NamedTuple):
    """A stretch of text that both have, that only the old has, or that only the new has."""

    text: str
    kind: Kind


class _Step(NamedTuple):
    """What both have, then what one has instead of the other."""

    kept: str
    removed: str
    added: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces in reading order, removed before added, no two neighbours of one kind.

    Those kept and removed, joined, are `before`; those kept and added `after`.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    first, ends = _equal_ends(old, new)
    if (len(old) - first - ends) * (len(new) - first - ends) <= _MOST_PAIRS:
        return _pieces(_steps(old, new))
    return _pieces(_by_lines(_LINE.findall(before), _LINE.findall(after)))


def _by_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[_Step]:
    """The lines compared first, then the words of those that were replaced."""
    steps = list(_steps(old, new))
    for kept, removed, added in steps:
        yield _Step(kept, "", "")
        yield from _steps(
            _WORD.findall(removed), _WORD.findall(added), _MOST_PAIRS // len(steps)
        )  # fmt: skip


def _steps(old: Sequence[str], new: Sequence[str], most: int = _MOST_PAIRS) -> Iterator[_Step]:
    first, ends = _equal_ends(old, new)
    kept = "".join(old[:first])
    mine, theirs = old[first : len(old) - ends], new[first : len(new) - ends]
    for same, a, b, c, d in _operations(mine, theirs, most):
        if same:
            kept += "".join(mine[a:b])
        else:
            yield _Step(kept, "".join(mine[a:b]), "".join(theirs[c:d]))
            kept = ""
    yield _Step(kept + "".join(old[len(old) - ends :]), "", "")


def _equal_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words are equal at the beginning, and how many of the others at the end."""
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - first
    ends = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return first, ends


def _operations(
    old: Sequence[str], new: Sequence[str], most: int
) -> Iterator[tuple[bool, int, int, int, int]]:
    """Ranges of words, and whether they are the same in both."""
    if len(old) * len(new) > most:
        yield False, 0, len(old), 0, len(new)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    yield from ((tag == "equal", a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes())


def _pieces(steps: Iterator[_Step]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for kept, removed, added in _joined(steps):
        found += (Piece(kept, "kept"), Piece(removed, "removed"), Piece(added, "added"))
    groups = groupby((piece for piece in found if piece.text), key=lambda piece: piece.kind)
    return tuple(Piece("".join(piece.text for piece in group), kind) for kind, group in groups)


def _joined(steps: Iterator[_Step]) -> Iterator[_Step]:
    """The steps without blanks and marks that are kept alone between changed words."""
    last = _Step("", "", "")
    for step in steps:
        if _is_one_change(last, step):
            removed = last.removed + step.kept + step.removed
            last = _Step(last.kept, removed, last.added + step.kept + step.added)
        else:
            yield last
            last = step
    yield last


def _is_one_change(last: _Step, step: _Step) -> bool:
    """Whether only blanks and marks part two changes, and words stand against words."""
    both = (last.removed or last.added) and (step.removed or step.added)
    replaces = (last.removed or step.removed) and (last.added or step.added)
    return bool(both and replaces) and not any(sign.isalnum() for sign in step.kept)
