"""What a dialect is, and what one is given: the text of a file in, notes and an account out.

A dialect is a value, not a class to inherit from. Its `parse` takes any text and never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from decks.drafts import Inspect
from decks.model import Parsed

PACKAGE_SUFFIXES = (".apkg", ".colpkg")  # of files that hold a whole collection of another program


class DeckText(NamedTuple):
    """The text of one file, and all that a dialect may know besides."""

    text: str
    path: str  # for messages
    name: str  # below the folder that was asked for, with slashes: "databases/joins.md"
    deck: str  # that its notes belong to, unless the text names another: "databases::joins"
    inspect: Inspect | None = None  # looks through the texts of a card for what costs it
    around: object = None  # what the dialect's `look_around` found
    option: str = ""  # what the learner wrote behind the name: "2" of `--from headings:2`


class Signs(NamedTuple):
    """How far a text looks like a dialect: `cards` is about how many show it."""

    cards: int = 0
    what: str = ""  # the plainest of them, for people: "`?` lines below #flashcards"


NO_SIGNS = Signs()


@dataclass(frozen=True, slots=True)
class Package:
    """What one file that is no text held. Its notes are its lines: `parsed.fates` has one each."""

    parsed: Parsed
    media: tuple[str, ...] = ()  # names, within the package, of what its cards show or play


def nothing_around(folder: str) -> object:
    """What a dialect without settings of its own looks for."""
    return None


def nothing_beside(folder: str) -> Sequence[str]:
    """The files of a dialect that reads none besides its texts."""
    return ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way in: how one program writes its cards."""

    name: str  # what `--from` takes: "obsidian"
    title: str  # for people: "Obsidian Spaced Repetition"
    parse: Callable[[DeckText], Parsed]
    # What only this dialect would write. A text of another dialect, or of none, gives NO_SIGNS.
    signs: Callable[[DeckText], Signs]
    suffixes: tuple[str, ...] = (".md", ".markdown")
    aliases: tuple[str, ...] = ()
    option: str = ""  # what may stand behind the name, if anything: "LEVEL"
    options: tuple[str, ...] = ()  # what it may be; empty: anything
    extends: str = ""  # a dialect whose cards are its cards too, if enough shows it
    # Only folders as a whole are written so: a single file among others never is, by its looks.
    whole_folders: bool = False
    # Of files that are no text: reads one (path, path for messages, deck) in place of `parse`.
    # Raises UserError for what is no such file.
    read: Callable[[str, str, str], Package] | None = None
    # Settings and data of the program, from the folder that was asked for or those above it (an
    # absolute path). Reads files, bounded, and never raises; the value is frozen.
    look_around: Callable[[str], object] = nothing_around
    # The files that it reads: when one of them changes, so may what all texts say.
    beside: Callable[[str], Sequence[str]] = nothing_beside
