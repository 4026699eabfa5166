"""Random lives of two devices that share their cards, for the laws of statistics."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import strategies as st

import decks
from decks.errors import UsageError
from srs import Card, Collection, Flag, Rating, Settings
from srs.importing import note_curriculum
from srs.scheduling import Parameters, Scheduler
from srs.store.agenda import Span
from srs.store.connection import FILE_NAME, connect
from srs.store.create import create

MONDAY_MS = 1_774_252_800_000  # 2026-03-23T08:00:00Z, the week before summer time
DAY_MS = 86_400_000
_MAIN = (
    "C: A rollout runs [shadow], then [canary].\n\nQ: One?\nA: 1\nVariant: Uno? (1)\n\n"
    "hot ::: cold\n\n## label-shift\n\nQ: Two?\nA: 2\n\n## covariate-shift\n\n"
    "Q: Three?\nA: 3\nVariant: Tre? (3)\nVariant: Drei? (3)\n\n## a-concept-of-ones-own\n\n"
    "Q: Four?\nA: 4\n"
)
TEXTS = (
    _MAIN,
    _MAIN.replace("Q: Two?\nA: 2\n", "Q: Two, in other words?\nA: 2\n"),
    _MAIN.replace("[shadow]", "shadow"),
    _MAIN.replace("## label-shift", "## drift-detection"),
    _MAIN.replace("Q: Four?\nA: 4\n", ""),
)
SETTINGS = (
    Settings(zone="Europe/Berlin", leech_lapses=2),
    Settings(zone="America/New_York", leech_lapses=0, desired_retention=0.8),
    Settings(zone="Pacific/Kiritimati", rollover_hour=0, leech_lapses=3, leech_action="tag"),
    Settings(zone="UTC", rollover_hour=23, learning_steps_s=(), relearning_steps_s=()),
    Settings(zone="UTC", learning_steps_s=(60, 3 * 86_400), relearning_steps_s=(86_400,)),
)
TABLES = {"recollected": "recollection", "tallied": "tally"}  # by what says how far they go
FORGOTTEN = (("recollected",), ("tallied",), ("recollected", "tallied"))
_WEIGHTS = Parameters().weights
_OTHERS = Parameters(weights=(*_WEIGHTS[:-1], 0.4), learning_steps_s=())
_STRIDES_DAYS = (0, 1, 1, 1, 2, 7, 30, 120)
_DURATIONS_MS = (None, 0, 900, 7_000, 60_000, 9_999_999)
_CONFIDENCES = (None, None, 50, 70, 90, 100)
_OFTEN = ["rate", "sweep", "sweep", "undo", "undo old", "ask", "ask"]
_SELDOM = [
    "reset", "suspend", "unsuspend", "bury", "flag", "edit", "disable", "enable", "settings",
    "other weights", "merge", "forget", "relink", "relink",
]  # fmt: skip
_WAITS_MS = (
    0, 1_000, 70_000, 700_000, 5 * 3_600_000, 11 * 3_600_000, DAY_MS, DAY_MS, 3 * DAY_MS,
    40 * DAY_MS, 400 * DAY_MS, -3_600_000, -DAY_MS, -35 * DAY_MS,
)  # fmt: skip


class Act(NamedTuple):
    """Something that is done on one of the devices."""

    device: int
    word: str
    number: int  # which card, text or row; the seed of a sweep
    wait_ms: int  # since the act before, by the clock


ACTS = st.lists(
    st.builds(
        Act,
        st.integers(0, 1),
        st.sampled_from(_OFTEN * 2 + _SELDOM),
        st.integers(0, 63),
        st.sampled_from(_WAITS_MS),
    ),
    max_size=24,
)


@cache
def _blank() -> bytes:
    """A collection without cards."""
    with TemporaryDirectory() as folder:
        path = Path(folder, FILE_NAME)
        create(path, note_curriculum).close()
        return path.read_bytes()


class Device:
    """A collection in a file, open all the time, with settings that may change."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.at_ms = MONDAY_MS
        home.mkdir()
        (home / FILE_NAME).write_bytes(_blank())
        self.open(SETTINGS[0])
        name = home.name.encode().ljust(16, b".")
        self.connection.execute("UPDATE meta SET value = ? WHERE key = 'device'", (name,))
        self.edit(0)

    def open(self, settings: Settings) -> None:
        self.collection = Collection(self._connect(), str(self.home), settings)

    def _connect(self) -> sqlite3.Connection:
        connection = connect(str(self.home / FILE_NAME))
        connection.execute("PRAGMA synchronous = OFF")  # no law here is about power loss
        return connection

    @property
    def connection(self) -> sqlite3.Connection:
        return self.collection._connection

    def cards(self) -> list[Card]:
        return list(self.collection.cards(self._whole()))

    def _whole(self) -> Span:
        return self.collection.span(self.at_ms)

    def edit(self, number: int) -> None:
        source, second = self.home / "main.md", self.home / "second.md"
        source.write_text(TEXTS[number % len(TEXTS)])
        second.write_text("Q: Five?\nA: 5\n\nQ: Six?\nA: 6\n")
        self.collection.import_files(decks.read([source, second]), self.at_ms)

    def answer(self, collection: Collection, card: bytes, rng: random.Random) -> None:
        """Some answer, to the card in the form whose turn it is, or in its main form."""
        fetch = rng.choice([collection.ask, collection.ask, collection.card])
        rating = Rating(rng.choices([1, 2, 3, 4], [3, 1, 6, 1])[0])
        duration_ms, confidence = rng.choice(_DURATIONS_MS), rng.choice(_CONFIDENCES)
        collection.answer(fetch(card), rating, self.at_ms, duration_ms, confidence=confidence)

    def sweep(self, collection: Collection, seed: int) -> None:
        """Some days of study, in which most cards are answered."""
        rng = random.Random(seed)
        for _ in range(rng.randrange(1, 6)):
            for card in self.cards():
                if rng.random() < 0.8:
                    self.answer(collection, card.uid, rng)
                    self.at_ms += rng.randrange(90_000)
            self.at_ms += rng.choice(_STRIDES_DAYS) * DAY_MS

    def undo_old(self, number: int) -> None:
        rows = self.connection.execute(
            "SELECT uid FROM review_log WHERE kind <> 'undo' ORDER BY seq"
        ).fetchall()
        if rows:
            self.collection.undo(self.at_ms, rows[number * 7 % len(rows)][0])

    def relink(self, number: int) -> None:
        """Some card's history goes to another, orphans among them."""
        found = [*self.cards(), *self.collection.cards(self._whole(), orphans=True)]
        one, other = number % len(found), number // 3 % len(found)
        with suppress(UsageError):  # it has none, or it is the same card
            plan = self.collection.plan_relink([found[one]], [found[other]])
            self.collection.relink(plan, self.at_ms)

    def with_other_weights(self, seed: int) -> None:
        """Another program, of parameters that nobody's settings ask for, writes to the file."""
        settings = self.collection.settings
        with Collection(self._connect(), str(self.home), settings) as another:
            engine = another._engine
            engine.parameters, engine.scheduler = _OTHERS, Scheduler(_OTHERS)
            self.sweep(another, seed)
        self.collection.daily.forget()


def act(devices: list[Device], what: Act, ask: Callable[[Device], None]) -> None:
    """Do it; `ask` is what asks for statistics."""
    device, number = devices[what.device], what.number
    device.at_ms = max(MONDAY_MS, device.at_ms + what.wait_ms)
    collection = device.collection
    match what.word:
        case "ask":
            ask(device)
        case "sweep":
            device.sweep(collection, number)
        case "other weights":
            device.with_other_weights(number)
        case "edit":
            device.edit(number)
        case "undo":
            collection.undo(device.at_ms)
        case "undo old":
            device.undo_old(number)
        case "settings":
            collection.close()
            device.open(SETTINGS[number % len(SETTINGS)])
        case "merge":
            collection.merge(devices[1 - what.device].home / FILE_NAME, device.at_ms)
        case "relink":
            device.relink(number)
        case "forget":
            forget(device, *FORGOTTEN[number % len(FORGOTTEN)])
        case "disable" | "enable":
            name = ("main", "second")[number % 2]
            collection.enable_decks([name], device.at_ms, enabled=what.word == "enable")
        case _:
            to_a_card(device, what.word, number)


def to_a_card(device: Device, word: str, number: int) -> None:
    found, collection = device.cards(), device.collection
    if not found:
        return
    card = found[number % len(found)]
    if word == "rate":
        device.answer(collection, card.uid, random.Random(number))
    elif word == "flag":
        collection.flag(card, Flag.RED, device.at_ms)
    else:
        getattr(collection, word)(card, device.at_ms)


def live(folder: Path, acts: list[Act], ask: Callable[[Device], None]) -> list[Device]:
    """Two devices after all that; the caller closes their collections."""
    devices = [Device(folder / "one"), Device(folder / "two")]
    for what in acts:
        act(devices, what, ask)
    return devices


def forget(device: Device, *caches: str) -> None:
    """Throw away what is kept of the log: what was known before each answer, or the counts."""
    for cached in caches:
        device.connection.execute(f"DELETE FROM {TABLES[cached]}")
        device.connection.execute("DELETE FROM meta WHERE key = ?", (cached,))
