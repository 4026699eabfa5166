"""Reading deck files to be linted, and what the rules need to know besides."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from decks.checking import Verdict, read_record
from decks.concepts import Concepts, load_concepts, load_glossary, load_sources
from decks.errors import DataError, UsageError
from decks.lint.engine import Linted, lint
from decks.lint.rule import ACTIVE, ERROR, RETIRED, Flaw, Knowledge, Released, Sheet
from decks.lint.rules import LintChoice
from decks.load import load
from decks.manner import Manner, Reader, look, walked_suffixes
from decks.model import Parsed, Place
from decks.undisturbed import undisturbed
from decks.walk import Found, check_paths, find, nothing_found

_COLUMNS = 3  # of a row of released ids, at least


@dataclass(frozen=True, slots=True)
class LintFolder:
    """Where deck files are, and how they are read."""

    path: str  # of a folder or a file
    excludes: tuple[str, ...] = ()
    dialect: str = ""  # see `decks.manner`; empty: by the looks of the files


@undisturbed()
def lint_paths(
    folders: Iterable[LintFolder], choice: LintChoice, *, record: str = "", released: str = ""
) -> Linted:
    """Return what is wrong with the cards at and below some paths; nothing is written.

    `record` and `released` are paths of tables: verdicts, and the ids that learners have. Raises
    UsageError for a path that does not exist, DataError for a table that cannot be read.
    """
    asked = sorted(set(folders), key=lambda folder: (folder.path, folder.dialect, folder.excludes))
    given = [path for path in (record, released) if path]
    check_paths([Path(path) for path in (*(one.path for one in asked), *given)])
    knowledge = _knowledge(record, released)
    sheets: dict[str, Sheet] = {}
    for folder in asked:
        for real, sheet in _sheets(folder):
            sheets.setdefault(real, sheet)
    return lint(tuple(sheets.values()), knowledge, choice)


def _sheets(folder: LintFolder) -> Iterable[tuple[str, Sheet]]:
    """The deck files of a folder, each with its real path; READMEs and templates are none."""
    real, shown = os.path.realpath(folder.path), Path(folder.path).as_posix()
    manner = Manner.of(folder.dialect) if folder.dialect else None
    suffixes = manner.suffixes if manner else walked_suffixes()
    walked = find(real, folder.excludes, suffixes=suffixes, shown=shown)
    problems = walked.problems or (() if walked.files else (nothing_found(shown, suffixes),))
    if problems:
        yield real, Sheet(problems[0].place.path, Parsed((), problems))
    files = [file for file in walked.files if not file.aside or file.path == real]
    yield from _read(files, real, manner)


def _read(files: Sequence[Found], real: str, manner: Manner | None) -> Iterable[tuple[str, Sheet]]:
    alone = not Path(real).is_dir()
    home = str(Path(real).parent) if alone else real
    chosen = manner or look(files, home).manner
    reader = Reader(chosen, home, alone=alone)
    for file in files:
        if file.file.lower().endswith(chosen.suffixes) or file.path == real:
            loaded = load(file, reader=reader)
            yield loaded.path, Sheet(file.shown, loaded.parsed)


def _knowledge(record: str, released: str) -> Knowledge:
    faults: list[Flaw] = []
    verdicts: dict[str, Verdict] = read_record(_text(record), record) if record else {}
    concepts: Concepts = Concepts(())
    sources: frozenset[str] = frozenset()
    glossary: frozenset[str] = frozenset()
    try:
        glossary = frozenset(load_glossary())
        sources = frozenset(load_sources())
        concepts = load_concepts()
    except DataError as error:
        place = Place(error.path or "builtin/concepts.psv", error.line or 1)
        faults.append(Flaw(error.message, "mend the table of the curriculum", place, ERROR))
    ids = tuple(_released(released)) if released else ()
    return Knowledge(concepts, sources, glossary, verdicts, ids, faults)


def _released(path: str) -> Iterable[Released]:
    """The rows `id | since | status` of a table; further columns are not looked at."""
    for number, row in enumerate(_text(path).splitlines(), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) < _COLUMNS or cells[2] not in (ACTIVE, RETIRED):
            hint = f"the status is {ACTIVE} or {RETIRED}"
            raise DataError("not a row `id | since | status`", hint, path=path, line=number)
        yield Released(cells[0], cells[2], Place(path, number))


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError("not valid UTF-8", "save the file as UTF-8", path=path) from None
    except OSError as error:
        raise UsageError((error.strerror or "cannot be read").lower(), path=path) from None
