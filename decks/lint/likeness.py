"""Cards that ask, or answer, nearly the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from decks.lint.form import read_by_parser
from decks.lint.forms import Bag, Form, Forms
from decks.lint.pairing import Words, pair_off
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import tokens

_LEAST_ANSWER = 5  # tokens: "Label shift" may be the answer of several cards


def alike(bags: Iterable[Bag]) -> Iterator[tuple[Bag, Bag]]:
    """Yield each bag with an earlier one of another note that says nearly the same, if one does.

    Questions that may share their form are not alike for that; see `decks.lint.forms`. Of equal
    bags only the first is compared with others.
    """
    named = [bag for bag in bags if bag.words]
    firsts: dict[Words, int] = {}
    found: dict[int, int] = {}
    compared: dict[tuple[Words, str | None], int] = {}
    for number, bag in enumerate(named):
        first = firsts.setdefault(bag.words, number)
        if named[first].subject is not bag.subject:
            found[number] = first
        compared.setdefault((bag.words, bag.answer if bag.formed else None), number)
    sets = {number: named[number].words for number in compared.values()}
    formed = {number: Form.of(named[number]) for number in sets if named[number].formed}
    if len(formed) < len(sets):
        pair_off(sets, lambda one, other: _may_be_same(named[one], named[other]), found)
    _pair_off_forms(formed, found)
    for later, earlier in sorted(found.items()):
        yield named[later], named[earlier]


def _may_be_same(one: Bag, other: Bag) -> bool:
    """Whether two bags are of two notes, and none is excused for its form."""
    return one.subject is not other.subject and not (one.formed and other.formed)


def _pair_off_forms(forms: Mapping[int, Form], found: dict[int, int]) -> None:
    """Add those that may share their form and ask the same all the same; see `pair_off`."""
    earlier = Forms(tuple(forms.values()))
    numbers = {id(form): number for number, form in forms.items()}
    for number, form in forms.items():
        other = None if number in found else earlier.like(form)
        if other:
            found[number] = numbers[id(other)]
        earlier.add(form)


def _near_duplicates(subjects: Sequence[Subject], _: Knowledge) -> Iterator[Flaw]:
    told: set[int] = set()
    for bag, other in alike(bag for subject in subjects for bag in _questions(subject)):
        told.add(id(bag.subject))
        yield _flaw(bag, "the question is nearly that of", other)
    for bags in _answers(subjects):
        for bag, other in alike(bags):
            if id(bag.subject) not in told:
                yield _flaw(bag, "the answer is nearly that of", other)


def _questions(subject: Subject) -> Iterator[Bag]:
    """Each form in which a note asks."""
    yield Bag.asked(subject, "", subject.front, subject.note.back)
    for number, (front, back) in enumerate(subject.note.variants, start=1):
        yield Bag.asked(subject, f"variant {number}: ", front, back)


def _answers(subjects: Sequence[Subject]) -> Iterable[list[Bag]]:
    """The longer answers, concept by concept."""
    by_concept: dict[str, list[Bag]] = defaultdict(list)
    for subject in subjects:
        words = frozenset(tokens(subject.note.back)) if subject.note.concept else frozenset()
        if len(words) >= _LEAST_ANSWER:
            by_concept[subject.note.concept].append(Bag(subject, words))
    return by_concept.values()


def _flaw(bag: Bag, message: str, other: Bag) -> Flaw:
    hint = "keep the better one; or make the case different, so that the answer is too"
    named = f"{other.which.removesuffix(': ')} of " if other.which else ""
    return bag.subject.flaw(f"{bag.which}{message} {named}{other.subject.name}", hint)


RULES = (
    Rule("near-duplicate", ERROR, "questions that share less than 70% of their words; answers too",
         own=WARNING, deck=read_by_parser("near-duplicate"), all=_near_duplicates),
)  # fmt: skip
