"""Notes, their decks and their tags as Anki has them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b, sha1
from html import unescape
from unicodedata import normalize

from decks.model import NoteKind
from exporters.anki.objects import DEFAULT_DECK, SEPARATOR, Deck, Note, models, stable_id
from exporters.base import Bundle, ExportNote, Kept
from exporters.fields import cloze_html, html, plain

_CLOZE = NoteKind.CLOZE
_TAG = re.compile("<[^>]*>")
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def decks_of(bundle: Bundle) -> dict[str, Deck]:
    """The decks of the notes, by the name that they have here."""
    found: dict[str, Deck] = {}
    by_name: dict[str, Deck] = {}
    for deck, name in _deck_names(exported.note.deck for exported in bundle.notes).items():
        number = DEFAULT_DECK if name.casefold() == "default" else stable_id("deck", name)
        found[deck] = by_name.setdefault(name, Deck(number, name))
    return found


def notes_of(bundle: Bundle) -> Iterator[Note]:
    """The notes, each when it is asked for."""
    kinds = models()
    for place, exported in enumerate(bundle.notes):
        guid = exported.uid.hex()
        yield Note(
            kinds[exported.note.kind], _joined(exported, guid, bundle.kept), _tags(exported),
            guid, place, exported.changed_ms // 1000, [card.ordinal for card in exported.cards],
        )  # fmt: skip


def parents(names: Collection[str]) -> list[str]:
    """The decks above these that are not among them, topmost first."""
    found: dict[str, None] = {}
    for name in sorted(names):
        parts = name.split("::")
        found.update(dict.fromkeys("::".join(parts[:end]) for end in range(1, len(parts))))
    return [name for name in found if name not in names]


def words(field: str | int) -> str:
    """What a field says without its markup: Anki sorts by it."""
    return unescape(_TAG.sub("", str(field)))


def checksum(said: str | int) -> int:
    """Of the words of the first field: by it Anki finds notes that begin alike."""
    return int.from_bytes(sha1(str(said).encode(), usedforsecurity=False).digest()[:4], "big")


def _joined(exported: ExportNote, guid: str, kept: Kept | None) -> str:
    """The fields as they stand in a row, made only if nobody made them before."""
    if kept is None:
        return SEPARATOR.join(_fields(exported))
    name = name_of(exported, guid)
    found = kept.get(name)
    if found is None:
        found = SEPARATOR.join(_fields(exported))
        kept.put(name, found)
    return found


def name_of(exported: ExportNote, guid: str) -> bytes:
    """The name of all that the fields are made from."""
    note = exported.note
    numbers = [(card.key, card.ordinal) for card in exported.cards] if note.kind == _CLOZE else ""
    rest = (note.variants, note.sources, numbers, dict(exported.media))
    made_from = (
        note.kind, note.front, note.back, note.why, note.flip, note.concept, note.id,
        guid, repr(rest) if any(rest) else "",
    )  # fmt: skip
    said = SEPARATOR.join(made_from).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=16).digest()


def _fields(exported: ExportNote) -> list[str]:
    note, media = exported.note, exported.media
    if note.kind is NoteKind.CLOZE:
        numbers = {card.key: card.ordinal + 1 for card in exported.cards}
        first = [cloze_html(note.front, numbers, media)]
    else:
        first = [html(note.front, media), html(note.back, media)]
    variants = "".join(
        f"<div>{html(v.front, media)}</div><blockquote>{html(v.back, media)}</blockquote>"
        for v in note.variants
    )
    return [
        *first, html(note.why, media), html(note.flip, media), variants, plain(note.concept),
        plain(", ".join(note.sources)), plain(note.id or exported.uid.hex()),
    ]  # fmt: skip


def _tags(exported: ExportNote) -> list[str]:
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
    return "::".join(_parts("_".join(tag.replace('"', "").split())))


def _parts(name: str) -> list[str]:
    """The parts of a nested name, without what Anki would change or refuse in them."""
    clean = (_UNFIT.sub("", part).strip(" :") for part in normalize("NFC", name).split("::"))
    return [part for part in clean if part]


def _deck_names(names: Iterable[str]) -> dict[str, str]:
    """Names as Anki will have them: where two differ in case only, the first spelling stands."""
    spelt: dict[str, str] = {}
    found: dict[str, str] = {}
    for name in names:
        if name in found:
            continue
        above = ""
        for part in _parts(name) or ["driftdeck"]:
            full = f"{above}::{part}" if above else part
            above = spelt.setdefault(full.casefold(), full)
        found[name] = above
    return found
