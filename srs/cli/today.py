"""`srs` and `srs due`: what today holds."""

from __future__ import annotations

import click

from srs import Today
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table
from srs.cli.words import minutes, plural


def glance(shell: Shell) -> None:
    """Today in a few lines, with the next step."""
    with shell.open() as collection:
        today = collection.today(shell.clock.now_ms())
    if shell.as_json:
        _report(today)
        return
    waiting = today.due + today.learning
    say(f"Today: {plural(waiting, 'card')} due, {today.new} new, {_cost(today)}.")
    if today.paused:
        say("New cards wait until the backlog is smaller.")
    if waiting + today.new:
        say("Next: srs review")
    else:
        say("Nothing is left for today. More new cards: srs review --new 5")


@click.command("due")
@common
@pass_shell
def due_command(shell: Shell) -> None:
    """Count what is due, by deck.

    \b
    Example:
      srs due --json
    """
    with shell.open() as collection:
        today = collection.today(shell.clock.now_ms())
    if shell.as_json:
        _report(today)
        return
    if today.decks:
        rows = [(name, c.due, c.learning, c.new) for name, c in today.decks.items()]
        total = ("All decks", today.due, today.learning, today.new)
        table(("Deck", "Due", "Learning", "New"), [*rows, total], right=(1, 2, 3))
        say(f"{_cost(today).capitalize()}.")
    else:
        say("Nothing is due.")
    if today.paused:
        say("New cards wait until the backlog is smaller.")


def _cost(today: Today) -> str:
    return f"about {minutes(today.minutes)}" if today.minutes >= 1 else minutes(today.minutes)


def _report(today: Today) -> None:
    report({
        "due": today.due, "learning": today.learning, "new": today.new, "minutes": today.minutes,
        "paused": today.paused,
        "decks": [{"deck": name, **counts._asdict()} for name, counts in today.decks.items()],
    })  # fmt: skip
