"""The cache of states made anew from the log: after a restore, a merge, a migration, a repair."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from decks.progress import Progress, told
from srs.model import NEW_CARD, CardState, Event, Rating
from srs.replay import NOTHING_YET, PASSED, settled, state_after
from srs.states import tables_by_name
from srs.store import histories, log

_STEP = 2_000


def replayed(
    connection: sqlite3.Connection, progress: Progress | None = None
) -> Iterator[tuple[bytes, CardState]]:
    """Every card of the log with the state that follows from it.

    Raises DataError when the log names parameters that are missing.
    """
    tables_of = tables_by_name(connection)
    total = log.count_cards(connection) if progress else 0
    others = []
    for history in told(histories.plain_histories(connection), total, progress, _STEP):
        card, answers, last_ms, last_uid, params, plain = history
        if plain:
            tables = tables_of(params)
            packed = list(map(int, answers.split(",")))
            marks = PASSED if any(answer & 7 > Rating.AGAIN for answer in packed) else NEW_CARD
            memory = tables.live(NOTHING_YET, packed)
            yield card, settled(card, memory, tables, last_ms, last_uid, marks)
        else:
            others.append(card)
    relinks = histories.lineage(connection)
    for card in others:
        yield card, state_after(card, histories.events(connection, card, relinks), tables_of)
    if progress:
        progress(total, total)


def rebuild(connection: sqlite3.Connection, progress: Progress | None = None) -> int:
    """Bring every cached state in line with the log; how many were not. Call inside `transaction`.

    The log is only read.
    """
    return log.replace_states(connection, replayed(connection, progress))


def restate(connection: sqlite3.Connection, cards: Iterable[bytes]) -> None:
    """Give these cards the states that the log tells of. Call inside `transaction`."""
    tables_of = tables_by_name(connection)
    found = histories.many_events(connection, cards)
    states = [(card, state_after(card, events, tables_of)) for card, events in found]
    log.set_states(connection, states)


def state_new(connection: sqlite3.Connection, lives: Mapping[bytes, Sequence[Event]]) -> None:
    """Give cards of which the log held nothing the states that their rows come to.

    Call inside `transaction`.
    """
    tables_of = tables_by_name(connection)
    states = [(card, state_after(card, events, tables_of)) for card, events in lives.items()]
    log.set_states(connection, states)


def take_up_histories(connection: sqlite3.Connection) -> None:
    """Give cards that have come back to the collection the states that the log tells of.

    The log outlives cards: one that was lost with a damaged file may be imported again. Call inside
    `transaction`.
    """
    if unheeded := histories.unheeded(connection):
        restate(connection, unheeded)
