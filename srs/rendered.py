"""HTML that earlier exports made, kept beside the collection so that it need not be made again.

It may be deleted at any time. Whatever goes wrong with it costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from functools import cached_property
from hashlib import blake2b
from importlib import metadata
from pathlib import Path

from srs.files import make_folder

FOLDER = "cache"  # of a home
_MOST_ROWS = 200_000  # then it begins anew
_PACKAGES = ("exporters", "decks")
_LIBRARIES = ("markdown-it-py", "pygments")
_TABLE = "CREATE TABLE IF NOT EXISTS html (name BLOB PRIMARY KEY, made TEXT) WITHOUT ROWID"


class Rendered:
    """Fields of notes by the name of what they were made from; see `exporters.base.Kept`."""

    def __init__(self, home: str) -> None:
        self._folder = Path(home, FOLDER)
        self._fresh: dict[bytes, str] = {}

    def get(self, name: bytes) -> str | None:
        """What was kept under the name, if anything."""
        if self._connection is None:
            return None
        with contextlib.suppress(sqlite3.Error):
            sql = "SELECT made FROM html WHERE name = ?"
            row = self._connection.execute(sql, (name,)).fetchone()
            return str(row[0]) if row else None
        return None

    def put(self, name: bytes, made: str) -> None:
        """Keep it, once it is saved."""
        self._fresh[name] = made

    def save(self) -> None:
        """Write what is new to the disk."""
        connection = self._connection
        if connection is None or not self._fresh:
            return
        with contextlib.suppress(sqlite3.Error), connection:
            count = connection.execute("SELECT count(*) FROM html").fetchone()[0]
            if count > _MOST_ROWS:
                connection.execute("DELETE FROM html")
            rows = self._fresh.items()
            connection.executemany("INSERT OR REPLACE INTO html VALUES (?, ?)", rows)
            self._fresh = {}

    @cached_property
    def _connection(self) -> sqlite3.Connection | None:
        try:
            return self._opened()
        except (sqlite3.Error, OSError):
            return None

    def _opened(self) -> sqlite3.Connection:
        make_folder(self._folder)
        path = self._folder / f"html-{_makers()}.db"
        for other in self._folder.glob("html-*.db"):
            if other != path:  # of another version
                other.unlink()
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        try:
            return _connected(path)
        except sqlite3.DatabaseError:
            path.unlink()  # damaged
            return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0.1)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(_TABLE)
    return connection


def _makers() -> str:
    """The same as long as equal notes make equal HTML: of our sources and the libraries."""
    hashed = blake2b(digest_size=8)
    here = Path(__file__).resolve().parents[1]
    for package in _PACKAGES:
        for path in sorted(Path(here, package).rglob("*.py")):
            hashed.update(path.read_bytes())
    for library in _LIBRARIES:
        hashed.update(metadata.version(library).encode())
    return hashed.hexdigest()
