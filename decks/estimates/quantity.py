"""Numbers with units as people type them: `1.2k`, `3e6`, `8.6 TB`, `45 ms`, `12%`, `5k req/s`."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from decks.estimates.amounts import Amount, Multiplier, amount, multiplier
from decks.estimates.durations import seconds_of
from decks.estimates.fitting import fitting, readings, with_coin
from decks.estimates.numerals import spoken
from decks.estimates.plain_text import label_of, plain, without_hedge
from decks.estimates.units import LONGEST, SHARE, Unit, is_measured, is_slip, unit_of

__all__ = ["MAX_CHARACTERS", "Misread", "Unit", "asked_as", "read", "unit_of", "written"]

MAX_CHARACTERS = LONGEST
_MONEY_FIRST = re.compile(
    r"(?P<sign>-?)(?P<coin>(?:US?)?\$|[€£]|(?:usd|eur|gbp)\b|(?:usd|eur|gbp)(?=\d))\s*",
    re.IGNORECASE,
)
_OF_WHAT = re.compile(r"\s*\bof\s+(?!(?:.*\s)?\d).*")  # 16 GB of RAM, not 12 of the 20 GB
_PREFIXED = ("byte", "second", "metre", "flop", "hertz", "watt")


class Misread(NamedTuple):
    """Why what was typed is no answer."""

    why: str
    is_typo: bool = True  # False: a quantity that can be read, but not of what was asked for


class _Typed(NamedTuple):
    """An answer in its parts."""

    amount: Amount
    coin: str  # the sign of money before the number
    label: str  # what stood before "="


def read(text: str, asked: str) -> float | Misread:
    """The value of an answer, in the unit that was asked for.

    Of several units, as in "people | reviewers", each will do. A number without a unit is in the
    one asked for; a right number in a wrong unit is Misread.
    """
    units = [part.strip() for part in asked.split("|")]
    text = " ".join(text.split())
    if len(text) > MAX_CHARACTERS:
        return Misread(f"longer than {MAX_CHARACTERS} characters")
    label, text = label_of(plain(text))
    text = without_hedge(text)
    for unit in units:
        if (value := _lasting(text, unit)) is not None:
            return value
    typed = _parted(text, label)
    if typed is None:
        return Misread("no number in it")
    if not typed.amount.below:
        return Misread("a division by zero")
    for unit in units:
        if (value := _converted(typed, unit)) is not None:
            return value if math.isfinite(value) else Misread("a number too large to be one")
    return _refusal(typed, units)


def asked_as(unit: str) -> str:
    """How an answer in a unit is asked for: "in GB", "a fraction or in %"."""
    return f"a {unit} or in %" if unit_of(unit) == SHARE else f"in {unit}"


def _parted(text: str, label: str) -> _Typed | None:
    found = _MONEY_FIRST.match(text)
    coin, text = (found["coin"], f"{found['sign']}{text[found.end() :]}") if found else ("", text)
    given = amount(text)
    return given and _Typed(given, "$" if coin.endswith("$") else coin, label)


def _lasting(text: str, asked: str) -> float | None:
    """A time in several units, `1 h 30 min`, in the one asked for."""
    wanted = unit_of(asked)
    seconds = seconds_of(text) if wanted and wanted.dimension == "second" else None
    return seconds / wanted.factor if wanted and seconds is not None else None


def _converted(typed: _Typed, asked: str) -> float | None:
    """The number in the unit asked for; None where what stands behind is no such unit."""
    wanted = unit_of(asked)
    found = _number(typed.amount, wanted) if wanted else None
    if wanted is None or found is None:
        return None
    number, rest = found
    rest = _OF_WHAT.sub("", rest).strip()
    for factor, text in readings(rest, wanted, asked):
        said = with_coin(text or typed.label, typed.coin)
        unit = fitting(said, wanted, asked) if said else wanted
        if unit is not None:
            return number * (factor * unit.factor / wanted.factor)
    return None


def _number(given: Amount, wanted: Unit) -> tuple[float, str] | None:
    """The number, and what stands behind it; None where it cannot be of this dimension.

    A multiplier behind a quotient is of its lower part in `1 in 10k` and `1/10k`, but `1/2
    million` users are half a million; of `1/2M` users nobody knows.
    """
    scale = multiplier(given.rest)
    below, behind = given.below, given.rest
    if given.joined and scale and scale.factor and _scales_below(given, scale, wanted):
        below, behind = below * scale.factor, scale.behind
    elif given.joined == "/" and _is_glued(given, scale) and not _takes_prefix(wanted):
        return None
    number = given.above / below
    return _share(given, number, behind, wanted) if given.is_share else (number, behind)


def _scales_below(given: Amount, scale: Multiplier, wanted: Unit) -> bool:
    is_share = given.is_share or wanted.dimension == "ratio"
    return is_share or (_is_glued(given, scale) and given.is_scaled)


def _is_glued(given: Amount, scale: Multiplier | None) -> bool:
    return bool(scale and len(scale.sign) == 1 and not given.rest[:1].isspace())


def _takes_prefix(wanted: Unit) -> bool:
    return wanted.dimension.split("/")[0] in _PREFIXED


def _share(given: Amount, number: float, behind: str, wanted: Unit) -> tuple[float, str] | None:
    """The share that is meant by `1 in 20 requests`; of a word we do not know, by `1 in 20`."""
    of = unit_of(_OF_WHAT.sub("", behind))
    if of is None or (of.dimension and of != SHARE and is_measured(of)):
        return None
    if wanted.dimension in ("ratio", ""):
        return number / wanted.factor, ""
    is_bare = given.joined == "in" and not behind
    return (number, "") if is_bare and not is_measured(wanted) else None


def _refusal(typed: _Typed, units: list[str]) -> Misread:
    """Why an answer with a number is none: another dimension, or signs that say nothing."""
    given = typed.amount
    scale = None if given.is_share else multiplier(given.rest)
    text = _OF_WHAT.sub("", scale.behind if scale and scale.factor else given.rest).strip()
    text = with_coin(text or typed.label, typed.coin)
    is_other = _is_other(text, units)
    if given.is_share:
        is_other = not any((unit_of(unit) or SHARE).dimension in ("ratio", "") for unit in units)
    if is_other:
        why = f"the answer is {asked_as(units[0])}" if units[0] else "the answer has no unit"
        return Misread(why, is_typo=False)
    return Misread(f"cannot read “{given.said.strip() or text}”")


def _is_other(text: str, units: list[str]) -> bool:
    """Whether a text names a unit that we know, or a word for what is counted."""
    unit = unit_of(text)
    if unit is None or not text:
        return False
    if is_measured(unit):
        return True
    first = text.split()[0]
    known = unit_of(first)
    is_word = len(first) > 1 and not any(sign.isdigit() for sign in text)
    return is_word and not (known and is_measured(known)) and not is_slip(text, units)


def written(value: float, unit: str, digits: int = 3) -> str:
    """A value with its unit, as an answer says it; a share also in per cent."""
    name = unit.split("|")[0].strip()
    known = unit_of(name)
    said = spoken(value, digits)
    if name and known == SHARE:
        return f"{said} ({spoken(100 * value, digits)}%)"
    if known == Unit("dollar", 1.0):
        return f"${said}"
    return f"{said}{'' if name == '%' else ' '}{name}".strip()
