"""Merging: the order, the repetition and what happened on either side make no difference."""

from __future__ import annotations

import gzip
import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from decks.errors import DataError
from srs import Collection, Rating, Settings, StaleCard, open_collection
from srs.files import only_one
from srs.model import Card
from srs.store.create import create
from tests.program import MORNING, Program
from tests.test_migrations import stored

MONDAY_MS = 1_772_438_400_000
HOUR_MS = 3_600_000
TEXTS = (
    "C: A rollout runs [shadow], then [canary].\n\nQ: One?\nA: 1\n\nQ: Two?\nA: 2\n",
    "C: A rollout runs [shadow], then [canary].\n\nQ: One?\nA: one\n\nQ: Two?\nA: 2\n",
    "C: A [rollout] runs [shadow], then canary.\n\nQ: Two?\nA: 2\n",
    "C: A rollout runs [shadow], then [canary].\n\nQ: One?\nA: 1\n\nQ: Three?\nA: 3\n",
)
DEVICES = 3
ACTIONS = st.lists(
    st.tuples(
        st.integers(0, DEVICES - 1),
        st.sampled_from(["answer"] * 4 + ["suspend", "unsuspend", "bury", "undo", "edit", "merge"]),
        st.integers(0, 11),  # which card, text or other device
        st.integers(0, 40),  # hours since the action before, on whichever device
    ),
    max_size=14,
)


@contextmanager
def device(home: Path) -> Iterator[Collection]:
    """A small collection, without the built-in decks."""
    path = home / "collection.db"
    if not path.exists():
        create(path, lambda _: None).close()
    from srs.store.connection import connect

    with Collection(connect(str(path)), str(home), Settings(zone="UTC")) as collection:
        yield collection


def edit(home: Path, text: str, at_ms: int) -> None:
    """The device's own file says something else now."""
    source = home / "deck.md"
    source.write_text(text)
    with device(home) as collection:
        collection.import_files(decks.read([source]), at_ms)


def act(homes: list[Path], who: int, word: str, which: int, at_ms: int) -> None:
    home = homes[who]
    if word == "edit":
        edit(home, TEXTS[which % len(TEXTS)], at_ms)
        return
    with device(home) as collection:
        if word == "merge":
            collection.merge(homes[which % DEVICES] / "collection.db", at_ms)
        elif word == "undo":
            collection.undo(at_ms)
        else:
            perform(collection, word, which, at_ms)


def perform(collection: Collection, word: str, which: int, at_ms: int) -> None:
    found = list(collection.cards(collection.span(at_ms)))
    if not found:
        return
    card = found[which % len(found)]
    if word == "answer":
        collection.answer(card, Rating(which % 4 + 1), at_ms, 1000)
    else:
        getattr(collection, word)(card, at_ms)


def contents(home: Path) -> dict[str, object]:
    """Everything that two devices are to agree on."""
    columns = (
        "uid, device, kind, card, at_ms, order_ms, day, offset_min, rating, duration_ms, params,"
        " undoes"
    )
    with closing(sqlite3.connect(home / "collection.db")) as connection:
        ask = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
        return {
            "log": ask(f"SELECT {columns} FROM review_log ORDER BY order_ms, uid"),
            "states": ask(
                "SELECT card, phase, step, stability_days, difficulty, due_ms, due_day, first_day,"
                " last_day, last_ms, reps, lapses, suspended, buried_day, last_uid, ahead_day,"
                " hidden FROM card_state ORDER BY card"
            ),
            "notes": ask(
                "SELECT uid, kind, front, back, content_hash, changed_ms, orphan FROM note"
                " ORDER BY uid"
            ),
            "cards": ask("SELECT uid, key, gone FROM card ORDER BY uid"),
            "params": ask("SELECT * FROM params ORDER BY hash"),
        }


def united(
    homes: list[Path], folder: Path, order: tuple[int, ...], at_ms: int
) -> dict[str, object]:
    """The devices brought together in that order, on the first one of it, as copies."""
    copies = []
    for number in order:
        copy = folder / f"{''.join(map(str, order))}-{number}"
        shutil.copytree(homes[number], copy)
        copies.append(copy)
    with device(copies[0]) as collection:
        for copy in (*copies[1:], *copies[1:]):
            collection.merge(copy / "collection.db", at_ms)
        errors = [f for f in collection.check(at_ms) if f.severity == "error"]
        assert errors == []
    return contents(copies[0])


@profile(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTIONS)
def test_three_devices_agree_however_they_meet(actions: list[tuple[int, str, int, int]]) -> None:
    with TemporaryDirectory() as name:
        homes = [Path(name, f"device-{number}") for number in range(DEVICES)]
        for home in homes:
            home.mkdir()
            edit(home, TEXTS[0], MONDAY_MS)
        at_ms = MONDAY_MS
        for who, word, which, hours in actions:
            at_ms += hours * HOUR_MS + 1
            act(homes, who, word, which, at_ms)
        orders = [(0, 1, 2), (2, 1, 0), (1, 2, 0)]
        first, *others = (united(homes, Path(name), order, at_ms) for order in orders)
        for other in others:
            for part, rows in first.items():
                assert other[part] == rows, part
        answers = {row[0] for home in homes for row in contents(home)["log"]}  # type: ignore[attr-defined]
        assert {row[0] for row in first["log"]} == answers  # type: ignore[attr-defined]


# From the command line


@pytest.fixture
def other(tmp_path: Path) -> Program:
    """A second device with cards of its own."""
    program = Program(tmp_path / "other")
    source = tmp_path / "theirs.md"
    source.write_text("Q: What is theirs?\nA: This.\n")
    assert program("import", str(source)).code == 0
    return program


def answer(program: Program, *words: str, now: str = MORNING) -> list[str]:
    ran = program.jsonl(*[{"do": "rate", "rating": word} for word in words], now=now)
    return [event["review"] for event in ran.events if event["event"] == "saved"]


def test_both_sides_answers_and_cards_come_together(own: Program, other: Program) -> None:
    mine = answer(own, "good", "again", "easy")
    theirs = answer(other, "good", "hard", now="2026-03-02T09:00:00Z")
    before = own("card", "list", "--json").json["cards"]
    tried = own("merge", str(other.database), "--dry-run", "--json")
    assert own("card", "list", "--json").json["cards"] == before
    ran = own("merge", str(other.database), "--json")
    assert ran.code == 0
    assert {**tried.json, "written": True} == ran.json
    assert (ran.json["reviews"], ran.json["notes_added"], ran.json["cards_added"]) == (2, 1, 1)
    with closing(sqlite3.connect(own.database)) as db:
        uids = {row[0].hex() for row in db.execute("SELECT uid FROM review_log")}
    assert uids == {*mine, *theirs}
    assert own("doctor").code == 0
    assert "Nothing new" in own("merge", str(other.database)).out
    assert any("What is theirs?" in c["front"] for c in own("card", "list", "--json").json["cards"])


def test_the_other_file_is_only_read(own: Program, other: Program) -> None:
    answer(other, "good")
    folder = other.home
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert own("merge", str(other.database)).code == 0
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert not [path for path in own.home.iterdir() if path.name.startswith(".")]


def test_a_backup_can_be_merged(own: Program, other: Program) -> None:
    (uid,) = answer(other, "good")
    assert other("backup").code == 0
    (packed,) = (other.home / "backups").iterdir()
    assert own("merge", str(packed), "--json").json["reviews"] == 1
    assert uid


def test_a_merge_is_backed_up_before(own: Program, other: Program) -> None:
    before = answer(own, "good")
    answer(other, "good", now="2026-03-02T09:00:00Z")
    own("merge", str(other.database), now="2026-03-02T10:00:00Z")
    latest = own("backup", "--list", "--json").json["backups"][0]
    with TemporaryDirectory() as name:
        copy = Path(name, "copy.db")
        copy.write_bytes(gzip.decompress(Path(latest["path"]).read_bytes()))
        with closing(sqlite3.connect(copy)) as db:
            assert [r[0].hex() for r in db.execute("SELECT uid FROM review_log")] == before


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1f\x8bnot gzip", b"SQLite format 3\0" * 40])
def test_what_is_no_collection_is_refused(own: Program, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.db"
    path.write_bytes(content)
    before = own.database.read_bytes()
    ran = own("merge", str(path))
    assert ran.code == 3
    assert "wrong.db" in ran.err
    assert own.database.read_bytes() == before
    assert own("merge", str(tmp_path / "missing.db")).code == 2


def test_two_truths_under_one_name_are_refused(own: Program, tmp_path: Path) -> None:
    answer(own, "good")
    twin = tmp_path / "twin"
    shutil.copytree(own.home, twin)
    with closing(sqlite3.connect(twin / "collection.db")) as db:
        db.execute("DROP TRIGGER review_log_no_update")
        db.execute("UPDATE review_log SET rating = 1")
        sql = (
            "CREATE TRIGGER review_log_no_update BEFORE UPDATE ON review_log"
            " BEGIN SELECT RAISE(ABORT, 'review_log is append-only'); END"
        )
        db.execute(sql)
        db.commit()
    ran = own("merge", str(twin / "collection.db"))
    assert ran.code == 3
    assert "not the same in both" in ran.err


def test_a_file_with_other_tables_is_refused(own: Program, other: Program) -> None:
    with closing(sqlite3.connect(other.database)) as db:
        db.execute("CREATE TRIGGER spy AFTER INSERT ON note BEGIN SELECT 1; END")
    ran = own("merge", str(other.database))
    assert ran.code == 3
    assert "tables" in ran.err


def test_undo_takes_back_what_this_device_did(own: Program, other: Program) -> None:
    mine = answer(own, "good")
    answer(other, "good", now="2026-03-02T09:00:00Z")
    own("merge", str(other.database), now="2026-03-02T10:00:00Z")
    assert own("undo", "--json", now="2026-03-02T10:01:00Z").json["undone"]["review"] == mine[0]


def test_a_card_answered_on_both_sides_counts_both(tmp_path: Path) -> None:
    homes = [tmp_path / "a", tmp_path / "b"]
    for number, home in enumerate(homes):
        home.mkdir()
        edit(home, TEXTS[0], MONDAY_MS)
        act([*homes, home], number, "answer", 2, MONDAY_MS + number * 24 * HOUR_MS)
    with device(homes[0]) as collection:
        seen: list[Card] = list(collection.cards(collection.span(MONDAY_MS)))
        collection.merge(homes[1] / "collection.db", MONDAY_MS)
        after = {card.uid: card.state for card in collection.cards(collection.span(MONDAY_MS))}
        assert [state.reps for state in after.values()] == [0, 0, 2, 0]
        with pytest.raises(StaleCard):
            collection.answer(seen[2], Rating.GOOD, MONDAY_MS)


def test_the_learners_own_words_win_over_the_packages(tmp_path: Path) -> None:
    homes = [tmp_path / "a", tmp_path / "b"]
    for home in homes:
        open_collection(home).close()
    with open_collection(homes[0]) as collection:
        card = next(iter(collection.cards(collection.span(MONDAY_MS))))
        note = collection.notes_by_uid([card])[card.note]
        folder = homes[0] / "overrides"
        folder.mkdir()
        text = f"## feature-freshness-tiers\n\n### {note.id}\nQ: My words?\nA: Mine.\n"
        (folder / "mine.md").write_text(text)
        receipt = collection.import_files(decks.read([folder]), MONDAY_MS)
        assert receipt.skipped == ()
        assert collection.card(card.uid).front == "My words?"
    for one, two in itertools.permutations(homes):
        with open_collection(one) as collection:
            collection.merge(two / "collection.db", MONDAY_MS)
            assert collection.card(card.uid).front == "My words?"
            errors = [f for f in collection.check(MONDAY_MS) if f.severity == "error"]
            assert errors == []


def test_a_broken_merge_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"x" * 5000)
    with open_collection(tmp_path / "home") as collection, pytest.raises(DataError, match=r"x\.db"):
        collection.merge(tmp_path / "x.db", MONDAY_MS)


def test_a_device_that_was_not_upgraded_for_long(own: Program, tmp_path: Path) -> None:
    old = stored(tmp_path / "old", 1)
    before = old.read_bytes()
    ran = own("merge", str(old), "--json", now="2026-03-25T08:00:00Z")
    assert (ran.code, ran.json["reviews"] > 20) == (0, True)
    assert old.read_bytes() == before
    assert own("doctor", now="2026-03-25T08:00:00Z").code == 0


def test_one_merge_at_a_time(own: Program, other: Program) -> None:
    with only_one(own.home):
        ran = own("merge", str(other.database))
    assert ran.code == 3
    assert "another program is merging" in ran.err
    assert own("merge", str(other.database)).code == 0


def test_odd_paths(tmp_path: Path, other: Program) -> None:
    odd = tmp_path / "a?b#c%20d é"
    program = Program(odd)
    assert program("import", str(tmp_path / "theirs.md")).code == 0
    assert program("merge", str(other.database)).code == 0
    assert other("merge", str(program.database)).code == 0
    link = tmp_path / "link"
    link.symlink_to(odd)
    assert Program(link)("merge", str(other.database)).code == 0
    assert Program(link)("doctor").code == 0


def test_twins_of_two_devices_do_not_hide_one_another(tmp_path: Path) -> None:
    """One device edited the card, the other met only its new text: two notes, one to be seen."""
    homes = [tmp_path / "a", tmp_path / "b"]
    for home in homes:
        home.mkdir()
    edit(homes[0], "Q: One?\nA: 1\n", MONDAY_MS)
    act([*homes, homes[0]], 0, "answer", 2, MONDAY_MS + HOUR_MS)
    for home in homes:
        edit(home, "Q: One?\nA: one\n", MONDAY_MS + 2 * HOUR_MS)
    act([*homes, homes[0]], 1, "answer", 2, MONDAY_MS + 3 * HOUR_MS)
    for _ in range(2):
        for one, two in itertools.permutations(homes):
            with device(one) as collection:
                collection.merge(two / "collection.db", MONDAY_MS + 4 * HOUR_MS)
        for home in homes:
            edit(home, "Q: One?\nA: one\n", MONDAY_MS + 5 * HOUR_MS)
            with device(home) as collection:
                shown = [c.front for c in collection.cards(collection.span(MONDAY_MS))]
                assert shown == ["One?"]
    assert contents(homes[0]) == contents(homes[1])


def test_one_card_a_gap_after_a_merge(tmp_path: Path) -> None:
    homes = [tmp_path / "a", tmp_path / "b"]
    for home in homes:
        home.mkdir()
    note = "### one-note\nC: It is a [{}] here.\n"
    edit(homes[0], note.format("fast copy"), MONDAY_MS)
    for home in homes:
        edit(home, note.format("quick copy"), MONDAY_MS + HOUR_MS)
    for one, two in itertools.permutations(homes):
        with device(one) as collection:
            collection.merge(two / "collection.db", MONDAY_MS + 2 * HOUR_MS)
    for home in homes:
        edit(home, note.format("quick copy") + "Why: Because.\n", MONDAY_MS + 3 * HOUR_MS)
        with device(home) as collection:
            assert len(list(collection.cards(collection.span(MONDAY_MS)))) == 1
    assert contents(homes[0])["cards"] == contents(homes[1])["cards"]


def test_a_merge_under_a_session_makes_its_card_stale(tmp_path: Path) -> None:
    """The latest event is the same, but those before it are not."""
    homes = [tmp_path / "a", tmp_path / "b"]
    for number, home in enumerate(homes):
        home.mkdir()
        edit(home, TEXTS[0], MONDAY_MS)
        act([*homes, home], number, "answer", 2, MONDAY_MS + (2 - number) * 24 * HOUR_MS)
    with device(homes[0]) as collection:
        seen = list(collection.cards(collection.span(MONDAY_MS)))[2]
        collection.merge(homes[1] / "collection.db", MONDAY_MS + 72 * HOUR_MS)
        assert collection.card(seen.uid).state.last_uid == seen.state.last_uid
        with pytest.raises(StaleCard):
            collection.answer(seen, Rating.GOOD, MONDAY_MS + 72 * HOUR_MS)


@pytest.mark.parametrize("name", ["/", os.fsdecode(b"bad\xff")])
def test_unusual_homes(tmp_path: Path, other: Program, name: str) -> None:
    home = Path(f"{tmp_path}/{name}") if name != "/" else Path(tmp_path, "home")
    shown = f"/{home}" if name == "/" else str(home)
    environment = {"SRS_HOME": shown}
    program = Program(home, environment=environment)
    assert program.jsonl({"do": "rate", "rating": "good"}).code == 0
    assert program("backup").code == 0
    assert program("merge", str(other.database)).code == 0
    assert program("doctor").code == 0
    assert program("restore").code == 0
