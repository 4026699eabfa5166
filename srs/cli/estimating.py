"""What both front ends for people, and the JSON lines, say of an answer to an estimate."""

from __future__ import annotations

from typing import NamedTuple

from decks.estimates.doubling import told
from decks.estimates.drawing import Draw, draw
from decks.estimates.judging import judged
from decks.estimates.quantity import MAX_CHARACTERS, asked_as, written
from decks.model import Estimate
from srs import Card, Rating


class Verdict(NamedTuple):
    """How a typed answer compares, and the rating that it suggests."""

    line: str  # "12,000 items: 6% low, so good"
    rating: Rating
    value: float | None  # in the unit of the answer; None: it could not be read


def label(card: Card) -> str:
    """What stands above the line on which an answer is typed."""
    unit = card.estimate.unit.split("|")[0].strip() if card.estimate else ""
    return f"Your answer, {asked_as(unit)}" if unit else "Your answer, a number"


def verdict(card: Card, typed: str) -> Verdict | None:
    """What to say of a typed answer; None of a card that is no estimate, and of an empty one."""
    found = _drawn(card)
    if found is None or not typed.strip():
        return None
    estimate, drawn = found
    value, rating, why = _judged(typed, estimate, drawn)
    said = (
        " ".join(typed.split())[:MAX_CHARACTERS]
        if value is None
        else written(value, estimate.unit, 6)
    )
    return Verdict(f"{said}: {why}, which suggests {rating.name.lower()}", rating, value)


def _judged(typed: str, estimate: Estimate, drawn: Draw) -> tuple[float | None, Rating, str]:
    found = judged(typed, estimate, drawn)
    return found.value, Rating(found.rating), found.why


def doubling(card: Card) -> str:
    """The answer to DOUBLING, as markdown; "" of a card that is no estimate."""
    found = _drawn(card)
    return told(*found) if found else ""


def answer(card: Card) -> float | None:
    """The right answer, in its unit."""
    found = _drawn(card)
    return found[1].answer if found else None


def _drawn(card: Card) -> tuple[Estimate, Draw] | None:
    if card.estimate is None or card.seed is None:
        return None
    return card.estimate, draw(card.estimate, card.seed)
