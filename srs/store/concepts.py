"""The curriculum as the collection holds it: what builds on what, and how far a concept is.

On the path to the first card.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from srs.queue import Passing


def replace(
    connection: sqlite3.Connection, concepts: Iterable[tuple[str, str, str, Iterable[str]]]
) -> None:
    """Make these the concepts: slug, title, level, prerequisites. Call inside `transaction`."""
    rows = [(slug, title, level, " ".join(needs)) for slug, title, level, needs in concepts]
    connection.execute("DELETE FROM concept")
    connection.executemany("INSERT INTO concept VALUES (?, ?, ?, ?)", rows)


def needs(connection: sqlite3.Connection, concept: str) -> tuple[str, ...]:
    """Slugs of the concept's direct prerequisites; none for what the curriculum does not know."""
    row = connection.execute("SELECT needs FROM concept WHERE slug = ?", (concept,)).fetchone()
    return tuple(row[0].split()) if row else ()


def passing(connection: sqlite3.Connection, concept: str) -> Passing:
    """Whether the concept has a card that may be asked, and whether one of its cards was passed."""
    row = connection.execute(
        "SELECT max(s.suspended = 0 AND s.hidden = 0), max(s.passed)"
        " FROM note n JOIN card_state s ON s.note_id = n.id"
        " WHERE n.concept = ? AND n.concept <> ''",
        (concept,),
    ).fetchone()
    return Passing(bool(row[0]), bool(row[1]))


def title(connection: sqlite3.Connection, concept: str) -> str:
    """The concept's title; empty for what the curriculum does not know."""
    row = connection.execute("SELECT title FROM concept WHERE slug = ?", (concept,)).fetchone()
    return str(row[0]) if row else ""
