"""Who deals the cards of a session: the day's queue, or a cram; and when either has to stop."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from srs import queue
from srs.collection import Collection
from srs.daily import Left, NewLimit
from srs.model import Card, Rating
from srs.queue import Waiting
from srs.session import STAYING, Session
from srs.store.agenda import Span

_MINUTE_MS = 60_000


class Limits(NamedTuple):
    """Where a session ends at the latest; None: nowhere."""

    cards: int | None = None  # different ones; those begun are brought to their end
    minutes: float | None = None
    new: int | None = None  # replaces today's limit of new cards


class Dealer(Protocol):
    """Knows which card comes next."""

    def next(self, session: Session, now_ms: int) -> bytes | None:
        """The card to ask now, which then lies on the table; None when none is left."""

    def left(self, session: Session, now_ms: int) -> Left:
        """What is still to come, the card on the table included."""

    def back_on_table(self, card: Card) -> None:
        """The card lies on the table again, by an undo."""

    def may_ask(self, card: Card, now_ms: int) -> bool:
        """Whether the card may be asked in this session at all."""

    def offer_ahead(self, session: Session, now_ms: int) -> bool:
        """Whether there are minutes and cards to review ahead; those are then kept in store."""

    def spare_minutes(self, now_ms: int) -> float | None:
        """What is left of the minutes; None when they are not limited."""

    def whole_span(self, now_ms: int) -> Span:
        """The cards that the session is about, as of that instant's study day."""

    def backlog(self, now_ms: int) -> int:
        """Overdue cards, if they hold new ones back; else 0."""

    def waits_for(self, session: Session, now_ms: int) -> tuple[str, list[str]] | None:
        """The concept of the first new card, and those that it waits for; None: a card may come."""


class _Common:
    """What both dealers keep: the cards that the session is about, and its limits."""

    def __init__(self, collection: Collection, span: Span, limits: Limits) -> None:
        self._collection = collection
        self._span = span
        self._limits = limits
        self._began_ms: int | None = None
        self._recent: tuple[Waiting, ...] = ()

    def whole_span(self, now_ms: int) -> Span:
        # A session over midnight goes on with the new day's cards.
        span = self._span
        return self._collection.daily.span(now_ms, span.deck_ids, selected=span.selected)

    def spare_minutes(self, now_ms: int) -> float | None:
        if self._limits.minutes is None:
            return None
        began_ms = now_ms if self._began_ms is None else self._began_ms
        return max(0.0, self._limits.minutes - (now_ms - began_ms) / _MINUTE_MS)

    def _is_over(self, now_ms: int) -> bool:
        """Whether the minutes are; they begin with the first card, not with the search for it."""
        if self._began_ms is None:
            self._began_ms = now_ms
        return self.spare_minutes(now_ms) == 0

    def back_on_table(self, card: Card) -> None:
        found = self._collection.daily.waiting(card.uid)
        if found is not None:
            self._note(found)

    def _note(self, card: Waiting) -> None:
        self._recent = (card, *self._recent)[: queue.FARTHEST]

    def _begun(self, session: Session) -> set[bytes] | None:
        """The cards begun, once there are as many as there may be."""
        if self._limits.cards is None:
            return None
        begun = {done.card for done in session.reviews}
        return begun if len(begun) >= self._limits.cards else None

    def _cards_left(self, session: Session) -> int | None:
        if self._limits.cards is None:
            return None
        return max(0, self._limits.cards - session.tally().cards)


class Daily(_Common):
    """What is due today and what today may bring of new cards."""

    def __init__(self, collection: Collection, span: Span, limits: Limits) -> None:
        super().__init__(collection, span, limits)
        self._ahead: list[bytes] = []
        self._backlog: tuple[int | None, int] = None, 0

    def next(self, session: Session, now_ms: int) -> bytes | None:
        if self._is_over(now_ms):
            return None
        begun = self._begun(session)
        new = self._new_limit(session)
        daily, span = self._collection.daily, self.whole_span(now_ms)
        found = daily.next_waiting(span, now_ms, new, self._recent, begun)
        if found is not None:
            self._note(found)
            return found.card
        if session.ahead and begun is None:
            return next((card for card in self._ahead if self._is_fresh(card, now_ms)), None)
        return None

    def _is_fresh(self, uid: bytes, now_ms: int) -> bool:
        """Whether neither the card nor a sibling of it was answered today."""
        card = self._collection.card(uid)
        today = self._collection.calendar.day_of(now_ms)
        family = self._collection.siblings(card)
        return self.may_ask(card, now_ms) and all(one.state.last_day != today for one in family)

    def left(self, session: Session, now_ms: int) -> Left:
        span = self.whole_span(now_ms)
        waiting = self._collection.daily.left(span, now_ms, self._new_limit(session))
        most = self._cards_left(session)
        if session.ahead:
            ahead = sum(self._is_fresh(card, now_ms) for card in self._ahead)
            waiting = waiting._replace(cards=waiting.cards + ahead)
        if most is None:
            return waiting
        begun = {done.card for done in session.reviews}
        steps = self._collection.daily.count_in_steps(span, now_ms, begun)
        return waiting.at_most(most + steps)

    def may_ask(self, card: Card, now_ms: int) -> bool:
        return self._collection.can_be_asked(card, now_ms)

    def offer_ahead(self, session: Session, now_ms: int) -> bool:
        spare = self.spare_minutes(now_ms)
        if session.ahead or self._begun(session) is not None or not spare:
            return False
        if self._collection.daily.is_due(self.whole_span(now_ms)):
            return False  # the day's limit holds cards back: those would come first
        each = self._collection.daily.minutes(1)
        cards = self._collection.ahead(self.whole_span(now_ms), now_ms)
        self._ahead = cards[: int(min(spare / each, len(cards))) + 1]
        return bool(self._ahead)

    def backlog(self, now_ms: int) -> int:
        if self._limits.new is not None:
            return 0
        today = self._collection.calendar.day_of(now_ms)
        if self._backlog[0] != today:  # told once a day: counting a large one takes its time
            self._backlog = today, self._collection.daily.backlog(self.whole_span(now_ms))
        return self._backlog[1]

    def waits_for(self, session: Session, now_ms: int) -> tuple[str, list[str]] | None:
        limit = self._new_limit(session)
        return self._collection.daily.waits_for(self.whole_span(now_ms), limit)

    def _new_limit(self, session: Session) -> NewLimit | None:
        if self._limits.new is None:
            return None
        return NewLimit(self._limits.new, session.tally().introduced)


class Cram(_Common):
    """All cards selected, due or not, those least likely to be recalled first."""

    def __init__(
        self,
        collection: Collection,
        span: Span,
        limits: Limits,
        now_ms: int,
        *,
        suspended_too: bool = False,
    ) -> None:
        super().__init__(collection, span, limits)
        self._suspended_too = suspended_too
        order = collection.weakest(span, now_ms, suspended_too=suspended_too)
        self._order = order[: limits.cards] if limits.cards is not None else order

    def next(self, session: Session, now_ms: int) -> bytes | None:
        if self._is_over(now_ms):
            return None
        line = self._line(session)
        return next((uid for uid in line if self._is_here(uid, now_ms)), None)

    def _is_here(self, uid: bytes, now_ms: int) -> bool:
        return self.may_ask(self._collection.card(uid), now_ms)

    def _line(self, session: Session) -> list[bytes]:
        acts = (done for done in session.done if done.kind not in STAYING)
        return queue.cram_line(
            self._order, ((done.card, done.rating is not Rating.AGAIN) for done in acts)
        )

    def left(self, session: Session, now_ms: int) -> Left:
        return Left(len(self._line(session)))

    def may_ask(self, card: Card, now_ms: int) -> bool:
        return self._collection.can_be_asked(card, now_ms, suspended_too=self._suspended_too)

    def offer_ahead(self, session: Session, now_ms: int) -> bool:
        return False

    def backlog(self, now_ms: int) -> int:
        return 0

    def waits_for(self, session: Session, now_ms: int) -> tuple[str, list[str]] | None:
        return None
