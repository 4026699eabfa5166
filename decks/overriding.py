"""The learner's own copy of a built-in note: a deck file that holds nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from decks import frontmatter
from decks.errors import UsageError
from decks.lines import Kind, Line, classify, split
from decks.model import Note

_FOLDER = "builtin"
_WORD = "<!-- Your copy of a built-in note. It replaces the note of this id: leave the id. -->"


def override_text(note: Note, source: str) -> tuple[str, int]:
    """A deck file that holds the note as `source` has it, and the line of its question there.

    `source` is the text of the built-in deck file in which the note stands at `note.place.line`,
    under a `###` heading of its own, as all built-in notes do.
    Read again, the text gives the same note, but for its place.
    """
    raw = split(source)
    front = frontmatter.read(raw, note.place.path).length
    lines = list(classify(raw, front))
    question = note.place.line - front - 1
    first = _heading_above(lines, question, level=3)
    end = _next_heading(lines, question)
    block = [line.raw for line in lines[first:end]]
    while not block[-1].strip():
        block.pop()
    head = [*(raw[:front] or ["---", f"deck: {note.deck}", "---"]), "", _WORD, ""]
    head += _concept(lines[:first])
    text = "\n".join([*head, *block, ""])
    return text, len(head) + question - first + 1


def builtin_text(path: str) -> str:
    """The text of the built-in deck file `builtin/…`; UsageError if there is none of that name."""
    folder, _, name = path.partition("/")
    file = resources.files("decks") / _FOLDER / name
    if folder != _FOLDER or "/" in name or not name.endswith(".md") or not file.is_file():
        raise UsageError("no such built-in deck file", path=path)
    return file.read_bytes().decode()


def _heading_above(lines: Sequence[Line], at: int, *, level: int) -> int:
    """Index of the heading, of this level or a higher one, under which a line stands; or -1."""
    above = range(at, -1, -1)
    headings = (place for place in above if lines[place].kind is Kind.HEADING)
    return next((place for place in headings if len(lines[place].name) <= level), -1)


def _next_heading(lines: Sequence[Line], at: int) -> int:
    below = range(at + 1, len(lines))
    return next((place for place in below if lines[place].kind is Kind.HEADING), len(lines))


def _concept(lines: Sequence[Line]) -> list[str]:
    """The heading of the concept that `lines` end in, with its sources; nothing if it is none."""
    first = _heading_above(lines, len(lines) - 1, level=2)
    if first < 0:
        return []
    sources = []
    for line in lines[first:]:
        if line.kind in (Kind.QUESTION, Kind.CLOZE):
            break  # what is cited below a card belongs to no concept
        if line.kind is Kind.SOURCES:
            sources.append(line.raw)
    return [lines[first].raw, *sources, ""]
