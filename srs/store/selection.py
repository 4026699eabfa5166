"""A selection of cards, kept for the length of a session: what `--tag` and its like ask for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from srs.store.finding import Condition


class Selection(NamedTuple):
    """What the selected cards have in common; each field that is set narrows it down."""

    deck_ids: tuple[int, ...] = ()  # any of these
    tags: tuple[str, ...] = ()  # any of these, to the letter
    concepts: tuple[str, ...] = ()  # any of these
    levels: tuple[str, ...] = ()  # of the concept, any of these
    flagged: bool = False
    leech_lapses: int = 0  # at least so many; 0: any card
    found: Condition | None = None  # and whatever else a query asks for

    @property
    def narrows(self) -> bool:
        """Whether more is asked than decks."""
        return self._replace(deck_ids=()) != Selection()


_TAGGED = (
    "EXISTS (SELECT 1 FROM json_each(n.tags) t"
    " WHERE t.value IN (SELECT value FROM json_each(:tags)))"
)


def _any(column: str, name: str, values: Sequence[str]) -> tuple[str, dict[str, object]]:
    named = {f"{name}{place}": value for place, value in enumerate(values)}
    return f"{column} IN ({', '.join(f':{key}' for key in named)})", dict(named)


def condition(selection: Selection) -> tuple[str, dict[str, object]]:
    """SQL over s (card_state), n (note), with its values."""
    parts, values = ["1"], dict[str, object]()
    if selection.deck_ids:
        parts.append(f"s.deck_id IN ({', '.join(map(str, selection.deck_ids))})")
    for name, column, wanted in (
        ("concept", "n.concept", selection.concepts),
        ("level", "(SELECT level FROM concept k WHERE k.slug = n.concept)", selection.levels),
    ):
        if wanted:
            part, named = _any(column, name, wanted)
            parts.append(part)
            values |= named
    if selection.tags:
        parts.append(_TAGGED)
        values["tags"] = json.dumps(selection.tags)
    if selection.flagged:
        parts.append("s.flag <> 0")
    if selection.leech_lapses:
        parts.append("s.lapses >= :lapses")
        values["lapses"] = selection.leech_lapses
    if selection.found is not None:
        parts.append(selection.found.sql)
        values |= dict(selection.found.values)
    return " AND ".join(parts), values


def keep(connection: sqlite3.Connection, selection: Selection) -> int:
    """Remember the selected cards as `temp.selected`, for this connection alone; how many."""
    where, values = condition(selection)
    connection.execute("DROP TABLE IF EXISTS temp.selected")
    connection.execute("CREATE TEMP TABLE selected (card BLOB PRIMARY KEY)")
    return connection.execute(
        "INSERT INTO temp.selected SELECT s.card FROM main.card_state s"
        " JOIN main.card c ON c.uid = s.card JOIN main.note n ON n.id = s.note_id"
        f" WHERE {where}",
        values,
    ).rowcount


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
