"""Random lives, written into a collection's log by the thousand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from srs import Collection
from srs.days import Calendar
from srs.rebuild import rebuild
from srs.scheduling import Parameters
from srs.store.connection import transaction
from srs.uid import uuid7

_MINUTE_MS, _DAY_MS = 60_000, 86_400_000
_STRIDES_MS = (
    *(minutes * _MINUTE_MS for minutes in (1, 12, 300)),
    *(days * _DAY_MS for days in (1, 2, 5, 12, 40)),
)


class _Row(NamedTuple):
    kind: str
    card: bytes
    at_ms: int
    rating: int | None = None
    duration_ms: int | None = None
    data: str | None = None
    undone_at_ms: int | None = None


def live(collection: Collection, seed: int, until_ms: int, most_answers: int = 14) -> None:
    """Give every card a life that ends before an instant: answers at any distance, some taken back
    later, resets, suspensions, flags, burials; some cards are never touched."""
    rng = random.Random(seed)
    cards = [card.uid for card in collection.cards(collection.span(until_ms))]
    calendar = collection.calendar
    rows = [row for card in cards for row in _life(rng, card, until_ms, most_answers)]
    _write(collection, [row for row in rows if not _at_daybreak(row.at_ms, calendar)], rng)


def _at_daybreak(at_ms: int, calendar: Calendar) -> bool:
    """In the first second of a day, which Anki counts to the day before."""
    return calendar.day_of(at_ms) != calendar.day_of(at_ms - 1000)


def _life(rng: random.Random, card: bytes, until_ms: int, most: int) -> Iterator[_Row]:
    if rng.random() < 0.1:
        if rng.random() < 0.3:
            yield _Row("suspend", card, until_ms - _DAY_MS)
        return
    at_ms = until_ms - rng.randrange(_DAY_MS, 500 * _DAY_MS)
    for _ in range(rng.randrange(1, most)):
        at_ms += rng.choice(_STRIDES_MS) + rng.randrange(9 * _MINUTE_MS)
        if at_ms >= until_ms:
            break
        yield _event(rng, card, at_ms)
    if rng.random() < 0.1:
        yield _Row("bury", card, until_ms - _MINUTE_MS)


def _event(rng: random.Random, card: bytes, at_ms: int) -> _Row:
    kind = rng.choices(["review", "reset", "suspend", "unsuspend", "flag"], [40, 1, 1, 1, 1])[0]
    if kind == "flag":
        return _Row(kind, card, at_ms, data=f'{{"flag":{rng.randrange(5)}}}')
    if kind != "review":
        return _Row(kind, card, at_ms)
    rating = rng.choices([1, 2, 3, 4], [3, 2, 10, 2])[0]
    duration_ms = rng.choice([None, rng.randrange(90_000)])
    undone_at_ms = at_ms + rng.randrange(1, 3 * _MINUTE_MS) if rng.random() < 0.05 else None
    return _Row(kind, card, at_ms, rating, duration_ms, undone_at_ms=undone_at_ms)


def _write(collection: Collection, rows: list[_Row], rng: random.Random) -> None:
    """In the order of time, as if all had been lived through."""
    connection, calendar = collection._connection, collection.calendar
    parameters = Parameters.of(collection.settings)
    found = sorted(_logged(rows, calendar, parameters.hash, rng), key=lambda row: row["at_ms"])
    with transaction(connection):
        named = (parameters.hash, parameters.canonical)
        connection.execute("INSERT OR IGNORE INTO params VALUES (?, ?)", named)
        order_ms = 0
        for row in found:
            row["order_ms"] = order_ms = max(row["at_ms"], order_ms + 1)
            names = ", ".join(row)
            marks = ", ".join(f":{name}" for name in row)
            connection.execute(f"INSERT INTO review_log ({names}) VALUES ({marks})", row)
        rebuild(connection)


def _logged(
    rows: list[_Row], calendar: Calendar, params: bytes, rng: random.Random
) -> Iterator[dict[str, Any]]:
    for row in rows:
        made = _columns(row.kind, row.card, row.at_ms, calendar, rng)
        answered = {"params": params} if row.kind == "review" else {}
        yield made | answered | {
            "rating": row.rating, "duration_ms": row.duration_ms, "data": row.data
        }  # fmt: skip
        if row.undone_at_ms:
            undo = _columns("undo", row.card, row.undone_at_ms, calendar, rng)
            yield undo | {"undoes": made["uid"]}


def _columns(
    kind: str, card: bytes, at_ms: int, calendar: Calendar, rng: random.Random
) -> dict[str, Any]:
    offset_min = calendar.offset_min(at_ms)
    return {
        "uid": uuid7(at_ms, rng.randbytes(10)), "device": b"0" * 16, "kind": kind, "card": card,
        "at_ms": at_ms, "day": calendar.day_at(at_ms, offset_min), "offset_min": offset_min,
    }  # fmt: skip
