"""From the notes of a collection to notes of ours: one each, or one a card where cards differ."""

from __future__ import annotations

from collections.abc import Iterator

from decks.anki import clozes
from decks.anki.collection import Collection, RawCard, RawNote
from decks.anki.faces import ready
from decks.anki.reading import Reading, Shared
from decks.drafts import MAX_CARD_BYTES
from decks.model import Note

_CHECK = "in Anki: Tools, Check Database"


class Notes:
    """One walk over the notes of a collection."""

    def __init__(self, collection: Collection, shared: Shared) -> None:
        self.collection, self.shared, self.report = collection, shared, shared.report
        self._types = {number: ready(kind) for number, kind in collection.types.items()}

    def all(self) -> Iterator[Note]:
        """The notes that come of it, each line of the report marked."""
        for place, raw in enumerate(self.collection.notes):
            cards = self.collection.cards.get(raw.id, [])
            made = [note for note in self._notes(place + 1, raw, cards) if self._fits(note, raw)]
            self.report.mark(place + 1, is_card=bool(made))
            if not made and self.report.is_silent(place + 1):
                self.report.skip(place + 1, raw.id, "none of its cards can be made", _CHECK)
            if not made:
                self.shared.histories.drop(cards)
            yield from made

    def _notes(self, line: int, raw: RawNote, cards: list[RawCard]) -> Iterator[Note]:
        kind = self._types.get(raw.type)
        if kind is None:
            self.report.skip(line, raw.id, "its note type is missing", _CHECK)
        elif not cards:
            self.report.skip(line, raw.id, "a note without cards", "in Anki: Tools, Empty Cards")
        elif kind.type.is_occlusion or clozes.OCCLUSION in raw.fields:
            message = "a picture with hidden parts (image occlusion)"
            self.report.skip(line, raw.id, message, "it cannot be asked here; keep it in Anki")
        else:
            yield from Reading(self.shared, line, raw, cards, kind).notes()

    def _fits(self, note: Note, raw: RawNote) -> bool:
        whole = f"{note.front}{note.back}{note.why}"
        if 4 * len(whole) <= MAX_CARD_BYTES or len(whole.encode()) <= MAX_CARD_BYTES:
            return True
        hint = "split it into smaller cards"
        self.report.skip(note.place.line, raw.id, "a card of more than 1 MiB", hint)
        return False
