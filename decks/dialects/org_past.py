"""What org-drill keeps of a card: its properties, as a standing of ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from decks.dialects.dates import day_of
from decks.history import Past, Standing

_NUMBER = re.compile(r"-?\d{1,7}(?:\.\d{0,12})?")
_LEARN = re.compile(r"\(\s*(-?[\d.]+)\s+(\d+)\s+(-?[\d.]+)")


def past(properties: Mapping[str, str], scheduled: str) -> Past | None:
    """Return where a card stands that was asked; None if it never was.

    `scheduled` is the date of its heading, or "": such a card of org-drill is asked at once.
    """
    interval = _number(properties, "DRILL_LAST_INTERVAL")
    ease = _number(properties, "DRILL_EASE")
    reps = _number(properties, "DRILL_TOTAL_REPEATS")
    if learnt := _LEARN.match(properties.get("LEARN_DATA", "")):  # as it was kept until 2011
        interval, reps, ease = (_float(learnt[at]) for at in (1, 2, 3))
    last = day_of(properties.get("DRILL_LAST_REVIEWED", "").strip("[]<> "))
    if not reps and last is None and not interval:
        return None
    due = day_of(scheduled)
    if last is None and due is not None and interval is not None:
        last = due - round(interval)
    failures = _number(properties, "DRILL_FAILURE_COUNT")
    standing = Standing(
        phase="relearning" if interval is not None and interval <= 0 else "review",
        due_day=last if due is None else due,
        interval_days=interval if interval is None else max(0.0, interval),
        ease=ease if ease and ease > 0 else None,
        last_day=last,
        reps=None if reps is None else int(reps),
        lapses=None if failures is None else int(failures),
    )
    return Past("org-drill", standing=standing)


def _number(properties: Mapping[str, str], name: str) -> float | None:
    return _float(properties.get(name, ""))


def _float(written: str) -> float | None:
    return float(written) if _NUMBER.fullmatch(written.strip()) else None
