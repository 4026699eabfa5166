"""HTML and SVG from text: whatever is not markup already is escaped. Pure.

What is made is well-formed XML as well as HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from unicodedata import category

_VOID = {"meta", "br", "img", "rect", "line", "circle", "path", "polyline"}
_CONTROLS = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "␡"}
_BLANKS = dict.fromkeys((0x09, 0x0A, 0x2028, 0x2029), " ")
# Letters and marks by their category, yet nobody sees them.
_UNSEEN = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFFA0)
# Joiners and marks of direction stay, for emoji and Persian need them; so do Arabic signs.
_SEEN = (*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x08E2, *range(0x200C, 0x2010))
_FIXED = {
    **_CONTROLS,
    **_BLANKS,
    **{code: f"<U+{code:04X}>" for code in _UNSEEN},
    **{code: chr(code) for code in _SEEN},
}
# A character with more marks than any language puts on it climbs over the lines around it.
_MOST_MARKS = 8


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float | None) -> Markup:
    """An element; `class_` is written class, `aria_label` aria-label, None is left out."""
    head = name + "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None
    )
    return Markup(f"<{head}/>") if name in _VOID else Markup(f"<{head}>{join(children)}</{name}>")


def opening(name: str, /, **attributes: str | float | None) -> Markup:
    """The start of an element whose children follow; who takes it writes its end."""
    return Markup(element(name, **attributes).removesuffix(f"</{name}>"))


def join(parts: Iterable[str]) -> Markup:
    """The parts one after the other, each escaped unless it is markup."""
    return Markup("".join(text(part) for part in parts))


def text(words: str) -> Markup:
    """The words as markup that shows them, and does nothing else."""
    return words if isinstance(words, Markup) else Markup(escape(harmless(words)))


def harmless(words: str) -> str:
    """On one line: controls as pictures (␛), what turns text around or stays unseen spelled out,
    what is no character as �, and no heaps of marks."""
    if words.isascii() and words.isprintable():
        return words
    shown, marks = [], 0
    for character in words:
        marks = marks + 1 if category(character).startswith("M") else 0
        if marks <= _MOST_MARKS:
            shown.append(_FIXED.get(ord(character)) or _by_category(character))
    return "".join(shown)


def _by_category(character: str) -> str:
    kind = category(character)
    if kind in ("Cc", "Cs", "Cn"):
        return "�"
    return f"<U+{ord(character):04X}>" if kind == "Cf" else character


def _attribute(key: str, value: str | float) -> str:
    said = escape(harmless(value)) if isinstance(value, str) else number(value)
    return f' {key.rstrip("_").replace("_", "-")}="{said}"'


def number(value: float) -> str:
    """A coordinate, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
