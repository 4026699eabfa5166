"""Which file a picture of a card is, and whether it may be shown."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from decks.images import place
from decks.model import Remark, Severity

# Nothing that a viewer would run.
SUFFIXES = {
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tiff", ".avif", ".heic", ".pdf",
    ".mp3", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".flac", ".mp4", ".webm",
}  # fmt: skip
_ADDRESS = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:|//", re.IGNORECASE)
_FILE = re.compile(r"file:|[A-Za-z]:[\\/]", re.IGNORECASE)
_FROM_ROOT = "@/"
_MOST_FILES = 100_000  # and folders, that are looked at for a name
_MOST_NEAR, _DEEPEST_NEAR = 20_000, 8  # the same around a file of its own, and folders below it
_VAULT = ".obsidian"  # in the topmost folder of a vault
_BELOW = "put it into the folder of the deck file or below, and name it from there"


class MediaError(Exception):
    """A target that is not to be shown; `is_breach` if it asks for what no deck may name."""

    def __init__(self, reason: str, hint: str = "", *, is_breach: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.is_breach = is_breach


def is_address(target: str) -> bool:
    """Whether the target is for a browser: an address, and not of a file of this machine."""
    return bool(_ADDRESS.match(_bare(target)))


def locate(target: str, folder: str, root: str, names: Names | None = None) -> Path:
    """Return the regular file of a known kind that a target stands for, as a resolved path.

    It is named from `folder`, where the deck file lies, or, behind `@/`, from `root`; a name alone
    may also lie elsewhere, if `names` knows it. Links followed, it is below `root`. Both are
    resolved. MediaError for everything else.
    """
    name = _bare(target)
    path = _resolved(name, folder, root)
    page = name.find("#")  # of a PDF file, unless it is a part of the name
    if page > 0 and not os.path.lexists(path):
        path = _resolved(name[:page], folder, root)
    if names and "/" not in name and not os.path.lexists(path):
        path = names.elsewhere(path)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise MediaError((error.strerror or "cannot be read").lower()) from None
    if not stat.S_ISREG(mode):
        raise MediaError("not a regular file", _BELOW, is_breach=True)
    if path.suffix.lower() not in SUFFIXES:
        known = " ".join(sorted(suffix[1:] for suffix in SUFFIXES))
        raise MediaError("not a picture, sound or film", f"these are: {known}")
    return path


class Names:
    """Where below a folder the files lie that are shown by their name alone, as vaults do.

    Around a file of its own, which may lie among anything, that is within the vault around its
    folder; without one in the folder itself, and not far below.
    """

    def __init__(self, root: str, *, alone: bool = False) -> None:
        vault = _vault_around(root) if alone else ""
        self._root = vault or root
        near = alone and not vault
        self._most = _MOST_NEAR if near else _MOST_FILES
        self._deepest = _DEEPEST_NEAR if near else _MOST_FILES

    def elsewhere(self, path: Path) -> Path:
        """A file of that name, links followed, if one is below the folder; else the path itself."""
        if path.name not in self._folders:
            return path
        found = Path(os.path.realpath(Path(self._root, self._folders[path.name], path.name)))
        return found if found.is_relative_to(os.path.realpath(self._root)) else path

    @cached_property
    def _folders(self) -> dict[str, str]:
        found: dict[str, str] = {}
        left = self._most
        for folder, inner, files in os.walk(self._root):
            place = os.path.relpath(folder, self._root)
            depth = 0 if place == "." else place.count(os.sep) + 1
            is_deepest = depth >= self._deepest
            inner[:] = sorted(one for one in inner if not is_deepest and one[0] != ".")
            shown = [one for one in files if Path(one).suffix.lower() in SUFFIXES]
            for name in sorted(shown):
                found.setdefault(name, place)
            left -= len(files) + len(inner)
            if left < 0:
                break
        return found


def _vault_around(folder: str) -> str:
    """The vault in which a folder lies, or which it is; "" if there is none."""
    start = Path(os.path.realpath(folder))
    found = (place for place in (start, *start.parents) if Path(place, _VAULT).is_dir())
    return str(next(found, ""))


def inspector(
    folder: str, root: str, names: Names | None = None
) -> Callable[[str], Iterator[Remark]]:
    """Return what looks through the texts of a deck file in `folder` for targets that are not to
    be shown.
    """

    def inspect(text: str) -> Iterator[Remark]:
        seen = set[str]()
        for start, _, image in place(text):
            if image.path in seen or is_address(image.path):
                continue
            seen.add(image.path)
            try:
                locate(image.path, folder, root, names)
            except MediaError as error:
                severity = Severity.ERROR if error.is_breach else Severity.NOTE
                message = f"{image.path}: {error.reason}"
                yield Remark(start, message, error.hint or "mend its name", severity)

    return inspect


def _bare(target: str) -> str:
    text = target.strip()
    return text[1:-1].strip() if text.startswith("<") and text.endswith(">") else text


def _resolved(text: str, folder: str, root: str) -> Path:
    """Where the name leads, links followed; it need not exist."""
    if _FILE.match(text):
        raise MediaError("outside the folder", _BELOW, is_breach=True)
    start = folder
    if text.startswith(_FROM_ROOT):
        start, text = root, text.removeprefix(_FROM_ROOT)
    name = unquote(text, errors="surrogateescape")
    if not name:
        raise MediaError("no name")
    if "\0" in name:
        raise MediaError("a name cannot hold NUL")
    path = Path(os.path.realpath(Path(start, name)))
    if path == Path(root) or not path.is_relative_to(root):
        raise MediaError("outside the folder", _BELOW, is_breach=True)
    return path
