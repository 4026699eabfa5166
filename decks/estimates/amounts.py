"""The number that a typed answer begins with: `1,200`, `2^20`, `3 x 10^6`, `1 in 20`, `1 1/2`."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_MULTIPLIERS = {
    "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "G": 1e9, "B": 1e9, "b": 1e9, "T": 1e12, "MM": 1e6,
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "mio": 1e6, "mn": 1e6, "mln": 1e6,
    "mil": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12, "quadrillion": 1e15,
}  # fmt: skip
_SPELLED = "hundred|thousand|million|billion|trillion|quadrillion"
_MULTIPLIER = re.compile(
    rf"\s*((?i:(?:{_SPELLED})s?|mio|mln|mil|mn|bn|tn)|MM|[kKMmGgBbTtPp])(?![^\W_])"
)
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?:(?P<grouped>[1-9]\d{0,2}(?:\.\d{3})+)(?=,\d)"  # 1.234,5
    r"|(?P<whole>[1-9]\d{0,2}(?:(?:[,_' ]\d{3})+|(?:\.\d{3}){2,})(?!\d)|\d*))"
    r"(?:[.,](?P<part>\d+)|\.)?"
    r"(?: ?[eE](?P<exponent>[+-]?\d{1,3}))?"
)
_POWER = re.compile(r"\s*(?:\^|\*\*)\s*([+-]?\d{1,3})(?!\d|\.\d)")
_MIXED = re.compile(r" ([1-9])/([1-9]\d?)(?!\d|[.,]\d)")
_TIMES = re.compile(r"\s*(?:\*(?!\*)|[xX×·])\s*(?=[\d.])")
_TEN_E = re.compile(r"10\s?[eE]")  # 2 x 10E3 may mean 2E3
_OVER = re.compile(
    r"\s*(?:(/)\s*|\b(in|out of|of)\s+(?:every\s+|each\s+)?)(?=[\d.])", re.IGNORECASE
)
_TH = re.compile(r" ?ths?\b")


class Amount(NamedTuple):
    """A number, or one over another, and what stands behind it."""

    above: float
    below: float  # 1 of a number alone
    joined: str  # "", "/", "in" or "of": how `above` and `below` are
    is_scaled: bool  # whether `above` came with a multiplier
    rest: str  # what stands behind, with its blanks
    said: str  # what stands behind the first number

    @property
    def is_share(self) -> bool:
        """Whether it says how many of how many there are."""
        return self.joined in ("in", "of")


class Multiplier(NamedTuple):
    """A word or letter that may multiply the number before it, and what stands behind."""

    sign: str
    factor: float | None  # None: of bytes only, as in 16g
    behind: str


def amount(text: str) -> Amount | None:
    """The number that a text begins with."""
    found = _product(text, 0)
    if found is None:
        return None
    above, end = found
    scale = _MULTIPLIER.match(text, end)
    times = _multiplies(scale[1]) if scale else None
    return (
        _quotient(text, above, end)
        or (scale and times and _quotient(text, above * times, scale.end(), is_scaled=True))
        or Amount(above, 1.0, "", False, text[end:], text[end:])
    )


def _quotient(text: str, above: float, at: int, *, is_scaled: bool = False) -> Amount | None:
    over = _OVER.match(text, at)
    below = _product(text, over.end()) if over else None
    if not over or not below:
        return None
    end = th.end() if (th := _TH.match(text, below[1])) else below[1]
    joined = over[1] or ("of" if over[2].lower() == "of" else "in")
    return Amount(above, below[0], joined, is_scaled, text[end:], text[at:])


def multiplier(rest: str) -> Multiplier | None:
    """The multiplier that a rest begins with."""
    found = _MULTIPLIER.match(rest)
    if not found:
        return None
    return Multiplier(found[1], _multiplies(found[1]), rest[found.end() :].strip())


def _multiplies(sign: str) -> float | None:
    word = sign.lower() if len(sign) > 1 and sign != "MM" else sign
    return _MULTIPLIERS.get(word) or _MULTIPLIERS.get(word.removesuffix("s"))


def _product(text: str, at: int) -> tuple[float, int] | None:
    """The number, or the product of several, at an offset, and where it ends."""
    found = _power(text, at)
    while found and found[0]:  # 0x10 is no product
        sign = _TIMES.match(text, found[1])
        factor = _power(text, sign.end()) if sign and not _TEN_E.match(text, sign.end()) else None
        if not factor:
            break
        found = found[0] * factor[0], factor[1]
    return found


def _power(text: str, at: int) -> tuple[float, int] | None:
    """A number, raised to a power or with a fraction behind it where one is given."""
    found = _number(text, at)
    if not found:
        return None
    value, end = found
    if (raised := _POWER.match(text, end)) and abs(value) >= 1:
        return math.copysign(_raised(abs(value), int(raised[1])), value), raised.end()
    mixed = _MIXED.match(text, end) if value % 1 == 0 else None
    if mixed and int(mixed[1]) < int(mixed[2]):
        return value + math.copysign(int(mixed[1]) / int(mixed[2]), value), mixed.end()
    return value, end


def _raised(base: float, power: int) -> float:
    try:
        return float(f"1e{power}") if base == 10 else base**power
    except OverflowError:
        return math.inf


def _number(text: str, at: int) -> tuple[float, int] | None:
    found = _NUMBER.match(text, at)
    if not found or not (found["grouped"] or found["whole"] or found["part"]):
        return None
    whole = re.sub(r"\D", "", found["grouped"] or found["whole"]) or "0"
    value = float(f"{whole}.{found['part'] or '0'}e{found['exponent'] or '0'}")
    return -value if found["sign"] == "-" else value, found.end()
