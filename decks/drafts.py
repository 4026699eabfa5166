"""From the lines of one card to its fields, or to the reason why it cannot be one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from decks import cloze
from decks.lines import Kind, Line, near_answer
from decks.model import NoteKind, Place, Problem, Variant
from decks.spans import blanked, protected

MAX_CARD_BYTES = 1 << 20

_ID = re.compile(r"(?:^|(?<=\s))\^(?=[0-9-]*[a-z])([a-z0-9-]{3,})$")
_SEPARATOR = re.compile(r"(?<=[ \t]):{2,3}(?=[ \t]|$)")
_LIST_MARKER = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_PARENTHESIS = re.compile(r"[()]")


class Part(NamedTuple):
    """A tag and the lines below it, up to the next tag."""

    name: str
    lines: list[Line]

    @property
    def raw_text(self) -> str:
        return "\n".join([self.lines[0].text, *(line.raw for line in self.lines[1:])])


@dataclass(slots=True)
class Draft:
    """A card while its lines come in."""

    kind: NoteKind
    parts: list[Part] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    fault: tuple[int, str, str] | None = None  # line, message, hint

    @property
    def number(self) -> int:
        """The line where it begins."""
        return self.lines[0].number

    def open(self, name: str, line: Line) -> None:
        """Start a part with what the line holds after its tag."""
        self.parts.append(Part(name, [line]))
        self.lines.append(line)

    def add(self, line: Line) -> None:
        """Carry on with the part begun last."""
        self.parts[-1].lines.append(line)
        self.lines.append(line)

    def held(self) -> list[int]:
        """Numbers of its lines, without the blank ones at its end."""
        last = len(self.lines)
        while last and self.lines[last - 1].kind is Kind.BLANK:
            last -= 1
        return [line.number for line in self.lines[:last]]


class Fields(NamedTuple):
    """What a good card says."""

    kind: NoteKind
    front: str
    back: str
    id: str
    why: str
    flip: str
    variants: tuple[Variant, ...]


class _FaultError(Exception):
    """Ends the reading of one card; never leaves this module."""

    def __init__(self, line: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.fault = (line, message, hint)


def read(draft: Draft, path: str) -> Fields | Problem:
    """Return the fields of the card, or the first thing that is wrong with it."""
    try:
        return _fields(draft)
    except _FaultError as error:
        line, message, hint = error.fault
        return Problem(Place(path, line), message, hint)


def one_liner(line: Line) -> Draft | None:
    """Return the card of a line `front :: back` or, for both directions, `front ::: back`."""
    found = _separator(line.raw)
    if not found:
        return None
    marker = _LIST_MARKER.match(line.raw, 0, found.start())
    front = line.raw[marker.end() if marker else 0 : found.start()]
    draft = Draft(NoteKind.REVERSED if len(found[0]) == 3 else NoteKind.BASIC)
    draft.parts.append(Part("Q", [line._replace(text=front)]))
    draft.parts.append(Part("A", [line._replace(text=line.raw[found.end() :])]))
    draft.lines.append(line)
    return draft


def stands_alone(line: Line) -> bool:
    """Whether the line is a one-line card even below another card: flush left, in no list."""
    plain = line.raw[:1].strip() and not _LIST_MARKER.match(line.raw)
    return bool(plain) and one_liner(line) is not None


def _separator(raw: str) -> re.Match[str] | None:
    """The first separator outside code, math and links; a table row has none."""
    if "::" not in raw or raw.lstrip().startswith("|"):
        return None
    spans = protected(raw)
    for found in _SEPARATOR.finditer(raw):
        if not any(start <= found.start() < end for start, end in spans):
            return found
    return None


def _fields(draft: Draft) -> Fields:
    if draft.fault:
        raise _FaultError(*draft.fault)
    _check_size(draft)
    texts = [part.raw_text.strip() for part in draft.parts]
    texts[-1], note_id = _split_id(texts[-1])
    front = texts[0]
    back = "" if draft.kind is NoteKind.CLOZE else _back(draft, texts)
    if draft.kind is NoteKind.CLOZE:
        _check_cloze(draft.parts[0], front)
    elif not front:
        raise _FaultError(draft.number, "empty question", "write the question after Q:")
    named = list(zip(draft.parts, texts, strict=True))
    return Fields(
        draft.kind,
        front,
        back,
        note_id,
        _joined("Why", named),
        _joined("Flip", named),
        tuple(_variant(part, text) for part, text in named if part.name == "Variant"),
    )


def _check_size(draft: Draft) -> None:
    size = sum(len(line.raw) for line in draft.lines)
    if 4 * size > MAX_CARD_BYTES:
        size = sum(len(line.raw.encode()) + 1 for line in draft.lines)
    if size > MAX_CARD_BYTES:
        raise _FaultError(draft.number, "a card of more than 1 MiB", "split it into smaller cards")


def _back(draft: Draft, texts: list[str]) -> str:
    if len(texts) < 2:
        near = next((line.number for line in draft.lines if near_answer(line)), 0)
        place = f"line {near} should" if near else "its answer must"
        hint = f"{place} start with A: in the first column"
        raise _FaultError(draft.number, "question without an answer", hint)
    if not texts[1]:
        line = draft.parts[1].lines[0].number
        raise _FaultError(line, "empty answer", "write the answer after A:")
    return texts[1]


def _check_cloze(part: Part, text: str) -> None:
    first = part.lines[0].number
    if not text:
        raise _FaultError(first, "empty cloze card", "write a sentence with a [gap] after C:")
    if wrong := cloze.fault(text):
        offset, message = wrong
        hint = "write a gap as [words]; a bracket that is only a bracket as \\["
        raise _FaultError(_line_at(part, text, offset), message, hint)
    if not cloze.find_gaps(text):
        raise _FaultError(first, "cloze card without a gap", "put [brackets] around what to ask")


def _line_at(part: Part, text: str, offset: int) -> int:
    raw = part.raw_text
    above = raw[: len(raw) - len(raw.lstrip())].count("\n")
    return part.lines[above + text.count("\n", 0, offset)].number


def _joined(name: str, named: list[tuple[Part, str]]) -> str:
    return "\n\n".join(text for part, text in named if part.name == name and text)


def _split_id(text: str) -> tuple[str, str]:
    """Take a trailing ` ^id` off a text."""
    last_line = text.rfind("\n") + 1
    found = _ID.search(text, last_line)
    if not found or any(start <= found.start() < end for start, end in protected(text)):
        return text, ""
    return text[: found.start()].rstrip(), found[1]


def _variant(part: Part, text: str) -> Variant:
    """Split a variant before its final balanced parenthesis, which is its answer."""
    opening = _final_parenthesis(text)
    front, back = text[:opening].strip(), text[opening + 1 : -1].strip()
    if opening < 0 or not front or not back:
        hint = "end it with its answer: Variant: question (answer)"
        line = part.lines[0].number
        raise _FaultError(line, "variant without an answer in final parentheses", hint)
    return Variant(front, back)


def _final_parenthesis(text: str) -> int:
    """Offset where the parenthesis that ends `text` opens; -1 if there is none."""
    spans = protected(text)
    if not text.endswith(")") or (spans and spans[-1][1] == len(text)):
        return -1
    depth = 0
    for sign in reversed(list(_PARENTHESIS.finditer(blanked(text, spans)))):
        depth += 1 if sign[0] == ")" else -1
        if not depth:
            return sign.start()
    return -1
