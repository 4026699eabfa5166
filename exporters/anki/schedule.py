"""Where a card stands, and what it lived through, in the columns of Anki's tables. Pure."""

from __future__ import annotations

from typing import NamedTuple

from decks.sm2 import ease_of
from exporters.base import STOOD, History
from srs.model import CardState, Phase

_NEW, _LEARNING, _REVIEW, _DAYS = 0, 1, 2, 3  # queues; types are as our phases
_SUSPENDED, _BURIED = -1, -3
_EASE = 2500  # should FSRS be switched off
_LEAST_EASE, _MOST_EASE = 1101, 9999  # below, Anki takes it for FSRS's difficulty
_LONGEST_MS = 60_000  # that Anki counts of an answer
_DAY_S = 86_400
_KIND = "max(a.phase - 1, 0)"  # of a row of the log: learning, review, relearning
_MADE_NEW = 4
_GOOD = 3


class Standing(NamedTuple):
    """The columns of a card that say where it stands, in the order of the table."""

    type: int
    queue: int
    due: int
    ivl: int = 0
    factor: int = 0
    reps: int = 0
    lapses: int = 0
    left: int = 0
    odue: int = 0
    odid: int = 0
    flags: int = 0
    data: str = ""


_NEVER_SEEN = tuple(Standing(0, 0, 0))[3:]


def unseen(position: int) -> tuple[object, ...]:
    """The columns of a card that was never answered or marked."""
    return (_NEW, _NEW, position, *_NEVER_SEEN)


class Standings:
    """Where cards stand, as Anki's table says it."""

    def __init__(self, history: History) -> None:
        scheduling = history.scheduling
        self._states = history.states
        self._first_day, self._today = history.first_day, history.today
        self._calendar = history.calendar
        self._steps = {
            Phase.LEARNING: len(scheduling.learning_steps_s),
            Phase.RELEARNING: len(scheduling.relearning_steps_s),
        }
        # Anki would guess it from the log without the instant of the last answer, which follows.
        self._memory_tail = (
            f',"dr":{round(scheduling.desired_retention, 2)}'
            f',"decay":{round(scheduling.weights[20], 3)},"lrt":'
        )

    def of(self, card: bytes, position: int) -> tuple[object, ...]:
        """The columns of `Standing`; the card is at `position` in the order of new ones."""
        state = self._states.get(card)
        if state is None:
            return unseen(position)
        queue, due = self._due(state, position)
        if state.suspended or state.buried_day == self._today:
            if queue == _DAYS:
                # As an instant: of such a card Anki moves no day to its own beginning of days.
                due = self._calendar.start_ms(state.due_day or 0) // 1000
            queue = _SUSPENDED if state.suspended else _BURIED
        if state.phase is Phase.NEW:
            return Standing(0, queue, due, flags=state.flag)
        interval_days = _interval_days(state)
        ease = _EASE if state.reps else _told_ease(interval_days, state.difficulty or 0.0)
        return (
            int(state.phase), queue, due, interval_days, ease, state.reps, state.lapses,
            self._steps_left(state), 0, 0, state.flag, self._memory(state),
        )  # fmt: skip

    def _due(self, state: CardState, position: int) -> tuple[int, int]:
        """Queue, and what due is counted from there: places, seconds, or days."""
        if state.due_day is not None:
            is_known = state.phase is Phase.REVIEW
            return _REVIEW if is_known else _DAYS, state.due_day - self._first_day
        if state.due_ms is not None:
            return _LEARNING, state.due_ms // 1000
        return _NEW, position

    def _steps_left(self, state: CardState) -> int:
        if state.phase is Phase.REVIEW:
            return 0
        return max(1, self._steps[state.phase] - (state.step or 0))

    def _memory(self, state: CardState) -> str:
        """To as many places as Anki keeps."""
        stability, difficulty = state.stability_days or 0.0, state.difficulty or 0.0
        last_s = (state.last_ms or 0) // 1000
        return f'{{"s":{stability:.4f},"d":{difficulty:.3f}{self._memory_tail}{last_s}}}'


def _told_ease(interval_days: int, difficulty: float) -> int:
    """Of a card of which only where it stood is known: Anki works its memory out from the ease."""
    ease = ease_of(interval_days, difficulty)
    return min(max(round(ease * 1000), _LEAST_EASE), _MOST_EASE)


def _interval_days(state: CardState) -> int:
    if state.phase is Phase.LEARNING:
        return 0
    if state.phase is Phase.RELEARNING or state.due_day is None or state.last_day is None:
        return 1
    return max(1, state.due_day - state.last_day)


# From a table of answers (see `exporters.base.Answers`) and one that gives each card's number in
# Anki: id, card, usn, ease, interval, interval before, factor, time, type. Intervals are days, or
# seconds below zero. Where another program left a card stands an answer with an interval: from such
# a one Anki takes up a log that begins in the middle; without it the memory would be lost there.
LOG_ROWS = f"""
    SELECT a.at_ms, c.number, -1, iif(a.rating = {STOOD}, {_GOOD}, a.rating),
        iif(a.interval_s % {_DAY_S}, -a.interval_s, a.interval_s / {_DAY_S}),
        iif(a.last_interval_s % {_DAY_S}, -a.last_interval_s, a.last_interval_s / {_DAY_S}),
        iif(a.rating, CAST(round(((a.difficulty - 1) / 9 + 0.1) * 1000) AS INTEGER), 0),
        min(ifnull(a.duration_ms, 0), {_LONGEST_MS}),
        iif(a.rating, {_KIND}, {_MADE_NEW})
    FROM lived.answered a CROSS JOIN temp.card_number c ON c.place = a.card
"""
