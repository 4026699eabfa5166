"""Cards that are headings: mdanki, markdown-anki-decks, flashdown, hascard and whatever is alike.

The heading is the question, what stands below it the answer, up to the next heading of the same or
a higher level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from decks.dialects import outline
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.obsidian_to_anki_gaps import in_ours, native_deletions
from decks.dialects.outline import Entry, Heading, Path
from decks.dialects.quiz import quizzed
from decks.dialects.sheet import Said, Sheet
from decks.lines import split
from decks.model import NoteKind, Parsed

_LEVELS = tuple("123456")
_TAG = re.compile(r"\[#(?!\d+\])([^\]\n]+)\](?:\([^()\n]*\))?")
_TAGS = re.compile(rf"(?:{_TAG.pattern}[ \t]*)+")
_RULE = re.compile(r"\s*-{3,}\s*")
_HTML = re.compile(r"\s*<h2\b|.*\bdata-question\b", re.IGNORECASE)


def parse(source: DeckText) -> Parsed:
    """Return the notes of a file whose questions are its headings of one level."""
    return _Reader(source).read()


class _Reader:
    """The state of one pass over one file."""

    def __init__(self, source: DeckText) -> None:
        self.sheet = Sheet(source)
        self.lines = self.sheet.lines
        self.first = self.sheet.take_front_matter().length
        self.hidden = outline.hidden_lines(self.lines)
        self.headings = outline.headings(self.lines, self.hidden, self.first)
        self.level = self._level(source.option)
        self.ruled = self.level == 1 and self._is_ruled()
        self.entries: list[Entry] = []

    def read(self) -> Parsed:
        """Go through the headings in order."""
        path, deck = Path(), self.sheet.deck
        tops = sum(one.level == 1 for one in self.headings)
        bounds = [one.line for one in self.headings if one.level <= self.level]
        ends = dict(zip(bounds, [*bounds[1:], len(self.lines)], strict=True)) if bounds else {}
        for one in self.headings:
            path.enter(one)
            if one.level == 1 < self.level and one.text:
                deck = one.text if tops == 1 else f"{self.sheet.deck}::{one.text}"
            if one.level == self.level:
                self._card(one, ends[one.line], path.above(self.level), deck)
        self._report_html()
        outline.keep(self.sheet, self.entries)
        return self.sheet.finish()

    # The level of the cards

    def _level(self, option: str) -> int:
        if option in _LEVELS:
            return int(option)
        if option:
            self.sheet.remark(0, f"no level of headings: {option}", "1 to 6; it was guessed")
        return self._guessed()

    def _guessed(self) -> int:
        """Level 1 if several of those have a text of their own, else the highest below a title."""
        levels = {one.level for one in self.headings}
        top = [at for at, one in enumerate(self.headings) if one.level == 1]
        if len(top) > 1 and 2 * sum(map(self._has_text, top)) > len(top):
            return 1
        return min(levels - {1}, default=1 if len(top) > 1 else 2)

    def _has_text(self, at: int) -> bool:
        """Whether something stands between a heading and the next one."""
        below = self.headings[at + 1].line if at + 1 < len(self.headings) else len(self.lines)
        between = self.lines[self.headings[at].line + 1 : below]
        return any(line.strip() and not _RULE.fullmatch(line) for line in between)

    def _is_ruled(self) -> bool:
        """Whether a rule stands between all cards, as hascard has it."""
        cards = [one.line for one in self.headings if one.level == 1]
        return len(cards) > 1 and all(self._rule_above(line) for line in cards[1:])

    def _rule_above(self, line: int) -> bool:
        at = line - 1
        while at > 0 and not self.lines[at].strip():
            at -= 1
        return bool(_RULE.fullmatch(self.lines[at]))

    # A card

    def _card(self, one: Heading, end: int, above: tuple[str, ...], deck: str) -> None:
        end = self._without_end(one.line + 1, end)
        body = list(range(one.line + 1, end))
        tags = {at for at in body if at not in self.hidden and self._is_tags(at)}
        names = tuple(
            name.strip().replace(" ", "_")
            for at in sorted(tags)
            for name in _TAG.findall(self.lines[at])
        )
        front, back = self._sides(one, [at for at in body if at not in tags])
        said = Said(NoteKind.BASIC, front, back, deck=deck, tags=names)
        held = range(one.line, end)
        if deletions := list(native_deletions(front)) if "{{c" in front else []:
            if text := in_ours(front, deletions):
                said = said._replace(kind=NoteKind.CLOZE, front=text, back="", why=back.strip())
        elif not back.strip():
            if front.endswith(("?", "？")):
                self.sheet.skip(held, "question without an answer", "write it below the heading")
            return  # a heading above others, which only puts them in order
        elif self.ruled:
            said = quizzed(said)
        self.entries.append(Entry(said, held, above))

    def _without_end(self, first: int, end: int) -> int:
        """The line behind an answer, without the blank lines and rules at its end."""
        while end > first and (
            not self.lines[end - 1].strip() or _RULE.fullmatch(self.lines[end - 1])
        ):
            end -= 1
        return end

    def _is_tags(self, at: int) -> bool:
        line = self.lines[at]
        return line.startswith("[#") and bool(_TAGS.fullmatch(line.rstrip()))

    def _sides(self, one: Heading, body: Sequence[int]) -> tuple[str, str]:
        """The question with what stands before the first lone `%`, and what stands behind it."""
        split_at = next(
            (at for at in body if self.lines[at].rstrip() == "%" and at not in self.hidden), -1
        )
        if split_at < 0:
            return one.text, self._text(body)
        front = self._text([at for at in body if at < split_at])
        whole = f"{one.text}\n\n{front}" if front and one.text else one.text or front
        return whole, self._text([at for at in body if at > split_at])

    def _text(self, lines: Sequence[int]) -> str:
        return "\n".join(self.lines[at] for at in lines).strip("\n")

    def _report_html(self) -> None:
        """A question in HTML, which markdown-anki-decks reads, is not read here."""
        for at in range(self.first, len(self.lines)):
            line = self.lines[at]
            if "<" in line and at not in self.hidden and _HTML.match(line):
                self.sheet.remark(at, "a question in HTML: not read", "write it as a heading")


def signs(source: DeckText) -> Signs:
    """Cards with lines of tags as only mdanki writes them: any prose has headings."""
    if "[#" not in source.text:
        return NO_SIGNS
    lines = split(source.text)
    hidden = outline.hidden_lines(lines)
    count = sum(
        line.startswith("[#") and at not in hidden and bool(_TAGS.fullmatch(line.rstrip()))
        for at, line in enumerate(lines)
    )
    return Signs(count, "lines of tags: [#so]()") if count else NO_SIGNS


DIALECT = Dialect(
    "headings",
    "mdanki and other cards made of headings",
    parse,
    signs,
    aliases=("mdanki", "markdown-anki-decks", "hascard", "flashdown"),
    option="LEVEL",
    options=_LEVELS,
)
