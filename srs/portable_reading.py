"""A portable backup on its way into an empty collection: rows checked, and what they name."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from decks.errors import DataError
from srs import portable_rows
from srs.portable_text import BEGINS_WITH, Item, Part, Unfit
from srs.settings import decode
from srs.store import rows_in
from srs.store.rows_out import LOG, TABLES

VERSION = 2  # what `exporters.portable` writes
_TOGETHER = 1_000  # rows of the log that are written at once
_SEQ, _KIND, _PARAMS = (LOG.index(name) for name in ("seq", "kind", "params"))


class Reading:
    """One file, read as far as its tables when this is made. All of it raises Unfit."""

    def __init__(self, found: Iterator[Item]) -> None:
        self._found = found
        self._decks: dict[str, int] = {}
        self._parameters: set[bytes] = set()
        self._last_seq = 0
        self._rows: list[tuple[Any, ...]] = []  # of the log, not yet written
        self._lines: list[int] = []
        self.notes = self.cards = 0
        self.kinds: Counter[str] = Counter()  # rows of the log
        self.head, self._table = self._read_head()

    def _read_head(self) -> tuple[dict[str, Any], Item | None]:
        """What stands before the tables, and the first of them."""
        members: dict[str, Item] = {}
        table = None
        for item in self._found:
            if not members:
                _check_version(item)
            if item.part is Part.TABLE:
                table = item
                break
            if item.key in members:
                raise Unfit(f"{item.key} stands here twice", item.line)
            members[item.key] = item
        if not members:
            raise _no_backup(1)
        with _at(table.line if table else 1):
            head = portable_rows.head({name: item.value for name, item in members.items()})
        if head["settings"] is not None:
            _check_settings(members["settings"])
        return head, table

    def put_into(self, connection: sqlite3.Connection) -> None:
        """Put all rows into the empty tables; states are those of new cards.

        Call inside `transaction`.
        """
        rows_in.put_head(connection, self.head)
        indexes = rows_in.drop_indexes(connection)
        line = 1
        for number, name in enumerate(TABLES):
            table = self._table
            if table is None or table.part is not Part.TABLE or table.key != name:
                raise _misplaced(table, line, TABLES[number:])
            line = table.line
            self._table = self._put_table(connection, name)
        if self._table:
            raise Unfit(f"{self._table.key} is not known, or stands too late", self._table.line)
        rows_in.finish(connection, indexes)

    def _put_table(self, connection: sqlite3.Connection, name: str) -> Item | None:
        """Put in the rows of a table; what comes after them."""
        put: Callable[[sqlite3.Connection, Item], None] = getattr(self, f"_put_{name}")
        for item in self._found:
            if item.part is not Part.ROW:
                self._write_log(connection)
                return item
            put(connection, item)
        self._write_log(connection)
        return None

    def _put_decks(self, connection: sqlite3.Connection, item: Item) -> None:
        with _at(item.line):
            row = portable_rows.deck(item.value)
            self._decks[row["name"]] = rows_in.put_deck(connection, row)

    def _put_sources(self, connection: sqlite3.Connection, item: Item) -> None:
        with _at(item.line):
            rows_in.put_source(connection, portable_rows.source(item.value))

    def _put_parameters(self, connection: sqlite3.Connection, item: Item) -> None:
        with _at(item.line):
            row = portable_rows.parameters(item.value)
            rows_in.put_parameters(connection, row)
        self._parameters.add(row["hash"])

    def _put_notes(self, connection: sqlite3.Connection, item: Item) -> None:
        with _at(item.line):
            row = portable_rows.note(item.value)
            if row["deck"] not in self._decks:
                raise Unfit(f"{row['deck']!r} is none of the decks")
            rows_in.put_note(connection, row, self._decks[row["deck"]])
        self.notes += 1
        self.cards += len(row["cards"])

    def _put_log(self, connection: sqlite3.Connection, item: Item) -> None:
        try:
            row = portable_rows.log_row(item.value)
        except Unfit as error:
            raise Unfit(error.what, item.line) from error
        if row[_SEQ] <= self._last_seq:
            raise Unfit("seq does not grow from row to row", item.line)
        if row[_PARAMS] is not None and row[_PARAMS] not in self._parameters:
            raise Unfit("params names none of the parameters", item.line)
        self._last_seq = row[_SEQ]
        self.kinds[row[_KIND]] += 1
        self._rows.append(row)
        self._lines.append(item.line)
        if len(self._rows) == _TOGETHER:
            self._write_log(connection)

    def _write_log(self, connection: sqlite3.Connection) -> None:
        rows, lines = self._rows, self._lines
        self._rows, self._lines = [], []
        if not rows:
            return
        connection.execute("SAVEPOINT rows")
        try:
            rows_in.put_log(connection, rows)
        except sqlite3.IntegrityError:
            connection.execute("ROLLBACK TO rows")
            for row, line in zip(rows, lines, strict=True):  # which of them it is
                with _at(line):
                    rows_in.put_log(connection, [row])
            raise
        finally:
            connection.execute("RELEASE rows")


def _check_version(item: Item) -> None:
    """Raises Unfit unless the text begins as one of ours that can be read here."""
    if item.part is not Part.MEMBER or item.key != "driftdeck":
        raise _no_backup(item.line)
    version = item.value
    if type(version) is int and version > VERSION:
        what = f"written by a newer driftdeck (format {version}; this one reads {VERSION})"
        raise Unfit(what, item.line, "upgrade driftdeck; nothing was changed")


def _no_backup(line: int) -> Unfit:
    hint = f"one begins with {BEGINS_WITH} {VERSION}; srs export json makes it"
    return Unfit("not a portable backup", line, hint)


def _misplaced(item: Item | None, line: int, missing: tuple[str, ...]) -> Unfit:
    if item is None:
        return Unfit(f"{missing[0]} is missing", line)
    return Unfit(f"{item.key} stands where {missing[0]} should", item.line)


def _check_settings(item: Item) -> None:
    try:
        decode(str(item.value))
    except DataError as error:
        raise Unfit(f"settings: {error.message}", item.line, error.hint) from error


@contextmanager
def _at(line: int) -> Iterator[None]:
    """What is wrong with a row, with its line."""
    try:
        yield
    except Unfit as error:
        raise Unfit(error.what, error.line or line) from error
    except sqlite3.IntegrityError as error:
        raise Unfit(f"contradicts a row before it ({error})", line) from error
