"""The formats that deck files are read in: our own, other programs', and those of plugins.

A plugin is an entry point of the group `srs.dialects` that leads to a `Dialect`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from decks.dialects.base import DeckText, Dialect, Signs
from decks.errors import UsageError

__all__ = ["DeckText", "Dialect", "Signs", "Unloadable", "dialect", "dialects", "plugins"]

GROUP = "srs.dialects"
NATIVE = "native"
# In this order where two are as likely: the first is taken.
_BUILTIN = {
    NATIVE: "native",
    "hashcards": "hashcards",
    "repeater": "repeater",
    "obsidian": "obsidian",
    "obsidian-to-anki": "obsidian_to_anki",
    "flashcards-obsidian": "flashcards_obsidian",
    "yaml": "yaml_cards",
    "notes": "one_note",
    "mochi": "mochi",
    "org": "org",
    "headings": "headings",
    "csv": "table",
    "anki": "anki",
}


@dataclass(frozen=True, slots=True)
class Unloadable:
    """A plugin that cannot be used, and why."""

    name: str
    reason: str


def builtin_names() -> Sequence[str]:
    """The names of the formats that come with the package."""
    return tuple(_BUILTIN)


def dialects() -> tuple[Dialect, ...]:
    """Every format that can be read, those of the package first."""
    return (*_builtin(), *plugins()[0])


@cache
def _builtin() -> tuple[Dialect, ...]:
    return tuple(_load(name) for name in _BUILTIN)


@cache
def _load(name: str) -> Dialect:
    found: Dialect = import_module(f"decks.dialects.{_BUILTIN[name]}").DIALECT
    return found


@cache
def plugins() -> tuple[tuple[Dialect, ...], tuple[Unloadable, ...]]:
    """The formats that installed plugins add, and the plugins that cannot be used."""
    from importlib.metadata import entry_points

    good: list[Dialect] = []
    bad: list[Unloadable] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found = point.load()
        except Exception as error:  # whatever a plugin may raise
            bad.append(Unloadable(point.name, f"{type(error).__name__}: {error}"))
            continue
        if not isinstance(found, Dialect):
            bad.append(Unloadable(point.name, "it leads to no Dialect"))
        elif found.name in _BUILTIN or any(found.name == other.name for other in good):
            bad.append(Unloadable(point.name, f"the name {found.name} is taken"))
        else:
            good.append(found)
    return tuple(good), tuple(bad)


def dialect(name: str) -> Dialect:
    """The format of that name or alias. Raises UsageError for one that is not there."""
    if name in _BUILTIN:
        return _load(name)
    for one in dialects():
        if name == one.name or name in one.aliases:
            return one
    known = ", ".join(one.name for one in dialects())
    raise UsageError(f"no format {name}", f"there are {known}")
