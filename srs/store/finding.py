"""From a query to the SQL that finds its cards. Whatever the learner wrote goes in as a value."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from srs.days import Calendar
from srs.query import (
    All,
    Among,
    And,
    Flagged,
    Is,
    Leaf,
    Named,
    Node,
    Not,
    Or,
    Prop,
    Since,
    Words,
)
from srs.stats import MATURE_DAYS
from srs.store import search
from srs.store.histories import lineage


class Moment(NamedTuple):
    """When is asked, and what that depends on."""

    at_ms: int
    today: int  # the study day
    calendar: Calendar
    stray_day: int | None  # see `srs.store.agenda.stray_day`
    leech_lapses: int
    recall: Callable[[float, int], float]  # stability in days, last review → chance of recall


class Condition(NamedTuple):
    """SQL over s (card_state), c (card) and n (note), with its values."""

    sql: str = "1"
    values: tuple[tuple[str, object], ...] = ()


DUE = (
    "(s.phase > 0 AND s.suspended = 0 AND s.hidden = 0"
    " AND (s.buried_day IS NULL OR s.buried_day <> :today)"
    " AND (s.due_day <= :today OR s.due_ms <= :at_ms OR s.last_day IS :stray_day))"
)
_STATES = {
    "due": DUE,
    "new": "s.phase = 0",
    "learning": "s.phase = 1",
    "review": "s.phase = 2",
    "relearning": "s.phase = 3",
    "suspended": "s.suspended <> 0",
    "buried": "s.buried_day IS :today",
    "leech": "(:leech_lapses > 0 AND s.lapses >= :leech_lapses)",
    "flagged": "s.flag <> 0",
    "orphan": "(n.orphan = 1 OR c.gone = 1)",
    "young": f"(s.phase = 2 AND s.stability_days < {MATURE_DAYS})",
    "mature": f"(s.phase = 2 AND s.stability_days >= {MATURE_DAYS})",
    "varied": "n.variants <> '[]'",
}
_DUE_DAY = "coalesce(s.due_day, study_day(s.due_ms))"
NUMBERS = {
    "stability": "s.stability_days",
    "difficulty": "s.difficulty",
    "retrievability": "recall(s.stability_days, s.last_ms)",
    "interval": "iif(s.due_ms IS NULL, s.due_day - s.last_day, 0)",
    "due": f"({_DUE_DAY} - :today)",
    "reps": "s.reps",
    "lapses": "s.lapses",
}
_COLUMNS = {
    "deck": "s.deck_id", "concept": "n.concept", "type": "n.type", "path": "n.path",
    "kind": "n.kind", "level": "(SELECT k.level FROM concept k WHERE k.slug = n.concept)",
}  # fmt: skip
_RATED = (
    "s.card IN (SELECT CASE WHEN r.card IN"
    " (SELECT k.card FROM review_log k WHERE k.kind = 'relink')"
    " THEN owner(r.card, r.order_ms) ELSE r.card END"
    " FROM review_log r WHERE r.day >= {start} AND r.day <= :today"
    " AND r.kind = 'review'{rating}"
    " AND NOT EXISTS (SELECT 1 FROM review_log u WHERE u.undoes = r.uid))"
)
ORDERS = {
    "due": f"{_DUE_DAY} {{0}} NULLS LAST, s.due_ms {{0}} NULLS LAST, s.position",
    "added": "n.added_ms {0}",
    "deck": "d.name COLLATE NOCASE {0}",
    "front": "n.front COLLATE NOCASE {0}",
    **{
        name: f"{NUMBERS[name]} {{0}} NULLS LAST"
        for name in ("stability", "difficulty", "retrievability", "lapses", "reps")
    },
}


def prepare(connection: sqlite3.Connection, moment: Moment) -> None:
    """Teach the connection what conditions and orders ask of Python."""

    def recall(stability_days: float | None, last_ms: int | None) -> float | None:
        if stability_days is None or last_ms is None:
            return None
        return moment.recall(stability_days, last_ms)

    def study_day(at_ms: int | None) -> int | None:
        return None if at_ms is None else moment.calendar.day_of(at_ms)

    connection.create_function("owner", 2, lineage(connection).owner, deterministic=True)
    connection.create_function("recall", 2, recall, deterministic=True)
    connection.create_function("study_day", 1, study_day, deterministic=True)


def order(name: str, *, reverse: bool) -> str:
    """SQL that sorts by one of ORDERS, cards without such a thing last; "" keeps the files' order.

    It speaks of `:today`, as every `condition` has it.
    """
    way = "DESC" if reverse else "ASC"
    by_file = f"n.id {way}, c.ordinal {way}" if not name else "n.id, c.ordinal"
    return f"{ORDERS[name].format(way)}, {by_file}" if name else by_file


def condition(node: Node, moment: Moment) -> Condition:
    """The condition that the query says. Its names must have been looked up, see `srs.choosing`."""
    writer = _Writer(moment)
    sql = writer.write(node)
    return Condition(sql, tuple(writer.values.items()))


class _Writer:
    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self.values: dict[str, object] = {
            "at_ms": moment.at_ms, "today": moment.today, "leech_lapses": moment.leech_lapses,
            # IS finds no day below the first; a NULL would find cards never answered.
            "stray_day": -1 if moment.stray_day is None else moment.stray_day,
        }  # fmt: skip

    def _bind(self, value: object) -> str:
        name = f"q{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def write(self, node: Node) -> str:
        match node:
            case All():
                return "1"
            case And(parts):
                return f"({' AND '.join(map(self.write, parts))})"
            case Or(parts):
                return f"({' OR '.join(map(self.write, parts))})"
            case Not(part):
                # Every condition is true or false, never unknown.
                return f"NOT coalesce({self.write(part)}, 0)"
            case _:
                return f"coalesce({self._leaf(node)}, 0)"

    def _leaf(self, leaf: Leaf) -> str:
        match leaf:
            case Words():
                return self._words(leaf)
            case Among(key, values):
                return self._among(key, json.dumps(values))
            case Named(key, name):
                return self._id(key, name)
            case Is(state):
                return _STATES[state]
            case Flagged(flag):
                return f"s.flag = {self._bind(flag)}"
            case Prop(name, comparison, value):
                return f"{NUMBERS[name]} {comparison} {self._bind(value)}"
            case Since():
                return self._since(leaf)

    def _words(self, words: Words) -> str:
        if not search.has_words(words.text):  # signs alone are looked for to the letter
            sign = self._bind(words.text)
            fields = ("front", "back", "why", "flip")
            return f"({' OR '.join(f'instr(n.{name}, {sign})' for name in fields)})"
        wanted = self._bind(search.pattern(words.text, prefix=words.prefix))
        return f"n.id IN (SELECT rowid FROM note_text WHERE note_text MATCH {wanted})"

    def _among(self, key: str, values: str) -> str:
        wanted = f"(SELECT value FROM json_each({self._bind(values)}))"
        if key == "tag":
            return f"EXISTS (SELECT 1 FROM json_each(n.tags) t WHERE t.value IN {wanted})"
        if key == "untagged":
            return "n.tags = '[]'"
        return f"{_COLUMNS[key]} IN {wanted}"

    def _id(self, key: str, name: str) -> str:
        beginning = self._bind(name.lower())
        table = "n" if key == "note" else "c"
        by_uid = f"substr(lower(hex({table}.uid)), 1, length({beginning})) = {beginning}"
        if key == "card":
            return by_uid
        return f"({by_uid} OR n.explicit_id = {self._bind(name)})"

    def _since(self, since: Since) -> str:
        start = self._moment.today - since.days + 1
        if since.what == "rated":
            rating = f" AND r.rating = {self._bind(since.rating)}" if since.rating else ""
            return _RATED.format(start=self._bind(start), rating=rating)
        if since.what == "introduced":
            return f"(s.reps > 0 AND s.first_day BETWEEN {self._bind(start)} AND :today)"
        column = "n.added_ms" if since.what == "added" else "n.changed_ms"
        calendar, tomorrow = self._moment.calendar, self._moment.today + 1
        first_ms, end_ms = calendar.start_ms(start), calendar.start_ms(tomorrow)
        return f"({column} >= {self._bind(first_ms)} AND {column} < {self._bind(end_ms)})"
