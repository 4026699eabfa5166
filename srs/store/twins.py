"""Own notes with the same words, made on two devices: one of them is shown, and has both histories.

What is written follows from what both collections hold together, to the last bit: two devices that
merge one another at the same time write the same rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from srs.lineage import Lineage, giving, taking
from srs.store import histories, wordings
from srs.uid import uuid7

NOBODY = bytes(16)  # the device of rows that no learner asked for: no undo takes them for its own


class _Note(NamedTuple):
    id: int
    uid: bytes
    explicit_id: str
    text_hash: bytes
    orphan: int
    added_ms: int


class _Twin(NamedTuple):
    """A note, and the one that is shown in its place."""

    note: _Note
    keeper: _Note


def unite(connection: sqlite3.Connection) -> int:
    """Hide twins, and give what they lived through to those that are shown; how many gave it.

    Call inside `transaction`.
    """
    twins = list(_twins(connection))
    for note, keeper in twins:
        connection.execute("UPDATE main.note SET orphan = 1 WHERE id = ?", (note.id,))
        connection.execute(
            "UPDATE main.note SET added_ms = min(added_ms, ?) WHERE id = ?",
            (note.added_ms, keeper.id),
        )
        wordings.take_over(connection, note.id, keeper.id, 0)
    relinks = histories.lineage(connection)
    pairs = [pair for twin in twins if (pair := _pairs(connection, twin, relinks))]
    if pairs:
        _write(connection, pairs)
    return len(pairs)


def _twins(connection: sqlite3.Connection) -> Iterator[_Twin]:
    rows = connection.execute(
        f"SELECT {', '.join(_Note._fields)} FROM main.note WHERE NOT builtin AND text_hash IN ("
        "  SELECT text_hash FROM main.note WHERE NOT builtin"
        "  GROUP BY text_hash HAVING count(*) > 1 AND min(orphan) = 0)"
        " ORDER BY text_hash, uid"
    )
    for _, group in groupby([_Note._make(row) for row in rows.fetchall()], attrgetter("text_hash")):
        notes = list(group)
        shown = [note for note in notes if not note.orphan]
        for note in notes:
            keeper = _keeper(note, shown)
            if keeper and keeper != note:
                yield _Twin(note, keeper)


def _keeper(note: _Note, shown: Sequence[_Note]) -> _Note | None:
    """The one that is shown in its place, of those by id: one with an id of the learner's, if any.

    Two that the learner gave different ids are two notes.
    """
    first = min(shown, key=lambda one: (not one.explicit_id, one.uid))
    if not (note.explicit_id and first.explicit_id):
        return first
    return next((one for one in shown if one.explicit_id == note.explicit_id), None)


_Pair = tuple[bytes, bytes]  # cards: the one that gives, the one that takes


def _pairs(connection: sqlite3.Connection, twin: _Twin, relinks: Lineage) -> list[_Pair]:
    """The cards of the twin that have a history of their own, each with that of the same key."""
    cards = "SELECT key, uid FROM main.card WHERE note_id = ?"
    own = connection.execute(f"{cards} ORDER BY uid", (twin.note.id,)).fetchall()
    takers = dict(
        connection.execute(f"{cards} AND NOT gone ORDER BY uid DESC", (twin.keeper.id,)).fetchall()
    )
    lived = {card for card, _ in histories.owned(connection, [uid for _, uid in own], "1", relinks)}
    return [(uid, takers[key]) for key, uid in own if uid in lived and key in takers]


def _write(connection: sqlite3.Connection, acts: Sequence[Sequence[_Pair]]) -> None:
    """Append the relinks, as if written right after the latest row of the log."""
    latest_ms, day, offset_min = connection.execute(
        "SELECT order_ms, day, offset_min FROM main.review_log"
        " ORDER BY order_ms DESC, uid DESC LIMIT 1"
    ).fetchone()
    until_ms = order_ms = latest_ms + 1
    for pairs in acts:
        act = ""
        for giver, taker in pairs:
            halves = ((taker, taking(giver, until_ms)), (giver, giving(taker, until_ms)))
            for card, said in halves:
                data = json.dumps({**said, "act": act} if act else said, separators=(",", ":"))
                uid = _uid(order_ms, day, offset_min, card, data)
                connection.execute(
                    "INSERT INTO main.review_log (uid, device, kind, card, at_ms, order_ms, day,"
                    " offset_min, data) VALUES (?, ?, 'relink', ?, ?, ?, ?, ?, ?)",
                    (uid, NOBODY, card, order_ms, order_ms, day, offset_min, data),
                )
                act = act or uid.hex()
                order_ms += 1


def _uid(order_ms: int, day: int, offset_min: int, card: bytes, data: str) -> bytes:
    """Of all that the row says: another row never has this name."""
    whole = f"{order_ms} {day} {offset_min} {card.hex()} {data}"
    return uuid7(order_ms, blake2b(whole.encode(), digest_size=10, person=b"twin").digest())
