"""Where a card stood in another program: what a row of kind START says, and what follows. Pure.

Such a row is no review. It says what another program made of reviews that the log does not hold
(memory, phase, when the card falls due), or, below reviews that it does hold, only when the card
falls due there: an interval once given is a fact that no replay finds again.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NamedTuple

from srs.model import CardState, Event, Phase

_SMALLEST_STABILITY_DAYS, _LARGEST_STABILITY_DAYS = 0.001, 36_500.0
_EASIEST, _HARDEST = 1.0, 10.0
_LARGEST = 1 << 53


class Start(NamedTuple):
    """What the row says; None: nothing, so it stays as it was.

    Of a card that has no memory yet both `stability_days` and `difficulty` are said, and the phase.
    """

    program: str  # for people: "Anki"
    phase: int | None = None
    step: int | None = None
    stability_days: float | None = None
    difficulty: float | None = None
    due_ms: int | None = None
    due_day: int | None = None
    last_day: int | None = None
    last_ms: int | None = None
    lapses: int | None = None


_NUMBERS = Start._fields[1:]
_FRACTIONS = ("stability_days", "difficulty")


def written(start: Start) -> str:
    """The data of the row: JSON, the same for equal starts."""
    said = {name: value for name, value in start._asdict().items() if value is not None}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def start_of(data: str) -> Start | None:
    """What the data of a row say; None if no version of ours wrote them."""
    try:
        told = json.loads(data)
        start = Start(str(told["program"]), *(told.get(name) for name in _NUMBERS))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return start if all(_is_sound(name, getattr(start, name)) for name in _NUMBERS) else None


def _is_sound(name: str, value: Any) -> bool:
    if value is None:
        return True
    if name in _FRACTIONS:
        if type(value) not in (int, float) or not isfinite(value):
            return False
        low, high = (
            (_EASIEST, _HARDEST)
            if name == "difficulty"
            else (_SMALLEST_STABILITY_DAYS, _LARGEST_STABILITY_DAYS)
        )
        return bool(low <= value <= high)
    if type(value) is not int or abs(value) > _LARGEST:
        return False
    return name != "phase" or value in (Phase.LEARNING, Phase.REVIEW, Phase.RELEARNING)


def begun(state: CardState, event: Event) -> CardState:
    """The state after a row of kind START; one that cannot be heeded changes nothing."""
    start = start_of(event.data)
    after = start and _after(state, start, event)
    return after or state._replace(last_uid=event.uid)


def _after(state: CardState, start: Start, event: Event) -> CardState | None:
    if state.reps and state.last_day is not None and event.day < state.last_day:
        return None  # an answer was given since the card stood so
    stability_days = _first(start.stability_days, state.stability_days)
    difficulty = _first(start.difficulty, state.difficulty)
    phase = Phase(_first(start.phase, state.phase) or 0)
    if stability_days is None or difficulty is None or phase is Phase.NEW:
        return None
    last_day = _first(start.last_day, state.last_day)
    last_day = event.day if last_day is None else last_day
    due_ms, due_day = start.due_ms, start.due_day
    if due_ms is None and due_day is None:
        due_ms, due_day = state.due_ms, state.due_day
    if phase is Phase.REVIEW:
        due_ms, due_day = None, due_day if due_day is not None else last_day
    elif due_ms is None and due_day is None:
        due_ms = event.at_ms
    last_ms = _first(start.last_ms, state.last_ms)
    return state._replace(
        phase=phase,
        step=None if phase is Phase.REVIEW else _first(start.step, state.step) or 0,
        stability_days=float(stability_days), difficulty=float(difficulty),
        due_ms=None if due_day is not None else due_ms, due_day=due_day,
        first_day=last_day if state.first_day is None else state.first_day,
        last_day=last_day, last_ms=event.at_ms if last_ms is None else last_ms,
        lapses=_first(start.lapses, state.lapses) or 0, last_uid=event.uid, ahead_day=None,
        passed=state.passed or phase is Phase.REVIEW,
    )  # fmt: skip


def _first(given: Any, known: Any) -> Any:
    return known if given is None else given
