"""The bulk rebuild gives what the day-to-day engine gives, to the last bit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from srs.model import CardState, Event, Kind, Rating
from srs.rebuild import rebuild, replayed
from srs.scheduling import LONGEST_GAP_DAYS, Parameters, Scheduler, fold
from srs.starts import Start
from srs.starts import written as written_start
from srs.store import log, schema
from srs.store.connection import transaction
from tests.program import Program
from tests.test_scheduling_laws import PARAMETERS

DAY_MS = 86_400_000
GAPS_MS = [0, 1000, 700_000, DAY_MS // 2, DAY_MS, 3 * DAY_MS, 40 * DAY_MS, 900 * DAY_MS]
SETBACKS_MS = [-1000, -DAY_MS, -30 * DAY_MS, 20_000 * DAY_MS, -20_000 * DAY_MS]
# Every corner of the weights that FSRS-6 allows, not only those near the defaults.
WEIGHTS = st.tuples(
    *[st.floats(0.001, 100.0)] * 4, st.floats(1.0, 10.0), st.floats(0.001, 4.0),
    st.floats(0.001, 4.0), st.floats(0.001, 0.75), st.floats(0.0, 4.5), st.floats(0.0, 0.8),
    st.floats(0.001, 3.5), st.floats(0.001, 5.0), st.floats(0.001, 0.25), st.floats(0.001, 0.9),
    st.floats(0.0, 4.0), st.floats(0.0, 1.0), st.floats(1.0, 6.0), st.floats(0.0, 2.0),
    st.floats(0.0, 2.0), st.floats(0.0, 0.8), st.floats(0.1, 0.8),
)  # fmt: skip
ANY_PARAMETERS = PARAMETERS | st.builds(Parameters, weights=WEIGHTS)


CARDS = [bytes([number] * 16) for number in range(4)]


class Logged(NamedTuple):
    """A row of the log in the order of replay."""

    card: bytes
    order_ms: int
    uid: bytes
    kind: str
    at_ms: int
    rating: int | None
    params: bytes | None
    undoes: bytes | None
    data: str | None = None

    @property
    def day(self) -> int:
        return self.at_ms // DAY_MS


MARKS = [Kind.SUSPEND, Kind.UNSUSPEND, Kind.BURY, Kind.FLAG, Kind.RESET, Kind.START]
FLAGS = ['{"flag":1,"note":"why?"}', '{"flag":4}', '{"flag":0}', '{"flag":9}', "[", "", "7"]
STARTS = st.builds(
    Start, st.just("another"), st.none() | st.integers(0, 4), st.none() | st.integers(0, 3),
    st.none() | st.floats(0.0, 40_000.0), st.none() | st.floats(0.0, 11.0),
    st.none() | st.integers(0, 10**13), st.none() | st.integers(0, 40_000),
    st.none() | st.integers(0, 40_000), st.none() | st.integers(0, 2 * 10**12),
    st.none() | st.integers(0, 9),
).map(written_start)  # fmt: skip
NO_STARTS = st.sampled_from(["", "[", "7", '{"program":"x","phase":"review"}'])


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Logged], list[Parameters]]:
    """Rows of a few cards: changing parameters, marks, undone rows, wrong clocks, twin moments."""
    parameters = draw(st.lists(ANY_PARAMETERS, min_size=1, max_size=3))
    at_ms, order_ms, rows = draw(st.integers(0, 2 * 10**12)), 0, list[Logged]()
    kinds = draw(st.sampled_from([[Kind.REVIEW], [Kind.REVIEW] * 8 + MARKS]))
    for number in range(draw(st.integers(0, 40))):
        at_ms = max(0, at_ms + draw(st.sampled_from(GAPS_MS * 4 + SETBACKS_MS)))
        order_ms = max(at_ms, order_ms + draw(st.sampled_from([1, 1, 1, 0])))
        kind = draw(st.sampled_from(kinds))
        reviewed = kind == Kind.REVIEW
        rating = draw(st.integers(1, 4)) if reviewed else None
        name = draw(st.sampled_from(parameters)).hash if reviewed else None
        uid = number.to_bytes(16, "big")
        card = draw(st.sampled_from(CARDS))
        data = draw(st.sampled_from(FLAGS)) if kind == Kind.FLAG else None
        data = draw(STARTS | NO_STARTS) if kind == Kind.START else data
        rows.append(Logged(card, order_ms, uid, kind, at_ms, rating, name, None, data))
    for row in draw(st.lists(st.sampled_from(rows), max_size=2)) if rows else []:
        uid = (1000 + len(rows)).to_bytes(16, "big")
        after_ms = rows[-1].order_ms + 1
        rows.append(Logged(row.card, after_ms, uid, Kind.UNDO, row.at_ms, None, None, row.uid))
    return rows, parameters


def by_fold(rows: list[Logged], parameters: list[Parameters]) -> dict[bytes, CardState]:
    """The states by the engine that computes single answers."""
    schedulers = {one.hash: Scheduler(one) for one in parameters}
    undone = {row.undoes for row in rows}
    histories: dict[bytes, list[Event]] = {row.card: [] for row in rows}
    for row in sorted(rows, key=lambda row: (row.order_ms, row.uid)):
        if row.uid not in undone and row.kind != Kind.UNDO:
            rating = None if row.rating is None else Rating(row.rating)
            event = Event(
                row.uid, row.kind, row.at_ms, row.day, rating, row.params or b"", row.data or ""
            )
            histories[row.card].append(event)
    return {card: fold(card, events, schedulers.__getitem__) for card, events in histories.items()}


@contextmanager
def written(rows: list[Logged], parameters: list[Parameters]) -> Iterator[sqlite3.Connection]:
    """A database with that log, as after a merge."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.build(connection)
        for one in {one.hash: one for one in parameters}.values():
            connection.execute("INSERT INTO params VALUES (?, ?)", (one.hash, one.canonical))
        connection.executemany(
            "INSERT INTO review_log (card, order_ms, uid, kind, at_ms, rating, params, undoes,"
            " data, day, device, offset_min) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, x'00', 0)",
            [(*row, row.day) for row in rows],
        )
        log.note_latest_order(connection)
        yield connection


@given(logs())
def test_the_bulk_rebuild_equals_the_engine_to_the_bit(
    drawn: tuple[list[Logged], list[Parameters]],
) -> None:
    rows, parameters = drawn
    with written(rows, parameters) as connection:
        assert dict(replayed(connection)) == by_fold(rows, parameters)


@given(st.integers(1, 4), st.integers(0, 3 * LONGEST_GAP_DAYS))
def test_however_long_the_gap(rating: int, gap_days: int) -> None:
    name = Parameters().hash
    first = Logged(CARDS[0], 1, b"1" * 16, Kind.REVIEW, 20_000 * DAY_MS, 3, name, None)
    at_ms = first.at_ms + gap_days * DAY_MS
    rows = [first, first._replace(order_ms=2, uid=b"2" * 16, at_ms=at_ms, rating=rating)]
    with written(rows, [Parameters()]) as connection:
        assert dict(replayed(connection)) == by_fold(rows, [Parameters()])


def test_a_rebuild_reads_only_an_index() -> None:
    with written([], [Parameters()]) as connection:
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        list(replayed(connection))
        connection.set_trace_callback(None)
        (scan,) = [sql for sql in statements if "GROUP BY card" in sql]
        plan = connection.execute(f"EXPLAIN QUERY PLAN {scan}").fetchall()
        assert plan[0][3] == "SCAN review_log USING COVERING INDEX log_by_card"


def test_a_rebuild_mends_every_state_and_only_those(own: Program) -> None:
    own.jsonl(*[{"do": "rate", "rating": word} for word in ("good", "again", "easy", "good")])
    with closing(sqlite3.connect(own.database, isolation_level=None)) as connection:
        sound = dict(log.states(connection))
        assert {card: sound[card] for card, _ in replayed(connection)} == dict(replayed(connection))
        connection.execute("UPDATE card_state SET stability_days = 7, reps = 9 WHERE reps = 0")
        connection.execute("UPDATE card_state SET due_day = 1 WHERE due_day IS NOT NULL")
        wrong = sum(state != sound[card] for card, state in log.states(connection))
        seen: list[tuple[int, int]] = []
        with transaction(connection):
            assert rebuild(connection, lambda done, total: seen.append((done, total))) == wrong > 50
        assert dict(log.states(connection)) == sound
        assert seen[-1] == (4, 4)


def test_the_stored_collection_of_the_first_schema_replays(tmp_path: Path) -> None:
    """A log with undone rows and two parameter rows."""
    from tests.test_migrations import stored

    with closing(sqlite3.connect(stored(tmp_path, 1), isolation_level=None)) as connection:
        schema.build(connection)
        columns = "card, order_ms, uid, kind, at_ms, rating, params, undoes, data, day"
        found = connection.execute(f"SELECT {columns} FROM review_log").fetchall()
        rows = [Logged._make(row[:-1]) for row in found]
        days = {row[2]: row[-1] for row in found}
        assert all(abs(row.day - days[row.uid]) <= 1 for row in rows)
        stored_rows = connection.execute("SELECT data FROM params").fetchall()
        parameters = [Parameters.parse(text) for (text,) in stored_rows]
        assert len(parameters) == 2
        assert dict(replayed(connection)) == by_fold(rows, parameters)
