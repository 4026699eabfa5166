"""How far off a typed answer is, and which rating that suggests."""

from __future__ import annotations

import math
from typing import NamedTuple

from decks.estimates.drawing import Draw
from decks.estimates.numerals import spoken
from decks.estimates.quantity import Misread, read
from decks.estimates.reading import factor_of
from decks.model import Estimate

AGAIN, HARD, GOOD = 1, 2, 3  # ratings
_EXACT = 1.1  # as a ratio: whoever is as near as this knew how to get there
_ROUGH = 1.3  # tolerances from here on ask for a rough figure
_ORDER = 2.0  # tolerances from here on ask for an order of magnitude
_BEYOND = 1.6  # and then forgive so much more: a factor of 2 good, of 3.2 hard
_SLACK = 1 + 1e-9


class Judged(NamedTuple):
    """What a typed answer was worth."""

    rating: int  # AGAIN, HARD or GOOD: a suggestion
    value: float | None  # in the unit of the answer; None: nothing could be read
    why: str  # "6% low"


def judged(typed: str, estimate: Estimate, drawn: Draw) -> Judged:
    """What a typed answer was worth: GOOD within 10 %, HARD within the tolerance, else AGAIN.

    Distance is a ratio, so that half and double are as far off. Tolerances from a factor of 1.3 on
    ask for a rough figure: GOOD within their square root. Those from 2 on ask for an order of
    magnitude: GOOD within them, HARD within 1.6 times as much.
    """
    value = read(typed, estimate.unit)
    if isinstance(value, Misread):
        return Judged(AGAIN, None, value.why)
    if value <= 0:
        return Judged(AGAIN, value, "not above zero")
    ratio = value / drawn.answer
    return Judged(rated(ratio, factor_of(estimate.tolerance)), value, _distance(ratio))


def rated(ratio: float, tolerance: float) -> int:
    """The rating for an answer that is `ratio` times the right one; `tolerance` is a ratio."""
    off = max(ratio, 1 / ratio) if 0 < ratio < float("inf") else float("inf")
    good, hard = _limits(tolerance)
    return GOOD if off <= good * _SLACK else HARD if off <= hard * _SLACK else AGAIN


def _limits(tolerance: float) -> tuple[float, float]:
    """How far off an answer may be to be GOOD, and to be HARD."""
    if tolerance >= _ORDER:
        return tolerance, tolerance * _BEYOND
    if tolerance >= _ROUGH:
        return math.sqrt(tolerance), tolerance
    return min(_EXACT, tolerance), tolerance


def _distance(ratio: float) -> str:
    off = max(ratio, 1 / ratio) if ratio else float("inf")
    if off < 1.005:
        return "exact" if off < 1.0005 else "within 0.5%"
    way = "high" if ratio > 1 else "low"
    if off < _ORDER:
        return f"{abs(ratio - 1):.0%} {way}"
    times = spoken(off, 2) if off < 1e6 else "more than a million"
    return f"{times} times too {'much' if ratio > 1 else 'little'}"
