"""Decks that claim to be complete: every concept with its cards, a mix of types, variants."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence

from decks.concepts import LEVELS
from decks.lint.rule import ERROR, Deck, Flaw, Knowledge, Rule, Sheet
from decks.lint.types import NAMING, OPERATIONAL
from decks.lint.words import is_number, tokens
from decks.model import Explanation, Note, Place

LEAST_CARDS = LEAST_TYPES = 2
MOST_NAMING, LEAST_OPERATIONAL = 0.32, 0.55
_REWORDED = 0.7  # likeness from which a variant is the same question in other words


def complete_decks(sheets: Sequence[Sheet]) -> dict[str, Deck]:
    """Return the decks that claim to be complete, by name, in whatever files they are."""
    heads = [(head, sheet) for sheet in sheets for head in sheet.parsed.heads]
    places: dict[str, Place] = {}
    for head, _ in heads:
        if head.complete:
            places.setdefault(head.deck, head.place)
    if not places:
        return {}
    stems, notes = defaultdict[str, set[str]](set), defaultdict[str, list[Note]](list)
    explanations = defaultdict[str, list[Explanation]](list)
    for head, sheet in heads:
        stems[head.deck].add(sheet.stem)
    for sheet in sheets:
        for subject in sheet.subjects:
            notes[subject.note.deck].append(subject.note)
        for name, explanation in _explained(sheet):
            explanations[name].append(explanation)
    return {
        name: Deck(place, frozenset(stems[name]), notes[name], explanations[name])
        for name, place in places.items()
    }


def _explained(sheet: Sheet) -> Iterator[tuple[str, Explanation]]:
    """The explanations of a file, each with the deck that it stands in."""
    heads = sheet.parsed.heads
    lines = [head.place.line for head in heads]
    for one in sheet.parsed.explanations if heads else ():
        yield heads[bisect(lines, one.place.line) - 1].deck, one


def _concepts(deck: Deck, knowledge: Knowledge) -> dict[str, list[Note]]:
    """The notes by concept: those of the curriculum for the deck, and those that it names."""
    asked = [slug for slug, one in knowledge.concepts.items() if one.deck in deck.stems]
    named = [explanation.concept for explanation in deck.explanations]
    found: dict[str, list[Note]] = {slug: [] for slug in (*asked, *named)}
    for note in deck.notes:
        if note.concept:
            found.setdefault(note.concept, []).append(note)
    return found


def _place(deck: Deck, slug: str) -> Place:
    headings = (one.place for one in deck.explanations if one.concept == slug)
    return next(headings, deck.place)


def _cards(deck: Deck, knowledge: Knowledge) -> Iterator[Flaw]:
    for slug, notes in _concepts(deck, knowledge).items():
        types = {note.type for note in notes}
        if not notes:
            yield Flaw(f"the concept {slug} has no card", "write two of it", _place(deck, slug))
        elif len(notes) < LEAST_CARDS:
            hint = "ask about it from a second side, with a card of another type"
            yield Flaw(f"the concept {slug} has a single note", hint, _place(deck, slug))
        elif len(types) < LEAST_TYPES:
            message = f"all cards of {slug} are of one type: {types.pop() or 'none'}"
            yield Flaw(message, "add a card of another type", _place(deck, slug))


def _unexplained(deck: Deck, knowledge: Knowledge) -> Iterator[Flaw]:
    explained = {one.concept for one in deck.explanations if one.text}
    for slug, notes in _concepts(deck, knowledge).items():
        if notes and slug not in explained:
            hint = "write two lines below its heading, above the first card"
            yield Flaw(f"nothing explains {slug}", hint, _place(deck, slug))


def _mix(deck: Deck, _: Knowledge) -> Iterator[Flaw]:
    notes = len(deck.notes)
    if not notes:
        return
    naming = sum(note.type in NAMING for note in deck.notes)
    operational = sum(note.type in OPERATIONAL for note in deck.notes)
    hint = "turn some into what-breaks, diagnose, choose, tradeoff, estimate or curveball cards"
    if naming / notes > MOST_NAMING:
        message = f"{_share(naming, notes)} are definition or cloze cards"
        yield Flaw(f"{message}; {MOST_NAMING:.0%} are the most", hint, deck.place)
    if operational / notes < LEAST_OPERATIONAL:
        message = f"{_share(operational, notes)} ask for a consequence, cause, choice or number"
        yield Flaw(f"{message}; {LEAST_OPERATIONAL:.0%} are the least", hint, deck.place)


def _share(some: int, notes: int) -> str:
    return f"{some:,} of {notes:,} notes ({some / notes:.1%})"


def _variants(deck: Deck, knowledge: Knowledge) -> Iterator[Flaw]:
    for slug, notes in _concepts(deck, knowledge).items():
        concept = knowledge.concepts.get(slug)
        if notes and concept and concept.level == LEVELS[0] and not any(map(_varies, notes)):
            hint = "add a Variant: to one of its notes, another example or other numbers"
            yield Flaw(f"no card of {slug} has a variant", hint, _place(deck, slug))


def _varies(note: Note) -> bool:
    """Whether a variant changes the example or a number, or new numbers are drawn each time."""
    return note.estimate is not None or any(
        not _is_rewording(note.front, front) for front, _ in note.variants
    )


def _is_rewording(front: str, variant: str) -> bool:
    one, other = set(tokens(front)), set(tokens(variant))
    numbers = ({token for token in words if is_number(token)} for words in (one, other))
    return next(numbers) == next(numbers) and len(one & other) >= _REWORDED * len(one | other)


RULES = (
    Rule("concept-cards", ERROR, "2 cards of 2 types for each concept (complete decks)",
         whole=_cards),
    Rule("explained", ERROR, "an explanation above a concept's cards (complete decks)",
         whole=_unexplained),
    Rule("type-mix", ERROR,
         "at most 32% definition and cloze, at least 55% operational cards (complete decks)",
         whole=_mix),
    Rule("variants", ERROR, "a variant for each concept of level M (complete decks)",
         whole=_variants),
)  # fmt: skip
