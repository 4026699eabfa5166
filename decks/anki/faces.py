"""The two sides of Anki's cards, and note types that are ready to make them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from decks.anki import own, templates
from decks.anki.kinds import NoteType, Template
from decks.anki.templates import FRONT_MARK, RULE_MARK, Parts
from decks.model import NoteKind

_ADDED = {"Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag"}


class CardTemplates(NamedTuple):
    """The templates of a card, ready for use."""

    name: str
    front: Parts
    back: Parts
    added: frozenset[str]  # the names that it shows of those that Anki adds
    hints: tuple[str, ...]  # the fields that only its front shows, and only on demand


class Face(NamedTuple):
    """The two sides of a card, as markdown; the back without the front that it repeats."""

    front: str
    back: str


class ReadyType(NamedTuple):
    """A note type, ready for use."""

    type: NoteType
    cards: Mapping[int, CardTemplates]
    ours: NoteKind | None
    gaps: tuple[str, ...]  # the fields with gaps that its front shows
    has_parts_by_gap: bool


def _card(side: Template) -> CardTemplates:
    front, back = templates.compiled(side.front), templates.compiled(side.back)
    below = templates.fields_of(back)
    return CardTemplates(
        side.name,
        front,
        back,
        frozenset(_ADDED & (templates.fields_of(front) | below)),
        tuple(name for name in templates.uses(front, "hint") if name not in below),
    )


def ready(kind: NoteType) -> ReadyType:
    """The note type with its templates compiled."""
    cards = {number: _card(side) for number, side in kind.templates.items()}
    first = cards.get(0)
    gaps = first and (
        templates.uses(first.front, "cloze") or templates.uses(first.front, "cloze-only")
    )
    by_gap = first and (templates.asks_for_gap(first.front) or templates.asks_for_gap(first.back))
    return ReadyType(kind, cards, own.kind(kind), tuple(dict.fromkeys(gaps or ())), bool(by_gap))


def rest(one: Face, two: Face) -> str | None:
    """What both backs show below the other front; None if the faces are no mirror images."""
    first, second = without(two.front, one.back), without(one.front, two.back)
    is_mirror = begins(one.back, two.front) and begins(two.back, one.front)
    return first if is_mirror and first == second else None


def begins(text: str, words: str) -> bool:
    """Whether the text begins with lines that are these words."""
    return text == words or (bool(words) and text.startswith(f"{words}\n"))


def without(front: str, text: str) -> str:
    """The text without the front that it begins with."""
    return text[len(front) :].strip() if begins(text, front) else text


def unmarked(html: str) -> str:
    """The HTML without the marks of templates."""
    return html.replace(FRONT_MARK, "").replace(RULE_MARK, "")


def escaped(text: str) -> str:
    """Text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
