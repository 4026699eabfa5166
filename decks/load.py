"""Deck files from disk and from the package: the only reading of files in the deck language."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from decks.cards import card_keys
from decks.dialects import NATIVE
from decks.dialects.base import DeckText, Package
from decks.drafts import Inspect
from decks.errors import UserError
from decks.frontmatter import clean_deck
from decks.lines import split
from decks.manner import Manner, Reader, is_native
from decks.model import PROSE, SKIPPED, Parsed, Place, Problem, Severity
from decks.parse import parse
from decks.progress import Progress
from decks.walk import SUFFIXES, Found, Walked, check_paths, find, nothing_found

MAX_FILE_BYTES = 64 << 20
MAX_LINES = 500_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """One deck file and what it held; a folder without deck files stands for itself."""

    path: str  # absolute and resolved; `builtin/…` for a deck of the package
    root: str  # the folder or file that was asked for, absolute and resolved
    parsed: Parsed
    native: bool = True  # in our own format, whose ids are the learner's
    package: bool = False  # of a program whose notes keep their ids from package to package
    media: tuple[str, ...] = ()  # names, within the package, of what its cards show


class _Asked(NamedTuple):
    """A file to read, and how it was asked for: see `Found`."""

    path: str
    root: str
    shown: str
    name: str


def read(
    paths: Sequence[Path], *, deck: str = "", progress: Progress | None = None
) -> tuple[Loaded, ...]:
    """Return the deck files at and below `paths`, sorted within each folder, each file once.

    What cannot be read becomes a problem of its file. `deck` overrides every deck name; `progress`
    is told of every file. Raises UsageError, before anything is read, if a path does not exist.
    """
    check_paths(paths)
    walks = [find(path.as_posix()) for path in paths]
    total = sum(len(walk.files) for walk in walks)
    loaded: dict[str, Loaded] = {}
    number = 0
    for path, walk in zip(paths, walks, strict=True):
        if walk.problems or not walk.files:
            one = _not_walked(path, walk)
            loaded.setdefault(one.path, one)
        for found in walk.files:
            if found.path not in loaded:
                loaded[found.path] = load(found, deck)
            number += 1
            if progress:
                progress(number, total)
    return tuple(loaded.values())


def load(found: Found, deck: str = "", reader: Reader | None = None) -> Loaded:
    """Return what a file that was found holds. `deck` overrides every deck name.

    What cannot be read becomes a problem. Of a file that is aside all lines are prose. Without a
    `reader` it is in our own format.
    """
    if reader and reader.manner.dialect.read:
        return _packaged(found, deck, reader.manner.dialect.read)
    loaded = _file(_Asked(found.path, found.root, found.shown, found.name), reader=reader)
    if found.aside and found.path != found.root:
        return replace(loaded, parsed=_as_prose(loaded.parsed, found.shown))
    named = clean_deck(deck)
    return _in_deck(loaded, named) if named else loaded


def _packaged(found: Found, deck: str, read: Callable[[str, str, str], Package]) -> Loaded:
    try:
        package = read(found.path, found.shown, clean_deck(deck))
    except UserError as error:
        refused = _refused(found.shown, error.line or 1, error.message, error.hint)
        return Loaded(found.path, found.root, refused, native=False, package=True)
    loaded = Loaded(
        found.path, found.root, package.parsed, native=False, package=True, media=package.media
    )
    return _in_deck(loaded, clean_deck(deck)) if clean_deck(deck) else loaded


def reread(path: Path, deck: str, manner: str = NATIVE, *, force: bool = False) -> Loaded:
    """Return one deck file whose notes belong to `deck`, unless it names its own deck.

    With `force` they do whatever it names. What cannot be read becomes a problem. Pictures are not
    looked for: from where the file was once read they may be elsewhere.
    """
    real = os.path.realpath(path)
    reader = None if manner == NATIVE else Reader(Manner.of(manner), str(path.parent))
    asked = _Asked(real, real, path.as_posix(), path.name)
    loaded = _file(asked, deck, inspects=False, reader=reader)
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


def text_of(path: str) -> str:
    """Return the text of a deck file, of one of the package (`builtin/…`) too.

    It is "" of what is not there, cannot be read, is too large or is no text.
    """
    folder, _, name = path.rpartition("/")
    try:
        if folder == "builtin":
            data = (resources.files("decks") / "builtin" / name).read_bytes()
        else:
            data = _bytes(Path(path))
        return "" if len(data) > MAX_FILE_BYTES else data.decode()
    except (OSError, ValueError):
        return ""


def _not_walked(path: Path, walk: Walked) -> Loaded:
    """What there is to say of a folder besides its files."""
    root = os.path.realpath(path)
    problems = walk.problems or (nothing_found(path.as_posix()),)
    return Loaded(root, root, Parsed((), problems))


def _file(
    found: _Asked, deck: str = "", *, inspects: bool = True, reader: Reader | None = None
) -> Loaded:
    native = reader is None or is_native(reader.manner.text)
    others: list[str] = []
    try:
        data = _bytes(Path(found.path))
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        parsed = _refused(found.shown, 1, reason, "check the file and its permissions")
    else:
        inspect = partial(_inspector, found, reader) if inspects else None
        parsed = _parsed(data, found.shown, found.name, deck, inspect, reader, others)
        if found.path == found.root and not parsed.notes and not parsed.problems:
            note = Problem(Place(found.shown, 1), "no cards in this file", severity=Severity.NOTE)
            parsed = replace(parsed, problems=(note,))
    return Loaded(found.path, found.root, parsed, native and not others)


def _inspector(found: _Asked, reader: Reader | None) -> Inspect:
    """What looks for the pictures of a deck file, at and below the folder that was asked for."""
    from decks.media import inspector

    folder = str(Path(found.path).parent)
    root = folder if found.root == found.path else found.root
    return inspector(folder, root, reader.names if reader else None)


def _as_prose(parsed: Parsed, shown: str) -> Parsed:
    """The file as one that is no deck: nothing in it is a fault."""
    problems: tuple[Problem, ...] = ()
    if parsed.notes:
        cards = sum(len(card_keys(note.kind, note.front)) for note in parsed.notes)
        looks = f"holds what looks like {cards} card{'s' if cards > 1 else ''}"
        hint = "name the file to import it"
        problems = (Problem(Place(shown, 1), looks, hint, Severity.NOTE),)
    return Parsed((), problems, PROSE * len(parsed.fates))


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
    reader: Reader | None = None,
    others: list[str] | None = None,
) -> Parsed:
    """Parse one file; its deck follows from `name`, its path below the folder asked for, if no
    other is given. A dialect other than the reader's is noted in `others`."""
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
    if reader is None:
        parsed = parse(text, shown, deck, inspect)
    else:
        parsed = _read_as(reader, DeckText(text, shown, name, deck, inspect), others)
    if not text.removeprefix("\ufeff").strip():
        note = Problem(Place(shown, 1), "empty file", severity=Severity.NOTE)
        parsed = replace(parsed, problems=(*parsed.problems, note))
    return parsed


def _read_as(reader: Reader, source: DeckText, others: list[str] | None) -> Parsed:
    """The text in the reader's manner, with a word if it is in another dialect than the rest."""
    try:
        parsed, other = reader.parse(source)
    except UserError as error:  # of a plugin
        lines = len(split(source.text))
        return _refused(source.path, 1, error.message, error.hint, lines)
    if not other:
        return parsed
    if others is not None:
        others.append(other)
    note = Problem(Place(source.path, 1), f"read as {other}", severity=Severity.NOTE)
    return replace(parsed, problems=(note, *parsed.problems))


def _lines(data: bytes) -> int:
    return _line_ends(data) + (data[-1:] not in b"\r\n")


def _line_ends(data: bytes) -> int:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")


def _refused(shown: str, line: int, message: str, hint: str, lines: int = 0) -> Parsed:
    return Parsed((), (Problem(Place(shown, line), message, hint),), SKIPPED * lines)


def _in_deck(loaded: Loaded, deck: str) -> Loaded:
    notes = tuple(replace(note, deck=deck) for note in loaded.parsed.notes)
    return replace(loaded, parsed=replace(loaded.parsed, notes=notes))
