"""Statistics the slow and plain way: the whole log answered anew, one answer at a time.

What `Collection.stats` is held against. Nothing is kept between calls, nothing is read but facts:
the log, the notes, and which cards are in sight. `Forecast` has only what falls due; what that
grows into is left at 0.
"""

from __future__ import annotations

import math
import re
import sqlite3
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from srs.days import Calendar
from srs.scheduling import Parameters, Scheduler
from srs.settings import Settings
from srs.stats import (
    LEAST_CALIBRATION,
    Bin,
    Calibration,
    Confidence,
    CurvePoint,
    Day,
    ForgettingCurve,
    Retention,
    Stats,
    Streak,
    Tally,
    Transfer,
)
from tests.slow_cards import (
    forecast,
    hardest_cards,
    hardest_concepts,
    in_sight,
    masteries,
    memory,
    titles,
)
from tests.slow_log import Answer, replayed

# What only `Collection.stats` tells: they are left at 0 here.
BEYOND = re.compile(r"forecast\.(answer_s|timed|days\.\d+\.(expected|minutes))")
PERIODS = (("week", 6), ("month", 29), ("year", 364))  # and the days before today
EDGES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, math.inf)


def slow_stats(connection: sqlite3.Connection, at_ms: int, settings: Settings) -> Stats:
    """All statistics as of an instant; `forecast` without `expected`, `minutes` and the pace."""
    calendar = Calendar(settings.zone, settings.rollover_hour)
    today, present = calendar.day_of(at_ms), Parameters.of(settings)
    answers, states = replayed(connection)
    places = in_sight(connection, states, Scheduler(present), at_ms)
    concepts = masteries(places, lambda place: place.concept, titles(connection))
    return Stats(
        at_ms=at_ms,
        today=today,
        desired_retention=settings.desired_retention,
        answers=len(answers),
        days=days(answers),
        streak=streak({answer.row.day for answer in answers}, today),
        periods=periods(answers, today),
        months=months(answers),
        ratings=ratings(answers),
        calibration=calibration([a for a in answers if a.thousandths is not None]),
        confidence=confidence(answers),
        curve=curve([a for a in answers if a.thousandths is not None], present),
        memory=memory(places, settings),
        forecast=forecast(places, calendar, today, settings),
        hardest_cards=hardest_cards(connection, places),
        hardest_concepts=hardest_concepts(concepts),
        concepts=concepts,
        decks=masteries(places, lambda place: place.deck, {}),
        transfer=transfer(answers),
    )


# What happened


def tally(answers: Iterable[Answer]) -> Tally:
    outcomes = [answer.recalled for answer in answers]
    return Tally(len(outcomes), sum(outcomes))


def mean_predicted(answers: Sequence[Answer]) -> float:
    return statistics.fmean(a.predicted for a in answers) if answers else 0.0


def days(answers: Sequence[Answer]) -> tuple[Day, ...]:
    found = []
    for day in sorted({answer.row.day for answer in answers}):
        own = [answer for answer in answers if answer.row.day == day]
        spent_ms = sum(answer.row.duration_ms or 0 for answer in own)
        introduced = sum(answer.first for answer in own)
        found.append(Day(day, *tally(own), spent_ms, introduced))
    return tuple(found)


def streak(studied: set[int], today: int) -> Streak:
    past = sorted(day for day in studied if day <= today)
    end = today if today in studied else today - 1
    longest = max((in_a_row(studied, day) for day in past), default=0)
    return Streak(in_a_row(studied, end), longest, len(past), past[0] if past else None)


def in_a_row(studied: set[int], end: int) -> int:
    """How many study days in a row end with that one."""
    count = 0
    while end - count in studied:
        count += 1
    return count


def retention(name: str, answers: Iterable[Answer]) -> Retention:
    reviews = [answer for answer in answers if answer.in_review]
    young = tally(answer for answer in reviews if not answer.mature)
    return Retention(name, young, tally(answer for answer in reviews if answer.mature))


def periods(answers: Sequence[Answer], today: int) -> tuple[Retention, ...]:
    def between(name: str, first: int, last: int) -> Retention:
        return retention(name, [a for a in answers if first <= a.row.day <= last])

    return (
        between("today", today, today),
        between("yesterday", today - 1, today - 1),
        *(between(name, today - before, today) for name, before in PERIODS),
        retention("all", answers),
    )


def months(answers: Sequence[Answer]) -> tuple[Retention, ...]:
    """Those with an answer to a card in phase review."""
    names = sorted({answer.month for answer in answers if answer.in_review})
    return tuple(retention(name, [a for a in answers if a.month == name]) for name in names)


def ratings(answers: Sequence[Answer]) -> tuple[int, int, int, int]:
    counts = Counter(answer.row.rating for answer in answers)
    return counts[1], counts[2], counts[3], counts[4]


# Predictions


def calibration(answers: Sequence[Answer]) -> Calibration:
    bins = []
    squares = 0.0
    for number in range(20):
        own = [a for a in answers if min((a.thousandths or 0) // 50, 19) == number]
        if own:
            mean = mean_predicted(own)
            bins.append(Bin(number / 20, (number + 1) / 20, tally(own), mean))
            squares += len(own) * (mean - tally(own).recalled / len(own)) ** 2
    enough = len(answers) >= LEAST_CALIBRATION
    return Calibration(
        tally(answers),
        mean_predicted(answers),
        statistics.fmean(loss(answer) for answer in answers) if enough else None,
        math.sqrt(squares / len(answers)) if enough else None,
        tuple(bins),
    )


def loss(answer: Answer) -> float:
    predicted = min(max(answer.predicted, 0.001), 0.999)
    return -math.log(predicted if answer.recalled else 1 - predicted)


def confidence(answers: Sequence[Answer]) -> tuple[Confidence, ...]:
    named = {a.row.confidence for a in answers if a.row.confidence is not None}
    return tuple(
        Confidence(percent, tally(a for a in answers if a.row.confidence == percent))
        for percent in sorted(named)
    )


def curve(answers: Sequence[Answer], present: Parameters) -> ForgettingCurve:
    young = [answer for answer in answers if not answer.mature]
    mature = [answer for answer in answers if answer.mature]
    return ForgettingCurve(points(young, present), points(mature, present))


def points(answers: Sequence[Answer], present: Parameters) -> tuple[CurvePoint, ...]:
    found = []
    for low, high in pairwise(EDGES):
        own = [a for a in answers if low <= multiple(a.predicted, present) < high]
        if own:
            mean = mean_predicted(own)
            found.append(CurvePoint(multiple(mean, present), tally(own), mean))
    return tuple(found)


def multiple(predicted: float, present: Parameters) -> float:
    """After how many times its stability a card is recalled with that chance."""
    decay = -present.weights[20]
    factor = 0.9 ** (1 / decay) - 1
    x: float = (min(max(predicted, 0.001), 1.0) ** (1 / decay) - 1) / factor
    return x


def transfer(answers: Sequence[Answer]) -> Transfer:
    asked = [
        a for a in answers if a.in_review and a.elapsed_days >= 1 and a.row.variant is not None
    ]
    seen = [answer for answer in asked if answer.form_seen]
    unseen = [answer for answer in asked if not answer.form_seen]
    return Transfer(tally(unseen), mean_predicted(unseen), tally(seen), mean_predicted(seen))


def differences(found: object, wanted: object, where: str = "") -> Iterator[str]:
    """Where two values of the same shape differ; floats by more than a billionth."""
    if BEYOND.fullmatch(where):
        return
    if isinstance(wanted, tuple) and isinstance(found, tuple) and len(found) == len(wanted):
        names = getattr(wanted, "_fields", range(len(wanted)))
        for name, one, other in zip(names, found, wanted, strict=True):
            yield from differences(one, other, f"{where}.{name}".lstrip("."))
    elif isinstance(wanted, float) and isinstance(found, float | int):
        if not math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12):
            yield f"{where}: {found!r} is not {wanted!r}"
    elif found != wanted:
        yield f"{where}: {found!r} is not {wanted!r}"
