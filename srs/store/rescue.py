"""From records that were salvaged to a collection that holds them."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from srs.store import log
from srs.store.positions import CURRICULUM_START
from srs.store.salvage import Record, Value

_KINDS = {"review", "undo", "suspend", "unsuspend", "bury", "flag", "reset", "relink", "start"}
_LOG_COLUMNS, _CARD_COLUMNS, _DECK_COLUMNS = 18, 5, 4
# Of the first schema, the fourth (added_ms), the sixth (said_ms) and the seventh (estimate).
_NOTE_COLUMNS = (23, 24, 25, 26)
_NO_ESTIMATE = ""
_CHANGED_MS = 21  # place in a note's row
_STATE_COLUMNS = (19, 20, 23)  # of the first schema, the second and the third
_PARAMS = 11  # place of the parameter row's name in a log row
_ID_BYTES = 16


class Found(NamedTuple):
    """Salvaged rows by their row id (the log by `uid`)."""

    log: dict[bytes, tuple[Value, ...]]
    params: dict[bytes, tuple[Value, ...]]
    decks: dict[int, tuple[Value, ...]]
    notes: dict[int, tuple[Value, ...]]
    cards: dict[bytes, tuple[Value, ...]]
    positions: dict[bytes, int]  # of cards
    meta: dict[str, bytes]
    last_seq: int  # the log once had this many rows

    @property
    def parameters_named(self) -> set[bytes]:
        """The parameter rows that answers name."""
        named = (row[_PARAMS] for row in self.log.values())
        return {name for name in named if isinstance(name, bytes)}

    @property
    def missing(self) -> list[tuple[int, int]]:
        """Runs of log rows, first and last seq, that were not found."""
        present = sorted(int(str(row[0])) for row in self.log.values())
        runs, expected = [], 1
        for seq in (*present, self.last_seq + 1):
            if seq > expected:
                runs.append((expected, seq - 1))
            expected = seq + 1
        return runs


def sort_out(records: Iterable[Record]) -> Found:
    """Which record belongs to which table, told by its shape. What fits none is left out."""
    found = Found({}, {}, {}, {}, {}, {}, {}, 0)
    last_seq = 0
    for row_id, values in records:
        match values:
            case (None, bytes(uid), bytes(), str(kind), bytes(), int(), int(), *_) if (
                len(values) == _LOG_COLUMNS and kind in _KINDS and len(uid) == _ID_BYTES
            ):
                found.log[uid] = (row_id, *values[1:])
                last_seq = max(last_seq, row_id)
            case (bytes(name), str(data)) if len(name) == _ID_BYTES and data.startswith("{"):
                found.params[name] = values
            case ("review_log", int(seq)):  # in SQLite's own table of sequences
                last_seq = max(last_seq, seq)
            case (str(key), bytes(value)):
                found.meta[key] = value
            case (None, str(), int(), int()) if len(values) == _DECK_COLUMNS:
                found.decks[row_id] = (row_id, *values[1:])
            case (None, bytes(uid), str(), int(), str(), *_) if len(values) in _NOTE_COLUMNS:
                row = (row_id, *values[1:])
                if len(values) < max(_NOTE_COLUMNS):
                    times = (values[_CHANGED_MS],) * (max(_NOTE_COLUMNS) - 1 - len(values))
                    row = (*row, *times, _NO_ESTIMATE)
                _keep_latest(found.notes, row_id, row)
            case (bytes(uid), int(), str(), int(), int()) if len(uid) == _ID_BYTES:
                found.cards[uid] = values
            case (bytes(uid), int(), int(), int(position), *_) if len(values) in _STATE_COLUMNS:
                found.positions[uid] = position
    return found._replace(last_seq=last_seq)


def _keep_latest(notes: dict[int, tuple[Value, ...]], row_id: int, row: tuple[Value, ...]) -> None:
    # A page that is free by now may hold an older text.
    known = notes.get(row_id)
    if known is None or int(str(row[_CHANGED_MS])) >= int(str(known[_CHANGED_MS])):
        notes[row_id] = row


def fill(connection: sqlite3.Connection, found: Found) -> None:
    """Put what was found into an empty collection; what its tables refuse is left out.

    Call inside `transaction`, with foreign keys not yet enforced.
    """
    device = found.meta.get("device", secrets.token_bytes(_ID_BYTES))
    connection.execute("INSERT INTO meta VALUES ('device', ?)", (device,))
    _insert(connection, "params", found.params.values())
    _insert(connection, "review_log", sorted(found.log.values(), key=lambda row: int(str(row[0]))))
    log.note_latest_order(connection)
    _insert(connection, "deck", found.decks.values())
    _insert(connection, "note", [row for row in found.notes.values() if row[3] in found.decks])
    connection.executemany(
        "INSERT OR IGNORE INTO card SELECT ?, id, ?, ?, ? FROM note WHERE id = ?",
        [(uid, key, ordinal, gone, note) for uid, note, key, ordinal, gone in found.cards.values()],
    )
    connection.execute(
        "DELETE FROM note WHERE NOT EXISTS (SELECT 1 FROM card c WHERE c.note_id = note.id)"
    )
    add_missing_states(connection)
    connection.executemany(
        "UPDATE card_state SET position = ? WHERE card = ?",
        [(position, uid) for uid, position in found.positions.items()],
    )


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Value, ...]]) -> None:
    for row in rows:
        marks = ", ".join("?" * len(row))
        with suppress(sqlite3.IntegrityError):  # a flipped bit made it a row of another kind
            connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)


def add_missing_states(connection: sqlite3.Connection) -> int:
    """Give every card without a state that of a new card; how many there were."""
    start = connection.execute(
        "SELECT coalesce(max(position), 0) FROM card_state WHERE position < ?", (CURRICULUM_START,)
    ).fetchone()[0]
    return connection.execute(
        "INSERT INTO card_state (card, note_id, deck_id, position)"
        " SELECT c.uid, c.note_id, n.deck_id, ? + row_number() OVER (ORDER BY n.id, c.ordinal)"
        " FROM card c JOIN note n ON n.id = c.note_id"
        " WHERE NOT EXISTS (SELECT 1 FROM card_state s WHERE s.card = c.uid)",
        (start,),
    ).rowcount
