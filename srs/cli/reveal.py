"""What a screen needs besides the card once its answer is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from decks.cloze import hidden_words
from srs.cli.footnote import footnote

if TYPE_CHECKING:
    from decks import Note
    from srs import Card, Collection, Rating
    from srs.cli.compare import Piece


class Shown(NamedTuple):
    """Parts of the view."""

    concept: str
    footnote: str
    typed: str
    compared: Sequence[Piece]
    verdict: str = ""
    suggested: Rating | None = None  # of a verdict: None where nothing could be judged


def revealed(collection: Collection, card: Card, typed: str) -> Shown:
    """The concept's title, the sources, and the learner's own words as they compare."""
    note = collection.notes_by_uid([card])[card.note]
    title = collection.concept_title(card.concept)
    shown = Shown(title, footnote(note), typed, compared(card, note, typed))
    if card.estimate is None:
        return shown
    from srs.cli.estimating import verdict

    found = verdict(card, typed)
    return shown._replace(verdict=found.line, suggested=found.rating) if found else shown


def compared(card: Card, note: Note, typed: str) -> Sequence[Piece]:
    """Of a cloze what was typed against what was hidden; nothing for any other card."""
    if not typed.strip() or card.kind != "cloze" or card.variant:
        return ()
    from srs.cli.compare import compare

    return compare(typed, ", ".join(hidden_words(note.front, card.key)))
