"""Wrong clocks, summer time, journeys, leap days, a night's sleep: due dates stay sane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from srs import Collection, Rating, Review, Settings
from srs.dealing import Limits
from srs.model import Event, Kind
from srs.scheduling import Parameters, Scheduler, fold
from srs.session import Rate
from srs.store.create import in_memory
from tests.program import Program

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
RATES = [{"do": "rate", "rating": word} for word in ("good", "easy", "good", "again", "easy")]


def answer(srs: Program, now: str, count: int = 5) -> list[str]:
    ran = srs.jsonl(*(RATES * 8)[:count], words=("--new", "20"), now=now)
    assert ran.code == 0, ran.err
    return [event["card"] for event in ran.events if event["event"] == "saved"]


def findings(srs: Program, now: str) -> dict[str, str]:
    report = srs("doctor", "--json", now=now).json
    assert [f for f in report["findings"] if f["severity"] == "error"] == []
    return {f["check"]: f["message"] for f in report["findings"]}


def cards(srs: Program, now: str) -> dict[str, dict[str, object]]:
    return {c["card"]: c for c in srs("card", "list", "--json", now=now).json["cards"]}


def test_a_clock_set_back(own: Program) -> None:
    answer(own, "2026-03-02T08:00:00Z")
    wrong = answer(own, "2025-03-02T08:00:00Z")
    assert wrong, "a clock set back never blocks a review"
    on = answer(own, "2026-03-09T08:00:00Z", 12)
    assert on
    known = cards(own, "2026-03-09T09:00:00Z")
    due = sorted(str(known[card]["due"])[:10] for card in on)
    assert due[0] >= "2026-03-09", due
    assert due[-1] < "2026-07", due
    assert "went back 1 times" in findings(own, "2026-03-09T09:00:00Z")["clock"]


def test_a_day_far_ahead_takes_no_card_away(own: Program) -> None:
    first = answer(own, "2026-03-02T08:00:00Z")
    ahead = set(answer(own, "2031-03-02T08:00:00Z", 12))
    assert ahead & set(first)
    now = "2026-03-03T08:00:00Z"
    assert "later than now" in findings(own, now)["clock"]
    asked = set(answer(own, now, 40))
    assert ahead <= asked, "what was answered then is asked again at once"
    known = cards(own, "2026-03-03T09:00:00Z")
    again = {card for card in ahead if str(known[card]["due"])[:4] != "2026"}
    assert len(again) < len(ahead)
    later = own("due", "--json", now="2026-03-20T08:00:00Z").json
    assert later["due"] + later["learning"] > 0


def test_a_burial_far_ahead_ends_too(own: Program) -> None:
    own.jsonl({"do": "bury"}, now="2031-03-02T08:00:00Z")
    assert own.jsonl(now="2026-03-02T08:00:00Z").events[0]["front"].startswith("What does a canary")


def test_a_clock_that_is_wrong_now_brings_no_flood(own: Program) -> None:
    """Many days lie ahead: it is today's clock that cannot be right."""
    for day in ("02", "03", "04", "06"):
        answer(own, f"2026-03-{day}T08:00:00Z", 8)
    early = own("due", "--json", now="2001-01-01T08:00:00Z").json
    assert early["due"] + early["learning"] == 0
    assert "later than now" in findings(own, "2001-01-01T08:00:00Z")["clock"]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(list(Rating))), min_size=2, max_size=9),
    st.integers(1, 20_000),
    st.data(),
)
def test_a_review_under_a_clock_set_back_counts_like_one_on_the_same_day(
    steps: list[tuple[int, Rating]], back_days: int, data: st.DataObject
) -> None:
    """No later interval counts the time twice, and none is stretched by it."""
    events, day = [], 20_000
    for number, (wait, rating) in enumerate(steps):
        day += wait
        uid = number.to_bytes(16, "big")
        events.append(Event(uid, Kind.REVIEW, day * DAY_MS, day, rating))
    place = data.draw(st.integers(1, len(events) - 1))
    usual = replace(events[place], day=events[place - 1].day)
    wrong = replace(usual, day=usual.day - back_days)
    scheduler = Scheduler(Parameters())
    states = [
        fold(b"c" * 16, [*events[:place], odd, *events[place + 1 :]], lambda _: scheduler)
        for odd in (usual, wrong)
    ]
    memory = [(s.phase, s.step, s.stability_days, s.difficulty, s.reps, s.lapses) for s in states]
    assert memory[0] == memory[1]


def fresh(zone: str, folder: Path, count: int = 30) -> Collection:
    source = folder / "deck.md"
    source.write_text("\n".join(f"Q: {n}?\nA: {n}.\n" for n in range(count)))
    collection = Collection(in_memory(lambda _: None), str(folder), Settings(zone=zone))
    collection.import_files(decks.read([source]), MONDAY_MS)
    return collection


WALL = st.lists(
    st.tuples(
        st.sampled_from(
            [1000, HOUR_MS, 7 * HOUR_MS, DAY_MS, 9 * DAY_MS, -HOUR_MS, -DAY_MS, -400 * DAY_MS,
             3000 * DAY_MS, -3000 * DAY_MS]
        ),
        st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles",
                         "Pacific/Kiritimati", "Australia/Lord_Howe"]),
        st.sampled_from(list(Rating)),
    ),
    max_size=20,
)  # fmt: skip


@profile(max_examples=40)
@given(WALL)
def test_whatever_the_clock_and_the_zone_do(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, Rating]]
) -> None:
    """Every answer is taken, is due after it was given, and replays to the same state."""
    folder = tmp_path_factory.mktemp("clock")
    with fresh("UTC", folder, 6) as collection:
        at_ms, written = 1_790_000_000_000, 0
        for wait_ms, zone, rating in steps:
            at_ms = max(DAY_MS, at_ms + wait_ms)
            collection.calendar = collection.calendar._replace(zone=zone)
            collection.daily.calendar = collection.calendar
            card = collection.next_card(at_ms)
            if card is None:
                continue
            after = collection.answer(card, rating, at_ms).state
            written += 1
            due_ms = collection.due_ms(after)
            assert due_ms is not None
            assert at_ms < due_ms < at_ms + 36_600 * DAY_MS
            shown = collection.calendar.day_of(at_ms)
            assert after.due_day is None or after.due_day > shown
        findings = collection.check(at_ms)
        assert [f for f in findings if f.severity == "error"] == []
        reps = [card.state.reps for card in collection.cards(collection.span(at_ms))]
        assert sum(reps) == written


def life(collection: Collection, instants: list[int]) -> list[int]:
    """Answers "good" to whatever is due at each instant; how many cards that were."""
    counts = []
    for at_ms in instants:
        count = 0
        while (card := collection.next_card(at_ms + count * 5_000)) is not None:
            collection.answer(card, Rating.EASY, at_ms + count * 5_000)
            count += 1
        counts.append(count)
    return counts


@pytest.mark.parametrize(
    "zone, first",
    [
        ("Europe/Berlin", 1_774_598_400_000),  # 2026-03-27T08:00Z, two days before summer time
        ("Europe/Berlin", 1_792_742_400_000),  # 2026-10-23T08:00Z, two days before its end
        ("America/New_York", 1_772_798_400_000),  # 2026-03-06T12:00Z
        ("Australia/Lord_Howe", 1_775_174_400_000),  # half an hour, the other way round
        ("UTC", 1_835_308_800_000),  # 2028-02-28: the leap day follows
    ],
)
def test_days_of_23_and_25_hours_are_days(tmp_path: Path, zone: str, first: int) -> None:
    """The same hour of the wall clock brings the same cards as in a zone without such days."""
    counts = []
    for name in (zone, "UTC"):
        with fresh(name, tmp_path) as collection:
            start = collection.calendar.start_ms(collection.calendar.day_of(first))
            days = range(collection.calendar.day_of(start), collection.calendar.day_of(start) + 12)
            noon = [collection.calendar.start_ms(day) + 6 * HOUR_MS for day in days]
            counts.append(life(collection, noon))
            assert [f for f in collection.check(noon[-1]) if f.severity == "error"] == []
    assert counts[0] == counts[1]


def test_a_flight_over_ten_zones(own: Program) -> None:
    """Tokyo to Los Angeles: the same evening twice. Nothing is due twice, nothing is lost."""
    tokyo = replace(own, environment={"TZ": "Asia/Tokyo"})
    angeles = replace(own, environment={"TZ": "America/Los_Angeles"})
    before = answer(tokyo, "2026-03-10T09:00:00Z", 10)
    after = answer(angeles, "2026-03-10T20:00:00Z", 10)
    known = cards(angeles, "2026-03-10T20:30:00Z")
    in_steps = {card for card in before if known[card]["phase"] in ("learning", "relearning")}
    assert set(after) & set(before) <= in_steps | {c for c in before if known[c]["reps"] != 1}
    assert answer(tokyo, "2026-03-13T00:00:00Z", 10)
    assert "clock" not in findings(tokyo, "2026-03-13T01:00:00Z")


def test_minutes_begin_with_the_first_card(tmp_path: Path) -> None:
    """A minute passes at each look at the clock, so one is over before a card is found."""
    with fresh("UTC", tmp_path) as collection:
        looks = count(MONDAY_MS, 60_000)
        review = Review(collection, lambda: next(looks), limits=Limits(minutes=0.5))
        assert review.card is not None
        review.do(Rate(Rating.EASY))
        assert review.card is None


def test_asleep_over_midnight_in_mid_session(tmp_path: Path) -> None:
    """The session goes on with the new day's cards, and the answers belong to the new day."""
    with fresh("UTC", tmp_path) as collection:
        evening = MONDAY_MS + 15 * HOUR_MS
        now = [evening]
        clock: Callable[[], int] = lambda: now[0]  # noqa: E731
        review = Review(collection, clock)
        for _ in range(5):
            review.do(Rate(Rating.EASY))
            now[0] += 10_000
        assert review.left == 7
        now[0] += 10 * HOUR_MS  # closed at 23:00, opened at 09:00
        review.do(Rate(Rating.EASY))
        assert review.left == 11  # twelve new ones for the new day, one of them just answered
        rows = collection.check(now[0])
        assert [f for f in rows if f.severity == "error"] == []
        assert collection.today(now[0]).new == 11
