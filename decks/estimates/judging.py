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
_SAME, _NEARLY = 1.0005, 1.005  # as ratios
_MOST_TOLD = 1e6
_MOST_DIGITS = 10


class Judged(NamedTuple):
    """What a typed answer was worth."""

    rating: int  # AGAIN, HARD or GOOD: a suggestion
    value: float | None  # in the unit of the answer; None: it is in another, or cannot be read
    why: str  # "1.06 times too little"
    is_typo: bool = False  # it cannot be read: whoever typed it may try again


def judged(typed: str, estimate: Estimate, drawn: Draw) -> Judged:
    """What a typed answer was worth: GOOD within 10 %, HARD within the tolerance, else AGAIN.

    Distance is a ratio, so that half and double are as far off. Tolerances from a factor of 1.3 on
    ask for a rough figure: GOOD within their square root. Those from 2 on ask for an order of
    magnitude: GOOD within them, HARD within 1.6 times as much.
    """
    value = read(typed, estimate.unit)
    if isinstance(value, Misread):
        return Judged(AGAIN, None, value.why, value.is_typo)
    if value <= 0:
        return Judged(AGAIN, value, "not above zero")
    ratio, tolerance = value / drawn.answer, factor_of(estimate.tolerance)
    return Judged(rated(ratio, tolerance), value, _distance(ratio, tolerance))


def rated(ratio: float, tolerance: float) -> int:
    """The rating for an answer that is `ratio` times the right one; `tolerance` is a ratio."""
    off = _off(ratio)
    good, hard = _limits(tolerance)
    return GOOD if off <= good * _SLACK else HARD if off <= hard * _SLACK else AGAIN


def _limits(tolerance: float) -> tuple[float, float]:
    """How far off an answer may be to be GOOD, and to be HARD."""
    if tolerance >= _ORDER:
        return tolerance, tolerance * _BEYOND
    if tolerance >= _ROUGH:
        return math.sqrt(tolerance), tolerance
    return min(_EXACT, tolerance), tolerance


def _off(ratio: float) -> float:
    """How many times too much or too little: the same for half and double."""
    return max(ratio, 1 / ratio) if 0 < ratio < math.inf else math.inf


def _distance(ratio: float, tolerance: float) -> str:
    """How far off, in the measure that is judged: "1.11 times too little"."""
    off = _off(ratio)
    if off < _NEARLY and off <= _limits(tolerance)[0]:
        return "exact" if off < _SAME else "within 0.5%"
    times = _told_apart(off, _limits(tolerance)) if off < _MOST_TOLD else "more than a million"
    return f"{times} times too {'much' if ratio > 1 else 'little'}"


def _told_apart(off: float, limits: tuple[float, float]) -> str:
    """A distance in few digits, yet in as many as tell it from the limits that it is judged by."""
    least = 2 if off >= _ORDER else 3
    for digits in range(least, _MOST_DIGITS):
        said = float(f"{off:.{digits}g}")
        if all((said <= limit * _SLACK) == (off <= limit * _SLACK) for limit in limits):
            return spoken(off, digits)
    return spoken(off, _MOST_DIGITS)
