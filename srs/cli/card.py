"""`srs card`: a card shown. Several: `listing`; a new one: `card_new`; what is done: `marking`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from srs import Card, Collection, LogRow
from srs.cli.breaks import without_marks
from srs.cli.card_new import card_new
from srs.cli.context import Shell, common, pass_shell
from srs.cli.finding import find
from srs.cli.listing import card_list
from srs.cli.marking import COMMANDS
from srs.cli.output import report, say, table
from srs.cli.relinking import relink_command
from srs.cli.shapes import card_shape, review_shape

_CURVE_WIDTH = 64


@click.group("card")
@common
def card_command() -> None:
    """List, show, write, edit and mark cards.

    \b
    Example:
      srs card list
    """


@card_command.command("show")
@click.argument("card")
@common
@pass_shell
def card_show(shell: Shell, card: str) -> None:
    """Show one card: its words, its memory state, its answers.

    CARD is the beginning of its id, or the id written in its file.

    \b
    Example:
      srs card show 3f2a91c0
    """
    now_ms = shell.clock.now_ms()
    with shell.open() as collection:
        cards = find(collection, card)
        for number, found in enumerate(cards):
            if shell.as_json:
                note = collection.notes_by_uid([found])[found.note]
                shape = card_shape(collection, found, note, now_ms)
                reviews = [review_shape(row, found) for row in collection.reviews(found)]
                siblings = [one.uid.hex() for one in cards if one.uid != found.uid]
                report({**shape, "reviews": reviews, "siblings": siblings})
                return
            if number:
                say("")
            _show(collection, found, now_ms)


def _show(collection: Collection, card: Card, now_ms: int) -> None:
    from srs.cli.info import curve_of, describe

    say(f"{card.uid.hex()}  {card.deck}")
    say(f"{card.path}:{card.line}\n")
    say(f"Q: {without_marks(card.front)}\nA: {without_marks(card.back)}")
    for label, text in (("Why", card.why), ("Flip", card.flip)):
        if text:
            say(f"{label}: {without_marks(text)}")
    say("")
    for line in describe(collection, card, now_ms):
        say(line)
    curve = curve_of(collection, card.state, now_ms, _CURVE_WIDTH)
    if curve:
        say("\n" + "\n".join(curve))
    rows = collection.history(card)
    if rows:
        say("")
        clock = collection.calendar.wall_clock
        shown = [(clock(row.at_ms), *_row(row)) for row in rows]
        table(("At", "What", "Seconds", "Sure", "Variant"), shown, right=(2, 3, 4))
        for row in rows:
            numbers = _numbers(card, row)
            if row.typed:
                say(f"\nTyped on {clock(row.at_ms)}{numbers and f' for {numbers}'}:\n{row.typed}")
            elif numbers:
                say(f"\nAsked on {clock(row.at_ms)}: {numbers}")


def _numbers(card: Card, row: LogRow) -> str:
    """The numbers that an estimate was asked with: not those of the draw that is shown above."""
    if card.estimate is None or row.seed is None:
        return ""
    from srs.cli.estimating import told_numbers
    from srs.estimates import numbers_asked

    return told_numbers(card.estimate, numbers_asked(card, row.seed, row.data))


def _row(row: LogRow) -> Sequence[object]:
    from srs.cli.info import did

    seconds = "" if row.duration_ms is None else f"{row.duration_ms / 1000:.1f}"
    sure = "" if row.confidence is None else f"{row.confidence}%"
    return (did(row), seconds, sure, row.variant or "")


for _command in (card_list, card_new, *COMMANDS, relink_command):
    card_command.add_command(_command)
