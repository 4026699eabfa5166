"""The schedule against Anki's own backend: both count study days, so both reach the same memory."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from srs.days import Calendar
from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating
from srs.scheduling import Parameters, Scheduler
from tests.anki_backend import anki

CALENDAR = Calendar("UTC", 4)
START_MS = 1_420_070_400_000  # 2015-01-01
END_MS = 1_735_700_000_000  # 2025-01-01: Anki takes reviews from the future for today's
DAY_MS = 86_400_000
CARDS = 150
# Anki's types of review, by the phase before it.
TYPES = {Phase.NEW: 0, Phase.LEARNING: 0, Phase.REVIEW: 1, Phase.RELEARNING: 2}


def life(rng: random.Random, scheduler: Scheduler, card: bytes) -> list[tuple[Event, CardState]]:
    """A random history: each event with the state before it."""
    state, at_ms, events = NEW_CARD, START_MS + rng.randrange(30 * DAY_MS), []
    for _ in range(rng.randrange(1, 25)):
        if events and at_ms > END_MS:
            break
        rating = Rating(rng.choices([1, 2, 3, 4], [2, 1, 6, 1])[0])
        event = Event(b"", Kind.REVIEW, at_ms, CALENDAR.day_of(at_ms), rating)
        events.append((event, state))
        state = scheduler.step(card, state, event)
        if state.due_ms is not None and rng.random() < 0.7:
            at_ms = state.due_ms + rng.randrange(600_000)
        elif state.due_day is not None and rng.random() < 0.7:
            at_ms = CALENDAR.start_ms(state.due_day) + rng.randrange(DAY_MS)
        else:
            at_ms += rng.randrange(60_000, 3 * DAY_MS)
    return [*events, (events[-1][0], state)]


def write_history(col: Any, card_id: int, events: list[tuple[Event, CardState]]) -> None:
    rows = [
        (event.at_ms, card_id, -1, int(event.rating or 0), 1, 1, 2500, 5000, TYPES[before.phase])
        for event, before in events
    ]
    for row in rows:
        col.db.execute("insert into revlog values (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)


def add_card(col: Any) -> int:
    note = col.new_note(col.models.by_name("Basic"))
    note["Front"] = "f"
    col.add_note(note, 1)
    return int(note.card_ids()[0])


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[CardState, Any]]:
    """Our final state and Anki's, card by card."""
    rng, scheduler = random.Random(11), Scheduler(Parameters())
    taken: set[int] = set()
    found = []
    folder: Path = tmp_path_factory.mktemp("anki")
    with anki(folder) as col:
        col.set_config("fsrs", True)
        col.set_config("rollover", 4)
        col.set_config("creationOffset", 0)
        col.set_config("localOffset", 0)
        for number in range(CARDS):
            events = life(rng, scheduler, number.to_bytes(16, "big"))
            if taken & {event.at_ms for event, _ in events[:-1]}:
                continue  # Anki's log has one row a millisecond
            taken |= {event.at_ms for event, _ in events[:-1]}
            card_id = add_card(col)
            write_history(col, card_id, events[:-1])
            found.append((events[-1][1], col.compute_memory_state(card_id)))
    return found


def test_stability_and_difficulty_equal_ankis(pairs: list[tuple[CardState, Any]]) -> None:
    assert len(pairs) > CARDS * 0.9
    for ours, theirs in pairs:
        assert ours.stability_days == pytest.approx(theirs.stability, rel=1e-4)
        assert ours.difficulty == pytest.approx(theirs.difficulty, abs=1e-3)


def test_the_histories_are_worth_comparing(pairs: list[tuple[CardState, Any]]) -> None:
    assert {state.phase for state, _ in pairs} == {Phase.LEARNING, Phase.REVIEW, Phase.RELEARNING}
    assert sum(state.lapses > 0 for state, _ in pairs) > 20
    assert max(state.stability_days or 0 for state, _ in pairs) > 100
