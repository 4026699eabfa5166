"""The log answered anew, one answer at a time: what was known before each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from srs.days import iso_day
from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating
from srs.scheduling import Parameters, Scheduler, elapsed_days
from srs.stats import (
    MATURE_DAYS,
)


class Row(NamedTuple):
    """A row of the log that counts."""

    uid: bytes
    kind: str
    card: bytes
    at_ms: int
    day: int
    rating: int | None
    duration_ms: int | None
    params: bytes | None
    variant: int | None
    confidence: int | None
    data: str | None


class Answer(NamedTuple):
    """An answer and what was known before it."""

    row: Row
    before: CardState
    elapsed_days: int
    thousandths: int | None  # the prediction, where there is one
    first: bool  # of its card, ever
    form_seen: bool  # that form of the card was answered before

    @property
    def recalled(self) -> bool:
        return self.row.rating != Rating.AGAIN

    @property
    def predicted(self) -> float:
        assert self.thousandths is not None
        return self.thousandths / 1000

    @property
    def mature(self) -> bool:
        return (self.before.stability_days or 0.0) >= MATURE_DAYS

    @property
    def month(self) -> str:
        return iso_day(self.row.day)[:7]

    @property
    def in_review(self) -> bool:
        return self.before.phase is Phase.REVIEW


class Line(NamedTuple):
    """A row of the log, as far as it says whose rows are."""

    order_ms: int
    uid: bytes
    device: bytes
    kind: str
    card: bytes
    data: str | None
    undoes: bytes | None = None


def belongings(lines: Iterable[Line]) -> dict[bytes, list[Line]]:
    """What counts in the end, by the card to which it belongs: the log gone through, row by row."""
    lines = sorted(lines)
    undone = {line.undoes for line in lines}
    lines = [line for line in lines if line.uid not in undone and line.kind != Kind.UNDO]
    halves = {line.uid: said(line) for line in lines if line.kind == Kind.RELINK}
    owned: dict[bytes, list[Line]] = {}
    for line in lines:
        if line.kind != Kind.RELINK:
            owned.setdefault(line.card, []).append(line)
            continue
        half = halves[line.uid]
        if half is None or half["word"] != "from":
            continue
        mirrored = {**half, "word": "to", "card": half["other"], "other": half["card"]}
        if mirrored in halves.values():
            giver, until_ms = half["other"], half["until"]
            gone = [own for own in owned.get(giver, []) if own.order_ms < until_ms]
            owned[giver] = [own for own in owned.get(giver, []) if own not in gone]
            owned.setdefault(line.card, []).extend(gone)
    return {card: sorted(rows) for card, rows in owned.items() if rows}


def said(line: Line) -> dict[str, object] | None:
    """What a relink says; None: nothing that makes sense."""
    try:
        told = json.loads(line.data or "")
    except ValueError:
        return None
    words = [word for word in ("from", "to") if isinstance(told, dict) and word in told]
    if not words or len(str(told[words[0]])) != 32 or type(told.get("until")) is not int:
        return None
    other = bytes.fromhex(told[words[0]])
    if other == line.card or told["until"] > line.order_ms:
        return None
    act = told.get("act", line.uid.hex())
    return {"word": words[0], "card": line.card, "other": other, "until": told["until"],
            "act": act, "device": line.device}  # fmt: skip


def owners(connection: sqlite3.Connection) -> dict[bytes, bytes]:
    """Row that counts → card to which it belongs."""
    found = connection.execute(f"SELECT {', '.join(Line._fields)} FROM review_log").fetchall()
    owned = belongings(Line._make(row) for row in found)
    return {line.uid: card for card, lines in owned.items() for line in lines}


def rows_that_count(connection: sqlite3.Connection) -> list[Row]:
    """Rows that were not taken back, in the order of replay, each with the card that has it now."""
    owner = owners(connection)
    names = ", ".join(Row._fields)
    found = connection.execute(f"SELECT {names} FROM review_log ORDER BY order_ms, uid").fetchall()
    rows = [Row._make(row) for row in found]
    return [row._replace(card=owner[row.uid]) for row in rows if row.uid in owner]


def replayed(connection: sqlite3.Connection) -> tuple[list[Answer], dict[bytes, CardState]]:
    """Every answer that counts, and where each card of the log stands after them all."""
    texts = dict(connection.execute("SELECT hash, data FROM params").fetchall())
    schedulers = {name: Scheduler(Parameters.parse(text)) for name, text in texts.items()}
    states = dict[bytes, CardState]()
    forms = set[tuple[bytes, int]]()
    begun = set[bytes]()
    answers = list[Answer]()
    for row in rows_that_count(connection):
        state = states.get(row.card, NEW_CARD)
        scheduler = schedulers[row.params] if row.params else Scheduler(Parameters())
        if row.kind == Kind.REVIEW:
            form = (row.card, row.variant or 0)
            elapsed = elapsed_days(state.last_day, state.ahead_day, row.day)
            guess = prediction(scheduler.parameters, state, elapsed)
            first = row.card not in begun
            answers.append(Answer(row, state, elapsed, guess, first, form in forms))
            forms.add(form)
            begun.add(row.card)
        states[row.card] = scheduler.step(row.card, state, event_of(row))
    return answers, states


def event_of(row: Row) -> Event:
    rating = None if row.rating is None else Rating(row.rating)
    return Event(row.uid, row.kind, row.at_ms, row.day, rating, row.params or b"", row.data or "")


def prediction(parameters: Parameters, before: CardState, elapsed: int) -> int | None:
    """FSRS-6's chance of recall in thousandths; None where nothing was predicted."""
    if before.stability_days is None or elapsed < 1:
        return None
    decay = -parameters.weights[20]
    factor = 0.9 ** (1 / decay) - 1
    return int((1 + factor * elapsed / before.stability_days) ** decay * 1000 + 0.5)
