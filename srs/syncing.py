"""Sources: what was imported is remembered, and read again as far as it has changed."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import NamedTuple

from decks.cards import card_keys
from decks.dialects import AUTO
from decks.errors import UsageError
from decks.frontmatter import clean_deck
from decks.load import Loaded, load
from decks.manner import Manner, Reader
from decks.model import Place, Problem, Severity
from decks.progress import Progress
from decks.undisturbed import undisturbed
from decks.walk import Found, Walked, as_typed, check_paths, find, nothing_found
from srs import __version__
from srs.attachments import folder_of, take_out
from srs.days import USUAL_CALENDAR, Calendar
from srs.importing import Order, bring_in
from srs.looking import TakenFor, look_at_new
from srs.receipt import Receipt, receipt_of
from srs.reconcile import Changes
from srs.store import sources
from srs.store.connection import transaction
from srs.store.sources import FileRow, KnownSource, Totals
from srs.territory import Territory, is_below

_SETTLED_NS = 2_000_000_000  # a file written so lately may be written again with the same stamp


@dataclass(frozen=True, slots=True)
class Wish:
    """How the learner wants files to be read and brought in."""

    deck: str | None = None  # of all notes; None: as known, or as the files say
    excludes: tuple[str, ...] | None = None  # None: as known
    dry_run: bool = False
    strict: bool = False
    relink: bool = True
    clock_ns: int = 0  # by the file system's clock; what was touched just before is not trusted
    dialect: str | None = None  # see `decks.manner`; None: as known, or by the looks of the files

    def order(self, at_ms: int, home: str, calendar: Calendar = USUAL_CALENDAR) -> Order:
        """What follows for the import."""
        return Order(at_ms, home, self.dry_run, self.strict, self.relink, calendar=calendar)

    def source(self, path: str, known: KnownSource | None, at_ms: int) -> KnownSource | None:
        """The source that is wanted at a path; None if the wish does not say."""
        if self.deck is None and self.excludes is None and self.dialect is None:
            return None
        source = known or KnownSource(path, added_ms=at_ms)
        if self.deck is not None:
            source = source._replace(deck=clean_deck(self.deck))
        if self.excludes is not None:
            source = source._replace(excludes=tuple(filter(None, self.excludes)))
        if self.dialect is not None:
            by_looks = self.dialect == AUTO
            source = source._replace(dialect="" if by_looks else Manner.named(self.dialect).text)
        return source


class Synced(NamedTuple):
    """What came of reading sources."""

    receipt: Receipt
    sources: tuple[KnownSource, ...]  # that were read
    folders: tuple[str, ...]  # in which a change may matter, absolute and resolved
    written: bool  # False when nothing might be written
    wall_clock: str = ""  # when, as the learner's clock shows it
    taken_for: tuple[TakenFor, ...] = ()  # sources of which the format was found out


class Part(NamedTuple):
    """What is to be read of a source: what is at or below a path."""

    source: KnownSource
    path: str
    shown: str  # for messages

    def is_within(self, other: Part) -> bool:
        """Whether another part of the same source is all of it and more."""
        return self.source == other.source and is_below(self.path, other.path)

    @property
    def root_shown(self) -> str:
        """The source itself, in the same manner."""
        tail = self.path[len(self.source.path) :]
        if not tail:
            same = PurePath(self.shown).name == PurePath(self.path).name
            return self.shown if same or Path(self.path).is_dir() else as_typed(self.path)
        if f"/{self.shown}".endswith(tail):
            return self.shown[: -len(tail)] or "."
        return as_typed(self.source.path)


def import_paths(
    connection: sqlite3.Connection,
    paths: Sequence[str],
    wish: Wish,
    order: Order,
    reading: Progress | None = None,
    importing: Progress | None = None,
) -> Synced:
    """Read files and folders, and remember them as sources; see `Collection.import_paths`."""
    check_paths([PurePath(path) for path in paths])
    territory = Territory(sources.sources(connection))
    named = dict[str, str]()
    for path in paths:
        named.setdefault(os.path.realpath(path), PurePath(path).as_posix())
    for real in named:
        owner = territory.owner(real)
        known = owner if owner and owner.path == real else None
        territory.claim(real, wish.source(real, known, order.at_ms), order.at_ms)
    taken_for = tuple(look_at_new(territory, named))
    owned = [(territory.owner(real), real, path) for real, path in named.items()]
    parts = [Part(owner, real, path) for owner, real, path in owned if owner is not None]
    synced = _Run(connection, territory, wish, order).run(parts, reading, importing)
    return synced._replace(taken_for=taken_for)


def sync(
    connection: sqlite3.Connection,
    wish: Wish,
    order: Order,
    reading: Progress | None = None,
    importing: Progress | None = None,
) -> Synced:
    """Read all sources again, as far as they have changed."""
    territory = Territory(sources.sources(connection))
    parts = [_whole(source) for source in territory.sources]
    return _Run(connection, territory, wish, order).run(parts, reading, importing)


def forget(connection: sqlite3.Connection, path: str) -> KnownSource:
    """Read a source no more. Raises UsageError when it is none."""
    named = {path, os.path.realpath(path), str(Path(path).absolute())}
    found = [source for source in sources.sources(connection) if source.path in named]
    if not found:
        raise UsageError(f"{path}: not a source", "srs sync --list shows the sources")
    with transaction(connection):
        sources.forget(connection, found[0].path)
    return found[0]


def _whole(source: KnownSource) -> Part:
    return Part(source, source.path, as_typed(source.path))


class _Run:
    """One reading of some sources: walk, compare, read, bring in."""

    def __init__(
        self, connection: sqlite3.Connection, territory: Territory, wish: Wish, order: Order
    ) -> None:
        self.connection = connection
        self.territory = territory
        self.wish = wish
        self.order = order
        self.is_trusted = sources.reader(connection) == __version__
        self.seen: set[str] = set()  # paths of files, whether read or not
        self.unread = Totals()
        self.changed: list[tuple[KnownSource, Found]] = []
        self.gone: set[str] = set()
        self.problems: list[Problem] = []
        self.folders: list[str] = []
        self.files: list[Loaded] = []  # those that were read
        self.readers: dict[str, Reader] = {}  # by the path of the source
        self.traces: dict[str, bytes] = {}  # of what lies beside a source, if it has changed
        self.withheld: dict[str, bytes] = {}  # stamps of packages until their pictures are out

    def run(
        self, asked: Sequence[Part], reading: Progress | None, importing: Progress | None
    ) -> Synced:
        """All of it, for what was asked for."""
        parts = self._all_parts(asked)
        with undisturbed():
            receipt, written = self._run(parts, reading, importing)
        read = tuple(dict.fromkeys(part.source for part in parts))
        folders = tuple(dict.fromkeys(self.folders))
        return Synced(receipt, read, folders, written)

    def _run(
        self, parts: Sequence[Part], reading: Progress | None, importing: Progress | None
    ) -> tuple[Receipt, bool]:
        for part in parts:
            self._look_through(part)
        self.gone -= self.seen
        self.files = files = self._read(reading)
        receipt = Receipt()
        if files or self.gone or self.territory.fresh or self.territory.dropped:
            brought = bring_in(
                self.connection, files, self.order, gone=sorted(self.gone),
                besides=self.problems, record=self._record, progress=importing,
            )  # fmt: skip
            receipt = receipt_of(self.connection, files, brought, rehearsed=self.order.dry_run)
        receipt = receipt.with_unread(self.unread, self.problems)
        written = not self.order.forbids(receipt.problems)
        lost = self._take_out() if written else []
        return replace(receipt, problems=(*receipt.problems, *lost)), written

    def _take_out(self) -> list[Problem]:
        """Take the pictures out of packages; only then are these not read again."""
        lost = [p for one in self.files if one.package for p in take_out(self.order.home, one)]
        if self.withheld:
            with transaction(self.connection):
                sources.note_stamps(self.connection, self.withheld)
        return lost

    def _all_parts(self, asked: Sequence[Part]) -> list[Part]:
        """What was asked for and the sources below that, each once and none within another."""
        inner = [_whole(s) for part in asked for s in self.territory.below(part.path)]
        parts = dict[str, Part]()
        for part in (*asked, *inner):
            parts.setdefault(part.path, part)
        return [part for part in parts.values() if not any(map(part.is_within, parts.values()))]

    def _look_through(self, part: Part) -> None:
        if not os.path.lexists(part.path):
            self.problems.append(_missing(part))
            self.folders.append(_nearest_folder(part.path))
            return
        source = part.source
        try:
            manner = Manner.of(source.dialect)
        except UsageError:
            self.problems.append(_unreadable(part))
            return
        alone = not Path(source.path).is_dir()
        folder = str(Path(source.path).parent) if alone else source.path
        self.readers[source.path] = Reader(manner, folder, alone=alone)
        walked = find(
            source.path, source.excludes, suffixes=manner.suffixes, shown=part.root_shown,
            within=part.path, apart=self.territory.others(source),
        )  # fmt: skip
        self.problems += walked.problems
        self.folders += (folder.path for folder in walked.folders)
        self.folders.append(str(PurePath(part.source.path).parent))
        if not walked.files and not walked.problems:
            self.problems.append(nothing_found(part.shown, manner.suffixes))
        self._compare(part, walked)

    def _compare(self, part: Part, walked: Walked) -> None:
        """Sort the files into those that are as they were, those to read, and those gone."""
        source = part.source
        is_fresh = source in self.territory.fresh
        known = sources.stamps(self.connection, source.path)
        trace = self.readers[source.path].trace()
        is_moved = trace != sources.trace(self.connection, source.path)
        if is_moved:
            self.traces[source.path] = trace
        trusted = known if self.is_trusted and not is_fresh and not is_moved else {}
        files = walked.files
        if walked.linked:
            files = tuple(f for f in files if not self._is_elsewhere(f.path, source))
        paths = {file.path for file in files}
        packed = self.readers[source.path].manner.dialect.read is not None
        changed = [
            f for f in files
            if not f.stamp or trusted.get(f.path) != f.stamp or (packed and self._is_bare(f.path))
        ]  # fmt: skip
        self.changed += ((source, file) for file in changed)
        self.unread += self._totals(source, known, paths - {file.path for file in changed})
        self.seen |= paths
        if walked.complete and any(not file.aside for file in files):
            before = known.keys() | (self._noted(source) if is_fresh else set())
            self.gone |= {path for path in before - paths if self._was_here(path, part)}

    def _is_bare(self, package: str) -> bool:
        """Whether the folder with the pictures of a package is gone."""
        return not folder_of(self.order.home, package).is_dir()

    def _is_elsewhere(self, path: str, source: KnownSource) -> bool:
        return path in self.seen or self.territory.is_elsewhere(path, source)

    def _noted(self, source: KnownSource) -> set[str]:
        return set(sources.noted_below(self.connection, source.path))

    def _was_here(self, path: str, part: Part) -> bool:
        """Whether a file that was not found ought to have been."""
        is_whole = part.path == part.source.path
        return (is_whole or is_below(path, part.path)) and not self.territory.is_elsewhere(
            path, part.source
        )

    def _totals(self, source: KnownSource, known: dict[str, bytes], paths: set[str]) -> Totals:
        if not paths:
            return Totals()
        if len(paths) == len(known):
            return sources.totals(self.connection, source.path)
        held = sources.held(self.connection, source.path)
        return sum((held[path] for path in paths), Totals())

    def _read(self, progress: Progress | None) -> list[Loaded]:
        files = []
        for number, (source, found) in enumerate(self.changed, 1):
            files.append(load(found, source.deck, self.readers[source.path]))
            if progress:
                progress(number, len(self.changed))
        return files

    def _record(self, changes: Changes) -> None:
        """Remember sources and files, once their notes are in."""
        sources.note_reader(self.connection, __version__)
        for path in self.territory.dropped:
            sources.forget(self.connection, path)
        for source in self.territory.fresh:
            sources.forget(self.connection, source.path)
            sources.keep(self.connection, source)
        for path, trace in self.traces.items():
            sources.note_trace(self.connection, path, trace)
        sources.drop_files(self.connection, self.gone)
        sources.note_files(self.connection, self._rows(changes))

    def _rows(self, changes: Changes) -> Iterable[FileRow]:
        notes = Counter(match.path for match in changes.matches)
        cards = Counter[str]()
        for match in changes.matches:
            cards[match.path] += len(card_keys(match.note.kind, match.note.front))
        doubted = {problem.place.path for problem in changes.problems}
        latest_ns = self.wish.clock_ns - _SETTLED_NS
        for (source, found), file in zip(self.changed, self.files, strict=True):
            sound = not any(p.severity is Severity.ERROR for p in file.parsed.problems)
            settled = found.touched_ns < latest_ns
            stamp = found.stamp if sound and settled and found.shown not in doubted else b""
            if file.package and stamp:
                self.withheld[found.path], stamp = stamp, b""
            lines = file.parsed.lines
            yield FileRow(
                found.path, source.path, stamp, notes[found.path], cards[found.path],
                lines.card, lines.prose,
            )  # fmt: skip


def _missing(part: Part) -> Problem:
    hint = f"bring it back, or forget it with srs sync --forget {part.shown}"
    return Problem(Place(part.shown, 1), "this source is missing; its cards stay", hint)


def _unreadable(part: Part) -> Problem:
    name = part.source.dialect.rstrip("?")
    hint = f"install what reads it, or choose another: srs import --from FORMAT {part.shown}"
    return Problem(Place(part.shown, 1), f"its format {name} is not to be had", hint)


def _nearest_folder(path: str) -> str:
    """The folder in which a missing path would begin to come back."""
    return next(str(place) for place in Path(path).parents if place.is_dir())
