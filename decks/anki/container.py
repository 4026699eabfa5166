"""The zip file that a package is: what is in it, unpacked within bounds, by no name of its own.

Nothing is written but to the file that the caller opened.
"""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from decks.anki import protobuf
from decks.errors import DataError

MOST_MEMBERS = 200_000
LARGEST_DATABASE = 1 << 30
LARGEST_MEDIUM = 100 << 20
_LARGEST_MAP = 64 << 20
_LARGEST_DIRECTORY = 64 << 20
# Beyond the free bytes, a member may unpack to so many times its packed size; databases reach 30.
_FREE_BYTES = 32 << 20
_RATIO = 250
_CHUNK = 1 << 20
_END = struct.Struct("<4s4H2LH")  # the record that ends a zip file, of which 5 is the directory
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
# A pipe is not waited for; some systems would translate ends of lines.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# The collections that a package may hold, the newest form first, by the version that `meta` tells.
_COLLECTIONS = {3: "collection.anki21b", 2: "collection.anki21", 1: "collection.anki2"}
_AGAIN = "export the deck from Anki once more"


class UnwritableError(DataError):
    """What is unpacked finds no room on this machine: no fault of the package."""


class Medium(NamedTuple):
    """A media file of a package."""

    name: str  # as the fields of notes name it
    member: str  # as the zip file names it


class Container:
    """An open package."""

    def __init__(self, archive: zipfile.ZipFile, shown: str) -> None:
        self._archive, self._shown = archive, shown
        self._members = self._checked()
        version = self._version()
        self.is_current = version == 3  # else members are not packed a second time
        self.collection = _COLLECTIONS[version]

    @property
    def has_decoy(self) -> bool:
        """Whether there is another collection, for programs too old to read the real one."""
        return any(
            name != self.collection and name in self._members for name in _COLLECTIONS.values()
        )

    def write_collection(self, to: IO[bytes]) -> int:
        """Write the database, unpacked; returns its size in bytes."""
        return self._copy(self._member(self.collection), to, LARGEST_DATABASE)

    def media(self) -> list[Medium]:
        """The media files that the package says it has, in its order."""
        if "media" not in self._members:
            return []
        buffer = io.BytesIO()
        self._copy(self._members["media"], buffer, _LARGEST_MAP)
        listed = _listed(buffer.getvalue()) if self.is_current else _mapped(buffer.getvalue())
        found = [Medium(name, member) for name, member in listed if name]
        return found[:MOST_MEMBERS]

    def write_medium(self, medium: Medium, to: IO[bytes]) -> int:
        """Write a media file, unpacked. Raises DataError for one that is missing or too large,
        and UnwritableError where it finds no room."""
        return self._copy(self._member(medium.member), to, LARGEST_MEDIUM)

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise self.fault(
                f"{name} is not in it", "it was cut short, or made by a faulty program"
            )
        return self._members[name]

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        found = self._archive.infolist()
        if len(found) > MOST_MEMBERS:
            raise self.fault(f"more than {MOST_MEMBERS:,} files in it", "import a part of the deck")
        end = 0
        for info in sorted(found, key=lambda info: info.header_offset):
            if info.header_offset < end:
                raise self.fault("its files lie on top of each other", _AGAIN)
            end = info.header_offset + info.compress_size
        names = {info.filename: info for info in found}
        if len(names) < len(found):
            raise self.fault("two files of one name in it", _AGAIN)
        return names

    def _version(self) -> int:
        """How the package is made: 3 is current, 2 and 1 are older."""
        present = [version for version, name in _COLLECTIONS.items() if name in self._members]
        if not present:
            raise self.fault(
                "it holds no collection of Anki's", "export a deck as .apkg or .colpkg"
            )
        if "meta" not in self._members:
            return present[0]
        buffer = io.BytesIO()
        self._copy(self._members["meta"], buffer, 1 << 16, is_packed=False)
        told = protobuf.integer(protobuf.message(buffer.getvalue()), 1)
        if told not in _COLLECTIONS:
            hint = 'export it anew with "support older Anki versions" ticked'
            raise self.fault("it was made by a newer Anki", hint)
        self._member(_COLLECTIONS[told])
        return told

    def _copy(
        self, info: zipfile.ZipInfo, to: IO[bytes], most: int, *, is_packed: bool | None = None
    ) -> int:
        """Write a member, unpacked, in chunks: not more than `most` and than a ratio allows."""
        if info.flag_bits & _ENCRYPTED:
            raise self.fault("it is encrypted", "export it without a password")
        if info.compress_type not in _METHODS:
            raise self.fault(f"{info.filename} is packed in an unknown way", _AGAIN)
        most = min(most, _FREE_BYTES + _RATIO * info.compress_size)
        is_packed = self.is_current if is_packed is None else is_packed
        size = 0
        try:
            with self._archive.open(info) as stream:
                for chunk in _chunks(stream, is_packed):
                    size += len(chunk)
                    if size > most:
                        raise self.fault(f"{info.filename} unpacks to too much", _AGAIN)
                    self._write(chunk, to)
        except _corrupt() as error:
            raise self.fault(f"{info.filename} cannot be unpacked", _AGAIN) from error
        return size

    def _write(self, chunk: bytes, to: IO[bytes]) -> None:
        try:
            to.write(chunk)
        except OSError as error:
            reason = (error.strerror or "cannot be written").lower()
            hint = "a package is unpacked before it is read: make room"
            raise UnwritableError(reason, hint, path=self._shown) from error

    def fault(self, message: str, hint: str = "") -> DataError:
        """The error that this package is not to be read."""
        return DataError(f"{message}: not a package that can be read", hint, path=self._shown)


@contextmanager
def opened(path: str, shown: str) -> Iterator[Container]:
    """The package at `path`. Raises DataError for what is none."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise DataError(reason, "name an .apkg or .colpkg file", path=shown) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DataError("not a regular file", "name an .apkg or .colpkg file", path=shown)
    with os.fdopen(descriptor, "rb") as file:
        if _directory_bytes(file) > _LARGEST_DIRECTORY:
            raise DataError("too many files in it", "import a part of the deck", path=shown)
        try:
            archive = zipfile.ZipFile(file)
        except _corrupt() as error:
            hint = "export it from Anki once more; it may have been cut short"
            raise DataError("not an Anki package", hint, path=shown) from error
        with archive:
            yield Container(archive, shown)


def is_package(path: str) -> bool:
    """Whether the name is that of a package."""
    return Path(path).suffix.lower() in (".apkg", ".colpkg")


def _corrupt() -> tuple[type[Exception], ...]:
    """What zipfile and zstd raise for bytes that make no sense to them."""
    from decks.anki.zstd import CorruptError

    kinds = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
    return (*kinds, NotImplementedError, struct.error, CorruptError)


def _chunks(stream: IO[bytes], is_packed: bool) -> Iterator[bytes]:
    if is_packed:
        from decks.anki.zstd import unpacked

        stream = unpacked(stream)
    while chunk := stream.read(_CHUNK):
        yield chunk


def _directory_bytes(file: IO[bytes]) -> int:
    """Size of the list of members, which `zipfile` reads as a whole; of a damaged file 0."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + _END.size:
        return 0
    told = int(_END.unpack_from(tail, at)[5])
    return min(told, size)


def _listed(blob: bytes) -> Iterator[tuple[str, str]]:
    """Names and members of a current package."""
    entries = (value for number, value in protobuf.fields(blob) if number == 1)
    for place, entry in enumerate(entries):
        if isinstance(entry, bytes):
            found = protobuf.message(entry)
            member = protobuf.integer(found, 255) if 255 in found else place
            yield protobuf.text(found, 1), str(member)


def _mapped(blob: bytes) -> Iterator[tuple[str, str]]:
    """Names and members of an older package."""
    try:
        found = json.loads(blob or b"{}")
    except (ValueError, RecursionError):
        return
    for member, name in found.items() if isinstance(found, dict) else ():
        if isinstance(name, str):
            yield name, member
