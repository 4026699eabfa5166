"""Markdown with lists, code and tables, by Rich. Slow to load, so only where a card needs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich import box, markdown
from rich.padding import Padding
from rich.style import Style
from rich.syntax import ANSI_LIGHT, ANSISyntaxTheme, Syntax
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from srs.cli.held import MARK, Freed, take_out
from srs.cli.safe import safe
from srs.cli.theme import DARK, Look

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult

_DEEPEST = 20  # quotes and lists inside each other
_MOST_CELLS = 2_000
_MOST_BARS = 20_000  # lines times the bars of one: the parser fills short rows up
_LONGEST_COLOURED = 4_096
_NARROWEST = 12  # columns of the screen for the words of the innermost list
_NARROWEST_CELL = 6
_GAP = "[...]"
_PART = re.compile(rf"{MARK.pattern}|{re.escape(_GAP)}")
_BAR = re.compile(r"(?<!\\)\|")
_BEFORE_ROW = re.compile(r"(?:[\s>]|[-*+]\s|\d+[.)]\s)*\|?")  # of quotes and lists, and a bar
_LANGUAGE = re.compile(r"[\w.+#-]*")  # other words after the opening fence are the author's
_CELLS = ("th_open", "td_open")
_NESTING = ("blockquote_open", "bullet_list_open", "ordered_list_open")
_STYLES = {
    "markdown.em": "srs.emphasis", "markdown.code": "srs.code", "markdown.gap": "srs.gap",
    "markdown.image": "srs.image", "markdown.address": "srs.quiet", "markdown.hr": "srs.rule",
    "markdown.h1": "srs.title", "markdown.h2": "srs.title", "markdown.h3": "srs.title",
    "markdown.h4": "srs.title", "markdown.h5": "srs.title", "markdown.h6": "srs.title",
    "markdown.block_quote": "", "markdown.item.bullet": "srs.quiet",
    "markdown.item.number": "srs.quiet", "markdown.table.border": "srs.rule",
    "markdown.table.header": "srs.title",
}  # fmt: skip
# Rich's has yellow and bright colours, which a white background swallows.
_SWALLOWED = {"yellow": "magenta", "bright_blue": "blue", "bright_red": "red", "white": "default"}


class _Heading(markdown.Heading):
    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = dict.fromkeys(
        markdown.Heading.LEVEL_ALIGN, "left"
    )


class _Code(markdown.CodeBlock):
    """Code that wraps and keeps every character."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip("\n")
        text = Text(code)
        if self.theme and len(code) <= _LONGEST_COLOURED:
            text = Syntax("", self.lexer_name, theme=_syntax_theme(self.theme)).highlight(code)
            text.rstrip()
        text.no_wrap = False
        yield Padding(text, (0, 0, 0, 2))


class _Table(markdown.TableElement):
    """A table whose long words fold; where there is no room for columns, a line for each row."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = self.header.row.cells if self.header and self.header.row else []
        rows = [row.cells for row in self.body.rows] if self.body else []
        if len(head) * _NARROWEST_CELL > options.max_width:
            for cells in (head, *rows):
                yield Text(" | ").join(cell.content for cell in cells)
            return
        table = Table(box=box.SIMPLE, pad_edge=False, style="markdown.table.border")
        for cell in head:
            title = cell.content.copy()
            title.stylize("markdown.table.header")
            table.add_column(title, overflow="fold")
        for cells in rows:
            table.add_row(*(cell.content for cell in cells))
        yield table


class CardMarkdown(markdown.Markdown):
    """Markdown in which nothing vanishes: `List<int>` is not HTML, and links show their address.

    What would be unreadable or slow to lay out is shown as it is written.
    """

    elements: ClassVar[dict[str, type[markdown.MarkdownElement]]] = {
        **markdown.Markdown.elements, "heading_open": _Heading, "fence": _Code,
        "code_block": _Code, "table_open": _Table,
    }  # fmt: skip

    def __init__(self, text: str, strong: str = "srs.strong", look: Look = DARK) -> None:
        super().__init__("", code_theme=look.code_theme, hyperlinks=False)
        self.inlines = {"em", "strong", "code", "gap", "image", "address"}
        self.markup = safe(text)
        styles = {name: look.styles.get(meaning, "none") for name, meaning in _STYLES.items()}
        self.theme = Theme({**styles, "markdown.strong": look.styles.get(strong, strong)})
        self.indent = 0
        tokens = _parsed(self.markup, look)
        self.parsed = tokens or []
        self.is_literal = tokens is None
        if tokens:
            self.indent = _deepest(tokens, _columns)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not self.is_literal and options.max_width - self.indent >= _NARROWEST:
            with console.use_theme(self.theme):
                yield from super().__rich_console__(console, options)
        else:
            yield Text(self.markup)


class _Parser(MarkdownIt):
    """Links keep their address as it is written, wherever it leads."""

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:
        return True


def _parsed(text: str, look: Look) -> list[Token] | None:
    """The tokens of a text, all safe and readable; None if it is to be shown as it is written."""
    lines = text.split("\n")
    if len(lines) * max(line.count("|") for line in lines) > _MOST_BARS:
        return None
    freed = take_out(text)
    # Definitions of links would vanish, and a stroke through words does on many terminals.
    parser = _Parser("commonmark", {"html": False, "maxNesting": 4 * _DEEPEST})
    parser.enable("table").disable(["reference", "image"])
    tokens = parser.parse(freed.text)
    cells = sum(token.type in _CELLS for token in tokens)
    if cells > _MOST_CELLS or _deepest(tokens, _level) > _DEEPEST or _has_cut_row(tokens, freed):
        return None
    return [_made_safe(_readable(token, freed, look)) for token in tokens]


def _deepest(tokens: list[Token], cost: Callable[[Token], int]) -> int:
    """The most that blocks inside each other cost."""
    open_costs = [0]
    deepest = 0
    for token in tokens:
        if token.nesting > 0:
            open_costs.append(open_costs[-1] + cost(token))
            deepest = max(deepest, open_costs[-1])
        elif token.nesting < 0:
            open_costs.pop()
    return deepest


def _level(token: Token) -> int:
    return int(token.type in _NESTING)


def _columns(token: Token) -> int:
    """What Rich takes of the width."""
    if token.type == "ordered_list_open":
        return len(str(token.attrs.get("start", 1))) + 4
    return 4 * _level(token)


def _has_cut_row(tokens: list[Token], freed: Freed) -> bool:
    """Whether a table has a row with more cells than columns, which the parser drops."""
    lines = freed.text.split("\n")
    columns = 0
    for token in tokens:
        if token.type == "table_open":
            columns = 0
        columns += token.type == "th_open"
        if token.type == "tr_open" and token.map and columns:
            row = _BEFORE_ROW.sub("", lines[token.map[0]], count=1).rstrip().removesuffix("|")
            if len(_BAR.findall(row)) >= columns:
                return True
    return False


def _readable(token: Token, freed: Freed, look: Look) -> Token:
    """The token with formulas, images, gaps and addresses as they are shown."""
    if token.type in ("fence", "code_block"):
        token.content = freed.restored(token.content)
        if not token.content.strip() or not _LANGUAGE.fullmatch(token.info.strip()):
            token.content = f"{freed.restored(token.info)}\n{token.content}"
    children = token.children or []
    token.children = [part for child in children for part in _parts(child, freed, look)]
    _tell_addresses(token.children, freed)
    return token


def _parts(token: Token, freed: Freed, look: Look) -> Iterator[Token]:
    if token.type == "code_inline":
        token.content = freed.restored(token.content)
        if look.plain:
            token.content = f"{token.markup}{token.content}{token.markup}"
        yield token
    elif token.type != "text":
        yield token
    else:
        at = 0
        for match in _PART.finditer(token.content):
            yield _text(token.content[at : match.start()])
            yield _special(match, freed)
            at = match.end()
        yield _text(token.content[at:])


def _special(match: re.Match[str], freed: Freed) -> Token:
    if match[0] == _GAP:
        return _text(_GAP, "gap")
    held = freed.of(match)
    return _text(held.shown, "image" if held.style else "")


def _tell_addresses(tokens: list[Token], freed: Freed) -> None:
    """Links become their words and, where it says more, their address."""
    opened: list[int] = []  # an address in angle brackets may stand inside a link
    for number, token in enumerate(tokens):
        if token.type == "link_open":
            opened.append(number)
        elif token.type == "link_close":
            start = opened.pop()
            words = "".join(one.content for one in tokens[start:number])
            tokens[number] = _address(tokens[start], words, freed)
            tokens[start] = _text("")


def _address(link: Token, words: str, freed: Freed) -> Token:
    target, title = (freed.restored(str(link.attrs.get(key, ""))) for key in ("href", "title"))
    told = " ".join(part for part in (target if target != words else "", title) if part)
    return _text(f" ({told})" if told else "", "address")


def _text(content: str, style: str = "") -> Token:
    """A token that Rich shows as it is; `style` is one of CardMarkdown's `inlines`."""
    return Token("styled" if style else "text", style, 0, content=content)


def _made_safe(token: Token) -> Token:
    # An entity such as &#x202e; has become a character only now.
    token.content = safe(token.content)
    for child in token.children or ():
        _made_safe(child)
    return token


def _syntax_theme(name: str) -> ANSISyntaxTheme | str:
    if name != "ansi_light":
        return name
    return ANSISyntaxTheme({token: _darker(style) for token, style in ANSI_LIGHT.items()})


def _darker(style: Style) -> Style:
    name = style.color.name if style.color else ""
    return style + Style(color=_SWALLOWED[name]) if name in _SWALLOWED else style
