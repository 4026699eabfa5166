"""States from long logs: what `fold` computes, over ten times as fast. Pure.

py-fsrs's operations in py-fsrs's order, on plain floats, so that states are equal to the last bit.
Only the latest review decides when a card falls due, so intervals are computed once a card.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple, Protocol

from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating
from srs.scheduling import (
    LARGEST_STABILITY_DAYS,
    LONGEST_GAP_DAYS,
    Parameters,
    elapsed_days,
    fuzzed,
    later_day,
    marked,
)
from srs.stats import MATURE_DAYS

_DAY_MS = 86_400_000
_SMALLEST_STABILITY_DAYS = 0.001
_AGAIN, _HARD, _GOOD, _EASY = (int(rating) for rating in Rating)
_PHASES = tuple(Phase)
_NEW, _LEARNING, _REVIEW, _RELEARNING = (int(phase) for phase in Phase)
_RATINGS = range(5)  # tables by rating have an unused place 0


class Memory(NamedTuple):
    """Where a card stands after some answers, but for when it is due."""

    phase: int = _NEW
    step: int = 0
    stability_days: float = 0.0
    difficulty: float = 0.0
    first_day: int | None = None
    last_day: int = 0
    ahead_day: int | None = None
    reps: int = 0
    lapses: int = 0
    rating: int = 0  # of the last answer


NOTHING_YET = Memory()
PASSED = NEW_CARD._replace(passed=True)  # the marks of a card that has nothing but answers


class Trace(NamedTuple):
    """Where to note what was known before each answer."""

    known: Callable[[int], object]  # of a card in phase review: `told` with the study day
    predicted: Callable[[int], object]  # a day or more after the last: `told` with thousandths


_NO_TRACE = Trace(id, id)


class Live(Protocol):
    """A memory and what was answered since, each answer as `packed`, to the memory afterwards."""

    def __call__(
        self, memory: Memory, answers: Iterable[int], trace: Trace | None = None
    ) -> Memory: ...


def packed(day: int, rating: int) -> int:
    """An answer as one number."""
    return day * 8 + rating


def told(number: int, mature: bool, recalled: bool) -> int:
    """A number of an answer with two facts, as one number."""
    return number * 4 + mature * 2 + recalled


class Tables:
    """What FSRS-6 makes of one set of parameters, ready for many cards."""

    def __init__(self, parameters: Parameters) -> None:
        decay = -parameters.weights[20]
        self.maximum_interval_days = parameters.maximum_interval_days
        self.learning_steps_s = parameters.learning_steps_s
        self.relearning_steps_s = parameters.relearning_steps_s
        self.factor = 0.9 ** (1 / decay) - 1
        self.interval = parameters.desired_retention ** (1 / decay) - 1
        self.live = _live(self, parameters.weights)
        self._decay = decay

    def recall(self, elapsed_days: float, stability_days: float) -> float:
        """FSRS-6's forgetting curve: the chance of recall that many days after a review."""
        curve: float = (1 + self.factor * elapsed_days / stability_days) ** self._decay
        return curve

    def elapsed(self, recall: float) -> float:
        """The inverse: days since a review, as a multiple of the stability."""
        multiple: float = (recall ** (1 / self._decay) - 1) / self.factor
        return multiple


def _ease(w: tuple[float, ...], rating: int) -> float:
    ease: float = w[4] - (math.e ** (w[5] * (rating - 1))) + 1
    return ease


def _live(tables: Tables, w: tuple[float, ...]) -> Live:
    """FSRS-6 as py-fsrs 6.3 writes it: `review_card` without the interval, with
    `_short_term_stability`, `_next_stability` and `_next_difficulty` written out. Stability is
    held within FSRS's bounds."""
    # One loop over names of a closure: calls and attributes would cost more than the formulas.
    e = math.e
    decay = -w[20]
    factor = 0.9 ** (1 / decay) - 1
    first_stability = [max(w[r - 1], _SMALLEST_STABILITY_DAYS) for r in _RATINGS]
    first_difficulty = [min(max(_ease(w, r), 1.0), 10.0) for r in _RATINGS]
    same_day, same_day_power = [e ** (w[17] * (r - 3 + w[18])) for r in _RATINGS], -w[19]
    growth, growth_power, growth_recall = e ** w[8], -w[9], w[10]
    hard, easy = [1.0, 1.0, w[15], 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, w[16]]
    lapse, lapse_difficulty, lapse_stability, lapse_recall = w[11], -w[12], w[13], w[14]
    lapse_most = e ** (w[17] * w[18])
    change, rest = [-(w[6] * (r - 3)) for r in _RATINGS], 1 - w[7]
    reversion = w[7] * _ease(w, _EASY)
    smallest, largest, longest = _SMALLEST_STABILITY_DAYS, LARGEST_STABILITY_DAYS, LONGEST_GAP_DAYS
    mature = MATURE_DAYS

    def live(memory: Memory, answers: Iterable[int], trace: Trace | None = None) -> Memory:
        phase, step, stability, difficulty, first_day, last_day, ahead_day, reps, lapses, rating = (
            memory
        )
        known, predicted = trace or _NO_TRACE
        for answer in answers:
            rating = answer & 7
            day = answer >> 3
            reps += 1
            if not phase:
                first_day = last_day = day
                stability, difficulty = first_stability[rating], first_difficulty[rating]
                phase, step = advance(tables, _NEW, 0, rating)
                continue
            elapsed = day - last_day
            if not 0 <= elapsed < longest or ahead_day is not None:
                elapsed = elapsed_days(last_day, ahead_day, day)
                ahead_day = later_day(last_day, ahead_day, day)
            last_day = day
            if elapsed < 1:
                if trace and phase == 2:
                    known(day * 4 + (stability >= mature) * 2 + (rating != 1))
                increase = same_day[rating] * stability**same_day_power
                stability *= 1.0 if increase < 1.0 and rating != 1 else increase
            else:
                recall = (1 + factor * elapsed / stability) ** decay
                if trace:
                    facts = (stability >= mature) * 2 + (rating != 1)
                    predicted(int(recall * 1000 + 0.5) * 4 + facts)
                    if phase == 2:
                        known(day * 4 + facts)
                if rating != 1:
                    stability *= (
                        1
                        + growth
                        * (11 - difficulty)
                        * stability**growth_power
                        * (e ** ((1 - recall) * growth_recall) - 1)
                        * hard[rating]
                        * easy[rating]
                    )
                else:
                    after = (
                        lapse
                        * difficulty**lapse_difficulty
                        * ((stability + 1) ** lapse_stability - 1)
                        * e ** ((1 - recall) * lapse_recall)
                    )
                    stability = min(after, stability / lapse_most)
            if not smallest <= stability <= largest:
                stability = min(max(stability, smallest), largest)
            difficulty += (10.0 - difficulty) * change[rating] / 9.0
            difficulty = reversion + rest * difficulty
            if not 1.0 <= difficulty <= 10.0:
                difficulty = min(max(difficulty, 1.0), 10.0)
            if phase != 2 or rating == 1:
                lapses += phase == 2
                phase, step = advance(tables, phase, step, rating)
        return Memory(
            phase, step, stability, difficulty, first_day, last_day, ahead_day, reps, lapses, rating
        )

    return live


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


def settled(
    card: bytes,
    memory: Memory,
    tables: Tables,
    last_ms: int,
    last_uid: bytes | None,
    marks: CardState = NEW_CARD,
) -> CardState:
    """The state of a card: what it remembers, last answered at `last_ms`; `marks` for the rest."""
    due_ms, due_day = due(card, memory, tables, last_ms)
    phase = memory.phase
    return CardState(
        _PHASES[phase], None if phase == _REVIEW else memory.step, memory.stability_days,
        memory.difficulty, due_ms, due_day, memory.first_day, memory.last_day, last_ms,
        memory.reps, memory.lapses, marks.suspended, marks.buried_day, last_uid,
        memory.ahead_day, marks.passed, marks.flag, marks.flag_note,
    )  # fmt: skip


def due(card: bytes, memory: Memory, tables: Tables, last_ms: int) -> tuple[int | None, int | None]:
    """When a card is due that was last answered at `last_ms`: the instant, or else the day."""
    if memory.phase == _REVIEW:
        most_days = tables.maximum_interval_days
        days = round((memory.stability_days / tables.factor) * tables.interval)
        days = min(max(days, 1), most_days)
        return None, memory.last_day + fuzzed(days, card, memory.reps - 1, most_days)
    relearning = memory.phase == _RELEARNING
    steps = tables.relearning_steps_s if relearning else tables.learning_steps_s
    wait_ms = steps[memory.step] * 1000
    if memory.rating == _HARD and memory.step == 0:
        wait_ms = (steps[0] + steps[1]) * 500 if len(steps) > 1 else steps[0] * 1500
    if wait_ms < _DAY_MS:
        return last_ms + wait_ms, None
    return None, memory.last_day + wait_ms // _DAY_MS


def state_after(
    card: bytes, events: Sequence[Event], tables_of: Callable[[bytes], Tables]
) -> CardState:
    """The state that follows from a card's events, whatever they are, in the order of replay."""
    memory, marks = NOTHING_YET, NEW_CARD
    tables, last_ms = None, 0  # of the latest answer; what follows from it is settled when asked
    for params, run in groupby(events, _parameters):
        if params is not None:
            answered = list(run)
            tables, last_ms = tables_of(params), answered[-1].at_ms
            memory = tables.live(memory, [one.day * 8 + (one.rating or 0) for one in answered])
            passed = marks.passed or any(one.rating != _AGAIN for one in answered)
            marks = marks._replace(last_uid=answered[-1].uid, passed=passed)
            continue
        for event in run:
            begins = event.kind in (Kind.RESET, Kind.START)
            if tables and begins:
                marks = settled(card, memory, tables, last_ms, marks.last_uid, marks)
                tables = None
            marks = marked(marks, event)
            if begins:
                memory = remembered(marks)
    return settled(card, memory, tables, last_ms, marks.last_uid, marks) if tables else marks


def _parameters(event: Event) -> bytes | None:
    """The name of the parameters that an answer counts under; None of anything else."""
    return None if event.rating is None else event.params


def remembered(state: CardState) -> Memory:
    """The memory in a state, from which replaying goes on."""
    if state.phase is Phase.NEW or state.stability_days is None or state.difficulty is None:
        return NOTHING_YET
    return Memory(
        int(state.phase), state.step or 0, state.stability_days, state.difficulty,
        state.first_day, state.last_day or 0, state.ahead_day, state.reps, state.lapses,
    )  # fmt: skip
