"""Pictures and sounds of cards: where they lie, and those that come out of a package."""

from __future__ import annotations

import os
import sqlite3
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from decks.dialects.base import PACKAGE_SUFFIXES
from decks.load import Loaded
from decks.model import Problem
from srs.files import make_folder
from srs.store.sources import sources
from srs.territory import Territory

FOLDER = "media"  # of a home: what came out of packages


class Places(NamedTuple):
    """Where the pictures of a deck file lie. Both are absolute and resolved."""

    folder: str  # from which they are named
    root: str  # below which they are


def places(connection: sqlite3.Connection, home: str, path: str) -> Places:
    """Where the pictures of the cards of a file are looked for."""
    if path.lower().endswith(PACKAGE_SUFFIXES):
        folder = os.path.realpath(folder_of(home, path))
        return Places(folder, folder)
    folder = os.path.realpath(Path(path).parent)
    owner = Territory(sources(connection)).owner(path)
    is_within = owner is not None and f"{folder}/".startswith(f"{owner.path}/")
    return Places(folder, owner.path if owner and is_within else folder)


def folder_of(home: str, path: str) -> Path:
    """Where the media of a package lie: a folder of its own, by the path of the package."""
    name = blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return Path(home, FOLDER, name)


def take_out(home: str, file: Loaded) -> list[Problem]:
    """Put what the cards of a package show beside the collection; what could not be."""
    if not file.media:
        return []
    from decks.anki import extract

    folder = folder_of(home, file.path)
    make_folder(folder)
    return extract(file.path, file.media, str(folder))
