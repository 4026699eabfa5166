"""What would double the answer: for each number alone, what it would have to be."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import NamedTuple

from decks.estimates.drawing import Draw, number_of
from decks.estimates.formula import Formula, FormulaError, formula
from decks.estimates.wording import said_number, words_of
from decks.model import Estimate, Parameter

_FARTHEST = 1000.0
_STEPS = 60  # on the way there, in each direction
_HALVINGS = 60
_NEAR, _TINY = 1e-6, 1e-9
_TWICE = 2 - 1e-9  # for 50% twice is 100%, where the way ends
_NOWHERE = "None of these numbers alone can double it within a factor of 1,000."
_FEWEST, _FEW, _EXACT, _MOST = 3, 4, 6, 12  # digits of a number that is said
_ABOUT = 0.01  # such a number may miss twice the answer by so much
_JUMP = 1e-5  # no slope, so near the edge, is as steep

Growth = Callable[[float], float | None]  # of the answer, when a number grows so many times


class Doubling(NamedTuple):
    """A change of one number alone that doubles the answer."""

    name: str
    before: float
    after: float


def doublings(estimate: Estimate, drawn: Draw) -> list[Doubling]:
    """The changes that double the answer of a draw, in the order of the parameters.

    A number that is a share stays one; none changes by more than a factor of 1,000. What goes up
    in jumps (`ceil`) is left out where no number that can be said doubles it.
    """
    worked, found = formula(estimate.formula), []
    rests = worked.complements()
    for parameter in estimate.parameters:
        name, before = parameter.name, drawn.numbers[parameter.name]
        growth = _growth(worked, drawn, name)
        times = _doubling(growth, 1 / before if _is_share(parameter, rests) else _FARTHEST)
        after = None if times is None else _settled(growth, before, times)
        if after is not None:
            found.append(Doubling(name, before, after))
    return found


def _is_share(parameter: Parameter, rests: Collection[str]) -> bool:
    """Whether a number is a part of one whole: written in per cent, or with its rest, `1 - x`."""
    found = [number_of(value) for value in parameter.values]
    in_percent = all(value.endswith("%") for value in parameter.values)
    return (in_percent or parameter.name in rests) and min(found) > 0 and max(found) <= 1


def _settled(growth: Growth, before: float, times: float) -> float | None:
    """What a number becomes when it grows so many times; None if that only nearly doubles."""
    for even in (2.0, 0.5):
        if math.isclose(times, even, rel_tol=_NEAR) and _misses(growth, even) < _NEAR:
            return before * even
    after = before * times
    jumps = _jumps(growth, times)
    whole = (math.floor(after), math.ceil(after), math.floor(after) + 1) if jumps else ()
    near = (*whole, *(float(f"{after:.{digits}g}") for digits in range(_FEWEST, _EXACT + 1)))
    exact = next((float(one) for one in near if _misses(growth, one / before) < _TINY), None)
    return after if exact is None and not jumps else exact


def _jumps(growth: Growth, times: float) -> bool:
    """Whether the answer jumps there, and so doubles beyond an edge that cannot be said."""
    just_before = growth(times * (1 - 1e-9) if times > 1 else times * (1 + 1e-9))
    return just_before is None or just_before < 2 - _JUMP


def _misses(growth: Growth, times: float) -> float:
    """By what share of it another number than twice the answer comes out."""
    grown = growth(times)
    return math.inf if grown is None else abs(grown / 2 - 1)


def told(estimate: Estimate, drawn: Draw) -> str:
    """The same as a list in markdown, one change a line."""
    changes = doublings(estimate, drawn)
    if not changes:
        return _NOWHERE
    return "\n".join(f"- {_change(one, estimate, drawn)}" for one in changes)


def _change(one: Doubling, estimate: Estimate, drawn: Draw) -> str:
    name, before, after = one
    how = {2.0: "doubled, ", 0.5: "halved, "}.get(after / before, "")
    if how or _is_plain(one):
        said = said_number(name, after, estimate)
    else:
        growth = _growth(formula(estimate.formula), drawn, name)
        said = f"about {said_number(name, after, estimate, _digits(growth, one))}"
    return f"{words_of(name)}: {how}{said_number(name, before, estimate)} → {said}"


def _is_plain(one: Doubling) -> bool:
    """Whether the number is said as it is; part of what was whole is only about right."""
    if one.before % 1 == 0 or one.after % 1 == 0:
        return one.after % 1 == 0
    return math.isclose(one.after, float(f"{one.after:.{_FEW}g}"), rel_tol=_TINY)


def _digits(growth: Growth, one: Doubling) -> int:
    """As few digits of a number as still double the answer, or very nearly."""
    return next(
        (
            digits
            for digits in range(_FEWEST, _MOST)
            if _misses(growth, float(f"{one.after:.{digits}g}") / one.before) < _ABOUT
        ),
        _MOST,
    )


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
