"""Which rows of a card's review log say something of memory, as Anki's own FSRS sees it. Pure.

Counted are answers, but not those in a filtered deck that did not reschedule. They count from the
first of the steps by which the card was last learned; if those are missing, the log was cut, and
the first answer that gave an interval of days tells where the card stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from decks.anki.collection import Entry
from decks.history import PastReview

_LEARNING, _FILTERED, _MANUAL = 0, 3, 4
_DAY_S = 86_400


class Counted(NamedTuple):
    """The answers that count, in order: never none."""

    start: int  # the place of the first in the whole log
    answers: tuple[Entry, ...]
    is_complete: bool  # else the first answer only tells where the card stood


def is_cram(entry: Entry) -> bool:
    """Whether the answer was given in a filtered deck that did not reschedule."""
    return entry.kind == _FILTERED and entry.factor == 0


def is_reset(entry: Entry) -> bool:
    """Whether the card was made new again."""
    return entry.kind == _MANUAL and entry.factor == 0


def is_answer(entry: Entry) -> bool:
    """Whether it is an answer that bears on the schedule."""
    return entry.ease > 0 and not is_cram(entry)


def counted(log: Sequence[Entry], ignored_before_ms: int = 0) -> Counted | None:
    """The answers that FSRS goes by; None if there is none."""
    learned, graded = _starts(log, ignored_before_ms)
    is_old = learned is not None and log[learned].at_ms < ignored_before_ms
    if is_old and learned != len(log) - 1:
        learned = None
    start = graded if learned is None else learned
    if start is None:
        return None
    return Counted(start, tuple(filter(is_answer, log[start:])), learned is not None)


def _starts(log: Sequence[Entry], ignored_before_ms: int) -> tuple[int | None, int | None]:
    """Where the card was last learned, and where it was first given an interval after that or
    after it was last made new."""
    learned = graded = None
    for place in range(len(log) - 1, -1, -1):
        entry = log[place]
        if is_cram(entry):
            continue
        has_days = entry.ivl >= 1 or entry.ivl <= -_DAY_S
        if entry.ease and has_days and entry.at_ms > ignored_before_ms:
            graded = place
        if entry.ease and entry.kind == _LEARNING:
            learned = place
        elif learned is not None or is_reset(entry):
            break
    return learned, graded


def retold(log: Sequence[Entry], found: Counted | None) -> tuple[PastReview, ...]:
    """All answers of a log that is complete, with a row wherever the card was made new again."""
    start = found.start if found else len(log)
    if found and not start:
        return tuple(map(_review, found.answers))
    told: list[PastReview] = []
    for entry in log[:start]:
        if is_answer(entry):
            told.append(_review(entry))
        elif is_reset(entry) and told and told[-1].rating is not None:
            told.append(PastReview(entry.at_ms, None))
    answers = found.answers if found else ()
    if told and told[-1].rating is not None:
        at_ms = answers[0].at_ms - 1 if answers else told[-1].at_ms + 1
        told.append(PastReview(at_ms, None))
    return (*told, *map(_review, answers))


def resumed(found: Counted) -> tuple[PastReview, ...]:
    """The answers after the first of a log that was cut."""
    return tuple(map(_review, found.answers[1:]))


def _review(entry: Entry) -> PastReview:
    at_ms, ease, _, _, duration_ms, _ = entry
    return PastReview(at_ms, ease, duration_ms)
