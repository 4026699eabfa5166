"""The state of every card from the whole log: what `fold` computes, about ten times as fast. Pure.

py-fsrs's operations in py-fsrs's order, on plain floats, so that states are equal to the last bit.
Only the latest review decides when a card falls due, so intervals are computed once a card.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
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


class Row(NamedTuple):
    """A row of the log, undo rows excepted. `Event` with its card, as the database returns it."""

    card: bytes
    uid: bytes
    kind: str
    at_ms: int
    day: int
    rating: int | None
    params: bytes | None


class Tables:
    """What FSRS-6 needs of one set of parameters, computed once. Lists are by rating, 1 to 4."""

    def __init__(self, parameters: Parameters) -> None:
        w = parameters.weights
        self.parameters = parameters
        self.learning_steps_s = parameters.learning_steps_s
        self.relearning_steps_s = parameters.relearning_steps_s
        self.decay = -w[20]
        self.factor = 0.9 ** (1 / self.decay) - 1
        self.interval = parameters.desired_retention ** (1 / self.decay) - 1
        ratings = range(5)
        self.first_stability = [max(w[rating - 1], _SMALLEST_STABILITY_DAYS) for rating in ratings]
        easiest = [w[4] - (math.e ** (w[5] * (rating - 1))) + 1 for rating in ratings]
        self.first_difficulty = [min(max(value, 1.0), 10.0) for value in easiest]
        self.difficulty_change = [-(w[6] * (rating - 3)) for rating in ratings]
        self.reversion = w[7] * easiest[_EASY]
        self.rest = 1 - w[7]
        self.same_day = [math.e ** (w[17] * (rating - 3 + w[18])) for rating in ratings]
        self.same_day_power = -w[19]
        self.growth = math.e ** w[8]
        self.growth_power = -w[9]
        self.growth_recall = w[10]
        self.hard = [1.0, 1.0, w[15], 1.0, 1.0]
        self.easy = [1.0, 1.0, 1.0, 1.0, w[16]]
        self.lapse, self.lapse_difficulty, self.lapse_stability = w[11], -w[12], w[13]
        self.lapse_recall = w[14]
        self.lapse_most = math.e ** (w[17] * w[18])


def remember(
    tables: Tables, stability: float, difficulty: float, elapsed: int, rating: int
) -> tuple[float, float]:
    """Stability (days) and difficulty after a review of a card seen `elapsed` days ago.

    FSRS-6 as py-fsrs 6.3 writes it: `_short_term_stability`, `_next_stability`,
    `_next_difficulty`.
    """
    if elapsed < 1:
        increase = tables.same_day[rating] * stability**tables.same_day_power
        if rating != _AGAIN and increase < 1.0:
            increase = 1.0
        after = stability * increase
    else:
        forgotten = 1 - (1 + tables.factor * elapsed / stability) ** tables.decay
        if rating == _AGAIN:
            after = (
                tables.lapse
                * difficulty**tables.lapse_difficulty
                * ((stability + 1) ** tables.lapse_stability - 1)
                * math.e ** (forgotten * tables.lapse_recall)
            )
            after = min(after, stability / tables.lapse_most)
        else:
            after = stability * (
                1
                + tables.growth
                * (11 - difficulty)
                * stability**tables.growth_power
                * (math.e ** (forgotten * tables.growth_recall) - 1)
                * tables.hard[rating]
                * tables.easy[rating]
            )
    if after < _SMALLEST_STABILITY_DAYS:
        after = _SMALLEST_STABILITY_DAYS
    elif after > LARGEST_STABILITY_DAYS:
        after = LARGEST_STABILITY_DAYS
    moved = difficulty + (10.0 - difficulty) * tables.difficulty_change[rating] / 9.0
    moved = tables.reversion + tables.rest * moved
    return after, 1.0 if moved < 1.0 else 10.0 if moved > 10.0 else moved


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


Named = tuple[Row, Tables | None]  # a row, and the tables it was scheduled by


def state_after(card: bytes, history: Sequence[Named]) -> CardState:
    """The state that follows from one card's rows."""
    # One loop over local names: attributes and calls would cost more than the formulas.
    phase = step = reps = lapses = rating = last_ms = last_day = 0
    stability = difficulty = 0.0
    first_day: int | None = None
    ahead_day: int | None = None
    marks = NEW_CARD
    tables: Tables | None = None
    for row, named in history:
        if named is None:
            marks = marked(marks, Event(row[1], row[2], row[3], row[4]))
            continue
        tables = named
        _, _, _, last_ms, day, rating, _ = row  # type: ignore[assignment]
        reps += 1
        if not phase:
            first_day = day
            stability, difficulty = tables.first_stability[rating], tables.first_difficulty[rating]
            phase, step = advance(tables, _NEW, 0, rating)
        else:
            elapsed = day - last_day
            if not 0 <= elapsed < LONGEST_GAP_DAYS or ahead_day is not None:
                elapsed = elapsed_days(last_day, ahead_day, day)
                ahead_day = later_day(last_day, ahead_day, day)
            stability, difficulty = remember(tables, stability, difficulty, elapsed, rating)
            if phase != _REVIEW or rating == _AGAIN:
                lapses += phase == _REVIEW
                phase, step = advance(tables, phase, step, rating)
        last_day = day
    last_uid = history[-1][0][1] if history else None
    if tables is None:
        return replace(marks, last_uid=last_uid)
    due_ms, due_day = _due(tables, card, phase, step, rating, stability, last_ms, last_day, reps)
    return CardState(
        Phase(phase), None if phase == _REVIEW else step, stability, difficulty, due_ms, due_day,
        first_day, last_day, last_ms, reps, lapses, marks.suspended, marks.buried_day, last_uid,
        ahead_day,
    )  # fmt: skip


def _due(
    tables: Tables,
    card: bytes,
    phase: int,
    step: int,
    rating: int,
    stability: float,
    last_ms: int,
    last_day: int,
    reps: int,
) -> tuple[int | None, int | None]:
    if phase == _REVIEW:
        most_days = tables.parameters.maximum_interval_days
        days = round((stability / tables.factor) * tables.interval)
        days = min(max(days, 1), most_days)
        return None, last_day + fuzzed(days, card, reps - 1, most_days)
    steps = tables.relearning_steps_s if phase == _RELEARNING else tables.learning_steps_s
    wait_ms = steps[step] * 1000
    if rating == _HARD and step == 0:
        wait_ms = (steps[0] + steps[1]) * 500 if len(steps) > 1 else steps[0] * 1500
    if wait_ms < _DAY_MS:
        return last_ms + wait_ms, None
    return None, last_day + wait_ms // _DAY_MS


def replay(
    rows: Iterable[Row],
    undone: Container[bytes],
    parameters_of: Callable[[bytes], Parameters],
) -> Iterator[tuple[bytes, CardState]]:
    """Every card of the log with the state that follows, bit for bit as `fold` gives it.

    `rows` come card by card, each card's in the order of replay; those named by `undone` are left
    out, and a card of which nothing else is left is new again.
    """
    known: dict[bytes | None, Tables | None] = {None: None}
    card: bytes = b""
    history: list[Named] = []
    for row in rows:
        if row[0] != card:
            if card:
                yield card, state_after(card, history)
            card, history = row[0], []
        if row[1] not in undone:
            name = row[6]
            if name not in known:
                known[name] = Tables(parameters_of(name)) if name else None
            history.append((row, known[name]))
    if card:
        yield card, state_after(card, history)
