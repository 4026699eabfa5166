"""Runs a session against a collection: carries out the effects that the machine asks for.

All front ends, the screen, the dialogue and the JSON lines, sit on this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, assert_never

from srs import session as machine
from srs.answering import StaleCard
from srs.collection import Collection
from srs.dealing import Cram, Daily, Dealer, Limits
from srs.model import Card, CardState, Rating
from srs.session import (
    Action,
    Deal,
    Dealt,
    Done,
    Effect,
    Record,
    RecordMark,
    Refresh,
    Refreshed,
    Refused,
    Session,
    Stale,
    TakenBack,
    Undo,
    Written,
)
from srs.store.connection import Busy

if TYPE_CHECKING:
    from srs.choosing import Wanted


class Told(NamedTuple):
    """Something the front end should say: what happened to which card."""

    what: str  # one of Kind, "undo", "gone", "stale" or "busy"
    card: bytes
    uid: bytes = b""
    state: CardState | None = None
    leech: bool = False
    undone: Done | None = None  # what "undo" took back
    cards: int = 1  # marked at once


class Outlook(NamedTuple):
    """What a session still holds."""

    cards: int  # the one on the table included
    minutes: float  # about, and within those that the session may last


class Look(NamedTuple):
    """How a concept fared in a session."""

    concept: str
    answers: int
    missed: int  # rated again


class Summary(NamedTuple):
    """What a session came to, and what follows."""

    cards: int
    reviews: int
    minutes: float
    retention: float | None
    due_tomorrow: int
    next_due_ms: int | None
    new: int = 0
    recalled: int = 0  # known cards that were recalled, of `known`
    known: int = 0
    minutes_tomorrow: float = 0.0
    concepts: tuple[Look, ...] = ()  # worst first
    leeches: tuple[bytes, ...] = ()  # cards that became leeches
    confidence: Mapping[int, tuple[int, int]] = {}  # percent → answers given so sure, and right


class Review:
    """A session over some cards of an open collection. `clock` returns epoch milliseconds."""

    def __init__(
        self,
        collection: Collection,
        clock: Callable[[], int],
        decks: Sequence[str] = (),
        new_limit: int | None = None,
        *,
        wanted: Wanted | None = None,
        limits: Limits | None = None,
        cram: bool = False,
        counts: bool = True,
    ) -> None:
        """`wanted` selects the cards, `decks` is short for a selection by decks alone.

        `cram` asks all of them whether due or not; then `counts` says whether answers are logged.
        """
        self.collection = collection
        self.session = Session()
        self.cram = cram
        self.counts = counts
        self._clock = clock
        self._rehearsed = 0
        limits = limits or Limits(new=new_limit)
        now_ms = clock()
        span = collection.choose(wanted, now_ms) if wanted else collection.span(now_ms, decks)
        self._dealer: Dealer = (
            Cram(
                collection,
                span,
                limits,
                now_ms,
                suspended_too=wanted is not None and wanted.suspended_too,
            )
            if cram
            else Daily(collection, span, limits)
        )
        self._feed(self._deal(Deal()))

    @property
    def card(self) -> Card | None:
        """The card on the table; None when the session is over, or offers to review ahead."""
        return self.session.card

    @property
    def left(self) -> int:
        """Cards still to come, the one on the table included."""
        return self._at_least_this(self._dealer.left(self.session, self._clock()).cards)

    @property
    def outlook(self) -> Outlook:
        """The same, with the minutes; both count the whole queue, so ask once a card."""
        now_ms = self._clock()
        waiting = self._dealer.left(self.session, now_ms)
        usual = self.collection.daily.minutes(self._at_least_this(waiting.answers))
        spare = self._dealer.spare_minutes(now_ms)
        minutes = usual if spare is None else min(usual, spare)
        return Outlook(self._at_least_this(waiting.cards), minutes)

    def _at_least_this(self, count: int) -> int:
        # A card that an undo brought back may lie beyond the day's limits.
        return max(count, int(self.card is not None))

    @property
    def spare_minutes(self) -> float | None:
        """What is left of the minutes that the session may last; None: it may last."""
        return self._dealer.spare_minutes(self._clock())

    @property
    def backlog(self) -> int:
        """Overdue cards, if they hold new ones back; else 0."""
        return self._dealer.backlog(self._clock())

    @property
    def waits_for(self) -> tuple[str, list[str]] | None:
        """The concept of the first new card and those it waits for, if all new cards wait so."""
        return self._dealer.waits_for(self.session, self._clock())

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
                return self._deal(effect)
            case Refresh():
                return self._refresh()
            case Record() | RecordMark():
                return self._record(effect, told)
            case Undo(uid):
                return self._undo(uid, told)
            case _:
                assert_never(effect)

    def _deal(self, effect: Deal) -> Dealt:
        now_ms = self._clock()
        if effect.card is not None:
            card = self.collection.ask(effect.card, now_ms)
            if self._dealer.may_ask(card, now_ms):
                self._dealer.back_on_table(card)
                return Dealt(card)
        uid = self._dealer.next(self.session, now_ms)
        if uid is None:
            return Dealt(None, self._dealer.offer_ahead(self.session, now_ms))
        return Dealt(self.collection.ask(uid, now_ms))

    def _refresh(self) -> Dealt | Refreshed:
        assert self.session.card is not None  # nothing else is refreshed
        card = self.collection.ask_again(self.session.card)
        if self._dealer.may_ask(card, self._clock()):
            return Refreshed(card)
        return self._deal(Deal())

    def _record(self, effect: Record | RecordMark, told: list[Told]) -> Action:
        try:
            if isinstance(effect, RecordMark):
                return self._record_mark(effect, told)
            return self._record_answer(effect, told)
        except StaleCard:
            told.append(Told("stale", effect.card.uid))
            return Stale()
        except Busy:
            told.append(Told("busy", effect.card.uid))
            return Refused()

    def _record_answer(self, effect: Record, told: list[Told]) -> Written:
        card, rating, duration_ms, confidence, typed = effect
        if not self.counts:
            self._rehearsed += 1
            told.append(Told("review", card.uid))
            return Written(b"rehearsed %d" % self._rehearsed)
        saved = self.collection.answer(
            card, rating, self._clock(), duration_ms, confidence=confidence, typed=typed
        )
        told.append(Told("review", card.uid, saved.review, saved.state, saved.leech))
        return Written(saved.review, saved.leech)

    def _record_mark(self, effect: RecordMark, told: list[Told]) -> Written:
        card, (kind, whole_note, flag, note) = effect
        cards = [card]
        if whole_note:
            cards += [one for one in self.collection.siblings(card) if one.uid != card.uid]
        saved = self.collection.mark(cards, kind, self._clock(), flag=flag, note=note)
        first = saved[0]
        told.append(Told(kind, card.uid, first.review, first.state, cards=len(saved)))
        return Written(first.review)

    def _undo(self, uid: bytes, told: list[Told]) -> Action:
        undone = next(done for done in self.session.done if done.uid == uid)
        if not uid.startswith(b"rehearsed "):
            try:
                row = self.collection.undo(self._clock(), uid)
            except Busy:
                told.append(Told("busy", b"", uid))
                return Refused()
            if row is None:
                told.append(Told("gone", undone.card, uid, undone=undone))
                return TakenBack(uid)
        told.append(Told("undo", undone.card, uid, undone=undone))
        return TakenBack(uid)

    def summary(self) -> Summary:
        """What was done and not taken back, and what tomorrow brings."""
        tally, reviews = self.session.tally(), self.session.reviews
        daily = self.collection.daily
        span = daily.span(self._clock())  # of all cards: tomorrow knows no selection
        due_tomorrow = daily.due_tomorrow(span)
        return Summary(
            cards=tally.cards,
            reviews=tally.reviews,
            minutes=round(tally.duration_ms / 60_000, 1),
            retention=tally.retention,
            due_tomorrow=due_tomorrow,
            next_due_ms=daily.next_due_ms(span),
            new=tally.introduced,
            recalled=tally.recalled,
            known=tally.mature,
            minutes_tomorrow=round(daily.minutes(due_tomorrow), 1),
            concepts=_by_concept(reviews),
            leeches=tuple(dict.fromkeys(done.card for done in reviews if done.leech)),
            confidence=_by_confidence(reviews),
        )


def _by_concept(reviews: Sequence[Done]) -> tuple[Look, ...]:
    looks: dict[str, Look] = {}
    for done in reviews:
        if done.concept:
            look = looks.get(done.concept, Look(done.concept, 0, 0))
            missed = done.rating is Rating.AGAIN
            looks[done.concept] = Look(done.concept, look.answers + 1, look.missed + missed)
    return tuple(sorted(looks.values(), key=lambda look: (-look.missed / look.answers, look)))


def _by_confidence(reviews: Sequence[Done]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for done in reviews:
        if done.confidence is not None:
            given, right = found.get(done.confidence, (0, 0))
            known = done.rating is not Rating.AGAIN
            found[done.confidence] = given + 1, right + known
    return dict(sorted(found.items()))
