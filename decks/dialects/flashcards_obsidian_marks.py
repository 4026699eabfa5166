"""What a line of flashcards-obsidian may hold: tags, ids, sides and deletions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from decks.dialects.flashcards_obsidian_settings import Around
from decks.dialects.gaps import Deletion
from decks.dialects.obsidian_to_anki_gaps import native_deletions
from decks.dialects.outline import heading
from decks.spans import blanked, protected

REMINDERS = ("-spaced", "/spaced", "-reminder", "/reminder")
ANCHOR = re.compile(r"\^(\d{13}|q-[a-z0-9]{4})")
TRAILING = re.compile(r"(?:^|(?<=\s))\^(\d{13}|q-[a-z0-9]{4})\s*$")
MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_COLONS = re.compile(r"(?<!:):{2,3}(?!:)")
# `std::vector`, `Foo::bar()`, `a::b::c`: code without its backticks.
_CODE = re.compile(
    r"\{\{c\d+::|\b(?:std|boost|crate|self|super|core|alloc)(?:::\w+)+"
    r"|\b\w+(?:::\w+){2,}|\b\w+::~?\w+\(\)"
)
_MAX_TAGS = 50  # at the end of a line
# What other plugins keep in a line of their own.
FIELD = re.compile(
    r"(?:cards-deck|tags?|alias(?:es)?|up|down|next|prev(?:ious)?|parent|child(?:ren)?|related|"
    r"sources?|status|date|created|modified|updated|author|topics?|links?|rating|publish)::\s"
)
_HIGHLIGHT = re.compile(r"==(?![=\s])((?:[^=\n]|=(?!=))+)(?<!\s)==(?!=)")
_NUMBERED = re.compile(r"(?<![{\\])\{(\d{1,3}):([^{}\n]*+)\}(?!\})")
_BRACES = re.compile(r"(?<![{\\\w])\{(?:(\d):?)?([^{}\n]+)\}(?!\})")


class Mark(NamedTuple):
    """The `#card` at the end of a line: what stands before, its kind, and the tags behind it."""

    front: str
    kind: str
    tags: tuple[str, ...]


class Parts(NamedTuple):
    """A card of one line."""

    front: str
    separator: str
    back: str
    tags: tuple[str, ...]
    anchor: str


def inline(raw: str, words: Around) -> Parts | None:
    """The card of one line that a line is, if it is one."""
    if words.separator not in raw and words.reverse not in raw:
        return None
    text, anchor = without_anchor(raw)
    text = without_marker(text)
    text = found.text if (found := heading(text)) else text
    if FIELD.match(text):
        return None
    shadow = blanked(text, protected(text))
    shadow = blanked(shadow, [found.span() for found in _CODE.finditer(shadow)])
    shadow = blanked(shadow, ((one.start, one.end) for one in deletions(text, braces=False)))
    parted = _separator(shadow, words)
    if not parted or not text[: parted.start()].strip():
        return None
    back = text[parted.end() :]
    start, tags = tags_behind(back)
    return Parts(text[: parted.start()].strip(), parted[0], back[:start].strip(), tags, anchor)


def without_anchor(text: str) -> tuple[str, str]:
    """A text without the anchor at its end, and the anchor."""
    found = TRAILING.search(text, text.rfind("\n") + 1) if "^" in text else None
    if not found:
        return text, ""
    return text[: found.start()].rstrip(), found[1]


def tags_behind(text: str) -> tuple[int, tuple[str, ...]]:
    """Return where the tags at the end of a text begin, and what they are."""
    end = len(text)
    tags: list[str] = []
    while len(tags) < _MAX_TAGS:
        before = text[:end].rstrip()
        start = max(before.rfind(" "), before.rfind("\t"), before.rfind("\n")) + 1
        parts = before[start:].split("#")
        if parts[0] or len(parts) < 2 or not all(parts[1:]):
            break
        end = start
        tags[:0] = parts[1:]
    return end, tuple(tags)


def without_marker(text: str) -> str:
    """A text without the mark of a list before it."""
    marker = MARKER.match(text)
    return text[marker.end() :] if marker else text


def _separator(shadow: str, words: Around) -> re.Match[str] | None:
    if (words.separator, words.reverse) == ("::", ":::"):
        return _COLONS.search(shadow)
    longest, shortest = sorted((words.separator, words.reverse), key=len, reverse=True)
    return re.search(f"{re.escape(longest)}|{re.escape(shortest)}", shadow)


def deletions(text: str, *, braces: bool) -> Iterator[Deletion]:
    """The deletions of a text, none in code or a formula: `==so==`, `{1:so}`, `{{c1::so}}`, and
    `{so}` if that counts.
    """
    native = list(native_deletions(text)) if "{{c" in text else []
    yield from native
    shadow = blanked(text, protected(text))
    shadow = blanked(shadow, ((one.start, one.end) for one in native))
    marked = list(_HIGHLIGHT.finditer(shadow))
    for found in marked:
        yield Deletion(*found.span(), text[slice(*found.span(1))])
    shadow = blanked(shadow, (found.span() for found in marked))
    for found in (_BRACES if braces else _NUMBERED).finditer(shadow):
        number = int(found[1]) if found[1] else None
        yield Deletion(*found.span(), text[slice(*found.span(2))], number=number)
