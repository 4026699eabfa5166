"""What shows that a note was written for Obsidian Spaced Repetition. Pure, and a glance only."""

from __future__ import annotations

import re
from typing import NamedTuple

from decks.dialects.base import NO_SIGNS, DeckText, Signs
from decks.fences import any_in, pair
from decks.lines import split


class _Count(NamedTuple):
    """How often each sign of the program stands in a text."""

    schedules: int
    separators: int
    tagged: int  # other cards, in a note with a tag of the program


_SCHEDULE = re.compile(r"<!--SR:!?(?:fsrs,)?[\w:. -]+,\d")
_SEPARATOR = re.compile(r"^(?!\s*$).+\n[ \t]*\?{1,2}[ \t]*$(?=\n[ \t]*\S)", re.MULTILINE)
_CARD_TAG = re.compile(
    r"(?<![\w#&/])#flashcards(?![\w-])|^(?:tags?:.*\W|\s*-\s+[\"']?#?)flashcards\b", re.MULTILINE
)
_TAGGED = re.compile(r"^[^|\n]*\S ?:{2,3} ?\S|==[^=\s][^=\n]*==", re.MULTILINE)


def signs(source: DeckText) -> Signs:
    """Schedules in comments, `?` on lines of their own, and what is a card below `#flashcards`."""
    text = source.text
    if "<!--SR:" not in text and "?" not in text and "flashcards" not in text:
        return NO_SIGNS
    count = _counted(_without_code(text))
    cards = max(count.schedules, count.separators) + count.tagged
    if not cards:
        return NO_SIGNS
    said = {
        "schedules in <!--SR:…-->": count.schedules,
        "`?` on lines of their own": count.separators,
        "cards below #flashcards": count.tagged,
    }
    return Signs(cards, max(said, key=lambda what: said[what]))


def _counted(text: str) -> _Count:
    schedules = len(_SCHEDULE.findall(text))
    separators = len(_SEPARATOR.findall(text)) if "?" in text else 0
    is_tagged = "flashcards" in text and _CARD_TAG.search(text)
    others = len(_TAGGED.findall(text)) - schedules if is_tagged else 0
    return _Count(schedules, separators, max(others, 0))


def _without_code(text: str) -> str:
    lines = split(text)
    if any_in(text):
        for first, last in pair(lines).code:
            lines[first : last + 1] = ["."] * (last - first + 1)
    return "\n".join(lines)
