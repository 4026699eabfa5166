"""Markdown on a page made of lines: what a deck or a concept says of itself."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from srs.cli.charts import Block, line, wrapped
from srs.cli.render import card_text
from srs.cli.theme import Look


def prose(text: str, width: int, look: Look) -> Block:
    """The text as a card would show it, broken between words."""
    shown = card_text(text, look=look)
    if isinstance(shown, Text):
        return wrapped(shown, width)
    rendered = Console(width=width, highlight=False).render_lines(shown, pad=False)
    return [line().append_tokens((part.text, part.style) for part in parts) for parts in rendered]
