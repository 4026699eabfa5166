"""`srs undo`."""

from __future__ import annotations

import click

from decks.errors import UserError
from srs import Collection, Kind, Rating
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say
from srs.cli.shapes import instant


@click.command("undo")
@common
@pass_shell
def undo_command(shell: Shell) -> None:
    """Take back what was done last to a card, such as an answer; again for what was before.

    \b
    Example:
      srs undo
    """
    with shell.open() as collection:
        rows = collection.undo_act(shell.clock.now_ms())
        row, cards = (rows[0] if rows else None), len({row.card for row in rows})
        front = _front(collection, row.card) if row else ""
        at = collection.calendar.wall_clock(row.at_ms) if row else ""
    rating = Rating(row.rating).name.lower() if row and row.rating else None
    if shell.as_json:
        undone = row and {
            "review": row.uid.hex(), "card": row.card.hex(), "rating": rating,
            "at": instant(row.at_ms), "kind": row.kind, "cards": cards,
        }  # fmt: skip
        report({"undone": undone})
    elif row is None:
        say("Nothing to undo.")
    else:
        pair = row.kind == Kind.RELINK and cards == 2
        more = f" of {cards} cards" if cards > 1 and not pair else ""
        say(f"Taken back: {rating or row.kind}{more}, {at}\n{front}")


def _front(collection: Collection, uid: bytes) -> str:
    try:
        return collection.card(uid).front
    except UserError:  # the log outlives cards
        return ""
