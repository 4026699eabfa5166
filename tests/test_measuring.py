"""What is noted before each answer is what the engine says of the card at that moment."""

from __future__ import annotations

from array import array

from hypothesis import example, given
from hypothesis import strategies as st

from srs.measuring import Meter, Past
from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating
from srs.replay import Tables, told
from srs.scheduling import Parameters, Scheduler, elapsed_days, fold
from srs.starts import Start, written
from srs.stats import MATURE_DAYS
from tests.test_replay import DAY_MS, STARTS

PARAMETERS = Parameters()
NAME = PARAMETERS.hash
TABLES, SCHEDULER = Tables(PARAMETERS), Scheduler(PARAMETERS)
# Says nothing of a day: it counts from the day of the answers before a reset.
DAYLESS = written(Start("another", int(Phase.REVIEW), None, 30.0, 5.0))


def answer(day: int, rating: int = 3, variant: int | None = None) -> Past:
    return Past(Kind.REVIEW, day, rating, NAME, variant, day * DAY_MS)


def mark(kind: str, day: int, data: str = "") -> Past:
    return Past(kind, day, 0, b"", None, day * DAY_MS, data)


@st.composite
def histories(draw: st.DrawFn) -> list[Past]:
    day, rows = 20_000, list[Past]()
    varied = draw(st.booleans())
    for _ in range(draw(st.integers(0, 25))):
        day += draw(st.sampled_from([0, 0, 1, 1, 3, 10, 200, -2]))
        kind = draw(st.sampled_from([Kind.REVIEW] * 6 + [Kind.RESET, Kind.START]))
        if kind == Kind.REVIEW:
            variant = draw(st.integers(0, 2)) if varied else None
            rows.append(answer(day, draw(st.integers(1, 4)), variant))
        else:
            data = draw(st.just(DAYLESS) | STARTS) if kind == Kind.START else ""
            rows.append(mark(kind, day, data))
    return rows


@given(histories())
@example([answer(20_000), answer(20_010), mark(Kind.RESET, 20_020),
          mark(Kind.START, 20_030, DAYLESS), answer(20_040)])  # fmt: skip
def test_what_is_noted_is_what_folding_the_log_says(rows: list[Past]) -> None:
    found = Meter(lambda _: TABLES).history(rows)
    known, predicted = list[int](), list[int]()
    state = NEW_CARD
    for row in rows:
        if row.kind == Kind.REVIEW:
            note(state, row, known, predicted)
        state = fold(b"card", [event_of(row)], lambda _: SCHEDULER, state)
    assert (found.known, found.predicted) == (packed(known), packed(predicted))


def event_of(row: Past) -> Event:
    rating = Rating(row.rating) if row.rating else None
    return Event(b"", row.kind, row.at_ms, row.day, rating, row.params, row.data)


def note(state: CardState, row: Past, known: list[int], predicted: list[int]) -> None:
    if state.phase is Phase.NEW:
        return
    stability_days = state.stability_days or 0.0
    mature, recalled = stability_days >= MATURE_DAYS, row.rating > Rating.AGAIN
    elapsed = elapsed_days(state.last_day, state.ahead_day, row.day)
    if elapsed >= 1:
        thousandths = int(TABLES.recall(elapsed, stability_days) * 1000 + 0.5)
        predicted.append(told(thousandths, mature, recalled))
    if state.phase is Phase.REVIEW:
        known.append(told(row.day, mature, recalled))


def packed(numbers: list[int]) -> bytes:
    return array("i", numbers).tobytes()
