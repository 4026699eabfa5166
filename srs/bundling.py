"""Gathers what an export is made from: notes, their cards, and what else its format wants."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from decks.concepts import Source, load_sources
from decks.model import Note
from decks.progress import Progress, told
from exporters.base import Bundle, DeckInfo, ExportCard, ExportNote, History, Want, Whole
from srs.bundled_history import history_of
from srs.bundled_media import NOTHING, BundledMedia, Showing
from srs.days import Calendar
from srs.rendered import Rendered
from srs.settings import Settings
from srs.store import standings
from srs.store.connection import FILE_NAME
from srs.store.notes import CardRow, NoteRow, present_cards

_LICENCE = "MIT"  # of the decks that come with the program


class Bundler(NamedTuple):
    """An open collection, seen by those who export it."""

    connection: sqlite3.Connection
    home: str
    settings: Settings
    calendar: Calendar

    def bundle(
        self,
        title: str,
        rows: Sequence[NoteRow],
        wants: Container[Want],
        at_ms: int,
        progress: Progress | None = None,
        *,
        complete: bool = False,
    ) -> Bundle:
        """These notes with all that is wanted; `complete` when nothing was selected."""
        cards = present_cards(self.connection, [row.id for row in rows])
        known = load_sources() if any(row.note.sources for row in rows) else {}
        sources = {
            key: in_full(known[key]) if key in known else key
            for key in dict.fromkeys(key for row in rows for key in row.note.sources)
        }
        files = BundledMedia(self.connection, self.home)
        take = files.take if Want.MEDIA in wants else _show_nothing
        notes = tuple(
            _note(row, _cards(cards.get(row.id, ())), take(row.note), at_ms)
            for row in told(_drawn(rows, wants), len(rows), progress)
        )
        titles = standings.concepts(self.connection)
        history = self._history(notes, at_ms) if Want.HISTORY in wants else None
        whole = self._whole(None if complete else rows) if Want.WHOLE in wants else None
        kept = Rendered(self.home) if Path(self.home, FILE_NAME).exists() else None
        return Bundle(
            title, notes, _decks(rows, sources), sources, titles, files.media, files.problems,
            kept, history, whole,
        )  # fmt: skip

    def _history(self, notes: Sequence[ExportNote], at_ms: int) -> History | None:
        cards = {card.uid for exported in notes for card in exported.cards}
        return history_of(self.connection, cards, self.settings, self.calendar, at_ms)

    def _whole(self, rows: Sequence[NoteRow] | None) -> Whole:
        """All that belongs to these notes; None: all that there is."""
        from srs.store import rows_out

        notes = None if rows is None else [row.id for row in rows]
        seqs = () if notes is None else rows_out.log_of(self.connection, notes)
        count, reviews = rows_out.count(self.connection, notes, seqs)
        head = {**rows_out.head(self.connection), "settings": self._settings_text()}
        return Whole(
            complete=rows is None,
            head=head if rows is None else {},
            tables=lambda: rows_out.tables(self.connection, notes, seqs),
            rows=count,
            reviews=reviews,
        )

    def _settings_text(self) -> str | None:
        """The learner's file of settings as it is; None: there is none."""
        from srs import settings_file

        path = Path(self.home, settings_file.FILE_NAME)
        return settings_file.read(path) if path.exists() else None


def _drawn(rows: Sequence[NoteRow], wants: Container[Want]) -> Sequence[NoteRow]:
    """The notes, estimates with a few fixed draws for programs that draw no numbers."""
    if Want.ESTIMATES in wants or not any(row.note.estimate for row in rows):
        return rows
    from decks.estimates.wording import fixed

    return [row._replace(note=fixed(row.note)) if row.note.estimate else row for row in rows]


def _show_nothing(note: Note) -> Showing:
    return NOTHING


def _note(row: NoteRow, cards: tuple[ExportCard, ...], showing: Showing, at_ms: int) -> ExportNote:
    """The note, as young as the files that it shows: other programs take a note for new by that.

    A file from the future would make it look unchanged for as long: its time is now.
    """
    changed_ms = max(row.said_ms, min(showing.changed_ms, at_ms))
    return ExportNote(row.uid, row.note, cards, changed_ms, showing.media)


def in_full(source: Source) -> str:
    """A work as a bibliography names it."""
    year = f" ({source.year})" if source.year[:1].isdigit() else ""
    whence = ", ".join(part for part in (source.authors, source.venue) if part)
    said = (f"{source.title}{year}", whence, source.locator)
    return ". ".join(part for part in said if part)


def _cards(rows: Iterable[CardRow]) -> tuple[ExportCard, ...]:
    return tuple(ExportCard(row.uid, row.key, row.ordinal) for row in rows)


def _decks(rows: Sequence[NoteRow], sources: Mapping[str, str]) -> dict[str, DeckInfo]:
    builtin: dict[str, bool] = {}
    named: dict[str, dict[str, None]] = {}
    for row in rows:
        deck = row.note.deck
        builtin[deck] = builtin.get(deck, True) and row.builtin
        named.setdefault(deck, {}).update(dict.fromkeys(sources[key] for key in row.note.sources))
    return {
        deck: DeckInfo(is_builtin, _LICENCE if is_builtin else "", tuple(named[deck]))
        for deck, is_builtin in builtin.items()
    }
