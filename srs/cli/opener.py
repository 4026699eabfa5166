"""Pictures and sounds of a card, shown by the program that the system has for them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from decks import media
from decks.errors import UsageError
from srs import Places

_started: list[subprocess.Popen[bytes]] = []


def resolve(card_path: str, target: str, places: Places | None = None) -> Path:
    """The file that `target`, as written in the deck file `card_path`, stands for.

    It is a regular file of a known kind below the root of `places`, links followed; without them
    in the folder of the deck file or below. Raises UsageError for everything else.
    """
    if media.is_address(target):
        raise UsageError(f"{target}: an address, not a file", "open it in a browser")
    if not Path(card_path).is_absolute():
        raise UsageError("a built-in card has no pictures", "import your own deck file")
    beside = os.path.realpath(Path(card_path).parent)
    folder, root, alone = places or Places(beside, beside, alone=True)
    try:
        return media.locate(target, folder, root, media.Names(root, alone=alone))
    except media.MediaError as error:
        hint = error.hint or f"the deck file is {card_path}"
        raise UsageError(f"{target}: {error.reason}", hint) from None


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
