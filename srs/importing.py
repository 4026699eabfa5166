"""From files that were read to a collection that holds them, and the receipt of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from decks import Loaded
from decks.cards import card_keys
from decks.concepts import load_concepts
from decks.model import LineCounts, Problem, Severity
from srs.reconcile import Changes, Incoming, reconcile
from srs.store import intake, notes
from srs.store.connection import transaction

# When the built-in decks last changed: the same in every collection, or each export from a new one
# would look newer to Anki and overwrite what the learner changed there. Raise it with the decks.
BUILTIN_CHANGED_MS = 1_795_219_200_000  # 2026-11-21
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
    connection: sqlite3.Connection, files: Sequence[Loaded], at_ms: int, *, dry_run: bool = False
) -> Receipt:
    """Bring what the files hold into the collection, in one transaction."""
    incoming = [_incoming(file, builtin=False) for file in files]
    if dry_run:
        changes = _reconcile(connection, incoming)
    else:
        with transaction(connection):
            changes = _reconcile(connection, incoming)
            _apply(connection, changes, at_ms, builtin=False)
    return _receipt(files, changes)


def install_builtin(connection: sqlite3.Connection, files: Sequence[Loaded]) -> None:
    """Fill a new collection with the built-in decks. Call inside a transaction."""
    incoming = [_incoming(file, builtin=True) for file in files]
    _apply(connection, _reconcile(connection, incoming), BUILTIN_CHANGED_MS, builtin=True)


def _incoming(file: Loaded, *, builtin: bool) -> Incoming:
    whole = not any(p.severity is Severity.ERROR for p in file.parsed.problems)
    return Incoming(file.path, file.parsed.notes, whole, builtin)


def _reconcile(connection: sqlite3.Connection, incoming: Sequence[Incoming]) -> Changes:
    return reconcile(notes.remembered(connection), incoming, lambda path: Path(path).exists())


def _apply(connection: sqlite3.Connection, changes: Changes, at_ms: int, *, builtin: bool) -> None:
    ranks = {slug: rank for rank, slug in enumerate(load_concepts())}
    intake.apply(connection, changes, at_ms=at_ms, builtin=builtin, concept_rank=ranks)


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
