"""Which numbers a question is asked with, and the answer that follows.

A seed names a draw: the numbers of a showing that was logged can be had again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import NamedTuple

from decks.estimates.formula import formula
from decks.model import Estimate

MOST_DRAWS = 10_000
MOST_STEPS = 500_000  # of working out all of them
_FIXED = 4


class Draw(NamedTuple):
    """The numbers of one showing, and the answer that follows from them."""

    seed: int
    numbers: Mapping[str, float]
    answer: float


def count(estimate: Estimate) -> int:
    """How many draws there are."""
    return prod(len(parameter.values) for parameter in estimate.parameters)


def steps(estimate: Estimate) -> int:
    """How much there is to do for all draws: each number and operation of the formula counts."""
    return count(estimate) * formula(estimate.formula).nodes


def draw(estimate: Estimate, seed: int) -> Draw:
    """The draw of a seed; seeds that differ by `count` are one draw. Raises FormulaError."""
    left = seed
    numbers = {}
    for name, values in estimate.parameters:
        left, at = divmod(left, len(values))
        numbers[name] = number_of(values[at])
    return Draw(seed, numbers, formula(estimate.formula).value(numbers))


def draws(estimate: Estimate) -> Iterator[Draw]:
    """Every draw, by its seed. Raises FormulaError for one without an answer."""
    names = [parameter.name for parameter in estimate.parameters]
    columns = [list(map(number_of, parameter.values)) for parameter in estimate.parameters]
    worked = formula(estimate.formula)
    for seed, chosen in enumerate(product(*reversed(columns))):  # the first goes round first
        numbers = dict(zip(names, reversed(chosen), strict=True))
        yield Draw(seed, numbers, worked.value(numbers))


def number_of(value: str) -> float:
    """A number as a parameter gives it; "5%" is 0.05."""
    share = value.endswith("%")
    number = float(value.removesuffix("%"))
    return number / 100 if share else number


def fresh_seed(estimate: Estimate, chance: int, last: int | None) -> int:
    """A seed below `count` that `chance` decides, and another than the last one's draw."""
    total = count(estimate)
    seed = chance % total
    if last is not None and total > 1 and seed == last % total:
        seed = (seed + 1 + chance // total % (total - 1)) % total
    return seed


def fixed_seeds(estimate: Estimate, most: int = _FIXED) -> list[int]:
    """Seeds of a few draws that differ in as many of their numbers as may be."""
    total = count(estimate)
    widths = [len(parameter.values) for parameter in estimate.parameters]
    seeds: dict[int, None] = {}
    for at in range(total):
        if len(seeds) == min(most, total):
            break
        # Each number goes on by one; where all have come round, the first ones lag behind.
        seed, weight, lag = 0, 1, at
        for width in widths:
            seed += weight * (lag % width)
            weight *= width
            lag += at // width * (width > 1)
        seeds[seed] = None
    rest = (seed for seed in range(total) if seed not in seeds)
    return [*seeds, *rest][: min(most, total)]
