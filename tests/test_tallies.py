"""What is kept for statistics: it follows the log, and can always be made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from srs import Collection, NewLimit, Rating, open_collection, repair, tallies
from srs.measuring import Count, together
from srs.store import tallies as store
from srs.store.connection import connect

DAY_MS = 86_400_000
NOW_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
AGAIN, HARD, GOOD, EASY = Rating


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Collection]:
    """A collection with the built-in decks."""
    with open_collection(tmp_path / "home") as collection:
        yield collection


def connection_of(collection: Collection) -> sqlite3.Connection:
    return connect(collection.path)


def answer(collection: Collection, *ratings: Rating, at_ms: int = NOW_MS) -> list[bytes]:
    """The ids of the answers."""
    found = []
    for number, rating in enumerate(ratings):
        card = collection.next_card(at_ms + number * 1000, new_limit=NewLimit(99))
        assert card is not None
        found.append(collection.answer(card, rating, at_ms + number * 1000, 5_000).review)
    return found


def counted(collection: Collection) -> int:
    """The answers that the kept counts tell of; what is kept is sound."""
    with closing(connection_of(collection)) as connection:
        found = tallies.measures(connection)
        assert tallies.are_sound(connection)
    return sum(count.answers for count in found.get("day", {}).values())


def test_counts_add_up_and_zeros_vanish() -> None:
    one = {"day": {1: Count(2, 1, 5), 2: Count(1, 1, 0)}}
    assert together((1, one), (-1, one)) == {}
    assert together((1, one), (1, one))["day"][1] == Count(4, 2, 10)


def test_the_store_follows_answers_undo_and_marks(learner: Collection) -> None:
    done = 0
    for ratings in ((GOOD, AGAIN), (GOOD,), (HARD, EASY, GOOD)):
        answer(learner, *ratings)
        done += len(ratings)
        assert counted(learner) == done
    assert learner.undo(NOW_MS) is not None
    assert counted(learner) == done - 1
    card = next(card for card in learner.cards(learner.span(NOW_MS)) if card.state.reps)
    learner.reset(card, NOW_MS)
    assert counted(learner) == done - 1
    learner.suspend(learner.card(card.uid), NOW_MS)
    assert counted(learner) == done - 1


def test_an_answer_of_last_week_may_be_taken_back(learner: Collection) -> None:
    (first,) = answer(learner, GOOD)
    for days in range(1, 7):
        answer(learner, GOOD, AGAIN, at_ms=NOW_MS + days * DAY_MS)
        assert counted(learner) == 1 + 2 * days
    assert learner.undo(NOW_MS + 7 * DAY_MS, first) is not None
    assert counted(learner) == 12


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE tally SET answers = answers + 1",
        "DELETE FROM tally",
        "DELETE FROM recollection",
        "UPDATE recollection SET introduced = 7",
    ],
)
def test_doctor_sees_a_wrong_store_and_repair_makes_it_anew(learner: Collection, harm: str) -> None:
    answer(learner, GOOD, AGAIN, GOOD)
    right = learner.stats(NOW_MS)
    assert [one.check for one in learner.check(NOW_MS) if one.check == "statistics"] == []
    with closing(connection_of(learner)) as connection:
        connection.execute(harm)
    found = next(one for one in learner.check(NOW_MS) if one.check == "statistics")
    assert (found.severity, "--repair" in found.hint) == ("warning", True)
    assert any("counts" in told for told in repair(Path(learner.home), NOW_MS).done)
    assert learner.stats(NOW_MS) == right


def test_figures_are_told_while_another_program_writes(learner: Collection) -> None:
    answer(learner, GOOD, AGAIN, GOOD)
    with closing(connection_of(learner)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert learner.stats(NOW_MS).answers == 3
        other.execute("ROLLBACK")
        assert other.execute("SELECT count(*) FROM tally").fetchone()[0] == 0
        assert learner.stats(NOW_MS).answers == 3
        assert other.execute("SELECT count(*) FROM tally").fetchone()[0] > 0


def test_what_another_version_kept_is_not_believed(learner: Collection) -> None:
    answer(learner, GOOD, AGAIN, GOOD)
    assert learner.stats(NOW_MS).answers == 3
    with closing(connection_of(learner)) as connection:
        connection.execute("UPDATE tally SET answers = 99")
        connection.execute("UPDATE meta SET value = CAST('0 3' AS BLOB) WHERE key = 'tallied'")
    assert learner.stats(NOW_MS).answers == 3


def test_a_store_that_knows_more_than_the_log_is_void(learner: Collection) -> None:
    answer(learner, GOOD, AGAIN, GOOD)
    assert learner.stats(NOW_MS).answers == 3
    with closing(connection_of(learner)) as connection:
        for cache in (store.RECOLLECTED, store.TALLIED):
            store.note_reach(connection, cache, 99)
        connection.execute("UPDATE tally SET answers = 99")
    assert learner.stats(NOW_MS).answers == 3


def test_a_day_is_the_one_on_which_it_was_studied_whatever_the_zone_now(tmp_path: Path) -> None:
    """The night in which the clock goes forward, and a move across the world."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text('zone = "Europe/Berlin"\n')
    with open_collection(home) as collection:
        for at_ms in (1_774_745_700_000, 1_774_749_300_000):  # 01:55 and 03:55 CEST, no hour apart
            card = collection.next_card(at_ms)
            assert card is not None
            collection.answer(card, Rating.GOOD, at_ms)
        before = collection.stats(at_ms + DAY_MS).days
    assert [day.answers for day in before] == [2]  # both before the rollover: one study day
    (home / "config.toml").write_text('zone = "Pacific/Auckland"\n')
    with open_collection(home) as collection:
        assert collection.stats(at_ms + DAY_MS).days == before


@pytest.mark.parametrize("mark", [b"1-little \xff", b"1-little", b"1-little x", b""])
def test_a_mark_that_cannot_be_read_is_no_mark(learner: Collection, mark: bytes) -> None:
    answer(learner, GOOD, AGAIN, GOOD)
    assert learner.stats(NOW_MS).answers == 3
    with closing(connection_of(learner)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'recollected'", (mark,))
    assert learner.stats(NOW_MS).answers == 3


def test_a_torn_recollection_is_found_and_mended(learner: Collection) -> None:
    answer(learner, *[GOOD] * 3)
    for days in (3, 9, 40):
        answer(learner, GOOD, GOOD, at_ms=NOW_MS + days * DAY_MS)
    at_ms = NOW_MS + 41 * DAY_MS
    sound = learner.stats(at_ms)
    with closing(connection_of(learner)) as connection:
        connection.execute("UPDATE recollection SET predicted = substr(predicted, 1, 3)")
        connection.execute("DELETE FROM meta WHERE key = 'tallied'")
    assert learner.stats(at_ms).answers == sound.answers
    assert "statistics" in [one.check for one in learner.check(at_ms)]
    learner.close()
    repair(Path(learner.path).parent, at_ms)
    with open_collection(Path(learner.path).parent) as mended:
        assert mended.stats(at_ms).calibration == sound.calibration
