"""True retention by month, and by period and maturity. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exporters.markup import Markup, element, join
from exporters.page.parts import figure, row, section, silent, table
from exporters.page.plots import Trend, trend_plot
from exporters.page.words import count, month_named, month_number, plural, share, short_month
from srs.stats import LEAST_ANSWERS, MATURE_DAYS, Retention, Stats, Tally

_MOST_MONTHS = 24
_PERIODS = {
    "today": "Today",
    "yesterday": "Yesterday",
    "week": "7 days",
    "month": "30 days",
    "year": "365 days",
    "all": "All",
}


def retention(stats: Stats) -> Markup:
    """The section on true retention."""
    lead = (
        "How often you recalled a card in phase review. Mature cards are those whose "
        f"stability had reached {MATURE_DAYS} days, young ones had not."
    )
    parts = row(_by_month(stats.months, stats.desired_retention), _by_period(stats.periods))
    return section("True retention", "retention", parts, lead=lead)


def _by_month(months: Sequence[Retention], wanted: float) -> Markup:
    title = "By month"
    shown = _latest(months)
    trends = [
        Trend("mature", "mature", _shares(shown, [month.mature for month in shown])),
        Trend("young", "young", _shares(shown, [month.young for month in shown])),
    ]
    if not any(trend.shares for trend in trends):
        return silent(title, f"Needs a month with {LEAST_ANSWERS} answers to due cards.")
    answers = sum(month.all.answers for month in shown)
    note = f"On {plural(answers, 'answer')}. Months with fewer than {LEAST_ANSWERS} are left out."
    plot = trend_plot(trends, wanted, _names(trends), "True retention by month")
    rows = [_row(month.name, month) for month in reversed(shown)]
    return figure(title, plot, note, _table(rows, "Month", "True retention by month"))


def _latest(months: Sequence[Retention]) -> list[Retention]:
    if not months:
        return []
    first = month_number(months[-1].name) - _MOST_MONTHS + 1
    return [month for month in months if month_number(month.name) >= first]


def _shares(months: Sequence[Retention], tallies: Sequence[Tally]) -> dict[int, tuple[float, str]]:
    shares = {}
    for month, tally in zip(months, tallies, strict=True):
        value = tally.share()
        if value is not None:
            said = f"{month.name}: {share(value, 1)} of {plural(tally.answers, 'answer')}"
            shares[month_number(month.name)] = value, said
    return shares


def _names(trends: Sequence[Trend]) -> list[tuple[int, str]]:
    """Every so many months, so that six names at most stand side by side."""
    steps = [step for trend in trends for step in trend.shares]
    apart = (max(steps) - min(steps)) // 6 + 1
    return [
        (step, short_month(month_named(step))) for step in range(max(steps), min(steps) - 1, -apart)
    ]


def _by_period(periods: Sequence[Retention]) -> Markup:
    title = "By period and maturity"
    answers = max((period.all.answers for period in periods), default=0)
    if answers < LEAST_ANSWERS:
        note = f"Needs {LEAST_ANSWERS} answers to due cards; so far {count(answers)}."
        return silent(title, note)
    rows = [_row(_PERIODS.get(period.name, period.name), period) for period in periods]
    note = f"A share stands on {LEAST_ANSWERS} answers at least; their number is beside it."
    made = _table(rows, "Period", "True retention by period")
    return figure(title, made, note, look="two")


def _row(name: str, found: Retention) -> tuple[str, ...]:
    return name, *(_cell(tally) for tally in (found.young, found.mature, found.all))


def _cell(tally: Tally) -> Markup:
    return join((share(tally.share()), element("small", count(tally.answers))))


def _table(rows: Sequence[tuple[str, ...]], first: str, said: str) -> Markup:
    return table((first, "Young", "Mature", "All"), rows, said, "pairs")
