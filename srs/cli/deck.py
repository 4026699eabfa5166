"""`srs deck`."""

from __future__ import annotations

import click

from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table


@click.group("deck")
@common
def deck_command() -> None:
    """List and show decks, and choose which take part.

    \b
    Example:
      srs deck list
    """


@deck_command.command("list")
@common
@pass_shell
def deck_list(shell: Shell) -> None:
    """List the decks with their counts.

    \b
    Example:
      srs deck list
    """
    with shell.open() as collection:
        found = collection.decks(shell.clock.now_ms())
    if shell.as_json:
        shapes = [
            {"deck": d.name, "builtin": d.builtin, "enabled": d.enabled, "notes": d.notes,
             "cards": d.cards, "due": d.due, "new": d.new} for d in found
        ]  # fmt: skip
        report({"decks": shapes})
        return
    rows = [
        (d.name, d.notes, d.cards, d.due, d.new, "" if d.enabled else "disabled") for d in found
    ]
    table(("Deck", "Notes", "Cards", "Due", "New", ""), rows, right=(1, 2, 3, 4))


@deck_command.command("show")
@click.argument("deck")
@common
@pass_shell
def deck_show(shell: Shell, deck: str) -> None:
    """Show a deck: what one can do after it, its concepts, how far you are with each.

    DECK is its name, or the name of its file if it is built in.

    \b
    Example:
      srs deck show 03-features
    """
    from srs.cli import concept_page
    from srs.cli.concept_shapes import deck_shape
    from srs.cli.page import show_page

    show_page(
        shell, lambda curriculum: curriculum.deck(deck), lambda _, found: deck_shape(found),
        concept_page.deck,
    )  # fmt: skip


def _switching(name: str, summary: str, *, enabled: bool) -> click.Command:
    help_text = f"{summary}\n\n\b\nExample:\n  srs deck {name} 03-features"

    @click.command(name, help=help_text)
    @click.argument("decks", nargs=-1, required=True, metavar="DECK...")
    @common
    @pass_shell
    def command(shell: Shell, decks: tuple[str, ...]) -> None:
        with shell.open(create=True) as collection:
            names = collection.enable_decks(decks, shell.clock.now_ms(), enabled=enabled)
        if shell.as_json:
            report({f"{name}d": names})
        else:
            say(f"{name}d: {', '.join(names)}")

    return command


deck_command.add_command(
    _switching("enable", "Let decks take part in sessions and exports again.", enabled=True)
)
deck_command.add_command(
    _switching(
        "disable", "Leave decks out of sessions and exports; histories are kept.", enabled=False
    )
)
