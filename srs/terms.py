"""What a text says, as terms (words, numbers, signs), and how alike two texts are. Pure.

A term counts by its rarity in the collection: in a family of questions that differ in one word that
word is nearly everything.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

_TERM = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+|[+<>=&|^~@$%/\\{}!]+")
_MARKUP = frozenset(("==", "|", "$", "$$", "\\", "!", "<", ">", "&", "/"))
# Written without blanks between words: every sign is a term.
_UNSPACED = re.compile("([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_NEARLY = 0.9  # what a word with a typo, or in another form, counts
_LEAST_WEIGHT = 0.03
_CONTAINED = 0.85  # what it counts when the shorter text is all in the longer one
# Prefixes that turn a word into another one: no typo makes `hypo-` of `hyper-`.
_OPPOSITES = tuple(
    frozenset(pair.split("/"))
    for pair in (
        "hyper/hypo max/min macro/micro inter/intra intra/extra inner/outer pre/post en/de in/de"
        " in/ex im/ex up/down over/under endo/exo ab/ad af/ef ef/af un/ in/ im/ ir/ il/ dis/"
        " non/ de/ re/ a/ an/ anti/ mis/ sub/super ana/cata in/out on/off pro/anti homo/hetero"
        " mono/poly uni/bi uni/multi iso/aniso top/bottom left/right ortho/para meta/para"
    ).split()
)


def terms(text: str) -> frozenset[str]:
    """The terms of a text; formatting and punctuation are none."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isascii():
        plain = _UNSPACED.sub(r" \1 ", plain)
    return frozenset(_TERM.findall(plain)) - _MARKUP


class Likeness(NamedTuple):
    """How alike two texts are."""

    share: float  # 0 to 1 of what they say
    told: float  # how much they have in common: 1 is as good as a word that nobody else uses


class Lexicon:
    """How rare each term is among some texts."""

    def __init__(self, *groups: Sequence[frozenset[str]]) -> None:
        """Each group is the collection at one moment: most texts stand in several."""
        self._holders: Counter[str] = Counter()
        for group in groups:
            self._holders |= Counter(chain.from_iterable(group))
        self._count = max(map(len, groups), default=0)
        self._scale = 1 / math.log(self._count + 2)
        self._weights: dict[str, float] = {}

    def weight(self, term: str) -> float:
        """0 to 1: 1 for a term that no text uses."""
        known = self._weights.get(term)
        if known is None:
            rarity = math.log((self._count + 2) / (self._holders[term] + 1)) * self._scale
            known = self._weights[term] = max(rarity, _LEAST_WEIGHT)
        return known

    def worth(self, text: Iterable[str]) -> float:
        """What all terms of a text weigh together."""
        return sum(map(self.weight, text))

    def likeness(self, one: frozenset[str], two: frozenset[str]) -> Likeness:
        """How alike two texts are; typos and other forms of a word hardly count."""
        told = self.worth(one & two)
        ours, theirs = one - two, two - one
        if ours and theirs:
            told += self._nearly(ours, theirs)
        sizes = self.worth(one), self.worth(two)
        if not sum(sizes):
            return Likeness(1.0 if one == two else 0.0, 0.0)
        share = 2 * told / sum(sizes)
        if told >= 1.5:
            share = max(share, _CONTAINED * told / min(sizes))
        return Likeness(min(share, 1.0), told)

    def _nearly(self, ours: frozenset[str], theirs: frozenset[str]) -> float:
        told, free = 0.0, set(theirs)
        for word in sorted(ours):
            found = next((other for other in sorted(free) if self._is_form(word, other)), None)
            if found is not None:
                free.discard(found)
                told += _NEARLY * min(self.weight(word), self.weight(found))
        return told

    def _is_form(self, one: str, two: str) -> bool:
        """Whether two different words are likely the same one, once misspelt or in another form."""
        if not (one.isalpha() and two.isalpha()):
            return False
        if _unaccented(one) == _unaccented(two):
            return True
        if min(len(one), len(two)) < 4:
            return False
        if _are_opposites(one, two):
            return False
        if _common_prefix(one, two) >= max(4, 0.7 * max(len(one), len(two))):
            return True
        if self._holders[one] > 1 and self._holders[two] > 1:
            return False  # both are in use
        return is_typo(one, two)


def _unaccented(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _common_prefix(one: str, two: str) -> int:
    for at, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return at
    return min(len(one), len(two))


def _are_opposites(one: str, two: str) -> bool:
    tail = 0
    for a, b in zip(reversed(one), reversed(two), strict=False):
        if a != b:
            break
        tail += 1
    # The prefixes may share letters with what follows: `online` and `offline`.
    for more in range(min(tail, 4) + 1):
        end = tail - more
        heads = frozenset((one[: len(one) - end], two[: len(two) - end]))
        if len(heads) == 2 and heads in _OPPOSITES:
            return True
    return False


def is_typo(one: str, two: str) -> bool:
    """Whether one letter (of eight or more: two) was dropped, added, changed or transposed."""
    longest = max(len(one), len(two))
    most = 2 if longest >= 8 else 1
    if abs(len(one) - len(two)) > most or (one[0] != two[0] and (most == 2 or longest < 6)):
        return False
    return _distance(one, two) <= most


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
