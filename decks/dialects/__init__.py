"""The formats that deck files are read in: our own, other programs', and those of plugins.

A plugin is an entry point of the group `srs.dialects` that leads to a `Dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import NamedTuple

from decks.dialects.base import PACKAGE_SUFFIXES, DeckText, Dialect, Signs
from decks.errors import UsageError
from decks.plugins import Unloadable, loaded

__all__ = ["DeckText", "Dialect", "Signs", "Unloadable", "dialect", "dialects", "failed", "plugins"]

GROUP = "srs.dialects"
NATIVE = "native"
AUTO = "auto"  # what the learner writes to have the files looked at; no dialect is called so
_MARKDOWN = (".md", ".markdown")


class _Home(NamedTuple):
    """Where a dialect of the package is, and when it is worth the time to load it."""

    module: str
    suffixes: tuple[str, ...] = _MARKDOWN
    shown: str = ""  # what its texts hold, as a regular expression; empty: nothing shows it
    near: str = ""  # or a file of that name, in the folder or above


# In this order where two are as likely: the first is taken.
_BUILTIN = {
    NATIVE: _Home("native", shown="[QC]:"),
    "hashcards": _Home("hashcards", shown="^[ \\t]*name\\b", near="hashcards.db"),
    "repeater": _Home("repeater", shown="::"),
    "obsidian": _Home("obsidian", shown=r"<!--SR:|[\n\r][ \t]*\?|flashcards"),
    "obsidian-to-anki": _Home("obsidian_to_anki", shown="START"),
    "flashcards-obsidian": _Home(
        "flashcards_obsidian", shown=r"#card|cards-deck:|```flashcard|\[!CARD\]"
    ),
    "yaml": _Home("yaml_cards", (*_MARKDOWN, ".yaml", ".yml"), r"\A\ufeff?---|^[\w\"' -]+:|\A-"),
    "notes": _Home("one_note", shown=r"\A\ufeff?---|(?i:^#{1,4} *(?:\*\*)?(?:Answer|Back|A)\b)"),
    "mochi": _Home("mochi", shown="card_id:"),
    "org": _Home("org", (".org",), ":drill:"),
    "headings": _Home("headings", shown=r"\[#"),
    "csv": _Home("table", (".csv", ".tsv", ".txt"), r"\A\ufeff?(?:#|tags:)"),
    "anki": _Home("anki", PACKAGE_SUFFIXES),
}


_FAILED: list[Unloadable] = []  # plugins that could be loaded, while they were asked


def builtin_names() -> Sequence[str]:
    """The names of the formats that come with the package."""
    return tuple(_BUILTIN)


def suffixes() -> dict[str, tuple[str, ...]]:
    """The suffixes of the files of each format, by its name; none is loaded for this."""
    builtin = {name: home.suffixes for name, home in _BUILTIN.items()}
    return builtin | {one.name: one.suffixes for one in _plugins()[0]}


def files_near() -> tuple[str, ...]:
    """Names of files that show a format, in the folder of its texts or above."""
    return tuple(home.near for home in _BUILTIN.values() if home.near)


def likely(text: str, path: str, near: Container[str] = ()) -> Iterator[Dialect]:
    """The formats that a text may show, in their order. `near` are those of `files_near` that are
    there."""
    lowered = path.lower()
    for name, home in _BUILTIN.items():
        if lowered.endswith(home.suffixes) and (home.near in near or _shows(home.shown, text)):
            yield _load(name)
    for one in _plugins()[0]:
        if lowered.endswith(one.suffixes):
            yield one


def _shows(mark: str, text: str) -> bool:
    return bool(mark) and re.search(mark, text, re.MULTILINE) is not None


def dialects() -> tuple[Dialect, ...]:
    """Every format that can be read, those of the package first."""
    return (*_builtin(), *_plugins()[0])


@cache
def _builtin() -> tuple[Dialect, ...]:
    return tuple(_load(name) for name in _BUILTIN)


@cache
def _load(name: str) -> Dialect:
    found: Dialect = import_module(f"decks.dialects.{_BUILTIN[name].module}").DIALECT
    return found


def plugins() -> tuple[tuple[Dialect, ...], tuple[Unloadable, ...]]:
    """The formats that installed plugins add, and the plugins that cannot be used; among these
    are also those that failed since when they were asked what files look like."""
    good, bad = _plugins()
    return good, (*bad, *_FAILED)


def failed() -> tuple[Unloadable, ...]:
    """The plugins that failed when they were asked what files look like."""
    return tuple(_FAILED)


@cache
def _plugins() -> tuple[tuple[Dialect, ...], tuple[Unloadable, ...]]:
    good: dict[str, Dialect] = {}
    bad: list[Unloadable] = []
    for name, found in loaded(GROUP):
        if isinstance(found, Unloadable):
            bad.append(found)
        elif wrong := _wrong(found, good):
            bad.append(Unloadable(name, wrong))
        elif isinstance(found, Dialect):
            good[found.name] = _held(found, name)
    return tuple(good.values()), tuple(bad)


def _wrong(found: object, others: Container[str]) -> str:
    """Why what a plugin leads to cannot be used beside the others; "" if it can."""
    from decks.dialects.guarding import flaw

    if wrong := flaw(found):
        return wrong
    name = found.name if isinstance(found, Dialect) else ""
    is_taken = name in _BUILTIN or name == AUTO or name in others
    return f"the name {name} is taken" if is_taken else ""


def _held(found: Dialect, name: str) -> Dialect:
    from decks.dialects.guarding import guarded

    return guarded(found, lambda reason: _FAILED.append(Unloadable(name, reason)))


def dialect(name: str) -> Dialect:
    """The format of that name or alias. Raises UsageError for one that is not there."""
    if name in _BUILTIN:
        return _load(name)
    for one in dialects():
        if name == one.name or name in one.aliases:
            return one
    known = ", ".join(one.name for one in dialects())
    raise UsageError(f"no format {name}", f"there are {known}")
