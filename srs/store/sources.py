"""What `srs sync` reads again: the sources, and their files as they were when last read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from decks.dialects import NATIVE
from decks.manner import is_by_looks

_BESIDE = "beside:"  # in meta, before the path of a source


class KnownSource(NamedTuple):
    """A folder or file that was imported, and how."""

    path: str  # absolute and resolved
    deck: str = ""  # that all its notes belong to; empty where files decide
    dialect: str = ""  # as `decks.manner.Manner.text`; empty until its files are looked at
    excludes: tuple[str, ...] = ()
    added_ms: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether a source above it would read the same notes."""
        usual = self.dialect in ("", NATIVE) or is_by_looks(self.dialect)
        return usual and not self.deck and not self.excludes


class FileRow(NamedTuple):
    """A deck file as it was read. An empty stamp equals no other: the file is read again."""

    path: str
    source: str
    stamp: bytes
    notes: int
    cards: int
    card_lines: int
    prose_lines: int


class Totals(NamedTuple):
    """What files hold."""

    files: int = 0
    notes: int = 0
    cards: int = 0
    card_lines: int = 0
    prose_lines: int = 0

    def __add__(self, other: object) -> Totals:
        if not isinstance(other, Totals):
            return NotImplemented
        return Totals(*(a + b for a, b in zip(self, other, strict=True)))


def sources(connection: sqlite3.Connection) -> list[KnownSource]:
    """All of them, by path."""
    rows = connection.execute(
        "SELECT path, deck, dialect, excludes, added_ms FROM source ORDER BY path"
    )
    return [
        KnownSource(path, deck, dialect, tuple(json.loads(excludes)), added_ms)
        for path, deck, dialect, excludes, added_ms in rows.fetchall()
    ]


def keep(connection: sqlite3.Connection, source: KnownSource) -> None:
    """Remember a source, or how it is read from now on. Call inside `transaction`."""
    excludes = json.dumps(source.excludes, ensure_ascii=False)
    connection.execute(
        "INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?)",
        (source.path, source.deck, source.dialect, excludes, source.added_ms),
    )


def forget(connection: sqlite3.Connection, path: str) -> None:
    """Forget a source and its files; their notes stay. Call inside `transaction`."""
    connection.execute("DELETE FROM source WHERE path = ?", (path,))
    connection.execute("DELETE FROM source_file WHERE source = ?", (path,))
    connection.execute("DELETE FROM meta WHERE key = ?", (f"{_BESIDE}{path}",))


def trace(connection: sqlite3.Connection, source: str) -> bytes:
    """What was known of the files beside those of the source when it was last read."""
    sql = "SELECT value FROM meta WHERE key = ?"
    row = connection.execute(sql, (f"{_BESIDE}{source}",)).fetchone()
    return bytes(row[0]) if row else b""


def note_trace(connection: sqlite3.Connection, source: str, trace: bytes) -> None:
    """Remember that. Call inside `transaction`."""
    sql = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
    connection.execute(sql, (f"{_BESIDE}{source}", trace))


def stamps(connection: sqlite3.Connection, source: str) -> dict[str, bytes]:
    """The stamps of the source's files, by path."""
    rows = connection.execute("SELECT path, stamp FROM source_file WHERE source = ?", (source,))
    return dict(rows.fetchall())


_HELD = "notes, cards, card_lines, prose_lines FROM source_file WHERE source = ?"


def held(connection: sqlite3.Connection, source: str) -> dict[str, Totals]:
    """What each of the source's files held, by path."""
    rows = connection.execute(f"SELECT path, 1, {_HELD}", (source,)).fetchall()
    return {path: Totals(*row) for path, *row in rows}


def totals(connection: sqlite3.Connection, source: str) -> Totals:
    """What all of the source's files held."""
    sums = ", ".join(f"CAST(total({name}) AS INTEGER)" for name in Totals._fields[1:])
    sql = f"SELECT count(*), {sums} FROM source_file WHERE source = ?"
    return Totals(*connection.execute(sql, (source,)).fetchone())


def note_files(connection: sqlite3.Connection, rows: Iterable[FileRow]) -> None:
    """Remember how these files were read. Call inside `transaction`."""
    marks = ", ".join("?" * len(FileRow._fields))
    connection.executemany(f"INSERT OR REPLACE INTO source_file VALUES ({marks})", rows)


def note_stamps(connection: sqlite3.Connection, stamps: Mapping[str, bytes]) -> None:
    """Trust files, by path, as far as they bear these stamps. Call inside `transaction`."""
    sql = "UPDATE source_file SET stamp = ? WHERE path = ?"
    connection.executemany(sql, [(stamp, path) for path, stamp in stamps.items()])


def drop_files(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget files. Call inside `transaction`."""
    sql = "DELETE FROM source_file WHERE path = ?"
    connection.executemany(sql, [(path,) for path in paths])


def reader(connection: sqlite3.Connection) -> str:
    """The version of the program that read the files; empty if none did."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'reader'").fetchone()
    return bytes(row[0]).decode() if row else ""


def note_reader(connection: sqlite3.Connection, version: str) -> None:
    """Remember which version reads the files; what another one read is read again.

    Call inside `transaction`.
    """
    if reader(connection) != version:
        connection.execute("UPDATE source_file SET stamp = x''")
        sql = "INSERT OR REPLACE INTO meta VALUES ('reader', ?)"
        connection.execute(sql, (version.encode(),))


def noted_below(connection: sqlite3.Connection, folder: str) -> list[str]:
    """The files below a folder that the collection has notes of."""
    rows = connection.execute(
        "SELECT DISTINCT path FROM note WHERE path > ? AND path < ? AND NOT orphan AND NOT builtin",
        (f"{folder}/", f"{folder}0"),  # the character after the slash
    )
    return [path for (path,) in rows.fetchall()]
