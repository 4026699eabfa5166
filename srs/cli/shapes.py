"""The shapes of what is reported in JSON. Keys may be added; these stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srs import Flag, Rating

if TYPE_CHECKING:
    from decks import Note, Place, Problem
    from decks.model import Estimate
    from srs import Card, CardState, Collection, Detail, LogRow, Review, Summary


def instant(at_ms: int | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    if at_ms is None:
        return None
    from srs.days import iso_instant

    return iso_instant(at_ms)


def summary(found: Summary) -> dict[str, object]:
    """What a session came to."""
    retention = None if found.retention is None else round(found.retention, 4)
    return {
        "cards": found.cards, "reviews": found.reviews, "minutes": found.minutes,
        "retention": retention, "due_tomorrow": found.due_tomorrow,
        "next_due": instant(found.next_due_ms), "new": found.new, "known": found.known,
        "recalled": found.recalled, "minutes_tomorrow": found.minutes_tomorrow,
        "concepts": [look._asdict() for look in found.concepts],
        "leeches": [uid.hex() for uid in found.leeches],
        "confidence": [
            {"percent": percent, "answers": answers, "right": right}
            for percent, (answers, right) in found.confidence.items()
        ],
    }  # fmt: skip


def ended(review: Review) -> dict[str, object]:
    """The same, with why there is no new card any more, if that is for want of other concepts."""
    waits = review.waits_for if review.session.over else None
    shape = waits and {"concept": waits[0], "needs": waits[1]}
    return {**summary(review.summary()), "waits_for": shape}


def flag_shape(state: CardState) -> str | None:
    """The name of a card's flag."""
    return Flag(state.flag).name.lower() if state.flag else None


def card_shape(collection: Collection, card: Card, note: Note, at_ms: int) -> dict[str, object]:
    """One card with its words and its memory state."""
    state = card.state
    recall = collection.retrievability(state, at_ms)
    return {
        "card": card.uid.hex(), "note": card.note.hex(), "deck": card.deck,
        "tags": list(note.tags), "concept": card.concept or None, "type": card.type or None,
        "front": card.front, "back": card.back, "why": card.why or None,
        "flip": card.flip or None, "variants": [list(v) for v in note.variants],
        "estimate": estimate_shape(note.estimate),
        "sources": list(note.sources), "phase": state.phase.name.lower(),
        "due": instant(collection.due_ms(state)), "stability_days": state.stability_days,
        "difficulty": state.difficulty,
        "retrievability": None if recall is None else round(recall, 6),
        "reps": state.reps, "lapses": state.lapses, "suspended": state.suspended,
        "flag": flag_shape(state), "flag_note": state.flag_note or None,
        "leech": collection.is_leech(card),
        "source": {"path": card.path, "line": card.line},
    }  # fmt: skip


def estimate_shape(estimate: Estimate | None) -> dict[str, object] | None:
    """What makes a note an estimate."""
    if estimate is None:
        return None
    return {
        "parameters": {name: list(values) for name, values in estimate.parameters},
        "formula": estimate.formula, "unit": estimate.unit or None,
        "tolerance": estimate.tolerance,
    }  # fmt: skip


def review_shape(row: LogRow, card: Card) -> dict[str, object]:
    """One answer of a card's history."""
    from srs.estimates import numbers_asked

    rating = None if row.rating is None else Rating(row.rating).name.lower()
    return {
        "review": row.uid.hex(), "at": instant(row.at_ms), "rating": rating,
        "duration_ms": row.duration_ms, "variant": row.variant, "seed": row.seed,
        "confidence": row.confidence, "typed": row.typed,
        "numbers": numbers_asked(card, row.seed, row.data) or None,
    }  # fmt: skip


def problem_shape(problem: Problem) -> dict[str, object]:
    """Something that was not read, and how to mend it."""
    return {
        "path": problem.place.path, "line": problem.place.line, "reason": problem.message,
        "hint": problem.hint or None,
    }  # fmt: skip


def detail_shape(detail: Detail) -> dict[str, object]:
    """What an import would do to a note."""
    return {
        "outcome": detail.outcome, **_place_shape(detail.place),
        "note": detail.note.hex() or None, "former": _former_shape(detail.former),
        "before": _note_shape(detail.before), "after": _note_shape(detail.after),
        "reviews": detail.reviews, "stability_days": detail.stability_days,
    }  # fmt: skip


def _place_shape(place: Place) -> dict[str, object]:
    return {"path": place.path, "line": place.line}


def _former_shape(place: Place | None) -> dict[str, object] | None:
    return None if place is None else _place_shape(place)


def _note_shape(note: Note | None) -> dict[str, object] | None:
    if note is None:
        return None
    return {
        "kind": str(note.kind), "front": note.front, "back": note.back, "deck": note.deck,
        "tags": list(note.tags), "why": note.why or None, "flip": note.flip or None,
        "variants": [list(variant) for variant in note.variants],
        "sources": list(note.sources), "as_of": note.as_of or None, "id": note.id or None,
        "concept": note.concept or None, "type": note.type or None,
        "estimate": estimate_shape(note.estimate),
    }  # fmt: skip
