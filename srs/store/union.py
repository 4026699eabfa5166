"""One collection's rows taken into another: the SQL of a merge.

The other collection is attached as `other`. Everything is a union by identity, so it does not
matter in which order collections meet, or how often. Call inside `transaction`.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from decks.errors import DataError
from srs.inheriting import DEVICE
from srs.store import guards, log, tallies, twins, wordings
from srs.store.positions import CURRICULUM_START
from srs.store.version import note_writing

_LOG = (
    "uid, device, kind, card, at_ms, order_ms, day, offset_min, rating, duration_ms, params,"
    " variant, seed, confidence, typed, undoes, data"
)
# Of a row that both took over from another program these may differ: each by its own calendar.
_BY_CLOCK = ("day", "offset_min")
_TEXT = (
    "explicit_id", "builtin", "kind", "front", "back", "why", "flip", "variants", "tags",
    "concept", "type", "sources", "as_of", "text_hash", "question_hash", "content_hash",
    "changed_ms", "said_ms", "orphan", "estimate",
)  # fmt: skip


def take_log(connection: sqlite3.Connection) -> Counter[str]:
    """Take in the log rows and parameter rows that are not here; how many of each kind.

    Raises DataError when the two hold different rows of one name: one of them is not what it was.
    """
    same = " AND ".join(
        f"(m.{name} IS o.{name}{' OR m.device = :imported' if name in _BY_CLOCK else ''})"
        for name in _LOG.split(", ")
    )
    clash = connection.execute(
        "SELECT o.uid FROM other.review_log o JOIN main.review_log m ON m.uid = o.uid"
        f" WHERE NOT ({same}) LIMIT 1",
        {"imported": DEVICE},
    ).fetchone()
    if clash:
        what = f"row {clash[0].hex()} is not the same in both collections"
        raise DataError(what, "run srs doctor on both; nothing was changed")
    connection.execute("INSERT OR IGNORE INTO main.params SELECT hash, data FROM other.params")
    _mend_parameters(connection)
    fresh = "uid NOT IN (SELECT uid FROM main.review_log)"
    counts = Counter(
        dict(
            connection.execute(
                f"SELECT kind, count(*) FROM other.review_log WHERE {fresh} GROUP BY kind"
            ).fetchall()
        )
    )
    connection.execute(
        f"INSERT INTO main.review_log ({_LOG}) SELECT {_LOG} FROM other.review_log"
        f" WHERE {fresh} ORDER BY order_ms, uid"
    )
    log.note_latest_order(connection)
    return counts


def _mend_parameters(connection: sqlite3.Connection) -> None:
    """Where a repair had to put others in the place of lost parameters, the genuine ones return."""
    rows = connection.execute(
        "SELECT o.hash, o.data, m.data FROM other.params o JOIN main.params m ON m.hash = o.hash"
        " WHERE o.data <> m.data"
    ).fetchall()
    genuine = [(theirs, name) for name, theirs, _ in rows if _named_by_content(name, theirs)]
    if genuine:
        connection.execute("DROP TRIGGER IF EXISTS main.params_no_update")
        connection.executemany("UPDATE main.params SET data = ? WHERE hash = ?", genuine)
        connection.execute(guards.GUARDS["params_no_update"])
        for cache in (tallies.RECOLLECTED, tallies.TALLIED):  # made under the others
            tallies.note_reach(connection, cache, 0)


def _named_by_content(name: bytes, text: str) -> bool:
    return blake2b(text.encode(), digest_size=16).digest() == name


class Taken(NamedTuple):
    """What came in besides the log."""

    notes_added: int
    notes_changed: int
    cards_added: int
    notes_united: int  # that gave their history to a note with the same words


class _Side(NamedTuple):
    """A note as one of the two collections has it."""

    id: int
    uid: bytes
    deck: str
    deck_builtin: int
    deck_enabled: int
    path: str
    line: int
    added_ms: int
    text: dict[str, Any]

    @property
    def rank(self) -> tuple[Any, ...]:
        """The higher of two decides: the learner's own words, then the later ones."""
        text = self.text
        return (
            not text["builtin"], text["changed_ms"], text["content_hash"], text["orphan"],
            self.deck,
        )  # fmt: skip


class _Card(NamedTuple):
    uid: bytes
    key: str
    ordinal: int
    gone: int
    position: int


def take_notes(connection: sqlite3.Connection) -> Taken:
    """Unite the notes and their cards. The states of cards that come in are new until a rebuild."""
    here = {side.uid: side for side in _sides(connection, "main")}
    writer = _Writer(connection)
    for there in list(_sides(connection, "other")):
        mine = here.get(there.uid)
        if mine is None:
            writer.add(there)
        else:
            writer.unite(mine, there)
    wordings.unite(connection)
    united = twins.unite(connection)
    wordings.forget_present(connection)
    note_writing(connection)
    return Taken(writer.added, writer.changed, writer.cards, united)


def _sides(connection: sqlite3.Connection, schema: str) -> Iterator[_Side]:
    rows = connection.execute(
        f"SELECT n.id, n.uid, d.name, d.builtin, d.enabled, n.path, n.line,"
        f" n.added_ms, {', '.join(f'n.{name}' for name in _TEXT)}"
        f" FROM {schema}.note n JOIN {schema}.deck d ON d.id = n.deck_id ORDER BY n.id"
    )
    for row in rows.fetchall():
        yield _Side._make((*row[:8], dict(zip(_TEXT, row[8:], strict=True))))


class _Writer:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.added = self.changed = self.cards = 0
        self.decks: dict[str, int] = dict(
            connection.execute("SELECT name, id FROM main.deck").fetchall()
        )
        self.own_position = int(
            connection.execute(
                "SELECT coalesce(max(position), 0) FROM main.card_state WHERE position < ?",
                (CURRICULUM_START,),
            ).fetchone()[0]
        )

    def add(self, there: _Side) -> None:
        """A note that is not here."""
        columns = {
            "uid": there.uid, "deck_id": self._deck_id(there), "path": there.path,
            "line": there.line, "added_ms": there.added_ms, **there.text,
        }  # fmt: skip
        note_id = self._insert("note", columns)
        for card in self._cards("other", there.id):
            self._add_card(note_id, columns["deck_id"], card, card.ordinal, card.gone)
        self.added += 1

    def unite(self, mine: _Side, there: _Side) -> None:
        """A note that both have: the text of the higher rank, the cards of both."""
        self._keep_earlier(mine, there)
        wins = there.rank > mine.rank
        deck_id = self.decks[mine.deck]
        if wins:
            deck_id = self._deck_id(there)
            columns = {"deck_id": deck_id, **there.text}
            if there.text["builtin"] != mine.text["builtin"]:
                columns |= {"path": there.path, "line": there.line}
            # Otherwise the path stays: the file lies elsewhere on each device.
            names = ", ".join(f"{name} = ?" for name in columns)
            self.connection.execute(
                f"UPDATE main.note SET {names} WHERE id = ?", (*columns.values(), mine.id)
            )
            self.connection.execute(
                "UPDATE main.card_state SET deck_id = ? WHERE note_id = ?", (deck_id, mine.id)
            )
            self.changed += 1
        loser = mine if wins else there
        if mine.text["text_hash"] != there.text["text_hash"]:
            wordings.keep(self.connection, mine.id, loser.text, loser.text["changed_ms"])
        ours = {card.uid: card for card in self._cards("main", mine.id)}
        theirs = {card.uid: card for card in self._cards("other", there.id)}
        if wins:
            winners, losers = theirs, ours
        elif there.rank == mine.rank:
            winners, losers = self._of_equals(ours, theirs)
        else:
            winners, losers = ours, theirs
        self._unite_cards(mine.id, deck_id, ours, {**self._gone(losers), **winners})

    def _keep_earlier(self, mine: _Side, there: _Side) -> None:
        """Of two equal sides the earlier time of their words; of any the one when it came in.

        Where only the words are equal, their time goes by rank, too: what was said in between, on
        a device that is met later, must not decide.
        """
        added_ms = min(mine.added_ms, there.added_ms)
        said_ms = mine.text["said_ms"]
        if there.rank == mine.rank:
            said_ms = min(said_ms, there.text["said_ms"])
        if (added_ms, said_ms) != (mine.added_ms, mine.text["said_ms"]):
            sql = "UPDATE main.note SET added_ms = ?, said_ms = ? WHERE id = ?"
            self.connection.execute(sql, (added_ms, said_ms, mine.id))

    @staticmethod
    def _gone(cards: dict[bytes, _Card]) -> dict[bytes, _Card]:
        return {uid: card._replace(gone=1) for uid, card in cards.items()}

    @staticmethod
    def _of_equals(
        one: dict[bytes, _Card], two: dict[bytes, _Card]
    ) -> tuple[dict[bytes, _Card], dict[bytes, _Card]]:
        """The same text may have been reached by different ways: one card a key, the lowest id."""
        live: dict[str, _Card] = {}
        for card in (*one.values(), *two.values()):
            if not card.gone and card.uid <= live.setdefault(card.key, card).uid:
                live[card.key] = card
        return {card.uid: card for card in live.values()}, {**one, **two}

    def _unite_cards(
        self, note_id: int, deck_id: int, ours: dict[bytes, _Card], wanted: dict[bytes, _Card]
    ) -> None:
        ordinal = max((card.ordinal for card in ours.values()), default=-1)
        for uid, card in sorted(wanted.items(), key=lambda item: item[1].ordinal):
            mine = ours.get(uid)
            if mine is None:
                ordinal += 1
                self._add_card(note_id, deck_id, card, ordinal, card.gone)
            elif (mine.key, mine.gone) != (card.key, card.gone):
                self.connection.execute(
                    "UPDATE main.card SET key = ?, gone = ? WHERE uid = ?",
                    (card.key, card.gone, uid),
                )

    def _add_card(
        self, note_id: int, deck_id: object, card: _Card, ordinal: int, gone: int
    ) -> None:
        self._insert(
            "card",
            {"uid": card.uid, "note_id": note_id, "key": card.key, "ordinal": ordinal,
             "gone": gone},
        )  # fmt: skip
        position = card.position
        if position < CURRICULUM_START:
            self.own_position += 1
            position = self.own_position
        self._insert(
            "card_state",
            {"card": card.uid, "note_id": note_id, "deck_id": deck_id, "position": position},
        )
        self.cards += 1

    def _cards(self, schema: str, note_id: int) -> list[_Card]:
        rows = self.connection.execute(
            "SELECT c.uid, c.key, c.ordinal, c.gone, s.position"
            f" FROM {schema}.card c JOIN {schema}.card_state s ON s.card = c.uid"
            " WHERE c.note_id = ? ORDER BY c.ordinal",
            (note_id,),
        )
        return [_Card(*row) for row in rows.fetchall()]

    def _deck_id(self, there: _Side) -> int:
        if there.deck not in self.decks:
            self.decks[there.deck] = self._insert(
                "deck",
                {"name": there.deck, "builtin": there.deck_builtin, "enabled": there.deck_enabled},
            )
        return self.decks[there.deck]

    def _insert(self, table: str, columns: dict[str, Any]) -> int:
        marks = ", ".join("?" * len(columns))
        cursor = self.connection.execute(
            f"INSERT INTO main.{table} ({', '.join(columns)}) VALUES ({marks})",
            tuple(columns.values()),
        )
        return int(cursor.lastrowid or 0)
