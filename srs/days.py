"""The learner's day: it begins at the rollover hour of their own wall clock. Pure.

A study day is numbered by its date, in days since 1970-01-01. On the path to the first card, so
nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from decks.errors import DataError

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000


class Calendar(NamedTuple):
    """How a learner counts days. An empty zone is the system's (and so follows TZ)."""

    zone: str = ""
    rollover_hour: int = 4

    def offset_min(self, at_ms: int) -> int:
        """Minutes that the wall clock is ahead of UTC (east is positive) at an instant."""
        if not self.zone:
            return time.localtime(at_ms // 1000).tm_gmtoff // 60
        return _named_offset_min(self.zone, at_ms)

    def day_of(self, at_ms: int) -> int:
        """The study day of an instant: its local date, or the day before until the rollover."""
        return self.day_at(at_ms, self.offset_min(at_ms))

    def day_at(self, at_ms: int, offset_min: int) -> int:
        """The same where the wall clock is known to be so far ahead of UTC."""
        return (at_ms + offset_min * _MINUTE_MS - self.rollover_hour * _HOUR_MS) // _DAY_MS

    def wall_clock(self, at_ms: int) -> str:
        """An instant as the learner's wall clock shows it, to the minute: 2026-03-02 09:30."""
        wall_ms = at_ms + self.offset_min(at_ms) * _MINUTE_MS
        return time.strftime("%Y-%m-%d %H:%M", time.gmtime(wall_ms // 1000))

    def start_ms(self, day: int) -> int:
        """The first instant of a study day.

        Where the clock skips the rollover the day begins with the skip; where it shows it twice,
        at the first time.
        """
        wall_ms = day * _DAY_MS + self.rollover_hour * _HOUR_MS
        # Offsets lie within a day of UTC; narrow down on the first instant of that day.
        low, high = wall_ms - _DAY_MS, wall_ms + _DAY_MS
        guesses = sorted(wall_ms - self.offset_min(edge) * _MINUTE_MS for edge in (low, high))
        for guess in guesses:
            if self.day_of(guess) == day and self.day_of(guess - 1) < day:
                return guess
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.day_of(middle) >= day else (middle, high)
        return high


USUAL_CALENDAR = Calendar()


def _named_offset_min(zone: str, at_ms: int) -> int:
    from datetime import UTC, datetime, timedelta
    from zoneinfo import ZoneInfo

    try:
        info = ZoneInfo(zone)
    except (KeyError, OSError, ValueError) as error:
        hint = "use a name such as Europe/Berlin, or an empty one for the system's"
        raise DataError(f"no time zone {zone}", hint) from error
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at_ms // 1000)
    offset = instant.astimezone(info).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60


def iso_day(day: int) -> str:
    """A study day as YYYY-MM-DD."""
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86_400))


def iso_instant(at_ms: int) -> str:
    """An instant as ISO 8601 in UTC with milliseconds."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms // 1000))
    return f"{whole}.{at_ms % 1000:03d}Z"
