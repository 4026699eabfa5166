"""The records in tests/data that keep the built-in decks honest, and the notes they speak of.

A record is a table of cells between bars, below a heading that begins with `#`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

import decks
from decks.errors import DataError, UserError
from decks.model import Explanation, Head, Note, Parsed
from srs.files import replace_file

DATA = Path(__file__).parent / "data"


class Shelf(NamedTuple):
    """Notes by id, in the order of their decks, and which decks claim to be complete."""

    notes: Mapping[str, Note]
    complete: frozenset[str] = frozenset()  # names of deck files
    explanations: Mapping[str, Explanation] = MappingProxyType({})  # by "concept:SLUG"

    def in_complete(self) -> Iterator[Note]:
        """The notes of complete decks."""
        return (note for note in self.notes.values() if deck_of(note) in self.complete)

    def place(self, name: str) -> tuple[str, str]:
        """What sorts notes and explanations by deck, then by name; what is gone comes last."""
        entry = self.notes.get(name) or self.explanations.get(name)
        return (deck_of(entry) if entry else "\uffff", name)


def deck_of(entry: Note | Head | Explanation) -> str:
    """The name of the deck file in which something stands: `03-features`."""
    return PurePosixPath(entry.place.path).stem


def shelf(parsed: Sequence[Parsed]) -> Shelf:
    """What deck files hold."""
    notes = {note.id: note for one in parsed for note in one.notes}
    complete = {deck_of(head) for one in parsed for head in one.heads if head.complete}
    explained = {f"concept:{e.concept}": e for one in parsed for e in one.explanations if e.text}
    return Shelf(MappingProxyType(notes), frozenset(complete), MappingProxyType(explained))


@cache
def builtin() -> Shelf:
    """The built-in decks as they are now."""
    return shelf([file.parsed for file in decks.builtin()])


def rows(text: str, columns: Sequence[str], path: str) -> list[tuple[int, list[str]]]:
    """The rows of a table, each with its line, its cells stripped; the last may hold bars.

    Raises DataError, with the line of `path`, for a row of fewer cells or without its first.
    """
    found = []
    for line, row in enumerate(text.splitlines(), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        cells = [cell.strip() for cell in row.split("|", len(columns) - 1)]
        if len(cells) != len(columns) or not cells[0]:
            shape = " | ".join(columns)
            raise DataError(f"not a row `{shape}`", "write all its cells", path=path, line=line)
        found.append((line, cells))
    return found


def table(columns: Sequence[str], entries: Iterable[Sequence[str]]) -> str:
    """The text of a table that `rows` reads."""
    lines = [" | ".join(cells).rstrip() for cells in entries]
    return "\n".join([f"# {' | '.join(columns)}", *lines]) + "\n"


def write(path: Path, text: str) -> None:
    """Replace the file by `text`, in one step."""
    replace_file(path, text.encode())


def main(run: Callable[[list[str]], int]) -> None:
    """Run a program over a record, and exit as it says; an error is said in two lines."""
    try:
        sys.exit(run(sys.argv[1:]))
    except UserError as error:
        where = f", {error.path}:{error.line}" if error.path else ""
        print(f"error: {error.message}{where}\nhint: {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}\nhint: name a file", file=sys.stderr)
        sys.exit(3)
