"""Just enough of the protocol buffer wire format to read what Anki stores in it. Pure.

Anything may stand in a blob: what is cut short or makes no sense ends the reading, and what was
read before it stands.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import isfinite

_MOST_FIELDS = 1_000_000  # of one message; a map of media has one a file
_LONGEST_VARINT = 10
_FIXED = {1: 8, 5: 4}  # wire types of a fixed width, and their bytes

Value = int | bytes


def fields(blob: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message in order: number, and an integer or the bytes of a longer value."""
    at = 0
    for _ in range(_MOST_FIELDS):
        key, at = _varint(blob, at)
        if at < 0 or not key >> 3:
            return
        wire = key & 7
        if wire == 0:
            value, at = _varint(blob, at)
            if at < 0:
                return
            yield key >> 3, value
            continue
        size = _FIXED.get(wire, -1)
        if wire == 2:
            size, at = _varint(blob, at)
        if at < 0 or not 0 <= size <= len(blob) - at:
            return
        yield key >> 3, blob[at : at + size]
        at += size


def message(blob: bytes) -> dict[int, Value]:
    """The fields of a message by number; of a repeated one the last."""
    return dict(fields(blob))


def text(found: dict[int, Value], number: int) -> str:
    """A field that is a string; "" without one."""
    value = found.get(number)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def integer(found: dict[int, Value], number: int) -> int:
    """A field that is a signed integer; 0 without one."""
    value = found.get(number)
    if not isinstance(value, int):
        return 0
    return value - (1 << 64) if value >> 63 else value


def inner(found: dict[int, Value], number: int) -> bytes:
    """A field that is a message itself; empty without one."""
    value = found.get(number)
    return value if isinstance(value, bytes) else b""


def real(found: dict[int, Value], number: int, default: float) -> float:
    """A field that is a float."""
    values = floats(inner(found, number))
    return values[0] if values else default


def floats(packed: bytes) -> tuple[float, ...]:
    """The numbers of a packed list of floats, with as many digits as they have; none if one is
    not finite."""
    count = len(packed) // 4
    values = struct.unpack(f"<{count}f", packed[: 4 * count])
    if not all(isfinite(value) for value in values):
        return ()
    return tuple(float(f"{value:.7g}") for value in values)


def _varint(blob: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends; -1 for the end if it is cut short or longer than 64 bits."""
    value = 0
    for place, byte in enumerate(blob[at : at + _LONGEST_VARINT]):
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value & ((1 << 64) - 1), at + place + 1
    return 0, -1
