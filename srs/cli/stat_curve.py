"""The forgetting curve of `srs stats`: recall against time, over what FSRS expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import floor, log

from rich.text import Text

from srs.cli.charts import Block, Column, axis, grid, line, place, quiet, together, wrapped
from srs.cli.stat_recall import of
from srs.cli.words import share
from srs.stats import LEAST_IN_BIN, CurvePoint, Stats

_HEIGHT, _MOST_WIDTH, _LEAST_WIDTH = 7, 60, 12
_ROOM_FOR_BOTH = 38
_LABEL = 5  # cells, "100% "
_MARKS = {"young": ("●", "srs.young"), "mature": ("○", "srs.mature"), "both": ("◉", "srs.strong")}
_Found = Mapping[str, Sequence[CurvePoint]]  # by maturity


def curve(stats: Stats, width: int, *, full: bool) -> Block:
    """Recall against time since the last answer: what happened over what FSRS expects."""
    found = {"young": _heard(stats.curve.young), "mature": _heard(stats.curve.mature)}
    points = sorted({*found["young"], *found["mature"]}, key=lambda point: point.elapsed)
    if not points:
        return []
    cells = min(_MOST_WIDTH, width - _LABEL)
    if cells < _LEAST_WIDTH or len(points) < 2:
        return _points(points, found, width)
    plot = [*_plot(points, found, cells), *_key(found, width)]
    return [*plot, Text(), *_points(points, found, width)] if full else plot


def _key(found: _Found, width: int) -> Block:
    text = Text.assemble(("·", "srs.predicted"), together(" FSRS expects"))
    for name, heard in found.items():
        answers = sum(point.tally.answers for point in heard)
        text.append("   ").append(*_MARKS[name])
        text.append(together(f" {name}") + f", {answers:,} answers")
    note = "1× is a card's stability: FSRS expects 90% then."
    return [*wrapped(text, width), *quiet(note, width)]


def missing_curve(stats: Stats) -> str:
    """What is not there yet."""
    most = max((p.tally.answers for p in (*stats.curve.young, *stats.curve.mature)), default=0)
    return f"A forgetting curve needs {LEAST_IN_BIN} answers at one distance; so far {most}."


def _heard(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    return [point for point in points if point.tally.share(LEAST_IN_BIN) is not None]


def _plot(points: Sequence[CurvePoint], found: _Found, cells: int) -> Block:
    lowest = min(min(p.predicted, p.tally.recalled / p.tally.answers) for p in points)
    base = max(0.0, min(0.9, floor(10 * lowest + 1e-9) / 10))
    drawn = [[(" ", "")] * cells for _ in range(_HEIGHT)]
    for cell, expected in enumerate(_expected(points, cells)):
        drawn[_height(expected, base)][cell] = ("·", "srs.predicted")
    for name, heard in found.items():
        for point in heard:
            row = _height(point.tally.recalled / point.tally.answers, base)
            cell = _column(point.elapsed, points, cells)
            other = drawn[row][cell][0] == _MARKS["young"][0] and name == "mature"
            drawn[row][cell] = _MARKS["both" if other else name]
    names = [(_column(p.elapsed, points, cells), _times(p.elapsed)) for p in points]
    lines = [line((_percent(row, base), "srs.quiet"), *drawn[row]) for row in range(_HEIGHT)]
    return [*lines, line(" " * _LABEL).append_text(axis(cells, names))]


def _percent(row: int, base: float) -> str:
    at = 1 - (1 - base) * row / (_HEIGHT - 1)
    return f"{at:4.0%} " if row % 2 == 0 else " " * _LABEL


def _height(value: float, base: float) -> int:
    """The line of a value, counted from above."""
    return _HEIGHT - 1 - place(value, base, 1.0, _HEIGHT)


def _log(elapsed: float) -> float:
    return log(max(0.0, elapsed) + 0.1)


def _column(elapsed: float, points: Sequence[CurvePoint], cells: int) -> int:
    return place(_log(elapsed), _log(points[0].elapsed), _log(points[-1].elapsed), cells)


def _expected(points: Sequence[CurvePoint], cells: int) -> Iterator[float]:
    """What FSRS expects at each cell: straight between the points."""
    places = [_column(point.elapsed, points, cells) for point in points]
    after = 0
    for cell in range(cells):
        while after < len(points) - 1 and places[after] < cell:
            after += 1
        before = max(0, after - 1)
        reach = places[after] - places[before]
        part = (cell - places[before]) / reach if reach else 0.0
        rise = points[after].predicted - points[before].predicted
        yield points[before].predicted + rise * min(1.0, max(0.0, part))


def _times(elapsed: float) -> str:
    if elapsed < 0.1:
        return "<0.1×"
    return f"{elapsed:.1f}×".replace(".0×", "×") if elapsed < 9.95 else f"{elapsed:.0f}×"


def _points(points: Sequence[CurvePoint], found: _Found, width: int) -> Block:
    """The same in numbers: in one table, or in one for each maturity."""
    if width >= _ROOM_FOR_BOTH:
        return _table(points, found, width)
    tables = (_table(heard, {name: heard}, width) for name, heard in found.items() if heard)
    return [each for table in tables for each in table]


def _table(points: Sequence[CurvePoint], found: _Found, width: int) -> Block:
    expected = {point.elapsed: share(point.predicted) for point in points}
    columns = [
        Column("after", [_times(elapsed) for elapsed in expected], right=True),
        Column("FSRS", [*expected.values()], right=True, rank=1),
    ]
    for name, heard in found.items():
        cells = {point.elapsed: of(point.tally, LEAST_IN_BIN) for point in heard}
        columns.append(Column(name, [cells.get(at, "") for at in expected], right=True))
    return grid(columns, width)
