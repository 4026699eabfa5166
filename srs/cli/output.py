"""Everything that the commands say: text, tables, JSON, errors. Applies `safe` at the sink."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from decks.errors import UserError
from srs.cli.safe import safe, safe_line

if TYPE_CHECKING:
    from rich.text import Text

    from srs.cli.theme import Look

SCHEMA = 1
_ACTING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def say(text: str = "", *, err: bool = False) -> None:
    """One paragraph for a person."""
    click.echo(safe(text), err=err)


def wrapped(text: str, *, beside: int = 0) -> str:
    """The line broken between words where the terminal would break it within one.

    So many columns stand `beside` it.
    """
    if not sys.stdout.isatty():
        return text
    from shutil import get_terminal_size
    from textwrap import fill

    room = max(get_terminal_size().columns - beside, 1)
    return fill(text, room, break_long_words=False, break_on_hyphens=False)


def shown_width(text: str, *, indent: int = 0) -> list[str]:
    """The text, made safe, as indented lines that fit the terminal, or 80 columns."""
    from shutil import get_terminal_size
    from textwrap import wrap

    room, margin = get_terminal_size().columns, " " * indent
    return wrap(safe_line(text), room, initial_indent=margin, subsequent_indent=margin)


def notice(text: str) -> None:
    """Something worth knowing that is not the answer: on stderr."""
    click.secho(safe(f"note: {text}"), err=True, dim=True)


def report(document: Mapping[str, object]) -> None:
    """One JSON document on stdout."""
    print_json({"schema": SCHEMA, **document}, indent=2)


def print_json(document: Mapping[str, object], indent: int | None = None) -> None:
    """One JSON value, flushed; half surrogates, which JSON cannot carry, are replaced."""
    import json

    text = json.dumps(document, ensure_ascii=False, indent=indent)
    # JSON itself leaves these as they are; on a terminal they would act.
    text = _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    click.echo(text.encode("utf-8", "replace").decode("utf-8"))
    sys.stdout.flush()


def complain(error: UserError, *, as_json: bool) -> None:
    """An error in one or two lines on stderr, and on stdout as well with --json."""
    where = f"{error.path}:{error.line}: " if error.path and error.line else ""
    where = where or (f"{error.path}: " if error.path else "")
    click.echo(safe_line(f"error: {where}{error.message}"), err=True)
    if error.hint:
        click.echo(safe_line(f"hint: {error.hint}"), err=True)
    if as_json:
        details = {
            "code": error.exit_code, "message": error.message, "hint": error.hint or None,
            "path": error.path or None, "line": error.line or None,
        }  # fmt: skip
        print_json({"error": details})


def print_lines(lines: Iterable[Text], look: Look) -> None:
    """Styled lines as they are, none broken; they are safe already."""
    click.echo(drawn(lines, look), nl=False)


def drawn(lines: Iterable[Text], look: Look) -> str:
    """Styled lines as the terminal takes them, with codes of colours; their words for a pipe."""
    if not sys.stdout.isatty():
        return "".join(f"{line.plain}\n" for line in lines)
    from rich.console import Console
    from rich.segment import Segments
    from rich.text import Text
    from rich.theme import Theme

    console = Console(
        markup=False, emoji=False, highlight=False, force_terminal=True, legacy_windows=False,
        theme=Theme(look.styles), no_color=look.plain,
    )  # fmt: skip
    page = Text("\n").join([*lines, Text()])
    with console.capture() as capture:
        console.print(Segments(page.render(console)), crop=False, end="")
    return capture.get()


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int]) -> None:
    """Columns padded by what they take on the screen; `right` names those aligned right."""
    from rich.cells import cell_len

    lines = [[safe_line(str(cell)) for cell in row] for row in (head, *rows)]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(head))]
    aligned = set(right)
    for number, line in enumerate(lines):
        cells = []
        for i, cell in enumerate(line):
            gap = " " * (widths[i] - cell_len(cell))
            cells.append(gap + cell if i in aligned else cell + gap)
        click.secho("  ".join(cells).rstrip(), bold=number == 0)
