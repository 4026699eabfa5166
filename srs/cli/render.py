"""Card text to things that Rich can lay out. No printing, and no markup is ever interpreted."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.text import Text

from srs.cli.held import MARK, Freed, take_out
from srs.cli.safe import safe
from srs.cli.theme import DARK, Look

if TYPE_CHECKING:
    from rich.console import RenderableType

# Lists, headings, quotes, fences, tables, indented code: text whose lines mean something.
_BLOCK = re.compile(
    r"^(?: {0,3}(?:[-*+] |\d+[.)] |#{1,6} |>|```|~~~|\||:?-+:? *\|)| {4}\S)", re.MULTILINE
)
_TOKEN = re.compile(
    rf"`+|\*+|\[\.\.\.\]|\\[!-/:-@\[-`{{-~]|{MARK.pattern}"
    r"|(?P<hard>(?:\\|(?<! ) {2,})\n *+)|(?P<soft>\n)"
)
_TICKS = re.compile(r"`+")
_EMPHASIS = {1: ("srs.emphasis",), 2: ("srs.strong",), 3: ("srs.strong", "srs.emphasis")}
# Beyond the first, markdown can be made to take quadratic time; beyond the second, Rich is slow.
_LONGEST_MARKDOWN = 16_384
_LONGEST = 65_536
_LONGEST_LAST_LINE = 4_096


def has_blocks(text: str) -> bool:
    """Whether the text needs the markdown renderer, which is slow to load."""
    return _BLOCK.search(text) is not None


def card_text(text: str, strong: str = "srs.strong", look: Look = DARK) -> RenderableType:
    """Markdown as a person would want to read it; `strong` is the style of strong emphasis.

    Long text is shown as it is written, and very long text only in part.
    """
    shown, note = _cut(text)
    shown = safe(shown)
    if note or len(shown) > _LONGEST_MARKDOWN:
        return Text(shown + note)
    if not has_blocks(shown):
        return inline(shown, strong, look)
    from srs.cli.blocks import CardMarkdown

    return CardMarkdown(shown, strong, look)


def inline(text: str, strong: str = "srs.strong", look: Look = DARK) -> Text:
    """Paragraphs with hard breaks, and emphasis, code and cloze deletions styled; everything else
    literally."""
    freed = take_out(safe(text))
    paragraphs = re.split(r"\n\s*\n", freed.text.strip())
    styles = {**look.styles, "srs.strong": look.styles.get(strong, strong)}
    styled = (_Paragraph(part, freed, styles, look.plain).styled() for part in paragraphs)
    return Text("\n\n").join(styled)


def _cut(text: str) -> tuple[str, str]:
    """What is shown of a text, and a last line about the rest."""
    if len(text) <= _LONGEST:
        return text, ""
    end = text.rfind("\n", _LONGEST - _LONGEST_LAST_LINE, _LONGEST)
    end = _LONGEST if end < 0 else end
    return text[:end], f"\n… {len(text) - end:,} more characters: srs card show"


class _Paragraph:
    """One walk over the marks of a paragraph, in linear time whatever stands there."""

    def __init__(self, text: str, freed: Freed, styles: dict[str, str], plain: bool) -> None:
        self.text, self.freed, self.styles, self.plain = text, freed, styles, plain
        self.pieces: list[str] = []
        self.spans: list[tuple[int, int, str]] = []  # from piece, up to piece, style
        self.opened: dict[int, int] = {}  # emphasis: stars → their piece
        self.ticks: dict[int, list[int]] = {}
        for run in _TICKS.finditer(text):
            self.ticks.setdefault(len(run[0]), []).append(run.start())

    def styled(self) -> Text:
        """The paragraph without its marks. Those that open or close nothing stay."""
        at = 0
        while token := _TOKEN.search(self.text, at):
            self.pieces.append(self.text[at : token.start()])
            at = self._take(token)
        self.pieces.append(self.text[at:])
        starts = [0, *accumulate(len(piece) for piece in self.pieces)]
        styled = Text("".join(self.pieces))
        for first, last, style in self.spans:
            styled.stylize(self.styles[style], starts[first], starts[last])
        return styled

    def _take(self, token: re.Match[str]) -> int:
        """Where the text goes on after a token and what belongs to it."""
        sign = token[0]
        if sign[0] == "`":
            return self._code(token)
        if sign[0] == "*":
            self._stars(token)
        elif sign[0] == "[":
            self._add(sign, "srs.gap")
        elif token["hard"] or token["soft"]:
            self._add("\n" if token["hard"] else " ")
        elif sign[0] == "\\":
            self._add(sign[1:])
        else:
            held = self.freed.of(token)
            self._add(" ".join(held.shown.split("\n")), held.style)
        return token.end()

    def _add(self, piece: str, style: str = "") -> None:
        self.pieces.append(piece)
        if style:
            self.spans.append((len(self.pieces) - 1, len(self.pieces), style))

    def _code(self, opening: re.Match[str]) -> int:
        width = len(opening[0])
        starts = self.ticks.get(width, [])
        index = bisect_left(starts, opening.end())
        if index == len(starts):
            self._add(opening[0])
            return opening.end()
        body = self.freed.restored(self.text[opening.end() : starts[index]].replace("\n", " "))
        end = starts[index] + width
        self._add(f"{opening[0]}{body}{opening[0]}" if self.plain else _unpadded(body), "srs.code")
        return end

    def _stars(self, stars: re.Match[str]) -> None:
        width = len(stars[0])
        text, start, end = self.text, stars.start(), stars.end()
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        closes = width in self.opened and before.strip() and not (width == 1 and _is_word(after))
        opens = width in _EMPHASIS and after.strip() and not (width == 1 and _is_word(before))
        both = width == 3 and not closes and before.strip() and {1, 2} <= self.opened.keys()
        self.pieces.append("" if closes or both else stars[0])
        if closes:
            self._close(width)
        elif both:  # `**a *b***`
            for one in sorted((1, 2), key=self.opened.__getitem__, reverse=True):
                self._close(one)
        elif opens:
            self.opened[width] = len(self.pieces) - 1

    def _close(self, width: int) -> None:
        start = self.opened[width]
        self.pieces[start] = ""
        self.spans += ((start, len(self.pieces), style) for style in _EMPHASIS[width])
        # What was opened inside and not closed is only stars.
        self.opened = {one: at for one, at in self.opened.items() if at < start}


def _unpadded(code: str) -> str:
    """Code without the blanks that part it from its backticks, as CommonMark reads them."""
    is_padded = code[:1] == code[-1:] == " " and code.strip()
    return code[1:-1] if is_padded else code


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
