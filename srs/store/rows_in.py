"""The rows of a portable backup put into an empty collection; the reverse of `rows_out`.

What follows from them is made anew afterwards. Call everything inside `transaction`, with foreign
keys not enforced: what a row names is looked up here.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from decks.model import Note, NoteKind, Place, Variant
from srs.estimates import loaded
from srs.identity import content_hash, digest, normal, text_hash
from srs.store import builtin_release, log
from srs.store.rows_out import LOG

_NOTE = (
    "uid", "explicit_id", "path", "line", "builtin", "kind", "front", "back", "why", "flip",
    "variants", "tags", "concept", "type", "sources", "as_of", "changed_ms", "said_ms", "added_ms",
    "orphan", "estimate",
)  # fmt: skip
_CARD = ("uid", "note_id", "key", "ordinal", "gone")
_ADD_NOTE = (
    f"INSERT INTO note (deck_id, {', '.join(_NOTE)}, text_hash, question_hash, content_hash)"
    f" VALUES ({', '.join('?' * (len(_NOTE) + 2))}, x'', ?)"
)
_ADD_CARD = f"INSERT INTO card ({', '.join(_CARD)}) VALUES (?, ?, ?, ?, ?)"
_ADD_STATE = "INSERT INTO card_state (card, note_id, deck_id, position) VALUES (?, ?, ?, ?)"
_ADD_LOG = f"INSERT INTO review_log ({', '.join(LOG)}) VALUES ({', '.join('?' * len(LOG))})"
_LATER_INDEXES = ("log_by_card", "log_by_day")  # quicker made once than kept up row by row

Row = Mapping[str, Any]


def put_head(connection: sqlite3.Connection, row: Row) -> None:
    """Whose collection this is; one that nobody is named for gets a device of its own."""
    device = row["device"] or secrets.token_bytes(16)
    connection.execute("INSERT INTO meta VALUES ('device', ?)", (device,))
    if row["builtin_ms"] is not None:
        builtin_release.note(connection, row["builtin_ms"])


def put_deck(connection: sqlite3.Connection, row: Row) -> int:
    """Add a deck; its number."""
    sql = "INSERT INTO deck (name, builtin, enabled) VALUES (:name, :builtin, :enabled)"
    return int(connection.execute(sql, row).lastrowid or 0)


def put_source(connection: sqlite3.Connection, row: Row) -> None:
    """Add a source and its files, which will be read again."""
    connection.execute(
        "INSERT INTO source VALUES (:path, :deck, :dialect, :excludes, :added_ms)",
        {name: value for name, value in row.items() if name != "files"},
    )
    connection.executemany(
        "INSERT INTO source_file VALUES (:path, :source, x'', :notes, :cards, :card_lines,"
        " :prose_lines)",
        [{**file, "source": row["path"]} for file in row["files"]],
    )


def put_parameters(connection: sqlite3.Connection, row: Row) -> None:
    """Add a row of parameters."""
    connection.execute("INSERT INTO params VALUES (:hash, :data)", row)


def put_note(connection: sqlite3.Connection, row: Row, deck_id: int) -> None:
    """Add a note with its cards, as new ones, and its wordings."""
    note = _note(row)
    values = (deck_id, *(row[name] for name in _NOTE), text_hash(note), content_hash(note))
    note_id = connection.execute(_ADD_NOTE, values).lastrowid
    for card in row["cards"]:
        columns = {**card, "note_id": note_id}
        connection.execute(_ADD_CARD, [columns[name] for name in _CARD])
        connection.execute(_ADD_STATE, (card["uid"], note_id, deck_id, card["position"]))
    connection.executemany(
        "INSERT INTO wording VALUES (?, ?, ?, ?, ?, ?)",
        [(note_id, _words_hash(said), *said.values()) for said in row["wordings"]],
    )


def _note(row: Row) -> Note:
    return Note(
        NoteKind(row["kind"]), row["front"], row["back"], row["deck"],
        Place(row["path"], row["line"]), id=row["explicit_id"], concept=row["concept"],
        type=row["type"], why=row["why"], flip=row["flip"],
        variants=tuple(Variant(*pair) for pair in json.loads(row["variants"])),
        tags=tuple(json.loads(row["tags"])), sources=tuple(json.loads(row["sources"])),
        as_of=row["as_of"], estimate=loaded(row["estimate"]),
    )  # fmt: skip


def _words_hash(said: Row) -> bytes:
    return digest("text", said["kind"], normal(said["front"]), normal(said["back"]))


def put_log(connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Append rows of the log, each with its `seq`."""
    connection.executemany(_ADD_LOG, rows)


def drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Do without what can be made afterwards; the statements that make it."""
    marks = ", ".join("?" * len(_LATER_INDEXES))
    found = connection.execute(
        f"SELECT sql FROM sqlite_schema WHERE name IN ({marks})", _LATER_INDEXES
    ).fetchall()
    for name in _LATER_INDEXES:
        connection.execute(f"DROP INDEX {name}")
    return [sql for (sql,) in found]


def finish(connection: sqlite3.Connection, indexes: Sequence[str]) -> None:
    """Put the indexes back, and remember the latest place in the order of replay."""
    for sql in indexes:
        connection.execute(sql)
    if not _is_in_order(connection):
        log.note_latest_order(connection)


def _is_in_order(connection: sqlite3.Connection) -> bool:
    """Whether the rows were appended in the order in which they are replayed, none beside one."""
    sql = (
        "SELECT 1 FROM (SELECT order_ms, lag(order_ms) OVER (ORDER BY seq) AS before"
        " FROM review_log) WHERE order_ms <= before LIMIT 1"
    )
    return connection.execute(sql).fetchone() is None
