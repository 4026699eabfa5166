"""Which built-in decks a collection holds: by when they were last changed. Asked at every start."""

from __future__ import annotations

import sqlite3


def known(connection: sqlite3.Connection) -> int:
    """The release whose built-in notes are in the collection, in epoch ms; 0 if unknown."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'builtin_ms'").fetchone()
    return int.from_bytes(row[0], "big") if row else 0


def note(connection: sqlite3.Connection, changed_ms: int) -> None:
    """Remember that the notes of that release are in."""
    connection.execute(
        "INSERT OR REPLACE INTO meta VALUES ('builtin_ms', ?)", (changed_ms.to_bytes(8, "big"),)
    )
