"""The learner's settings, decoded from TOML with complaints that name the key.

Importing this is cheap; TOML is loaded only where there is a file to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from decks.errors import DataError, UsageError, UserError, did_you_mean

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_STEP = re.compile(r"(\d{1,6})([smhd])")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the learner may choose."""

    desired_retention: float = 0.90
    new_per_day: int = 12
    reviews_per_day: int = 200
    learning_steps_s: tuple[int, ...] = (60, 600)
    relearning_steps_s: tuple[int, ...] = (600,)
    maximum_interval_days: int = 36_500
    rollover_hour: int = 4
    zone: str = ""
    prerequisites_first: bool = True
    leech_lapses: int = 8
    leech_action: str = "suspend"
    typed: bool = False
    theme: str = "auto"


class _BadValue(Exception):
    """What would be allowed."""


class Key(NamedTuple):
    """One key of the settings file."""

    field: str
    explanation: str
    decode: Callable[[Any], Any]
    show: Callable[[Any], str]


def _share(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0.70 <= value <= 0.97:
        return float(value)
    raise _BadValue("a number from 0.70 to 0.97")


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def decode_whole(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise _BadValue(f"a whole number from {low} to {high}")

    return decode_whole


def _yes_or_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _BadValue("true or false")


def _one_of(*words: str) -> Callable[[Any], str]:
    def decode_word(value: Any) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise _BadValue(f"one of {', '.join(words)}")

    return decode_word


def _show_yes_or_no(value: bool) -> str:
    return str(value).lower()


def _quoted(word: str) -> str:
    return f'"{word}"'


def _steps(value: Any) -> tuple[int, ...]:
    found = (
        [_STEP.fullmatch(step) for step in value if isinstance(step, str)] if _listed(value) else []
    )
    if not _listed(value) or len(found) != len(value) or not all(found):
        raise _BadValue('steps such as ["1m", "10m"], in s, m, h or d')
    steps = tuple(int(match[1]) * _UNITS_S[match[2]] for match in found if match)
    if not all(0 < step <= 365 * 86_400 for step in steps):
        raise _BadValue("steps from 1s to 365d")
    return steps


def _listed(value: Any) -> bool:
    return isinstance(value, list)


def _zone(value: Any) -> str:
    if isinstance(value, str):
        from srs.days import Calendar

        try:
            Calendar(value).offset_min(0)
        except UserError as error:
            raise _BadValue(
                "a name such as Europe/Berlin, or empty for the system's zone"
            ) from error
        return value
    raise _BadValue("the name of a time zone in quotes")


def _show_steps(steps: tuple[int, ...]) -> str:
    quoted = (f'"{_show_step(step)}"' for step in steps)
    return f"[{', '.join(quoted)}]"


def _show_step(step_s: int) -> str:
    unit = next(unit for unit in "dhms" if step_s % _UNITS_S[unit] == 0)
    return f"{step_s // _UNITS_S[unit]}{unit}"


KEYS: Mapping[str, Key] = {
    "desired_retention": Key(
        "desired_retention",
        "chance of recall at which a card comes back; higher forgets less and asks more often",
        _share,
        repr,
    ),
    "new_per_day": Key(
        "new_per_day",
        "new cards a day; each brings several reviews in the weeks to come",
        _whole(0, 100_000),
        repr,
    ),
    "reviews_per_day": Key(
        "reviews_per_day",
        "reviews a day; what is over the limit waits, and gets harder meanwhile",
        _whole(0, 100_000),
        repr,
    ),
    "learning_steps": Key(
        "learning_steps_s",
        "short waits of a new card, before it waits for days; more of them, more answers",
        _steps,
        _show_steps,
    ),
    "relearning_steps": Key(
        "relearning_steps_s",
        "the same for a card that was forgotten; none: it is not asked again that day",
        _steps,
        _show_steps,
    ),
    "maximum_interval": Key(
        "maximum_interval_days",
        "longest interval in days; shorter keeps old cards in sight, for many more reviews",
        _whole(1, 36_500),
        repr,
    ),
    "rollover_hour": Key(
        "rollover_hour",
        "hour at which a study day begins; later suits those who learn past midnight",
        _whole(0, 23),
        repr,
    ),
    "zone": Key(
        "zone",
        "time zone of your days; empty follows the system, also when you travel",
        _zone,
        _quoted,
    ),
    "prerequisites_first": Key(
        "prerequisites_first",
        "whether a concept waits for those it builds on; false takes all in file order",
        _yes_or_no,
        _show_yes_or_no,
    ),
    "leech_lapses": Key(
        "leech_lapses",
        "lapses that make a card a leech, to be rewritten; 0 switches leeches off",
        _whole(0, 1_000),
        repr,
    ),
    "leech_action": Key(
        "leech_action",
        "what becomes of a leech: suspend stops asking it, tag only marks it",
        _one_of("suspend", "tag"),
        _quoted,
    ),
    "typed": Key(
        "typed",
        "whether each question asks for a typed answer; slower, and it teaches more",
        _yes_or_no,
        _show_yes_or_no,
    ),
    "theme": Key(
        "theme",
        "colours for a dark or light background, or plain; auto goes by COLORFGBG, or dark",
        _one_of("auto", "dark", "light", "plain"),
        _quoted,
    ),
}


def allowed(name: str) -> str:
    """What a key may be set to, in words. Raises UsageError for an unknown key."""
    try:
        _key(name).decode(None)
    except _BadValue as bad:
        return str(bad)
    return "anything"


def _key(name: str) -> Key:
    if name not in KEYS:
        raise UsageError(f"unknown key {name}", _known_keys(name))
    return KEYS[name]


def _known_keys(name: str) -> str:
    return f"{did_you_mean(name, KEYS)}known: {', '.join(KEYS)}"


def decode(text: str, path: str = "config.toml") -> Settings:
    """The settings in the text of a file. Raises DataError that names the key and its line."""
    import tomllib

    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a thousand brackets
        found = re.search(r"line (\d+)", str(error))
        message = f"not TOML: {str(error).partition(' (at')[0].lower()}"
        hint = "a line is: key = value"
        raise DataError(message, hint, path=path, line=int(found[1]) if found else 1) from error
    settings = Settings()
    for name, value in table.items():
        settings = _with(settings, name, value, path, _line_of(text, name))
    return settings


def _with(settings: Settings, name: str, value: Any, path: str, line: int) -> Settings:
    if name not in KEYS:
        raise DataError(f"unknown key {name}", _known_keys(name), path=path, line=line)
    key = KEYS[name]
    try:
        decoded = key.decode(value)
    except _BadValue as bad:
        raise DataError(
            f"{name} cannot be {value!r}", f"it is {bad}", path=path, line=line
        ) from bad
    return replace(settings, **{key.field: decoded})


def _line_of(text: str, name: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*[\"'\[]*{re.escape(name)}\b", line):
            return number
    return 1


def get_text(settings: Settings, name: str) -> str:
    """A setting's value as the file would write it. Raises UsageError for an unknown key."""
    key = _key(name)
    return key.show(getattr(settings, key.field))


def encoded(name: str, typed: str) -> str:
    """What a person types for a value, as the file would write it.

    `typed` is `0.92`, `1m 10m`, `Europe/Berlin`, or the same in TOML's notation. Raises UsageError
    for an unknown key or a value that is not allowed.
    """
    key = _key(name)
    try:
        return key.show(key.decode(_typed_value(key, typed.strip())))
    except _BadValue as bad:
        raise UsageError(f"{name} cannot be {typed}", f"it is {bad}") from bad


def _typed_value(key: Key, typed: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(f"value = {typed}")["value"]
    except tomllib.TOMLDecodeError:
        pass
    if key.decode is _steps:
        return re.split(r"[\s,]+", typed) if typed else []
    return typed
