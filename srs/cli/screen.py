"""The daily session in full screen: keys to actions, session to screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace

from rich.console import Console
from rich.theme import Theme

from decks.errors import UserError
from srs import Kind, Rating, Review
from srs.cli.clock import Clock
from srs.cli.telling import MARKS, explained, greeting, mark_of, said, stays
from srs.cli.terminal import END, REDRAW, Terminal
from srs.cli.theme import look_of
from srs.cli.view import Painted, Panel, View, body, paint
from srs.cli.words import DOUBLING, intervals
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

# A held space bar or a paste must not rate what nobody has read.
_GUARD_MS = 250
_RATING_KEYS = {"1": Rating.AGAIN, "2": Rating.HARD, "3": Rating.GOOD, "4": Rating.EASY}
_REVEAL_KEYS = ("space", "enter")
_CONFIDENCE_KEYS = {"5": 50, "7": 70, "9": 90}
_SCROLL = {"j": 1, "down": 1, "k": -1, "up": -1, "page-down": 10, "page-up": -10,
           "home": -100_000, "end": 100_000}  # fmt: skip


class Screen:
    """One session in one terminal."""

    def __init__(self, review: Review, clock: Clock, terminal: Terminal) -> None:
        self._review = review
        self._clock = clock
        self._terminal = terminal
        self._look = look_of(review.collection.settings.theme, os.environ)
        self._console = Console(
            markup=False, emoji=False, highlight=False, force_terminal=True, legacy_windows=False,
            theme=Theme(self._look.styles), no_color=self._look.plain,
        )  # fmt: skip
        self._view = View(None, False, 0, 0, 0, {}, look=self._look)
        self._painted = Painted([], 0, 0)
        self._laid_out: tuple[tuple[View, int] | None, list[str]] = None, []
        self._shown_ms = self._revealed_ms = 0
        self._pictures_opened = 0
        self._draft = ""  # of an answer that Esc put off
        self._panel_keys: Callable[[str], None] | None = None
        self._keys: Mapping[str, Callable[[], None]] = {
            "u": self._undo, "t": self._type, "f": self._ask_flag, "i": self._info,
            "e": self._edit, "o": self._open_picture, "?": self._show_keys, "d": self._double,
        }  # fmt: skip

    def run(self) -> None:
        """Until the session is over, `q` or the end of input."""
        self._deal(greeting(self._review))
        self._review.collection.make_ready(self._clock.now_ms())
        self._type_if_wished()
        while not self._review.session.over:
            key = self._terminal.key()
            if key == END or (key == "q" and self._view.panel is None):
                return
            self._press(key)

    # Cards

    def _deal(self, message: str) -> None:
        """Show what the session has come to: a card, or the offer to go on."""
        review = self._review
        outlook = review.outlook
        self._terminal.forget_typed()
        self._shown_ms = self._clock.monotonic_ms()
        self._pictures_opened = 0
        self._draft = ""
        self._view = View(
            review.card, False, review.session.tally().cards, outlook.cards, outlook.minutes,
            {}, counts=review.counts, message=message, look=self._look,
        )  # fmt: skip
        if review.session.offered:
            from srs.cli.panels import offer

            self._lay(offer(review.spare_minutes or 0.0), self._decide, message)
        elif review.card is not None:
            self._draw()

    def _draw(self) -> None:
        width, height = self._terminal.size()
        self._console.width = width
        # Of a long card only scrolled it would take long to lay out all lines anew.
        still = replace(self._view, offset=None, message=""), width
        if self._laid_out[0] != still:
            self._laid_out = still, body(self._view, self._console)
        self._painted = paint(self._view, self._laid_out[1], self._console, height)
        self._terminal.draw(self._painted.lines)

    def _change(self, **changes: object) -> None:
        self._view = replace(self._view, **changes)  # type: ignore[arg-type]
        self._draw()

    # Keys

    def _press(self, key: str) -> None:
        view = self._view
        if key == REDRAW:
            self._draw()
        elif key in _SCROLL:
            wanted = self._painted.offset + _SCROLL[key]
            self._change(offset=min(max(0, wanted), self._painted.furthest))
        elif view.panel is not None and self._panel_keys is not None:
            self._panel_keys(key)
        elif key in _REVEAL_KEYS and not view.revealed:
            self._reveal()
        elif key in _RATING_KEYS or key in _REVEAL_KEYS:
            self._rate(_RATING_KEYS.get(key, view.suggested or Rating.GOOD))
        elif key in _CONFIDENCE_KEYS:
            self._bet(_CONFIDENCE_KEYS[key])
        elif key in MARKS:
            self._tell(mark_of(key, self._review.card))
        elif key in self._keys:
            self._keys[key]()

    def _reveal(self) -> None:
        card = self._review.card
        if card is None:
            return
        self._review.do(Reveal())
        from srs.cli.reveal import revealed

        session, now_ms = self._review.session, self._clock.now_ms()
        shown = revealed(self._review.collection, card, session.typed)
        given = intervals(self._review.collection, card, now_ms) if self._review.counts else {}
        self._change(revealed=True, intervals=given, message="", offset=None, **shown._asdict())
        self._revealed_ms = self._clock.monotonic_ms()

    def _rate(self, rating: Rating) -> None:
        now_ms = self._clock.monotonic_ms()
        if not self._view.revealed:
            self._change(message="answer in your head first; space shows the answer")
        elif now_ms - self._revealed_ms >= _GUARD_MS:
            self._tell(Rate(rating, now_ms - self._shown_ms))

    def _double(self) -> None:
        card = self._view.card
        if card is None or card.estimate is None:
            return
        if not self._view.revealed:
            self._change(message="first the number itself; space shows it")
            return
        from srs.cli.estimating import doubling

        self._change(doubling=doubling(card), message="")
        lines = self._laid_out[1]
        at = next((number for number, line in enumerate(lines) if DOUBLING in line), None)
        if at is not None:
            self._change(offset=min(at, self._painted.furthest))

    def _bet(self, confidence: int) -> None:
        if self._view.revealed:
            self._change(message="too late to bet: the answer is on the screen")
            return
        self._review.do(Bet(confidence))
        self._change(confidence=self._review.session.confidence)

    def _undo(self) -> None:
        if self._review.session.done:
            self._tell(TakeBack())
        else:
            self._change(message="nothing to undo in this session; srs undo goes further back")

    def _tell(self, action: Action) -> None:
        before = self._review.card
        told = self._review.do(action)
        answers = self._review.session.tally().reviews
        message = " · ".join(text for one in told if (text := said(one, answers)))
        if any(stays(one, before, self._review.card) for one in told):
            self._change(card=self._review.card, message=message)
            return
        self._deal(message)
        self._type_if_wished()

    # Panels

    def _lay(
        self, panel: Panel, keys: Callable[[str], None] | None = None, message: str = ""
    ) -> None:
        self._panel_keys = keys or (lambda _: self._lift())
        self._change(panel=panel, offset=0, message=message)

    def _lift(self) -> None:
        self._panel_keys = None
        self._change(panel=None, offset=None, message="")

    def _show_keys(self) -> None:
        from srs.cli.panels import keys

        self._lay(keys())

    def _info(self) -> None:
        if self._view.card is not None:
            from srs.cli.info import info

            width, _ = self._terminal.size()
            now_ms = self._clock.now_ms()
            collection, view = self._review.collection, self._view
            self._lay(
                info(collection, self._view.card, now_ms, width, reminder=view.revealed,
                     look=self._look)
            )  # fmt: skip

    def _ask_flag(self) -> None:
        from srs.cli.panels import flags

        self._lay(flags(), self._flag)

    def _flag(self, key: str) -> None:
        from srs.cli.panels import FLAG_KEYS

        self._lift()
        flag = FLAG_KEYS.get(key)
        if flag is None:
            return
        known = self._view.card.state.flag_note if self._view.card else ""
        note = self._written("A note to yourself, or nothing", known) if flag else ""
        if note is not None:
            self._tell(Mark(Kind.FLAG, flag=flag, note=note))

    def _decide(self, key: str) -> None:
        if key == "u":
            self._undo()
        elif key in ("y", "enter"):
            self._tell(Accept())
        elif key in ("n", "q", "escape"):
            self._review.do(Decline())

    # What needs the whole terminal

    def _type_if_wished(self) -> None:
        card = self._review.card
        if card is not None and (self._review.collection.settings.typed or card.estimate):
            self._type()

    def _type(self) -> None:
        if self._view.revealed:
            self._change(message="the answer is on the screen already")
            return
        words = self._answered()
        if words is None:
            return
        self._draft = ""
        self._review.do(Write(words))
        if words.strip():
            self._reveal()
        else:
            self._draw()

    def _answered(self) -> str | None:
        """What was typed; of an estimate what cannot be read only if it stays so.

        Then the line comes again, with a word about it, and Enter or Esc leave it at that.
        """
        words = self._written(self._label(), self._draft, self._put_off, answers=True)
        while words is not None and (said := self._slip(words)):
            refused, self._draft = words, ""
            label = f"{said} · {self._label()}"  # the former in sight on the narrowest screen
            words = self._written(label, refused, self._put_off, answers=True, again=True)
            if words == refused or self._draft:  # by Enter, or by Esc
                return refused
        return words

    def _slip(self, words: str) -> str:
        card = self._review.card
        if card is None or card.estimate is None:
            return ""
        from srs.cli.estimating import slip

        return slip(card, words)

    def _label(self) -> str:
        card = self._review.card
        if card is None or card.estimate is None:
            return "Your answer"
        from srs.cli.estimating import label

        return label(card)

    def _put_off(self, words: str) -> None:
        self._draft = words

    def _written(
        self,
        label: str,
        text: str = "",
        left: Callable[[str], object] = lambda _: None,
        *,
        answers: bool = False,
        again: bool = False,
    ) -> str | None:
        """What the learner writes below the question; None if they think better of it.

        Then `left` is told what they had written, and the screen is as before; else it is still to
        be drawn.
        """
        from srs.cli.entry import entry
        from srs.cli.view import entry_keys, question

        single = label != "Your answer"  # notes, and numbers
        self._console.width, _ = self._terminal.size()
        with self._terminal.lent(with_screen=True):
            words = entry(
                question(self._view, self._console), label=label, text=text,
                keys=entry_keys(self._console.width, single=single, answers=answers, again=again),
                single=single, left=left, on_screen=True,
            )  # fmt: skip
        if words is None:
            self._draw()
        return words

    def _edit(self) -> None:
        card = self._review.card
        if card is None:
            return
        from srs.cli.editing import edit

        try:
            with self._terminal.lent():
                message = edit(self._review.collection, card, self._clock.now_ms()).message
        except UserError as error:
            self._change(message=explained(error))
            return
        uid, revealed = card.uid, self._view.revealed
        self._review.do(Reread())
        now = self._review.card
        if now is None or now.uid != uid:
            self._deal(message)
            self._type_if_wished()
        else:
            self._change(card=now, message=message)
            if revealed:
                self._reveal_again()

    def _reveal_again(self) -> None:
        from srs.cli.reveal import revealed

        card = self._review.card
        if card is not None:
            shown = revealed(self._review.collection, card, self._review.session.typed)
            self._change(**shown._asdict())

    def _open_picture(self) -> None:
        card = self._view.card
        if card is None:
            return
        from srs.cli.pictures import open_picture, pictures

        texts = [card.front, *([card.back, card.why, card.flip] if self._view.revealed else [])]
        found = pictures(texts)
        if not found:
            self._change(message="no picture on this card")
            return
        try:
            image = found[self._pictures_opened % len(found)]
            places = self._review.collection.picture_places(card.path)
            message = open_picture(card.path, image, places)
            self._pictures_opened += 1
        except UserError as error:
            message = explained(error)
        self._change(message=message)
