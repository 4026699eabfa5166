"""A plugin's dialect, so that its faults stay its own.

What is wrong with one is found out before it is used or, for what it does, while it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Package, Signs
from decks.errors import DataError, UserError
from decks.lines import split
from decks.model import CARD, PROSE, SKIPPED, Note, Parsed, Problem
from decks.plugins import RAISED, told

_WORD = re.compile(r"[\w-]+")
_FATES = {CARD, PROSE, SKIPPED}
_HINT = "mend or uninstall the plugin, or choose another format with --from"


class Unreadable(DataError):
    """A plugin failed to read a text; the error says which."""


@dataclass(frozen=True, slots=True)
class _Lost:
    """In place of what is around, where looking around failed."""

    reason: str


def flaw(found: object) -> str:
    """Why what a plugin leads to cannot be used; "" for a dialect that can."""
    if not isinstance(found, Dialect):
        return "it leads to no Dialect"
    if not all(map(_are_texts, ((found.name, found.title), found.aliases, found.suffixes))):
        return "its name, title, aliases or suffixes are no texts"
    for word in (found.name, *found.aliases):
        if not _WORD.fullmatch(word):
            return f"{word!r} is no plain word of letters, digits, - and _"
    called = (found.parse, found.signs, found.look_around, found.read or found.parse)
    return "" if all(map(callable, called)) else "its parse or signs cannot be called"


def _are_texts(given: object) -> bool:
    return isinstance(given, tuple) and all(isinstance(one, str) and one for one in given)


def guarded(dialect: Dialect, tell: Callable[[str], None]) -> Dialect:
    """The dialect of a plugin; `tell` is told why it had to be passed over.

    Its `signs` and `look_around` raise nothing any more, its `parse` and `read` only UserError.
    """
    guard = _Guard(dialect, tell)
    read = guard.read if dialect.read else None
    return replace(
        dialect, parse=guard.parse, signs=guard.signs, look_around=guard.look_around, read=read
    )


class _Guard:
    def __init__(self, dialect: Dialect, tell: Callable[[str], None]) -> None:
        self._dialect, self._tell = dialect, tell
        self._is_passed_over = False

    def look_around(self, folder: str) -> object:
        try:
            return self._dialect.look_around(folder)
        except RAISED as error:
            return _Lost(self._pass_over(told(error)))

    def signs(self, source: DeckText) -> Signs:
        if self._is_passed_over:
            return NO_SIGNS
        try:
            found = self._dialect.signs(source)
            is_sound = isinstance(found, Signs) and isinstance(found.what, str)
            if is_sound and isinstance(found.cards, int) and found.cards >= 0:
                return found
            self._pass_over("its signs are no Signs")
        except RAISED as error:
            self._pass_over(told(error))
        return NO_SIGNS

    def parse(self, source: DeckText) -> Parsed:
        if isinstance(source.around, _Lost):
            raise self._unreadable(source.path, source.around.reason)
        try:
            found = self._dialect.parse(source)
            wrong = _misread(found, len(split(source.text)))
        except RAISED as error:
            raise self._unreadable(source.path, told(error)) from error
        if wrong:
            raise self._unreadable(source.path, wrong)
        return found

    def read(self, path: str, shown: str, deck: str) -> Package:
        assert self._dialect.read is not None
        try:
            found = self._dialect.read(path, shown, deck)
            wrong = _mispacked(found)
        except UserError:
            raise  # what is no such file
        except RAISED as error:
            raise self._unreadable(shown, told(error)) from error
        if wrong:
            raise self._unreadable(shown, wrong)
        return found

    def _pass_over(self, reason: str) -> str:
        if not self._is_passed_over:
            self._is_passed_over = True
            self._tell(reason)
        return reason

    def _unreadable(self, path: str, reason: str) -> Unreadable:
        message = f"the format {self._dialect.name} cannot read it: {reason}"
        return Unreadable(message, _HINT, path=path)


def _misread(found: object, lines: int) -> str:
    """What is wrong with what `parse` made of so many lines; "" if nothing is."""
    if not isinstance(found, Parsed) or not isinstance(found.fates, str):
        return "it gave no Parsed"
    if len(found.fates) != lines:
        return f"it accounts for {len(found.fates):,} of {lines:,} lines"
    return _misaccounted(found)


def _mispacked(found: object) -> str:
    if not isinstance(found, Package) or not isinstance(found.parsed, Parsed):
        return "it gave no Package"
    return "" if isinstance(found.media, tuple) else "its media are no tuple"


def _misaccounted(found: Parsed) -> str:
    if not set(found.fates) <= _FATES:
        return f"an account of lines has letters other than {', '.join(sorted(_FATES))}"
    if not all(isinstance(note, Note) for note in found.notes):
        return "one of its notes is no Note"
    if not all(isinstance(problem, Problem) for problem in found.problems):
        return "one of its problems is no Problem"
    return ""
