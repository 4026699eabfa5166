"""What a card's memory is taken to be that was scheduled by SM-2: as Anki guesses it. Pure.

After fsrs-rs, `memory_state_from_sm2`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

SM2_RETENTION = 0.9  # what a learner is taken to have had before FSRS
_GROWTH, _POWER, _RECALL, _DECAY = 1.8722, 0.1666, 0.796, 0.1542  # of FSRS-6: w8, w9, w10, w20
_FEWEST_DAYS = 0.001


class Memory(NamedTuple):
    """Stability in days, and difficulty from 1 to 10."""

    stability_days: float
    difficulty: float


def guessed(
    interval_days: float,
    ease: float,
    weights: Sequence[float] = (),
    retention: float = SM2_RETENTION,
) -> Memory:
    """What Anki takes a card for that SM-2 gave this interval and ease.

    The stability is such that recall falls to `retention` after the interval; the difficulty such
    that a review then would lengthen it by the ease. Without weights, the usual ones of FSRS-6 are
    taken.
    """
    stability, increase = _growth(interval_days, weights, retention)
    difficulty = 11 - (ease - 1) / increase if increase else 10.0
    return Memory(stability, min(max(difficulty, 1.0), 10.0))


def ease_of(interval_days: float, difficulty: float) -> float:
    """The ease by which `guessed` finds this difficulty for a card of that interval."""
    _, increase = _growth(interval_days, (), SM2_RETENTION)
    return 1 + (11 - difficulty) * increase


def _growth(
    interval_days: float, weights: Sequence[float], retention: float
) -> tuple[float, float]:
    """The stability in days, and what a review then adds to it at a difficulty of 10, as a part."""
    if weights:
        growth, power, recall, decay = weights[8], weights[9], weights[10], weights[20]
    else:
        growth, power, recall, decay = _GROWTH, _POWER, _RECALL, _DECAY
    factor = 0.9 ** (-1 / decay) - 1
    stability = max(interval_days, _FEWEST_DAYS) * factor / (retention ** (-1 / decay) - 1)
    increase = math.exp(growth) * stability**-power * math.expm1((1 - retention) * recall)
    return stability, increase
