"""Decks that claim to be complete: every concept with its cards, a mix of types, variants."""

from __future__ import annotations

from collections.abc import Iterator

from decks.concepts import LEVELS
from decks.lint.rule import ERROR, Flaw, Knowledge, Rule, Sheet
from decks.lint.types import NAMING, OPERATIONAL
from decks.lint.words import is_number, tokens
from decks.model import Note, Place

LEAST_CARDS = LEAST_TYPES = 2
MOST_NAMING, LEAST_OPERATIONAL = 0.32, 0.55
_REWORDED = 0.7  # likeness from which a variant is the same question in other words


def _concepts(sheet: Sheet, knowledge: Knowledge) -> dict[str, list[Note]]:
    """The notes by concept: those of the curriculum for this file, and those that it names."""
    asked = [slug for slug, one in knowledge.concepts.items() if one.deck == sheet.stem]
    named = [explanation.concept for explanation in sheet.parsed.explanations]
    found: dict[str, list[Note]] = {slug: [] for slug in (*asked, *named)}
    for note in sheet.parsed.notes:
        if note.concept:
            found.setdefault(note.concept, []).append(note)
    return found


def _place(sheet: Sheet, slug: str) -> Place:
    headings = (one.place for one in sheet.parsed.explanations if one.concept == slug)
    return next(headings, sheet.place)


def _cards(sheet: Sheet, knowledge: Knowledge) -> Iterator[Flaw]:
    if not sheet.complete:
        return
    for slug, notes in _concepts(sheet, knowledge).items():
        types = {note.type for note in notes}
        if not notes:
            yield Flaw(f"the concept {slug} has no card", "write two of it", _place(sheet, slug))
        elif len(notes) < LEAST_CARDS:
            hint = "ask about it from a second side, with a card of another type"
            yield Flaw(f"the concept {slug} has a single note", hint, _place(sheet, slug))
        elif len(types) < LEAST_TYPES:
            message = f"all cards of {slug} are of one type: {types.pop() or 'none'}"
            yield Flaw(message, "add a card of another type", _place(sheet, slug))


def _explained(sheet: Sheet, knowledge: Knowledge) -> Iterator[Flaw]:
    if not sheet.complete:
        return
    explained = {one.concept for one in sheet.parsed.explanations if one.text}
    for slug, notes in _concepts(sheet, knowledge).items():
        if notes and slug not in explained:
            hint = "write two lines below its heading, above the first card"
            yield Flaw(f"nothing explains {slug}", hint, _place(sheet, slug))


def _mix(sheet: Sheet, _: Knowledge) -> Iterator[Flaw]:
    notes = sheet.parsed.notes
    if not sheet.complete or not notes:
        return
    naming = sum(note.type in NAMING for note in notes) / len(notes)
    operational = sum(note.type in OPERATIONAL for note in notes) / len(notes)
    hint = "turn some into what-breaks, diagnose, choose, tradeoff, estimate or curveball cards"
    if naming > MOST_NAMING:
        message = f"{naming:.0%} definition and cloze cards; {MOST_NAMING:.0%} are the most"
        yield Flaw(message, hint, sheet.place)
    if operational < LEAST_OPERATIONAL:
        message = f"{operational:.0%} ask for a consequence, cause, choice or number"
        yield Flaw(f"{message}; {LEAST_OPERATIONAL:.0%} are the least", hint, sheet.place)


def _variants(sheet: Sheet, knowledge: Knowledge) -> Iterator[Flaw]:
    if not sheet.complete:
        return
    for slug, notes in _concepts(sheet, knowledge).items():
        concept = knowledge.concepts.get(slug)
        if notes and concept and concept.level == LEVELS[0] and not any(map(_varies, notes)):
            hint = "add a Variant: to one of its notes, another example or other numbers"
            yield Flaw(f"no card of {slug} has a variant", hint, _place(sheet, slug))


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
         deck=_cards),
    Rule("explained", ERROR, "an explanation above a concept's cards (complete decks)",
         deck=_explained),
    Rule("type-mix", ERROR,
         "at most 32% definition and cloze, at least 55% operational cards (complete decks)",
         deck=_mix),
    Rule("variants", ERROR, "a variant for each concept of level M (complete decks)",
         deck=_variants),
)  # fmt: skip
