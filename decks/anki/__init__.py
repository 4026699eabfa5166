"""Anki's packages (.apkg and .colpkg), old and current: notes with all that Anki knew of them.

A package is whatever somebody sent. It is read within bounds, from a private copy of its database,
in which nothing can run; no name in it is ever used as a path.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from decks.anki import collection, container, database
from decks.anki.collection import Collection
from decks.anki.container import is_package
from decks.anki.history import Histories
from decks.anki.media import Names, extract, unwritable
from decks.anki.notes import Notes
from decks.anki.reading import Shared
from decks.anki.report import Report
from decks.errors import DataError
from decks.model import Exported, Parsed

__all__ = ["Counts", "Package", "extract", "is_package", "read", "unwritable"]

_DECOY = "Please update to the latest Anki version"


class Counts(NamedTuple):
    """What a receipt tells of a package."""

    notes: int  # in the package
    cards: int  # taken over
    reviews: int  # taken over
    left_out: Mapping[str, int]  # rows of the review log by the reason why they are no reviews here
    media: int  # files of the package that cards show
    media_unused: int
    media_missing: int  # named by cards, not in the package
    has_decoy: bool  # beside the collection lies one for programs too old to read it


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds. A note's line is its place in the package, from 1.

    Pictures and sounds are named in its notes by what `extract` calls them.
    """

    parsed: Parsed
    media: tuple[str, ...]  # the files that its cards show, as `extract` calls them
    counts: Counts
    own: Mapping[int, Exported] = field(default_factory=dict)  # by line: notes of ours


def read(path: str, shown: str, deck: str = "") -> Package:
    """What the package at `path` holds; `shown` is its name in messages.

    `deck` is for the notes of Anki's default deck. Never writes. Raises DataError for a file that
    is no package or cannot be read as one.
    """
    with container.opened(path, shown) as package:
        found = _collection(package, shown)
        names = Names(package.media())
        has_decoy = package.has_decoy
    report = Report(shown, len(found.notes))
    histories = Histories(found)
    shared = Shared(histories, names, report, deck)
    made = tuple(Notes(found, shared).all())
    _remark(found, histories, names, report)
    counts = Counts(
        len(found.notes), shared.cards, histories.taken, +histories.left_out, len(names.used),
        names.unused, len(names.missing), has_decoy,
    )  # fmt: skip
    parsed = Parsed(made, report.problems(), report.fates)
    return Package(parsed, tuple(names.used), counts, shared.own)


def _collection(package: container.Container, shown: str) -> Collection:
    with tempfile.TemporaryDirectory(prefix="driftdeck-") as folder:
        copy = Path(folder, "collection")
        with copy.open("xb") as file:
            package.write_collection(file)
        with database.opened(copy, shown) as opened:
            found = collection.read(opened)
    if len(found.notes) == 1 and found.notes[0].fields.startswith(_DECOY):
        hint = "export it from a current Anki once more"
        raise DataError("it holds a placeholder in place of its notes", hint, path=shown)
    return found


def _remark(found: Collection, histories: Histories, names: Names, report: Report) -> None:
    """Say what concerns no note in particular."""
    if not found.notes:
        return
    if histories.other_flags:
        report.remark(1, f"flags beyond the four colours are blue here: {histories.other_flags:,}")
    if names.missing:
        some = ", ".join(list(names.missing)[:3])
        report.remark(1, f"media that the package does not hold: {len(names.missing):,} ({some})")
    if told := [f"{count:,} {why}" for why, count in histories.left_out.items() if count > 0]:
        report.remark(1, f"rows of the review log that are no answers here: {'; '.join(told)}")
    if found.broken_rows:
        report.remark(1, f"rows that no Anki writes are left out: {found.broken_rows:,}")
