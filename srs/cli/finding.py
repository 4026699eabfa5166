"""From what people type to name a card to the card."""

from __future__ import annotations

from decks.errors import UsageError
from srs import Card, Collection


def find(collection: Collection, wanted: str, *, orphans: bool | None = None) -> list[Card]:
    """The card whose id begins so, or all cards of the note so named.

    `orphans` says which are meant where both orphans and others answer to it. Raises UsageError
    when there is none, or when several notes answer to it.
    """
    found = collection.find_cards(wanted, orphans=orphans)
    if not found:
        hint = "srs card list shows the cards and their ids"
        raise UsageError(f"no card {wanted}", hint)
    if len({card.note for card in found}) > 1:
        ids = ", ".join(card.uid.hex()[:12] for card in found[:4])
        raise UsageError(f"{wanted} begins the ids of {len(found)} cards", f"say more: {ids} …")
    return found
