"""What plots are made of: lines of styled text that keep to a width. No markup, no printing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from srs.cli.safe import safe_line

Block = list[Text]  # lines, one below the other
_EIGHTHS = " ▏▎▍▌▋▊▉"
_ROOM_FOR_GAPS = 30
_TIE = "\u2800"  # a blank that is no white space
# For terminals that can show no more than ASCII; each sign stays one cell wide.
_ASCII = str.maketrans("█▉▊▋▌▍▎▏▓▒░·●○◉┼│─━╌–×…≤↓↑✓◐∘├└", "########%+:.*o@+|-=--x.<v^+~o|`")


def line(*parts: str | tuple[str, str]) -> Text:
    """One line of parts: words, or words with the name of their style."""
    return Text.assemble(*parts, no_wrap=True, overflow="crop")


def together(text: str) -> str:
    """The text with spaces at which `wrapped` breaks no line."""
    return text.replace(" ", _TIE)


def wrapped(text: Text, width: int) -> Block:
    """The text broken between words."""
    lines = [*text.wrap(_page(width), width)]
    for each in lines:
        each.plain = each.plain.replace(_TIE, " ")
        each.no_wrap = True
    return lines


@cache
def _page(width: int) -> Console:
    """What `Text.wrap` asks for its tabs; one for each text would cost more than the rest."""
    return Console(width=width)


def said(text: str, width: int, style: str = "") -> Block:
    """A sentence, broken between words."""
    return wrapped(Text(safe_line(text), style), width)


def quiet(text: str, width: int) -> Block:
    """A sentence that explains."""
    return said(text, width, "srs.quiet")


def indented(block: Iterable[Text], cells: int) -> Block:
    """The lines, each moved to the right."""
    return [line(" " * cells).append_text(each) for each in block]


def in_ascii(text: Text) -> Text:
    """The same text with the signs of plots replaced by ones of ASCII."""
    spelled = text.copy()
    spelled.plain = spelled.plain.translate(_ASCII)
    return spelled


def bar(share: float, cells: int) -> str:
    """A bar of at most so many cells, to the eighth; not empty unless the share is 0."""
    eighths = round(min(1.0, max(0.0, share)) * cells * 8)
    eighths = max(eighths, 1 if share > 0 and cells else 0)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def meter(share: float, cells: int, style: str = "srs.bar.done") -> Text:
    """How much of a whole, as a line of which a part is strong; full only when nothing is left."""
    done = min(cells, max(0, int(share * cells + 1e-9)))
    done = max(done, 1 if share > 0 and cells else 0)
    return line(("━" * done, style), ("╌" * (cells - done), "srs.bar.rest"))


class Part(NamedTuple):
    """A part of a stacked bar."""

    name: str
    amount: int
    sign: str
    style: str


def stacked(parts: Sequence[Part], cells: int) -> Text:
    """The parts of a whole, side by side; none vanishes that is not empty."""
    widths = _shared([part.amount for part in parts], cells)
    return line(*((part.sign * cell, part.style) for part, cell in zip(parts, widths, strict=True)))


def _shared(counts: Sequence[int], cells: int) -> list[int]:
    """So many cells for each count, in all no more than `cells`."""
    total = sum(counts) or 1
    found = [max(1, count * cells // total) if count else 0 for count in counts]
    while sum(found) > cells and max(found):
        found[found.index(max(found))] -= 1
    while sum(found) < cells and any(counts):
        lacks = [count * cells / total - given for count, given in zip(counts, found, strict=True)]
        found[lacks.index(max(lacks))] += 1
    return found


def legend(parts: Sequence[Part], width: int) -> Block:
    """What each part of a stacked bar stands for, with its count."""
    text = Text()
    for number, part in enumerate(parts):
        text.append("   " if number else "")
        text.append(part.sign, part.style).append(together(f" {part.name} {part.amount:,}"))
    return wrapped(text, width)


def axis(cells: int, labels: Iterable[tuple[int, str]]) -> Text:
    """Labels below or above a plot, each centred at its cell; those without room are left out."""
    text = ""
    for place, label in labels:
        start = min(max(0, place - len(label) // 2), cells - len(label))
        if start >= len(text) + (1 if text else 0):
            text = text.ljust(start) + label
    return Text(text[: max(0, cells)], "srs.quiet", no_wrap=True, overflow="crop")


def place(value: float, low: float, high: float, cells: int) -> int:
    """The cell of a value on a scale from `low` to `high`; values beyond it at its ends."""
    share = (value - low) / (high - low) if high > low else 0.0
    return min(cells - 1, max(0, round(share * (cells - 1))))


def dots(marks: Mapping[int, tuple[str, str]], cells: int) -> Text:
    """A scale with signs at some cells, and a line between the first and the last of them."""
    low, high = min(marks, default=0), max(marks, default=-1)
    text = Text(no_wrap=True, overflow="crop")
    for cell in range(cells):
        between = "─" if low < cell < high else " "
        text.append(*marks.get(cell, (between, "srs.rule")))
    return text


class Column(NamedTuple):
    """A column of a table. One of a table may shrink, to `least` cells; the others leave whole."""

    head: str
    cells: Sequence[Text | str]
    right: bool = False
    least: int = 0  # 0: never cut
    rank: int = 0  # where there is no room, the highest leave first; 0 stays


def _gap(width: int) -> str:
    return "  " if width >= _ROOM_FOR_GAPS else " "


def grid(columns: Sequence[Column], width: int) -> Block:
    """A table that fits the width: cut or left out is what matters least."""
    shown = _fitting(columns, width)
    widths = _widths(shown, width)
    heads = [Text(column.head, "srs.label") for column in shown]
    rows = [heads] if any(column.head for column in shown) else []
    rows += [list(map(_text, row)) for row in zip(*(c.cells for c in shown), strict=True)]
    return [_row(row, shown, widths, width) for row in rows]


def _text(cell: Text | str) -> Text:
    return cell.copy() if isinstance(cell, Text) else Text(safe_line(cell))


def _row(
    cells: Sequence[Text], columns: Sequence[Column], widths: Sequence[int], width: int
) -> Text:
    text = Text(no_wrap=True, overflow="crop")
    for number, (cell, column, room) in enumerate(zip(cells, columns, widths, strict=True)):
        cell.truncate(room, overflow="ellipsis")
        gap = " " * (room - cell.cell_len)
        text.append(_gap(width) if number else "")
        text.append_text(line(gap).append_text(cell) if column.right else cell.append(gap))
    text.rstrip()
    text.truncate(width, overflow="ellipsis")
    return text


def _natural(column: Column) -> int:
    return max(_text(cell).cell_len for cell in (column.head, *column.cells))


def _fitting(columns: Sequence[Column], width: int) -> list[Column]:
    shown = list(columns)
    while any(column.rank for column in shown):
        wanted = (min(_natural(c), c.least) if c.least else _natural(c) for c in shown)
        if sum(wanted) + len(_gap(width)) * (len(shown) - 1) <= width:
            break
        ranks = [column.rank for column in shown]
        del shown[ranks.index(max(ranks))]
    return shown


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    found = [_natural(column) for column in columns]
    excess = sum(found) + len(_gap(width)) * (len(columns) - 1) - width
    for number, column in enumerate(columns):
        if column.least and excess > 0:
            found[number] = max(min(found[number], column.least), found[number] - excess)
    return found


def beside(blocks: Sequence[Block], width: int, gap: int = 3) -> Block:
    """The blocks next to each other where they fit, the others below them."""
    found: Block = []
    for group in _groups(blocks, width, gap):
        found += [Text()] if found else []
        for number in range(max(map(len, group))):
            text = Text(no_wrap=True, overflow="crop")
            for block in group:
                cell = block[number].copy() if number < len(block) else Text()
                cell.pad_right(_breadth(block) - cell.cell_len + gap)
                text.append_text(cell)
            text.rstrip()
            found.append(text)
    return found


def _groups(blocks: Sequence[Block], width: int, gap: int) -> list[list[Block]]:
    groups: list[list[Block]] = []
    room = 0
    for block in filter(None, blocks):
        room -= _breadth(block) + gap
        if room < -gap or not groups:
            groups.append([])
            room = width - _breadth(block) - gap
        groups[-1].append(block)
    return groups


def _breadth(block: Block) -> int:
    return max((each.cell_len for each in block), default=0)
