"""Copies of the collection: made while sessions go on, thinned out, brought back whole."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srs.store.backup import Backup, kept
from tests.program import Program

DAY_MS = 86_400_000
NOW_MS = 1_772_438_400_000


def reps(srs: Program) -> int:
    return sum(card["reps"] for card in srs("card", "list", "--json").json["cards"])


def answer(srs: Program) -> None:
    assert srs.jsonl({"do": "rate", "rating": "good"}).code == 0


def test_a_drill(own: Program) -> None:
    """Back up, answer more, lose the collection, bring it back."""
    answer(own)
    assert own("backup").code == 0
    answer(own)
    own.database.unlink()
    assert own("due").code == 3  # there are backups: not an empty start
    assert own("restore").code == 0
    assert reps(own) == 1
    assert own("doctor").code == 0
    assert own.database.stat().st_mode & 0o777 == 0o600


def test_what_is_replaced_is_kept(own: Program) -> None:
    own("backup")
    answer(own)
    replaced = own("restore", "--json").json["replaced"]
    assert reps(own) == 0
    own.database.unlink()
    Path(replaced).rename(own.database)
    assert reps(own) == 1


def test_a_broken_collection_can_be_replaced(own: Program) -> None:
    answer(own)
    own("backup")
    own.database.write_bytes(own.database.read_bytes()[:5000])
    assert own("due").code == 3
    assert own("restore").code == 0
    assert reps(own) == 1


@pytest.mark.parametrize("damage", ["short", "noise", "text", "other"])
def test_a_broken_backup_replaces_nothing(own: Program, damage: str) -> None:
    own("backup")
    path = Path(own("backup", "--list", "--json").json["backups"][0]["path"])
    data = path.read_bytes()
    path.write_bytes({
        "short": data[: len(data) // 2],
        "noise": data[:200] + b"\xa5" * 400 + data[600:],
        "text": b"not a backup",
        "other": gzip.compress(b"SQLite format 3\0" + b"\0" * 5000),
    }[damage])  # fmt: skip
    before = own.database.read_bytes()
    ran = own("restore")
    assert ran.code == 3
    assert ran.err.startswith("error: ")
    assert own.database.read_bytes() == before
    assert not list(own.home.glob(".*"))


def test_nothing_is_replaced_under_an_open_session(own: Program) -> None:
    own("backup")
    with closing(sqlite3.connect(own.database, isolation_level=None)) as session:
        session.execute("SELECT count(*) FROM card").fetchone()
        session.execute("BEGIN IMMEDIATE")
        ran = own("restore")
        assert ran.code == 3
        assert "in use" in ran.err
        assert own("backup").code == 0  # a copy needs nobody to stop
    assert own("restore", "nonsense").code == 2


def test_without_a_collection(srs: Program) -> None:
    assert srs("backup").code == 2
    assert srs("restore").code == 2
    assert "No backups" in srs("backup", "--list").out
    assert not srs.home.exists()


AGES = st.lists(st.integers(0, 400 * 24), unique=True, max_size=120)


@given(AGES)
def test_thinning(hours: list[int]) -> None:
    present = [Backup(Path(str(h)), NOW_MS - h * DAY_MS // 24, 1000) for h in sorted(hours)]
    left = kept(present, NOW_MS)
    assert left == [backup for backup in present if backup in left]  # an order-keeping selection
    assert left[:5] == present[:5]
    assert all(backup in left for backup in present if NOW_MS - backup.at_ms < 2 * DAY_MS)
    assert len([b for b in left if NOW_MS - b.at_ms >= 2 * DAY_MS]) <= 12 + 10 + 9 + 5
    assert kept(left, NOW_MS) == left
    days = {backup.at_ms // DAY_MS for backup in present}
    assert len({backup.at_ms // DAY_MS for backup in left}) >= min(len(days), 12)


def test_a_gigabyte_is_the_limit_but_five_stay() -> None:
    large = [Backup(Path(str(day)), NOW_MS - day * DAY_MS, 400 << 20) for day in range(9)]
    assert kept(large, NOW_MS) == large[:5]
