"""Cards that `Q:`, `A:` and `C:` at the start of a line begin, and where each of them ends. Pure.

hashcards and repeater agree on most of it: a card goes on until the next tag or rule, whatever
stands in between. What only stands between two cards is told from it here: comments, and headings
that nothing but the next card follows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from decks.dialects.sheet import Sheet
from decks.lines import Flaw, Kind, Line, classify

Part = list[Line]  # a line with a tag and those below it, up to the next tag

_LOOSE = (Kind.BLANK, Kind.COMMENT, Kind.HEADING, Kind.SOURCES)
_MANY = 2  # headings that make a level one of sections, where `# x` may be a comment of a program
_INDENTED_ANSWER = re.compile(r"[ \t]+A:(.*)")
_FLAWS = {
    Flaw.OPEN_FENCE: "close it with the same marks",
    Flaw.OPEN_COMMENT: "close it with -->",
}


@dataclass(slots=True)
class Block:
    """What one tag begins: a question with its answer, a text with gaps, or a stray answer."""

    parts: list[Part]
    rules: list[Line] = field(default_factory=list)  # between its question and its answer
    beyond: Part = field(default_factory=list)  # what follows it and is no longer of it

    @property
    def kind(self) -> Kind:
        """Of the tag that begins it."""
        return self.parts[0][0].kind

    @property
    def lines(self) -> list[int]:
        """Its lines counted from 0, without blank ones at its end."""
        held = [line.number - 1 for part in self.parts for line in _rstripped(part)]
        return held + [line.number - 1 for line in self.rules]


class Outside(NamedTuple):
    """A line that stands in no block; `parted` if a rule is what parts it from the last one."""

    line: Line
    parted: bool


class Deck(NamedTuple):
    """A file in its blocks, and what stands outside them."""

    blocks: list[Block]
    outside: list[Outside]


def read(sheet: Sheet, is_rule: Callable[[Line], bool], *, indented_answers: bool = False) -> Deck:
    """Return the blocks of a file, below its front matter, which is taken.

    With `indented_answers` an indented `A:` will do for a question that has no other.
    """
    front = sheet.take_front_matter()
    if front.skipped and front.length == 1:  # it never closes
        problem = front.problems[0]
        sheet.skip([0], problem.message, problem.hint)
    lines = list(classify(sheet.lines, front.length))
    deck = _blocks(lines, is_rule)
    if indented_answers:
        for block in deck.blocks:
            _find_answer(block)
    sections = _sections(deck)
    for block in deck.blocks:
        _end(block, sections)
    return deck


def text_of(part: Part) -> str:
    """What a part says, without its tag and the blanks around it."""
    if len(part) == 1:
        return part[0].text.strip()
    return "\n".join([part[0].text.strip(), *[line.raw for line in part[1:]]]).strip()


def whole_text(block: Block) -> str:
    """What the last part said before anything was taken for beyond it."""
    return text_of([*block.parts[-1], *block.beyond])


def remark_flaws(sheet: Sheet, block: Block) -> None:
    """Say what is odd about lines of a card that costs nothing."""
    for line in (line for part in block.parts for line in part):
        if line.flaw in _FLAWS:
            sheet.remark(line.number - 1, line.flaw.value, _FLAWS[line.flaw])
    above: Line | None = None
    for line in (line for part in block.parts for line in part):
        if line.kind is Kind.NEAR_MISS and above and above.kind is Kind.BLANK:
            sheet.remark(line.number - 1, f"looks like {line.name}: inside a card", _near(line))
        above = line


def remark_second_answers(sheet: Sheet, block: Block) -> None:
    """Say where an answer goes on with another `A:`."""
    for line in block.parts[-1][1:]:
        if line.kind is Kind.ANSWER:
            message = "another A: in the answer: both were kept as one"
            sheet.remark(line.number - 1, message, "put a Q: line above it to make it a card")


def remark_end(sheet: Sheet, block: Block) -> None:
    """Say where a card ends although text follows."""
    if any(line.kind not in _LOOSE for line in block.beyond):
        message = "the card above ends here: such headings part the cards of this file"
        hint = "write the heading as **bold** text if it belongs to the card"
        sheet.remark(block.beyond[0].number - 1, message, hint)


def skip_near_misses(sheet: Sheet, outside: Sequence[Outside]) -> set[int]:
    """Report what was likely meant to be a card, down to the next blank line; those lines."""
    taken: set[int] = set()
    held: list[int] = []
    start: Line | None = None
    for line in (one.line for one in outside):
        follows = bool(held) and line.number - 1 == held[-1] + 1
        if start and follows and line.kind is not Kind.BLANK:
            held.append(line.number - 1)
            continue
        _skip_near_miss(sheet, start, held)
        taken.update(held)
        start = line if line.kind is Kind.NEAR_MISS else None
        held = [line.number - 1] if start else []
    _skip_near_miss(sheet, start, held)
    return taken | set(held)


def _skip_near_miss(sheet: Sheet, start: Line | None, held: list[int]) -> None:
    if start:
        sheet.skip(held, f"looks like {start.name}: but starts no card", _near(start))


def _near(line: Line) -> str:
    return f"write {line.name}: in capitals, in the first column, without markup"


# What stands in which block


def _blocks(lines: Sequence[Line], is_rule: Callable[[Line], bool]) -> Deck:
    deck = Deck([], [])
    current: Block | None = None
    parted = False
    for at, line in enumerate(lines):
        kind = line.kind
        if kind in (Kind.QUESTION, Kind.CLOZE) or (kind is Kind.ANSWER and not _asks(current)):
            current = Block([[line]])
            deck.blocks.append(current)
        elif is_rule(line):
            if current and _is_between(lines, at, current):
                current.rules.append(line)
            else:
                current, parted = None, True
        elif current is None:
            deck.outside.append(Outside(line, parted))
            parted = parted and kind is Kind.BLANK
        elif kind is Kind.ANSWER and len(current.parts) == 1:
            current.parts.append([line])
        elif kind is Kind.BLANK and current.kind is Kind.ANSWER:
            current = None  # a stray answer ends with its paragraph
        else:
            current.parts[-1].append(line)
    return deck


def _asks(block: Block | None) -> bool:
    return block is not None and block.kind is Kind.QUESTION


def _is_between(lines: Sequence[Line], at: int, block: Block) -> bool:
    """Whether a rule only parts a question from its answer."""
    if not _asks(block) or len(block.parts) > 1:
        return False
    below = next((line for line in lines[at + 1 : at + 3] if line.kind is not Kind.BLANK), None)
    return below is not None and below.kind is Kind.ANSWER


def _find_answer(block: Block) -> None:
    if not _asks(block) or len(block.parts) > 1:
        return
    question = block.parts[0]
    for at, line in enumerate(question):
        if line.kind is Kind.TEXT and (found := _INDENTED_ANSWER.match(line.raw)):
            answer = line._replace(kind=Kind.ANSWER, text=found[1])
            block.parts = [question[:at], [answer, *question[at + 1 :]]]
            return


# Where a block ends


def _sections(deck: Deck) -> frozenset[str]:
    """The levels of heading, as marks, by which the file is plainly divided into sections."""
    seen = Counter(one.line.name for one in deck.outside if one.line.kind is Kind.HEADING)
    for block in deck.blocks:
        part = block.parts[-1]
        seen.update(line.name for line in part[_tail(part) :] if line.kind is Kind.HEADING)
    return frozenset(name for name, count in seen.items() if count >= (_MANY if name == "#" else 1))


def _end(block: Block, sections: frozenset[str]) -> None:
    """Take from a block what is beyond it."""
    part = block.parts[-1]
    start = _tail(part)
    for at in range(1, start):
        if part[at].kind is Kind.HEADING and part[at].name in sections and _parted(part, at):
            start = at
            break
    block.beyond = part[start:]
    block.parts[-1] = part[:start]


def _parted(part: Part, at: int) -> bool:
    """Whether a blank line stands above, and what the part has to say above that."""
    return part[at - 1].kind is Kind.BLANK and _says(part[:at])


def _tail(part: Part) -> int:
    """Where comments, and headings below a blank line, begin that nothing else follows."""
    first = len(part)
    while first > 1 and part[first - 1].kind in _LOOSE:
        first -= 1
    for at in range(first, len(part)):
        kind = part[at].kind
        if kind is Kind.COMMENT or (kind is Kind.HEADING and part[at - 1].kind is Kind.BLANK):
            return at if _says(part[:at]) else len(part)
    return len(part)


def _says(part: Part) -> bool:
    return bool(part[0].text.strip()) or any(line.kind is not Kind.BLANK for line in part[1:])


def _rstripped(part: Part) -> Part:
    end = len(part)
    while end > 1 and part[end - 1].kind is Kind.BLANK:
        end -= 1
    return part[:end]
