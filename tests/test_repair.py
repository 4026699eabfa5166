"""Mending: derived things come back, the log is never touched, a damaged file is salvaged."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from srs import repairing
from srs.store import rescue, salvage
from srs.store.connection import Busy
from tests.program import CARDS, Program

WORDS = ("good", "again", "easy", "hard")
Row = tuple[object, ...]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a collection with answers of three days, some taken back."""
    folder = tmp_path_factory.mktemp("lived")
    (folder / "own.md").write_text(CARDS)
    program = Program(folder / "home")
    assert program("import", str(folder / "own.md")).code == 0
    for day in ("02", "03", "06"):
        lines = [{"do": "rate", "rating": WORDS[number % 4]} for number in range(40)]
        lines[20:20] = [{"do": "undo"}, {"do": "suspend"}, {"do": "bury"}]
        ran = program.jsonl(*lines, words=("--new", "40"), now=f"2026-03-{day}T08:00:00Z")
        assert ran.code == 0
    return program.home


@pytest.fixture
def used(lived: Path, tmp_path: Path) -> Program:
    """A copy of it."""
    copytree(lived, tmp_path / "home")
    return Program(tmp_path / "home", "2026-03-06T09:00:00Z")


def table(database: Path, name: str) -> list[Row]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()


def plant(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def errors(program: Program) -> list[str]:
    findings = program("doctor", "--json").json["findings"]
    return [finding["check"] for finding in findings if finding["severity"] == "error"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE card_state SET stability_days = 99, due_day = 0 WHERE reps > 0",
        "UPDATE card_state SET phase = 0, reps = 0, last_uid = NULL",
        "DELETE FROM card_state",
        "UPDATE card_state SET hidden = 1",
        "UPDATE card_state SET deck_id = 1",
        "DROP INDEX state_by_due_day",
        "DROP INDEX log_by_card",
        "DROP TRIGGER review_log_no_update",
        "DROP TABLE card_state",
    ],
)
def test_what_can_be_derived_comes_back(used: Program, statement: str) -> None:
    log = table(used.database, "review_log")
    states = [row[:3] + row[4:] for row in table(used.database, "card_state")]  # not the position
    plant(used.database, statement)
    assert errors(used)
    ran = used("doctor", "--repair")
    assert ran.code == 0, ran.out
    assert "done:" in ran.out
    assert errors(used) == []
    assert table(used.database, "review_log") == log
    assert [row[:3] + row[4:] for row in table(used.database, "card_state")] == states


def test_a_sound_collection_needs_nothing(used: Program) -> None:
    log = table(used.database, "review_log")
    ran = used("doctor", "--repair", "--json")
    assert ran.code == 0
    assert (ran.json["repair"]["done"], ran.json["repair"]["lost"]) == ([], [])
    assert Path(ran.json["repair"]["kept"]).exists()  # a backup, all the same
    assert table(used.database, "review_log") == log


def page_kinds(data: bytes, size: int) -> dict[str, list[int]]:
    """Page offsets by the first byte of their b-tree header."""
    kinds: dict[str, list[int]] = {"leaf": [], "inner": [], "rest": []}
    for start in range(size, len(data), size):
        name = {0x0D: "leaf", 0x05: "inner", 0x0A: "rest", 0x02: "rest"}.get(data[start], "rest")
        kinds[name].append(start)
    return kinds


@pytest.mark.parametrize("kind", ["leaf", "inner", "rest", "header", "end"])
@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_gives_up_every_readable_row(used: Program, kind: str, seed: int) -> None:
    log = {row[1]: row for row in table(used.database, "review_log")}
    rng = random.Random(seed)
    data = bytearray(used.database.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    if kind == "header":
        start = 0
    elif kind == "end":
        start = rng.randrange(len(data) // 2, len(data)) // size * size
        del data[start:]
    else:
        start = rng.choice(page_kinds(bytes(data), size)[kind])
    if kind != "end":
        data[start : start + size] = rng.randbytes(size)
    used.database.write_bytes(data)
    ran = used("doctor", "--repair", "--json")
    leaves = b"".join(bytes(data[at : at + size]) for at in page_kinds(bytes(data), size)["leaf"])
    if ran.code == 3:  # cut off before the first row
        assert not [uid for uid, row in log.items() if uid + row[2] in leaves]
        assert used.database.read_bytes() == bytes(data)
        return
    details = ran.json["repair"]
    saved = {row[1]: row for row in table(used.database, "review_log")}
    assert saved.items() <= log.items()
    missing = [uid for uid in log if uid not in saved]
    # Device beside uid: alone the uid also stands in the states, as that of the latest answer.
    assert not [uid for uid in missing if uid + log[uid][2] in leaves]
    named = [line for line in details["lost"] if "of the log" in line or "review log" in line]
    assert bool(missing) == bool(named)
    assert ran.code == (1 if details["lost"] else 0)
    if kind in ("inner", "rest"):
        assert missing == []  # neither indexes nor inner pages hold rows of their own
    if kind != "end":
        assert len(missing) < 40  # a page's worth
    assert errors(used) == []
    assert used("due").code == 0
    kept = Path(details["kept"]).read_bytes()
    assert kept[100:] == bytes(data)[100:]  # but for the header, where SQLite notes its last use


def test_rows_in_the_write_ahead_log_count(used: Program) -> None:
    """A laptop that died in mid-session, with a damaged file besides."""
    with closing(sqlite3.connect(used.database)) as holder:  # keeps the log from being folded in
        holder.execute("SELECT count(*) FROM card").fetchone()
        used.jsonl({"do": "rate", "rating": "good"}, now="2026-03-07T08:00:00Z")
        expected = len(table(used.database, "review_log"))
        parts = {s: Path(f"{used.database}{s}").read_bytes() for s in ("", "-wal")}
    data = bytearray(parts[""])
    data[4096 * 3 : 4096 * 4] = bytes(4096)
    found = used.home / "copy.db"
    found.write_bytes(bytes(data))
    Path(f"{found}-wal").write_bytes(parts["-wal"])
    from srs.store.rescue import sort_out

    assert sort_out(salvage.records(found)).last_seq == expected


def test_a_backup_fills_in_what_was_lost(used: Program) -> None:
    log = table(used.database, "review_log")
    assert used("backup").code == 0
    data = bytearray(used.database.read_bytes())
    leaves = [
        s for s in page_kinds(bytes(data), 4096)["leaf"] if data[s : s + 4096].count(b"review") > 9
    ]
    for start in leaves[2:4]:
        data[start : start + 4096] = bytes(4096)
    used.database.write_bytes(data)
    ran = used("doctor", "--repair", "--json")
    assert ran.code == 1
    assert len(table(used.database, "review_log")) < len(log)
    latest = used("backup", "--list", "--json").json["backups"][0]["path"]
    assert used("merge", latest).code == 0
    assert sorted(row[1:] for row in table(used.database, "review_log")) == sorted(
        row[1:] for row in log
    )
    assert errors(used) == []


def test_lost_words_come_back_by_importing_them_again(used: Program, tmp_path: Path) -> None:
    before = used("card", "list", "Own", "--json").json["cards"]
    assert any(card["reps"] for card in before)
    plant(
        used.database,
        "DELETE FROM card_state WHERE note_id IN (SELECT id FROM note WHERE NOT builtin)",
        "DELETE FROM card WHERE note_id IN (SELECT id FROM note WHERE NOT builtin)",
        "DELETE FROM note WHERE NOT builtin",
    )
    ran = used("doctor")
    assert ran.code == 0
    assert "its history is kept" in ran.out
    (tmp_path / "own.md").write_text(CARDS)
    assert used("import", str(tmp_path / "own.md")).code == 0
    after = used("card", "list", "Own", "--json").json["cards"]
    assert [(c["card"], c["reps"], c["due"]) for c in after] == [
        (c["card"], c["reps"], c["due"]) for c in before
    ]
    assert errors(used) == []


@pytest.mark.parametrize("content", [b"x" * 9000, b"SQLite format 3\0" + bytes(8000)])
def test_of_nothing_nothing_is_made(own: Program, content: bytes) -> None:
    own.database.write_bytes(content)
    ran = own("doctor", "--repair")
    assert ran.code == 3
    assert "srs restore" in ran.err or "not a driftdeck collection" in ran.err
    assert own.database.read_bytes() == content


def test_no_repair_under_an_open_session(used: Program) -> None:
    session = used.screen("review", "--new", "3")
    session.wait_for("?")
    data = used.database.read_bytes()
    assert used("doctor", "--repair").code == 0  # sound: mended beside the session
    assert used.database.read_bytes()[:100] == data[:100]
    session.press("q")
    assert session.end() == 0
    assert errors(used) == []


@given(st.binary(max_size=20_000), st.binary(max_size=3000))
@profile(max_examples=60)
def test_reading_garbage_never_raises(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, wal: bytes
) -> None:
    folder = tmp_path_factory.mktemp("garbage")
    path = folder / "x.db"
    path.write_bytes(b"SQLite format 3\0" + data)
    Path(f"{path}-wal").write_bytes(b"\x37\x7f\x06\x82" + wal)
    for record in salvage.records(path):
        assert isinstance(record.values, tuple)


def test_every_record_of_a_sound_file_is_read(used: Program) -> None:
    """The reader of pages against SQLite itself."""
    for name, columns in (("review_log", 18), ("note", 26), ("card", 5), ("params", 2)):
        expected = table(used.database, name)
        found = [
            tuple(values) for _, values in salvage.records(used.database) if len(values) == columns
        ]
        integer_key = name in ("review_log", "note")
        wanted = [(None, *row[1:]) if integer_key else row for row in expected]
        assert set(wanted) <= set(found), name


def test_lost_parameters_come_back_with_a_merge(own: Program) -> None:
    own("config", "set", "desired_retention", "0.85")
    own.jsonl(*[{"do": "rate", "rating": "easy"}] * 4)
    assert own("backup").code == 0
    states = table(own.database, "card_state")
    data = own.database.read_bytes()
    at = data.index(b'{"desired_retention":0.85')
    own.database.write_bytes(data[: at - 30] + bytes(600) + data[at + 570 :])
    ran = own("doctor", "--repair", "--json")
    assert any("parameters" in line for line in ran.json["repair"]["lost"]), ran.out
    assert len(table(own.database, "review_log")) == 4
    backup = own("backup", "--list", "--json").json["backups"][-1]["path"]
    assert own("merge", backup).code == 0
    assert errors(own) == []
    assert [row[:3] + row[4:] for row in table(own.database, "card_state")] == [
        row[:3] + row[4:] for row in states
    ]


def test_a_file_that_is_written_meanwhile_is_not_replaced(
    used: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytearray(used.database.read_bytes())
    start = page_kinds(bytes(data), 4096)["inner"][0]
    data[start : start + 4096] = bytes(4096)
    used.database.write_bytes(data)
    build = repairing._build

    def build_slowly(*values: Any) -> int:
        used.database.touch()
        return build(*values)

    monkeypatch.setattr(repairing, "_build", build_slowly)
    with pytest.raises(Busy):
        repairing.repair(used.home, 0)
    assert used.database.read_bytes() == bytes(data)


def test_a_note_of_an_older_schema_is_saved_with_the_date_of_its_change() -> None:
    older = (None, bytes(16), "id", 1, "deck.md", *("x",) * 16, 1_772_438_400_000, 0)
    row = rescue.sort_out([(7, older)]).notes[7]
    assert (len(row), *row[-3:]) == (26, 1_772_438_400_000, 1_772_438_400_000, "")
