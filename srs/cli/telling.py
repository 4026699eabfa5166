"""What both front ends for people call the marks, and say of what was done."""

from __future__ import annotations

from collections.abc import Mapping

from decks.errors import UserError
from srs import Card, Flag, Kind, Review, Told
from srs.cli.words import plural
from srs.session import STAYING, Mark

MARKS: Mapping[str, Mark] = {
    "s": Mark(Kind.SUSPEND), "S": Mark(Kind.SUSPEND, whole_note=True),
    "b": Mark(Kind.BURY), "B": Mark(Kind.BURY, whole_note=True), "R": Mark(Kind.RESET),
}  # fmt: skip
_TOLD = {
    Kind.SUSPEND: "suspended; u takes it back",
    Kind.UNSUSPEND: "unsuspended; u takes it back",
    Kind.BURY: "buried until tomorrow; u takes it back",
    Kind.RESET: "reset: it is new again; u takes it back",
    "gone": "was taken back elsewhere already",
    "busy": "another program is writing to the collection; nothing was saved, try again",
    "stale": "answered elsewhere meanwhile; nothing was saved, here is the next card",
}


def greeting(review: Review) -> str:
    """What to know before the first card, if anything."""
    overdue = review.backlog
    if not overdue:
        return ""
    return f"{plural(overdue, 'card')} overdue: new cards pause until they are fewer"


def explained(error: UserError) -> str:
    """What went wrong and what to do about it, in a line."""
    return f"{error.message}: {error.hint}" if error.hint else error.message


def mark_of(key: str, card: Card | None) -> Mark:
    """What a key does to the card; suspending one that is suspended brings it back."""
    mark = MARKS[key]
    suspended = card is not None and card.state.suspended
    return mark._replace(kind=Kind.UNSUSPEND) if suspended and mark.kind == Kind.SUSPEND else mark


def said(one: Told, answers: int) -> str:
    """What to say of it, in a line; nothing of a plain answer. `answers` stand in this session."""
    if one.what == "undo" and one.undone is not None:
        what = one.undone.rating.name.lower() if one.undone.rating else one.undone.kind
        stand = "stands" if answers == 1 else "stand"
        return f"taken back: {what}; {plural(answers, 'answer')} of this session {stand}"
    if one.leech and one.state is not None:
        fate = "suspended" if one.state.suspended else "tagged leech"
        lapses, card = plural(one.state.lapses, "lapse"), one.card.hex()[:8]
        return f"leech: {lapses}, {fate}. Rewrite it: srs card edit {card}"
    if one.what == Kind.FLAG and one.state is not None:
        flag = Flag(one.state.flag)
        what = f"flagged {flag.name.lower()}" if flag else "flag taken away"
        return f"{what}; u takes it back"
    family = f"{one.cards} cards of the note " if one.cards > 1 else ""
    return family + _TOLD.get(one.what, "")


def stays(one: Told, before: Card | None, after: Card | None) -> bool:
    """Whether the card on the table is still the same, and still to be answered."""
    kind = one.undone.kind if one.what == "undo" and one.undone else one.what
    same = before is not None and after is not None and before.uid == after.uid
    return same and (kind in STAYING or kind == "busy")
