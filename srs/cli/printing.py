"""Drawn lines on their way out: as wide as the terminal, in its signs and colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

_LEAST_WIDTH = 20
_SIGNS = "█░●┼━├✓◐∘"


def width() -> int:
    """Columns of the terminal, or what COLUMNS says; 80 in a pipe."""
    from shutil import get_terminal_size

    return max(_LEAST_WIDTH, get_terminal_size().columns)


def print_block(lines: Iterable[Text], theme: str, *, paged: bool = False) -> None:
    """The lines, in ASCII where no more can be shown; `paged`: through a pager if they are many."""
    from srs.cli.charts import in_ascii
    from srs.cli.output import drawn, print_lines
    from srs.cli.theme import look_of

    shown = list(lines if _can_show(_SIGNS) else map(in_ascii, lines))
    for line in shown:
        line.rstrip()
    look = look_of(theme, os.environ)
    if not paged:
        print_lines(shown, look)
        return
    from srs.cli.pager import show

    show(drawn(shown, look).removesuffix("\n"))


def _can_show(signs: str) -> bool:
    try:
        signs.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
