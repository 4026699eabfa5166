"""Our own format, as one dialect among others."""

from __future__ import annotations

import re

from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.fences import any_in, pair
from decks.lines import split
from decks.model import Parsed
from decks.parse import parse as parse_deck

_CARD = re.compile(r"^(?:Q:|C:.*(?:\[|==|\{\{c\d))", re.MULTILINE)


def parse(source: DeckText) -> Parsed:
    """Return the notes of a deck file of ours."""
    return parse_deck(source.text, source.path, source.deck, source.inspect)


def signs(source: DeckText) -> Signs:
    """Cards that begin with `Q:`, or with `C:` and have a gap; code apart."""
    text = source.text
    if "Q:" not in text and "C:" not in text:
        return NO_SIGNS
    if any_in(text):
        text = _without_code(text)
    count = len(_CARD.findall(text.replace("\r\n", "\n").replace("\r", "\n")))
    return Signs(count, "Q: and C: at the start of lines") if count else NO_SIGNS


def _without_code(text: str) -> str:
    lines = split(text)
    for first, last in pair(lines).code:
        lines[first + 1 : last + 1] = [""] * (last - first)
    return "\n".join(lines)


DIALECT = Dialect("native", "driftdeck", parse, signs)
