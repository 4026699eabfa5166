"""What may be laid over a card: the keys, the choice of a flag, the offer to go on."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from srs import Flag
from srs.cli.view import Panel
from srs.cli.words import minutes

_KEYS = (
    ("space, Enter", "show the answer; then: good"),
    ("1 2 3 4", "again, hard, good, easy"),
    ("t", "type your answer first"),
    ("d", "of an estimate, after the answer: what would double it"),
    ("5 7 9", "say how sure you are: 50, 70, 90%"),
    ("u", "undo, as far back as this session goes"),
    ("s  S", "suspend the card, or all of its note, until told"),
    ("b  B", "bury the card, or all of its note, until tomorrow"),
    ("f", "flag it with a colour, and a note to yourself"),
    ("R", "reset: forget its history"),
    ("e", "edit its source"),
    ("i", "its history, memory and forgetting curve"),
    ("o", "open its pictures"),
    ("j k, arrows, Page keys", "scroll a long card"),
    ("?", "these keys"),
    ("q", "quit; every answer is already saved"),
)
FLAG_KEYS = {str(int(flag)): flag for flag in Flag}


def keys() -> Panel:
    """The list of keys."""
    grid = Table.grid(padding=(0, 2))
    for key, what in _KEYS:
        grid.add_row(Text(key, "srs.strong"), Text(what))
    return Panel(grid, "any key goes on, j k scroll")


def flags() -> Panel:
    """The choice of a flag."""
    grid = Table.grid(padding=(0, 2))
    for key, flag in FLAG_KEYS.items():
        name = flag.name.lower()
        style = f"srs.flag.{name}" if flag else ""
        grid.add_row(Text(key, "srs.strong"), Text(f"⚑ {name}" if flag else "no flag", style))
    body = Group(Text("Flag this card", "srs.label"), Text(), grid)
    return Panel(body, "1 2 3 4 flag it   0 no flag   else back")


def offer(spare_minutes: float) -> Panel:
    """Whether to review ahead."""
    body = Group(
        Text("Nothing more is due.", "srs.label"),
        Text(),
        Text(f"{minutes(spare_minutes).capitalize()} of your time left. Review ahead, beginning"
             " with the cards that gain most by it?"),
    )  # fmt: skip
    return Panel(body, "y review ahead   n, q enough   u undo")
