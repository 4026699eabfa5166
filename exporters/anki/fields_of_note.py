"""What a note is in Anki: fields of HTML, tags, the name of a deck. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from unicodedata import normalize

from decks.cards import BACK
from decks.model import NoteKind
from exporters.anki.parts import concept_html, source_html, variants_html
from exporters.base import Bundle, ExportNote
from exporters.fields import cloze_html, html, plain

SEPARATOR = "\x1f"  # of fields, in a row of Anki's table
_CLOZE, _REVERSED = NoteKind.CLOZE, NoteKind.REVERSED
_MOST_LEVELS = 11  # of decks: of one more, and Anki refuses the package
_MOST_TAG_LEVELS = 50  # with hundreds its list of tags breaks
_EDGES = re.compile(r"^[\s:]+|(?<![\s:])[\s:]+$")
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def guid(exported: ExportNote) -> str:
    """By which Anki knows the note again.

    One that has become of another kind is another note there: Anki never updates a note of another
    type, and its cards would not be the same.
    """
    kind = exported.note.kind
    return exported.uid.hex() + ("c" if kind is _CLOZE else "r" if kind is _REVERSED else "")


def ordinals(exported: ExportNote) -> list[int]:
    """Anki's numbers of the cards, from 0: which template, or which gap."""
    if exported.note.kind is _CLOZE:
        return [card.ordinal for card in exported.cards]
    return [int(card.key == BACK) for card in exported.cards]


def joined_fields(exported: ExportNote, bundle: Bundle) -> str:
    """The fields as they stand in a row, made only if nobody made them before."""
    kept = bundle.kept
    if kept is None:
        return SEPARATOR.join(fields(exported, bundle))
    name = name_of(exported, bundle)
    found = kept.get(name)
    if found is None:
        found = SEPARATOR.join(fields(exported, bundle))
        kept.put(name, found)
    return found


def name_of(exported: ExportNote, bundle: Bundle) -> bytes:
    """The name of all that the fields are made from."""
    note = exported.note
    made_from = (
        note.kind, note.front, note.back, note.why, note.flip, note.concept,
        bundle.concepts.get(note.concept, ""), note.id, exported.uid.hex(),
        _rest(exported, bundle),
    )  # fmt: skip
    said = SEPARATOR.join(made_from).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=16).digest()


def _rest(exported: ExportNote, bundle: Bundle) -> str:
    """What few notes have."""
    note = exported.note
    if not (note.variants or note.sources or exported.media or note.kind is _CLOZE):
        return ""
    numbers = [(card.key, card.ordinal) for card in exported.cards]
    sources = [(source, bundle.sources.get(source)) for source in note.sources]
    return repr((note.variants, sources, dict(exported.media), numbers))


def fields(exported: ExportNote, bundle: Bundle) -> list[str]:
    """The fields of a note of the bundle, in the order of `decks.anki.own.field_names`."""
    note, media = exported.note, exported.media
    if note.kind is _CLOZE:
        numbers = {card.key: card.ordinal + 1 for card in exported.cards}
        first = [cloze_html(note.front, numbers, media)]
    else:
        first = [html(note.front, media), html(note.back, media)]
    return [
        *first, html(note.why, media), html(note.flip, media), variants_html(note.variants, media),
        concept_html(note.concept, bundle.concepts), source_html(note.sources, bundle.sources),
        plain(note.id or exported.uid.hex()),
    ]  # fmt: skip


def tags(exported: ExportNote) -> list[str]:
    """Its tags with its concept and its type among them; none holds a blank."""
    note = exported.note
    if not (note.tags or note.concept or note.type):
        return []
    named = [f"concept::{note.concept}"] if note.concept else []
    named += [f"type::{note.type}"] if note.type else []
    clean = (_tag(tag) for tag in (*note.tags, *named))
    return list(dict.fromkeys(tag for tag in clean if tag))


@lru_cache(10_000)
def _tag(tag: str) -> str:
    """The tag as Anki has it; "" if nothing is left of it."""
    parts = _parts("_".join(tag.replace('"', "").split()))
    return "::".join(_held(parts, _MOST_TAG_LEVELS, "-"))


def _parts(name: str) -> list[str]:
    """The parts of a nested name, without what Anki would change or refuse in them."""
    clean = (_EDGES.sub("", _UNFIT.sub("", part)) for part in normalize("NFC", name).split("::"))
    return [part for part in clean if part]


def _held(parts: list[str], most: int, joint: str) -> list[str]:
    """The parts with the deepest of them in one, should there be too many."""
    return parts if len(parts) <= most else [*parts[: most - 1], joint.join(parts[most - 1 :])]


def deck_names(names: Iterable[str]) -> dict[str, str]:
    """Names as Anki will have them: where two differ in case only, the first spelling stands."""
    spelt: dict[str, str] = {}
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        above = ""
        for part in _held(_parts(name), _MOST_LEVELS, " - ") or ["driftdeck"]:
            full = f"{above}::{part}" if above else part
            above = spelt.setdefault(full.casefold(), full)
        found[name] = above
    return found
