"""An open collection: ask for a card, answer it, import, export.

Times are epoch milliseconds and always arguments. Database errors leave as `DataError`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from decks.errors import UsageError
from srs.daily import DailyQueue, NewLimit, Today
from srs.days import Calendar
from srs.model import Card, CardState, Kind, Rating
from srs.settings import Settings
from srs.store import cards
from srs.store.agenda import Span
from srs.store.connection import FILE_NAME, explain
from srs.uid import uuid7

if TYPE_CHECKING:
    from pathlib import Path

    from decks import Loaded, Note
    from exporters import Bundle
    from srs.doctor import Finding
    from srs.importing import Receipt
    from srs.keeper import Keeper
    from srs.merging import Merged
    from srs.rebuild import Progress
    from srs.states import Engine
    from srs.store.log import LogRow, Stamp
    from srs.store.notes import DeckRow, NoteRow

_LONGEST_ANSWER_MS = 3_600_000
_FEW = 500  # notes asked for by id; beyond that reading all is quicker


class Saved(NamedTuple):
    """An answer that is on disk."""

    review: bytes
    card: bytes
    state: CardState


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
        return None if uid is None else self.card(uid)

    def due_ms(self, state: CardState) -> int | None:
        """When a card falls due: the instant of its step, or its study day's rollover."""
        if state.due_day is not None:
            return self.calendar.start_ms(state.due_day)
        return state.due_ms

    # One card

    def card(self, uid: bytes) -> Card:
        """The card of that id. Raises UsageError when there is none."""
        found = cards.load(self._connection, uid)
        if found is None:
            raise UsageError(f"no card {uid.hex()}", "srs card list shows the cards and their ids")
        return found

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
        self, card: Card, rating: Rating, at_ms: int, duration_ms: int | None = None
    ) -> Saved:
        """Log the answer; when this returns it is on disk, safe against power loss.

        A duration is counted as an hour at most: then the learner was elsewhere.
        Raises StaleCard when the card was answered elsewhere since it was fetched, Busy when
        another program writes and does not come to an end. Nothing is written then.
        """
        if duration_ms is not None:
            duration_ms = min(max(duration_ms, 0), _LONGEST_ANSWER_MS)
        return self._record(card, Kind.REVIEW, at_ms, rating, duration_ms)

    def suspend(self, card: Card, at_ms: int) -> Saved:
        """Hide the card until it is unsuspended."""
        return self._record(card, Kind.SUSPEND, at_ms)

    def unsuspend(self, card: Card, at_ms: int) -> Saved:
        """Show a suspended card again."""
        return self._record(card, Kind.UNSUSPEND, at_ms)

    def bury(self, card: Card, at_ms: int) -> Saved:
        """Hide the card until tomorrow."""
        return self._record(card, Kind.BURY, at_ms)

    def _record(
        self,
        card: Card,
        kind: str,
        at_ms: int,
        rating: Rating | None = None,
        duration_ms: int | None = None,
    ) -> Saved:
        self._keep_safe(at_ms)
        stamp = self._stamp(at_ms)
        try:
            after = self._engine.record(card.uid, card.state, kind, stamp, rating, duration_ms)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        if after is None:
            raise StaleCard(card.uid.hex())
        if kind == Kind.REVIEW:
            self.daily.answered(card.state, after)
        else:
            self.daily.forget()
        return Saved(stamp.uid, card.uid, after)

    def undo(self, at_ms: int, uid: bytes | None = None) -> LogRow | None:
        """Take back the row named, or the latest of this device; None when there is nothing."""
        self._keep_safe(at_ms)
        self.daily.forget()
        try:
            return self._engine.take_back(self._stamp(at_ms), uid)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def reviews(self, card: Card) -> list[LogRow]:
        """The card's answers that were not taken back, oldest first."""
        from srs.store import log

        return log.reviews(self._connection, card.uid)

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
        self, files: Sequence[Loaded], at_ms: int, *, dry_run: bool = False
    ) -> Receipt:
        """Bring what `decks.read` read into the collection; all of it, or nothing on an error."""
        from srs.importing import import_files

        if not dry_run:
            self._keep_safe(at_ms)
            self.daily.forget()
        return import_files(self._connection, files, at_ms, home=self.home, dry_run=dry_run)

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

    def decks(self, at_ms: int) -> list[DeckRow]:
        """Every deck with its counts, built-in ones first."""
        from srs.store import notes

        return notes.deck_rows(self._connection, self.calendar.day_of(at_ms))

    def cards(self, span: Span, *, orphans: bool = False) -> Iterator[Card]:
        """The cards of the decks of `span`, or the orphans there, in the order of their files."""
        state = "(n.orphan = 1 OR c.gone = 1)" if orphans else "n.orphan = 0 AND c.gone = 0"
        return cards.select(self._connection, f"{state}{span.filter}", ())

    def find_cards(self, prefix: str) -> list[Card]:
        """Cards whose id, or whose note's id or written id, begins with `prefix` or equals it."""
        if not prefix:
            return []
        where = "hex(c.uid) LIKE ? OR hex(n.uid) LIKE ? OR n.explicit_id = ?"
        pattern = f"{prefix}%" if prefix.isalnum() else ""
        return list(cards.select(self._connection, where, (pattern, pattern, prefix)))

    def notes(self, span: Span) -> Iterator[NoteRow]:
        """The notes of the enabled decks of `span`, orphans left out."""
        from srs.store import notes

        where = "n.orphan = 0 AND d.enabled = 1" + span.filter.replace("s.deck_id", "d.id")
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

    def bundle(self, title: str, at_ms: int, decks: Sequence[str] = ()) -> Bundle:
        """Notes and cards of the decks named (none: every enabled one), ready for an exporter."""
        from exporters import Bundle, ExportCard, ExportNote
        from srs.store.notes import cards_of

        found = []
        for row in self.notes(self.span(at_ms, decks)):
            present = [card for card in cards_of(self._connection, row.id) if not card.gone]
            export_cards = tuple(ExportCard(c.uid, c.key, c.ordinal) for c in present)
            found.append(ExportNote(row.uid, row.note, export_cards, row.changed_ms))
        return Bundle(title, tuple(found))

    def check(self, at_ms: int) -> list[Finding]:
        """Everything that is wrong with the collection, worst first; changes nothing."""
        from srs.doctor import examine

        found = examine(self._connection, at_ms)
        if self._on_disk:
            from pathlib import Path

            from srs.surroundings import look_around

            found += look_around(Path(self.home))
        return sorted(found, key=lambda finding: finding.severity != "error")
