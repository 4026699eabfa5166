"""The terminal in full-screen use: taken over, read key by key, and always given back."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Iterator
from types import FrameType
from typing import Any

# Alternate screen, hidden cursor, pastes marked as such, no line runs over into the next; and the
# way back.
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l\x1b[H\x1b[2J"
_LEAVE = "\x1b[?7h\x1b[?2004l\x1b[?25h\x1b[?1049l"
# The same for a program that draws on this very screen.
_LEND = "\x1b[?7h\x1b[?2004l"
_TAKE_BACK = "\x1b[?25l\x1b[?2004h\x1b[?7l"
# Terminals that know these show a picture only once it is complete.
_BEGIN_PICTURE, _END_PICTURE = "\x1b[?2026h", "\x1b[?2026l"
_PASTE_BEGIN, _PASTE_END = b"\x1b[200~", b"\x1b[201~"
_ESCAPE_WAIT_S = 0.03
_NAMES = {
    b"\x1b[A": "up", b"\x1bOA": "up", b"\x1b[B": "down", b"\x1bOB": "down",
    b"\x1b[5~": "page-up", b"\x1b[6~": "page-down", b"\x1b[H": "home", b"\x1b[F": "end",
    b"\x1bOH": "home", b"\x1bOF": "end", b"\x1b[1~": "home", b"\x1b[4~": "end",
    b"\x1b[7~": "home", b"\x1b[8~": "end",
    b"\r": "enter", b"\n": "enter", b" ": "space", b"\x04": "q", b"\x1b": "escape",
}  # fmt: skip
REDRAW = "redraw"
END = "end of input"  # which the End key is not


class Terminal:
    """A context manager around full-screen use of stdin and stdout."""

    def __init__(self) -> None:
        self._in = sys.stdin.fileno()
        self._out = sys.stdout.fileno()
        self._saved: list[Any] = []
        self._handlers: dict[int, Any] = {}
        self._wake_read, self._wake_write = -1, -1
        self._asked: set[int] = set()
        self._keys: list[str] = []

    def __enter__(self) -> Terminal:
        self._saved = termios.tcgetattr(self._in)
        self._listen()
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        self._stop_listening()

    @contextlib.contextmanager
    def lent(self, *, with_screen: bool = False) -> Iterator[None]:
        """The terminal as it was, for another program; taken over again afterwards.

        With `with_screen` the full screen stays, for a program that draws on it: nobody is to see
        the shell flash up. What that program drew there is left to the next picture.
        """
        self._give_back(_LEND if with_screen else _LEAVE)
        self._stop_listening()
        self._keys.clear()  # they were meant for that program
        try:
            yield
        finally:
            self._listen()
            # The terminal may be gone; what came of the other program is told all the same.
            with contextlib.suppress(OSError, termios.error):
                # Whatever that program left behind, such as no line ends, is none of ours.
                termios.tcsetattr(self._in, termios.TCSANOW, self._saved)
                self._take(_TAKE_BACK if with_screen else _ENTER)

    def _listen(self) -> None:
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH):
            self._handlers[number] = signal.signal(number, self._ask)

    def _stop_listening(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _ask(self, number: int, _: FrameType | None) -> None:
        self._asked.add(number)  # dealt with between keys, never in the middle of a write

    def _take(self, way: str = _ENTER) -> None:
        tty.setcbreak(self._in, termios.TCSANOW)
        self._write(way)

    def _give_back(self, way: str = _LEAVE) -> None:
        # The terminal may be gone altogether; then there is nothing to give back.
        with contextlib.suppress(OSError, termios.error):
            self._write(way)
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(self._in, termios.TCSANOW, self._saved)

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        while data:
            data = data[os.write(self._out, data) :]

    def size(self) -> tuple[int, int]:
        """Columns and lines, within reason."""
        columns, lines = self._real_size()
        return min(max(columns, 20), 200), max(lines, 8)

    def _real_size(self) -> tuple[int, int]:
        try:
            size = os.get_terminal_size(self._out)
        except OSError:
            return 80, 24
        return size.columns or 80, size.lines or 24

    def draw(self, lines: list[str]) -> None:
        """Show these lines from the top; what stood there before goes.

        Each is put in its place: one that the terminal finds wider than we do moves no other. On a
        screen that is too low the last line, with the keys, takes the place of those cut off.
        """
        _, height = self._real_size()
        shown = lines if len(lines) <= height else [*lines[: height - 1], lines[-1]]
        # Cleared before, not after: behind a full line the cursor stands on its last character.
        body = "".join(f"\x1b[{row}H\x1b[K{line}\x1b[0m" for row, line in enumerate(shown, 1))
        rest = f"\x1b[{len(shown) + 1}H\x1b[J" if len(shown) < height else ""
        self._write(f"{_BEGIN_PICTURE}{body}{rest}{_END_PICTURE}")

    def forget_typed(self) -> None:
        """Drop keys typed before now: they were meant for another card."""
        self._keys.clear()
        termios.tcflush(self._in, termios.TCIFLUSH)

    def key(self) -> str:
        """The next key's name; REDRAW when the screen must be painted anew; END at end of input."""
        while True:
            if self._keys:
                return self._keys.pop(0)
            ready, _, _ = select.select([self._in, self._wake_read], [], [])
            if self._wake_read in ready:
                self._drain()
            if self._asked:
                return self._attend()
            if self._in in ready:
                data = os.read(self._in, 1024)
                if not data:
                    return END
                self._keys += self._names(data)

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wake_read, 64):
                pass

    def _attend(self) -> str:
        stop = signal.SIGTSTP in self._asked
        self._asked.clear()
        if stop:
            self._suspend()
        self._take()  # after a stop the shell may have changed the terminal
        return REDRAW

    def _suspend(self) -> None:
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        # Here the program stands still until `fg`.
        signal.signal(signal.SIGTSTP, self._ask)

    def _names(self, data: bytes) -> Iterator[str]:
        if data.endswith(b"\x1b") and select.select([self._in], [], [], _ESCAPE_WAIT_S)[0]:
            data += os.read(self._in, 1024)
        while _PASTE_BEGIN in data and _PASTE_END not in data:
            data += os.read(self._in, 4096)
        yield from split_keys(data)


def split_keys(data: bytes) -> list[str]:
    """Names of the keys in what was read; pastes and unknown sequences are nothing."""
    names: list[str] = []
    while data:
        if data.startswith(_PASTE_BEGIN):
            data = data.partition(_PASTE_END)[2]
            continue
        length = _key_length(data)
        key, data = data[:length], data[length:]
        name = _NAMES.get(key) or key.decode("utf-8", "replace")
        if key in _NAMES or (len(name) == 1 and name.isprintable()):
            names.append(name)
    return names


def _key_length(data: bytes) -> int:
    if data[:2] == b"\x1bO":
        return 3
    if data[:2] == b"\x1b[":
        for place, byte in enumerate(data[2:], 3):
            if 0x40 <= byte <= 0x7E:
                return place
        return len(data)
    first = data[0]
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
