"""The record of who checked which note: verdicts that hold for a note as long as its text does."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from decks.errors import DataError
from decks.model import Explanation, Note

GOOD = "good"  # a verdict: the note is true and asks what it seems to ask
_COLUMNS = 4


class Verdict(NamedTuple):
    """What a checker found of a note, other than its author."""

    note: str  # id; of the explanation of a concept "concept:SLUG"
    fingerprint: str  # of the text that was checked
    verdict: str  # GOOD, or what is wrong
    support: str  # the passage or the computation that bears the answer out


def fingerprint(note: Note) -> str:
    """16 hex digits that change when anything does that a checker reads of the note.

    Where it stands, its deck and its tags do not count.
    """
    parts = [note.kind, note.id, note.front, note.back, note.why, note.flip, note.as_of]
    parts += ["variants", *(text for variant in note.variants for text in variant)]
    parts += ["sources", *note.sources]
    if note.estimate:
        parts += ["estimate", repr(tuple(note.estimate))]
    return _digest(parts)


def fingerprint_of_explanation(explanation: Explanation) -> str:
    """As `fingerprint`, of what stands below a concept's heading."""
    return _digest(["concept", explanation.concept, explanation.text])


def _digest(parts: list[str]) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_record(text: str, path: str) -> dict[str, Verdict]:
    """Return the verdicts by note id of a table `note | fingerprint | verdict | support`.

    Raises DataError, with the line of `path`, for a row that has other columns or a note again.
    """
    record: dict[str, Verdict] = {}
    for number, row in enumerate(text.splitlines(), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        cells = [cell.strip() for cell in row.split("|", _COLUMNS - 1)]
        if len(cells) != _COLUMNS or not all(cells):
            raise _error(path, number, "not a row `note | fingerprint | verdict | support`")
        if cells[0] in record:
            raise _error(path, number, f"note {cells[0]} again")
        record[cells[0]] = Verdict(*cells)
    return record


def is_cleared(note: Note, record: Mapping[str, Verdict]) -> bool:
    """Whether a checker found the note good as it stands now."""
    found = record.get(note.id)
    return found is not None and (found.verdict, found.fingerprint) == (GOOD, fingerprint(note))


def _error(path: str, line: int, message: str) -> DataError:
    return DataError(message, "write one row a note", path=path, line=line)
