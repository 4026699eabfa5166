"""What installed plugins bring: entry points of a group, each leading to something of one kind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

RAISED = (Exception, SystemExit)  # whatever a plugin may raise; Ctrl-C is not of its making
_MOST_SAID = 300  # characters of a plugin's error


@dataclass(frozen=True, slots=True)
class Unloadable:
    """A plugin that cannot be used, and why."""

    name: str
    reason: str


def loaded(group: str) -> Iterator[tuple[str, object]]:
    """Each plugin of a group by name, and what it leads to: `Unloadable` where that is nothing."""
    if not _are_any_installed(group):
        return
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        found: object
        try:
            found = point.load()
        except RAISED as error:
            found = Unloadable(point.name, told(error))
        yield point.name, found


def _are_any_installed(group: str) -> bool:
    """A quick look, for what reads entry points takes long to load."""
    for place in sys.path:
        for points in Path(place or ".").glob("*.*-info/entry_points.txt"):
            with suppress(OSError):
                if group.encode() in points.read_bytes():
                    return True
    return False


def told(error: BaseException) -> str:
    """An error of a plugin in one line."""
    try:
        said = " ".join(str(error).split())
    except RAISED:
        said = ""
    return f"{type(error).__name__}: {said[:_MOST_SAID]}" if said else type(error).__name__
