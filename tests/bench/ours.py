"""Our side: a collection of any size, and sessions on it."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from srs import Rating, Review, open_collection
from srs import rebuild as product
from srs.collection import Collection
from srs.days import Calendar
from srs.model import CardState
from srs.scheduling import Parameters
from srs.session import Rate
from srs.settings import Settings
from srs.store import guards, log, tallies
from srs.store.connection import FILE_NAME, connect, transaction
from srs.tallies import forget
from srs.uid import uuid7
from tests.bench.log import Plan, reviews
from tests.bench.measure import Environment, cpu_of

SRS = [str(Path(sys.executable).with_name("srs"))]
FRONT = "What does part {} trade for `latency`?"
SEEN = b"What does part"  # on the screen once a card is
ANSWER_MS = 8_000
# Both programs may deal all that is due.
SETTINGS = Settings(reviews_per_day=9_999)
_OLD_SHARE = 0.8  # of the log, left out of the small collection
_INSERT = (
    "INSERT INTO review_log (uid, device, kind, card, at_ms, order_ms, day, offset_min, rating,"
    " duration_ms, params) VALUES (?, ?, 'review', ?, ?, ?, ?, ?, ?, ?, ?)"
)


def deck(front: str, cards: int) -> str:
    """Markdown of so many cards with that kind of front."""
    found = (f"Q: {front.format(number)}\nA: The answer to {number}.\n" for number in range(cards))
    return "\n".join(found)


def environment(home: Path) -> Environment:
    """The environment of a program that works on that collection."""
    found = {**os.environ, "SRS_HOME": str(home), "TERM": "xterm-256color"}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found


def imported(folder: Path, front: str, cards: int) -> Environment:
    """An environment whose collection holds such cards, none answered."""
    found = environment(folder / "home")
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "cards.md"
    source.write_text(deck(front, cards))
    cpu_of([*SRS, "import", str(source)], found)
    return found


# The two collections of the second table


def build(folder: Path, plan: Plan) -> None:
    """`folder`/home with the whole log, and `folder`/small/home with its last fifth.

    Both have the same cards in the same states, so that they differ in the length of the log alone.
    The whole log is five times as long because it has older answers, as a log that grew.
    """
    imported(folder, FRONT, plan.cards)
    home = folder / "home"
    write_log(home, plan)
    rebuild(home)
    with closing(connect(str(home / FILE_NAME))) as connection:
        connection.execute("VACUUM")
    # The day's backup exists: its thread would run beside the first answers of every session.
    cpu_of([*SRS, "backup"], environment(home))
    shutil.copytree(home, folder / "small" / "home")
    forget_the_old(folder / "small" / "home", plan)


def card_ids(connection: sqlite3.Connection) -> list[bytes]:
    """The imported cards in the order of their file, the curriculum's left out."""
    sql = (
        "SELECT c.uid FROM card c JOIN note n ON n.id = c.note_id WHERE n.builtin = 0 ORDER BY n.id"
    )
    return [row[0] for row in connection.execute(sql)]


def write_log(home: Path, plan: Plan) -> None:
    """The made-up answers, as rows that the product would have written."""
    with closing(connect(str(home / FILE_NAME))) as connection, transaction(connection):
        device = connection.execute("SELECT value FROM meta WHERE key = 'device'").fetchone()[0]
        parameters = Parameters()
        row = (parameters.hash, parameters.canonical)
        connection.execute("INSERT OR IGNORE INTO params VALUES (?, ?)", row)
        connection.executemany(_INSERT, _log_rows(plan, card_ids(connection), device, row[0]))


def _log_rows(
    plan: Plan, uids: Sequence[bytes], device: bytes, parameters: bytes
) -> Iterator[tuple[Any, ...]]:
    calendar, rng, offsets = Calendar(), random.Random(plan.seed), dict[int, int]()
    for review in reviews(plan, uids, calendar):
        hour = review.at_ms // 3_600_000
        if hour not in offsets:
            offsets[hour] = calendar.offset_min(review.at_ms)
        uid = uuid7(review.at_ms, rng.randbytes(10))
        yield (
            uid, device, uids[review.card], review.at_ms, review.at_ms, review.day, offsets[hour],
            review.rating, review.duration_ms, parameters,
        )  # fmt: skip


def rebuild(home: Path) -> None:
    """Every state anew from the log, by the product's own code."""
    with closing(connect(str(home / FILE_NAME))) as connection, transaction(connection):
        product.rebuild(connection)


def blank_states(home: Path) -> None:
    """As if no card had been answered, so that the next rebuild has every state to write."""
    sql = (
        "UPDATE card_state SET phase = 0, step = NULL, stability_days = NULL, difficulty = NULL,"
        " due_ms = NULL, due_day = NULL, first_day = NULL, last_day = NULL, last_ms = NULL,"
        " reps = 0, lapses = 0, last_uid = NULL"
    )
    with closing(connect(str(home / FILE_NAME))) as connection:
        connection.execute(sql)


def forget_the_old(home: Path, plan: Plan) -> None:
    """Leave the older rows out of the log, and the states as they are."""
    with closing(connect(str(home / FILE_NAME))) as connection:
        with transaction(connection):
            for name in guards.GUARDS:
                connection.execute(f"DROP TRIGGER {name}")
            old = int(plan.reviews * _OLD_SHARE)
            connection.execute("DELETE FROM review_log WHERE seq <= ?", (old,))
            guards.put_back(connection, list(guards.GUARDS))
        connection.execute("VACUUM")


def rows_of(home: Path) -> tuple[list[CardState], list[tuple[int, int, int, int, int]]]:
    """The imported cards' states, and the log as (card's place, at_ms, day, rating, duration)."""
    with closing(connect(str(home / FILE_NAME))) as connection:
        uids = card_ids(connection)
        places = {uid: place for place, uid in enumerate(uids)}
        states = dict(log.states(connection))
        sql = "SELECT card, at_ms, day, rating, duration_ms FROM review_log ORDER BY seq"
        rows = [(places[row[0]], *row[1:]) for row in connection.execute(sql)]
    return [states[uid] for uid in uids], rows


# Answering

Answer = Callable[[Rating], object]
Statement = tuple[str, Any]


class Ticking:
    """A clock that a session moves on."""

    def __init__(self, start_ms: int) -> None:
        self.now_ms = start_ms

    def __call__(self) -> int:
        """The present instant."""
        return self.now_ms


class Recorder:
    """A connection that writes down what it is asked, for a bare script to ask again."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._statements: list[Statement] = []

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """As a connection does."""
        self._statements.append((sql, values))
        return self._connection.execute(sql, values)

    @property
    def in_transaction(self) -> bool:
        """As a connection says."""
        return self._connection.in_transaction

    def close(self) -> None:
        """As a connection does."""
        self._connection.close()

    def take(self) -> list[Statement]:
        """What was asked since the last time."""
        found, self._statements = self._statements, []
        return found


def opened(home: Path) -> Collection:
    """The collection, as the library opens it."""
    (home / "config.toml").write_text(f"reviews_per_day = {SETTINGS.reviews_per_day}\n")
    return open_collection(home)


def by_calls(collection: Collection, clock: Ticking) -> Answer:
    """Answers by the library's calls; each fetches the next card."""
    waiting = collection.next_card(clock())

    def answer(rating: Rating) -> None:
        nonlocal waiting
        clock.now_ms += ANSWER_MS
        assert waiting is not None
        collection.answer(waiting, rating, clock(), ANSWER_MS)
        waiting = collection.next_card(clock())

    return answer


def by_session(collection: Collection, clock: Ticking) -> Answer:
    """Answers by the session that the program itself runs on."""
    session = Review(collection, clock)

    def answer(rating: Rating) -> None:
        clock.now_ms += ANSWER_MS
        session.do(Rate(rating, ANSWER_MS))

    return answer


Drive = Callable[[Collection, Ticking], Answer]


def keep_all(_: Path) -> None:
    """Leaves what is kept for statistics as it is."""


def drop_counts(home: Path) -> None:
    """Empties the store of counts."""
    with closing(connect(str(home / FILE_NAME))) as connection, transaction(connection):
        tallies.replace_counts(connection, {})
        tallies.note_reach(connection, tallies.TALLIED, 0)


def drop_tallies(home: Path) -> None:
    """Drops all that is kept for statistics."""
    with closing(connect(str(home / FILE_NAME))) as connection, transaction(connection):
        forget(connection)


def statements(
    home: Path, drive: Drive, ratings: Sequence[Rating], start_ms: int
) -> list[list[Statement]]:
    """The SQL, answer by answer, that such a session asks of that collection."""
    recorder = Recorder(connect(str(home / FILE_NAME)))
    with Collection(recorder, str(home), SETTINGS) as collection:  # type: ignore[arg-type]
        answer = drive(collection, Ticking(start_ms))
        recorder.take()
        found = []
        for rating in ratings:
            answer(rating)
            found.append(recorder.take())
    return found


def replay(connection: sqlite3.Connection, asked: Sequence[Statement]) -> None:
    """The same SQL with the same values and nothing else."""
    for sql, values in asked:
        connection.execute(sql, values).fetchall()


def rate_line(rating: Rating = Rating.GOOD) -> str:
    """An answer in the words of `srs review --jsonl`."""
    return json.dumps({"do": "rate", "rating": rating.name.lower(), "duration_ms": ANSWER_MS})
