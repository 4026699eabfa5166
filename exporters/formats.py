"""The formats by name, each loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

from decks.errors import UsageError
from exporters.base import Format

_HOMES = {  # module and name of each
    "anki": ("exporters.anki.package", "FORMAT"),
    "colpkg": ("exporters.anki.package", "WHOLE"),
}


def format_names() -> tuple[str, ...]:
    """What `get_format` knows."""
    return tuple(_HOMES)


def get_format(name: str) -> Format:
    """The format of that name. Raises UsageError that lists the names."""
    if name not in _HOMES:
        raise UsageError(f"no format {name}", f"there is {', '.join(_HOMES)}")
    module, attribute = _HOMES[name]
    found = getattr(import_module(module), attribute)
    assert isinstance(found, Format)
    return found
