"""Opening the collection's file: what is refused, how it is kept durable, what its errors mean.

On the path to the first card, so plain sqlite3 only.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator

from decks.errors import DataError
from srs.store import guards

APPLICATION_ID = 0x64726674  # "drft"
SCHEMA_VERSION = 7
BUSY_TIMEOUT_S = 5.0
FILE_NAME = "collection.db"
_MANY = 500  # rows
_BULK_CACHE_KIB = -65_536  # negative: kibibytes, not pages

# FULL: one fdatasync per commit, so an acknowledged answer survives power loss. No automatic
# checkpoints: the last connection to close makes one complete file (and SQLite before 3.51.3 can
# lose pages when two connections checkpoint at once).
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA fullfsync = 1",
)


def connect(path: str, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """An open collection, checked to be ours and of no newer version than we know.

    Raises DataError when the file is empty, foreign, damaged, newer or cannot be written; in all
    these cases nothing has been changed.
    """
    _refuse_unfit_file(path)
    connection = _raw(path, check_same_thread)
    try:
        _check_owner(connection, path)
        journal = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if journal != "wal":  # network and some synced folders
            connection.execute("PRAGMA journal_mode = TRUNCATE")
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def memory() -> sqlite3.Connection:
    """A collection that exists only while it is open."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _refuse_unfit_file(path: str) -> None:
    try:
        size_bytes = os.stat(path).st_size  # noqa: PTH116 - pathlib is not loaded yet
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}", "srs doctor shows where it looks") from error
    if not size_bytes:
        raise DataError(
            f"{path}: the collection is an empty file",
            "bring back a backup with srs restore, or move the empty file away to start anew",
        )
    for needed in (path, os.path.dirname(path) or "."):  # noqa: PTH120
        if not os.access(needed, os.W_OK):
            raise DataError(f"{needed}: cannot be written", "mend its permissions, or use --home")


def uri(path: str, mode: str) -> str:
    """The path as SQLite's URI, with parameters such as "mode=rw"."""
    plain = (
        chr(b) if 0x20 < b < 0x7F and b not in b"%?#" else f"%{b:02X}" for b in os.fsencode(path)
    )
    root = "//" if path.startswith("/") else ""  # an authority, empty: paths may begin with two
    return f"file:{root}{''.join(plain)}?{mode}"


def _raw(path: str, check_same_thread: bool) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            uri(path, "mode=rw"),
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_S,
            check_same_thread=check_same_thread,
        )
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _check_owner(connection: sqlite3.Connection, path: str) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = schema_version(connection)
    if owner != APPLICATION_ID:
        raise DataError(
            f"{path}: not a driftdeck collection",
            "move that file away, or name another folder with --home",
        )
    if version > SCHEMA_VERSION:
        raise DataError(
            f"{path}: written by a newer driftdeck (schema {version}; this one reads "
            f"{SCHEMA_VERSION})",
            "upgrade driftdeck; nothing was changed",
        )


def schema_version(connection: sqlite3.Connection) -> int:
    """The schema that the file was last written with."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def mend_guards(connection: sqlite3.Connection) -> list[str]:
    """Put missing guards back; returns the names of those that were missing."""
    names = guards.missing(connection)
    if names:
        with transaction(connection):
            guards.put_back(connection, names)
    return names


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: committed on leaving, rolled back on any error.

    IMMEDIATE, because a deferred one that reads before it writes can fail at once when another
    program has committed in between.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After a full disk or an I/O error SQLite may already have rolled back.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def in_bulk(connection: sqlite3.Connection, rows: int) -> Iterator[None]:
    """For so many new rows whose relations are known to hold. Call outside a transaction.

    If they are many, no row is asked again whether those that it names are there. What SQLite keeps
    to take back a single row stays in memory, except where there are temporary tables: they would
    be dropped.
    """
    if not connection.execute("SELECT 1 FROM sqlite_temp_schema").fetchone():
        connection.execute("PRAGMA temp_store = MEMORY")
    if rows < _MANY:
        yield
        return
    (cache_size,) = connection.execute("PRAGMA cache_size").fetchone()
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(f"PRAGMA cache_size = {_BULK_CACHE_KIB}")
    try:
        yield
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = {cache_size}")


@contextlib.contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Several reads of one and the same state, whatever others write meanwhile."""
    within = connection.in_transaction
    if not within:
        connection.execute("BEGIN")
    try:
        yield
    finally:
        if not within:
            connection.execute("ROLLBACK")


class Busy(DataError):
    """Another program has been writing for too long; nothing was written."""


class Damaged(DataError):
    """The file is not what was written."""


_MEANINGS = {
    "SQLITE_BUSY": ("is in use by another program", "close the other one and try again"),
    "SQLITE_LOCKED": ("is in use by another program", "close the other one and try again"),
    "SQLITE_CANTOPEN": ("cannot be opened", "check that the folder exists and may be written"),
    "SQLITE_CORRUPT": (
        "is damaged",
        "srs doctor --repair saves what can be read; srs restore brings a backup back",
    ),
    "SQLITE_FULL": ("could not be written: the disk is full", "free some space and try again"),
    "SQLITE_IOERR": ("could not be read or written", "check the disk, then run srs doctor"),
    "SQLITE_NOTADB": (
        "not a driftdeck collection",
        "move that file away, or name another folder with --home",
    ),
    "SQLITE_PERM": ("cannot be written", "mend its permissions, or use --home"),
    "SQLITE_READONLY_DBMOVED": (
        "was replaced meanwhile",
        "nothing was written there; start again with the new one",
    ),
    "SQLITE_READONLY": ("cannot be written", "mend its permissions, or use --home"),
}


_KINDS = {"SQLITE_BUSY": Busy, "SQLITE_CORRUPT": Damaged, "SQLITE_NOTADB": Damaged}


def explain(error: sqlite3.Error, path: str) -> DataError:
    """What a database error means to the person at the keyboard."""
    name = getattr(error, "sqlite_errorname", "") or ""
    for prefix, (what, hint) in _MEANINGS.items():
        if name.startswith(prefix):
            return _KINDS.get(prefix, DataError)(f"{path}: {what}", hint)
    if isinstance(error, sqlite3.OperationalError) and "no such" in str(error):
        return Damaged(f"{path}: is damaged ({error})", _MEANINGS["SQLITE_CORRUPT"][1])
    return DataError(f"{path}: {error}", "srs doctor says more")
