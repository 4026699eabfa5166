"""Where the store and the scheduler meet: an event becomes a row and the state that follows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from decks.errors import DataError
from srs.lineage import Lineage, giving, taking
from srs.model import CardState, Event, Kind
from srs.scheduling import Parameters, Scheduler, fold, marked
from srs.settings import Settings
from srs.store import histories, log
from srs.store.connection import transaction
from srs.store.log import Answer, Change, LogRow, Stamp

if TYPE_CHECKING:
    from srs.replay import Tables


def is_leech(lapses: int, threshold: int) -> bool:
    """Whether a card was forgotten so often that its words are to blame; at 0 none ever is."""
    return 0 < threshold <= lapses


def is_leech_again(lapses: int, threshold: int) -> bool:
    """Whether this lapse is worth a word: the one that makes a leech, then every half as many."""
    return is_leech(lapses, threshold) and not (lapses - threshold) % max(1, (threshold + 1) // 2)


def stored_parameters(connection: sqlite3.Connection, name: bytes) -> Parameters:
    """The parameter row of that name. Raises DataError when it is missing."""
    text = log.parameter_row(connection, name)
    if text is None:
        hint = "bring back a backup with srs restore"
        raise DataError(f"parameter row {name.hex()} is missing", hint)
    return Parameters.parse(text)


def tables_by_name(connection: sqlite3.Connection) -> Callable[[bytes], Tables]:
    """What FSRS makes of the parameter row of a name, each read once."""
    from srs.replay import Tables

    return cache(lambda name: Tables(stored_parameters(connection, name)))


class Recorded(NamedTuple):
    """What was written of one card."""

    uid: bytes
    state: CardState
    leech: bool = False  # it became one, or one again, by this answer


class Engine:
    """Schedulers by the name of their parameter row, over one open collection."""

    def __init__(self, connection: sqlite3.Connection, settings: Settings) -> None:
        self._connection = connection
        self._leech_lapses = settings.leech_lapses
        self._suspends_leeches = settings.leech_action == "suspend"
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
        stamp: Callable[[], Stamp],
        answer: Answer,
        more: Mapping[str, object] | None = None,
    ) -> Recorded | None:
        """Write the answer to a card seen in `state`, with more to keep; on disk on return.

        A card that has become a leech by it is suspended in the same breath, where the settings say
        so. None, with nothing written, when the card has moved on meanwhile.
        """
        first = stamp()
        event = Event(
            first.uid, Kind.REVIEW, first.at_ms, first.day, answer.rating, self.parameters.hash
        )
        after = self.scheduler.step(card, state, event)
        data = _compact(more) if more else None
        changes = [Change(card, Kind.REVIEW, first, state, after, answer, data)]
        leech = after.lapses > state.lapses and is_leech_again(after.lapses, self._leech_lapses)
        if leech and self._suspends_leeches:
            changes.append(self._mark(card, after, Kind.SUSPEND, stamp(), {"act": first.uid.hex()}))
        params = (self.parameters.hash, self.parameters.canonical)
        written = log.write(self._connection, changes, params)
        return Recorded(first.uid, changes[-1].state, leech) if written else None

    def mark(
        self,
        cards: Sequence[tuple[bytes, CardState]],
        kind: str,
        stamp: Callable[[], Stamp],
        data: Mapping[str, object] | None = None,
    ) -> list[Recorded] | None:
        """Suspend, bury, flag or reset these cards, seen in these states, in one act.

        None, with nothing written, when one of them has moved on meanwhile.
        """
        changes: list[Change] = []
        for card, state in cards:
            act = {"act": changes[0].stamp.uid.hex()} if changes else {}
            changes.append(self._mark(card, state, kind, stamp(), {**(data or {}), **act}))
        if not log.write(self._connection, changes):
            return None
        return [Recorded(change.stamp.uid, change.state) for change in changes]

    @staticmethod
    def _mark(
        card: bytes, state: CardState, kind: str, stamp: Stamp, data: Mapping[str, object]
    ) -> Change:
        text = _compact(data) if data else ""
        event = Event(stamp.uid, kind, stamp.at_ms, stamp.day, data=text)
        return Change(card, kind, stamp, state, marked(state, event), data=text or None)

    def take_back(self, stamp: Callable[[], Stamp], uid: bytes | None = None) -> list[LogRow]:
        """Undo the act that the row named belongs to, or this device's latest; its rows."""
        with transaction(self._connection):
            first = stamp()
            rows = log.latest_act(self._connection, first.device, uid)
            relinks = histories.lineage(self._connection)
            concerned = relinks.with_families(row.card for row in rows)
            for number, row in enumerate(rows):
                log.append_undo(self._connection, row, stamp() if number else first)
            relinks = self._restate(concerned)
            return [
                row._replace(card=histories.owner(self._connection, row, relinks)) for row in rows
            ]

    def relink(
        self, pairs: Sequence[tuple[bytes, bytes]], stamp: Callable[[], Stamp]
    ) -> list[Recorded]:
        """Give the history of the first card of each pair to the second, in one act.

        What was written of the second ones. Call inside `transaction`.
        """
        uids: list[bytes] = []
        for giver, taker in pairs:
            first = stamp()
            until_ms = log.next_order_ms(self._connection, first.at_ms)
            halves = (
                (taker, first, taking(giver, until_ms)), (giver, stamp(), giving(taker, until_ms)),
            )  # fmt: skip
            for card, one, data in halves:
                text = _compact({**data, "act": uids[0].hex()} if uids else data)
                log.append_mark(self._connection, card, Kind.RELINK, one, text)
                uids.append(one.uid)
        self._restate([card for pair in pairs for card in pair])
        return [
            Recorded(uid, log.state(self._connection, taker))
            for uid, (_, taker) in zip(uids[::2], pairs, strict=True)
        ]

    def _restate(self, cards: Sequence[bytes]) -> Lineage:
        """Store the states that follow from what the log says by now."""
        relinks = histories.lineage(self._connection)
        for card in cards:
            events = histories.events(self._connection, card, relinks)
            log.set_state(self._connection, card, self.replay(card, events))
        return relinks


def _compact(data: Mapping[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
