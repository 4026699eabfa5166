"""Where an export goes: a file, or standard output."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import exporters
from decks.errors import DataError, UsageError
from exporters import Bundle, Format
from srs.cli.progress import ProgressBar

STDOUT = "-"
_NAME = "driftdeck"
# What a terminal would obey: control characters but for tabs and line ends, as UTF-8 has them.
_ACTING = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Target:
    """A file, which is not there or may be replaced; without one, standard output."""

    path: Path | None
    may_replace: bool

    def __str__(self) -> str:
        return str(self.path) if self.path else "standard output"

    def write(self, chosen: Format, bundle: Bundle) -> int:
        """Write the bundle there; returns the size in bytes.

        Raises DataError when that cannot be done, or a file has come meanwhile.
        """
        with ProgressBar("Writing notes") as progress:
            if self.path is None:
                return exporters.write_to(chosen, bundle, _stdout(), progress)
            return exporters.write(chosen, bundle, self.path, progress, replacing=self.may_replace)


def target(output: str | None, chosen: Format, *, force: bool, as_json: bool) -> Target:
    """Where the learner wants it. Raises UsageError where that is not clear, and DataError where
    nothing can be put."""
    if output == STDOUT:
        _refuse_stdout(chosen, as_json=as_json)
        return Target(None, may_replace=False)
    path = _path(output, chosen)
    if chosen.replaces and not path.name.lower().endswith(chosen.suffix):
        raise UsageError(f"{path}: does not end in {chosen.suffix}", "Anki goes by the name")
    _refuse_unfit(path, force=force)
    return Target(path, may_replace=force)


def _refuse_stdout(chosen: Format, *, as_json: bool) -> None:
    if as_json:
        raise UsageError("-o - and --json would mix on standard output", "name a file")
    if chosen.replaces:
        hint = f"name a file that ends in {chosen.suffix}, for Anki goes by the name"
        raise UsageError(f"{chosen.name} goes into a file only", hint)


def _path(output: str | None, chosen: Format) -> Path:
    if output is None and not chosen.replaces:
        raise UsageError("no file is named", f"add -o {_NAME}{chosen.suffix}, or another name")
    if output == "":
        raise UsageError("-o needs the name of a file", f"for example -o {_NAME}{chosen.suffix}")
    if output is None:
        return Path(default_name(chosen))
    if output.endswith("/") or Path(output).is_dir():
        return Path(output, default_name(chosen))
    return Path(output)


def default_name(chosen: Format) -> str:
    """What a file of the format is called unless the learner says; it warns of what it replaces."""
    replaced = "-".join(chosen.replaces.removeprefix("the ").split())
    return f"{_NAME}{f'-replaces-{replaced}' if replaced else ''}{chosen.suffix}"


def _refuse_unfit(path: Path, *, force: bool) -> None:
    """Raises DataError, before any work, where no file can be put."""
    if not path.parent.is_dir():
        raise DataError(f"{path.parent}: no such folder", "make it, or name one that exists")
    if path.exists() and not path.is_file():
        raise DataError(f"{path}: not a regular file", "name a file, or - for standard output")
    if os.path.lexists(path) and not force:
        raise DataError(f"{path}: exists already", "--force replaces it")


def _stdout() -> exporters.Sink:
    stream = sys.stdout.buffer
    return _Screen(stream) if sys.stdout.isatty() else stream


class _Screen:
    """Standard output where somebody looks at it: what would act on a terminal stays away."""

    def __init__(self, stream: exporters.Sink) -> None:
        self._stream = stream

    def write(self, piece: bytes) -> int:
        if _ACTING.search(piece):
            hint = "-o FILE writes a file; in a pipe it goes as it is"
            raise UsageError("this is not for a terminal to show", hint)
        return self._stream.write(piece)

    def flush(self) -> None:
        self._stream.flush()
