"""What the learner typed against the words that were asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

Kind = Literal["same", "wrong", "missing"]
_LIKE = 0.75  # from here on, two words are one word with a slip
_MOST_PAIRS = (
    250_000  # of words to be compared: above, what is between the equal ends is just wrong
)
_LONGEST_WORD = 64
_NEAR = 12  # words of a stretch among which a slip is looked for
# Marks inside and before numbers mean something: 0.5, 1/3, -2, 10%.
_NUMERIC = re.compile(r"(?<=\d)[.,:/-](?=\d)|(?<![^\W_])-(?=\.?\d)|(?<![^\W_])\.(?=\d)|(?<=\d)%")
_MINUS = str.maketrans("−‐‑–", "----")


class Piece(NamedTuple):
    """A stretch of text: typed and expected, typed only, or expected only."""

    text: str
    kind: Kind


def signed(piece: Piece) -> str:
    """The piece as it is told apart where there are no colours: [-too much-], {+missing+}."""
    text, kind = piece
    return text if kind == "same" else f"[-{text}-]" if kind == "wrong" else f"{{+{text}+}}"


def is_match(typed: str, expected: str) -> bool:
    """Whether both say the same, but for case, spaces and punctuation outside of numbers."""
    return _folded(typed) == _folded(expected)


def compare(typed: str, expected: str) -> tuple[Piece, ...]:
    """The pieces in reading order. Those typed, joined, are the typed text with single spaces;
    those same and missing say the expected text."""
    if is_match(typed, expected):
        return _joined([[Piece(word, "same")] for word in typed.split()])
    return _joined(list(_words(typed.split(), _spoken(expected.split()))))


def _spoken(words: Sequence[str]) -> list[str]:
    """The words that say something: a dash between words is not missed."""
    return [word for word in words if _key(word)] or list(words)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().translate(_MINUS)
    marked = {mark.start() for mark in _NUMERIC.finditer(text)}
    said = "".join(
        sign
        for at, sign in enumerate(text)
        if at in marked or not (sign.isspace() or _is_mark(sign))
    )
    return said or "".join(text.split())  # marks alone are what was asked for


def _key(word: str) -> str:
    """What makes words equal: the word without case and without punctuation around it."""
    word = unicodedata.normalize("NFKC", word).casefold().translate(_MINUS)
    first, end = 0, len(word)
    while first < end and _is_mark(word[first]) and not _NUMERIC.match(word, first):
        first += 1
    while first < end and _is_mark(word[end - 1]) and not _NUMERIC.match(word, end - 1):
        end -= 1
    return word[first:end]


def _is_mark(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] == "P" or category in ("Cc", "Cf")


def _words(typed: Sequence[str], expected: Sequence[str]) -> Iterator[list[Piece]]:
    """The pieces of each word."""
    keys, wanted = [_key(word) for word in typed], [_key(word) for word in expected]
    first, ends = _equal_ends(keys, wanted)
    yield from _all(typed[:first], "same")
    rest, sought = len(keys) - ends, len(wanted) - ends
    for tag, a, b, c, d in _operations(keys[first:rest], wanted[first:sought]):
        mine, theirs = typed[first + a : first + b], expected[first + c : first + d]
        yield from _all(mine, "same") if tag == "equal" else _replaced(mine, theirs)
    yield from _all(typed[rest:], "same")


def _equal_ends(keys: Sequence[str], wanted: Sequence[str]) -> tuple[int, int]:
    """How many words are equal at the beginning, and how many of the others at the end."""
    first = 0
    while first < min(len(keys), len(wanted)) and keys[first] == wanted[first]:
        first += 1
    ends = 0
    while ends < min(len(keys), len(wanted)) - first and keys[-1 - ends] == wanted[-1 - ends]:
        ends += 1
    return first, ends


def _operations(
    keys: Sequence[str], wanted: Sequence[str]
) -> Sequence[tuple[str, int, int, int, int]]:
    if len(keys) * len(wanted) > _MOST_PAIRS:
        return [("replace", 0, len(keys), 0, len(wanted))]
    return SequenceMatcher(None, keys, wanted, autojunk=False).get_opcodes()


def _all(words: Sequence[str], kind: Kind) -> Iterator[list[Piece]]:
    return ([Piece(word, kind)] for word in words)


def _replaced(typed: Sequence[str], expected: Sequence[str]) -> Iterator[list[Piece]]:
    """Words for words: those with a slip letter by letter, the rest wrong and missing."""
    at = 0
    for word in typed:
        near = range(at, min(len(expected), at + _NEAR))
        found = next((place for place in near if _alike(word, expected[place])), None)
        if not _key(word):
            yield [Piece(word, "same")]  # a dash too many is no mistake
        elif found is None:
            yield [Piece(word, "wrong")]
        else:
            yield from _all(expected[at:found], "missing")
            yield _letters(word, expected[found])
            at = found + 1
    yield from _all(expected[at:], "missing")


def _alike(typed: str, expected: str) -> bool:
    if max(len(typed), len(expected)) > _LONGEST_WORD:
        return False
    matcher = SequenceMatcher(None, _signs(typed), _signs(expected), autojunk=False)
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # the slowest last
    return all(ratio() >= _LIKE for ratio in ratios)


def _letters(typed: str, expected: str) -> list[Piece]:
    pieces = []
    matcher = SequenceMatcher(None, _signs(typed), _signs(expected), autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(typed[a:b], "same"))
        else:
            pieces += [Piece(typed[a:b], "wrong"), Piece(expected[c:d], "missing")]
    return [piece for piece in pieces if piece.text]


def _signs(word: str) -> list[str]:
    return [unicodedata.normalize("NFKC", sign).casefold() for sign in word]


def _joined(words: Sequence[Sequence[Piece]]) -> tuple[Piece, ...]:
    """All pieces with a space between words, and neighbours of one kind as one piece."""
    pieces: list[Piece] = []
    for word in words:
        if pieces:
            kind = word[0].kind if word[0].kind == pieces[-1].kind else "same"
            pieces.append(Piece(" ", kind))
        pieces += word
    groups = groupby(pieces, key=lambda piece: piece.kind)
    return tuple(Piece("".join(piece.text for piece in group), kind) for kind, group in groups)
