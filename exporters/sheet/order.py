"""What stands where on the sheet: decks, their concepts, their questions, and all their names.

A note is one question, or one each way; a cloze text is one, with all its gaps to fill. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from decks.cards import BACK, FRONT
from decks.model import NoteKind
from exporters.base import Bundle, ExportNote
from exporters.markup import harmless

_NOT_IN_NAME = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 80


class Entry(NamedTuple):
    """One question of the sheet."""

    name: str  # its id on the page: the note's own, the same as long as that stays
    number: int  # within its deck, from 1
    exported: ExportNote
    key: str  # `decks.cards.FRONT`, or BACK where the answer is asked for


class Group(NamedTuple):
    """The questions of one concept."""

    title: str  # empty for those of none
    name: str
    entries: tuple[Entry, ...]


class Deck(NamedTuple):
    """One deck with all that stands below its title."""

    title: str
    name: str
    licence: str  # empty where nobody says
    groups: tuple[Group, ...]

    @property
    def questions(self) -> int:
        """How many questions it has."""
        return sum(len(group.entries) for group in self.groups)

    def sources(self) -> tuple[str, ...]:
        """The keys of its sources in the order of their first mention."""
        notes = (entry.exported.note for group in self.groups for entry in group.entries)
        return tuple(dict.fromkeys(key for note in notes for key in note.sources))


def ordered(bundle: Bundle) -> tuple[Deck, ...]:
    """The decks, their concepts and questions, each in the order of their first notes.

    Notes of no concept come before the headings of the others. All names are different; a card
    is called what its note is, unless another of that name comes before it.
    """
    names = _Names()
    by_deck: dict[str, dict[str, list[ExportNote]]] = {}
    for exported in bundle.notes:
        note = exported.note
        by_deck.setdefault(note.deck, {}).setdefault(note.concept, []).append(exported)
    entries = {deck: _entries(groups, names) for deck, groups in by_deck.items()}
    return tuple(
        Deck(
            _title(deck), names.give(f"deck-{deck}"), _licence(bundle, deck),
            _groups(groups, bundle.concepts, names),
        )
        for deck, groups in entries.items()
    )  # fmt: skip


def _licence(bundle: Bundle, deck: str) -> str:
    return bundle.decks[deck].licence if deck in bundle.decks else ""


def _title(deck: str) -> str:
    return " › ".join(part.strip() for part in deck.split("::") if part.strip()) or "Cards"


def _entries(
    groups: Mapping[str, Iterable[ExportNote]], names: _Names
) -> dict[str, tuple[Entry, ...]]:
    entries: dict[str, tuple[Entry, ...]] = {}
    number = 0
    for concept, notes in sorted(groups.items(), key=lambda group: group[0] != ""):
        made = [
            Entry(_name(exported, key, names), number := number + 1, exported, key)
            for exported in notes
            for key in _keys(exported)
        ]
        entries[concept] = tuple(made)
    return entries


def _keys(exported: ExportNote) -> tuple[str, ...]:
    return (FRONT, BACK) if exported.note.kind is NoteKind.REVERSED else (FRONT,)


def _name(exported: ExportNote, key: str, names: _Names) -> str:
    name = exported.note.id or exported.uid.hex()[:12]
    return names.give(f"{name}-{BACK}" if key == BACK else name)


def _groups(
    groups: Mapping[str, tuple[Entry, ...]], titles: Mapping[str, str], names: _Names
) -> tuple[Group, ...]:
    return tuple(
        Group(titles.get(concept) or concept, names.give(f"concept-{concept}"), entries)
        for concept, entries in groups.items()
    )


class _Names:
    """Hands out ids for elements: no blanks, none twice."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def give(self, wanted: str) -> str:
        """The name as wanted, or with a number where somebody has it."""
        base = _NOT_IN_NAME.sub("-", harmless(wanted))[:_LONGEST_NAME].strip("-") or "card"
        name = base
        while name in self._given:
            self._given[base] += 1
            name = f"{base}-{self._given[base]}"
        self._given[name] = 1
        return name
