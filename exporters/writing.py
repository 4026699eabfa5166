"""The only place where an export touches the disk, or a stream."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from decks.progress import Progress
from exporters.base import Bundle, Format, silent
from srs.files import replace_file

if TYPE_CHECKING:
    from srs.stats import Stats


class Sink(Protocol):
    """A buffered stream of bytes."""

    def write(self, piece: bytes, /) -> int: ...
    def flush(self) -> None: ...


def write(
    chosen: Format,
    bundle: Bundle,
    path: Path,
    progress: Progress | None = None,
    *,
    replacing: bool = True,
) -> int:
    """Write the bundle to `path`; returns the size in bytes.

    Raises DataError, with the old file intact, when it cannot be written. What is there is
    replaced, or unless `replacing` such a DataError.
    """
    size_bytes = replace_file(path, pieces(chosen, bundle, progress), replacing=replacing)
    _save(bundle)
    return size_bytes


def write_to(chosen: Format, bundle: Bundle, sink: Sink, progress: Progress | None = None) -> int:
    """Write the bundle to an open stream; returns the size in bytes."""
    size_bytes = 0
    for piece in pieces(chosen, bundle, progress):
        sink.write(piece)
        size_bytes += len(piece)
    sink.flush()
    _save(bundle)
    return size_bytes


def _save(bundle: Bundle) -> None:
    if bundle.kept:
        bundle.kept.save()


def pieces(chosen: Format, bundle: Bundle, progress: Progress | None = None) -> Iterable[bytes]:
    """The file in the order of its bytes."""
    made = chosen.render(bundle, progress or silent)
    return (made,) if isinstance(made, bytes) else made


def write_page(stats: Stats, path: Path) -> int:
    """Write the statistics to `path` as a page of HTML, like `write`."""
    from exporters.page import page

    return replace_file(path, [page(stats).encode("utf-8", "replace")])
