"""Where question, answer and the rest stand in a note that is one card. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from decks.fences import pair

QUESTION, ANSWER, WHY, SOURCES, OTHER = "question", "answer", "why", "sources", "other"
_NAMES = {
    QUESTION: "question front q prompt problem scenario,card front,front side,the question",
    ANSWER: "answer back a solution response,card back,back side,the answer,correct answer,"
    "model answer,expected answer,sample answer,the solution",
    WHY: "explanation why explanations rationale notes note details context remarks remark comment"
    " comments extra discussion background hint hints mnemonic,why it matters,additional notes",
    SOURCES: "source sources reference references bibliography citation citations links,"
    "further reading",
}
_ROLES = {
    name: role
    for role, names in _NAMES.items()
    for words, *phrases in [names.split(",")]
    for name in (*words.split(), *phrases)
}
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_HASHED = re.compile(r"(#{1,6})(\w.*)")  # `##Question`, as one writes in a hurry
# `**Answer:** so`, `**Answer**: so`, `__Answer__`
_LABEL = re.compile(r" {0,3}(\*\*|__)([\w ]{1,20}?)(?::\1|\1:|\1(?=\s*$))[ \t]*(.*)")
_PLAIN = re.compile(r"(Q|A|Question|Answer|Front|Back):(?:[ \t]+(.*)|[ \t]*)", re.IGNORECASE)
_ASKS = ("question", "front")
TAG_LINE = re.compile(r"[ \t]*(?:#[^\W\d_][\w/-]*[ \t]*)+")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)")
_PARTING = re.compile(
    r"[ \t]*(?:%|<!--\s*(?:answer|back|flip)\s*-->"
    r"|(?:<details[^<>]*>\s*)?<summary>[^<>]*\b(?:answer|solution|reveal)\b[^<>]*</summary>)[ \t]*",
    re.IGNORECASE,
)
_FOLD = re.compile(r"[ \t]*</?details[^<>]*>[ \t]*", re.IGNORECASE)
_WORDS = re.compile(r"\w(?:.*\w)?")
_LEVEL_OF_LABELS = 6
# `**Note:**` is a part of the answer that it stands in.
_LABELS = frozenset({"explanation", "why", "source", "sources", "reference", "references"})


class Mark(NamedTuple):
    """A line that opens a section: its role, its level, and text behind a label."""

    line: int
    role: str
    level: int
    rest: str = ""
    name: str = ""  # as compared


class Section(NamedTuple):
    """A section: the line of its mark, and its text."""

    role: str
    lines: range
    text: str


class Card(NamedTuple):
    """A question with what belongs to it."""

    question: Section | None
    answer: Section | None
    others: tuple[Section, ...]

    @property
    def lines(self) -> Iterable[int]:
        """All lines of it."""
        parts = [part for part in (self.question, self.answer, *self.others) if part]
        return (line for part in parts for line in part.lines)


class Body:
    """The lines of a note below its front matter."""

    def __init__(self, lines: Sequence[str], first: int) -> None:
        self.lines = lines
        self.first = first
        blocks = pair(lines[first:])
        self.code = _within(blocks.code, first)
        self.hidden = self.code | _within(blocks.comments, first)

    def text(self, start: int, end: int, rest: str = "") -> str:
        """The text of some lines, without rules and blank lines around it."""
        return _trimmed([rest, *self.lines[start:end]] if rest else self.lines[start:end])

    def heading(self, at: int) -> tuple[int, str] | None:
        """Level and words of the heading that a line is."""
        found = None if at in self.hidden else _HEADING.fullmatch(self.lines[at])
        return (len(found[1]), (found[2] or "").strip()) if found else None

    def rules(self) -> list[int]:
        """The lines that are a rule, or another sign that parts two sides."""
        return [
            at for at in range(self.first, len(self.lines))
            if at not in self.hidden and _RULE.fullmatch(self.lines[at].rstrip() or " ")
        ]  # fmt: skip

    def begins(self) -> int:
        """The first line that is neither blank nor a rule; the end if there is none."""
        lines = range(self.first, len(self.lines))
        return next((at for at in lines if not _is_empty(self.lines[at])), len(self.lines))

    def partings(self) -> list[int]:
        """The lines `%` or `<!-- answer -->`, which part two sides and nothing else."""
        return [
            at for at in range(self.first, len(self.lines))
            if at not in self.code and _PARTING.fullmatch(self.lines[at])
        ]  # fmt: skip

    def unfolded(self, start: int, end: int) -> str:
        """The text of some lines without the tags that fold it away."""
        held = [
            "" if at not in self.code and _FOLD.fullmatch(self.lines[at]) else self.lines[at]
            for at in range(start, end)
        ]
        return _trimmed(held)

    def title(self) -> tuple[int, str] | None:
        """Line and words of the heading with which the note begins: of the first level, or the only
        one of its level."""
        for at in range(self.first, len(self.lines)):
            if self.lines[at].strip() and not TAG_LINE.fullmatch(self.lines[at]):
                found = self.heading(at)
                if not found or not found[1] or found[0] > 2 or not self._is_alone(at, found[0]):
                    return None
                return at, found[1]
        return None

    def _is_alone(self, at: int, level: int) -> bool:
        below = range(at + 1, len(self.lines)) if level > 1 else ()
        return not any(
            at not in self.hidden and (found := self.heading(at)) and found[0] == level
            for at in below
        )

    def cards(self) -> list[Card]:
        """Questions and answers that stand below headings or labels of these names."""
        for marks in (self._headings(), self._labels(_LABEL), self._labels(_PLAIN)):
            settled = _settled(marks)
            if any(mark.role == ANSWER or mark.name in _ASKS for mark in settled):
                return self._grouped(settled)
        return []

    def _headings(self) -> list[Mark]:
        marks = []
        for at in range(self.first, len(self.lines)):
            line = self.lines[at]
            if line.lstrip()[:1] != "#" or at in self.hidden:
                continue
            if found := self.heading(at):
                marks.append(_mark(at, *found))
            elif hashed := _HASHED.fullmatch(line):
                mark = _mark(at, len(hashed[1]), hashed[2])
                if mark.role in (QUESTION, ANSWER):
                    marks.append(mark)
        return marks

    def _labels(self, form: re.Pattern[str]) -> list[Mark]:
        marks = []
        for at in range(self.first, len(self.lines)):
            found = None if at in self.hidden else form.fullmatch(self.lines[at])
            if not found:
                continue
            *_, name, rest = found.groups()
            name = name.strip().casefold()
            role = _ROLES.get(name, OTHER)
            if role in (QUESTION, ANSWER) or name in _LABELS:
                marks.append(Mark(at, role, _LEVEL_OF_LABELS, (rest or "").strip(), name))
        return marks

    def _grouped(self, marks: Sequence[Mark]) -> list[Card]:
        """Each question with the answer and the further sections below it."""
        cards: list[Card] = []
        for section in self._sections(marks):
            last = cards[-1] if cards else None
            if section.role == QUESTION or not last:
                question = section if section.role == QUESTION else None
                answer = section if section.role == ANSWER else None
                cards.append(Card(question, answer, ()))
            elif section.role == ANSWER and not last.answer:
                cards[-1] = last._replace(answer=section)
            else:
                cards[-1] = last._replace(others=(*last.others, section))
        return cards

    def _sections(self, marks: Sequence[Mark]) -> Iterator[Section]:
        """The sections from the first question or answer on."""
        opened: Mark | None = None
        lowest = 0  # of the question and the answer that came last
        for mark in marks:
            if opened is None and mark.role not in (QUESTION, ANSWER):
                continue
            if opened and not _ends(opened, mark, lowest):
                continue
            if opened:
                yield self._section(opened, mark.line)
            opened = mark
            if mark.role in (QUESTION, ANSWER):
                lowest = max(mark.level, lowest) if mark.role == ANSWER else mark.level
        if opened:
            yield self._section(opened, len(self.lines))

    def _section(self, mark: Mark, end: int) -> Section:
        text = self.text(mark.line + 1, end, mark.rest)
        if mark.role == OTHER:
            text = self.text(mark.line, end)
        last = end - 1
        while last > mark.line and not self.lines[last].strip():
            last -= 1
        return Section(mark.role, range(mark.line, last + 1), text)


def _ends(opened: Mark, mark: Mark, lowest: int) -> bool:
    """Whether a mark ends the section that is open.

    A question goes on to its answer. An answer ends at the next question, or at a section on
    reasons or sources as high as itself; any other section below it is a part of it.
    """
    if mark.role == ANSWER:
        return opened.role != ANSWER
    if mark.role == QUESTION:
        return mark.level <= (opened.level if opened.role == QUESTION else lowest)
    if opened.role == QUESTION:
        return False
    if mark.role == OTHER:
        return opened.role in (WHY, SOURCES) and mark.level <= opened.level
    return mark.level <= opened.level


def _settled(marks: Sequence[Mark]) -> list[Mark]:
    """The marks with one word for questions and one for answers; others of the kind are not meant.

    An answer without a question above it must be called so.
    """
    asks = next((mark for mark in marks if mark.role == QUESTION), None)
    from_line = asks.line if asks else 0
    tells = next(
        (
            mark for mark in marks
            if mark.role == ANSWER and mark.line >= from_line and (asks or mark.name == "answer")
        ),
        None,
    )  # fmt: skip
    names = {QUESTION: asks.name if asks else "", ANSWER: tells.name if tells else ""}
    return [
        mark if names.get(mark.role, mark.name) == mark.name else mark._replace(role=OTHER, rest="")
        for mark in marks
    ]


def _trimmed(lines: Sequence[str]) -> str:
    """The lines between the blank ones and rules at both ends."""
    start, end = 0, len(lines)
    while end > start and _is_empty(lines[end - 1]):
        end -= 1
    while start < end and _is_empty(lines[start]):
        start += 1
    return "\n".join(lines[start:end]).rstrip()


def _within(blocks: Iterable[tuple[int, int]], first: int) -> set[int]:
    return {at + first for start, end in blocks for at in range(start, end + 1)}


def _is_empty(line: str) -> bool:
    return not line.strip() or _RULE.fullmatch(line.rstrip()) is not None


def _mark(at: int, level: int, words: str) -> Mark:
    """What a heading is by its words, with what stands behind a colon in it."""
    name, colon, rest = words.partition(":")
    words_only = _WORDS.search(name)
    plain = words_only[0].casefold()[:64] if words_only else ""
    plain = re.sub(r"^\d+[.)]?\s*|\s*#?\d+$", "", plain)
    role = _ROLES.get(plain, OTHER)
    if colon and rest.strip(" *_") and role not in (QUESTION, ANSWER):
        role = OTHER  # `## Note: one more thing`
    return Mark(at, role, level, rest.strip(" *_") if role != OTHER else "", plain)
