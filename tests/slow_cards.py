"""Where the cards stand, counted the slow and plain way."""

from __future__ import annotations

import math
import sqlite3
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from srs.days import Calendar
from srs.model import NEW_CARD, CardState, Phase
from srs.scheduling import Scheduler
from srs.settings import Settings
from srs.stats import (
    LEAST_IN_BIN,
    MATURE_DAYS,
    Forecast,
    ForecastDay,
    HardCard,
    Mastery,
    Memory,
)
from srs.store import cards as store_cards

BOUNDS_DAYS = (1.0, 3.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0, math.inf)


class Place(NamedTuple):
    """A card that is in sight, and where it belongs."""

    card: bytes
    deck: str
    concept: str
    state: CardState
    recall: float  # now; 0 for a new one


def in_sight(
    connection: sqlite3.Connection, states: dict[bytes, CardState], now: Scheduler, at_ms: int
) -> list[Place]:
    rows = connection.execute(
        "SELECT s.card, d.name, n.concept FROM card_state s JOIN note n ON n.id = s.note_id"
        " JOIN deck d ON d.id = n.deck_id WHERE s.hidden = 0 ORDER BY s.card"
    ).fetchall()
    found = []
    for card, deck, concept in rows:
        state = states.get(card, NEW_CARD)
        found.append(Place(card, deck, concept, state, now.retrievability(state, at_ms)))
    return found


def memory(places: Sequence[Place], settings: Settings) -> Memory:
    phases = Counter(place.state.phase for place in places)
    mature = sum(is_mature(place.state) for place in places)
    begun = [place for place in places if place.state.phase is not Phase.NEW]
    stabilities = [place.state.stability_days or 0.0 for place in begun]
    recalls = [place.recall for place in begun]
    least = settings.leech_lapses
    return Memory(
        cards=len(places),
        new=phases[Phase.NEW],
        learning=phases[Phase.LEARNING] + phases[Phase.RELEARNING],
        young=phases[Phase.REVIEW] - mature,
        mature=mature,
        suspended=sum(place.state.suspended for place in places),
        leeches=sum(place.state.lapses >= least for place in places) if least > 0 else 0,
        known=math.fsum(recalls),
        retrievability=statistics.fmean(recalls) if recalls else None,
        stability_days=statistics.median(stabilities) if stabilities else None,
        stabilities=histogram(stabilities),
        retrievabilities=tens(int(recall * 10) for recall in recalls),
        difficulties=tens(int(place.state.difficulty or 0) - 1 for place in begun),
    )


def is_mature(state: CardState) -> bool:
    return state.phase is Phase.REVIEW and (state.stability_days or 0.0) >= MATURE_DAYS


def histogram(stabilities: Sequence[float]) -> tuple[tuple[float, int], ...]:
    fits = Counter(min(b for b in BOUNDS_DAYS if days <= b) for days in stabilities)
    return tuple((bound, fits[bound]) for bound in BOUNDS_DAYS) if stabilities else ()


def tens(places: Iterable[int]) -> tuple[int, ...]:
    counts = Counter(min(max(place, 0), 9) for place in places)
    return tuple(counts[place] for place in range(10))


def forecast(
    places: Sequence[Place], calendar: Calendar, today: int, settings: Settings
) -> Forecast:
    asked = [place.state for place in places if not place.state.suspended]
    due = Counter(max(due_day(s, calendar), today) for s in asked if s.phase is not Phase.NEW)
    return Forecast(
        tuple(ForecastDay(day, due[day], 0.0, 0.0) for day in range(today, today + 366)),
        answer_s=0.0,
        timed=0,
        new_per_day=settings.new_per_day,
        new_left=sum(state.phase is Phase.NEW for state in asked),
    )


def due_day(state: CardState, calendar: Calendar) -> int:
    if state.due_day is not None:
        return state.due_day
    assert state.due_ms is not None
    return calendar.day_of(state.due_ms)


def hardest_cards(connection: sqlite3.Connection, places: Sequence[Place]) -> tuple[HardCard, ...]:
    found = []
    for place in places:
        state = place.state
        if state.lapses >= 2:
            card = store_cards.load(connection, place.card)
            assert card is not None
            found.append(
                HardCard(
                    place.card, place.deck, card.front, state.reps, state.lapses,
                    state.difficulty or 0.0, state.stability_days or 0.0,
                )
            )  # fmt: skip
    hardness = lambda one: (-one.lapses, -one.difficulty, one.stability_days, one.card)  # noqa: E731
    return tuple(sorted(found, key=hardness)[:10])


def titles(connection: sqlite3.Connection) -> dict[str, str]:
    """Title by slug, in the order of the curriculum."""
    rows = connection.execute("SELECT slug, title FROM concept ORDER BY rowid").fetchall()
    return dict(rows)


def masteries(
    places: Sequence[Place], name_of: Callable[[Place], str], known: dict[str, str]
) -> tuple[Mastery, ...]:
    names = {name_of(place) for place in places} - {""}
    order = [*(name for name in known if name in names), *sorted(names - known.keys())]
    return tuple(
        mastery(name, known.get(name, name), [p for p in places if name_of(p) == name])
        for name in order
    )


def mastery(name: str, title: str, places: Sequence[Place]) -> Mastery:
    states = [place.state for place in places]
    return Mastery(
        name,
        title,
        cards=len(places),
        seen=sum(state.reps > 0 for state in states),
        answers=sum(state.reps for state in states),
        lapses=sum(state.lapses for state in states),
        known=math.fsum(place.recall for place in places),
        mature=sum(map(is_mature, states)),
    )


def hardest_concepts(concepts: Sequence[Mastery]) -> tuple[Mastery, ...]:
    found = [one for one in concepts if one.answers >= LEAST_IN_BIN and one.lapses]
    usual = sum(one.lapses for one in concepts) / max(1, sum(one.answers for one in concepts))
    hardness = lambda one: (  # noqa: E731
        -(one.lapses + 20 * usual) / (one.answers + 20), -one.lapses, one.name
    )  # fmt: skip
    return tuple(sorted(found, key=hardness)[:10])
