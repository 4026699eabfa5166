"""The bulk rebuild gives what the day-to-day engine gives, to the last bit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from srs.model import CardState, Event, Kind, Rating
from srs.rebuild import rebuild, replayed
from srs.replay import Row, replay
from srs.scheduling import LONGEST_GAP_DAYS, Parameters, Scheduler, fold
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


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Row], set[bytes], list[Parameters]]:
    """Rows of a few cards with changing parameters, marks, wrong clocks and undone rows."""
    parameters = draw(st.lists(ANY_PARAMETERS, min_size=1, max_size=3))
    rows: list[Row] = []
    for card in range(draw(st.integers(1, 3))):
        at_ms = draw(st.integers(0, 2 * 10**12))
        for _ in range(draw(st.integers(0, 25))):
            at_ms = max(0, at_ms + draw(st.sampled_from(GAPS_MS * 3 + SETBACKS_MS)))
            kind = draw(st.sampled_from([Kind.REVIEW] * 6 + [Kind.SUSPEND, Kind.BURY]))
            reviewed = kind == Kind.REVIEW
            rating = draw(st.integers(1, 4)) if reviewed else None
            name = draw(st.sampled_from(parameters)).hash if reviewed else None
            uid = len(rows).to_bytes(16, "big")
            rows.append(Row(bytes([card] * 16), uid, kind, at_ms, at_ms // DAY_MS, rating, name))
    undone = draw(st.sets(st.sampled_from([row.uid for row in rows]), max_size=3)) if rows else ()
    return rows, set(undone), parameters


def by_fold(
    rows: list[Row], undone: set[bytes], parameters: list[Parameters]
) -> dict[bytes, CardState]:
    """The same by the engine that computes single answers."""
    schedulers = {one.hash: Scheduler(one) for one in parameters}
    histories: dict[bytes, list[Event]] = {row.card: [] for row in rows}
    for row in rows:
        if row.uid not in undone:
            rating = None if row.rating is None else Rating(row.rating)
            event = Event(row.uid, row.kind, row.at_ms, row.day, rating, row.params or b"")
            histories[row.card].append(event)
    return {card: fold(card, events, schedulers.__getitem__) for card, events in histories.items()}


@given(logs())
def test_the_bulk_rebuild_equals_the_engine_to_the_bit(
    drawn: tuple[list[Row], set[bytes], list[Parameters]],
) -> None:
    rows, undone, parameters = drawn
    known = {one.hash: one for one in parameters}
    assert dict(replay(rows, undone, known.__getitem__)) == by_fold(rows, undone, parameters)


@given(st.integers(1, 4), st.integers(0, 3 * LONGEST_GAP_DAYS))
def test_however_long_the_gap(rating: int, gap_days: int) -> None:
    parameters = Parameters()
    rows = [
        Row(b"c" * 16, b"1" * 16, Kind.REVIEW, 0, 0, 3, parameters.hash),
        Row(b"c" * 16, b"2" * 16, Kind.REVIEW, 0, gap_days, rating, parameters.hash),
    ]
    assert dict(replay(rows, (), lambda _: parameters)) == by_fold(rows, set(), [parameters])


def test_a_rebuild_reads_only_an_index() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.build(connection)
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        list(log.rows(connection))
        connection.set_trace_callback(None)
        (scan,) = [sql for sql in statements if "ORDER BY card" in sql]
        (plan,) = connection.execute(f"EXPLAIN QUERY PLAN {scan}").fetchall()
        assert plan[3] == "SCAN review_log USING COVERING INDEX log_by_card"


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
        fast = dict(replayed(connection))
        known = dict(connection.execute("SELECT hash, data FROM params").fetchall())
        rows = [Row._make(row) for row in log.rows(connection)]
        parameters = [Parameters.parse(text) for text in known.values()]
        assert fast == by_fold(rows, log.undone(connection), parameters)
        assert len(parameters) == 2
