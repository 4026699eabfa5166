"""What may reach a terminal: nothing that moves its cursor, hides text or turns it around."""

from __future__ import annotations

_C0 = {code: 0x2400 + code for code in range(0x20) if code != 0x0A} | {0x7F: 0x2421}
_C1 = dict.fromkeys(range(0x80, 0xA0), "�")
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "�")
_BIDI = {code: f"<U+{code:04X}>" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_TAGS = {code: f"<U+{code:05X}>" for code in range(0xE0000, 0xE0080)}
_BREAKS = {0x2028: "\n", 0x2029: "\n", 0x09: "    "}
_TABLE: dict[int, int | str] = {**_C0, **_C1, **_BIDI, **_TAGS, **_BREAKS}
_ALL: dict[int, int | str] = {**_TABLE, **_SURROGATES}


def safe(text: str) -> str:
    """The text with control characters as pictures (␛), bidirectional overrides spelled out, tabs
    as spaces; line ends and joiners stay."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_ALL)


def safe_line(text: str) -> str:
    """The same on one line."""
    return safe(text).replace("\n", "␊")
