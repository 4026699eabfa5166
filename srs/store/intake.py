"""What an import writes: notes, cards, and the states of new cards."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from sqlite_utils import Database

from decks.cards import card_keys
from decks.model import Note
from decks.progress import Progress, told
from srs.card_plan import match_cards
from srs.identity import Words, card_uid, content_hash, note_uid, question_hash, text_hash
from srs.reconcile import Changes, Match, Remembered
from srs.store import notes
from srs.store.positions import CURRICULUM_START

_CONCEPT_SPAN = 1 << 24
_SIBLINGS = 64


def apply(
    connection: sqlite3.Connection,
    changes: Changes,
    *,
    at_ms: int,
    builtin: bool,
    concept_rank: Mapping[str, int],
    progress: Progress | None = None,
) -> None:
    """Write what an import found. Call inside `transaction`."""
    writer = _Writer(connection, at_ms, builtin, concept_rank)
    new = [match for match in changes.matches if match.known is None]
    writer.add(told(new, len(new), progress))
    for match in told(changes.matches, len(changes.matches), progress):
        if match.known is not None:
            writer.update(match, match.known)
    for known in changes.orphaned:
        # A change like any other: on another device, too, the note is gone from now on.
        sql = "UPDATE note SET orphan = 1, changed_ms = ? WHERE id = ?"
        connection.execute(sql, (at_ms, known.id))
        writer.touched.append(known.id)
    refresh_hidden(connection, writer.touched)


def refresh_hidden(connection: sqlite3.Connection, note_ids: Sequence[int]) -> None:
    """Recompute which cards of these notes are out of sight."""
    connection.executemany(f"UPDATE card_state SET hidden = {HIDDEN} WHERE note_id = ?",
                           [(note_id,) for note_id in note_ids])  # fmt: skip


def refresh_all_hidden(connection: sqlite3.Connection) -> int:
    """The same for all notes; how many cards were shown or hidden by mistake."""
    sql = f"UPDATE card_state SET hidden = {HIDDEN} WHERE hidden <> {HIDDEN}"
    return connection.execute(sql).rowcount


def enable_decks(connection: sqlite3.Connection, deck_ids: Sequence[int], *, enabled: bool) -> None:
    """Let the decks take part in sessions and exports, or not. Call inside `transaction`."""
    connection.executemany(
        "UPDATE deck SET enabled = ? WHERE id = ?", [(int(enabled), one) for one in deck_ids]
    )
    refresh_all_hidden(connection)


def refile(connection: sqlite3.Connection) -> int:
    """File every state under its card's note and that note's deck; how many were not."""
    home = "SELECT n.id, n.deck_id FROM card c JOIN note n ON n.id = c.note_id"
    return connection.execute(
        f"UPDATE card_state SET (note_id, deck_id) = ({home} WHERE c.uid = card_state.card)"
        f" WHERE (note_id, deck_id) <> ({home} WHERE c.uid = card_state.card)"
    ).rowcount


HIDDEN = (
    "(SELECT n.orphan OR c.gone OR NOT d.enabled FROM card c JOIN note n ON n.id = c.note_id"
    " JOIN deck d ON d.id = n.deck_id WHERE c.uid = card_state.card)"
)


class _Writer:
    def __init__(
        self,
        connection: sqlite3.Connection,
        at_ms: int,
        builtin: bool,
        concept_rank: Mapping[str, int],
    ) -> None:
        self.connection = connection
        self.database = Database(connection, execute_plugins=False, recursive_triggers=False)
        self.at_ms = at_ms
        self.builtin = builtin
        self.concept_rank = concept_rank
        self.touched: list[int] = []
        self.decks: dict[str, int] = dict(
            connection.execute("SELECT name, id FROM deck").fetchall()
        )
        self.uids = {row[0] for row in connection.execute("SELECT uid FROM note").fetchall()}
        self.card_uids = {row[0] for row in connection.execute("SELECT uid FROM card").fetchall()}
        self.own_position = self._scalar(
            f"SELECT max(position) FROM card_state WHERE position < {CURRICULUM_START}"
        )

    def _scalar(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchone()[0] or 0)

    def _deck_id(self, name: str) -> int:
        if name not in self.decks:
            cursor = self.connection.execute(
                "INSERT INTO deck (name, builtin) VALUES (?, ?)", (name, self.builtin)
            )
            self.decks[name] = int(cursor.lastrowid or 0)
        return self.decks[name]

    def _position(self, note: Note, ordinal: int) -> int:
        rank = self.concept_rank.get(note.concept)
        if rank is not None:
            within = note.place.line * _SIBLINGS + min(ordinal, _SIBLINGS - 1)
            return CURRICULUM_START + rank * _CONCEPT_SPAN + within
        self.own_position += 1
        return self.own_position

    def _columns(self, match: Match) -> dict[str, object]:
        note = match.note
        return {
            "explicit_id": note.id,
            "deck_id": self._deck_id(note.deck),
            "path": match.path,
            "line": note.place.line,
            "builtin": int(self.builtin),
            "kind": str(note.kind),
            "front": note.front,
            "back": note.back,
            "why": note.why,
            "flip": note.flip,
            "variants": json.dumps(note.variants, ensure_ascii=False),
            "tags": json.dumps(note.tags, ensure_ascii=False),
            "concept": note.concept,
            "type": note.type,
            "sources": json.dumps(note.sources, ensure_ascii=False),
            "as_of": note.as_of,
            "text_hash": text_hash(note),
            "question_hash": question_hash(note),
            "content_hash": content_hash(note),
            "orphan": 0,
        }

    def _fresh_note_uid(self, note: Note) -> bytes:
        attempt = 0
        while (uid := note_uid(note, attempt)) in self.uids:
            attempt += 1  # an old note once had these words: two notes, two identities
        self.uids.add(uid)
        return uid

    def _fresh_card_uid(self, note: bytes, key: str) -> bytes:
        attempt = 0
        while (uid := card_uid(note, key, attempt)) in self.card_uids:
            attempt += 1
        self.card_uids.add(uid)
        return uid

    def add(self, matches: Iterable[Match]) -> None:
        """Insert the notes that nobody remembers, with their cards."""
        first_id = self._scalar("SELECT max(id) FROM note") + 1
        notes: list[dict[str, object]] = []
        cards: list[dict[str, object]] = []
        states: list[dict[str, object]] = []
        for note_id, match in enumerate(matches, first_id):
            uid = self._fresh_note_uid(match.note)
            row = {"id": note_id, "uid": uid, **self._columns(match), "changed_ms": self.at_ms,
                   "added_ms": self.at_ms}  # fmt: skip
            notes.append(row)
            for ordinal, key in enumerate(card_keys(match.note.kind, match.note.front)):
                card = {"uid": self._fresh_card_uid(uid, key), "note_id": note_id, "key": key,
                        "ordinal": ordinal}  # fmt: skip
                cards.append(card)
                states.append(_new_state(card, row["deck_id"], self._position(match.note, ordinal)))
        self.database.table("note").insert_all(notes)
        self.database.table("card").insert_all(cards)
        self.database.table("card_state").insert_all(states)
        if not self.builtin:
            self.touched += [int(str(row["id"])) for row in notes]

    def update(self, match: Match, known: Remembered) -> None:
        """Bring a remembered note up to what its file says now."""
        if match.outcome == "unchanged":
            if known.line != match.note.place.line:
                self.connection.execute(
                    "UPDATE note SET line = ? WHERE id = ?", (match.note.place.line, known.id)
                )
            return
        columns = self._columns(match)
        moved = known.deck != match.note.deck
        if known.content_hash != columns["content_hash"] or known.orphan or moved:
            columns["changed_ms"] = self.at_ms
        assignments = ", ".join(f"{name} = ?" for name in columns)
        said = notes.recall(self.connection, [known.id])[known.id]
        if known.text_hash != columns["text_hash"]:
            self._keep_wording(known)
        self.connection.execute(
            f"UPDATE note SET {assignments} WHERE id = ?", (*columns.values(), known.id)
        )
        self.connection.execute(
            "UPDATE card_state SET deck_id = ? WHERE note_id = ?", (columns["deck_id"], known.id)
        )
        self._update_cards(match.note, known, said)
        self.touched.append(known.id)

    def _keep_wording(self, known: Remembered) -> None:
        """The history comes back with any words that the note ever had."""
        self.connection.execute(
            "INSERT OR REPLACE INTO wording"
            " SELECT id, text_hash, kind, front, back, ? FROM note WHERE id = ?",
            (self.at_ms, known.id),
        )

    def _update_cards(self, note: Note, known: Remembered, said: Sequence[Words]) -> None:
        rows = self.connection.execute(
            "SELECT uid, key, gone, ordinal FROM card WHERE note_id = ?", (known.id,)
        ).fetchall()
        now = Words(str(note.kind), note.front, note.back)
        plan = match_cards(said, [row[:3] for row in rows], now)
        for card, key in plan.kept:
            self.connection.execute("UPDATE card SET key = ?, gone = 0 WHERE uid = ?", (key, card))
        for card in plan.gone:
            self.connection.execute("UPDATE card SET gone = 1 WHERE uid = ?", (card,))
        deck_id, position = self.connection.execute(
            "SELECT deck_id, min(position) FROM card_state WHERE note_id = ?", (known.id,)
        ).fetchone()
        ordinal = max(row[3] for row in rows)
        for key in plan.new:
            ordinal += 1
            uid = self._fresh_card_uid(known.uid, key)
            card_row: dict[str, object] = {
                "uid": uid, "note_id": known.id, "key": key, "ordinal": ordinal
            }  # fmt: skip
            self.database.table("card").insert(card_row)
            self.database.table("card_state").insert(_new_state(card_row, deck_id, position))


def _new_state(card: dict[str, object], deck_id: object, position: int) -> dict[str, object]:
    return {
        "card": card["uid"], "note_id": card["note_id"], "deck_id": deck_id, "position": position
    }  # fmt: skip
