"""The daily queue: what waits today, which card is next, how many are left.

Hands the store's few candidates to the policy in `queue`. On the path to the first card.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from srs import queue
from srs.days import Calendar
from srs.model import CardState
from srs.queue import Allowance, Gate, Waiting
from srs.settings import Settings
from srs.store import agenda, concepts
from srs.store.agenda import DeckCounts, Span
from srs.store.positions import CURRICULUM_START

_GUESSED_ANSWER_MS = 15_000  # before the learner has a history of their own
_GUESSES = 10  # answers that the guess weighs: the first of one's own is no measure of the rest
_QUICKEST_ANSWER_MS = 3_000  # a script answers in no time, people do not
_ANSWERS_PER_NEW_CARD = 2  # on its first day
# From so many, all of one day or one deck, the card is chosen that goes best with those before it.
_CHOICE = 24
_CHOICE_OF_A_DECK = 8
_DECKS = 24  # more than the curriculum has
_MANY = 1_000  # cards in steps at one time


class NewLimit(NamedTuple):
    """A session's own limit of new cards, and how many of them it has had."""

    cards: int
    spent: int = 0


class Today(NamedTuple):
    """What today holds."""

    due: int
    learning: int
    new: int
    minutes: float
    decks: Mapping[str, DeckCounts]
    paused: bool  # new cards wait because of a backlog


class Left(NamedTuple):
    """What a session still holds."""

    cards: int
    new: int = 0  # of them

    @property
    def answers(self) -> int:
        """How many answers that takes."""
        return self.cards + (_ANSWERS_PER_NEW_CARD - 1) * self.new

    def at_most(self, cards: int) -> Left:
        """The same where no more cards may come; the new ones come last."""
        fewer = min(self.cards, cards)
        return Left(fewer, max(0, fewer - (self.cards - self.new)))


class _Known(NamedTuple):
    """What need not be asked again while nobody else writes."""

    today: int
    version: int  # of the file, as others leave it
    stray_day: int | None
    answered: tuple[int, int]  # cards first seen today, and others answered today


class DailyQueue:
    """The daily queue of an open collection."""

    def __init__(
        self, connection: sqlite3.Connection, calendar: Calendar, settings: Settings
    ) -> None:
        self.connection = connection
        self.calendar = calendar
        self.settings = settings
        self._recent: dict[int, int] = {}  # study day: answers in the fortnight before
        self._known: _Known | None = None
        self._due: list[Waiting] = []  # some that wait, see `_due_candidates`
        self._due_key: tuple[Span, int] | None = None

    def span(self, at_ms: int, deck_ids: tuple[int, ...] = (), *, selected: bool = False) -> Span:
        """The study day of an instant, with those decks, and the selection if one is kept."""
        today = self.calendar.day_of(at_ms)
        return Span(today, deck_ids, self._facts(today).stray_day, selected)

    def today(self, at_ms: int) -> Today:
        """What today holds, over all enabled decks."""
        span = self.span(at_ms)
        allowance = self._allowance(span, None)
        until_ms = at_ms + queue.LEARN_AHEAD_MS
        new_cards = self._offered(span, allowance.new)
        by_deck = agenda.counts_by_deck(self.connection, span, until_ms, new_cards)
        due = sum(counts.due for counts in by_deck.values())
        learning = sum(counts.learning for counts in by_deck.values())
        new = len(new_cards)
        left = Left(min(due, allowance.reviews) + learning + new, new)
        minutes = round(self.minutes(left.answers), 1)
        return Today(due, learning, len(new_cards), minutes, by_deck, allowance.paused)

    def minutes(self, answers: int) -> float:
        """What that many answers usually cost this learner."""
        timed, sum_ms = agenda.latest_durations(self.connection)
        mean_ms = (sum_ms + _GUESSES * _GUESSED_ANSWER_MS) / (timed + _GUESSES)
        return answers * max(mean_ms, _QUICKEST_ANSWER_MS) / 60_000

    def next_card(self, span: Span, at_ms: int, new_limit: NewLimit | None = None) -> bytes | None:
        """The id of the card to answer now, or None when nothing is left for today."""
        found = self.next_waiting(span, at_ms, new_limit)
        return found.card if found else None

    def next_waiting(
        self,
        span: Span,
        at_ms: int,
        new_limit: NewLimit | None = None,
        recent: Sequence[Waiting] = (),
        only: Collection[bytes] | None = None,
    ) -> Waiting | None:
        """The same card as the order sees it.

        `recent` are the cards asked before, the latest first. With `only` no other card is asked
        any more: those in steps are finished.
        """
        facts = self._facts(span.today)
        first_seen, reviewed = facts.answered

        def in_steps(until_ms: int) -> Waiting | None:
            limit = 1 if only is None else _MANY
            found = agenda.learning(self.connection, span, until_ms, limit)
            return next((one for one in found if only is None or one.card in only), None)

        def due() -> Waiting | None:
            if only is not None or not self._reviews_left(reviewed):
                return None
            count = _CHOICE if recent else 1
            return queue.choose(self._due_candidates(span, facts.version, count), recent)

        def new() -> Waiting | None:
            if only is not None or not self._new_left(span, first_seen, new_limit)[0]:
                return None
            return queue.choose(self._new_candidates(span, recent), recent)

        return queue.pick(
            queue.Lines(
                learning=lambda: in_steps(at_ms),
                due=due,
                new=new,
                ahead=lambda: in_steps(at_ms + queue.LEARN_AHEAD_MS),
            )
        )

    def count_in_steps(self, span: Span, at_ms: int, cards: Collection[bytes]) -> int:
        """How many of these cards are in steps that today's session brings to an end."""
        until_ms = at_ms + queue.LEARN_AHEAD_MS
        found = agenda.learning(self.connection, span, until_ms, _MANY)
        return sum(one.card in cards for one in found)

    def waiting(self, card: bytes) -> Waiting | None:
        """The card as the order of cards sees it."""
        return agenda.waiting(self.connection, card)

    def _due_candidates(self, span: Span, version: int, count: int) -> list[Waiting]:
        """Cards due for longest, all of one day, fetched some at a time.

        In the course of a day none joins them but by what `forget` hears of, or others write.
        """
        key = span, version
        if self._due_key != key or not self._due:
            self._due_key, self._due = key, agenda.first_due(self.connection, span, count)
        return self._due

    def _gate(self) -> Gate | None:
        if not self.settings.prerequisites_first:
            return None
        return Gate(
            partial(concepts.needs, self.connection), partial(concepts.passing, self.connection)
        )

    def _new_candidates(self, span: Span, recent: Sequence[Waiting]) -> list[Waiting]:
        gate = self._gate()

        def heads(decks: tuple[int, ...], count: int) -> Iterable[Waiting]:
            cards = agenda.new_cards(self.connection, span._replace(deck_ids=decks))
            opened = (card for card in cards if gate is None or gate.is_open(card.concept))
            return islice(opened, count)

        if not recent and not span.deck_ids:
            return list(heads((), 1))
        count = _CHOICE_OF_A_DECK if recent else 1
        decks = agenda.decks_with_new_cards(self.connection, span, _DECKS)
        found = [card for deck in decks for card in heads((deck,), count)]
        # The learner's own cards come before those of the curriculum.
        own = [card for card in found if card.position < CURRICULUM_START]
        return sorted(own or found, key=lambda card: (card.position, card.card))

    def waits_for(
        self, span: Span, new_limit: NewLimit | None = None
    ) -> tuple[str, list[str]] | None:
        """The concept of the first new card and those it waits for, if each one waits for some.

        None if today may bring no new card, or may bring one of these.
        """
        gate = self._gate()
        if gate is None or not self._allowance(span, new_limit).new:
            return None
        first = None
        for card in agenda.new_cards(self.connection, span):
            missing = gate.missing(card.concept)
            if not missing:
                return None
            first = first or (card.concept, missing)
        return first

    def _offered(self, span: Span, limit: int) -> list[Waiting]:
        if limit <= 0:
            return []
        new = agenda.new_cards(self.connection, span, spare_siblings=True)
        return list(queue.offer(new, self._gate(), limit))

    def left(self, span: Span, at_ms: int, new_limit: NewLimit | None = None) -> Left:
        """What the session still holds, if every new card is passed at first sight."""
        allowance = self._allowance(span, new_limit)
        ahead_ms = at_ms + queue.LEARN_AHEAD_MS
        steps = agenda.count_learning(self.connection, span, ahead_ms)
        due = agenda.count_due(self.connection, span, allowance.reviews, span.today)
        new = len(self._offered(span, allowance.new))
        return Left(steps + due + new, new)

    def reviews_left(self, at_ms: int) -> int:
        """How many reviews the day's limit still allows."""
        _, reviewed = self._facts(self.calendar.day_of(at_ms)).answered
        return self._reviews_left(reviewed)

    def is_due(self, span: Span) -> bool:
        """Whether a card is due, be it within the day's limit or not."""
        return agenda.count_due(self.connection, span, 1, span.today) > 0

    def backlog(self, span: Span) -> int:
        """Cards overdue while they hold new ones back; 0: they do not."""
        whole = span._replace(deck_ids=(), selected=False)
        return agenda.count_overdue(self.connection, whole, -1) if self._paused(whole) else 0

    def due_tomorrow(self, span: Span) -> int:
        """Cards that will be due tomorrow if nothing more is answered today."""
        tomorrow = span._replace(today=span.today + 1)
        end_ms = self.calendar.start_ms(tomorrow.today + 1)
        steps = agenda.count_learning(self.connection, tomorrow, end_ms)
        return steps + agenda.count_due(self.connection, tomorrow, -1, tomorrow.today)

    def next_due_ms(self, span: Span) -> int | None:
        """When the next card falls due; None when none is scheduled."""
        due_ms, due_day = agenda.next_instants(self.connection, span)
        starts_ms = None if due_day is None else self.calendar.start_ms(due_day)
        return min((ms for ms in (due_ms, starts_ms) if ms is not None), default=None)

    def answered(self, card: bytes, before: CardState, after: CardState) -> None:
        """A card was answered here: keeps what is known of the day without asking for it again."""
        self._strike_out(card, first_today=before.last_day != after.last_day)
        known = self._known
        again = before.reps and before.last_day == known.today if known else False
        if known is None or after.last_day != known.today or again:
            return
        first_seen, reviewed = known.answered
        if before.first_day is None:
            first_seen += 1
        else:
            reviewed += 1
        self._known = known._replace(answered=(first_seen, reviewed))

    def _strike_out(self, card: bytes, *, first_today: bool) -> None:
        """Take the card out of those that wait, and its siblings."""
        notes = [one.note_id for one in self._due if one.card == card]
        if notes:
            self._due = [one for one in self._due if one.note_id != notes[0]]
        elif first_today:
            self._due = []

    def forget(self) -> None:
        """Something else was written here."""
        self._known = None
        self._due = []

    def _facts(self, today: int) -> _Known:
        version = agenda.foreign_writes(self.connection)
        known = self._known
        if known is None or (known.today, known.version) != (today, version):
            span = Span(today)
            known = _Known(
                today,
                version,
                agenda.stray_day(self.connection, today),
                agenda.answered_today(self.connection, span),
            )
            self._known = known
        return known

    def _allowance(self, span: Span, new_limit: NewLimit | None) -> Allowance:
        first_seen, reviewed = self._facts(span.today).answered
        new, paused = self._new_left(span, first_seen, new_limit)
        return Allowance(self._reviews_left(reviewed), new, paused)

    def _reviews_left(self, reviewed: int) -> int:
        return max(0, self.settings.reviews_per_day - reviewed)

    def _new_left(
        self, span: Span, first_seen: int, new_limit: NewLimit | None
    ) -> tuple[int, bool]:
        """How many new cards today may still bring, and whether a backlog holds them back."""
        if new_limit is not None:
            return max(0, new_limit.cards - new_limit.spent), False
        if self._paused(span._replace(deck_ids=(), selected=False)):
            return 0, True
        return max(0, self.settings.new_per_day - first_seen), False

    def _paused(self, span: Span) -> bool:
        floor = queue.backlog_limit(0)
        if agenda.count_overdue(self.connection, span, floor + 1) <= floor:
            return False
        limit = queue.backlog_limit(self._recent_reviews(span.today))
        if agenda.count_overdue(self.connection, span, limit + 1) <= limit:
            return False
        return next(agenda.new_cards(self.connection, span), None) is not None

    def _recent_reviews(self, today: int) -> int:
        # Of days that are over: asked once a day, for a busy learner's fortnight is long.
        if today not in self._recent:
            self._recent.clear()
            days = queue.USUAL_SPAN_DAYS
            self._recent[today] = agenda.reviews_before(self.connection, today, days)
        return self._recent[today]
