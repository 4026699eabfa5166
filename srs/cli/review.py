"""`srs review`: which front end a session gets, and its summary."""

from __future__ import annotations

import contextlib
import os
import sys

import click

from srs import Review
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say
from srs.cli.shapes import summary
from srs.cli.words import days, minutes, plural, share


@click.command("review")
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("--jsonl", is_flag=True, help="Speak JSON lines on stdin and stdout.")
@click.option("--new", "new_limit", type=click.IntRange(min=0), metavar="N",
              help="New cards in this session, instead of today's limit.")  # fmt: skip
@common
@pass_shell
def review_command(
    shell: Shell, decks: tuple[str, ...], jsonl: bool, new_limit: int | None
) -> None:
    """Answer what is due today, in all decks or those named.

    \b
    Example:
      srs review "Monitoring and drift" --new 5
    """
    with shell.open(create=True) as collection:
        review = Review(collection, shell.clock.now_ms, decks, new_limit)
        if jsonl:
            from srs.cli.jsonl import JsonLines

            JsonLines(review, shell.clock).run()
            return
        try:
            _run(review, shell)
        except BaseException:
            saved = review.session.tally().reviews
            with contextlib.suppress(OSError):  # the terminal may be gone
                say(f"{plural(saved, 'answer')} saved.", err=True)
            raise
        _sum_up(review, shell)


def _full_screen() -> bool:
    dumb = os.environ.get("TERM", "dumb") in ("dumb", "unknown", "")
    return sys.stdin.isatty() and sys.stdout.isatty() and not dumb


def _run(review: Review, shell: Shell) -> None:
    if review.card is None:
        return
    if not _full_screen():
        from srs.cli.dialogue import Dialogue

        Dialogue(review, shell.clock, err=shell.as_json).run()
        return
    from srs.cli.screen import Screen
    from srs.cli.terminal import Terminal

    with Terminal() as terminal:
        Screen(review, shell.clock, terminal).run()


def _sum_up(review: Review, shell: Shell) -> None:
    found = review.summary()
    if shell.as_json:
        report(summary(found))
        return
    if not found.reviews:
        say("Nothing is left for today." if review.session.over else "Nothing answered.")
    else:
        reviews = plural(found.reviews, "answer")
        say(f"{plural(found.cards, 'card')} in {minutes(found.minutes)}, {reviews}, all saved.")
        if found.retention is not None:
            say(f"Retention {share(found.retention)} of the cards you already knew.")
    say(f"Tomorrow: {plural(found.due_tomorrow, 'card')} due.")
    if not found.due_tomorrow and found.next_due_ms is not None:
        calendar, now_ms = review.collection.calendar, shell.clock.now_ms()
        wait = calendar.day_of(found.next_due_ms) - calendar.day_of(now_ms)
        say(f"Next card due {'today' if wait <= 0 else 'in ' + days(wait)}.")
