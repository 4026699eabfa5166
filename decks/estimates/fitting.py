"""What stands behind a number, read as the unit that was asked for."""

from __future__ import annotations

import re

from decks.estimates.amounts import Multiplier, multiplier
from decks.estimates.units import (
    PER,
    Unit,
    is_bits,
    is_measured,
    is_time,
    unit_of,
)

_COINS = ("dollar", "euro", "pound")
_PREFIXED = {"flop": "FLOP", "hertz": "Hz", "watt": "W", "watt-hour": "Wh"}
_BINARY = re.compile(r"([kKMGTmgt]i)(?=$|\s*/|\s+per\b)")  # 128 Ki
_GLUED = re.compile(r"([kKM])(?=[^\W\d_])")  # 5kreq/s
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_IDLE = re.compile(r"(?:^|[\s-])(?:in total|total|overall|altogether|each|or so|ish)$")
_IDLE_OF_DATA = re.compile(r"(?:^|\s)(?:RAM|VRAM|HBM|memory|disk|storage)$", re.IGNORECASE)
_IDLE_OF_COUNTS = re.compile(r"^concurrent(?:\s|$)|(?:^|\s)in[ -]flight$", re.IGNORECASE)
_IDLE_OF_SHARES = re.compile(
    r"(?:^|\s|(?<=%))(?:chance|probability|likelihood|share)$", re.IGNORECASE
)
_OF_TOKENS = {"tps": "tokens/s", "tpm": "tokens/min", "t/s": "tokens/s"}
_FLOPS = re.compile(r"[a-z]*flops", re.IGNORECASE)


def readings(rest: str, wanted: Unit, asked: str) -> list[tuple[float, str]]:
    """What may stand behind a number: a unit, or a multiplier with or without one.

    `8.6T` is 8.6 TB where bytes are asked for, and `5m` five minutes where time is.
    """
    alone = [(1.0, rest)]
    found = multiplier(rest)
    if found is None:
        return alone + _glued(rest, wanted, asked)
    if found.sign == "m" and found.behind in ("s", "S"):
        return alone  # "45 m s" may be milliseconds
    if not found.behind or PER.match(found.behind):
        prefixed = _prefixed(found, wanted, asked)
        if prefixed is not None:
            return [(1.0, prefixed)]
    return alone if found.factor is None else [*alone, (found.factor, found.behind)]


def _prefixed(found: Multiplier, wanted: Unit, asked: str) -> str | None:
    """The unit whose prefix a letter is; "" is the one asked for, None that it is no prefix.

    Beside bytes m, g, t and p are prefixes in either case, and k only where kB or KiB are asked
    for: 1.2k are 1,200 GB, and 500M are 500 MB.
    """
    sign, (above, _, below) = found.sign, wanted.dimension.partition("/")
    tail = found.behind or _tail(asked, below)
    if above == "second" and sign.lower() in ("m", "mil") and sign != "M":
        return f"{sign} {tail}".strip()  # minutes, or nothing
    if above == "metre" and sign == "m":
        return f"metre{tail}"
    if sign in ("k", "K") and above in ("byte", *_PREFIXED):
        return "" if asked[:1] in ("k", "K") and not found.behind else None
    if above == "byte" and sign in ("b", "B"):
        return f"{sign}{tail}"
    if above == "byte" and sign in tuple("mMgGtTpP"):
        return f"{sign.upper()}{'b' if is_bits(asked) else 'B'}{tail}"
    if above in _PREFIXED and sign in tuple("mMGTP"):
        return f"{sign}{_PREFIXED[above]}{tail}" if sign != "m" else sign  # 5m watts: either
    return None


def _tail(asked: str, below: str) -> str:
    """What the unit asked for is per, as it says that itself: /day."""
    said = PER.split(asked)[1:] or [below]
    return f"/{said[0]}" if below else ""


def _glued(rest: str, wanted: Unit, asked: str) -> list[tuple[float, str]]:
    """A multiplier without a blank before its unit: 5kreq/s, 128 Ki."""
    above, _, below = wanted.dimension.partition("/")
    if above == "byte" and (found := _BINARY.match(rest)):
        behind = rest[found.end() :].strip()
        sign = f"{found[1][0].upper()}i{'b' if is_bits(asked) else 'B'}"
        return [(1.0, f"{sign}{behind or _tail(asked, below)}")]
    found = _GLUED.match(rest)
    if not found or (is_measured(wanted) and above not in _COINS):
        return []
    return [(1e6 if found[1] == "M" else 1e3, rest[1:])]


def fitting(text: str, wanted: Unit, asked: str) -> Unit | None:
    """The unit that a text names, if it is of the dimension wanted."""
    bare = _IN_BRACKETS.fullmatch(text)
    text = bare[1].strip() if bare else text
    for said in (text, _in_context(text, wanted, asked)):
        unit = unit_of(said) if said else wanted
        if unit and unit.dimension == wanted.dimension:
            return unit
    return _per_thing(text, wanted)


def _in_context(text: str, wanted: Unit, asked: str) -> str:
    """The text with what is left out, or short, where such a unit is asked for."""
    above, _, below = wanted.dimension.partition("/")
    text = _without_idle(text, wanted)
    if PER.match(text) and below:
        said = PER.split(asked)
        counted = said[0] if len(said) > 1 else above
        return f"{'B' if above == 'byte' else counted} {text}"
    lower = text.lower()
    if above == "token" and below and lower in _OF_TOKENS:
        return _OF_TOKENS[lower]
    if above == "ratio" and lower == "bps":
        return "bp"
    if above == "flop" and text != text.upper() and _FLOPS.fullmatch(text):
        return f"{text[:-1]}/s" if below else text[:-1]
    if above == "flop" and not below and _FLOPS.fullmatch(text) and _FLOPS.fullmatch(asked):
        return text[:-1]
    return text


def _without_idle(text: str, wanted: Unit) -> str:
    """The text without words that are no part of a unit: in total, of RAM, in flight."""
    text = _IDLE.sub("", text)
    above = wanted.dimension.split("/")[0]
    if above == "byte":
        text = _IDLE_OF_DATA.sub("", text)
    elif above == "ratio":
        text = _IDLE_OF_SHARES.sub("", text)
    elif not is_measured(wanted):
        text = _IDLE_OF_COUNTS.sub("", text)
    return text.strip()


def _per_thing(text: str, wanted: Unit) -> Unit | None:
    """The unit of a count per thing, where nothing is asked for "per" anything: KiB/token.

    What is no time cannot change what was asked for; money and shares are meant of something.
    """
    above, *below = PER.split(text)
    if len(below) != 1 or "/" in wanted.dimension or wanted.dimension in (*_COINS, "ratio"):
        return None
    thing = unit_of(below[0])
    if thing is None or is_measured(thing) or is_time(below[0]):
        return None
    if len(below[0]) < 2 or multiplier(below[0]):  # per million tokens
        return None
    unit = unit_of(above) if above else wanted
    return unit if unit and unit.dimension == wanted.dimension else None


def with_coin(text: str, coin: str) -> str:
    """What stands behind a sum of money, with the sign that stood before it: $5/day is 5 $/day."""
    above = PER.split(text)[0]
    if not coin or (above and unit_of(above) and unit_of(above) == unit_of(coin)):
        return text
    return f"{coin}{text}" if not text or not above else f"{text} {coin}"
