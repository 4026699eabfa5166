"""The only place where an export touches the disk."""

from __future__ import annotations

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
    data = chosen.render(bundle, progress or silent)
    replace_file(path, data)
    return len(data)


def write_page(stats: Stats, path: Path) -> int:
    """Write the statistics to `path` as a page of HTML, like `write`."""
    from exporters.page import page

    data = page(stats).encode("utf-8", "replace")
    replace_file(path, data)
    return len(data)
