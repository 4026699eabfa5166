"""Schema 11, of packages for older Ankis: note types, decks and presets are JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from decks.anki.kinds import Deck, NoteType, Preset, Template, retention, whole

_OCCLUSION = 6  # among the note types that Anki comes with


def note_types(models: dict[str, Any]) -> dict[int, NoteType]:
    """The note types by id."""
    return {number: _note_type(number, model) for number, model in _objects(models)}


def decks(found: dict[str, Any]) -> dict[int, Deck]:
    """The decks by id."""
    return {
        number: Deck(_text(deck, "name"), whole(deck.get("conf")), bool(deck.get("dyn")))
        for number, deck in _objects(found)
    }


def presets(found: dict[str, Any]) -> dict[int, Preset]:
    """The presets by id."""
    return {number: _preset(options) for number, options in _objects(found)}


def _objects(found: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for key, value in found.items():
        if isinstance(value, dict) and (number := whole(key)):
            yield number, value


def _list(found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key)
    return value if isinstance(value, list) else []


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _note_type(number: int, model: dict[str, Any]) -> NoteType:
    fields = [field for field in _list(model, "flds") if isinstance(field, dict)]
    sides = [side for side in _list(model, "tmpls") if isinstance(side, dict)]
    return NoteType(
        whole(model.get("originalId")) or number,
        _text(model, "name"),
        model.get("type") == 1,
        model.get("originalStockKind") == _OCCLUSION,
        tuple(_text(field, "name") for field in fields),
        {
            whole(side.get("ord", place)): Template(*(_text(side, key) for key in _SIDE))
            for place, side in enumerate(sides)
        },
    )


_SIDE = ("name", "qfmt", "afmt")


def _preset(options: dict[str, Any]) -> Preset:
    weights = next(filter(None, (_numbers(options, key) for key in _WEIGHTS)), ())
    told = options.get("sm2Retention")
    return Preset(
        _steps(options.get("new")),
        _steps(options.get("lapse")),
        weights,
        retention(float(told) if isinstance(told, int | float) else 0.9),
        _text(options, "ignoreRevlogsBeforeDate"),
    )


_WEIGHTS = ("fsrsParams6", "fsrsParams5", "fsrsWeights")


def _steps(options: object) -> int:
    return len(_list(options, "delays")) if isinstance(options, dict) else 0


def _numbers(found: dict[str, Any], key: str) -> tuple[float, ...]:
    values = _list(found, key)
    if not all(isinstance(value, int | float) and isfinite(value) for value in values):
        return ()
    return tuple(float(f"{value:.7g}") for value in values)
