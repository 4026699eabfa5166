"""What can be done to a card from the command line: hide it, flag it, reset it, edit it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import click

from decks.errors import DataError, UsageError
from srs import Card, CardState, Collection, Flag, Kind, Phase, StaleCard, Wanted
from srs.cli.context import Shell, common, pass_shell
from srs.cli.finding import find
from srs.cli.output import report, say
from srs.cli.words import plural

_EXAMPLES = "\n\n\b\nExamples:\n  srs card {0} 3f2a91c0\n  srs card {0} --find concept:canary*"
_MANY = 20  # cards marked without being asked whether that is meant


class _Order(NamedTuple):
    """What is to be done to which cards, and how."""

    names: tuple[str, ...]
    query: str
    yes: bool
    dry_run: bool
    kind: str
    done: str  # suspended
    flag: Flag = Flag.NONE
    note: str = ""


def _choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--find", "query", default="", metavar="QUERY",
                     help="Instead of CARD: all cards that this finds; see srs help search."),
        click.option("--yes", is_flag=True, help=f"Do not ask, even of more than {_MANY} cards."),
        click.option("--dry-run", is_flag=True, help="Say which cards, and change nothing."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _carry_out(shell: Shell, order: _Order) -> None:
    if bool(order.names) == bool(order.query.strip()):
        what = "no card was named" if not order.names else "cards are named, or found, not both"
        raise UsageError(what, "give their ids, or --find QUERY")
    with shell.open(create=not order.dry_run) as collection:
        now_ms = shell.clock.now_ms()
        cards = _cards(collection, order, now_ms)
        if order.dry_run:
            _rehearse(shell, collection, order, cards, now_ms)
        elif _agreed(shell, order, len(cards)):
            _mark(shell, collection, order, cards, now_ms)
        else:
            say("Nothing was changed.")


def _cards(collection: Collection, order: _Order, now_ms: int) -> list[Card]:
    """The cards named; or those found that are not yet as they are to be."""
    if order.names:
        named = [card for name in order.names for card in find(collection, name)]
        return list({card.uid: card for card in named}.values())
    found = collection.find(Wanted(query=order.query), now_ms)
    today = collection.calendar.day_of(now_ms)
    return [card for card in found if not _is_so(card.state, order, today)]


def _is_so(state: CardState, order: _Order, today: int) -> bool:
    match order.kind:
        case Kind.SUSPEND | Kind.UNSUSPEND:
            return state.suspended is (order.kind == Kind.SUSPEND)
        case Kind.BURY:
            return state.buried_day == today
        case Kind.FLAG:
            return (state.flag, state.flag_note) == (order.flag, order.note)
        case _:
            return state.phase is Phase.NEW


def _rehearse(
    shell: Shell, collection: Collection, order: _Order, cards: list[Card], now_ms: int
) -> None:
    if shell.as_json:
        report({order.done: [{"card": card.uid.hex()} for card in cards], "written": False})
        return
    from srs.cli.listing import show

    show(collection, cards, now_ms)
    say(f"They would be {order.done}. Nothing was changed.")


def _agreed(shell: Shell, order: _Order, count: int) -> bool:
    if order.yes or order.names or count <= _MANY:
        return True
    if shell.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        hint = "--yes does it, --dry-run shows them"
        raise UsageError(f"{count} cards would be {order.done}", hint)
    return click.confirm(f"{count} cards are to be {order.done}. Go on?")


def _mark(
    shell: Shell, collection: Collection, order: _Order, cards: list[Card], now_ms: int
) -> None:
    try:
        saved = collection.mark(cards, order.kind, now_ms, flag=order.flag, note=order.note)
    except StaleCard as error:
        what = "a card was answered elsewhere at the same moment; nothing was changed"
        raise DataError(what, "try again") from error
    if shell.as_json:
        rows = [{"card": one.card.hex(), "review": one.review.hex()} for one in saved]
        report({order.done: rows})
    elif saved:
        say(f"{order.done} {plural(len(saved), 'card')}; srs undo takes it back")
    else:
        say(f"no card to be {order.done}", err=True)


def _marking(name: str, kind: str, done: str, summary: str) -> click.Command:
    explained = f"{summary}\n\nCARD is the beginning of an id, or the id written in its file."

    @click.command(name, help=explained + _EXAMPLES.format(name))
    @click.argument("cards", nargs=-1, metavar="[CARD]...")
    @_choosing
    @common
    @pass_shell
    def command(shell: Shell, cards: tuple[str, ...], query: str, yes: bool, dry_run: bool) -> None:
        _carry_out(shell, _Order(cards, query, yes, dry_run, kind, done))

    return command


@click.command("flag")
@click.argument("cards_and_colour", nargs=-1, required=True, metavar="[CARD]... COLOUR")
@click.option("--note", default="", metavar="TEXT", help="A note to yourself.")
@_choosing
@common
@pass_shell
def _flag(
    shell: Shell, cards_and_colour: tuple[str, ...], note: str, query: str, yes: bool, dry_run: bool
) -> None:
    """Flag cards with a colour: red, orange, green or blue; none takes the flag away.

    \b
    Examples:
      srs card flag 3f2a91c0 red --note "ask about the second step"
      srs card flag --find 'is:leech -flag:any' orange
    """
    *names, colour = cards_and_colour
    colours = [flag.name for flag in Flag]
    if colour.upper() not in colours:
        raise UsageError(f"no colour {colour}", f"known: {', '.join(colours).lower()}")
    flag = Flag[colour.upper()]
    done = "flagged" if flag else "unflagged"
    order = _Order(tuple(names), query, yes, dry_run, Kind.FLAG, done, flag, note if flag else "")
    _carry_out(shell, order)


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
