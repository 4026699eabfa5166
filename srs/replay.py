"""The state of every card from the whole log: what `fold` computes, over ten times as fast. Pure.

py-fsrs's operations in py-fsrs's order, on plain floats, so that states are equal to the last bit.
Only the latest review decides when a card falls due, so intervals are computed once a card.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from srs.model import NEW_CARD, CardState, Event, Phase, Rating
from srs.scheduling import (
    LARGEST_STABILITY_DAYS,
    LONGEST_GAP_DAYS,
    Parameters,
    elapsed_days,
    fuzzed,
    later_day,
    marked,
)

_DAY_MS = 86_400_000
_SMALLEST_STABILITY_DAYS = 0.001
_AGAIN, _HARD, _GOOD, _EASY = (int(rating) for rating in Rating)
_NEW, _LEARNING, _REVIEW, _RELEARNING = (int(phase) for phase in Phase)
_RATINGS = range(5)  # tables by rating have an unused place 0

# (stability in days, difficulty, days since the last review, rating) to the two afterwards
Remember = Callable[[float, float, int, int], tuple[float, float]]


class Row(NamedTuple):
    """A row of the log, undo rows excepted, as the database returns it."""

    card: bytes
    uid: bytes
    kind: str | None  # None for a review
    at_ms: int
    day: int
    rating: int | None
    params: bytes | None  # None for the log's only parameters, and for what is no review


class Tables:
    """What FSRS-6 needs of one set of parameters, computed once."""

    def __init__(self, parameters: Parameters) -> None:
        weights = parameters.weights
        self.maximum_interval_days = parameters.maximum_interval_days
        self.learning_steps_s = parameters.learning_steps_s
        self.relearning_steps_s = parameters.relearning_steps_s
        decay = -weights[20]
        self.factor = 0.9 ** (1 / decay) - 1
        self.interval = parameters.desired_retention ** (1 / decay) - 1
        self.first_stability = [max(weights[r - 1], _SMALLEST_STABILITY_DAYS) for r in _RATINGS]
        self.first_difficulty = [min(max(_ease(weights, r), 1.0), 10.0) for r in _RATINGS]
        self.remember = _remember(weights)


def _ease(w: tuple[float, ...], rating: int) -> float:
    ease: float = w[4] - (math.e ** (w[5] * (rating - 1))) + 1
    return ease


def _remember(w: tuple[float, ...]) -> Remember:
    """FSRS-6 as py-fsrs 6.3 writes it: `_short_term_stability`, `_next_stability` and
    `_next_difficulty`. Stability is held within FSRS's bounds."""
    # Names of a closure, because the lookup of an attribute costs as much as a multiplication.
    e = math.e
    decay = -w[20]
    factor = 0.9 ** (1 / decay) - 1
    same_day, same_day_power = [e ** (w[17] * (r - 3 + w[18])) for r in _RATINGS], -w[19]
    growth, growth_power, growth_recall = e ** w[8], -w[9], w[10]
    hard, easy = [1.0, 1.0, w[15], 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, w[16]]
    lapse, lapse_difficulty, lapse_stability, lapse_recall = w[11], -w[12], w[13], w[14]
    lapse_most = e ** (w[17] * w[18])
    change, reversion, rest = (
        [-(w[6] * (r - 3)) for r in _RATINGS], w[7] * _ease(w, _EASY), 1 - w[7],
    )  # fmt: skip

    def remember(
        stability: float, difficulty: float, elapsed: int, rating: int
    ) -> tuple[float, float]:
        if elapsed < 1:
            increase = same_day[rating] * stability**same_day_power
            after = stability * (1.0 if increase < 1.0 and rating != _AGAIN else increase)
        elif rating != _AGAIN:
            forgotten = 1 - (1 + factor * elapsed / stability) ** decay
            after = stability * (
                1
                + growth
                * (11 - difficulty)
                * stability**growth_power
                * (e ** (forgotten * growth_recall) - 1)
                * hard[rating]
                * easy[rating]
            )
        else:
            forgotten = 1 - (1 + factor * elapsed / stability) ** decay
            after = (
                lapse
                * difficulty**lapse_difficulty
                * ((stability + 1) ** lapse_stability - 1)
                * e ** (forgotten * lapse_recall)
            )
            after = min(after, stability / lapse_most)
        if after < _SMALLEST_STABILITY_DAYS:
            after = _SMALLEST_STABILITY_DAYS
        elif after > LARGEST_STABILITY_DAYS:
            after = LARGEST_STABILITY_DAYS
        moved = reversion + rest * (difficulty + (10.0 - difficulty) * change[rating] / 9.0)
        return after, 1.0 if moved < 1.0 else 10.0 if moved > 10.0 else moved

    return remember


def advance(tables: Tables, phase: int, step: int, rating: int) -> tuple[int, int]:
    """Phase and step after a review; the step counts only while the phase has steps."""
    if phase == _REVIEW:
        lapsed = rating == _AGAIN and tables.relearning_steps_s
        return (_RELEARNING, 0) if lapsed else (_REVIEW, 0)
    steps = tables.relearning_steps_s if phase == _RELEARNING else tables.learning_steps_s
    phase = phase or _LEARNING
    if not steps or (step >= len(steps) and rating != _AGAIN):
        return _REVIEW, 0
    if rating == _AGAIN:
        return phase, 0
    if rating == _HARD:
        return phase, step
    if rating == _EASY or step + 1 == len(steps):
        return _REVIEW, 0
    return phase, step + 1


class _Last(NamedTuple):
    """A card's latest review: all that its due date follows from."""

    tables: Tables
    card: bytes
    phase: int
    step: int
    stability_days: float
    rating: int
    day: int
    at_ms: int
    reps: int


def state_after(
    card: bytes, history: Iterable[Row], tables_of: Callable[[bytes | None], Tables]
) -> CardState:
    """The state that follows from one card's rows."""
    # One loop over local names: attributes and calls would cost more than the formulas.
    phase = step = reps = lapses = last_day = 0
    stability = difficulty = 0.0
    first_day = ahead_day = None
    tables: Tables | None = None
    name: bytes | None = b""
    marks = NEW_CARD
    for _, last_uid, kind, at_ms, day, rating, params in history:
        if rating is None:
            marks = marked(marks, Event(last_uid, kind or "", at_ms, day))
            continue
        last_ms, last_rating = at_ms, rating
        if params != name:
            tables, name = tables_of(params), params
            remember = tables.remember
        assert tables is not None
        if phase:
            elapsed = day - last_day
            if not 0 <= elapsed < LONGEST_GAP_DAYS or ahead_day is not None:
                elapsed = elapsed_days(last_day, ahead_day, day)
                ahead_day = later_day(last_day, ahead_day, day)
            stability, difficulty = remember(stability, difficulty, elapsed, rating)
            if phase != _REVIEW or rating == _AGAIN:
                lapses += phase == _REVIEW
                phase, step = advance(tables, phase, step, rating)
        else:
            first_day = day
            stability, difficulty = tables.first_stability[rating], tables.first_difficulty[rating]
            phase, step = advance(tables, _NEW, 0, rating)
        reps += 1
        last_day = day
    if tables is None:
        return marks
    last = _Last(tables, card, phase, step, stability, last_rating, last_day, last_ms, reps)
    due_ms, due_day = _due(last)
    return CardState(
        Phase(phase), None if phase == _REVIEW else step, stability, difficulty, due_ms, due_day,
        first_day, last_day, last_ms, reps, lapses, marks.suspended, marks.buried_day, last_uid,
        ahead_day,
    )  # fmt: skip


def _due(last: _Last) -> tuple[int | None, int | None]:
    tables, step = last.tables, last.step
    if last.phase == _REVIEW:
        most_days = tables.maximum_interval_days
        days = round((last.stability_days / tables.factor) * tables.interval)
        days = min(max(days, 1), most_days)
        return None, last.day + fuzzed(days, last.card, last.reps - 1, most_days)
    relearning = last.phase == _RELEARNING
    steps = tables.relearning_steps_s if relearning else tables.learning_steps_s
    wait_ms = steps[step] * 1000
    if last.rating == _HARD and step == 0:
        wait_ms = (steps[0] + steps[1]) * 500 if len(steps) > 1 else steps[0] * 1500
    if wait_ms < _DAY_MS:
        return last.at_ms + wait_ms, None
    return None, last.day + wait_ms // _DAY_MS


def replay(
    rows: Iterable[Row],
    undone: Container[bytes],
    parameters_of: Callable[[bytes | None], Parameters],
) -> Iterator[tuple[bytes, CardState]]:
    """Every card of the log with the state that follows, bit for bit as `fold` gives it.

    `rows` come card by card, each card's in the order of replay; those named by `undone` are left
    out, and a card of which nothing else is left is new again.
    """
    known: dict[bytes | None, Tables] = {}

    def tables_of(name: bytes | None) -> Tables:
        if name not in known:
            known[name] = Tables(parameters_of(name))
        return known[name]

    for card, history in groupby(rows, itemgetter(0)):
        counts = [row for row in history if row[1] not in undone]
        yield card, state_after(card, counts, tables_of)
