"""What a rule is, what it judges, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from decks import cloze
from decks.checking import Verdict
from decks.concepts import Concept
from decks.lint.words import prose
from decks.model import Explanation, Heading, Note, NoteKind, Parsed, Place


class Level(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"


class Standard(StrEnum):
    """What cards are held to: all that a deck for others needs, or advice about any flashcard."""

    DECK = "deck"
    OWN = "own"


class Flaw(NamedTuple):
    """What a rule has to say: what is wrong in this very card, and how to mend it."""

    message: str
    hint: str
    place: Place
    level: Level = Level.ERROR  # lowered to that of the rule


class Finding(NamedTuple):
    """A flaw with the rule that saw it."""

    place: Place
    rule: str
    severity: Level
    message: str
    hint: str


class Released(NamedTuple):
    """An id that learners have already, and where the list of these names it."""

    id: str
    status: str  # ACTIVE or RETIRED
    place: Place


ACTIVE, RETIRED = "active", "retired"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What rules know besides the cards."""

    concepts: Mapping[str, Concept] = field(default_factory=dict)
    sources: Collection[str] = ()  # keys of the bibliography
    glossary: Container[str] = ()  # acronyms that are explained
    record: Mapping[str, Verdict] = field(default_factory=dict)  # what checkers found
    released: Sequence[Released] = ()
    faults: Sequence[Flaw] = ()  # of the curriculum itself


class Wording(NamedTuple):
    """One form in which a note asks: its own, or that of a variant."""

    which: str  # before a message: "", or "variant 2: "
    question: str  # prose, as the answer is
    answer: str


@dataclass(frozen=True)
class Subject:
    """A note as rules read it: texts without code, formulas and pictures."""

    note: Note
    own: bool = False  # held to what is asked of a learner's own cards
    heading: Heading | None = None  # above it, when that gives it no id

    @classmethod
    def below(cls, heading: Heading | None, note: Note, *, own: bool) -> Subject:
        """The note with the type that a heading names which is no id."""
        if heading and heading.type and not note.type:
            note = replace(note, type=heading.type)
        return cls(note, own, heading)

    @property
    def is_cloze(self) -> bool:
        """Whether its answers are gaps."""
        return self.note.kind is NoteKind.CLOZE

    @cached_property
    def front(self) -> str:
        """The question as written; of a cloze card the whole sentence."""
        return cloze.plain(self.note.front) if self.is_cloze else self.note.front

    @cached_property
    def question(self) -> str:
        """The prose of the question."""
        return self._prose.get(self.front, "")

    @cached_property
    def answer(self) -> str:
        """The prose of the answer; empty for a cloze card."""
        return self._prose.get(self.note.back, "")

    @cached_property
    def wordings(self) -> tuple[Wording, ...]:
        """The forms in which it is asked, its own first; a cloze card has those of variants."""
        read = self._prose
        own = () if self.is_cloze else (Wording("", self.question, self.answer),)
        varied = (
            Wording(f"variant {number}: ", read.get(variant.front, ""), read.get(variant.back, ""))
            for number, variant in enumerate(self.note.variants, start=1)
        )
        return (*own, *varied)

    @cached_property
    def raw_texts(self) -> tuple[str, ...]:
        """All texts as written."""
        note = self.note
        varied = [text for variant in note.variants for text in variant]
        return tuple(text for text in (self.front, note.back, note.why, note.flip, *varied) if text)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The prose of all texts."""
        return tuple(map(self._prose.__getitem__, self.raw_texts))

    @cached_property
    def _prose(self) -> Mapping[str, str]:
        """The prose of each text that is not empty."""
        return {text: prose(text) for text in self.raw_texts}

    @cached_property
    def claims(self) -> str:
        """The prose of all that the card says to be true, rather than asks."""
        note, read = self.note, self._prose
        said = [self.front if self.is_cloze else "", note.back, note.why, note.flip]
        said += [variant.back for variant in note.variants]
        return "\n\n".join(read.get(text, "") for text in said)

    def flaw(self, message: str, hint: str, level: Level = Level.ERROR) -> Flaw:
        """A flaw of this note."""
        return Flaw(message, hint, self.note.place, level)

    @property
    def name(self) -> str:
        """How other findings name it."""
        path, line = self.note.place
        return f"{self.note.id} ({path}:{line})" if self.note.id else f"{path}:{line}"


@dataclass(frozen=True)
class Sheet:
    """A deck file as rules read it."""

    path: str  # as findings name it
    parsed: Parsed
    own: bool = False  # its cards are a learner's own

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """Its notes."""
        headings = {heading.card: heading for heading in self.parsed.nameless}
        return tuple(
            Subject.below(headings.get(note.place), note, own=self.own)
            for note in self.parsed.notes
        )

    @property
    def stem(self) -> str:
        """The file's name without the suffix."""
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


@dataclass(frozen=True)
class Deck:
    """A deck that claims to hold all that its concepts need, over all files."""

    place: Place  # where it says so
    stems: frozenset[str]  # of the names of its files
    notes: Sequence[Note]
    explanations: Sequence[Explanation]


NoteJudge = Callable[[Subject, Knowledge], Iterable[Flaw]]
DeckJudge = Callable[[Sheet, Knowledge], Iterable[Flaw]]
WholeJudge = Callable[[Deck, Knowledge], Iterable[Flaw]]
AllJudge = Callable[[Sequence[Subject], Knowledge], Iterable[Flaw]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is asked of cards, and what judges it."""

    id: str
    level: Level
    wants: str  # one line
    own: Level | None = None  # for a learner's own cards; None: not asked of them
    note: NoteJudge | None = None
    deck: DeckJudge | None = None  # of a file
    whole: WholeJudge | None = None  # of a complete deck, in however many files
    all: AllJudge | None = None
    cleared: bool = False  # by the verdict of a person who checked the note

    @property
    def judges(self) -> str:
        """What it looks at in one go."""
        return "all notes" if self.all else "deck" if self.deck or self.whole else "note"


ERROR, WARNING = Level.ERROR, Level.WARNING
