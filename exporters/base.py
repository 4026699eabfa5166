"""What a format is given, and what a format is.

An exporter is a function from a frozen `Bundle` to bytes: it cannot query, print or overwrite.
What would fill the memory is read while it is written: the log, and the files of pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from decks.model import Note, Problem
from decks.progress import Progress

if TYPE_CHECKING:
    from srs.days import Calendar
    from srs.model import CardState


def silent(done: int, total: int) -> None:
    """The progress that nobody watches."""


def says_all(bundle: Bundle) -> Sequence[Problem]:
    """The problems of a format that can say all that notes are."""
    return ()


@dataclass(frozen=True, slots=True)
class ExportCard:
    """One card of a note, as the collection knows it."""

    uid: bytes  # 16 bytes, stable for ever
    key: str  # which side or deletion of the note: see `decks.cards.card_keys`
    ordinal: int  # from 0; kept when siblings come and go, so that other programs keep theirs


@dataclass(frozen=True, slots=True)
class ExportNote:
    """A note with the identity that outlives its edits."""

    uid: bytes  # 16 bytes, stable for ever
    note: Note
    cards: tuple[ExportCard, ...]
    changed_ms: int  # when its content, or a file that it shows, last changed; epoch ms UTC
    # Of each file that its texts show, as named there (`decks.images.Image.path`), the name in
    # `Bundle.media`. What is an address or missing is not among them.
    media: Mapping[str, str] = field(default_factory=dict)


class MediaFile(NamedTuple):
    """A picture, sound or film that notes show; equal files come once."""

    name: str  # from its content, the same for ever: "driftdeck-5d41402abc4b2a76.png"
    size_bytes: int
    read: Callable[[], bytes]  # raises DataError if the file is gone or no longer the same


class DeckInfo(NamedTuple):
    """What can be said about a deck."""

    builtin: bool
    licence: str  # "MIT"; empty where nobody says
    sources: tuple[str, ...]  # that its notes name, in the order of their first mention, in full


STOOD = -1  # no answer: how long its memory lasts (stability) stands as the interval


class Answered(NamedTuple):
    """An answer with what the card was before and became, as other programs log it."""

    card: bytes
    at_ms: int  # of no other answer: where two were given at once, one is a millisecond late
    rating: int  # 1 to 4; 0: the card was made new again; STOOD: so another program left it
    duration_ms: int | None
    phase: int  # a srs.model.Phase, before the answer; of a card made new again after it: 0
    interval_s: int  # until it was due again: whole days for a card due on a day
    last_interval_s: int  # the same of the answer before; 0 before the first
    difficulty: float  # after it, 1 to 10; 0 of a card made new again


class Answers(Protocol):
    """Every answer to the cards of a history, read from the log when it is asked for."""

    def __iter__(self) -> Iterator[Answered]:
        """Card by card, the oldest first."""

    def table(self) -> bytes:
        """The same as an SQLite database: half a million values take seconds one by one.

        Its table `answered`, in the order of time, has the columns of `Answered`; but a card is its
        place, from 0, in `History.states`.
        """


@dataclass(frozen=True, slots=True)
class Scheduling:
    """The settings under which the cards were scheduled, and will be."""

    weights: tuple[float, ...]  # the 21 of FSRS-6
    desired_retention: float
    learning_steps_s: tuple[int, ...]
    relearning_steps_s: tuple[int, ...]
    maximum_interval_days: int
    new_per_day: int
    reviews_per_day: int
    leech_lapses: int
    leech_suspends: bool


@dataclass(frozen=True, slots=True)
class History:
    """What the learner lived through with the bundle's cards."""

    scheduling: Scheduling
    calendar: Calendar
    first_day: int  # no answer and no due day is before it
    today: int
    states: Mapping[bytes, CardState]  # of each card that was ever answered or marked
    answers: Answers
    reviews: int  # how many answers there are, those that made a card new again left out


class Kept(Protocol):
    """HTML that was made before, by the name of what it was made from."""

    def get(self, name: bytes) -> str | None:
        """What was kept under the name, if anything."""

    def put(self, name: bytes, made: str) -> None:
        """Keep it for the next time."""

    def save(self) -> None:
        """What was put outlives the program."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The collection row by row: what a portable backup holds."""

    complete: bool  # False: only what belongs to the bundle's notes
    head: Mapping[str, object]  # what stands before the rows: see `srs.store.rows_out`
    # Gives the tables by name, one after the other, each with its rows by the names of their
    # columns; bytes are ids. All is read from one state of the collection, as it is gone through.
    tables: Callable[[], Iterable[tuple[str, Iterable[Mapping[str, object]]]]]
    rows: int  # notes and rows of the log
    reviews: int  # rows of the log that are answers


class Want(StrEnum):
    """What a format asks of a bundle besides notes."""

    MEDIA = "media"
    HISTORY = "history"
    WHOLE = "whole"
    ESTIMATES = "estimates"  # as they are written; else each comes with a few fixed draws


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that an export is made from."""

    title: str
    notes: Sequence[ExportNote]
    decks: Mapping[str, DeckInfo] = field(default_factory=dict)  # by name
    sources: Mapping[str, str] = field(default_factory=dict)  # what a key stands for, in full
    concepts: Mapping[str, str] = field(default_factory=dict)  # titles by slug
    media: Mapping[str, MediaFile] = field(default_factory=dict)  # by name; empty unless asked for
    problems: Sequence[Problem] = ()  # what of the notes cannot be had: pictures that are missing
    kept: Kept | None = None
    history: History | None = None  # None unless asked for, and where nothing was ever answered
    whole: Whole | None = None  # None unless asked for


@dataclass(frozen=True, slots=True)
class Format:
    """A way out: `render` returns the file, whole or in pieces; equal bundles give equal bytes."""

    name: str  # what `srs export` takes
    suffix: str  # ".apkg"
    summary: str
    render: Callable[[Bundle, Progress], bytes | Iterable[bytes]]
    wants: frozenset[Want] = frozenset()
    # What importing its file replaces elsewhere, for a sentence: "the whole profile".
    replaces: str = ""
    # What of a bundle it writes in another form (severity NOTE), or leaves out (ERROR).
    problems: Callable[[Bundle], Sequence[Problem]] = says_all
