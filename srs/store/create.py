"""Making a new collection: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path

from decks.errors import DataError
from srs.files import make_folder, sync_folder
from srs.store import schema
from srs.store.connection import connect, explain, memory, transaction

Fill = Callable[[sqlite3.Connection], None]


def create(path: Path, fill: Fill) -> sqlite3.Connection:
    """A new collection at `path`, filled by `fill`, with mode 0600 in a folder of mode 0700.

    It is built beside its place and put there in one step: a kill leaves no half-made file, and a
    collection that somebody else made meanwhile is opened, not replaced.
    """
    refuse_forgotten(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        make_folder(path.parent)
        _build(draft, fill)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        sync_folder(path.parent)
    except sqlite3.Error as error:
        raise explain(error, str(path)) from error
    except OSError as error:
        hint = "mend the folder's permissions, or name another with --home"
        raise DataError(f"{path}: cannot be created ({error.strerror})", hint) from error
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                Path(f"{draft}{suffix}").unlink()
    return connect(str(path))


def refuse_forgotten(path: Path) -> None:
    """Raises DataError where there was a collection that may be brought back."""
    if Path(f"{path}-wal").exists():
        hint = "bring collection.db back, or move that file away; it may hold answers"
        raise DataError(f"{path}-wal: belongs to a collection that is gone", hint)
    if any((path.parent / "backups").glob("*.db*")):
        what = f"{path.parent}: there are backups but no collection"
        raise DataError(what, "bring one back with srs restore")


def in_memory(fill: Fill) -> sqlite3.Connection:
    """The same collection, gone when it is closed."""
    connection = memory()
    _populate(connection, fill)
    return connection


def _build(draft: Path, fill: Fill) -> None:
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        _populate(connection, fill)
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _populate(connection: sqlite3.Connection, fill: Fill) -> None:
    schema.build(connection)
    with transaction(connection):
        connection.execute("INSERT INTO meta VALUES ('device', ?)", (secrets.token_bytes(16),))
        fill(connection)
