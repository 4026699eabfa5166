"""What an import would do, note by note, for people to look at before it is done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from decks.model import Note, Place
from srs.reconcile import Changes, Match, Remembered
from srs.store.notes import note_rows

_FEW = 400  # notes that one query may name


class Detail(NamedTuple):
    """What would become of one note. `before` is None of a new note, `after` of an orphan."""

    outcome: str  # the word on the receipt
    place: Place  # where it stands now, as the file was named; of an orphan where it stood
    before: Note | None
    after: Note | None
    former: Place | None = None  # where it stood, if that was another file
    note: bytes = b""  # id of the known note
    reviews: int = 0  # of its cards, since they were last reset
    stability_days: float | None = None  # of the card that is held best; None if none was answered


class _Held(NamedTuple):
    """What the collection holds of a note."""

    note: Note
    reviews: int
    stability_days: float | None


def details(connection: sqlite3.Connection, changes: Changes) -> tuple[Detail, ...]:
    """Every note that would not stay as it is: those of the files in their order, then orphans."""
    matches = [
        (outcome, match) for match in changes.matches
        if (outcome := match.outcome) != "unchanged"
    ]  # fmt: skip
    known = [*(match.known for _, match in matches if match.known), *changes.orphaned]
    held = _held(connection, [one.id for one in known])
    found = [_of_match(outcome, match, held) for outcome, match in matches]
    return (*found, *(_of_orphan(one, held[one.id]) for one in changes.orphaned))


def _of_match(outcome: str, match: Match, held: dict[int, _Held]) -> Detail:
    note, known = match.note, match.known
    if known is None:
        return Detail(outcome, note.place, None, note)
    was = held[known.id]
    former = Place(known.path, known.line) if known.path != match.path else None
    return Detail(
        outcome, note.place, was.note, note, former, known.uid, was.reviews, was.stability_days
    )


def _of_orphan(known: Remembered, was: _Held) -> Detail:
    place = Place(known.path, known.line)
    return Detail(
        "orphaned", place, was.note, None, None, known.uid, was.reviews, was.stability_days
    )


def _held(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, _Held]:
    found: dict[int, _Held] = {}
    for some in _groups(ids):
        marks = ", ".join("?" * len(some))
        memory = {
            row[0]: row[1:]
            for row in connection.execute(
                "SELECT note_id, sum(reps), max(stability_days) FROM card_state"
                f" WHERE note_id IN ({marks}) GROUP BY note_id", some,
            ).fetchall()
        }  # fmt: skip
        for row in note_rows(connection, f"n.id IN ({marks})", some):
            found[row.id] = _Held(row.note, *memory.get(row.id, (0, None)))
    return found


def _groups(ids: Iterable[int]) -> Iterator[tuple[int, ...]]:
    rest = tuple(ids)
    for first in range(0, len(rest), _FEW):
        yield rest[first : first + _FEW]
