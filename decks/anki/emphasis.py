"""Strong and other emphasis, as far as markdown can express it where it stands. Pure.

While a paragraph is put together, emphasis is a pair of marks around words; only when its
neighbours are known does it become stars.
"""

from __future__ import annotations

import re

from decks.anki import clozes

STRONG, EM, STRIKE = "\ufdda", "\ufddb", "\ufddc"
_END = "\ufddd"  # behind the sign of what ends
_SIGNS = {STRONG: "**", EM: "*", STRIKE: "~~"}
# A stretch that goes on at once is one.
_NEXT = {style: re.compile(f"{style}{_END}{style}(?!{_END})") for style in _SIGNS}
_STRETCH_OF = {
    style: re.compile(f"{style}(?!{_END})(.*?){style}{_END}", re.DOTALL) for style in _SIGNS
}
_MARKS = re.compile(f"[{STRONG}{EM}{STRIKE}{_END}]")
_GAP_ONLY = re.compile(
    f"{clozes.OPEN}(\\d+){clozes.NUMBER}([^{clozes.OPEN}{clozes.HINT}{clozes.CLOSE}]+)"
    f"((?:{clozes.HINT}[^{clozes.OPEN}{clozes.CLOSE}]*)?){clozes.CLOSE}"
)


def around(text: str, styles: tuple[str, ...]) -> str:
    """The words with marks of each style around them."""
    words = text.strip()
    if not words:
        return text
    before = "".join(styles)
    after = "".join(f"{style}{_END}" for style in reversed(styles))
    at = text.index(words)
    return f"{text[:at]}{before}{words}{after}{text[at + len(words) :]}"


def resolved(text: str) -> str:
    """A paragraph with stars instead of marks."""
    found = [style for style in _SIGNS if style in text]
    for style in found:
        text = _NEXT[style].sub("", text)
    for style in found:
        text = _inside_gaps(text, style)
    for style in found:
        text = _signed(text, style)
    return text


def _inside_gaps(text: str, style: str) -> str:
    """Emphasis of nothing but a gap goes into the gap, where it is when the gap is shown."""
    if clozes.OPEN not in text:
        return text
    whole = re.compile(f"{style}{_GAP_ONLY.pattern}{style}{_END}")
    inner = rf"{clozes.OPEN}\1{clozes.NUMBER}{style}\2{style}{_END}\3{clozes.CLOSE}"
    return whole.sub(inner, text)


def _signed(text: str, style: str) -> str:
    sign = _SIGNS[style]
    pieces: list[str] = []
    at = 0
    for found in _STRETCH_OF[style].finditer(text):
        start, end = found.span()
        before = _neighbour(text[max(0, start - 8) : start], last=True)
        after = _neighbour(text[end : end + 8], last=False)
        inside = found[1]
        fits = _opens(before, inside) and _closes(inside, after)
        pieces += (text[at:start], f"{sign}{inside}{sign}" if fits else inside)
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _neighbour(text: str, *, last: bool) -> str:
    """The nearest character that is no mark; "" at an edge."""
    text = _MARKS.sub("", text)
    return text[-1 if last else 0] if text else ""


def _opens(before: str, inside: str) -> bool:
    """Whether stars between the two would open emphasis: as CommonMark defines it, nearly."""
    first = _MARKS.sub("", inside)[:1]
    return bool(first) and (first.isalnum() or not before.isalnum())


def _closes(inside: str, after: str) -> bool:
    last = _MARKS.sub("", inside)[-1:]
    return bool(last) and (last.isalnum() or not after.isalnum())
