"""The plots that the page is made of: shares against shares, lines over time, columns. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from exporters.markup import Markup
from exporters.page.words import count, plural, share, short_count
from exporters.svg import (
    RIGHT,
    Frame,
    columns,
    count_steps,
    dot,
    drawing,
    label,
    levels,
    line,
    low_share,
    radius,
    share_steps,
    trace,
)
from srs.stats import CurvePoint, Tally

_LEFT = 44
_APART = 14  # between the baselines of two labels
_HALF_WORD = 30  # of a word under a mark: it stays inside


class Point(NamedTuple):
    """A share that was expected, and the answers that tell what happened."""

    expected: float
    tally: Tally
    title: str

    @property
    def happened(self) -> float:
        """The share recalled; a point stands on an answer at least."""
        return self.tally.recalled / self.tally.answers


class Trend(NamedTuple):
    """Shares over time under one name; steps without one are left out."""

    name: str
    look: str
    shares: Mapping[int, tuple[float, str]]  # by step: the share and what its point says


def square_plot(shown: Sequence[Point], said: str, from_: str = "predicted") -> Markup:
    """What happened against what was expected, with the diagonal."""
    low = low_share(value for point in shown for value in (point.expected, point.happened))
    frame = Frame(_LEFT, RIGHT, 24, 262, low, 1.0, low, 1.0)
    steps = share_steps(low)
    most = max(point.tally.answers for point in shown)
    across = [label(frame.x(step), 282, words, at="middle") for step, words in steps]
    across[-1] = label(RIGHT, 282, steps[-1][1], at="end")
    drawn = [
        *levels(frame, steps), *across,
        label(0, 12, "happened"), label(RIGHT, 300, f"{from_} →", at="end"),
        line(frame.left, frame.bottom, frame.right, frame.top, "ideal"),
        label(frame.left + 8, 40, "better than " + from_, "hint"),
        label(RIGHT - 4, 254, "worse", "hint", at="end"),
        *(_point(frame, point, most) for point in shown),
    ]  # fmt: skip
    return drawing(304, said, drawn)


def _point(frame: Frame, point: Point, most: int) -> Markup:
    title = f"{point.title}, happened {share(point.happened, 1)}, {_on(point.tally)}"
    place = frame.x(point.expected), frame.y(point.happened)
    return dot(*place, radius(point.tally.answers, most), "happened", title)


def _on(tally: Tally) -> str:
    return plural(tally.answers, "answer")


def curve_plot(whole: Sequence[CurvePoint], shown: Sequence[CurvePoint], said: str) -> Markup:
    """Points of recall over FSRS's line; time runs in stabilities."""
    happened = [point.tally.recalled / point.tally.answers for point in shown]
    low = low_share([*happened, *(point.predicted for point in whole)])
    last = max(1.25, *(point.elapsed * 1.08 for point in whole))
    frame = Frame(_LEFT, RIGHT, 12, 182, 0, last, low, 1.0)
    places = [(0.0, 1.0), *((point.elapsed, point.predicted) for point in whole)]
    fsrs = [(frame.x(x), frame.y(y)) for x, y in places]
    most = max(point.tally.answers for point in shown)
    drawn = [
        *levels(frame, share_steps(low)),
        *_times(frame),
        *(trace(fsrs, "line predicted"), _line_name(fsrs)),
        *(_recall(frame, point, at, most) for point, at in zip(shown, happened, strict=True)),
    ]
    return drawing(224, said, drawn)


def _times(frame: Frame) -> list[Markup]:
    """Whole multiples of the stability, about five of them."""
    step = max(1, round(frame.x_high / 5))
    multiples = range(step, int(frame.x_high) + 1, step)
    places = [(frame.x(at), f"{at} ×") for at in multiples]
    drawn = [label(x, 202, words, at="middle") for x, words in places if x < RIGHT - 14]
    named = label(RIGHT, 220, "time, in stabilities →", at="end")
    return [label(frame.left, 202, "0", at="middle"), *drawn, named]


def _line_name(places: Sequence[tuple[float, float]]) -> Markup:
    """Above the middle of the last stretch, where points seldom lie."""
    (x1, y1), (x2, y2) = places[-2:]
    x, y = min((x1 + x2) / 2 + 4, RIGHT - _HALF_WORD), max((y1 + y2) / 2 - 12, 12)
    return label(x, y, "FSRS")


def _recall(frame: Frame, point: CurvePoint, happened: float, most: int) -> Markup:
    title = (
        f"at {point.elapsed:.1f} stabilities: predicted {share(point.predicted, 1)}, "
        f"happened {share(happened, 1)}, {_on(point.tally)}"
    )
    place = frame.x(point.elapsed), frame.y(happened)
    return dot(*place, radius(point.tally.answers, most) * 0.7, "happened", title)


def trend_plot(
    trends: Sequence[Trend], wanted: float, names: Sequence[tuple[int, str]], said: str
) -> Markup:
    """Lines over time with their names at the end, and the share that is wanted."""
    steps = [step for trend in trends for step in trend.shares]
    low = low_share([wanted, *(value for trend in trends for value, _ in trend.shares.values())])
    first, last = min(steps), max(steps)
    frame = Frame(_LEFT, RIGHT - 56, 12, 182, first - 0.5, last + 0.5, low, 1.0)
    y = frame.y(wanted)
    drawn = [
        *levels(frame, share_steps(low)),
        line(frame.left, y, frame.right, y, "ideal"),
        *(label(frame.x(step), 202, words, at="middle") for step, words in names),
    ]
    for trend in trends:
        drawn += _trend(frame, trend)
    return drawing(208, said, drawn + _ends(frame, trends, y))


def _trend(frame: Frame, trend: Trend) -> list[Markup]:
    drawn: list[Markup] = []
    stretch: list[tuple[float, float]] = []
    for step, (value, title) in sorted(trend.shares.items()):
        if step - 1 not in trend.shares:  # a hole is not bridged
            drawn.append(trace(stretch, f"line {trend.look}"))
            stretch = []
        stretch.append((frame.x(step), frame.y(value)))
        drawn.append(dot(*stretch[-1], 3, trend.look, title))
    return [*drawn, trace(stretch, f"line {trend.look}")]


def _ends(frame: Frame, trends: Sequence[Trend], wanted_y: float) -> list[Markup]:
    """Each line's name where it ends, moved down where two would overlap."""
    ends = [(wanted_y, "desired", "hint")]
    for trend in trends:
        if trend.shares:
            value, _ = trend.shares[max(trend.shares)]
            ends.append((frame.y(value), trend.name, trend.look))
    drawn, free = [], 0.0
    for y, name, look in sorted(ends):
        baseline = max(y + 4, free)
        free = baseline + _APART
        drawn.append(label(frame.right + 8, baseline, name, look))
    return drawn


def pairs_plot(pairs: Sequence[tuple[str, Tally, float]], said: str) -> Markup:
    """A bar a row for what happened, with a mark where the prediction lay."""
    drawn: list[Markup] = []
    for at, (words, tally, predicted) in enumerate(pairs):
        drawn += _pair(
            Frame(0, RIGHT - 40, at * 50 + 20, at * 50 + 34, 0, 1, 0, 1), words, tally, predicted
        )
    x = min(max((RIGHT - 40) * pairs[-1][2], _HALF_WORD), RIGHT - _HALF_WORD)
    foot = len(pairs) * 50 + 6
    drawn.append(label(x, foot, "predicted", "hint", at="middle"))
    return drawing(foot + 6, said, drawn)


def _pair(frame: Frame, words: str, tally: Tally, predicted: float) -> list[Markup]:
    happened = tally.recalled / tally.answers
    title = f"predicted {share(predicted, 1)}, happened {share(happened, 1)}, {_on(tally)}"
    x = frame.x(predicted)
    return [
        label(0, frame.top - 7, words),
        *columns(frame._replace(right=frame.x(happened)), [1.0], [title], "column"),
        line(x, frame.top - 4, x, frame.bottom + 4, "mark"),
        label(RIGHT, frame.bottom - 3, share(happened), "figure", at="end"),
    ]


def panel(
    values: Sequence[float],
    titles: Sequence[str],
    ticks: Iterable[tuple[float, str]],
    unit: str,
    top: float,
    part: Sequence[float] = (),
) -> list[Markup]:
    """Columns over time with their scale, 124 units high, from `top` down; ticks by place.

    With a `part` of each value the columns are faint, and strong as far as the part goes.
    """
    steps = count_steps(max(*values, *part, 0))
    frame = Frame(_LEFT, RIGHT, top + 22, top + 104, 0, len(values), 0, steps[-1])
    under = [label(frame.x(at), top + 122, words) for at, words in ticks]
    scale = levels(frame, [(step, count(step)) for step in steps])
    drawn = columns(frame, values, titles, "column whole" if part else "column")
    filled = columns(frame, part, titles, "column") if part else []
    return [label(0, top + 12, unit), *scale, *drawn, *filled, *under]


def histogram(
    counts: Sequence[int], titles: Sequence[str], ticks: Iterable[tuple[float, str]], said: str
) -> Markup:
    """Columns with their count above; ticks by place, n being the left edge of the n-th."""
    frame = Frame(4, RIGHT, 24, 142, 0, len(counts), 0, max(*counts, 1))
    above = [
        label(frame.x(at + 0.5), frame.y(value) - 5, short_count(value), "hint", at="middle")
        for at, value in enumerate(counts)
        if value
    ]
    drawn = [
        line(frame.left, frame.bottom, frame.right, frame.bottom, "axis"),
        *columns(frame, counts, titles, "column"), *above,
        *(label(frame.x(at), 160, words, at="middle") for at, words in ticks),
    ]  # fmt: skip
    return drawing(166, said, drawn)
