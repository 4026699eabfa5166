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
    alone: bool = False  # the file is read by itself, whatever else lies in its folder


def places(connection: sqlite3.Connection, home: str, path: str) -> Places:
    """Where the pictures of the cards of a file are looked for."""
    return places_in(Territory(sources(connection)), home, path)


def places_in(territory: Territory, home: str, path: str) -> Places:
    """The same where the sources are known: for very many files."""
    if path.lower().endswith(PACKAGE_SUFFIXES):
        folder = os.path.realpath(folder_of(home, path))
        return Places(folder, folder)
    folder = os.path.realpath(Path(path).parent)
    owner = territory.owner(path)
    if owner is not None and f"{folder}/".startswith(f"{owner.path}/"):
        return Places(folder, owner.path)
    return Places(folder, folder, alone=True)


def folder_of(home: str, path: str) -> Path:
    """Where the media of a package lie: a folder of its own, by the path of the package."""
    name = blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return Path(home, FOLDER, name)


def take_out(home: str, file: Loaded) -> list[Problem]:
    """Put what the cards of a package show beside the collection; what could not be.

    There is a folder afterwards even for a package without pictures. Raises DataError if nothing
    can be written there.
    """
    from decks.anki import extract, unwritable

    folder = folder_of(home, file.path)
    try:
        make_folder(folder)
    except OSError as error:
        raise unwritable(str(folder), error.strerror) from error
    return extract(file.path, file.media, str(folder)) if file.media else []
