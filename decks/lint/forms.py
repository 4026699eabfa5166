"""Questions that share their form alone: "What is the capital of France", "of Spain".

A learner's own cards are excused for it; those of the card standard have a form of their own each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from decks.lint.pairing import Words, are_alike, mostly, ranks
from decks.lint.rule import Subject
from decks.lint.words import STOP_WORDS, is_number, tokens, without_closing

_SHORT = 8  # telling words; a short question may differ in its subject alone
_NUMBER, _ANY = "#", "*"  # beside words of answers: what makes questions of a form the same


class Bag(NamedTuple):
    """The words of one text."""

    subject: Subject
    words: Words
    which: str = ""  # of the texts of the note, before a message
    answer: str = ""  # to a question, as written
    formed: bool = False  # a question that is excused for being like another in its form

    @classmethod
    def asked(cls, subject: Subject, which: str, question: str, answer: str) -> Bag:
        """The words of a question."""
        words = frozenset(tokens(without_closing(question)))
        formed = subject.own and not subject.note.type and not words <= STOP_WORDS
        return cls(subject, words, which, answer, formed)


class Form(NamedTuple):
    """A question, its telling words, and the words of its answer."""

    bag: Bag
    telling: Words
    answer: Words

    @classmethod
    def of(cls, bag: Bag) -> Form:
        """What tells the question from others of its form."""
        return cls(bag, bag.words - STOP_WORDS, frozenset(tokens(bag.answer)))


def share_form(one: Form, other: Form) -> bool:
    """Whether two questions share their form alone."""
    left, right = one.telling, other.telling
    common = len(left & right)
    if common < _half(len(left), len(right)):
        return True
    swapped = len(left) == len(right) == common + 1 <= _SHORT
    numbers = any(map(is_number, left ^ right))
    return swapped and not numbers and not are_alike(one.answer, other.answer)


def _half(one: int, other: int) -> int:
    """How many words sets of two sizes share if more than half of all words are in both."""
    return (one + other) // 3 + 1


def _least(one: int, other: int) -> int:
    """The same, without those that could only differ in one word for another."""
    half = _half(one, other)
    return one if one == other <= _SHORT and half >= one - 1 else half


class Forms:
    """Questions so far that may share a form, to be found by those that ask the same.

    There may be thousands of one form. Of those that differ in one word for another, only such are
    looked at as have a number there, or the rarest words of their answers in common.
    """

    def __init__(self, forms: Sequence[Form]) -> None:
        """`forms` are all that will be added or looked for."""
        self._rarity = ranks(form.telling for form in forms)
        self._answers = ranks(form.answer for form in forms)
        self._holding: dict[int, defaultdict[str, list[Form]]] = {}  # by size and rare word
        self._families: defaultdict[tuple[Words, str], list[Form]] = defaultdict(list)

    def add(self, form: Form) -> None:
        """Let the question be found."""
        size = len(form.telling)
        holding = self._holding.setdefault(size, defaultdict(list))
        smallest = next(n for n in range(1, size + 1) if _least(n, size) <= n)
        for word in self._rarest(form)[: size - _least(smallest, size) + 1]:
            holding[word].append(form)
        for rest, word in _swaps(form):
            numbers = (_ANY, _NUMBER) if is_number(word) else (_ANY,)
            for sign in (*self._signs(form), *numbers):
                self._families[rest, sign].append(form)

    def like(self, form: Form) -> Form | None:
        """Return a question of another note that is like it in more than its form."""
        for candidates in (self._overlapping(form), self._swapped(form)):
            for other in candidates:
                if (
                    other.bag.subject is not form.bag.subject
                    and are_alike(form.bag.words, other.bag.words)
                    and not share_form(form, other)
                ):
                    return other
        return None

    def _overlapping(self, form: Form) -> Iterator[Form]:
        size, rarest = len(form.telling), self._rarest(form)
        for other_size, holding in self._holding.items():
            least = _least(size, other_size)
            if least <= min(size, other_size):
                for word in rarest[: size - least + 1]:
                    yield from holding.get(word, ())

    def _swapped(self, form: Form) -> Iterator[Form]:
        for rest, word in _swaps(form):
            numbers = _ANY if is_number(word) else _NUMBER
            for sign in (*self._signs(form), numbers):
                yield from self._families.get((rest, sign), ())

    def _rarest(self, form: Form) -> list[str]:
        return sorted(form.telling, key=self._rarity.__getitem__)

    def _signs(self, form: Form) -> list[str]:
        """Rare words of the answer, one of which is in every answer that is like it."""
        size = len(form.answer)
        rarest = sorted(form.answer, key=self._answers.__getitem__)
        smallest = next((n for n in range(1, size + 1) if mostly(n, size) <= n), 0)
        return rarest[: size - mostly(smallest, size) + 1] or [""]


def _swaps(form: Form) -> Iterator[tuple[Words, str]]:
    """What is left of a question without each of its words, and that word.

    None of those that are too long to be excused for it, or so short that they are for more.
    """
    size = len(form.telling)
    if _half(size, size) < size <= _SHORT:
        for word in sorted(form.telling):
            yield form.telling - {word}, word
