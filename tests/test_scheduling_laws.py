"""Laws of the schedule, over random histories."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.errors import DataError
from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating
from srs.scheduling import Parameters, Scheduler, fold, fuzzed
from srs.settings import Settings

CARD = bytes(range(16))
DAY_MS = 86_400_000
DEFAULT = Scheduler(Parameters())


MARKS = [Kind.SUSPEND, Kind.UNSUSPEND, Kind.BURY, Kind.FLAG, Kind.RESET]


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Answers and marks at any distance, now and then with the clock set back."""
    at_ms, events = draw(st.integers(0, 2 * 10**12)), []
    for number in range(draw(st.integers(0, 20))):
        kind = draw(st.sampled_from([Kind.REVIEW] * 6 + MARKS))
        rating = draw(st.sampled_from(list(Rating))) if kind == Kind.REVIEW else None
        uid = number.to_bytes(16, "big")
        data = '{"flag":2,"note":"x"}' if kind == Kind.FLAG else ""
        events.append(Event(uid, kind, at_ms, at_ms // DAY_MS, rating, data=data))
        at_ms += draw(st.sampled_from([1000, 700_000, DAY_MS, 8 * DAY_MS, 400 * DAY_MS, -DAY_MS]))
    return events


PARAMETERS = st.builds(
    Parameters,
    desired_retention=st.floats(0.70, 0.97),
    learning_steps_s=st.lists(st.integers(1, 200_000), max_size=3).map(tuple),
    relearning_steps_s=st.lists(st.integers(1, 200_000), max_size=2).map(tuple),
    maximum_interval_days=st.integers(1, 36_500),
)


def replay(
    events: list[Event], scheduler: Scheduler = DEFAULT, start: CardState = NEW_CARD
) -> CardState:
    return fold(CARD, events, lambda _: scheduler, start)


@given(histories(), st.integers(0, 20), PARAMETERS)
def test_replay_in_two_parts_is_replay_at_once(
    events: list[Event], cut: int, parameters: Parameters
) -> None:
    scheduler = Scheduler(parameters)
    whole = replay(events, scheduler)
    assert replay(events[cut:], scheduler, replay(events[:cut], scheduler)) == whole
    again = Scheduler(Parameters.parse(parameters.canonical))
    assert replay(events, again) == whole


@given(histories(), PARAMETERS)
def test_a_state_is_always_sensible(events: list[Event], parameters: Parameters) -> None:
    state = replay(events, Scheduler(parameters))
    resets = [place for place, event in enumerate(events) if event.kind == Kind.RESET]
    remembered = events[resets[-1] :] if resets else events
    reviews = [event for event in remembered if event.rating]
    assert state.reps == len(reviews)
    assert state.passed == any(event.rating != Rating.AGAIN for event in reviews)
    assert 0 <= state.lapses <= state.reps
    assert state.last_uid == (events[-1].uid if events else None)
    if not reviews:
        assert (state.phase, state.stability_days, state.due_ms) == (Phase.NEW, None, None)
        return
    assert state.phase is not Phase.NEW
    assert state.stability_days is not None
    assert state.difficulty is not None
    assert 0 < state.stability_days <= 36_500
    assert 1 <= state.difficulty <= 10
    assert (state.due_ms is None) != (state.due_day is None)
    last = reviews[-1]
    assert (state.last_day, state.last_ms, state.first_day) == (
        last.day,
        last.at_ms,
        reviews[0].day,
    )
    if state.due_day is not None:
        assert last.day < state.due_day
        if state.phase is Phase.REVIEW:
            assert state.due_day - last.day <= parameters.maximum_interval_days
    else:
        assert state.due_ms is not None
        assert last.at_ms < state.due_ms < last.at_ms + DAY_MS


@given(histories(), PARAMETERS, st.integers(0, 10**10))
def test_the_preview_is_what_the_answer_gives(
    events: list[Event], parameters: Parameters, wait_ms: int
) -> None:
    scheduler = Scheduler(parameters)
    state = replay(events, scheduler)
    at_ms = (events[-1].at_ms if events else 0) + wait_ms
    day = at_ms // DAY_MS
    for rating, shown in scheduler.preview(CARD, state, at_ms, day).items():
        answer = Event(b"u" * 16, Kind.REVIEW, at_ms, day, rating)
        assert scheduler.step(CARD, state, answer) == shown._replace(last_uid=answer.uid)


@given(histories(), st.sampled_from(list(Rating)))
def test_a_day_with_a_wrong_clock_poisons_nothing(events: list[Event], rating: Rating) -> None:
    day = max((event.day for event in events), default=0)
    far = Event(b"f" * 16, Kind.REVIEW, (day + 9000) * DAY_MS, day + 9000, Rating.GOOD)
    back = Event(b"b" * 16, Kind.REVIEW, (day + 1) * DAY_MS, day + 1, rating)
    state = replay([*events, far, back])
    assert state.last_day == day + 1
    assert state.due_ms is not None or (state.due_day or 0) > day + 1
    on = replay([Event(b"n" * 16, Kind.REVIEW, (day + 3) * DAY_MS, day + 3, rating)], start=state)
    assert (on.last_day, on.reps) == (day + 3, state.reps + 1)


@given(st.integers(1, 36_500), st.binary(min_size=16, max_size=16), st.integers(0, 500))
def test_fuzz_stays_in_its_range(days: int, card: bytes, reps: int) -> None:
    spread = fuzzed(days, card, reps, 36_500)
    assert spread == fuzzed(days, card, reps, 36_500)
    if days < 3:
        assert spread == days
    else:
        assert 2 <= spread <= 36_500
        assert abs(spread - days) <= 1 + 0.15 * 4.5 + 0.10 * 13 + 0.05 * max(0, days - 20) + 1


@pytest.mark.parametrize("days", [3, 5, 10, 30, 100])
def test_fuzz_has_no_bias(days: int) -> None:
    found = [fuzzed(days, number.to_bytes(16, "big"), 3, 36_500) for number in range(4000)]
    assert len(set(found)) > 1
    assert sum(found) / len(found) == pytest.approx((min(found) + max(found)) / 2, rel=0.01)
    assert (min(found) + max(found)) / 2 == pytest.approx(days, abs=0.51)


@given(st.floats(0.01, 36_500), st.floats(0, 40_000), st.floats(0, 40_000))
def test_retrievability_falls_with_time(stability: float, one: float, other: float) -> None:
    def after(days: float) -> float:
        state = CardState(Phase.REVIEW, None, stability, 5.0, None, 1, 0, 0, 0, 1)
        return DEFAULT.retrievability(state, round(days * DAY_MS))

    early, late = sorted((one, other))
    assert 0 < after(late) <= after(early) <= 1
    assert after(stability) == pytest.approx(0.9, abs=1e-4)


def test_published_vectors() -> None:
    """Ratings again, good, good … on days 0, 0, 1, 3, 8, 21 (the FSRS implementations agree)."""
    ratings = (1, 3, 3, 3, 3, 3)
    days, state = (0, 0, 1, 4, 12, 33), NEW_CARD
    for rating, day in zip(ratings, days, strict=True):
        state = DEFAULT.step(
            CARD, state, Event(b"", Kind.REVIEW, day * DAY_MS, day, Rating(rating))
        )
    assert state.stability_days == pytest.approx(53.62691, rel=1e-5)
    assert state.difficulty == pytest.approx(6.3574867, rel=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"desired_retention": 0.5}, {"desired_retention": 1.0}, {"desired_retention": math.nan},
        {"maximum_interval_days": 0}, {"learning_steps_s": (0,)}, {"relearning_steps_s": (-1,)},
        {"weights": (1.0,) * 20}, {"weights": (math.nan,) * 21},
    ],
    ids=str,
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(DataError):
        Parameters(**wrong)  # type: ignore[arg-type]


def test_parameters_are_named_by_their_content() -> None:
    assert Parameters().hash == Parameters.of(Settings()).hash
    assert Parameters(desired_retention=0.91).hash != Parameters().hash
