"""Curves drawn with characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import floor

from srs.cli.words import days

_BARS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = 8
_LABEL_CELLS = 5  # "100% "
_HOUR_DAYS = 1 / 24
_MINUTE_DAYS = _HOUR_DAYS / 60


def curve(points: Sequence[float], *, width: int, height: int) -> list[str]:
    """`height` lines of at most `width` cells: values from 0 to 1, spread over the width.

    The lowest line begins below the least value; the labels say what the top of a line stands for.
    """
    columns = _columns(width)
    values = _resampled([_clamped(value) for value in points], columns)
    base = _base(values)
    filled = [_eighths(value, base, height) for value in values]
    lines, said = [], ""
    for row in range(height, 0, -1):
        label = f"{base + (1 - base) * row / height:4.0%} "
        bars = (_BARS[min(max(0, eighths - _EIGHTHS * (row - 1)), _EIGHTHS)] for eighths in filled)
        shown = label if label != said else " " * _LABEL_CELLS  # rounded to the same
        lines.append((_left(width, shown) + "".join(bars)).rstrip())
        said = label
    return lines


def forgetting_curve(
    retrievability: Callable[[float], float],
    now_days: float,
    due_days: float,
    *,
    width: int,
    height: int,
) -> list[str]:
    """`height` lines (at least 3): retrievability by days since the last review, and below it when
    today and the due day are, and the scale."""
    span_days = max(1.5 * due_days, 1.2 * now_days) or 1.0
    columns = _columns(width)
    last = max(1, columns - 1)
    points = [retrievability(span_days * column / last) for column in range(columns)]
    places = [min(last, max(0, round(at / span_days * last))) for at in (now_days, due_days)]
    return [
        *curve(points, width=width, height=max(1, height - 2)),
        (_left(width) + _marks(places[0], places[1], columns)).rstrip(),
        _left(width) + _scale(span_days, columns),
    ]


def _columns(width: int) -> int:
    return max(1, width - _LABEL_CELLS) if width > _LABEL_CELLS else max(0, width)


def _left(width: int, label: str = " " * _LABEL_CELLS) -> str:
    return label if width > _LABEL_CELLS else ""


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))  # 0 for what is not a number


def _resampled(points: Sequence[float], count: int) -> list[float]:
    """`count` values at equal distances along the points, straight in between."""
    if not points:
        return []
    step = (len(points) - 1) / max(1, count - 1)
    return [_between(points, at * step) for at in range(count)]


def _between(points: Sequence[float], at: float) -> float:
    low = min(floor(at), len(points) - 1)
    high = min(low + 1, len(points) - 1)
    return points[low] + (points[high] - points[low]) * (at - low)


def _base(values: Sequence[float]) -> float:
    """Where the scale begins: a multiple of 10% below all values, with room above it."""
    return max(0.0, min(0.9, floor(10 * min(values, default=0.0) - 0.01) / 10))


def _eighths(value: float, base: float, height: int) -> int:
    return max(1, round((value - base) / (1 - base) * height * _EIGHTHS))


def _marks(now: int, due: int, columns: int) -> str:
    """A line with a mark at each of the two columns, and its meaning beside it if there is room."""
    if now == due:
        full, short = (next(_laid([(now, "▲", word)], columns)) for word in ("today, due", "due"))
        return full if "due" in full else short
    places = sorted([(now, "▲", "today"), (due, "△", "due")])
    return next(_laid(places, columns))


def _laid(places: Sequence[tuple[int, str, str]], columns: int) -> Iterator[str]:
    """The line, the fullest first: words behind their marks, before them, or none."""
    for sides in sorted(product((0, 1, 2), repeat=len(places)), key=lambda sides: sides.count(2)):
        line, was = "", 1
        for place, side in zip(places, sides, strict=True):
            start, text = _span(*place, side)
            # Marks may touch each other; a word needs a space before the next mark or word.
            free = len(line) + bool(line and (was == 0 or side == 1))
            if start < free or start + len(text) > columns:
                break
            line, was = line.ljust(start) + text, side
        else:
            yield line
    yield "".join(sign for _, sign, _ in places)[:columns]


def _span(column: int, sign: str, word: str, side: int) -> tuple[int, str]:
    if side == 0:
        return column, f"{sign} {word}"
    if side == 1:
        return column - len(word) - 1, f"{word} {sign}"
    return column, sign


def _scale(span_days: float, columns: int) -> str:
    """From 0 to the end of the axis, with the middle where there is room for it."""
    middle, end = _time(span_days / 2), _time(span_days)
    line = "0"
    at = (columns - 1) // 2
    if at > 2 and at + len(middle) + 2 < columns - len(end):
        line = line.ljust(at) + middle
    return (line.ljust(columns - len(end)) + end)[:columns]


def _time(span_days: float) -> str:
    if span_days >= 1:
        return days(round(span_days))
    if span_days >= _HOUR_DAYS:
        return f"{round(span_days / _HOUR_DAYS)}h"
    return f"{max(1, round(span_days / _MINUTE_DAYS))}m"
