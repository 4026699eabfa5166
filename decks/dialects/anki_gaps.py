"""The cloze deletions of Anki, `{{c1::gap::hint}}`, and their kin, as deletions of ours. Pure."""

from __future__ import annotations

import re

from decks.dialects.gaps import Deletion, written
from decks.spans import blanked, protected

# No possessive group around a lookahead: Python before 3.11.4 gets it wrong.
_GAP = re.compile(r"\{\{c(\d{1,3})::((?:(?!\{\{c\d|\}\}).)*)\}\}", re.DOTALL)
_LOOSE = re.compile(
    r"\{\{(?:c?(?P<number>\d{1,3})::)?(?P<words>(?:(?!\{\{|\}\}).)+)\}\}"
    r"|==(?=\S)(?P<lit>(?:(?!==|\n).)+)(?<=\S)=="
)
_OPENER = re.compile(r"\{\{c\d+::")


def has_gaps(text: str) -> bool:
    """Whether anything in the text looks like a deletion of Anki's."""
    return _OPENER.search(text) is not None


def deletions(text: str) -> list[Deletion] | None:
    """The deletions of a text in order; None if one is not closed, or stands inside another."""
    found = [_deletion(match) for match in _GAP.finditer(text)]
    return found if len(found) == len(_OPENER.findall(text)) else None


def cloze_text(text: str) -> str:
    """The text as a cloze text of ours; "" if it cannot be one."""
    found = deletions(text)
    return written(text, found) if found else ""


def _deletion(found: re.Match[str]) -> Deletion:
    words, _, hint = found[2].partition("::")
    return Deletion(found.start(), found.end(2) + 2, words, hint, int(found[1]) or None)


def loose(text: str, *, highlights: bool = True) -> list[Deletion]:
    """The deletions `{{gap}}`, `{{1::gap}}` and, if they are wanted, `==gap==`, outside code."""
    found = []
    for match in _LOOSE.finditer(blanked(text, protected(text))):
        start, end = match.span("words") if match["words"] else match.span("lit")
        words = text[start:end]
        if match["words"]:
            words, _, hint = words.partition("::")
            number = int(match["number"] or 0) or None
            found.append(Deletion(*match.span(), words, hint, number))
        elif highlights:
            found.append(Deletion(*match.span(), words))
    return found


def loose_text(text: str) -> str:
    """The text with such deletions as a cloze text of ours; "" if there are none."""
    found = loose(text)
    return written(text, found) if found else ""
