"""The daily queue: what waits today, which card is next, how many are left.

Hands the store's few candidates to the policy in `queue`. On the path to the first card.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from srs import queue
from srs.days import Calendar
from srs.model import CardState
from srs.queue import Allowance
from srs.settings import Settings
from srs.store import agenda
from srs.store.agenda import DeckCounts, Span

_GUESSED_ANSWER_MS = 15_000  # before the learner has a history of their own
_QUICKEST_ANSWER_MS = 3_000  # a script answers in no time, people do not
_ANSWERS_PER_NEW_CARD = 2  # on its first day


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

    def span(self, at_ms: int, deck_ids: tuple[int, ...] = ()) -> Span:
        """The study day of an instant, and those decks."""
        today = self.calendar.day_of(at_ms)
        return Span(today, deck_ids, self._facts(today).stray_day)

    def today(self, at_ms: int) -> Today:
        """What today holds, over all enabled decks."""
        span = self.span(at_ms)
        allowance = self._allowance(span, None)
        until_ms = at_ms + queue.LEARN_AHEAD_MS
        new_cards = agenda.first_new(self.connection, span, allowance.new) if allowance.new else []
        by_deck = agenda.counts_by_deck(self.connection, span, until_ms, new_cards)
        due = sum(counts.due for counts in by_deck.values())
        learning = sum(counts.learning for counts in by_deck.values())
        answers = min(due, allowance.reviews) + learning + _ANSWERS_PER_NEW_CARD * len(new_cards)
        minutes = round(self.minutes(answers), 1)
        return Today(due, learning, len(new_cards), minutes, by_deck, allowance.paused)

    def minutes(self, answers: int) -> float:
        """What that many answers usually cost this learner."""
        mean_ms = agenda.mean_duration_ms(self.connection)
        each_ms = _GUESSED_ANSWER_MS if mean_ms is None else max(mean_ms, _QUICKEST_ANSWER_MS)
        return answers * each_ms / 60_000

    def next_card(self, span: Span, at_ms: int, new_limit: NewLimit | None = None) -> bytes | None:
        """The id of the card to answer now, or None when nothing is left for today."""
        connection = self.connection
        first_seen, reviewed = self._facts(span.today).answered

        def due() -> bytes | None:
            return agenda.next_due(connection, span) if self._reviews_left(reviewed) else None

        def new() -> bytes | None:
            left, _ = self._new_left(span, first_seen, new_limit)
            return agenda.next_new(connection, span) if left else None

        return queue.pick(
            queue.Lines(
                learning=lambda: agenda.next_learning(connection, span, at_ms),
                due=due,
                new=new,
                ahead=lambda: agenda.next_learning(connection, span, at_ms + queue.LEARN_AHEAD_MS),
            )
        )

    def left(self, span: Span, at_ms: int, new_limit: NewLimit | None = None) -> int:
        """How many cards the session still holds."""
        allowance = self._allowance(span, new_limit)
        ahead_ms = at_ms + queue.LEARN_AHEAD_MS
        return (
            agenda.count_learning(self.connection, span, ahead_ms)
            + agenda.count_due(self.connection, span, allowance.reviews, span.today)
            + agenda.count_new(self.connection, span, allowance.new)
        )

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

    def answered(self, before: CardState, after: CardState) -> None:
        """A card was answered here: keeps the day's counts without asking for them again."""
        known = self._known
        if known is None or after.last_day != known.today or before.last_day == known.today:
            return
        first_seen, reviewed = known.answered
        if before.first_day is None:
            first_seen += 1
        else:
            reviewed += 1
        self._known = known._replace(answered=(first_seen, reviewed))

    def forget(self) -> None:
        """Something else was written here."""
        self._known = None

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
        if self._paused(span._replace(deck_ids=())):
            return 0, True
        return max(0, self.settings.new_per_day - first_seen), False

    def _paused(self, span: Span) -> bool:
        floor = queue.backlog_limit(0)
        if agenda.count_overdue(self.connection, span, floor + 1) <= floor:
            return False
        limit = queue.backlog_limit(self._recent_reviews(span.today))
        return agenda.count_overdue(self.connection, span, limit + 1) > limit

    def _recent_reviews(self, today: int) -> int:
        # Of days that are over: asked once a day, for a busy learner's fortnight is long.
        if today not in self._recent:
            self._recent.clear()
            days = queue.USUAL_SPAN_DAYS
            self._recent[today] = agenda.reviews_before(self.connection, today, days)
        return self._recent[today]
