"""Dates and instants as other programs write them. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

_EPOCH = date(1970, 1, 1)
_START = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(text: str) -> int | None:
    """The day, counted from 1970-01-01, of a date or of an instant's own date (ISO 8601).

    None if it is neither.
    """
    try:
        return (date.fromisoformat(text.strip()[:10]) - _EPOCH).days
    except ValueError:
        return None


def instant_ms(text: str) -> int | None:
    """Epoch milliseconds of an instant (ISO 8601); without a zone it is UTC. None if it is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return (aware - _START) // timedelta(milliseconds=1)
    except OverflowError:
        return None
