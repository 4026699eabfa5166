"""A full-screen entry for an answer of several lines. Slow to load, so only where one is typed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from prompt_toolkit.application import Application, run_in_terminal
from prompt_toolkit.application.current import set_app
from prompt_toolkit.filters import has_selection
from prompt_toolkit.input import create_input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from srs.cli.deferred import Deferred
from srs.cli.entry_screen import MAX_CHARACTERS, Answer, EntryScreen

_ESCAPE_WAIT_S = 0.03  # for the rest of a key's sequence
_PREFIX_WAIT_S = 0.3  # for the Enter of Esc Enter


def entry(
    above: Sequence[str],
    *,
    label: str,
    text: str = "",
    lines: int = 6,
    keys: str,
    single: bool = False,
    left: Callable[[str], object] = lambda _: None,
    on_screen: bool = False,
) -> str | None:
    """What the learner typed; None when they cancelled or the terminal is gone.

    Shows the rendered lines `above`, and below them the entry: `lines` high, more as it fills.
    `left` is told what stood there when Esc was pressed. With `on_screen` the full screen is there
    already, and stays.
    Ctrl-C raises KeyboardInterrupt. However it ends, the terminal, the signal handlers and the
    wake-up descriptor are as they were.
    """
    output = _Stage.from_pty(sys.stdout, os.environ.get("TERM"), ColorDepth.from_env())
    assert isinstance(output, _Stage)
    output.lent = output.stays = on_screen
    answer = Answer(text, single=single)
    screen = EntryScreen(answer, above, label=label, lines=lines, keys=keys,
                         rows=lambda: output.get_size().rows)  # fmt: skip
    form = _Form(answer, left, output)
    form.app = Application(
        screen.layout,
        key_bindings=form.bindings(),
        full_screen=True,
        include_default_pygments_style=False,
        input=create_input(sys.stdin),
        output=output,
    )
    with Deferred(form.wake) as deferred:
        form.deliver = deferred.deliver
        try:
            typed = asyncio.run(form.fill())
        except (EOFError, OSError):
            typed = None  # the terminal is gone, and with it whoever typed
    if form.error is not None:
        raise form.error
    return typed


class _Stage(Vt100_Output):
    """The terminal, whose full screen stays where it is `lent`, but for the time of a stop."""

    lent = stays = False

    def enter_alternate_screen(self) -> None:
        if self.stays:
            self.cursor_goto(1, 1)
        else:
            super().enter_alternate_screen()
        self.stays = self.lent

    def quit_alternate_screen(self) -> None:
        if not self.stays:
            super().quit_alternate_screen()


class _Form:
    """One entry, from its first drawing to its end."""

    app: Application[str | None]

    def __init__(self, answer: Answer, left: Callable[[str], object], stage: _Stage) -> None:
        self.error: BaseException | None = None  # what `entry` is to raise
        self.deliver: Callable[[], None] = lambda: None
        self._answer = answer
        self._left = left
        self._stage = stage
        self._loop: asyncio.AbstractEventLoop | None = None

    async def fill(self) -> str | None:
        """The text once it is entered; None if it is not, and then `error` may say why."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._fail)
        self.app.ttimeoutlen, self.app.timeoutlen = _ESCAPE_WAIT_S, _PREFIX_WAIT_S
        if signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN:
            signal.signal(signal.SIGTSTP, lambda *_: self._soon(self._suspend))
        try:
            # A signal may have come before there was a loop to wake.
            return await self.app.run_async(
                pre_run=self.wake, set_exception_handler=False, handle_sigint=False
            )
        finally:
            clear_typeahead(self.app.input)  # keys after the last are not for the next entry
            self._loop = None

    def wake(self) -> None:
        """Have the loop deliver the signals that came."""
        self._soon(self._attend)

    def _soon(self, call: Callable[[], None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(call)

    def _attend(self) -> None:
        try:
            self.deliver()
        except BaseException as error:
            self._end(error=error)

    def _fail(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._end(error=context.get("exception") or RuntimeError(context["message"]))

    def _end(self, result: str | None = None, error: BaseException | None = None) -> None:
        self.error = self.error or error
        future = self.app.future
        if future is not None and not future.done():
            self.app.exit(result=result)

    def _typed(self) -> str:
        return self._answer.text[:MAX_CHARACTERS]

    def _leave(self) -> None:
        self._left(self._typed())
        self._end()

    def _suspend(self) -> None:
        if self.app.is_running and signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN:
            self._stage.stays = False
            with set_app(self.app):
                run_in_terminal(_stand_still)

    def bindings(self) -> KeyBindings:
        """The keys that differ from the usual ones of Emacs."""
        answer, bindings = self._answer, KeyBindings()
        actions: tuple[tuple[tuple[str, ...], Callable[[], object]], ...] = (
            (("enter",), lambda: self._end(self._typed())),
            (("c-d",), lambda: self._end(self._typed() or None)),
            (("escape",), self._leave),
            (("escape", "escape"), self._leave),
            (("c-c",), lambda: self._end(error=KeyboardInterrupt())),
            (("c-z",), self._suspend),
            (("escape", "enter"), lambda: answer.insert_text("\n")),
            (("c-j",), lambda: answer.insert_text("\n")),
            (("tab",), lambda: answer.insert_text("\t")),
            (("escape", "<"), lambda: setattr(answer, "cursor_position", 0)),
            (("escape", ">"), lambda: setattr(answer, "cursor_position", len(answer.text))),
            # An Alt key that means nothing must not count as Esc and throw the answer away.
            (("escape", Keys.Any), lambda: None),
            *((("escape", digit), lambda: None) for digit in "-0123456789"),
        )
        for keys, act in actions:
            bindings.add(*keys)(_without_event(act))
        bindings.add(Keys.Any, filter=~has_selection, save_before=_begins_word)(self._insert)
        return bindings

    def _insert(self, event: KeyPressEvent) -> None:
        self._answer.insert_text(event.data)


def _without_event(act: Callable[[], object]) -> Callable[[KeyPressEvent], None]:
    def handle(_: KeyPressEvent) -> None:
        act()

    return handle


def _begins_word(event: KeyPressEvent) -> bool:
    """Whether what is typed now is to be undone apart from what was typed before."""
    return event.data.isspace() or not event.is_repeat


def _stand_still() -> None:
    """Stop as any program stops, until `fg`."""
    handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, handler)
