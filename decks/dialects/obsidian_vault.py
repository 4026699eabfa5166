"""Looks for the vault around a folder, and for the program's settings in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path, PurePath

from decks.dialects.obsidian_habits import habits
from decks.dialects.obsidian_settings import USUAL, Settings, from_data

_DATA = (".obsidian", "plugins", "obsidian-spaced-repetition", "data.json")
_MAX_BYTES = 16 << 20  # old versions keep more than settings there
_MOST_ABOVE = 40
_MOST_NOTES = 400  # that are looked at for habits
_MOST_OF_NOTE = 1 << 18  # bytes
_MOST_BELOW = 200  # folders that are looked at


def look_around(folder: str) -> Settings | None:
    """The settings of the vault that `folder` lies in, or that lies in it; None without one.

    Without a file of settings they are the usual ones, and what the notes show besides.
    """
    try:
        root = _above(folder) or _below(folder)
        settings = _read(root) if root else USUAL
        if not settings.known:
            settings = habits(_notes(folder))
        if not root:
            return settings
        within, below = _way(root, folder), _way(folder, root)
    except (OSError, ValueError):
        return None
    return settings._replace(within=within, below=below)


def beside(folder: str) -> tuple[str, ...]:
    """The file of settings."""
    try:
        root = _above(folder) or _below(folder)
    except (OSError, ValueError):
        return ()
    return (str(Path(root, *_DATA)),) if root else ()


def _notes(folder: str) -> Iterator[str]:
    """Some of the notes that hold schedules."""
    left = _MOST_NOTES
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.lower().endswith(".md"):
                continue
            if left == 0:
                return
            left -= 1
            text = _text(Path(place, name))
            if "<!--SR:" in text:
                yield text


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(_MOST_OF_NOTE).decode("utf-8", "replace")
    except OSError:
        return ""


def _above(folder: str) -> str:
    at = Path(folder)
    for place in (at, *list(at.parents)[:_MOST_ABOVE]):
        if (place / ".obsidian").is_dir():
            return str(place)
    return ""


def _below(folder: str) -> str:
    """The one vault in the folders of this folder, or in those of them."""
    found: list[str] = []
    left = _MOST_BELOW
    level = [folder]
    for _ in range(2):
        deeper: list[str] = []
        for place in level:
            for inner in _folders(place):
                if left == 0:
                    return ""
                left -= 1
                is_vault = (Path(inner) / ".obsidian").is_dir()
                (found if is_vault else deeper).append(inner)
        level = deeper
    return found[0] if len(found) == 1 else ""


def _folders(place: str) -> list[str]:
    try:
        with os.scandir(place) as entries:
            return sorted(
                entry.path
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            )
    except OSError:
        return []


def _read(root: str) -> Settings:
    path = Path(root, *_DATA)
    try:
        if not path.is_file():
            return USUAL
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
        return from_data(json.loads(text)) if len(text) <= _MAX_BYTES else USUAL
    except (OSError, ValueError, RecursionError):
        return USUAL


def _way(top: str, place: str) -> tuple[str, ...]:
    inner, outer = PurePath(place), PurePath(top)
    return inner.relative_to(outer).parts if inner.is_relative_to(outer) else ()
