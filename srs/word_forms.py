"""Whether two words are one word: misspelt, inflected, or the opposite. Pure."""

from __future__ import annotations

import unicodedata
from enum import Enum, auto
from functools import lru_cache

# Prefixes (and words) that turn a word into another one: no typo makes `hypo-` of `hyper-`.
_PAIRS = """
    hyper/hypo max/min macro/micro inter/intra intra/extra inner/outer pre/post en/de in/de in/ex
    im/ex up/down over/under endo/exo ab/ad af/ef un/ in/ im/ ir/ il/ dis/ non/ de/ re/ a/ an/
    anti/ mis/ sub/super ana/cata in/out on/off pro/anti homo/hetero mono/poly uni/bi uni/multi
    iso/aniso top/bottom left/right ortho/para meta/para
"""
_OPPOSITES = frozenset(frozenset(pair.split("/")) for pair in _PAIRS.split())


class Form(Enum):
    """What one word may be to another."""

    OTHER = auto()
    INFLECTED = auto()
    TYPO = auto()


_SHORTEST = 4  # letters that a word must have to be misspelt; of three any may be a name


@lru_cache(maxsize=1 << 17)  # the same few words are compared again and again
def likeness(one: str, two: str) -> Form:
    """What the second word is to the first."""
    if is_inflected(one, two):
        return Form.INFLECTED
    return Form.TYPO if is_typo(one, two) else Form.OTHER


def is_typo(one: str, two: str) -> bool:
    """Whether one letter (of eight or more: two) was dropped, added, changed or transposed."""
    longest = max(len(one), len(two))
    most = 2 if longest >= 8 else 1
    if one[0] != two[0] or abs(len(one) - len(two)) > most or not _are_words(one, two):
        return False  # hardly anybody misspells the first letter
    return _distance(one, two) <= most and not are_opposites(one, two)


def is_inflected(one: str, two: str) -> bool:
    """Whether the words differ in accents only, or hardly in more than their ends."""
    if not (one.isascii() and two.isascii()) and unaccented(one) == unaccented(two):
        return one.isalpha() and two.isalpha()
    if _common_prefix(one, two) < max(_SHORTEST, 0.7 * max(len(one), len(two))):
        return False
    return _are_words(one, two) and not are_opposites(one, two)


def are_opposites(one: str, two: str) -> bool:
    """Whether the words differ in a prefix that makes the opposite: `online` and `offline`."""
    tail = _common_prefix(one[::-1], two[::-1])
    for shared in range(tail, max(tail - 4, 0) - 1, -1):  # the prefixes may end alike
        heads = frozenset((one[: len(one) - shared], two[: len(two) - shared]))
        if heads in _OPPOSITES:
            return True
    return False


def _are_words(one: str, two: str) -> bool:
    return min(len(one), len(two)) >= _SHORTEST and one.isalpha() and two.isalpha()


def unaccented(word: str) -> str:
    """The word without what stands above and below its letters."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _common_prefix(one: str, two: str) -> int:
    for at, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return at
    return min(len(one), len(two))


def _distance(one: str, two: str) -> int:
    """Edits between two words: Damerau's, of adjacent letters."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
