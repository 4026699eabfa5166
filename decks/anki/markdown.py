"""Fields of HTML as markdown that says the same. Pure.

What was text stays text; what was bold, a list, a table, code or a formula is that in markdown.
Scripts, styles and colours are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import unescape
from urllib.parse import quote

from decks.anki import emphasis, escapes, maths
from decks.anki.emphasis import EM, STRIKE, STRONG
from decks.anki.markup import LINES, Element, parsed
from decks.anki.verbatim import fence, inline_code, words_of

# Noncharacters: a line that breaks, and one that begins unless it does so anyway.
_BREAK, _FRESH = "\ufdd8", "\ufdd9"
_MARKS = re.compile("[\0\ufdd6-\ufdef\ud800-\udfff]")
_SPECIAL = re.compile("[<&\\\\\\[\0\ufdd6-\ufdef\ud800-\udfff]")
# Blanks that are more than one space; of what is left of them, an end of a line stays one.
_BLANKS = re.compile(r"[ ]*[\t-\r\xa0\x1c-\x1f\x85\u2028\u2029][\s\xa0]*|  +")
_SOUND = re.compile(r"\[sound:([^\[\]\n]++)\]")
_BREAKS = re.compile(f"[{_BREAK}{_FRESH}]")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
_STYLES = {
    "b": STRONG, "strong": STRONG, "i": EM, "em": EM, "s": STRIKE, "del": STRIKE, "strike": STRIKE,
    "cite": EM, "dfn": EM, "var": EM, "h1": STRONG, "h2": STRONG, "h3": STRONG, "h4": STRONG,
    "h5": STRONG, "h6": STRONG, "dt": STRONG,
}  # fmt: skip
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_SUPER = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SCRIPTS = {"sup": (_SUPER, "^"), "sub": (_SUB, "_")}
_WEB = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_MOST_COLUMNS = 50

Link = Callable[[str], str]  # from a media file as a field names it to the target of our picture


def markdown(html: str, link: Link) -> str:
    """The HTML as markdown, without blanks around it; `link` is asked for each media file."""
    html = html.strip()
    if not _SPECIAL.search(html):
        return _plain(html) if html else ""
    html = _MARKS.sub("�", html)
    html, formulas = maths.taken_out(html)
    if "<" not in html and "[sound:" not in html:
        text = _plain(unescape(html) if "&" in html else html, formulas)
    else:
        dollars = _has_dollars(html, formulas) or ("$" in html and "&" in html)
        blocks = _Writer(link, dollars=dollars).blocks(parsed(html).children, ())
        text = escapes.whole("\n\n".join(blocks).strip())
    return maths.put_back(text, formulas) if formulas else text


def _has_dollars(text: str, formulas: Sequence[str] = ()) -> bool:
    return text.count("$") > (not formulas)


def _plain(text: str, formulas: Sequence[str] = ()) -> str:
    text = _tidy(text).strip() if "\n" in text else " ".join(text.split())
    text = escapes.inline(text, dollars=_has_dollars(text, formulas))
    return escapes.whole(escapes.paragraph(text))


def _tidy(text: str) -> str:
    """The text with no more than one blank at a time."""
    return _BLANKS.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    return "\n" if "\n" in found[0] else " "


class _Writer:
    """From the tree to blocks of markdown."""

    def __init__(self, link: Link, *, dollars: bool) -> None:
        self.link, self.dollars = link, dollars

    # Blocks

    def blocks(self, nodes: Sequence[Element | str], styles: tuple[str, ...]) -> list[str]:
        """The blocks that these nodes make; `styles` hold for all their words."""
        found: list[str] = []
        run: list[str] = []
        for node in nodes:
            if isinstance(node, str) or not (node.is_block or node.holds_blocks):
                run.append(self.inline(node, styles))
                continue
            found += _paragraphs("".join(run))
            run.clear()
            found += self._block(node, styles)
        return found + _paragraphs("".join(run))

    def _block(self, node: Element, styles: tuple[str, ...]) -> Iterable[str]:
        tag = node.tag
        if tag in ("ul", "ol"):
            return filter(None, ["\n".join(self._items(node, styles))])
        if tag == "pre" or tag in _CODE:
            return filter(None, [fence(node)])
        if tag == "table":
            return self._table(node, styles)
        if tag == "hr":
            return ["***"]
        inner = self.blocks(node.children, _with(styles, _style(node)))
        if tag == "blockquote" and inner:
            lines = "\n\n".join(inner).split("\n")
            return ["\n".join(f"> {line}" if line else ">" for line in lines)]
        if tag == "li" and inner:  # outside of a list
            return [_item("- ", inner)]
        return inner

    def _items(self, node: Element, styles: tuple[str, ...]) -> Iterator[str]:
        start = node.get("start")
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1
        for child in node.children:
            if isinstance(child, str) and not child.strip():
                continue
            within = child.children if isinstance(child, Element) and child.tag == "li" else [child]
            inner = self.blocks(within, styles)
            marker = f"{number}. " if node.tag == "ol" else "- "
            if isinstance(child, Element) and child.tag in ("ul", "ol"):
                yield from _indented(inner, len(marker))  # belongs to the item above it
                continue
            yield _item(marker, inner)
            number += 1

    def _table(self, node: Element, styles: tuple[str, ...]) -> list[str]:
        rows = list(_rows(node))
        cells = [cell for row in rows for cell in row]
        columns = max(map(len, rows), default=0)
        if columns > _MOST_COLUMNS or columns < 2 or any(cell.holds_blocks for cell in cells):
            return [block for cell in cells for block in self.blocks(cell.children, styles)]
        lines = [[self._cell(cell, styles) for cell in row] for row in rows]
        lines = [[*line, *[""] * (columns - len(line))] for line in lines]
        rule = ["---"] * columns
        return ["\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])]

    def _cell(self, cell: Element, styles: tuple[str, ...]) -> str:
        run = "".join(self.inline(child, styles) for child in cell.children)
        return " ".join(_BREAKS.sub(" ", emphasis.resolved(run)).split()).replace("|", "\\|")

    # Words

    def inline(self, node: Element | str, styles: tuple[str, ...]) -> str:
        """Words as markdown, with marks for emphasis and for the ends of lines."""
        if isinstance(node, str):
            return self._words(node, styles)
        tag = node.tag
        if tag == "br":
            return _BREAK
        if tag in LINES:
            return f"{_FRESH}{self._inside(node, styles)}{_FRESH}"
        if tag in _CODE:
            return inline_code(words_of(node))
        if tag == "img" or tag in ("audio", "video", "embed", "source"):
            return self._medium(node) + self._inside(node, styles)
        if tag in _SCRIPTS:
            return self._script(node, styles)
        if tag == "a":
            return self._anchor(node, styles)
        if tag == "rt":
            return f"({self._inside(node, styles)})"
        if tag == "q":
            return f"“{self._inside(node, styles)}”"
        return "" if tag == "rp" else self._inside(node, _with(styles, _style(node)))

    def _inside(self, node: Element, styles: tuple[str, ...]) -> str:
        return "".join(self.inline(child, styles) for child in node.children)

    def _words(self, text: str, styles: tuple[str, ...]) -> str:
        if "[sound:" in text:
            pieces = _SOUND.split(text)
            pieces[::2] = [self._said(piece, styles) for piece in pieces[::2]]
            pieces[1::2] = [self._picture(name, "") for name in pieces[1::2]]
            return "".join(pieces)
        return self._said(text, styles)

    def _said(self, text: str, styles: tuple[str, ...]) -> str:
        text = escapes.inline(_tidy(text), dollars=self.dollars)
        return emphasis.around(text, styles) if styles else text

    def _medium(self, node: Element) -> str:
        source = node.get("src")
        return self._picture(source, node.get("alt")) if source else ""

    def _picture(self, name: str, words: str) -> str:
        words = re.sub(r"[\[\]\\`\s]+", " ", words).strip()
        if name.lower().startswith("data:"):
            return f"[image: {words or 'embedded'}]"
        if _WEB.match(name):
            return f"![{words}]({_address(name)})"
        target = self.link(name.strip())
        return f"![{words}]({quote(target)})" if target else ""

    def _script(self, node: Element, styles: tuple[str, ...]) -> str:
        table, sign = _SCRIPTS[node.tag]
        words = words_of(node).strip()
        if words and all(ord(character) in table for character in words):
            return words.translate(table)
        inside = self._inside(node, styles)
        if not inside.strip():
            return ""
        return f"{sign}{inside}" if len(words) == 1 else f"{sign}({inside})"

    def _anchor(self, node: Element, styles: tuple[str, ...]) -> str:
        words, target = self._inside(node, styles), node.get("href").strip()
        if not _WEB.match(target) or _BREAKS.search(words) or "![" in words:
            return words
        if words_of(node).strip() == target and not re.search(r"[\s<>]", target):
            return f"<{target}>"
        return f"[{words}]({_address(target)})" if words.strip() else words


def _with(styles: tuple[str, ...], style: str) -> tuple[str, ...]:
    return styles if not style or style in styles else (*styles, style)


def _style(node: Element) -> str:
    if node.tag in _STYLES:
        return _STYLES[node.tag]
    if node.tag in ("span", "font") and node.attributes:
        told = node.get("style")
        if _BOLD.search(told):
            return STRONG
        return EM if _ITALIC.search(told) else ""
    return ""


def _paragraphs(run: str) -> list[str]:
    """The paragraphs of a run of words: lines that break, and between blank ones."""
    if not run or run.isspace():
        return []
    run = emphasis.resolved(run)
    if _BREAK not in run and _FRESH not in run:
        return [escapes.paragraph(_tidy(run).strip())]
    lines = [_tidy(line).strip() for line in _lines(run)]
    found: list[list[str]] = [[]]
    for line in lines:
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [escapes.paragraph("  \n".join(part)) for part in found if part]


def _lines(run: str) -> Iterator[str]:
    at, is_fresh = 0, True
    for mark in _BREAKS.finditer(run):
        words = run[at : mark.start()]
        at = mark.end()
        if words.strip():
            is_fresh = False
        if mark[0] == _BREAK or not is_fresh:
            yield words
            is_fresh = True
    yield run[at:]


def _item(marker: str, blocks: Sequence[str]) -> str:
    """An item of a list with all that belongs to it, below its first line indented."""
    pieces: list[str] = []
    for block in blocks:
        is_list = re.match(r"(?:- |\d+\. )", block)
        pieces.append("\n" if is_list else "\n\n")
        pieces.append(block)
    indent = " " * len(marker)
    lines = "".join(pieces[1:]).split("\n")
    if not blocks:
        return marker.rstrip()
    return "\n".join([marker + lines[0], *(indent + line if line else "" for line in lines[1:])])


def _indented(blocks: Sequence[str], width: int) -> Iterator[str]:
    for block in blocks:
        yield "\n".join(f"{' ' * width}{line}" for line in block.split("\n"))


def _rows(node: Element) -> Iterator[list[Element]]:
    for child in node.children:
        if isinstance(child, str):
            continue
        if child.tag == "tr":
            cells = [c for c in child.children if isinstance(c, Element) and c.tag in ("td", "th")]
            if cells:
                yield cells
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
        elif child.tag == "caption":
            yield [child]


def _address(url: str) -> str:
    return quote(url, safe="!#$%&'*+,/:;=?@[]~")
