"""The session as a plain dialogue of lines, for where there is no full screen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import click

from decks.errors import UserError
from srs import Card, Flag, Kind, Rating, Review, Told
from srs.cli.breaks import without_marks
from srs.cli.clock import Clock
from srs.cli.output import say
from srs.cli.telling import MARKS, explained, greeting, mark_of, said, stays
from srs.cli.words import DOUBLING, interval, intervals, minutes
from srs.session import (
    Accept,
    Action,
    Bet,
    Decline,
    Mark,
    Rate,
    Reread,
    Reveal,
    TakeBack,
    Write,
)

_RATINGS = {"1": Rating.AGAIN, "2": Rating.HARD, "3": Rating.GOOD, "4": Rating.EASY}
_RATINGS |= {rating.name.lower(): rating for rating in Rating}
_REVEAL = ("", "r", "reveal", "show")
_CONFIDENCE = {"5": 50, "7": 70, "9": 90, "50": 50, "70": 70, "90": 90}
_HELPS = ("?", "h", "help")
_WORDS = {"suspend": "s", "bury": "b", "reset": "R"}  # for keys
_FLAGS = {flag.name.lower(): flag for flag in Flag} | {str(int(flag)): flag for flag in Flag}
_HELP = (
    "Enter or r: show the answer · 1-4: again, hard, good, easy"
    " · t WORDS: your answer · 5 7 9 (or c 5, c 7, c 9): how sure, 50, 70, 90%"
    " · u: undo · s b: suspend, bury the card (S B: its note) · f COLOUR [NOTE]: flag"
    " · R: reset · e: edit · i: info · q: quit"
)
_HELP_ON_ESTIMATES = (
    "Here whatever else you type is your answer, such as 12.8k; ratings count after it."
    " c 5, c 7, c 9: how sure · Enter: show the answer"
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
        self._commands: Mapping[str, Callable[[str], None]] = {
            "t": self._type, "type": self._type, "f": self._flag, "flag": self._flag,
            "e": self._edit, "edit": self._edit, "i": self._info, "info": self._info,
            "u": self._undo, "undo": self._undo, "d": self._double, "double": self._double,
            "c": self._sure,
        }  # fmt: skip

    def run(self) -> None:
        """Until the session is over, `q` or the end of input."""
        greeted = greeting(self._review)
        if greeted:
            self._say(greeted)
        self._ask()
        self._review.collection.make_ready(self._clock.now_ms())
        while not self._review.session.over:
            if self._prompting:
                click.echo("> ", nl=False, err=self._err)
            line = sys.stdin.readline()
            if not line or line.strip().lower() in ("q", "quit"):
                return
            self._answer(line.strip())

    def _ask(self) -> None:
        card = self._review.card
        self._shown_ms = self._clock.monotonic_ms()
        if card is not None:
            self._say(f"\n[{self._review.left} left] {card.deck}")
            self._say(f"Q: {without_marks(card.front)}")
            self._say_unit(card)
        elif self._review.session.offered:
            spare = minutes(self._review.spare_minutes or 0.0)
            self._say(f"\nNothing more is due; {spare} left. Review ahead? (y, n)")

    def _answer(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if self._review.session.offered and word.lower() not in ("u", "undo"):
            self._decide(word.lower())
        elif _WORDS.get(word, word) in MARKS and not rest:  # before the others: R is not r
            self._do(mark_of(_WORDS.get(word, word), self._review.card))
        elif word.lower() in _REVEAL and not rest:
            self._reveal()
        elif self._awaits_number and word.lower() not in (*self._commands, *_HELPS):
            self._take(line)  # before ratings and confidence, which are numbers as well
        elif word.lower() in _RATINGS and not rest:
            self._rate(_RATINGS[word.lower()])
        elif word in _CONFIDENCE and not rest:
            self._bet(_CONFIDENCE[word])
        elif word.lower() in self._commands:
            self._commands[word.lower()](rest.strip())
        else:
            self._say(f"{_HELP}\n{_HELP_ON_ESTIMATES}" if self._awaits_number else _HELP)

    @property
    def _awaits_number(self) -> bool:
        """Whether an estimate is asked: then a line is its answer."""
        card = self._review.card
        return card is not None and card.estimate is not None and not self._review.session.revealed

    def _say_unit(self, card: Card) -> None:
        if card.estimate is not None and not self._review.session.revealed:
            from srs.cli.estimating import label

            self._say(f"{label(card)} (Enter shows it):")

    def _take(self, words: str) -> None:
        """Take a typed answer; of an estimate one that cannot be read may be typed again."""
        card = self._review.card
        if card is not None and card.estimate is not None:
            from srs.cli.estimating import slip

            if said := slip(card, words):
                self._say(f"{said}: type it again, or Enter shows the answer")
                return
        self._review.do(Write(words))
        self._reveal()

    def _decide(self, word: str) -> None:
        if word in ("y", "yes"):
            self._review.do(Accept())
            self._ask()
        elif word in ("n", "no"):
            self._review.do(Decline())
        else:
            self._say("y: review ahead · n: enough for today · u: undo · q: quit")

    def _reveal(self) -> None:
        card = self._review.card
        if card is None:
            return
        if self._review.session.revealed:
            self._say(_HELP)
            return
        self._review.do(Reveal())
        typed = self._review.session.typed
        if typed:
            self._say(f"You: {self._compared(card, typed)}")
        self._say(f"A: {without_marks(card.back)}")
        for label, text in (("Why", card.why), ("Flip", card.flip)):
            if text:
                self._say(f"{label}: {without_marks(text)}")
        if card.estimate:
            self._say(f"{DOUBLING} (d)")
        if card.state.flag_note:
            self._say(f"Note to yourself: {card.state.flag_note}")
        given = dict.fromkeys(Rating, "not scheduled")
        if self._review.counts:
            given = intervals(self._review.collection, card, self._clock.now_ms())
        choices = (f"{int(r)} {r.name.lower()} ({label})" for r, label in given.items())
        self._say("  ".join(choices))

    def _compared(self, card: Card, typed: str) -> str:
        """What was typed; of a cloze with its differences in signs, of an estimate how far off."""
        if card.estimate:
            from srs.cli.estimating import verdict

            found = verdict(card, typed)
            return found.line if found else typed
        from srs.cli.compare import signed
        from srs.cli.reveal import compared

        note = self._review.collection.notes_by_uid([card])[card.note]
        return "".join(map(signed, compared(card, note, typed))) or typed

    def _rate(self, rating: Rating) -> None:
        duration_ms = self._clock.monotonic_ms() - self._shown_ms
        self._do(Rate(rating, duration_ms), rating)

    def _do(self, action: Action, rating: Rating | None = None) -> None:
        now_ms, before = self._clock.now_ms(), self._review.card
        told = self._review.do(action)
        for one in told:
            self._say(self._said(one, rating, now_ms))
        if not any(stays(one, before, self._review.card) for one in told):
            self._ask()

    def _said(self, told: Told, rating: Rating | None, now_ms: int) -> str:
        if told.what == Kind.REVIEW and rating is not None and not told.leech:
            if told.state is None:
                return f"noted: {rating.name.lower()}"
            day = self._review.collection.calendar.day_of(now_ms)
            return f"saved: {rating.name.lower()}, due in {interval(told.state, now_ms, day)}"
        return said(told, self._review.session.tally().reviews)

    def _type(self, words: str) -> None:
        if self._review.session.revealed:
            self._say("the answer is on the screen already")
        elif not words:
            self._say("write your answer after the t, on the same line")
        else:
            self._take(words)

    def _double(self, _: str) -> None:
        card = self._review.card
        if card is None or card.estimate is None:
            self._say(_HELP)
        elif not self._review.session.revealed:
            self._say("first the number itself; Enter shows it")
        else:
            from srs.cli.estimating import doubling

            self._say(doubling(card))

    def _sure(self, words: str) -> None:
        confidence = _CONFIDENCE.get(words.removesuffix("%"))
        if confidence is None:
            self._say("say how sure you are as c 5, c 7 or c 9: 50, 70 or 90%")
        else:
            self._bet(confidence)

    def _bet(self, confidence: int) -> None:
        if self._review.session.revealed:
            self._say("too late to bet: the answer is on the screen")
        else:
            self._review.do(Bet(confidence))
            self._say(f"{confidence}% sure")

    def _flag(self, words: str) -> None:
        colour, _, note = words.partition(" ")
        if colour.lower() not in _FLAGS:
            self._say(f"a flag is one of {', '.join(flag.name.lower() for flag in Flag)}")
            return
        self._do(Mark(Kind.FLAG, flag=_FLAGS[colour.lower()], note=note.strip()))

    def _edit(self, _: str) -> None:
        card = self._review.card
        if card is None:
            return
        from srs.cli.editing import edit

        try:
            self._say(edit(self._review.collection, card, self._clock.now_ms()).message)
        except UserError as error:
            self._say(explained(error))
            return
        self._review.do(Reread())
        self._ask()

    def _info(self, _: str) -> None:
        card = self._review.card
        if card is None:
            return
        from srs.cli.info import describe

        revealed, now_ms = self._review.session.revealed, self._clock.now_ms()
        for line in describe(self._review.collection, card, now_ms, reminder=revealed):
            self._say(line)

    def _undo(self, _: str) -> None:
        if not self._review.session.done:
            self._say("nothing to undo in this session; srs undo goes further back")
            return
        self._do(TakeBack())

    def _say(self, text: str) -> None:
        say(text, err=self._err)
