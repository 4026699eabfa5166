"""Laws of the collection over random lives of cards: what is stored follows from the log."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from srs import Collection, Flag, Kind, Rating, Settings, StaleCard
from srs.model import Card, CardState
from srs.store.create import in_memory

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000
DECK = "C: A rollout runs [shadow], then [canary].\n\nQ: One?\nA: 1\n\nQ: Two?\nA: 2\n"

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "again",
                "again",
                "hard",
                "good",
                "easy",
                "suspend",
                "unsuspend",
                "bury",
                "reset",
                "flag",
                "whole",
                "undo",
            ]
        ),
        st.integers(0, 3),  # which card
        st.sampled_from([5_000, 600_000, DAY_MS // 2, DAY_MS, 9 * DAY_MS, 200 * DAY_MS, -DAY_MS]),
    ),
    max_size=25,
)
SETTINGS = Settings(leech_lapses=2)


@contextmanager
def fresh() -> Iterator[Collection]:
    """A collection of those four cards alone."""
    with TemporaryDirectory() as name:
        source = Path(name, "deck.md")
        source.write_text(DECK)
        with Collection(in_memory(lambda _: None), name, SETTINGS) as collection:
            collection.import_files(decks.read([source]), MONDAY_MS)
            yield collection


def own_cards(collection: Collection) -> list[Card]:
    return list(collection.cards(collection.span(MONDAY_MS, ["deck"])))


def states(collection: Collection) -> list[CardState]:
    return [card.state for card in own_cards(collection)]


def perform(collection: Collection, word: str, card: Card, at_ms: int) -> None:
    if word == "undo":
        collection.undo(at_ms)
    elif word == "flag":
        collection.flag(card, Flag.GREEN, at_ms, "look it up")
    elif word == "whole":
        collection.mark(own_cards(collection), Kind.BURY, at_ms)
    elif word in ("suspend", "unsuspend", "bury", "reset"):
        getattr(collection, word)(card, at_ms)
    else:
        collection.answer(card, Rating[word.upper()], at_ms, 1000)


def live(collection: Collection, actions: list[tuple[str, int, int]]) -> int:
    """Do all that; returns the time when it is done."""
    at_ms = MONDAY_MS
    for word, which, wait_ms in actions:
        at_ms = max(0, at_ms + wait_ms)
        perform(collection, word, own_cards(collection)[which], at_ms)
    return at_ms


@profile(max_examples=40)
@given(ACTIONS)
def test_the_cache_always_equals_the_log_replayed(
    actions: list[tuple[str, int, int]],
) -> None:
    with fresh() as collection:
        at_ms = live(collection, actions)
        findings = collection.check(at_ms)
        assert [f for f in findings if f.severity == "error"] == []


@profile(max_examples=40)
@given(ACTIONS, st.integers(0, 3), st.sampled_from(list(Rating)))
def test_undo_equals_never_having_answered(
    actions: list[tuple[str, int, int]], which: int, rating: Rating
) -> None:
    with fresh() as collection:
        at_ms = live(collection, actions)
        before = states(collection)
        today = collection.today(at_ms + DAY_MS)
        collection.answer(own_cards(collection)[which], rating, at_ms + DAY_MS)
        assert states(collection) != before
        collection.undo(at_ms + DAY_MS)
        assert states(collection) == before
        assert collection.today(at_ms + DAY_MS)._replace(minutes=0) == today._replace(minutes=0)


@profile(max_examples=40)
@given(ACTIONS, st.integers(0, 3), st.sampled_from(list(Rating)))
def test_the_interval_shown_is_the_interval_given(
    actions: list[tuple[str, int, int]], which: int, rating: Rating
) -> None:
    with fresh() as collection:
        at_ms = live(collection, actions)
        card = own_cards(collection)[which]
        shown = collection.preview(card, at_ms)[rating]
        given_ = collection.answer(card, rating, at_ms).state
        assert (shown.due_ms, shown.due_day) == (given_.due_ms, given_.due_day)
        assert (shown.stability_days, shown.phase) == (given_.stability_days, given_.phase)
        assert own_cards(collection)[which].state == given_


@profile(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_a_month_of_sessions(seed: int) -> None:
    """No card twice from one state, no siblings on one day, limits kept, nothing due is left."""
    rng = random.Random(seed)
    with fresh() as collection:
        span = collection.span(MONDAY_MS, ["deck"])
        for number in range(30):
            at_ms = MONDAY_MS + number * DAY_MS + rng.randrange(DAY_MS // 4)
            notes_today: dict[bytes, bytes] = {}
            for _ in range(60):
                day = collection.daily.span(at_ms, span.deck_ids)
                uid = collection.daily.next_card(day, at_ms)
                if uid is None:
                    break
                card = collection.card(uid)
                assert notes_today.setdefault(card.note, card.uid) == card.uid
                rating = rng.choices(list(Rating), [1, 1, 6, 2])[0]
                collection.answer(card, rating, at_ms)
                at_ms += rng.randrange(1_000, 90_000)
            else:
                raise AssertionError("the session does not end")
            assert collection.daily.left(day, at_ms).cards == 0


def test_two_fetches_one_answer() -> None:
    with fresh() as collection:
        first, second = own_cards(collection)[0], own_cards(collection)[0]
        collection.answer(first, Rating.GOOD, MONDAY_MS)
        try:
            collection.answer(second, Rating.GOOD, MONDAY_MS)
        except StaleCard:
            return
        raise AssertionError("answered twice from the same state")


def test_an_undo_elsewhere_makes_a_card_stale() -> None:
    """Taking back an earlier answer leaves the latest one, yet another state."""
    with fresh() as collection:
        first = collection.answer(own_cards(collection)[0], Rating.AGAIN, MONDAY_MS)
        collection.answer(own_cards(collection)[0], Rating.HARD, MONDAY_MS + 60_000)
        seen = own_cards(collection)[0]
        collection.undo(MONDAY_MS + 61_000, first.review)
        assert own_cards(collection)[0].state.last_uid == seen.state.last_uid
        with pytest.raises(StaleCard):
            collection.answer(seen, Rating.GOOD, MONDAY_MS + 62_000)
        assert [f for f in collection.check(MONDAY_MS) if f.severity == "error"] == []
