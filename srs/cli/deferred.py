"""Signals while foreign code runs that must not be left half-way: their handlers wait."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

_Handler = Callable[[int, FrameType | None], Any]


class Deferred:
    """A context manager under which Python's signal handlers wait for `deliver`.

    An event loop would swallow what they raise. Afterwards every handler and the wake-up descriptor
    are as they were, and the handlers of signals that were not delivered have been called.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called inside the signal handler: it may only ask for `deliver`, soon."""
        self._wake = wake
        self._found: dict[int, Any] = {}
        self._came: list[int] = []
        self._descriptor = -1

    def __enter__(self) -> Deferred:
        self._found = {number: signal.getsignal(number) for number in signal.valid_signals()}
        self._descriptor = signal.set_wakeup_fd(-1)
        for number, handler in self._found.items():
            if callable(handler) and number != signal.SIGWINCH:
                signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._found.items():
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)
        signal.set_wakeup_fd(self._descriptor, warn_on_full_buffer=False)
        self.deliver()

    def _take(self, number: int, _: FrameType | None) -> None:
        self._came.append(number)
        self._wake()

    def deliver(self) -> None:
        """Call the handlers of the signals that came; what one of them raises goes on from here."""
        while self._came:
            number = self._came.pop(0)
            self._found[number](number, None)
