"""Pictures and sounds of a card, shown by the program that the system has for them."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

from decks.errors import UsageError

# Nothing that a viewer would run.
SUFFIXES = {
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tiff", ".avif", ".heic", ".pdf",
    ".mp3", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".flac", ".mp4", ".webm",
}  # fmt: skip
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_BESIDE = "put it into the folder of the deck file, and name it from there"
_started: list[subprocess.Popen[bytes]] = []


def resolve(card_path: str, target: str) -> Path:
    """The file that `target`, as written in the deck file `card_path`, stands for.

    It is a regular file of a known kind in the folder of the deck file or below, links followed.
    Raises UsageError for everything else.
    """
    name = _name(target)
    if not Path(card_path).is_absolute():
        raise UsageError("a built-in card has no pictures", "import your own deck file")
    folder = os.path.realpath(Path(card_path).parent)
    try:
        found = Path(os.path.realpath(Path(folder, name)))
        if found == Path(folder) or not found.is_relative_to(folder):
            raise UsageError(f"{target}: outside the folder of its deck file", _BESIDE)
        mode = found.stat().st_mode
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UsageError(f"{target}: {reason}", f"the deck file is {card_path}") from None
    if not stat.S_ISREG(mode):
        raise UsageError(f"{target}: not a regular file", _BESIDE)
    if found.suffix.lower() not in SUFFIXES:
        known = " ".join(sorted(suffix[1:] for suffix in SUFFIXES))
        raise UsageError(f"{target}: not a picture, sound or film", f"these are: {known}")
    return found


def command(
    platform: str, path: Path, which: Callable[[str], str | None] = shutil.which
) -> list[str]:
    """The words that show the file; UsageError, with its path, if nothing here can."""
    for name in ("open",) if platform == "darwin" else ("wslview", "xdg-open"):
        if which(name):
            return [name, str(path)]
    raise UsageError(f"no program here opens {path}", "open it yourself, or install xdg-utils")


def show(argv: Sequence[str]) -> None:
    """Start the viewer, which lives on its own from then on."""
    _started[:] = [child for child in _started if child.poll() is None]
    nothing = subprocess.DEVNULL
    try:
        child = subprocess.Popen(
            argv, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
    except OSError as error:
        reason = (error.strerror or "cannot be run").lower()
        raise UsageError(f"{argv[0]}: {reason}", f"open {argv[-1]} yourself") from None
    _started.append(child)  # to be reaped when it has ended


def _name(target: str) -> str:
    """The path that a markdown target names; UsageError if it names none."""
    text = target.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    if _ADDRESS.match(text):
        raise UsageError(f"{target}: an address, not a file", "open it in a browser")
    text = unquote(text, errors="surrogateescape")
    if not text:
        raise UsageError("the picture has no name", "write ![words](file.png)")
    if "\0" in text:
        raise UsageError(f"{target}: a name cannot hold NUL", "rename the file")
    return text
