"""The words of notes: an index that follows the notes, and what it finds.

Triggers note which notes have changed (`note_unread`); their words are read when somebody looks for
some. The index keeps the words as they are shown, a cloze's gaps filled in.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from decks.progress import Progress, told
from srs.store.connection import transaction

_FIELDS = ("front", "back", "why", "flip")
_UNREAD = "SELECT id FROM note_unread"


def refresh(connection: sqlite3.Connection, progress: Progress | None = None) -> None:
    """Bring the index up to date; where it is, nothing is written."""
    unread = connection.execute("SELECT count(*) FROM note_unread").fetchone()[0]
    if unread:
        with transaction(connection):
            connection.execute(f"DELETE FROM note_text WHERE rowid IN ({_UNREAD})")
            connection.executemany(
                "INSERT INTO note_text (rowid, front, back, why, flip, variants)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                told(_unread(connection), unread, progress),
            )
            connection.execute("DELETE FROM note_unread")


def _unread(connection: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    rows = connection.execute(
        "SELECT id, front, back, why, flip, variants, kind FROM note"
        f" WHERE id IN ({_UNREAD}) ORDER BY id"
    )
    for note_id, front, back, why, flip, variants, kind in rows:
        yield note_id, _plain(front, kind), back, why, flip, _sentences(variants)


def _plain(front: str, kind: str) -> str:
    if kind != "cloze":
        return front
    from decks.cloze import plain

    return plain(front)


def _sentences(variants: str) -> str:
    return "\n".join(side for pair in json.loads(variants) for side in pair)


def pattern(text: str, *, prefix: bool) -> str:
    """What the index understands as these words in a row; the last may go on, if `prefix`."""
    quoted = text.replace("\0", " ").replace('"', '""')
    return f'"{quoted}"{" *" if prefix else ""}'


def has_words(text: str) -> bool:
    """Whether there is anything in the text that the index would know."""
    return any(sign.isalnum() for sign in text)


def concerns_index(message: str) -> bool:
    """Whether SQLite complains of the index of words, which can be made anew at any time."""
    return "note_text" in message


def verify(connection: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError unless the index holds the words of its own texts."""
    connection.execute("INSERT INTO note_text (note_text) VALUES ('integrity-check')")


def out_of_step(connection: sqlite3.Connection) -> int:
    """How many notes the index knows otherwise than they are. Changes nothing.

    Raises sqlite3.DatabaseError when the index cannot be read.
    """
    same = " AND ".join(f"t.{name} = n.{name}" for name in _FIELDS[1:])
    rows = connection.execute(
        "SELECT (SELECT count(*) FROM note n LEFT JOIN note_text t ON t.rowid = n.id"
        f" WHERE n.id NOT IN ({_UNREAD}) AND NOT coalesce({same}"
        " AND (n.kind = 'cloze' OR t.front = n.front), 0))"
        " + (SELECT count(*) FROM note_text WHERE rowid NOT IN (SELECT id FROM note)"
        f" AND rowid NOT IN ({_UNREAD}))"
    )
    return int(rows.fetchone()[0])
