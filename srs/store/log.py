"""The review log: rows written, with the states that follow; see `histories` for reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from srs.model import NEW_CARD, CardState, Flag, Kind, Phase, Rating, flag_of

if TYPE_CHECKING:
    from srs.starts import Start

# The cache has a column for each field, of the same name.
_STATE_COLUMNS = CardState._fields
SELECT_STATE = ", ".join(f"s.{name}" for name in _STATE_COLUMNS)
_MANY = 5_000  # states: from here on the indexes are made anew
_SET_STATE = ", ".join(f"{name} = ?" for name in _STATE_COLUMNS)


class Stamp(NamedTuple):
    """When and by whom a row is written."""

    uid: bytes
    device: bytes
    at_ms: int
    day: int
    offset_min: int


class LogRow(NamedTuple):
    """A row of the log as people ask for it."""

    uid: bytes
    kind: str
    card: bytes
    at_ms: int
    rating: int | None
    duration_ms: int | None
    variant: int | None = None
    confidence: int | None = None
    typed: str | None = None
    data: str | None = None
    seed: int | None = None

    @property
    def flag(self) -> Flag:
        """The colour that a row of kind FLAG gives."""
        return flag_of(self.data or "")[0]

    @property
    def start(self) -> Start | None:
        """What a row of kind START says; None if it cannot be read."""
        from srs.starts import start_of

        return start_of(self.data or "")

    @property
    def relinked(self) -> tuple[str, bytes] | None:
        """Of a row of kind RELINK: "from" or "to", and which card; None if it cannot be read."""
        from srs.lineage import said

        found = said(self.data or "")
        return found and ("from" if found.takes else "to", found.other)


class Answer(NamedTuple):
    """What the learner gave of themselves in one review."""

    rating: Rating
    duration_ms: int | None = None
    variant: int | None = None  # the form that was asked, where there are several; 0: the main one
    confidence: int | None = None  # percent, named before the answer was shown
    typed: str | None = None  # the learner's own words
    seed: int | None = None  # of the numbers that an estimate was asked with


class Change(NamedTuple):
    """A row to append, the state that its card was seen in, and the state that follows."""

    card: bytes
    kind: str
    stamp: Stamp
    seen: CardState
    state: CardState
    answer: Answer | None = None  # exactly when kind is REVIEW
    data: str | None = None


ROW = (
    "r.uid, r.kind, r.card, r.at_ms, r.rating, r.duration_ms, r.variant, r.confidence, r.typed,"
    " r.data, r.seed"
)
COUNTS = "NOT EXISTS (SELECT 1 FROM review_log u WHERE u.undoes = r.uid)"
# Of an act of several rows all but the first name the first, in hex.
_ACT = "iif(json_valid(r.data), json_extract(r.data, '$.act'), NULL)"
_LARGEST_GAP = 1_000  # rows of others between two of an act, where a merge brought them in


def state_of(row: tuple[Any, ...]) -> CardState:
    """The state in the columns of SELECT_STATE."""
    state = CardState._make(row)
    return state._replace(
        phase=Phase(state.phase), suspended=bool(state.suspended), passed=bool(state.passed)
    )


def write(
    connection: sqlite3.Connection,
    changes: Sequence[Change],
    params: tuple[bytes, str] | None = None,
) -> bool:
    """Append the rows of one act and store the states that follow; on disk when this returns.

    Returns False, with nothing written, when a card has moved on since it was seen: another
    terminal has answered it. `params` is the parameter row of the reviews.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        moved = not all(_set_state(connection, c.card, c.seen, c.state) for c in changes)
        if not moved:
            if params is not None:
                connection.execute("INSERT OR IGNORE INTO params VALUES (?, ?)", params)
            for c in changes:
                named = params[0] if params and c.answer else None
                _append(connection, c.card, c.kind, c.stamp, c.answer, named, data=c.data)
        connection.execute("ROLLBACK" if moved else "COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return not moved


def _set_state(
    connection: sqlite3.Connection, card: bytes, seen: CardState, state: CardState
) -> bool:
    # The latest event alone does not tell: an undo or a merge may have changed those before it.
    sql = (
        f"UPDATE card_state SET {_SET_STATE} WHERE card = ? AND last_uid IS ? AND reps = ?"
        " AND stability_days IS ? AND difficulty IS ? AND suspended = ? AND buried_day IS ?"
    )
    before = (
        seen.last_uid, seen.reps, seen.stability_days, seen.difficulty, seen.suspended,
        seen.buried_day,
    )  # fmt: skip
    return connection.execute(sql, (*state, card, *before)).rowcount == 1


def _append(
    connection: sqlite3.Connection,
    card: bytes,
    kind: str,
    stamp: Stamp,
    answer: Answer | None = None,
    params: bytes | None = None,
    undoes: bytes | None = None,
    data: str | None = None,
) -> None:
    given = answer or (None,) * len(Answer._fields)
    connection.execute(
        "INSERT INTO review_log (uid, device, kind, card, at_ms, order_ms, day, offset_min,"
        " rating, duration_ms, variant, confidence, typed, seed, params, undoes, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stamp.uid, stamp.device, kind, card, stamp.at_ms,
            next_order_ms(connection, stamp.at_ms), stamp.day, stamp.offset_min, *given, params,
            undoes, data,
        ),
    )  # fmt: skip


def next_order_ms(connection: sqlite3.Connection, at_ms: int) -> int:
    """The order_ms of a row that is appended at that instant."""
    return max(at_ms, latest_order_ms(connection) + 1)


def latest_order_ms(connection: sqlite3.Connection) -> int:
    """The largest order_ms of the log; below zero when it is empty."""
    last, noted = connection.execute(
        "SELECT (SELECT order_ms FROM review_log ORDER BY seq DESC LIMIT 1),"
        " (SELECT value FROM meta WHERE key = 'latest_order_ms')"
    ).fetchone()
    return max(-1 if last is None else last, int.from_bytes(noted or b"", "big"))


def note_latest_order(connection: sqlite3.Connection) -> None:
    """Remember the largest order_ms; needed when rows were not appended in that order."""
    latest = connection.execute("SELECT max(order_ms) FROM review_log").fetchone()[0]
    connection.execute(
        "INSERT OR REPLACE INTO meta VALUES ('latest_order_ms', ?)",
        (max(0, latest or 0).to_bytes(8, "big"),),
    )


def latest_act(
    connection: sqlite3.Connection, device: bytes, uid: bytes | None = None
) -> list[LogRow]:
    """The rows of the act that the row named belongs to, or of this device's latest, first to last.

    Only those that still count; an empty list when there are none.
    """
    which = "r.device = ?" if uid is None else "r.uid = ?"
    row = connection.execute(
        f"SELECT coalesce({_ACT}, lower(hex(r.uid))), r.uid FROM review_log r"
        f" WHERE {which} AND r.kind <> 'undo' AND {COUNTS} ORDER BY r.seq DESC LIMIT 1",
        (device if uid is None else uid,),
    ).fetchone()
    if row is None:
        return []
    first, own = row
    rows = list(_rows_of_act(connection, first))
    if not rows:  # the first row was lost with a damaged file, or named by no version of ours
        sql = f"SELECT {ROW} FROM review_log r WHERE r.uid = ?"
        rows = [LogRow(*found) for found in connection.execute(sql, (own,)).fetchall()]
    return rows


def _rows_of_act(connection: sqlite3.Connection, first: object) -> Iterator[LogRow]:
    """The rows that still count of the act whose first row has this name, in hex."""
    try:
        uid = bytes.fromhex(str(first))
    except ValueError:
        return
    gap = 0
    for belongs, counts, *found in connection.execute(
        f"SELECT r.uid = f.uid OR (r.device = f.device AND {_ACT} IS ?),"
        f" r.kind <> 'undo' AND {COUNTS}, {ROW}"
        " FROM review_log f JOIN review_log r ON r.seq >= f.seq WHERE f.uid = ? ORDER BY r.seq",
        (first, uid),
    ):
        gap = 0 if belongs else gap + 1
        if gap > _LARGEST_GAP:
            return
        if belongs and counts:
            yield LogRow(*found)


def append_undo(connection: sqlite3.Connection, target: LogRow, stamp: Stamp) -> None:
    """Take `target` back by a row that names it; states stay. Call inside `transaction`."""
    _append(connection, target.card, Kind.UNDO, stamp, undoes=target.uid)


def append_mark(
    connection: sqlite3.Connection, card: bytes, kind: str, stamp: Stamp, data: str
) -> None:
    """Append a row that is neither review nor undo; states stay. Call inside `transaction`."""
    _append(connection, card, kind, stamp, data=data)


def first_day(connection: sqlite3.Connection) -> int | None:
    """The earliest study day of the log; None when it is empty."""
    found: int | None = connection.execute("SELECT min(day) FROM review_log").fetchone()[0]
    return found


def count_cards(connection: sqlite3.Connection) -> int:
    """Cards that the cache knows a history of."""
    sql = "SELECT count(*) FROM card_state WHERE last_uid IS NOT NULL"
    return int(connection.execute(sql).fetchone()[0])


def state(connection: sqlite3.Connection, card: bytes) -> CardState:
    """The cached state of a card; that of a new one where there is none."""
    sql = f"SELECT {SELECT_STATE} FROM card_state s WHERE s.card = ?"
    row = connection.execute(sql, (card,)).fetchone()
    return state_of(row) if row else NEW_CARD


def set_state(connection: sqlite3.Connection, card: bytes, state: CardState) -> None:
    """Store the state that follows from what the log says. Call inside `transaction`."""
    sql = f"UPDATE card_state SET {_SET_STATE} WHERE card = ?"
    connection.execute(sql, (*state, card))


def set_states(connection: sqlite3.Connection, states: Iterable[tuple[bytes, CardState]]) -> None:
    """The same for many cards."""
    sql = f"UPDATE card_state SET {_SET_STATE} WHERE card = ?"
    connection.executemany(sql, [(*state, card) for card, state in states])


def parameter_row(connection: sqlite3.Connection, name: bytes) -> str | None:
    """The text of a parameter row."""
    row = connection.execute("SELECT data FROM params WHERE hash = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def states(connection: sqlite3.Connection) -> Iterator[tuple[bytes, CardState]]:
    """Every card with its cached state."""
    for card, *row in connection.execute(f"SELECT s.card, {SELECT_STATE} FROM card_state s"):
        yield card, state_of(tuple(row))


def replace_states(
    connection: sqlite3.Connection, states: Iterable[tuple[bytes, CardState]]
) -> int:
    """Make these the cached states, and those of cards without a history new; how many changed.

    Call inside `transaction`.
    """
    wanted = dict(states)
    cached = connection.execute(f"SELECT s.card, s.rowid, {SELECT_STATE} FROM card_state s")
    changed = [
        (*state, row[1])  # in the order in which they lie on the disk
        for row in cached
        if (state := wanted.get(row[0], NEW_CARD)) != row[2:]
    ]
    with _without_indexes(connection) if len(changed) > _MANY else nullcontext():
        connection.executemany(f"UPDATE card_state SET {_SET_STATE} WHERE rowid = ?", changed)
    return len(changed)


@contextmanager
def _without_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """The queues' indexes are made anew afterwards: much quicker than to keep up with every row."""
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'card_state'"
        " AND sql LIKE '% WHERE %'"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        connection.execute(sql)
