"""An open collection: ask for a card, answer it, import, export.

Times are epoch milliseconds and always arguments. Database errors leave as `DataError`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from decks.errors import UsageError
from srs.answering import Saved
from srs.model import Card
from srs.store import cards
from srs.store.agenda import Span
from srs.taking_in import TakingIn

if TYPE_CHECKING:
    from pathlib import Path

    from decks import Note
    from decks.progress import Progress
    from exporters import Bundle, Want
    from srs.choosing import Wanted
    from srs.curriculum import Curriculum
    from srs.doctor import Finding
    from srs.glance import Glance
    from srs.merging import Merged
    from srs.portable import ReadBack
    from srs.query import Node
    from srs.receipt import Receipt
    from srs.relinking import Relink
    from srs.sources import Source
    from srs.stats import Stats
    from srs.store.finding import Condition
    from srs.store.notes import DeckRow, NoteRow

_FEW = 500  # notes asked for by id; beyond that reading all is quicker


class Collection(TakingIn):
    """An open collection. Use it as a context manager; it is not shared between threads."""

    def source(self, card: Card) -> Source:
        """The file in which the card's words can be edited; see `take_up`.

        Of a built-in card that is the learner's own copy, made now. Raises UsageError when the file
        is gone.
        """
        from srs.sources import source_of
        from srs.territory import manner_at

        note = self.notes_by_uid([card])[card.note]
        manner = manner_at(self._connection, card.path)
        return source_of(self.home, note, card.path, card.line, manner)._replace(note=card.note)

    def take_up(self, source: Source, at_ms: int) -> Receipt | None:
        """Read a source that may have been edited; what came of it, None if it was not changed."""
        from srs.sources import take_up

        with self._writing(at_ms):
            receipt = take_up(self._connection, self.home, source, at_ms)
        self.daily.forget()
        return receipt

    def deck_name(self, name: str) -> str:
        """The full name of the deck that is so called, or `name` if there is none yet."""
        from srs.deck_names import full_name

        return full_name(self._connection, name)

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

    def explanation(self, concept: str) -> str:
        """What the concept is, in a line or two, as its deck says above its cards; "" if not."""
        from srs.curriculum import explained

        return explained(self._connection, concept) if concept else ""

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

    def read_back(
        self,
        path: Path,
        at_ms: int,
        *,
        rehearsal: bool = False,
        reading: Progress | None = None,
        progress: Progress | None = None,
    ) -> ReadBack:
        """Take in a portable backup, after a backup of this collection.

        `reading` is told of bytes, `progress` of cards. Raises DataError, with nothing changed,
        when the file is not sound.
        """
        from pathlib import Path

        from srs.portable import take_in
        from srs.store.backup import back_up

        home = Path(self.home)
        self.daily.forget()
        return take_in(
            self._connection, home, path, lambda: back_up(home, at_ms), rehearsal=rehearsal,
            reading=reading, progress=progress,
        )  # fmt: skip

    def glance(self, at_ms: int, progress: Progress | None = None) -> Glance:
        """Today in a few numbers; `progress` while the log is counted anew."""
        from srs.glance import glance

        return glance(self._connection, self.daily, at_ms, progress)

    def stats(self, at_ms: int, progress: Progress | None = None) -> Stats:
        """What the log and the states tell of the learner; `progress` while it is counted anew."""
        from srs.gathering import gather

        return gather(self._connection, self.daily, self.calendar, self.settings, at_ms, progress)

    def curriculum(self, at_ms: int) -> Curriculum:
        """Concepts and decks as the learner sees them at an instant."""
        from srs.curriculum import Curriculum

        moment, wanted = self._moment(at_ms), self.settings.desired_retention
        return Curriculum(self._connection, moment, wanted)

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
        progress: Progress | None = None,
    ) -> list[Card]:
        """The cards that the learner asks for, in the order of their files.

        Orphans are left out unless the query speaks of them, or `orphans` asks for nothing else.
        `order` is one of `srs.store.finding.ORDERS`; cards that have no such thing come last.
        Raises UsageError as `choose` does.
        """
        from srs.store import finding

        found = self._condition(wanted, at_ms, orphans, progress)
        ordered = finding.order(order, reverse=reverse)
        most = -1 if limit is None else limit
        return list(cards.select(self._connection, found.sql, dict(found.values), ordered, most))

    def count(self, wanted: Wanted, at_ms: int, *, orphans: bool = False) -> int:
        """How many cards `find` would find."""
        found = self._condition(wanted, at_ms, orphans)
        return cards.count(self._connection, found.sql, dict(found.values))

    def _condition(
        self, wanted: Wanted, at_ms: int, orphans: bool, progress: Progress | None = None
    ) -> Condition:
        from srs.choosing import decks_of, select, visible
        from srs.query import Among, both
        from srs.store import finding

        moment = self._moment(at_ms)
        ids = decks_of(self._connection, wanted)
        decks: list[Node] = [Among("deck", ids)] if ids else []
        asked = select(self._connection, wanted, moment, progress)
        return finding.condition(
            both([visible(wanted.query, orphans=orphans), *decks, asked]), moment
        )

    def is_deck(self, name: str) -> bool:
        """Whether a deck, or the file of a built-in one, has this name or one below it."""
        from srs.deck_names import resolve

        try:
            return bool(resolve(self._connection, [name]))
        except UsageError:
            return False

    def find_cards(self, prefix: str, *, orphans: bool | None = None) -> list[Card]:
        """Cards whose id, or whose note's id or written id, begins with `prefix` or equals it.

        Where several notes answer to that, only the orphans among them, or only the others: those
        that `orphans` asks for, if there are any.
        """
        if not prefix:
            return []
        named = list(cards.select(self._connection, "n.explicit_id = ?", (prefix,)))
        if not named and prefix.isalnum():
            where = "hex(c.uid) LIKE ? OR hex(n.uid) LIKE ?"
            named = list(cards.select(self._connection, where, (f"{prefix}%", f"{prefix}%")))
        if orphans is not None and len({card.note for card in named}) > 1:
            alike = [c for c in named if cards.is_orphan(self._connection, c.uid) is orphans]
            named = alike or named
        there = [card for card in named if not cards.is_gone(self._connection, card.uid)]
        return there or named

    def plan_relink(self, old: Sequence[Card], new: Sequence[Card]) -> list[Relink]:
        """Which of the old cards would give its history to which of the new ones.

        Raises UsageError when that is not clear, or there is no history.
        """
        from srs.relinking import plan

        return plan(self._connection, old, new)

    def relink(self, relinks: Sequence[Relink], at_ms: int) -> list[Saved]:
        """Give histories to other cards, in one act that one undo takes back; the takers.

        What belongs to a card at this moment changes hands, be it more than was planned.
        """
        from srs.relinking import take_over_words
        from srs.store.connection import transaction

        pairs = [(one.giver.uid, one.taker.uid) for one in relinks]
        self.daily.forget()
        with self._writing(at_ms), transaction(self._connection):
            done = self._engine.relink(pairs, self._stamps(at_ms))
            take_over_words(self._connection, relinks, at_ms)
        takers = [taker for _, taker in pairs]
        return [Saved(one.uid, card, one.state) for one, card in zip(done, takers, strict=True)]

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
        wanted: Wanted | None = None,
        wants: Container[Want] = (),
        progress: Progress | None = None,
        *,
        limit: int | None = None,
    ) -> Bundle:
        """The notes of which a card is wanted (none: of every enabled deck), for an exporter.

        `wants` says what else it needs; `limit` keeps the first so many notes. A bundle is good
        while the collection is open. One for which the whole collection is wanted, and nothing
        selected, has every note, orphans and those of disabled decks too. Raises UsageError as
        `choose` does.
        """
        from exporters import Want
        from srs.bundling import Bundler
        from srs.store import notes

        complete = wanted is None and limit is None and Want.WHOLE in wants
        if complete:
            rows = list(notes.note_rows(self._connection, "1", ()))
        else:
            span = self.choose(wanted, at_ms) if wanted else self.span(at_ms)
            rows = list(islice(self.notes(span), limit))
        bundler = Bundler(self._connection, self.home, self.settings, self.calendar)
        return bundler.bundle(title, rows, wants, at_ms, progress, complete=complete)

    def check(self, at_ms: int, progress: Progress | None = None) -> list[Finding]:
        """Everything that is wrong with the collection, worst first; changes nothing."""
        from srs.doctor import examine

        found = examine(self._connection, at_ms, progress)
        if self._on_disk:
            from pathlib import Path

            from exporters import unusable_plugins
            from srs.surroundings import look_around

            found += look_around(Path(self.home), unusable_plugins())
        return sorted(found, key=lambda finding: finding.severity != "error")
