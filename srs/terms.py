"""What a text says, as terms (words, numbers, signs), and how alike two texts are. Pure.

A term counts by its rarity in the collection: in a family of questions that differ in one word that
word is nearly everything.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from srs.word_forms import Form, are_opposites, likeness, unaccented

_TERM = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+|[+<>=&|^~@$%/\\{}!]+")
_NAME = re.compile(r"(?<=[\w,;][ ])[^\W\d_a-z][^\W_]*")
_MARKUP = frozenset(("==", "|", "$", "$$", "\\", "!", "<", ">", "&", "/"))
# Written without blanks between words: every sign is a term.
_UNSPACED = re.compile("([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_NOT = """
    no not never without cannot isn doesn don nicht kein keine keinen keiner keines keinem nie ohne
    pas jamais sans sin nunca jamás senza mai não nem bez nigdy niet geen zonder не ні без нет
    inte ikke ej utan ei
"""
_NOTS = frozenset(_NOT.split())
_NEARLY = 0.9  # what a word with a typo, or in another form, counts
_LEAST_WEIGHT = 0.03
_CONTAINED = 0.85  # what it counts when the shorter text is all in the longer one


class Text(NamedTuple):
    """The distinct terms of a text, in the order in which they first come."""

    order: tuple[str, ...]
    terms: frozenset[str]
    names: frozenset[str]  # terms that begin with a capital within a sentence


def read(text: str) -> Text:
    """The terms of a text; formatting and punctuation are none."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        plain = _UNSPACED.sub(r" \1 ", plain)
    found = dict.fromkeys(_folded(term) for term in _TERM.findall(plain))
    order = tuple(term for term in found if term not in _MARKUP)
    names = frozenset(name.casefold() for name in _NAME.findall(plain))
    return Text(order, frozenset(order), names)


def _folded(term: str) -> str:
    # A capital by itself is a name: vendor A is not a vendor.
    return term if len(term) == 1 and term != "I" else term.casefold()


class Likeness(NamedTuple):
    """How alike two texts are. Weights add up: 1 is as good as a word that nobody else uses."""

    share: float  # 0 to 1 of what they say
    told: float  # weight of what they have in common
    exact: float  # of that, what is the same to the letter
    ours: float  # weight of what only the first says
    theirs: float  # weight of what only the second says
    numbers: bool  # only numbers differ
    displaced: float  # weight of what stands at another place among what they have in common
    named: bool  # what only one of them says has a name in it
    opposed: bool  # one says `max` where the other says `min`, or the like
    lead: float  # how far into the longer text the common terms stand, on average

    @property
    def same(self) -> bool:
        """Whether hardly more than formatting differs."""
        return self.share >= 0.97 and self.displaced < 0.3

    @property
    def replaced(self) -> float:
        """Weight of what stands in the place of something else, at most."""
        return min(self.ours, self.theirs)

    @property
    def changed(self) -> float:
        """Weight of all that only one of them says."""
        return self.ours + self.theirs

    @property
    def overlap(self) -> float:
        """The share of both texts that is common, however much longer one of them is."""
        return 2 * self.told / (2 * self.told + self.changed or 1)

    @property
    def swapped(self) -> bool:
        """Whether words stand in the place of others, about as many of them."""
        more = max(self.ours, self.theirs)
        return self.replaced >= 0.05 and more <= 2.2 * self.replaced + 0.3


class Lexicon:
    """How rare each term is among some texts."""

    def __init__(self, *groups: Sequence[frozenset[str]]) -> None:
        """Each group is the collection at one moment: most texts stand in several."""
        self._moments = [Counter(chain.from_iterable(group)) for group in groups]
        self._holders: Counter[str] = Counter()
        for moment in self._moments:
            self._holders |= moment
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

    def share(self, one: frozenset[str], two: frozenset[str]) -> float:
        """How much of what two texts say is the same to the letter."""
        return self._share(one, two, self.worth(one & two))

    def likeness(self, one: Text, two: Text) -> Likeness:
        """How alike two texts are; typos and other forms of a word hardly count."""
        share, told, ours, theirs = self._compared(one.terms, two.terms)
        numbers = all(term[0].isdigit() for term in (*ours, *theirs))
        common = one.terms & two.terms
        exact = self.worth(common)
        moved = _displaced(
            [t for t in one.order if t in common], [t for t in two.order if t in common]
        )
        longer = max(one.order, two.order, key=len)
        lead = sum(at * self.weight(term) for at, term in enumerate(longer) if term in common)
        return Likeness(
            share, told, exact, self.worth(ours), self.worth(theirs), numbers, self.worth(moved),
            not (ours.isdisjoint(one.names) and theirs.isdisjoint(two.names)),
            share >= 0.5 and any(are_opposites(a, b) for a in ours for b in theirs),
            round(lead / (exact or 1), 1),
        )  # fmt: skip

    def _compared(
        self, one: frozenset[str], two: frozenset[str]
    ) -> tuple[float, float, set[str], set[str]]:
        told = self.worth(one & two)
        ours, theirs = set(one - two), set(two - one)
        if ours and theirs:
            told += self._nearly(ours, theirs)
        return self._share(one, two, told), told, ours, theirs

    def _share(self, one: frozenset[str], two: frozenset[str], told: float) -> float:
        sizes = self.worth(one), self.worth(two)
        if not sum(sizes):
            return 1.0 if one == two else 0.0
        share = 2 * told / sum(sizes)
        if told >= 1.5:
            share = max(share, _CONTAINED * told / min(sizes))
        return min(share, 1.0)

    def _nearly(self, ours: set[str], theirs: set[str]) -> float:
        """What words with a typo or in another form tell; they are taken out of both sets."""
        told = 0.0
        alike: dict[str, list[str]] = defaultdict(list)
        for word in sorted(theirs):
            alike[unaccented(word[0])].append(word)
        for word in sorted(ours):
            others = alike.get(unaccented(word[0]), ())
            found = next((o for o in others if o in theirs and self._is_form(word, o)), None)
            if found is not None:
                ours.discard(word)
                theirs.discard(found)
                told += _NEARLY * min(self.weight(word), self.weight(found))
        return told

    def _is_form(self, one: str, two: str) -> bool:
        """Whether two different words are likely the same one, once misspelt or in another form."""
        form = likeness(one, two)
        if form is not Form.TYPO:
            return form is Form.INFLECTED
        return not any(moment[one] > 1 and moment[two] > 1 for moment in self._moments)


def is_negated(text: frozenset[str]) -> bool:
    """Whether the text says "not", in one of the languages that people learn in."""
    return not _NOTS.isdisjoint(text)


def _displaced(one: Sequence[str], two: Sequence[str]) -> list[str]:
    """What must move for the first to become the second: all but a longest common sequence."""
    place = {term: at for at, term in enumerate(two)}
    tails: list[int] = []  # the least end of an increasing sequence of each length
    ends: list[int] = []
    for term in one:
        at = bisect_left(tails, place[term])
        tails[at : at + 1] = [place[term]]
        ends.append(at)
    want, moved = len(tails) - 1, []
    limit = len(two)
    for term, end in zip(reversed(one), reversed(ends), strict=True):
        if end == want and place[term] < limit:
            want, limit = want - 1, place[term]
        else:
            moved.append(term)
    return moved
