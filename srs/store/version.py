"""How often the notes were written: what was worked out before must hold when it is stored."""

from __future__ import annotations

import sqlite3

_KEY = "notes_written"


def notes_version(connection: sqlite3.Connection) -> int:
    """A number that every writer of notes, cards and decks changes."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    return int.from_bytes(row[0], "big") if row else 0


def note_writing(connection: sqlite3.Connection) -> None:
    """Tell all who are at work that notes are written. Call inside `transaction`."""
    value = notes_version(connection) + 1
    sql = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
    connection.execute(sql, (_KEY, value.to_bytes(8, "big")))
