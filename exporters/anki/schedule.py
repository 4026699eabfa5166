"""Where a card stands, and what it lived through, in the columns of Anki's tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from exporters.base import Answered, History, Scheduling
from srs.model import CardState, Phase

_NEW, _LEARNING, _REVIEW, _DAYS = 0, 1, 2, 3  # queues; types are as our phases
_SUSPENDED, _BURIED = -1, -3
_EASE = 2500  # should FSRS be switched off
_LONGEST_MS = 60_000  # that Anki counts of an answer
_DAY_S = 86_400
_KINDS = (0, 0, 1, 2)  # of a row of the log, by the phase before: learning, review, relearning
_MADE_NEW = 4


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


def standing(state: CardState, history: History, position: int) -> Standing:
    """Of a card that is `position` in the order of new ones, should it be new."""
    queue, due = _due(state, history, position)
    if state.buried_day == history.today:
        queue = _BURIED
    if state.suspended:
        queue = _SUSPENDED
    if state.phase is Phase.NEW:
        return Standing(0, queue, due, flags=state.flag)
    return Standing(
        int(state.phase), queue, due, _interval_days(state), _EASE, state.reps, state.lapses,
        _steps_left(state, history.scheduling), flags=state.flag,
        data=_memory(state, history.scheduling),
    )  # fmt: skip


def _due(state: CardState, history: History, position: int) -> tuple[int, int]:
    """Queue, and what due is counted from there: places, seconds, or days."""
    if state.phase is Phase.NEW:
        return _NEW, position
    if state.due_ms is not None:
        return _LEARNING, state.due_ms // 1000
    day = (state.due_day or 0) - history.first_day
    return _REVIEW if state.phase is Phase.REVIEW else _DAYS, day


def _interval_days(state: CardState) -> int:
    if state.phase is Phase.LEARNING:
        return 0
    if state.phase is Phase.RELEARNING or state.due_day is None or state.last_day is None:
        return 1
    return max(1, state.due_day - state.last_day)


def _steps_left(state: CardState, scheduling: Scheduling) -> int:
    if state.phase is Phase.REVIEW:
        return 0
    learning = state.phase is Phase.LEARNING
    steps = scheduling.learning_steps_s if learning else scheduling.relearning_steps_s
    return max(1, len(steps) - (state.step or 0))


def _memory(state: CardState, scheduling: Scheduling) -> str:
    """As Anki writes it, to its places; without the instant it would guess it from the log."""
    decay = round(scheduling.weights[20], 3)
    return (
        f'{{"s":{round(state.stability_days or 0.0, 4)},"d":{round(state.difficulty or 0.0, 3)},'
        f'"dr":{round(scheduling.desired_retention, 2)},"decay":{decay},'
        f'"lrt":{(state.last_ms or 0) // 1000}}}'
    )


LogRow = tuple[int, int, int, int, int, int, int, int]


def log_rows(answers: Iterable[Answered], cards: Mapping[bytes, int]) -> Iterator[LogRow]:
    """Rows of the log: id, card, ease, interval, interval before, factor, time, type; no `usn`.

    Ids are the instants in milliseconds; where two are the same, the later one moves on.
    """
    used = set[int]()
    last_ms, last_card = 0, b""
    for card, at_ms, rating, duration_ms, phase, interval_s, before_s, difficulty in answers:
        last_ms = at_ms if card != last_card or at_ms > last_ms else last_ms + 1
        while last_ms in used:
            last_ms += 1
        used.add(last_ms)
        last_card = card
        yield (
            last_ms, cards[card], rating, _interval(interval_s), _interval(before_s),
            round(((difficulty - 1) / 9 + 0.1) * 1000) if rating else 0,
            min(duration_ms or 0, _LONGEST_MS), _KINDS[phase] if rating else _MADE_NEW,
        )  # fmt: skip


def _interval(seconds: int) -> int:
    """Days above zero, seconds below."""
    days, rest = divmod(seconds, _DAY_S)
    return -seconds if rest else days
