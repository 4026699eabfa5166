"""`srs` without its start: one process imports the program, and forks for every run of it.

A run is a process of its own all the same, with its own environment, folder and pipes. What is done
but once is to import modules, which takes most of a short command's time. What depends on the start
(tests/test_startup.py, or variables that Python itself reads) needs the installed program.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

_ROOT = Path(__file__).parents[1]
_MOST_BYTES = 1 << 20  # of a request
_STREAMS = (("stdin", "r", -1), ("stdout", "w", -1), ("stderr", "w", 1))
_READ_BY_PYTHON = ("PYTHON", "LC_", "LANG")


def can_fork(env: Mapping[str, str]) -> bool:
    """Whether a run in this environment is the same without a start."""
    differs = {key for key in env.keys() | os.environ.keys() if env.get(key) != os.environ.get(key)}
    return sys.platform == "linux" and not any(key.startswith(_READ_BY_PYTHON) for key in differs)


def run(
    argv: Sequence[str], env: Mapping[str, str], stdin: str | None, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """What `subprocess.run` gives with pipes and text; without `stdin` that pipe stays open."""
    request = {"argv": list(argv), "env": dict(env), "cwd": str(Path.cwd())}
    with (
        _pipe() as (theirs_in, to_in),
        _pipe() as (out, theirs_out),
        _pipe() as (err, theirs_err),
        _pipe() as (told, theirs_told),
        ThreadPoolExecutor(4) as pool,
    ):
        theirs = (theirs_in, theirs_out, theirs_err, theirs_told)
        fds = [one.fileno() for one in theirs]
        socket.send_fds(_server(), [json.dumps(request).encode()], fds)
        for one in theirs:
            one.close()
        if stdin is not None:
            pool.submit(_write, to_in, stdin.encode())
        said, complained = pool.submit(out.read), pool.submit(err.read)
        number = int(told.readline())
        code = pool.submit(told.read)
        try:
            status = int(code.result(timeout_s))
        except TimeoutError:
            os.kill(number, signal.SIGKILL)
            raise subprocess.TimeoutExpired(argv, timeout_s) from None
        texts = (_text(done.result()) for done in (said, complained))
        return subprocess.CompletedProcess(argv, status, *texts)


def _text(said: bytes) -> str:
    return said.decode().replace("\r\n", "\n")


def _write(stream: IO[bytes], data: bytes) -> None:
    try:
        with stream:
            stream.write(data)
    except BrokenPipeError:  # it ended before it had read all
        pass


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader, os.fdopen(write, "wb", buffering=0) as writer:
        yield reader, writer


@cache
def _server() -> socket.socket:
    """The socket of this test run's server, which ends with it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-c", "from tests.forked import serve; serve()"]
    with theirs:
        process = subprocess.Popen(command, stdin=theirs, cwd=_ROOT)
    atexit.register(lambda: (ours.close(), process.wait()))
    return ours


def import_all() -> None:
    """Import every module of the program."""
    for package in ("srs", "decks", "exporters"):
        for module in pkgutil.walk_packages([str(_ROOT / package)], f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def serve() -> None:
    """Run what is asked for on the socket that is standard input, until that is closed."""
    server = socket.socket(fileno=os.dup(0))
    import_all()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for minders
    while True:
        message, fds, *_ = socket.recv_fds(server, _MOST_BYTES, 4)
        if not message:
            return
        if os.fork() == 0:
            server.close()
            _mind(json.loads(message), fds)
            return
        for fd in fds:
            os.close(fd)


def _mind(request: dict[str, Any], fds: Sequence[int]) -> None:
    """Fork once more, and tell that process's number and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, told = fds
    child = os.fork()
    if child == 0:
        os.close(told)
        _become(request, streams)
    os.write(told, f"{child}\n".encode())
    for fd in streams:
        os.close(fd)
    _, status = os.waitpid(child, 0)
    os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(request: dict[str, Any], fds: Sequence[int]) -> NoReturn:
    """Be the program, as a shell would start it."""
    for fd, (at, (name, mode, buffering)) in zip(fds, enumerate(_STREAMS), strict=True):
        os.dup2(fd, at)
        os.close(fd)
        old = getattr(sys, name)
        setattr(sys, name, os.fdopen(at, mode, buffering, old.encoding, old.errors))
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    sys.argv = request["argv"]
    from srs.cli import main

    try:
        main()
    except SystemExit as ended:
        _leave(ended.code)


def _leave(code: object) -> NoReturn:
    """End as Python does, but take no module apart: of so many, that costs more than most runs."""
    assert isinstance(code, int), code
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
