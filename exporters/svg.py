"""Pieces of plots. A user unit is about a pixel: words keep their size on a phone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from exporters.markup import Markup, element
from exporters.page.words import share

WIDTH = 340  # of a plot: what a phone of 360 pixels has room for
RIGHT = WIDTH - 6
_GAP = 2.0  # between columns
_CLEAR = 0.02  # of shares: so that no point sits on the edge


class Frame(NamedTuple):
    """Where values fall: a box in user units, and the values at its edges."""

    left: float
    right: float
    top: float
    bottom: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        """The place of a value; outside of the frame it is the edge."""
        part = _part(value, self.x_low, self.x_high)
        return self.left + part * (self.right - self.left)

    def y(self, value: float) -> float:
        """The same upwards."""
        return self.bottom - _part(value, self.y_low, self.y_high) * (self.bottom - self.top)


def _part(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def drawing(
    height: float, label: str, children: Iterable[Markup], width: float = WIDTH, look: str = "plot"
) -> Markup:
    """The whole picture; `label` is what it says to those who cannot see it."""
    box = f"0 0 {width:g} {height:g}"
    return element("svg", *children, viewBox=box, role="img", aria_label=label, class_=look)


def label(x: float, y: float, words: str, look: str | None = None, at: str = "start") -> Markup:
    """Words whose baseline lies at y, and whose start, middle or end at x."""
    return element("text", words, x=x, y=y, class_=look, text_anchor=None if at == "start" else at)


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=look)


def trace(places: Sequence[tuple[float, float]], look: str) -> Markup:
    """A line through places; nothing for fewer than two."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return element("polyline", points=joined, class_=look) if len(places) > 1 else Markup()


def dot(x: float, y: float, radius: float, look: str, title: str) -> Markup:
    """A filled circle that says itself when pointed at."""
    return element(
        "g", element("title", title), element("circle", cx=x, cy=y, r=radius), class_=look
    )


def levels(frame: Frame, values: Iterable[tuple[float, str]]) -> list[Markup]:
    """Level lines across the frame, each with its words at the left."""
    drawn = []
    for value, words in values:
        y = frame.y(value)
        drawn.append(line(frame.left, y, frame.right, y, "grid"))
        drawn.append(label(frame.left - 6, y + 4, words, at="end"))
    return drawn


def share_steps(low: float) -> list[tuple[float, str]]:
    """Levels from a low share up to 100 %, five at most."""
    step = 0.05 if low >= 0.8 else 0.1 if low >= 0.6 else 0.25 if low < 0.2 else 0.2
    top = round(1 / step)
    return [(at * step, share(at * step)) for at in range(ceil(low / step - 1e-9), top + 1)]


def low_share(values: Iterable[float]) -> float:
    """Where a scale of shares begins: a tenth clearly below all of them, at most 80 %."""
    return max(0.0, min(0.8, floor((min(values, default=1.0) - _CLEAR) * 10) / 10))


def count_steps(most: float) -> list[float]:
    """Round numbers from 0 to beyond `most`, two to six of them."""
    rough = max(most, 1.0) / 4
    scale = 10.0 ** floor(log10(rough))
    step = next(scale * nice for nice in (1, 2, 5, 10) if scale * nice >= rough)
    step = max(1.0, step)
    return [step * at for at in range(ceil(max(most, 1.0) / step) + 1)]


def radius(answers: int, most: int) -> float:
    """Of a point whose area stands for its answers."""
    return float(max(2.5, 11 * (answers / max(most, 1)) ** 0.5))


def columns(
    frame: Frame, values: Sequence[float], titles: Sequence[str], look: str
) -> list[Markup]:
    """Columns side by side, the n-th between n and n + 1 of the frame."""
    drawn = []
    for place, (value, title) in enumerate(zip(values, titles, strict=True)):
        left, right, top = frame.x(place), frame.x(place + 1), frame.y(value)
        gap = min(_GAP, (right - left) / 4)
        height = frame.bottom - top
        box = element("rect", x=left + gap / 2, y=top, width=right - left - gap, height=height)
        drawn.append(element("g", element("title", title), box, class_=look))
    return drawn
