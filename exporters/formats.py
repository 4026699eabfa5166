"""The formats by name, each loaded when it is asked for: our own, and those of plugins.

A plugin is an entry point of the group `srs.formats` that leads to a `Format`. Nobody looks for
plugins while a format of ours is asked for.
"""

from __future__ import annotations

from collections.abc import Container
from functools import cache
from importlib import import_module

from decks.errors import DataError, UsageError, did_you_mean
from decks.plugins import Unloadable, loaded
from exporters.base import Format

GROUP = "srs.formats"
_HOMES = {  # module and name of each
    "anki": ("exporters.anki.package", "FORMAT"),
    "colpkg": ("exporters.anki.package", "WHOLE"),
    "markdown": ("exporters.deck_files", "FORMAT"),
    "html": ("exporters.sheet", "FORMAT"),
    "csv": ("exporters.tables", "CSV"),
    "tsv": ("exporters.tables", "TSV"),
    "json": ("exporters.portable", "FORMAT"),
    "obsidian": ("exporters.flavours.obsidian", "FORMAT"),
    "hashcards": ("exporters.flavours.hashcards", "FORMAT"),
}


def builtin_format_names() -> tuple[str, ...]:
    """The names of the formats that come with the package."""
    return tuple(_HOMES)


def format_names() -> tuple[str, ...]:
    """What `get_format` knows, those of the package first."""
    return (*_HOMES, *(one.name for one in _plugged()[0]))


def all_formats() -> tuple[Format, ...]:
    """Every format that can be written, those of the package first."""
    return (*(_load(name) for name in _HOMES), *_plugged()[0])


def unusable_plugins() -> tuple[Unloadable, ...]:
    """The plugins that bring a format which cannot be used."""
    return _plugged()[1]


def get_format(name: str) -> Format:
    """The format of that name. Raises UsageError for one that is not there, and DataError for a
    plugin that cannot be used."""
    if name in _HOMES:
        return _load(name)
    good, bad = _plugged()
    for one in good:
        if one.name == name:
            return one
    for plugin in bad:
        if plugin.name == name:
            message = f"the plugin {name} cannot be used: {plugin.reason}"
            raise DataError(message, "mend it, or uninstall what brought it")
    guess = did_you_mean(name, format_names(), before="srs export ")
    raise UsageError(f"no format {name}", f"{guess}srs export lists the formats")


def _load(name: str) -> Format:
    module, attribute = _HOMES[name]
    found = getattr(import_module(module), attribute)
    assert isinstance(found, Format)
    return found


@cache
def _plugged() -> tuple[tuple[Format, ...], tuple[Unloadable, ...]]:
    good: dict[str, Format] = {}
    bad: list[Unloadable] = []
    for name, found in loaded(GROUP):
        if isinstance(found, Unloadable):
            bad.append(found)
        elif wrong := _wrong(found, good):
            bad.append(Unloadable(name, wrong))
        elif isinstance(found, Format):
            good[found.name] = _held(found, name)
    return tuple(good.values()), tuple(bad)


def _wrong(found: object, others: Container[str]) -> str:
    """Why what a plugin leads to cannot be used beside the others; "" if it can."""
    from exporters.guarding import flaw

    if wrong := flaw(found):
        return wrong
    name = found.name if isinstance(found, Format) else ""
    return f"the name {name} is taken" if name in _HOMES or name in others else ""


def _held(found: Format, name: str) -> Format:
    from exporters.guarding import guarded

    return guarded(found, name)
