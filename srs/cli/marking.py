"""What can be done to a card from the command line: hide it, flag it, reset it, edit it."""

from __future__ import annotations

import click

from decks.errors import DataError
from srs import Card, Flag, Kind, StaleCard
from srs.cli.context import Shell, common, pass_shell
from srs.cli.finding import find
from srs.cli.output import report, say
from srs.cli.words import plural

_EXAMPLE = "\n\n\b\nExample:\n  srs card {name} 3f2a91c0"


def _mark(
    shell: Shell, wanted: tuple[str, ...], kind: str, what: str, flag: Flag, note: str
) -> None:
    with shell.open(create=True) as collection:
        named = [card for name in wanted for card in find(collection, name)]
        cards: list[Card] = list({card.uid: card for card in named}.values())
        now_ms = shell.clock.now_ms()
        try:
            saved = collection.mark(cards, kind, now_ms, flag=flag, note=note)
        except StaleCard as error:
            what = "a card was answered elsewhere at the same moment; nothing was changed"
            raise DataError(what, "try again") from error
    if shell.as_json:
        report({what: [{"card": one.card.hex(), "review": one.review.hex()} for one in saved]})
    else:
        say(f"{what} {plural(len(saved), 'card')}; srs undo takes it back")


def _marking(name: str, kind: str, what: str, summary: str) -> click.Command:
    explained = f"{summary}\n\nCARD is the beginning of an id, or the id written in its file."

    @click.command(name, help=explained + _EXAMPLE.format(name=name))
    @click.argument("cards", nargs=-1, required=True, metavar="CARD...")
    @common
    @pass_shell
    def command(shell: Shell, cards: tuple[str, ...]) -> None:
        _mark(shell, cards, kind, what, Flag.NONE, "")

    return command


@click.command("flag")
@click.argument("card")
@click.argument("colour", type=click.Choice([flag.name.lower() for flag in Flag]), metavar="COLOUR")
@click.option("--note", default="", metavar="TEXT", help="A note to yourself.")
@common
@pass_shell
def _flag(shell: Shell, card: str, colour: str, note: str) -> None:
    """Flag a card with a colour: red, orange, green or blue; none takes the flag away.

    \b
    Example:
      srs card flag 3f2a91c0 red --note "ask about the second step"
    """
    flag = Flag[colour.upper()]
    _mark(shell, (card,), Kind.FLAG, "flagged" if flag else "unflagged", flag, note)


@click.command("edit")
@click.argument("card")
@common
@pass_shell
def _edit(shell: Shell, card: str) -> int:
    """Open a card's source in your editor (VISUAL or EDITOR), and take up what you write.

    A built-in card is edited in a copy of your own, which takes its place.

    \b
    Example:
      srs card edit 3f2a91c0
    """
    from srs.cli.editing import edit

    with shell.open(create=True) as collection:
        found = find(collection, card)[0]
        edited = edit(collection, found, shell.clock.now_ms())
    if shell.as_json:
        report({"card": found.uid.hex(), "message": edited.message})
    else:
        say(edited.message)
    return 0 if edited.sound else 1


COMMANDS = (
    _edit,
    _marking("suspend", Kind.SUSPEND, "suspended", "Hide cards until they are unsuspended."),
    _marking("unsuspend", Kind.UNSUSPEND, "unsuspended", "Show suspended cards again."),
    _marking("bury", Kind.BURY, "buried", "Hide cards until tomorrow."),
    _flag,
    _marking("reset", Kind.RESET, "reset", "Forget cards' histories: they are new again."),
)
