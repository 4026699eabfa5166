"""What a spreadsheet would take for a formula, and how our tables keep it from that. Pure.

A cell is safe whichever sign the spreadsheet takes for the separator, so that what stands behind
any of them is guarded too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIGN = r"[=+\-@＝＋－＠]"
# All signs in a row: the first becomes an entity, whose `;` may be a separator too.
_FORMULA = re.compile(rf"((?:^|[,;|\t\r\n\"]) *)({_SIGN}(?: *{_SIGN})*)")
_SIGNS = re.compile(_SIGN)
# In names there are no entities, and a blank that Anki drops makes a new deck at every row: so an
# apostrophe stands there. One that is there already gets another. A number would be a deck's id.
_WITHIN = re.compile(rf"([,;|\"] *)('*{_SIGN})")
_START = re.compile(rf"'*(?:{_SIGN}|[0-9]+\Z)")
_GUARDED = re.compile(rf"([,;|\"] *)'(?='*{_SIGN})")
_WIDE = "\u3000"  # parts tags for Anki, and is no blank that a spreadsheet drops


def guarded_html(text: str) -> str:
    """HTML that shows the same, with an entity where a formula would begin."""
    return _FORMULA.sub(_entities, text.strip("\t\r\n "))


def _entities(found: re.Match[str]) -> str:
    return found[1] + _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", found[2])


def guarded_deck(name: str) -> str:
    """The name with an apostrophe where a formula would begin, or before a number."""
    return ("'" if _START.match(name) else "") + _within(name)


def unguarded_deck(name: str) -> str:
    """The name as it was before `guarded_deck`."""
    is_guarded = name.startswith("'") and _START.match(name, 1)
    return _GUARDED.sub(r"\1", name[1:] if is_guarded else name)


def guarded_tags(tags: Iterable[str]) -> str:
    """Tags with blanks between them: a wide one before what would be a formula."""
    return " ".join(f"{_WIDE if _SIGNS.match(tag) else ''}{_within(tag)}" for tag in tags)


def unguarded_tags(text: str) -> tuple[str, ...]:
    """The tags as they were before `guarded_tags`."""
    return tuple(_GUARDED.sub(r"\1", tag) for tag in text.split())


def _within(name: str) -> str:
    return _WITHIN.sub(r"\1'\2", name)
