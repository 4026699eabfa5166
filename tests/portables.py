"""Portable backups in tests: written, read back, and what a collection holds that is no cache."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import exporters
from exporters.writing import pieces
from srs import Collection, Wanted

# What is truth in each table, caches left out; `srs.store.rows_out` says which these are.
HELD = {
    "meta": "SELECT key, value FROM meta WHERE key IN ('device', 'builtin_ms') ORDER BY key",
    "deck": "SELECT * FROM deck ORDER BY id",
    "note": "SELECT * FROM note ORDER BY id",
    "card": "SELECT * FROM card ORDER BY uid",
    "params": "SELECT * FROM params ORDER BY hash",
    "review_log": "SELECT * FROM review_log ORDER BY seq",
    "card_state": "SELECT * FROM card_state ORDER BY card",
    "wording": "SELECT * FROM wording ORDER BY note_id, text_hash",
    "source": "SELECT * FROM source ORDER BY path",
    "source_file": "SELECT path, source, notes, cards, card_lines, prose_lines FROM source_file"
    " ORDER BY path",
    "concept": "SELECT * FROM concept ORDER BY slug",
}


def exported(collection: Collection, at_ms: int, wanted: Wanted | None = None) -> bytes:
    """The portable backup of a collection, or of what is wanted of it."""
    chosen = exporters.get_format("json")
    bundle = collection.bundle("any", at_ms, wanted, chosen.wants)
    return b"".join(pieces(chosen, bundle))


def holdings(home: Path) -> dict[str, list[Any]]:
    """Everything that a home's collection holds, caches left out."""
    with closing(sqlite3.connect(home / "collection.db")) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in HELD.items()}


def blocks(data: bytes, size: int) -> Iterable[bytes]:
    """The data in pieces of that size."""
    return (data[start : start + size] for start in range(0, len(data), size))
