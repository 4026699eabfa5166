"""Our own format: deck files one below another, in one file. Pure.

What a deck file cannot hold is written as near to that as it can, and a comment at the end says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from decks.lines import NEXT_FILE
from decks.model import Note, Place, Problem, Severity
from decks.nearest import nearest
from decks.progress import Progress
from decks.render import render as deck_file
from exporters.base import Bundle, Format, Want, silent

_PARTING = f"\n{NEXT_FILE}\n"
_NOTICE = "Not as they were, for a deck file cannot hold them so:"
_UNFIT = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def render(bundle: Bundle, progress: Progress = silent) -> Iterator[bytes]:
    """The notes of the bundle, deck by deck in the order of the first note of each."""
    writer = _Writer([exported.note for exported in bundle.notes], progress)
    files = list(writer.files())
    if writer.problems:
        files.append(_comment(writer.problems))
    yield _PARTING.join(files).encode()


def problems(bundle: Bundle) -> Sequence[Problem]:
    """What cannot be written as it is, of severity NOTE; an ERROR for a note that is left out."""
    writer = _Writer([exported.note for exported in bundle.notes], silent)
    list(writer.files())
    return writer.problems


class _Writer:
    """Finds out which notes a deck file can hold together."""

    def __init__(self, notes: Sequence[Note], progress: Progress) -> None:
        self.progress = progress
        self.problems: list[Problem] = []
        self.texts: dict[tuple[str, str, str], Place] = {}
        self.notes = list(self._once(notes))

    def files(self) -> Iterator[str]:
        """The texts of deck files."""
        done = 0
        for group in _groups(self.notes):
            text = _together(group)
            if text:
                yield text
            else:
                for alike in _groups([near for note in group for near in self._near(note)]):
                    yield from _parted(alike)
            done += len(group)
            self.progress(done, len(self.notes))

    def _once(self, notes: Sequence[Note]) -> Iterator[Note]:
        """The notes, but for the second of two with the same words; no id comes twice."""
        ids: set[str] = set()
        for note in notes:
            if self._is_twin(note):
                continue
            if note.id and note.id in ids:
                self._tell(note, f"without its id {note.id}, which another note has")
                note = replace(note, id="", type="")  # noqa: PLW2901 - it goes on without
            ids.add(note.id)
            yield note

    def _is_twin(self, note: Note) -> bool:
        text = _words(note)
        if text not in self.texts:
            self.texts[text] = note.place
            return False
        first = self.texts[text]
        message, hint = "left out: the same card as another", f"see {first.path}:{first.line}"
        self.problems.append(Problem(note.place, message, hint, Severity.ERROR))
        return True

    def _near(self, note: Note) -> Iterator[Note]:
        found = nearest(note)
        if not found.changes:
            yield note
            return
        self._tell(note, "; ".join(found.changes), is_lost=not found.notes)
        for near in found.notes:
            if _words(near) == _words(note) or not self._is_twin(near):
                yield near

    def _tell(self, note: Note, message: str, *, is_lost: bool = False) -> None:
        severity = Severity.ERROR if is_lost else Severity.NOTE
        self.problems.append(Problem(note.place, message, severity=severity))


def _words(note: Note) -> tuple[str, str, str]:
    return str(note.kind), note.front, note.back


def _groups(notes: Sequence[Note]) -> list[list[Note]]:
    """Notes that are alike in what the head of a deck file says."""
    found: dict[tuple[object, ...], list[Note]] = {}
    for note in notes:
        found.setdefault((note.deck, note.tags, note.as_of), []).append(note)
    return list(found.values())


def _together(notes: Sequence[Note]) -> str:
    """The deck file that holds them; "" if none can."""
    try:
        return deck_file(notes)
    except ValueError:
        return ""


def _parted(notes: Sequence[Note]) -> Iterator[str]:
    """As few deck files as it takes; each of the notes can be written by itself."""
    if text := _together(notes):
        yield text
        return
    by_sources: dict[object, list[Note]] = {}
    for note in notes:
        by_sources.setdefault(bool(note.concept) or note.sources, []).append(note)
    half = len(notes) // 2
    for some in by_sources.values() if len(by_sources) > 1 else (notes[:half], notes[half:]):
        yield from _parted(some)


def _comment(problems: Sequence[Problem]) -> str:
    """Words for people, which a reader passes by. Folders stay the author's own business."""
    lines = (f"{p.place.path.rpartition('/')[2]}:{p.place.line}: {p.message}" for p in problems)
    said = (_UNFIT.sub(" ", line).replace("--", "- -") for line in lines)
    return "\n".join([f"<!-- {_NOTICE}", *said, "-->", ""])


FORMAT = Format(
    "markdown",
    ".md",
    "our own format, all decks in one file",
    render,
    frozenset({Want.ESTIMATES}),
    problems=problems,
)
