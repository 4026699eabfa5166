"""A learner's years, made up but the same at every run: the log that both programs are given.

Each card is answered when it falls due (a little late, never later than `_LONGEST_GAP_DAYS`), and
its whole life is then shifted so that it ends where the benchmark wants it: a known number of cards
due today, no card answered today, no card in the middle of its steps.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from srs.days import Calendar
from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating
from srs.scheduling import Parameters, Scheduler

_DAY_MS = 86_400_000
_WEIGHTS = (12, 8, 72, 8)  # Again, Hard, Good, Easy
_LEARNED = 0.8  # of the cards; the others are new
_DUE, _FEWEST_DUE = 0.012, 400  # the sessions measured answer 320 cards
_LONGEST_GAP_DAYS = 120  # keeps a card's dozen answers within some three years
_SPREAD = 5  # answers more or fewer than the mean
_SETTLING = 3  # last answers of a card, all Good, so that it ends outside its steps


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


class _Life(NamedTuple):
    events: list[tuple[int, int]]  # milliseconds since the card's day 0, rating
    interval_days: int  # from the last answer to the day it falls due


def reviews(plan: Plan, uids: Sequence[bytes], calendar: Calendar) -> list[Review]:
    """The log in order of time, every instant later than the one before.

    `uids` are the cards' ids in our collection: they seed our fuzz, so that the days on which the
    cards fall due are known here.
    """
    rng = random.Random(plan.seed)
    scheduler, starts = Scheduler(Parameters()), dict[int, int]()
    found = []
    for card, life, last_day in _placed(plan, rng, scheduler, uids):
        shift = last_day - life.events[-1][0] // _DAY_MS
        for instant_ms, rating in life.events:
            day = shift + instant_ms // _DAY_MS
            if day not in starts:
                starts[day] = calendar.start_ms(day)
            at_ms = starts[day] + instant_ms % _DAY_MS
            found.append(Review(at_ms, card, day, rating, rng.randrange(2_000, 30_000)))
    found.sort()
    return list(_strictly_later(found))


def _strictly_later(found: list[Review]) -> Iterator[Review]:
    latest_ms = 0
    for review in found:
        latest_ms = max(review.at_ms, latest_ms + 1)
        yield review._replace(at_ms=latest_ms)


def _placed(
    plan: Plan, rng: random.Random, scheduler: Scheduler, uids: Sequence[bytes]
) -> Iterator[tuple[int, _Life, int]]:
    """Each learned card with its life and the study day of its last answer."""
    learned = rng.sample(range(plan.cards), int(plan.cards * _LEARNED))
    due = max(int(plan.cards * _DUE), _FEWEST_DUE)
    for card, answers in zip(learned, _quotas(plan.reviews, len(learned)), strict=True):
        life = _life(rng, scheduler, uids[card], answers)
        longest = min(life.interval_days, _LONGEST_GAP_DAYS)
        if due > 0 or longest < 2:
            due -= 1
            yield card, life, plan.today - life.interval_days - rng.choice((0, 0, 1))
        else:
            yield card, life, plan.today - rng.randrange(1, longest)


def _quotas(reviews: int, cards: int) -> Iterator[int]:
    """Numbers of answers, a card each, that add up to `reviews`."""
    mean, more = divmod(reviews, cards)
    assert mean > _SPREAD, "too few reviews for so many cards"
    for number in range(cards):
        odd = number == cards - 1 and cards % 2
        off = 0 if odd else (number // 2 % _SPREAD + 1) * (1 if number % 2 else -1)
        yield mean + (number < more) + off


def _life(rng: random.Random, scheduler: Scheduler, uid: bytes, answers: int) -> _Life:
    state, events = NEW_CARD, list[tuple[int, int]]()
    for left in range(answers, 0, -1):
        instant_ms = _next_instant(rng, state)
        rating = (
            Rating.GOOD if left <= _SETTLING else Rating(rng.choices((1, 2, 3, 4), _WEIGHTS)[0])
        )
        events.append((instant_ms, int(rating)))
        event = Event(b"", Kind.REVIEW, instant_ms, instant_ms // _DAY_MS, rating)
        state = scheduler.step(uid, state, event)
    assert state.phase is Phase.REVIEW
    assert state.due_day is not None
    return _Life(events, state.due_day - (state.last_day or 0))


def _next_instant(rng: random.Random, state: CardState) -> int:
    """When the learner comes to it: after its step, or at some time of its day or of the next."""
    if state.due_ms is not None:
        return state.due_ms + rng.randrange(2_000, 60_000)
    time_ms = rng.randrange(16 * 3_600_000)
    if state.due_day is None or state.last_day is None:
        return time_ms
    late = rng.choices((0, 1, 2), (8, 1, 1))[0]
    day = min(state.due_day + late, state.last_day + _LONGEST_GAP_DAYS)
    return day * _DAY_MS + time_ms
