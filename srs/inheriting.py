"""What another program knew of cards, as rows of the log. Pure.

Answers that were given elsewhere are reviews like any other. Where a card only stood is a row of
kind START (`srs.starts`). All rows are derived, so that two devices that import the same file write
the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from decks.errors import DataError
from decks.history import Past, PastReview, Standing
from decks.sm2 import guessed
from srs.days import Calendar
from srs.model import Event, Flag, Kind, Phase, Rating
from srs.scheduling import Parameters
from srs.starts import Start, written
from srs.uid import uuid7

DEVICE = blake2b(b"imported", digest_size=16).digest()  # that rows of other programs come from
_SMALLEST_STABILITY_DAYS, _LARGEST_STABILITY_DAYS = 0.001, 36_500.0
_LARGEST_DAY = 1_000_000
_USUAL_EASE = 2.5
_PHASES = {phase.name.lower(): int(phase) for phase in Phase if phase is not Phase.NEW}


class PastRow(NamedTuple):
    """A row of the log that comes from another program."""

    uid: bytes
    kind: str
    card: bytes
    at_ms: int
    order_ms: int
    day: int
    offset_min: int
    rating: int | None = None
    duration_ms: int | None = None
    params: bytes | None = None
    data: str | None = None

    @property
    def event(self) -> Event:
        """The same as replaying needs it."""
        return Event(
            self.uid, self.kind, self.at_ms, self.day,
            None if self.rating is None else Rating(self.rating), self.params or b"",
            self.data or "",
        )  # fmt: skip


def placed(row: PastRow, order_ms: int) -> PastRow:
    """The row at another place in the order of replay; its id follows from all that it says."""
    told = f"{row.kind}\x1f{order_ms}\x1f{row.rating}\x1f{row.data}"
    hashed = blake2b(row.card + told.encode("utf-8", "replace"), digest_size=10).digest()
    return row._replace(order_ms=order_ms, uid=uuid7(row.at_ms, hashed))


def parameters_of(past: Past) -> Parameters:
    """What answers given elsewhere count under: the weights of that program, else the usual ones.

    Not the learner's settings, which may differ from one device to the next.
    """
    return _parameters(past.weights)


@cache
def _parameters(weights: tuple[float, ...]) -> Parameters:
    try:
        return Parameters(weights) if weights else Parameters()
    except DataError:  # FSRS would not take them
        return Parameters()


def rows_of(card: bytes, past: Past, calendar: Calendar, now_ms: int) -> list[PastRow]:
    """The rows that follow for a card, in the order of replay.

    Answers stand where they were given. Where the card stands, and how it is marked, was learnt
    now: a later import may say otherwise.
    """
    return list(_Rows(card, past, calendar, now_ms).all())


class _Rows:
    def __init__(self, card: bytes, past: Past, calendar: Calendar, now_ms: int) -> None:
        self.card = card
        self.now_ms = now_ms
        self.past = past
        self.calendar = calendar
        self.parameters = parameters_of(past)
        self.last_ms = 0  # of what was written last
        self.learnt_ms = 0
        self.is_remembered = False  # whether what was written leaves a memory

    def all(self) -> Iterator[PastRow]:
        past = self.past
        if past.before:
            at_ms = past.reviews[0].at_ms - 1 if past.reviews else None
            for row in self._start(self._memory(past.before), at_ms):
                yield row
                self.is_remembered = True
        for review in past.reviews:
            yield self._review(review)
            self.last_ms = max(self.last_ms, review.at_ms)
            self.is_remembered = review.rating is not None
        if past.standing:
            yield from self._standing(past.standing)
        yield self._learnt(
            self._row(Kind.SUSPEND if past.suspended else Kind.UNSUSPEND, self.now_ms)
        )
        if past.flag in Flag.__members__.values():
            flag = self._row(Kind.FLAG, self.now_ms, data=f'{{"flag":{past.flag}}}')
            yield self._learnt(flag)

    def _learnt(self, row: PastRow) -> PastRow:
        """The row as one of now, behind those before it."""
        self.learnt_ms = max(self.learnt_ms + 1, self.now_ms, row.at_ms)
        return placed(row, self.learnt_ms)

    def _after(self) -> int:
        """An instant after all that was written."""
        self.last_ms += 1
        return self.last_ms

    def _review(self, review: PastReview) -> PastRow:
        if review.rating is None:
            return self._row(Kind.RESET, review.at_ms)
        rating, duration_ms = int(Rating(review.rating)), review.duration_ms
        return self._row(Kind.REVIEW, review.at_ms, rating, duration_ms, self.parameters.hash)

    def _standing(self, standing: Standing) -> Iterator[PastRow]:
        if not self.is_remembered:
            yield from map(self._learnt, self._start(self._memory(standing)))
            return
        start = self._place(standing, Start(self.past.program))
        if start.due_day is not None or start.due_ms is not None:
            yield from map(self._learnt, self._start(start, self._after()))

    def _start(self, start: Start | None, at_ms: int | None = None) -> Iterator[PastRow]:
        if start is None:
            return
        if at_ms is None:
            at_ms = start.last_ms if start.last_ms is not None else self._after()
        self.last_ms = max(self.last_ms, at_ms)
        yield self._row(Kind.START, at_ms, data=written(start))

    def _memory(self, standing: Standing) -> Start | None:
        """A start with a memory of its own; None if too little is known for one."""
        if standing.last_day is None and standing.last_ms is not None:
            standing = standing._replace(last_day=self.calendar.day_of(standing.last_ms))
        standing = _completed(standing)
        found = memory_of(standing, self.parameters.weights)
        if found is None:
            return None
        last_day, last_ms = standing.last_day, standing.last_ms
        if last_ms is None and last_day is not None:
            last_ms = self.calendar.start_ms(last_day)
        memory = Start(self.past.program, stability_days=found[0], difficulty=found[1])
        return self._place(standing, memory._replace(last_day=last_day, last_ms=last_ms))

    @staticmethod
    def _place(standing: Standing, start: Start) -> Start:
        """With the phase in which the card stands, and when it falls due."""
        phase = _PHASES.get(standing.phase or "", int(Phase.REVIEW))
        due_day, due_ms = standing.due_day, standing.due_ms
        if phase == Phase.REVIEW or due_day is not None:
            due_ms = None
        return start._replace(
            phase=phase, step=None if phase == Phase.REVIEW else standing.step,
            due_day=due_day, due_ms=due_ms, lapses=standing.lapses,
        )  # fmt: skip

    def _row(
        self, kind: str, at_ms: int, rating: int | None = None, duration_ms: int | None = None,
        params: bytes | None = None, data: str | None = None,
    ) -> PastRow:  # fmt: skip
        offset_min = self.calendar.offset_min(at_ms)
        row = PastRow(  # in the order of its fields: naming them takes twice as long
            b"", kind, self.card, at_ms, at_ms, self.calendar.day_at(at_ms, offset_min),
            offset_min, rating, duration_ms, params, data,
        )  # fmt: skip
        return placed(row, at_ms)


def _completed(standing: Standing) -> Standing:
    """The same with what follows from two of: the last day, the interval, the day it is due."""
    last, due, interval = standing.last_day, standing.due_day, standing.interval_days
    if interval is None and last is not None and due is not None:
        interval = float(due - last)
    if interval is None or not math.isfinite(interval) or abs(interval) > _LARGEST_DAY:
        return standing._replace(interval_days=None)
    days = max(0, round(interval))
    if last is None and due is not None:
        last = due - days
    if due is None and last is not None and standing.due_ms is None:
        due = last + max(1, days)
    return standing._replace(last_day=last, due_day=due, interval_days=interval)


def memory_of(standing: Standing, weights: Sequence[float]) -> tuple[float, float] | None:
    """Stability in days and difficulty of a card that stood so; None if too little is known."""
    stability, difficulty = standing.stability_days, standing.difficulty
    interval = stability if standing.interval_days is None else standing.interval_days
    ease = _USUAL_EASE if standing.ease is None else standing.ease
    if interval is None or not math.isfinite(interval) or not math.isfinite(ease):
        return None
    guess = guessed(_bounded(interval), ease, weights)
    if stability is None or not math.isfinite(stability):
        stability = guess.stability_days
    if difficulty is None or not math.isfinite(difficulty):
        difficulty = guess.difficulty
    return _bounded(stability), min(max(difficulty, 1.0), 10.0)


def _bounded(stability_days: float) -> float:
    return min(max(stability_days, _SMALLEST_STABILITY_DAYS), _LARGEST_STABILITY_DAYS)
