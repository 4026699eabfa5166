"""The cache of states made anew from the log: after a restore, a merge, a migration, a repair."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import TypeVar

from srs.model import CardState
from srs.replay import Row, replay
from srs.scheduling import Parameters, Scheduler, fold
from srs.states import stored_parameters
from srs.store import log

Progress = Callable[[int, int], None]  # rows done, rows in all
_STEP = 20_000
_T = TypeVar("_T")


def replayed(
    connection: sqlite3.Connection, progress: Progress | None = None
) -> Iterator[tuple[bytes, CardState]]:
    """Every card of the log with the state that follows from it."""
    rows: Iterable[Row] = log.rows(connection)
    if progress is not None:
        rows = _told(rows, log.count(connection), progress)

    sole = log.sole_parameters(connection)

    def parameters_of(name: bytes | None) -> Parameters:
        return stored_parameters(connection, name or sole or b"")

    return replay(rows, log.undone(connection), parameters_of)


def rebuild(connection: sqlite3.Connection, progress: Progress | None = None) -> int:
    """Bring every cached state in line with the log; how many were not. Call inside `transaction`.

    The log is only read.
    """
    return log.replace_states(connection, replayed(connection, progress))


def take_up_histories(connection: sqlite3.Connection) -> None:
    """Give cards that have come back to the collection the states that the log tells of.

    The log outlives cards: one that was lost with a damaged file may be imported again. Call inside
    `transaction`.
    """
    for card in log.unheeded(connection):
        events = log.events(connection, card)
        if events:
            schedulers = lambda name: Scheduler(stored_parameters(connection, name))  # noqa: E731
            log.set_state(connection, card, fold(card, events, schedulers))


def _told(rows: Iterable[_T], total: int, progress: Progress) -> Iterator[_T]:
    for number, row in zip(count(1), rows, strict=False):
        if not number % _STEP:
            progress(number, total)
        yield row
    progress(total, total)
