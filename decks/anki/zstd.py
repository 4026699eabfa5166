"""Zstandard, in which current packages are packed; the only door to it."""

from __future__ import annotations

from typing import IO, cast

import zstandard

_LARGEST_WINDOW = 1 << 27  # bytes of memory that a stream may ask for


def unpacked(stream: IO[bytes]) -> IO[bytes]:
    """The stream's content, unpacked as it is read: never more at once than is asked for.

    Reading raises `CorruptError` for what is no such stream.
    """
    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    return cast(IO[bytes], reader.stream_reader(stream, read_across_frames=True))


CorruptError = zstandard.ZstdError
