"""The day's backup: taken before the first write of a study day, while the learner goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

from decks.errors import DataError
from srs.days import Calendar
from srs.store import backup


class Keeper:
    """Sees to the day's backup of one open collection."""

    def __init__(self, home: str, calendar: Calendar) -> None:
        self._home = Path(home)
        self._calendar = calendar
        self._day: int | None = None
        self._ended = Event()  # a join that was interrupted would take the thread for ended
        self._ended.set()
        self._unwanted = Event()
        self.complaint = ""

    def begin(self, at_ms: int) -> None:
        """Call before each write: what the collection holds now, the day's copy will hold."""
        today = self._calendar.day_of(at_ms)
        if today == self._day:
            return
        self._day = today
        self.finish()  # yesterday's, in a session that has lasted until today
        try:
            if not self._needed(today):
                return
            source = backup.snapshot(self._home)
        except (DataError, OSError) as error:
            self.complaint = str(error)
            return
        self._ended.clear()
        Thread(target=self._copy, args=(source, at_ms), daemon=True).start()

    def _needed(self, today: int) -> bool:
        return all(self._calendar.day_of(b.at_ms) != today for b in backup.backups(self._home))

    def _copy(self, source: sqlite3.Connection, at_ms: int) -> None:
        try:
            with closing(source):
                if source.execute("SELECT 1 FROM review_log LIMIT 1").fetchone():
                    wanted = lambda: not self._unwanted.is_set()  # noqa: E731
                    backup.copy_away(source, self._home, at_ms, wanted)
        except backup.Cancelled:
            pass
        except (DataError, sqlite3.Error, OSError) as error:
            self.complaint = str(error)
        finally:
            self._ended.set()

    def finish(self, patience_s: float | None = None) -> bool:
        """Wait (that long at most) until the copy is on disk; `complaint` says why if it is not.

        False when patience was not enough.
        """
        return self._ended.wait(patience_s)

    def abandon(self) -> None:
        """Give the copy up: there is no time. Nothing is left of it."""
        self._unwanted.set()
        self.finish()
