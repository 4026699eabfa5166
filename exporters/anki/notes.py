"""Notes and decks as genanki's objects, and what a whole profile needs of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from hashlib import sha1
from html import unescape

from exporters.anki.fields_of_note import deck_names, guid, joined_fields, ordinals, tags
from exporters.anki.objects import DEFAULT_DECK, Deck, Note, models, stable_id
from exporters.anki.parts import deck_html
from exporters.base import Bundle

_TAG = re.compile("<[^>]*>")


def decks_of(bundle: Bundle) -> dict[str, Deck]:
    """The decks of the notes, by the name that they have here."""
    found: dict[str, Deck] = {}
    by_name: dict[str, Deck] = {}
    for deck, name in deck_names(exported.note.deck for exported in bundle.notes).items():
        number = DEFAULT_DECK if name.casefold() == "default" else stable_id("deck", name)
        about = bundle.decks.get(deck)
        made = Deck(number, name, deck_html(about) if about else "")
        found[deck] = by_name.setdefault(name, made)
    return found


def notes_of(bundle: Bundle) -> Iterator[Note]:
    """The notes, each when it is asked for."""
    kinds = models()
    for place, exported in enumerate(bundle.notes):
        yield Note(
            kinds[exported.note.kind], joined_fields(exported, bundle), tags(exported),
            guid(exported), place, exported.changed_ms // 1000, ordinals(exported),
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
