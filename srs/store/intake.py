"""What an import writes: notes, cards, and the states of new cards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from srs.store.entries import CONTENT, Entries, Row
from srs.store.version import note_writing

_MANY = 500
_ADD_NOTE = (
    f"INSERT INTO note (id, uid, {', '.join(CONTENT)}, question_hash, changed_ms,"
    " said_ms, added_ms)"
    f" VALUES ({', '.join('?' * (len(CONTENT) + 2))}, x'', %d, %d, %d)"
)
# What a note says now never bears the time of what it said before, not to the second, in which Anki
# counts: a clock may have been ahead, and a release is older than the day on which it comes in.
_UPDATE_NOTE = (
    f"UPDATE note SET {', '.join(f'{name} = ?' for name in CONTENT)}, orphan = 0,"
    " changed_ms = coalesce(?, changed_ms), said_ms = coalesce(max(?, said_ms + 1000), said_ms)"
    " WHERE id = ?"
)
# The history of a note comes back with any words that it ever had.
_KEEP_WORDING = (
    "INSERT OR REPLACE INTO wording"
    " SELECT id, text_hash, kind, front, back, %d FROM note WHERE id = ?"
)


def write(connection: sqlite3.Connection, entries: Entries) -> None:
    """Write rows that were prepared for the collection as it is. Call inside `transaction`."""
    if not entries:
        return
    note_writing(connection)
    many, at_ms = connection.executemany, entries.at_ms
    many("INSERT INTO deck (id, name, builtin) VALUES (?, ?, ?)", entries.decks)
    with _reported_at_once(connection, entries.notes):
        many(_ADD_NOTE % (at_ms, at_ms, at_ms), entries.notes)
    many("UPDATE note SET changed_ms = ?, said_ms = ? WHERE id = ?", entries.dated)
    many(_KEEP_WORDING % at_ms, [(note_id,) for note_id in entries.reworded])
    many(_UPDATE_NOTE, entries.updates)
    many("UPDATE note SET line = ? WHERE id = ?", entries.lines)
    many("INSERT INTO card (uid, note_id, key, ordinal) VALUES (?, ?, ?, ?)", entries.cards)
    many("UPDATE card SET key = ?, gone = 0 WHERE uid = ?", entries.kept_cards)
    many("UPDATE card SET gone = 1 WHERE uid = ?", entries.gone_cards)
    many(
        "INSERT INTO card_state (card, note_id, deck_id, position, hidden) VALUES (?, ?, ?, ?, ?)",
        entries.states,
    )
    many(
        "UPDATE card_state SET deck_id = (SELECT deck_id FROM note WHERE id = note_id)"
        " WHERE note_id = ?",
        [(row[-1],) for row in entries.updates],
    )
    # A change like any other: on another device, too, the note is gone from now on.
    many(
        f"UPDATE note SET orphan = 1, changed_ms = {at_ms} WHERE id = ?",
        [(note_id,) for note_id in entries.orphaned],
    )
    refresh_hidden(connection, entries.touched)


@contextmanager
def _reported_at_once(connection: sqlite3.Connection, notes: Sequence[Row]) -> Iterator[None]:
    """Many new notes are told to the index of words in one go: for each by itself, SQLite keeps
    copies of the pages it changes, as long as there is a trigger."""
    if len(notes) < _MANY:
        yield
        return
    from srs.store.schema import SEARCH

    connection.execute("DROP TRIGGER IF EXISTS note_unread_insert")
    yield
    first_id, last_id = notes[0][0], notes[-1][0]
    sql = "INSERT OR IGNORE INTO note_unread SELECT id FROM note WHERE id BETWEEN ? AND ?"
    connection.execute(sql, (first_id, last_id))
    connection.execute(SEARCH["note_unread_insert"])


def refresh_hidden(connection: sqlite3.Connection, note_ids: Sequence[int]) -> None:
    """Recompute which cards of these notes are out of sight."""
    connection.executemany(f"UPDATE card_state SET hidden = {HIDDEN} WHERE note_id = ?",
                           [(note_id,) for note_id in note_ids])  # fmt: skip


def refresh_all_hidden(connection: sqlite3.Connection) -> int:
    """The same for all notes; how many cards were shown or hidden by mistake."""
    sql = f"UPDATE card_state SET hidden = {HIDDEN} WHERE hidden <> {HIDDEN}"
    return connection.execute(sql).rowcount


def enable_decks(connection: sqlite3.Connection, deck_ids: Sequence[int], *, enabled: bool) -> None:
    """Let the decks take part in sessions and exports, or not. Call inside `transaction`."""
    connection.executemany(
        "UPDATE deck SET enabled = ? WHERE id = ?", [(int(enabled), one) for one in deck_ids]
    )
    refresh_all_hidden(connection)
    note_writing(connection)


def refile(connection: sqlite3.Connection) -> int:
    """File every state under its card's note and that note's deck; how many were not."""
    home = "SELECT n.id, n.deck_id FROM card c JOIN note n ON n.id = c.note_id"
    return connection.execute(
        f"UPDATE card_state SET (note_id, deck_id) = ({home} WHERE c.uid = card_state.card)"
        f" WHERE (note_id, deck_id) <> ({home} WHERE c.uid = card_state.card)"
    ).rowcount


HIDDEN = (
    "(SELECT n.orphan OR c.gone OR NOT d.enabled FROM card c JOIN note n ON n.id = c.note_id"
    " JOIN deck d ON d.id = n.deck_id WHERE c.uid = card_state.card)"
)
