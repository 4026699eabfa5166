"""Curves drawn with characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srs.cli.plots import curve, forgetting_curve

VALUES = st.lists(st.floats(0, 1), max_size=50)
BARS = " ▁▂▃▄▅▆▇█"
DAYS = st.floats(0, 40_000) | st.floats(0, 1)


def eighths(lines: list[str], width: int) -> list[int]:
    """How high each column is filled."""
    rows = [line.ljust(width)[5:] for line in lines]
    return [sum(BARS.index(sign) for sign in column) for column in zip(*rows, strict=True)]


def recall(elapsed_days: float) -> float:
    return float((1 + 0.1 * elapsed_days) ** -0.2)


@given(VALUES, st.integers(1, 120), st.integers(0, 20))
def test_a_curve_keeps_to_its_room(points: list[float], width: int, height: int) -> None:
    lines = curve(points, width=width, height=height)
    assert len(lines) == height
    assert all(len(line) <= width for line in lines)


@given(st.lists(st.floats(0, 1), min_size=1), st.integers(6, 120), st.integers(1, 20))
def test_what_falls_is_drawn_falling(points: list[float], width: int, height: int) -> None:
    points.sort(reverse=True)
    heights = eighths(curve(points, width=width, height=height), width)
    assert heights == sorted(heights, reverse=True)
    assert min(heights) >= 1
    assert len(heights) == width - 5


@given(VALUES.filter(bool), st.integers(6, 60), st.integers(1, 9))
def test_bars_have_no_holes(points: list[float], width: int, height: int) -> None:
    lines = [line.ljust(width)[5:] for line in curve(points, width=width, height=height)]
    for column in zip(*lines, strict=True):
        drawn = "".join(column).lstrip(" ")
        assert drawn[1:] == "█" * (len(drawn) - 1)


def test_certainty_fills_the_height_and_wild_values_are_cut() -> None:
    assert eighths(curve([1.0, 1.0], width=7, height=3), 7) == [24, 24]
    assert curve([2.0, float("nan")], width=7, height=2) == curve([1.0, 0.0], width=7, height=2)
    assert curve([], width=9, height=1) == ["100%"]


def test_a_forgetting_curve() -> None:
    lines = forgetting_curve(recall, 4.0, 10.0, width=40, height=7)
    assert "\n".join(lines) == GOLDEN


GOLDEN = """\
100% █▆▅▃▂
 96% ██████▇▆▄▃▂▁
 92% █████████████▇▆▅▄▃▂▁
 88% █████████████████████▇▇▆▅▄▄▃▂▂▁
 84% █████████████████████████████████▇▇
              ▲ today       △ due
     0                8d             15d"""


@given(DAYS, DAYS, st.integers(20, 120), st.integers(3, 12))
def test_it_keeps_to_its_room_and_marks_both_days(
    now: float, due: float, width: int, height: int
) -> None:
    lines = forgetting_curve(recall, now, due, width=width, height=height)
    assert len(lines) == height
    assert all(len(line) <= width for line in lines)
    marks = lines[-2]
    assert marks.count("▲") == 1
    assert set(marks.split()) <= {"▲", "△", "▲△", "△▲", "today", "today,", "due"}
    assert "△" in marks or "due" in marks
    span = max(1.5 * due, 1.2 * now) or 1.0
    last = width - 6
    assert marks.index("▲") == 5 + round(now / span * last)
    if "△" in marks:
        assert marks.index("△") == 5 + round(due / span * last)
    if "△" not in marks or abs(marks.index("△") - marks.index("▲")) > 7:
        assert "due" in marks
    if width >= 40:
        assert "today" in marks
        assert "due" in marks


@pytest.mark.parametrize("width", range(1, 20))
def test_no_width_is_too_small(width: int) -> None:
    lines = forgetting_curve(recall, 3.0, 3.1, width=width, height=3)
    assert len(lines) == 3
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("due", "scale"),
    [(200.0, ["0", "4.9mo", "9.9mo"]), (0.007, ["0", "8m", "15m"]), (0.5, ["0", "9h", "18h"])],
)
def test_the_scale_is_said_in_fitting_units(due: float, scale: list[str]) -> None:
    assert forgetting_curve(recall, 0.0, due, width=50, height=5)[-1].split() == scale
