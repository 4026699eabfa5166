"""Where a card says its unit: in brackets behind the formula, or around `{ans}` in its answer."""

from __future__ import annotations

import re

from decks.estimates.quantity import unit_of

_AROUND_ANSWER = re.compile(
    r"(?P<coin>[$€]?)\{ans(?:wer)?(?::[^{}]*)?\}"
    r"(?:\s*(?!(?:an?|and|are|as|at|by|for|from|in|is|of|on|or|so|that|the|times|to|with)\b)"
    r"(?P<unit>(?!per\b)(?:[^\W\d_]|%|\$)[\w/%-]*))?"
    r"(?:[ \t]+(?P<per>per|an?|each|every)[ \t]+(?P<time>[a-z]+))?",
)
_MULTIPLIERS = (
    "k", "K", "M", "G", "T", "thousand", "thousands", "million", "millions", "mio", "mn",
    "billion", "billions", "bn", "trillion", "trillions",
)  # fmt: skip
_MEASURED = ("byte", "second", "ratio", "dollar", "euro")
_HINT = "write a unit such as ms, GB/s or users in brackets behind the formula: [users]"


def unit_said(back: str) -> str:
    """The unit around `{ans}` in the text of an answer; "" if it says none.

    `{ans} events per day` may be answered in events as well, for the question says the rest.
    """
    for found in _AROUND_ANSWER.finditer(back):
        if unit := found["unit"] or found["coin"]:
            return _with_time(unit, found["time"] or "")
        if found["per"] == "per":
            return "per"  # nobody can tell what is counted, and that is said
    return ""


def _with_time(unit: str, time: str) -> str:
    if not _is_rate(unit, time):
        return unit
    if unit_of(unit) == unit_of("$"):  # as money is written: $5, not 5 $/day
        return f"{unit} | {unit}/{time}"
    return f"{unit} per {time} | {unit}"


def _is_rate(unit: str, time: str) -> bool:
    """Whether so much per time is meant: not for hours a day, nor for what is one already."""
    above, below = unit_of(unit), unit_of(time)
    if above is None or below is None or below.dimension != "second":
        return False
    return above.dimension not in ("second", "ratio") and "/" not in above.dimension


def fault_of_unit(text: str) -> tuple[str, str] | None:
    """What is wrong with the units of an answer, and what to do about it; None if they will do."""
    units = [part.strip() for part in text.split("|")] if text else []
    if any(unit_of(unit) is None for unit in units):
        return f"{text} is no unit", _HINT
    if many := next((unit for unit in units if unit in _MULTIPLIERS), ""):
        return f"{many} is no unit but a number", "write what is counted in brackets: [users]"
    if len({_kind(unit) for unit in units}) > 1:
        return f"{text} are no two names of one unit", "give the one that the formula comes to"
    return None


def _kind(unit: str) -> str:
    """What is measured, apart from time: bytes, a share, money, or things whatever their name."""
    known = unit_of(unit)
    measured = known.dimension.split("/")[0] if known else ""
    if measured in ("", "ratio"):
        return "ratio"
    return measured if measured in _MEASURED else "things"
