"""What the screen of a session shows: a pure function of the session's state and the size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from srs import Rating
from srs.cli.render import card_text
from srs.cli.safe import safe, safe_line
from srs.cli.words import plural

if TYPE_CHECKING:
    from rich.console import RenderableType

    from srs import Card

_RULE = "─" * 16
_READING_WIDTH = 78  # longer lines tire the eye
_STYLES = ("red", "yellow", "green", "cyan")  # of the ratings
_KEYS = (
    ("space, Enter", "show the answer; then: good"),
    ("1 2 3 4", "again, hard, good, easy"),
    ("u", "undo the latest answer of this session"),
    ("s", "suspend: hide the card until told"),
    ("b", "bury: hide the card until tomorrow"),
    ("j k, arrows, Page keys", "scroll a long card"),
    ("?", "these keys"),
    ("q", "quit; every answer is already saved"),
)


@dataclass(frozen=True, slots=True)
class View:
    """All that the screen depends on, its size apart."""

    card: Card
    revealed: bool
    answered: int
    left: int
    minutes_left: float
    intervals: Mapping[Rating, str]  # rating → interval; empty before the reveal
    footnote: str = ""  # concept and sources, after the reveal
    message: str = ""
    keys: bool = False  # the list of keys is laid over the card
    offset: int | None = None  # lines scrolled away; None: so that the answer is in sight


class Painted(NamedTuple):
    """A screen: its lines, how far its card is scrolled, and how far it can be."""

    lines: list[str]
    offset: int
    furthest: int


def paint(view: View, console: Console, height: int) -> Painted:
    """The screen of a view, `height` lines."""
    head = _lines(console, _head(view, console.width))
    foot = _lines(console, _foot(view, console.width))
    body = _body(view, console)
    room = max(1, height - len(head) - len(foot))
    furthest = max(0, len(body) - room)
    offset = min(_in_sight(view, body, room) if view.offset is None else view.offset, furthest)
    shown = body[offset : offset + room]
    shown += [""] * (room - len(shown))
    if furthest and not view.message:
        rest = furthest - offset
        label = f"  ↓ {plural(rest, 'line')} more (j)" if rest else "  ↑ back to the top (k)"
        foot[0] = _lines(console, Text(label, "dim", no_wrap=True, overflow="crop"))[0]
    return Painted(head + shown + foot, offset, furthest)


def _in_sight(view: View, body: list[str], room: int) -> int:
    if not view.revealed or view.keys:
        return 0
    rule = next(number for number, line in enumerate(body) if _RULE in line)
    return 0 if len(body) <= room else max(0, rule - room // 3)


def _lines(console: Console, renderable: RenderableType) -> list[str]:
    with console.capture() as capture:
        console.print(renderable, soft_wrap=False)
    return capture.get().removesuffix("\n").split("\n")


def _head(view: View, width: int) -> Text:
    total = view.answered + view.left
    bar_width = max(6, min(24, width // 4))
    filled = round(bar_width * view.answered / total) if total else 0
    counts = f" {view.left} left · {max(1, round(view.minutes_left))} min "
    title = safe_line(f" {view.card.deck}")  # not the concept: it may give the answer away
    room = max(0, width - bar_width - len(counts) - 1)
    line = Text(title, "bold", no_wrap=True, overflow="crop")
    line.truncate(room, overflow="ellipsis", pad=True)
    line.append(counts, "dim")
    line.append("━" * filled, "green")
    line.append("━" * (bar_width - filled), "bright_black")
    return line


def _body(view: View, console: Console) -> list[str]:
    content = _keys() if view.keys else _card(view)
    return _lines(console, Padding(content, (1, 2, 0, 2)))


def _card(view: View) -> RenderableType:
    card = view.card
    parts: list[RenderableType] = [_column(card_text(card.front))]
    if view.revealed:
        back = card_text(card.back, "bold green" if card.kind == "cloze" else "bold")
        parts += [Text(), Text(_RULE, "bright_black"), Text(), _column(back)]
        for label, text in (("Why", card.why), ("Flip", card.flip)):
            if text:
                parts += [Text(), Text(label, "bold bright_black"), _column(card_text(text))]
        if view.footnote:
            parts += [Text(), _column(Text(safe(view.footnote), "dim"))]
    return Group(*parts)


def _column(renderable: RenderableType) -> RenderableType:
    from rich.constrain import Constrain

    return Constrain(renderable, _READING_WIDTH)


def _foot(view: View, width: int) -> RenderableType:
    rule = Text("─" * width, "bright_black", no_wrap=True)
    message = Text(safe_line(view.message), "yellow", no_wrap=True, overflow="ellipsis")
    if view.keys:
        return Group(message, rule, Text(" any key goes on", "dim"), Text(), Text())
    if not view.revealed:
        act = Text(" space ", "bold", no_wrap=True, overflow="crop")
        act.append("show the answer", "not bold")
        return Group(message, rule, act, Text(), _hints(width))
    return Group(message, rule, *_ratings(view, width), _hints(width))


def _ratings(view: View, width: int) -> tuple[Text, Text]:
    """The ratings, and under each the interval that it gives."""
    column = min(14, width // len(Rating))
    above, below = (Text(no_wrap=True, overflow="crop") for _ in range(2))
    for rating, style in zip(Rating, _STYLES, strict=True):
        name = f" {int(rating)} {rating.name.lower()}"[:column]
        above.append(name[:3], f"bold {style}")
        above.append(name[3:].ljust(column - 3))
        below.append(f"   {view.intervals.get(rating, '')}".ljust(column), "dim")
    return above, below


def _hints(width: int) -> Text:
    words = (
        " u undo  s suspend  b bury  ? keys  q quit" if width >= 46 else " u s b   ? keys  q quit"
    )
    return Text(words, "dim", no_wrap=True, overflow="ellipsis")


def _keys() -> RenderableType:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for key, what in _KEYS:
        grid.add_row(Text(key, "bold"), Text(what))
    return grid
