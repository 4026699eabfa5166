"""What a review of the sessions, acts and selections found; to be sorted in where it belongs."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import decks
from srs import (
    Collection,
    Flag,
    Kind,
    Limits,
    Rating,
    Review,
    Settings,
    StaleCard,
    Wanted,
    open_collection,
)
from srs.cli import main
from srs.model import Card
from srs.session import Accept, Rate
from srs.store import agenda
from srs.store.create import in_memory
from tests.program import Program

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Collection]:
    """A collection of three cards."""
    with _collection(tmp_path, "Q: One?\nA: 1\n\nQ: Two?\nA: 2\n\nQ: Three?\nA: 3\n") as collection:
        yield collection


@contextmanager
def _collection(
    folder: Path,
    text: str,
    settings: Settings = Settings(zone="UTC"),  # noqa: B008 - frozen
) -> Iterator[Collection]:
    (folder / "deck.md").write_text(text)
    with Collection(in_memory(lambda _: None), str(folder), settings) as collection:
        collection.import_files(decks.read([folder / "deck.md"]), MONDAY_MS)
        yield collection


def _cards(collection: Collection) -> list[Card]:
    return list(collection.cards(collection.span(MONDAY_MS)))


def _foreign_flag(collection: Collection, card: Card, data: str) -> None:
    """A flag that no version of ours wrote, as a merge brings it."""
    connection = collection._connection
    device = connection.execute("SELECT value FROM meta WHERE key = 'device'").fetchone()[0]
    connection.execute(
        "INSERT INTO review_log (uid, device, kind, card, at_ms, order_ms, day, offset_min, data)"
        " VALUES (?, ?, 'flag', ?, ?, ?, 20514, 0, ?)",
        (os.urandom(16), device, card.uid, MONDAY_MS, MONDAY_MS, data),
    )


@pytest.mark.parametrize("data", ['{"act":5}', '{"act":"zz"}', '{"act":{}}', '{"act":"00"}', "[1]"])
def test_an_act_of_no_sensible_name_can_be_taken_back(few: Collection, data: str) -> None:
    card = _cards(few)[0]
    _foreign_flag(few, card, data)
    assert few.undo(MONDAY_MS + 1) is not None
    assert few.undo(MONDAY_MS + 2) is None
    assert few.history(card) == []


def test_a_flag_with_half_a_character_harms_nothing(few: Collection) -> None:
    card = _cards(few)[0]
    _foreign_flag(few, card, '{"flag":1,"note":"a\\ud800"}')
    few.undo(MONDAY_MS, few.suspend(card, MONDAY_MS).review)
    assert few.card(card.uid).state.flag_note == "a?"


def test_an_act_of_very_many_rows_is_taken_back_as_one(tmp_path: Path) -> None:
    text = "".join(f"Q: Question {number}?\nA: {number}\n\n" for number in range(1_100))
    with _collection(tmp_path, text) as collection:
        collection.mark(_cards(collection), Kind.SUSPEND, MONDAY_MS)
        collection.undo(MONDAY_MS)
        assert not any(card.state.suspended for card in _cards(collection))


TAGGED = """\
---
tags: [{tag}]
---

Q: {question}?
A: 1
"""


def test_a_tag_is_meant_however_it_is_written(tmp_path: Path) -> None:
    tags = {
        "one": "Ärger",
        "two": "ärger::über",
        "three": "a_b",
        "four": "axb::c",
        "five": "p::q::r",
    }
    for name, tag in tags.items():
        (tmp_path / f"{name}.md").write_text(TAGGED.format(tag=tag, question=name))
    with Collection(in_memory(lambda _: None), str(tmp_path), Settings(zone="UTC")) as collection:
        files = [tmp_path / f"{name}.md" for name in tags]
        collection.import_files(decks.read(files), MONDAY_MS)

        def fronts(tag: str) -> list[str]:
            span = collection.choose(Wanted(tags=(tag,)), MONDAY_MS)
            found = agenda.all_open(collection._connection, span)
            return sorted(collection.card(card).front for card, _ in found)

        for tag in ("ärger", "Ärger", "ÄRGER"):
            assert fronts(tag) == ["one?", "two?"]
        assert fronts("a_b") == ["three?"]
        assert fronts("P::Q") == ["five?"]


@pytest.mark.parametrize(
    "line",
    [
        {"do": "reveal", "confidence": 50.0},
        {"do": "reveal", "confidence": [50]},
        {"do": "flag", "flag": []},
        {"do": "flag", "flag": {}},
        {"do": "suspend", "card": "00"},
    ],
)
def test_a_line_of_the_wrong_shape_does_nothing(own: Program, line: dict[str, object]) -> None:
    ran = own.jsonl(line)
    assert ran.code == 0
    assert [event["event"] for event in ran.events] == ["card", "error", "done"]


@pytest.mark.parametrize("minutes", ["inf", "nan"])
def test_minutes_are_a_number(own: Program, minutes: str) -> None:
    ran = own("review", "--minutes", minutes, "--no-new", "--jsonl")
    assert ran.code == 2
    assert "--minutes" in ran.err


def test_a_session_without_end_offers_all_there_is(few: Collection) -> None:
    for card in _cards(few):
        few.answer(card, Rating.EASY, MONDAY_MS)
    limits = Limits(minutes=float("inf"))
    review = Review(few, lambda: MONDAY_MS + DAY_MS, limits=limits)
    assert review.session.offered
    review.do(Accept())
    assert review.left == 3


def test_nothing_is_reviewed_ahead_while_the_days_limit_holds_due_cards_back(
    tmp_path: Path,
) -> None:
    text = "".join(f"Q: Question {number}?\nA: {number}\n\n" for number in range(3))
    with _collection(tmp_path, text, Settings(zone="UTC", reviews_per_day=1)) as collection:
        one, two, three = _cards(collection)
        for card, rating in ((one, Rating.GOOD), (two, Rating.GOOD), (three, Rating.EASY)):
            collection.answer(card, rating, MONDAY_MS)
        for card in (one, two):  # the second step: from here on a matter of days
            collection.answer(collection.card(card.uid), Rating.GOOD, MONDAY_MS + 900_000)
        due_day = collection.card(one.uid).state.due_day or 0
        tuesday_ms = collection.calendar.start_ms(due_day) + 3_600_000
        review = Review(collection, lambda: tuesday_ms, limits=Limits(minutes=60))
        review.do(Rate(Rating.GOOD))
        assert collection.today(tuesday_ms).due == 1
        assert not review.session.offered
        assert review.session.over


def test_cards_begun_count_among_those_left_of_a_limit(few: Collection) -> None:
    review = Review(few, lambda: MONDAY_MS, limits=Limits(cards=2))
    assert review.left == 2
    review.do(Rate(Rating.AGAIN))
    assert review.left == 2  # one more new card, and the one that failed
    review.do(Rate(Rating.AGAIN))
    assert review.left == 2


def test_a_lost_curriculum_comes_back_by_a_repair(own: Program) -> None:
    def concepts() -> list[tuple[str, str]]:
        with closing(sqlite3.connect(own.database)) as connection:
            return connection.execute("SELECT slug, needs FROM concept ORDER BY slug").fetchall()

    before = concepts()
    with closing(sqlite3.connect(own.database)) as connection:
        connection.execute("DROP TABLE concept")
    assert own("doctor", "--repair").code == 0
    assert before
    assert concepts() == before


def test_a_card_answered_at_the_moment_it_is_marked(
    own: Program, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def mark(*_: object, **__: object) -> None:
        raise StaleCard("00")

    with open_collection(own.home) as collection:
        card = next(collection.cards(collection.span(MONDAY_MS, ["Own"])))
    monkeypatch.setattr(Collection, "mark", mark)
    monkeypatch.setattr(
        sys, "argv", ["srs", "card", "suspend", card.uid.hex(), "--home", str(own.home)]
    )
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().err
    assert "try again" in said
    assert "fault of driftdeck" not in said


def test_a_large_selection_is_asked_through_the_queues_indexes(few: Collection) -> None:
    few.flag(_cards(few)[0], Flag.RED, MONDAY_MS)
    span = few.choose(Wanted(flagged=True), MONDAY_MS)
    for which, index in (
        (span.due, "state_by_due_day"),
        ("s.suspended = 0 AND s.hidden = 0 AND s.phase = 0", "state_new"),
    ):
        plan = few._connection.execute(
            f"EXPLAIN QUERY PLAN SELECT s.card FROM card_state s WHERE {which}{span.filter}",
            {"until_day": span.today},
        ).fetchall()
        assert any(index in row[3] for row in plan), plan
