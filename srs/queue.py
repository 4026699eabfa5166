"""Which card comes next: the order of the lines in which cards wait. Pure.

Cards in steps as they fall due; then reviews, longest due first; then new cards in the order of
the curriculum, within the day's limits; last, cards in steps that are due within twenty minutes,
so that a session can end without waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

LEARN_AHEAD_MS = 20 * 60 * 1000
USUAL_SPAN_DAYS = 14  # over which a learner's usual day is the mean
_BACKLOG_FLOOR = 20  # daily reviews below which a backlog is not yet one


class Allowance(NamedTuple):
    """How many more cards today may bring."""

    reviews: int
    new: int
    paused: bool = False  # new cards wait because of a backlog


Line = Callable[[], bytes | None]  # asked for the card at its head; None: nobody waits


class Lines(NamedTuple):
    """Where cards wait. A line is asked only when those before it are empty."""

    learning: Line  # cards in steps that are due now
    due: Line
    new: Line
    ahead: Line  # cards in steps that are due within LEARN_AHEAD_MS


def pick(lines: Lines) -> bytes | None:
    """The card to show next, or None when the session is over."""
    return lines.learning() or lines.due() or lines.new() or lines.ahead()


def backlog_limit(recent_reviews: int) -> int:
    """How many overdue cards make new cards pause: twice the learner's usual day, at least 40."""
    return 2 * max(_BACKLOG_FLOOR, recent_reviews // USUAL_SPAN_DAYS)
