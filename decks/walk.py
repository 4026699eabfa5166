"""Which deck files a folder holds: one listing a folder, one look at each file, none opened."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from decks.errors import UsageError
from decks.model import Place, Problem, Severity

if TYPE_CHECKING:
    from decks.excluding import Rules

SUFFIXES = (".md", ".markdown")
IGNORE_FILE = ".srsignore"  # patterns of what is left out, in the notation of .gitignore
_STAMP = Struct("<4q")
# Files about a project rather than of it, and what new notes are made from.
_ASIDE = re.compile(
    r"(?:readme|licen[cs]e|changelog|contributing|code_of_conduct)(?![^\W\d_])"
    r"|template\.|_template|.*\.template\.(?:md|markdown)$",
    re.IGNORECASE,
)
_ASIDE_FOLDERS = {"template", "templates", "_template", "_templates", ".templates"}
_INODES = (1 << 63) - 1


class Stamp(NamedTuple):
    """What changes whenever a file does, as a rule."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    def packed(self) -> bytes:
        """The same stamp as bytes of one length."""
        return _STAMP.pack(*self)


class Folder(NamedTuple):
    """A folder that was walked."""

    path: str  # absolute and resolved
    root: str  # what was asked for, absolute and resolved
    shown: str  # for messages, as the root was given
    name: str  # below the root, with a slash at the end; empty for the root
    aside: bool


class Found(NamedTuple):
    """A deck file. `stamp` is a packed `Stamp`; that of a link tells of its name as well."""

    path: str  # absolute and resolved
    stamp: bytes
    folder: Folder
    file: str  # its name in that folder

    @property
    def root(self) -> str:
        """What was asked for, absolute and resolved."""
        return self.folder.root

    @property
    def shown(self) -> str:
        """The path for messages, as the root was given."""
        return self.folder.shown + self.file

    @property
    def name(self) -> str:
        """The path below the root, from which the deck's name follows."""
        return self.folder.name + self.file

    @property
    def aside(self) -> bool:
        """Whether it is a README, a template or the like, and no deck unless it is named."""
        return self.folder.aside or bool(_ASIDE.match(self.file))

    @property
    def touched_ns(self) -> int:
        """When its content or its name last changed, by the clock of the file system."""
        return max(_STAMP.unpack_from(self.stamp)[1:3]) if self.stamp else 0


@dataclass(frozen=True, slots=True)
class Walked:
    """What was found, sorted within each folder, each file once."""

    files: tuple[Found, ...]
    folders: tuple[Folder, ...]  # that were listed
    problems: tuple[Problem, ...]
    complete: bool  # False when a folder could not be listed or a name not be read
    linked: bool  # whether a link led to any of the files


def check_paths(paths: Sequence[PurePath]) -> None:
    """Raises UsageError for a path that does not exist."""
    for path in paths:
        try:
            there = os.path.lexists(path)
        except ValueError:  # a NUL
            there = False
        if not there:
            raise UsageError("no such file or folder", "check the path", path=str(path))


def find(
    root: str,
    excludes: Sequence[str] = (),
    *,
    suffixes: tuple[str, ...] = SUFFIXES,
    shown: str | None = None,
    within: str = "",
    apart: Collection[str] = (),
) -> Walked:
    """The deck files at or below `root`; a file that is named is one whatever it is called.

    `excludes` are patterns in the notation of .gitignore, as in files `.srsignore` of the root and
    the folders below it. `within`, a real path below the real root, limits the walk to what is
    there; `apart` are real paths that are left out; `suffixes` are those of deck files. `shown`
    stands for the root in messages.
    """
    walk = _Walk(os.path.realpath(root), within, apart, suffixes)
    given = root if shown is None else shown
    if Path(root).is_dir():
        walk.folder(_with_slash(given), excludes)
    else:
        walk.file(root, given)
    return walk.found()


def _with_slash(folder: str) -> str:
    """What stands before the names of the folder's files."""
    if folder in ("", "."):
        return ""
    return folder if folder.endswith("/") else f"{folder}/"


def _stamp_of(path: str) -> bytes:
    """Empty for what is no regular file: it must never be taken for unchanged."""
    try:
        status = Path(path).stat()
    except OSError:
        return b""
    return _stamp(status) if stat.S_ISREG(status.st_mode) else b""


def _stamp(status: os.stat_result) -> bytes:
    return _STAMP.pack(
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _INODES
    )


def _stamp_of_entry(entry: os.DirEntry[str]) -> bytes:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return b""  # gone since the listing: reading will say so
    return _stamp(status) if stat.S_ISREG(status.st_mode) else b""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that runs in a circle
        return False


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name


class _Level(NamedTuple):
    """A folder whose entries are being looked at."""

    folder: Folder
    entries: Iterator[os.DirEntry[str]]
    rules: Rules | None


class _Walk:
    """Depth first, with a stack of its own: folders may lie deeper than calls."""

    def __init__(
        self, root: str, within: str, apart: Collection[str], suffixes: tuple[str, ...]
    ) -> None:
        self.root = root
        self.suffixes = suffixes
        self.apart = apart
        self.entered = set(apart) - {root}
        self.way = _way(root, within)  # names of the only entries to look at, level by level
        self.files: list[Found] = []
        self.folders: list[Folder] = []
        self.problems: list[Problem] = []
        self.complete = True
        self.linked = False

    def found(self) -> Walked:
        """All of it."""
        files = self.files
        if self.linked:
            once: dict[str, Found] = {}
            for found in files:
                once.setdefault(found.path, found)
            files = list(once.values())
        return Walked(
            tuple(files), tuple(self.folders), tuple(self.problems), self.complete, self.linked
        )

    def file(self, path: str, shown: str) -> None:
        """Take a file that was named."""
        head, name = os.path.split(shown)
        folder = Folder(str(PurePath(self.root).parent), self.root, _with_slash(head), "", False)
        if self._is_readable(folder, name):
            self.files.append(Found(self.root, _stamp_of(path), folder, name))

    def folder(self, shown: str, excludes: Sequence[str]) -> None:
        """Take what is in a folder that was named, and below it."""
        rules = None
        if excludes:
            from decks.excluding import Rules

            rules = Rules.of(excludes)
        top = self._enter(Folder(self.root, self.root, shown, "", False), rules)
        stack = [top] if top else []
        while stack:
            inner = self._next(stack[-1])
            if inner is None:
                stack.pop()
            else:
                stack.append(inner)

    def _next(self, level: _Level) -> _Level | None:
        """Take the deck files of a folder up to its next folder, and enter that."""
        folder, entries, rules = level
        path, take, apart, suffixes = folder.path, self.files.append, self.apart, self.suffixes
        for entry in entries:
            name = entry.name
            if name[0] == ".":
                continue
            if _is_folder(entry):
                inner = self._folder_of(folder, entry)
                excluded = rules is not None and rules.exclude(inner.name)
                entered = None if excluded else self._enter(inner, rules)
                if entered is not None:
                    return entered
                continue
            if not name.endswith(suffixes) and not name.lower().endswith(suffixes):
                continue
            if rules is not None and rules.exclude(folder.name + name):
                continue
            if not name.isascii() and not self._is_readable(folder, name):
                continue
            if entry.is_symlink():
                self._take_link(folder, entry)
                continue
            real = f"{path}/{name}"
            if not apart or real not in apart:
                take(Found(real, _stamp_of_entry(entry), folder, name))
        return None

    def _take_link(self, folder: Folder, entry: os.DirEntry[str]) -> None:
        self.linked = True
        real = os.path.realpath(entry.path)
        if real in self.apart:
            return
        stamp = _stamp_of(entry.path)
        found = Found(real, stamp, folder, entry.name)
        self.files.append(found._replace(stamp=stamp and stamp + found.name.encode()))

    def _folder_of(self, folder: Folder, entry: os.DirEntry[str]) -> Folder:
        name = entry.name
        is_link = entry.is_symlink()
        path = os.path.realpath(entry.path) if is_link else f"{folder.path}/{name}"
        self.linked |= is_link
        aside = folder.aside or name.lower() in _ASIDE_FOLDERS
        return Folder(path, self.root, f"{folder.shown}{name}/", f"{folder.name}{name}/", aside)

    def _enter(self, folder: Folder, rules: Rules | None) -> _Level | None:
        """List a folder, unless it was listed before under whatever name."""
        if folder.path in self.entered or not self._is_readable(folder, ""):
            return None
        self.entered.add(folder.path)
        try:
            with os.scandir(folder.path) as listing:
                entries = sorted(listing, key=_by_name)
        except OSError as error:
            self._cannot_list(folder, error)
            return None
        self.folders.append(folder)
        if any(entry.name == IGNORE_FILE for entry in entries):
            rules = self._extended(folder, rules)
        return _Level(folder, iter(self._on_the_way(folder, entries)), rules)

    def _on_the_way(
        self, folder: Folder, entries: list[os.DirEntry[str]]
    ) -> list[os.DirEntry[str]]:
        level = folder.name.count("/")
        if level >= len(self.way):
            return entries
        return [entry for entry in entries if entry.name == self.way[level]]

    def _extended(self, folder: Folder, rules: Rules | None) -> Rules:
        from decks.excluding import Rules, read_patterns

        patterns, problems = read_patterns(Path(folder.path, IGNORE_FILE), folder.shown)
        self.problems += problems
        return Rules.below(rules, folder.name, patterns)

    def _cannot_list(self, folder: Folder, error: OSError) -> None:
        self.complete = False
        reason = (error.strerror or "cannot be read").lower()
        place = Place(folder.shown.rstrip("/") or ".", 1)
        hint = "check the folder and its permissions; nothing below it was looked at"
        self.problems.append(Problem(place, f"folder: {reason}", hint))

    def _is_readable(self, folder: Folder, name: str) -> bool:
        """Whether the name is one that can be kept and said."""
        try:
            (folder.path + name).encode()
        except UnicodeEncodeError:
            self.complete = False
            shown = (folder.shown + name).rstrip("/").encode("utf-8", "replace").decode()
            what = "file" if name else "folder"
            hint = "rename it"
            message = f"the {what}'s name is not valid UTF-8"
            self.problems.append(Problem(Place(shown, 1), message, hint))
            return False
        return True


def _way(root: str, within: str) -> tuple[str, ...]:
    return PurePath(within).relative_to(root).parts if within and within != root else ()


def as_typed(path: str) -> str:
    """A real path as a person would type it here: from the working folder, if it lies below."""
    try:
        here = Path.cwd().resolve()
    except OSError:  # it is gone
        return path
    given = PurePath(path)
    return str(given.relative_to(here)) if given.is_relative_to(here) else path


def nothing_found(shown: str, suffixes: tuple[str, ...] = SUFFIXES) -> Problem:
    """What is said of a folder without deck files."""
    place = Place(shown.rstrip("/") or shown or ".", 1)
    which = "markdown" if SUFFIXES[0] in suffixes else suffixes[0]
    return Problem(place, f"no {which} file in this folder", severity=Severity.NOTE)
