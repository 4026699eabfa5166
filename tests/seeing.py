"""What one sees of a card in Anki; and that it is words, not markup of somebody's."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_TAGS = {
    "a", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "li", "main", "ol",
    "p", "pre", "s", "section", "small", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "u", "ul", "wbr",
}  # fmt: skip
_ATTRIBUTES = {
    "alt", "class", "colspan", "data-cloze", "data-key", "data-ordinal", "dir", "href", "id",
    "lang", "open", "src", "start", "style", "title",
}  # fmt: skip


class Seen(HTMLParser):
    """Takes markup apart as a browser does; asserts that none of it can do anything."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.plain = "", ""
        self.within: list[str] = []
        self.feed(_STYLE.sub("", markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        for name, value in attrs:
            assert name in _ATTRIBUTES, (tag, name)
            said = value or ""
            assert name != "href" or said.startswith(("http://", "https://")), said
            assert name != "src" or ":" not in said, said
            assert name != "style" or re.fullmatch(r"text-align: ?\w+;?", said), said
        self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.within:
            del self.within[len(self.within) - 1 - self.within[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.text += data
        if not {"code", "pre"} & set(self.within):
            self.plain += f"{data}\n"

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def words(text: str) -> str:
    """The same on one line."""
    return " ".join(text.split())


def seen(markup: str) -> str:
    """The words of a field or of a side of a card, on one line."""
    return words(Seen(markup).text)
