"""The end of a session: what went well, what to look at again, what tomorrow brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srs.cli.output import report, say, wrapped
from srs.cli.shapes import ended
from srs.cli.words import days, minutes, plural, share

if TYPE_CHECKING:
    from srs import Review, Summary
    from srs.cli.context import Shell

_FEW = 3  # concepts worth naming


def sum_up(review: Review, shell: Shell) -> None:
    """Say what the session came to."""
    if shell.as_json:
        report(ended(review))
        return
    found = review.summary()
    for line in (*_done(review, found), *_tomorrow(review, found, shell.clock.now_ms())):
        say(wrapped(line))


def _done(review: Review, found: Summary) -> list[str]:
    if not found.reviews:
        return [_why_nothing(review)]
    answers = plural(found.reviews, "answer")
    kept = "all saved" if review.counts else "a cram: nothing was scheduled"
    lines = [f"{plural(found.cards, 'card')} in {minutes(found.minutes)}, {answers}, {kept}."]
    lines += _went_well(review, found)
    if held := _held_back(review):
        lines.append(f"No more new cards: {held}")
    missed = [look for look in found.concepts if look.missed][:_FEW]
    if missed:
        named = (
            f"{review.collection.concept_title(look.concept)}"
            f" (missed {look.missed} of {look.answers})"
            for look in missed
        )
        lines.append(f"Look again: {'; '.join(named)}.")
    lines += [
        f"Leech: srs card edit {uid.hex()[:8]} rewrites what you keep forgetting."
        for uid in found.leeches
    ]
    return lines


def _why_nothing(review: Review) -> str:
    if not review.session.over or (review.cram and review.session.done):
        return "Nothing answered."
    if review.cram:
        return "No card is selected."
    held = _held_back(review)
    return f"Nothing is left for today: {held}" if held else "Nothing is left for today."


def _held_back(review: Review) -> str:
    """Which concept waits for which, where that is why no new card comes any more."""
    waits = review.waits_for if review.session.over else None
    if waits is None:
        return ""
    concept, missing = waits
    return f"{concept} waits for {' and '.join(missing)}. srs concept path {concept} shows the way."


def _went_well(review: Review, found: Summary) -> list[str]:
    lines = []
    if found.retention is not None:
        recalled = f"{found.recalled} of {found.known}"
        lines.append(f"Retention {share(found.retention)}: {recalled} known cards recalled.")
    if found.new:
        lines.append(f"{plural(found.new, 'new card')} met.")
    clean = [look for look in found.concepts if not look.missed and look.answers > 1]
    if clean:
        best = sorted(clean, key=lambda look: -look.answers)[:_FEW]
        titles = "; ".join(review.collection.concept_title(look.concept) for look in best)
        lines.append(f"Went well: {titles}.")
    lines += [
        f"{percent}% sure: {right} of {answers} right."
        for percent, (answers, right) in found.confidence.items()
    ]
    return lines


def _tomorrow(review: Review, found: Summary, now_ms: int) -> list[str]:
    cost = f", {minutes(found.minutes_tomorrow)}" if found.due_tomorrow else ""
    lines = [f"Tomorrow: {plural(found.due_tomorrow, 'card')} due{cost}."]
    if not found.due_tomorrow and found.next_due_ms is not None:
        calendar = review.collection.calendar
        wait = calendar.day_of(found.next_due_ms) - calendar.day_of(now_ms)
        lines.append(f"Next card due {'today' if wait <= 0 else 'in ' + days(wait)}.")
    if found.reviews and review.counts:
        lines.append("srs undo takes back the last answer.")
    return lines
