"""Flashcards for Obsidian (flashcards-obsidian): `#card`, `a::b`, `==gap==`, fences and callouts.

Its two versions end an answer in different places. Version 1 wrote an id of 13 digits below each
card it had sent to Anki, so such an id, where there is one, says where the answer ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import dedent

from decks import frontmatter
from decks.dialects import outline
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.flashcards_obsidian_lines import Answer, Line, Lines
from decks.dialects.flashcards_obsidian_marks import (
    ANCHOR,
    REMINDERS,
    deletions,
    without_anchor,
    without_marker,
)
from decks.dialects.flashcards_obsidian_settings import DEFAULT, Around, look_around
from decks.dialects.obsidian_to_anki_gaps import in_ours, numbered
from decks.dialects.outline import Entry, Path
from decks.dialects.sheet import Said, Sheet
from decks.lines import split
from decks.model import NoteKind, Parsed

_KEY = re.compile(r"(cards-deck|tags?)\s*:(.*)", re.IGNORECASE)
_ITEM = re.compile(r"\s+-|-\s")
_TAGS = re.compile(r"tags:(?!:)", re.IGNORECASE)
_TAG = re.compile(r"[\w:/-]+")
_TEST = re.compile(r"test\s*:")
_FENCED = re.compile(r"(front|back|type|content):(.*)")
_CALLOUT = re.compile(r"\s*>\s*\[!card\][-+]?\s*:?\s*(.*)", re.IGNORECASE)
_QUOTED = re.compile(r"\s*> ?")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")


def parse(source: DeckText) -> Parsed:
    """Return the notes of a file of flashcards-obsidian."""
    return _Reader(source).read()


class _Reader:
    """The state of one pass over one file."""

    def __init__(self, source: DeckText) -> None:
        self.around = source.around if isinstance(source.around, Around) else DEFAULT
        self.sheet = Sheet(source)
        self.first = self._front_matter()
        self.lines = Lines(self.sheet.lines, self.first, self.around)
        self.sheet.tags = (*self.sheet.tags, *self._tags_of_file())
        self.entries: list[Entry] = []
        self.skipped: set[int] = set()
        self.path = Path()
        # Version 1 numbers its cards, version 2 does not.
        self.numbered = self.lines.has_numbers

    def read(self) -> Parsed:
        """Go through the file card by card."""
        at = self.first
        while at < len(self.lines.raw):
            at = max(at + 1, self._take(at))
        self._report_lost()
        outline.keep(self.sheet, self.entries)
        return self.sheet.finish()

    def _front_matter(self) -> int:
        """Read deck and tags; the number of lines above the note itself."""
        lines = self.sheet.lines
        if not lines or lines[0].rstrip() != "---":
            return 0
        end = next((at for at in range(1, len(lines)) if lines[at].rstrip() == "---"), 0)
        ours: list[str] = []
        takes = False
        for at, line in enumerate(lines[1:end], start=1):
            key = _KEY.match(line)
            takes = bool(key) or (takes and bool(_ITEM.match(line)))
            if takes:
                named = key and key[1].lower() == "cards-deck"
                ours.append(f"deck:{key[2]}" if key and named else line)
            elif _TEST.match(line):
                message = "a card of the whole note (`test:`): not read"
                self.sheet.skip([at], message, "write it as `question #card`")
        front = frontmatter.read(["---", *ours, "---"], self.sheet.source.path)
        self.sheet.deck, self.sheet.tags = front.deck or self.sheet.deck, front.tags
        return end + 1 if end else 0

    def _tags_of_file(self) -> tuple[str, ...]:
        """What version 1 takes from a line `tags:` of the text."""
        for at in range(self.first, len(self.sheet.lines)):
            line = self.sheet.lines[at]
            if _TAGS.match(line) and not self.lines.at(at).hidden:
                return tuple(_TAG.findall(line[5:]))
        return ()

    def _report_lost(self) -> None:
        """An id of version 1 below what is no card here: in a table or a quote, say."""
        held = {at for entry in self.entries for at in entry.lines} | self.skipped
        for at in range(self.first + 1, len(self.sheet.lines)):
            above = self.sheet.lines[at - 1].strip()
            is_lost = above and at not in held and not self.lines.at(at).hidden
            if is_lost and self.lines.anchor_line(at).isdigit() and not ANCHOR.fullmatch(above):
                self._skip(
                    [at - 1, at], "a card in a place where none is read", "move it to a line"
                )

    def _skip(self, lines: Sequence[int], message: str, hint: str) -> None:
        self.skipped.update(lines)
        self.sheet.skip(lines, message, hint)

    # One line, or the card that begins there

    def _take(self, at: int) -> int:
        line = self.lines.at(at)
        if line.heading:
            above = self.path.above(line.heading.level)
            self.path.enter(line.heading)
        else:
            above = self.path.above()
        if line.mark:
            return self._marked(at, line, above)
        if line.fence == "flashcard":
            return self._fenced(at, above)
        if line.hidden:
            return at + 1
        if callout := _CALLOUT.match(line.raw):
            return self._callout(at, callout[1], above)
        if line.parts and not self.lines.starts_card(at):
            return self._inline(at, line, above)
        return self._cloze(at, above) if line.deletions else at + 1

    def _marked(self, at: int, line: Line, above: tuple[str, ...]) -> int:
        """Read the card of a `#card` line, with the question before or above it."""
        assert line.mark
        front, first = line.mark.front, at
        owner = line.heading
        if not front and (question := self._question_above(at)):
            first, owner = question
            front = self._text(first, at)
        elif not owner and not self.lines.is_item(at):
            first = self._paragraph_above(at)
            front = "\n".join([*self.sheet.lines[first:at], front]) if first < at else front
        if owner:
            front = owner.text if first < at else front
            above = self.path.above(owner.level)
        if line.mark.kind in REMINDERS:
            message = f"a reminder without an answer (#{self.around.tag}{line.mark.kind})"
            end = at + 2 if self.lines.anchor_line(at + 1) else at + 1
            self._skip(range(first, end), message, "write an answer below, or leave it")
            return end
        whole = owner and not self.numbered
        answer = self.lines.section(at, owner.level) if owner and whole else self.lines.block(at)
        back, end = self._answer(answer)
        kind = NoteKind.REVERSED if line.mark.kind[1:] == "reverse" else NoteKind.BASIC
        front, own = without_anchor(front)
        said = Said(kind, front, back, id=_id(answer.anchor or own), tags=line.mark.tags)
        held = [*range(first, at + 1), *range(answer.first, end)]
        if answer.anchor:
            held += range(end, answer.end)
        self._add(said, held, above)
        return max(end, answer.end) if answer.anchor else end

    def _question_above(self, at: int) -> tuple[int, outline.Heading | None] | None:
        """What a `#card` alone in its line belongs to: a heading above, or lines of text."""
        above = at - 1
        while above >= self.first and not self.sheet.lines[above].strip():
            above -= 1
        if above < self.first:
            return None
        line = self.lines.at(above)
        if line.heading and not line.mark:
            return above, line.heading
        if above == at - 1 and self.lines.is_text(above):
            return self._paragraph_above(at), None
        return None

    def _paragraph_above(self, at: int) -> int:
        """Where the text begins that a line goes on with and that no card has taken."""
        taken = self.entries[-1].lines[-1] if self.entries and self.entries[-1].lines else -1
        first = at
        while first - 1 > max(taken, self.first - 1) and self.lines.is_text(first - 1):
            first -= 1
        return first

    def _text(self, first: int, end: int) -> str:
        return "\n".join(self.sheet.lines[first:end]).strip()

    def _answer(self, answer: Answer) -> tuple[str, int]:
        """The text of an answer without its anchor, and the line behind it."""
        lines = list(self.sheet.lines[answer.first : answer.end])
        if answer.anchor:
            lines[-1] = without_anchor(lines[-1])[0] if lines[-1].strip() != "^" else ""
        while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
            lines.pop()
        return "\n".join(lines).strip("\n"), answer.first + len(lines)

    def _fenced(self, at: int, above: tuple[str, ...]) -> int:
        end = self.lines.fence_end(at)
        fields: dict[str, list[str]] = {}
        current: list[str] = []
        for line in self.sheet.lines[at + 1 : end]:
            if key := _FENCED.fullmatch(line):
                current = fields.setdefault(key[1], [])
            current.append(key[2] if key else line)
        front, back, kind = (
            "\n".join(fields.get(name, ())).strip() for name in ("front", "back", "type")
        )
        held = range(at, end + 1)
        below = self.sheet.lines[end + 1] if end + 1 < len(self.sheet.lines) else ""
        anchor = ANCHOR.fullmatch(below.strip())
        if anchor:
            held = range(at, end + 2)
        note_id = _id(anchor[1] if anchor else "")
        if kind == "reminder" or "content" in fields:
            self._skip(held, "a reminder without an answer", "give it a front and a back")
        elif kind == "cloze":
            self._add_cloze(front, held, note_id, above, why=back)
        else:
            style = NoteKind.REVERSED if kind == "reversed" else NoteKind.BASIC
            self._add(Said(style, front, back, id=note_id), held, above)
        return held[-1] + 1

    def _callout(self, at: int, front: str, above: tuple[str, ...]) -> int:
        end = at + 1
        while end < len(self.sheet.lines) and self.sheet.lines[end].lstrip().startswith(">"):
            end += 1
        body = "\n".join(_QUOTED.sub("", line, count=1) for line in self.sheet.lines[at + 1 : end])
        body, anchor = without_anchor(body.strip())
        held = range(at, end)
        if not anchor and end < len(self.sheet.lines):
            below = ANCHOR.fullmatch(self.sheet.lines[end].strip())
            if below:
                anchor, held = below[1], range(at, end + 1)
        self._add(Said(NoteKind.BASIC, front, body, id=_id(anchor)), held, above)
        return held[-1] + 1

    def _inline(self, at: int, line: Line, above: tuple[str, ...]) -> int:
        assert line.parts
        front, separator, back, tags, anchor = line.parts
        end = at + 1
        if not anchor and (below := self.lines.anchor_line(end)):
            anchor, end = below, end + 1
        elif not anchor and not self.numbered:
            end = self.lines.goes_on(at)
            more, anchor = without_anchor(dedent("\n".join(self.sheet.lines[at + 1 : end])))
            back = f"{back}\n{more}" if more else back
        if not back.strip():
            return at + 1  # a word with two colons behind it
        kind = NoteKind.REVERSED if separator == self.around.reverse else NoteKind.BASIC
        said = Said(kind, front, back, id=_id(anchor), tags=tags)
        self._add(said, range(at, end), above)
        return end

    def _cloze(self, at: int, above: tuple[str, ...]) -> int:
        """Read a line, or a paragraph, with deletions."""
        first, end = at, at + 1
        anchor = self.lines.anchor_line(end)
        if not anchor and not self.numbered and not without_anchor(self.sheet.lines[at])[1]:
            first = at if self.lines.is_item(at) else self._paragraph_above(at)
            end = self.lines.paragraph_end(at)
        whole = "\n".join(self.sheet.lines[first:end])
        whole, own = without_anchor(whole)
        held = range(first, end + 1 if anchor else end)
        self._add_cloze(without_marker(whole), held, _id(anchor or own), above)
        return held[-1] + 1

    def _add_cloze(
        self, whole: str, held: range, note_id: str, above: tuple[str, ...], why: str = ""
    ) -> None:
        found = list(deletions(whole, braces=bool(note_id)))
        if self.numbered:  # version 1 asks all of them at once, unless they have numbers
            found = [one if one.number else one._replace(number=1) for one in found]
        front = in_ours(whole, numbered(found))
        if not front:
            hint = "write ==so== or {1:so}, none within another"
            self._skip(held, "a gap that cannot be read", hint)
            return
        self._add(Said(NoteKind.CLOZE, front, id=note_id, why=why), held, above)

    def _add(self, said: Said, held: range | list[int], above: tuple[str, ...]) -> None:
        self.entries.append(Entry(said, list(held), above))


def _id(anchor: str) -> str:
    """The id of a note whose anchor this is: Anki's own number differs everywhere."""
    return f"anki-note-{anchor}" if anchor.isdigit() else ""


def signs(source: DeckText) -> Signs:
    """`#card` lines, ids of 13 digits, and one-liners below `cards-deck:`; code apart."""
    whole = source.text
    if not any(one in whole for one in ("#card", "cards-deck:", "```flashcard", "[!CARD]")):
        return NO_SIGNS
    lines = Lines(split(whole), 0, DEFAULT)
    all_lines = [lines.at(at) for at in range(len(lines.raw))]
    count = sum(bool(line.mark) or line.fence == "flashcard" for line in all_lines)
    count += sum(bool(_CALLOUT.match(line.raw)) and not line.hidden for line in all_lines)
    if re.search(r"^cards-deck:", whole, re.MULTILINE):
        count += 1 + sum(bool(line.parts and line.parts.back) for line in all_lines)
    return Signs(count, "#card lines") if count else NO_SIGNS


DIALECT = Dialect(
    "flashcards-obsidian", "Flashcards for Obsidian", parse, signs, look_around=look_around
)
