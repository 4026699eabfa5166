"""A selection of cards, kept for the length of a session: what `--tag` and its like ask for."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from srs.store.finding import Condition


def keep(connection: sqlite3.Connection, condition: Condition) -> int:
    """Remember the selected cards as `temp.selected`, for this connection alone; how many."""
    connection.execute("DROP TABLE IF EXISTS temp.selected")
    connection.execute("CREATE TEMP TABLE selected (card BLOB PRIMARY KEY)")
    return connection.execute(
        "INSERT INTO temp.selected SELECT s.card FROM main.card_state s"
        " JOIN main.card c ON c.uid = s.card JOIN main.note n ON n.id = s.note_id"
        f" WHERE {condition.sql}",
        dict(condition.values),
    ).rowcount


class InDeck(NamedTuple):
    """The selected cards of one deck, orphans left out."""

    deck: str
    enabled: bool
    cards: int
    suspended: int  # of them


def by_deck(connection: sqlite3.Connection) -> list[InDeck]:
    """The cards that `keep` remembered, deck by deck."""
    rows = connection.execute(
        "SELECT d.name, d.enabled, count(*), sum(s.suspended <> 0) FROM temp.selected t"
        " JOIN main.card_state s ON s.card = t.card JOIN main.card c ON c.uid = t.card"
        " JOIN main.note n ON n.id = s.note_id JOIN main.deck d ON d.id = n.deck_id"
        " WHERE n.orphan = 0 AND c.gone = 0 GROUP BY d.id ORDER BY d.name"
    )
    return [InDeck(deck, bool(enabled), *counts) for deck, enabled, *counts in rows.fetchall()]


def known_tags(connection: sqlite3.Connection) -> list[str]:
    """Every tag that a note has."""
    sql = "SELECT DISTINCT t.value FROM note n, json_each(n.tags) t ORDER BY 1"
    return [str(row[0]) for row in connection.execute(sql).fetchall()]


def known_types(connection: sqlite3.Connection) -> list[str]:
    """Every type that a note has."""
    sql = "SELECT DISTINCT type FROM note WHERE type <> '' ORDER BY 1"
    return [str(row[0]) for row in connection.execute(sql).fetchall()]


def known_paths(connection: sqlite3.Connection) -> list[str]:
    """Every file that a note came from."""
    sql = "SELECT DISTINCT path FROM note ORDER BY 1"
    return [str(row[0]) for row in connection.execute(sql).fetchall()]


def known_concepts(connection: sqlite3.Connection) -> list[str]:
    """Every concept that a note has."""
    sql = "SELECT DISTINCT concept FROM note WHERE concept <> '' ORDER BY 1"
    return [str(row[0]) for row in connection.execute(sql).fetchall()]
