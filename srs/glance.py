"""Today in a few numbers: what is left, what is done, how it goes, what tomorrow brings."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from decks.progress import Progress
from srs import figures, tallies
from srs.daily import DailyQueue, Left, Today
from srs.stats import Retention, Streak, Tally
from srs.store import agenda, standings

_WEEK_DAYS = 7


class Tomorrow(NamedTuple):
    """What tomorrow brings once today is done, as far as the limit of reviews lets it be."""

    due: int
    new: int
    minutes: float


class Glance(NamedTuple):
    """What `srs` shows without a command."""

    today: Today
    done: Tally  # today's answers
    streak: Streak
    week: tuple[int, ...]  # answers on each of the last seven days, today last
    retention: Retention  # of the last 30 days
    tomorrow: Tomorrow


def glance(
    connection: sqlite3.Connection,
    daily: DailyQueue,
    at_ms: int,
    progress: Progress | None = None,
) -> Glance:
    """Today at a glance."""
    day, today = daily.calendar.day_of(at_ms), daily.today(at_ms)
    counted = tallies.measures(connection, progress)
    days = figures.days(counted)
    answers = {one.day: Tally(one.answers, one.recalled) for one in days}
    month = next(one for one in figures.periods(counted, day) if one.name == "month")
    return Glance(
        today,
        answers.get(day, Tally()),
        figures.streak(days, day),
        tuple(answers.get(day - ago, Tally()).answers for ago in reversed(range(_WEEK_DAYS))),
        month,
        _tomorrow(connection, daily, at_ms, today),
    )


def _tomorrow(
    connection: sqlite3.Connection, daily: DailyQueue, at_ms: int, today: Today
) -> Tomorrow:
    span = daily.span(at_ms)
    waiting = agenda.count_due(connection, span._replace(today=span.today + 1), -1, span.today + 1)
    due = waiting - min(today.due, daily.reviews_left(at_ms))
    new_left = standings.count_new(connection) - today.new
    new = max(0, min(daily.settings.new_per_day, new_left))
    left = Left(min(due, daily.settings.reviews_per_day) + new, new)
    return Tomorrow(due, new, round(daily.minutes(left.answers), 1))
