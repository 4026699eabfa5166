"""One log in two programs: in our collection and in Anki's own."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from srs import Collection, Phase
from srs.days import Calendar
from srs.model import NEW_CARD, CardState
from srs.rebuild import rebuild
from srs.scheduling import Parameters
from srs.store.connection import transaction
from srs.uid import uuid7
from tests.anki_backend import anki
from tests.bench import log as made_up
from tests.bench.theirs import recompute
from tests.slow_log import Answer, replayed

DAY_MS = 86_400_000
CARDS, REVIEWS, SUSPENDED = 300, 2_500, 7
AGE_DAYS = 4_000  # of Anki's collection
FIRST_ID = 1_400_000_000_000
REAL = os.environ.get("SRS_REAL_REVIEWS", "")
# Anki's types of a review by the phase before it; its types and queues of a card by its phase.
TYPES = {Phase.NEW: 0, Phase.LEARNING: 0, Phase.REVIEW: 1, Phase.RELEARNING: 2}
CARD_TYPES = {Phase.NEW: 0, Phase.LEARNING: 1, Phase.REVIEW: 2, Phase.RELEARNING: 3}
QUEUES = {Phase.NEW: 0, Phase.LEARNING: 1, Phase.REVIEW: 2, Phase.RELEARNING: 1}


def calendar_now(now_ms: int) -> Calendar:
    """Days as Anki counts them: of the present offset, all of 24 hours; now is in the middle."""
    offset_h, rest = divmod(Calendar().offset_min(now_ms), 60)
    if rest:
        pytest.skip("no fixed zone is named for offsets of half an hour")
    rollover_hour = (now_ms // 3_600_000 + offset_h + 12) % 24
    return Calendar(f"Etc/GMT{-offset_h:+d}" if offset_h else "UTC", rollover_hour)


def made_up_rows(now_ms: int, calendar: Calendar, cards: list[bytes]) -> list[made_up.Review]:
    """A learner of three years who has done half of today's."""
    plan = made_up.Plan(CARDS, REVIEWS, calendar.day_of(now_ms) + 1)
    return [row for row in made_up.reviews(plan, cards, calendar) if row.at_ms <= now_ms]


def real_rows(now_ms: int, calendar: Calendar, cards: list[bytes]) -> list[made_up.Review]:
    """Somebody's answers, moved by whole days so that the last are of today."""
    with Path(REAL).open() as file:
        found = sorted(
            (int(datetime.fromisoformat(row["review_time"]).timestamp() * 1000), row)
            for row in csv.DictReader(file)
        )
    shift_ms = (now_ms - found[-1][0]) // DAY_MS * DAY_MS
    places: dict[str, int] = {}
    rows = []
    for at_ms, row in found:
        place = places.setdefault(row["card_id"], len(places))
        day, rating = calendar.day_of(at_ms + shift_ms), int(row["review_rating"])
        duration_ms = int(row["review_duration"])
        rows.append(made_up.Review(at_ms + shift_ms, place, day, rating, duration_ms))
    return rows


def fill_ours(
    collection: Collection, rows: list[made_up.Review], cards: list[bytes], now_ms: int
) -> None:
    connection, parameters = collection._connection, Parameters.of(collection.settings)
    with transaction(connection):
        row = (parameters.hash, parameters.canonical)
        connection.execute("INSERT OR IGNORE INTO params VALUES (?, ?)", row)
        connection.executemany(
            "INSERT INTO review_log (uid, device, kind, card, at_ms, order_ms, day, offset_min,"
            " rating, duration_ms, params) VALUES (?, x'00', 'review', ?, ?, ?, ?, 0, ?, ?, ?)",
            [
                (
                    uuid7(r.at_ms, number.to_bytes(10, "big")), cards[r.card], r.at_ms, r.at_ms,
                    r.day, r.rating, r.duration_ms, parameters.hash,
                )
                for number, r in enumerate(rows)
            ],
        )  # fmt: skip
        rebuild(connection)
    asleep = [card for card in collection.cards(collection.span(now_ms)) if card.state.reps]
    collection.mark(asleep[:: len(asleep) // SUSPENDED], "suspend", now_ms)


def fill_theirs(folder: Path, ours: Collection, cards: list[bytes], calendar: Calendar) -> None:
    """Anki's collection with our cards where they stand and our log; memories it computes."""
    today = calendar.day_of(time.time_ns() // 1_000_000)
    with anki(folder) as collection:
        start_s = calendar.start_ms(today - AGE_DAYS) // 1000
        collection.db.execute("update col set crt = ?", start_s)
        collection.set_config("fsrs", True)
        collection.set_config("rollover", calendar.rollover_hour)
    answers, states = replayed(ours._connection)
    ids = {card: FIRST_ID + place for place, card in enumerate(cards)}
    there = {number: states.get(card, NEW_CARD) for card, number in ids.items()}
    with anki(folder) as collection:
        shift = collection.sched.today - today
        # In one transaction: Anki's connection commits each row of an executemany by itself.
        collection.db.transact(lambda: insert(collection, there, shift, their_log(answers, ids)))
        recompute(collection)
        recompute(collection)


def insert(
    collection: Any, states: dict[int, CardState], shift: int, rows: Iterable[tuple[int, ...]]
) -> None:
    note_type = collection.models.by_name("Basic")["id"]
    collection.db.executemany(
        "insert into notes values (?, ?, ?, 1, -1, '', ?, ?, 0, 0, '')",
        [(n, f"guid{n}", note_type, f"{n}\x1f{n}", str(n)) for n in states],
    )
    collection.db.executemany(
        "insert into cards values (?, ?, 1, 0, 1, -1, ?, ?, ?, ?, 2500, ?, ?, ?, 0, 0, 0, ?)",
        [(n, n, *their_card(state, shift)) for n, state in states.items()],
    )
    collection.db.executemany(
        "insert into revlog values (?, ?, -1, ?, ?, ?, 2500, ?, ?)", list(rows)
    )


def their_card(state: CardState, shift: int) -> tuple[object, ...]:
    """Type, queue, due, interval, reps, lapses, steps left, when last answered."""
    queue = -1 if state.suspended else QUEUES[state.phase]
    due, interval_days = (state.due_ms or 0) // 1000, 0
    if state.due_day is not None and state.last_day is not None:
        due, interval_days = state.due_day + shift, state.due_day - state.last_day
    left = 0 if state.step is None else 1002 - state.step
    # Without the instant of the last answer Anki takes whole days for the time since.
    data = json.dumps({"lrt": state.last_ms // 1000}) if state.last_ms else ""
    return CARD_TYPES[state.phase], queue, due, interval_days, state.reps, state.lapses, left, data


def their_log(answers: list[Answer], ids: dict[bytes, int]) -> Iterator[tuple[int, ...]]:
    """Rows of Anki's log; intervals in days, steps in seconds below zero."""
    for answer in sorted(answers, key=lambda one: one.row.at_ms):
        row, before = answer.row, answer.before
        interval = -600
        if before.phase is Phase.REVIEW and before.due_day and before.last_day is not None:
            interval = before.due_day - before.last_day
        yield (
            row.at_ms, ids[row.card], row.rating or 0, interval, interval, row.duration_ms or 0,
            TYPES[before.phase],
        )  # fmt: skip
