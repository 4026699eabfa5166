"""New cards into a deck file, and from there into the collection.

Files are only added to. What a file holds when cards are written below it is what it held when that
was tried out.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from decks import Loaded, reread
from decks.appending import INBOX, Appended, NewCards, append, front_text, heads_of
from decks.errors import DataError, UsageError, UserError
from decks.frontmatter import FrontMatter
from decks.manner import is_native
from decks.model import Parsed, Place, Problem, Severity
from decks.parse import parse
from srs.card_files import FOLDER, home_file, is_of_home, named_file, text_of
from srs.files import make_folder, replace_file
from srs.importing import Order, import_files
from srs.model import Card
from srs.receipt import Receipt
from srs.store import cards, sources
from srs.store.connection import explain
from srs.syncing import Wish, import_paths
from srs.territory import Territory, manner_at

_OTHER_ID = "give the new one another id"
_TRIES = 20  # at a file that somebody else goes on writing


class Filed(NamedTuple):
    """What became of new cards."""

    path: str  # absolute
    line: int  # where the first of them stands; 0 if none was written
    cards: tuple[Card, ...]  # none if none was written
    twins: tuple[Problem, ...]  # of those that stood somewhere already, by their place in the draft
    receipt: Receipt | None  # of the import of that file, if there was one
    last: int = 0  # where the last of them ends


class _Tried(NamedTuple):
    """What the file would hold, and which of the new cards stand somewhere already."""

    whole: Appended | None  # None if they stand in that very file
    twins: tuple[Problem, ...]


def file_of(connection: sqlite3.Connection, home: str, front: FrontMatter, named: str) -> Path:
    """The file for cards with such front matter: `named`, or without a name one of the home.

    Raises UserError if they may not stand in the file that was named.
    """
    if not named:
        return home_file(home, replace(front, deck=front.deck or INBOX))
    path = Path(named)
    manner = manner_at(connection, os.path.realpath(path))
    native = is_native(manner) and (not path.is_file() or reread(path, "", manner).native)
    if not native:
        what = "another format" if is_native(manner) else manner.rstrip("?")
        hint = "write the card there yourself, or leave out --file"
        raise UsageError(f"{named} is read as {what}", hint)
    return named_file(path, front, _known_deck(connection, path))


def file_cards(
    connection: sqlite3.Connection,
    home: str,
    new: NewCards,
    named: str,
    at_ms: int,
    written: Callable[[], object] = lambda: None,
) -> Filed:
    """Put the cards at the end of their file (see `file_of`), made if need be, and import it.

    `written` is called when they are safe there. A card that stands somewhere already is told, and
    nothing is written. Raises UserError if that holds for only some of them, if they cannot stand
    in that file, or if one has an id that is taken.
    """
    if not named:
        new = replace(new, front=replace(new.front, deck=new.front.deck or INBOX))
    path = file_of(connection, home, new.front, named)
    tried = _tried_on_latest(connection, home, new, path, at_ms)
    if tried.whole and not tried.twins:
        _write(home, path, tried.whole.text)
    written()
    if tried.whole and tried.twins:
        return Filed(str(path), 0, (), tried.twins, None)
    receipt = _imported(connection, home, path, at_ms)
    if not tried.whole:
        return Filed(str(path), 0, (), tried.twins, receipt)
    line = tried.whole.first
    last = line + new.body.count("\n")
    found = tuple(cards.select(
        connection, "n.path = ? AND n.line BETWEEN ? AND ? AND n.orphan = 0 AND c.gone = 0",
        (os.path.realpath(path), line, last),
    ))  # fmt: skip
    return Filed(str(path), found[0].line if found else line, found, (), receipt, last)


def _tried_on_latest(
    connection: sqlite3.Connection, home: str, new: NewCards, path: Path, at_ms: int
) -> _Tried:
    for _ in range(_TRIES):
        held = text_of(path)
        tried = _tried(connection, home, new, path, held, at_ms)
        if text_of(path) == held:
            return tried
    raise DataError(f"{path}: changes all the time", "wait until that is over, then try again")


def _tried(
    connection: sqlite3.Connection, home: str, new: NewCards, path: Path, held: str, at_ms: int
) -> _Tried:
    present = parse(held, str(path), "")
    if twins := _twins_within(new, present):
        _refuse_some(new, twins)
        return _Tried(None, twins)
    _refuse_taken_ids(new, present)
    head = "" if held else front_text(new.front)
    deck = _known_deck(connection, path) or path.stem
    whole = append(held or head, new, str(path), deck)
    twins = _twins_elsewhere(connection, home, new, path, whole, at_ms)
    _refuse_some(new, twins)
    return _Tried(whole, twins)


def _twins_within(new: NewCards, present: Parsed) -> tuple[Problem, ...]:
    stands = {(note.kind, note.front, note.back): note.place for note in present.notes}
    return tuple(
        _twin(new, note.place.line, f"the same card stands at {place.path}:{place.line}")
        for note in new.notes
        if (place := stands.get((note.kind, note.front, note.back)))
    )


def _refuse_taken_ids(new: NewCards, present: Parsed) -> None:
    taken = {note.id: note.place for note in present.notes if note.id}
    for note in new.notes:
        if place := taken.get(note.id):
            message = f"id {note.id} is taken by {place.path}:{place.line}"
            raise _told(Problem(Place(new.path, note.place.line), message), _OTHER_ID)


def _twins_elsewhere(
    connection: sqlite3.Connection, home: str, new: NewCards, path: Path, whole: Appended,
    at_ms: int,
) -> tuple[Problem, ...]:  # fmt: skip
    """What the import would leave out. Raises UserError for one that has an id of another."""
    real = os.path.realpath(path)
    file = Loaded(real, real, whole.parsed)
    receipt = import_files(connection, [file], Order(at_ms, home, dry_run=True))
    known = set(whole.parsed.problems)
    found = [
        _twin(new, problem.place.line - whole.first + new.first, problem.message, problem.severity)
        for problem in receipt.problems
        if problem not in known and whole.holds(problem.place.line, new)
    ]
    for problem in found:
        if problem.severity is Severity.ERROR:
            raise _told(problem, _OTHER_ID)
    return tuple(found)


def _twin(new: NewCards, line: int, message: str, severity: Severity = Severity.NOTE) -> Problem:
    return Problem(Place(new.path, line), message.removesuffix("; kept once"), "", severity)


def _refuse_some(new: NewCards, twins: tuple[Problem, ...]) -> None:
    if 0 < len(twins) < len(new.notes):
        raise _told(twins[0], "take it out of the draft")


def _told(problem: Problem, hint: str) -> UserError:
    return UserError(problem.message, hint, path=problem.place.path, line=problem.place.line)


def _write(home: str, path: Path, text: str) -> None:
    if is_of_home(home, path):
        make_folder(path.parent)
    replace_file(path, text.encode())


def _imported(connection: sqlite3.Connection, home: str, path: Path, at_ms: int) -> Receipt:
    """Read the file as a source, from now on: a file of the home as a part of its folder."""
    source = Path(home, FOLDER) if is_of_home(home, path) else path
    wish = Wish(deck=_given_deck(connection, path))
    try:
        return import_paths(connection, [str(source)], wish, wish.order(at_ms, home)).receipt
    except sqlite3.Error as error:
        reason = explain(error, "the collection").message
        what = f"{path}: the cards stand there, but they could not be imported: {reason}"
        raise DataError(what, f"srs import {path}") from error


def _given_deck(connection: sqlite3.Connection, path: Path) -> str | None:
    """The deck that was given by hand to a file which is no source yet; None otherwise."""
    real = os.path.realpath(path)
    if Territory(sources.sources(connection)).owner(real):
        return None
    known = _known_deck(connection, path)
    named = {head.deck for head in heads_of(text_of(path), str(path))}
    return known if known not in named | {"", path.stem} else None


def _known_deck(connection: sqlite3.Connection, path: Path) -> str:
    """The deck of a file's cards as the collection has it; "" if there are none, or several."""
    sql = (
        "SELECT DISTINCT d.name FROM note n JOIN deck d ON d.id = n.deck_id"
        " WHERE n.path = ? AND n.orphan = 0"
    )
    found = connection.execute(sql, (os.path.realpath(path),)).fetchall()
    return str(found[0][0]) if len(found) == 1 else ""
