"""An open collection: ask for a card, answer it, import, export.

Times are epoch milliseconds and always arguments. Database errors leave as `DataError`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from decks.errors import UsageError
from srs.daily import DailyQueue, NewLimit, Today
from srs.days import Calendar
from srs.model import Card, CardState, Flag, Kind, Rating
from srs.settings import Settings
from srs.store import agenda, cards
from srs.store.agenda import Span
from srs.store.connection import FILE_NAME, explain
from srs.uid import uuid7

if TYPE_CHECKING:
    from pathlib import Path

    from decks import Loaded, Note
    from exporters import Bundle
    from srs.choosing import Wanted
    from srs.doctor import Finding
    from srs.glance import Glance
    from srs.importing import Receipt
    from srs.keeper import Keeper
    from srs.merging import Merged
    from srs.rebuild import Progress
    from srs.sources import Source
    from srs.states import Engine
    from srs.stats import Stats
    from srs.store.finding import Moment
    from srs.store.log import LogRow, Stamp
    from srs.store.notes import DeckRow, NoteRow

_LONGEST_ANSWER_MS = 3_600_000
_LONGEST_TYPED = 10_000  # characters
_LONGEST_NOTE = 1_000
_STEP = 200  # notes between two words of progress
_FEW = 500  # notes asked for by id; beyond that reading all is quicker


class Saved(NamedTuple):
    """A row that is on disk."""

    review: bytes
    card: bytes
    state: CardState
    leech: bool = False  # the card became a leech by this answer, or one again


class StaleCard(Exception):
    """The card was answered elsewhere since it was fetched; nothing was written."""


class Collection:
    """An open collection. Use it as a context manager; it is not shared between threads."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        home: str,
        settings: Settings,
        notices: Sequence[str] = (),
        entropy: Callable[[int], bytes] = os.urandom,
        *,
        on_disk: bool = False,
    ) -> None:
        self.home = home
        self.settings = settings
        self.calendar = Calendar(settings.zone, settings.rollover_hour)
        self.notices = tuple(notices)
        self.daily = DailyQueue(connection, self.calendar, settings)
        self._connection = connection
        self._entropy = entropy
        self._known_engine: Engine | None = None
        self._known_device = b""
        self._on_disk = on_disk
        self._keeper: Keeper | None = None

    @property
    def path(self) -> str:
        """Where the collection's file is."""
        return f"{self.home}/{FILE_NAME}"

    def close(self) -> None:
        """Let go of the file, once the day's backup is made; the last one leaves it complete."""
        if self._keeper is not None:
            self._keeper.finish()
        try:
            self._connection.close()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._keeper is not None and error is not None:
            self._keeper.abandon()
        self.close()
        if isinstance(error, sqlite3.Error):
            raise explain(error, self.path) from error

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

        chosen = choose(self._connection, wanted, self._moment(at_ms))
        return self.daily.span(at_ms, chosen.deck_ids, selected=chosen.narrows)

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
        return None if uid is None else self.ask(uid)

    def due_ms(self, state: CardState) -> int | None:
        """When a card falls due: the instant of its step, or its study day's rollover."""
        if state.due_day is not None:
            return self.calendar.start_ms(state.due_day)
        return state.due_ms

    # One card

    def card(self, uid: bytes) -> Card:
        """The card of that id, in its main form. Raises UsageError when there is none."""
        return self._there(uid, cards.load(self._connection, uid))

    def ask(self, uid: bytes) -> Card:
        """The same, in the form whose turn it is: of several another than the last time."""
        return self._there(uid, cards.ask(self._connection, uid))

    @staticmethod
    def _there(uid: bytes, found: Card | None) -> Card:
        if found is None:
            raise UsageError(f"no card {uid.hex()}", "srs card list shows the cards and their ids")
        return found

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
        answer = Answer(rating, duration_ms, card.variant, confidence, typed or None)
        with self._writing(at_ms):
            done = self._engine.record(card.uid, card.state, self._stamps(at_ms), answer)
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

    @contextmanager
    def _writing(self, at_ms: int) -> Iterator[None]:
        self._keep_safe(at_ms)
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

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
        from srs.store import log

        return log.reviews(self._connection, card.uid)

    def history(self, card: Card) -> list[LogRow]:
        """All that was done with the card and not taken back, oldest first."""
        from srs.store import log

        return log.history(self._connection, card.uid)

    def _stamps(self, at_ms: int) -> Callable[[], Stamp]:
        return lambda: self._stamp(at_ms)

    def _stamp(self, at_ms: int) -> Stamp:
        from srs.store.log import Stamp

        if not self._known_device:
            sql = "SELECT value FROM meta WHERE key = 'device'"
            self._known_device = self._connection.execute(sql).fetchone()[0]
        uid = uuid7(at_ms, self._entropy(10))
        day, offset_min = self.calendar.day_of(at_ms), self.calendar.offset_min(at_ms)
        return Stamp(uid, self._known_device, at_ms, day, offset_min)

    @property
    def _engine(self) -> Engine:
        if self._known_engine is None:
            from srs.states import Engine

            self._known_engine = Engine(self._connection, self.settings)
        return self._known_engine

    def make_ready(self, at_ms: int) -> None:
        """Load the scheduler and begin the day's backup, so that no answer waits for either."""
        _ = self._engine
        self._keep_safe(at_ms)

    @property
    def keeper(self) -> Keeper | None:
        """What is seeing to the day's backup, once something was written."""
        return self._keeper

    def _keep_safe(self, at_ms: int) -> None:
        if not self._on_disk:
            return
        if self._keeper is None:
            from srs.keeper import Keeper

            self._keeper = Keeper(self.home, self.calendar)
        self._keeper.begin(at_ms)

    # Many cards

    def import_files(
        self,
        files: Sequence[Loaded],
        at_ms: int,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Receipt:
        """Bring what `decks.read` read into the collection; all of it, or nothing on an error."""
        from srs.importing import import_files

        if not dry_run:
            self._keep_safe(at_ms)
            self.daily.forget()
        return import_files(
            self._connection, files, at_ms, home=self.home, dry_run=dry_run, progress=progress
        )

    def source(self, card: Card) -> Source:
        """The file in which the card's words can be edited; see `take_up`.

        Of a built-in card that is the learner's own copy, made now. Raises UsageError when the file
        is gone.
        """
        from srs.sources import source_of

        note = self.notes_by_uid([card])[card.note]
        return source_of(self.home, note, card.path, card.line)._replace(note=card.note)

    def take_up(self, source: Source, at_ms: int) -> Receipt | None:
        """Read a source that may have been edited; what came of it, None if it was not changed."""
        from srs.sources import take_up

        with self._writing(at_ms):
            receipt = take_up(self._connection, self.home, source, at_ms)
        self.daily.forget()
        return receipt

    def enable_decks(self, names: Sequence[str], at_ms: int, *, enabled: bool) -> list[str]:
        """Show or hide the cards of these decks and their sub-decks; the decks' full names.

        Raises UsageError for a deck that is not there.
        """
        from srs.deck_names import resolve
        from srs.store import intake, notes
        from srs.store.connection import transaction

        ids = resolve(self._connection, names)
        with self._writing(at_ms), transaction(self._connection):
            intake.enable_decks(self._connection, ids, enabled=enabled)
        self.daily.forget()
        return [name for deck_id, name, _ in notes.deck_names(self._connection) if deck_id in ids]

    def concept_title(self, concept: str) -> str:
        """The title of a concept of the curriculum; of another its own name."""
        from srs.store import concepts

        return concepts.title(self._connection, concept) or concept

    def merge(
        self,
        other: Path,
        at_ms: int,
        *,
        rehearsal: bool = False,
        progress: Progress | None = None,
    ) -> Merged:
        """Take in the log and the notes of another collection, after a backup of this one."""
        from pathlib import Path

        from srs.merging import merge
        from srs.store.backup import back_up

        home = Path(self.home)
        if not rehearsal:
            back_up(home, at_ms)
            self.daily.forget()
        return merge(self._connection, home, other, rehearsal=rehearsal, progress=progress)

    def glance(self, at_ms: int, progress: Progress | None = None) -> Glance:
        """Today in a few numbers; `progress` while the log is counted anew."""
        from srs.glance import glance

        return glance(self._connection, self.daily, at_ms, progress)

    def stats(self, at_ms: int, progress: Progress | None = None) -> Stats:
        """What the log and the states tell of the learner; `progress` while it is counted anew."""
        from srs.gathering import gather

        return gather(self._connection, self.daily, self.calendar, self.settings, at_ms, progress)

    def decks(self, at_ms: int) -> list[DeckRow]:
        """Every deck with its counts, built-in ones first."""
        from srs.store import notes

        return notes.deck_rows(self._connection, self.calendar.day_of(at_ms))

    def cards(self, span: Span, *, orphans: bool = False) -> Iterator[Card]:
        """The cards of the decks of `span`, or the orphans there, in the order of their files."""
        state = "(n.orphan = 1 OR c.gone = 1)" if orphans else "n.orphan = 0 AND c.gone = 0"
        return cards.select(self._connection, f"{state}{span.filter}", ())

    def find(
        self,
        wanted: Wanted,
        at_ms: int,
        *,
        orphans: bool = False,
        order: str = "",
        reverse: bool = False,
        limit: int | None = None,
    ) -> list[Card]:
        """The cards that the learner asks for, in the order of their files.

        Orphans are left out unless the query speaks of them, or `orphans` asks for nothing else.
        `order` is one of `srs.store.finding.ORDERS`; cards that have no such thing come last.
        Raises UsageError as `choose` does.
        """
        from srs.choosing import select, visible
        from srs.store import finding, selection

        moment = self._moment(at_ms)
        where, values = selection.condition(select(self._connection, wanted, moment))
        sight = finding.condition(visible(wanted.query, orphans=orphans), moment)
        finding.prepare(self._connection, moment)
        found = cards.select(
            self._connection, f"{sight.sql} AND {where}", {**dict(sight.values), **values},
            finding.order(order, reverse=reverse), -1 if limit is None else limit,
        )  # fmt: skip
        return list(found)

    def is_deck(self, name: str) -> bool:
        """Whether a deck, or the file of a built-in one, has this name or one below it."""
        from srs.deck_names import resolve

        try:
            return bool(resolve(self._connection, [name]))
        except UsageError:
            return False

    def find_cards(self, prefix: str) -> list[Card]:
        """Cards whose id, or whose note's id or written id, begins with `prefix` or equals it."""
        if not prefix:
            return []
        named = list(cards.select(self._connection, "n.explicit_id = ?", (prefix,)))
        if not named and prefix.isalnum():
            where = "hex(c.uid) LIKE ? OR hex(n.uid) LIKE ?"
            named = list(cards.select(self._connection, where, (f"{prefix}%", f"{prefix}%")))
        there = [card for card in named if not cards.is_gone(self._connection, card.uid)]
        return there or named

    def notes(self, span: Span) -> Iterator[NoteRow]:
        """The notes of the enabled decks of `span`, orphans left out.

        Of a selection those with a card that was selected.
        """
        from srs.store import notes

        where = "n.orphan = 0 AND d.enabled = 1"
        where += span._replace(selected=False).filter.replace("s.deck_id", "d.id")
        if span.selected:
            where += (
                " AND n.id IN (SELECT s.note_id FROM card_state s"
                " JOIN temp.selected t ON t.card = s.card)"
            )
        return notes.note_rows(self._connection, where, ())

    def notes_by_uid(self, cards_: Sequence[Card]) -> dict[bytes, Note]:
        """The notes that these cards were made from, by id."""
        from srs.store import notes

        wanted = {card.note for card in cards_}
        if len(wanted) > _FEW:
            rows = notes.note_rows(self._connection, "1", ())
        else:
            marks = ", ".join("?" * len(wanted))
            rows = notes.note_rows(self._connection, f"n.uid IN ({marks})", tuple(wanted))
        return {row.uid: row.note for row in rows}

    def bundle(
        self,
        title: str,
        at_ms: int,
        decks: Sequence[str] = (),
        progress: Progress | None = None,
        *,
        query: str = "",
    ) -> Bundle:
        """Notes and cards of the decks named (none: every enabled one), ready for an exporter.

        Of a query those notes of which it finds a card.
        """
        from exporters import Bundle, ExportCard, ExportNote
        from srs.store.notes import cards_of

        span = self.span(at_ms, decks)
        if query:
            from srs.choosing import Wanted

            span = self.choose(Wanted(decks, query=query), at_ms)
        found: list[ExportNote] = []
        rows = list(self.notes(span))
        for number, row in enumerate(rows):
            if progress and not number % _STEP:
                progress(number, len(rows))
            present = [card for card in cards_of(self._connection, row.id) if not card.gone]
            export_cards = tuple(ExportCard(c.uid, c.key, c.ordinal) for c in present)
            found.append(ExportNote(row.uid, row.note, export_cards, row.changed_ms))
        return Bundle(title, tuple(found))

    def check(self, at_ms: int, progress: Progress | None = None) -> list[Finding]:
        """Everything that is wrong with the collection, worst first; changes nothing."""
        from srs.doctor import examine

        found = examine(self._connection, at_ms, progress)
        if self._on_disk:
            from pathlib import Path

            from srs.surroundings import look_around

            found += look_around(Path(self.home))
        return sorted(found, key=lambda finding: finding.severity != "error")
