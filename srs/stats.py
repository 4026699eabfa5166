"""What the log and the states say of a learner, as numbers. Values only; `measuring` counts them.

An *answer* is a row of kind review that was not taken back. *Recalled* means rated hard, good or
easy. What was known before an answer (phase, stability) is what replaying the answers before it
gives; the *prediction* is FSRS's retrievability at that time, under the parameters that the answer
was scheduled with, over the elapsed study days, rounded to a thousandth. A card is *mature* from a
stability of 21 days on, *young* before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Literal, NamedTuple

MATURE_DAYS = 21  # of stability
# Below so many answers a figure is left out: chance would speak louder than the learner.
LEAST_ANSWERS = 20  # for a share
LEAST_IN_BIN = 10  # for one point of a plot
LEAST_CALIBRATION = 100  # for a verdict on predictions
_SMALL_RMSE = 0.05
ENOUGH = 0.02  # a gap between shares that nobody needs to act on


class Tally(NamedTuple):
    """Answers, and how many of them recalled."""

    answers: int = 0
    recalled: int = 0

    def __add__(self, other: object) -> Tally:
        if not isinstance(other, Tally):
            return NotImplemented
        return Tally(self.answers + other.answers, self.recalled + other.recalled)

    def share(self, least: int = LEAST_ANSWERS) -> float | None:
        """The share recalled, 0 to 1; None when it stands on fewer answers than `least`."""
        return self.recalled / self.answers if self.answers >= max(least, 1) else None


class Day(NamedTuple):
    """One study day on which something was answered."""

    day: int
    answers: int
    recalled: int
    spent_ms: int  # by the durations that were noted
    introduced: int  # cards answered for the first time ever


SHADES = 4  # of days with answers, on the map of a year


def shade_edges(counts: Iterable[int]) -> list[int]:
    """The learner's own quartiles: a count above so many of them has so strong a shade."""
    ordered = sorted(counts)
    quartiles = {
        ordered[len(ordered) * quarter // SHADES] for quarter in range(1, SHADES) if ordered
    }
    return sorted(edge for edge in quartiles if edge < ordered[-1])


def shade(count: int, edges: Sequence[int]) -> int:
    """0 for nothing, up to SHADES; the strongest days always have the strongest."""
    return SHADES - len(edges) + sum(count > edge for edge in edges) if count else 0


class Streak(NamedTuple):
    """Study days with at least one answer."""

    current_days: int  # in a row up to today; or up to yesterday while today has none yet
    longest_days: int
    studied_days: int
    since_day: int | None  # the first of them


class Retention(NamedTuple):
    """True retention: answers to cards in phase review, by the card's maturity before."""

    name: str  # a period ("today", "week", ...) or a month ("2026-11")
    young: Tally
    mature: Tally

    @property
    def all(self) -> Tally:
        """Young and mature together."""
        return self.young + self.mature


class Bin(NamedTuple):
    """Answers whose prediction lies in [low, high), what was predicted and what happened."""

    low: float
    high: float
    tally: Tally
    predicted: float  # mean prediction


class Calibration(NamedTuple):
    """Predicted against what happened, on answers a study day or more after the one before."""

    tally: Tally
    predicted: float  # mean prediction, 0 when there is none
    log_loss: float | None  # mean, natural logarithm; None below LEAST_CALIBRATION answers
    rmse: float | None  # root of the mean squared gap of the bins, weighted by answers; same
    bins: tuple[Bin, ...]  # those that hold answers, lowest first

    @property
    def fits(self) -> bool:
        """Whether what happened is near what was predicted, in every part of the range.

        Near is a gap that is small (the RMSE), or that chance makes as well (chi-squared).
        """
        enough = [each for each in self.bins if each.tally.answers >= LEAST_IN_BIN]
        squares = sum(_squared_error(each.tally, each.predicted) for each in enough)
        chance = len(enough) + 2 * sqrt(2 * len(enough))
        return (self.rmse or 0.0) <= _SMALL_RMSE or squares <= chance

    @property
    def worst(self) -> Bin:
        """The bin that is furthest off, by how unlikely chance makes it."""
        return max(self.bins, key=lambda each: _squared_error(each.tally, each.predicted))


def _squared_error(tally: Tally, expected: float) -> float:
    """How far from what was expected, in squared standard deviations."""
    if not tally.answers:
        return 0.0
    chance = min(max(expected, 0.005), 0.995)
    gap = tally.recalled - tally.answers * chance
    return gap * gap / (tally.answers * chance * (1 - chance))


class Confidence(NamedTuple):
    """What the learner said of how sure they were, against what happened."""

    percent: int
    tally: Tally


class CurvePoint(NamedTuple):
    """A point of a forgetting curve."""

    elapsed: float  # as a multiple of the card's stability; 1 is where FSRS expects 90 %
    tally: Tally
    predicted: float


class ForgettingCurve(NamedTuple):
    """Recall against time since the last answer, by maturity; points in the order of time."""

    young: tuple[CurvePoint, ...]
    mature: tuple[CurvePoint, ...]


class Memory(NamedTuple):
    """Where the cards of enabled decks stand, suspended ones included, orphans left out."""

    cards: int
    new: int
    learning: int  # phase learning or relearning
    young: int  # phase review
    mature: int  # phase review
    suspended: int  # of any phase
    leeches: int
    known: float  # how many would be recalled now: the sum of retrievabilities
    retrievability: float | None  # mean over the cards ever answered
    stability_days: float | None  # median over the same
    stabilities: tuple[tuple[float, int], ...]  # (upper bound in days, cards), lowest first
    retrievabilities: tuple[int, ...]  # ten counts: below 10 %, 10-20 %, ...
    difficulties: tuple[int, ...]  # ten counts: difficulty 1-2, 2-3, ... 9-10, 10


class ForecastDay(NamedTuple):
    """What a study day will cost."""

    day: int
    due: int  # cards that are due that day as things stand; today: overdue ones as well
    # Answers within the day's limit of reviews, with those that come of answering and of new cards.
    expected: float
    minutes: float  # that these take at the learner's own pace


class Forecast(NamedTuple):
    """The days from today on, 366 of them, if nothing changes: the same retention and settings."""

    days: tuple[ForecastDay, ...]
    answer_s: float  # the learner's own pace: mean seconds an answer
    timed: int  # answers that it stands on; 0: a guess
    new_per_day: int
    new_left: int  # cards never answered


class HardCard(NamedTuple):
    """A card that is often forgotten."""

    card: bytes
    deck: str
    front: str
    answers: int  # since the last reset
    lapses: int
    difficulty: float
    stability_days: float


class Mastery(NamedTuple):
    """How much of a concept or a deck is known."""

    name: str  # slug of the concept, or the deck's name
    title: str
    cards: int
    seen: int
    answers: int  # since the last reset
    lapses: int
    known: float  # sum of retrievabilities
    mature: int

    @property
    def mastery(self) -> float:
        """The share of all its cards, 0 to 1, that would be recalled now; new ones count as not."""
        return self.known / self.cards if self.cards else 0.0

    def __add__(self, other: object) -> Mastery:
        if not isinstance(other, Mastery):
            return NotImplemented
        return Mastery(
            self.name, self.title, self.cards + other.cards, self.seen + other.seen,
            self.answers + other.answers, self.lapses + other.lapses, self.known + other.known,
            self.mature + other.mature,
        )  # fmt: skip

    @property
    def lapse_rate(self) -> float | None:
        """Lapses an answer; None below LEAST_IN_BIN answers."""
        return self.lapses / self.answers if self.answers >= LEAST_IN_BIN else None


class Transfer(NamedTuple):
    """Does the idea hold in a new shape? On cards in phase review that have variants.

    Counts answers a study day or more after the one before. *Unseen*: that form of the card was
    never answered before. *Seen*: it was.
    """

    unseen: Tally
    unseen_predicted: float  # mean prediction
    seen: Tally
    seen_predicted: float

    @property
    def gap(self) -> float | None:
        """Share recalled of seen forms less that of unseen ones; None below LEAST_ANSWERS each."""
        seen, unseen = self.seen.share(), self.unseen.share()
        return None if seen is None or unseen is None else seen - unseen

    @property
    def unseen_are(self) -> Literal["alike", "unclear", "behind", "ahead"] | None:
        """What the gap tells; unclear: chance makes as large a one. None without a gap."""
        if self.gap is None:
            return None
        # Unseen forms may have been asked later, so that less was to be expected of them anyway.
        gap = self.gap - (self.seen_predicted - self.unseen_predicted)
        if abs(gap) <= ENOUGH:
            return "alike"
        if abs(gap) <= 2 * sqrt(_variance(self.seen) + _variance(self.unseen)):
            return "unclear"
        return "behind" if gap > 0 else "ahead"


def _variance(found: Tally) -> float:
    """Of a share, by Agresti and Coull: not 0 where all were recalled."""
    answers, recalled = found.answers + 4, found.recalled + 2
    return recalled * (answers - recalled) / answers**3


class Stats(NamedTuple):
    """Everything that `srs stats` tells."""

    at_ms: int
    today: int
    desired_retention: float
    answers: int
    days: tuple[Day, ...]  # those with answers, oldest first
    streak: Streak
    periods: tuple[Retention, ...]  # today, yesterday, week (7 days), month (30), year (365), all
    months: tuple[Retention, ...]  # with answers, oldest first
    ratings: tuple[int, int, int, int]  # answers rated again, hard, good, easy
    calibration: Calibration
    confidence: tuple[Confidence, ...]  # lowest percentage first
    curve: ForgettingCurve
    memory: Memory
    forecast: Forecast
    hardest_cards: tuple[HardCard, ...]  # ten at most, the hardest first
    hardest_concepts: tuple[Mastery, ...]  # ten at most, the hardest first
    concepts: tuple[Mastery, ...]  # in the order of the curriculum, others after it by name
    decks: tuple[Mastery, ...]  # enabled ones, in the order of their names
    transfer: Transfer

    def last_days(self, count: int) -> Sequence[Day | None]:
        """The last `count` study days, today last; None where nothing was answered."""
        by_day = {day.day: day for day in self.days}
        return [by_day.get(day) for day in range(self.today - count + 1, self.today + 1)]
