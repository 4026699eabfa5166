"""What a deck is made of: notes, the cards they make, and the problems met while reading them.

Values only. Identity, scheduling and storage live in `srs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from decks.history import Past


class NoteKind(StrEnum):
    """How a note becomes cards: one, one each way, or one for each cloze deletion."""

    BASIC = "basic"
    REVERSED = "reversed"
    CLOZE = "cloze"


class Severity(StrEnum):
    """ERROR: a card was skipped. NOTE: nothing was lost, but the author may want to know."""

    ERROR = "error"
    NOTE = "note"


class Place(NamedTuple):
    """Where a thing stands in a deck file; `line` counts from 1, as editors do."""

    path: str
    line: int


class Variant(NamedTuple):
    """The same reason on another surface: asked in turn with the note's main form."""

    front: str
    back: str


class Parameter(NamedTuple):
    """A number of an estimate that is drawn anew at each showing, out of these, as written."""

    name: str
    values: tuple[str, ...]


class Estimate(NamedTuple):
    """What makes a note ask for a number; all as written. `decks.estimates` says what it means."""

    parameters: tuple[Parameter, ...]
    formula: str  # over the parameters
    unit: str = ""  # of the answer; a word for what is counted
    tolerance: str = "10%"  # or a factor, x1.5


class Exported(NamedTuple):
    """A note of ours that comes back: its id, and the numbers of its cards, from 0, in order."""

    uid: bytes
    ordinals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One entry of a deck file. All texts are markdown, stripped, with `\\n` line ends."""

    kind: NoteKind
    front: str  # the question; for CLOZE the whole text with its deletions still marked
    back: str  # the answer; empty for CLOZE
    deck: str  # "Features and feature stores"; "a::b" nests
    place: Place
    id: str = ""  # as written by the author (`### id` or `^id`); empty when there is none
    concept: str = ""  # slug of the `##` heading above, if any
    type: str = ""  # "choose", "diagnose", … as written in `{type=…}`
    why: str = ""  # shown after the answer, not graded
    flip: str = ""  # the change of constraint that reverses the choice
    variants: tuple[Variant, ...] = ()
    tags: tuple[str, ...] = ()  # in the order written, without duplicates
    sources: tuple[str, ...] = ()  # bibliography keys or free text
    as_of: str = ""  # when volatile facts were last true, as written
    estimate: Estimate | None = None  # then front, back and why may name its numbers in {braces}
    # What another program knew of its cards, in their order; shorter where it knew nothing more.
    pasts: tuple[Past | None, ...] = ()
    exported: Exported | None = None  # where a package tells that it once left a collection
    changed_ms: int = 0  # when its words last changed, where a package tells


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a learner's file that deserves a word: data, not an exception."""

    place: Place
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


class Remark(NamedTuple):
    """What a closer look at a text found, at an offset in it; an ERROR costs the card."""

    offset: int
    message: str
    hint: str
    severity: Severity


CARD, PROSE, SKIPPED = "cps"  # what may become of a line


class LineCounts(NamedTuple):
    """Every line of a file, counted in exactly one of three."""

    card: int = 0
    prose: int = 0
    skipped: int = 0

    def __add__(self, other: object) -> LineCounts:
        if not isinstance(other, LineCounts):
            return NotImplemented
        return LineCounts(*(a + b for a, b in zip(self, other, strict=True)))


class Head(NamedTuple):
    """What a deck file says of its deck as a whole."""

    deck: str
    place: Place
    about: str = ""  # what one can do after it
    complete: bool = False  # it claims to hold all that its concepts need


class Explanation(NamedTuple):
    """The words between a concept's heading and its first card."""

    concept: str
    text: str
    place: Place  # of the heading


class Heading(NamedTuple):
    """A heading that is meant for a card and gives it no id: it is none, or has several cards."""

    card: Place
    id: str  # "" if its words are none
    type: str
    cards: int  # below it


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file held: its notes in order, its problems in line order, and all its lines."""

    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    fates: str = ""  # a letter a line: CARD, PROSE or SKIPPED
    heads: tuple[Head, ...] = ()  # one for each deck file in it
    explanations: tuple[Explanation, ...] = ()  # of concepts that have a heading, in order
    typed: bool = False  # a heading names a type, of whatever spelling
    nameless: tuple[Heading, ...] = ()  # above good cards

    @property
    def lines(self) -> LineCounts:
        """How many lines are of each kind; together they are all the lines of the file."""
        return LineCounts(*(self.fates.count(fate) for fate in (CARD, PROSE, SKIPPED)))
