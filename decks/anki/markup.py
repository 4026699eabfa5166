"""HTML as people's editors leave it, read into a tree of bounded depth. Pure."""

from __future__ import annotations

import re
from html import unescape

DEEPEST = 40
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:_-]{0,30})((?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_VOID = frozenset((
    "br", "hr", "img", "input", "wbr", "col", "source", "embed", "link", "meta", "track", "base",
    "area", "param",
))  # fmt: skip
_SILENT = frozenset(("script", "style", "head", "title", "template", "svg", "object", "iframe"))
BLOCKS = frozenset((
    "p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "hr", "h1", "h2", "h3",
    "h4", "h5", "h6",
))  # fmt: skip
# Their content stands on lines of its own.
LINES = frozenset((
    "div", "section", "article", "header", "footer", "main", "aside", "nav", "center", "details",
    "summary", "figure", "figcaption", "form", "fieldset", "address", "legend", "body", "html",
))  # fmt: skip
_INLINE = frozenset((
    "a", "abbr", "acronym", "anki-mathjax", "audio", "b", "bdi", "bdo", "big", "button", "canvas",
    "caption", "cite", "code", "colgroup", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "math", "noscript", "nobr", "option", "output", "picture", "q", "rb", "rp",
    "rt", "ruby", "s", "samp", "select", "small", "span", "strike", "strong", "sub", "sup", "tbody",
    "td", "textarea", "tfoot", "th", "thead", "time", "tr", "tt", "u", "var", "video",
))  # fmt: skip
_KNOWN = BLOCKS | LINES | _INLINE | _VOID | _SILENT
# What a start tag ends, up to the element that holds such parts.
_ENDS = {
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "td", "th"}, {"table"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tbody": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
}
_CLOSED_BY_BLOCKS = "p"
_CODE = ("code", "tt", "kbd", "samp")


class Element:
    """An element with what it holds, in order; `holds_blocks`: at any depth."""

    __slots__ = ("attributes", "children", "holds_blocks", "is_block", "tag")

    def __init__(self, tag: str, attributes: str = "") -> None:
        self.tag = tag
        self.attributes = attributes  # as written
        self.children: list[Element | str] = []
        self.is_block = tag in BLOCKS
        self.holds_blocks = False

    def get(self, name: str) -> str:
        """An attribute's value; "" without one."""
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found[1].lower() == name:
                return unescape(found[2] or found[3] or found[4] or "")
        return ""


def parsed(html: str) -> Element:
    """The tree of a text; strings in it are text, with characters for their entities."""
    return _Parser(html).tree()


class _Parser:
    def __init__(self, html: str) -> None:
        self.html = html
        self.root = Element("")
        self.stack = [self.root]
        self.hopeless: set[str] = set()  # what is not to be found any more

    def tree(self) -> Element:
        html, at, look = self.html, 0, 0
        while (start := html.find("<", look)) >= 0:
            if html.startswith("<!--", start) or html.startswith(("<!", "<?"), start):
                end = self._comment_end(start)
                if end < 0:
                    look = start + 1
                    continue
                self._text(html[at:start])
                at = look = end
                continue
            tag = _TAG.match(html, start)
            if not tag or not self._is_known(tag[1].lower()):
                look = start + 1
                continue
            self._text(html[at:start])
            at = look = self._take(tag)
        self._text(html[at:])
        return self.root

    @staticmethod
    def _is_known(name: str) -> bool:
        return name in _KNOWN or ":" in name or "-" in name

    def _comment_end(self, start: int) -> int:
        closer = "-->" if self.html.startswith("<!--", start) else ">"
        if closer in self.hopeless:
            return -1
        end = self.html.find(closer, start + 2)
        if end < 0:
            self.hopeless.add(closer)
        return end + len(closer) if end >= 0 else -1

    def _text(self, raw: str) -> None:
        if raw:
            self.stack[-1].children.append(unescape(raw) if "&" in raw else raw)

    def _take(self, tag: re.Match[str]) -> int:
        """Where to read on after a tag."""
        name = tag[1].lower()
        if tag[0][1] == "/":
            self._close(name)
        elif name in _SILENT:
            return self._skip(name, tag)
        elif name in _VOID:
            self._add(Element(name, tag[2]))
        else:
            self._open(Element(name, tag[2]))
        return tag.end()

    def _skip(self, name: str, tag: re.Match[str]) -> int:
        closer = f"</{name}"
        if closer in self.hopeless:
            return tag.end()
        found = re.compile(re.escape(closer) + r"[^<>]*>", re.IGNORECASE).search(
            self.html, tag.end()
        )
        if not found:
            self.hopeless.add(closer)
            return tag.end()
        return found.end()

    def _open(self, element: Element) -> None:
        name = element.tag
        if name in _ENDS:
            self._end(*_ENDS[name])
        elif element.is_block and self.stack[-1].tag == _CLOSED_BY_BLOCKS:
            self.stack.pop()
        self._add(element)
        if len(self.stack) < DEEPEST:
            self.stack.append(element)

    def _add(self, element: Element) -> None:
        self.stack[-1].children.append(element)
        tag = element.tag
        if element.is_block:
            self._mark(len(self.stack))
        elif tag == "br" or tag in LINES:
            self._code_of_lines()

    def _mark(self, depth: int) -> None:
        for above in self.stack[:depth]:
            above.holds_blocks = True

    def _code_of_lines(self) -> None:
        """Code of several lines is a block."""
        for depth, above in enumerate(self.stack):
            if above.tag in _CODE:
                above.is_block = True
                self._mark(depth)
                return

    def _end(self, ended: set[str], within: set[str]) -> None:
        for depth in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[depth].tag
            if tag in within:
                return
            if tag in ended:
                del self.stack[depth:]

    def _close(self, name: str) -> None:
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].tag == name:
                del self.stack[depth:]
                return
        if name in ("br", "p"):
            self._add(Element("br"))
