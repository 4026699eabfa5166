"""Who checked which note: `tests/data/checked.psv`, in the form of `decks.checking`.

A checker, never a note's author, answers the front first, compares, and then tries to refute the
answer. `python -m tests.checked` lists what nobody has checked, what changed since, and what was
not found good. `python -m tests.checked --take FILE` takes a checker's table `note | verdict |
support` into the record, for the notes as they stand now; the verdict of a note that holds is good.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from decks.checking import GOOD, Verdict, fingerprint, read_record
from decks.errors import DataError
from decks.model import Note
from tests import released
from tests.records import DATA, Shelf, builtin, deck_of, main, rows, table, write

CHECKED = DATA / "checked.psv"
_COLUMNS = ("note", "fingerprint", "verdict", "support")
_GIVEN = ("note", "verdict", "support")
_CURE = "once it is right, have it checked: python -m tests.checked --take FILE"

Record = Mapping[str, Verdict]


def wanting(note: Note, record: Record) -> str:
    """What a note lacks: "unchecked", "changed since", or what is wrong with it; "" for nothing."""
    found = record.get(note.id)
    if found is None:
        return "unchecked"
    if found.fingerprint != fingerprint(note):
        return "changed since"
    return "" if found.verdict == GOOD else found.verdict


def faults(record: Record, shelf: Shelf, retired: frozenset[str] = frozenset()) -> list[str]:
    """What the record lacks of complete decks, and what it says of notes that never were.

    Each with what to do.
    """
    lacking = [(note.id, wanting(note, record)) for note in shelf.in_complete()]
    strays = [name for name in record if name not in shelf.notes and name not in retired]
    return [
        *(f"{name}: {what}; {_CURE}" for name, what in lacking if what),
        *(f"{name}: no note has this id; take its row out" for name in strays),
    ]


def with_taken(record: Record, text: str, shelf: Shelf, path: str) -> dict[str, Verdict]:
    """The record with a checker's table in it, each verdict upon the text as it is now.

    Raises DataError, with the line of `path`, for a row that is none, a note again, or no note.
    """
    taken: dict[str, Verdict] = {}
    for line, (name, verdict, support) in rows(text, _GIVEN, path):
        if name not in shelf.notes:
            raise DataError(f"no note {name}", "write its id as in the deck", path=path, line=line)
        if name in taken:
            raise DataError(f"note {name} again", "give one verdict a note", path=path, line=line)
        if not verdict or not support:
            raise DataError(
                f"{name} has no verdict or no support", "write both", path=path, line=line
            )
        taken[name] = Verdict(name, fingerprint(shelf.notes[name]), verdict.lower(), support)
    return {**record, **taken}


def as_text(record: Record, shelf: Shelf) -> str:
    """The whole record as a file: by deck, then by note; notes that are gone come last."""
    return table(_COLUMNS, sorted(record.values(), key=lambda row: shelf.place(row.note)))


def retired_ids() -> frozenset[str]:
    """Ids of notes that are gone, and whose verdicts may stay."""
    found = released.read(released.RELEASED.read_text(encoding="utf-8"))
    return frozenset(row.id for row in found.values() if not row.is_active)


def run(words: list[str], path: Path = CHECKED) -> int:
    """Do what the command line says; 1 if a complete deck lacks a check."""
    parser = argparse.ArgumentParser(prog="python -m tests.checked", description=__doc__)
    parser.add_argument("--take", metavar="FILE", type=Path, help="a checker's table")
    given = parser.parse_args(words)
    shelf, record = builtin(), read_record(path.read_text(encoding="utf-8"), path.name)
    if given.take:
        text = given.take.read_text(encoding="utf-8")
        merged = with_taken(record, text, shelf, str(given.take))
        added, changed = len(merged) - len(record), _changed(record, merged)
        print(f"verdicts: {added} added, {changed} changed")
        record = merged
        write(path, as_text(record, shelf))
    _tell(record, shelf)
    return 1 if faults(record, shelf, retired_ids()) else 0


def _changed(record: Record, merged: Record) -> int:
    return sum(merged[name] != row for name, row in record.items())


def _tell(record: Record, shelf: Shelf) -> None:
    lacking = {note.id: wanting(note, record) for note in shelf.notes.values()}
    for note in shelf.notes.values():
        if lacking[note.id]:
            print(f"{deck_of(note)}  {note.id}: {lacking[note.id]}")
    good = sum(not what for what in lacking.values())
    print(f"{good} of {len(lacking)} notes checked and good")


if __name__ == "__main__":
    main(run)
