"""Merging: the order, the repetition and what happened on either side make no difference."""

from __future__ import annotations

import gzip
import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from decks.errors import DataError, UsageError
from srs import Collection, Rating, Settings, StaleCard, open_collection
from srs.files import only_one
from srs.model import Card
from srs.store.create import create
from tests.program import MORNING, Program
from tests.test_migrations import stored

MONDAY_MS = 1_772_438_400_000
HOUR_MS = 3_600_000
TEXTS = (
    "C: A rollout runs [shadow], then [canary].\n\nQ: Who is one?\nA: 1\n\nQ: Two?\nA: 2\n",
    "C: A rollout runs [shadow], then [canary].\n\nQ: Who is one?\nA: one\n\nQ: Two?\nA: 2\n",
    "C: A [rollout] runs [shadow], then canary.\n\nQ: Two?\nA: 2\n",
    "C: A rollout runs [shadow], then [canary].\n\nQ: Who is one?\nA: 1\n\nQ: Three?\nA: 3\n",
)
DEVICES = 3
ACTIONS = st.lists(
    st.tuples(
        st.integers(0, DEVICES - 1),
        st.sampled_from(
            ["answer"] * 5 + ["suspend", "unsuspend", "bury", "undo", "edit", "merge", "relink"]
        ),
        st.integers(0, 11),  # which card, text or other device
        st.integers(0, 40),  # hours since the action before, on whichever device
    ),
    max_size=14,
)

TWINS = [  # the words of the first device become those of the second, and all go on answering
    *[(who, "answer", which, 5) for who in range(DEVICES) for which in (2, 2, 3)],
    (0, "edit", 1, 1), (0, "answer", 2, 30), (2, "edit", 1, 1), (2, "relink", 5, 1),
    (1, "answer", 2, 40), (2, "answer", 2, 40), (0, "undo", 0, 3),
]  # fmt: skip


AND_BACK = [  # all say the same at first; two change it, and one of these changes it back
    (1, "edit", 1, 1), (2, "edit", 1, 2), (2, "edit", 0, 3),
]  # fmt: skip


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
    if word == "relink":
        found += collection.cards(collection.span(at_ms), orphans=True)
        with suppress(UsageError):  # the same card, or without a history
            plan = collection.plan_relink([found[which * 7 % len(found)]], [card])
            collection.relink(plan, at_ms)
    elif word == "answer":
        collection.answer(card, Rating(which % 4 + 1), at_ms, 1000)
    else:
        getattr(collection, word)(card, at_ms)


def contents(home: Path) -> dict[str, object]:
    """Everything that two devices are to agree on."""
    columns = (
        "uid, device, kind, card, at_ms, order_ms, day, offset_min, rating, duration_ms, params,"
        " undoes, data"
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
                "SELECT uid, kind, front, back, content_hash, changed_ms, said_ms, orphan FROM note"
                " ORDER BY uid"
            ),
            "cards": ask("SELECT uid, key, gone FROM card ORDER BY uid"),
            "params": ask("SELECT * FROM params ORDER BY hash"),
            "wordings": ask(
                "SELECT n.uid, w.text_hash, w.kind, w.front, w.back, w.until_ms FROM wording w"
                " JOIN note n ON n.id = w.note_id ORDER BY n.uid, w.text_hash"
            ),
        }


def united(homes: list[Path], folder: Path, order: tuple[int, ...], at_ms: int) -> Path:
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
    return copies[0]


def exchange(homes: list[Path], at_ms: int) -> None:
    """Merge until all have all: which of two twins is hidden is told by what each device knows."""
    first, *others = homes
    for _ in range(2):
        for one, two in (*((first, other) for other in others), *((o, first) for o in others)):
            with device(one) as collection:
                collection.merge(two / "collection.db", at_ms)


@profile(max_examples=8)
@example(TWINS, True)
@example(AND_BACK, False)
@given(ACTIONS, st.booleans())
def test_three_devices_agree_however_they_meet(
    actions: list[tuple[int, str, int, int]], apart: bool
) -> None:
    with TemporaryDirectory() as name:
        homes = [Path(name, f"device-{number}") for number in range(DEVICES)]
        for number, home in enumerate(homes):
            home.mkdir()
            edit(home, TEXTS[number % 2 if apart else 0], MONDAY_MS)
        at_ms = MONDAY_MS
        for who, word, which, hours in actions:
            at_ms += hours * HOUR_MS + 1
            act(homes, who, word, which, at_ms)
        orders = ((0, 1, 2), (2, 1, 0), (1, 2, 0))
        met = [united(homes, Path(name), order, at_ms) for order in orders]
        rows = {row[0] for home in homes for row in contents(home)["log"]}  # type: ignore[attr-defined]
        for home in met:
            log: list[tuple[bytes, ...]] = contents(home)["log"]  # type: ignore[assignment]
            assert {row[0] for row in log if row[1] != bytes(16)} <= rows <= {row[0] for row in log}
        if apart:  # there may be twins
            exchange(met, at_ms)
        first, *others = map(contents, met)
        for other in others:
            for part, found in first.items():
                assert other[part] == found, part


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
    edit(homes[0], "Q: Who is one?\nA: 1\n", MONDAY_MS)
    act([*homes, homes[0]], 0, "answer", 2, MONDAY_MS + HOUR_MS)
    for home in homes:
        edit(home, "Q: Who is one?\nA: one\n", MONDAY_MS + 2 * HOUR_MS)
    act([*homes, homes[0]], 1, "answer", 2, MONDAY_MS + 3 * HOUR_MS)
    for _ in range(2):
        for one, two in itertools.permutations(homes):
            with device(one) as collection:
                collection.merge(two / "collection.db", MONDAY_MS + 4 * HOUR_MS)
        for home in homes:
            edit(home, "Q: Who is one?\nA: one\n", MONDAY_MS + 5 * HOUR_MS)
            with device(home) as collection:
                shown = [c.front for c in collection.cards(collection.span(MONDAY_MS))]
                assert shown == ["Who is one?"]
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


# Notes made on two devices


def two_devices(tmp_path: Path) -> list[Path]:
    homes = [tmp_path / "a", tmp_path / "b"]
    for home in homes:
        home.mkdir()
    return homes


def both_ways(homes: list[Path], at_ms: int) -> None:
    for one, two in itertools.permutations(homes):
        with device(one) as collection:
            collection.merge(two / "collection.db", at_ms)
            assert [f for f in collection.check(at_ms) if f.check != "clock"] == []


def rows(home: Path) -> int:
    return len(contents(home)["log"])  # type: ignore[arg-type]


def shown(home: Path) -> list[tuple[str, int]]:
    with device(home) as collection:
        return [(c.front, c.state.reps) for c in collection.cards(collection.span(MONDAY_MS))]


def answer_first(home: Path, at_ms: int) -> None:
    with device(home) as collection:
        first = next(iter(collection.cards(collection.span(at_ms))))
        collection.answer(first, Rating.GOOD, at_ms, 1000)


def twins(
    homes: list[Path],
    before: str = "Q: Who is one?\nA: 1\n",
    after: str = "Q: Who is one?\nA: one\n",
) -> None:
    """The same words on both devices, of which one knew them as others; answered on both."""
    edit(homes[0], before, MONDAY_MS)
    answer_first(homes[0], MONDAY_MS + HOUR_MS)
    for number, home in enumerate(homes):
        edit(home, after, MONDAY_MS + 2 * HOUR_MS)
        answer_first(home, MONDAY_MS + (3 + number) * 24 * HOUR_MS)


@pytest.mark.parametrize("answers", ["1", "one"])
def test_twins_become_one_card_with_both_histories(tmp_path: Path, answers: str) -> None:
    homes = two_devices(tmp_path)
    words = ["Q: Who is one?\nA: 1\n", "Q: Who is one?\nA: one\n"]
    twins(homes, *sorted(words, reverse=answers == "one"))
    for home in homes:
        with closing(sqlite3.connect(home / "collection.db")) as db:
            found = db.execute("SELECT added_ms FROM note").fetchall()
            assert found == [(MONDAY_MS + (home == homes[1]) * 2 * HOUR_MS,)]
    both_ways(homes, MONDAY_MS + 200 * HOUR_MS)
    assert contents(homes[0]) == contents(homes[1])
    assert shown(homes[0]) == [("Who is one?", 3)]
    assert rows(homes[0]) == 3 + 2
    for home in homes:
        with closing(sqlite3.connect(home / "collection.db")) as db:
            added = db.execute("SELECT added_ms FROM note WHERE NOT orphan").fetchall()
            assert added == [(MONDAY_MS,)]
    for _ in range(2):
        both_ways(homes, MONDAY_MS + 201 * HOUR_MS)
        assert rows(homes[0]) == rows(homes[1]) == 3 + 2
    with device(homes[0]) as collection:  # no learner's act, and no learner's undo
        undone = collection.undo(MONDAY_MS + 202 * HOUR_MS)
        assert undone is not None
        assert undone.kind == "review"


def said_ms(home: Path) -> list[int]:
    with closing(sqlite3.connect(home / "collection.db")) as db:
        return [row[0] for row in db.execute("SELECT said_ms FROM note")]


def test_words_keep_their_time_when_they_move_elsewhere(tmp_path: Path) -> None:
    homes = two_devices(tmp_path)
    text = "### one\nQ: Who is one?\nA: 1\n"
    for home in homes:
        edit(home, text, MONDAY_MS)
    edit(homes[1], f"---\ndeck: Other\n---\n\n{text}", MONDAY_MS + HOUR_MS)
    both_ways(homes, MONDAY_MS + 2 * HOUR_MS)
    assert said_ms(homes[0]) == said_ms(homes[1]) == [MONDAY_MS]
    edit(homes[1], text.replace("A: 1", "A: one"), MONDAY_MS + 3 * HOUR_MS)
    both_ways(homes, MONDAY_MS + 4 * HOUR_MS)
    assert said_ms(homes[0]) == said_ms(homes[1]) == [MONDAY_MS + 3 * HOUR_MS]


def test_of_two_equal_notes_the_earlier_time_stays(tmp_path: Path) -> None:
    homes = two_devices(tmp_path)
    text = "### one\nQ: Who is one?\nA: 1\n"
    for number, home in enumerate(homes):
        edit(home, text, MONDAY_MS + number * HOUR_MS)
        edit(home, f"---\ndeck: Other\n---\n\n{text}", MONDAY_MS + 2 * HOUR_MS)
    assert said_ms(homes[0]) + said_ms(homes[1]) == [MONDAY_MS, MONDAY_MS + HOUR_MS]
    both_ways(homes, MONDAY_MS + 3 * HOUR_MS)
    assert said_ms(homes[0]) == said_ms(homes[1]) == [MONDAY_MS]


def test_devices_that_merge_one_another_at_once_write_the_same(tmp_path: Path) -> None:
    homes = two_devices(tmp_path)
    twins(homes)
    copies = [tmp_path / "copy-a", tmp_path / "copy-b"]
    for home, copy in zip(homes, copies, strict=True):
        shutil.copytree(home, copy)
    for number, home in enumerate(homes):
        with device(home) as collection:
            later_ms = MONDAY_MS + (200 + number) * HOUR_MS
            collection.merge(copies[1 - number] / "collection.db", later_ms)
    assert contents(homes[0]) == contents(homes[1])
    both_ways(homes, MONDAY_MS + 300 * HOUR_MS)
    assert rows(homes[0]) == 3 + 2


def test_what_a_third_device_answered_to_a_hidden_twin_follows(tmp_path: Path) -> None:
    homes = two_devices(tmp_path)
    twins(homes)
    third = tmp_path / "third"
    shutil.copytree(homes[1], third)
    shutil.copytree(homes[0], tmp_path / "fourth")
    both_ways(homes, MONDAY_MS + 200 * HOUR_MS)
    for late in (third, tmp_path / "fourth"):
        with closing(sqlite3.connect(late / "collection.db")) as db:
            db.execute("UPDATE meta SET value = randomblob(16) WHERE key = 'device'")
            db.commit()
        answer_first(late, MONDAY_MS + 250 * HOUR_MS)
        both_ways([homes[0], late], MONDAY_MS + 300 * HOUR_MS)
        both_ways(homes, MONDAY_MS + 300 * HOUR_MS)
    assert shown(homes[0]) == shown(homes[1]) == shown(late) == [("Who is one?", 5)]
    assert contents(homes[0]) == contents(homes[1]) == contents(late)


@pytest.mark.parametrize("ids", [("", "x"), ("x", ""), ("x", "x")])
def test_a_note_that_got_an_id_on_one_device_is_the_same_note(
    tmp_path: Path, ids: tuple[str, str]
) -> None:
    homes = two_devices(tmp_path)
    texts = [
        f"### {one}\nQ: Who is one?\nA: 1\n" if one else "Q: Who is one?\nA: 1\n" for one in ids
    ]
    edit(homes[0], "Q: Who is one?\nA: 1\n", MONDAY_MS)
    for number, home in enumerate(homes):
        edit(home, texts[number], MONDAY_MS + HOUR_MS)
        answer_first(home, MONDAY_MS + (3 + number) * 24 * HOUR_MS)
    for days in (9, 10):
        both_ways(homes, MONDAY_MS + days * 24 * HOUR_MS)
        assert shown(homes[0]) == shown(homes[1]) == [("Who is one?", 2)]
        for number, home in enumerate(homes):
            edit(home, texts[number], MONDAY_MS + (days * 24 + 1) * HOUR_MS)
            assert shown(home) == [("Who is one?", 2)]


def test_two_ids_are_two_notes(tmp_path: Path) -> None:
    homes = two_devices(tmp_path)
    for number, home in enumerate(homes):
        edit(home, f"### id-{number}\nQ: Who is one?\nA: 1\n", MONDAY_MS)
        answer_first(home, MONDAY_MS + number * HOUR_MS)
    both_ways(homes, MONDAY_MS + 9 * HOUR_MS)
    assert shown(homes[0]) == [("Who is one?", 1), ("Who is one?", 1)]
    assert contents(homes[0]) == contents(homes[1])


def test_what_notes_said_before_comes_together(tmp_path: Path) -> None:
    homes = two_devices(tmp_path)
    for number, home in enumerate(homes):
        edit(home, "### id\nQ: Who is one?\nA: 1\n", MONDAY_MS)
        edit(
            home,
            f"### id\nQ: Who is one?\nA: {'I' * (number + 1)}\n",
            MONDAY_MS + (number + 1) * HOUR_MS,
        )
    both_ways(homes, MONDAY_MS + 9 * HOUR_MS)
    assert contents(homes[0]) == contents(homes[1])
    before = contents(homes[0])["wordings"]
    assert "I" in [row[4] for row in before]  # type: ignore[attr-defined]
    assert "II" not in [row[4] for row in before]  # type: ignore[attr-defined]
    both_ways(homes, MONDAY_MS + 10 * HOUR_MS)
    assert contents(homes[0])["wordings"] == before
    edit(homes[0], "### id\nQ: Who is one?\nA: I\n", MONDAY_MS + 11 * HOUR_MS)  # as before
    both_ways(homes, MONDAY_MS + 12 * HOUR_MS)
    for home in homes:
        after = [row[4] for row in contents(home)["wordings"]]  # type: ignore[attr-defined]
        assert "II" in after
        assert "I" not in after
