"""The schedules that Obsidian Spaced Repetition writes into a comment below a card. Pure.

`!2024-08-16,51,230` is a day, an interval in days and an ease in percent;
`!fsrs,DUE,INTERVAL,STABILITY,DIFFICULTY,STATE,REPS,LAPSES,STEP,LAST` a card of FSRS. One follows
the other where a note makes several cards.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import NamedTuple

from decks.dialects.dates import day_of, instant_ms
from decks.history import Past, Standing

PROGRAM = "Obsidian Spaced Repetition"
_EPOCH = date(1970, 1, 1)
_NEVER = (date(2000, 1, 1) - _EPOCH).days  # stands for a card that was not yet reviewed
_DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_PHASES = {1: "learning", 2: "review", 3: "relearning"}
_MOST = 600  # schedules of one note
_LONGEST_DAYS = 400_000


class Schedules(NamedTuple):
    """The pasts of a note's cards, in the order in which they stand there."""

    pasts: tuple[Past | None, ...]
    unread: int  # how many of them could not be read


def read(comment: str) -> Schedules:
    """Read what stands between `<!--SR:` and `-->`."""
    texts = [text.strip() for text in comment.split("!", _MOST) if text.strip()][:_MOST]
    found = [_standing(text) for text in texts]
    pasts = tuple(
        Past(PROGRAM, standing=one) if isinstance(one, Standing) else None for one in found
    )
    return Schedules(pasts, found.count(""))


def _standing(text: str) -> Standing | str | None:
    """Where a card stands; None if it is new; "" if that cannot be read."""
    fields = [field.strip() for field in text.split(",", 20)]
    return _of_fsrs(fields[1:]) if fields[0].lower() == "fsrs" else _of_sm2(fields)


def _of_sm2(fields: list[str]) -> Standing | str | None:
    due = _day(fields[0])
    if due == _NEVER:
        return None
    interval = _number(fields[1]) if len(fields) > 1 else None
    ease = _number(fields[2]) if len(fields) > 2 else None
    if due is None or interval is None or not 0 <= interval <= _LONGEST_DAYS:
        return ""
    return Standing(
        phase="review", due_day=due, interval_days=interval,
        ease=ease / 100 if ease else None, last_day=due - round(interval),
    )  # fmt: skip


def _of_fsrs(fields: list[str]) -> Standing | str | None:
    if len(fields) < 5:
        return ""
    fields = (fields + [""] * 9)[:9]
    due_ms, due_day = instant_ms(fields[0]), day_of(fields[0])
    interval, stability, difficulty = (_number(field) for field in fields[1:4])
    state, reps, lapses, step = (_whole(field) for field in fields[4:8])
    if state == 0 or due_day == _NEVER:
        return None
    if due_day is None or stability is None or difficulty is None or state not in _PHASES:
        return ""
    if not (0 < stability <= _LONGEST_DAYS and 1 <= difficulty <= 10):
        return ""
    in_steps = state != 2
    return Standing(
        phase=_PHASES[state], due_day=None if in_steps else due_day,
        due_ms=due_ms if in_steps else None, interval_days=interval,
        stability_days=stability, difficulty=difficulty,
        last_day=day_of(fields[8]), last_ms=instant_ms(fields[8]),
        reps=reps, lapses=lapses, step=step if in_steps else None,
    )  # fmt: skip


def _day(text: str) -> int | None:
    """The day of a date as one of three ways to write it."""
    if (day := day_of(text)) is not None:
        return day
    try:
        if numbers := _DAY_FIRST.fullmatch(text):
            return (date(int(numbers[3]), int(numbers[2]), int(numbers[1])) - _EPOCH).days
        return (datetime.strptime(text, "%a %b %d %Y").date() - _EPOCH).days  # noqa: DTZ007
    except ValueError:
        return None


def _number(text: str) -> float | None:
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    found = float(text)
    return found if math.isfinite(found) else None


def _whole(text: str) -> int | None:
    found = _number(text)
    return int(found) if found is not None and 0 <= found <= 1_000_000 else None
