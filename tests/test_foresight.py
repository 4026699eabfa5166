"""What a review ahead is worth: laws of the expected gain."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from srs.foresight import HORIZON_DAYS, by_gain, expected_gain
from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating
from srs.replay import Tables
from srs.scheduling import Parameters, Scheduler

PARAMETERS = Parameters()
TABLES = Tables(PARAMETERS)
SCHEDULER = Scheduler(PARAMETERS)
DAY = 20_000


def known(stability_days: float, difficulty: float, last_day: int = DAY) -> CardState:
    return NEW_CARD._replace(
        phase=Phase.REVIEW, stability_days=stability_days, difficulty=difficulty, reps=3,
        first_day=last_day - 30, last_day=last_day, last_ms=last_day * 86_400_000,
    )  # fmt: skip


STABILITIES, DIFFICULTIES = st.floats(0.1, 2_000), st.floats(1, 10)


@given(STABILITIES, DIFFICULTIES, st.integers(1, 400))
def test_it_is_what_the_scheduler_would_make_of_the_card(
    stability_days: float, difficulty: float, elapsed: int
) -> None:
    state, today = known(stability_days, difficulty), DAY + elapsed
    at_ms = today * 86_400_000
    recall = SCHEDULER.retrievability(state, at_ms)
    later = {}
    for rating in (Rating.GOOD, Rating.AGAIN):
        event = Event(b"", Kind.REVIEW, at_ms, today, rating)
        after = SCHEDULER.step(b"card", state, event)
        later[rating] = SCHEDULER.retrievability(after, at_ms + HORIZON_DAYS * 86_400_000)
    reviewed = recall * later[Rating.GOOD] + (1 - recall) * later[Rating.AGAIN]
    unreviewed = SCHEDULER.retrievability(state, at_ms + HORIZON_DAYS * 86_400_000)
    assert abs(expected_gain(state, TABLES, today) - (reviewed - unreviewed)) < 1e-9


@given(STABILITIES, DIFFICULTIES)
def test_nothing_is_gained_of_a_card_in_steps_or_never_seen(
    stability_days: float, difficulty: float
) -> None:
    assert expected_gain(NEW_CARD, TABLES, DAY) == 0
    state = known(stability_days, difficulty)._replace(phase=Phase.RELEARNING)
    assert expected_gain(state, TABLES, DAY) == 0


@given(st.lists(st.tuples(STABILITIES, DIFFICULTIES, st.integers(1, 90)), max_size=8))
def test_the_order_is_that_of_the_gains(drawn: list[tuple[float, float, int]]) -> None:
    states = {
        bytes([number]): known(stability, difficulty, DAY - elapsed)
        for number, (stability, difficulty, elapsed) in enumerate(drawn)
    }
    order = by_gain(states.items(), PARAMETERS, DAY)
    gains = [expected_gain(states[card], TABLES, DAY) for card in order]
    assert sorted(order) == sorted(states)
    assert gains == sorted(gains, reverse=True)


@given(DIFFICULTIES)
def test_a_card_about_to_be_lost_gains_more_than_one_that_is_safe(difficulty: float) -> None:
    shaky, safe = known(5, difficulty, DAY - 4), known(900, difficulty, DAY - 4)
    assume(difficulty < 10)
    assert expected_gain(shaky, TABLES, DAY) > expected_gain(safe, TABLES, DAY)
