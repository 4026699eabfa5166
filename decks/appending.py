"""New cards at the end of a deck file: read from a draft, and joined to what the file holds. Pure.

Nothing that the file held is changed: neither its text nor what that text is read as.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from decks import frontmatter
from decks.errors import UserError
from decks.fences import pair
from decks.frontmatter import FrontMatter
from decks.lines import Flaw, split
from decks.model import Note, Parsed, Problem, Severity
from decks.parse import parse

INBOX = "Inbox"  # deck of new cards that name none
# Tried in turn: a rule ends a card, a heading an id and a concept as well.
_PARTINGS = ("", "---", "## New cards")
_PLAIN = re.compile(r"[^\W_][\w .+/-]*(?:::[^\W_][\w .+/-]*)*")
_NO_CARD = "write Q: and A:, or C: with a [gap]; srs help cards shows how"


@dataclass(frozen=True, slots=True)
class NewCards:
    """Cards that stand in no deck file yet, as a draft has them."""

    path: str  # of the draft, as people know it
    front: FrontMatter  # what the draft says of its deck, tags and sources
    body: str  # all below that, from its first line that is not blank to its last
    first: int  # line of the draft with which the body begins
    notes: tuple[Note, ...]
    remarks: tuple[Problem, ...]  # of severity NOTE


class Appended(NamedTuple):
    """The text of a file with new cards at its end."""

    text: str
    first: int  # line with which the body of the new cards begins
    parsed: Parsed


def read_new(text: str, path: str) -> NewCards:
    """The cards of a draft. Raises UserError for the first thing in it that is not sound."""
    lines = split(text)
    front = frontmatter.read(lines, path)
    parsed = parse(text, path, "")
    _refuse_faults(lines, front.length, parsed, path)
    said = [at for at in range(front.length, len(lines)) if lines[at].strip()]
    if not parsed.notes:
        line = said[0] + 1 if said else 1
        raise UserError("there is no card in it", _NO_CARD, path=path, line=line)
    body = "\n".join(lines[said[0] : said[-1] + 1])
    remarks = tuple(p for p in parsed.problems if p.severity is Severity.NOTE)
    return NewCards(path, front, body, said[0] + 1, parsed.notes, remarks)


def append(held: str, new: NewCards, path: str) -> Appended:
    """What a file that holds `held` is to hold: the same, and below it the new cards.

    Line ends are those of the file, and so is whether the last line has one. Raises UserError where
    the new cards would not be read as what they are, or the others not as what they were.
    """
    before = parse(held, path, "")
    _refuse_open(held, path)
    for parting in _PARTINGS:
        text, first = _joined(held, parting, new.body)
        after = parse(text, path, "")
        if _is_sum(before, after, new, first):
            return Appended(text, first, after)
    raise UserError(
        f"at the end of {path} these cards would be read as something else",
        "name another file, or write them there with your editor", path=new.path, line=new.first,
    )  # fmt: skip


def front_text(front: FrontMatter) -> str:
    """Lines that say the same at the head of a file; none where there is nothing to say.

    Raises UserError for a name that front matter cannot hold.
    """
    pairs = [("deck", _value(front.deck)), ("tags", _values(front.tags)),
             ("sources", _values(front.sources)), ("as_of", _value(front.as_of))]  # fmt: skip
    said = [f"{key}: {value}" for key, value in pairs if value]
    if not said:
        return ""
    lines = ["---", *said, "---"]
    if not says_the_same(frontmatter.read(lines, ""), front):
        raise UserError("a name that cannot be written at the head of a file", "choose another")
    return "\n".join([*lines, ""])


def says_the_same(one: FrontMatter, other: FrontMatter) -> bool:
    """Whether notes below either have the same deck, tags, sources and date."""
    return (one.deck, set(one.tags), set(one.sources), one.as_of) == (
        other.deck, set(other.tags), set(other.sources), other.as_of
    )  # fmt: skip


def head_of(text: str, path: str) -> FrontMatter:
    """The front matter of a file."""
    return frontmatter.read(split(text), path)


def _refuse_faults(lines: Sequence[str], front: int, parsed: Parsed, path: str) -> None:
    faults = [p for p in parsed.problems if p.severity is Severity.ERROR]
    if faults:
        first, more = faults[0], len(faults) - 1
        message = f"{first.message} (and {more} more)" if more else first.message
        raise UserError(message, first.hint, path=path, line=first.place.line)
    if line := _open_line(lines, front):
        flaw = _flaw(lines, line)
        raise UserError(flaw.value, _closing(flaw), path=path, line=line)


def _refuse_open(held: str, path: str) -> None:
    """What stands below an open fence or comment is at its mercy, whoever closes it."""
    lines = split(held)
    if line := _open_line(lines, frontmatter.read(lines, path).length):
        flaw = _flaw(lines, line)
        raise UserError(flaw.value, f"{_closing(flaw)} first", path=path, line=line)


def _open_line(lines: Sequence[str], front: int) -> int:
    """The line of the first fence or comment that never closes; 0 if there is none."""
    blocks = pair(lines[front:])
    return min((at + front + 1 for at in blocks.open_code + blocks.open_comments), default=0)


def _flaw(lines: Sequence[str], line: int) -> Flaw:
    return Flaw.OPEN_COMMENT if lines[line - 1].startswith("<!--") else Flaw.OPEN_FENCE


def _closing(flaw: Flaw) -> str:
    return "close it with -->" if flaw is Flaw.OPEN_COMMENT else "close it with the same marks"


def _joined(held: str, parting: str, body: str) -> tuple[str, int]:
    """The whole text, and the line with which the body begins in it."""
    end = _line_end(held)
    lines = split(held)
    prefix = held
    if lines and not held.endswith(("\n", "\r")):
        prefix += end
    if lines and lines[-1].strip():
        prefix += end
    if parting:
        prefix += f"{parting}{end}{end}"
    last = end if not lines or held.endswith(("\n", "\r")) else ""
    return prefix + body.replace("\n", end) + last, len(split(prefix)) + 1


def _line_end(text: str) -> str:
    """The line end that the file has most of."""
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=counts.__getitem__)


def _is_sum(before: Parsed, after: Parsed, new: NewCards, first: int) -> bool:
    count = len(before.notes)
    shift = first - new.first
    moved = [(_words(note), note.place.line + shift) for note in new.notes]
    found = [(_words(note), note.place.line) for note in after.notes[count:]]
    return (
        after.notes[:count] == before.notes and found == moved and _faults(after) == _faults(before)
    )


def _words(note: Note) -> tuple[object, ...]:
    """All of a note that does not follow from the head of its file."""
    return (
        note.kind, note.front, note.back, note.id, note.concept, note.type, note.why, note.flip,
        note.variants,
    )  # fmt: skip


def _faults(parsed: Parsed) -> set[Problem]:
    return {problem for problem in parsed.problems if problem.severity is Severity.ERROR}


def _values(items: Iterable[str]) -> str:
    listed = ", ".join(_value(item) for item in items)
    return f"[{listed}]" if listed else ""


def _value(text: str) -> str:
    if not text or (_PLAIN.fullmatch(text) and text.lower() != "null"):
        return text
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'
