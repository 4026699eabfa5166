"""Where a line is parted into question and answer, and where its colons mean something else. Pure.

The original takes every `::` outside inline code. Not so here: `std::vector`, `[::1]`, the inline
fields of Dataview and rows of tables are prose, unless a schedule shows that it was a card.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from decks.dialects.obsidian_settings import Settings
from decks.spans import blanked, code_ranges, protected

_MARKUP = re.compile(r"\s*(?:>\s?)*\s*(?:#{1,6}\s+)?(?:(?:[-*+]|\d{1,3}[.)])\s+)?(?:\[[ xX]\]\s+)?")
_WORD_BEFORE = re.compile(r"[A-Za-z_]\w*$")
_WORD_AFTER = re.compile(r"~?[A-Za-z_]\w*")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]*$")
_FIELD = re.compile(r"[\[(][^\[\]()]{1,60}$")  # `[key:: value]` while it is still open
_PAIRED = {'"': '"', "'": "'", "(": ")", "[": "]", "|": "|", "“": "”", "‘": "’", "«": "»"}
_NAMESPACES = re.compile(
    r"std|boost|absl|alloc|crate|tokio|torch|serde|cv|eigen|c10|tf|tensorflow|chrono|thrust"
)
_ELEMENTS = re.compile(r"a|p|div|span|li|ul|ol|dl|table|t[rdh]|h[1-6]|input|button|body|html|img|q")
_PSEUDO = re.compile(r"before|after|placeholder|selection|marker|backdrop|first|slotted|part")
# What notes say of themselves, by Dataview and its like: no question is one of these words.
_FIELDS = re.compile(
    r"alias(?:es)?|tags?|status|authors?|sources?|urls?|links?|related|created|updated|modified|"
    r"due|scheduled|completion|priority|rating|category|topics?|uid|cssclass(?:es)?|moc",
    re.IGNORECASE,
)
_OTHER_MARK = re.compile(r"[@#%&+=~^|<>!?$*/\\-]{1,3}::")  # goes on behind `::`, as in `a ::@:: b`
_FIELD_VALUE = re.compile(r"\s*(?:(?:\[\[[^\[\]]*\]\]|#[\w/-]+)[\s,]*)*")


class Parted(NamedTuple):
    """A line as a card: its sides, and whether it is asked both ways."""

    front: str
    back: str
    is_reversed: bool
    stands_apart: bool  # blanks on both sides of the separator, or a question before it
    is_tight: bool  # no blank on either side


def parted(text: str, settings: Settings, *, is_sure: bool = False) -> Parted | None:
    """Part the line at its first separator, of those it has the longest; None if it is no card.

    `is_sure`: a schedule shows that it is one.
    """
    marks = [(settings.line_reversed, True), (settings.line, False)]
    marks += [(one.text, one.is_reversed) for one in settings.more if is_sure or not one.is_common]
    marks.sort(key=lambda mark: -len(mark[0]))
    if not any(mark and mark in text for mark, _ in marks):
        return None
    if text.lstrip(" \t>").startswith("|") and not is_sure:
        return None
    shadow = blanked(text, code_ranges(text) if is_sure else protected(text))
    for mark, is_reversed in marks:
        at = _place(shadow, text, mark, is_sure) if mark else -1
        if at >= 0:
            return _sides(text, at, mark, is_reversed)
    return None


def without_markup(text: str) -> str:
    """The words of a line without quote marks, bullet, box and heading marks before them."""
    found = _MARKUP.match(text)
    return text[found.end() :].strip() if found else text.strip()


def is_heading(text: str) -> bool:
    """Whether the line is a heading."""
    return re.match(r" {0,3}#{1,6}(?:\s|$)", text) is not None


def _sides(text: str, at: int, mark: str, is_reversed: bool) -> Parted:
    before, after = text[:at], text[at + len(mark) :]
    blanks = before[-1:].isspace() + (not after or after[0].isspace())
    apart = blanks == 2 or before.rstrip().endswith(("?", "？"))
    return Parted(without_markup(before), after.strip(), is_reversed, apart, blanks == 0)


def _place(shadow: str, text: str, mark: str, is_sure: bool) -> int:
    """Offset of the first such separator that parts two sides; -1 if there is none."""
    at = shadow.find(mark)
    while at >= 0:
        end = at + len(mark)
        if set(mark) == {":"}:
            while shadow[end : end + 1] == ":":
                end += 1
        exact = end == at + len(mark)
        if mark == "::" and (longer := _OTHER_MARK.match(text, end)):
            exact, end = False, longer.end()
        is_else = not is_sure and set(mark) == {":"} and _means_else(text, at, end)
        if exact and not is_else and without_markup(text[:at]):
            return at
        at = shadow.find(mark, end)
    return -1


def _means_else(text: str, at: int, end: int) -> bool:
    """Whether colons between two things are code, an address or a field rather than a card."""
    before, after = text[max(0, at - 100) : at], text[end : end + 100]
    if _PAIRED.get(before[-1:], "") == after[:1] != "" or before[-1:] in ("[", "(", "/"):
        return True
    if before.rfind("{{") > before.rfind("}}") and "}}" in after:
        return True
    if before[-1:].isspace():
        return False
    if not after or after[:1].isspace():
        return _is_field(text[:at], before, text[end:])
    return _is_code(before, after, whole=text.strip()) or _is_address(before, after)


def _is_field(front: str, near: str, value: str) -> bool:
    opened = _FIELD.search(near)
    if opened and not near[: opened.start()].rstrip().endswith("]"):
        return True
    key = without_markup(front).strip("*_")
    if _FIELDS.fullmatch(key):
        return True
    return " " not in key and bool(_FIELD_VALUE.fullmatch(value))


def _is_code(before: str, after: str, whole: str) -> bool:
    left, right = _WORD_BEFORE.search(before), _WORD_AFTER.match(after)
    if after[:1] == "<" and left:
        return True
    if not left or not right:
        return False
    beyond = after[right.end() :]
    above = before[: left.start()]
    if above.endswith(":") and beyond.startswith(":"):
        return True  # `:smile::heart:`, or amid `a::b::c`
    if _NAMESPACES.fullmatch(left[0]) or above.endswith(("&", "::", "<")):
        return True
    if beyond.startswith("::") and above.strip(" \t>*+-"):
        return True
    if left[0][0].isupper() and beyond[:1] in ("(", "<") and " " in whole:
        return True
    is_part = bool(_PSEUDO.fullmatch(right[0]))
    return is_part and (bool(_ELEMENTS.fullmatch(left[0])) or above.endswith((".", "#")))


def _is_address(before: str, after: str) -> bool:
    left = _ADDRESS.search(before)
    right = re.match(r"[0-9A-Fa-f:.]*(?:/\d+)?(?![^\W_])", after)
    head = left[0] if left else ""
    whole = f"{head}::{right[0] if right else ''}"
    if not right or not any(sign.isdigit() for sign in whole):
        return False
    return ":" in head or ":" in right[0] or head.lower() in ("fe80", "2001", "ff02", "ff01")
