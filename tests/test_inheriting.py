"""What other programs knew of cards: it becomes rows of the log, and is never taken for more."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.history import Past, PastReview, Standing
from decks.load import Loaded
from decks.model import Exported, Note, NoteKind, Parsed, Place
from srs import Card, Collection, Kind, Rating, Receipt, Wanted, open_collection, tallies
from srs.days import Calendar
from srs.inheriting import memory_of, rows_of
from srs.model import Event, Phase
from srs.scheduling import Parameters, Scheduler, fold
from srs.store.connection import connect

DAY_MS = 86_400_000
TODAY = 20_514  # 2026-03-02
NOW_MS = TODAY * DAY_MS + 8 * 3_600_000
UTC = Calendar("UTC")
PATH = "/notes/deck.md"
STOOD = Standing(due_day=TODAY + 10, interval_days=51.0, ease=2.3)
LIVED = tuple(PastReview(NOW_MS - days * DAY_MS, 3, 4_000) for days in (40, 30, 12))


def note(*pasts: Past | None, kind: NoteKind = NoteKind.BASIC, front: str = "q") -> Note:
    return Note(kind, front, "a", "d", Place(PATH, 1), pasts=pasts)


def take(collection: Collection, *notes: Note, at_ms: int = NOW_MS) -> Receipt:
    file = Loaded(PATH, PATH, Parsed(notes, (), "c" * len(notes)))
    return collection.import_files([file], at_ms)


def cards(collection: Collection) -> list[Card]:
    return collection.find(Wanted(query="deck:d"), NOW_MS)


def kinds(collection: Collection) -> list[str]:
    (card,) = cards(collection)
    return [row.kind for row in collection.history(card)]


@pytest.fixture
def learner(tmp_path: Path) -> Collection:
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home/config.toml").write_text('zone = "UTC"\n')
    return open_collection(tmp_path / "home")


def test_where_a_card_stood_is_no_review(learner: Collection) -> None:
    with learner as collection:
        receipt = take(collection, note(Past("Obsidian", standing=STOOD)))
        assert receipt.inherited == (0, 1, 0, 0)
        (card,) = cards(collection)
        state = card.state
        assert (state.phase, state.due_day, state.reps) == (Phase.REVIEW, TODAY + 10, 0)
        assert (state.stability_days, state.last_day) == (51.0, TODAY - 41)
        assert kinds(collection) == [Kind.START]
        assert collection.reviews(card) == []
        assert collection.stats(NOW_MS).answers == 0
        assert collection.check(NOW_MS) == []


def test_answers_given_elsewhere_are_reviews_and_the_due_day_stays(learner: Collection) -> None:
    past = Past("Anki", LIVED, standing=Standing("review", due_day=TODAY + 5, lapses=2),
                suspended=True, flag=3)  # fmt: skip
    with learner as collection:
        assert take(collection, note(past)).inherited == (3, 0, 1, 1)
        (card,) = cards(collection)
        events = [
            Event(b"", Kind.REVIEW, one.at_ms, one.at_ms // DAY_MS, Rating.GOOD, b"")
            for one in LIVED
        ]
        lived = fold(card.uid, events, lambda _: Scheduler(Parameters()))
        assert card.state.stability_days == lived.stability_days
        assert card.state.difficulty == lived.difficulty
        assert (card.state.due_day, card.state.lapses, card.state.reps) == (TODAY + 5, 2, 3)
        assert (card.state.suspended, card.state.flag) == (True, 3)
        assert collection.check(NOW_MS) == []


def test_taking_it_over_again_changes_nothing(learner: Collection) -> None:
    past = Past("Anki", LIVED, standing=STOOD._replace(phase="review"), suspended=True, flag=1)
    with learner as collection:
        take(collection, note(past))
        before = cards(collection)
        assert take(collection, note(past)).inherited == (0, 0, 0, 0)
        assert cards(collection) == before
        collection.unsuspend(before[0], NOW_MS)
        take(collection, note(past))
        assert not cards(collection)[0].state.suspended


def test_what_is_new_there_comes_along_until_the_card_is_answered_here(
    learner: Collection,
) -> None:
    later = Standing(due_day=TODAY + 60, interval_days=61.0, ease=2.3)
    with learner as collection:
        take(collection, note(Past("Obsidian", standing=STOOD)))
        take(collection, note(Past("Obsidian", standing=later)))
        (card,) = cards(collection)
        assert (card.state.stability_days, card.state.due_day) == (61.0, TODAY + 60)
        collection.answer(card, Rating.GOOD, NOW_MS)
        (answered,) = cards(collection)
        take(collection, note(Past("Obsidian", standing=STOOD._replace(due_day=TODAY + 99))))
        assert cards(collection) == [answered]
        assert answered.state.reps == 1


def test_older_schedules_may_come_later(learner: Collection) -> None:
    earlier = STOOD._replace(due_day=TODAY - 20)
    with learner as collection:
        take(collection, note(Past("Obsidian", standing=STOOD)))
        take(collection, note(Past("Obsidian", standing=earlier)))
        assert cards(collection)[0].state.due_day == TODAY - 20
        assert collection.check(NOW_MS) == []


def test_answers_since_then_are_added_and_ours_are_not_doubled(learner: Collection) -> None:
    with learner as collection:
        take(collection, note(Past("Anki", LIVED)))
        (card,) = cards(collection)
        collection.answer(card, Rating.HARD, NOW_MS, 5_000)
        elsewhere = PastReview(NOW_MS + DAY_MS, 3)
        ours = PastReview(NOW_MS + 1, 2, 5_000)  # as an export had to move it
        receipt = take(collection, note(Past("Anki", (*LIVED, ours, elsewhere))))
        assert receipt.inherited.reviews == 1
        assert cards(collection)[0].state.reps == 5


def test_undo_takes_back_what_was_done_here_only(learner: Collection) -> None:
    with learner as collection:
        take(collection, note(Past("Anki", LIVED, standing=STOOD)))
        assert collection.undo(NOW_MS) is None


def test_a_card_made_new_elsewhere_is_new(learner: Collection) -> None:
    forgotten = PastReview(NOW_MS - 5 * DAY_MS, None)
    with learner as collection:
        take(collection, note(Past("Anki", (*LIVED, forgotten))))
        (card,) = cards(collection)
        assert card.state.phase is Phase.NEW
        assert kinds(collection) == [Kind.REVIEW] * 3 + [Kind.RESET]


def test_a_history_of_which_the_beginning_is_lost(learner: Collection) -> None:
    before = Standing(interval_days=30.0, ease=2.1, last_day=LIVED[0].at_ms // DAY_MS - 30)
    with learner as collection:
        take(collection, note(Past("Anki", LIVED, before=before)))
        assert kinds(collection) == [Kind.START] + [Kind.REVIEW] * 3
        assert (cards(collection)[0].state.stability_days or 0) > 60


def test_each_card_of_a_note_has_its_own(learner: Collection) -> None:
    with learner as collection:
        take(collection, note(None, Past("Obsidian", standing=STOOD), kind=NoteKind.REVERSED))
        assert [card.state.phase for card in cards(collection)] == [Phase.NEW, Phase.REVIEW]


def test_a_rehearsal_tells_what_would_come_along(learner: Collection) -> None:
    with learner as collection:
        file = Loaded(PATH, PATH, Parsed((note(Past("Anki", LIVED)),), (), "c"))
        receipt = collection.import_files([file], NOW_MS, dry_run=True)
        assert receipt.inherited.reviews == 3
        assert collection.count(Wanted(query="d"), NOW_MS) == 0 or not collection.is_deck("d")


def test_statistics_go_on_from_where_a_card_stood(learner: Collection) -> None:
    with learner as collection:
        take(collection, note(Past("Obsidian", standing=STOOD)))
        (card,) = cards(collection)
        collection.answer(card, Rating.GOOD, NOW_MS)
        elapsed = TODAY - (card.state.last_day or 0)
        recall = Scheduler(Parameters()).recall(51.0, 0, elapsed * DAY_MS)
        with closing(connect(collection.path)) as connection:
            found = tallies.measures(connection)
            assert tallies.are_sound(connection)
        assert set(found["predicted"]) == {int(recall * 1000 + 0.5) * 2 + 1}
        assert sum(count.answers for count in found["known"].values()) == 1


def test_devices_that_took_over_the_same_agree_wherever_they_are(tmp_path: Path) -> None:
    past = Past("Anki", LIVED, standing=STOOD._replace(phase="review"))
    homes = {"Asia/Tokyo": tmp_path / "far", "UTC": tmp_path / "near"}
    for zone, home in homes.items():
        home.mkdir()
        (home / "config.toml").write_text(f'zone = "{zone}"\ndesired_retention = 0.8\n')
        with open_collection(home) as collection:
            take(collection, note(past))
    with open_collection(homes["UTC"]) as collection:
        merged = collection.merge(homes["Asia/Tokyo"] / "collection.db", NOW_MS)
        assert merged.reviews == 0
        assert cards(collection)[0].state.reps == 3


@given(
    st.floats(0.01, 30_000) | st.none(), st.floats(-2, 12) | st.none(),
    st.floats(0.01, 40_000) | st.none(), st.floats(-5, 20) | st.none(),
    st.integers(-10, 30_000) | st.none(), st.integers(-10, 30_000) | st.none(),
)  # fmt: skip
def test_any_standing_gives_a_sound_memory_or_none(
    interval: float | None, ease: float | None, stability: float | None,
    difficulty: float | None, due: int | None, last: int | None,
) -> None:  # fmt: skip
    standing = Standing(
        interval_days=interval, ease=ease, stability_days=stability, difficulty=difficulty,
        due_day=due, last_day=last,
    )  # fmt: skip
    rows = [
        row for row in rows_of(bytes(16), Past("x", standing=standing), UTC, NOW_MS)
        if row.kind == Kind.START
    ]  # fmt: skip
    events = [Event(r.uid, r.kind, r.at_ms, r.day, data=r.data or "") for r in rows]
    state = fold(bytes(16), events, lambda _: Scheduler(Parameters()))
    known = interval is not None or stability is not None or None not in (due, last)
    assert bool(rows) == known
    if known:
        assert state.phase is Phase.REVIEW
        assert 0.001 <= (state.stability_days or 0) <= 36_500
        assert 1 <= (state.difficulty or 0) <= 10
        assert state.due_day is not None
        assert due is None or state.due_day == due


@given(st.floats(1, 5_000), st.floats(1.3, 4.0))
def test_an_easier_card_is_less_difficult(interval: float, ease: float) -> None:
    weights = Parameters().weights
    standing = Standing(interval_days=interval, ease=ease)
    easier = standing._replace(ease=ease + 0.2)
    found, less = memory_of(standing, weights), memory_of(easier, weights)
    assert found is not None
    assert less is not None
    assert found[0] == less[0] == pytest.approx(interval)
    assert less[1] <= found[1]


def test_notes_from_one_export_are_known_wherever_they_stand(learner: Collection) -> None:
    with learner as collection:
        take(collection, note())
        (card,) = cards(collection)
        came_back = replace(note(Past("Anki", LIVED), front="q, as HTML had it"),
                            exported=Exported(card.note, (0,)))  # fmt: skip
        package = Loaded("/x.apkg", "/x.apkg", Parsed((came_back,), (), "c"), False, True)
        real = Path(collection.home, "deck.md")
        real.write_text("Q: q\nA: a\n")
        collection.import_files([Loaded(str(real), str(real), Parsed((note(),), (), "cc"))], NOW_MS)
        receipt = collection.import_files([package], NOW_MS)
        assert (receipt.unchanged, receipt.inherited.reviews) == (1, 3)
        (card,) = cards(collection)
        assert (card.front, card.path, card.state.reps) == ("q", str(real), 3)


def test_what_another_program_marks_later_arrives_unless_it_was_decided_here(
    learner: Collection,
) -> None:
    with learner as collection:
        take(collection, note(Past("Anki", LIVED, suspended=True, flag=1)))
        take(collection, note(Past("Anki", LIVED, flag=3)))
        (card,) = cards(collection)
        assert (card.state.suspended, card.state.flag) == (False, 3)
        collection.suspend(card, NOW_MS)
        assert take(collection, note(Past("Anki", LIVED, flag=0))).inherited.flagged == 0
        (card,) = cards(collection)
        assert (card.state.suspended, card.state.flag) == (True, 0)


def test_an_answer_that_was_taken_back_is_none(learner: Collection) -> None:
    with learner as collection:
        take(collection, note(Past("Obsidian", standing=STOOD)))
        collection.answer(cards(collection)[0], Rating.GOOD, NOW_MS)
        collection.undo(NOW_MS)
        later = STOOD._replace(due_day=TODAY + 60, interval_days=61.0)
        take(collection, note(Past("Obsidian", standing=later)))
        assert cards(collection)[0].state.due_day == TODAY + 60


def test_a_schedule_may_be_set_back(learner: Collection) -> None:
    later = STOOD._replace(due_day=TODAY + 60, interval_days=61.0)
    with learner as collection:
        for standing in (STOOD, later, STOOD):
            take(collection, note(Past("Obsidian", standing=standing)))
            assert cards(collection)[0].state.due_day == standing.due_day


def test_a_program_without_zones_tells_nothing_twice(learner: Collection) -> None:
    hours = 5 * 3_600_000
    shifted = tuple(one._replace(at_ms=one.at_ms + hours) for one in LIVED)
    more = PastReview(NOW_MS + hours, 4)
    with learner as collection:
        take(collection, note(Past("hashcards", LIVED)))
        assert take(collection, note(Past("hashcards", shifted))).inherited.reviews == 0
        assert take(collection, note(Past("hashcards", (*shifted, more)))).inherited.reviews == 1


def test_the_device_that_learnt_it_last_tells_where_a_card_stands(tmp_path: Path) -> None:
    later = Standing("review", due_day=TODAY + 30)
    homes = [tmp_path / "one", tmp_path / "two"]
    imports = [(homes[0], Standing("review", due_day=TODAY + 9), 0), (homes[0], later, 5_000),
               (homes[1], later, 9_000)]  # fmt: skip
    for home, standing, after_ms in imports:
        with open_collection(home) as collection:
            take(collection, note(Past("Anki", LIVED, standing=standing)), at_ms=NOW_MS + after_ms)
    for home, other in (homes, homes[::-1]):
        with open_collection(home) as collection:
            collection.merge(other / "collection.db", NOW_MS)
            assert cards(collection)[0].state.due_day == TODAY + 30


def test_an_answer_here_outlasts_what_another_device_learns_later(tmp_path: Path) -> None:
    past = Past("Anki", LIVED, standing=Standing("review", due_day=TODAY))
    one, two = tmp_path / "one", tmp_path / "two"
    with open_collection(one) as collection:
        take(collection, note(past))
        saved = collection.answer(cards(collection)[0], Rating.GOOD, NOW_MS + 1_000)
    with open_collection(two) as collection:
        take(collection, note(past), at_ms=NOW_MS + 60_000)
        collection.merge(one / "collection.db", NOW_MS)
        assert cards(collection)[0].state.due_day == saved.state.due_day
