"""What a deck file says of its deck and of a concept, read without its cards. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks import fences, frontmatter
from decks.lines import NEXT_FILE, Part, parts, split
from decks.model import Head, Place
from decks.parse import parse

# Front matter is never longer than this.
_BEGINNING = 2 * frontmatter.MAX_BYTES


def heads(text: str, path: str, default_deck: str = "") -> tuple[Head, ...]:
    """What each deck file of a file says of its deck, in order."""
    return tuple(_heads(text, path, default_deck))


def _heads(text: str, path: str, default_deck: str) -> Iterator[Head]:
    several = NEXT_FILE in text
    for part in parts(split(text)) if several else (Part(split(text[:_BEGINNING]), 0),):
        front = frontmatter.read(part.lines, path, part.above)
        deck = front.deck or default_deck
        yield Head(deck, Place(path, part.above + 1), front.about, front.complete)


def explanation(text: str, concept: str) -> str:
    """The words between the heading of a concept and its first card; "" if there are none.

    Of several such headings the first with such words counts.
    """
    if concept not in text:
        return ""
    if fences.any_in(text):  # what looks like a heading may be code: only the parser can tell
        told = parse(text, "", "").explanations
        return next((one.text for one in told if one.concept == concept and one.text), "")
    heading = re.compile(rf"##\s+{re.escape(concept)}\s*(?:\{{[^{{}}]*\}}\s*)?")
    lines = split(text)
    for start, line in enumerate(lines):
        if line.startswith("##") and heading.fullmatch(line):
            below = parse("\n".join(_section(lines, start)), "", "").explanations
            if below and below[0].concept == concept and below[0].text:
                return below[0].text
    return ""


def _section(lines: list[str], start: int) -> Iterator[str]:
    """The heading and what follows, up to the next heading that may end a concept."""
    yield lines[start]
    for line in lines[start + 1 :]:
        if re.match(r"##?(?:\s|$)", line):
            return
        yield line
