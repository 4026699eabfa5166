"""Pictures, sounds and films inside the page, as `data:` addresses. Pure.

A page is made with marks where files belong, which are read one at a time as it is written.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping

from exporters.base import MediaFile
from exporters.markup import harmless
from exporters.pictures import Shown

# A noncharacter, which no text that is shown can hold.
_MARK = "\ufdd2"
_MARKED = re.compile(f"{_MARK}([^{_MARK}]*){_MARK}")
_PIECE_BYTES = 3 * 2**18  # base64 takes three at a time
_KINDS = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "svg": "image/svg+xml", "bmp": "image/bmp", "tiff": "image/tiff",
    "avif": "image/avif", "heic": "image/heic", "pdf": "application/pdf", "mp3": "audio/mpeg",
    "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
    "m4a": "audio/mp4", "flac": "audio/flac", "mp4": "video/mp4", "webm": "video/webm",
}  # fmt: skip


def shown(found: Shown) -> str:
    """The element that shows a file; it belongs into a page that goes through `pieces`.

    A script in an SVG file never runs: it is a picture here, and no part of the page.
    """
    words = found.alt or found.name
    at = f"{_MARK}{found.name}{_MARK}"
    kind = _kind(found.name).partition("/")[0]
    if kind == "image":
        title = f' title="{found.title}"' if found.title else ""
        width = f' width="{found.width_px}"' if found.width_px else ""
        return f'<img src="{at}" alt="{found.alt}"{title}{width}/>'
    if kind in ("audio", "video"):
        played = f'src="{at}" controls="" preload="metadata" aria-label="{words}"'
        return f"<{kind} {played}>{words}</{kind}>"
    return f'<a href="{at}" download="{found.name}">{words}</a>'


def pieces(markup: str, media: Mapping[str, MediaFile]) -> Iterator[bytes]:
    """The bytes of a part of the page with its files in it.

    Raises DataError where a file is gone or no longer the same.
    """
    for place, piece in enumerate(_MARKED.split(markup)):
        if place % 2 == 0:
            yield piece.encode("utf-8", "replace")
        elif piece in media:
            yield f"data:{_kind(piece)};base64,".encode()
            yield from _in_base64(media[piece].read())


def _in_base64(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _PIECE_BYTES):
        yield b64encode(data[start : start + _PIECE_BYTES])


def _kind(name: str) -> str:
    return _KINDS.get(harmless(name).rpartition(".")[2].lower(), "application/octet-stream")
