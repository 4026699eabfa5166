"""HTML as note fields hold it, as markdown. Pure, in linear time; what is no tag stays as it is."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*+)?)/?>")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_LOOKS = re.compile(
    r"<(?:br|div|p|b|i|u|em|strong|span|ul|ol|li|img|code|pre|sub|sup|a|font|table|tr|td|h[1-6]|hr)"
    r"(?:\s[^<>]*)?/?>|&(?:nbsp|lt|gt|amp|quot|#\d+);",
    re.IGNORECASE,
)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~"}
_BARE = frozenset((
    "u", "span", "font", "tbody", "thead", "colgroup", "col", "table", "small", "big", "html",
    "body", "mark", "center",
))  # fmt: skip
_BLOCKS = frozenset((
    "div", "section", "article", "header", "footer", "tr", "dl", "dt", "dd", "blockquote", "figure",
))  # fmt: skip
_BLANKS = re.compile(r"\n{3,}")


def looks_html(text: str) -> bool:
    """Whether a text holds a tag or an entity of HTML."""
    return _LOOKS.search(text) is not None


def markdown(text: str) -> str:
    """Return the text of an HTML field as markdown: what it says, with its marks and lists."""
    writer = _Writer()
    at = 0
    text = _without_comments(text)
    for tag in _TAG.finditer(text):
        writer.words(text[at : tag.start()])
        at = tag.end()
        writer.tag(tag[2].casefold(), tag[3], tag[0], closes=bool(tag[1]))
    writer.words(text[at:])
    return writer.whole()


def _without_comments(text: str) -> str:
    pieces: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        pieces.append(text[at:start])
        at = end + 3
    return "".join([*pieces, text[at:]])


@dataclass(slots=True)
class _Open:
    """A tag while it is open, and what it holds."""

    name: str
    href: str = ""
    pieces: list[str] = field(default_factory=list)
    count: int = 0  # of the items of a list


class _Writer:
    def __init__(self) -> None:
        self.stack = [_Open("")]

    def words(self, text: str) -> None:
        """Add text."""
        if text:
            self._add(html.unescape(text).replace("\xa0", " "))

    def tag(self, name: str, inside: str, raw: str, *, closes: bool) -> None:
        """Open or close a tag."""
        if self._in("pre") and name not in ("pre", "br", "code", "div"):
            if name not in _BARE and name not in _MARKS:
                self._add(raw)
        elif name == "br":
            self._add("\n")
        elif name == "hr":
            self._add("\n\n---\n\n")
        elif name == "img":
            source = _attribute(inside, "src")
            self._add(f"![{_attribute(inside, 'alt')}]({_address(source)})" if source else raw)
        elif name in _BLOCKS or name == "p" or (name[0] == "h" and name[1:].isdigit()):
            self._block("\n\n" if name not in _BLOCKS else "\n")
        elif name in ("td", "th"):
            self._add(" | " if closes else "")
        elif name in _MARKS or name in ("code", "pre", "a", "ul", "ol", "li"):
            self._close(name) if closes else self._begin(name, inside)
        elif name not in _BARE:
            self._add(raw)  # `<sub>`, or no tag of HTML at all: `vector<int>`

    def whole(self) -> str:
        """All that was written, with every tag closed."""
        while len(self.stack) > 1:
            self._pop()
        text = "".join(self.stack[0].pieces)
        text = "\n".join(line.rstrip() for line in text.split("\n"))
        return _BLANKS.sub("\n\n", text).strip()

    def _in(self, name: str) -> bool:
        return any(each.name == name for each in self.stack[-4:])

    def _add(self, text: str) -> None:
        if text:
            self.stack[-1].pieces.append(text)

    def _block(self, ends: str) -> None:
        """Begin a new line, if something stands on this one."""
        held = self.stack[-1].pieces
        before = held[-1] if held else "\n\n"
        if not before.endswith(ends):
            self._add("\n" if before.endswith("\n") or ends == "\n" else ends)

    def _begin(self, name: str, inside: str) -> None:
        if name == "li" and self.stack[-1].name == "li":
            self._pop()
        if len(self.stack) < 64:
            self.stack.append(_Open(name, _attribute(inside, "href") if name == "a" else ""))

    def _close(self, name: str) -> None:
        depth = next((n for n, each in enumerate(reversed(self.stack)) if each.name == name), 0)
        if any(each.name == name for each in self.stack[-depth - 1 :]):
            for _ in range(depth + 1):
                self._pop()

    def _pop(self) -> None:
        done = self.stack.pop()
        text = "".join(done.pieces)
        above = self.stack[-1]
        if done.name in _MARKS:
            self._add(_around(text, _MARKS[done.name]))
        elif done.name == "code":
            self._add(text if above.name == "pre" else _code(text))
        elif done.name == "pre":
            self._add(_fenced(text))
        elif done.name == "a":
            is_link = done.href and text.strip() and done.href != text.strip()
            self._add(f"[{text.strip()}]({_address(done.href)})" if is_link else text or done.href)
        elif done.name == "li":
            above.count += 1
            mark = f"{above.count}. " if above.name == "ol" else "- "
            body = text.strip().replace("\n", "\n" + " " * len(mark))
            self._add(f"\n{mark}{body}" if body else "")
        else:
            self._add("\n" + text.strip("\n") + "\n")


def _attribute(inside: str, name: str) -> str:
    for found in _ATTRIBUTE.finditer(inside[:4096]):
        if found[1].casefold() == name:
            return html.unescape(found[2] or found[3] or found[4] or "")
    return ""


def _address(text: str) -> str:
    return f"<{text}>" if re.search(r"[\s()]", text) else text


def _around(text: str, mark: str) -> str:
    """Marks around a text, within the blanks at its ends."""
    body = text.strip()
    if not body or "\n\n" in body:
        return text
    start = text.index(body)
    return f"{text[:start]}{mark}{body}{mark}{text[start + len(body) :]}"


def _code(text: str) -> str:
    if not text.strip():
        return text
    if "\n" in text.strip():
        return _fenced(text)
    runs = [len(run) for run in re.findall(r"`+", text)]
    ticks = "`" * (max(runs, default=0) + 1)
    edge = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{edge}{text}{edge}{ticks}"


def _fenced(text: str) -> str:
    body = text.strip("\n")
    runs = [len(run) for run in re.findall(r"`{3,}", body)]
    fence = "`" * max(3, max(runs, default=0) + 1)
    return f"\n{fence}\n{body}\n{fence}\n" if body.strip() else ""
