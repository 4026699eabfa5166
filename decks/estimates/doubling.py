"""What would double the answer: for each number alone, what it would have to be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from decks.estimates.drawing import Draw, number_of
from decks.estimates.formula import Formula, FormulaError, formula
from decks.estimates.wording import said_number, words_of
from decks.model import Estimate

_FARTHEST = 1000.0
_STEPS = 60  # on the way there, in each direction
_HALVINGS = 60
_NEAR = 1e-6
_TWICE = 2 - 1e-9  # for 50% twice is 100%, where the way ends

Growth = Callable[[float], float | None]  # of the answer, when a number grows so many times


class Doubling(NamedTuple):
    """A change of one number alone that doubles the answer."""

    name: str
    before: float
    after: float


def doublings(estimate: Estimate, drawn: Draw) -> list[Doubling]:
    """The changes that double the answer of a draw, in the order of the parameters.

    A number that is a share stays one; none changes by more than a factor of 1,000.
    """
    found = []
    for name, values in estimate.parameters:
        before = drawn.numbers[name]
        most = 1 / before if _is_share(values) else _FARTHEST
        times = _doubling(_growth(formula(estimate.formula), drawn, name), most)
        if times is not None:
            found.append(Doubling(name, before, before * times))
    return found


def _is_share(values: Sequence[str]) -> bool:
    """Whether what a number may be lies between 0 and 1; of 1 alone nobody knows."""
    found = [number_of(value) for value in values]
    return 0 < min(found) < 1 and max(found) <= 1


def told(estimate: Estimate, drawn: Draw) -> str:
    """The same as a list in markdown, one change a line."""
    changes = doublings(estimate, drawn)
    if not changes:
        return "None of these numbers alone can double it."
    return "\n".join(f"- {_change(one, estimate)}" for one in changes)


def _change(one: Doubling, estimate: Estimate) -> str:
    times = one.after / one.before
    before, after = (said_number(one.name, value, estimate, 3) for value in (one.before, one.after))
    how = ""
    if math.isclose(times, 2, rel_tol=_NEAR):
        how = "doubled, "
    elif math.isclose(times, 0.5, rel_tol=_NEAR):
        how = "halved, "
    return f"{words_of(one.name)}: {how}{before} → {after}"


def _growth(worked: Formula, drawn: Draw, name: str) -> Growth:
    def growth(times: float) -> float | None:
        try:
            value = worked.value({**drawn.numbers, name: drawn.numbers[name] * times})
        except FormulaError:
            return None
        return value / drawn.answer

    return growth


def _doubling(growth: Growth, most: float) -> float | None:
    """The factor nearest to 1 at which the answer has doubled."""
    found = [times for times in (_reached(growth, most), _reached(growth, 1 / _FARTHEST)) if times]
    return min(found, key=lambda times: abs(math.log(times)), default=None)


def _reached(growth: Growth, end: float) -> float | None:
    """The first factor between 1 and `end` at which the answer has doubled, by bisection."""
    if math.isclose(end, 1):
        return None
    step = math.log(end) / _STEPS
    before = 1.0
    for at in range(1, _STEPS + 1):
        after = math.exp(at * step)
        grown = growth(after)
        if grown is None:
            return None
        if grown >= _TWICE:
            return _bisected(growth, before, after)
        before = after
    return None


def _bisected(growth: Growth, below: float, above: float) -> float:
    for _ in range(_HALVINGS):
        middle = math.sqrt(below * above)
        grown = growth(middle)
        if grown is not None and grown >= _TWICE:
            above = middle
        else:
            below = middle
    return above
