"""Sections of `srs stats` on recall: retention, calibration, transfer."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, sqrt

from rich.text import Text

from srs.cli.charts import (
    Block,
    Column,
    axis,
    dots,
    grid,
    line,
    meter,
    place,
    said,
)  # fmt: skip
from srs.cli.words import share
from srs.stats import (
    ENOUGH,
    LEAST_ANSWERS,
    LEAST_CALIBRATION,
    LEAST_IN_BIN,
    Bin,
    Calibration,
    Confidence,
    Retention,
    Stats,
    Tally,
    Transfer,
)  # fmt: skip

_PREDICTED, _HAPPENED, _BOTH = ("┼", "srs.predicted"), ("●", "srs.young"), ("◉", "srs.young")
_PERIODS = {"week": "7 days", "month": "30 days", "year": "365 days", "all": "all"}
_MOST_MONTHS, _MOST_MONTHS_FULL = 6, 24
_LEAST_BAR, _ROOM_FOR_WANTED = 12, 30  # cells
_ROOM_FOR_NAMES, _ROOM_FOR_PREDICTED = 30, 60
_TRANSFER = {
    "alike": "what you know holds in new words.",
    "unclear": "chance alone makes such a gap on so few answers.",
    "ahead": "new words do not harm.",
    "behind": "you recognise the wording more than the idea. Answer in your own words before you"
    " look (t), and add variants to your own cards.",
}


def of(tally: Tally, least: int = LEAST_ANSWERS) -> str:
    """A share with the number of answers it stands on."""
    return f"{share(tally.share(least))} of {tally.answers:,}"


# Retention


def retention(stats: Stats, width: int, *, full: bool) -> Block:
    """True retention by period and maturity, and by month."""
    if not any(period.all.answers >= LEAST_ANSWERS for period in stats.periods):
        return []
    most = _MOST_MONTHS_FULL if full else _MOST_MONTHS
    return [*_periods(stats.periods, width), Text(), *_months(stats, stats.months[-most:], width)]


def missing_retention(stats: Stats) -> str:
    """What is not there yet."""
    answers = max((period.all.answers for period in stats.periods), default=0)
    return f"Retention needs {LEAST_ANSWERS} answers to cards in phase review; so far {answers:,}."


def _periods(periods: Sequence[Retention], width: int) -> Block:
    words = _PERIODS if width >= _ROOM_FOR_NAMES else {}
    names = [words.get(period.name, period.name) for period in periods]
    columns = [Column("", names, least=0 if words else 4)]
    for name, rank in (("all", 0), ("young", 2), ("mature", 1)):
        cells = [of(getattr(period, name)) for period in periods]
        columns.append(Column(name, cells, right=True, rank=rank))
    return grid(columns, width)


def _months(stats: Stats, months: Sequence[Retention], width: int) -> Block:
    """A bar from the wanted retention to what it was."""
    counts = [of(month.all) for month in months]
    cells = min(40, width - len("2026-11  ") - max(map(len, counts), default=0) - 2)
    if cells < _LEAST_BAR:
        names = [month.name[2:] for month in months]
        return grid([Column("", names), Column("", counts, right=True)], width)
    wanted = stats.desired_retention
    low, high = _scale(wanted, [month.all.share() for month in months])
    centre = place(wanted, low, high, cells)
    bars = [_deviation(month.all.share(), wanted, (low, high), cells) for month in months]
    rows = grid([Column("", [m.name for m in months]), Column("", bars), Column("", counts)], width)
    label = f"{wanted:.0%} desired" if cells >= _ROOM_FOR_WANTED else f"{wanted:.0%}"
    ends = [(0, f"{low:.0%}"), (centre, label), (cells - 1, f"{high:.0%}")]
    return [line(" " * len("2026-11  ")).append_text(axis(cells, ends)), *rows]


def _scale(wanted: float, shares: Sequence[float | None]) -> tuple[float, float]:
    """As far to both sides as the months need, in steps of 5%."""
    known = [found for found in shares if found is not None]
    low = floor(20 * min([*known, wanted - 0.05]) + 1e-9) / 20
    high = ceil(20 * max([*known, wanted + 0.05]) - 1e-9) / 20
    return max(0.0, low), min(1.0, high)


def _deviation(found: float | None, wanted: float, scale: tuple[float, float], cells: int) -> Text:
    centre = place(wanted, *scale, cells)
    end = centre if found is None else place(found, *scale, cells)
    left, right = max(0, centre - end), max(0, end - centre)
    return line(
        " " * (centre - left), ("█" * left, "srs.hard"), ("│", "srs.strong"),
        ("█" * right, "srs.good"), " " * (cells - 1 - centre - right),
    )  # fmt: skip


# Calibration


def calibration(stats: Stats, width: int, *, full: bool) -> Block:
    """What FSRS predicted against what happened, and how sure the learner was."""
    found = stats.calibration
    if found.tally.share(LEAST_CALIBRATION) is None:
        return _confidence(stats.confidence, width)
    low = min((each.low for each in found.bins), default=0.0)
    names = [_bin_name(each, width) for each in found.bins]
    tallies = [each.tally for each in found.bins]
    rows = _compared(names, [each.predicted for each in found.bins], tallies, low, width)
    return [*said(_verdict(found), width), *rows, *_spaced(_confidence(stats.confidence, width))]


def _bin_name(found: Bin, width: int) -> str:
    if width < _ROOM_FOR_NAMES:
        return f"{found.low:.0%}+"
    return f"{100 * found.low:.0f}–{found.high:.0%}"


def missing_calibration(stats: Stats) -> str:
    """What is not there yet."""
    answers = stats.calibration.tally.answers
    needed = f"{LEAST_CALIBRATION} answers, each a day or more after the one before"
    return f"Calibration needs {needed}; so far {answers:,}."


def _verdict(found: Calibration) -> str:
    predicted, tally = found.predicted, found.tally
    happened = tally.recalled / tally.answers
    errors = "".join(
        f" {name} {value:.3f}."
        for name, value in (("Log loss", found.log_loss), ("RMSE", found.rmse))
        if value is not None
    )
    what = f"Predicted {share(predicted)}, recalled {share(happened)} of {tally.answers:,} answers"
    return f"{what}: {_judged(found, happened - predicted)}.{errors}"


def _judged(found: Calibration, gap: float) -> str:
    predicted, answers = found.predicted, found.tally.answers
    chance = 2 * sqrt(max(0.0, predicted * (1 - predicted)) / answers)
    if abs(gap) <= max(ENOUGH, chance):
        if found.fits:
            return "the predictions fit you"
        worst, at = found.worst, share(found.worst.predicted)
        return f"right on the whole, but where {at} was predicted, it was {of(worst.tally)}"
    if gap > 0:
        return "you remember longer than FSRS expects; cards come sooner than they need to"
    return "you forget sooner than FSRS expects; a higher desired_retention makes up for it"


def _compared(
    names: Sequence[str],
    predicted: Sequence[float],
    tallies: Sequence[Tally],
    low: float,
    width: int,
) -> Block:
    """One line for each: where the prediction stands, where what happened, and the count."""
    counts = [of(tally, LEAST_IN_BIN) for tally in tallies]
    shares = [tally.share(LEAST_IN_BIN) for tally in tallies]
    low = min([low, *(found for found in shares if found is not None)])
    low = floor(10 * low + 1e-9) / 10
    cells = min(50, width - max(map(len, names), default=0) - max(map(len, counts), default=0) - 4)
    columns = [Column("", names, right=True), Column("", counts)]
    if cells < _LEAST_BAR:
        return grid(columns, width)
    plots = [_dots(p, s, low, cells) for p, s in zip(predicted, shares, strict=True)]
    rows = grid([columns[0], Column("", plots), columns[1]], width)
    left = line(" " * (max(map(len, names), default=0) + 2))
    ends = [(0, f"{low:.0%}"), ((cells - 1) // 2, f"{(1 + low) / 2:.0%}"), (cells - 1, "100%")]
    return [left.append_text(axis(cells, ends)), *rows]


def _dots(predicted: float, happened: float | None, low: float, cells: int) -> Text:
    at = place(predicted, low, 1.0, cells)
    marks = {at: _PREDICTED}
    if happened is not None:
        then = place(happened, low, 1.0, cells)
        marks[then] = _BOTH if then == at else _HAPPENED
    return dots(marks, cells)


def _confidence(found: Sequence[Confidence], width: int) -> Block:
    if not any(each.tally.share(LEAST_IN_BIN) is not None for each in found):
        return []
    sure = " sure" if width >= _ROOM_FOR_NAMES else ""
    names = [f"{each.percent}%{sure}" for each in found]
    said_shares = [each.percent / 100 for each in found]
    rows = _compared(names, said_shares, [each.tally for each in found], 1.0, width)
    return [*said(_sureness(found), width), *rows]


def _sureness(found: Sequence[Confidence]) -> str:
    heard = [each for each in found if each.tally.share(LEAST_IN_BIN) is not None]
    answers = sum(each.tally.answers for each in heard)
    right = sum(each.tally.recalled for each in heard) / answers
    sure = sum(each.percent / 100 * each.tally.answers for each in heard) / answers
    what = f"You said {share(sure)}, and were right in {share(right)} of {answers:,} answers"
    if abs(right - sure) <= max(ENOUGH, 2 * sqrt(sure * (1 - sure) / answers)):
        off = [each for each in heard if _is_off(each)]
        if not off:
            return f"{what}: you know what you know."
        worst = max(off, key=lambda each: abs((each.tally.share(1) or 0) - each.percent / 100))
        return f"{what}: right on the whole, but of {worst.percent}% sure it was {of(worst.tally)}."
    return f"{what}: you are {'less' if right > sure else 'more'} sure than you should be."


def _is_off(each: Confidence) -> bool:
    """By more than a tenth, and than chance."""
    sure, answers = each.percent / 100, each.tally.answers
    gap = abs(each.tally.recalled / answers - sure)
    return gap > max(0.1, 2 * sqrt(sure * (1 - sure) / answers))


def _spaced(block: Block) -> Block:
    return [Text(), *block] if block else []


# Transfer


def transfer(stats: Stats, width: int, *, full: bool) -> Block:
    """Wordings met for the first time against those met before."""
    found = stats.transfer
    if found.gap is None:
        return []
    tallies = (found.unseen, found.seen)
    predicted = (found.unseen_predicted, found.seen_predicted)
    counts = [f"{of(t)}, predicted {share(p)}" for t, p in zip(tallies, predicted, strict=True)]
    if width < _ROOM_FOR_PREDICTED:
        counts = [of(tally) for tally in tallies]
    cells = max(0, min(30, width - len("unseen") - max(map(len, counts)) - 4))
    bars = [meter(t.share() or 0.0, cells, "srs.young") for t in tallies]
    columns = [Column("", ("unseen", "seen")), Column("", bars, rank=1), Column("", counts)]
    if cells < _LEAST_BAR // 2:
        del columns[1]
    return [*grid(columns, width), *said(_meaning(found), width)]


def missing_transfer(stats: Stats) -> str:
    """What is not there yet."""
    unseen, seen = stats.transfer.unseen.answers, stats.transfer.seen.answers
    needed = f"{LEAST_ANSWERS} answers each to unseen and seen wordings of cards with variants"
    return f"The transfer gap needs {needed}; so far {unseen} and {seen}."


def _meaning(found: Transfer) -> str:
    unseen, seen = found.unseen, found.seen
    what = f"Unseen wordings {of(unseen)} against {of(seen)} for those seen before: "
    return what + _TRANSFER.get(found.unseen_are or "", "")
