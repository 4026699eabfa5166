"""The database of a package, opened so that nothing in it can run or take for ever.

It is whatever somebody sent: read only, from a private copy; none but tables are read, and of those
only the ones that are asked for; no triggers, views, virtual tables or functions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from decks.errors import DataError

_TABLES = (
    "col", "notes", "cards", "revlog", "config", "decks", "deck_config", "notetypes", "fields",
    "templates",
)  # fmt: skip
_LONGEST_VALUE = 64 << 20  # bytes
_STEPS = 100_000  # between two looks at what a query has cost
# An honest query costs some twenty steps a row, and a row some bytes.
_STEPS_PER_BYTE, _FREE_STEPS = 10, 50_000_000
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: _LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

Row = tuple[Any, ...]
_HIDDEN = 6  # in what is told of a column: whether it is one of the table's own


class Database:
    """An open collection of Anki's; `shown` is the package's name in messages."""

    def __init__(self, connection: sqlite3.Connection, shown: str) -> None:
        self._connection, self._shown = connection, shown
        self.tables = frozenset(self._plain_tables())

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """The rows of one of Anki's tables in their own order; none if it is not there."""
        if table not in self.tables:
            return
        try:
            yield from self._connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
        except (sqlite3.Error, OverflowError) as error:
            raise self.fault(f"table {table} cannot be read") from error

    def fault(self, message: str) -> DataError:
        """The error that this collection is not to be read."""
        hint = "in Anki: Tools, Check Database; then export it once more"
        return DataError(f"the collection in it is damaged: {message}", hint, path=self._shown)

    def _plain_tables(self) -> Iterator[str]:
        try:
            found = self._connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise self.fault("it is no SQLite database that can be read") from error
        for kind, name, sql in found:
            if name not in _TABLES:
                continue
            if kind != "table" or str(sql).upper().split()[:2] != ["CREATE", "TABLE"]:
                raise self.fault(f"{name} is no plain table")
            if any(column[_HIDDEN] for column in self._columns(name)):
                raise self.fault(f"{name} has columns that are worked out")
            yield name

    def _columns(self, name: str) -> list[Row]:
        try:
            return self._connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise self.fault(f"table {name} cannot be read") from error


@contextmanager
def opened(path: Path, shown: str) -> Iterator[Database]:
    """The collection in the file, which nobody else can write. Raises DataError for none."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        _harden(connection, path.stat().st_size)
        yield Database(connection, shown)
    finally:
        connection.close()


def _harden(connection: sqlite3.Connection, size: int) -> None:
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    for pragma in (
        "trusted_schema = OFF",
        "query_only = ON",
        "mmap_size = 0",
        "cell_size_check = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_collation("unicase", _unicase)
    connection.text_factory = _text
    left = [(size * _STEPS_PER_BYTE + _FREE_STEPS) // _STEPS]

    def spend() -> int:
        left[0] -= 1
        return left[0] < 0

    connection.set_progress_handler(spend, _STEPS)
    connection.set_authorizer(_authorize)


def _authorize(
    action: int, first: str | None, second: str | None, base: str | None, inside: str | None
) -> int:
    """Reading Anki's tables, and nothing on behalf of a view or a trigger (`inside`)."""
    if inside is None and action == sqlite3.SQLITE_SELECT:
        return sqlite3.SQLITE_OK
    if inside is None and action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo":
        return sqlite3.SQLITE_OK
    is_ours = first in _TABLES or first in ("sqlite_master", "sqlite_schema")
    if action == sqlite3.SQLITE_READ and is_ours and inside is None:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _text(blob: bytes) -> str:
    return blob.decode("utf-8", "replace")


def _unicase(one: str, two: str) -> int:
    """Anki's order of names: nothing here sorts by it, but schemas name it."""
    left, right = one.casefold(), two.casefold()
    return (left > right) - (left < right)
