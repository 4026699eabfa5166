"""A collection's rows as plain values: what a portable backup holds of it.

A row is a mapping by the names of its columns; where rows name one another by number, names and ids
stand, and rows that belong to a row lie within it. What can be made anew is left out: states, the
counts of statistics, the index of words, the curriculum, hashes of texts, stamps of files.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from srs.lineage import Lineage
from srs.model import Kind
from srs.store import histories

TABLES = ("decks", "sources", "parameters", "notes", "log")
_FEW = 400  # rows that one query may name
_HEAD: dict[str, Callable[[bytes], object]] = {
    "device": bytes,
    "builtin_ms": lambda value: int.from_bytes(value, "big"),
}
_LISTS = ("variants", "tags", "sources", "excludes")
_FLAGS = ("builtin", "enabled", "orphan", "gone")
_NOTE = (
    "n.id, n.uid, n.explicit_id, d.name AS deck, n.path, n.line, n.builtin, n.kind, n.front,"
    " n.back, n.why, n.flip, n.variants, n.tags, n.concept, n.type, n.sources, n.as_of,"
    " n.changed_ms, n.said_ms, n.added_ms, n.orphan, n.estimate"
)
_CARD = "c.note_id, c.uid, c.key, c.ordinal, c.gone, s.position"
_WORDING = "note_id, kind, front, back, until_ms"
LOG = (
    "seq", "uid", "device", "kind", "card", "at_ms", "order_ms", "day", "offset_min", "rating",
    "duration_ms", "params", "variant", "seed", "confidence", "typed", "undoes", "data",
)  # fmt: skip

Row = dict[str, object]


def head(connection: sqlite3.Connection) -> Row:
    """What the collection knows of itself: its device, and which built-in notes are in it.

    One that exists only while it is open is no device.
    """
    rows = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    _, _, file = connection.execute("PRAGMA database_list").fetchone()
    if not file:
        rows.pop("device", None)
    return {name: read(rows[name]) if name in rows else None for name, read in _HEAD.items()}


def tables(
    connection: sqlite3.Connection, notes: Sequence[int] | None, seqs: Sequence[int]
) -> Iterator[tuple[str, Iterator[Row]]]:
    """Every table of TABLES by name with its rows, all of one state of the collection.

    Of a selection only what belongs to the notes of these ids, and these rows of the log; `notes`
    None is everything.
    """
    with _unchanging(connection):
        yield "decks", _decks(connection, notes)
        yield "sources", _sources(connection) if notes is None else iter(())
        yield "parameters", _parameters(connection, None if notes is None else seqs)
        yield "notes", _notes(connection, notes)
        yield "log", _whole_log(connection) if notes is None else _log(connection, seqs)


@contextmanager
def _unchanging(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    finally:
        with suppress(sqlite3.ProgrammingError):  # nobody read on, and it is closed by now
            connection.execute("ROLLBACK")


def _plain(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows without what a program other than ours would have to know SQLite for."""
    for row in rows:
        for name in _LISTS:
            if name in row:
                row[name] = json.loads(str(row[name]))
        for name in _FLAGS:
            if name in row:
                row[name] = bool(row[name])
        if "estimate" in row:  # most notes are none, and then nothing is said of it
            text = str(row.pop("estimate"))
            row.update({"estimate": json.loads(text)} if text else {})
        yield row


def _ask(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return _plain(dict(zip(names, row, strict=True)) for row in cursor)


def _chunks(values: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """So many values as one query may name, with the marks that stand for them."""
    for first in range(0, len(values), _FEW):
        some = list(values[first : first + _FEW])
        yield ", ".join("?" * len(some)), some


def _decks(connection: sqlite3.Connection, notes: Sequence[int] | None) -> Iterator[Row]:
    wanted = None if notes is None else set[object]()
    for marks, some in _chunks(notes or ()):
        sql = f"SELECT DISTINCT deck_id FROM note WHERE id IN ({marks})"
        wanted = (wanted or set()) | {row[0] for row in connection.execute(sql, some)}
    for row in _ask(connection, "SELECT id, name, builtin, enabled FROM deck ORDER BY id"):
        if wanted is None or row["id"] in wanted:
            del row["id"]
            yield row


def _sources(connection: sqlite3.Connection) -> Iterator[Row]:
    held = "SELECT path, notes, cards, card_lines, prose_lines FROM source_file WHERE source = ?"
    sources = "SELECT path, deck, dialect, excludes, added_ms FROM source ORDER BY path"
    for row in _ask(connection, sources):
        files = list(_ask(connection, f"{held} ORDER BY path", (row["path"],)))
        yield {**row, "files": files}


def _parameters(connection: sqlite3.Connection, seqs: Sequence[int] | None) -> Iterator[Row]:
    named: set[object] | None = None if seqs is None else set()
    for marks, some in _chunks(seqs or ()):
        sql = f"SELECT DISTINCT params FROM review_log WHERE seq IN ({marks})"
        named = (named or set()) | {row[0] for row in connection.execute(sql, some)}
    rows = _ask(connection, "SELECT hash, data FROM params ORDER BY hash")
    return (row for row in rows if named is None or row["hash"] in named)


def _notes(connection: sqlite3.Connection, notes: Sequence[int] | None) -> Iterator[Row]:
    if notes is None:
        notes = [row[0] for row in connection.execute("SELECT id FROM note ORDER BY id")]
    for marks, some in _chunks(notes):
        among = f"IN ({marks}) ORDER BY"
        cards = _by_note(
            _ask(
                connection,
                f"SELECT {_CARD} FROM card c JOIN card_state s ON s.card = c.uid"
                f" WHERE c.note_id {among} c.note_id, c.ordinal",
                some,
            )
        )
        wordings = _by_note(
            _ask(
                connection,
                f"SELECT {_WORDING} FROM wording"
                f" WHERE note_id {among} note_id, until_ms, text_hash",
                some,
            )
        )
        sql = f"SELECT {_NOTE} FROM note n JOIN deck d ON d.id = n.deck_id WHERE n.id {among} n.id"
        for row in _ask(connection, sql, some):
            note_id = row.pop("id")
            yield {**row, "cards": cards.get(note_id, []), "wordings": wordings.get(note_id, [])}


def _by_note(rows: Iterable[Row]) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop("note_id"), []).append(row)
    return found


_SELECT_LOG = f"SELECT {', '.join(LOG)} FROM review_log"


def _whole_log(connection: sqlite3.Connection) -> Iterator[Row]:
    return _told(connection.execute(f"{_SELECT_LOG} ORDER BY seq"))


def _log(connection: sqlite3.Connection, seqs: Sequence[int]) -> Iterator[Row]:
    for marks, some in _chunks(seqs):
        yield from _told(
            connection.execute(f"{_SELECT_LOG} WHERE seq IN ({marks}) ORDER BY seq", some)
        )


def _told(rows: Iterable[tuple[object, ...]]) -> Iterator[Row]:
    """The rows without the columns in which nothing stands."""
    for row in rows:
        yield {name: value for name, value in zip(LOG, row, strict=True) if value is not None}


def log_of(connection: sqlite3.Connection, notes: Sequence[int]) -> array[int]:
    """The rows of the log, by `seq`, that belong to the cards of these notes.

    That is what replaying these cards needs and no more: of cards that gave them a history what
    they gave, with the relinks. Rows that were taken back, and those that took them back, included.
    """
    cards = set[bytes]()
    for marks, some in _chunks(notes):
        sql = f"SELECT uid FROM card WHERE note_id IN ({marks})"
        cards.update(row[0] for row in connection.execute(sql, some))
    relinks = histories.lineage(connection)
    related = {card for card in cards if len(relinks.family(card)) > 1}
    found = array("q", _own(connection, sorted(cards - related)))
    found.extend(_inherited(connection, related, relinks))
    return array("q", sorted(found))


def _own(connection: sqlite3.Connection, cards: Sequence[bytes]) -> Iterator[int]:
    for first in range(0, len(cards), _FEW):
        some = cards[first : first + _FEW]
        sql = f"SELECT seq FROM review_log WHERE card IN ({', '.join('?' * len(some))})"
        yield from (row[0] for row in connection.execute(sql, some))


def _inherited(
    connection: sqlite3.Connection, cards: set[bytes], relinks: Lineage
) -> Iterator[int]:
    """The rows that are these cards', and the relinks by which they are."""
    family = sorted(relinks.with_families(sorted(cards)))
    columns = "seq, uid, kind, card, order_ms, undoes"
    rows = []
    for first in range(0, len(family), _FEW):
        some = family[first : first + _FEW]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT {columns} FROM review_log WHERE card IN ({marks})"
        rows += connection.execute(sql, some).fetchall()
    kept = {
        uid for _, uid, kind, card, order_ms, _ in rows
        if kind == Kind.RELINK or relinks.owner(card, order_ms) in cards
    }  # fmt: skip
    yield from (row[0] for row in rows if (row[5] or row[1]) in kept)


def count(
    connection: sqlite3.Connection, notes: Sequence[int] | None, seqs: Sequence[int]
) -> tuple[int, int]:
    """How many notes and rows of the log `tables` gives, and how many of those are answers."""
    many = "SELECT count(*) FROM"
    ask: Callable[..., int] = lambda *sql: int(connection.execute(*sql).fetchone()[0])  # noqa: E731
    answers = f"{many} review_log WHERE kind = 'review'"
    if notes is None:
        return ask(f"{many} note") + ask(f"{many} review_log"), ask(answers)
    parts = (ask(f"{answers} AND seq IN ({marks})", some) for marks, some in _chunks(seqs))
    return len(notes) + len(seqs), sum(parts)
