"""From the lines of one card to its fields, or to the reason why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from decks import cloze
from decks.fences import opens
from decks.lines import Kind, Line, near_answer
from decks.model import Estimate, NoteKind, Place, Problem, Remark, Variant
from decks.spans import blanked, protected

MAX_CARD_BYTES = 1 << 20

_BLANK, _CLOZE = Kind.BLANK, NoteKind.CLOZE
_ID = re.compile(r"(?:^|(?<=\s))\^(?=[0-9-]*[a-z])([a-z0-9-]{3,})$")
_SEPARATOR = re.compile(r"(?<=\s):{2,3}(?=\s|$)")
_LIST_MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
_PARENTHESIS = re.compile(r"[()]")


Part = list[Line]  # a line with a tag and those below it, up to the next tag


@dataclass(slots=True)
class Draft:
    """A card while its lines come in."""

    kind: NoteKind
    parts: list[Part]
    fault: tuple[int, str, str] | None = None  # line, message, hint

    @property
    def number(self) -> int:
        """The line where it begins."""
        return self.parts[0][0].number

    @property
    def last(self) -> Line:
        """The line that came last."""
        return self.parts[-1][-1]

    def open(self, line: Line) -> None:
        """Start a part with what the line holds after its tag."""
        self.parts.append([line])

    def add(self, line: Line) -> None:
        """Carry on with the part begun last."""
        self.parts[-1].append(line)

    def end(self) -> list[int]:
        """Give up the blank lines at its end; the numbers of those that are left."""
        last = self.parts[-1]
        while last[-1].kind is _BLANK:
            last.pop()
        return [line.number for part in self.parts for line in part]


Inspect = Callable[[str], Iterable[Remark]]  # looks through a text of a card, in order


class Fields(NamedTuple):
    """What a good card says."""

    kind: NoteKind
    front: str
    back: str
    id: str
    why: str = ""
    flip: str = ""
    variants: tuple[Variant, ...] = ()
    estimate: Estimate | None = None


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


def inspected(draft: Draft, path: str, inspect: Inspect) -> Iterator[Problem]:
    """Yield what a closer look at each text of the card finds, at its line."""
    for part in draft.parts:
        text, at, ends = _raw_text(part), 0, 0
        for remark in inspect(text):  # in order
            ends += text.count("\n", at, remark.offset)
            at = remark.offset
            place = Place(path, part[ends].number)
            yield Problem(place, remark.message, remark.hint, remark.severity)


def one_liner(line: Line) -> Draft | None:
    """Return the card of a line `front :: back` or, for both directions, `front ::: back`."""
    found = _separator(line.raw)
    if not found:
        return None
    number, raw = line.number, line.raw
    marker = _LIST_MARKER.match(raw, 0, found.start())
    front = raw[marker.end() if marker else 0 : found.start()]
    return Draft(
        NoteKind.REVERSED if len(found[0]) == 3 else NoteKind.BASIC,
        [
            [Line(number, Kind.QUESTION, raw, front)],
            [Line(number, Kind.ANSWER, raw, raw[found.end() :])],
        ],
    )


def stands_alone(line: Line) -> bool:
    """Whether the line is a one-line card even below another card: flush left, in no list."""
    raw = line.raw
    if "::" not in raw or raw[0].isspace() or _LIST_MARKER.match(raw):
        return False
    return _separator(raw) is not None


def _separator(raw: str) -> re.Match[str] | None:
    """The first separator outside code, math, links and gaps; a table row has none."""
    if "::" not in raw or raw.lstrip().startswith("|") or opens(raw):
        return None
    found = _SEPARATOR.search(raw)
    if not found or len(raw) > MAX_CARD_BYTES:  # too large to be read; that is said later
        return found
    shadow = blanked(raw, protected(raw))
    gaps = [(gap.start, gap.end) for gap in cloze.find_gaps(raw)]
    return _SEPARATOR.search(blanked(shadow, gaps))


def _fields(draft: Draft) -> Fields:
    if draft.fault:
        raise _FaultError(*draft.fault)
    texts = [_text(part) for part in draft.parts]
    _check_size(draft, texts)
    texts, note_id = _without_id(draft.parts, texts)
    front = texts[0]
    if draft.kind is _CLOZE:
        back, above = "", 1
        _check_cloze(draft.parts[0], front)
    else:
        back, above = _back(draft, texts), 2
        if not front:
            raise _FaultError(draft.number, "empty question", "write the question after Q:")
    if len(texts) == above:
        return Fields(draft.kind, front, back, note_id)
    named = [(part[0], text) for part, text in zip(draft.parts[above:], texts[above:], strict=True)]
    return Fields(
        draft.kind,
        front,
        back,
        note_id,
        _joined("Why", named),
        _joined("Flip", named),
        tuple(_variant(line, text) for line, text in named if line.name == "Variant"),
        _estimate(draft.parts, texts, named) if any(map(_is_numbers, named)) else None,
    )


def _is_numbers(named: tuple[Line, str]) -> bool:
    return named[0].kind is Kind.NUMBERS


def _estimate(parts: list[Part], all_texts: list[str], named: list[tuple[Line, str]]) -> Estimate:
    """What `Params:`, `Answer:` and `Tolerance:` say, found sound with every draw."""
    from decks.estimates import reading  # which few decks need

    lines: dict[str, tuple[int, str]] = {}
    for line, text in named:
        if line.name == "Variant":
            hint = "its numbers change by themselves; make a variant a card of its own"
            raise _FaultError(line.number, "a variant of an estimate", hint)
        if line.kind is Kind.NUMBERS:
            if line.name in lines:
                raise _FaultError(line.number, f"{line.name}: again in one card", "keep one")
            lines[line.name] = line.number, text
    for name in ("Params", "Answer"):
        if name not in lines:
            first = min(number for number, _ in lines.values())
            hint = f"an estimate has Params: and Answer:; elsewhere indent {next(iter(lines))}:"
            raise _FaultError(first, f"an estimate without {name}:", hint)
    front, back = all_texts[:2]
    texts = [front, back, _joined("Why", named), _joined("Flip", named)]
    tolerance = lines.get("Tolerance", (0, ""))[1]
    try:
        found = reading.read_estimate(lines["Params"][1], lines["Answer"][1], tolerance, back)
        reading.check(found, texts)
    except reading.EstimateError as error:
        number = _line_near(parts, error.part, error.near)
        raise _FaultError(number, f"estimate: {error}", error.hint) from error
    return found


def _line_near(parts: list[Part], tag: str, near: str) -> int:
    """The line of a part of a card that holds a text; its first one if none does."""
    tags = {Kind.QUESTION: "Q", Kind.ANSWER: "A"}
    lines = [line for part in parts if tags.get(part[0].kind, part[0].name) == tag for line in part]
    found = next((line for line in lines if near in line.raw), lines[0] if lines else parts[0][0])
    return found.number


def _text(part: Part) -> str:
    if len(part) == 1:
        return part[0].text.strip()
    return _raw_text(part).strip()


def _raw_text(part: Part) -> str:
    return "\n".join([part[0].text, *[line.raw for line in part[1:]]])


def _check_size(draft: Draft, texts: list[str]) -> None:
    size = sum(map(len, texts))
    if 4 * size > MAX_CARD_BYTES:
        size = sum(len(text.encode()) for text in texts)
    if size > MAX_CARD_BYTES:
        raise _FaultError(draft.number, "a card of more than 1 MiB", "split it into smaller cards")


def _back(draft: Draft, texts: list[str]) -> str:
    if len(texts) < 2:
        lines = (line for part in draft.parts for line in part)
        near = next((line.number for line in lines if near_answer(line)), 0)
        place = f"line {near} should" if near else "its answer must"
        hint = f"{place} start with A: in the first column"
        raise _FaultError(draft.number, "question without an answer", hint)
    if not texts[1]:
        line = draft.parts[1][0].number
        raise _FaultError(line, "empty answer", "write the answer after A:")
    return texts[1]


def _check_cloze(part: Part, text: str) -> None:
    first = part[0].number
    if not text:
        raise _FaultError(first, "empty cloze card", "write a sentence with a [gap] after C:")
    if wrong := cloze.fault(text):
        offset, message = wrong
        hint = "write a gap as [words]; a bracket that is only a bracket as \\["
        raise _FaultError(_line_at(part, text, offset), message, hint)
    if not cloze.find_gaps(text):
        raise _FaultError(first, "cloze card without a gap", "put [brackets] around what to ask")


def _line_at(part: Part, text: str, offset: int) -> int:
    raw = _raw_text(part)
    above = raw[: len(raw) - len(raw.lstrip())].count("\n")
    return part[above + text.count("\n", 0, offset)].number


def _joined(name: str, named: list[tuple[Line, str]]) -> str:
    return "\n\n".join(text for line, text in named if line.name == name and text)


def _without_id(parts: list[Part], texts: list[str]) -> tuple[list[str], str]:
    """Take a trailing ` ^id` off the last text that says anything."""
    at = len(texts) - 1
    while at and not texts[at]:
        at -= 1
    if "^" not in texts[at] or _ends_in_power(parts[at][0], texts[at]):
        return texts, ""
    text, note_id = split_id(texts[at])
    return [*texts[:at], text, *texts[at + 1 :]], note_id


def _ends_in_power(line: Line, text: str) -> bool:
    """Whether what looks like an id belongs to a formula: behind its unit it would not."""
    return line.name == "Answer" and "]" not in text


def split_id(text: str) -> tuple[str, str]:
    """Return a text without a trailing ` ^id`, and the id."""
    last_line = text.rfind("\n") + 1
    found = _ID.search(text, last_line)
    if not found or any(start <= found.start() < end for start, end in protected(text)):
        return text, ""
    return text[: found.start()].rstrip(), found[1]


def _variant(line: Line, text: str) -> Variant:
    """Split a variant before its final balanced parenthesis, which is its answer."""
    opening = _final_parenthesis(text)
    front, back = text[:opening].strip(), text[opening + 1 : -1].strip()
    if opening < 0 or not front or not back:
        hint = "end it with its answer: Variant: question (answer)"
        raise _FaultError(line.number, "variant without an answer in final parentheses", hint)
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
