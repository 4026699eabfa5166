"""From a note to its cards: which there are, and what each one shows."""

from __future__ import annotations

from typing import NamedTuple

FRONT, BACK = "front", "back"


class Face(NamedTuple):
    """The two sides of one card, as markdown."""

    front: str
    back: str


def card_keys(kind: str, front: str) -> tuple[str, ...]:
    """Return the keys of a note's cards in order: its sides, or its gaps."""
    if kind == "cloze":
        from decks import cloze  # its patterns cost milliseconds that most cards need not wait for

        return cloze.gap_keys(front)
    return (FRONT, BACK) if kind == "reversed" else (FRONT,)


def face(kind: str, front: str, back: str, key: str) -> Face:
    """Return what the card `key` asks and answers; `key` is one of the note's `card_keys`."""
    if kind == "cloze":
        from decks import cloze

        return Face(cloze.mask(front, key), cloze.reveal(front, key))
    return Face(back, front) if key == BACK else Face(front, back)


def varied(kind: str, front: str, variant: tuple[str, str]) -> Face:
    """Return a note's first card in the form of a variant.

    A variant may name only what is different ("the same with 5 GB a day"), so the note's question
    stands above it; of a cloze the whole text.
    """
    if kind == "cloze":
        from decks import cloze

        front = cloze.plain(front)
    return Face(f"{front}\n\n**Now:** {variant[0]}", variant[1])
