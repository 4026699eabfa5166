"""The session as a plain dialogue of lines, for where there is no full screen."""

from __future__ import annotations

import sys

import click

from srs import Rating, Review
from srs.cli.clock import Clock
from srs.cli.output import say
from srs.cli.words import interval, intervals, plural
from srs.session import Rate, Reveal, SetAside, TakeBack

_RATINGS = {"1": Rating.AGAIN, "2": Rating.HARD, "3": Rating.GOOD, "4": Rating.EASY}
_RATINGS |= {rating.name.lower(): rating for rating in Rating}
_REVEAL = ("", "r", "reveal", "show")
_TOLD = {
    "suspend": "suspended",
    "bury": "buried until tomorrow",
    "stale": "answered elsewhere meanwhile; nothing was saved",
    "busy": "another program is writing to the collection; nothing was saved, try again",
}
_HELP = (
    "Enter or r: show the answer · 1-4: again, hard, good, easy"
    " · u: undo · s: suspend · b: bury · q: quit"
)


class Dialogue:
    """One session over stdin and stdout."""

    def __init__(self, review: Review, clock: Clock, *, err: bool = False) -> None:
        """With `err` the dialogue goes to stderr, and stdout is left to a report."""
        self._review = review
        self._err = err
        self._clock = clock
        self._shown_ms = 0
        self._prompting = sys.stdin.isatty()

    def run(self) -> None:
        """Until the last card, `q` or the end of input."""
        self._ask()
        self._review.collection.make_ready(self._clock.now_ms())
        while self._review.card is not None:
            if self._prompting:
                click.echo("> ", nl=False, err=self._err)
            line = sys.stdin.readline()
            if not line or line.strip().lower() in ("q", "quit"):
                return
            self._answer(line.strip().lower())

    def _ask(self) -> None:
        card = self._review.card
        if card is None:
            return
        self._shown_ms = self._clock.monotonic_ms()
        self._say(f"\n[{self._review.left} left] {card.deck}")
        self._say(f"Q: {card.front}")

    def _answer(self, word: str) -> None:
        if word in _REVEAL:
            self._reveal()
        elif word in _RATINGS:
            self._rate(_RATINGS[word])
        elif word in ("s", "suspend", "b", "bury"):
            told = self._review.do(SetAside("suspend" if word[0] == "s" else "bury"))
            self._say(_TOLD.get(told[0].what, "") if told else "")
            self._ask()
        elif word in ("u", "undo"):
            self._undo()
        else:
            self._say(_HELP)

    def _reveal(self) -> None:
        card = self._review.card
        if card is None:
            return
        if self._review.session.revealed:
            self._say(_HELP)
            return
        self._review.do(Reveal())
        given = intervals(self._review.collection, card, self._clock.now_ms())
        self._say(f"A: {card.back}")
        for label, text in (("Why", card.why), ("Flip", card.flip)):
            if text:
                self._say(f"{label}: {text}")
        choices = (f"{int(r)} {r.name.lower()} ({label})" for r, label in given.items())
        self._say("  ".join(choices))

    def _rate(self, rating: Rating) -> None:
        duration_ms = self._clock.monotonic_ms() - self._shown_ms
        now_ms = self._clock.now_ms()
        for told in self._review.do(Rate(rating, duration_ms)):
            if told.state is not None:
                day = self._review.collection.calendar.day_of(now_ms)
                self._say(
                    f"saved: {rating.name.lower()}, due in {interval(told.state, now_ms, day)}"
                )
            else:
                self._say(_TOLD[told.what])
        self._ask()

    def _undo(self) -> None:
        if not self._review.session.done:
            self._say("nothing to undo in this session; srs undo goes further back")
            return
        if any(told.what == "busy" for told in self._review.do(TakeBack())):
            self._say(_TOLD["busy"])
            return
        rest = self._review.session.tally().reviews
        self._say(f"taken back; {plural(rest, 'answer')} of this session stand")
        self._ask()

    def _say(self, text: str) -> None:
        say(text, err=self._err)
