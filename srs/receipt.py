"""The receipt of an import: what became of every note and line."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from decks import Loaded
from decks.cards import card_keys
from decks.model import LineCounts, Problem, Severity
from srs.reconcile import Changes, Remembered
from srs.rehearsal import Detail, details
from srs.store import notes
from srs.store.pasts import NOTHING, Inherited
from srs.store.sources import Totals

OUTCOMES = ("added", "changed", "moved", "relinked", "unchanged")

_NO_LINES = LineCounts()


class Orphan(NamedTuple):
    """A note whose text is gone, as it was."""

    note: bytes
    kind: str
    front: str
    deck: str
    path: str
    line: int


class Brought(NamedTuple):
    """What came, or would come, of bringing files in."""

    changes: Changes
    inherited: Inherited = NOTHING


class FileOutcome(NamedTuple):
    """What became of the notes of a file in which anything was not as before."""

    path: str  # absolute and resolved
    counts: tuple[tuple[str, int], ...]  # by the words of the receipt


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did, or would do. Counts of notes, unless they say otherwise."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    relinked: int = 0
    unchanged: int = 0
    orphaned: int = 0
    cards: int = 0  # that the notes of these files make
    files: int = 0
    lines: LineCounts = _NO_LINES
    problems: tuple[Problem, ...] = ()  # notes of severity NOTE included
    orphans: tuple[Orphan, ...] = ()
    by_file: tuple[FileOutcome, ...] = ()
    inherited: Inherited = NOTHING
    details: tuple[Detail, ...] = ()  # of a dry run: every note that would not stay as it is

    @property
    def notes(self) -> int:
        """Notes that these files hold."""
        return self.added + self.changed + self.moved + self.relinked + self.unchanged

    @property
    def skipped(self) -> tuple[Problem, ...]:
        """What could not be read."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)

    def with_unread(self, unread: Totals, problems: Sequence[Problem]) -> Receipt:
        """The same with files that had not changed and were not read, and further problems."""
        lines = self.lines + LineCounts(unread.card_lines, unread.prose_lines)
        return replace(
            self,
            unchanged=self.unchanged + unread.notes,
            cards=self.cards + unread.cards,
            files=self.files + unread.files,
            lines=lines,
            problems=(*problems, *self.problems),
        )


def receipt_of(
    connection: sqlite3.Connection,
    files: Sequence[Loaded],
    brought: Brought,
    *,
    rehearsed: bool = False,
) -> Receipt:
    """The receipt of an import of these files; of one that was only rehearsed with details."""
    changes = brought.changes
    each = [match.outcome for match in changes.matches]
    outcomes = Counter(each)
    cards = sum(len(card_keys(m.note.kind, m.note.front)) for m in changes.matches)
    problems = [problem for file in files for problem in file.parsed.problems]
    return Receipt(
        **{word: outcomes[word] for word in OUTCOMES},
        orphaned=len(changes.orphaned),
        cards=cards,
        files=len(files),
        lines=sum((file.parsed.lines for file in files), LineCounts()),
        problems=(*problems, *changes.problems),
        orphans=tuple(_orphans(connection, changes.orphaned)),
        by_file=tuple(_by_file(changes, each)),
        inherited=brought.inherited,
        details=details(connection, changes) if rehearsed else (),
    )


def _orphans(connection: sqlite3.Connection, orphaned: Sequence[Remembered]) -> Iterator[Orphan]:
    said = notes.recall(connection, [known.id for known in orphaned])
    for known in orphaned:
        kind, front, _ = said[known.id][0]
        yield Orphan(known.uid, kind, front, known.deck, known.path, known.line)


def _by_file(changes: Changes, outcomes: Sequence[str]) -> Iterable[FileOutcome]:
    counts: dict[str, Counter[str]] = {}
    paths = (match.path for match in changes.matches)
    for (path, outcome), many in Counter(zip(paths, outcomes, strict=True)).items():
        if outcome != "unchanged":
            counts.setdefault(path, Counter())[outcome] = many
    for known in changes.orphaned:
        counts.setdefault(known.path, Counter())["orphaned"] += 1
    words = (*OUTCOMES, "orphaned")
    for path, count in counts.items():
        yield FileOutcome(path, tuple((word, count[word]) for word in words if count[word]))
