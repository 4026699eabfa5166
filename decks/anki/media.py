"""Media files of packages: what they are called here, and how they come out of a package."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from unicodedata import category, normalize
from urllib.parse import unquote

from decks.anki import container
from decks.anki.container import Container, Medium, UnwritableError
from decks.errors import DataError
from decks.media import SUFFIXES
from decks.model import Place, Problem, Severity

_UNSAFE = re.compile(r'[<>:"/\\|?*%#^\[\]()]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_LONGEST = 120  # bytes of a name
_ODD_ENDS = " .-~"
_HINT = "in Anki: Tools, Check Media; then export the deck once more"


def safe_name(name: str) -> str:
    """A name that every file system takes, that leads nowhere else, and that differs from those of
    other files: the name itself, unless something is wrong with it."""
    clean = normalize("NFC", name)
    if _is_safe(clean):
        return clean
    kept = "".join("_" if _is_odd(character) else character for character in clean)
    stem, dot, suffix = _UNSAFE.sub("_", kept).strip(_ODD_ENDS).rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    suffix = "".join(filter(str.isalnum, suffix))[:10]
    stem = stem.encode()[:80].decode(errors="ignore").strip(_ODD_ENDS) or "file"
    told = blake2b(name.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{stem}-{told}.{suffix}" if suffix else f"{stem}-{told}"


def _is_safe(name: str) -> bool:
    return bool(name) and not (
        _UNSAFE.search(name)
        or _RESERVED.match(name)
        or name.strip(_ODD_ENDS) != name
        or len(name.encode("utf-8", "replace")) > _LONGEST
        or any(map(_is_odd, name))
    )


def _is_odd(character: str) -> bool:
    return character != "\u200d" and category(character)[0] == "C"


class Names:
    """The media of a package, while its notes are read: which are named, by which name here."""

    def __init__(self, media: Sequence[Medium]) -> None:
        self._safe = {medium.name: name for name, medium in by_safe_name(media).items()}
        self.used: dict[str, None] = {}  # by their names here, in the order of their first use
        self.missing: dict[str, None] = {}

    def link(self, name: str) -> str:
        """The name here of a file that a field names; "" for no name."""
        for spelling in (
            name,
            unquote(name),
            normalize("NFC", name),
            normalize("NFC", unquote(name)),
        ):
            if spelling in self._safe:
                found = self._safe[spelling]
                self.used[found] = None
                return found
        if not name:
            return ""
        found = safe_name(unquote(name))
        self.missing[found] = None
        return found

    @property
    def unused(self) -> int:
        """How many files of the package no card names."""
        return len(self._safe) - len(self.used)


def by_safe_name(media: Iterable[Medium]) -> dict[str, Medium]:
    """The files by their names here; no two differ in case only."""
    found: dict[str, Medium] = {}
    folded: set[str] = set()
    for medium in media:
        name = safe_name(medium.name)
        if name.casefold() in folded:
            if name in found and found[name].name == medium.name:
                continue
            stem, dot, suffix = name.rpartition(".")
            told = blake2b(medium.name.encode("utf-8", "replace"), digest_size=4).hexdigest()
            name = f"{stem}-{told}.{suffix}" if dot else f"{name}-{told}"
            if name.casefold() in folded:
                continue
        folded.add(name.casefold())
        found[name] = medium
    return found


def extract(path: str, names: Iterable[str], folder: str) -> list[Problem]:
    """Write the media files of these names, as `Package.media` has them, into the folder.

    Each is there whole or not at all, for its owner alone; one that is there already is replaced.
    What the package does not give is told. Raises DataError if it cannot be read at all, or if
    the folder cannot be written to.
    """
    wanted = dict.fromkeys(names)
    problems: list[Problem] = []
    with container.opened(path, path) as package:
        media = by_safe_name(package.media())
        try:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in wanted:
                if wrong := _extract(package, media.get(name), name, folder):
                    told = f"{name}: {wrong}"
                    problems.append(Problem(Place(path, 1), told, _HINT, Severity.NOTE))
        except OSError as error:
            raise unwritable(folder, error.strerror) from error
        except UnwritableError as error:
            raise unwritable(folder, error.message) from error
    return problems


def unwritable(folder: str, reason: str | None) -> DataError:
    """The error that media cannot be written into a folder."""
    message = f"pictures of cards cannot be written: {(reason or 'no reason is known').lower()}"
    return DataError(message, "mend that, then import the package again: its cards are in",
                     path=folder)  # fmt: skip


def _extract(package: Container, medium: Medium | None, name: str, folder: str) -> str:
    """What is wrong with the file in the package; "" if nothing is."""
    if medium is None:
        return "not in the package"
    if Path(name).suffix.lower() not in SUFFIXES:
        return "not a picture, sound or film"
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix=".media-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            package.write_medium(medium, file)
        Path(draft).replace(Path(folder, name))
    except BaseException as error:
        Path(draft).unlink(missing_ok=True)
        if isinstance(error, DataError) and not isinstance(error, UnwritableError):
            return error.message
        raise
    return ""
