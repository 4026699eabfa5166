"""Ratios, each measured in one run: `python -m tests.bench` (needs Linux; a few minutes).

Everything is compared with a yardstick that runs in alternation with it, so that a noisy machine
slows both. CPU seconds of the whole process, from the kernel's own accounting.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PAIRS = 21
CARDS = 100_000
YARDSTICK = [sys.executable, "-c", "import sqlite3, click, rich.console"]
SRS = [str(Path(sys.executable).with_name("srs"))]


def cpu_of(command: list[str], environment: dict[str, str]) -> float:
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


def cpu_until(command: list[str], environment: dict[str, str], text: bytes) -> float:
    """CPU seconds of a command on a pseudo-terminal until `text` has arrived."""
    pid, terminal = pty.fork()
    if not pid:
        os.execve(command[0], command, environment)
    seen, deadline = b"", time.monotonic() + 60
    while text not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536)
    os.kill(pid, signal.SIGSTOP)
    used_ns = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    return used_ns / 1e9


def compare(name: str, measure: Callable[[], float], environment: dict[str, str]) -> None:
    """One line of the table: medians and their ratio, over alternating pairs."""
    measure(), cpu_of(YARDSTICK, environment)  # warm-up
    ours, theirs = [], []
    for _ in range(PAIRS):
        ours.append(measure())
        theirs.append(cpu_of(YARDSTICK, environment))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    mine, yardstick = statistics.median(ours), statistics.median(theirs)
    print(f"{name:42} {mine * 1000:8.1f} {yardstick * 1000:8.1f} {ratio:7.2f}")


def deck(front: str) -> str:
    """A hundred thousand cards with that kind of front."""
    cards = (f"Q: {front.format(number)}\nA: The answer to {number}.\n" for number in range(CARDS))
    return "\n".join(cards)


def collection(folder: Path, front: str) -> dict[str, str]:
    """An environment whose collection holds such cards."""
    environment = {**os.environ, "SRS_HOME": str(folder / "home"), "TERM": "xterm-256color"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    source = folder / "cards.md"
    source.write_text(deck(front))
    cpu_of([*SRS, "import", str(source)], environment)
    return environment


def main() -> None:
    """Print the table."""
    print(f"{CARDS:,} cards; medians of {PAIRS} alternating pairs")
    print("yardstick: python -c 'import sqlite3, click, rich.console'\n")
    print(f"{'CPU milliseconds':42} {'ours':>8} {'theirs':>8} {'ratio':>7}")
    with tempfile.TemporaryDirectory() as name:
        plain = collection(Path(name), "What does part {} trade for `latency`?")
        compare("srs due", lambda: cpu_of([*SRS, "due"], plain), plain)
        first = lambda: cpu_until([*SRS, "review"], plain, b"What does part")  # noqa: E731
        compare("srs review, to the first card", first, plain)
    with tempfile.TemporaryDirectory() as name:
        blocks = collection(
            Path(name), "What does part {} do?\n\n- one\n- two\n\n```python\nx = 1\n```\n"
        )
        first = lambda: cpu_until([*SRS, "review"], blocks, b"What does part")  # noqa: E731
        compare("… whose front has a list and code", first, blocks)


if __name__ == "__main__":
    main()
