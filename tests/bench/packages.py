"""Anki packages: reading one, against Anki's own import of it."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from decks import anki as packages
from srs import Wish, open_collection
from tests.anki_backend import anki, import_package
from tests.bench.measure import Row, alternate, cpu_of_call, row

_PAIRS = 5
_NOTES, _REVIEWS = 10_000, 100_000
_FIRST_ID = 1_500_000_000_000
_DAY_S = 86_400
_TEXT = (
    "a cache in front of the store saves reads only for keys that were read before; latency,"
    " throughput and p99 of each shard follow from the slowest replica, so hedge requests"
)
_MARKED = "<b>{}</b> of x&nbsp;&lt; y<br>and <i>then</i><div>{}</div>"  # every other answer


def rows() -> Iterator[Row]:
    """A current package of 10,000 notes, some with markup, and 100,000 reviews."""
    with tempfile.TemporaryDirectory() as name:
        path = build(Path(name))
        series = alternate(
            lambda: cpu_of_call(lambda: _read(path)), lambda: _imported(path, Path(name)), _PAIRS
        )
        what = f"package of {_NOTES:,} notes and {_REVIEWS:,} reviews read"
        yield row(f"{what}: CPU ms / Anki's import", series, None, 1000.0)
        series = alternate(lambda: _taken_in(path), lambda: _imported(path, Path(name)), _PAIRS)
        yield row("the same into a collection: CPU ms / Anki's import", series, None, 1000.0)


def build(folder: Path, notes: int = _NOTES, reviews: int = _REVIEWS) -> Path:
    """A current package as Anki writes it."""
    with anki(folder / "made") as collection:
        collection.set_config("fsrs", True)
        collection.db.execute("update col set crt = crt - ?", 2000 * _DAY_S)
    with anki(folder / "made") as collection:
        collection.db.transact(lambda: _fill(collection, notes, reviews))
        path = folder / "made.apkg"
        _export(collection, path)
    return path


def _export(collection: Any, path: Path) -> None:
    from anki.import_export_pb2 import ExportAnkiPackageOptions, ExportLimit

    options = ExportAnkiPackageOptions(
        with_scheduling=True, with_deck_configs=True, with_media=True, legacy=False
    )
    everything = ExportLimit(whole_collection={})
    collection._backend.export_anki_package(out_path=str(path), options=options, limit=everything)


def _fill(collection: Any, notes: int, reviews: int) -> None:
    rng = random.Random(1)
    kind, today = collection.models.by_name("Basic")["id"], collection.sched.today
    ids = range(_FIRST_ID, _FIRST_ID + notes)
    collection.db.executemany(
        "insert into notes values (?, ?, ?, 1, -1, '', ?, ?, 0, 0, '')",
        [(n, f"guid{n}", kind, f"{_some(rng, 8)} {n}\x1f{_answer(rng, n)}", str(n)) for n in ids],
    )
    collection.db.executemany(
        "insert into cards values (?, ?, 1, 0, 1, -1, 2, 2, ?, ?, 2500, 10, 0, 0, 0, 0, 0, '')",
        [(n, n, today + rng.randrange(90), rng.randrange(1, 90)) for n in ids],
    )
    collection.db.executemany(
        "insert into revlog values (?, ?, -1, 3, 1, 1, 2500, 8000, ?)",
        list(_log(rng, ids, reviews)),
    )


def _some(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_TEXT.split(), k=words))


def _answer(rng: random.Random, number: int) -> str:
    if number % 2:
        return _some(rng, 25)
    return _MARKED.format(_some(rng, 3), _some(rng, 15))


def _log(rng: random.Random, ids: range, reviews: int) -> Iterator[tuple[int, int, int]]:
    start_ms = (time.time_ns() // 10**9 - 1500 * _DAY_S) * 1000
    each = reviews // len(ids)
    for place, card in enumerate(ids):
        for number in range(each):
            at_ms = start_ms + number * 100 * _DAY_S * 1000 + place * 1000 + rng.randrange(900)
            yield at_ms, card, int(number > 0)


def _read(path: Path) -> None:
    found = packages.read(str(path), path.name)
    assert found.counts.reviews == _REVIEWS, found.counts


def _taken_in(path: Path) -> float:
    """CPU of the whole import into a fresh collection, to the commit."""
    with tempfile.TemporaryDirectory() as name, open_collection(name, create=True) as collection:
        now_ms = time.time_ns() // 1_000_000
        spent = cpu_of_call(lambda: collection.import_paths([str(path)], Wish(), now_ms))
        assert collection.stats(now_ms).answers == _REVIEWS
        return spent


def _imported(path: Path, folder: Path) -> float:
    """CPU of Anki's import into a fresh collection."""
    other = folder / "other"
    with anki(other) as collection:
        spent = cpu_of_call(lambda: import_package(collection, path))
    shutil.rmtree(other)
    return spent
