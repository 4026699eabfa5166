"""A year of study days: weeks from left to right, Monday to Sunday from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from srs.cli.charts import Block, line, together, wrapped
from srs.days import iso_day
from srs.stats import shade, shade_edges

_WEEKS = 53
_LEFT = 4  # cells for the names of days
_DAYS = ("Mon", "", "Wed", "", "Fri", "", "")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHADES = "·░▒▓█"  # they differ without colour too
_MONDAY = 3  # days from a Monday to 1970-01-01


def weeks_shown(width: int) -> int:
    """How many weeks fit: a year where there is room."""
    return max(1, min(_WEEKS, width - _LEFT))


def first_shown(today: int, width: int) -> int:
    """The first study day that is shown, a Monday."""
    return ((today + _MONDAY) // 7 - weeks_shown(width) + 1) * 7 - _MONDAY


def heat_map(counts: Mapping[int, int], today: int, width: int) -> Block:
    """Answers by study day up to today, with the months above and the legend below."""
    mondays = range(first_shown(today, width), today + 1, 7)
    shown = [counts[day] for day in range(mondays[0], today + 1) if counts.get(day)]
    edges = shade_edges(shown)
    rows = [_row(counts, edges, mondays, weekday, today) for weekday in range(7)]
    return [_months(mondays), *rows, *_legend(edges, max(shown, default=0), width)]


def month_name(day: int) -> str:
    """The month of a study day in three letters."""
    return _MONTHS[int(iso_day(day)[5:7]) - 1]


def _row(
    counts: Mapping[int, int],
    edges: Sequence[int],
    mondays: Sequence[int],
    weekday: int,
    today: int,
) -> Text:
    text = line((_DAYS[weekday].ljust(_LEFT), "srs.quiet"))
    for monday in mondays:
        if monday + weekday <= today:
            level = shade(counts.get(monday + weekday, 0), edges)
            text.append(_SHADES[level], f"srs.heat.{level}")
    return text


def _months(mondays: Sequence[int]) -> Text:
    """The name of each month above the week in which it begins."""
    text = " " * _LEFT
    for number, monday in enumerate(mondays):
        begins = int(iso_day(monday + 6)[8:]) <= 7
        if begins and len(text) <= _LEFT + number and number + 3 <= len(mondays):
            text = text.ljust(_LEFT + number) + month_name(monday + 6) + " "
    return Text(text.rstrip(), "srs.quiet", no_wrap=True, overflow="crop")


def _legend(edges: Sequence[int], most: int, width: int) -> Block:
    text = Text().append(_SHADES[0], "srs.heat.0").append(together(" none"))
    lows = [1, *(edge + 1 for edge in edges)]
    highs = [*edges, most]
    for low, high in zip(lows, highs, strict=True) if most else ():
        level = shade(high, edges)
        span = f"{low:,}" if low == high else f"{low:,}–{high:,}"
        text.append("  ").append(_SHADES[level], f"srs.heat.{level}").append(together(f" {span}"))
    text.append(" answers a day")
    return wrapped(text, width)
