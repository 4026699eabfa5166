"""Decks and tags as tags of Obsidian, which know letters, digits, `-`, `_` and `/`. Pure."""

from __future__ import annotations

import re
from unicodedata import normalize

from decks.dialects.obsidian_lines import TAG
from decks.dialects.obsidian_settings import USUAL

_OTHER = re.compile(r"[^\w-]+")


def deck_tag(deck: str) -> str:
    """The tag of a deck, and of the cards below it: "a::b c" is `#flashcards/a/b-c`."""
    return "#" + "/".join(["flashcards", *_parts(deck.split("::"))])


def plain_tag(tag: str) -> str:
    """A tag that names no deck; "" if nothing is left of it.

    What Obsidian would take for no tag (a number), or for a deck of cards, stands below `tag/`.
    """
    name = "/".join(_parts(re.split("::|/", tag)))
    found = TAG.fullmatch(f"#{name}")
    is_plain = found and not USUAL.is_deck(name)
    return f"#{name}" if is_plain or not name else f"#tag/{name}"


def _parts(names: list[str]) -> list[str]:
    spelt = (_OTHER.sub(_dashes, normalize("NFC", one).strip()) for one in names)
    return [one for one in spelt if one]


def _dashes(found: re.Match[str]) -> str:
    """A dash for each sign, but only one where words part."""
    is_gap = any(map(str.isspace, found[0]))
    return "-" if is_gap else "-" * len(found[0])
