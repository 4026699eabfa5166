"""Two collections become one: `srs merge`."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from decks.errors import DataError, UsageError
from decks.progress import Progress
from srs.files import only_one
from srs.migrating import bring_up_to_date
from srs.rebuild import rebuild
from srs.restoring import check, draft_of, unpack
from srs.store import intake, schema, union
from srs.store.connection import explain, transaction, uri

_GZIP_MAGIC = b"\x1f\x8b"


class Merged(NamedTuple):
    """What came in from the other collection."""

    reviews: int
    undos: int
    marks: int  # suspensions, burials and the like
    notes_added: int
    notes_changed: int
    cards_added: int
    notes_united: int  # the same words on both devices: one note has both histories
    states_changed: int  # cards that now stand elsewhere than before


class _Rehearsed(Exception):
    """Raised to roll a rehearsal back."""


def merge(
    connection: sqlite3.Connection,
    home: Path,
    other: Path,
    *,
    rehearsal: bool = False,
    progress: Progress | None = None,
) -> Merged:
    """Take in the log and the notes of another collection, or of a backup of one.

    The other file is only read. All of it happens in one transaction; a rehearsal takes it back.
    Raises UsageError when there is no such file, DataError when it is not a sound collection.
    """

    def copied(draft: Path) -> None:
        private_copy(other, draft)
        bring_up_to_date(draft)
        _refuse_strangers(draft, other)

    return take_in(connection, home, copied, rehearsal=rehearsal, progress=progress)


def take_in(
    connection: sqlite3.Connection,
    home: Path,
    prepare: Callable[[Path], None],
    *,
    rehearsal: bool = False,
    progress: Progress | None = None,
) -> Merged:
    """The same with a sound collection of the present schema, which `prepare` makes at a path."""
    with only_one(home), draft_of(home, "merging") as draft:
        prepare(draft)
        connection.execute("ATTACH ? AS other", (uri(str(draft), "mode=ro"),))
        try:
            return _unite(connection, rehearsal, progress)
        finally:
            connection.execute("DETACH other")


def private_copy(other: Path, draft: Path) -> None:
    """A sound copy at `draft` of the collection (or backup) at `other`, whoever has it open."""
    if not other.is_file():
        raise UsageError("no such file", "name another device's collection.db", path=str(other))
    try:
        with other.open("rb") as file:
            packed = file.read(2) == _GZIP_MAGIC
        if packed:
            unpack(other, draft)
            return
        draft.touch(mode=0o600)
        _copy(other, draft, _mode(other))
    except sqlite3.Error as error:
        raise explain(error, str(other)) from error
    except (OSError, gzip.BadGzipFile) as error:
        raise DataError(f"{other}: cannot be read ({error})", "copy the file again") from error
    check(draft, other)


def _mode(other: Path) -> str:
    # A file at rest is read as one that nobody changes: otherwise SQLite would leave files beside
    # it, or refuse a medium that cannot be written.
    at_rest = not Path(f"{other.resolve()}-wal").exists()
    return "mode=ro&immutable=1" if at_rest else "mode=ro"


def _copy(other: Path, draft: Path, mode: str) -> None:
    with (
        closing(sqlite3.connect(uri(str(other.resolve()), mode), uri=True)) as source,
        closing(sqlite3.connect(draft)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = WAL")


def _refuse_strangers(draft: Path, other: Path) -> None:
    """Raises DataError unless the tables are ours to the letter and no row names a missing one."""
    with closing(sqlite3.connect(draft)) as connection:
        if schema.tables(connection) != schema.expected_tables():
            hint = "only a collection.db of driftdeck can be merged"
            raise DataError(f"{other}: its tables are not those of a collection", hint)
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            hint = "run srs doctor --repair on it first"
            raise DataError(f"{other}: holds rows that belong to nothing", hint)


def _unite(connection: sqlite3.Connection, rehearsal: bool, progress: Progress | None) -> Merged:
    found: list[Merged] = []
    try:
        with transaction(connection):
            rows = union.take_log(connection)
            notes = union.take_notes(connection)
            changed = rebuild(connection, progress)
            intake.refresh_all_hidden(connection)
            marks = rows.total() - rows["review"] - rows["undo"]
            found.append(Merged(rows["review"], rows["undo"], marks, *notes, changed))
            if rehearsal:
                raise _Rehearsed
    except _Rehearsed:
        pass
    return found[0]
