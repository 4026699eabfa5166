"""What the cards of each concept tell, added up by SQLite."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from decks.cloze import blank
from srs.knowledge import Knowledge
from srs.stats import MATURE_DAYS, Mastery
from srs.store import finding
from srs.store.finding import Moment

IN_SIGHT = "s.hidden = 0"
# The same in a disabled deck, whose cards are all hidden.
THERE = "n.orphan = 0 AND NOT EXISTS (SELECT 1 FROM card c WHERE c.uid = s.card AND c.gone)"
_SUMS = (
    "count(*), sum(s.phase > 0), sum(s.reps), sum(s.lapses),"
    " total(recall(s.stability_days, s.last_ms)),"
    f" coalesce(sum(s.phase = 2 AND s.stability_days >= {MATURE_DAYS}), 0),"
    " sum(s.phase IN (1, 3)), sum(s.phase = 0 AND s.suspended = 0),"
    f" coalesce(sum({finding.DUE}), 0), sum(s.phase = 0 AND s.suspended <> 0)"
)
_MASTERY = 6  # columns of them


class Known(NamedTuple):
    """The cards of one concept in one deck; "" is no concept."""

    concept: str
    deck_id: int
    knowledge: Knowledge


def by_concept(
    connection: sqlite3.Connection, moment: Moment, where: str = IN_SIGHT, *values: object
) -> list[Known]:
    """The cards that satisfy an SQL condition over s and n, by concept and deck."""
    finding.prepare(connection, moment)
    rows = connection.execute(
        f"SELECT n.concept, s.deck_id, {_SUMS} FROM card_state s"
        " JOIN note n ON n.id = s.note_id"
        f" WHERE {where} GROUP BY n.concept, s.deck_id ORDER BY min(s.position), n.concept",
        _named(moment, values),
    )
    return [
        Known(concept, deck_id, _knowledge(sums)) for concept, deck_id, *sums in rows.fetchall()
    ]


def _named(moment: Moment, values: tuple[object, ...]) -> dict[str, object]:
    # IS finds no day below the first; a NULL would find cards never answered.
    stray_day = -1 if moment.stray_day is None else moment.stray_day
    given = {f"v{number}": value for number, value in enumerate(values)}
    return {"today": moment.today, "at_ms": moment.at_ms, "stray_day": stray_day, **given}


def _knowledge(sums: list[float]) -> Knowledge:
    cards, seen, answers, lapses, known, mature = sums[:_MASTERY]
    mastery = Mastery("", "", int(cards), int(seen), int(answers), int(lapses), known, int(mature))
    return Knowledge(mastery, *map(int, sums[_MASTERY:]))


def disabled_decks(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """The disabled decks that hold cards of each concept, as they come."""
    rows = connection.execute(
        "SELECT n.concept, d.name FROM deck d JOIN note n ON n.deck_id = d.id"
        " WHERE d.enabled = 0 AND n.orphan = 0 AND n.concept <> ''"
        " GROUP BY n.concept, d.id ORDER BY min(n.id)"
    )
    found: dict[str, tuple[str, ...]] = {}
    for concept, deck in rows.fetchall():
        found[concept] = (*found.get(concept, ()), deck)
    return found


def files_of(
    connection: sqlite3.Connection, where: str, value: object, limit: int
) -> list[tuple[str, str]]:
    """Files, with the deck of a note there, of notes that satisfy a condition over n."""
    rows = connection.execute(
        "SELECT n.path, d.name FROM note n JOIN deck d ON d.id = n.deck_id"
        f" WHERE n.orphan = 0 AND {where} GROUP BY n.path ORDER BY min(n.id) LIMIT ?",
        (value, limit),
    )
    return [(str(path), str(deck)) for path, deck in rows.fetchall()]


def fronts_of(connection: sqlite3.Connection, concept: str) -> dict[bytes, str]:
    """What the notes of a concept that make several cards ask, their answers hidden, by note."""
    rows = connection.execute(
        "SELECT n.uid, n.kind, n.front FROM note n WHERE n.orphan = 0 AND n.kind <> 'basic'"
        " AND n.concept = ? AND n.concept <> ''",
        (concept,),
    )
    return {uid: blank(text) if kind == "cloze" else text for uid, kind, text in rows.fetchall()}


def sources_of(connection: sqlite3.Connection, concept: str, limit: int) -> list[str]:
    """What the notes of a concept name as their sources, each once, as they come."""
    rows = connection.execute(
        "SELECT t.value FROM note n, json_each(n.sources) t WHERE n.orphan = 0"
        " AND n.concept = ? AND n.concept <> '' GROUP BY t.value ORDER BY min(n.id), min(t.key)"
        " LIMIT ?",
        (concept, limit),
    )
    return [str(row[0]) for row in rows.fetchall()]
