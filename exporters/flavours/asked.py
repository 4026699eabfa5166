"""What a card of ours comes to where there are only questions and answers. Pure."""

from __future__ import annotations

from typing import NamedTuple

from decks.cards import card_keys, face
from decks.model import Note
from exporters.flavours.texts import fit


class Asked(NamedTuple):
    """One card; `key` says which of the note's it is."""

    key: str
    front: str
    back: str


def asked(note: Note) -> list[Asked]:
    """The cards of a note in order, each with all that is told below its answer."""
    below = told_below(note)
    keys = card_keys(note.kind, note.front)
    faces = [(key, face(note.kind, note.front, note.back, key)) for key in keys]
    return [Asked(key, one.front, f"{fit(one.back)}{below}") for key, one in faces]


def told_below(note: Note) -> str:
    """Why, flip and variants as paragraphs below the answer; "" if there is none of them."""
    said = [("Why", note.why), ("Flip", note.flip)]
    said += [("Variant", f"{fit(variant.front)}\n\n{variant.back}") for variant in note.variants]
    return "".join(f"\n\n**{label}:**{_begun(fit(text))}" for label, text in said if text)


def _begun(text: str) -> str:
    """A text behind its label: a block begins on a line of its own."""
    is_block = text.startswith(("```", "~~~", "|", ">", "- ", "* ", "+ ", "$$", "#", "    "))
    return f"\n\n{text}" if is_block else f" {text}"
