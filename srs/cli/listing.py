"""`srs card list`: the cards that a query finds, as a table, as ids, as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from decks.errors import UsageError
from decks.progress import told
from srs import Card, Collection, Phase, Wanted
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table
from srs.cli.progress import ProgressBar
from srs.cli.querying import QueryCommand
from srs.cli.selecting import selecting, wanted
from srs.cli.shapes import card_shape, flag_shape
from srs.cli.words import days, interval, plural

ORDERS = (
    "due", "added", "deck", "stability", "difficulty", "retrievability", "lapses", "reps", "front",
)  # fmt: skip
_PIPED = 56  # cells of a front where nobody says how wide the table may be
_NARROWEST = 12
_GAP = 2  # between columns
Row = tuple[str, str, str, str]  # id, front, flag, due


@click.command("list", cls=QueryCommand)
@click.argument("words", nargs=-1, metavar="[QUERY]...")
@selecting
@click.option("--orphans", is_flag=True, help="Cards whose text is gone from its file.")
@click.option("--sort", "order", default="", metavar="BY",
              help=f"{', '.join(ORDERS)}; -due begins at the end.")  # fmt: skip
@click.option("--reverse", is_flag=True, help="Begin at the other end.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N cards.")
@click.option("--ids", is_flag=True, help="Only the ids, one a line.")
@click.option("--count", "counting", is_flag=True, help="Only how many.")
@common
@pass_shell
def card_list(shell: Shell, /, words: tuple[str, ...], **options: Any) -> None:
    """List cards: all of them, or those that a query finds; srs help search explains queries.

    Arguments that are all names of decks find their cards.

    \b
    Examples:
      srs card list "Monitoring and drift"
      srs card list type:contrast 'prop:r<0.8' --sort retrievability
      srs card list 'is:leech or rated:7:again' --ids
    """
    now_ms = shell.clock.now_ms()
    order, reverse = _order(options["order"], options["reverse"])
    with shell.open() as collection:
        asked = _wanted(collection, words, options)
        if options["counting"]:
            number = collection.count(asked, now_ms, orphans=options["orphans"])
            _count(shell, min(number, options["limit"] or number))
            return
        with ProgressBar("Reading words") as progress:
            found = collection.find(
                asked, now_ms, orphans=options["orphans"], order=order, reverse=reverse,
                limit=options["limit"], progress=progress,
            )  # fmt: skip
        if shell.as_json:
            report({"cards": _shapes(collection, found, now_ms)})
        elif options["ids"]:
            click.echo("".join(f"{card.uid.hex()}\n" for card in found), nl=False)
        else:
            from srs.cli.orphans import show_orphans

            (show_orphans if options["orphans"] else show)(collection, found, now_ms)


def _shapes(collection: Collection, found: list[Card], now_ms: int) -> list[dict[str, object]]:
    notes = collection.notes_by_uid(found)
    with ProgressBar("Writing cards") as progress:
        return [
            card_shape(collection, card, notes[card.note], now_ms)
            for card in told(found, len(found), progress)
        ]


def _order(name: str, reverse: bool) -> tuple[str, bool]:
    backwards, name = name.startswith("-"), name.removeprefix("-")
    if name and name not in ORDERS:
        raise UsageError(f"no order {name}", f"known: {', '.join(ORDERS)}")
    return name, reverse != backwards


def _wanted(collection: Collection, words: tuple[str, ...], options: dict[str, Any]) -> Wanted:
    """Arguments that are all names of decks mean these; any others are a query."""
    named = bool(words) and all(collection.is_deck(word) for word in words)
    text = " ".join(_as_meant(collection, word, alone=len(words) == 1) for word in words)
    return wanted({**options, "decks": words if named else (), "query": "" if named else text})


def _as_meant(collection: Collection, word: str, *, alone: bool) -> str:
    """An argument as a part of the query: its quotes are gone by now, its bounds are known."""
    key, colon, name = word.partition(":")
    if colon and key.lower() in ("deck", "-deck") and " " in name and collection.is_deck(name):
        escaped = name.replace("\\", r"\\").replace('"', r"\"")
        return f'{key}:"{escaped}"'
    return word if alone or len(word.split()) < 2 else f"({word})"


def _count(shell: Shell, count: int) -> None:
    if shell.as_json:
        report({"count": count})
    else:
        click.echo(str(count))


def show(collection: Collection, found: list[Card], now_ms: int) -> None:
    """A table of the cards, as wide as the terminal, and how many they are."""
    if not found:
        say("no card found", err=True)
        return
    day = collection.calendar.day_of(now_ms)
    rows = [
        (c.uid.hex()[:8], " ".join(c.front.split()), flag_shape(c.state) or "", due(c, now_ms, day))
        for c in found
    ]
    _table(rows)
    say(plural(len(rows), "card"))


def _table(rows: list[Row]) -> None:
    """Without the column of flags where there are none."""
    flags = any(row[2] for row in rows)
    shown = [row if flags else (*row[:2], row[3]) for row in rows]
    fitted(
        ("Card", "Front", *(("Flag",) if flags else ()), "Due"), shown, right=(3 if flags else 2,)
    )


def fitted(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Iterable[int]) -> None:
    """A table of which the second column takes what the others leave of the terminal's width."""
    from rich.cells import cell_len

    room = _PIPED
    if sys.stdout.isatty():
        from shutil import get_terminal_size

        others = [place for place in range(len(head)) if place != 1]
        taken = sum(max(cell_len(row[place]) for row in (head, *rows)) + _GAP for place in others)
        room = max(_NARROWEST, get_terminal_size().columns - taken)
    table(head, [(row[0], first_cells(row[1], room), *row[2:]) for row in rows], right=right)


def first_cells(text: str, room: int) -> str:
    """The beginning of a line that fits."""
    from rich.cells import cell_len, set_cell_size

    from srs.cli.safe import safe_line

    text = safe_line(text[: 4 * room])
    if cell_len(text) <= room:
        return text
    return f"{set_cell_size(text, room - 1).rstrip()}…"


def due(card: Card, now_ms: int, day: int) -> str:
    """When the card is due, in a word or two."""
    if card.state.suspended:
        return "suspended"
    if card.state.phase is Phase.NEW:
        return "new"
    if card.state.due_day is not None and card.state.due_day <= day:
        return "today" if card.state.due_day == day else f"{days(day - card.state.due_day)} ago"
    return interval(card.state, now_ms, day)
