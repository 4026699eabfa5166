"""Notes and decks as genanki's objects."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.anki.fields_of_note import deck_names, guid, joined_fields, ordinals, tags
from exporters.anki.objects import DEFAULT_DECK, Deck, Note, models, stable_id
from exporters.anki.parts import deck_html
from exporters.base import Bundle


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
