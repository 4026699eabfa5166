"""Made-up statistics of a learner, for what shows them."""

from __future__ import annotations

import random

from srs.days import iso_day
from srs.stats import (
    Bin,
    Calibration,
    Confidence,
    CurvePoint,
    Day,
    Forecast,
    ForecastDay,
    ForgettingCurve,
    HardCard,
    Mastery,
    Memory,
    Retention,
    Stats,
    Streak,
    Tally,
    Transfer,
)  # fmt: skip

TODAY = 20_778  # 2026-11-21
NOW_MS = TODAY * 86_400_000 + 30_000_000
_CONCEPTS = (
    ("training-serving-skew", "Training/serving skew"),
    ("point-in-time-joins", "Point-in-time joins"),
    ("two-stage-retrieval", "Two-stage retrieval"), ("canary-release", "Canary release"),
    ("drift-detection", "Drift detection"), ("backfills", "Backfills"),
)  # fmt: skip
_DECKS = ("Features and feature stores", "Release and monitoring", "Retrieval and ranking", "own")


def _tally(rng: random.Random, answers: int, chance: float) -> Tally:
    return Tally(answers, sum(rng.random() < chance for _ in range(answers)))


def _masteries(rng: random.Random, names: tuple[tuple[str, str], ...]) -> tuple[Mastery, ...]:
    found = []
    for name, title in names:
        cards = rng.randrange(6, 40)
        seen = rng.randrange(cards + 1)
        answers = seen * rng.randrange(2, 9)
        lapses = answers // rng.randrange(6, 20)
        found.append(Mastery(name, title, cards, seen, answers, lapses, seen * 0.9, seen // 3))
    return tuple(found)


def sample(seed: int = 1, studied: int = 400) -> Stats:
    """A learner of so many days, some of them left out."""
    rng = random.Random(seed)
    days = []
    for day in range(TODAY - studied + 1, TODAY + 1):
        if rng.random() < 0.85:
            answers = rng.randrange(5, 90)
            right = _tally(rng, answers, 0.88).recalled
            days.append(Day(day, answers, right, answers * 14_000, rng.randrange(12)))
    months = sorted({iso_day(day.day)[:7] for day in days})
    bins = tuple(
        Bin(low / 20, (low + 1) / 20, _tally(rng, rng.randrange(5, 900), low / 20), low / 20 + 0.02)
        for low in range(12, 20)
    )
    points = [
        CurvePoint(x, _tally(rng, 60, p), p)
        for x, p in ((0.3, 0.96), (0.6, 0.93), (1.0, 0.9), (1.6, 0.86), (3.0, 0.79))
    ]
    forecast = tuple(  # a falling load
        ForecastDay(TODAY + n, max(0, 40 - n // 3), 45.0 + n / 40, 11.0 + n / 160)
        for n in range(366)
    )
    answers = sum(day.answers for day in days)
    return Stats(
        NOW_MS, TODAY, 0.9, answers, tuple(days),
        Streak(12, 47, len(days), days[0].day if days else None),
        tuple(
            Retention(name, _tally(rng, count, 0.88), _tally(rng, count // 2, 0.93))
            for name, count in (
                ("today", 18), ("yesterday", 40), ("week", 220), ("month", 900), ("year", 9_000),
                ("all", 9_800),
            )
        ),
        tuple(Retention(m, _tally(rng, 600, 0.88), _tally(rng, 200, 0.93)) for m in months),
        (answers // 10, answers // 15, answers * 3 // 4, answers // 12),
        Calibration(Tally(7_000, 6_230), 0.897, 0.31, 0.021, bins),
        tuple(Confidence(p, _tally(rng, 80, p / 100 - 0.1)) for p in (50, 70, 90)),
        ForgettingCurve(tuple(points), tuple(points[1:])),
        Memory(
            140, 20, 8, 70, 42, 3, 2, 104.2, 0.868, 17.5,
            ((1, 6), (3, 10), (7, 21), (14, 18), (30, 25), (60, 14), (90, 8), (180, 12), (365, 5),
             (730, 1), (float("inf"), 0)),
            (0, 0, 0, 0, 1, 2, 4, 9, 41, 63), (0, 4, 20, 31, 24, 18, 12, 7, 3, 1),
        ),
        Forecast(forecast, 14.2, 200, 12, 20),
        tuple(
            HardCard(bytes([n]) * 16, _DECKS[n % 4], f"Why is join number {n} not point-in-time?",
                     30 - n, 9 - n, 9.5 - n / 3, 2.5 + n)
            for n in range(6)
        ),
        _masteries(rng, _CONCEPTS[:3]),
        _masteries(rng, _CONCEPTS),
        _masteries(rng, tuple((name, name) for name in _DECKS)),
        Transfer(_tally(rng, 60, 0.71), 0.9, _tally(rng, 300, 0.9), 0.9),
    )  # fmt: skip


def empty() -> Stats:
    """A learner who has not begun."""
    nothing = Tally()
    return Stats(
        NOW_MS, TODAY, 0.9, 0, (), Streak(0, 0, 0, None),
        tuple(Retention(name, nothing, nothing)
              for name in ("today", "yesterday", "week", "month", "year", "all")),
        (), (0, 0, 0, 0), Calibration(nothing, 0.0, None, None, ()), (), ForgettingCurve((), ()),
        Memory(84, 84, 0, 0, 0, 0, 0, 0.0, None, None, (), (0,) * 10, (0,) * 10),
        Forecast(
            tuple(ForecastDay(TODAY + n, 0, 24.0 if n < 7 else 6.0, 6.0) for n in range(366)),
            15.0, 0, 12, 84,
        ),
        (), (), tuple(Mastery(n, t, 6, 0, 0, 0, 0.0, 0) for n, t in _CONCEPTS),
        tuple(Mastery(n, n, 20, 0, 0, 0, 0.0, 0) for n in _DECKS),
        Transfer(nothing, 0.0, nothing, 0.0),
    )  # fmt: skip
