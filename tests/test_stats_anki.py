"""The same log in our collection and in Anki's own: what both count alike comes out alike.

Anki reads the clock itself, so these logs end now. `SRS_REAL_REVIEWS` may name a CSV of somebody's
real answers (card_id, review_rating, review_time, review_duration) to compare as well.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

import decks
from srs import Collection, Settings, Stats
from srs.stats import Tally
from srs.store.connection import FILE_NAME, connect
from srs.store.create import create
from tests.anki_backend import anki
from tests.bench.ours import card_ids, deck
from tests.slow_stats import differences, slow_stats
from tests.stats_in_anki import (
    CARDS,
    REAL,
    SUSPENDED,
    calendar_now,
    fill_ours,
    fill_theirs,
    made_up_rows,
    real_rows,
)


class Told(NamedTuple):
    """What ours and theirs tell of the same log."""

    ours: Stats
    theirs: Any  # Anki's GraphsResponse


def slow(collection: Collection, now_ms: int) -> Stats:
    return slow_stats(collection._connection, now_ms, collection.settings)


def fast(collection: Collection, now_ms: int) -> Stats:
    return collection.stats(now_ms)


WAYS = [slow, fast]
LOGS = [made_up_rows, real_rows] if REAL else [made_up_rows]


@pytest.fixture(scope="module", params=LOGS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Our collection, the instant, and what Anki tells."""
    folder = tmp_path_factory.mktemp("both")
    now_ms = time.time_ns() // 1_000_000
    calendar = calendar_now(now_ms)
    settings = Settings(zone=calendar.zone, rollover_hour=calendar.rollover_hour)
    create(folder / FILE_NAME, lambda _: None).close()
    source = folder / "cards.md"
    source.write_text(deck("Part {}?", 1_300 if request.param is real_rows else CARDS))
    connection = connect(str(folder / FILE_NAME))
    with Collection(connection, str(folder), settings) as collection:
        collection.import_files(decks.read([source]), now_ms)
        cards = card_ids(connection)
        fill_ours(collection, request.param(now_ms, calendar, cards), cards, now_ms)
        fill_theirs(folder / "anki", collection, cards, calendar)
        with anki(folder / "anki") as theirs:
            told = theirs._backend.graphs(search="", days=0)
        yield collection, now_ms, told


@pytest.fixture(scope="module", params=WAYS)
def told(request: pytest.FixtureRequest, both: Any) -> Told:
    collection, now_ms, theirs = both
    return Told(request.param(collection, now_ms), theirs)


def test_both_ways_tell_the_same(both: Any) -> None:
    collection, now_ms, _ = both
    assert list(differences(fast(collection, now_ms), slow(collection, now_ms))) == []


# Anki ends its days after 24 hours of the present offset from UTC; hence `calendar_now`.
# Anki calls a card mature by its interval, we by its stability: nearly the same at a desired
# retention of 90 %, but for the fuzz. Only the sums are compared exactly.
# Anki's true retention counts answers in steps too where the interval before was a day or more;
# ours only those in phase review. With steps of minutes there are none.
PERIODS = ("today", "yesterday", "week", "month", "year", "all_time")


def test_true_retention_is_ankis(told: Told) -> None:
    assert told.ours.periods[-1].all.answers > 1_000
    for name, ours in zip(PERIODS, told.ours.periods, strict=True):
        theirs = getattr(told.theirs.true_retention, name)
        passed = theirs.young_passed + theirs.mature_passed
        assert ours.all == Tally(passed + theirs.young_failed + theirs.mature_failed, passed)
        mature = theirs.mature_passed + theirs.mature_failed
        assert abs(ours.mature.answers - mature) <= 0.05 * ours.all.answers


def test_answers_a_day_are_ankis(told: Told) -> None:
    counts, times = told.theirs.reviews.count, told.theirs.reviews.time
    theirs = {told.ours.today + day: (total(counts[day]), total(times[day])) for day in counts}
    assert {day.day: (day.answers, day.spent_ms) for day in told.ours.days} == theirs
    today, (last,) = told.theirs.today, told.ours.last_days(1)
    ours = (last.answers, last.recalled, last.spent_ms) if last else (0, 0, 0)
    assert ours == (today.answer_count, today.correct_count, today.answer_millis)


def total(kinds: Any) -> int:
    return int(kinds.learn + kinds.relearn + kinds.young + kinds.mature + kinds.filtered)


def test_the_buttons_are_ankis(told: Told) -> None:
    every = told.theirs.buttons.all_time
    theirs = map(sum, zip(every.learning, every.young, every.mature, strict=True))
    assert told.ours.ratings == tuple(theirs)


# Anki keeps the decay to three places and the stability to four.
def test_what_is_known_is_ankis(told: Told) -> None:
    memory, theirs = told.ours.memory, told.theirs.retrievability
    assert memory.known == pytest.approx(theirs.sum_by_card, rel=1e-4)
    assert memory.retrievability == pytest.approx(theirs.average / 100, rel=1e-4)
    tens = [0] * 10
    for percent, cards in theirs.retrievability.items():
        tens[percent // 10] += cards
    moved = sum(abs(one - other) for one, other in zip(memory.retrievabilities, tens, strict=True))
    assert moved <= 4  # cards at the edge of a bin


# Anki's bins of stability are whole days, rounded.
def test_stability_is_ankis(told: Told) -> None:
    memory, theirs = told.ours.memory, told.theirs.stability.intervals
    assert sum(theirs.values()) == sum(count for _, count in memory.stabilities) > 200
    below = 0
    for bound, count in memory.stabilities[:-1]:
        below += count
        assert up_to(theirs, bound - 1) <= below <= up_to(theirs, bound)
    days = sorted(day for day, count in theirs.items() for _ in range(count))
    assert memory.stability_days == pytest.approx(days[len(days) // 2], abs=1, rel=0.02)


# Anki's bins of difficulty are percents of the way from 1 to 10.
def test_difficulty_is_ankis(told: Told) -> None:
    difficulties, theirs = told.ours.memory.difficulties, told.theirs.difficulty.eases
    for whole in range(2, 11):
        below, percent = sum(difficulties[: whole - 1]), (whole - 1) * 100 // 9
        assert up_to(theirs, percent - 1) <= below <= up_to(theirs, percent)


def up_to(counts: Mapping[int, int], most: float) -> int:
    return sum(count for key, count in counts.items() if key <= most)


# Anki counts overdue cards under the days on which they were due, we under today.
def test_what_falls_due_is_ankis(told: Told) -> None:
    theirs = dict.fromkeys(range(366), 0)
    for day, cards in told.theirs.future_due.future_due.items():
        if day <= 365:
            theirs[max(day, 0)] += cards
    assert [day.due for day in told.ours.forecast.days] == list(theirs.values())
    assert told.ours.forecast.days[0].day == told.ours.today


def test_the_counts_of_cards_are_ankis(told: Told) -> None:
    memory, theirs = told.ours.memory, told.theirs.card_counts.including_inactive
    assert memory.new == theirs.newCards > 10
    assert memory.learning == theirs.learn + theirs.relearn
    assert memory.young + memory.mature == theirs.young + theirs.mature
    assert abs(memory.mature - theirs.mature) <= 0.05 * memory.cards
    assert memory.suspended == told.theirs.card_counts.excluding_inactive.suspended >= SUSPENDED
