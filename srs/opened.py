"""An open file of a collection: what it is opened with, how a row is stamped, when it is closed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from srs.daily import DailyQueue
from srs.days import Calendar
from srs.settings import Settings
from srs.store.connection import FILE_NAME, explain
from srs.uid import uuid7

if TYPE_CHECKING:
    from srs.keeper import Keeper
    from srs.states import Engine
    from srs.store.log import Stamp


class Opened:
    """What every part of an open collection needs; see `srs.collection`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        home: str,
        settings: Settings,
        notices: Sequence[str] = (),
        entropy: Callable[[int], bytes] = os.urandom,
        *,
        on_disk: bool = False,
    ) -> None:
        self.home = home
        self.settings = settings
        self.calendar = Calendar(settings.zone, settings.rollover_hour)
        self.notices = tuple(notices)
        self.daily = DailyQueue(connection, self.calendar, settings)
        self._connection = connection
        self._entropy = entropy
        self._known_engine: Engine | None = None
        self._known_device = b""
        self._on_disk = on_disk
        self._keeper: Keeper | None = None

    @property
    def path(self) -> str:
        """Where the collection's file is."""
        return f"{self.home}/{FILE_NAME}"

    def close(self) -> None:
        """Let go of the file, once the day's backup is made; the last one leaves it complete."""
        if self._keeper is not None:
            self._keeper.finish()
        try:
            self._connection.close()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._keeper is not None and error is not None:
            self._keeper.abandon()
        self.close()
        if isinstance(error, sqlite3.Error):
            raise explain(error, self.path) from error

    def make_ready(self, at_ms: int) -> None:
        """Load the scheduler and begin the day's backup, so that no answer waits for either."""
        _ = self._engine
        self._keep_safe(at_ms)

    @property
    def keeper(self) -> Keeper | None:
        """What is seeing to the day's backup, once something was written."""
        return self._keeper

    def _keep_safe(self, at_ms: int) -> None:
        if not self._on_disk:
            return
        if self._keeper is None:
            from srs.keeper import Keeper

            self._keeper = Keeper(self.home, self.calendar)
        self._keeper.begin(at_ms)

    @contextmanager
    def _writing(self, at_ms: int) -> Iterator[None]:
        self._keep_safe(at_ms)
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def _stamps(self, at_ms: int) -> Callable[[], Stamp]:
        return lambda: self._stamp(at_ms)

    def _stamp(self, at_ms: int) -> Stamp:
        from srs.store.log import Stamp

        if not self._known_device:
            sql = "SELECT value FROM meta WHERE key = 'device'"
            self._known_device = self._connection.execute(sql).fetchone()[0]
        uid = uuid7(at_ms, self._entropy(10))
        day, offset_min = self.calendar.day_of(at_ms), self.calendar.offset_min(at_ms)
        return Stamp(uid, self._known_device, at_ms, day, offset_min)

    @property
    def _engine(self) -> Engine:
        if self._known_engine is None:
            from srs.states import Engine

            self._known_engine = Engine(self._connection, self.settings)
        return self._known_engine
