"""From counts of the log to the figures that people read. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from math import log, sqrt

from srs.days import iso_day
from srs.measuring import Count, Measures
from srs.replay import Tables
from srs.stats import (
    LEAST_CALIBRATION,
    Bin,
    Calibration,
    Confidence,
    CurvePoint,
    Day,
    ForgettingCurve,
    Retention,
    Streak,
    Tally,
    Transfer,
)

_PERIODS_DAYS = {"today": 1, "week": 7, "month": 30, "year": 365}  # up to today
_BINS = 20
_SURE = 0.001  # no prediction counts as surer than this: one miss would outweigh everything
# Edges of a forgetting curve's points, as multiples of the stability.
_TIMES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0)
_Counts = Mapping[int, Count]


def days(measures: Measures) -> tuple[Day, ...]:
    """The study days with answers, oldest first."""
    introduced = measures.get("introduced", {})
    return tuple(
        Day(day, *count, introduced.get(day, Count()).answers)
        for day, count in sorted(measures.get("day", {}).items())
    )


def streak(found: Iterable[Day], today: int) -> Streak:
    """Days in a row; days after today are ignored."""
    studied = [day.day for day in found if day.day <= today]
    if not studied:
        return Streak(0, 0, 0, None)
    runs = [
        [day for _, day in run]
        for _, run in groupby(enumerate(studied), key=lambda pair: pair[1] - pair[0])
    ]
    current = len(runs[-1]) if studied[-1] >= today - 1 else 0
    return Streak(current, max(map(len, runs)), len(studied), studied[0])


def periods(measures: Measures, today: int) -> tuple[Retention, ...]:
    """True retention of the days up to today, and of all."""
    known = _by_maturity(measures)
    spans = {name: range(today - days + 1, today + 1) for name, days in _PERIODS_DAYS.items()}
    spans["yesterday"] = range(today - 1, today)
    found = [
        _retention(name, (both for day, both in known.items() if day in spans[name]))
        for name in ("today", "yesterday", "week", "month", "year")
    ]
    return (*found, _retention("all", known.values()))


def months(measures: Measures) -> tuple[Retention, ...]:
    """True retention of each month with answers to known cards, oldest first."""
    known = _by_maturity(measures)
    by_month = groupby(sorted(known), key=lambda day: iso_day(day)[:7])
    return tuple(_retention(name, (known[day] for day in run)) for name, run in by_month)


_Both = tuple[Tally, Tally]  # of young cards, of mature ones


def _by_maturity(measures: Measures) -> dict[int, _Both]:
    counts = measures.get("known", {})
    return {
        day: (_tally(counts.get(day * 2)), _tally(counts.get(day * 2 + 1)))
        for day in {key // 2 for key in counts}
    }


def _retention(name: str, found: Iterable[_Both]) -> Retention:
    pairs = list(found)
    return Retention(
        name, *(sum((pair[mature] for pair in pairs), start=Tally()) for mature in (0, 1))
    )


def _tally(count: Count | None) -> Tally:
    return Tally(count.answers, count.recalled) if count else Tally()


_Predicted = list[tuple[int, Tally]]  # thousandths, and what happened


def _predictions(counts: _Counts, facts: Iterable[int]) -> _Predicted:
    """What happened, by what was predicted, of the answers of which one of these facts held."""
    wanted = set(facts)
    return [(key // 2, _tally(one)) for key, one in sorted(counts.items()) if key % 2 in wanted]


def _total(found: _Predicted) -> tuple[Tally, float]:
    """All of them together, and the mean prediction; 0 when there is none."""
    tally = sum((one for _, one in found), start=Tally())
    thousandths = sum(number * one.answers for number, one in found)
    return tally, thousandths / tally.answers / 1000 if tally.answers else 0.0


def calibration(measures: Measures) -> Calibration:
    """Predicted against what happened."""
    found = _predictions(measures.get("predicted", {}), (0, 1))
    tally, predicted = _total(found)
    bins = tuple(_bins(found))
    if tally.answers < LEAST_CALIBRATION:
        return Calibration(tally, predicted, None, None, bins)
    squares = sum(
        one.tally.answers * (one.predicted - one.tally.recalled / one.tally.answers) ** 2
        for one in bins
    )
    loss = sum(_loss(number, one) for number, one in found)
    return Calibration(tally, predicted, loss / tally.answers, sqrt(squares / tally.answers), bins)


def _bins(found: _Predicted) -> Iterator[Bin]:
    by_bin = groupby(found, key=lambda pair: min(pair[0] * _BINS // 1000, _BINS - 1))
    for place, run in by_bin:
        pairs = list(run)
        yield Bin(place / _BINS, (place + 1) / _BINS, *_total(pairs))


def _loss(thousandths: int, tally: Tally) -> float:
    """Minus the logarithm of the chance that was given to what happened."""
    chance = min(max(thousandths / 1000, _SURE), 1 - _SURE)
    return -(tally.recalled * log(chance) + (tally.answers - tally.recalled) * log(1 - chance))


def confidence(measures: Measures) -> tuple[Confidence, ...]:
    """What the learner said, against what happened."""
    found = sorted(measures.get("confidence", {}).items())
    return tuple(Confidence(percent, _tally(count)) for percent, count in found)


def forgetting_curve(measures: Measures, tables: Tables) -> ForgettingCurve:
    """Recall by time since the last answer; time as these parameters tell it from a prediction."""
    counts = measures.get("predicted", {})
    return ForgettingCurve(
        *(tuple(_curve(_predictions(counts, (mature,)), tables)) for mature in (0, 1))
    )


def _curve(found: _Predicted, tables: Tables) -> Iterator[CurvePoint]:
    by_time: dict[int, _Predicted] = {}
    for thousandths, tally in found:
        place = bisect_right(_TIMES, tables.elapsed(max(thousandths / 1000, _SURE)))
        by_time.setdefault(place, []).append((thousandths, tally))
    for _, pairs in sorted(by_time.items()):
        tally, predicted = _total(pairs)
        yield CurvePoint(tables.elapsed(max(predicted, _SURE)), tally, predicted)


def transfer(measures: Measures) -> Transfer:
    """Forms of a card never met before, against those that were."""
    counts = measures.get("transfer", {})
    seen, unseen = (_total(_predictions(counts, (fact,))) for fact in (0, 1))
    return Transfer(*unseen, *seen)


def ratings(measures: Measures) -> tuple[int, int, int, int]:
    """Answers rated again, hard, good and easy."""
    counts = measures.get("rating", {})
    again, hard, good, easy = (_tally(counts.get(rating)).answers for rating in (1, 2, 3, 4))
    return again, hard, good, easy
