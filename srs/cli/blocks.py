"""Markdown with lists, code and tables, by Rich. Slow to load, so only where a card needs it."""

from __future__ import annotations

from markdown_it import MarkdownIt
from rich.markdown import Markdown


class CardMarkdown(Markdown):
    """Markdown in which nothing vanishes: `List<int>` is not HTML, and links show their address."""

    def __init__(self, text: str) -> None:
        super().__init__("", code_theme="ansi_dark", hyperlinks=False)
        parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
        self.markup = text
        self.parsed = parser.parse(text)
