"""The history that hashcards keeps in `hashcards.db`, beside the decks. Only read, never trusted.

In WAL mode the latest rows stand in a log beside the database. SQLite cannot read that without
writing there, so both are copied to a folder of our own, and the copy is read.

hashcards writes instants in two ways, by version: with an offset, or, without one, as the clock of
the machine shows them. The latter are taken to be of this machine's time zone.
"""

from __future__ import annotations

import re
import sqlite3
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from decks.dialects.dates import day_of, instant_ms
from decks.dialects.hashcards import DATABASE, Known
from decks.history import Past, PastReview, Standing

PROGRAM = "hashcards"

_LEVELS = 4  # the folder and those above it that are looked in
_MOST_BYTES = 256 << 20
_TOO_LARGE = f"is larger than {_MOST_BYTES >> 20} MiB"
_MOST_ROWS = 5_000_000
_MOST_LENGTH = 1 << 20  # of a value
_STEPS, _MOST_STOPS = 100_000, 20_000  # of SQLite's machine between two looks; looks
_RATINGS = {"forgot": 1, "hard": 2, "good": 3, "easy": 4}
_TABLES = ("cards", "reviews")
_CATALOGUES = ("sqlite_master", "sqlite_schema")
_WAL = 2  # in two bytes of the head of a database in WAL mode
_LOG = "-wal"  # behind the name of a database
_CHUNK = 1 << 20
_MOST_TRIES = 3  # to copy a database that is being written to
_COMPUTED = re.compile(r"\bas\s*\(", re.IGNORECASE)

_CLOSE = f"close {PROGRAM}, then import again"

Row = Mapping[str, object]


class _Review(NamedTuple):
    review: PastReview
    standing: Standing  # where it left the card


class _UnfitError(ValueError):
    """The file cannot be taken as a history; the text goes on after its name."""

    def __init__(self, reason: str, hint: str = f"see whether {PROGRAM} can open it") -> None:
        super().__init__(reason)
        self.hint = hint


def read(folder: str) -> Known | None:
    """Return what the database of a folder, or of the nearest one above, says; None without one.

    Never raises, and leaves nothing beside the database. What cannot be read is said in `fault`.
    """
    path = _find(folder)
    if path is None:
        return None
    try:
        pasts = _pasts(path)
    except _UnfitError as error:
        return Known(MappingProxyType({}), digest, str(error), error.hint)
    except (OSError, sqlite3.Error, ValueError, MemoryError) as error:
        return Known(MappingProxyType({}), digest, f"cannot be read: {_reason(error)}", _CLOSE)
    return Known(MappingProxyType(pasts), digest)


def files(folder: str) -> tuple[str, ...]:
    """The files that `read` reads."""
    path = _find(folder)
    return (str(path), f"{path}{_LOG}") if path else ()


def digest(content: bytes) -> str:
    """The BLAKE3 hash of a card's content, as the database writes it."""
    import blake3

    return blake3.blake3(content).hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__


def _find(folder: str) -> Path | None:
    start = Path(folder)
    for place in (start, *start.parents[: _LEVELS - 1]):
        path = place / DATABASE
        try:
            if stat.S_ISREG(path.stat().st_mode):
                return path
        except (OSError, ValueError):
            continue
    return None


def _pasts(path: Path) -> dict[str, Past]:
    with _whole(path) as (whole, is_ours), closing(guarded(whole, is_ours=is_ours)) as database:
        reviews = _reviews(database)
        return dict(_all(database, reviews))


@contextmanager
def _whole(path: Path) -> Iterator[tuple[Path, bool]]:
    """A file with all rows of the database, and whether it is a copy of ours: it is one only where
    a log beside the database may hold some of them."""
    log = Path(f"{path.resolve()}{_LOG}")
    if not (_is_logged(path) and _stamp(log)):
        yield path, False
        return
    with tempfile.TemporaryDirectory(prefix="driftdeck-") as folder:
        copy = Path(folder, DATABASE)
        _copy_both(path, log, copy)
        yield copy, True


def _is_logged(path: Path) -> bool:
    with path.open("rb") as file:
        return _WAL in file.read(20)[18:20]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when the file is written to; None for one that holds nothing."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "its log is not a regular file")
    return (found.st_size, found.st_mtime_ns, found.st_ino) if found.st_size else None


def _copy_both(path: Path, log: Path, copy: Path) -> None:
    """Copy the database and its log as they stood at one time."""
    for _ in range(_MOST_TRIES):
        before = _stamp(path), _stamp(log)
        _copy(path, copy)
        _copy(log, copy.with_name(f"{DATABASE}{_LOG}"))
        if (_stamp(path), _stamp(log)) == before:
            return
    raise _UnfitError("is being written to", _CLOSE)


def _copy(path: Path, to: Path) -> None:
    left = _MOST_BYTES
    with path.open("rb") as file, to.open("wb") as copy:
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _UnfitError(_TOO_LARGE, _CLOSE)
            copy.write(chunk)


def guarded(path: Path, *, is_ours: bool = False) -> sqlite3.Connection:
    """Open a database of hashcards so that it is not written to, and nothing in it can run: only
    its two tables can be read. Beside one of `is_ours` SQLite may write files, and reads its log.
    Raises OSError, sqlite3.Error or ValueError if it cannot be opened.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise _UnfitError(_TOO_LARGE)
    fixed = "&immutable=1" if not is_ours and _is_logged(path) else ""
    address = f"{path.resolve().as_uri()}?mode=ro{fixed}"
    database = sqlite3.connect(address, uri=True, timeout=2, isolation_level=None)
    try:
        _guard(database)
    except BaseException:
        database.close()
        raise
    return database


def _guard(database: sqlite3.Connection) -> None:
    """Let nothing in the file run, and nothing but its two tables be read."""
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_LENGTH)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    database.execute("PRAGMA cell_size_check = ON")
    database.text_factory = lambda data: data.decode(errors="replace")
    stops = iter(range(_MOST_STOPS))
    database.set_progress_handler(lambda: next(stops, None) is None, _STEPS)
    database.set_authorizer(_may)
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'create table %'"
    tables = {str(name).lower(): str(sql) for name, sql in database.execute(made)}
    for name in _TABLES:
        if name not in tables:
            raise _UnfitError(f"has no table {name}")
        if _COMPUTED.search(tables[name]):
            raise _UnfitError(f"computes a column of {name}")


def _may(action: int, first: object, second: object, place: object, cause: object) -> int:
    """Allow to select, and to read the tables themselves."""
    if action == sqlite3.SQLITE_SELECT and cause is None:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second == "like":
        return sqlite3.SQLITE_OK
    is_table = str(first).lower() in (*_TABLES, *_CATALOGUES)
    if action == sqlite3.SQLITE_READ and is_table and cause is None:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _rows(database: sqlite3.Connection, table: str) -> Iterator[Row]:
    """Its rows by the names of their columns, of which versions of hashcards have others."""
    found = database.execute(f"SELECT * FROM {table} LIMIT {_MOST_ROWS}")
    names = [str(column[0]).lower() for column in found.description]
    for row in found:
        yield dict(zip(names, row, strict=True))


def _reviews(database: sqlite3.Connection) -> dict[str, list[_Review]]:
    found: dict[str, list[_Review]] = {}
    for row in _rows(database, "reviews"):
        rating = _RATINGS.get(str(row.get("grade")).lower())
        at_ms = _instant(row.get("reviewed_at"))
        if rating and at_ms is not None:
            one = _Review(PastReview(at_ms, rating), _standing(row, at_ms))
            found.setdefault(str(row.get("card_hash")), []).append(one)
    return found


def _all(
    database: sqlite3.Connection, reviews: dict[str, list[_Review]]
) -> Iterator[tuple[str, Past]]:
    """Every card that was ever answered. Only a newer version tells in `cards` where it stands."""
    for row in _rows(database, "cards"):
        name = str(row.get("card_hash"))
        past = sorted(reviews.get(name, ()), key=lambda one: one.review.at_ms)
        last_ms = _instant(row.get("last_reviewed_at"))
        if last_ms is None and past:
            last_ms = past[-1].review.at_ms
        standing = _standing(row, last_ms)
        if standing.due_day is None and past:
            standing = past[-1].standing
        if past or standing.due_day is not None:
            yield name, Past(PROGRAM, tuple(one.review for one in past), standing=standing)


def _standing(row: Row, last_ms: int | None) -> Standing:
    return Standing(
        phase="review",
        due_day=_day(row.get("due_date")),
        interval_days=_number(row.get("interval_days"), 0, 1e6),
        stability_days=_number(row.get("stability"), 0, 1e6),
        difficulty=_number(row.get("difficulty"), 0, 10),
        last_ms=last_ms,
        reps=count if isinstance(count := row.get("review_count"), int) and count > 0 else None,
    )


def _day(value: object) -> int | None:
    return day_of(value) if isinstance(value, str) else None


def _number(value: object, above: float, most: float) -> float | None:
    if not isinstance(value, (int, float)) or not above < value <= most:
        return None
    return float(value)


def _instant(value: object) -> int | None:
    """Epoch milliseconds; without an offset, by the time zone of this machine."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        aware = found if found.tzinfo else found.astimezone()
    except (ValueError, OverflowError, OSError):
        return None
    return instant_ms(aware.isoformat())
