"""Who checked which note, and which concept's explanation: `tests/data/checked.psv`.

The form is that of `decks.checking`; an explanation is named `concept:SLUG`.

A checker, never a note's author, answers the front first, compares, and then tries to refute the
answer. `python -m tests.checked` lists what nobody has checked, what changed since, and what was
not found good. `python -m tests.checked --take FILE` takes a checker's table `note | verdict |
support` into the record, for the notes as they stand now; the verdict of a note that holds is good.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from decks.checking import (
    GOOD,
    Verdict,
    fingerprint,
    fingerprint_of_explanation,
    read_record,
)  # fmt: skip
from decks.errors import DataError
from tests import released
from tests.records import DATA, Shelf, builtin, main, rows, table, write

CHECKED = DATA / "checked.psv"
_COLUMNS = ("note", "fingerprint", "verdict", "support")
_GIVEN = ("note", "verdict", "support")
_CURE = "once it is right, have it checked: python -m tests.checked --take FILE"

Record = Mapping[str, Verdict]


def fingerprints(shelf: Shelf) -> dict[str, str]:
    """The fingerprints of all that is to be checked, by name."""
    notes = {name: fingerprint(note) for name, note in shelf.notes.items()}
    explained = shelf.explanations.items()
    return notes | {name: fingerprint_of_explanation(one) for name, one in explained}


def lacking(record: Record, shelf: Shelf) -> dict[str, str]:
    """What each text lacks: "unchecked", "changed since", what is wrong with it; "" for nothing."""
    return {name: _lacks(record.get(name), now) for name, now in fingerprints(shelf).items()}


def _lacks(found: Verdict | None, now: str) -> str:
    if found is None:
        return "unchecked"
    if found.fingerprint != now:
        return "changed since"
    return "" if found.verdict == GOOD else found.verdict


def faults(record: Record, shelf: Shelf, retired: frozenset[str] = frozenset()) -> list[str]:
    """What the record lacks of complete decks, and what it says of notes that never were.

    Each with what to do.
    """
    lacks = lacking(record, shelf)
    strays = [name for name in record if name not in lacks and name not in retired]
    return [
        *(
            f"{name}: {what}; {_CURE}"
            for name, what in lacks.items()
            if what and shelf.place(name)[0] in shelf.complete
        ),
        *(f"{name}: no note has this id; take its row out" for name in strays),
    ]


def with_taken(record: Record, text: str, shelf: Shelf, path: str) -> dict[str, Verdict]:
    """The record with a checker's table in it, each verdict upon the text as it is now.

    Raises DataError, with the line of `path`, for a row that is none, a note again, or no note.
    """
    taken: dict[str, Verdict] = {}
    prints = fingerprints(shelf)
    for line, (name, verdict, support) in rows(text, _GIVEN, path):
        if name not in prints:
            raise DataError(f"no note {name}", "write its id as in the deck", path=path, line=line)
        if name in taken:
            raise DataError(f"note {name} again", "give one verdict a note", path=path, line=line)
        if not verdict or not support:
            raise DataError(
                f"{name} has no verdict or no support", "write both", path=path, line=line
            )
        taken[name] = Verdict(name, prints[name], verdict.lower(), support)
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
    lacks = lacking(record, shelf)
    for name, what in lacks.items():
        if what:
            print(f"{shelf.place(name)[0]}  {name}: {what}")
    for kind, names in (("notes", shelf.notes), ("explanations", shelf.explanations)):
        good = sum(not lacks[name] for name in names)
        if names:
            print(f"{good} of {len(names)} {kind} checked and good")


if __name__ == "__main__":
    main(run)
