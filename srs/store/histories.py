"""Histories read from the review log: what was lived through by which card, relinks heeded."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from srs.lineage import Lineage, RelinkRow
from srs.model import Event, Kind, Rating
from srs.store.log import COUNTS, ROW, LogRow

_CHUNK = 500  # cards asked for at once
_Found = Iterator[tuple[bytes, list[Any]]]


def lineage(connection: sqlite3.Connection) -> Lineage:
    """What the relinks of the log come to."""
    rows = connection.execute(
        f"SELECT r.order_ms, r.uid, r.device, r.card, coalesce(r.data, ''), {COUNTS}"
        " FROM review_log r WHERE r.kind = 'relink'"
    )
    return Lineage(RelinkRow._make((*row[:5], bool(row[5]))) for row in rows.fetchall())


def owned(
    connection: sqlite3.Connection,
    cards: Iterable[bytes],
    columns: str,
    relinks: Lineage,
    where: str = "1",
) -> _Found:
    """The rows of these cards that count, in the order of replay; cards without one are left out.

    `columns` and `where` are SQL over r (review_log). Relinks themselves belong to no history.
    """
    wanted = dict.fromkeys(cards)
    alone = [card for card in wanted if relinks.family(card) == (card,)]
    for start in range(0, len(alone), _CHUNK):
        rows = _rows(connection, alone[start : start + _CHUNK], columns, where, "r.card, ")
        for card, own in groupby(rows, itemgetter(0)):
            yield card, [row[2:] for row in own]
    for family in dict.fromkeys(relinks.family(card) for card in wanted):
        if len(family) > 1:
            belongings: dict[bytes, list[Any]] = {}
            for card, order_ms, *row in _rows(connection, family, columns, where):
                belongings.setdefault(relinks.owner(card, order_ms), []).append(tuple(row))
            yield from ((card, rows) for card, rows in belongings.items() if card in wanted)


def _rows(
    connection: sqlite3.Connection,
    cards: Collection[bytes],
    columns: str,
    where: str,
    grouping: str = "",
) -> list[Any]:
    named = f"r.card IN ({', '.join('?' * len(cards))})"
    return connection.execute(
        f"SELECT r.card, r.order_ms, {columns} FROM review_log r WHERE {named}"
        f" AND r.kind NOT IN ('undo', 'relink') AND {where} AND {COUNTS}"
        f" ORDER BY {grouping}r.order_ms, r.uid",
        tuple(cards),
    ).fetchall()


def _of_one(
    connection: sqlite3.Connection, card: bytes, columns: str, relinks: Lineage
) -> list[Any]:
    return next((rows for _, rows in owned(connection, [card], columns, relinks)), [])


def given_away(connection: sqlite3.Connection, cards: Iterable[bytes]) -> set[bytes]:
    """Those of these cards that took part in a relink, and own no row of the log any more."""
    relinks = lineage(connection)
    related = {card for card in cards if len(relinks.family(card)) > 1}
    return related - {card for card, _ in owned(connection, related, "1", relinks)}


_EVENT = "r.uid, r.kind, r.at_ms, r.day, r.rating, r.params, r.data"


def many_events(
    connection: sqlite3.Connection, cards: Iterable[bytes]
) -> Iterator[tuple[bytes, list[Event]]]:
    """The same as `events` of each of these cards; those without a row that counts are left out."""
    for card, rows in owned(connection, cards, _EVENT, lineage(connection)):
        yield card, [_event(row) for row in rows]


def events(connection: sqlite3.Connection, card: bytes, relinks: Lineage) -> list[Event]:
    """What counts of a card's history, in the order of replay; `relinks` is `lineage`."""
    return [_event(row) for row in _of_one(connection, card, _EVENT, relinks)]


def _event(row: tuple[Any, ...]) -> Event:
    uid, kind, at_ms, day, rating, params, data = row
    return Event(uid, kind, at_ms, day, rating and Rating(rating), params or b"", data or "")


def history(connection: sqlite3.Connection, card: bytes) -> list[LogRow]:
    """All that was done with the card and not taken back, oldest first; its relinks as well."""
    relinks = lineage(connection)
    rows = _of_one(connection, card, f"r.order_ms, {ROW}", relinks)
    if relinks:
        sql = f"SELECT r.order_ms, {ROW} FROM review_log r WHERE r.kind = 'relink' AND r.card = ?"
        odd = {row.uid for row in relinks.unheeded}
        own = connection.execute(f"{sql} AND {COUNTS}", (card,)).fetchall()
        rows = [*rows, *(row for row in own if row[1] not in odd)]
    return [LogRow(*row[1:]) for row in sorted(rows, key=itemgetter(0, 1))]


def reviews(connection: sqlite3.Connection, card: bytes) -> list[LogRow]:
    """The card's reviews that were not taken back, oldest first."""
    return [row for row in history(connection, card) if row.kind == Kind.REVIEW]


class PlainHistory(NamedTuple):
    """A card's answers, if nothing else was ever done with it."""

    card: bytes
    answers: str  # as `srs.replay.packed`, with commas between
    last_ms: int
    last_uid: bytes
    params: bytes
    plain: bool  # False: nothing else here is to be relied on, see `events`


def plain_histories(connection: sqlite3.Connection) -> Iterator[PlainHistory]:
    """The answers of every card of the log, of most cards in this short form."""
    # Read from the index log_by_card alone, in its order, and put together by SQLite: a million
    # rows handed over one by one would take longer than replaying them.
    sole = sole_parameters(connection)
    params = "NULL" if sole else "params"
    # One max() only: it decides which row the bare columns are taken from.
    plain = plainness(connection, "1" if sole else "count(DISTINCT params) = 1")
    rows = connection.execute(
        f"SELECT card, group_concat(day * 8 + rating), at_ms, uid, {params}, {plain},"
        " max(order_ms) FROM review_log INDEXED BY log_by_card GROUP BY card"
    )
    for card, answers, last_ms, last_uid, name, is_plain, _ in rows:
        yield PlainHistory(card, answers, last_ms, last_uid, name or sole or b"", is_plain)


class PlainAnswers(NamedTuple):
    """The same, each answer with its instant and how long it took (None: unknown)."""

    card: bytes
    params: bytes
    packed: list[int]
    at_ms: list[int]
    durations_ms: list[int | None]


def plain_answers(
    connection: sqlite3.Connection, cards: Collection[bytes]
) -> Iterator[PlainAnswers]:
    """The answers to those of these cards with which nothing else was ever done, by card."""
    # As in `plain_histories`; how long answers took is not in the index, and to look up each one
    # would take longer than to read them all.
    durations = dict(connection.execute("SELECT seq, duration_ms FROM review_log").fetchall())
    sole = sole_parameters(connection)
    params = "NULL" if sole else "max(params)"
    plain = plainness(connection, "1" if sole else "count(DISTINCT params) = 1")
    rows = connection.execute(
        f"SELECT card, {params}, group_concat(day * 8 + rating), group_concat(at_ms),"
        f" group_concat(seq) FROM review_log INDEXED BY log_by_card GROUP BY card HAVING {plain}"
    )
    for card, name, answers, instants, places in rows:
        if card in cards:
            yield PlainAnswers(
                card, name or sole or b"", list(map(int, answers.split(","))),
                list(map(int, instants.split(","))),
                [durations[place] for place in map(int, places.split(","))],
            )  # fmt: skip


def sole_parameters(connection: sqlite3.Connection) -> bytes | None:
    """The name of the parameter row, where there is but one."""
    names = connection.execute("SELECT hash FROM params LIMIT 2").fetchall()
    return names[0][0] if len(names) == 1 else None


def plainness(connection: sqlite3.Connection, evenness: str) -> str:
    """SQL, by card: it has nothing but answers, whose order order_ms tells.

    `evenness` is the SQL for: under one row of parameters.
    """
    merged = "SELECT 1 FROM meta WHERE key = 'latest_order_ms'"
    in_order = ""
    if connection.execute(merged).fetchone():
        in_order = " AND count(*) = count(DISTINCT order_ms)"  # else the ids decide
    return f"count(*) = count(rating) AND {evenness}{in_order}"


def owner(connection: sqlite3.Connection, row: LogRow, relinks: Lineage) -> bytes:
    """The card to which a row of the log belongs."""
    if row.kind == Kind.RELINK or len(relinks.family(row.card)) == 1:
        return row.card
    sql = "SELECT order_ms FROM review_log WHERE uid = ?"
    return relinks.owner(row.card, connection.execute(sql, (row.uid,)).fetchone()[0])


def unheeded(connection: sqlite3.Connection) -> list[bytes]:
    """Cards of which the log has rows and the cache nothing."""
    rows = connection.execute(
        "SELECT s.card FROM card_state s WHERE s.last_uid IS NULL"
        " AND EXISTS (SELECT 1 FROM review_log r WHERE r.card = s.card)"
    )
    return [row[0] for row in rows.fetchall()]
