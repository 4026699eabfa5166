"""What a unit measures: a dimension with a factor, so that `1.5 GB` and `1500 MB` are equal.

Whatever word is not a unit that we know counts things of that name: `5 users` is no number of
requests.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LONGEST = 80  # characters: of a unit, and of an answer
_DECIMAL = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_PREFIXES = {sign: 10.0**power for sign, power in _DECIMAL.items()} | {"K": 1e3}
_SMALL_PREFIXES = {"m": 1e-3, "u": 1e-6, "μ": 1e-6, "µ": 1e-6}
_TWOFOLD = {sign: 1024.0**at for at, sign in enumerate("KMGTPE", start=1)}
_SPELLED_PREFIXES = "kilo|mega|giga|tera|peta|exa"
_SECONDS = {
    ("ns", "nanosecond", "nanoseconds"): 1e-9,
    ("us", "μs", "µs", "usec", "usecs", "micros", "microsecond", "microseconds"): 1e-6,
    ("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"): 1e-3,
    ("s", "sec", "secs", "second", "seconds"): 1.0,
    ("min", "mins", "minute", "minutes", "m"): 60.0,
    ("h", "hr", "hrs", "hour", "hours"): 3600.0,
    ("d", "day", "days"): 86_400.0,
    ("w", "wk", "wks", "week", "weeks"): 604_800.0,
    ("y", "yr", "yrs", "year", "years"): 365 * 86_400.0,
}
TIMES = {name: factor for names, factor in _SECONDS.items() for name in names}
# Times all the same, but of no one length.
_VAGUE_TIMES = {"mo", "month", "quarter", "fortnight", "decade", "century", "night", "weekday"}
_SHARES = {
    ("fraction", "probability", "share", "ratio", "prob"): 1.0,
    ("%", "percent", "percents", "per cent", "pct"): 0.01,
    ("‰", "permille", "per mille"): 0.001,
    ("bp", "basis point", "basis points"): 1e-4,
    ("ppm",): 1e-6,
}
_RATIOS = {name: factor for names, factor in _SHARES.items() for name in names}
_MONEY = {
    ("$", "us$", "dollar", "dollars", "us dollar", "us dollars", "usd", "buck", "bucks"): (
        "dollar",
        1.0,
    ),
    ("¢", "cent", "cents"): ("dollar", 0.01),
    ("€", "euro", "euros", "eur"): ("euro", 1.0),
    ("£", "gbp"): ("pound", 1.0),
}
_COINS = {name: coin for names, coin in _MONEY.items() for name in names}
_SAME_WORD = {
    "req": "request", "reqs": "request", "tok": "token", "toks": "token", "seq": "sequence",
    "seqs": "sequence", "person": "people", "persons": "people", "ppl": "people",
    "reps": "replica", "cpu": "core", "cpus": "core", "vcpu": "core", "vcpus": "core",
    "cpu core": "core", "cpu cores": "core", "cpu-core": "core", "cpu-cores": "core",
    "query": "request", "queries": "request", "mo": "month",
    "liter": "litre", "liters": "litre", "meter": "metre", "meters": "metre",
}  # fmt: skip
_LENGTHS = {
    "km": 1e3, "cm": 1e-2, "mm": 1e-3, "kilometre": 1e3, "kilometres": 1e3,
    "kilometer": 1e3, "kilometers": 1e3,
}  # fmt: skip
_RATES = {
    "qps": "request/second", "rps": "request/second", "tps": "transaction/second",
    "qpm": "request/minute", "rpm": "request/minute", "tpm": "transaction/minute",
}  # fmt: skip
_RATE = re.compile(rf"([km]?)({'|'.join(_RATES)})")
_TIMES_AS_MANY = ("x", "×", "times")
_DATA = re.compile(r"(?:([kmgtpe])(i?))?b", re.IGNORECASE)
_DATA_IN_WORDS = re.compile(
    rf"(?:([kmgtpe])(i?)|({_SPELLED_PREFIXES})|(kibi|mebi|gibi|tebi|pebi|exbi))?[ -]?(byte|bit)s?"
)
_GIGS = re.compile(r"([mg])(?:eg|ig)s?")
_METRIC = {
    "FLOP": "flop", "FLOPs": "flop", "flop": "flop", "flops": "flop", "FLOPS": "flop/second",
    "Hz": "hertz", "hz": "hertz", "HZ": "hertz", "hertz": "hertz",
    "W": "watt", "watt": "watt", "watts": "watt", "Watt": "watt", "Watts": "watt",
    "w": "watt", "Wh": "watt-hour", "wh": "watt-hour",
}  # fmt: skip
_PREFIXED = re.compile(rf"([kKMGTPEmuμµ]?)({'|'.join(sorted({*_METRIC} - {'w'}, reverse=True))})")
_SMALL_PREFIXED = re.compile(r"([kmgtp])(flops?|hz)|([kgt])(wh?)")  # mw may be milli
_SPELLED_PREFIXED = re.compile(rf"({_SPELLED_PREFIXES})[ -]?(flops|flop|hertz|watts?)")
_WORKED_HOURS = re.compile(r"(gpu|tpu|cpu|core|node|machine|person)(?:s?[ -]([a-z]+)|h)")
_BPS = re.compile(r"((?:[kKMGTPE]i?|)[bB])ps")
_SMALL_BPS = re.compile(r"([kmgtpe])bps")
PER = re.compile(r"\s*(?:/|\bper\b(?! (?:cent|mille)\b))\s*", re.IGNORECASE)
_A_DAY = re.compile(
    rf"(?<=\s)(?:an?|each|every)\s+(?=(?:{'|'.join(sorted(TIMES))})\b)", re.IGNORECASE
)
_DAILY = re.compile(r"(?<!\w)(?:dai|(hour|week|year))ly\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w .-]*")


_MEASURED = {"", "byte", "second", "ratio", "dollar", "euro", "pound", *_METRIC.values(), "flop"}


class Unit(NamedTuple):
    """What is measured, and how many of its base unit make one."""

    dimension: str  # "byte", "second", "ratio", "request", "byte/second"
    factor: float


ONE = Unit("", 1.0)
SHARE = Unit("ratio", 1.0)


@lru_cache(maxsize=256)
def unit_of(text: str) -> Unit | None:
    """The unit that a text names; None if it is none. "" is a bare number."""
    if len(text) > LONGEST:
        return None
    above, *below = PER.split(_with_per(" ".join(text.split())))
    if not below:
        return _simple(above)
    known = below[0].lower() in TIMES or _WORD.fullmatch(below[0])
    if len(below) > 1 or not known:
        return None
    unit, over = _simple(above), _simple(below[0])
    if unit is None or over is None:
        return None
    return Unit(f"{unit.dimension}/{over.dimension}", unit.factor / over.factor)


def _with_per(text: str) -> str:
    """Units of data per second, and those "a day", with a slash."""
    if rate := _BPS.fullmatch(text):
        return f"{rate[1][0].upper()}{rate[1][1:]}/s" if rate[1] == "kb" else f"{rate[1]}/s"
    if rate := _SMALL_BPS.fullmatch(text):
        return f"{rate[1].upper()}b/s"
    return said_per(text)


def said_per(text: str) -> str:
    """A text whose "a day", "each day" and "daily" are "per day"."""
    text = _DAILY.sub(lambda found: f"per {found[1] or 'day'}", text)
    return _A_DAY.sub("per ", text)


def is_time(text: str) -> bool:
    """Whether one of the words is a time: "day", "busy month"."""
    words = text.lower().replace("-", " ").split()
    return any(word in TIMES or _singular(word) in _VAGUE_TIMES for word in words)


def is_measured(unit: Unit) -> bool:
    """Whether a unit is one that we know, and no word for what is counted."""
    above = unit.dimension.split("/")[0]
    return above in _MEASURED or "·" in above


def is_bits(text: str) -> bool:
    """Whether a unit is one of bits, also per time, and not of bytes."""
    found = _data(PER.split(_with_per(text))[0])
    return bool(found and found.is_bits)


def _simple(text: str) -> Unit | None:
    """The unit that a text without "per" names."""
    if data := _data(text):
        return Unit("byte", data.factor / 8 if data.is_bits else data.factor)
    if metric := _metric(text):
        return metric
    lower = text if text == "M" else text.lower()  # a million is no minute
    if (seconds := TIMES.get(lower)) is not None:
        return Unit("second", seconds)
    if (share := _RATIOS.get(lower)) is not None:
        return Unit("ratio", share)
    if lower in _COINS:
        return Unit(*_COINS[lower])
    if lower in _LENGTHS:
        return Unit("metre", _LENGTHS[lower])
    if lower in _TIMES_AS_MANY:
        return ONE
    if unit := _rate(lower) or _worked(lower):
        return unit
    return Unit(_singular(lower), 1.0) if not text or _WORD.fullmatch(text) else None


class _Data(NamedTuple):
    factor: float  # in bytes, or in bits
    is_bits: bool


def _data(text: str) -> _Data | None:
    """Bytes or bits: `GB`, `Gb`, `gib`, `GBytes`, `mbit`, `giga bytes`, `gigs`."""
    if found := _DATA.fullmatch(text):
        sign, twofold = found[1] or "", found[2]
        # Small letters are bytes, as in "gb"; a "b" alone is a bit.
        return _Data(_factor(sign, bool(twofold)), text.endswith("b") and not sign.islower())
    lower = text.lower()
    if found := _GIGS.fullmatch(lower):
        return _Data(_factor(found[1], False), False)
    if found := _DATA_IN_WORDS.fullmatch(lower):
        sign = (found[1] or found[3] or found[4] or "")[:1]
        return _Data(_factor(sign, bool(found[2] or found[4])), found[5] == "bit")
    return None


def _factor(sign: str, twofold: bool) -> float:
    return _TWOFOLD[sign.upper()] if twofold else _PREFIXES[sign.upper()]


def _metric(text: str) -> Unit | None:
    """Watts, hertz and floating-point operations with their prefixes."""
    lower = text.lower()
    if text == lower and (found := _SMALL_PREFIXED.fullmatch(text)):
        sign, name = found[1] or found[3], found[2] or found[4]
        return Unit(_METRIC[name], _PREFIXES[sign.upper()])
    if found := _PREFIXED.fullmatch(text):
        return Unit(_METRIC[found[2]], (_PREFIXES | _SMALL_PREFIXES)[found[1]])
    if found := _SPELLED_PREFIXED.fullmatch(lower):
        name = "FLOPS" if found[2] == "flops" else found[2]
        return Unit(_METRIC[name], _PREFIXES[found[1][0].upper()])
    return None


def _rate(lower: str) -> Unit | None:
    """Requests per second and the like, by their initials."""
    found = _RATE.fullmatch(lower)
    if not found:
        return None
    counted, _, time = _RATES[found[2]].partition("/")
    return Unit(f"{counted}/second", {"": 1.0, "k": 1e3, "m": 1e6}[found[1]] / TIMES[time])


def _worked(lower: str) -> Unit | None:
    """The time that something works: GPU hours."""
    found = _WORKED_HOURS.fullmatch(lower)
    time = (found[2] or "h") if found else ""
    if not found or time not in TIMES:
        return None
    return Unit(f"{_SAME_WORD.get(found[1], found[1])}·second", TIMES[time])


def _singular(word: str) -> str:
    if word in _SAME_WORD:
        return _SAME_WORD[word]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word


def is_slip(word: str, asked: list[str]) -> bool:
    """Whether a word looks like one of those asked for, or of those we know, spelled wrongly."""
    from difflib import get_close_matches

    known = [name for name in (*TIMES, *_RATIOS) if len(name) > 5]
    known += [above for one in asked if len(above := PER.split(one)[0].lower()) > 3]
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.84)
    return bool(close) and unit_of(close[0]) != unit_of(word)
