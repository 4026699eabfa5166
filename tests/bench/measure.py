"""Costs of programs and of calls, and the ratios of two that ran in alternation.

A yardstick that takes turns with what is measured is slowed by a noisy machine just as much. Needs
Linux. CPU seconds come from the kernel's own accounting.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_PATIENCE_S = 60
Environment = dict[str, str]


def cpu_of(command: list[str], environment: Environment) -> float:
    """CPU seconds of a command, run to its end with its output thrown away."""
    pid = os.fork()
    if not pid:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(null, descriptor)
        os.execve(command[0], command, environment)
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, (command, status)
    return usage.ru_utime + usage.ru_stime


def cpu_until(command: list[str], environment: Environment, text: bytes) -> float:
    """CPU seconds of a command on a pseudo-terminal until `text` has arrived."""
    pid, terminal = pty.fork()
    if not pid:
        os.execve(command[0], command, environment)
    seen, deadline = b"", time.monotonic() + _PATIENCE_S
    while text not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536)
    os.kill(pid, signal.SIGSTOP)
    used_ns = sum(int(path.read_text().split()[0]) for path in _threads(pid))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    return used_ns / 1e9


def _threads(pid: int) -> list[Path]:
    """Each thread's own account: the process's counts its main thread only."""
    return list(Path(f"/proc/{pid}/task").glob("*/schedstat"))


def cpu_of_call(call: Callable[[], object]) -> float:
    """CPU seconds that this process, all its threads, spends on a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


class Memory(NamedTuple):
    """Megabytes resident: now, and at the most so far."""

    now: float
    peak: float


def memory_of(pid: int) -> Memory:
    """What the kernel says of a living process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return Memory(*(int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")))


def memory_after(command: list[str], environment: Environment, lines: Sequence[str]) -> Memory:
    """Memory of a command once it has taken these lines, each after it showed a card."""
    with talking_to(command, environment) as process:
        for line in lines:
            _await_card(process)
            assert process.stdin
            process.stdin.write(line + "\n")
            process.stdin.flush()
        _await_card(process)
        found = memory_of(process.pid)
        process.kill()
    return found


def _await_card(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    while '"event": "card"' not in (line := process.stdout.readline()):
        assert line, "the session ended early"


def talking_to(command: list[str], environment: Environment) -> subprocess.Popen[str]:
    """A command that is spoken to by lines."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)


class Row(NamedTuple):
    """One line of the table; a limit of None is for information."""

    what: str
    ours: float
    theirs: float
    ratio: float
    limit: float | None

    @property
    def kept(self) -> bool:
        """Whether the ratio is within the limit."""
        return self.limit is None or self.ratio <= self.limit


def alternate(
    ours: Callable[[], float], theirs: Callable[[], float], pairs: int
) -> tuple[list[float], list[float]]:
    """Both measured in turns, after a turn each that does not count."""
    ours(), theirs()
    found = [(ours(), theirs()) for _ in range(pairs)]
    return [pair[0] for pair in found], [pair[1] for pair in found]


def row(
    what: str,
    series: tuple[Sequence[float], Sequence[float]],
    limit: float | None,
    scale: float = 1.0,
) -> Row:
    """Medians and the median ratio of two series measured in turns."""
    ours, theirs = series
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return Row(
        what, statistics.median(ours) * scale, statistics.median(theirs) * scale, ratio, limit
    )
