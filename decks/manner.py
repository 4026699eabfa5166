"""In which dialect the files of a source are read: as the learner says, or by what they look like.

A manner is kept as a text: `obsidian`, `headings:2`, or `obsidian?` where it was found by looks.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from decks.dialects import NATIVE, dialect, files_near, likely, suffixes
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.errors import UsageError
from decks.media import Names
from decks.model import Parsed
from decks.walk import SUFFIXES, Found

_BY_LOOKS = "?"
_LOOKED_AT = 1 << 18  # bytes of a file that is looked at
_PLAIN = 10  # one card in so many shows a dialect that extends another
_LEVELS = 8  # above a folder in which a file of a program may lie
_NAMED_ONLY = ("anki", "csv")  # whose suffixes say too little, or too much, for a walk


@dataclass(frozen=True)
class Manner:
    """How the files of one source are read."""

    dialect: Dialect
    option: str = ""
    by_looks: bool = False  # a file that holds no card in it may show another

    @classmethod
    def of(cls, text: str) -> Manner:
        """The manner that a text stands for. Raises UsageError if there is no such dialect."""
        name, _, option = text.removesuffix(_BY_LOOKS).partition(":")
        found = dialect(name)
        if option and not found.option:
            raise UsageError(f"{found.name} takes no option", f"write --from {found.name}")
        if option and found.options and option not in found.options:
            hint = f"{found.option} is one of {', '.join(found.options)}"
            raise UsageError(f"{found.name} takes no {option}", hint)
        return cls(found, option, text.endswith(_BY_LOOKS))

    @classmethod
    def named(cls, text: str) -> Manner:
        """The manner that a learner writes. Raises UsageError for what is none."""
        bare = text.rstrip(f"{_BY_LOOKS}:")
        if not bare:
            raise UsageError("no format is named", "srs help formats lists those for --from")
        if bare != text:
            raise UsageError(f"no format {text}", f"write --from {bare}")
        return cls.of(text)

    @property
    def text(self) -> str:
        """The inverse of `of`."""
        option = f":{self.option}" if self.option else ""
        return f"{self.dialect.name}{option}{_BY_LOOKS if self.by_looks else ''}"

    @cached_property
    def suffixes(self) -> tuple[str, ...]:
        """Those of its files."""
        return self.dialect.suffixes


NATIVE_MANNER = Manner(dialect(NATIVE))


def is_native(text: str) -> bool:
    """Whether the manner of that text reads our own format first."""
    return text.removesuffix(_BY_LOOKS) == NATIVE


def is_by_looks(text: str) -> bool:
    """Whether the manner of that text was found by looks."""
    return text.endswith(_BY_LOOKS)


def suffixes_of(text: str) -> tuple[str, ...]:
    """The suffixes of files in the manner of that text; of one that is not to be had those of
    markdown."""
    try:
        return Manner.of(text).suffixes if text else SUFFIXES
    except UsageError:
        return SUFFIXES


class Looks(NamedTuple):
    """What files were taken for, and why."""

    manner: Manner
    why: str
    also: tuple[str, ...] = ()  # what other files look like, which that manner does not read


def walked_suffixes() -> tuple[str, ...]:
    """Those of all files that are looked at in a folder."""
    found = (known for name, known in suffixes().items() if name not in _NAMED_ONLY)
    return tuple(dict.fromkeys(suffix for known in found for suffix in known))


def look(files: Sequence[Found], folder: str) -> Looks:
    """Tell what the files at or below a folder are written in, by what they look like.

    A file that was named, of a suffix that only one dialect has, is in that one.
    """
    named = files[0] if len(files) == 1 and files[0].path == files[0].root else None
    if named:
        able = [name for name, known in suffixes().items() if named.path.lower().endswith(known)]
        if len(able) == 1 and able[0] != NATIVE:
            why = f"its name ends in {Path(named.path).suffix}"
            return Looks(Manner(dialect(able[0])), why)
    eyes = _Eyes(folder)
    for file in files:
        if not file.aside:
            eyes.look_at(file)
    return eyes.seen()


class _Eyes:
    """What was seen so far, by dialect."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.near = _near(folder)
        self.around: dict[str, tuple[Dialect, object]] = {}
        self.cards: Counter[str] = Counter()
        self.files: Counter[str] = Counter()
        self.what: dict[str, str] = {}

    def look_at(self, file: Found) -> None:
        text = _beginning(file.path)
        for one in likely(text, file.path, self.near):
            name = one.name
            if one.read is not None:
                continue
            if name not in self.around:
                self.around[name] = one, one.look_around(self.folder)
            source = DeckText(text, file.shown, file.name, "", around=self.around[name][1])
            signs = one.signs(source)
            if signs.cards:
                self.cards[name] += signs.cards
                self.files[name] += 1
                self.what.setdefault(name, signs.what)

    def seen(self) -> Looks:
        names = [name for name in suffixes() if self.cards[name]]
        name = max(names, key=self._weight, default="")  # the first of equals
        if not name:
            return Looks(Manner(dialect(NATIVE), by_looks=True), "nothing shows another format")
        chosen = self.around[name][0]
        also = tuple(
            f"{_files(self.files[other])} of {one.title} ({' '.join(one.suffixes)})"
            for other, (one, _) in self.around.items()
            if self.files[other] and not set(one.suffixes) & set(chosen.suffixes)
        )
        why = f"{_files(self.files[name])} with {self.what[name]}"
        return Looks(Manner(chosen, by_looks=True), why, also)

    def _weight(self, name: str) -> int:
        cards, one = self.cards[name], self.around[name][0]
        others = self.cards[one.extends]
        return cards + others if cards * _PLAIN >= others else cards


def _near(folder: str) -> frozenset[str]:
    """The files of programs that lie in the folder or above it."""
    places = (Path(folder), *list(Path(folder).parents)[:_LEVELS])
    return frozenset(
        name for name in files_near() if any(os.path.lexists(place / name) for place in places)
    )


def _files(count: int) -> str:
    return f"{count:,} file{'s' if count > 1 else ''}"


def _beginning(path: str) -> str:
    try:
        if not Path(path).is_file():
            return ""
        with Path(path).open("rb") as file:
            return file.read(_LOOKED_AT).decode("utf-8", "replace")
    except OSError:
        return ""  # reading it will say so


class Reader:
    """Reads the texts of one source in its manner."""

    def __init__(self, manner: Manner, folder: str, *, alone: bool = False) -> None:
        """`alone`: one file in the folder is read, whatever else lies there."""
        self.manner = manner
        self._folder = folder
        self._alone = alone

    @cached_property
    def names(self) -> Names:
        """Where pictures lie that are named by their name alone."""
        return Names(self._folder, alone=self._alone)

    @cached_property
    def _around(self) -> object:
        return self.manner.dialect.look_around(self._folder)

    def trace(self) -> bytes:
        """Changes when a file does that is read besides the texts; empty if none is."""
        told = []
        for path in self.manner.dialect.beside(self._folder):
            try:
                found = Path(path).stat()
            except OSError:
                continue
            told.append(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ino}")
        return "\n".join(told).encode("utf-8", "surrogateescape")

    def parse(self, source: DeckText) -> tuple[Parsed, str]:
        """What the text holds, and the dialect in which it was read, if that is another one."""
        manner = self.manner
        asked = source._replace(around=self._around, option=manner.option)
        parsed = manner.dialect.parse(asked)
        if not manner.by_looks or parsed.notes:
            return parsed, ""
        other, signs = max(self._others(source), key=_cards, default=(manner.dialect, NO_SIGNS))
        if not signs.cards:
            return parsed, ""
        again = other.parse(source._replace(around=other.look_around(self._folder)))
        return (again, f"{other.title}: {signs.what}") if again.notes else (parsed, "")

    def _others(self, source: DeckText) -> Iterator[tuple[Dialect, Signs]]:
        for one in likely(source.text, source.name):
            apart = one.whole_folders or one.read is not None
            if one.name != self.manner.dialect.name and not apart:
                yield one, one.signs(source)


def _cards(found: tuple[Dialect, Signs]) -> int:
    return found[1].cards
