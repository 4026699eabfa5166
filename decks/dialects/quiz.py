"""The card types of hascard: choices, several answers, gaps, things to order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from decks.dialects.gaps import Deletion, written
from decks.dialects.sheet import Said
from decks.model import NoteKind
from decks.spans import blanked, protected

_CHOICE = re.compile(r"([-*])\s+(.*)")
_BOX = re.compile(r"\[([ *xX])\]\s+(.*)")
_PLACE = re.compile(r"(\d{1,4})\.\s+(.*)")
_GAP = re.compile(r"(?<![\\\w])_(?=\S)([^_\n]*[^_\s])_(?!\w)")
_PICTURE = re.compile(r"!\[[^\]\n]*\]\([^()\n]*\)\s*")


def quizzed(said: Said) -> Said:
    """Return a card whose answer is written as one of the types of hascard as what it asks.

    Any other card is returned as it is.
    """
    lines = said.back.split("\n")
    picture = lines[0].strip() if _PICTURE.fullmatch(lines[0]) else ""
    body = [line.strip() for line in lines[bool(picture) :] if line.strip()]
    front = f"{said.front}\n\n{picture}" if picture else said.front
    asked = _chosen(body) or _ordered(body)
    if asked:
        return said._replace(front=f"{front}\n\n{asked[0]}", back=asked[1])
    return _filled(said, front, "\n".join(lines[bool(picture) :]).strip())


def _chosen(body: Sequence[str]) -> tuple[str, str] | None:
    """What to choose from, and what is right."""
    for form, right in ((_CHOICE, "*"), (_BOX, "*xX")):
        found = [match for line in body if (match := form.fullmatch(line))]
        marks = [match[1] in right for match in found]
        if len(found) != len(body) or len(body) < 2:
            continue
        if form is _BOX or sum(marks) == 1:
            good = [match[2] for match, mark in zip(found, marks, strict=True) if mark]
            return _list(match[2] for match in found), _answer(good)
    return None


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _answer(good: Sequence[str]) -> str:
    return _list(good) if len(good) > 1 else "".join(good) or "none of them"


def _ordered(body: Sequence[str]) -> tuple[str, str] | None:
    """Things out of order, and in order."""
    found = [match for line in body if (match := _PLACE.fullmatch(line))]
    places = [int(match[1]) for match in found]
    if len(found) != len(body) or sorted(places) == places or len(set(places)) < len(places):
        return None
    ordered = sorted(found, key=lambda match: int(match[1]))
    return _list(match[2] for match in found), "\n".join(f"{one[1]}. {one[2]}" for one in ordered)


def _filled(said: Said, front: str, body: str) -> Said:
    """The note of a text with gaps `_so_`, which are asked together."""
    text = f"{front}\n\n{body}"
    shadow = blanked(text, protected(text))
    gaps = [
        Deletion(*found.span(), " / ".join(text[slice(*found.span(1))].split("|")), number=1)
        for found in _GAP.finditer(shadow, len(front))
    ]
    whole = written(text, gaps)
    return said._replace(kind=NoteKind.CLOZE, front=whole, back="") if whole else said
