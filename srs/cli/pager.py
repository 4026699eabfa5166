"""Text that is longer than the screen, shown by the learner's own pager."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from srs.cli.editor import signals_left_to_child

_USUAL = ("less", "more")
_COLOURED = ("less", "bat", "moar", "most", "delta", "ov")  # these show colours, not their codes
_LESS = {"LESS": "R", "LESSCHARSET": "utf-8"}


def show(text: str) -> None:
    """Print the text, through a pager where it is longer than the terminal is high."""
    argv = _command(os.environ) if _is_too_long(text) else []
    if not (argv and _run(argv, text)):
        click.echo(text)


def _is_too_long(text: str) -> bool:
    dumb = os.environ.get("TERM", "dumb") in ("dumb", "unknown", "")
    return sys.stdout.isatty() and not dumb and text.count("\n") + 2 > _height()


def _height() -> int:
    return shutil.get_terminal_size().lines


def _command(
    environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which
) -> list[str]:
    """The words that start the pager of $PAGER or of the machine; none: print it all at once."""
    try:
        words = shlex.split(environ.get("PAGER", ""))
    except ValueError:
        words = []
    if words:
        return words if which(words[0]) else []
    return next(([name] for name in _USUAL if which(name)), [])


def _run(argv: Sequence[str], text: str) -> bool:
    """Whether the pager could be started; it has ended when this returns."""
    shown = text if Path(argv[0]).name in _COLOURED else click.unstyle(text)
    with signals_left_to_child():
        try:
            child = subprocess.Popen(argv, stdin=subprocess.PIPE, env=_LESS | os.environ)
        except OSError:
            return False
        with contextlib.suppress(BrokenPipeError):  # the reader has seen enough
            child.communicate(shown.encode("utf-8", "replace") + b"\n")
        child.wait()
    return True
