"""The options that select cards, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from srs import Wanted

NARROWING = ("tags", "concepts", "level", "flagged", "leeches", "query")

finding = click.option(
    "--find",
    "query",
    default="",
    metavar="QUERY",
    help="Only what this finds; see srs help search.",
)


def selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that select cards."""
    options = (
        click.option("--deck", "deck_options", multiple=True, metavar="DECK",
                     help="Only this deck; may be given again."),
        click.option("--tag", "tags", multiple=True, metavar="TAG",
                     help="Only cards with this tag; may be given again."),
        click.option("--concept", "concepts", multiple=True, metavar="SLUG",
                     help="Only cards of this concept; may be given again."),
        click.option("--level", type=click.Choice(["mid", "senior", "staff"]), default=None,
                     help="Only what is expected at this level, lower ones included."),
        click.option("--flagged", is_flag=True, help="Only flagged cards."),
        click.option("--leeches", is_flag=True, help="Only cards forgotten again and again."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def wanted(options: dict[str, Any]) -> Wanted:
    """What the options above ask for, with decks named as arguments."""
    from srs import Wanted

    return Wanted(
        (*options["decks"], *options["deck_options"]), options["tags"], options["concepts"],
        options["level"] or "", options["flagged"], options["leeches"], options["query"],
    )  # fmt: skip
