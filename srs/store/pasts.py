"""Rows of the log that come from other programs: which are news, and how they are written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from srs.inheriting import DEVICE, PastRow, placed
from srs.model import Kind
from srs.store import histories, log

_FEW = 400  # cards that one query may name
_LARGEST_SHIFT_MS = 26 * 3_600_000  # between two zones
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
    counts: bool  # it was not taken back
    data: str | None


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
    card = _Card(known)
    reviews = [row.at_ms for row in wanted if row.kind == Kind.REVIEW]
    held = card.held_reviews(reviews)
    fresh = [row for row in wanted if row.at_ms not in held and card.lacks(row, reviews)]
    return [card.behind(row) for row in fresh]


class _Card:
    """What the log holds of a card."""

    def __init__(self, known: Sequence[_Known]) -> None:
        self.uids = {row.uid for row in known}
        # What the learner took back here comes back from nowhere.
        self.own = [(row.kind, row.at_ms) for row in known if row.own]
        own = [row for row in known if row.own and row.counts]
        self.marked = {_sort(row.kind) for row in own}
        self.lived = any(row.kind in (Kind.REVIEW, Kind.RESET) for row in own)
        imported = sorted((row for row in known if not row.own), key=lambda row: row.order_ms)
        self.reviews = [row.at_ms for row in imported if row.kind == Kind.REVIEW]
        learnt = (row.order_ms for row in imported if row.kind not in (Kind.REVIEW, Kind.RESET))
        self.latest_ms = max(learnt, default=-1)
        self.told = {_sort(row.kind): (row.kind, row.data) for row in imported}  # the latest

    def held_reviews(self, reviews: Sequence[int]) -> frozenset[int]:
        """Those of the reviews that are there already, if by another zone's clock: some programs
        write none."""
        count = len(self.reviews)
        if not count or count > len(reviews):
            return frozenset()
        shifts = {new - old for new, old in zip(reviews, self.reviews, strict=False)}
        same = len(shifts) == 1 and abs(min(shifts)) <= _LARGEST_SHIFT_MS
        return frozenset(reviews[:count]) if same else frozenset()

    def behind(self, row: PastRow) -> PastRow:
        """The row behind what was learnt before, should the clock have stood still."""
        learnt = row.kind not in (Kind.REVIEW, Kind.RESET)
        return placed(row, self.latest_ms + 1) if learnt and row.order_ms <= self.latest_ms else row

    def lacks(self, row: PastRow, reviews: Sequence[int]) -> bool:
        """Whether a row would say anything that the log does not."""
        if row.kind in (Kind.REVIEW, Kind.RESET):
            return not self._is_ours(row) and row.uid not in self.uids
        told = self.told.get(_sort(row.kind))
        if row.kind == Kind.START:
            is_before = bool(reviews) and row.order_ms < reviews[0]
            if is_before and self.reviews:
                return False  # there is one, or the answers were known without
            return not self.lived and told != (row.kind, row.data)
        if _sort(row.kind) in self.marked:
            return False  # the learner has decided here
        return (told or _UNMARKED[_sort(row.kind)]) != (row.kind, row.data)

    def _is_ours(self, row: PastRow) -> bool:
        """Whether an answer, or a reset, was given here and comes back."""
        return any(
            kind == row.kind and abs(row.at_ms - at_ms) < _NEAR_MS for kind, at_ms in self.own
        )


def _sort(kind: str) -> str:
    """Rows of one sort take each other's place."""
    return Kind.SUSPEND if kind == Kind.UNSUSPEND else kind


_UNMARKED = {
    Kind.SUSPEND: (Kind.UNSUSPEND, None),
    Kind.FLAG: (Kind.FLAG, '{"flag":0}'),
}


def _known(connection: sqlite3.Connection, cards: Sequence[bytes]) -> dict[bytes, list[_Known]]:
    found: dict[bytes, list[_Known]] = {}
    for first in range(0, len(cards), _FEW):
        for card, known in _rows(connection, cards[first : first + _FEW]):
            found.setdefault(card, []).append(known)
    relinks = histories.lineage(connection)
    for card in cards:
        relatives = [one for one in relinks.family(card) if one != card]
        for first in range(0, len(relatives), _FEW):
            # An answer that the card was given is its own now, wherever it comes from.
            for _, known in _rows(connection, relatives[first : first + _FEW]):
                own = known.own or known.kind in (Kind.REVIEW, Kind.RESET)
                found.setdefault(card, []).append(known._replace(own=own))
    return found


def _rows(connection: sqlite3.Connection, cards: Sequence[bytes]) -> Iterator[tuple[bytes, _Known]]:
    rows = connection.execute(
        f"SELECT r.card, r.uid, r.kind, r.at_ms, r.order_ms, r.device <> ?, {log.COUNTS}, r.data"
        f" FROM review_log r WHERE r.card IN ({', '.join('?' * len(cards))})"
        " AND r.kind <> 'undo'",
        (DEVICE, *cards),
    )
    return ((card, _Known._make(row)) for card, *row in rows.fetchall())


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
        if row.data != '{"flag":0}':
            kinds.setdefault(row.kind, set()).add(row.card)
    starts = [card for card in kinds.get(Kind.START, ()) if starts_alone(card)]
    return Inherited(
        reviews, len(starts), len(kinds.get(Kind.SUSPEND, ())), len(kinds.get(Kind.FLAG, ()))
    )
