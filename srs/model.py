"""The words of scheduling, as values: ratings, phases, what was logged, what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decks.model import Estimate


class Rating(IntEnum):
    """How the learner judged their own answer."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Phase(IntEnum):
    """Where a card stands. NEW means never answered (or reset)."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class Kind:
    """The kinds of row in the review log."""

    REVIEW = "review"
    UNDO = "undo"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    BURY = "bury"
    FLAG = "flag"
    RESET = "reset"
    RELINK = "relink"
    START = "start"


class Flag(IntEnum):
    """The colour that a learner marked a card with."""

    NONE = 0
    RED = 1
    ORANGE = 2
    GREEN = 3
    BLUE = 4


def flag_of(data: str) -> tuple[Flag, str]:
    """Colour and note in the data of a row of kind FLAG; none if no version of ours wrote it."""
    import json

    try:
        told = json.loads(data)
        note = str(told.get("note", "")).encode("utf-8", "replace").decode()
        return Flag(told["flag"]), note
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Flag.NONE, ""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the review log that bears on a card: a fact, never changed afterwards."""

    uid: bytes  # 16 bytes, UUIDv7
    kind: str  # one of Kind, UNDO and RELINK excepted
    at_ms: int  # the raw clock, epoch milliseconds UTC
    day: int  # study day: days since 1970-01-01 in the learner's zone, from rollover to rollover
    rating: Rating | None = None  # exactly when kind is REVIEW
    params: bytes = b""  # hash of the parameter row in force; exactly when kind is REVIEW
    data: str = ""  # JSON; of a FLAG its colour and note, of a START see `srs.starts`


class CardState(NamedTuple):
    """All that follows from a card's history; equal histories give equal states, bit for bit.

    Of `due_ms` and `due_day` exactly one is set unless the card is NEW: a card in steps of less
    than a day is due at an instant, any other for the whole of a study day.
    """

    phase: Phase = Phase.NEW
    step: int | None = None  # index into the learning or relearning steps
    stability_days: float | None = None
    difficulty: float | None = None  # 1 (easy) to 10 (hard)
    due_ms: int | None = None
    due_day: int | None = None
    first_day: int | None = None  # study day of the first review, or of the start
    last_day: int | None = None  # study day of the latest review, also before a reset
    last_ms: int | None = None  # instant of the latest review
    reps: int = 0
    lapses: int = 0  # AGAIN in phase REVIEW
    suspended: bool = False
    buried_day: int | None = None  # hidden until this study day is over
    last_uid: bytes | None = None  # latest event that counts
    ahead_day: int | None = None  # a review's study day after last_day: a clock stood wrong
    passed: bool = False  # answered HARD or better at least once, or known from elsewhere
    flag: int = Flag.NONE
    flag_note: str = ""  # what the learner told themselves


NEW_CARD = CardState()


@dataclass(frozen=True, slots=True)
class Card:
    """One scheduled question-answer pair, ready to be asked. Texts are markdown."""

    uid: bytes  # 16 bytes
    note: bytes  # 16 bytes
    deck: str
    kind: str  # a decks.model.NoteKind
    key: str  # which side or cloze deletion is asked
    front: str  # the face: for cloze the text with the asked deletion masked
    back: str  # the face: for cloze the text with the asked deletion in bold
    why: str
    flip: str
    concept: str
    type: str
    path: str
    line: int
    state: CardState
    variant: int | None = None  # 0: the main form, n: the nth variant; None: there is one form
    estimate: Estimate | None = None  # then front and back hold the numbers of a draw
    seed: int | None = None  # of that draw; None: the card was not drawn to be asked
