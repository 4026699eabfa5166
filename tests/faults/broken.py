"""The program with a fault planted in it, to show that a harness can fail.

`python -m tests.faults.broken FAULT review --jsonl …` runs it so; the fork server plants the same.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from typing import Any

from srs.store import connection as store_connection
from srs.store import log

_write = log.write


def ack_first() -> None:
    """Says "saved" before the row is on disk."""

    def write(connection: sqlite3.Connection, changes: Any, *more: Any) -> bool:
        from srs.cli.output import print_json

        first = changes[0]
        review, card = first.stamp.uid.hex(), first.card.hex()
        print_json({"event": "saved", "review": review, "card": card})
        return _write(connection, changes, *more)

    log.write = write  # type: ignore[assignment]


def two_transactions() -> None:
    """Commits the state first, then the row that it follows from."""

    class Split:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def execute(self, sql: str, *values: Any) -> Any:
            done = self._connection.execute(sql, *values)
            if sql.startswith("UPDATE card_state"):
                self._connection.execute("COMMIT")
                self._connection.execute("BEGIN IMMEDIATE")
            return done

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    def write(connection: sqlite3.Connection, *positional: Any, **more: Any) -> bool:
        return _write(Split(connection), *positional, **more)  # type: ignore[arg-type]

    log.write = write  # type: ignore[assignment]


def sync_off() -> None:
    """Leaves it to the system when the answers reach the disk."""
    pragmas = store_connection._PRAGMAS
    store_connection._PRAGMAS = tuple(
        pragma.replace("synchronous = FULL", "synchronous = OFF") for pragma in pragmas
    )  # type: ignore[assignment]


def names_off() -> None:
    """Leaves it to the system when the names of files reach the disk."""
    fsync = os.fsync

    def files_only(descriptor: int) -> None:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            fsync(descriptor)

    os.fsync = files_only  # type: ignore[assignment]


def plant(fault: str) -> None:
    """Plant a fault by its name; the empty name plants none."""
    if fault:
        {
            "ack-first": ack_first,
            "two-transactions": two_transactions,
            "sync-off": sync_off,
            "names-off": names_off,
        }[fault]()


if __name__ == "__main__":
    from srs.cli import main

    plant(sys.argv[1])
    sys.argv[:] = ["srs", *sys.argv[2:]]
    main()
