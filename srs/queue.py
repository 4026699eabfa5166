"""Which card comes next: policy over the few candidates that the store hands over. Pure.

Cards in steps as they fall due; then reviews, longest due first; then new cards in the order of
the curriculum, within the day's limits; last, cards in steps that are due within twenty minutes,
so that a session can end without waiting.
"""

from __future__ import annotations

from typing import NamedTuple

LEARN_AHEAD_MS = 20 * 60 * 1000
USUAL_SPAN_DAYS = 14  # over which a learner's usual day is the mean
_BACKLOG_FLOOR = 20  # daily reviews below which a backlog is not yet one


class Allowance(NamedTuple):
    """How many more cards today may bring."""

    reviews: int
    new: int
    paused: bool = False  # new cards wait because of a backlog


class Waiting(NamedTuple):
    """The head of each line, None where nobody waits."""

    learning: bytes | None = None  # a card in steps that is due now
    due: bytes | None = None
    new: bytes | None = None
    ahead: bytes | None = None  # a card in steps that is due within LEARN_AHEAD_MS


def pick(waiting: Waiting, allowance: Allowance) -> bytes | None:
    """The card to show next, or None when the session is over."""
    due = waiting.due if allowance.reviews > 0 else None
    new = waiting.new if allowance.new > 0 else None
    return waiting.learning or due or new or waiting.ahead


def backlog_limit(recent_reviews: int) -> int:
    """How many overdue cards make new cards pause: twice the learner's usual day, at least 40."""
    return 2 * max(_BACKLOG_FLOOR, recent_reviews // USUAL_SPAN_DAYS)
