"""What the days to come will cost: a walk through them, card by card. Pure.

What falls due as things stand is counted. What comes of it is played through: on its day each card
is recalled with the chance that FSRS gives it and answered good, or else again, and comes back when
the parameters say; new cards join day by day. What exceeds the limit of reviews waits for the next
day. Of many cards a sample stands for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from srs.model import Phase, Rating
from srs.replay import NOTHING_YET, Memory, Tables, packed
from srs.scheduling import elapsed_days
from srs.stats import ForecastDay

DAYS = 366  # today, and a year
SAMPLE = 1_000  # cards played through, or up to twice as many
_NEW_A_DAY = 2  # of the new ones, of every day
_STEPS = 10  # answers on one day, at the most


class Coming(NamedTuple):
    """A card that will be asked."""

    memory: Memory
    due_day: int


class Newcomers(NamedTuple):
    """Cards never answered."""

    left: int
    today: int  # how many of them today still brings
    a_day: int  # and every day after it


class Limits(NamedTuple):
    """How many reviews a day may bring, answers in steps and to new cards left out."""

    today: int
    a_day: int


def forecast(
    due: Mapping[int, int],
    sample: Sequence[Coming],
    new: Newcomers,
    limits: Limits,
    tables: Tables,
    today: int,
    answer_ms: float,
    rng: Random,
) -> tuple[ForecastDay, ...]:
    """The days from `today` on, at so many milliseconds an answer.

    `due` has the cards that are due by study day, of which `sample` are a part.
    """
    known = [0] * DAYS
    for day, cards in due.items():
        if day < today + DAYS:
            known[max(day - today, 0)] += cards
    play = _Play(tables, today, rng)
    for card in sample:
        play.card(card, sum(due.values()) / len(sample))
    play.newcomers(new)
    reviews = _within([a + b for a, b in zip(known, play.reviews, strict=True)], limits)
    expected = [a + b for a, b in zip(reviews, play.steps, strict=True)]
    return tuple(
        ForecastDay(today + place, known[place], answers, answers * answer_ms / 60_000)
        for place, answers in enumerate(expected)
    )


def _within(reviews: Sequence[float], limits: Limits) -> Iterator[float]:
    """The reviews of each day, where those beyond its limit wait for the next."""
    waiting = 0.0
    for place, coming in enumerate(reviews):
        waiting += coming
        done = min(waiting, limits.a_day if place else limits.today)
        waiting -= done
        yield done


class _Play:
    """Answers by day: reviews, but for those that were counted as due; and steps."""

    def __init__(self, tables: Tables, today: int, rng: Random) -> None:
        self.reviews = [0.0] * DAYS
        self.steps = [0.0] * DAYS
        self._tables = tables
        self._today = today
        self._rng = rng

    def card(self, card: Coming, weight: float) -> None:
        """A card that stands for so many; its first answer is counted already."""
        day = max(card.due_day, self._today)
        if day < self._today + DAYS:
            self._live(card.memory, day, weight, counted=True)

    def newcomers(self, new: Newcomers) -> None:
        """Cards that are met for the first time."""
        left, share = new.left, new.today
        for place in range(DAYS):
            count = min(share, left)
            played = min(count, _NEW_A_DAY)
            for _ in range(played):
                self._live(NOTHING_YET, self._today + place, count / played)
            left, share = left - count, new.a_day

    def _live(self, memory: Memory, day: int, weight: float, *, counted: bool = False) -> None:
        """Answer a card whenever it comes back; `counted`: the first time is counted as due."""
        end = self._today + DAYS
        while day < end:
            review = memory.phase == Phase.REVIEW
            memory, answers = self._study(memory, day)
            place = day - self._today
            if review or counted:
                answers -= 1
                self.reviews[place] += 0 if counted else weight
            self.steps[place] += answers * weight
            counted = False
            day += self._interval_days(memory)

    def _study(self, memory: Memory, day: int) -> tuple[Memory, float]:
        """A day's answers: one, and those of the steps that it leads to; and what is left of it.

        How many answers a lapse costs is counted by its chance: so few cards stand for so many that
        one of them more or less would show.
        """
        if memory.phase != Phase.REVIEW:
            return self._finish(memory, day)
        elapsed = elapsed_days(memory.last_day, memory.ahead_day, day)
        recall = self._tables.recall(elapsed, memory.stability_days)
        rating = Rating.GOOD if self._rng.random() < recall else Rating.AGAIN
        memory = self._tables.live(memory, (packed(day, rating),))
        answers = 1 + (1 - recall) * len(self._tables.relearning_steps_s)
        return self._finish(memory, day)[0], answers

    def _finish(self, memory: Memory, day: int) -> tuple[Memory, int]:
        """The card taken through its steps, and the answers that this takes."""
        answers = 0
        while memory.phase != Phase.REVIEW and answers < _STEPS:
            memory = self._tables.live(memory, (packed(day, Rating.GOOD),))
            answers += 1
        return memory, answers

    def _interval_days(self, memory: Memory) -> int:
        days: int = round(memory.stability_days / self._tables.factor * self._tables.interval)
        return min(max(days, 1), self._tables.maximum_interval_days)
