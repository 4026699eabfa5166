"""Notes, cards and decks as listings and exports read them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from decks.model import Note, NoteKind, Place, Variant
from srs.estimates import loaded
from srs.identity import Words
from srs.reconcile import Remembered
from srs.store import histories

_FEW = 400  # notes that one query may name


class NoteRow(NamedTuple):
    """A note as the collection holds it."""

    id: int
    uid: bytes
    note: Note
    said_ms: int  # when its content last changed
    builtin: bool
    orphan: bool


class CardRow(NamedTuple):
    """A card as the collection holds it."""

    uid: bytes
    note_id: int
    key: str
    ordinal: int
    gone: bool


def remembered(connection: sqlite3.Connection) -> list[Remembered]:
    """Every note that may be met again, as far as recognising it needs."""
    rows = connection.execute(
        "SELECT n.id, n.uid, n.explicit_id, n.text_hash, n.content_hash, n.path, n.line, d.name,"
        " n.builtin, n.orphan, n.changed_ms FROM note n JOIN deck d ON d.id = n.deck_id"
        " ORDER BY n.id"
    )
    spent = _spent(connection)
    return [
        Remembered._make((*row[:8], bool(row[8]), bool(row[9]), row[10]))
        for row in rows.fetchall()
        if row[0] not in spent
    ]


def _spent(connection: sqlite3.Connection) -> set[int]:
    """Orphans that gave their history away: their words are now earlier words of who took it."""
    sql = "SELECT c.uid, c.note_id FROM card c JOIN note n ON n.id = c.note_id WHERE n.orphan = 1"
    notes = dict(connection.execute(sql).fetchall())
    return {notes[card] for card in histories.given_away(connection, notes)}


def recall(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[Words]]:
    """What these notes say, and after that what they said before, the latest first."""
    said: dict[int, list[Words]] = {}
    for first in range(0, len(ids), _FEW):
        some = ids[first : first + _FEW]
        marks = ", ".join("?" * len(some))
        rows = connection.execute(
            "SELECT id, kind, front, back, 1 AS now, 0 AS until_ms, text_hash FROM note"
            f" WHERE id IN ({marks}) UNION ALL"
            " SELECT note_id, kind, front, back, 0, until_ms, text_hash FROM wording"
            f" WHERE note_id IN ({marks}) ORDER BY now DESC, until_ms DESC, text_hash",
            (*some, *some),
        )
        for note_id, kind, front, back, *_ in rows.fetchall():
            said.setdefault(note_id, []).append(Words(kind, front, back))
    return said


_NOTE_COLUMNS = (
    "n.id, n.uid, n.kind, n.front, n.back, d.name, n.path, n.line, n.explicit_id, n.concept,"
    " n.type, n.why, n.flip, n.variants, n.tags, n.sources, n.as_of, n.said_ms, n.builtin,"
    " n.orphan, n.estimate"
)


def note_rows(
    connection: sqlite3.Connection, where: str, values: Sequence[object]
) -> Iterator[NoteRow]:
    """Notes (n) of decks (d) that satisfy an SQL condition, in the order of their files."""
    sql = (
        f"SELECT {_NOTE_COLUMNS} FROM note n JOIN deck d ON d.id = n.deck_id"
        f" WHERE {where} ORDER BY n.id"
    )
    for row in connection.execute(sql, tuple(values)):
        yield NoteRow(row[0], row[1], _note(row), row[17], bool(row[18]), bool(row[19]))


def _note(row: tuple[object, ...]) -> Note:
    (_, _, kind, front, back, deck, path, line, explicit_id, concept, type_, why, flip, variants,
     tags, sources, as_of, _, _, _, estimate) = row  # fmt: skip
    return Note(
        kind=NoteKind(str(kind)), front=str(front), back=str(back), deck=str(deck),
        place=Place(str(path), int(str(line))), id=str(explicit_id), concept=str(concept),
        type=str(type_), why=str(why), flip=str(flip),
        variants=tuple(Variant(*pair) for pair in _listed(variants)),
        tags=tuple(_listed(tags)), sources=tuple(_listed(sources)), as_of=str(as_of),
        estimate=loaded(str(estimate)),
    )  # fmt: skip


def _listed(text: object) -> list[Any]:
    found: list[Any] = [] if text == "[]" else json.loads(str(text))
    return found


def cards_of(connection: sqlite3.Connection, note_id: int) -> list[CardRow]:
    """The note's cards by ordinal, those gone included."""
    rows = connection.execute(
        "SELECT uid, note_id, key, ordinal, gone FROM card WHERE note_id = ? ORDER BY ordinal",
        (note_id,),
    )
    return [CardRow._make((*row[:4], bool(row[4]))) for row in rows.fetchall()]


def present_cards(
    connection: sqlite3.Connection, note_ids: Sequence[int]
) -> dict[int, list[CardRow]]:
    """The cards of these notes by ordinal, those gone left out."""
    found: dict[int, list[CardRow]] = {}
    for first in range(0, len(note_ids), _FEW):
        some = note_ids[first : first + _FEW]
        rows = connection.execute(
            "SELECT uid, note_id, key, ordinal FROM card WHERE gone = 0"
            f" AND note_id IN ({', '.join('?' * len(some))}) ORDER BY note_id, ordinal",
            some,
        )
        for row in rows.fetchall():
            found.setdefault(row[1], []).append(CardRow._make((*row, False)))
    return found


class DeckRow(NamedTuple):
    """A deck with the size of its own, sub-decks not counted. Orphans are left out."""

    id: int
    name: str
    builtin: bool
    enabled: bool
    notes: int
    cards: int
    due: int
    new: int


def deck_names(connection: sqlite3.Connection) -> list[tuple[int, str, bool]]:
    """Every deck as (id, name, enabled), by name."""
    rows = connection.execute("SELECT id, name, enabled FROM deck ORDER BY name").fetchall()
    return [(row[0], row[1], bool(row[2])) for row in rows]


def deck_files(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Every built-in deck as (id, path of its file)."""
    sql = "SELECT DISTINCT deck_id, path FROM note WHERE builtin = 1"
    return [(row[0], row[1]) for row in connection.execute(sql).fetchall()]


def deck_rows(connection: sqlite3.Connection, today: int) -> list[DeckRow]:
    """Every deck that holds a note, by name."""
    rows = connection.execute(
        "SELECT d.id, d.name, d.builtin, d.enabled, count(DISTINCT n.id), count(c.uid),"
        " coalesce(sum(s.phase > 0 AND NOT s.suspended AND"
        " (s.due_day <= :today OR s.due_ms IS NOT NULL)), 0),"
        " coalesce(sum(s.phase = 0 AND NOT s.suspended), 0)"
        " FROM deck d JOIN note n ON n.deck_id = d.id AND n.orphan = 0"
        " JOIN card c ON c.note_id = n.id AND c.gone = 0 JOIN card_state s ON s.card = c.uid"
        " GROUP BY d.id ORDER BY d.builtin DESC, d.id",
        {"today": today},
    )
    return [
        DeckRow._make((*row[:2], bool(row[2]), bool(row[3]), *row[4:])) for row in rows.fetchall()
    ]
