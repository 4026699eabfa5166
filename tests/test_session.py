"""A session under any sequence of actions: what the log says is what was done and not undone."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

import decks
from srs import Card, Collection, Flag, Kind, Limits, Phase, Rating, Review, Settings, Wanted
from srs.importing import note_curriculum
from srs.session import (
    Accept,
    Bet,
    Decline,
    Mark,
    Rate,
    Reread,
    Reveal,
    TakeBack,
    Write,
)
from srs.store.connection import transaction
from srs.store.create import in_memory

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000
DECKS = {
    "one": "C: A rollout runs [shadow], then [canary].\n\nQ: One?\nA: 1\nVariant: Uno? (1)\n\n"
    "Q: Two?\nA: 2\n\nhot ::: cold\n",
    "two": "---\ntags: [mine]\n---\nQ: Three?\nA: 3\nVariant: Tre? (3)\nVariant: Drei? (3)\n\n"
    "## covariate-shift\n### x1 {type=contrast}\nQ: Four?\nA: 4\n\n## label-shift\n"
    "Q: Five?\nA: 5\n",
}
MARKS = [Kind.SUSPEND, Kind.UNSUSPEND, Kind.BURY, Kind.FLAG, Kind.RESET]


class Sessions(RuleBasedStateMachine):
    """Sessions over a small collection, one after the other."""

    @initialize(seed=st.integers(0, 2**32 - 1))
    def open(self, seed: int) -> None:
        self.folder = TemporaryDirectory()
        files = [Path(self.folder.name, f"{name}.md") for name in DECKS]
        for file, text in zip(files, DECKS.values(), strict=True):
            file.write_text(text)
        settings = Settings(leech_lapses=2, new_per_day=3, reviews_per_day=2)
        self.collection = Collection(in_memory(lambda _: None), self.folder.name, settings)
        with transaction(self.connection):
            note_curriculum(self.connection)
        self.collection.import_files(decks.read(files), MONDAY_MS)
        self.rng = random.Random(seed)
        self.at_ms = MONDAY_MS
        self.limits = Limits()
        self.cram = self.counts = False
        self.undone = False
        self.begin(Limits(), False, False)

    @rule()
    def next_week(self) -> None:
        """Sessions of a single day would never see a review."""
        self.at_ms += 7 * DAY_MS
        self.begin(Limits(), False, False)
        self.rate_several([3] * 9)

    @property
    def connection(self) -> Any:
        return self.collection._connection

    def rows(self) -> list[tuple[bytes, str]]:
        """What counts in the log, oldest first."""
        return list(
            self.connection.execute(
                "SELECT uid, kind FROM review_log r WHERE kind <> 'undo' AND NOT EXISTS"
                " (SELECT 1 FROM review_log u WHERE u.undoes = r.uid) ORDER BY seq"
            ).fetchall()
        )

    def begin(self, limits: Limits, cram: bool, counts: bool) -> None:
        self.before = self.rows()
        self.elsewhere: list[bytes] = []
        self.limits, self.cram, self.counts = limits, cram, counts or not cram
        self.began_ms = self.at_ms
        self.undone = False
        self.review = Review(
            self.collection, lambda: self.at_ms, wanted=Wanted(), limits=limits, cram=cram,
            counts=self.counts,
        )  # fmt: skip

    @rule(
        cards=st.none() | st.integers(1, 4),
        minutes=st.none() | st.integers(1, 10),
        new=st.none() | st.integers(0, 4),
        mode=st.sampled_from(["daily", "daily", "cram", "count"]),
    )
    def another_session(
        self, cards: int | None, minutes: int | None, new: int | None, mode: str
    ) -> None:
        self.begin(Limits(cards, minutes, new), mode != "daily", mode == "count")

    @rule(wait_ms=st.sampled_from([1_000, 70_000, 700_000, DAY_MS, 5 * DAY_MS]))
    def wait(self, wait_ms: int) -> None:
        self.at_ms += wait_ms

    @rule()
    def reveal(self) -> None:
        self.review.do(Reveal())
        assert self.review.session.revealed == (self.review.card is not None)

    @rule(confidence=st.sampled_from([50, 70, 90, 60]))
    def bet(self, confidence: int) -> None:
        before = self.review.session.confidence
        self.review.do(Bet(confidence))
        after = self.review.session.confidence
        legal = self.review.card and not self.review.session.revealed and confidence != 60
        assert after == (confidence if legal else before)

    @rule(words=st.text(max_size=20))
    def write(self, words: str) -> None:
        self.review.do(Write(words))

    @rule(rating=st.sampled_from(Rating))
    def rate(self, rating: Rating) -> None:
        card, session = self.review.card, self.review.session
        if card is not None and not self.cram and not self.undone and not session.ahead:
            self.it_was_the_cards_turn(card)
        self.undone = False
        count = len(self.rows())
        told = self.review.do(Rate(rating, 1_000))
        if card is None:
            assert told == []
            return
        assert [one.what for one in told] == [Kind.REVIEW]
        fresh = self.review.session  # what was said of one card is not said of the next
        assert (fresh.revealed, fresh.confidence, fresh.typed) == (False, None, "")
        assert len(self.rows()) == count + self.counts + told[0].leech * self.counts
        if self.counts:
            sql = "SELECT rating, confidence, typed, variant FROM review_log WHERE uid = ?"
            row = self.connection.execute(sql, (told[0].uid,)).fetchone()
            typed = session.typed.encode("utf-8", "replace").decode() or None
            assert row == (rating, session.confidence, typed, card.variant)

    def it_was_the_cards_turn(self, card: Card) -> None:
        if card.state.phase not in (Phase.NEW, Phase.REVIEW):
            return
        today = self.collection.calendar.day_of(self.at_ms)
        states = [one.state for one in self.collection.cards(self.collection.span(self.at_ms))]
        family = self.collection.siblings(card)
        mine = card.uid if card.state.phase is Phase.NEW else b""  # it may have been reset
        assert all(one.state.last_day != today for one in family if one.uid != mine)
        first_seen = sum(state.first_day == today for state in states)
        reviewed = sum(state.last_day == today != state.first_day for state in states)
        settings = self.collection.settings
        if card.state.phase is Phase.NEW and self.limits.new is None:
            assert first_seen < settings.new_per_day
        if card.state.phase is Phase.REVIEW:
            assert reviewed < settings.reviews_per_day

    @rule(ratings=st.lists(st.sampled_from([1, 3, 3, 3, 4]), min_size=3, max_size=12))
    def rate_several(self, ratings: list[int]) -> None:
        for rating in ratings:
            self.rate(Rating(rating))
            self.at_ms += 7_000
            self.limits_are_kept()

    @rule(kind=st.sampled_from(MARKS), whole=st.booleans(), flag=st.sampled_from(Flag))
    def mark(self, kind: str, whole: bool, flag: Flag) -> None:
        card = self.review.card
        self.review.do(Mark(kind, whole, flag if kind == Kind.FLAG else Flag.NONE, "why"))
        if card is not None and kind in (Kind.FLAG, Kind.UNSUSPEND):
            assert self.review.card is not None
            assert self.review.card.uid == card.uid
            if kind == Kind.FLAG:
                assert self.review.card.state.flag == flag

    @rule()
    def take_back(self) -> None:
        done = self.review.session.done
        self.undone = True
        told = self.review.do(TakeBack())
        assert len(told) == bool(done)
        assert self.review.session.done == done[:-1]

    @rule()
    def take_all_back(self) -> None:
        self.undone = True
        while self.review.session.done:
            self.review.do(TakeBack())
        assert self.rows() == [
            row for row in self.rows() if row in self.before or row[0] in self.elsewhere
        ]

    @rule()
    def reread(self) -> None:
        self.review.do(Reread())

    @rule(rating=st.sampled_from(Rating))
    @precondition(lambda self: self.review.card is not None)
    def answered_elsewhere(self, rating: Rating) -> None:
        """Another terminal answers the card on the table; ours is not written over it."""
        card = self.review.card
        assert card is not None
        known = {uid for uid, _ in self.rows()}
        self.collection.answer(self.collection.card(card.uid), rating, self.at_ms)
        self.elsewhere += [uid for uid, _ in self.rows() if uid not in known]
        count = len(self.rows())
        told = self.review.do(Rate(Rating.GOOD, 1_000))
        assert [one.what for one in told] == (["stale"] if self.counts else [Kind.REVIEW])
        assert len(self.rows()) == count

    @rule(yes=st.booleans())
    def decide(self, yes: bool) -> None:
        offered = self.review.session.offered
        self.review.do(Accept() if yes else Decline())
        if offered:
            assert not self.review.session.offered
            assert self.review.session.over == (self.review.card is None)

    @invariant()
    def the_log_is_what_was_done(self) -> None:
        if not hasattr(self, "review"):
            return
        mine = [
            row for row in self.rows() if row not in self.before and row[0] not in self.elsewhere
        ]
        firsts = [
            (done.uid, done.kind)
            for done in self.review.session.done
            if not done.uid.startswith(b"rehearsed")
        ]
        assert [row for row in mine if row in firsts] == firsts
        rest = Counter(kind for uid, kind in mine if (uid, kind) not in firsts)
        assert rest.keys() <= set(MARKS)  # of whole acts
        if self.cram and not self.counts:
            assert all(kind != Kind.REVIEW for _, kind in mine)

    @invariant()
    def limits_are_kept(self) -> None:
        if not hasattr(self, "review"):
            return
        tally = self.review.session.tally()
        if self.limits.cards is not None:
            assert tally.cards <= self.limits.cards
        if self.limits.new is not None and not self.cram:
            assert tally.introduced <= self.limits.new
        assert self.review.left >= (self.review.card is not None)

    @invariant()
    def no_due_card_is_dropped(self) -> None:
        if not hasattr(self, "review") or not self.review.session.over or self.cram:
            return
        if self.limits.cards is None and self.limits.minutes is None:
            wanted = self.collection.choose(Wanted(), self.at_ms)
            fresh = Review(self.collection, lambda: self.at_ms, limits=self.limits)
            later = self.at_ms > self.began_ms  # a step may have come due since the session ended
            assert later or fresh.card is None, wanted

    @invariant()
    def the_card_on_the_table_is_as_it_is_stored(self) -> None:
        if hasattr(self, "review") and self.review.card is not None:
            card = self.review.card
            assert self.collection.card(card.uid).state == card.state

    def teardown(self) -> None:
        if hasattr(self, "collection"):
            findings = self.collection.check(self.at_ms)
            assert [f for f in findings if f.severity == "error"] == []
            self.collection.close()
            self.folder.cleanup()


TestSessions = Sessions.TestCase
TestSessions.settings = profile(max_examples=40, stateful_step_count=40)
