"""The objects that a package is made of, from genanki: the only door to it.

What they say about themselves is overridden where Anki would otherwise duplicate notes or overwrite
the learner's own changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import genanki
from genanki.apkg_col import APKG_COL
from genanki.apkg_schema import APKG_SCHEMA

from decks.model import NoteKind
from exporters.anki import templates
from exporters.anki.fields_of_note import SEPARATOR

_MORE_FIELDS = ("Why", "Flip", "Variants", "Concept", "Source", "Id")
FIRST_S = 1_577_851_200  # 2020-01-01T04:00:00Z: a fixed point, for equal bundles give equal bytes
TEMPLATES_S = FIRST_S + templates.TEMPLATE_VERSION

DEFAULT_DECK = 1  # Anki's own
TABLES, _, _INDEXES = APKG_SCHEMA.partition("CREATE INDEX")
INDEXES = f"CREATE INDEX{_INDEXES}"
COLLECTION_ROW = APKG_COL

Deck = genanki.Deck


def stable_id(*parts: str) -> int:
    """An id in the range of those that Anki makes itself, the same for ever."""
    digest = sha256("\x1f".join(("driftdeck", *parts)).encode()).digest()
    return 10**12 + int.from_bytes(digest[:8], "big") % 2**41


class Model(genanki.Model):  # type: ignore[misc]
    """A note type whose time of change moves only with the templates."""

    @property
    def _req(self) -> list[Any]:
        return [[number, "any", [0]] for number in range(len(self.templates))]

    def to_json(self, timestamp: float, deck_id: int) -> Any:
        return super().to_json(TEMPLATES_S, deck_id)


class Note(genanki.Note):  # type: ignore[misc]
    """A note that is as old as its content, with exactly the cards that it is given."""

    def __init__(
        self, model: Model, joined: str, tags: list[str], guid: str, due: int, changed_s: int,
        ordinals: Sequence[int],
    ) -> None:  # fmt: skip
        # Set as they are, for the tags hold no blanks: checking them takes half of the time.
        self.model, self.joined, self._sort_field = model, joined, None
        self._tags, self._guid, self.due = tags, guid, due
        self.changed_s = changed_s
        self.cards = [genanki.Card(ordinal) for ordinal in ordinals]

    @property
    def fields(self) -> list[str]:
        return self.joined.split(SEPARATOR)


def _model(
    name: str, first: Sequence[str], sides: Sequence[tuple[str, str, str]], kind: int
) -> Model:
    # Anki pairs fields and templates by these ids, so that renaming one later loses nothing.
    fields = [
        {"name": field, "id": stable_id(name, "field", field)} for field in (*first, *_MORE_FIELDS)
    ]
    cards = [
        {"name": side, "qfmt": front, "afmt": back, "id": stable_id(name, "template", side)}
        for side, front, back in sides
    ]
    number = stable_id("model", name)
    return Model(number, name, fields=fields, templates=cards, css=templates.CSS, model_type=kind)


def models() -> dict[NoteKind, Model]:
    """The note types."""
    forward = ("Card 1", templates.FRONT, templates.BACK)
    backward = ("Card 2", templates.TURNED_FRONT, templates.TURNED_BACK)
    cloze = ("Cloze", templates.CLOZE_FRONT, templates.CLOZE_BACK)
    sides, basic = ("Front", "Back"), genanki.Model.FRONT_BACK
    return {
        NoteKind.BASIC: _model("driftdeck Basic", sides, [forward], basic),
        NoteKind.REVERSED: _model(
            "driftdeck Basic (and reversed)", sides, [forward, backward], basic
        ),
        NoteKind.CLOZE: _model("driftdeck Cloze", ("Text",), [cloze], genanki.Model.CLOZE),
    }
