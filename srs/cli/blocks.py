"""Markdown with lists, code and tables, by Rich. Slow to load, so only where a card needs it."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.markdown import Markdown

from srs.cli.safe import safe


class CardMarkdown(Markdown):
    """Markdown in which nothing vanishes: `List<int>` is not HTML, and links show their address."""

    def __init__(self, text: str) -> None:
        super().__init__("", code_theme="ansi_dark", hyperlinks=False)
        parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
        self.markup = text
        self.parsed = [_made_safe(token) for token in parser.parse(text)]


def _made_safe(token: Token) -> Token:
    # An entity such as &#x202e; has become a character only now.
    token.content = safe(token.content)
    for child in token.children or ():
        _made_safe(child)
    return token
