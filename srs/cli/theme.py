"""What styles mean on a dark terminal, on a light one and without colours. Imports no Rich."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Look(NamedTuple):
    """How everything is styled: `styles` gives each name of a style its meaning for Rich."""

    name: str
    styles: Mapping[str, str]
    code_theme: str  # of the colours in code blocks; empty for none
    plain: bool  # no colours: marks such as backticks stay


# name: dark, light, plain. Only the sixteen colours that every terminal lets its user choose.
_STYLES = {
    "strong": ("bold", "bold", "bold"),
    "emphasis": ("italic", "italic", "italic"),
    "gap": ("bold magenta", "bold magenta", "bold"),
    "code": ("cyan", "blue", ""),
    "quiet": ("dim", "dim", ""),
    "rule": ("bright_black", "bright_black", ""),
    "bar.done": ("green", "green", "bold"),
    "bar.rest": ("bright_black", "bright_black", ""),
    "again": ("red", "red", ""),
    "hard": ("yellow", "magenta", ""),
    "good": ("green", "green", ""),
    "easy": ("cyan", "blue", ""),
    "message": ("yellow", "magenta", "bold"),
    "title": ("bold", "bold", "bold"),
    "label": ("bold bright_black", "bold bright_black", "bold"),
    "answer": ("bold", "bold", "bold"),
    "cloze": ("bold green", "bold green", "bold underline"),
    "right": ("green", "green", ""),
    "wrong": ("bold red strike", "bold red strike", "reverse"),
    "missing": ("bold yellow underline", "bold magenta underline", "underline"),
    "removed": ("red strike", "red strike", ""),
    "added": ("green", "green", ""),
    "image": ("magenta", "magenta", "italic"),
    "heat.0": ("bright_black", "bright_black", ""),
    "heat.1": ("green", "green", ""),
    "heat.2": ("green", "green", ""),
    "heat.3": ("bright_green", "green", ""),
    "heat.4": ("bold bright_green", "bold green", ""),
    "predicted": ("cyan", "blue", ""),
    "young": ("green", "green", ""),
    "mature": ("bold magenta", "bold magenta", ""),
    "flag.red": ("red", "red", ""),
    "flag.orange": ("yellow", "magenta", ""),
    "flag.green": ("green", "green", ""),
    "flag.blue": ("bright_blue", "blue", ""),
}


def _styles(column: int) -> Mapping[str, str]:
    return {f"srs.{name}": given[column] or "none" for name, given in _STYLES.items()}


DARK = Look("dark", _styles(0), "ansi_dark", plain=False)
LIGHT = Look("light", _styles(1), "ansi_light", plain=False)
PLAIN = Look("plain", _styles(2), "", plain=True)
_LOOKS = {look.name: look for look in (DARK, LIGHT, PLAIN)}
_LIGHT_BACKGROUNDS = ("7", "15")


def look_of(setting: str, environ: Mapping[str, str]) -> Look:
    """The look of a setting (auto, dark, light, plain) in this environment; dark when in doubt."""
    if environ.get("NO_COLOR"):
        return PLAIN
    if setting != "auto":
        return _LOOKS.get(setting, DARK)
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in _LIGHT_BACKGROUNDS else DARK
