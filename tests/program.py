"""The program as its users meet it: run in a pipe, or driven on a real pseudo-terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pexpect
import pyte

from tests import forked

SRS = str(Path(sys.executable).with_name("srs"))
_BEGIN_PICTURE, _END_PICTURE = b"\x1b[?2026h", b"\x1b[?2026l"
_PATIENCE = 50  # reads
_PROMPT = "what next? "
MORNING = "2026-03-02T08:00:00Z"

CARDS = """\
---
deck: Own
tags: [mine]
---

Q: What does a canary ask?
A: Is it safe to go on?

Q: What does an **A/B test** ask?
A: Is it better?

C: A rollout runs [shadow] first, then [canary].
"""


@dataclass(frozen=True)
class Ran:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Program:
    """`srs` over one home folder, at one time."""

    home: Path
    now: str = MORNING
    environment: dict[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("SRS_HOME", "NO_COLOR")}
        return kept | {"SRS_HOME": str(self.home), "TZ": "UTC", "TERM": "xterm"} | self.environment

    def __call__(self, *words: str, stdin: str = "", now: str = "") -> Ran:
        argv, env = [SRS, *words, "--now", now or self.now], self.env()
        start = forked.run if forked.can_fork(env) else started
        done = start(argv, env, stdin, 60)
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def jsonl(self, *lines: dict[str, Any], words: tuple[str, ...] = (), now: str = "") -> Ran:
        stdin = "".join(json.dumps(line) + "\n" for line in lines)
        return self("review", *words, "--jsonl", stdin=stdin, now=now)

    def screen(self, *words: str, columns: int = 80, lines: int = 24) -> Screen:
        screen = Screen(self, [SRS, *words, "--now", self.now], columns, lines)
        screen.child.delaybeforesend = None  # it takes keys at any time, as a shell does not
        return screen

    def shell(self) -> Screen:
        """An interactive shell with job control, in which `srs` can be run."""
        prompted = replace(
            self, environment=self.environment | {"PS1": _PROMPT, "PROMPT_COMMAND": ""}
        )
        return Screen(prompted, ["bash", "--norc", "--noprofile", "-i"], 80, 24)

    @property
    def database(self) -> Path:
        return self.home / "collection.db"


def started(
    argv: list[str], env: dict[str, str], stdin: str, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """A run of the installed program, from its start."""
    return subprocess.run(
        argv, input=stdin, capture_output=True, text=True, env=env, timeout=timeout_s, check=False
    )


class Screen:
    """The program on a pseudo-terminal, and what a person would see there."""

    def __init__(self, program: Program, command: list[str], columns: int, lines: int) -> None:
        self.child = pexpect.spawn(
            command[0],
            command[1:],
            env=program.env(),
            dimensions=(lines, columns),
            timeout=20,
        )
        self.child.ptyproc.delayafterclose = 0.01
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""

    def _read(self, wait_s: float) -> None:
        try:
            data = self.child.read_nonblocking(65536, wait_s)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.raw += data
        self._stream.feed(data)

    @property
    def text(self) -> str:
        for _ in range(_PATIENCE):  # half a picture is none
            self._read(0.02)
            if self.raw.rfind(_BEGIN_PICTURE) <= self.raw.rfind(_END_PICTURE):
                break
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def cells(self) -> Any:
        """Rows and columns of characters with their styles, as pyte keeps them."""
        return self._screen.buffer

    def wait_for(self, text: str, timeout_s: float = 20) -> str:
        """The screen, once it says so, on one line or on several."""
        self.wait_until(lambda: self._shows(text), repr(text), timeout_s)
        return self.text

    def wait_until(self, is_so: Callable[[], bool], what: str, timeout_s: float = 20) -> None:
        """Return once that is so."""
        deadline = time.monotonic() + timeout_s
        while not is_so():
            assert time.monotonic() < deadline, f"{what} not on the screen:\n{self.text}"

    def _shows(self, text: str) -> bool:
        shown = self.text
        return text in shown or text in " ".join(shown.split())

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def reveal(self) -> None:
        self.press(" ")
        self.wait_for("1 again")
        time.sleep(0.3)  # longer than ratings are ignored for

    def wait_for_shell(self) -> None:
        """Return once a shell asks for a command: what is typed earlier may be thrown away."""
        self.wait_until(lambda: self.text.rstrip().endswith(_PROMPT.rstrip()), "a prompt")

    def lose_the_terminal(self) -> int:
        """The exit code after the window is gone. (pexpect's own close sends signals besides.)"""
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, self.child.child_fd)
        os.close(nothing)
        self.child.wait()
        return int(self.child.exitstatus or -int(self.child.signalstatus or 0))

    def end(self) -> int:
        """The exit code, once the program has ended."""
        self.child.expect(pexpect.EOF)
        self.raw += self.child.before or b""
        self._stream.feed(self.child.before or b"")
        self.child.close()
        if self.child.exitstatus is None:
            return -int(self.child.signalstatus or 0)
        return int(self.child.exitstatus)
