"""How intervals, minutes and shares are said, and what is said in more than one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srs import Card, CardState, Collection, Rating

DOUBLING = "What would double it?"  # that an estimate goes on with
_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS


def interval(state: CardState, at_ms: int, day: int) -> str:
    """The time until a card is due, as the learner reads it: 10m, 3d, 2.1mo, 1.4y."""
    if state.due_day is not None:
        return days(state.due_day - day)
    if state.due_ms is None:
        return "now"
    span_ms = max(0, state.due_ms - at_ms)
    if span_ms < _MINUTE_MS:
        return f"{round(span_ms / 1000)}s"
    if span_ms < _HOUR_MS:
        minutes = span_ms / _MINUTE_MS
        return f"{minutes:.1f}m".replace(".0m", "m") if minutes < 9.95 else f"{round(minutes)}m"
    return f"{span_ms / _HOUR_MS:.1f}h".replace(".0h", "h")


def intervals(collection: Collection, card: Card, at_ms: int) -> dict[Rating, str]:
    """What each rating would give, as the learner reads it."""
    day = collection.calendar.day_of(at_ms)
    states = collection.preview(card, at_ms)
    return {rating: interval(state, at_ms, day) for rating, state in states.items()}


def days(count: int) -> str:
    """A whole number of days, shortened where the exact day no longer matters."""
    if count < 30:
        return f"{count}d"
    if count < 365:
        return f"{count / 30.4375:.1f}mo".replace(".0mo", "mo")
    return f"{count / 365.25:.1f}y".replace(".0y", "y")


def plural(count: int, word: str) -> str:
    """1 card, 2 cards, 1,000 cards."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def share(value: float | None) -> str:
    """A probability as a whole percentage."""
    return "–" if value is None else f"{value:.0%}"


def minutes(value: float) -> str:
    """Whole minutes; less than one is said so."""
    return f"{round(value)} min" if value >= 1 else "under a minute"


def duration(minutes: float) -> str:
    """Minutes for a table: 0 min, 45 min, 5.3 h, 120 h."""
    if round(minutes) < 100:
        return f"{round(minutes)} min"
    hours = minutes / 60
    return f"{hours:.1f} h" if hours < 9.95 else f"{hours:,.0f} h"


def span(stability_days: float) -> str:
    """A stability, shortened: 5h, 17.5d, 2.1mo, 1.4y."""
    if stability_days < 1:
        return f"{stability_days * 24:.0f}h"
    return f"{stability_days:.1f}d" if stability_days < 29.95 else days(round(stability_days))


def size(size_bytes: int) -> str:
    """What a file takes: 412 bytes, 58.1 kB, 1.2 MB."""
    if size_bytes < 1000:
        return plural(size_bytes, "byte")
    value, unit = size_bytes / 1000, "kB"
    for larger in ("MB", "GB"):
        if round(value, 1) < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:,.1f} {unit}"
