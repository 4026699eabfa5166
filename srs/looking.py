"""What new sources are written in, found out by looking at their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from decks.manner import look, walked_suffixes
from decks.walk import find
from srs.portable_text import is_beginning
from srs.territory import Territory


class TakenFor(NamedTuple):
    """The format that a source was taken for by its looks, and why."""

    path: str
    name: str
    title: str
    why: str
    also: tuple[str, ...] = ()  # what was left out, being in another format


_BEGINNING_BYTES = 1024


def is_portable(path: Path) -> bool:
    """Whether a file says that it is a portable backup, see `srs.portable`."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return is_beginning(file.read(_BEGINNING_BYTES))
    except OSError:
        return False


def look_at_new(territory: Territory, named: Mapping[str, str]) -> Iterator[TakenFor]:
    """Find out what those sources are written in of which nobody has said."""
    for source in [source for source in territory.sources if not source.dialect]:
        shown = named.get(source.path, source.path)
        walked = find(
            source.path, source.excludes, suffixes=walked_suffixes(), shown=shown,
            apart=territory.others(source),
        )  # fmt: skip
        is_folder = Path(source.path).is_dir()
        looks = look(walked.files, source.path if is_folder else str(Path(source.path).parent))
        territory.settle(source._replace(dialect=looks.manner.text))
        dialect = looks.manner.dialect
        yield TakenFor(source.path, dialect.name, dialect.title, looks.why, looks.also)
