"""What another program knew of a card: answers given there, and where the card stood. Values only.

Nothing here is worked out: a dialect says what it read, and `srs.inheriting` what follows from it.
"""

from __future__ import annotations

from typing import NamedTuple


class PastReview(NamedTuple):
    """An answer that was given in another program."""

    at_ms: int  # epoch milliseconds UTC
    rating: int | None  # 1 again, 2 hard, 3 good, 4 easy; None: the card was made new again
    duration_ms: int | None = None


class Standing(NamedTuple):
    """Where a card stood in another program, as far as that says; None: it does not.

    Days count from 1970-01-01, by the calendar of the learner.
    """

    phase: str | None = None  # "learning", "review" or "relearning"
    due_day: int | None = None
    due_ms: int | None = None  # instead of a day: of a card in steps of less than one
    interval_days: float | None = None
    ease: float | None = None  # the factor of SM-2: 2.5 for a card as cards are
    stability_days: float | None = None
    difficulty: float | None = None  # of FSRS, 1 to 10
    last_day: int | None = None  # of the latest answer
    last_ms: int | None = None
    reps: int | None = None
    lapses: int | None = None
    step: int | None = None  # index into the steps of its phase


class Past(NamedTuple):
    """All that another program knew of one card. A card that was never answered there has none,
    unless it was suspended or flagged.
    """

    program: str  # its name, for people: "Anki"
    reviews: tuple[PastReview, ...] = ()  # oldest first
    before: Standing | None = None  # where it stood before the first of them, if they are not all
    standing: Standing | None = None  # where it stands after them
    suspended: bool = False
    flag: int = 0  # as `srs.model.Flag`
    weights: tuple[float, ...] = ()  # the 21 of FSRS-6 that the program went by, if it says
