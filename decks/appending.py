"""New cards at the end of a deck file: read from a draft, and joined to what the file holds. Pure.

Of a file that holds several deck files it is one of them that gets longer.

Nothing that the file held is changed: neither its text nor what that text is read as.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from decks import frontmatter
from decks.errors import UserError
from decks.fences import pair
from decks.frontmatter import FrontMatter
from decks.lines import NEXT_FILE, Flaw, parts, split
from decks.model import Note, Parsed, Problem, Severity
from decks.parse import parse

INBOX = "Inbox"  # deck of new cards that name none
# Tried in turn: a rule ends a card, a heading an id and a concept as well.
_PARTINGS = ("", "---", "## New cards")
_PARTING_LINE = re.compile(rf"(?:\A|(?<=[\r\n])){re.escape(NEXT_FILE)}[^\S\r\n]*(?:\r\n|\r|\n|\Z)")
_PLAIN = re.compile(r"[^\W_][\w .+/-]*(?:::[^\W_][\w .+/-]*)*")
_ONE_DECK = "add its cards deck by deck, or import it"
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
    """The text of a file with new cards at its end, or at the end of a deck file in it."""

    text: str
    first: int  # line with which the body of the new cards begins
    parsed: Parsed

    def holds(self, line: int, new: NewCards) -> bool:
        """Whether the line of the text is one of the new cards."""
        return self.first <= line <= self.first + new.body.count("\n")


def read_new(text: str, path: str) -> NewCards:
    """The cards of a draft. Raises UserError for the first thing in it that is not sound."""
    lines = split(text)
    if parting := next((part.above for part in parts(lines) if part.above), 0):
        raise UserError("it holds more than one deck file", _ONE_DECK, path=path, line=parting)
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


def append(held: str, new: NewCards, path: str, deck: str = "") -> Appended:
    """What a file that holds `held` is to hold: the same, and the new cards at the end.

    If it holds several deck files, that is the end of the one whose head suits the cards (see
    `suits`); `deck` is that of a head which names none. Line ends are those of the file, and so is
    whether the last line has one. Raises UserError where the new cards would not be read as what
    they are, or the others not as what they were.
    """
    start, end = _suitable(held, path, new.front, deck)
    part, above = held[start:end], len(split(held[:start]))
    line_end = _line_end(held)
    below = line_end + held[end:] if end < len(held) else ""
    before = parse(part, path, "")
    others = len(parse(held, path, "").notes) - len(before.notes) if start or below else 0
    _refuse_open(part, path, above)
    for parting in _PARTINGS:
        longer, first = _joined(part, parting, new.body, line_end)
        text, after = held[:start] + longer + below, parse(longer, path, "")
        if not _is_sum(before, after, new, first):
            continue
        whole = parse(text, path, "") if start or below else after
        if len(whole.notes) == others + len(after.notes):
            return Appended(text, above + first, whole)
    raise UserError(
        f"at the end of {path} these cards would be read as something else",
        "name another file, or write them there with your editor", path=new.path, line=new.first,
    )  # fmt: skip


def _suitable(held: str, path: str, front: FrontMatter, deck: str) -> tuple[int, int]:
    """Where in the file the last deck file begins and ends that suits; else the last."""
    if NEXT_FILE not in held:
        return 0, len(held)
    partings = [match.span() for match in _PARTING_LINE.finditer(held)]
    spans = list(zip([0, *(end for _, end in partings)],
                     [*(start for start, _ in partings), len(held)], strict=True))  # fmt: skip
    heads = [replace(head, deck=head.deck or deck) for head in heads_of(held, path)]
    for fits in (says_the_same, suits, lambda *_: True):
        if found := [span for head, span in zip(heads, spans, strict=True) if fits(head, front)]:
            break
    return found[-1]


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


def suits(head: FrontMatter, front: FrontMatter) -> bool:
    """Whether cards with such front matter may stand below the head: it says all of that."""
    is_deck = not front.deck or front.deck.casefold() == head.deck.casefold()
    is_date = not front.as_of or front.as_of == head.as_of
    asked, said = {*front.tags, *front.sources}, {*head.tags, *head.sources}
    return is_deck and is_date and asked <= said


def head_of(text: str, path: str) -> FrontMatter:
    """The front matter with which a file begins."""
    return frontmatter.read(split(text), path)


def heads_of(text: str, path: str) -> list[FrontMatter]:
    """The front matter of each deck file in a file."""
    return [frontmatter.read(part.lines, path, part.above) for part in parts(split(text))]


def _refuse_faults(lines: Sequence[str], front: int, parsed: Parsed, path: str) -> None:
    faults = [p for p in parsed.problems if p.severity is Severity.ERROR]
    if faults:
        first, more = faults[0], len(faults) - 1
        message = f"{first.message} (and {more} more)" if more else first.message
        raise UserError(message, first.hint, path=path, line=first.place.line)
    if line := _open_line(lines, front):
        flaw = _flaw(lines, line)
        raise UserError(flaw.value, _closing(flaw), path=path, line=line)


def _refuse_open(part: str, path: str, above: int) -> None:
    """What stands below an open fence or comment is at its mercy, whoever closes it."""
    lines = split(part)
    if line := _open_line(lines, frontmatter.read(lines, path).length):
        flaw = _flaw(lines, line)
        raise UserError(flaw.value, f"{_closing(flaw)} first", path=path, line=above + line)


def _open_line(lines: Sequence[str], front: int) -> int:
    """The line of the first fence or comment that never closes; 0 if there is none."""
    blocks = pair(lines[front:])
    return min((at + front + 1 for at in blocks.open_code + blocks.open_comments), default=0)


def _flaw(lines: Sequence[str], line: int) -> Flaw:
    return Flaw.OPEN_COMMENT if lines[line - 1].startswith("<!--") else Flaw.OPEN_FENCE


def _closing(flaw: Flaw) -> str:
    return "close it with -->" if flaw is Flaw.OPEN_COMMENT else "close it with the same marks"


def _joined(held: str, parting: str, body: str, end: str) -> tuple[str, int]:
    """The whole text, and the line with which the body begins in it; `end` is a line's."""
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
