"""Imports: a large file for the first time, many files unchanged, how long others must wait."""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

import decks
from srs import Collection, Wish, importing, open_collection
from tests.bench.measure import Row, alternate, cpu_of_call, row

_NOW_MS = 1_772_438_400_000
_PAIRS = 9
_MS = 1000.0
_TABLES = ("note", "card", "card_state")
_COUNT = 10_000


def rows() -> Iterator[Row]:
    """All of them."""
    yield first_import("5 and 8 words a side", 5, 8)
    yield first_import("12 and 25 words a side", 12, 25)
    yield unchanged()
    yield locked()


@contextmanager
def fresh() -> Iterator[Collection]:
    """A new collection with the built-in decks."""
    with tempfile.TemporaryDirectory() as name, open_collection(name, create=True) as collection:
        yield collection


def cards(asked: int, answered: int) -> str:
    """A file of cards of that many words."""
    rng = random.Random(1)
    words = [word for file in decks.builtin() for n in file.parsed.notes for word in n.back.split()]

    def said(count: int) -> str:
        return " ".join(rng.choices(words, k=count))

    return "\n".join(f"Q: {n} {said(asked)}?\nA: {said(answered)}.\n" for n in range(_COUNT))


def first_import(what: str, asked: int, answered: int) -> Row:
    """One file of 10,000 cards, from reading it to the commit, against parsing it as markdown."""
    text = cards(asked, answered)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "cards.md")
        path.write_text(text)

        def ours() -> float:
            with fresh() as collection:
                return cpu_of_call(lambda: _take(collection, path))

        series = alternate(ours, lambda: cpu_of_call(lambda: MarkdownIt().parse(text)), _PAIRS)
    return row(f"first import, {what}: CPU ms / MarkdownIt().parse", series, 1.0, _MS)


def _take(collection: Collection, path: Path) -> None:
    found = collection.import_paths([str(path)], Wish(), _NOW_MS)
    assert found.receipt.added == _COUNT, found.receipt


def unchanged() -> Row:
    """10,000 files that are as they were, against listing them and asking for their stamps."""
    with tempfile.TemporaryDirectory() as name, fresh() as collection:
        folder = Path(name, "notes")
        for number in range(_COUNT):
            path = folder / f"topic{number % 100:02}" / f"card-{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"Q: What is {number}?\nA: It is {number}.\n")
        wish = Wish(clock_ns=time.time_ns() + 10**10)
        collection.import_paths([str(folder)], wish, _NOW_MS)

        def sync() -> None:
            assert collection.sync(wish, _NOW_MS).receipt.unchanged == _COUNT

        series = alternate(
            lambda: cpu_of_call(sync), lambda: cpu_of_call(partial(_look, str(folder))), _PAIRS
        )
    return row("10,000 files unchanged: CPU ms / scandir and stat", series, 2.5, _MS)


def _look(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                _look(entry.path)
            else:
                entry.stat()


def locked() -> Row:
    """The time for which others cannot write, against writing the same rows and nothing else."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "cards.md")
        path.write_text(cards(5, 8))
        with fresh() as collection:
            _take(collection, path)
            taken = _rows_of(collection._connection)
        series = alternate(lambda: _ours(path), lambda: _plain(taken), _PAIRS)
    return row("write lock of that import: CPU ms / executemany", series, 2.0, _MS)


def _rows_of(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()[-_COUNT:]
        for table in _TABLES
    }


def _ours(path: Path) -> float:
    spent = []
    transaction = importing.transaction  # type: ignore[attr-defined]

    @contextmanager
    def timed(connection: sqlite3.Connection) -> Iterator[None]:
        start = time.process_time()
        with transaction(connection):
            yield
        spent.append(time.process_time() - start)

    with fresh() as collection:
        importing.transaction = timed  # type: ignore[attr-defined]
        try:
            _take(collection, path)
        finally:
            importing.transaction = transaction  # type: ignore[attr-defined]
    return sum(spent)


def _plain(taken: dict[str, list[tuple[Any, ...]]]) -> float:
    with fresh() as collection:
        connection = collection._connection
        deck = taken["note"][0][3]
        connection.execute("INSERT INTO deck (id, name) VALUES (?, 'cards')", (deck,))
        write: Callable[[], None] = partial(_write, connection, taken)
        return cpu_of_call(write)


def _write(connection: sqlite3.Connection, taken: dict[str, list[tuple[Any, ...]]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table, found in taken.items():
        marks = ", ".join("?" * len(found[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
    connection.execute("COMMIT")
