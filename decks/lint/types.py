"""The types of cards: what each asks for, and how long its answer may be."""

from __future__ import annotations

from typing import NamedTuple

from decks.model import Note, NoteKind


class Limit(NamedTuple):
    """Words of an answer: above the first a warning, above the second an error."""

    warned: int
    most: int


RECALL, REASONING = Limit(30, 40), Limit(45, 60)
LIMITS = {
    "definition": RECALL,
    "cloze": RECALL,
    "contrast": RECALL,
    "misconception": RECALL,
    "what-breaks": RECALL,
    "estimate": RECALL,
    "estimate-fixed": RECALL,
    "diagnose": REASONING,
    "choose": REASONING,
    "tradeoff": REASONING,
    "curveball": REASONING,
}
NAMING = ("definition", "cloze")  # ask for a name
# Ask for a consequence, a cause, a choice or a number.
OPERATIONAL = (
    "what-breaks", "diagnose", "choose", "tradeoff", "estimate", "estimate-fixed", "curveball",
)  # fmt: skip
# Ask for two things by their nature: what fails and which way, a pick and its reason.
TWOFOLD = ("what-breaks", "diagnose", "choose", "tradeoff", "curveball")


def limit_of(note: Note) -> Limit:
    """Return the limits of a note's answer; without a type it may reason."""
    usual = RECALL if note.kind is NoteKind.CLOZE else REASONING
    return LIMITS.get(note.type, usual)
