"""Collections of every released schema open, are brought up to date, and keep every row."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from srs.store import schema
from srs.store.backup import backups
from srs.store.connection import SCHEMA_VERSION
from tests.program import Program

DATA = Path(__file__).with_name("data")
LATER = "2026-03-24T09:00:00Z"


def stored(home: Path, version: int) -> Path:
    """A collection as the release with that schema left it, put into `home`."""
    home.mkdir(mode=0o700, exist_ok=True)
    database = home / "collection.db"
    database.write_bytes(gzip.decompress((DATA / f"schema-{version}.db.gz").read_bytes()))
    database.chmod(0o600)
    return database


def rows(database: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT * FROM review_log ORDER BY seq").fetchall()


def test_every_released_schema_is_stored() -> None:
    names = {path.name for path in DATA.glob("schema-*.db.gz")}
    assert names >= {f"schema-{version}.db.gz" for version in range(1, SCHEMA_VERSION)}


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_old_collection_opens(srs: Program, version: int) -> None:
    database = stored(srs.home, version)
    before = rows(database)
    ran = srs("due", now=LATER)
    assert ran.code == 0
    assert "brought the collection up to date" in ran.err
    assert rows(database) == before
    report = srs("doctor", "--json", now=LATER).json
    assert [f for f in report["findings"] if f["severity"] == "error"] == []
    assert "up to date" not in srs("due", now=LATER).err
    assert srs.jsonl({"do": "rate", "rating": "good"}, now=LATER).code == 0
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        assert schema.tables(connection) == schema.expected_tables()


@pytest.mark.parametrize("version", [1, 5])
def test_what_an_old_note_says_is_as_old_as_its_change(srs: Program, version: int) -> None:
    database = stored(srs.home, version)
    own = "SELECT uid, {} FROM note WHERE NOT builtin ORDER BY uid"
    with closing(sqlite3.connect(database)) as connection:
        before = connection.execute(own.format("changed_ms")).fetchall()
    srs("due", now=LATER)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute(own.format("said_ms")).fetchall() == before != []


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_it_is_backed_up_before(srs: Program, version: int) -> None:
    database = stored(srs.home, version)
    before = rows(database)
    srs("due", now=LATER)
    copy = srs.home / "copy.db"
    oldest = backups(srs.home)[-1]
    copy.write_bytes(gzip.decompress(oldest.path.read_bytes()))
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == version
    assert rows(copy) == before
    assert srs("restore", oldest.path.name, now=LATER).code == 0  # and it can be brought back
    assert rows(database) == before
    assert srs("doctor", now=LATER).code == 0


def test_a_newer_schema_is_refused_and_left_alone(own: Program) -> None:
    with closing(sqlite3.connect(own.database)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = own.database.read_bytes()
    for words in (("review",), ("due",), ("doctor",), ("doctor", "--repair"), ("import", ".")):
        ran = own(*words)
        assert ran.code == 3, words
        assert "newer driftdeck" in ran.err
    assert own.database.read_bytes() == before
