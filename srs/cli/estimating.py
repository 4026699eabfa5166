"""What both front ends for people, and the JSON lines, say of an answer to an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from decks.estimates.doubling import told
from decks.estimates.drawing import Draw, draw
from decks.estimates.judging import judged
from decks.estimates.numerals import spoken
from decks.estimates.quantity import MAX_CHARACTERS, asked_as, written
from decks.estimates.wording import said_number, words_of
from decks.model import Estimate
from srs import Card, Rating

_MOST_SAID = 20  # characters, of what cannot be read


class Verdict(NamedTuple):
    """How a typed answer compares, and the rating that it suggests."""

    line: str  # "12,000 items: 1.06 times too little, which suggests good"
    rating: Rating | None  # None: it could not be read, and a slip of the fingers is no lapse
    value: float | None  # in the unit of the answer; None: it is in another, or was not read


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
    worth = judged(typed, estimate, drawn)
    if worth.is_typo:
        return Verdict(f"“{_shortened(typed)}” cannot be read: nothing is suggested", None, None)
    value, rating = worth.value, Rating(worth.rating)
    said = _shortened(typed) if value is None else written(value, estimate.unit, 6)
    return Verdict(f"{said}: {worth.why}, which suggests {rating.name.lower()}", rating, value)


def _shortened(typed: str) -> str:
    return " ".join(typed.split())[:MAX_CHARACTERS]


def slip(card: Card, typed: str) -> str:
    """What to say of a typed answer that cannot be read, while it may be mended; "" of others."""
    found = verdict(card, typed)
    if found is None or found.rating is not None:
        return ""
    words = _shortened(typed)
    return f"cannot read “{words if len(words) <= _MOST_SAID else f'{words[:_MOST_SAID]}…'}”"


def told_numbers(estimate: Estimate, numbers: Mapping[str, float]) -> str:
    """The numbers of a showing: "daily users 2 million, peak 3"."""
    known = {name for name, _ in estimate.parameters}
    return ", ".join(
        f"{words_of(name)} {said_number(name, value, estimate) if name in known else spoken(value)}"
        for name, value in numbers.items()
    )


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
