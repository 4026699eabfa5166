"""Schema 18, of current packages: note types, decks and presets are tables of protocol buffers."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from decks.anki import protobuf
from decks.anki.database import Database
from decks.anki.kinds import Deck, NoteType, Preset, Template, retention, whole

_OCCLUSION = 6
_WEIGHTS = (6, 5, 3)  # the fields of a preset: of FSRS-6, 5 and 4.5


def config(database: Database) -> dict[str, Any]:
    """The settings of the collection."""
    found: dict[str, Any] = {}
    for key, value in database.rows("config", ("KEY", "val")):
        with suppress(ValueError, RecursionError, TypeError):
            found[str(key)] = json.loads(value)
    return found


def note_types(database: Database) -> dict[int, NoteType]:
    """The note types by id."""
    fields: dict[int, dict[int, str]] = {}
    for kind, place, name in database.rows("fields", ("ntid", "ord", "name")):
        fields.setdefault(whole(kind), {})[whole(place)] = str(name)
    templates: dict[int, dict[int, Template]] = {}
    for kind, place, name, blob in database.rows("templates", ("ntid", "ord", "name", "config")):
        sides = protobuf.message(_blob(blob))
        made = Template(str(name), protobuf.text(sides, 1), protobuf.text(sides, 2))
        templates.setdefault(whole(kind), {})[whole(place)] = made
    found: dict[int, NoteType] = {}
    for kind, name, blob in database.rows("notetypes", ("id", "name", "config")):
        number, told = whole(kind), protobuf.message(_blob(blob))
        found[number] = NoteType(
            protobuf.integer(told, 10) or number,
            str(name),
            protobuf.integer(told, 1) == 1,
            protobuf.integer(told, 9) == _OCCLUSION,
            tuple(name for _, name in sorted(fields.get(number, {}).items())),
            templates.get(number, {}),
        )
    return found


def decks(database: Database) -> dict[int, Deck]:
    """The decks by id."""
    found: dict[int, Deck] = {}
    for number, name, blob in database.rows("decks", ("id", "name", "kind")):
        told = protobuf.message(_blob(blob))
        normal = protobuf.message(protobuf.inner(told, 1))
        spelt = str(name).replace("\x1f", "::")
        found[whole(number)] = Deck(spelt, protobuf.integer(normal, 1), 2 in told)
    return found


def presets(database: Database) -> dict[int, Preset]:
    """The presets by id."""
    rows = database.rows("deck_config", ("id", "config"))
    return {whole(number): _preset(protobuf.message(_blob(blob))) for number, blob in rows}


def _preset(told: dict[int, protobuf.Value]) -> Preset:
    listed = (protobuf.floats(protobuf.inner(told, number)) for number in _WEIGHTS)
    return Preset(
        len(protobuf.inner(told, 1)) // 4,
        len(protobuf.inner(told, 2)) // 4,
        next(filter(None, listed), ()),
        retention(protobuf.real(told, 40, 0.9)),
        protobuf.text(told, 46),
    )


def _blob(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
