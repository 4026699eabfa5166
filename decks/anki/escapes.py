"""Text that stays text in markdown: what would be markup is escaped, and only that. Pure."""

from __future__ import annotations

import re

_PUNCTUATION = r"!-/:-@\[-`{-~"
_RISKY = re.compile(r"[\\`*_~<&\[$]| ::")
_INLINE = re.compile(
    rf"\\(?=[{_PUNCTUATION}\n]|$)|`|(?<!\s)\*|\*(?!\s)|^\*|\*$"
    r"|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|<(?=[A-Za-z/!?])|&(?=\#?\w{1,32};)"
    r"|(?<=\s)(?=:::?(?:\s|$))"
)
_SQUARE = re.compile(r"\[(?=[\[^])")
_LINKS = ("](", "][", "]:")
# What begins a block at the start of a line: a heading, a list, a quote, a rule, a table, a fence.
_START = re.compile(
    r"^(?:(?P<sign>\#(?=\#{0,5}(?:\s|$))|[-+*](?=\s|$)|>|[=-](?=[=-]*\s*$)|~(?=~~)|[|:](?=[-:| ]*$)"
    r"|-(?=[-:| ]+\|[-:| ]*$))|(?P<number>\d{1,9})(?=[.)](?:\s|$)))",
    re.MULTILINE,
)
_STARTS = re.compile(r"^[#\-+*>=~|:\d]", re.MULTILINE)
# Our own tags where a line begins, and an id at the end.
_TAG = re.compile(r"^(?P<tag>[QAC]|Why|Flip|Variant|Params|Answer|Tolerance):", re.MULTILINE)
_ID = re.compile(r"(?:^|(?<=\s))\^(?=[a-z0-9-]{3,}\Z)")


def inline(text: str, *, dollars: bool) -> str:
    """A stretch of text without line ends of its own meaning, as markdown shows it unchanged.

    `dollars`: there are others with which a dollar sign could enclose a formula.
    """
    if not _RISKY.search(text):
        return text
    has_links = any(sign in text for sign in _LINKS)
    text = _INLINE.sub(r"\\\g<0>", text)
    if "[" in text:
        # With a backslash before a bracket further on, ours would begin a formula.
        sign = "&#91;" if "\\]" in text else "\\["
        text = text.replace("[", sign) if has_links else _SQUARE.sub(lambda _: sign, text)
    return text.replace("$", "\\$") if dollars else text


def paragraph(text: str) -> str:
    """A paragraph of markdown none of whose lines begins a block."""
    if not _STARTS.search(text):
        return text
    return _START.sub(_escaped, text)


def whole(text: str) -> str:
    """The text of a field of a card, none of whose lines begins another, and without an id."""
    if "\n" in text:
        first, end, rest = text.partition("\n")
        text = f"{first}{end}{_TAG.sub(_tag, rest)}"
    if "^" in text:
        text = _ID.sub(r"\\^", text)
    return text


def _escaped(found: re.Match[str]) -> str:
    return f"{found['number']}\\" if found["number"] else f"\\{found[0]}"


def _tag(found: re.Match[str]) -> str:
    return f"{found['tag']}\\:"
