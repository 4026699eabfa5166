"""Anki's packages as one format among others; see `decks.anki`."""

from __future__ import annotations

from dataclasses import replace

from decks.dialects.base import NO_SIGNS, PACKAGE_SUFFIXES, DeckText, Dialect, Package, Signs
from decks.lines import split
from decks.model import PROSE, Parsed


def read(path: str, shown: str, deck: str) -> Package:
    """The notes of a package; those that were exported here say so."""
    from decks import anki

    found = anki.read(path, shown, deck)
    notes = tuple(
        replace(note, exported=found.own[note.place.line]) if note.place.line in found.own else note
        for note in found.parsed.notes
    )
    return Package(replace(found.parsed, notes=notes), found.media)


def parse(source: DeckText) -> Parsed:
    """A text holds no package."""
    return Parsed((), (), PROSE * len(split(source.text)))


def signs(source: DeckText) -> Signs:
    """A package is known by the suffix of its file."""
    return NO_SIGNS


DIALECT = Dialect(
    "anki", "Anki package", parse, signs, PACKAGE_SUFFIXES, ("apkg", "colpkg"), read=read
)
