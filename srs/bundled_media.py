"""The files that notes show, found and named for an export.

None is kept in memory: each is read once to be named by its content, and again when it is written.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from decks.dialects.base import PACKAGE_SUFFIXES
from decks.errors import DataError
from decks.images import images, place
from decks.load import MAX_FILE_BYTES
from decks.media import MediaError, Names, is_address, locate
from decks.model import Note, Place, Problem
from decks.walk import as_typed
from exporters.base import MediaFile
from srs.attachments import Places, places_in
from srs.store.sources import sources
from srs.territory import Territory

MAX_BYTES = 100 << 20  # of one file: more than any program shows on a card
_PIECE_BYTES = 1 << 20
# Neither through a link that was put there since, nor waiting for a pipe.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


class Showing(NamedTuple):
    """What a note shows."""

    media: Mapping[str, str] = MappingProxyType({})  # names by target, as written
    changed_ms: int = 0  # when the youngest of these files was last written; 0 without any


class _File(NamedTuple):
    """A file that is there."""

    name: str
    changed_ms: int


NOTHING = Showing()


class BundledMedia:
    """Takes in one note after the other; `media` and `problems` are of all so far."""

    def __init__(self, connection: sqlite3.Connection, home: str) -> None:
        self.media: dict[str, MediaFile] = {}  # by name, in the order of their first mention
        self._problems: dict[tuple[Place, str], Problem] = {}
        self._territory = cache(lambda: Territory(sources(connection)))
        self._places = cache(lambda path: places_in(self._territory(), home, path))
        self._names = cache(lambda root, alone: Names(root, alone=alone))
        self._file = cache(self._found)
        self._taken = cache(self._take)
        self._lines = cache(_lines_of_targets)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What cannot be had, each target once a line."""
        return tuple(self._problems.values())

    def take(self, note: Note) -> Showing:
        """Take in the files that the texts of a note show; those of built-in notes are not ours."""
        shown = [image.path for text in _texts(note) if "![" in text for image in images(text)]
        if not shown or not Path(note.place.path).is_absolute():
            return NOTHING
        files = {target: self._of(note, target) for target in dict.fromkeys(shown)}
        there = {target: file for target, file in files.items() if file}
        changed_ms = max((file.changed_ms for file in there.values()), default=0)
        return Showing({target: file.name for target, file in there.items()}, changed_ms)

    def _of(self, note: Note, target: str) -> _File | None:
        """The file for a target of the note; None for an address, and for what cannot be had."""
        if is_address(target):
            return None
        found = self._file(note.place.path, target)
        if isinstance(found, _File):
            return found
        reason, hint = found
        where = Place(as_typed(note.place.path), self._line(note.place, target))
        self._problems[where, target] = Problem(where, f"{target}: {reason}", hint)
        return None

    def _found(self, path: str, target: str) -> _File | tuple[str, str]:
        """The file for a target of that deck file; or why there is none, and a hint."""
        places: Places = self._places(path)
        names = self._names(places.root, places.alone)
        try:
            file: _File = self._taken(locate(target, places.folder, places.root, names))
        except MediaError as error:
            return error.reason, error.hint or _hint(path)
        except OSError as error:
            return (error.strerror or "cannot be read").lower(), "check its permissions"
        return file

    def _take(self, path: Path) -> _File:
        digest, size_bytes, changed_ms = _digest(path)
        name = f"driftdeck-{digest}{path.suffix.lower()}"
        read = partial(_read_again, path, digest, size_bytes)
        self.media.setdefault(name, MediaFile(name, size_bytes, read))
        return _File(name, changed_ms)

    def _line(self, where: Place, target: str) -> int:
        """The line that names the target: the first from where the note begins."""
        lines = self._lines(where.path).get(target, [])
        at = bisect_left(lines, where.line)
        return lines[at] if at < len(lines) else where.line


def _texts(note: Note) -> Iterator[str]:
    yield from (note.front, note.back, note.why, note.flip)
    for variant in note.variants:
        yield from variant


def _hint(path: str) -> str:
    packaged = path.lower().endswith(PACKAGE_SUFFIXES)
    return "import the package again" if packaged else "mend its name"


def _opened(path: Path) -> BinaryIO:
    """The regular file at a path that is resolved. Raises OSError for anything else."""
    file = os.fdopen(os.open(path, _FLAGS), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(0, "not a regular file")


def _digest(path: Path) -> tuple[str, int, int]:
    """The digest of a file, its size in bytes, and when it was written in epoch milliseconds."""
    digest = blake2b(digest_size=8)
    with _opened(path) as file:
        status = os.fstat(file.fileno())
        if not status.st_size:
            raise MediaError("an empty file", "save it once more")
        if status.st_size > MAX_BYTES:
            raise MediaError("larger than 100 MiB", "make it smaller")
        left = status.st_size  # of a file that grows meanwhile, the end would never come
        while piece := file.read(min(left, _PIECE_BYTES)):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest(), status.st_size, status.st_mtime_ns // 1_000_000


def _read_again(path: Path, digest: str, size_bytes: int) -> bytes:
    """The file's content. Raises DataError if it is not what it was."""
    try:
        with _opened(path) as file:
            data = file.read(size_bytes + 1)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise _changed(path, f"{reason}, and was there a moment ago") from error
    if blake2b(data, digest_size=8).hexdigest() != digest:
        raise _changed(path, "changed while it was exported")
    return data


def _changed(path: Path, reason: str) -> DataError:
    return DataError(f"{as_typed(str(path))}: {reason}", "export again")


def _lines_of_targets(path: str) -> dict[str, list[int]]:
    """In which lines of a deck file, from 1, each target is named, as far as that can be told."""
    found: dict[str, list[int]] = {}
    if path.lower().endswith(PACKAGE_SUFFIXES):
        return found
    text, line, at = _text(Path(os.path.realpath(path))), 1, 0
    for start, _, image in place(text):
        line += text.count("\n", at, start)
        at = start
        found.setdefault(image.path, []).append(line)
    return found


def _text(path: Path) -> str:
    try:
        with _opened(path) as file:
            data = file.read(MAX_FILE_BYTES)
    except OSError:
        return ""
    return data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
