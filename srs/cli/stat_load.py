"""Sections of `srs stats` on work: the year behind, and what the days ahead will cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import ceil
from statistics import median

from rich.text import Text

from srs.cli.charts import Block, Column, Part, axis, grid, legend, line, quiet, said, stacked
from srs.cli.heat_map import first_shown, heat_map, month_name
from srs.cli.words import duration, plural
from srs.days import iso_day
from srs.stats import LEAST_ANSWERS, Forecast, ForecastDay, Stats

_HEIGHT = 5  # lines of the columns
_LABEL = 7  # cells to their left
_SIDE = 8  # and to their right
_MONTH = 30  # days
_MOST_BAR = 40
_LEAST_BAR = 8
_SPANS = (("today", 0, 1), ("tomorrow", 1, 2), ("7 days", 1, 8), ("30 days", 1, 31),
          ("365 days", 1, 366))  # fmt: skip


# Reviews


def reviews(stats: Stats, width: int, *, full: bool) -> Block:
    """Every study day of the last year, and how its answers were rated."""
    if not stats.days:
        return []
    counts = {day.day: day.answers for day in stats.days}
    rows = heat_map(counts, stats.today, width)
    return [*rows, *said(_habit(stats, width), width), *_ratings(stats, width)]


def missing_reviews(stats: Stats) -> str:
    """What is not there yet."""
    return "The map of your year begins with the first answer."


def _habit(stats: Stats, width: int) -> str:
    """What the part of the log in sight comes to."""
    first = first_shown(stats.today, width)
    seen = [day for day in stats.days if first <= day.day <= stats.today]
    if not seen:
        return f"Nothing was answered since {iso_day(first)}."
    answers, spent_ms = sum(d.answers for d in seen), sum(d.spent_ms for d in seen)
    usual = median(day.answers for day in seen)
    return (
        f"{answers:,} answers on {plural(len(seen), 'day')} since {iso_day(first)},"
        f" {duration(spent_ms / 60_000)} in all; on a usual day {usual:,.0f}."
    )


def _ratings(stats: Stats, width: int) -> Block:
    total = sum(stats.ratings)
    if not total:
        return []
    names = ("again", "hard", "good", "easy")
    parts = [Part(name, count, sign, f"srs.{name}")
             for name, count, sign in zip(names, stats.ratings, "░▒█▓", strict=True)]  # fmt: skip
    return [stacked(parts, min(width, 57)), *legend(parts, width)]


# Forecast


def forecast(stats: Stats, width: int, *, full: bool) -> Block:
    """What is due, and what answering will come to, in answers and minutes."""
    found = stats.forecast
    if not any(day.due or day.expected for day in found.days):
        return []
    months = _months(found, width) if full else []
    plot = _columns(found, width)
    return [*plot, *_spans(found, width), *months, *quiet(_assumed(found), width)]


def missing_forecast(stats: Stats) -> str:
    """What is not there yet."""
    return "Nothing is due, and no new cards are left: srs import brings your own."


def cost(days: Sequence[ForecastDay]) -> str:
    """What some days will take, in answers and minutes."""
    answers = sum(day.expected for day in days)
    return f"{answers:,.0f} answers, {duration(sum(day.minutes for day in days))}"


def _assumed(found: Forecast) -> str:
    pace = f"{found.answer_s:.0f} s an answer"
    pace += f", by {found.timed:,} of yours" if found.timed else ", a guess until some are timed"
    pace += " and a guess" if 0 < found.timed < LEAST_ANSWERS else ""
    new = f"{found.new_per_day} new a day while they last ({found.new_left:,} left)"
    return f"█ due as things stand, ░ more that answering and new cards bring. At {pace}; {new}."


def _columns(found: Forecast, width: int) -> Block:
    """A column for each of the next 30 days, or for as many as fit."""
    side = _SIDE if width >= _LABEL + _MONTH + _SIDE else 0
    breadth = 2 if width >= _LABEL + 2 * _MONTH + side else 1
    days = found.days[: min(_MONTH, max(1, width - _LABEL - side))]
    top = max(1, ceil(max(max(day.due, day.expected) for day in days)))
    most = max(day.minutes for day in days)
    rows = []
    for row in range(_HEIGHT, 0, -1):
        text = line((_left(top, row), "srs.quiet"))
        for day in days:
            text.append(*_cell(day, top, row, breadth))
        if side and row in (1, _HEIGHT):
            minutes = duration(most) if row == _HEIGHT else ""
            text.append(f" {minutes}", "srs.quiet")
        rows.append(text)
    return [*rows, line(" " * _LABEL).append_text(_dates(days, breadth))]


def _left(top: int, row: int) -> str:
    return f"{top:>{_LABEL - 1},} " if row == _HEIGHT else " " * _LABEL


def _cell(day: ForecastDay, top: int, row: int, breadth: int) -> tuple[str, str]:
    """What stands in one line of a day's column: less than half a line is left out at its top."""
    due = _lines(day.due, top)
    more = max(due, _lines(day.expected, top))
    sign = "█" if row <= due else "░" if row <= more else " "
    style = "srs.bar.done" if row <= due else "srs.predicted"
    return sign * breadth, style


def _lines(value: float, top: int) -> int:
    return max(1 if value > 0 else 0, round(value / top * _HEIGHT))


def _dates(days: Sequence[ForecastDay], breadth: int) -> Text:
    cells = len(days) * breadth
    names = [
        (number * breadth + 3, f"{int(iso_day(day.day)[8:])} {month_name(day.day)}")
        for number, day in enumerate(days)
        if number % 7 == 0 and number * breadth + 6 <= cells
    ]
    return axis(cells, names)


def _spans(found: Forecast, width: int) -> Block:
    spans = [(name, found.days[first:end]) for name, first, end in _SPANS]
    return grid(
        [
            Column("", [name for name, _ in spans]),
            Column("due", [f"{sum(d.due for d in days):,}" for _, days in spans], right=True,
                   rank=1),
            Column("answers", [f"{sum(d.expected for d in days):,.0f}" for _, days in spans],
                   right=True),
            Column("time", [duration(sum(d.minutes for d in days)) for _, days in spans],
                   right=True, rank=2),
        ],
        width,
    )  # fmt: skip


def _months(found: Forecast, width: int) -> Block:
    """The year by months; the first and the last may be parts of one."""
    months = [
        (name, list(days)) for name, days in groupby(found.days, lambda d: iso_day(d.day)[:7])
    ]
    totals = [(sum(d.due for d in days), sum(d.expected for d in days)) for _, days in months]
    most = max(max(total) for total in totals) or 1
    times = [duration(sum(d.minutes for d in days)) for _, days in months]
    counts = [f"{due:,} due" for due, _ in totals]
    answers = [f"{expected:,.0f} answers" for _, expected in totals]
    taken = 7 + max(map(len, counts)) + max(map(len, answers)) + max(map(len, times)) + 8
    cells = min(_MOST_BAR, width - taken)
    bars = [
        _month_bar(due / most, expected / most, max(_LEAST_BAR, cells)) for due, expected in totals
    ]
    names = [name for name, _ in months]
    return [Text(), *grid(
        [Column("", names), Column("", bars, rank=2), Column("", counts, right=True, rank=3),
         Column("", answers, right=True), Column("", times, right=True, rank=1)],
        width,
    ), Text()]  # fmt: skip


def _month_bar(due: float, expected: float, cells: int) -> Text:
    first = round(due * cells)
    rest = max(0, round(expected * cells) - first)
    return line(("█" * first, "srs.bar.done"), ("░" * rest, "srs.predicted"))
