"""Runs a session against a collection: carries out the effects that the machine asks for.

Both front ends, the terminal and the JSON lines, sit on this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, assert_never

from srs import session as machine
from srs.collection import Collection, StaleCard
from srs.daily import NewLimit
from srs.model import Card, CardState, Kind
from srs.session import (
    Action,
    Deal,
    Dealt,
    Effect,
    Record,
    Refused,
    Session,
    Stale,
    TakenBack,
    Undo,
    Written,
)
from srs.store.connection import Busy


class Told(NamedTuple):
    """Something the front end should say: what happened to which card."""

    what: str  # "review", "suspend", "bury", "undo", "stale" or "busy"
    card: bytes
    uid: bytes = b""
    state: CardState | None = None


class Summary(NamedTuple):
    """What a session came to, and what follows."""

    cards: int
    reviews: int
    minutes: float
    retention: float | None
    due_tomorrow: int
    next_due_ms: int | None


class Review:
    """A session over some decks of an open collection. `clock` returns epoch milliseconds."""

    def __init__(
        self,
        collection: Collection,
        clock: Callable[[], int],
        decks: Sequence[str] = (),
        new_limit: int | None = None,
    ) -> None:
        self.collection = collection
        self.session = Session()
        self._clock = clock
        self._new_limit = new_limit
        self._span = collection.span(clock(), decks)
        self._feed(Dealt(self._deal(Deal())))

    @property
    def card(self) -> Card | None:
        """The card on the table; None when the session is over."""
        return self.session.card

    @property
    def left(self) -> int:
        """Cards still to come, the one on the table included."""
        return self.collection.daily.left(self._span, self._clock(), self._limit)

    @property
    def _limit(self) -> NewLimit | None:
        if self._new_limit is None:
            return None
        return NewLimit(self._new_limit, self.session.tally().introduced)

    def do(self, action: Action) -> list[Told]:
        """Carry out what the learner does; answers are on disk when this returns."""
        return self._feed(action)

    def _feed(self, action: Action) -> list[Told]:
        told: list[Told] = []
        actions = [action]
        while actions:
            self.session, effects = machine.act(self.session, actions.pop(0))
            for effect in effects:
                actions.append(self._carry_out(effect, told))
        return told

    def _carry_out(self, effect: Effect, told: list[Told]) -> Action:
        match effect:
            case Deal():
                return Dealt(self._deal(effect))
            case Record():
                return self._record(effect, told)
            case Undo(uid):
                try:
                    row = self.collection.undo(self._clock(), uid)
                except Busy:
                    told.append(Told("busy", b"", uid))
                    return Refused()
                if row is not None:
                    told.append(Told("undo", row.card, uid))
                return TakenBack(uid)
            case _:
                assert_never(effect)

    def _deal(self, effect: Deal) -> Card | None:
        # A session over midnight goes on with the new day's cards.
        now_ms = self._clock()
        self._span = self.collection.daily.span(now_ms, self._span.deck_ids)
        if effect.card is not None:
            return self.collection.card(effect.card)
        uid = self.collection.daily.next_card(self._span, now_ms, self._limit)
        return None if uid is None else self.collection.card(uid)

    def _record(self, effect: Record, told: list[Told]) -> Action:
        card, now_ms = effect.card, self._clock()
        try:
            if effect.kind == Kind.SUSPEND:
                saved = self.collection.suspend(card, now_ms)
            elif effect.kind == Kind.BURY:
                saved = self.collection.bury(card, now_ms)
            else:
                assert effect.rating is not None
                saved = self.collection.answer(card, effect.rating, now_ms, effect.duration_ms)
        except StaleCard:
            told.append(Told("stale", card.uid))
            return Stale()
        except Busy:
            told.append(Told("busy", card.uid))
            return Refused()
        told.append(Told(effect.kind, card.uid, saved.review, saved.state))
        return Written(saved.review)

    def summary(self) -> Summary:
        """What was done and not taken back, and what tomorrow brings."""
        tally = self.session.tally()
        span = self.collection.daily.span(self._clock(), self._span.deck_ids)
        return Summary(
            cards=tally.cards,
            reviews=tally.reviews,
            minutes=round(tally.duration_ms / 60_000, 1),
            retention=tally.retention,
            due_tomorrow=self.collection.daily.due_tomorrow(span),
            next_due_ms=self.collection.daily.next_due_ms(span),
        )
