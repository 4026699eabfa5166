"""The second table: many cards with a long log, against Anki and against bare SQLite."""

from __future__ import annotations

import inspect
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from srs.days import Calendar
from srs.model import Rating
from srs.store import schema
from srs.store.connection import FILE_NAME, connect
from tests.bench import log, ours, theirs
from tests.bench.log import RATINGS, Plan
from tests.bench.measure import (
    Row,
    alternate,
    cpu_of,
    cpu_of_call,
    cpu_until,
    memory_after,
    row,
)

_BLOCKS, _BLOCK = 15, 20  # pairs, and answers in each
_PAIRS, _SLOW_PAIRS = 11, 3
_SYNCS = 20
_MS = 1000.0


def plan_for_today(cards: int, reviews: int) -> Plan:
    """A log that ends on the present study day: Anki reads the clock itself."""
    return Plan(cards, reviews, Calendar().day_of(theirs.now_ms()))


def built(folder: Path, plan: Plan) -> Path:
    """The folder with all collections of that plan; builds them unless they are there."""
    mark = folder / "built.json"
    made_of = [*plan, _makers()]
    if mark.exists() and json.loads(mark.read_text()) == made_of:
        return folder
    for name in ("ours", "theirs"):
        shutil.rmtree(folder / name, ignore_errors=True)
    mark.unlink(missing_ok=True)
    start = time.monotonic()
    ours.build(folder / "ours", plan)
    half = time.monotonic()
    theirs.build(folder / "theirs", folder / "ours" / "home", plan)
    mark.write_text(json.dumps(made_of))
    print(f"built in {half - start:.0f} s (ours) and {time.monotonic() - half:.0f} s (Anki's)")
    return folder


def _makers() -> str:
    """Changes with the tables or with the log made up: then collections are built anew."""
    sources = (inspect.getsource(module) for module in (schema, log))
    return blake2b("".join(sources).encode(), digest_size=8).hexdigest()


def agreement(folder: Path) -> float:
    """The share of learned cards whose stability is within a thousandth of Anki's."""
    states, _ = ours.rows_of(folder / "ours" / "home")
    pairs = zip(states, theirs.stabilities(folder / "theirs"), strict=True)
    near = [
        their is not None and abs(mine.stability_days / their - 1) < 1e-3
        for mine, their in pairs
        if mine.stability_days is not None
    ]
    return sum(near) / len(near)


@contextmanager
def copies(source: Path, count: int) -> Iterator[list[Path]]:
    """Copies of a folder to write in, so that what was built stays as it was."""
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        found = [Path(name) / str(number) for number in range(count)]
        for copy in found:
            shutil.copytree(source, copy)
        yield found


def rows(folder: Path) -> Iterator[Row]:
    """The lines of the table, as they are measured."""
    for name, drive in (("library calls", ours.by_calls), ("srs.Review", ours.by_session)):
        yield from answering(folder, name, drive)
    yield syncs(folder)
    yield first_card(folder)
    yield rebuilding(folder, blank=False)
    yield rebuilding(folder, blank=True)
    yield from memory(folder)
    yield from growth(folder)
    yield from statistics_(folder)


# a. answer -> durable -> next card


def answering(folder: Path, name: str, drive: ours.Drive) -> Iterator[Row]:
    """CPU and wall of an answer with the next card: ours, the bare SQL, and Anki, in turns."""
    rng, count = random.Random(1), (_BLOCKS + 1) * _BLOCK
    ratings = [Rating(r) for r in rng.choices(*RATINGS, k=count)]
    start_ms = theirs.now_ms()
    with (
        copies(folder / "ours" / "home", 3) as (home, bare, draft),
        copies(folder / "theirs", 1) as (anki,),
    ):
        asked = ours.statements(draft, drive, ratings, start_ms)
        with (
            ours.opened(home) as collection,
            closing(connect(str(bare / FILE_NAME))) as connection,
            theirs.opened(anki) as other,
        ):
            turns = (
                _each(drive(collection, ours.Ticking(start_ms)), ratings),
                _each(lambda statements: ours.replay(connection, statements), asked),
                _each(theirs.Session(other).answer, ratings),
            )
            found = [[turn() for turn in turns] for _ in range(_BLOCKS + 1)][1:]
    mine, sql, anki_ = (list(zip(*series, strict=True)) for series in zip(*found, strict=True))
    what = f"answer and next card, {name}"
    yield row(f"{what}: CPU ms / bare SQL", (mine[0], sql[0]), 1.5, _MS)
    yield row(f"{what}: wall p50 ms / bare SQL", (mine[1], sql[1]), 1.5, _MS)
    yield row(f"{what}: CPU ms / Anki", (mine[0], anki_[0]), 2.0, _MS)


def _each(act: Callable[[Any], object], inputs: list[Any]) -> Callable[[], tuple[float, float]]:
    """A turn: the next block of inputs; returns mean CPU and median wall seconds of one."""
    waiting = iter(inputs)

    def turn() -> tuple[float, float]:
        cpu, wall = [], []
        for _ in range(_BLOCK):
            one = next(waiting)
            start_wall, start_cpu = time.perf_counter(), time.process_time()
            act(one)
            cpu.append(time.process_time() - start_cpu)
            wall.append(time.perf_counter() - start_wall)
        return statistics.fmean(cpu), statistics.median(wall)

    return turn


def syncs(folder: Path) -> Row:
    """How often an answer asks the disk for durability."""
    if shutil.which("strace") is None:
        return Row("fdatasync per answer: not measured, no strace", 0, 1, 0, None)
    once, twice = (_syncs_of(folder, answers) for answers in (_SYNCS, 2 * _SYNCS))
    each = (twice - once) / _SYNCS
    return Row("fdatasync and fsync per answer", each, 1, each, 1)


def _syncs_of(folder: Path, answers: int) -> int:
    with copies(folder / "ours" / "home", 1) as (home,):
        trace = home / "trace"
        command = ["strace", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-o", str(trace)]
        subprocess.run(
            [*command, *ours.SRS, "review", "--jsonl"],
            env=ours.environment(home), input=f"{ours.rate_line()}\n" * answers, text=True,
            stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        return sum("sync(" in line for line in trace.read_text().splitlines())


# b. from process start to the first card


def first_card(folder: Path) -> Row:
    """CPU until a card is on the screen."""
    home = ours.environment(folder / "ours" / "home")
    with copies(folder / "theirs", 1) as (anki,):
        series = alternate(
            lambda: cpu_until([*ours.SRS, "review"], home, ours.SEEN),
            lambda: cpu_until(theirs.to_the_first_card(anki), home, ours.SEEN),
            _PAIRS,
        )
    return row("process start to first card: CPU ms / Anki", series, 0.5, _MS)


# c. every state anew


def rebuilding(folder: Path, *, blank: bool) -> Row:
    """CPU of computing every state from the whole log and comparing it with the one that is stored:
    as a sound collection finds it, or `blank`, so that every one must be written."""
    with (
        copies(folder / "ours" / "home", 1) as (home,),
        copies(folder / "theirs", 1) as (anki,),
        theirs.opened(anki) as collection,
    ):
        pairs = []
        for _ in range(_SLOW_PAIRS):
            if blank:
                ours.blank_states(home)
            mine = cpu_of_call(lambda: ours.rebuild(home))
            pairs.append((mine, cpu_of_call(lambda: theirs.recompute(collection))))
    ours_s, anki_s = zip(*pairs, strict=True)
    found = "all written" if blank else "found right"
    return row(f"every state anew, {found}: CPU s / Anki", (ours_s, anki_s), 1.0)


# d. memory


def memory(folder: Path) -> Iterator[Row]:
    """Resident memory of a session after twenty answers."""
    with copies(folder / "ours" / "home", 1) as (home,), copies(folder / "theirs", 1) as (anki,):
        environment, lines = ours.environment(home), [ours.rate_line()] * 20
        pairs = [
            (
                memory_after([*ours.SRS, "review", "--jsonl"], environment, lines),
                memory_after(theirs.session(anki), environment, lines),
            )
            for _ in range(_SLOW_PAIRS)
        ]
    for name in ("now", "peak"):
        series = [[getattr(pair[side], name) for pair in pairs] for side in (0, 1)]
        yield row(f"memory after 20 answers, {name}: MB / Anki", (series[0], series[1]), 0.5)


# e. the daily commands as the log grows


def growth(folder: Path) -> Iterator[Row]:
    """The whole log against its last fifth; cards, states and what is due are the same."""
    whole = ours.environment(folder / "ours" / "home")
    small = ours.environment(folder / "ours" / "small" / "home")
    due = [*ours.SRS, "due"]
    series = alternate(lambda: cpu_of(due, whole), lambda: cpu_of(due, small), 2 * _PAIRS)
    yield row("srs due: CPU ms / with a fifth of the log", series, 1.15, _MS)
    review = [*ours.SRS, "review"]
    series = alternate(
        lambda: cpu_until(review, whole, ours.SEEN),
        lambda: cpu_until(review, small, ours.SEEN),
        2 * _PAIRS,
    )
    yield row("first card: CPU ms / with a fifth of the log", series, 1.15, _MS)


# f. statistics


def statistics_(folder: Path) -> Iterator[Row]:
    """All figures of the whole log against Anki's graphs of it: with what is kept for them, without
    the counts, and without anything."""
    kept = (("warm", ours.keep_all, 1.0), ("counts dropped", ours.drop_counts, 3.0),
            ("first ever", ours.drop_tallies, None))  # fmt: skip
    with (
        copies(folder / "ours" / "home", 1) as (home,),
        copies(folder / "theirs", 1) as (anki,),
        ours.opened(home) as collection,
        theirs.opened(anki) as other,
    ):
        now_ms = theirs.now_ms()
        for name, drop, limit in kept:

            def turn(drop: Callable[[Path], None] = drop) -> float:
                drop(home)
                return cpu_of_call(lambda: collection.stats(now_ms))

            series = alternate(turn, lambda: cpu_of_call(lambda: theirs.graphs(other)), _PAIRS)
            yield row(f"statistics, {name}: CPU ms / Anki's graphs", series, limit, _MS)
