"""What a whole profile holds besides what a package does: Anki makes it up when it imports one."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection
from hashlib import sha1
from html import unescape

from exporters.anki import objects
from exporters.base import History

_TAG = re.compile("<[^>]*>")


def complete(connection: sqlite3.Connection, history: History | None) -> None:
    """Make the collection one that can take a profile's place, FSRS switched on."""
    _describe_notes(connection)
    [row] = connection.execute("SELECT conf, decks FROM col").fetchall()
    conf, decks = map(json.loads, row)
    like = next(iter(decks.values()))
    for name in _parents({deck["name"] for deck in decks.values()}):
        number = objects.stable_id("deck", name)
        decks[str(number)] = like | {"id": number, "name": name, "desc": ""}
    conf["fsrs"] = True
    if history:  # else Anki takes the buried cards out at once
        conf["lastUnburied"] = history.today - history.first_day
    texts = (json.dumps(one, sort_keys=True) for one in (conf, decks))
    connection.execute("UPDATE col SET conf = ?, decks = ?", tuple(texts))
    for statement in objects.INDEXES.split(";"):
        connection.execute(statement)


def _describe_notes(connection: sqlite3.Connection) -> None:
    """By what notes are sorted, and by what those are found that begin alike."""
    connection.create_function("words", 1, _words, deterministic=True)
    connection.create_function("checksum", 1, _checksum, deterministic=True)
    connection.execute("UPDATE notes SET sfld = words(sfld)")
    connection.execute("UPDATE notes SET csum = checksum(sfld)")


def _parents(names: Collection[str]) -> list[str]:
    """The decks above these that are not among them, topmost first."""
    found: dict[str, None] = {}
    for name in sorted(names):
        parts = name.split("::")
        found.update(dict.fromkeys("::".join(parts[:end]) for end in range(1, len(parts))))
    return [name for name in found if name not in names]


def _words(field: str | int) -> str:
    return unescape(_TAG.sub("", str(field)))


def _checksum(said: str | int) -> int:
    return int.from_bytes(sha1(str(said).encode(), usedforsecurity=False).digest()[:4], "big")
