"""What can still be read of a damaged file, page by page, without SQLite's help.

The log is append-only and its rows have names of their own, so a row found anywhere in the file is
a row of the log: nothing that was ever taken back or replaced can come up. The format is described
at https://www.sqlite.org/fileformat2.html (sections 1.6, 2.1 and 4.1).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

Value = None | int | float | str | bytes

_TABLE_LEAF = 0x0D
_FILE_HEADER_BYTES = 100
_WAL_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_MOST_PAYLOAD_BYTES = 1 << 24


class Record(NamedTuple):
    """One row of some table. A column that repeats the row id is None."""

    row_id: int
    values: tuple[Value, ...]


def records(database: Path) -> Iterator[Record]:
    """Every record of every table that can be decoded, in no particular order."""
    if not database.stat().st_size:
        return
    with (
        database.open("rb") as file,
        closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as data,
    ):
        size = _page_size(data[:_FILE_HEADER_BYTES])
        pages = _Pages(data, size, _committed_frames(Path(f"{database}-wal"), size))
        reserved = int.from_bytes(data[20:21], "big") if data[:6] == b"SQLite" else 0
        for number in pages.numbers():
            yield from _leaf(pages, number, size - reserved)


class _Pages:
    """The file page by page, as the write-ahead log leaves it; numbered from 1."""

    def __init__(self, data: mmap.mmap, size: int, frames: Mapping[int, bytes]) -> None:
        self._data, self._size, self._frames = data, size, frames
        self._count = -(-len(data) // size)

    def numbers(self) -> Iterator[int]:
        """Of all pages, those included that only the log has."""
        yield from range(1, self._count + 1)
        yield from (number for number in self._frames if number > self._count)

    def __getitem__(self, number: int) -> bytes:
        if number in self._frames:
            return self._frames[number]
        return self._data[(number - 1) * self._size : number * self._size]


def _page_size(data: bytes) -> int:
    size = int.from_bytes(data[16:18], "big")
    size = 65_536 if size == 1 else size
    return size if size >= 512 and not size & (size - 1) else 4096


def _committed_frames(wal: Path, size: int) -> dict[int, bytes]:
    """The latest committed content of each page in the write-ahead log."""
    data = wal.read_bytes() if wal.exists() else b""
    if len(data) < _WAL_HEADER_BYTES or int.from_bytes(data[:4], "big") not in _WAL_MAGIC:
        return {}
    salts = data[16:24]
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for start in range(_WAL_HEADER_BYTES, len(data), _FRAME_HEADER_BYTES + size):
        header = data[start : start + _FRAME_HEADER_BYTES]
        page = data[start + _FRAME_HEADER_BYTES : start + _FRAME_HEADER_BYTES + size]
        if header[8:16] != salts or len(page) < size:
            break
        number, pages_after_commit = struct.unpack(">II", header[:8])
        pending[number] = page
        if pages_after_commit:
            committed |= pending
            pending = {}
    return committed


def _leaf(pages: _Pages, number: int, usable: int) -> Iterator[Record]:
    page = pages[number]
    start = _FILE_HEADER_BYTES if number == 1 else 0
    if len(page) < start + 8 or page[start] != _TABLE_LEAF:
        return
    cells = int.from_bytes(page[start + 3 : start + 5], "big")
    for index in range(min(cells, usable // 4)):
        pointer = start + 8 + 2 * index
        offset = int.from_bytes(page[pointer : pointer + 2], "big")
        try:
            yield _cell(pages, page, offset, usable)
        except (IndexError, ValueError, struct.error, UnicodeDecodeError, KeyError):
            continue  # this row is lost; its neighbours may not be


def _cell(pages: _Pages, page: bytes, offset: int, usable: int) -> Record:
    length, offset = _varint(page, offset)
    row_id, offset = _varint(page, offset)
    if not 0 < length <= _MOST_PAYLOAD_BYTES:
        raise ValueError(length)
    here = _local_bytes(length, usable)
    payload = page[offset : offset + here]
    if here < length:
        following = int.from_bytes(page[offset + here : offset + here + 4], "big")
        payload += _overflow(pages, following, length - here, usable)
    if len(payload) != length:
        raise ValueError(length)
    return Record(row_id, tuple(_values(payload)))


def _local_bytes(length: int, usable: int) -> int:
    """How much of a record stands in its leaf (section 1.6)."""
    most = usable - 35
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    spread = least + (length - least) % (usable - 4)
    return spread if spread <= most else least


def _overflow(pages: _Pages, number: int, length: int, usable: int) -> bytes:
    found = b""
    while number and len(found) < length:
        page = pages[number]
        found += page[4 : min(usable, 4 + length - len(found))]
        number = int.from_bytes(page[:4], "big")
    return found


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    value = 0
    for _ in range(8):
        byte = data[offset]
        offset += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, offset
    value = value << 8 | data[offset]
    return value - (1 << 64) if value >> 63 else value, offset + 1


def _values(payload: bytes) -> Iterator[Value]:
    header_bytes, offset = _varint(payload, 0)
    if not 0 < header_bytes <= len(payload):
        raise ValueError(header_bytes)
    body = header_bytes
    while offset < header_bytes:
        kind, offset = _varint(payload, offset)
        value, length = _value(kind, payload, body)
        body += length
        yield value
    if body != len(payload):
        raise ValueError(body)


def _value(kind: int, payload: bytes, body: int) -> tuple[Value, int]:
    if kind == 0:
        return None, 0
    if kind in (8, 9):
        return kind - 8, 0
    if kind == 7:
        return struct.unpack_from(">d", payload, body)[0], 8
    length = _INTEGER_BYTES.get(kind)
    if length:
        return int.from_bytes(payload[body : body + length], "big", signed=True), length
    if kind < 12:
        raise ValueError(kind)
    length = (kind - 12) // 2
    piece = payload[body : body + length]
    if len(piece) != length:
        raise ValueError(kind)
    return (piece.decode() if kind % 2 else piece), length
