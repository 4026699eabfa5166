"""The learner's own editor, opened at a line. No shell is ever asked."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from decks.errors import UsageError
from srs.cli.deferred import Deferred

_USUAL = ("sensible-editor", "nano", "vim", "vi")
# How an editor is told the line. One that is in none of these gets only the path.
_PLUS = {
    "vi", "vim", "nvim", "gvim", "mvim", "view", "vimx", "elvis", "nano", "rnano", "pico",
    "emacs", "emacsclient", "micro", "kak", "joe", "jmacs", "jpico", "jstar", "ne", "mg", "jed",
    "ed", "zile", "mcedit", "sensible-editor", "editor",
}  # fmt: skip
_COLON = {"hx", "helix"}
_COLON_AND_WAIT = {"subl", "sublime_text", "zed", "zeditor"}
_GOTO_AND_WAIT = {"code", "code-insiders", "codium", "vscodium", "cursor"}
_FOREGROUND = {"gvim": "-f", "mvim": "-f"}  # these let go of the terminal at once otherwise
_PATIENCE_S = 3
_SET_ONE = "set one: export EDITOR=nano"


def command(
    environ: Mapping[str, str],
    path: str,
    line: int,
    which: Callable[[str], str | None] = shutil.which,
) -> list[str]:
    """The words that open the file at the line, in the editor of $VISUAL, $EDITOR or the machine.

    `path` is absolute. Raises UsageError if no editor is named and none is there.
    """
    assert Path(path).is_absolute()
    argv = _chosen(environ) or next(([name] for name in _USUAL if which(name)), [])
    if not argv:
        raise UsageError("no editor is set", _SET_ONE)
    return [*argv, *_arguments(Path(argv[0]).name, argv[1:], path, line)]


def run(argv: Sequence[str]) -> int:
    """The exit code of the editor, once it has ended; 128 and the number if a signal ended it.

    Ctrl-C and Ctrl-Z are the editor's meanwhile. Raises UsageError if it cannot be started.
    """
    child: subprocess.Popen[bytes] | None = None
    with signals_left_to_child():
        try:
            with Deferred(lambda: None):  # or a signal might leave an editor that nobody knows
                child = _started(argv)
            code = child.wait()
        except BaseException:
            if child is not None:
                _end(child)
            raise
    return code if code >= 0 else 128 - code


def _started(argv: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(argv)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"the editor {argv[0]} cannot be run: {reason}", _SET_ONE) from None


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()  # editors save what was typed
    try:
        child.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _chosen(environ: Mapping[str, str]) -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environ.get(name, ""))
        except ValueError:
            raise UsageError(f"${name} has a quote that never closes", _SET_ONE) from None
        if words and words[0]:
            return words
    return []


def _arguments(name: str, given: Sequence[str], path: str, line: int) -> list[str]:
    if name in _PLUS:
        stay = _FOREGROUND.get(name, "")
        return [*([stay] if stay and stay not in given else []), f"+{line}", path]
    if name in _COLON:
        return [f"{path}:{line}"]
    wait = [] if {"--wait", "-w"} & set(given) else ["--wait"]
    if name in _COLON_AND_WAIT:
        return [*wait, f"{path}:{line}"]
    if name in _GOTO_AND_WAIT:
        return [*wait, "--goto", f"{path}:{line}"]
    return [path]


@contextmanager
def signals_left_to_child() -> Iterator[None]:
    """Ctrl-C and Ctrl-Z are those of a program that has the terminal meanwhile."""
    # Not SIG_IGN, which the editor would inherit. A stop must stop both, or the shell waits.
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT)}
    stop = signal.getsignal(signal.SIGTSTP)
    for number in found:
        signal.signal(number, lambda *_: None)
    if callable(stop):
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        yield
    finally:
        for number, handler in (*found.items(), (signal.SIGTSTP, stop)):
            if handler is not None:
                signal.signal(number, handler)
