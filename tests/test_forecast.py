"""What the days to come are said to cost, against living them."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srs.forecast import DAYS, Coming, Limits, Newcomers, forecast
from srs.model import NEW_CARD, CardState, Event, Kind, Rating
from srs.replay import Memory, Tables
from srs.scheduling import Parameters, Scheduler

TODAY = 20_000
TABLES = Tables(Parameters())
NOBODY = Newcomers(0, 0, 12)
NO_LIMIT = Limits(10**6, 10**6)
memories = st.builds(
    Memory,
    phase=st.just(2),
    stability_days=st.floats(0.5, 400),
    difficulty=st.floats(1, 10),
    first_day=st.just(TODAY - 500),
    last_day=st.integers(TODAY - 400, TODAY),
    reps=st.integers(1, 30),
)
coming = st.lists(st.builds(Coming, memories, st.integers(TODAY - 100, TODAY + 700)), max_size=12)
newcomers = st.builds(Newcomers, st.integers(0, 900), st.integers(0, 20), st.integers(0, 40))


def told(cards: list[Coming], new: Newcomers = NOBODY, seed: int = 0) -> list[float]:
    due = Counter(card.due_day for card in cards)
    found = forecast(due, cards, new, NO_LIMIT, TABLES, TODAY, 15_000, Random(seed))
    return [day.expected for day in found]


@given(coming, newcomers)
def test_what_is_due_is_counted_to_the_card_and_never_undercut(
    cards: list[Coming], new: Newcomers
) -> None:
    due = Counter(card.due_day for card in cards)
    found = forecast(due, cards, new, NO_LIMIT, TABLES, TODAY, 15_000, Random(1))
    assert [day.day for day in found] == list(range(TODAY, TODAY + DAYS))
    for day in found[1:]:
        assert day.due == due[day.day]
    assert found[0].due == sum(count for day, count in due.items() if day <= TODAY)
    assert all(day.expected >= day.due - 1e-9 for day in found)
    assert all(day.minutes == pytest.approx(day.expected / 4) for day in found)
    assert found == forecast(due, cards, new, NO_LIMIT, TABLES, TODAY, 15_000, Random(1))


@given(newcomers)
def test_new_cards_join_day_by_day_until_none_is_left(new: Newcomers) -> None:
    first_day = told([], new)[0]
    assert first_day == pytest.approx(2 * min(new.left, new.today))  # two steps each
    if not new.left or (not new.today and not new.a_day):
        assert told([], new) == [0.0] * DAYS


def test_a_card_that_cannot_be_forgotten_is_asked_once() -> None:
    sure = Coming(Memory(2, 0, 30_000.0, 1.0, TODAY - 9, TODAY - 9, None, 9), TODAY + 5)
    assert sum(told([sure])) == pytest.approx(1, abs=0.01)
    assert told([sure])[5] == pytest.approx(1, abs=0.01)


@given(coming, st.integers(0, 5), st.integers(0, 5))
def test_what_exceeds_the_limit_waits_and_none_is_lost(
    cards: list[Coming], today: int, a_day: int
) -> None:
    due = Counter(card.due_day for card in cards)
    free, held = (
        [day.expected for day in forecast(due, cards, NOBODY, limits, TABLES, TODAY, 1, Random(2))]
        for limits in (NO_LIMIT, Limits(today, a_day))
    )
    steps = [max(0.0, day) for day in free]
    for place in range(DAYS):
        assert sum(held[: place + 1]) <= sum(free[: place + 1]) + 1e-6
        assert held[place] <= (a_day if place else today) + steps[place] + 1e-6
    if a_day == 5 and today == 5 and max(free) <= 5:
        assert held == free


def test_a_part_of_the_cards_stands_for_all() -> None:
    rng = Random(7)
    cards = [
        Coming(
            Memory(2, 0, rng.uniform(1, 200), rng.uniform(2, 9), TODAY - 300, TODAY - 5, None, 5),
            TODAY + rng.randrange(60),
        )
        for _ in range(3_000)
    ]
    due = Counter(card.due_day for card in cards)
    whole, part = (
        [
            day.expected
            for day in forecast(due, some, NOBODY, NO_LIMIT, TABLES, TODAY, 1.0, Random(1))
        ]
        for some in (cards, cards[::3])
    )
    assert sum(part[:30]) == pytest.approx(sum(whole[:30]), rel=0.05)
    assert sum(part) == pytest.approx(sum(whole), rel=0.05)


def _lived(days: int, a_day: int) -> list[int]:
    """Answers a day of a learner who forgets as FSRS says, by the scheduler of the program."""
    scheduler, rng = Scheduler(Parameters()), Random(3)
    states: dict[bytes, CardState] = {}
    found = []
    for day in range(TODAY, TODAY + days):
        answers, begun = 0, [bytes([day % 250, n]) * 8 for n in range(a_day)]
        due = [card for card, state in states.items() if (state.due_day or day) <= day]
        for card in due + begun:
            state, rating = states.get(card, NEW_CARD), Rating.GOOD
            if state.stability_days and state.last_day is not None:
                recall = TABLES.recall(day - state.last_day, state.stability_days)
                rating = Rating.GOOD if rng.random() < recall else Rating.AGAIN
            while state.last_day != day or state.due_ms is not None:
                event = Event(b"", Kind.REVIEW, day * 86_400_000, day, rating, b"")
                state, rating, answers = (
                    scheduler.step(card, state, event),
                    Rating.GOOD,
                    answers + 1,
                )
            states[card] = state
        found.append(answers)
    return found


def test_the_forecast_is_what_such_a_learner_then_lives() -> None:
    days, a_day = 90, 10
    lived = _lived(days, a_day)
    tries = [told([], Newcomers(10_000, a_day, a_day), seed) for seed in range(6)]
    for span in (7, 30, 90):
        mean = sum(sum(one[:span]) for one in tries) / len(tries)
        assert mean == pytest.approx(sum(lived[:span]), rel=0.08), span
