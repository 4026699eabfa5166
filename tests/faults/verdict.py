"""What became of the answers: the law that every harness holds the program to.

Whatever was acknowledged is in the log; at most one row more is there; the file is sound; every
state follows from the log.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from srs import open_collection

NOW_MS = 1_777_000_000_000
_SAVED = ("saved", "suspended", "buried")


class Acked(NamedTuple):
    """Ids of rows, undo rows apart, and of the rows that were taken back."""

    rows: frozenset[str]
    undone: frozenset[str]


NOTHING = Acked(frozenset(), frozenset())


def acknowledged(out: str) -> Acked:
    """What a session's JSON lines say is on disk; a last line cut short says nothing."""
    rows, undone = set(), set()
    for line in out.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("event") in _SAVED:
            rows.add(event["review"])
        elif event.get("event") == "undone":
            undone.add(event["review"])
    return Acked(frozenset(rows), frozenset(undone))


def log_of(home: Path) -> Acked:
    """The same of what is in the log."""
    if not (home / "collection.db").exists():
        return NOTHING
    with closing(sqlite3.connect(home / "collection.db")) as connection:
        rows = connection.execute("SELECT hex(uid), kind, hex(undoes) FROM review_log").fetchall()
    written = frozenset(uid.lower() for uid, kind, _ in rows if kind != "undo")
    undone = frozenset(undoes.lower() for _, kind, undoes in rows if kind == "undo")
    return Acked(written, undone)


def faults(home: Path, acked: Acked, before: Acked = NOTHING) -> list[str]:
    """What is wrong with a collection after a session; `before` is what it held until then."""
    if not (home / "collection.db").exists():
        return ["the collection is gone"] if acked.rows or before.rows else []
    found = unsound(home)
    if found:
        return found
    rows, undone = log_of(home)
    expected, taken_back = before.rows | acked.rows, before.undone | acked.undone
    lost, lost_undos = expected - rows, taken_back - undone
    if lost or lost_undos:
        found.append(f"lost {len(lost)} answers and {len(lost_undos)} undos")
    more = len(rows - expected) + len(undone - taken_back)
    if more > 1:
        found.append(f"{more} rows that nobody was told of")
    return found


def unsound(home: Path) -> list[str]:
    """What the program's own check finds, integrity and replay included."""
    try:
        with open_collection(home, create=False, mend=False) as collection:
            findings = collection.check(NOW_MS)
    except Exception as error:  # whatever it is, the collection cannot be used
        return [f"cannot be opened: {error}"]
    return [finding.message for finding in findings if finding.severity == "error"]


def content_of(home: Path) -> str:
    """All that a collection holds, in short; empty when there is none."""
    if not (home / "collection.db").exists():
        return ""
    digest = hashlib.sha256()
    try:
        with closing(sqlite3.connect(home / "collection.db")) as connection:
            for line in connection.iterdump():
                digest.update(line.encode())
    except sqlite3.Error as error:
        return f"unreadable: {error}"
    return digest.hexdigest()


def copies_of(home: Path) -> set[str]:
    """Names of the whole backups, and of collections that were set aside."""
    found = {path.name for path in home.glob("collection-*.db")}
    for path in (home / "backups").glob("*.db.gz"):
        with suppress(OSError, EOFError, zlib.error):
            gzip.decompress(path.read_bytes())
            found.add(path.name)
    return found
