"""The one place that reads the clock."""

from __future__ import annotations

import time

from decks.errors import UsageError

_MAX_YEAR = 9000


class Clock:
    """Epoch milliseconds now; or, started elsewhere, running on from there."""

    def __init__(self, start_ms: int | None = None) -> None:
        self._start_ms = start_ms
        self._since_ms = self.monotonic_ms()

    def now_ms(self) -> int:
        """The present instant."""
        if self._start_ms is None:
            return time.time_ns() // 1_000_000
        return self._start_ms + self.monotonic_ms() - self._since_ms

    @staticmethod
    def monotonic_ms() -> int:
        """Milliseconds that only ever grow, for durations."""
        return time.monotonic_ns() // 1_000_000

    @staticmethod
    def wall_ns() -> int:
        """The machine's own time, by which files are stamped, whatever instant was asked for."""
        return time.time_ns()


def parse_instant(text: str) -> int:
    """Epoch milliseconds of an ISO 8601 instant; without an offset it is UTC."""
    from datetime import UTC, datetime, timedelta

    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        hint = "write it as 2026-11-21T08:00:00+01:00"
        raise UsageError(f"--now {text}: not an instant", hint) from error
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    if not epoch <= instant or instant.year > _MAX_YEAR:
        raise UsageError(f"--now {text}: out of range", f"years 1970 to {_MAX_YEAR}")
    return (instant - epoch) // timedelta(milliseconds=1)
