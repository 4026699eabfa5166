"""One card with its words and its state, as the session shows it. On the path to the first card."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from decks.cards import face
from srs.model import Card
from srs.store.log import SELECT_STATE, state_of

_SELECT = (
    "SELECT c.uid, n.uid, d.name, n.kind, c.key, n.front, n.back, n.why, n.flip, n.concept, n.type,"
    f" n.path, n.line, {SELECT_STATE} FROM card_state s JOIN card c ON c.uid = s.card"
    " JOIN note n ON n.id = s.note_id JOIN deck d ON d.id = s.deck_id"
)
_WORDS = 13  # columns before the state's


def load(connection: sqlite3.Connection, uid: bytes) -> Card | None:
    """The card of that id."""
    row = connection.execute(f"{_SELECT} WHERE s.card = ?", (uid,)).fetchone()
    return _card(row) if row else None


def select(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> Iterator[Card]:
    """Cards that satisfy an SQL condition over c, n, d and s, in the order of their files."""
    for row in connection.execute(f"{_SELECT} WHERE {where} ORDER BY n.id, c.ordinal", values):
        yield _card(row)


def _card(row: tuple[Any, ...]) -> Card:
    uid, note, deck, kind, key, front, back, *rest = row[:_WORDS]
    sides = face(kind, front, back, key)
    why, flip, concept, type_, path, line = rest
    return Card(
        uid=uid, note=note, deck=deck, kind=kind, key=key, front=sides.front, back=sides.back,
        why=why, flip=flip, concept=concept, type=type_, path=path, line=line,
        state=state_of(row[_WORDS:]),
    )  # fmt: skip
