"""Times in several units: `1h30`, `2 weeks 3 days`."""

from __future__ import annotations

import re

from decks.estimates.units import TIMES

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([^\W\d_]+)(?:,?\s*(?:\band\s+)?(?=\d)|$)")
_MINUTES = re.compile(r"[0-5]\d")  # of 1h30


def seconds_of(text: str) -> float | None:
    """The seconds of a time in at least two units, each smaller than the one before."""
    total, last, at = 0.0, float("inf"), 0
    parts = 0
    while found := _PART.match(text, at):
        unit = TIMES.get(found[2].lower())
        if unit is None or unit >= last:
            return None
        total, last, at = total + float(found[1]) * unit, unit, found.end()
        parts += 1
    rest = text[at:]
    if rest and parts and last == TIMES["h"] and _MINUTES.fullmatch(rest):
        return total + float(rest) * TIMES["min"]
    return total if parts > 1 and not rest else None
