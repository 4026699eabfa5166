"""Anki packages (.apkg), on genanki; the only door to it.

genanki's own writer leaks a temporary file, stamps everything with the present time and checks
fields in quadratic time; so its objects are kept, and what they write is overridden where Anki
would otherwise duplicate notes or overwrite the learner's own changes.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any
from unicodedata import normalize

import genanki

from decks.model import NoteKind
from decks.progress import Progress
from exporters.anki import templates
from exporters.base import Bundle, ExportNote, Format, silent
from exporters.fields import cloze_html, html, plain

_MORE_FIELDS = ("Why", "Flip", "Variants", "Concept", "Source", "Id")
# Fixed points in time: Anki shifts what is relative to them, and equal bundles give equal bytes.
_CREATED_S = 1_577_851_200  # 2020-01-01T04:00:00Z, a rollover
_TEMPLATES_S = _CREATED_S + templates.TEMPLATE_VERSION
_FIRST_ID = 1_577_851_200_000
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def _id(*parts: str) -> int:
    """A stable id in the range of those that Anki makes itself."""
    digest = sha256("\x1f".join(("driftdeck", *parts)).encode()).digest()
    return 10**12 + int.from_bytes(digest[:8], "big") % 2**41


class _Model(genanki.Model):  # type: ignore[misc]
    """A note type whose time of change moves only with the templates."""

    @property
    def _req(self) -> list[Any]:
        return [[number, "any", [0]] for number in range(len(self.templates))]

    def to_json(self, timestamp: float, deck_id: int) -> Any:
        return super().to_json(_TEMPLATES_S, deck_id)


class _Note(genanki.Note):  # type: ignore[misc]
    """A note that is as old as its content, with exactly the cards that it is given."""

    def __init__(self, changed_s: int, ordinals: Sequence[int], **rest: Any) -> None:
        super().__init__(**rest)
        self.changed_s = changed_s
        self.cards = [genanki.Card(ordinal) for ordinal in ordinals]

    def _check_invalid_html_tags_in_fields(self) -> None:
        """All fields are our own HTML; genanki's check is quadratic."""

    def write_to_db(self, cursor: Any, timestamp: float, deck_id: int, id_gen: Any) -> None:
        super().write_to_db(cursor, self.changed_s, deck_id, id_gen)


def _model(
    name: str, first: Sequence[str], sides: Sequence[tuple[str, str, str]], kind: int
) -> _Model:
    # Anki pairs fields and templates by these ids, so that renaming one later loses nothing.
    fields = [{"name": field, "id": _id(name, "field", field)} for field in (*first, *_MORE_FIELDS)]
    cards = [
        {"name": side, "qfmt": front, "afmt": back, "id": _id(name, "template", side)}
        for side, front, back in sides
    ]
    return _Model(
        _id("model", name), name, fields=fields, templates=cards, css=templates.CSS, model_type=kind
    )


def _models() -> dict[NoteKind, _Model]:
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


def _fields(exported: ExportNote) -> list[str]:
    note = exported.note
    if note.kind is NoteKind.CLOZE:
        numbers = {card.key: card.ordinal + 1 for card in exported.cards}
        first = [cloze_html(note.front, numbers)]
    else:
        first = [html(note.front), html(note.back)]
    variants = "".join(
        f"<div>{html(v.front)}</div><blockquote>{html(v.back)}</blockquote>" for v in note.variants
    )
    return [
        *first, html(note.why), html(note.flip), variants, plain(note.concept),
        plain(", ".join(note.sources)), plain(note.id or exported.uid.hex()),
    ]  # fmt: skip


def _tags(exported: ExportNote) -> list[str]:
    note = exported.note
    named = [f"concept::{note.concept}"] if note.concept else []
    named += [f"type::{note.type}"] if note.type else []
    clean = (_parts("_".join(tag.replace('"', "").split())) for tag in (*note.tags, *named))
    return list(dict.fromkeys("::".join(parts) for parts in clean if parts))


def _parts(name: str) -> list[str]:
    """The parts of a nested name, without what Anki would change or refuse in them."""
    clean = (_UNFIT.sub("", part).strip(" :") for part in normalize("NFC", name).split("::"))
    return [part for part in clean if part]


def _deck_names(names: Iterable[str]) -> dict[str, str]:
    """Names as Anki will have them: where two differ in case only, the first spelling stands."""
    spelt: dict[str, str] = {}
    found: dict[str, str] = {}
    for name in names:
        above = ""
        for part in _parts(name) or ["driftdeck"]:
            full = f"{above}::{part}" if above else part
            above = spelt.setdefault(full.casefold(), full)
        found[name] = above
    return found


def _decks(bundle: Bundle, progress: Progress) -> Iterator[genanki.Deck]:
    models = _models()
    names = _deck_names(exported.note.deck for exported in bundle.notes)
    by_name: dict[str, genanki.Deck] = {}
    for place, exported in enumerate(bundle.notes):
        progress(place, len(bundle.notes))
        name = names[exported.note.deck]
        if name not in by_name:
            is_ankis_own = name.casefold() == "default"
            by_name[name] = genanki.Deck(1 if is_ankis_own else _id("deck", name), name)
        by_name[name].add_note(
            _Note(
                exported.changed_ms // 1000,
                [card.ordinal for card in exported.cards],
                model=models[exported.note.kind],
                fields=_fields(exported),
                tags=_tags(exported),
                guid=exported.uid.hex(),
                due=place,
            )
        )
    yield from by_name.values()


def _mark_as_current(connection: sqlite3.Connection) -> None:
    """Anki would upgrade genanki's old scheduler on import, and rewrite ratings as it does."""
    conf = json.loads(connection.execute("SELECT conf FROM col").fetchone()[0])
    conf |= {"schedVer": 2, "sched2021": True, "rollover": 4, "creationOffset": 0}
    connection.execute(
        "UPDATE col SET crt = ?, mod = ?, scm = ?, conf = ?",
        (_CREATED_S, _TEMPLATES_S * 1000, _TEMPLATES_S * 1000, json.dumps(conf, sort_keys=True)),
    )


def render(bundle: Bundle, progress: Progress = silent) -> bytes:
    """An Anki package with the bundle's cards as new; equal bundles give equal bytes."""
    connection = sqlite3.connect(":memory:")
    try:
        ids = itertools.count(_FIRST_ID)
        genanki.Package(list(_decks(bundle, progress))).write_to_db(
            connection.cursor(), _CREATED_S, ids
        )
        _mark_as_current(connection)
        connection.commit()
        collection = connection.serialize()
    finally:
        connection.close()
    return _zipped({"collection.anki2": collection, "media": b"{}"})


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)  # dated 1980, whenever it is written
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            archive.writestr(info, data)
    return buffer.getvalue()


FORMAT = Format("anki", ".apkg", "Anki package; import it again to update", render)
