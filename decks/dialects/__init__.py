"""The formats that deck files are read in: our own, other programs', and those of plugins.

A plugin is an entry point of the group `srs.dialects` that leads to a `Dialect`.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from decks.dialects.base import DeckText, Dialect, Signs
from decks.errors import UsageError

__all__ = ["DeckText", "Dialect", "Signs", "Unloadable", "dialect", "dialects", "failed", "plugins"]

GROUP = "srs.dialects"
NATIVE = "native"
AUTO = "auto"  # what the learner writes to have the files looked at; no dialect is called so
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


_FAILED: list[Unloadable] = []  # plugins that could be loaded, while they were asked


def builtin_names() -> Sequence[str]:
    """The names of the formats that come with the package."""
    return tuple(_BUILTIN)


def dialects() -> tuple[Dialect, ...]:
    """Every format that can be read, those of the package first."""
    return (*_builtin(), *_plugins()[0])


@cache
def _builtin() -> tuple[Dialect, ...]:
    return tuple(_load(name) for name in _BUILTIN)


@cache
def _load(name: str) -> Dialect:
    found: Dialect = import_module(f"decks.dialects.{_BUILTIN[name]}").DIALECT
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
    from importlib.metadata import entry_points

    from decks.dialects.guarding import RAISED, told

    good: dict[str, Dialect] = {}
    bad: list[Unloadable] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found = point.load()
        except RAISED as error:
            bad.append(Unloadable(point.name, told(error)))
            continue
        if wrong := _wrong(found, good):
            bad.append(Unloadable(point.name, wrong))
        else:
            good[found.name] = _held(found, point.name)
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
