"""Runs of the program by the hundred: a server that has loaded it forks a child for each.

Started with `Server()`; a child is the real program with its real streams, which are files here.
Before a run it may be told to die at its n-th SQL statement, or to carry a planted fault.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FRESH_S = 60.0


@dataclass(frozen=True)
class Run:
    """One run to make."""

    words: tuple[str, ...]
    home: Path
    stdin: str = ""
    die_at_statement: int = 0
    die_after_ms: float = 0.0
    fault: str = ""
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a run left behind. `code` is negative for a signal."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Server:
    """A context manager; one process for many runs."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TZ": "UTC"},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        self._folder.cleanup()

    def run(self, run: Run) -> Outcome:
        """Make a run and wait for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        folder = Path(self._folder.name)
        (folder / "in").write_text(run.stdin)
        for name in ("out", "err"):  # a child may die before it has opened them
            (folder / name).write_text("")
        wish = {
            "words": run.words, "home": str(run.home), "folder": str(folder),
            "die_at_statement": run.die_at_statement, "die_after_ms": run.die_after_ms,
            "fault": run.fault, "environment": run.environment,
        }  # fmt: skip
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        out = (folder / "out").read_text(errors="replace")
        err = (folder / "err").read_text(errors="replace")
        assert "Traceback" not in err, err
        return Outcome(code, out, err)


def _die_at(statement: int) -> None:
    """Kill this process before its n-th SQL statement, whichever connection makes it."""
    import sqlite3

    seen = 0
    connect = sqlite3.connect

    def count(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(*positional: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(*positional, **named)
        connection.set_trace_callback(count)
        return connection

    sqlite3.connect = traced  # type: ignore[assignment]


def _child(wish: dict[str, Any]) -> None:
    folder = Path(wish["folder"])
    for descriptor, name, mode in ((0, "in", os.O_RDONLY), (1, "out", -1), (2, "err", -1)):
        flags = mode if mode >= 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        os.dup2(os.open(folder / name, flags, 0o600), descriptor)
    # Python's own streams belonged to the server.
    sys.stdin, sys.stdout, sys.stderr = (
        open(descriptor, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for descriptor, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    os.environ.update(wish["environment"], SRS_HOME=wish["home"])
    from srs.cli import main
    from tests.faults.broken import plant

    plant(wish["fault"])
    if wish["die_at_statement"]:
        _die_at(wish["die_at_statement"])
    sys.argv = ["srs", *wish["words"]]
    code = 70
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _wait(pid: int, die_after_ms: float) -> int:
    if die_after_ms:
        deadline = time.monotonic() + die_after_ms / 1000
        while time.monotonic() < deadline:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.0005)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def serve() -> None:
    """Read wishes from stdin, a line each; answer each with an exit code."""
    import srs.cli.jsonl
    import srs.cli.review
    import srs.cli.safety
    import srs.cli.transfer
    import srs.importing
    import srs.keeper
    import srs.merging
    import srs.states  # noqa: F401 - loaded once, for all children

    for line in sys.stdin:
        wish = json.loads(line)
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            _child(wish)
        sys.stdout.write(f"{_wait(pid, wish['die_after_ms'])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
