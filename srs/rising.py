"""Instants that fall are made to rise, so that programs which know no order but that of time tell a
history as it was. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

_EARLIEST_MS = 1_100_000_000_000  # 2004: no program of this kind is older


def in_order(instants: Sequence[int]) -> list[int]:
    """The instants of a card's answers, none before the one before it.

    Where a clock stood wrong for a while, the fewest answers move: to just after the one before
    them, or just before the first that stays.
    """
    if all(one <= other for one, other in pairwise(instants)):
        return list(instants)
    stay = _longest_rise(instants) or {0}
    first = min(stay)
    moved = [instants[first] - first + place for place in range(first)]
    for place in range(first, len(instants)):
        after = moved[-1] + 1 if moved else instants[first]
        moved.append(max(instants[place], after) if place in stay else after)
    return moved


def _longest_rise(instants: Sequence[int]) -> set[int]:
    """The places of the most instants that do not fall."""
    lasts: list[int] = []  # the smallest instant at which a rise of each length ends
    places: list[int] = []  # its place
    before: dict[int, int] = {}
    for place, at_ms in enumerate(instants):
        if at_ms < _EARLIEST_MS:
            continue
        length = bisect_right(lasts, at_ms)
        lasts[length : length + 1] = [at_ms]
        places[length : length + 1] = [place]
        before[place] = places[length - 1] if length else -1
    found = set[int]()
    place = places[-1] if places else -1
    while place >= 0:
        found.add(place)
        place = before[place]
    return found
