"""What a format is given, and what a format is.

An exporter is a function from a frozen `Bundle` to bytes: it cannot query, print or overwrite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from decks.model import Note
from decks.progress import Progress


def silent(done: int, total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class ExportCard:
    """One card of a note, as the collection knows it."""

    uid: bytes  # 16 bytes, stable for ever
    key: str  # which side or deletion of the note: see `decks.cards.card_keys`
    ordinal: int  # from 0; kept when siblings come and go, so that other programs keep theirs


@dataclass(frozen=True, slots=True)
class ExportNote:
    """A note with the identity that outlives its edits."""

    uid: bytes  # 16 bytes, stable for ever
    note: Note
    cards: tuple[ExportCard, ...]
    changed_ms: int  # when the note's content last changed, epoch milliseconds UTC


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that an export is made from."""

    title: str
    notes: Sequence[ExportNote]


@dataclass(frozen=True, slots=True)
class Format:
    """A way out: `render` returns the whole file; equal bundles give equal bytes."""

    name: str  # what `srs export` takes
    suffix: str  # ".apkg"
    summary: str
    render: Callable[[Bundle, Progress], bytes]
