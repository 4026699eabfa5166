"""How the page says counts, shares, spans and dates. Pure."""

from __future__ import annotations

from srs.days import iso_day

_THIN = "\u202f"  # a narrow blank where no line breaks
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BOUNDS = {7: "1w", 14: "2w", 30: "1mo", 60: "2mo", 90: "3mo", 180: "6mo", 365: "1y", 730: "2y"}


def count(value: float) -> str:
    """A whole number, its thousands set apart."""
    return f"{round(value):,}".replace(",", _THIN)


def short_count(value: int) -> str:
    """A whole number in five signs at most, where there is no room for more."""
    return count(value) if value < 10_000 else f"{count(value / 1000)}k"


def plural(value: float, word: str) -> str:
    """1 card, 2 cards."""
    return f"{count(value)} {word}" if round(value) == 1 else f"{count(value)} {word}s"


def share(value: float | None, decimals: int = 0) -> str:
    """A probability as a percentage."""
    return "–" if value is None else f"{value:.{decimals}%}"


def points(gap: float) -> str:
    """A difference between shares, without its sign."""
    return f"{abs(gap) * 100:.1f} points"


def minutes(value: float) -> str:
    """Whole minutes up to two hours, then hours."""
    if value < 1:
        return "under a minute" if value > 0 else "0 min"
    return f"{round(value)} min" if value < 120 else f"{count(value / 60)} h"


def bound(days: float) -> str:
    """An upper bound of stability, short: 3d, 2w, 6mo."""
    return "∞" if days == float("inf") else _BOUNDS.get(int(days), f"{days:g}d")


def short_day(day: int) -> str:
    """21 Nov."""
    _, month, date = iso_day(day).split("-")
    return f"{int(date)} {_MONTHS[int(month) - 1]}"


def short_month(name: str) -> str:
    """2026-11 as Nov."""
    return _MONTHS[int(name[5:7]) - 1]


def month_number(name: str) -> int:
    """2026-11 as months since the year 0, so that months can be counted."""
    year, month = name.split("-")[:2]
    return int(year) * 12 + int(month) - 1


def month_named(number: int) -> str:
    """The month that `month_number` gave a number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
