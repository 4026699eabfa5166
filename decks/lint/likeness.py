"""Cards that ask, or answer, nearly the same: found by an index of rare words, not pair by pair."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from math import ceil
from typing import NamedTuple

from decks.lint.form import read_by_parser
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import STOP_WORDS, is_number, tokens, without_closing

LIKENESS = 0.7  # tokens in common, as a share of all tokens of the two
_TWO = 2
_ROUNDING = 1e-9
_MOST_LOOKS = 1_000  # for one card: no honest deck needs more
_MOST_ALIKE = 10  # of these, for one card
_LEAST_ANSWER = 5  # tokens: "Label shift" may be the answer of several cards
_SHORT = 8  # telling words; a short question may differ in its subject alone


class Bag(NamedTuple):
    """The words of one text."""

    subject: Subject
    words: frozenset[str]


def alike(bags: Iterable[Bag]) -> Iterator[tuple[Bag, list[Bag]]]:
    """Yield each bag of which an earlier one holds nearly the same words, with those earlier ones.

    Two sets that share so much share two of the rarest words of each. Of equal bags only the first
    is compared with later ones; of the candidates at most so many.
    """
    found = [bag for bag in bags if bag.words]
    often = Counter(word for bag in found for word in bag.words)
    ranks = {word: rank for rank, (word, _) in enumerate(sorted(often.items(), key=_by_rarity))}
    firsts: dict[frozenset[str], Bag] = {}
    index: dict[str, list[int]] = defaultdict(list)
    for number, bag in enumerate(found):
        first = firsts.setdefault(bag.words, bag)
        if first is not bag:
            yield bag, [first]
            continue
        common = ceil(LIKENESS * len(bag.words) - _ROUNDING)  # with whatever is like it
        rarest = sorted(bag.words, key=ranks.__getitem__)[: len(bag.words) - common + _TWO]
        candidates = (found[earlier] for earlier in _candidates(rarest, index))
        near = (one for one in candidates if likeness(bag.words, one.words) >= LIKENESS)
        if earlier := list(islice(near, _MOST_ALIKE)):
            yield bag, earlier
        for word in rarest:
            index[word].append(number)


def _candidates(rarest: list[str], index: dict[str, list[int]]) -> list[int]:
    """The earlier bags that have two of these among their rarest words, in order."""
    having = chain.from_iterable(index[word] for word in rarest if word in index)
    shared = Counter(islice(having, _MOST_LOOKS))
    return sorted(number for number, times in shared.items() if times >= _TWO)


def _by_rarity(item: tuple[str, int]) -> tuple[int, str]:
    return item[1], item[0]


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets have in common, as a share of all that is in them."""
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def _near_duplicates(subjects: Sequence[Subject], _: Knowledge) -> Iterator[Flaw]:
    asked = (Bag(one, frozenset(tokens(without_closing(one.front)))) for one in subjects)
    told: set[int] = set()
    for bag, earlier in alike(asked):
        same = next((one for one in earlier if not _is_parallel(bag, one)), None)
        if same:
            told.add(id(bag.subject))
            yield _flaw(bag.subject, "the question is nearly that of", same.subject)
    for bags in _answers(subjects):
        for bag, earlier in alike(bags):
            if id(bag.subject) not in told:
                yield _flaw(bag.subject, "the answer is nearly that of", earlier[0].subject)


def _answers(subjects: Sequence[Subject]) -> Iterable[list[Bag]]:
    """The longer answers, concept by concept."""
    by_concept: dict[str, list[Bag]] = defaultdict(list)
    for subject in subjects:
        words = frozenset(tokens(subject.note.back)) if subject.note.concept else frozenset()
        if len(words) >= _LEAST_ANSWER:
            by_concept[subject.note.concept].append(Bag(subject, words))
    return by_concept.values()


def _is_parallel(one: Bag, other: Bag) -> bool:
    """Whether two questions share their form alone: "What is the capital of France", "of Spain".

    Cards of a type of the card standard have a form of their own each.
    """
    if one.subject.note.type or other.subject.note.type:
        return False
    left, right = one.words - STOP_WORDS, other.words - STOP_WORDS
    common = len(left & right)
    if 2 * common <= len(left | right):
        return left != right
    apart = left ^ right
    swapped = len(left - right) == len(right - left) == 1
    short = max(len(left), len(right)) <= _SHORT
    return swapped and short and not any(map(is_number, apart)) and not _same_answer(one, other)


def _same_answer(one: Bag, other: Bag) -> bool:
    left, right = (frozenset(tokens(bag.subject.note.back)) for bag in (one, other))
    return left == right or likeness(left, right) >= LIKENESS


def _flaw(subject: Subject, message: str, other: Subject) -> Flaw:
    hint = "keep the better one; or make the case different, so that the answer is too"
    return subject.flaw(f"{message} {other.name}", hint)


RULES = (
    Rule("near-duplicate", ERROR, "questions that share less than 70% of their words; answers too",
         own=WARNING, deck=read_by_parser("near-duplicate"), all=_near_duplicates),
)  # fmt: skip
