"""The draft of new cards in a home: kept until its cards are filed, in one editor at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from srs.files import make_folder, only_one

FOLDER = "drafts"
_FILE_NAME = "card.md"


@contextmanager
def card_draft(home: str) -> Iterator[Path]:
    """Where the draft is, or is to be. Raises DataError while another program has it open."""
    folder = Path(home, FOLDER)
    make_folder(folder)
    with only_one(folder, "writing new cards"):
        yield folder / _FILE_NAME
