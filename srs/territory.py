"""Which source a path belongs to, and what becomes of the sources when a path is imported."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from decks.dialects import NATIVE
from decks.manner import suffixes_of
from decks.walk import find
from srs.store.sources import KnownSource, sources


def is_below(path: str, folder: str) -> bool:
    """Whether the path lies in the folder, or in one below it."""
    return path.startswith(folder if folder == "/" else f"{folder}/")


class Territory:
    """The sources as they will be. A path belongs to the innermost source that holds it."""

    def __init__(self, known: Iterable[KnownSource]) -> None:
        self._known = {source.path: source for source in known}
        self._sources = dict(self._known)

    @property
    def sources(self) -> Sequence[KnownSource]:
        """All of them, by path."""
        return sorted(self._sources.values())

    @property
    def fresh(self) -> list[KnownSource]:
        """New ones, and those that are read in another way now."""
        return [source for path, source in self._sources.items()
                if self._known.get(path) != source]  # fmt: skip

    @property
    def dropped(self) -> list[str]:
        """The paths of those whose place a folder above them takes."""
        return [path for path in self._known if path not in self._sources]

    def owner(self, path: str) -> KnownSource | None:
        """The source that a path belongs to."""
        for place in (path, *map(str, PurePath(path).parents)):
            if place in self._sources:
                return self._sources[place]
        return None

    def below(self, path: str) -> list[KnownSource]:
        """The sources below a path."""
        return [source for source in self.sources if is_below(source.path, path)]

    def others(self, source: KnownSource) -> frozenset[str]:
        """The paths of all other sources."""
        return frozenset(self._sources) - {source.path}

    def is_elsewhere(self, path: str, source: KnownSource) -> bool:
        """Whether a path that the source reaches belongs to another one."""
        owner = self.owner(path)
        return owner is not None and owner != source

    def settle(self, source: KnownSource) -> None:
        """Have a source be read in the manner that was found out for it."""
        self._sources[source.path] = source

    def claim(self, path: str, wanted: KnownSource | None, at_ms: int) -> None:
        """Settle which source is read when a path is imported.

        `wanted` says how, None that it does not matter: then a path that a source around it reaches
        is part of that one. A folder takes the place of the sources below it that are read no
        otherwise.
        """
        owner = self.owner(path)
        if owner is not None and wanted is None and (owner.path == path or reaches(owner, path)):
            return
        source = wanted or KnownSource(path, added_ms=at_ms)
        self._sources[path] = source
        for inner in self.below(path):
            if inner.is_plain and (not os.path.lexists(inner.path) or reaches(source, inner.path)):
                del self._sources[inner.path]


def reaches(source: KnownSource, path: str) -> bool:
    """Whether a walk of the source would take this file, or enter this folder, for its decks."""
    suffixes = suffixes_of(source.dialect)
    walked = find(source.path, source.excludes, suffixes=suffixes, within=path)
    if any(folder.path == path and not folder.aside for folder in walked.folders):
        return True
    return any(file.path == path and not file.aside for file in walked.files)


def manner_at(connection: sqlite3.Connection, path: str) -> str:
    """In which manner a file is read: that of its source, else our own."""
    owner = Territory(sources(connection)).owner(path)
    return owner.dialect if owner else NATIVE
