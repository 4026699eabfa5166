"""Schedules that stand beside a card as keys and values: of SM-2, of FSRS, in many spellings.

Pure. What is not said is not worked out; what says nothing but that a card is new is no schedule.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType

from decks.dialects.dates import day_of, instant_ms
from decks.history import Past, Standing
from decks.yaml_nodes import Items, Node, Pairs, Scalar, texts, value

_NAMES = {
    "due": "due due-date due-at due-on next-review next-review-date next-review-at next-due next",
    "interval": "interval interval-days days-interval ivl scheduled-days current-interval",
    "ease": "ease ease-factor easiness easiness-factor efactor e-factor ef",
    "stability": "stability",
    "difficulty": "difficulty",
    "last": "last-review last-reviewed last-reviewed-at last-review-date last-review-at reviewed-at"
    " last-studied last-seen",
    "reps": "reps repetitions repetition review-count reviews-count times-reviewed",
    "lapses": "lapses lapse-count",
    "state": "state",
    "step": "learning-steps learning-step step",
    "suspended": "suspended",
    "repeat": "repeat",
}
NAMES = MappingProxyType({word: key for key, words in _NAMES.items() for word in words.split()})
_PREFIX = re.compile(r"(?:sr|srs|fsrs|sm2|sm-2|review|reviews|card|flashcard)-")
# Mappings and lists below which a schedule stands.
_BELOW = frozenset((
    "sr", "srs", "fsrs", "sm2", "sm-2", "anki", "review", "scheduling", "schedule",
    "spaced-repetition", "srs-data", "sr-data", "fsrs-data", "card-state", "memory",
    "memory-state", "stats", "progress",
))  # fmt: skip
_TELLING = frozenset(("due", "interval", "ease", "stability", "last", "reps", "lapses", "repeat"))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STATES = {
    "1": "learning", "learning": "learning", "learn": "learning",
    "2": "review", "review": "review", "young": "review", "mature": "review",
    "3": "relearning", "relearning": "relearning", "relearn": "relearning",
}  # fmt: skip
_NEW = ("0", "new")
_TRUE = ("true", "yes", "on", "1")
_LONG_AGO = day_of("1980-01-01") or 0  # a date before it is one that was never set
_DAY_FIRST = re.compile(r"(\d{1,2})([-.])(\d{1,2})\2(\d{4})")
_SPELT = ("%a %b %d %Y", "%B %d, %Y", "%b %d, %Y", "%Y/%m/%d", "%d %b %y %H:%M %Z")
# Of the plugin Repeat: the period is the interval if it is a spaced one.
_EVERY = re.compile(r"spaced every (?:(\d{1,6}) )?(hour|day|week|month|year)")
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?%?")


def spelt(key: str) -> str:
    """A key as keys are compared here: `Ease_Factor` and `easeFactor` are `ease-factor`."""
    words = re.sub(r"[\s_]+", "-", _CAMEL.sub("-", key.strip()))
    return words.casefold()


def past(pairs: Mapping[str, Node], program: str) -> Past | None:
    """What keys (`spelt`) and values say of a card's schedule; None if it has none."""
    said = _said(pairs)
    if "sr-due" in pairs:
        program = "Obsidian Spaced Repetition"
    if "review-interval" in pairs:
        _as_gocard(said)
    if every := _EVERY.match(said.get("repeat", "").casefold()):
        said.setdefault("interval", str(int(every[1] or 1) * _DAYS[every[2]]))
    suspended = said.get("suspended", "").casefold() in _TRUE
    standing = _standing(said)
    if standing is None and not suspended:
        return None
    return Past(program, standing=standing, suspended=suspended)


def is_scheduled(keys: Iterable[str]) -> bool:
    """Whether keys with values look like those of a schedule: two of them, to be sure."""
    return len({_meaning(key) for key in keys} & _TELLING) >= 2


def _meaning(key: str) -> str:
    key = spelt(key)
    return NAMES.get(key, "") or NAMES.get(_PREFIX.sub("", key, count=1), "")


def _said(pairs: Mapping[str, Node]) -> dict[str, str]:
    """What each key means, with its value; what stands on top goes before what is nested."""
    said: dict[str, str] = {}
    nested: list[Node] = []
    for key, node in pairs.items():
        if isinstance(node, Scalar):
            meaning, text = _meaning(key), value(node).strip()
            if meaning and text:
                said.setdefault(meaning, text)
        elif key in _BELOW:
            nested.append(node)
    for node in nested:
        for key, text in _below(node):
            if (meaning := _meaning(key)) and text:
                said.setdefault(meaning, text)
    return said


def _below(node: Node) -> Iterable[tuple[str, str]]:
    if isinstance(node, Pairs):
        for key, inner in node.pairs:
            yield key.text, value(inner).strip()
            if isinstance(inner, Pairs) and spelt(key.text) in _BELOW:
                yield from ((deep.text, value(text).strip()) for deep, text in inner.pairs)
    elif isinstance(node, Items):  # `- due=2026-01-01`
        for entry in texts(node):
            name, _, worth = entry.partition("=")
            yield name, worth.strip()


def _as_gocard(said: dict[str, str]) -> None:
    """There `difficulty` is the factor of SM-2, or in old versions the latest rating, 0 to 5.

    Whole numbers are not told apart, and the factor hardly ever is one.
    """
    factor = _number(said.pop("difficulty", ""))
    if factor is not None and factor != int(factor) and 1.3 <= factor <= 4:
        said.setdefault("ease", str(factor))


def _standing(said: Mapping[str, str]) -> Standing | None:
    state = said.get("state", "").casefold().rpartition(".")[2]
    stability = _positive(said.get("stability", ""))
    interval = _positive(said.get("interval", ""))
    last_day, last_ms = _moment(said.get("last", ""))
    due_day, due_ms = _moment(said.get("due", ""))
    reps = _count(said.get("reps", ""))
    if state in _NEW or not (stability or interval or reps or (last_day and due_day)):
        return None
    if due_day is None and last_day is None:
        return None
    lapses = _count(said.get("lapses", ""))
    if "interval" in said and not (interval or stability or reps or lapses):
        return None  # an interval of nothing: it was never answered
    phase = _STATES.get(state)
    in_steps = phase in ("learning", "relearning") and due_ms is not None
    if due_day is None and last_day is not None and interval is not None:
        due_day = last_day + round(interval)
    if last_day is None and due_day is not None and interval is not None:
        last_day = due_day - round(interval)
    difficulty = _number(said.get("difficulty", "")) if stability else None
    return Standing(
        phase=phase,
        due_day=None if in_steps else due_day,
        due_ms=due_ms if in_steps else None,
        interval_days=interval,
        ease=_ease(said.get("ease", "")),
        stability_days=stability,
        difficulty=difficulty if difficulty and 1 <= difficulty <= 10 else None,
        last_day=last_day,
        last_ms=last_ms,
        reps=reps,
        lapses=lapses,
        step=_count(said.get("step", "")) if in_steps else None,
    )


def _number(text: str) -> float | None:
    text = text.strip()
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    found = float(text.rstrip("%"))
    return found if math.isfinite(found) else None


def _positive(text: str) -> float | None:
    """A number of days above nought; `12d` and `12 days` are twelve."""
    words = re.fullmatch(r"([\d.]+)\s*(?:d|days?)", text.strip().casefold())
    found = _number(words[1] if words else text)
    return found if found is not None and 0 < found < 1e6 else None


def _count(text: str) -> int | None:
    found = _number(text)
    return int(found) if found is not None and 0 <= found < 1e6 and found == int(found) else None


def _ease(text: str) -> float | None:
    """The factor of SM-2, from 2.5 or 250 (in hundredths) or 2500 (as Anki keeps it)."""
    found = _number(text)
    if found is None or found <= 0:
        return None
    for scale in (1, 100, 1000):
        if 1 <= found / scale <= 10:
            return found / scale
    return None


def _moment(text: str) -> tuple[int | None, int | None]:
    """The day of a date or an instant, and its epoch milliseconds if it says a time of day."""
    text = text.strip().removeprefix("[[").removesuffix("]]").strip()
    if re.fullmatch(r"\d{10}(?:\.\d+)?|\d{13}", text):
        text = datetime.fromtimestamp(
            float(text) / (1000 if len(text) == 13 else 1), UTC
        ).isoformat()
    day = day_of(text) if len(text) >= 10 else None
    if day is None:
        day = _day_spelt(text)
        return (day, None) if day is not None and day > _LONG_AGO else (None, None)
    if day <= _LONG_AGO:
        return None, None
    return day, instant_ms(text) if len(text) > 10 else None


def _day_spelt(text: str) -> int | None:
    if found := _DAY_FIRST.fullmatch(text):
        return day_of(f"{found[4]}-{int(found[3]):02}-{int(found[1]):02}")
    for form in _SPELT:
        try:
            parsed: date = datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return day_of(parsed.isoformat())
    return None
