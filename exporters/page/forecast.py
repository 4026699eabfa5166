"""What the coming days will cost. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exporters.markup import Markup, element
from exporters.page.parts import figure, row, section, table
from exporters.page.plots import panel
from exporters.page.words import count, minutes, plural, short_day, short_month
from exporters.svg import drawing
from srs.days import iso_day
from srs.stats import LEAST_ANSWERS, Forecast, ForecastDay, Stats

_MONTH_DAYS, _YEAR_DAYS = 30, 365
_WEEK_DAYS = 7
_PANEL = 138  # units of height


def forecast(stats: Stats) -> Markup:
    """The section; silent for a forecast without days."""
    days = stats.forecast.days
    title, name = "What it will cost", "forecast"
    if not days:
        return section(title, name, element("p", "Nothing to foretell.", class_="missing"))
    parts = row(_month(days[:_MONTH_DAYS]), _year(days[:_YEAR_DAYS]), _spans(days))
    return section(title, name, parts, lead=_said(stats.forecast))


def _said(found: Forecast) -> str:
    pace = f"{found.answer_s:.0f} seconds an answer"
    stands = f"measured on {plural(found.timed, 'answer')}" if found.timed else "a guess so far"
    stands += ", and partly a guess" if 0 < found.timed < LEAST_ANSWERS else ""
    new = (
        f"{plural(found.new_left, 'new card')} left, {count(found.new_per_day)} a day"
        if found.new_left
        else "no new cards left"
    )
    return f"If nothing changes: {new}, at {pace} ({stands})."


def _month(days: Sequence[ForecastDay]) -> Markup:
    ticks = [(at, short_day(days[at].day)) for at in range(0, len(days) - 2, _WEEK_DAYS)]
    answers = [f"{iso_day(day.day)}: {plural(day.expected, 'answer')}, "
               f"{plural(day.due, 'card')} due as things stand" for day in days]  # fmt: skip
    due = [float(day.due) for day in days]
    spent = [f"{iso_day(day.day)}: {minutes(day.minutes)}" for day in days]
    drawn = [
        *panel([day.expected for day in days], answers, ticks, "answers a day", 0, due),
        *panel([day.minutes for day in days], spent, ticks, "minutes a day", _PANEL),
    ]
    plot = drawing(2 * _PANEL, "Answers and minutes of each of the next days", drawn)
    note = (
        f"Strong: cards due as things stand, {count(days[0].due)} today. "
        "Faint: answers that new and repeated cards add."
    )
    return figure(f"The next {len(days)} days", plot, note)


def _year(days: Sequence[ForecastDay]) -> Markup:
    weeks = [days[at : at + _WEEK_DAYS] for at in range(0, len(days), _WEEK_DAYS)]
    answers = [_mean([day.expected for day in week]) for week in weeks]
    spent = [_mean([day.minutes for day in week]) for week in weeks]
    starts = [f"week from {iso_day(week[0].day)}" for week in weeks]
    said = [
        f"{at}: {plural(value, 'answer')} a day" for at, value in zip(starts, answers, strict=True)
    ]
    took = [f"{at}: {minutes(value)} a day" for at, value in zip(starts, spent, strict=True)]
    ticks = _months(weeks)
    drawn = [
        *panel(answers, said, ticks, "answers a day", 0),
        *panel(spent, took, ticks, "minutes a day", _PANEL),
    ]
    plot = drawing(2 * _PANEL, "Answers and minutes a day by week", drawn)
    return figure(f"The next {len(days)} days", plot, "Each column is a week’s mean day.")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _months(weeks: Sequence[Sequence[ForecastDay]]) -> list[tuple[float, str]]:
    """Every second month's name, at the week in which it begins."""
    found = []
    for at, week in enumerate(weeks[:-2]):
        name = iso_day(week[-1].day)
        if int(name[8:]) <= _WEEK_DAYS and int(name[5:7]) % 2:
            found.append((float(at), short_month(name)))
    return found


def _spans(days: Sequence[ForecastDay]) -> Markup:
    """Today, tomorrow and longer spans, each if the forecast reaches so far."""
    spans = (("Today", 0, 1), ("Tomorrow", 1, 2), ("7 days", 1, 8), ("30 days", 1, 31),
             ("365 days", 1, 366))  # fmt: skip
    rows = [_span(name, days[first:last]) for name, first, last in spans if last <= len(days)]
    made = table(("From tomorrow on", "Answers", "Time"), rows, "Cost by span")
    note = "Totals; days without study move their cards to the next."
    return figure("In all", made, note)


def _span(name: str, days: Sequence[ForecastDay]) -> tuple[str, str, str]:
    return name, count(sum(day.expected for day in days)), minutes(sum(day.minutes for day in days))
