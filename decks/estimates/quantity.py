"""Numbers with units as people type them: `1.2k`, `3e6`, `8.6 TB`, `45 ms`, `12%`, `5k req/s`.

A unit is a dimension with a factor: `1.5 GB` and `1500 MB` are equal, `5 users` is no number of
requests. Whatever word is not a unit that we know counts things of that name.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from decks.estimates.numerals import spoken

MAX_CHARACTERS = 80
_DECIMAL = {"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {f"{sign}i": 2 ** (10 * at) for at, sign in enumerate("KMGTPE", start=1)}
_PREFIXES: dict[str, float] = {sign: 10.0**power for sign, power in _DECIMAL.items()} | {
    "ki": 1024.0,
    **{sign: float(factor) for sign, factor in _BINARY.items()},
}
_SECONDS = {
    ("ns", "nanosecond", "nanoseconds"): 1e-9,
    ("us", "μs", "µs", "microsecond", "microseconds"): 1e-6,
    ("ms", "msec", "millisecond", "milliseconds"): 1e-3,
    ("s", "sec", "secs", "second", "seconds"): 1.0,
    ("min", "mins", "minute", "minutes", "m"): 60.0,
    ("h", "hr", "hrs", "hour", "hours"): 3600.0,
    ("d", "day", "days"): 86_400.0,
    ("week", "weeks"): 604_800.0,
    ("year", "years", "yr", "yrs"): 365 * 86_400.0,
}
_TIMES = {name: factor for names, factor in _SECONDS.items() for name in names}
_SHARES = {
    ("fraction", "probability", "share", "ratio"): 1.0,
    ("%", "percent", "per cent", "pct"): 0.01,
    ("‰",): 0.001,
    ("ppm",): 1e-6,
}
_RATIOS = {name: factor for names, factor in _SHARES.items() for name in names}
_MONEY = {
    ("$", "dollar", "dollars", "usd"): ("dollar", 1.0),
    ("cent", "cents"): ("dollar", 0.01),
    ("€", "euro", "euros", "eur"): ("euro", 1.0),
}
_COINS = {name: coin for names, coin in _MONEY.items() for name in names}
_SAME_WORD = {
    "req": "request", "reqs": "request", "tok": "token", "toks": "token", "seq": "sequence",
    "seqs": "sequence", "person": "people", "persons": "people", "reps": "replica",
    "cpu": "core", "cpus": "core", "query": "request", "queries": "request",
    "liter": "litre", "liters": "litre", "meter": "metre", "meters": "metre",
}  # fmt: skip
_RATES = {"qps": "request", "rps": "request", "tps": "transaction"}
_RATE = re.compile(r"([km]?)(qps|rps|tps)")
_TIMES_AS_MANY = ("x", "×", "times")
_BYTES = re.compile(r"([kKMGTPE]i?|)(?:B|bytes?)|([kmgtpe])b")
_BYTES_IN_WORDS = re.compile(r"(kilo|mega|giga|tera|peta|exa|kibi|mebi|gibi|tebi|pebi|exbi)bytes?")
_BITS = re.compile(r"([kKMGTPE]i?|)(?:b|bits?)")
_PER = re.compile(r"\s*(?:/|\bper\b(?! cent))\s*")
_BPS = re.compile(r"((?:[kKMGTPE]i?|)[bB])ps")
_SMALL_BPS = re.compile(r"([mgtpe])bps")
_WORD = re.compile(r"[^\W\d_][\w .-]*")

_MULTIPLIERS = {
    "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "G": 1e9, "B": 1e9, "b": 1e9, "T": 1e12,
    "thousand": 1e3, "million": 1e6, "mio": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "quadrillion": 1e15,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<whole>[1-9]\d{0,2}(?:(?:[,_' ]\d{3})+|(?:\.\d{3}){2,})(?!\d)|\d*)"
    r"(?:[.,](?P<part>\d+)|\.)?"
    r"(?:[eE](?P<exponent>[+-]?\d{1,3})|\s*[x×·*]\s*10\s*(?:\^|\*\*)\s*(?P<power>[+-]?\d{1,3}))?"
)
_MULTIPLIER = re.compile(
    r"\s*((?i:thousand|million|mio|mn|billion|bn|trillion|quadrillion)|[kKMmGgBbTt])(?![^\W_])"
)
_ABOUT = re.compile(
    r"(?:[~≈=]|about\b|around\b|roughly\b|approx\.?|ca\.?\b|circa\b)\s*", re.IGNORECASE
)
_OUT_OF = re.compile(r"(\d{1,9})\s+(?:in|out of)\s+(?=[\d.])", re.IGNORECASE)
_MONEY_FIRST = re.compile(r"(?:[$€]|(?:usd|eur)\b)\s*", re.IGNORECASE)
_OF_WHAT = re.compile(r"\s+of\s+(?!\d).*")  # 16 GB of RAM
_RAISED = re.compile(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_BARE_POWER = re.compile(r"10\s*(?:\^|\*\*)")  # without a mantissa
_SAID_AGAIN = re.compile(r"\s*\([^()]*%\)$")  # as `written` says a share: 0.05 (5%)
_SIGNS = str.maketrans({"−": "-", "–": "-", "’": "'", "⁄": "/"})


class Unit(NamedTuple):
    """What is measured, and how many of its base unit make one."""

    dimension: str  # "byte", "second", "ratio", "request", "byte/second"
    factor: float


class Misread(NamedTuple):
    """Why what was typed is no answer."""

    why: str


@lru_cache(maxsize=256)
def unit_of(text: str) -> Unit | None:
    """The unit that a text names; None if it is none. "" is a bare number."""
    text = " ".join(text.split())
    if not text:
        return Unit("", 1.0)
    if rate := _BPS.fullmatch(text):
        text = f"{rate[1]}/s"
    elif rate := _SMALL_BPS.fullmatch(text):
        text = f"{rate[1].upper()}b/s"
    above, *below = _PER.split(text)
    if len(below) > 1 or (below and below[0] not in _TIMES and not _WORD.fullmatch(below[0])):
        return None
    unit = _simple(above)
    if unit is None or not below:
        return unit
    over = _simple(below[0])
    return over and Unit(f"{unit.dimension}/{over.dimension}", unit.factor / over.factor)


def _simple(text: str) -> Unit | None:
    if found := _BYTES.fullmatch(text):
        return Unit("byte", _PREFIXES[found[1] if found[2] is None else found[2].upper()])
    if found := _BITS.fullmatch(text):
        return Unit("byte", _PREFIXES[found[1]] / 8)
    lower = text if text == "M" else text.lower()  # a million is no minute
    if found := _BYTES_IN_WORDS.fullmatch(lower):
        sign = f"{found[1][0].upper()}{'i' * found[1].endswith('bi')}"
        return Unit("byte", _PREFIXES[sign])
    if (seconds := _TIMES.get(lower)) is not None:
        return Unit("second", seconds)
    if (share := _RATIOS.get(lower)) is not None:
        return Unit("ratio", share)
    if lower in _COINS:
        return Unit(*_COINS[lower])
    if found := _RATE.fullmatch(lower):
        return Unit(f"{_RATES[found[2]]}/second", {"": 1.0, "k": 1e3, "m": 1e6}[found[1]])
    if lower in _TIMES_AS_MANY:
        return Unit("", 1.0)
    return Unit(_singular(lower), 1.0) if not text or _WORD.fullmatch(text) else None


def _singular(word: str) -> str:
    if word in _SAME_WORD:
        return _SAME_WORD[word]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word


def read(text: str, asked: str) -> float | Misread:
    """The value of an answer, in the unit that was asked for.

    Of several units, as in "people | reviewers", each will do. A number without a unit is in the
    one asked for; a right number in a wrong unit is Misread.
    """
    units = [part.strip() for part in asked.split("|")]
    text = _plain(text)
    text = _ABOUT.sub("", text, count=1) if _ABOUT.match(text) else text
    coin = _MONEY_FIRST.match(text)
    money, text = (coin[0].strip(), text[coin.end() :]) if coin else ("", text)
    text = f"1 x {text}" if _BARE_POWER.match(text) else _SAID_AGAIN.sub("", text)
    over = _OUT_OF.match(text)
    found = _number(text, over.end() if over else 0)
    if found is None:
        return Misread("no number in it")
    number, end = found
    if over:
        number = int(over[1]) / number if number else 0.0
    elif text[end : end + 1] == "/" and (below := _number(text, end + 1)):
        number, end = (number / below[0] if below[0] else 0.0), below[1]
    behind = _OF_WHAT.sub("", text[end:]).strip()
    rest = f"{behind} {money}".strip() if behind != "$" else "$"
    for unit in units:
        if (value := _converted(number, rest, unit)) is not None:
            return value if math.isfinite(value) else Misread("a number too large to be one")
    return Misread(f"the answer is {asked_as(units[0])}" if units[0] else "the answer has no unit")


def asked_as(unit: str) -> str:
    """How an answer in a unit is asked for: "in GB", "a fraction or in %"."""
    return f"a {unit} or in %" if unit_of(unit) == Unit("ratio", 1.0) else f"in {unit}"


def _plain(text: str) -> str:
    """The text in signs that a keyboard has; 10⁶ becomes 10^6."""
    text = _RAISED.sub(lambda found: f"10^{found[1]}", text[:MAX_CHARACTERS])
    return unicodedata.normalize("NFKC", text).translate(_SIGNS).strip().rstrip(".")


def _number(text: str, at: int) -> tuple[float, int] | None:
    """The number that begins at an offset, and where it ends."""
    found = _NUMBER.match(text, at)
    if not found or not (found["whole"] or found["part"]):
        return None
    whole = re.sub(r"\D", "", found["whole"]) or "0"
    exponent = found["exponent"] or found["power"] or "0"
    value = float(f"{whole}.{found['part'] or '0'}e{exponent}")
    return -value if found["sign"] == "-" else value, found.end()


def _converted(number: float, rest: str, asked: str) -> float | None:
    """The number in the unit asked for; None where `rest` is no such unit."""
    wanted = unit_of(asked)
    if wanted is None:
        return None
    for factor, unit_text in _readings(rest, wanted):
        unit = wanted if not unit_text else _fitting(unit_text, wanted)
        if unit is not None:
            return number * (factor * unit.factor / wanted.factor)
    return None


def _readings(rest: str, wanted: Unit) -> list[tuple[float, str]]:
    """What may stand behind a number: a unit, or a multiplier with or without one.

    `8.6T` is 8.6 TB where bytes are asked for, and `5m` five minutes where time is.
    """
    readings = [(1.0, rest)]
    multiplier = _MULTIPLIER.match(rest)
    if multiplier is None:
        return readings
    sign = multiplier[1] if len(multiplier[1]) == 1 else multiplier[1].lower()
    behind = rest[multiplier.end() :].strip()
    if not behind and wanted.dimension.startswith("byte"):
        if sign in "kK" and wanted.factor in (1e3, 1024.0):
            return [(1.0, "")]  # 160K is 160 KiB where these are asked for
        if sign in "MGTBgt":
            tail = "/s" if "/" in wanted.dimension else ""
            return [(1.0, f"{sign.upper().removesuffix('B')}B{tail}")]
    is_unit = not behind and (wanted.dimension, sign) in (("second", "m"), ("byte", "b"))
    if is_unit or sign not in _MULTIPLIERS:
        return readings
    return [*readings, (_MULTIPLIERS[sign], behind)]


def _fitting(text: str, wanted: Unit) -> Unit | None:
    """The unit that a text names, if it is of the dimension wanted."""
    if text.startswith(("/", "per ")) and "/" in wanted.dimension:
        counted = wanted.dimension.split("/")[0]
        text = f"{'B' if counted == 'byte' else counted} {text}"
    if text.lower() == "tps" and wanted.dimension == "token/second":
        text = "tokens/s"
    unit = unit_of(text)
    if unit is None or unit.dimension != wanted.dimension:
        return None
    return unit


def written(value: float, unit: str, digits: int = 3) -> str:
    """A value with its unit, as an answer says it; a share also in per cent."""
    name = unit.split("|")[0].strip()
    known = unit_of(name)
    said = spoken(value, digits)
    if name and known == Unit("ratio", 1.0):
        return f"{said} ({spoken(100 * value, digits)}%)"
    if known == Unit("dollar", 1.0):
        return f"${said}"
    return f"{said}{'' if name == '%' else ' '}{name}".strip()
