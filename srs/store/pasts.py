"""Rows of the log that come from other programs: which are news, and how they are written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from srs.inheriting import DEVICE, PastRow
from srs.model import Kind
from srs.store import log

_FEW = 400  # cards that one query may name
_NEAR_MS = 10  # by so much another program may have had to move an answer of ours


class Inherited(NamedTuple):
    """How much came from other programs."""

    reviews: int = 0
    starts: int = 0  # cards of which only where they stood is known
    suspended: int = 0
    flagged: int = 0


NOTHING = Inherited()


class _Known(NamedTuple):
    uid: bytes
    kind: str
    at_ms: int
    order_ms: int
    own: bool


class News(NamedTuple):
    """Rows that the log does not hold, and the cards of which it holds nothing at all."""

    rows: Sequence[PastRow] = ()
    unmet: Collection[bytes] = ()


NO_NEWS = News()


def news(connection: sqlite3.Connection, rows: Mapping[bytes, Sequence[PastRow]]) -> News:
    """Those of the rows, by card, that are news; only reads.

    A card that was answered here falls due when that says. An answer of ours that comes back from
    elsewhere is no second one.
    """
    known = _known(connection, list(rows))
    fresh: list[PastRow] = []
    for card, wanted in rows.items():
        fresh += _news(wanted, known.get(card, ()))
    return News(fresh, rows.keys() - known.keys())


def _news(wanted: Sequence[PastRow], known: Sequence[_Known]) -> list[PastRow]:
    if not known:
        return list(wanted)
    held = {row.uid for row in known}
    answered = [row.at_ms for row in known if row.own and row.kind == Kind.REVIEW]
    lived = any(row.own and row.kind in (Kind.REVIEW, Kind.RESET) for row in known)
    latest = max((row.order_ms for row in known if row.kind == Kind.START), default=-1)
    fresh = []
    for place, row in enumerate(wanted):
        ours = row.kind == Kind.REVIEW and any(
            0 <= row.at_ms - at_ms < _NEAR_MS for at_ms in answered
        )
        if row.uid in held or ours or (lived and row.kind != Kind.REVIEW):
            continue
        followed = any(later.kind == Kind.REVIEW for later in wanted[place + 1 :])
        moved = row.kind == Kind.START and not followed
        fresh.append(row._replace(order_ms=max(row.order_ms, latest + 1)) if moved else row)
    return fresh


def _known(connection: sqlite3.Connection, cards: Sequence[bytes]) -> dict[bytes, list[_Known]]:
    found: dict[bytes, list[_Known]] = {}
    for first in range(0, len(cards), _FEW):
        some = cards[first : first + _FEW]
        rows = connection.execute(
            "SELECT card, uid, kind, at_ms, order_ms, device <> ? FROM review_log"
            f" WHERE card IN ({', '.join('?' * len(some))})",
            (DEVICE, *some),
        )
        for card, *row in rows.fetchall():
            found.setdefault(card, []).append(_Known._make(row))
    return found


_INSERT = (
    "INSERT OR IGNORE INTO review_log (uid, device, kind, card, at_ms, order_ms, day, offset_min,"
    " rating, duration_ms, params, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def append(
    connection: sqlite3.Connection, rows: Sequence[PastRow], params: Iterable[tuple[bytes, str]]
) -> None:
    """Append the rows, and the rows of parameters that they name. Call inside `transaction`."""
    connection.executemany("INSERT OR IGNORE INTO params VALUES (?, ?)", params)
    connection.executemany(_INSERT, [(row.uid, DEVICE, *row[1:]) for row in rows])
    log.note_latest_order(connection)


def counted(rows: Iterable[PastRow], starts_alone: Callable[[bytes], bool]) -> Inherited:
    """What these rows come to; `starts_alone` tells of a card that no answers of it are known."""
    kinds: dict[str, set[bytes]] = {}
    reviews = 0
    for row in rows:
        reviews += row.kind == Kind.REVIEW
        kinds.setdefault(row.kind, set()).add(row.card)
    starts = [card for card in kinds.get(Kind.START, ()) if starts_alone(card)]
    return Inherited(
        reviews, len(starts), len(kinds.get(Kind.SUSPEND, ())), len(kinds.get(Kind.FLAG, ()))
    )
