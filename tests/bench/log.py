"""A learner's three years, made up but the same at every run: the log that both programs are given.

Each card is first seen on some day of those years and answered whenever it falls due, at times a
day or two late, up to yesterday. So what waits today, what is new and how dense the log is follow
as they do in life: of 100,000 cards with a million answers about a fifth are new and some 1,200
are due.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from srs.days import Calendar
from srs.model import NEW_CARD, CardState, Event, Kind, Rating
from srs.scheduling import Parameters, Scheduler

_DAY_MS = 86_400_000
_SPAN_DAYS = 1095
RATINGS = ((1, 2, 3, 4), (9, 6, 79, 6))  # Again, Hard, Good, Easy, and how often
_LATE_DAYS = ((0, 1, 2), (85, 10, 5))


class Plan(NamedTuple):
    """How much to make up, and the study day on which it ends."""

    cards: int
    reviews: int
    today: int
    seed: int = 1


class Review(NamedTuple):
    """One answer."""

    at_ms: int
    card: int  # its place in the list of cards
    day: int
    rating: int
    duration_ms: int


def reviews(plan: Plan, uids: Sequence[bytes], calendar: Calendar) -> list[Review]:
    """The log in order of time, every instant later than the one before.

    `uids` are the cards' ids in our collection: they seed the spread of our intervals.
    """
    rng = random.Random(plan.seed)
    found = list[Review]()
    days = range(plan.today - _SPAN_DAYS, plan.today)
    starts = {day: calendar.start_ms(day) for day in days}
    scheduler = Scheduler(Parameters())
    for card in rng.sample(range(plan.cards), plan.cards):
        for instant_ms, rating in _life(rng, scheduler, uids[card], days):
            day, time_ms = divmod(instant_ms, _DAY_MS)
            duration_ms = rng.randrange(2_000, 30_000)
            found.append(Review(starts[day] + time_ms, card, day, rating, duration_ms))
        if len(found) >= plan.reviews:
            break
    assert len(found) >= plan.reviews, f"so many cards have {len(found):,} reviews at most"
    return list(_strictly_later(sorted(found[: plan.reviews])))


def _strictly_later(found: list[Review]) -> Iterator[Review]:
    latest_ms = 0
    for review in found:
        latest_ms = max(review.at_ms, latest_ms + 1)
        yield review._replace(at_ms=latest_ms)


def _life(
    rng: random.Random, scheduler: Scheduler, uid: bytes, days: range
) -> Iterator[tuple[int, int]]:
    """A card's answers as (day and time of day in milliseconds, rating)."""
    state, instant_ms = NEW_CARD, _some_time(rng, rng.choice(days))
    while instant_ms // _DAY_MS < days.stop:
        rating = Rating(rng.choices(*RATINGS)[0])
        yield instant_ms, int(rating)
        event = Event(b"", Kind.REVIEW, instant_ms, instant_ms // _DAY_MS, rating)
        state = scheduler.step(uid, state, event)
        instant_ms = _next_instant(rng, state)


def _next_instant(rng: random.Random, state: CardState) -> int:
    """When the learner comes to it: after its step, or at some time of its day or a later one."""
    if state.due_ms is not None:
        return state.due_ms + rng.randrange(2_000, 60_000)
    assert state.due_day is not None
    return _some_time(rng, state.due_day + rng.choices(*_LATE_DAYS)[0])


def _some_time(rng: random.Random, day: int) -> int:
    return day * _DAY_MS + rng.randrange(16 * 3_600_000)
