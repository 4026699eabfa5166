"""The daily session in full screen: keys to actions, session to screen."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from srs import Rating, Review
from srs.cli.clock import Clock
from srs.cli.terminal import END, REDRAW, Terminal
from srs.cli.view import Painted, View, paint
from srs.cli.words import intervals
from srs.session import Rate, Reveal, SetAside, TakeBack

# A held space bar or a paste must not rate what nobody has read.
_GUARD_MS = 250
_RATING_KEYS = {"1": Rating.AGAIN, "2": Rating.HARD, "3": Rating.GOOD, "4": Rating.EASY}
_REVEAL_KEYS = ("space", "enter")
_SCROLL = {"j": 1, "down": 1, "k": -1, "up": -1, "page-down": 10, "page-up": -10,
           "home": -100_000, "end": 100_000}  # fmt: skip
_TOLD = {
    "suspend": "suspended; u takes it back",
    "bury": "buried until tomorrow; u takes it back",
    "undo": "taken back",
    "busy": "another program is writing to the collection; nothing was saved, try again",
    "stale": "answered elsewhere meanwhile; here is the next card",
}


class Screen:
    """One session in one terminal."""

    def __init__(self, review: Review, clock: Clock, terminal: Terminal) -> None:
        self._review = review
        self._clock = clock
        self._terminal = terminal
        self._console = Console(
            markup=False, emoji=False, highlight=False, force_terminal=True, legacy_windows=False
        )
        self._view: View | None = None
        self._painted = Painted([], 0, 0)
        self._shown_ms = self._revealed_ms = 0

    def run(self) -> None:
        """Until the last card, `q` or the end of input."""
        self._deal("")
        self._review.collection.make_ready(self._clock.now_ms())
        while self._review.card is not None:
            key = self._terminal.key()
            if key in ("q", END) and not (self._view and self._view.keys):
                return
            self._press(key)

    def _deal(self, message: str) -> None:
        card = self._review.card
        if card is None:
            return
        self._terminal.forget_typed()
        left = self._review.left
        answered = self._review.session.tally().cards
        minutes = self._review.collection.daily.minutes(left)
        self._view = View(card, False, answered, left, minutes, {}, message=message)
        self._shown_ms = self._clock.monotonic_ms()
        self._draw()

    def _draw(self) -> None:
        if self._view is None:
            return
        width, height = self._terminal.size()
        self._console.width = width
        self._painted = paint(self._view, self._console, height)
        self._terminal.draw(self._painted.lines)

    def _change(self, **changes: object) -> None:
        if self._view is not None:
            self._view = replace(self._view, **changes)  # type: ignore[arg-type]
            self._draw()

    def _press(self, key: str) -> None:
        view = self._view
        if view is None or key == REDRAW:
            self._draw()
        elif view.keys or key == "?":
            self._change(keys=not view.keys, offset=None)
        elif key in _SCROLL:
            wanted = self._painted.offset + _SCROLL[key]
            self._change(offset=min(max(0, wanted), self._painted.furthest))
        elif key in _REVEAL_KEYS and not view.revealed:
            self._reveal()
        elif key in _RATING_KEYS or key in _REVEAL_KEYS:
            self._rate(_RATING_KEYS.get(key, Rating.GOOD))
        elif key in ("s", "b"):
            self._tell(SetAside("suspend" if key == "s" else "bury"))
        elif key == "u":
            self._undo()

    def _reveal(self) -> None:
        card = self._review.card
        if card is None:
            return
        self._review.do(Reveal())
        from srs.cli.footnote import footnote

        collection = self._review.collection
        self._change(
            revealed=True,
            intervals=intervals(collection, card, self._clock.now_ms()),
            footnote=footnote(collection.notes_by_uid([card])[card.note]),
            message="",
            offset=None,
        )
        self._revealed_ms = self._clock.monotonic_ms()

    def _rate(self, rating: Rating) -> None:
        now_ms = self._clock.monotonic_ms()
        if self._view is None or not self._view.revealed:
            self._change(message="answer in your head first; space shows the answer")
        elif now_ms - self._revealed_ms >= _GUARD_MS:
            self._tell(Rate(rating, now_ms - self._shown_ms))

    def _undo(self) -> None:
        if self._review.session.done:
            self._tell(TakeBack())
        else:
            self._change(message="nothing to undo in this session; srs undo goes further back")

    def _tell(self, action: Rate | SetAside | TakeBack) -> None:
        told = self._review.do(action)
        message = " · ".join(_TOLD[one.what] for one in told if one.what in _TOLD)
        if any(one.what == "busy" for one in told):
            self._change(message=message)  # the card is still to be answered
        else:
            self._deal(message)
