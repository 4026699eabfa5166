"""Card text to things that Rich can lay out. No printing, and no markup is ever interpreted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from srs.cli.safe import safe

if TYPE_CHECKING:
    from rich.console import RenderableType

# Lists, headings, quotes, fences, tables, indented code: text whose lines mean something.
_BLOCK = re.compile(r"^(?: {0,3}(?:[-*+] |\d+[.)] |#{1,6} |> |```|~~~|\|)| {4}\S)", re.MULTILINE)
_INLINE = re.compile(
    r"(?P<code>(?P<ticks>`+)(?P<body>.+?)(?P=ticks)(?!`))"
    r"|(?P<strong>\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*)"
    r"|(?P<em>(?<![\w*])\*(?=[^\s*])(?P<slant>[^*\n]+?)(?<=\S)\*(?![\w*]))"
    r"|(?P<gap>\[\.\.\.\])"
    r"|(?P<escape>\\(?P<plain>[\\`*_\[\]{}()#+.!<>|-]))",
    re.DOTALL,
)
_STYLES = {"code": "cyan", "em": "italic", "gap": "bold magenta"}
_BODIES = {"code": "body", "strong": "bold", "em": "slant", "gap": "gap", "escape": "plain"}


def has_blocks(text: str) -> bool:
    """Whether the text needs the markdown renderer, which is slow to load."""
    return _BLOCK.search(text) is not None


def card_text(text: str, strong: str = "bold") -> RenderableType:
    """Markdown as a person would want to read it; `strong` is the style of strong emphasis."""
    return _blocks(text) if has_blocks(text) else inline(text, strong)


def inline(text: str, strong: str = "bold") -> Text:
    """Paragraphs with emphasis, code and cloze deletions styled; everything else literally."""
    text = safe(text)
    paragraphs = [" ".join(part.split("\n")) for part in re.split(r"\n\s*\n", text.strip())]
    return Text("\n\n").join(_styled(part, _STYLES | {"strong": strong}) for part in paragraphs)


def _styled(text: str, styles: dict[str, str]) -> Text:
    styled, end = Text(), 0
    for match in _INLINE.finditer(text):
        kind = match.lastgroup if match.lastgroup in _BODIES else _kind(match)
        styled.append(text[end : match.start()])
        styled.append(match[_BODIES[kind]], styles.get(kind, ""))
        end = match.end()
    styled.append(text[end:])
    return styled


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind in _BODIES if match[kind] is not None)


def _blocks(text: str) -> RenderableType:
    from srs.cli.blocks import CardMarkdown

    return CardMarkdown(safe(text))
