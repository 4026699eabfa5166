"""What a vault's settings say of its cards: how they are written, and which notes hold them. Pure.

Without settings the usual ones of the program hold, and `known` is False.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

# A tag of these names says only that there are cards, so that no deck is called by it.
_PLAIN_NAMES = ("flashcards", "flashcard", "cards", "card", "spaced-repetition", "spaced", "srs")
_USUAL_TAGS = ("flashcards", "flashcard", "cards", "spaced-repetition", "spaced", "srs")
_USUAL_IGNORED = ("**/*.excalidraw.md",)
HIGHLIGHT, BOLD, CURLY = (
    f"{opener}[123;;]answer[;;hint]{closer}"
    for opener, closer in (("==", "=="), ("**", "**"), ("{{", "}}"))
)
_MOST = 100  # of tags, patterns or folders in one list
_LONGEST = 200  # characters of one of them


class Mark(NamedTuple):
    """A separator within lines that the notes themselves show."""

    text: str
    is_reversed: bool
    is_common: bool  # in other lines as well: it parts only those above a schedule


class Settings(NamedTuple):
    """The settings of a vault, and where it lies from the folder that was asked for."""

    known: bool = False  # whether they were read, rather than taken to be the usual ones
    tags: tuple[str, ...] = _USUAL_TAGS  # without `#`, in lower case
    ignored_tags: tuple[str, ...] = ()
    folders_are_decks: bool = False
    ignored_paths: tuple[str, ...] = _USUAL_IGNORED
    line: str = "::"
    line_reversed: str = ":::"
    multi: str = "?"
    multi_reversed: str = "??"
    end: str = ""  # the line that ends a card; "": a blank one does
    patterns: tuple[str, ...] = (HIGHLIGHT,)
    more_patterns: tuple[str, ...] = ()  # of marks that prose has as well: only above a schedule
    more: tuple[Mark, ...] = ()  # further separators of lines, found in the notes
    more_multi: tuple[str, ...] = ()  # and lines that part front and back
    within: tuple[str, ...] = ()  # folders from the vault down to the one that was asked for
    below: tuple[str, ...] = ()  # or from that one down to the vault

    def path_in_vault(self, name: str) -> tuple[str, ...]:
        """The parts of a file's path from the vault down, its name the last."""
        parts = tuple(part for part in name.split("/") if part)
        if self.below and parts[: len(self.below)] == self.below:
            parts = parts[len(self.below) :]
        return (*self.within, *parts)

    def ignores(self, name: str) -> bool:
        """Whether the vault leaves that file out."""
        path = "/".join(self.path_in_vault(name))
        return any(
            path.startswith(pattern) or any(fnmatchcase(one, pattern) for one in (path, f"/{path}"))
            for pattern in self.ignored_paths
        )

    def is_deck(self, tag: str) -> bool:
        """Whether a tag, without its `#`, says that there are cards, or names their deck."""
        return _is_in(tag, self.tags) or (not self.known and is_picture(tag))

    def is_ignored(self, tag: str) -> bool:
        """Whether a tag, without its `#`, says that there are none."""
        return _is_in(tag, self.ignored_tags)

    @staticmethod
    def deck_of(tag: str) -> str:
        """The deck that a tag names; "" if it only says that there are cards."""
        parts = [part for part in tag.split("/") if part]
        if parts and (parts[0].lower() in _PLAIN_NAMES or is_picture(parts[0])):
            parts = parts[1:]
        return "::".join(parts)


USUAL = Settings()


def from_data(data: object) -> Settings:
    """The settings in what the program's data file holds; what is odd in it counts as usual."""
    if not isinstance(data, Mapping):
        return USUAL
    inner = data.get("settings", data)
    if not isinstance(inner, Mapping) or not inner:
        return USUAL
    read = _Read(inner)
    tags = read.texts("flashcardTags")
    return Settings(
        known=True,
        tags=("flashcards",) if tags is None else _names(tags),
        ignored_tags=_names(read.texts("flashcardTagsToIgnore") or ()),
        folders_are_decks=inner.get("convertFoldersToDecks") is True,
        ignored_paths=_either(read.texts("noteFoldersToIgnore"), _USUAL_IGNORED),
        line=read.mark("singleLineCardSeparator", "singlelineCardSeparator", "::"),
        line_reversed=read.mark(
            "singleLineReversedCardSeparator", "singlelineReversedCardSeparator", ":::"
        ),
        multi=read.mark("multilineCardSeparator", "", "?"),
        multi_reversed=read.mark("multilineReversedCardSeparator", "", "??"),
        end=read.mark("multilineCardEndMarker", "", ""),
        patterns=_patterns(inner, read.texts("clozePatterns")),
    )


class _Read:
    """Values of the kinds that are looked for, out of data that may hold anything."""

    def __init__(self, data: Mapping[object, object]) -> None:
        self.data = data

    def texts(self, key: str) -> tuple[str, ...] | None:
        """The short texts of a list; None if there is no list."""
        found = self.data.get(key)
        if not isinstance(found, list):
            return None
        return tuple(
            one.strip() for one in found[:_MOST]
            if isinstance(one, str) and one.strip() and len(one) <= _LONGEST
        )  # fmt: skip

    def mark(self, key: str, elder: str, usual: str) -> str:
        """A separator; a blank one is switched off."""
        found = self.data.get(key, self.data.get(elder))
        if not isinstance(found, str) or len(found) > _LONGEST or "\n" in found:
            return usual
        return found.strip()


def _patterns(data: Mapping[object, object], given: tuple[str, ...] | None) -> tuple[str, ...]:
    if given is not None:
        return given
    switches = {
        HIGHLIGHT: data.get("convertHighlightsToClozes") is not False,
        BOLD: data.get("convertBoldTextToClozes") is True,
        CURLY: data.get("convertCurlyBracketsToClozes") is True,
    }
    return tuple(pattern for pattern, is_on in switches.items() if is_on)


def _either(found: tuple[str, ...] | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    return usual if found is None else found


def _names(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags as they are compared; people separate them by blanks as well."""
    names = (name for tag in tags for name in re.split(r"[\s,]+", tag))
    return tuple(name.strip("#/").lower() for name in names if name.strip("#/"))


def is_picture(tag: str) -> bool:
    """Whether there is nothing to read in the first part of a tag, as in `🃏/data-science`."""
    first = tag.strip("/").partition("/")[0]
    return bool(first) and not re.search(r"\w", first)


def _is_in(tag: str, names: Sequence[str]) -> bool:
    small = tag.strip("/").lower()
    return any(small == name or small.startswith(f"{name}/") for name in names)
