"""Where the store and the scheduler meet: an event becomes a row and the state that follows."""

from __future__ import annotations

import sqlite3

from decks.errors import DataError
from srs.model import NEW_CARD, CardState, Event, Kind, Rating
from srs.scheduling import Parameters, Scheduler, fold
from srs.settings import Settings
from srs.store import log
from srs.store.connection import transaction
from srs.store.log import LogRow, Stamp


def stored_parameters(connection: sqlite3.Connection, name: bytes) -> Parameters:
    """The parameter row of that name. Raises DataError when it is missing."""
    text = log.parameter_row(connection, name)
    if text is None:
        hint = "bring back a backup with srs restore"
        raise DataError(f"parameter row {name.hex()} is missing", hint)
    return Parameters.parse(text)


class Engine:
    """Schedulers by the name of their parameter row, over one open collection."""

    def __init__(self, connection: sqlite3.Connection, settings: Settings) -> None:
        self._connection = connection
        self.parameters = Parameters.of(settings)
        self.scheduler = Scheduler(self.parameters)
        self._schedulers = {self.parameters.hash: self.scheduler}

    def scheduler_of(self, name: bytes) -> Scheduler:
        """The scheduler of a parameter row of this collection."""
        if name not in self._schedulers:
            self._schedulers[name] = Scheduler(stored_parameters(self._connection, name))
        return self._schedulers[name]

    def replay(self, card: bytes, events: list[Event]) -> CardState:
        """The state that follows from a history."""
        return fold(card, events, self.scheduler_of)

    def record(
        self,
        card: bytes,
        state: CardState,
        kind: str,
        stamp: Stamp,
        rating: Rating | None = None,
        duration_ms: int | None = None,
    ) -> CardState | None:
        """Write one event of a card seen in `state`; the new state, on disk when this returns.

        None, with nothing written, when the card has moved on meanwhile.
        """
        reviewed = kind == Kind.REVIEW
        name = self.parameters.hash if reviewed else b""
        event = Event(stamp.uid, kind, stamp.at_ms, stamp.day, rating, name)
        after = self.scheduler.step(card, state, event)
        written = log.write(
            self._connection, card, kind, stamp,
            seen=state, state=after, rating=rating, duration_ms=duration_ms,
            params=(name, self.parameters.canonical) if reviewed else None,
        )  # fmt: skip
        return after if written else None

    def take_back(self, stamp: Stamp, uid: bytes | None = None) -> LogRow | None:
        """Undo the row named, or this device's latest; None when there is nothing to undo."""
        with transaction(self._connection):
            target = log.latest_undoable(self._connection, stamp.device, uid)
            if target is None:
                return None
            rest = log.events(self._connection, target.card, without=target.uid)
            state = self.replay(target.card, rest) if rest else NEW_CARD
            log.append_undo(self._connection, target, stamp, state)
            return target
