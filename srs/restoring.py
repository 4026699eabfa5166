"""A backup put in the collection's place, checked before and brought up to date."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from decks.errors import DataError, UsageError
from decks.progress import Progress
from srs.files import only_one, sync_folder
from srs.migrating import bring_up_to_date
from srs.store.backup import Backup, backups
from srs.store.connection import FILE_NAME, connect, explain


def restore(
    home: Path, name: str, at_ms: int, progress: Progress | None = None
) -> tuple[Backup, Path | None]:
    """Put a copy (the latest, or the one whose name holds `name`) in the collection's place.

    The copy is checked first, and its states are made anew from its log. Returns it with the path
    at which the replaced collection is kept.
    """
    # Not one from the future, of a day when the clock stood ahead, unless it is named.
    found = [b for b in backups(home) if name in b.path.name]
    chosen = next((b for b in found if name or b.at_ms <= at_ms), found[0] if found else None)
    if chosen is None:
        what = f"no backup {name}" if name else "no backup"
        raise UsageError(what, "srs backup --list shows them")
    with only_one(home), draft_of(home, "restored") as draft:
        unpack(chosen.path, draft)
        bring_up_to_date(draft, progress)
        return chosen, put_in_place(draft, home, at_ms)


def unpack(path: Path, draft: Path) -> None:
    """The collection in a backup (or a plain copy of one), sound, as a file of its own at `draft`.

    Raises DataError when it is damaged or cannot be read.
    """
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with gzip.open(path) as source, open(descriptor, "wb") as target:  # noqa: PTH123
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(descriptor)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be unpacked", "choose another backup") from error
    check(draft, path)


def check(draft: Path, path: Path) -> None:
    """Raises DataError, in the name of `path`, unless the file at `draft` is a sound collection."""
    try:
        with closing(connect(str(draft))) as connection:
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise explain(error, str(path)) from error
    except DataError as error:
        what = error.message.replace(str(draft), str(path))
        raise DataError(what, error.hint) from error
    if verdict != "ok":
        raise DataError(f"{path}: is damaged ({verdict})", "choose another copy")


def put_in_place(draft: Path, home: Path, at_ms: int, word: str = "replaced") -> Path | None:
    """Make the file at `draft` the collection; returns where the one before it is kept now."""
    database = Path(os.path.realpath(home / FILE_NAME))
    with _held(database):
        aside = _set_aside(database, at_ms, word)
        draft.replace(database)
        sync_folder(database.parent)
    return aside


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Nobody else opens the collection meanwhile; a broken one passes.

    Raises Busy while another program has it open.
    """
    if not database.exists():
        yield
        return
    with closing(sqlite3.connect(database, isolation_level=None, timeout=0.5)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Without a write-ahead log: its name would be that of the new file's log.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise explain(error, str(database)) from error
        yield


@contextmanager
def draft_of(home: Path, word: str) -> Iterator[Path]:
    """Where a collection may be prepared; nothing is left there. Call inside `only_one`."""
    draft = home / f".{FILE_NAME}.{word}"
    discard(draft)  # of a program that was killed
    try:
        yield draft
    finally:
        discard(draft)


def discard(draft: Path) -> None:
    """Remove a draft with everything that SQLite put beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _set_aside(database: Path, at_ms: int, word: str) -> Path | None:
    parts = [Path(f"{database}{suffix}") for suffix in ("-wal", "-shm")]
    if not (database.exists() or any(part.exists() for part in parts)):
        return None
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at_ms // 1000))
    aside, number = database.with_name(f"{database.stem}-{word}-{stamp}{database.suffix}"), 1
    while any(Path(f"{aside}{suffix}").exists() for suffix in ("", "-wal")):
        number += 1
        aside = aside.with_name(f"{database.stem}-{word}-{stamp}-{number}{database.suffix}")
    # Left by a collection that was not closed; beside another one they would ruin it.
    for part in parts:
        if part.exists():
            part.replace(part.with_name(part.name.replace(database.name, aside.name)))
    if database.exists():
        os.link(database, aside)  # there is no moment without a collection
    return aside
