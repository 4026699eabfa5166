"""The rows of an import, made ready before anything is locked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from decks.cards import card_keys
from decks.history import Past
from decks.model import Note
from decks.progress import Progress, told
from srs.card_plan import match_cards
from srs.estimates import dumped
from srs.identity import Words, card_uid, content_hash, note_uid
from srs.reconcile import Changes, Match, Remembered
from srs.store import notes
from srs.store.positions import CURRICULUM_START

_CONCEPT_SPAN = 1 << 24
_SIBLINGS = 64
_FEW = 400  # ids that one query may name

# Of a note, what follows from its file. Ids stand before, instants after.
CONTENT = (
    "explicit_id", "deck_id", "path", "line", "builtin", "kind", "front", "back", "why", "flip",
    "variants", "tags", "concept", "type", "sources", "as_of", "estimate",
    "text_hash", "content_hash",
)  # fmt: skip

Row = tuple[Any, ...]


@dataclass(slots=True)
class Entries:
    """What an import writes, table by table, in the order in which it must be written."""

    at_ms: int
    decks: list[Row] = field(default_factory=list)  # id, name, builtin
    notes: list[Row] = field(default_factory=list)  # id, uid, CONTENT
    cards: list[Row] = field(default_factory=list)  # uid, note id, key, ordinal
    states: list[Row] = field(default_factory=list)  # card, note id, deck id, position, hidden
    reworded: list[int] = field(default_factory=list)  # notes whose words become earlier ones
    updates: list[Row] = field(default_factory=list)  # CONTENT, changed_ms, said_ms, note id
    lines: list[Row] = field(default_factory=list)  # line, note id
    kept_cards: list[Row] = field(default_factory=list)  # key, uid
    gone_cards: list[Row] = field(default_factory=list)  # uid
    orphaned: list[int] = field(default_factory=list)
    dated: list[Row] = field(default_factory=list)  # changed_ms, said_ms, id of a new note
    pasts: list[tuple[bytes, Past]] = field(default_factory=list)  # card, what is known elsewhere

    @property
    def touched(self) -> list[int]:
        """Notes that were there before and whose cards may be shown or hidden now."""
        return [*(row[-1] for row in self.updates), *self.orphaned]

    def __bool__(self) -> bool:
        return any((self.notes, self.updates, self.lines, self.orphaned))


def prepare(
    connection: sqlite3.Connection,
    changes: Changes,
    *,
    at_ms: int,
    builtin: bool,
    concept_rank: Mapping[str, int],
    progress: Progress | None = None,
) -> Entries:
    """The rows that bring these changes about, for the collection as it is now; only reads."""
    maker = _Maker(connection, at_ms, builtin, concept_rank)
    new = [match for match in changes.matches if match.known is None]
    known = [(match, match.known) for match in changes.matches if match.known is not None]
    maker.add(told(new, len(new), progress), len(new))
    for match, remembered in told(known, len(known), progress):
        maker.update(match, remembered)
    maker.entries.orphaned = [known.id for known in changes.orphaned]
    return maker.entries


def reorder(connection: sqlite3.Connection, concept_rank: Mapping[str, int]) -> None:
    """Give the cards there are the places that they would have if they came in now.

    Those of concepts that the curriculum did not have stay where they are. Call inside
    `transaction`.
    """
    places = [
        (CURRICULUM_START + rank * _CONCEPT_SPAN, concept) for concept, rank in concept_rank.items()
    ]
    within = f"position % {_CONCEPT_SPAN}"
    connection.executemany(
        f"UPDATE card_state SET position = ?1 + {within}"
        f" WHERE position >= {CURRICULUM_START} AND position <> ?1 + {within}"
        " AND note_id IN (SELECT id FROM note WHERE concept = ?2 AND concept <> '')",
        places,
    )


class _Maker:
    def __init__(
        self,
        connection: sqlite3.Connection,
        at_ms: int,
        builtin: bool,
        concept_rank: Mapping[str, int],
    ) -> None:
        self.connection = connection
        self.builtin = int(builtin)
        self.concept_rank = concept_rank
        self.entries = Entries(at_ms)
        rows = connection.execute("SELECT name, id, NOT enabled FROM deck").fetchall()
        self.decks = {name: (deck_id, hidden) for name, deck_id, hidden in rows}
        self.next_deck = max((deck_id for deck_id, _ in self.decks.values()), default=0)
        self.own_position = self._scalar(
            f"SELECT max(position) FROM card_state WHERE position < {CURRICULUM_START}"
        )
        self.taken: dict[str, set[bytes]] = {"note": set(), "card": set()}  # by new rows
        self.json: dict[tuple[object, ...], str] = {(): "[]"}

    def _scalar(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchone()[0] or 0)

    def _deck(self, name: str) -> tuple[int, int]:
        """The deck's id, and whether its cards are hidden."""
        if name not in self.decks:
            self.next_deck += 1
            self.decks[name] = self.next_deck, 0
            self.entries.decks.append((self.next_deck, name, self.builtin))
        return self.decks[name]

    def _position(self, note: Note, ordinal: int) -> int:
        rank = self.concept_rank.get(note.concept)
        if rank is not None:
            within = note.place.line * _SIBLINGS + min(ordinal, _SIBLINGS - 1)
            return CURRICULUM_START + rank * _CONCEPT_SPAN + within
        self.own_position += 1
        return self.own_position

    def _json(self, values: tuple[object, ...]) -> str:
        if values not in self.json:
            self.json[values] = json.dumps(values, ensure_ascii=False)
        return self.json[values]

    def _content(self, match: Match, deck_id: int) -> Row:
        note, json = match.note, self._json
        return (
            note.id, deck_id, match.path, note.place.line, self.builtin, str(note.kind),
            note.front, note.back, note.why, note.flip, json(note.variants), json(note.tags),
            note.concept, note.type, json(note.sources), note.as_of,
            dumped(note.estimate) if note.estimate else "", match.text_hash, content_hash(note),
        )  # fmt: skip

    def add(self, matches: Iterable[Match], count: int) -> None:
        """The notes that nobody remembers, with their cards."""
        if not count:
            return
        found = list(matches)
        uids = self._fresh("note", [(match.note,) for match in found], note_uid)
        first_id = self._scalar("SELECT max(id) FROM note") + 1
        asked: list[tuple[int, str, int]] = []
        parts: list[tuple[bytes, str]] = []
        states: list[Row] = []
        owners: list[tuple[int, Past]] = []  # index of the card
        for note_id, (match, uid) in enumerate(zip(found, uids, strict=True), first_id):
            note = match.note
            deck_id, hidden = self._deck(note.deck)
            self.entries.notes.append((note_id, uid, *self._content(match, deck_id)))
            if note.changed_ms:
                self.entries.dated.append((note.changed_ms, note.changed_ms, note_id))
            keys = card_keys(note.kind, note.front)
            if note.pasts:
                owners += [(len(asked) + place, past) for place, past in _known(keys, note.pasts)]
            for ordinal, key in enumerate(keys):
                asked.append((note_id, key, ordinal))
                parts.append((uid, key))
                states.append((note_id, deck_id, self._position(note, ordinal), hidden))
        cards = self._fresh("card", parts, card_uid)
        self.entries.cards += [(uid, *card) for uid, card in zip(cards, asked, strict=True)]
        self.entries.states += [(uid, *state) for uid, state in zip(cards, states, strict=True)]
        self.entries.pasts += [(cards[place], past) for place, past in owners]

    def _fresh(
        self, table: str, parts: Sequence[tuple[Any, ...]], derive: Callable[..., bytes]
    ) -> list[bytes]:
        """An id for each that no row has: `derive` makes it of its parts and, should it be taken,
        of the number of the attempt. An old note once had these words, say."""
        uids = [derive(*part) for part in parts]
        taken = self.taken[table]
        there = self._there(table, uids)
        if not there and not taken and len(set(uids)) == len(uids):
            taken.update(uids)
            return uids
        for index, part in enumerate(parts):
            attempt = 0
            while uids[index] in there or uids[index] in taken:
                attempt += 1
                uids[index] = derive(*part, attempt)
                there |= self._there(table, [uids[index]])
            taken.add(uids[index])
        return uids

    def _there(self, table: str, uids: Sequence[bytes]) -> set[bytes]:
        """Which of these ids the table has."""
        if len(uids) > _FEW and len(uids) > self._scalar(f"SELECT max(rowid) FROM {table}"):
            everything = self.connection.execute(f"SELECT uid FROM {table}").fetchall()
            return {uid for (uid,) in everything}.intersection(uids)
        found: set[bytes] = set()
        for first in range(0, len(uids), _FEW):
            some = uids[first : first + _FEW]
            sql = f"SELECT uid FROM {table} WHERE uid IN ({', '.join('?' * len(some))})"
            found.update(uid for (uid,) in self.connection.execute(sql, some).fetchall())
        return found

    def update(self, match: Match, known: Remembered) -> None:
        """A remembered note brought up to what its file says now."""
        note = match.note
        if match.outcome == "unchanged":
            if match.kept and note.exported:
                self._inherit_by_number(note, known)
                return
            self._inherit(note, known, {})
            if known.line != note.place.line and not match.kept:
                self.entries.lines.append((note.place.line, known.id))
            return
        deck_id, _ = self._deck(note.deck)
        content = self._content(match, deck_id)
        says_other = known.content_hash != content[-1]
        is_news = says_other or known.orphan or known.deck != note.deck
        if known.text_hash != match.text_hash:
            self.entries.reworded.append(known.id)
        at_ms = note.changed_ms or self.entries.at_ms
        changed_ms = at_ms if is_news or note.changed_ms else None
        said_ms = at_ms if says_other else None
        self.entries.updates.append((*content, changed_ms, said_ms, known.id))
        self._update_cards(note, known, deck_id)

    def _update_cards(self, note: Note, known: Remembered, deck_id: int) -> None:
        rows = self.connection.execute(
            "SELECT uid, key, gone, ordinal FROM card WHERE note_id = ?", (known.id,)
        ).fetchall()
        said = notes.recall(self.connection, [known.id])[known.id]
        now = Words(str(note.kind), note.front, note.back)
        plan = match_cards(said, [row[:3] for row in rows], now)
        self.entries.kept_cards += [(key, card) for card, key in plan.kept]
        self.entries.gone_cards += [(card,) for card in plan.gone]
        cards = {key: card for card, key in plan.kept}
        if not plan.new:
            self._inherit(note, known, cards)
            return
        position = self._scalar_of("SELECT min(position) FROM card_state WHERE note_id = ?", known)
        uids = self._fresh("card", [(known.uid, key) for key in plan.new], card_uid)
        first = max(row[3] for row in rows) + 1
        for ordinal, (uid, key) in enumerate(zip(uids, plan.new, strict=True), first):
            self.entries.cards.append((uid, known.id, key, ordinal))
            self.entries.states.append((uid, known.id, deck_id, position, 0))
            cards[key] = uid
        self._inherit(note, known, cards)

    def _inherit_by_number(self, note: Note, known: Remembered) -> None:
        """The same for a note that was exported: its cards are known by their numbers there."""
        sql = "SELECT ordinal, uid FROM card WHERE note_id = ? AND gone = 0"
        there = dict(self.connection.execute(sql, (known.id,)).fetchall())
        ordinals = note.exported.ordinals if note.exported else ()
        for ordinal, past in zip(ordinals, note.pasts, strict=False):
            if past and ordinal in there:
                self.entries.pasts.append((there[ordinal], past))

    def _inherit(self, note: Note, known: Remembered, cards: dict[str, bytes]) -> None:
        """Take up what other programs knew of the note's cards, by key."""
        if not note.pasts:
            return
        sql = "SELECT key, uid FROM card WHERE note_id = ? AND gone = 0"
        there = dict(self.connection.execute(sql, (known.id,)).fetchall()) | cards
        keys = card_keys(note.kind, note.front)
        found = _known(keys, note.pasts)
        self.entries.pasts += [(there[keys[at]], past) for at, past in found if keys[at] in there]

    def _scalar_of(self, sql: str, known: Remembered) -> int:
        return int(self.connection.execute(sql, (known.id,)).fetchone()[0] or 0)


def _known(keys: Sequence[str], pasts: Sequence[Past | None]) -> list[tuple[int, Past]]:
    """The cards, by their place, of which another program knew something."""
    return [(place, past) for place, past in enumerate(pasts[: len(keys)]) if past]
