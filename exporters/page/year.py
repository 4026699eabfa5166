"""The year as a heat map: a column a week, a square a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exporters.markup import Markup, element, join
from exporters.page.parts import date, section
from exporters.page.words import count, plural, share, short_month
from exporters.svg import drawing, label
from srs.days import iso_day
from srs.stats import Day, Stats, shade, shade_edges

YEAR_DAYS = 365
_PITCH, _SIDE = 19, 16  # of a square, its gap included and not
_LEFT, _TOP = 34, 22
_WEEKDAYS = ((0, "Mon"), (2, "Wed"), (4, "Fri"))


def year(stats: Stats) -> Markup:
    """The section; a sentence says what the shades do."""
    days = stats.last_days(YEAR_DAYS)
    studied = [day for day in days if day and day.answers]
    if not studied:
        note = "Nothing was answered in the last 365 days."
        return section("The year", "year", element("p", note, class_="missing"))
    map_ = element(
        "div", _heat_map(stats.today, days, _edges(studied)),
        class_="scroll latest", tabindex="0", role="region", aria_label="Answers of each day",
    )  # fmt: skip
    return section("The year", "year", map_, _legend(studied), lead=_said(studied))


def _said(studied: Sequence[Day]) -> Markup:
    answers = sum(day.answers for day in studied)
    most = max(studied, key=lambda day: day.answers)
    start = f"{plural(answers, 'answer')} on {len(studied)} of the last {YEAR_DAYS} days"
    return join((start, ", the most on ", date(most.day), f": {count(most.answers)}."))


def _edges(studied: Iterable[Day]) -> list[int]:
    return shade_edges(day.answers for day in studied)


def _heat_map(today: int, days: Sequence[Day | None], edges: Sequence[int]) -> Markup:
    first = today - len(days) + 1
    monday = first - _weekday(first)
    squares = [_square(first + at, day, monday, edges) for at, day in enumerate(days)]
    weeks = (today - monday) // 7 + 1
    names = [label(0, _TOP + at * _PITCH + 12, name) for at, name in _WEEKDAYS]
    children = [*_months(monday, weeks), *names, *squares]
    width, height = _LEFT + weeks * _PITCH, _TOP + 7 * _PITCH
    return drawing(height, "A square for each day", children, width, look="year")


def _weekday(day: int) -> int:
    return (day + 3) % 7  # 0 is Monday; 1970-01-01 was a Thursday


def _square(number: int, day: Day | None, monday: int, edges: Sequence[int]) -> Markup:
    answers = day.answers if day else 0
    week, weekday = divmod(number - monday, 7)
    box = element(
        "rect", x=_LEFT + week * _PITCH, y=_TOP + weekday * _PITCH, width=_SIDE, height=_SIDE, rx=2
    )
    title = element("title", f"{iso_day(number)}: {_day_said(day)}")
    return element("g", title, box, class_=f"d{shade(answers, edges)}")


def _day_said(day: Day | None) -> str:
    if day is None or not day.answers:
        return "nothing answered"
    recalled = share(day.recalled / day.answers)
    return f"{plural(day.answers, 'answer')}, {recalled} recalled"


def _months(monday: int, weeks: int) -> list[Markup]:
    """The name of each month above the week in which it begins."""
    starts = [iso_day(monday + 7 * week + 6) for week in range(weeks)]
    return [
        label(_LEFT + week * _PITCH, 12, short_month(day))
        for week, day in enumerate(starts)
        if int(day[8:]) <= 7 and week < weeks - 1
    ]


def _legend(studied: Sequence[Day]) -> Markup:
    """What each shade stands for, by the days that have it."""
    edges = _edges(studied)
    held: dict[int, list[int]] = {}
    for day in studied:
        held.setdefault(shade(day.answers, edges), []).append(day.answers)
    keys = [_key(0, "none")]
    for found, answers in sorted(held.items()):
        low, high = min(answers), max(answers)
        keys.append(_key(found, count(low) if low == high else f"{count(low)}–{count(high)}"))
    return element("p", join(keys), " answers a day", class_="key")


def _key(found: int, words: str) -> Markup:
    box = element("rect", x=0, y=0, width=12, height=12, rx=2)
    square = element("g", box, class_=f"d{found}")
    swatch = element("svg", square, viewBox="0 0 12 12", class_="swatch", aria_hidden="true")
    return element("span", swatch, words)
