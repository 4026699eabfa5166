"""What may reach a terminal: nothing that moves its cursor, hides text or turns it around."""

from __future__ import annotations

import re

_C0 = {code: 0x2400 + code for code in range(0x20) if code != 0x0A} | {0x7F: 0x2421}
_C1 = dict.fromkeys(range(0x80, 0xA0), "�")
# Half characters, and noncharacters that stand for something else while a card is laid out.
_UNFIT = dict.fromkeys((*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF), "�")
_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
# Joiners and marks of direction stay: emoji and Persian need them.
_UNSEEN = (0xAD, 0x034F, 0x180E, 0x200B, *range(0x2060, 0x2065), *range(0x206A, 0x2070), 0xFEFF)
_FILLERS = (0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0xFFF9, 0xFFFC))
_TAGS = range(0xE0000, 0xE0080)
_SPELLED = {code: f"<U+{code:04X}>" for code in (*_BIDI, *_UNSEEN, *_FILLERS, *_TAGS)}
_BREAKS = {0x2028: "\n", 0x2029: "\n", 0x09: "    "}
_TABLE: dict[int, int | str] = {**_C0, **_C1, **_UNFIT, **_SPELLED, **_BREAKS}
# A character with more marks than any language puts on it climbs over the lines around it.
_MOST_MARKS = 8
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u061c\u1ab0-\u1aff\u1dc0-\u1dff\u200c-\u200f\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]"
)
_HEAP = re.compile(f"(?<={_MARK}{{{_MOST_MARKS}}}){_MARK}+")


def safe(text: str) -> str:
    """The text with control characters as pictures (␛), overrides of direction and what nobody
    could see spelled out, tabs as spaces, heaps of marks counted; line ends and joiners stay."""
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_TABLE)
    return text if text.isascii() else _HEAP.sub(_counted, text)


def safe_line(text: str) -> str:
    """The same on one line."""
    return safe(text).replace("\n", "␊")


def _counted(heap: re.Match[str]) -> str:
    return f"<{len(heap[0])} more marks>"
