"""Where cards stand, as Obsidian Spaced Repetition writes it below them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from decks.sm2 import ease_of

if TYPE_CHECKING:
    from exporters.base import History
    from srs.model import CardState

_NEW = "2000-01-01,1,250"  # stands for a sibling that was never answered
_REVIEW = 2  # srs.model.Phase
_LONGEST_DAYS = 36_500


def comment(history: History | None, uids: Sequence[bytes | None]) -> str:
    """The schedules of cards that stand in one comment, in their order; "" if all are new.

    The interval is the stability, which is the interval at a retention of 90%; the ease is such
    that it gives the difficulty back. Cards in steps have an interval of one day.
    """
    found = [_schedule(history, uid) for uid in uids] if history else []
    if not any(found):
        return ""
    return f"<!--SR:{''.join(f'!{one or _NEW}' for one in found)}-->"


def _schedule(history: History, uid: bytes | None) -> str:
    from srs.days import iso_day

    state = history.states.get(uid) if uid else None
    if state is None or state.stability_days is None or state.difficulty is None:
        return ""
    due_day = _due_day(history, state)
    if due_day is None:
        return ""
    days = 1
    if state.phase == _REVIEW:
        days = min(max(1, round(state.stability_days)), _LONGEST_DAYS)
    ease_percent = round(100 * ease_of(days, state.difficulty))
    return f"{iso_day(due_day)},{days},{ease_percent}"


def _due_day(history: History, state: CardState) -> int | None:
    if state.due_day is not None or state.due_ms is None:
        return state.due_day
    return history.calendar.day_of(state.due_ms)
