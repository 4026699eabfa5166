"""From files that were read to a collection that holds them, and the receipt of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from decks import Loaded, builtin
from decks.concepts import deck_files, load_concepts
from decks.model import Problem, Severity
from decks.progress import Progress
from decks.release import BUILTIN_CHANGED_MS
from decks.undisturbed import undisturbed
from srs.days import USUAL_CALENDAR, Calendar
from srs.inheriting import parameters_of, rows_of
from srs.rebuild import restate, state_new, take_up_histories
from srs.receipt import Brought, Receipt, receipt_of
from srs.reconcile import Changes, Incoming, reconcile
from srs.store import builtin_release, concepts, entries, intake, notes, pasts
from srs.store.connection import in_bulk, snapshot, transaction
from srs.store.entries import Entries
from srs.store.pasts import NO_NEWS, NOTHING, Inherited, News
from srs.store.version import notes_version

OVERRIDES = "overrides"  # the folder of a home whose files may replace built-in notes, by id


@dataclass(frozen=True, slots=True)
class Order:
    """How files are to be imported."""

    at_ms: int
    home: str = ""  # its folder `overrides` may replace built-in notes, by id
    dry_run: bool = False  # write nothing
    strict: bool = False  # write nothing if anything is skipped
    relink: bool = True  # recognise notes whose words have changed
    edited: bytes = b""  # the note whose words were just edited: it keeps its history
    calendar: Calendar = USUAL_CALENDAR  # by which answers given elsewhere fall on study days

    def forbids(self, problems: Sequence[Problem]) -> bool:
        """Whether nothing may be written, these being the problems."""
        return self.dry_run or (
            self.strict and any(problem.severity is Severity.ERROR for problem in problems)
        )

    @property
    def below(self) -> str:
        """What the paths of overriding files begin with; empty without a home."""
        return f"{Path(self.home, OVERRIDES).resolve()}/" if self.home else ""


def import_files(
    connection: sqlite3.Connection,
    files: Sequence[Loaded],
    order: Order,
    progress: Progress | None = None,
) -> Receipt:
    """Bring what the files hold into the collection, in one transaction."""
    with undisturbed():
        brought = bring_in(connection, files, order, progress=progress)
        return receipt_of(connection, files, brought, rehearsed=order.dry_run)


def bring_in(
    connection: sqlite3.Connection,
    files: Sequence[Loaded],
    order: Order,
    *,
    gone: Sequence[str] = (),
    besides: Sequence[Problem] = (),
    record: Callable[[Changes], None] | None = None,
    progress: Progress | None = None,
) -> Brought:
    """What importing files does; it is done, in one transaction, unless the order forbids it.

    `gone` are files that are there no more: their notes stand elsewhere, or become orphans.
    `besides` are problems that do not concern a file. `record` is called inside the transaction.
    All is read and prepared before anything is locked, and again if the notes were written
    meanwhile.
    """
    below = order.below
    incoming = [_incoming(file, below=below) for file in files]
    incoming += [Incoming(path, (), whole=True, gone=True) for path in gone]
    with snapshot(connection):
        draft = _draft(connection, incoming, order, progress)
    read = [problem for file in files for problem in file.parsed.problems]
    if order.forbids((*besides, *read, *draft.changes.problems)):
        return Brought(draft.changes, draft.inherited)
    with in_bulk(connection, len(draft.entries.notes)), transaction(connection):
        if draft.version != notes_version(connection):
            draft = _draft(connection, incoming, order, progress)
        intake.write(connection, draft.entries)
        _inherit(connection, draft)
        take_up_histories(connection)
        if below and any(known.path.startswith(below) for known in draft.changes.orphaned):
            _install(connection, builtin())  # what was overridden comes back
        if record:
            record(draft.changes)
    return Brought(draft.changes, draft.inherited)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What an import does to the notes as they were at a version of them."""

    changes: Changes
    entries: Entries
    version: int
    pasts: News = NO_NEWS  # rows of the log that come from other programs
    inherited: Inherited = NOTHING


def _draft(
    connection: sqlite3.Connection,
    incoming: Sequence[Incoming],
    order: Order,
    progress: Progress | None = None,
    *,
    builtin_ranks: Mapping[str, int] | None = None,
) -> _Draft:
    """What taking these in comes to; with the ranks of concepts they are the built-in decks."""
    builtin = builtin_ranks is not None
    version = notes_version(connection)
    changes = reconcile(
        notes.remembered(connection), incoming, _is_there, partial(notes.recall, connection),
        order.edited, relink=order.relink,
    )  # fmt: skip
    ranks = _ranks() if builtin_ranks is None else builtin_ranks
    rows = entries.prepare(
        connection, changes, at_ms=order.at_ms, builtin=builtin, concept_rank=ranks,
        progress=progress,
    )  # fmt: skip
    if not rows.pasts:
        return _Draft(changes, rows, version)
    wanted = {card: rows_of(card, past, order.calendar, order.at_ms) for card, past in rows.pasts}
    news = pasts.news(connection, wanted)
    answered = {card for card, past in rows.pasts if past.reviews}
    inherited = pasts.counted(news.rows, lambda card: card not in answered)
    return _Draft(changes, rows, version, news, inherited)


def _inherit(connection: sqlite3.Connection, draft: _Draft) -> None:
    """Write what other programs knew, and the states that follow."""
    if not draft.pasts.rows:
        return
    parameters = {parameters_of(past) for _, past in draft.entries.pasts}
    rows, unmet = draft.pasts
    pasts.append(connection, rows, [(one.hash, one.canonical) for one in parameters])
    lives = {
        card: [row.event for row in sorted(own, key=attrgetter("order_ms", "uid"))]
        for card, own in groupby(rows, attrgetter("card"))
    }
    state_new(connection, {card: lives[card] for card in lives if card in unmet})
    restate(connection, lives.keys() - unmet)


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


def _ranks() -> dict[str, int]:
    """The place of each concept in the order of new cards: after all that it builds on.

    Concepts whose deck is not yet written have single cards at most: they come last.
    """
    order = load_concepts().in_learning_order(deck_files())
    return {slug: rank for rank, slug in enumerate(order)}


def _install(connection: sqlite3.Connection, files: Sequence[Loaded]) -> Changes:
    note_curriculum(connection)
    ranks = _ranks()
    entries.reorder(connection, ranks)
    incoming = [_incoming(file, builtin=True) for file in files]
    draft = _draft(connection, incoming, Order(BUILTIN_CHANGED_MS), builtin_ranks=ranks)
    intake.write(connection, draft.entries)
    return draft.changes


def _incoming(file: Loaded, *, builtin: bool = False, below: str = "") -> Incoming:
    whole = not any(p.severity is Severity.ERROR for p in file.parsed.problems)
    override = bool(below) and file.path.startswith(below)
    return Incoming(
        file.path, file.parsed.notes, whole, builtin, override, foreign=not file.native,
        package=file.package,
    )  # fmt: skip


def _is_there(path: str) -> bool:
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True  # out of reach, but nobody says that it is gone
    return True
