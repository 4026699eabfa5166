"""From files that were read to a collection that holds them, and the receipt of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from decks import Loaded, builtin
from decks.cards import card_keys
from decks.concepts import load_concepts
from decks.model import LineCounts, Problem, Severity
from decks.progress import Progress
from decks.release import BUILTIN_CHANGED_MS
from srs.rebuild import take_up_histories
from srs.reconcile import Changes, Incoming, reconcile
from srs.store import builtin_release, concepts, intake, notes
from srs.store.connection import transaction

OVERRIDES = "overrides"  # the folder of a home whose files may replace built-in notes, by id
_OUTCOMES = ("added", "changed", "moved", "relinked", "unchanged")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did, or would do. Counts of notes, unless they say otherwise."""

    added: int
    changed: int
    moved: int
    relinked: int
    unchanged: int
    orphaned: int
    cards: int  # that the notes of these files make
    files: int
    lines: LineCounts
    problems: tuple[Problem, ...]  # notes of severity NOTE included

    @property
    def notes(self) -> int:
        """Notes that these files hold."""
        return self.added + self.changed + self.moved + self.relinked + self.unchanged

    @property
    def skipped(self) -> tuple[Problem, ...]:
        """What could not be read."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)


def import_files(
    connection: sqlite3.Connection,
    files: Sequence[Loaded],
    at_ms: int,
    *,
    home: str = "",
    dry_run: bool = False,
    edited: bytes = b"",
    progress: Progress | None = None,
) -> Receipt:
    """Bring what the files hold into the collection, in one transaction.

    Files of the folder `overrides` of `home` may replace built-in notes, by id. `edited` is the
    note whose words were just edited: it keeps its history whatever they are now.
    """
    below = f"{Path(home, OVERRIDES).resolve()}/" if home else ""
    incoming = [_incoming(file, override=bool(below) and file.path.startswith(below))
                for file in files]  # fmt: skip
    if dry_run:
        changes = _reconcile(connection, incoming, edited)
    else:
        with transaction(connection):
            changes = _reconcile(connection, incoming, edited)
            _apply(connection, changes, at_ms, builtin=False, progress=progress)
            take_up_histories(connection)
            if below and any(known.path.startswith(below) for known in changes.orphaned):
                _install(connection, builtin())  # what was overridden comes back
    return _receipt(files, changes)


def install_builtin(connection: sqlite3.Connection) -> None:
    """Fill a new collection with the built-in decks. Call inside a transaction."""
    _install(connection, builtin())
    builtin_release.note(connection, BUILTIN_CHANGED_MS)


def upgrade_builtin(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Bring in the new and mended built-in notes of this version of the package.

    What the learner overrode stays as it is, and so does every card's history; a note that the
    package no longer has is hidden. Returns how many notes are new, mended and withdrawn.
    """
    with transaction(connection):
        if builtin_release.known(connection) >= BUILTIN_CHANGED_MS:
            return 0, 0, 0  # another program was quicker
        changes = _install(connection, builtin())
        builtin_release.note(connection, BUILTIN_CHANGED_MS)
    outcomes = Counter(match.outcome for match in changes.matches)
    mended = outcomes.total() - outcomes["added"] - outcomes["unchanged"]
    return outcomes["added"], mended, len(changes.orphaned)


def note_curriculum(connection: sqlite3.Connection) -> None:
    """Bring what the collection knows of concepts up to this version of the package.

    Call inside `transaction`.
    """
    known = load_concepts().values()
    concepts.replace(connection, ((c.slug, c.title, c.level, c.prerequisites) for c in known))


def _install(connection: sqlite3.Connection, files: Sequence[Loaded]) -> Changes:
    note_curriculum(connection)
    incoming = [_incoming(file, builtin=True) for file in files]
    changes = _reconcile(connection, incoming)
    _apply(connection, changes, BUILTIN_CHANGED_MS, builtin=True)
    return changes


def _incoming(file: Loaded, *, builtin: bool = False, override: bool = False) -> Incoming:
    whole = not any(p.severity is Severity.ERROR for p in file.parsed.problems)
    return Incoming(file.path, file.parsed.notes, whole, builtin, override)


def _reconcile(
    connection: sqlite3.Connection, incoming: Sequence[Incoming], edited: bytes = b""
) -> Changes:
    recall = partial(notes.recall, connection)
    return reconcile(notes.remembered(connection), incoming, _is_there, recall, edited)


def _is_there(path: str) -> bool:
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True  # out of reach, but nobody says that it is gone
    return True


def _apply(
    connection: sqlite3.Connection,
    changes: Changes,
    at_ms: int,
    *,
    builtin: bool,
    progress: Progress | None = None,
) -> None:
    ranks = {slug: rank for rank, slug in enumerate(load_concepts())}
    intake.apply(
        connection, changes, at_ms=at_ms, builtin=builtin, concept_rank=ranks, progress=progress
    )


def _receipt(files: Sequence[Loaded], changes: Changes) -> Receipt:
    outcomes = Counter(match.outcome for match in changes.matches)
    cards = sum(len(card_keys(m.note.kind, m.note.front)) for m in changes.matches)
    problems = [problem for file in files for problem in file.parsed.problems]
    lines = sum((file.parsed.lines for file in files), LineCounts())
    return Receipt(
        **{word: outcomes[word] for word in _OUTCOMES},
        orphaned=len(changes.orphaned),
        cards=cards,
        files=len(files),
        lines=lines,
        problems=(*problems, *changes.problems),
    )
