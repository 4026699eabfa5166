"""`srs review`: what the session is about, and which front end it gets."""

from __future__ import annotations

import contextlib
import os
import sys
from math import isfinite
from typing import Any

import click

from decks.errors import UsageError
from srs import Collection, Review
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import say
from srs.cli.selecting import NARROWING, finding, selecting, wanted
from srs.cli.words import plural


@click.command("review")
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@selecting
@finding
@click.option("--limit", type=click.IntRange(min=1), metavar="N",
              help="At most N different cards.")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), metavar="M",
              help="At most M minutes; offers to review ahead if any are left.")  # fmt: skip
@click.option("--new", "new_limit", type=click.IntRange(min=0), metavar="N",
              help="New cards in this session, instead of today's limit.")  # fmt: skip
@click.option("--no-new", is_flag=True, help="No new cards: --new 0.")
@click.option("--cram", is_flag=True,
              help="All selected cards, due or not; nothing is scheduled.")  # fmt: skip
@click.option("--count", "counts", is_flag=True, help="With --cram: schedule by the answers.")
@click.option("--jsonl", is_flag=True, help="Speak JSON lines on stdin and stdout.")
@common
@pass_shell
def review_command(shell: Shell, /, jsonl: bool, **options: Any) -> None:
    """Answer what is due today, in all decks or those named.

    \b
    Examples:
      srs review "Monitoring and drift" --new 5
      srs review --minutes 10 --level senior
      srs review --cram --concept canary-deployment
      srs review --find 'is:due -type:contrast'
    """
    _refuse_contradictions(options)
    if not isfinite(options["minutes"] or 0):
        raise UsageError("--minutes is a number of minutes", "leave it out for no limit")
    _refuse_before_creating(shell, options)
    with shell.open(create=True) as collection:
        review = _begin(collection, shell, options)
        if jsonl:
            from srs.cli.jsonl import JsonLines

            JsonLines(review, shell.clock).run()
            return
        try:
            _run(review, shell)
        except BaseException:
            with contextlib.suppress(OSError):  # the terminal may be gone
                say(_kept(review), err=True)
            raise
        from srs.cli.ending import sum_up

        sum_up(review, shell)
        if options["leeches"] and not (options["cram"] or review.session.done or shell.as_json):
            say("Leeches that are suspended are asked by --cram --leeches.")


def _refuse_contradictions(options: dict[str, Any]) -> None:
    if options["no_new"] and options["new_limit"]:
        raise UsageError("--no-new and --new contradict each other", "give one of them")
    if options["counts"] and not options["cram"]:
        raise UsageError("--count is for --cram: any other session counts", "add --cram")
    if options["cram"] and (options["no_new"] or options["new_limit"] is not None):
        hint = "--limit says how many cards a cram asks"
        raise UsageError("--cram asks what is selected, new or not", hint)


def _refuse_before_creating(shell: Shell, options: dict[str, Any]) -> None:
    """No collection is made for the sake of a slip: the built-in decks alone are asked first."""
    selects = options["decks"] or any(options[name] for name in ("deck_options", *NARROWING))
    if selects and not os.path.lexists(f"{shell.home}/collection.db"):
        with shell.open() as collection:
            _begin(collection, shell, options)


def _begin(collection: Collection, shell: Shell, options: dict[str, Any]) -> Review:
    decks = (*options["decks"], *options["deck_options"])
    collection.refuse_disabled(decks)
    new = 0 if options["no_new"] else options["new_limit"]
    narrow = any(options[name] for name in NARROWING)
    limited = options["limit"] is not None or options["minutes"] is not None
    if not (narrow or limited or options["cram"]):
        return Review(collection, shell.clock.now_ms, decks, new)
    from srs import Limits

    asked = wanted(options)
    review = Review(
        collection, shell.clock.now_ms, wanted=asked,
        limits=Limits(options["limit"], options["minutes"], new),
        cram=options["cram"], counts=options["counts"] or not options["cram"],
    )  # fmt: skip
    if review.session.over:
        collection.refuse_out_of_sight(asked, shell.clock.now_ms())
    return review


def _kept(review: Review) -> str:
    answers = plural(review.session.tally().reviews, "answer")
    return f"{answers} saved." if review.counts else f"{answers}; a cram saves none."


def _full_screen() -> bool:
    dumb = os.environ.get("TERM", "dumb") in ("dumb", "unknown", "")
    return sys.stdin.isatty() and sys.stdout.isatty() and not dumb


def _run(review: Review, shell: Shell) -> None:
    if review.session.over:
        return
    if not _full_screen():
        from srs.cli.dialogue import Dialogue

        Dialogue(review, shell.clock, err=shell.as_json).run()
        return
    from srs.cli.screen import Screen
    from srs.cli.terminal import Terminal

    with Terminal() as terminal:
        Screen(review, shell.clock, terminal).run()
