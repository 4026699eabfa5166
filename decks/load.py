"""Deck files from disk and from the package: the only reading of files in the deck language."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path, PurePosixPath

from decks.drafts import Inspect
from decks.errors import UsageError
from decks.frontmatter import clean_deck
from decks.model import SKIPPED, Parsed, Place, Problem, Severity
from decks.parse import parse
from decks.progress import Progress

MAX_FILE_BYTES = 64 << 20
MAX_LINES = 500_000
SUFFIXES = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Loaded:
    """One deck file and what it held; a folder without deck files stands for itself."""

    path: str  # absolute and resolved; `builtin/…` for a deck of the package
    root: str  # the folder or file that was asked for, absolute and resolved
    parsed: Parsed


def read(
    paths: Sequence[Path], *, deck: str = "", progress: Progress | None = None
) -> tuple[Loaded, ...]:
    """Return the deck files at and below `paths`, sorted within each folder, each file once.

    What cannot be read becomes a problem of its file. `deck` overrides every deck name; `progress`
    is told of every file. Raises UsageError, before anything is read, if a path does not exist.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError("no such file or folder", "check the path", path=str(path))
    found = [(file, root) for root in paths for file in _files(root)]
    loaded: dict[str, Loaded] = {}
    for number, (file, root) in enumerate(found, 1):
        one = _empty(root) if file is None else _file(file, root)
        loaded.setdefault(one.path, one)
        if progress:
            progress(number, len(found))
    named = clean_deck(deck)
    return tuple(_in_deck(one, named) if named else one for one in loaded.values())


def reread(path: Path, deck: str, *, force: bool = False) -> Loaded:
    """Return one deck file whose notes belong to `deck`, unless it names its own deck.

    With `force` they do whatever it names. What cannot be read becomes a problem. Pictures are not
    looked for: from where the file was once read they may be elsewhere.
    """
    loaded = _file(path, path, deck, inspects=False)
    return _in_deck(loaded, deck) if force else loaded


def builtin() -> tuple[Loaded, ...]:
    """Return the decks that come with the package, in the order of their file names."""
    folder = resources.files("decks") / "builtin"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(SUFFIXES)),
        key=lambda file: file.name,
    )
    # Named by their place in the package: where that is installed may change.
    return tuple(
        Loaded(name, "builtin", _parsed(file.read_bytes(), name, file.name))
        for file in files
        for name in (f"builtin/{file.name}",)
    )


def _files(path: Path) -> Sequence[Path | None]:
    """The files that a path stands for; a lone None for a folder without any."""
    return list(_deck_files(path, set())) or [None] if path.is_dir() else [path]


def _empty(folder: Path) -> Loaded:
    """A folder without deck files, with a word about that."""
    place = Place(folder.as_posix(), 1)
    note = Problem(place, "no markdown file in this folder", severity=Severity.NOTE)
    root = os.path.realpath(folder)
    return Loaded(root, root, Parsed((), (note,)))


def _deck_files(folder: Path, entered: set[str]) -> Iterator[Path]:
    """Deck files in order of name. No folder is entered twice, whatever links lead to it."""
    real = os.path.realpath(folder)
    if real in entered:
        return
    entered.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder  # reading it as a file will say that it cannot be read
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _deck_files(entry, entered)
        elif entry.name.lower().endswith(SUFFIXES):
            yield entry


def _file(path: Path, root: Path, deck: str = "", *, inspects: bool = True) -> Loaded:
    shown = path.as_posix()
    real, real_root = os.path.realpath(path), os.path.realpath(root)
    try:
        data = _bytes(path)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        parsed = _refused(shown, 1, reason, "check the file and its permissions")
    else:
        name = path.relative_to(root).as_posix() if path != root else path.name
        inspect = partial(_inspector, real, real_root) if inspects else None
        parsed = _parsed(data, shown, name, deck, inspect)
        if path == root and not parsed.notes and not parsed.problems:
            note = Problem(Place(shown, 1), "no cards in this file", severity=Severity.NOTE)
            parsed = replace(parsed, problems=(note,))
    return Loaded(real, real_root, parsed)


def _inspector(path: str, root: str) -> Inspect:
    """What looks for the pictures of a deck file, at and below the folder that was asked for."""
    from decks.media import inspector

    folder = str(Path(path).parent)
    return inspector(folder, folder if root == path else root)


def _bytes(path: Path) -> bytes:
    """The content of a regular file, at most one byte above the limit; OSError for the rest."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise OSError(0, "folder cannot be read")
    if not stat.S_ISREG(mode):
        raise OSError(0, "not a regular file")
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def _parsed(
    data: bytes,
    shown: str,
    name: str,
    deck: str = "",
    inspector: Callable[[], Inspect] | None = None,
) -> Parsed:
    """Parse one file; its deck follows from `name`, its path below the folder asked for, if no
    other is given."""
    if len(data) > MAX_FILE_BYTES:
        return _refused(shown, 1, "larger than 64 MiB", "split it into smaller files")
    if data.count(b"\n") + data.count(b"\r") > MAX_LINES and (lines := _lines(data)) > MAX_LINES:
        return _refused(
            shown, 1, "more than half a million lines", "split it into smaller files", lines
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = _line_ends(data[: error.start]) + 1
        message = f"not valid UTF-8 (byte 0x{data[error.start]:02X})"
        return _refused(shown, line, message, "save the file as UTF-8", _lines(data))
    deck = deck or "::".join(PurePosixPath(name).with_suffix("").parts)
    inspect = inspector() if inspector and "![" in text else None
    parsed = parse(text, shown, deck, inspect)
    if not text.removeprefix("\ufeff").strip():
        note = Problem(Place(shown, 1), "empty file", severity=Severity.NOTE)
        parsed = replace(parsed, problems=(*parsed.problems, note))
    return parsed


def _lines(data: bytes) -> int:
    return _line_ends(data) + (data[-1:] not in b"\r\n")


def _line_ends(data: bytes) -> int:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")


def _refused(shown: str, line: int, message: str, hint: str, lines: int = 0) -> Parsed:
    return Parsed((), (Problem(Place(shown, line), message, hint),), SKIPPED * lines)


def _in_deck(loaded: Loaded, deck: str) -> Loaded:
    notes = tuple(replace(note, deck=deck) for note in loaded.parsed.notes)
    return replace(loaded, parsed=replace(loaded.parsed, notes=notes))
