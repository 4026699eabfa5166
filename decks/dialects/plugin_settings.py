"""The settings of an Obsidian plugin, as the vault around a folder keeps them. Reads files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_MAX_BYTES = 4 << 20  # one plugin keeps hashes of all files and the names of all media beside them
_LEVELS = 12


def plugin_settings(folder: str, plugin: str) -> Mapping[str, Any]:
    """Return what `data.json` of that plugin says in the nearest vault at or above `folder`.

    Empty if there is no vault, no such plugin, or nothing that can be read. Never raises.
    """
    try:
        here = Path(folder)
        for place in [here, *here.parents][:_LEVELS]:
            if (place / ".obsidian").is_dir():
                return _read(place / ".obsidian" / "plugins" / plugin / "data.json")
    except (OSError, ValueError, RecursionError):
        pass
    return {}


def _read(path: Path) -> Mapping[str, Any]:
    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        return {}
    found = json.loads(path.read_text(encoding="utf-8-sig"))
    return found if isinstance(found, dict) else {}


def part(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A group of settings; empty if it is none."""
    found = settings.get(name)
    return found if isinstance(found, dict) else {}


def text(settings: Mapping[str, Any], name: str, otherwise: str) -> str:
    """A setting that is a text, unless it is missing, empty or none."""
    found = settings.get(name)
    return found if isinstance(found, str) and found.strip() else otherwise


def flag(settings: Mapping[str, Any], name: str, otherwise: bool) -> bool:
    """A setting that is on or off."""
    found = settings.get(name)
    return found if isinstance(found, bool) else otherwise
