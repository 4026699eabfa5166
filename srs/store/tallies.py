"""What was known before each answer, and counts of that: two caches, and the rows behind them."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from srs.lineage import Lineage
from srs.store.histories import owned, plainness, sole_parameters

_VERSION = f"2-{sys.byteorder}"  # of what is kept; what another version kept is void
_CHUNK = 500  # cards asked for at once
RECOLLECTED, TALLIED = "recollected", "tallied"  # how far each cache goes

Row = tuple[str, int, int, int, int]  # measure, key, answers, recalled, amount
Recollected = tuple[bytes, int | None, bytes, bytes, bytes]  # card, and the columns of its row


def last_seq(connection: sqlite3.Connection) -> int:
    """The latest row of the log; 0: it is empty."""
    sql = "SELECT coalesce(max(seq), 0) FROM review_log"
    return int(connection.execute(sql).fetchone()[0])


def reaches(connection: sqlite3.Connection, cache: str) -> int:
    """The row of the log up to which a cache goes; 0: it holds nothing that can be used."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (cache,)).fetchone()
    version, _, seq = bytes(row[0]).partition(b" ") if row else (b"", b"", b"")
    return int(seq) if version == _VERSION.encode() and seq.isdigit() else 0


def note_reach(connection: sqlite3.Connection, cache: str, seq: int) -> None:
    """Remember how far a cache goes. Call inside `transaction`."""
    value = f"{_VERSION} {seq}".encode()
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (cache, value))


def counts(connection: sqlite3.Connection) -> list[Row]:
    """The stored counts."""
    return list(connection.execute("SELECT measure, key, answers, recalled, amount FROM tally"))


def replace_counts(
    connection: sqlite3.Connection, measures: Mapping[str, Mapping[int, tuple[int, int, int]]]
) -> None:
    """Make these the stored counts. Call inside `transaction`."""
    connection.execute("DELETE FROM tally")
    connection.executemany(
        "INSERT INTO tally VALUES (?, ?, ?, ?, ?)",
        ((measure, key, *count) for measure, by_key in measures.items()
         for key, count in by_key.items()),
    )  # fmt: skip


def recollections(
    connection: sqlite3.Connection, cards: Sequence[bytes] | None = None
) -> Iterator[Recollected]:
    """What is stored of these cards; None: of all."""
    sql = "SELECT card, introduced, known, predicted, transfer FROM recollection"
    if cards is None:
        yield from connection.execute(sql)
        return
    for some in _chunks(cards):
        yield from connection.execute(f"{sql} WHERE card IN ({_marks(some)})", some).fetchall()


def replace_recollections(
    connection: sqlite3.Connection, rows: Iterable[Recollected], *, whole: bool
) -> None:
    """Store these in place of what is stored of the same cards, or of all of them.

    Call inside `transaction`.
    """
    if whole:
        connection.execute("DELETE FROM recollection")
    connection.executemany("INSERT OR REPLACE INTO recollection VALUES (?, ?, ?, ?, ?)", rows)


def _chunks(cards: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(cards), _CHUNK):
        yield cards[start : start + _CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


class DayRow(NamedTuple):
    """A study day's answers."""

    day: int
    answers: int
    spent_ms: int
    ratings: tuple[int, int, int, int]


# Answers given after one row of the log; and those that do not count, or no longer, by what is
# known since.
_GIVEN = "FROM review_log r WHERE r.kind = 'review' AND r.seq > :after"
_TAKEN_BACK = (
    "FROM review_log r WHERE r.kind = 'review'"
    " AND r.uid IN (SELECT undoes FROM review_log WHERE undoes IS NOT NULL)"
    " AND (r.seq > :after OR r.uid NOT IN"
    " (SELECT undoes FROM review_log WHERE seq <= :after AND undoes IS NOT NULL))"
)


def days(connection: sqlite3.Connection, after: int, *, taken_back: bool) -> Iterator[DayRow]:
    """Answers by study day."""
    rated = ", ".join(f"sum(r.rating = {rating})" for rating in (1, 2, 3))  # the rest is 4
    for day, answers, spent_ms, *ratings in connection.execute(
        f"SELECT r.day, count(*), coalesce(sum(r.duration_ms), 0), {rated}"
        f" {_TAKEN_BACK if taken_back else _GIVEN} GROUP BY r.day",
        {"after": after},
    ):
        again, hard, good = ratings
        yield DayRow(day, answers, spent_ms, (again, hard, good, answers - sum(ratings)))


def confidence(
    connection: sqlite3.Connection, after: int, *, taken_back: bool
) -> list[tuple[int, int, int]]:
    """By the percentage that the learner named: answers, those recalled."""
    which = _TAKEN_BACK if taken_back else _GIVEN
    return connection.execute(
        f"SELECT r.confidence, count(*), sum(r.rating > 1) {which}"
        " AND r.confidence IS NOT NULL GROUP BY r.confidence",
        {"after": after},
    ).fetchall()


class ShortHistory(NamedTuple):
    """A card's answers, if nothing else was ever done with it."""

    card: bytes
    answers: str  # as `srs.replay.packed`, with commas between
    params: bytes
    plain: bool  # False: nothing else here is to be relied on, see `histories`


def short_histories(connection: sqlite3.Connection, after: int) -> Iterator[ShortHistory]:
    """Of every card of which the log has a row after that one."""
    # From the index log_by_card alone, in its order, as in `histories.plain_histories`.
    sole = sole_parameters(connection)
    params, even = ("x''", "1") if sole else ("min(params)", "min(params) = max(params)")
    some = "WHERE card IN (SELECT card FROM review_log WHERE seq > :after)" if after else ""
    rows = connection.execute(
        f"SELECT card, group_concat(day * 8 + rating), {params},"
        f" {plainness(connection, even)}"
        f" FROM review_log INDEXED BY log_by_card {some} GROUP BY card",
        {"after": after},
    )
    for card, answers, name, plain in rows:
        yield ShortHistory(card, answers or "", name or sole or b"", plain)


def count_cards(connection: sqlite3.Connection, after: int) -> int:
    """How many cards the log has a row of after that one."""
    sql = "SELECT count(DISTINCT card) FROM review_log WHERE seq > ?"
    return int(connection.execute(sql, (after,)).fetchone()[0])


def cards_with_variants(connection: sqlite3.Connection, after: int) -> set[bytes]:
    """Those of these cards that were asked in one of several forms, or with numbers drawn."""
    some = "AND card IN (SELECT card FROM review_log WHERE seq > :after)" if after else ""
    sql = f"SELECT card FROM review_log WHERE (variant IS NOT NULL OR seed IS NOT NULL) {some}"
    return {row[0] for row in connection.execute(sql, {"after": after})}


# Kind, day, rating, name of the parameters, form (variant or draw), instant, data of a start.
HistoryRow = tuple[str, int, int, bytes, int | None, int, str]


def histories(
    connection: sqlite3.Connection, cards: Sequence[bytes], relinks: Lineage
) -> Iterator[tuple[bytes, list[HistoryRow]]]:
    """Answers, resets and starts that stand, card by card, in the order of replay."""
    columns = (
        "r.kind, r.day, coalesce(r.rating, 0), coalesce(r.params, x''),"
        " coalesce(r.variant, r.seed), r.at_ms,"
        " iif(r.kind = 'start', coalesce(r.data, ''), '')"
    )
    where = "r.kind IN ('review', 'reset', 'start')"
    return owned(connection, cards, columns, relinks, where)
