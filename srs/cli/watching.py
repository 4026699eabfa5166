"""`srs sync --watch`: whatever changes is read; nothing is held open in between."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from decks import Problem
from decks.errors import DataError, UsageError, UserError
from decks.manner import suffixes_of
from decks.walk import IGNORE_FILE
from srs import KnownSource, Synced, Wish
from srs.cli.context import Shell
from srs.cli.output import SCHEMA, complain, print_json, say
from srs.cli.problems import problem_line
from srs.cli.receipt import shape, tell
from srs.cli.sync import read_sources
from srs.cli.words import plural

if TYPE_CHECKING:
    from watchfiles.main import FileChange

_QUIET_MS = 200  # editors write a file in several steps
_LONGEST_MS = 2_000
_RETRY_MS = 2_000  # after which what could not be read or written is tried again
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def follow(shell: Shell, wish: Wish) -> NoReturn:
    """Sync now and after every change, until a signal ends it.

    Raises UsageError when there is nothing to watch.
    """
    watcher = _Watcher(shell, wish)
    watcher.begin()
    while True:
        watcher.wait()
        watcher.sync()


class _Watcher:
    """What is watched, and what has been said already."""

    def __init__(self, shell: Shell, wish: Wish) -> None:
        self.shell = shell
        self.wish = wish
        self.sources: tuple[KnownSource, ...] = ()
        self.folders: frozenset[str] = frozenset()
        self.suffixes: tuple[str, ...] = ()
        self.watched: frozenset[str] = frozenset()
        self.changes: Iterator[set[FileChange]] = iter(())
        self.told: frozenset[Problem] = frozenset()
        self.complaint = ""  # of the last sync, if it failed: it is tried again

    def begin(self) -> None:
        """The first sync, with its whole receipt."""
        synced = read_sources(self.shell, self.wish)
        if not synced.sources:
            raise UsageError("nothing to watch yet", "srs import PATH remembers what it reads")
        self._take(synced)
        if self.shell.as_json:
            _report(synced)
        else:
            tell(synced, as_json=False)
            say(f"Watching {plural(len(synced.sources), 'source')}; Ctrl-C ends it.")
        sys.stdout.flush()

    def _take(self, synced: Synced) -> None:
        self.sources, self.folders = synced.sources, frozenset(synced.folders)
        suffixes = (suffix for one in self.sources for suffix in suffixes_of(one.dialect))
        self.suffixes = tuple(dict.fromkeys(suffixes))
        self.told = frozenset(synced.receipt.problems)
        self.complaint = ""

    def sync(self) -> None:
        """Sync, and say what is new. What goes wrong is said once, and tried again."""
        try:
            synced = read_sources(self.shell, self.wish)
        except (UserError, OSError) as error:
            if str(error) != self.complaint:
                self.complaint = str(error)
                known = error if isinstance(error, UserError) else DataError(str(error))
                complain(known, as_json=self.shell.as_json)
            return
        told = self.told
        self._take(synced)
        self._tell([p for p in synced.receipt.problems if p not in told], synced)
        sys.stdout.flush()

    def _tell(self, news: Sequence[Problem], synced: Synced) -> None:
        changed = synced.receipt.by_file
        if self.shell.as_json:
            if news or changed:
                _report(synced)
            return
        for problem in news:
            say(problem_line(problem), err=True)
        time = synced.wall_clock[-len("14:02") :]
        for outcome in changed:
            counts = ", ".join(f"{count:,} {word}" for word, count in outcome.counts)
            say(f"{time} {self._name(outcome.path)}: {counts}")

    def _name(self, path: str) -> str:
        """The path below its source."""
        roots = [source.path for source in self.sources if path.startswith(f"{source.path}/")]
        return os.path.relpath(path, max(roots, key=len)) if roots else PurePath(path).name

    def wait(self) -> None:
        """Return when something may have changed. A signal leaves as `Interrupted`."""
        from srs.cli import Interrupted

        is_new = self.watched != self.folders
        if is_new:
            self._watch()
        while True:
            try:
                with _noted() as numbers:
                    changes = next(self.changes, None)
            except FileNotFoundError:  # a folder went at this very moment
                self.watched = frozenset()
                return
            except OSError as error:
                hint = "srs sync reads them once; on Linux see fs.inotify.max_user_watches"
                raise DataError(f"the sources cannot be watched: {error}", hint) from error
            if numbers:
                raise Interrupted(numbers[0])
            # What changed before the watch began has left no sign: look once more.
            if changes or is_new or self.complaint:
                return

    def _watch(self) -> None:
        from watchfiles import watch

        self.watched = self.folders
        self.changes = watch(
            *sorted(self.watched), watch_filter=self._matters, recursive=False,
            step=_QUIET_MS, debounce=_LONGEST_MS, rust_timeout=_RETRY_MS, yield_on_timeout=True,
            raise_interrupt=False, ignore_permission_denied=True, stop_event=_ENDED,
        )  # fmt: skip

    def _matters(self, _: object, path: str) -> bool:
        """Whether a change there may concern a deck file. Editors make files of other names."""
        name = PurePath(path).name
        if name.startswith("."):
            return name == IGNORE_FILE or path in self.folders
        is_folder = path in self.folders or Path(path).is_dir()
        return is_folder or name.lower().endswith(self.suffixes) or self._is_source(path)

    def _is_source(self, path: str) -> bool:
        return any(source.path == path for source in self.sources)


def _report(synced: Synced) -> None:
    print_json({"schema": SCHEMA, **shape(synced)})


class _Ended:
    """Whether a signal has come, as the wait for changes asks it."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def is_set(self) -> bool:
        return bool(self.numbers)


_ENDED = _Ended()


@contextmanager
def _noted() -> Iterator[list[int]]:
    """The signals that come meanwhile: what waits in another language would lose an exception."""

    def note(number: int, _: FrameType | None) -> None:
        _ENDED.numbers.append(number)

    before = {number: signal.signal(number, note) for number in _SIGNALS
              if signal.getsignal(number) is not signal.SIG_IGN}  # fmt: skip
    try:
        yield _ENDED.numbers
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
