"""Histories told once more: each answer with what the card was before, and what came of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from exporters.base import STOOD, Answered
from srs.model import NEW_CARD, CardState, Event, Kind, Phase
from srs.replay import NOTHING_YET, Tables, due, packed, remembered, settled
from srs.rising import in_order
from srs.scheduling import marked
from srs.states import tables_by_name
from srs.store import histories
from srs.store.histories import PlainAnswers

_DAY_S = 86_400
_COLUMNS = "r.kind, r.at_ms, r.day, r.rating, r.duration_ms, r.params, r.data"


class Row(NamedTuple):
    """A row of the log that counts, as far as it bears on scheduling."""

    kind: str
    at_ms: int
    day: int
    rating: int | None
    duration_ms: int | None
    params: bytes | None
    data: str | None


@dataclass(frozen=True, slots=True)
class Retraced:
    """The answers to these cards, read from the log each time that they are gone through."""

    connection: sqlite3.Connection
    cards: Mapping[bytes, object]  # by id

    def __iter__(self) -> Iterator[Answered]:
        used = set[int]()
        for answers in self._by_card():
            last_ms = 0
            instants = in_order([answer.at_ms for answer in answers])
            for answer, at_ms in zip(answers, instants, strict=True):
                last_ms = at_ms if at_ms > last_ms else last_ms + 1
                while last_ms in used:
                    last_ms += 1
                used.add(last_ms)
                yield answer if last_ms == answer.at_ms else answer._replace(at_ms=last_ms)

    def table(self) -> bytes:
        """See `exporters.base.Answers`."""
        return table_of(self, self.cards)

    def _by_card(self) -> Iterator[list[Answered]]:
        tables_of = tables_by_name(self.connection)
        relinks = histories.lineage(self.connection)
        others = dict.fromkeys(self.cards)
        for plain in histories.plain_answers(self.connection, self.cards):
            if relinks.family(plain.card) == (plain.card,):
                del others[plain.card]
                yield list(_plainly(plain, tables_of(plain.params)))
        for card, rows in histories.owned(self.connection, others, _COLUMNS, relinks):
            yield list(retraced(card, [Row._make(row) for row in rows], tables_of))


def table_of(answers: Iterable[Answered], cards: Iterable[bytes]) -> bytes:
    """The answers as a database; a card is its place among `cards`."""
    places = {card: place for place, card in enumerate(cards)}
    columns = Answered._fields
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"CREATE TEMP TABLE told ({', '.join(columns)})")
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO told VALUES ({', '.join('?' * len(columns))})",
            ((places[answer[0]], *answer[1:]) for answer in answers),
        )
        connection.execute("COMMIT")
        connection.execute("CREATE TABLE answered AS SELECT * FROM temp.told ORDER BY at_ms")
        return connection.serialize()


def _plainly(plain: PlainAnswers, tables: Tables) -> Iterator[Answered]:
    """What `retraced` tells, of a card with which nothing but answering was ever done."""
    card, memory, before_s = plain.card, NOTHING_YET, 0
    live = tables.live
    for answer, at_ms, duration_ms in zip(
        plain.packed, plain.at_ms, plain.durations_ms, strict=True
    ):
        phase, memory = memory.phase, live(memory, (answer,))
        due_ms, due_day = due(card, memory, tables, at_ms)
        if due_day is not None:
            interval_s = (due_day - (answer >> 3)) * _DAY_S
        else:
            interval_s = _span_s(due_ms, None, at_ms, 0)
        yield Answered(
            card, at_ms, answer & 7, duration_ms, phase, interval_s, before_s, memory.difficulty
        )
        before_s = interval_s


def retraced(
    card: bytes, rows: Sequence[Row], tables_of: Callable[[bytes], Tables]
) -> Iterator[Answered]:
    """The answers to one card, from its rows in the order of replay."""
    memory, marks, tables, last_ms, before_s = NOTHING_YET, NEW_CARD, None, 0, 0
    stood: Answered | None = None  # told if answers follow: else the card's own state says it
    for row in rows:
        if row.rating is not None:
            if stood:
                yield stood
            stood = None
            phase, tables, last_ms = memory.phase, tables_of(row.params or b""), row.at_ms
            memory = tables.live(memory, (packed(row.day, row.rating),))
            due_ms, due_day = due(card, memory, tables, last_ms)
            interval_s = _span_s(due_ms, due_day, last_ms, row.day)
            yield Answered(
                card, last_ms, row.rating, row.duration_ms, phase, interval_s, before_s,
                memory.difficulty,
            )  # fmt: skip
            before_s = interval_s
        elif row.kind in (Kind.RESET, Kind.START):
            if tables:
                marks = settled(card, memory, tables, last_ms, None, marks)
                tables = None
            if row.kind == Kind.RESET and marks.phase is not Phase.NEW:
                yield Answered(card, row.at_ms, 0, None, 0, 0, before_s, 0.0)
            is_begun = stood or not memory.phase
            marks = marked(marks, Event(b"", row.kind, row.at_ms, row.day, data=row.data or ""))
            memory, before_s = remembered(marks), _standing_s(marks)
            stood = _stood(card, marks) if is_begun and memory.phase else None


def _stood(card: bytes, state: CardState) -> Answered:
    """Where another program left the card.

    Many were left on the same day, at no known instant: their ids part them within a second.
    """
    at_ms = (state.last_ms or 0) // 1000 * 1000 + int.from_bytes(card[-4:]) % 1000
    stable_s = max(1, round(state.stability_days or 0.0)) * _DAY_S
    difficulty = state.difficulty or 0.0
    return Answered(card, at_ms, STOOD, None, Phase.REVIEW, stable_s, stable_s, difficulty)


def _span_s(due_ms: int | None, due_day: int | None, last_ms: int, day: int) -> int:
    if due_ms is not None:
        return (due_ms - last_ms) // 1000
    return ((due_day or day) - day) * _DAY_S


def _standing_s(state: CardState) -> int:
    """The interval that a card stands in."""
    if state.last_day is None or state.last_ms is None:
        return 0
    return max(0, _span_s(state.due_ms, state.due_day, state.last_ms, state.last_day))


def count(connection: sqlite3.Connection, cards: Collection[bytes]) -> int:
    """How many answers to these cards count."""
    total = 0
    relinks = histories.lineage(connection)
    related = [card for card in cards if len(relinks.family(card)) > 1]
    for _, rows in histories.owned(connection, related, "1", relinks, "r.kind = 'review'"):
        total += len(rows)
    found = dict(
        connection.execute("SELECT card, count(rating) FROM review_log GROUP BY card").fetchall()
    )
    undone = dict(
        connection.execute(
            "SELECT r.card, count(DISTINCT r.uid) FROM review_log u JOIN review_log r"
            " ON r.uid = u.undoes WHERE u.undoes IS NOT NULL AND r.kind = 'review' GROUP BY r.card"
        ).fetchall()
    )
    alone = set(cards).difference(related)
    return total + sum(int(found.get(card, 0)) - int(undone.get(card, 0)) for card in alone)
