"""Gathers what `srs stats` tells: the counts of the log, and where the cards stand."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import inf
from random import Random

from decks.progress import Progress
from srs import figures, tallies
from srs.daily import DailyQueue
from srs.days import Calendar
from srs.forecast import SAMPLE, Coming, Limits, Newcomers, forecast
from srs.replay import Memory as Remembered
from srs.replay import Tables
from srs.scheduling import Parameters
from srs.settings import Settings
from srs.stats import LEAST_IN_BIN, Forecast, HardCard, Mastery, Memory, Stats
from srs.store import agenda, cards, standings
from srs.store.standings import Group, Learned, Phases, Scheduled

_DAY_MS = 86_400_000
_STABILITIES_DAYS = (1.0, 3.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0, inf)
_TENTHS = 10
_HARDEST = 10
_DRAWN = 20  # answers that the usual rate of lapses weighs
_FEWEST_LAPSES = 2  # of a hard card
_NOTHING = Mastery("", "", 0, 0, 0, 0, 0.0, 0)


def gather(
    connection: sqlite3.Connection,
    daily: DailyQueue,
    calendar: Calendar,
    settings: Settings,
    at_ms: int,
    progress: Progress | None = None,
) -> Stats:
    """Everything that the collection tells of its learner at an instant."""
    counted = tallies.measures(connection, progress)
    today, tables = calendar.day_of(at_ms), Tables(Parameters.of(settings))
    learned = standings.learned(connection)
    chances = [
        tables.recall(max(0, at_ms - last_ms) / _DAY_MS, stability_days)
        for *_, stability_days, _, last_ms in learned
    ]
    concepts, decks = _masteries(standings.groups(connection), learned, chances)
    titled = _titled(concepts, standings.concepts(connection))
    days = figures.days(counted)
    return Stats(
        at_ms=at_ms,
        today=today,
        desired_retention=settings.desired_retention,
        answers=sum(day.answers for day in days),
        days=days,
        streak=figures.streak(days, today),
        periods=figures.periods(counted, today),
        months=figures.months(counted),
        ratings=figures.ratings(counted),
        calibration=figures.calibration(counted),
        confidence=figures.confidence(counted),
        curve=figures.forgetting_curve(counted, tables),
        memory=_memory(standings.phases(connection, settings.leech_lapses), learned, chances),
        forecast=_forecast(connection, daily, calendar, tables, at_ms),
        hardest_cards=_hardest_cards(connection),
        hardest_concepts=_hardest_concepts(titled),
        concepts=titled,
        decks=tuple(
            decks[deck_id]._replace(name=name, title=name)
            for deck_id, name in standings.decks(connection).items()
            if deck_id in decks
        ),
        transfer=figures.transfer(counted),
    )


def _memory(phases: Phases, learned: Sequence[Learned], chances: Sequence[float]) -> Memory:
    stabilities = sorted(card[2] for card in learned)
    return Memory(
        cards=phases.cards,
        new=phases.new,
        learning=phases.learning,
        young=phases.known - phases.mature,
        mature=phases.mature,
        suspended=phases.suspended,
        leeches=phases.leeches,
        known=sum(chances),
        retrievability=sum(chances) / len(chances) if chances else None,
        stability_days=_median(stabilities),
        stabilities=_stabilities(stabilities),
        retrievabilities=_tenths(int(chance * _TENTHS) for chance in chances),
        difficulties=_tenths(int(card[3]) - 1 for card in learned),
    )


def _median(found: Sequence[float]) -> float | None:
    """Of these, which are sorted."""
    middle = len(found) // 2
    if not found:
        return None
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def _stabilities(found: Sequence[float]) -> tuple[tuple[float, int], ...]:
    """How many of these, which are sorted, lie between one bound and the next."""
    upto = [bisect_right(found, bound) for bound in _STABILITIES_DAYS]
    counts = [high - low for low, high in pairwise([0, *upto])]
    return tuple(zip(_STABILITIES_DAYS, counts, strict=True)) if found else ()


def _tenths(places: Iterable[int]) -> tuple[int, ...]:
    counts = [0] * _TENTHS
    for place, count in Counter(places).items():
        counts[min(max(place, 0), _TENTHS - 1)] += count
    return tuple(counts)


def _masteries(
    groups: Iterable[Group], learned: Iterable[Learned], chances: Iterable[float]
) -> tuple[dict[str, Mastery], dict[int, Mastery]]:
    """By concept, and by deck."""
    known = defaultdict[tuple[int, str], float](float)
    for (deck_id, concept, *_), chance in zip(learned, chances, strict=True):
        known[deck_id, concept] += chance
    by_concept, by_deck = dict[str, Mastery](), dict[int, Mastery]()
    for deck_id, concept, cards_, seen, answers, lapses, mature in groups:
        part = Mastery("", "", cards_, seen, answers, lapses, known[deck_id, concept], mature)
        by_concept[concept] = by_concept.get(concept, _NOTHING) + part
        by_deck[deck_id] = by_deck.get(deck_id, _NOTHING) + part
    return by_concept, by_deck


def _titled(found: Mapping[str, Mastery], titles: Mapping[str, str]) -> tuple[Mastery, ...]:
    """In the order of the curriculum, then the learner's own by name."""
    own = sorted(found.keys() - titles.keys() - {""})
    order = [slug for slug in titles if slug in found] + own
    return tuple(found[slug]._replace(name=slug, title=titles.get(slug, slug)) for slug in order)


def _hardest_concepts(found: Sequence[Mastery]) -> tuple[Mastery, ...]:
    """Those of the highest rate of lapses; of few answers it is drawn to the rate of all.

    Otherwise a concept of ten answers and two unlucky ones would come before a truly hard one.
    """
    answers, lapses = sum(one.answers for one in found), sum(one.lapses for one in found)
    usual = lapses / answers if answers else 0.0

    def rate(one: Mastery) -> float:
        return (one.lapses + _DRAWN * usual) / (one.answers + _DRAWN)

    hard = [one for one in found if one.answers >= LEAST_IN_BIN and one.lapses]
    hard.sort(key=lambda one: (-rate(one), -one.lapses, one.name))
    return tuple(hard[:_HARDEST])


def _hardest_cards(connection: sqlite3.Connection) -> tuple[HardCard, ...]:
    uids = standings.hardest(connection, _FEWEST_LAPSES, _HARDEST)
    loaded = [card for uid in uids if (card := cards.load(connection, uid))]
    return tuple(
        HardCard(
            card.uid, card.deck, card.front, card.state.reps, card.state.lapses,
            card.state.difficulty or 0.0, card.state.stability_days or 0.0,
        )
        for card in loaded
    )  # fmt: skip


def _forecast(
    connection: sqlite3.Connection,
    daily: DailyQueue,
    calendar: Calendar,
    tables: Tables,
    at_ms: int,
) -> Forecast:
    due = Counter(standings.due_days(connection))
    due.update(map(calendar.day_of, standings.due_instants(connection)))
    stride = max(1, due.total() // SAMPLE)
    new_left, a_day = standings.count_new(connection), daily.settings.new_per_day
    answer_ms = daily.minutes(1) * 60_000
    timed, _ = agenda.latest_durations(connection)
    days = forecast(
        due,
        [_coming(card, calendar) for card in standings.every(connection, stride)],
        Newcomers(new_left, daily.today(at_ms).new, a_day),
        Limits(daily.reviews_left(at_ms), daily.settings.reviews_per_day),
        tables,
        calendar.day_of(at_ms),
        answer_ms,
        Random(0),
    )
    return Forecast(days, answer_ms / 1000, timed, a_day, new_left)


def _coming(card: Scheduled, calendar: Calendar) -> Coming:
    due_day = card.due_day if card.due_day is not None else calendar.day_of(card.due_ms or 0)
    memory = Remembered(
        card.phase, card.step or 0, card.stability_days, card.difficulty, card.last_day,
        card.last_day, card.ahead_day, card.reps, card.lapses,
    )  # fmt: skip
    return Coming(memory, due_day)
