"""The only place where an export touches the disk."""

from __future__ import annotations

from pathlib import Path

from exporters.base import Bundle, Format
from srs.files import replace_file


def write(chosen: Format, bundle: Bundle, path: Path) -> int:
    """Write the bundle to `path`, replacing what is there; returns the size in bytes.

    Raises DataError, with the old file intact, when it cannot be written.
    """
    data = chosen.render(bundle)
    replace_file(path, data)
    return len(data)
