"""What notes said before: a history comes back with any of these words.

Of a note's wordings with the same words the later one stays, so that a union of two collections
does not depend on which of them comes first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

_LATER = (
    " ON CONFLICT (note_id, text_hash) DO UPDATE SET kind = excluded.kind,"
    " front = excluded.front, back = excluded.back, until_ms = excluded.until_ms"
    " WHERE (excluded.until_ms, excluded.kind, excluded.front, excluded.back)"
    " > (until_ms, kind, front, back)"
)
_COLUMNS = "w.text_hash, w.kind, w.front, w.back, w.until_ms"


def keep(
    connection: sqlite3.Connection, note_id: int, text: Mapping[str, object], until_ms: int
) -> None:
    """Remember what the note said until then. Call inside `transaction`."""
    words = (text["text_hash"], text["kind"], text["front"], text["back"])
    sql = f"INSERT INTO main.wording VALUES (?, ?, ?, ?, ?, ?){_LATER}"
    connection.execute(sql, (note_id, *words, until_ms))


def take_over(connection: sqlite3.Connection, giver: int, taker: int, at_ms: int) -> None:
    """Let all that one note says, and said, count as earlier words of another.

    Call inside `transaction`.
    """
    values = {"giver": giver, "taker": taker, "at_ms": at_ms}
    new = "FROM main.note t WHERE t.id = :taker"
    connection.execute(
        "INSERT INTO main.wording SELECT :taker, text_hash, kind, front, back, :at_ms"
        " FROM main.note g WHERE g.id = :giver"
        f" AND g.text_hash <> (SELECT t.text_hash {new}){_LATER}",
        values,
    )
    connection.execute(
        f"INSERT INTO main.wording SELECT :taker, {_COLUMNS} FROM main.wording w"
        f" WHERE w.note_id = :giver AND w.text_hash <> (SELECT t.text_hash {new}){_LATER}",
        values,
    )


def unite(connection: sqlite3.Connection) -> None:
    """Take in the wordings of the attached `other`, whose notes are here by now.

    Call inside `transaction`.
    """
    connection.execute(
        f"INSERT INTO main.wording SELECT n.id, {_COLUMNS} FROM other.wording w"
        f" JOIN other.note o ON o.id = w.note_id JOIN main.note n ON n.uid = o.uid WHERE 1{_LATER}"
    )


def forget_present(connection: sqlite3.Connection) -> None:
    """Drop wordings that are what their notes say now. Call inside `transaction`."""
    connection.execute(
        "DELETE FROM main.wording WHERE text_hash ="
        " (SELECT n.text_hash FROM main.note n WHERE n.id = wording.note_id)"
    )
