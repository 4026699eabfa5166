"""`srs card relink`: a card's history given to the card that took its place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shutil import get_terminal_size

import click

from decks.errors import UsageError
from srs import Card, Relink, Saved
from srs.cli.context import Shell, common, pass_shell
from srs.cli.finding import find
from srs.cli.listing import due, first_cells
from srs.cli.output import report, say, wrapped
from srs.cli.words import plural


@click.command("relink")
@click.argument("old")
@click.argument("new")
@click.option("--yes", is_flag=True, help="Do not ask, even if OLD still has its text.")
@click.option("--dry-run", is_flag=True, help="Say what would move, and change nothing.")
@common
@pass_shell
def relink_command(shell: Shell, old: str, new: str, yes: bool, dry_run: bool) -> None:
    """Give the history of card OLD to card NEW: its answers, its marks, its schedule.

    OLD is mostly an orphan whose text you rewrote so far that an import took it for another card;
    srs card list --orphans shows them. Each is the beginning of an id, or the id written in a file;
    of notes all cards are paired.

    \b
    Example:
      srs card relink 3f2a91c0 8b1c22d0
    """
    now_ms = shell.clock.now_ms()
    with shell.open() as collection:
        givers, takers = find(collection, old, orphans=True), find(collection, new, orphans=False)
        relinks = collection.plan_relink(givers, takers)
        if dry_run:
            _rehearse(shell, relinks)
        elif _agreed(shell, relinks, yes):
            saved = collection.relink(relinks, now_ms)
            taken = [collection.card(one.card) for one in saved]
            _tell(shell, relinks, saved, taken, now_ms, collection.calendar.day_of(now_ms))
        else:
            say("Nothing was changed.")


def _doubts(relinks: Sequence[Relink]) -> list[str]:
    """What may not be meant."""
    anew = [f"{_id(one.giver)} still has its text, and would start anew"
            for one in relinks if not one.orphan]  # fmt: skip
    away = [f"{_id(one.taker)} is an orphan, and its history would be out of sight"
            for one in relinks if one.hidden]  # fmt: skip
    return [*away, *anew]


def _agreed(shell: Shell, relinks: Sequence[Relink], yes: bool) -> bool:
    doubts = [] if yes else _doubts(relinks)
    if not doubts:
        return True
    if shell.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(doubts[0], "--yes does it, --dry-run shows it")
    for doubt in doubts:
        say(wrapped(f"{doubt}."))
    return click.confirm("Go on?")


def _rehearse(shell: Shell, relinks: Sequence[Relink]) -> None:
    if shell.as_json:
        report({"relinked": [_shape(one) for one in relinks], "written": False})
        return
    for one in relinks:
        say(wrapped(f"{_history(one)} of {_id(one.giver)} would belong to {_id(one.taker)}:"))
        _fronts(one)
    for doubt in _doubts(relinks):
        say(wrapped(f"{doubt}: asks first, or wants --yes."))
    say("Nothing was changed.")


def _tell(
    shell: Shell, relinks: Sequence[Relink], saved: Sequence[Saved], taken: Sequence[Card],
    now_ms: int, day: int,
) -> None:  # fmt: skip
    if shell.as_json:
        rows = [{**_shape(one), "review": row.review.hex()}
                for one, row in zip(relinks, saved, strict=True)]  # fmt: skip
        report({"relinked": rows, "written": True})
        return
    for one, card in zip(relinks, taken, strict=True):
        verb = "belongs" if one.reviews + one.marks == 1 else "belong"
        said = f"{_history(one)} of {_id(one.giver)} now {verb} to {_id(one.taker)}{_own(one)}:"
        say(wrapped(said))
        _fronts(one)
        say(f"  {_standing(card, now_ms, day)}")
    say("srs undo takes it back")


def _shape(one: Relink) -> dict[str, object]:
    return {
        "from": one.giver.uid.hex(), "to": one.taker.uid.hex(), "reviews": one.reviews,
        "marks": one.marks,
    }  # fmt: skip


def _id(card: Card) -> str:
    return card.uid.hex()[:8]


def _history(one: Relink) -> str:
    marks = [plural(one.marks, "mark")] if one.marks else []
    return " and ".join([plural(one.reviews, "review"), *marks] if one.reviews else marks)


def _own(one: Relink) -> str:
    reps = one.taker.state.reps
    return f", beside its own {plural(reps, 'review')}" if reps else ""


def _fronts(one: Relink) -> None:
    room = get_terminal_size().columns - 4
    for sign, card in (("-", one.giver), ("+", one.taker)):
        say(f"  {sign} {first_cells(' '.join(card.front.split()), room)}")


def _standing(card: Card, now_ms: int, day: int) -> str:
    """Where the card stands now, in a few words."""
    when = due(card, now_ms, day)
    known = when in ("new", "suspended")
    return (
        when if known else f"due {when}" if when == "today" or "ago" in when else f"due in {when}"
    )
