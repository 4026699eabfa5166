"""The collection inside a package: Anki's tables, filled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from itertools import count, islice

from decks.progress import Progress
from exporters.anki import objects, schedule
from exporters.anki.fields_of_note import SEPARATOR
from exporters.anki.notes import decks_of, notes_of
from exporters.anki.preset import preset
from exporters.anki.profile import complete
from exporters.anki.schedule import Standing
from exporters.base import Bundle, ExportNote, History

_FIRST_ID = objects.FIRST_S * 1000
_STEP = 200  # notes at once: more would keep the garbage collector busy
_NOTE = "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')"
_CARD = f"INSERT INTO cards VALUES (?, ?, ?, ?, ?, -1, {', '.join('?' * len(Standing._fields))})"
# Anki would upgrade genanki's old scheduler on import, and rewrite ratings as it does.
_CONF = {"schedVer": 2, "sched2021": True, "rollover": 4, "creationOffset": 0}
_EMPTY_DAY = dict.fromkeys(("newToday", "revToday", "lrnToday", "timeToday"), (0, 0))


def collection(bundle: Bundle, progress: Progress, *, is_whole: bool = False) -> bytes:
    """A database of Anki's, of the version that every program reads.

    A whole one takes a profile's place as it is, while of others Anki makes up what it needs.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.executescript(objects.TABLES + objects.COLLECTION_ROW)
        if bundle.history:
            connection.execute("ATTACH ':memory:' AS lived")
            connection.deserialize(bundle.history.answers.table(), name="lived")
        connection.execute("BEGIN")
        filling = _Filling(connection, bundle)
        filling.fill(progress)
        if is_whole:
            complete(connection, bundle.history)
        connection.execute("COMMIT")
        return connection.serialize()
    finally:
        connection.close()


def _new(card: bytes, position: int) -> tuple[object, ...]:
    """Where a card stands that nobody has seen."""
    return schedule.unseen(position)


class _Filling:
    """genanki's own way inserts rows one by one, keeps seven indexes that nobody reads, and writes
    all decks anew for every deck, which takes quadratic time. So its objects only say what they
    are, and their rows go in a hundred at a time."""

    def __init__(self, connection: sqlite3.Connection, bundle: Bundle) -> None:
        self.connection = connection
        self.bundle = bundle
        self.history = bundle.history
        self.standing = schedule.Standings(bundle.history).of if bundle.history else _new
        self.decks = decks_of(bundle)
        self.models: dict[int, objects.Model] = {}
        self.card_ids: dict[bytes, int] = {}
        self.ids = count(_FIRST_ID)

    def fill(self, progress: Progress) -> None:
        total = len(self.bundle.notes)
        found = zip(self.bundle.notes, notes_of(self.bundle), strict=True)
        for first in range(0, total, _STEP):
            progress(first, total)
            self._insert(list(islice(found, _STEP)))
        if self.history:
            self._log(self.history)
        self._collection()

    def _log(self, history: History) -> None:
        """There may be a million rows: they go from table to table."""
        self.connection.execute("CREATE TEMP TABLE card_number (place INTEGER PRIMARY KEY, number)")
        numbers = enumerate(self.card_ids.get(card) for card in history.states)
        self.connection.executemany("INSERT INTO card_number VALUES (?, ?)", numbers)
        self.connection.execute(f"INSERT INTO revlog {schedule.LOG_ROWS}")

    def _insert(self, some: Sequence[tuple[ExportNote, objects.Note]]) -> None:
        rows: list[tuple[object, ...]] = []
        cards: list[tuple[object, ...]] = []
        standing = self.standing
        for exported, note in some:
            model, number = note.model, next(self.ids)
            self.models[model.model_id] = model
            tags = f" {' '.join(note.tags)} " if note.tags else ""
            first = note.joined.partition(SEPARATOR)[0]
            rows.append((
                number, note.guid, model.model_id, note.changed_s, tags, note.joined, first, 0,
            ))  # fmt: skip
            deck_id = self.decks[exported.note.deck].deck_id
            for card, kept in zip(note.cards, exported.cards, strict=True):
                card_id = self.card_ids[kept.uid] = next(self.ids)
                where = standing(kept.uid, note.due)
                cards.append((card_id, number, deck_id, card.ord, note.changed_s, *where))
        self.connection.executemany(_NOTE, rows)
        self.connection.executemany(_CARD, cards)

    def _collection(self) -> None:
        [row] = self.connection.execute("SELECT conf, decks, dconf FROM col").fetchall()
        conf, decks, presets = map(json.loads, row)
        conf |= _CONF
        created_s, preset_id = objects.FIRST_S, 1
        if self.history:
            history, own = self.history, preset(self.history.scheduling)
            created_s = history.calendar.start_ms(history.first_day) // 1000
            west_min = -history.calendar.offset_min(created_s * 1000)
            conf |= {"rollover": history.calendar.rollover_hour, "creationOffset": west_min}
            preset_id = own["id"]
            presets[str(preset_id)] = own
        for deck in self.decks.values():
            said = _EMPTY_DAY | {"conf": preset_id, "mod": objects.FIRST_S}
            decks[str(deck.deck_id)] = deck.to_json() | said
        models = {number: model.to_json(0, 1) for number, model in self.models.items()}
        stamp_ms = objects.TEMPLATES_S * 1000
        texts = (json.dumps(one, sort_keys=True) for one in (conf, models, decks, presets))
        self.connection.execute(
            "UPDATE col SET crt = ?, mod = ?, scm = ?, conf = ?, models = ?, decks = ?, dconf = ?",
            (created_s, stamp_ms, stamp_ms, *texts),
        )
