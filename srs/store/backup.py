"""Copies of the whole collection: made, listed, thinned out."""

from __future__ import annotations

import gzip
import os
import secrets
import sqlite3
import time
from calendar import timegm
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from decks.errors import DataError
from decks.progress import Progress
from srs.files import make_folder, sync_folder
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
_STEP_PAGES = 4096
_BLOCK_BYTES = 1 << 20


class Backup(NamedTuple):
    """One copy."""

    path: Path
    at_ms: int
    size_bytes: int


def backups(home: Path) -> list[Backup]:
    """The copies of a home, latest first."""
    found = []
    for path in (home / FOLDER).glob(f"*{_SUFFIX}"):
        with suppress(ValueError, OSError):  # not ours, or gone by now
            at_s = timegm(time.strptime(path.name.removesuffix(_SUFFIX), _STAMP))
            found.append(Backup(path, at_s * 1000, path.stat().st_size))
    return sorted(found, key=lambda backup: backup.at_ms, reverse=True)


class Cancelled(Exception):
    """Somebody had no time to wait for the copy; nothing is left of it."""


def snapshot(home: Path) -> sqlite3.Connection:
    """A connection that sees the collection as it is now, whatever is written afterwards.

    It may be handed to another thread. Raises DataError for a collection that is not fit.
    """
    source = connect(str(home / FILE_NAME), check_same_thread=False)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM meta").fetchone()
    except sqlite3.Error as error:
        source.close()
        raise explain(error, str(home / FILE_NAME)) from error
    return source


def back_up(home: Path, at_ms: int, progress: Progress | None = None) -> Backup:
    """A checked copy of the collection as it is now, on disk when this returns.

    Sessions may go on meanwhile. Old copies are thinned out afterwards.
    """
    with closing(snapshot(home)) as source:
        return copy_away(source, home, at_ms, progress=progress)


def last_change_ms(home: Path) -> int:
    """When the collection's file was last written: the time of a copy that nobody asked for."""
    parts = (Path(f"{home / FILE_NAME}{suffix}") for suffix in ("", "-wal"))
    return max(part.stat().st_mtime_ns // 1_000_000 for part in parts if part.exists())


def copy_away(
    source: sqlite3.Connection,
    home: Path,
    at_ms: int,
    wanted: Callable[[], bool] = lambda: True,
    progress: Progress | None = None,
) -> Backup:
    """What `source` sees, as a copy among the backups; then the old ones are thinned out.

    Raises Cancelled soon after `wanted` turns false, DataError when the collection is damaged or
    the copy cannot be written.
    """
    folder = home / FOLDER
    at_s, target = _free_name(folder, at_ms // 1000)
    token = secrets.token_hex(4)
    draft, packed = (target.with_suffix(f".{token}.{part}") for part in ("draft", "packing"))
    try:
        make_folder(folder)
        _copy(source, draft, wanted)
        source.rollback()  # where readers keep writers out, they need not wait for the packing
        _pack(draft, packed, wanted, progress)
        packed.replace(target)
        sync_folder(folder)
    except sqlite3.Error as error:
        raise explain(error, str(home / FILE_NAME)) from error
    except OSError as error:
        hint = "free some space or mend the folder's permissions"
        raise DataError(f"{folder}: cannot be written ({error.strerror})", hint) from error
    finally:
        for path in (draft, packed):
            with suppress(OSError):
                path.unlink()
    thin_out(home, at_ms)
    return Backup(target, at_s * 1000, target.stat().st_size)


def _free_name(folder: Path, at_s: int) -> tuple[int, Path]:
    # Two copies of one second are both worth keeping: before a migration, and after.
    target = folder / (time.strftime(_STAMP, time.gmtime(at_s)) + _SUFFIX)
    return _free_name(folder, at_s + 1) if target.exists() else (at_s, target)


def _copy(source: sqlite3.Connection, draft: Path, wanted: Callable[[], bool]) -> None:
    def go_on(*_: object) -> None:
        if not wanted():
            raise Cancelled

    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(draft)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # the packed file is what gets synced
        source.backup(copy, pages=_STEP_PAGES, progress=go_on)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete by itself
        verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise DataError(f"the collection is damaged ({verdict})", "srs doctor says more")


def _pack(draft: Path, packed: Path, wanted: Callable[[], bool], progress: Progress | None) -> None:
    size_bytes = draft.stat().st_size
    descriptor = os.open(packed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - an open descriptor, not a path
        # The lightest compression: a big collection takes a third of the time of the usual one.
        with gzip.GzipFile("", "wb", 1, file, mtime=0) as archive, draft.open("rb") as source:
            while block := source.read(_BLOCK_BYTES):
                if not wanted():
                    raise Cancelled
                archive.write(block)
                if progress:
                    progress(source.tell(), size_bytes)
        file.flush()
        os.fsync(descriptor)


def thin_out(home: Path, now_ms: int) -> None:
    """Delete the copies that `kept` lets go."""
    present = backups(home)
    wanted = kept(present, now_ms)
    for backup in present:
        if backup not in wanted:
            backup.path.unlink(missing_ok=True)
    for left in (*(home / FOLDER).glob("*.draft"), *(home / FOLDER).glob("*.packing")):
        with suppress(OSError):
            if now_ms - left.stat().st_mtime * 1000 > _DAY_MS:
                left.unlink()  # of a program that was killed


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
