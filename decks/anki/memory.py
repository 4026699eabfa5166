"""The weights of older versions of FSRS, as Anki brings them up to date. Pure."""

from __future__ import annotations

import math

_OLD_DECAY = 0.5  # of FSRS-4.5 and 5
_BOUNDS = (
    (0.001, 100.0), (0.001, 100.0), (0.001, 100.0), (0.001, 100.0), (1.0, 10.0), (0.001, 4.0),
    (0.001, 4.0), (0.001, 0.75), (0.0, 4.5), (0.0, 0.8), (0.001, 3.5), (0.001, 5.0),
    (0.001, 0.25), (0.001, 0.9), (0.0, 4.0), (0.0, 1.0), (1.0, 6.0), (0.0, 2.0), (0.0, 2.0),
    (0.0, 0.8), (0.1, 0.8),
)  # fmt: skip


def weights_of_today(found: tuple[float, ...]) -> tuple[float, ...]:
    """The 21 weights of FSRS-6 that Anki goes by when a preset has these; none for others.

    Each is held within FSRS's bounds.
    """
    if len(found) == 17 and found[5] > -1 / 3:
        steepness = math.log(found[5] * 3 + 1) / 3
        middle = (found[4] + 2 * found[5], steepness, found[6] + 0.5)
        found = (*found[:4], *middle, *found[7:], 0.0, 0.0, 0.0, _OLD_DECAY)
    elif len(found) == 19:
        found = (*found, 0.0, _OLD_DECAY)
    if len(found) != len(_BOUNDS):
        return ()
    pairs = zip(found, _BOUNDS, strict=True)
    return tuple(min(max(weight, low), high) for weight, (low, high) in pairs)
