"""Words as they are: code in fields, as fences and as code in a line. Pure."""

from __future__ import annotations

import re

from decks.anki.markup import LINES, Element

_LANGUAGE = re.compile(r"\b(?:language|lang)-([\w+#.-]+)")
_TICKS = re.compile("`+")


def words_of(node: Element | str) -> str:
    """All words of a node as they are, ends of lines included."""
    if isinstance(node, str):
        return node.replace("\xa0", " ")
    if node.tag == "br":
        return "\n"
    inside = "".join(map(words_of, node.children))
    if node.tag in LINES or node.tag == "p":
        return f"{inside}\n" if not inside.endswith("\n") else inside
    return inside


def fence(node: Element) -> str:
    """The node's words as a block of code; "" if there are none."""
    code = words_of(node).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not code.strip():
        return ""
    ticks = "`" * max(3, 1 + _longest(code))
    return f"{ticks}{_language(node)}\n{code.rstrip()}\n{ticks}"


def _language(node: Element) -> str:
    while True:
        if found := _LANGUAGE.search(node.get("class")):
            return found[1]
        inner = [child for child in node.children if isinstance(child, Element)]
        if len(inner) != 1:
            return ""
        node = inner[0]


def inline_code(text: str) -> str:
    """The words as code within a line."""
    text = " ".join(text.split("\n")).strip("\n") if "\n" in text else text
    if not text.strip():
        return text
    ticks = "`" * (1 + _longest(text) if "`" in text else 1)
    blank = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"


def _longest(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
