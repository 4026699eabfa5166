"""Where a card's words stand, and how they come back edited.

The words of a built-in note are edited in a copy under the home's `overrides/`, never in the
installed package.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path, PurePath
from typing import NamedTuple

from decks import builtin, reread
from decks.dialects import NATIVE
from decks.errors import UsageError
from decks.lines import NEXT_FILE
from decks.manner import Manner
from decks.model import Note
from decks.overriding import builtin_text, override_text
from srs.files import make_folder, replace_file
from srs.importing import OVERRIDES, Order, import_files
from srs.receipt import Receipt
from srs.store.sources import sources
from srs.territory import Territory

_BUILTIN = "builtin/"
_PARTS = NEXT_FILE.encode()


class Source(NamedTuple):
    """A file to edit, and what it held before."""

    path: str  # absolute
    line: int
    deck: str  # of the card, for a file that does not name its own
    forced: bool  # the deck holds whatever the file says
    before: bytes
    made: bool  # a copy made for this edit, to be removed if nothing is changed
    note: bytes = b""  # whose words it holds
    manner: str = NATIVE  # in which it is read


def source_of(home: str, note: Note, path: str, line: int, manner: str) -> Source:
    """The file that holds the note; for a built-in note the learner's copy, made if need be.

    `manner` is in which the file is read, as a text. Raises UsageError when the file is gone, or is
    no text.
    """
    if path.startswith(_BUILTIN):
        return _override(home, note)
    if Manner.of(manner).dialect.read:
        hint = "change the card in the program that it comes from, and import the file again"
        raise UsageError(f"{path}: not a text that could be edited", hint)
    copy = Path(path).parent == Path(home, OVERRIDES).resolve()
    try:
        before = Path(path).read_bytes()
    except OSError as error:
        if copy and (original := _original(note.id)):
            return _override(home, original)  # the copy was thrown away: begin anew
        reason = (error.strerror or "cannot be read").lower()
        raise UsageError(f"{path}: {reason}", "import the file from where it is now") from error
    named = reread(Path(path), note.deck, manner).parsed.notes
    forced = bool(named) and all(one.deck != note.deck for one in named)
    return Source(path, line, note.deck, forced, before, made=False, manner=manner)


def _original(note_id: str) -> Note | None:
    """The built-in note of that id."""
    found = (note for file in builtin() for note in file.parsed.notes if note.id == note_id)
    return next(found, None) if note_id else None


def _override(home: str, note: Note) -> Source:
    folder = Path(home, OVERRIDES)
    path = (folder / f"{note.id}.md").absolute()
    text, line = override_text(note, builtin_text(note.place.path))
    made = not path.exists()  # else an edit with a mistake in it is still to be mended
    if made:
        make_folder(folder)
        replace_file(path, text.encode())
    return Source(str(path), line, note.deck, False, path.read_bytes(), made)


def take_up(
    connection: sqlite3.Connection, home: str, source: Source, at_ms: int
) -> Receipt | None:
    """Bring what the file holds now into the collection; None if a copy made for it is as it was.

    Of any other file even what is as it was before: an earlier edit may not have come in.
    """
    path = Path(source.path)
    if source.made and path.exists() and path.read_bytes() == source.before:
        path.unlink()
        return None
    deck, forced = _deck(connection, source)
    file = reread(path, deck, source.manner, force=forced)
    return import_files(connection, [file], Order(at_ms, home, edited=source.note))


def _deck(connection: sqlite3.Connection, source: Source) -> tuple[str, bool]:
    """The deck of what names none, and whether all is of that deck.

    In a file that holds several deck files the card's own says nothing of the others.
    """
    real = os.path.realpath(source.path)
    owner = Territory(sources(connection)).owner(real) if _PARTS in source.before else None
    if owner is None or owner.deck:
        return (owner.deck, True) if owner else (source.deck, source.forced)
    name = os.path.relpath(real, owner.path) if owner.path != real else Path(real).name
    return "::".join(PurePath(name).with_suffix("").parts), False
