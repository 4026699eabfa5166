"""One card at a time: which comes next, what is answered, what is marked, what is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from decks.errors import UsageError
from srs.daily import NewLimit, Today
from srs.model import Card, CardState, Flag, Kind, Rating
from srs.opened import Opened
from srs.store import agenda, cards
from srs.store.agenda import Span

if TYPE_CHECKING:
    from srs.attachments import Places
    from srs.choosing import Wanted
    from srs.store.finding import Moment
    from srs.store.log import LogRow

_LONGEST_ANSWER_MS = 3_600_000
_LONGEST_TYPED = 10_000  # characters
_LONGEST_NOTE = 1_000


class Saved(NamedTuple):
    """A row that is on disk."""

    review: bytes
    card: bytes
    state: CardState
    leech: bool = False  # the card became a leech by this answer, or one again


class StaleCard(Exception):
    """The card was answered elsewhere since it was fetched; nothing was written."""


class Answering(Opened):
    """The part of an open collection that a session needs; see `srs.collection`."""

    # Which card

    def span(self, at_ms: int, deck_names: Sequence[str] = ()) -> Span:
        """The study day of an instant, with the named decks and their sub-decks (none: all).

        A built-in deck may be named by its file too ("03-features"). Raises UsageError for a deck
        that is not there.
        """
        if not deck_names:
            return self.daily.span(at_ms)
        from srs.deck_names import resolve

        return self.daily.span(at_ms, resolve(self._connection, deck_names))

    def refuse_disabled(self, names: Sequence[str]) -> None:
        """Raises UsageError if the decks named are all disabled: nothing of them is ever asked."""
        if not names:
            return
        from srs.deck_names import resolve
        from srs.store import notes

        ids = resolve(self._connection, names)
        known = {deck_id: enabled for deck_id, _, enabled in notes.deck_names(self._connection)}
        if ids and not any(known[deck_id] for deck_id in ids):
            raise UsageError(
                f"{names[0]} is disabled", f'srs deck enable "{names[0]}" shows it again'
            )

    def choose(self, wanted: Wanted, at_ms: int) -> Span:
        """The study day of an instant, with the cards that the learner asks for.

        There is one selection at a time: it holds until the next call that makes one.
        Raises UsageError for a deck, tag, concept or level that is not there, and for a query that
        cannot be read.
        """
        from srs.choosing import choose

        deck_ids, narrowed = choose(self._connection, wanted, self._moment(at_ms))
        return self.daily.span(at_ms, deck_ids, selected=narrowed)

    def refuse_out_of_sight(self, wanted: Wanted, at_ms: int) -> None:
        """Raises UsageError if all that is selected is suspended, or in a disabled deck."""
        from srs.choosing import refuse_out_of_sight

        if self.choose(wanted, at_ms).selected:
            refuse_out_of_sight(self._connection, wanted)

    def _moment(self, at_ms: int) -> Moment:
        from srs.store.finding import Moment

        def recall(stability_days: float, last_ms: int) -> float:
            return self._engine.scheduler.recall(stability_days, last_ms, at_ms)

        span = self.daily.span(at_ms)
        lapses = self.settings.leech_lapses
        return Moment(at_ms, span.today, self.calendar, span.stray_day, lapses, recall)

    def ahead(self, span: Span, at_ms: int) -> list[bytes]:
        """Cards of `span` not yet due, those first of which a review today gains most."""
        from srs.foresight import by_gain

        states = agenda.not_yet_due(self._connection, span)
        return by_gain(states, self._engine.parameters, span.today)

    def weakest(self, span: Span, at_ms: int, *, suspended_too: bool = False) -> list[bytes]:
        """All cards of `span`, least likely to be recalled first, those never seen last."""
        scheduler = self._engine.scheduler
        states = agenda.all_open(self._connection, span, suspended_too=suspended_too)

        def strength(found: tuple[bytes, CardState]) -> tuple[bool, float, bytes]:
            card, state = found
            return state.stability_days is None, scheduler.retrievability(state, at_ms), card

        return [card for card, _ in sorted(states, key=strength)]

    def today(self, at_ms: int) -> Today:
        """What today holds, over all enabled decks."""
        return self.daily.today(at_ms)

    def next_card(
        self, at_ms: int, decks: Sequence[str] = (), new_limit: NewLimit | None = None
    ) -> Card | None:
        """The card to answer now, or None when nothing is left for today.

        `new_limit` replaces today's limit of new cards.
        """
        uid = self.daily.next_card(self.span(at_ms, decks), at_ms, new_limit)
        return None if uid is None else self.ask(uid, at_ms)

    def due_ms(self, state: CardState) -> int | None:
        """When a card falls due: the instant of its step, or its study day's rollover."""
        if state.due_day is not None:
            return self.calendar.start_ms(state.due_day)
        return state.due_ms

    # One card

    def card(self, uid: bytes) -> Card:
        """The card of that id, in its main form. Raises UsageError when there is none."""
        return self._there(uid, cards.load(self._connection, uid))

    def ask(self, uid: bytes, at_ms: int = 0) -> Card:
        """The same, in the form whose turn it is: of several another than the last time.

        Which numbers an estimate gets follows from the card and the instant.
        """
        return self._there(uid, cards.ask(self._connection, uid, at_ms))

    def ask_again(self, card: Card) -> Card:
        """The card as its source has it now, with the numbers that it was asked with."""
        return self._there(card.uid, cards.ask_again(self._connection, card))

    @staticmethod
    def _there(uid: bytes, found: Card | None) -> Card:
        if found is None:
            raise UsageError(f"no card {uid.hex()}", "srs card list shows the cards and their ids")
        return found

    def picture_places(self, path: str) -> Places:
        """Where the pictures of the cards of a deck file are looked for."""
        from srs.attachments import places

        return places(self._connection, self.home, path)

    def can_be_asked(self, card: Card, at_ms: int, *, suspended_too: bool = False) -> bool:
        """Whether the card is neither suspended nor buried today nor out of sight."""
        suspended = card.state.suspended and not suspended_too
        away = suspended or card.state.buried_day == self.calendar.day_of(at_ms)
        return not away and not cards.is_hidden(self._connection, card.uid)

    def is_leech(self, card: Card) -> bool:
        """Whether the card was forgotten so often that it had better be rewritten."""
        from srs.states import is_leech

        return is_leech(card.state.lapses, self.settings.leech_lapses)

    def preview(self, card: Card, at_ms: int) -> Mapping[Rating, CardState]:
        """What each rating would make of the card, exactly."""
        day = self.calendar.day_of(at_ms)
        return self._engine.scheduler.preview(card.uid, card.state, at_ms, day)

    def retrievability(self, state: CardState, at_ms: int) -> float | None:
        """The chance, 0 to 1, that the card is recalled now; None for a new card."""
        if state.stability_days is None:
            return None
        return self._engine.scheduler.retrievability(state, at_ms)

    def answer(
        self,
        card: Card,
        rating: Rating,
        at_ms: int,
        duration_ms: int | None = None,
        *,
        confidence: int | None = None,
        typed: str | None = None,
    ) -> Saved:
        """Log the answer; when this returns it is on disk, safe against power loss.

        A duration is counted as an hour at most: then the learner was elsewhere. `confidence` is in
        percent; `typed` is what the learner wrote, of which the first 10,000 characters are kept.
        Raises StaleCard when the card was answered elsewhere since it was fetched, Busy when
        another program writes and does not come to an end. Nothing is written then.
        """
        from srs.store.log import Answer

        if duration_ms is not None:
            duration_ms = min(max(duration_ms, 0), _LONGEST_ANSWER_MS)
        if typed is not None:  # half a surrogate pair is no text that SQLite could keep
            typed = typed[:_LONGEST_TYPED].encode("utf-8", "replace").decode()
        answer = Answer(rating, duration_ms, card.variant, confidence, typed or None, card.seed)
        with self._writing(at_ms):
            stamps, more = self._stamps(at_ms), _asked(card)
            done = self._engine.record(card.uid, card.state, stamps, answer, more)
        if done is None:
            raise StaleCard(card.uid.hex())
        if done.leech:
            self.daily.forget()
        else:
            self.daily.answered(card.uid, card.state, done.state)
        return Saved(done.uid, card.uid, done.state, done.leech)

    def suspend(self, card: Card, at_ms: int) -> Saved:
        """Hide the card until it is unsuspended."""
        return self.mark([card], Kind.SUSPEND, at_ms)[0]

    def unsuspend(self, card: Card, at_ms: int) -> Saved:
        """Show a suspended card again."""
        return self.mark([card], Kind.UNSUSPEND, at_ms)[0]

    def bury(self, card: Card, at_ms: int) -> Saved:
        """Hide the card until tomorrow."""
        return self.mark([card], Kind.BURY, at_ms)[0]

    def reset(self, card: Card, at_ms: int) -> Saved:
        """Forget the card's history: it is new again. The log keeps it, and undo brings it back."""
        return self.mark([card], Kind.RESET, at_ms)[0]

    def flag(self, card: Card, flag: Flag, at_ms: int, note: str = "") -> Saved:
        """Give the card a colour, with a note to oneself; `Flag.NONE` takes both away."""
        return self.mark([card], Kind.FLAG, at_ms, flag=flag, note=note)[0]

    def mark(
        self,
        cards_: Sequence[Card],
        kind: str,
        at_ms: int,
        *,
        flag: Flag = Flag.NONE,
        note: str = "",
    ) -> list[Saved]:
        """Suspend, unsuspend, bury, flag or reset cards, in one act that one undo takes back.

        Raises StaleCard, with nothing written, when one of them was answered elsewhere meanwhile.
        """
        data: dict[str, object] = {}
        if kind == Kind.FLAG:
            kept = note[:_LONGEST_NOTE].encode("utf-8", "replace").decode() if flag else ""
            data = {"flag": int(flag), **({"note": kept} if kept else {})}
        seen = [(card.uid, card.state) for card in cards_]
        with self._writing(at_ms):
            done = self._engine.mark(seen, kind, self._stamps(at_ms), data) if seen else []
        self.daily.forget()
        if done is None:
            raise StaleCard(cards_[0].uid.hex())
        return [Saved(one.uid, card.uid, one.state) for one, card in zip(done, cards_, strict=True)]

    def siblings(self, card: Card) -> list[Card]:
        """The cards of the card's note, itself included, those gone left out."""
        where = "n.uid = ? AND c.gone = 0"
        return list(cards.select(self._connection, where, (card.note,)))

    def undo(self, at_ms: int, uid: bytes | None = None) -> LogRow | None:
        """Take back the act of the row named, or the latest of this device; None: there is nothing.

        An act of several rows, such as suspending all cards of a note, is taken back as one; the
        row returned is its first.
        """
        rows = self.undo_act(at_ms, uid)
        return rows[0] if rows else None

    def undo_act(self, at_ms: int, uid: bytes | None = None) -> list[LogRow]:
        """The same; all rows of the act."""
        self.daily.forget()
        with self._writing(at_ms):
            return self._engine.take_back(self._stamps(at_ms), uid)

    def reviews(self, card: Card) -> list[LogRow]:
        """The card's answers that were not taken back, oldest first."""
        from srs.store import histories

        return histories.reviews(self._connection, card.uid)

    def history(self, card: Card) -> list[LogRow]:
        """All that was done with the card and not taken back, oldest first."""
        from srs.store import histories

        return histories.history(self._connection, card.uid)


def _asked(card: Card) -> dict[str, object]:
    if card.estimate is None:
        return {}
    from srs.estimates import asked  # which few cards need

    return asked(card)
