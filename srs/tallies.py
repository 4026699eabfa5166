"""The counts of the whole log, kept up to date in two steps.

What was known before each answer follows from replaying its card, and is kept card by card; the
counts are sums of that, and are kept as well. So after some answers, an undo or a merge only the
cards that have new rows are replayed: what they gave before is taken away, what they give now is
added.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from decks.progress import Progress
from srs.measuring import Count, Measures, Meter, Past, Recollection, together
from srs.states import tables_by_name
from srs.store import agenda
from srs.store import tallies as store
from srs.store.connection import BUSY_TIMEOUT_S, snapshot, transaction
from srs.store.histories import lineage
from srs.store.tallies import RECOLLECTED, TALLIED

_STEP = 2_000
_PATIENCE_MS = 200  # the counts can be stored another time

Fresh = list[tuple[bytes, Recollection]]


class _Reach(NamedTuple):
    """The latest row of the log, and how far the caches go."""

    log: int
    recollected: int
    tallied: int


def measures(connection: sqlite3.Connection, progress: Progress | None = None) -> Measures:
    """The counts of the whole log; what had to be made anew for them is stored."""
    with snapshot(connection):
        reach = _reach(connection)
        if reach.tallied == reach.log:
            return _stored(connection)
        version = agenda.foreign_writes(connection)
        found, fresh = _made(connection, reach, progress)
    _keep(connection, reach, version, found, fresh)
    return found


def are_sound(connection: sqlite3.Connection) -> bool:
    """Whether what is stored gives the counts that the log alone does; changes nothing."""
    with snapshot(connection):
        reach = _reach(connection)
        alone, _ = _made(connection, _Reach(reach.log, 0, 0))
        recollected, _ = _made(connection, reach._replace(tallied=0))
        return alone == recollected and alone == _made(connection, reach)[0]


def forget(connection: sqlite3.Connection) -> None:
    """Drop both caches. Call inside `transaction`."""
    store.replace_recollections(connection, (), whole=True)
    store.replace_counts(connection, {})
    for cache in (RECOLLECTED, TALLIED):
        store.note_reach(connection, cache, 0)


def _made(
    connection: sqlite3.Connection, reach: _Reach, progress: Progress | None = None
) -> tuple[Measures, Fresh]:
    """The counts, and the cards that were replayed for them."""
    meter = Meter(tables_by_name(connection))
    late = reach.recollected < reach.log
    fresh = _replay(connection, reach.recollected, meter, progress) if late else []
    return _sum(connection, reach, meter, fresh), fresh


def _reach(connection: sqlite3.Connection) -> _Reach:
    last = store.last_seq(connection)
    recollected = store.reaches(connection, RECOLLECTED)
    if recollected > last:  # another log than the one that was counted
        recollected = 0
    tallied = store.reaches(connection, TALLIED)
    return _Reach(last, recollected, tallied if tallied == recollected else 0)


def _stored(connection: sqlite3.Connection) -> Measures:
    found: Measures = {}
    for measure, key, *count in store.counts(connection):
        found.setdefault(measure, {})[key] = Count(*count)
    return found


def _replay(
    connection: sqlite3.Connection, after: int, meter: Meter, progress: Progress | None
) -> Fresh:
    """The cards with rows after that one, taken in by the meter."""
    varied = store.cards_with_variants(connection, after)
    total = store.count_cards(connection, after) if progress else 0
    fresh, others = Fresh(), []

    def tell() -> None:
        if progress and not len(fresh) % _STEP:
            progress(len(fresh), total)

    for card, answers, params, plain in store.short_histories(connection, after):
        if plain and card not in varied:
            fresh.append((card, meter.answers(list(map(int, answers.split(","))), params)))
            tell()
        else:
            others.append(card)
    relinks = lineage(connection)
    done = {card for card, _ in fresh}
    others = [card for card in relinks.with_families(others) if card not in done]
    for card, rows in store.histories(connection, others, relinks):
        fresh.append((card, meter.history([Past(*row) for row in rows])))
        tell()
    if progress:
        progress(total, total)
    missing = set(others) - {card for card, _ in fresh}  # all that was done is taken back
    return fresh + [(card, Recollection()) for card in missing]


def _sum(connection: sqlite3.Connection, reach: _Reach, meter: Meter, fresh: Fresh) -> Measures:
    """The counts of the whole log, of which the meter has the replayed cards."""
    after, replayed = reach.recollected, {card for card, _ in fresh}
    since = after if reach.tallied else 0
    by_day = (1, _by_day(connection, since)), (-1, _by_day(connection, since, taken_back=True))
    if not reach.tallied:
        if after:
            stored = store.recollections(connection)
            meter.take(Recollection._make(row[1:]) for row in stored if row[0] not in replayed)
        return together((1, meter.measures()), *by_day)
    before = Meter(tables_by_name(connection))
    stored = store.recollections(connection, list(replayed))
    before.take(Recollection._make(row[1:]) for row in stored)
    return together(
        (1, _stored(connection)),
        (-1, before.measures()),
        (1, meter.measures()),
        *by_day,
    )


def _by_day(connection: sqlite3.Connection, after: int, *, taken_back: bool = False) -> Measures:
    days, ratings = dict[int, Count](), [0, 0, 0, 0]
    for day, answers, spent_ms, rated in store.days(connection, after, taken_back=taken_back):
        days[day] = Count(answers, answers - rated[0], spent_ms)
        ratings = [sum(pair) for pair in zip(ratings, rated, strict=True)]
    return {
        "day": days,
        "rating": {rating: Count(answers) for rating, answers in enumerate(ratings, 1)},
        "confidence": {
            percent: Count(answers, recalled)
            for percent, answers, recalled in store.confidence(
                connection, after, taken_back=taken_back
            )
        },
    }


def _keep(
    connection: sqlite3.Connection, reach: _Reach, version: int, found: Measures, fresh: Fresh
) -> None:
    """Store what was made anew, unless another program writes, or has written meanwhile."""
    with suppress(sqlite3.OperationalError), _hurried(connection), transaction(connection):
        if agenda.foreign_writes(connection) != version:
            return
        rows = ((card, *recollection) for card, recollection in fresh)
        store.replace_recollections(connection, rows, whole=not reach.recollected)
        store.replace_counts(connection, found)
        for cache in (RECOLLECTED, TALLIED):
            store.note_reach(connection, cache, reach.log)


@contextmanager
def _hurried(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT_S * 1000)}")
