"""Estimates in rows, where they are texts of JSON, and on cards, where numbers are drawn. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from decks.model import Estimate, Parameter
from srs.model import Card


def dealt(card: Card, seed: int) -> Card:
    """The card of an estimate, whose texts still name its numbers, with those of a draw."""
    from decks.estimates.drawing import count, draw
    from decks.estimates.wording import answered, filled

    estimate = card.estimate
    if estimate is None:
        return card
    drawn = draw(estimate, seed)
    return replace(
        card,
        front=filled(card.front, estimate, drawn),
        back=answered(card.back, estimate, drawn),
        why=filled(card.why, estimate, drawn),
        flip=filled(card.flip, estimate, drawn),
        seed=seed % count(estimate),
    )


def fresh_seed(card: Card, at_ms: int, last: int | None) -> int:
    """A seed that follows from the card and the instant, and has other numbers than the last."""
    from decks.estimates import drawing

    assert card.estimate is not None
    chance = blake2b(card.uid + at_ms.to_bytes(8, "big", signed=True), digest_size=8).digest()
    return drawing.fresh_seed(card.estimate, int.from_bytes(chance, "big"), last)


def asked(card: Card) -> dict[str, object]:
    """What the log keeps of a showing besides its seed, which says nothing once Params change."""
    from decks.estimates.drawing import draw

    if card.estimate is None or card.seed is None:
        return {}
    return {"numbers": dict(draw(card.estimate, card.seed).numbers)}


def numbers_asked(card: Card, seed: int | None, data: str | None) -> dict[str, float]:
    """The numbers of a showing that was logged; of an early log those that its seed names now."""
    if seed is None:
        return {}
    try:
        kept = json.loads(data or "{}").get("numbers", {})
        found = {str(name): float(value) for name, value in kept.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        found = {}
    if found or card.estimate is None:
        return found
    from decks.estimates.drawing import draw

    return dict(draw(card.estimate, seed).numbers)


def dumped(estimate: Estimate | None) -> str:
    """The text of an estimate."""
    if estimate is None:
        return ""
    return json.dumps(told(estimate), ensure_ascii=False)


def told(estimate: Estimate) -> dict[str, Any]:
    """The estimate as an object of JSON."""
    drawn = {name: list(values) for name, values in estimate.parameters}
    return {"parameters": drawn, "formula": estimate.formula, "unit": estimate.unit,
            "tolerance": estimate.tolerance}  # fmt: skip


def loaded(text: str) -> Estimate | None:
    """The estimate of a text that `dumped` made."""
    return made(json.loads(text)) if text else None


def made(found: Mapping[str, Any]) -> Estimate:
    """The estimate of an object that `told` made."""
    drawn = tuple(Parameter(name, tuple(values)) for name, values in found["parameters"].items())
    return Estimate(drawn, found["formula"], found["unit"], found["tolerance"])
