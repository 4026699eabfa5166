"""The only place where an export touches the disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from decks.progress import Progress
from exporters.base import Bundle, Format, silent
from srs.files import replace_file

if TYPE_CHECKING:
    from srs.stats import Stats


def write(chosen: Format, bundle: Bundle, path: Path, progress: Progress | None = None) -> int:
    """Write the bundle to `path`, replacing what is there; returns the size in bytes.

    Raises DataError, with the old file intact, when it cannot be written.
    """
    size_bytes = replace_file(path, pieces(chosen, bundle, progress))
    if bundle.kept:
        bundle.kept.save()
    return size_bytes


def pieces(chosen: Format, bundle: Bundle, progress: Progress | None = None) -> Iterable[bytes]:
    """The file in the order of its bytes."""
    made = chosen.render(bundle, progress or silent)
    return (made,) if isinstance(made, bytes) else made


def write_page(stats: Stats, path: Path) -> int:
    """Write the statistics to `path` as a page of HTML, like `write`."""
    from exporters.page import page

    return replace_file(path, [page(stats).encode("utf-8", "replace")])
