"""Statistics kept up to date equal those computed anew, whatever was done and merged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import settings as profile

from srs import Rating, Settings, Stats
from srs.model import NEW_CARD
from srs.scheduling import Parameters
from srs.stats import Bin, Confidence, Day, Retention, Streak, Tally, Transfer
from srs.store import guards, log
from srs.store.connection import FILE_NAME, connect, transaction
from tests.slow_log import replayed
from tests.slow_stats import differences, slow_stats
from tests.stats_lives import ACTS, DAY_MS, FORGOTTEN, MONDAY_MS, Act, Device, forget, live

LONG_LIFE = [
    *[Act(number % 2, "sweep", number, DAY_MS) for number in range(6)],
    Act(0, "ask", 0, 0), Act(0, "merge", 0, 0), Act(0, "ask", 0, 0), Act(0, "settings", 1, 0),
    Act(0, "other weights", 3, DAY_MS), Act(0, "ask", 0, 0), Act(0, "undo old", 5, 0),
    *[Act(0, "reset", number, 0) for number in range(6)],
    Act(0, "forget", 0, 0), Act(0, "sweep", 9, 30 * DAY_MS), Act(0, "ask", 0, 0),
    Act(0, "forget", 1, 0), Act(0, "sweep", 6, DAY_MS), Act(0, "ask", 0, 0), Act(1, "merge", 0, 0),
]  # fmt: skip

UNDONE_TWICE = [  # each device takes the same answers back before it hears of the other
    Act(0, "sweep", 1, 0), Act(1, "merge", 0, DAY_MS * 40),
    *[Act(number % 2, "ask", 0, 0) for number in range(2)],
    *[Act(number % 2, "undo old", number // 2, 1_000) for number in range(8)],
    Act(0, "ask", 0, 0), Act(1, "sweep", 2, 0), Act(0, "merge", 0, 0), Act(0, "ask", 0, 0),
    Act(1, "merge", 0, 0),
]  # fmt: skip

RELINKED = [  # both devices relink what the other goes on answering, and take some of it back
    Act(0, "sweep", 1, 0), Act(1, "merge", 0, DAY_MS), Act(0, "ask", 0, 0), Act(1, "ask", 0, 0),
    Act(0, "relink", 1, 1_000), Act(0, "ask", 0, 0), Act(0, "relink", 6, 0), Act(1, "relink", 4, 0),
    Act(1, "sweep", 3, DAY_MS), Act(0, "sweep", 4, DAY_MS), Act(0, "ask", 0, 0),
    Act(0, "relink", 3, 1_000), Act(0, "undo old", 1, 0), Act(0, "ask", 0, 0), Act(0, "undo", 0, 0),
    Act(0, "merge", 0, 0), Act(0, "ask", 0, 0), Act(1, "merge", 0, 0), Act(1, "edit", 4, 0),
    Act(1, "relink", 37, 0), Act(1, "ask", 0, 0), Act(0, "merge", 0, 0), Act(0, "reset", 1, 0),
    *[Act(0, word, number, 0) for number in range(2, 30, 3) for word in ("undo old", "ask")],
]  # fmt: skip


def agree(device: Device, at_ms: int) -> None:
    """The collection's figures are those of the log, answered anew."""
    wanted = slow_stats(device.connection, at_ms, device.collection.settings)
    found = device.collection.stats(at_ms)
    assert list(differences(found, wanted)) == []
    forecast = found.forecast
    for day in forecast.days:
        assert day.expected >= day.due
        assert day.minutes == pytest.approx(day.expected * forecast.answer_s / 60)
    glance = device.collection.glance(at_ms)
    assert glance.done.answers == glance.week[-1] == answers_on(wanted, wanted.today)
    days = range(wanted.today - 6, wanted.today + 1)
    assert glance.week == tuple(answers_on(wanted, day) for day in days)
    assert (glance.streak, glance.retention) == (wanted.streak, wanted.periods[3])


def answers_on(stats: Stats, day: int) -> int:
    return sum(one.answers for one in stats.days if one.day == day)


@profile(max_examples=20)
@example(LONG_LIFE)
@example(UNDONE_TWICE)
@example(RELINKED)
@given(ACTS)
def test_figures_kept_up_to_date_are_those_of_the_whole_log(acts: list[Act]) -> None:
    with TemporaryDirectory() as name:
        devices = live(Path(name), acts, lambda device: agree(device, device.at_ms))
        for device in devices:
            with closing(device.collection) as collection:
                for days in (0, -3, 400):
                    agree(device, device.at_ms + days * DAY_MS)
                kept = collection.stats(device.at_ms)
                for caches in FORGOTTEN:
                    forget(device, *caches)
                    assert collection.stats(device.at_ms) == kept
                findings = collection.check(device.at_ms)
                assert [one for one in findings if one.check == "statistics"] == []


def test_nobody_waits_for_figures_to_be_kept(tmp_path: Path) -> None:
    """While another program writes they are told all the same, and kept another time."""
    device = Device(tmp_path / "one")
    device.sweep(device.collection, 1)
    with closing(device.collection), closing(connect(str(device.collection.path))) as other:
        with transaction(other):
            agree(device, device.at_ms)
            assert other.execute("SELECT count(*) FROM tally").fetchone() == (0,)
        agree(device, device.at_ms)
        assert other.execute("SELECT count(*) FROM tally").fetchone() > (0,)


def test_figures_follow_parameters_that_a_merge_brings_back(tmp_path: Path) -> None:
    """A repair had put others in the place of lost ones; no row of the log comes in with these."""
    one, two = Device(tmp_path / "one"), Device(tmp_path / "two")
    with closing(one.collection), closing(two.collection):
        one.with_other_weights(3)
        two.collection.merge(one.home / FILE_NAME, one.at_ms)
        two.connection.execute("DROP TRIGGER params_no_update")
        two.connection.execute("UPDATE params SET data = ?", (Parameters().canonical,))
        guards.put_back(two.connection, ["params_no_update"])
        two.collection.stats(one.at_ms)
        two.collection.merge(one.home / FILE_NAME, one.at_ms)
        agree(two, one.at_ms)


@profile(max_examples=10)
@example(LONG_LIFE)
@example(RELINKED)
@given(ACTS)
def test_the_slow_way_is_sound_itself(acts: list[Act]) -> None:
    with TemporaryDirectory() as name:
        for device in live(Path(name), acts, lambda device: None):
            with closing(device.collection):
                _, states = replayed(device.connection)
                cached = dict(log.states(device.connection))
                assert {card: states.get(card, NEW_CARD) for card in cached} == cached
                settings = device.collection.settings
                assert_consistent(slow_stats(device.connection, device.at_ms, settings))


def assert_consistent(stats: Stats) -> None:
    """The same answers and cards, counted in several ways."""
    assert sum(stats.ratings) == stats.answers == sum(day.answers for day in stats.days)
    today, _, week, month, year, every = (period.all for period in stats.periods)
    assert today <= week <= month <= year <= every
    assert sum((one.all for one in stats.months), Tally()) == every
    predicted = stats.calibration.tally
    assert sum((one.tally for one in stats.calibration.bins), Tally()) == predicted
    points = (*stats.curve.young, *stats.curve.mature)
    assert sum((point.tally for point in points), Tally()) == predicted
    memory = stats.memory
    begun = memory.learning + memory.young + memory.mature
    assert memory.new + begun == memory.cards == sum(deck.cards for deck in stats.decks)
    assert begun == sum(memory.difficulties) == sum(memory.retrievabilities)
    assert begun == sum(count for _, count in memory.stabilities)
    assert memory.known == pytest.approx(sum(deck.known for deck in stats.decks))


# Worked out by hand


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Stats]:
    """Two cards answered on Monday and on Wednesday, seen on Thursday."""
    device = Device(tmp_path / "one")
    device.collection.close()
    device.open(Settings(zone="UTC", learning_steps_s=(), relearning_steps_s=()))
    collection = device.collection
    one, other = (card.uid for card in device.cards() if card.front in ("One?", "hot"))
    wednesday_ms = MONDAY_MS + 2 * DAY_MS
    collection.answer(collection.ask(one), Rating.GOOD, MONDAY_MS, 5_000, confidence=70)
    collection.answer(collection.ask(other), Rating.GOOD, MONDAY_MS)
    collection.answer(collection.ask(one), Rating.AGAIN, wednesday_ms, 9_000, confidence=90)
    collection.answer(collection.ask(other), Rating.EASY, wednesday_ms)
    collection.undo(wednesday_ms)
    collection.answer(collection.ask(other), Rating.HARD, wednesday_ms, 1_000, confidence=90)
    with closing(collection):
        yield slow_stats(device.connection, wednesday_ms + DAY_MS, collection.settings)


def test_what_happened_in_a_small_life(told: Stats) -> None:
    monday = MONDAY_MS // DAY_MS
    days = (Day(monday, 2, 2, 5_000, 2), Day(monday + 2, 2, 1, 10_000, 0))
    assert (told.answers, told.days, told.ratings) == (4, days, (1, 1, 2, 0))
    assert told.streak == Streak(current_days=1, longest_days=1, studied_days=2, since_day=monday)
    none, both = Tally(), Tally(2, 1)
    assert [period.young for period in told.periods] == [none, both, both, both, both, both]
    assert told.months == (Retention("2026-03", both, none),)
    assert told.confidence == (Confidence(70, Tally(1, 1)), Confidence(90, both))


def test_what_was_predicted_in_a_small_life(told: Stats) -> None:
    """Good gives 2.3065 days; after two days 0.9095 is left, seen as 0.909."""
    calibration = told.calibration
    assert calibration.tally == Tally(2, 1)
    assert calibration.bins == (Bin(0.9, 0.95, Tally(2, 1), 0.909),)
    assert (calibration.log_loss, calibration.rmse) == (None, None)  # of so few
    (point,) = told.curve.young
    assert point.tally == Tally(2, 1)
    assert point.elapsed == pytest.approx(2 / 2.3065, rel=0.01)
    assert told.transfer == Transfer(Tally(1, 0), 0.909, Tally(), 0.0)


def test_where_the_cards_of_a_small_life_stand(told: Stats) -> None:
    memory = told.memory
    assert (memory.cards, memory.new, memory.learning) == (10, 8, 0)
    assert (memory.young, memory.mature, memory.suspended, memory.leeches) == (2, 0, 0, 0)
    assert memory.known == pytest.approx(sum(deck.known for deck in told.decks))
    assert told.forecast.new_left == 8
    assert sum(day.due for day in told.forecast.days) == 2
    main, second = told.decks
    assert (main.name, main.cards, main.seen, main.answers, main.lapses) == ("main", 8, 2, 4, 1)
    assert (second.name, second.cards, second.seen) == ("second", 2, 0)
    assert [(one.name, one.seen) for one in told.concepts] == [
        ("covariate-shift", 0), ("label-shift", 0), ("a-concept-of-ones-own", 0),
    ]  # fmt: skip
