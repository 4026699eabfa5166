"""What brings cards into an open collection: files that were read, sources, new cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from srs.answering import Answering

if TYPE_CHECKING:
    from pathlib import Path

    from decks import Loaded
    from decks.appending import NewCards
    from decks.frontmatter import FrontMatter
    from decks.progress import Progress
    from srs.filing import Filed
    from srs.importing import Order
    from srs.receipt import Receipt
    from srs.store.sources import KnownSource
    from srs.syncing import Synced, Wish


class TakingIn(Answering):
    """The part of an open collection that reads deck files; see `srs.collection`."""

    def import_files(
        self,
        files: Sequence[Loaded],
        at_ms: int,
        *,
        dry_run: bool = False,
        relink: bool = True,
        progress: Progress | None = None,
    ) -> Receipt:
        """Bring what `decks.read` read into the collection; all of it, or nothing on an error.

        The files become no source: see `import_paths`.
        """
        from srs.importing import Order, import_files

        order = Order(at_ms, self.home, dry_run=dry_run, relink=relink, calendar=self.calendar)
        with self._taking_in(order):
            return import_files(self._connection, files, order, progress)

    def import_paths(
        self,
        paths: Sequence[str],
        wish: Wish,
        at_ms: int,
        reading: Progress | None = None,
        importing: Progress | None = None,
    ) -> Synced:
        """Read files and folders, remember them as sources, and bring in what they hold.

        Files that are as they were are not read. `reading` is told of every file that is,
        `importing` of notes. Raises UsageError for a path that does not exist.
        """
        from srs.syncing import import_paths

        order = wish.order(at_ms, self.home, self.calendar)
        with self._taking_in(order):
            return import_paths(self._connection, paths, wish, order, reading, importing)

    def sync(
        self,
        wish: Wish,
        at_ms: int,
        reading: Progress | None = None,
        importing: Progress | None = None,
    ) -> Synced:
        """Read all sources again, as far as they have changed."""
        from srs.syncing import sync

        order = wish.order(at_ms, self.home, self.calendar)
        with self._taking_in(order):
            found = sync(self._connection, wish, order, reading, importing)
        return found._replace(wall_clock=self.calendar.wall_clock(at_ms))

    def known_sources(self) -> list[KnownSource]:
        """What `sync` reads, by path."""
        from srs.store import sources

        return sources.sources(self._connection)

    def count_files(self, source: KnownSource) -> int:
        """How many deck files the source held when it was last read."""
        from srs.store import sources

        return sources.totals(self._connection, source.path).files

    def forget_source(self, path: str, at_ms: int) -> KnownSource:
        """Read a source no more; its cards stay. Raises UsageError when it is none."""
        from srs.syncing import forget

        with self._writing(at_ms):
            return forget(self._connection, path)

    @contextmanager
    def _taking_in(self, order: Order) -> Iterator[None]:
        if not order.dry_run:
            self._keep_safe(order.at_ms)
            self.daily.forget()
        yield

    def card_file(self, front: FrontMatter, named: str = "") -> Path:
        """The file for new cards below such a head: the one named, else one of the home.

        Raises UserError if they may not stand in the file that was named.
        """
        from srs.filing import file_of

        return file_of(self._connection, self.home, front, named)

    def file_cards(
        self,
        new: NewCards,
        at_ms: int,
        *,
        named: str = "",
        written: Callable[[], object] = lambda: None,
    ) -> Filed:
        """Write new cards at the end of their file (see `card_file`), and import it.

        `written` is called when they are safe there. A card that stands somewhere already is told
        and not written. Raises UserError if the cards cannot be filed; then nothing was written.
        """
        from srs.filing import file_cards

        with self._writing(at_ms):
            filed = file_cards(self._connection, self.home, new, named, at_ms, written)
        self.daily.forget()
        return filed
