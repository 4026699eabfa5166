"""Copies of the whole collection: made, listed, thinned out, brought back."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import time
import zlib
from calendar import timegm
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from decks.errors import DataError, UsageError
from srs.files import sync_folder
from srs.store.connection import FILE_NAME, connect, explain

FOLDER = "backups"
_DAY_MS = 86_400_000
_STAMP = "collection-%Y%m%dT%H%M%SZ"
_SUFFIX = ".db.gz"
# Everything of two days; then the latest of each day, week and month, this many of each.
_ALL_MS = 2 * _DAY_MS
_SPANS_DAYS = ((1, 12), (7, 10), (30, 9))
_FEWEST = 5
_MOST_BYTES = 1 << 30


class Backup(NamedTuple):
    """One copy."""

    path: Path
    at_ms: int
    size_bytes: int


def backups(home: Path) -> list[Backup]:
    """The copies of a home, latest first."""
    found = []
    for path in (home / FOLDER).glob(f"*{_SUFFIX}"):
        with suppress(ValueError):
            at_s = timegm(time.strptime(path.name.removesuffix(_SUFFIX), _STAMP))
            found.append(Backup(path, at_s * 1000, path.stat().st_size))
    return sorted(found, key=lambda backup: backup.at_ms, reverse=True)


def back_up(home: Path, at_ms: int) -> Backup:
    """A checked copy of the collection as it is now, on disk when this returns.

    Sessions may go on meanwhile. Old copies are thinned out afterwards.
    """
    folder, database = home / FOLDER, home / FILE_NAME
    target = folder / (time.strftime(_STAMP, time.gmtime(at_ms // 1000)) + _SUFFIX)
    draft, packed = target.with_suffix(".draft"), target.with_suffix(".packing")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _copy(database, draft)
        _pack(draft, packed)
        packed.replace(target)
        sync_folder(folder)
    except sqlite3.Error as error:
        raise explain(error, str(database)) from error
    finally:
        for path in (draft, packed):
            path.unlink(missing_ok=True)
    thin_out(home, at_ms)
    return Backup(target, at_ms // 1000 * 1000, target.stat().st_size)


def _copy(database: Path, draft: Path) -> None:
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(connect(str(database))) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete by itself
        _check(copy, draft)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        raise DataError(f"{path}: is damaged ({verdict})", "srs doctor says more")


def _pack(draft: Path, packed: Path) -> None:
    descriptor = os.open(packed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - an open descriptor, not a path
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as archive, draft.open("rb") as source:
            shutil.copyfileobj(source, archive)
        file.flush()
        os.fsync(descriptor)


def thin_out(home: Path, now_ms: int) -> None:
    """Delete the copies that `kept` lets go."""
    present = backups(home)
    wanted = kept(present, now_ms)
    for backup in present:
        if backup not in wanted:
            backup.path.unlink(missing_ok=True)


def kept(present: Sequence[Backup], now_ms: int) -> list[Backup]:
    """The copies worth keeping of `present` (latest first). Pure.

    All of two days, then 12 daily, 10 weekly and 9 monthly ones, within a gigabyte; five at least.
    """
    wanted = {backup for backup in present if now_ms - backup.at_ms < _ALL_MS}
    for days, most in _SPANS_DAYS:
        latest: dict[int, Backup] = {}
        for backup in present:
            latest.setdefault(backup.at_ms // (days * _DAY_MS), backup)
        wanted.update(list(latest.values())[:most])
    wanted.update(present[:_FEWEST])
    found, total_bytes = list[Backup](), 0
    for backup in present:
        if backup in wanted and (total_bytes < _MOST_BYTES or len(found) < _FEWEST):
            total_bytes += backup.size_bytes
            found.append(backup)
    return found


def restore(home: Path, name: str, at_ms: int) -> tuple[Backup, Path | None]:
    """Put a copy (the latest, or the one whose name begins so) in the collection's place.

    The copy is checked first. Returns it with the path at which the replaced collection is kept.
    """
    chosen = next((b for b in backups(home) if name in b.path.name), None)
    if chosen is None:
        what = f"no backup {name}" if name else "no backup"
        raise UsageError(what, "srs backup --list shows them")
    database = home / FILE_NAME
    draft = database.with_name(f".{FILE_NAME}.restored")
    try:
        _unpack(chosen.path, draft)
        set_aside = _set_aside(database, at_ms)
        draft.replace(database)
        sync_folder(home)
    finally:
        draft.unlink(missing_ok=True)
    return chosen, set_aside


def _unpack(path: Path, draft: Path) -> None:
    try:
        with gzip.open(path) as source, draft.open("wb") as target:
            draft.chmod(0o600)
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        with closing(connect(str(draft))) as connection:
            _check(connection, path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be unpacked", "choose another backup") from error
    finally:
        for suffix in ("-wal", "-shm"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _set_aside(database: Path, at_ms: int) -> Path | None:
    if not database.exists():
        return None
    _refuse_open(database)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at_ms // 1000))
    aside = database.with_name(f"{database.stem}-replaced-{stamp}{database.suffix}")
    for suffix in ("-wal", "-shm", ""):
        part = Path(f"{database}{suffix}")
        if part.exists():
            part.replace(f"{aside}{suffix}")
    return aside


def _refuse_open(database: Path) -> None:
    """Raises DataError while another program has the collection open; a broken one passes."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=0.5)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise explain(error, str(database)) from error
