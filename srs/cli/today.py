"""`srs` and `srs due`: what today holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from srs import Today
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table, wrapped
from srs.cli.progress import ProgressBar
from srs.cli.words import minutes, plural, share

if TYPE_CHECKING:
    from srs import Glance
    from srs.stats import Tally


def glance(shell: Shell) -> None:
    """Today in six lines, the last of them the next step."""
    with shell.open() as collection, ProgressBar("Counting the log") as progress:
        found = collection.glance(shell.clock.now_ms(), progress)
        wanted = collection.settings.desired_retention
    if shell.as_json:
        report({**_shape(found.today), **_more(found)})
        return
    for line in (
        _today(found.today), _done(found.done), _streak(found), _retention(found, wanted),
        _tomorrow(found), _next(found.today),
    ):  # fmt: skip
        say(wrapped(line))


def _today(today: Today) -> str:
    new = "new cards wait for the backlog" if today.paused else f"{today.new} new"
    return f"Today: {plural(today.due + today.learning, 'card')} due, {new}, {_cost(today)}."


def _done(done: Tally) -> str:
    if not done.answers:
        return "Done: nothing yet."
    return f"Done: {plural(done.answers, 'answer')}, {done.recalled:,} of them recalled."


def _streak(found: Glance) -> str:
    week = f"{plural(sum(found.week), 'answer')} in the last seven days"
    days = plural(found.streak.current_days, "day")
    return f"Streak: {days}, {week}."


def _retention(found: Glance, wanted: float) -> str:
    from srs.stats import LEAST_ANSWERS

    known = found.retention.all
    share_ = known.share()
    if share_ is None:
        told = plural(LEAST_ANSWERS, "answer")
        return f"Retention: told from {told} to cards in review on; so far {known.answers}."
    of = f"{share(share_)} of {known.answers:,} answers in 30 days"
    return f"Retention: {of}; desired: {share(wanted)}."


def _tomorrow(found: Glance) -> str:
    due, new, cost = found.tomorrow
    takes = f", {minutes(cost)}" if due + new else ""
    return f"Tomorrow: {plural(due, 'card')} due, {new} new{takes}."


def _next(today: Today) -> str:
    if today.due + today.learning + today.new:
        return "Next: srs review"
    return "Next: all is done; more new cards: srs review --new 5"


def _more(found: Glance) -> dict[str, object]:
    known = found.retention.all
    return {
        "done": found.done._asdict(),
        "streak_days": found.streak.current_days,
        "week": list(found.week),
        "retention": {**known._asdict(), "share": known.share()},
        "tomorrow": found.tomorrow._asdict(),
    }


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
        report(_shape(today))
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


def _shape(today: Today) -> dict[str, object]:
    return {
        "due": today.due, "learning": today.learning, "new": today.new, "minutes": today.minutes,
        "paused": today.paused,
        "decks": [{"deck": name, **counts._asdict()} for name, counts in today.decks.items()],
    }  # fmt: skip
