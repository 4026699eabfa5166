"""Histories that leave for Anki: what its own backend makes of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

import decks
import exporters
from srs import Collection, Settings, open_collection
from srs.days import Calendar
from tests import random_logs
from tests.stats_in_anki import calendar_now

_DAY_S = 86_400
_TEXT = "Q: What is {0}?\nA: It is {0}.\n\nC: The [first{0}] before the [second{0}].\n\nf{0} ::: b{0}\n\n"


class Told(NamedTuple):
    """What Anki holds of a card, its due day counted from 1970-01-01."""

    type: int
    queue: int
    due: int
    ivl: int
    reps: int
    lapses: int
    flags: int
    stability: float
    difficulty: float


def lived(home: Path, notes: int, seed: int, settings: Settings) -> Collection:
    """A collection with a past that ends now."""
    source = home.parent / "cards.md"
    source.write_text("".join(_TEXT.format(number) for number in range(notes // 3)))
    now_ms = time.time_ns() // 1_000_000
    collection = open_collection(home)
    collection.settings = settings
    collection.calendar = Calendar(settings.zone, settings.rollover_hour)
    collection.import_files(decks.read([source]), now_ms)
    random_logs.live(collection, seed, now_ms)
    return collection


def exported(collection: Collection, path: Path) -> exporters.Bundle:
    chosen = exporters.get_format("anki")
    now_ms = time.time_ns() // 1_000_000
    bundle = collection.bundle("test", now_ms, None, chosen.wants)
    exporters.write(chosen, bundle, path)
    return bundle


def told(col: Any) -> dict[tuple[str, int], Told]:
    """Every card by its note's guid and its number."""
    first_day = _first_day(col)
    rows = col.db.all(
        "select n.guid, c.ord, c.type, c.queue, c.due, c.ivl, c.reps, c.lapses, c.flags, c.data"
        " from cards c join notes n on n.id = c.nid"
    )
    found = {}
    for guid, ordinal, kind, queue, due, *rest, data in rows:
        said = json.loads(data or "{}")
        in_days = kind == 2 or (kind and due < 1_000_000_000)
        found[guid, ordinal] = Told(
            kind, queue, due + first_day if in_days else due, *rest, said.get("s", 0.0),
            said.get("d", 0.0),
        )  # fmt: skip
    return found


def _first_day(col: Any) -> int:
    return int(time.time() - col.db.scalar("select crt from col")) and _today() - col.sched.today


def _today() -> int:
    return calendar_now(time.time_ns() // 1_000_000).day_of(time.time_ns() // 1_000_000)
