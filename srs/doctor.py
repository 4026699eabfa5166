"""Is the collection sound? Checks that change nothing, each finding with what to do about it."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from decks.errors import DataError
from decks.progress import Progress
from srs import tallies
from srs.days import iso_instant
from srs.inheriting import DEVICE
from srs.model import NEW_CARD, CardState
from srs.rebuild import replayed
from srs.scheduling import Parameters
from srs.store import guards, histories, log, schema, search
from srs.store.intake import HIDDEN

# Another machine's C library may round the last bits of a power differently.
_MEMORY_TOLERANCE = 1e-9
_HOUR_MS = 3_600_000
_MEMORY = ("stability_days", "difficulty")
_BEFORE_ALL = ("integrity", "schema")
_RESTORE = "bring back a backup with srs restore"
_REPAIR = "srs doctor --repair mends it"


class Finding(NamedTuple):
    """One thing that is not as it should be."""

    check: str
    severity: str  # "error" or "warning"
    message: str
    hint: str


def examine(
    connection: sqlite3.Connection, at_ms: int, progress: Progress | None = None
) -> list[Finding]:
    """All findings about the rows; none for a sound collection."""
    found = examine_rows(connection)
    if any(finding.check in _BEFORE_ALL and finding.severity == "error" for finding in found):
        return found
    found += _replay(connection, progress)
    found += _tallies(connection)
    found += _clock(connection, at_ms)
    return found


def examine_rows(connection: sqlite3.Connection) -> list[Finding]:
    """Those findings for which nothing need be replayed."""
    found = list(_integrity(connection)) or list(_schema(connection))
    if any(finding.severity == "error" for finding in found):
        return found  # nothing else could be told from rows that cannot be trusted
    for check in (
        _foreign_keys, _guards, _cards, _log, _relinks, _order, _parameters, _hidden, _words,
    ):  # fmt: skip
        found += check(connection)
    return found


def _schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    present, expected = schema.tables(connection), schema.expected_tables()
    for name, sql in expected.items():
        if present.get(name) != sql and name not in guards.GUARDS:
            message = f"{name} is missing or was changed"
            yield Finding("schema", "error", message, _REPAIR)
    for name in present.keys() - expected.keys():
        message = f"{name} is in the file, but none of ours"
        yield Finding("schema", "warning", message, "keep other data in another file")


def _integrity(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
    except sqlite3.DatabaseError as error:
        rows = [(str(error),)]
    for (message,) in rows:
        if message != "ok" and not search.concerns_index(message):  # see `_words`
            yield Finding("integrity", "error", f"the file is damaged: {message}", _RESTORE)


def _foreign_keys(connection: sqlite3.Connection) -> Iterator[Finding]:
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchall():
        message = f"row {row} of {table} names a {parent} that is not there"
        yield Finding("foreign-keys", "error", message, _RESTORE)


def _guards(connection: sqlite3.Connection) -> Iterator[Finding]:
    for name in guards.missing(connection):
        message = f"the trigger {name} is missing or was changed"
        hint = "any other srs command puts it back"
        yield Finding("triggers", "error", message, hint)


def _cards(connection: sqlite3.Connection) -> Iterator[Finding]:
    lost = "SELECT c.uid FROM card c LEFT JOIN card_state s ON s.card = c.uid WHERE s.card IS NULL"
    for (uid,) in connection.execute(lost).fetchall():
        yield Finding("cards", "error", f"card {uid.hex()} has no state", _REPAIR)
    bare = "SELECT n.id FROM note n LEFT JOIN card c ON c.note_id = n.id WHERE c.uid IS NULL"
    for (note_id,) in connection.execute(bare).fetchall():
        yield Finding("cards", "error", f"note {note_id} has no card", _RESTORE)
    apart = (
        "SELECT s.card FROM card_state s JOIN card c ON c.uid = s.card"
        " JOIN note n ON n.id = c.note_id"
        " WHERE s.note_id <> c.note_id OR s.deck_id <> n.deck_id"
    )
    for (uid,) in connection.execute(apart).fetchall():
        message = f"card {uid.hex()} is filed under another note or deck than its own"
        yield Finding("cards", "error", message, _REPAIR)


def _log(connection: sqlite3.Connection) -> Iterator[Finding]:
    unknown = (
        "SELECT DISTINCT r.card FROM review_log r LEFT JOIN card c ON c.uid = r.card"
        " WHERE c.uid IS NULL"
    )
    cards = [uid for (uid,) in connection.execute(unknown).fetchall()]
    given_away = histories.given_away(connection, cards)
    for uid in [uid for uid in cards if uid not in given_away]:
        message = f"the review log speaks of card {uid.hex()}, which is not in the collection"
        hint = "its history is kept; import the file again that held the card"
        yield Finding("orphan-rows", "warning", message, hint)
    dangling = (
        "SELECT r.uid FROM review_log r LEFT JOIN review_log t ON t.uid = r.undoes"
        " WHERE r.kind = 'undo' AND t.uid IS NULL"
    )
    for (uid,) in connection.execute(dangling).fetchall():
        message = f"row {uid.hex()} takes back a row that is not there"
        yield Finding("orphan-rows", "error", message, _RESTORE)


def _relinks(connection: sqlite3.Connection) -> Iterator[Finding]:
    for row in histories.lineage(connection).unheeded:
        message = (
            f"row {row.uid.hex()} is half of a relink of card {row.card.hex()}: it is passed over"
        )
        yield Finding("relinks", "warning", message, "srs card relink OLD NEW does it anew")


def _order(connection: sqlite3.Connection) -> Iterator[Finding]:
    latest = connection.execute("SELECT max(order_ms) FROM review_log").fetchone()[0]
    if latest is not None and log.latest_order_ms(connection) < latest:
        message = "the next answer would be sorted in before one that was given earlier"
        yield Finding("order", "error", message, _REPAIR)


def _parameters(connection: sqlite3.Connection) -> Iterator[Finding]:
    for name, data in connection.execute("SELECT hash, data FROM params").fetchall():
        try:
            sound = Parameters.parse(data).hash == name
        except (DataError, ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            message = f"the parameter row {name.hex()} is not what its name says"
            yield Finding("parameters", "error", message, _RESTORE)


def _clock(connection: sqlite3.Connection, at_ms: int) -> Iterator[Finding]:
    steps = connection.execute(
        "SELECT before, at_ms FROM (SELECT order_ms, at_ms, lag(at_ms) OVER"
        " (PARTITION BY device ORDER BY order_ms, uid) AS before FROM review_log"
        " WHERE device <> :imported)"
        " WHERE at_ms < before - :hour AND order_ms > at_ms + :hour ORDER BY order_ms DESC",
        {"hour": _HOUR_MS, "imported": DEVICE},
    ).fetchall()
    if steps:
        before, after = (iso_instant(instant) for instant in steps[0])
        message = f"the clock went back {len(steps)} times, the last time from {before} to {after}"
        hint = "nothing to do: your answers kept their order, and no interval counts the time twice"
        yield Finding("clock", "warning", message, hint)
    ahead, latest = connection.execute(
        "SELECT count(*), max(at_ms) FROM review_log WHERE at_ms > ? AND device <> ?",
        (at_ms + _HOUR_MS, DEVICE),
    ).fetchone()
    if ahead:
        message = f"{ahead} rows were written later than now, the last at {iso_instant(latest)}"
        hint = "check the clock; what was answered on a single such day is asked again"
        yield Finding("clock", "warning", message, hint)


def _hidden(connection: sqlite3.Connection) -> Iterator[Finding]:
    sql = f"SELECT card FROM card_state WHERE hidden <> {HIDDEN}"
    for (uid,) in connection.execute(sql).fetchall():
        message = f"card {uid.hex()} is shown or hidden against what its note says"
        yield Finding("cards", "error", message, _REPAIR)


def _words(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        count = search.out_of_step(connection)
    except sqlite3.DatabaseError as error:
        yield Finding("words", "warning", f"the index of words cannot be read: {error}", _REPAIR)
        return
    if count:
        message = f"the index of words knows {count} notes otherwise than they are"
        yield Finding("words", "warning", message, _REPAIR)


def _replay(connection: sqlite3.Connection, progress: Progress | None) -> Iterator[Finding]:
    cached = dict(log.states(connection))
    try:
        for card, state in replayed(connection, progress):
            yield from _compare(card, cached.pop(card, None), state)
    except DataError as error:
        yield Finding("replay", "error", error.message, error.hint)
        return
    for card, state in cached.items():
        yield from _compare(card, state, NEW_CARD)


def _tallies(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        sound = tallies.are_sound(connection)
    except DataError:
        return  # the parameters that are missing are a finding already
    if not sound:
        message = "the counts kept for statistics are not as the review log says"
        yield Finding("statistics", "warning", message, _REPAIR)


def _compare(card: bytes, cached: CardState | None, state: CardState) -> Iterator[Finding]:
    wrong = list(_differences(cached, state)) if cached else []
    if wrong:
        message = f"card {card.hex()}: {', '.join(wrong)} not as the review log says"
        yield Finding("replay", "error", message, _REPAIR)


def _differences(cached: CardState, replayed: CardState) -> Iterator[str]:
    for name, here, there in zip(CardState._fields, cached, replayed, strict=True):
        if here != there and not (name in _MEMORY and _close(here, there)):
            yield name


def _close(here: object, there: object) -> bool:
    both = isinstance(here, float) and isinstance(there, float)
    return both and math.isclose(here, there, rel_tol=_MEMORY_TOLERANCE)  # type: ignore[arg-type]
