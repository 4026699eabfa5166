"""Where the cards stand: what statistics ask of the cache of states.

Cards in sight are those that are neither orphans nor in a disabled deck. SQLite adds up what it
can: a hundred thousand cards handed over one by one would take longer than all the rest.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from srs.stats import MATURE_DAYS

_IN_SIGHT = "s.hidden = 0"
_OPEN = "s.hidden = 0 AND s.suspended = 0"
_MATURE = f"(s.phase = 2 AND s.stability_days >= {MATURE_DAYS})"


class Phases(NamedTuple):
    """Counts of cards in sight."""

    cards: int
    new: int
    learning: int
    known: int
    mature: int
    suspended: int
    leeches: int


def phases(connection: sqlite3.Connection, leech_lapses: int) -> Phases:
    """How far the cards are; none is a leech at a threshold of 0."""
    sums = (
        "s.phase = 0", "s.phase IN (1, 3)", "s.phase = 2", _MATURE, "s.suspended",
        "s.lapses >= :lapses AND :lapses > 0",
    )  # fmt: skip
    columns = ", ".join(f"coalesce(sum({one}), 0)" for one in sums)
    row = connection.execute(
        f"SELECT count(*), {columns} FROM card_state s WHERE {_IN_SIGHT}", {"lapses": leech_lapses}
    ).fetchone()
    return Phases(*row)


class Group(NamedTuple):
    """The cards in sight of one concept in one deck."""

    deck_id: int
    concept: str
    cards: int
    seen: int
    answers: int
    lapses: int
    mature: int


def groups(connection: sqlite3.Connection) -> list[Group]:
    """Every concept of every deck."""
    rows = connection.execute(
        "SELECT s.deck_id, n.concept, count(*), sum(s.phase > 0), sum(s.reps), sum(s.lapses),"
        f" coalesce(sum({_MATURE}), 0) FROM card_state s JOIN note n ON n.id = s.note_id"
        f" WHERE {_IN_SIGHT} GROUP BY s.deck_id, n.concept"
    )
    return [Group(*row) for row in rows]


# Deck, concept, stability in days, difficulty, instant of the latest answer.
Learned = tuple[int, str, float, float, int]


def learned(connection: sqlite3.Connection) -> list[Learned]:
    """The cards in sight that were answered."""
    return connection.execute(
        "SELECT s.deck_id, n.concept, s.stability_days, s.difficulty, s.last_ms"
        f" FROM card_state s JOIN note n ON n.id = s.note_id WHERE {_IN_SIGHT}"
        " AND s.stability_days IS NOT NULL AND s.last_ms IS NOT NULL"
    ).fetchall()


def due_days(connection: sqlite3.Connection) -> dict[int, int]:
    """By study day: the cards that may be asked and are due for the whole of it."""
    rows = connection.execute(
        f"SELECT s.due_day, count(*) FROM card_state s WHERE {_OPEN} AND s.due_day IS NOT NULL"
        " GROUP BY s.due_day"
    )
    return dict(rows.fetchall())


def due_instants(connection: sqlite3.Connection) -> list[int]:
    """When the cards in steps that may be asked are due."""
    sql = f"SELECT s.due_ms FROM card_state s WHERE {_OPEN} AND s.due_ms IS NOT NULL"
    return [row[0] for row in connection.execute(sql)]


def count_new(connection: sqlite3.Connection) -> int:
    """The cards never answered that may be asked."""
    sql = f"SELECT count(*) FROM card_state s WHERE {_OPEN} AND s.phase = 0"
    return int(connection.execute(sql).fetchone()[0])


class Scheduled(NamedTuple):
    """A card that may be asked, and when."""

    phase: int
    step: int | None
    stability_days: float
    difficulty: float
    last_day: int
    ahead_day: int | None
    reps: int
    lapses: int
    due_ms: int | None
    due_day: int | None


def every(connection: sqlite3.Connection, stride: int) -> list[Scheduled]:
    """One in so many of the answered cards that may be asked, evenly spread over when."""
    columns = ", ".join(f"s.{name}" for name in Scheduled._fields)
    # Both parts are read from the queues' indexes, whose predicates they repeat.
    placed = " UNION ALL ".join(
        f"SELECT card, row_number() OVER (ORDER BY {due}, card) AS place FROM card_state"
        f" WHERE suspended = 0 AND hidden = 0 AND {due} IS NOT NULL"
        for due in ("due_day", "due_ms")
    )
    rows = connection.execute(
        f"SELECT {columns} FROM ({placed}) p JOIN card_state s ON s.card = p.card"
        " WHERE p.place % :stride = :middle ORDER BY s.due_day, s.due_ms, s.card",
        {"stride": stride, "middle": stride // 2},
    )
    return [Scheduled(*row) for row in rows]


def decks(connection: sqlite3.Connection) -> dict[int, str]:
    """The names of the enabled decks, in their order."""
    sql = "SELECT id, name FROM deck WHERE enabled ORDER BY name"
    return dict(connection.execute(sql).fetchall())


def concepts(connection: sqlite3.Connection) -> dict[str, str]:
    """The titles of the curriculum's concepts, by slug, in its order."""
    return dict(connection.execute("SELECT slug, title FROM concept ORDER BY rowid").fetchall())


def hardest(connection: sqlite3.Connection, lapses: int, limit: int) -> list[bytes]:
    """The cards in sight with most lapses, and at least so many."""
    rows = connection.execute(
        f"SELECT s.card FROM card_state s WHERE {_IN_SIGHT} AND s.lapses >= ?"
        " ORDER BY s.lapses DESC, s.difficulty DESC, s.stability_days, s.card LIMIT ?",
        (lapses, limit),
    )
    return [row[0] for row in rows.fetchall()]
