"""The shapes of `srs stats --json`. Counts are always there; a share on too few answers is null."""

from __future__ import annotations

from math import inf

from srs.cli.shapes import instant
from srs.days import iso_day
from srs.stats import (
    LEAST_ANSWERS,
    LEAST_CALIBRATION,
    LEAST_IN_BIN,
    Calibration,
    CurvePoint,
    Day,
    Forecast,
    HardCard,
    Mastery,
    Memory,
    Retention,
    Stats,
    Streak,
    Tally,
    Transfer,
)  # fmt: skip

Shape = dict[str, object]
_RATINGS = ("again", "hard", "good", "easy")


def stats_shape(found: Stats) -> Shape:
    """Everything that `srs stats` tells."""
    return {
        "at": instant(found.at_ms), "today": iso_day(found.today),
        "desired_retention": found.desired_retention, "answers": found.answers,
        "ratings": dict(zip(_RATINGS, found.ratings, strict=True)),
        "streak": _streak(found.streak), "days": [_day(day) for day in found.days],
        "periods": [_retention(period) for period in found.periods],
        "months": [_retention(month) for month in found.months],
        "calibration": _calibration(found.calibration),
        "confidence": [{"percent": each.percent, **_tally(each.tally, LEAST_IN_BIN)}
                       for each in found.confidence],
        "curve": {"young": [_point(point) for point in found.curve.young],
                  "mature": [_point(point) for point in found.curve.mature]},
        "memory": _memory(found.memory), "forecast": _forecast(found.forecast),
        "hardest_cards": [_hard_card(card) for card in found.hardest_cards],
        "hardest_concepts": [_mastery(concept) for concept in found.hardest_concepts],
        "concepts": [_mastery(concept) for concept in found.concepts],
        "decks": [_mastery(deck) for deck in found.decks],
        "transfer": _transfer(found.transfer),
    }  # fmt: skip


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def _tally(found: Tally, least: int = LEAST_ANSWERS) -> Shape:
    return {**found._asdict(), "share": _rounded(found.share(least))}


def _predicted(value: float, tally: Tally) -> float | None:
    return _rounded(value) if tally.answers else None


def _streak(found: Streak) -> Shape:
    since = None if found.since_day is None else iso_day(found.since_day)
    return {
        "current_days": found.current_days, "longest_days": found.longest_days,
        "studied_days": found.studied_days, "since": since,
    }  # fmt: skip


def _day(found: Day) -> Shape:
    return {**found._asdict(), "day": iso_day(found.day)}


def _retention(found: Retention) -> Shape:
    return {
        "name": found.name, "young": _tally(found.young), "mature": _tally(found.mature),
        "all": _tally(found.all),
    }  # fmt: skip


def _calibration(found: Calibration) -> Shape:
    bins = [
        {"low": _rounded(each.low), "high": _rounded(each.high),
         "predicted": _rounded(each.predicted), **_tally(each.tally, LEAST_IN_BIN)}
        for each in found.bins
    ]  # fmt: skip
    return {
        **_tally(found.tally, LEAST_CALIBRATION),
        "predicted": _predicted(found.predicted, found.tally),
        "log_loss": _rounded(found.log_loss, 6), "rmse": _rounded(found.rmse, 6), "bins": bins,
    }  # fmt: skip


def _point(found: CurvePoint) -> Shape:
    return {
        "elapsed": _rounded(found.elapsed), "predicted": _rounded(found.predicted),
        **_tally(found.tally, LEAST_IN_BIN),
    }  # fmt: skip


def _memory(found: Memory) -> Shape:
    stabilities = [
        {"most_days": None if most == inf else most, "cards": cards}
        for most, cards in found.stabilities
    ]
    return {
        **found._asdict(), "known": round(found.known, 2),
        "retrievability": _rounded(found.retrievability),
        "stability_days": _rounded(found.stability_days), "stabilities": stabilities,
        "retrievabilities": [*found.retrievabilities], "difficulties": [*found.difficulties],
    }  # fmt: skip


def _forecast(found: Forecast) -> Shape:
    days = [
        {"day": iso_day(day.day), "due": day.due, "expected": round(day.expected, 2),
         "minutes": round(day.minutes, 2)}
        for day in found.days
    ]  # fmt: skip
    return {**found._asdict(), "answer_s": round(found.answer_s, 2), "days": days}


def _hard_card(found: HardCard) -> Shape:
    return {
        **found._asdict(), "card": found.card.hex(), "difficulty": _rounded(found.difficulty),
        "stability_days": _rounded(found.stability_days),
    }  # fmt: skip


def _mastery(found: Mastery) -> Shape:
    return {
        **found._asdict(), "known": round(found.known, 2), "mastery": _rounded(found.mastery),
        "lapse_rate": _rounded(found.lapse_rate),
    }  # fmt: skip


def _transfer(found: Transfer) -> Shape:
    return {
        "unseen": {**_tally(found.unseen),
                   "predicted": _predicted(found.unseen_predicted, found.unseen)},
        "seen": {**_tally(found.seen), "predicted": _predicted(found.seen_predicted, found.seen)},
        "gap": _rounded(found.gap),
    }  # fmt: skip
