"""Obsidian_to_Anki: notes between `START` and `END`, or within a line.

Of its styles these two need no settings. Notes that the learner's own regular expressions make are
known by their `<!--ID: …-->` lines, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.obsidian_to_anki_fields import fields_of, foot, sides, tags_in, without_blanks
from decks.dialects.obsidian_to_anki_gaps import cloze_text
from decks.dialects.obsidian_to_anki_settings import DEFAULT, Around, look_around
from decks.dialects.outline import hidden_lines
from decks.dialects.sheet import Said, Sheet
from decks.fences import pair
from decks.lines import split
from decks.model import NoteKind, Parsed
from decks.spans import code_ranges

_INLINE_ID = re.compile(r"(?:<!--\s*)?\bID: (\d+)\s*(?:-->)?")
_INLINE_TAGS = re.compile(r"(?:^|\s)Tags: ?(.*)")
_TYPE = re.compile(r"\s*\[([^\[\]]*)\]")
_NO_FRONT = ("empty question", "write the question")
_LOST = re.compile(r"\s*<!--\s*ID:\s*\d+\s*-->\s*")


class _Fault(NamedTuple):
    """Why a note cannot be one, and what to do."""

    message: str
    hint: str


def parse(source: DeckText) -> Parsed:
    """Return the notes of a file of Obsidian_to_Anki."""
    return _Reader(source).read()


class _Reader:
    """The state of one pass over one file."""

    def __init__(self, source: DeckText) -> None:
        self.around = source.around if isinstance(source.around, Around) else DEFAULT
        self.sheet = Sheet(source)
        self.lines = self.sheet.lines
        self.first = self.sheet.take_front_matter().length
        self.hidden = pair(self.lines).code
        self.frozen: dict[str, dict[str, str]] = {}

    def read(self) -> Parsed:
        """Go through the file once for its settings, and once for its notes."""
        self._read_settings()
        at = self.first
        ends = dict(self.hidden)
        while at < len(self.lines):
            line = self.lines[at]
            if line.rstrip() == self.around.begin:
                at = self._block(at)
            elif at in ends:
                at = ends[at] + 1
            else:
                self._other(at)
                at += 1
        return self.sheet.finish()

    # What holds for the whole file

    def _read_settings(self) -> None:
        code = {at for first, last in self.hidden for at in range(first, last + 1)}
        given: set[str] = set()
        for at in range(self.first, len(self.lines)):
            if at in code:
                continue
            line = self.lines[at]
            for name in (self.around.deck_line, self.around.tags_line):
                if name not in given and (found := self._setting(at, name)) is not None:
                    given.add(name)
                    self._set(name, found)
            if line.startswith(f"{self.around.frozen} - ") and line.rstrip().endswith(":"):
                self._freeze(at, line.rstrip()[len(self.around.frozen) + 3 : -1].strip())

    def _setting(self, at: int, name: str) -> str | None:
        """What follows the name, in its line or alone in the next one."""
        line = self.lines[at].rstrip()
        if line.startswith(f"{name}:"):
            return line[len(name) + 1 :].strip()
        return self.lines[at + 1].strip() if line == name and at + 1 < len(self.lines) else None

    def _set(self, name: str, found: str) -> None:
        if name == self.around.deck_line:
            self.sheet.deck = found or self.sheet.deck
        else:
            self.sheet.tags = (*self.sheet.tags, *tags_in(found))

    def _freeze(self, at: int, note_type: str) -> None:
        """Keep what the paragraph below adds to the fields of each note of a type."""
        end = at + 1
        while end < len(self.lines) and self.lines[end].strip():
            end += 1
        fields = fields_of(self.lines[at + 1 : end], self.around.fields_of(note_type))
        self.frozen[note_type] = {name: "\n".join(parts).strip() for name, parts in fields}

    # Notes

    def _block(self, first: int) -> int:
        """Read the note that begins at a line; the line to go on with."""
        limit = first + 1
        while limit < len(self.lines) and self.lines[limit].rstrip() != self.around.begin:
            limit += 1
        last = self._end(first, limit)
        if last < 0:
            last = first
            while last + 1 < limit and self.lines[last + 1].strip():
                last += 1
            message = f"{self.around.begin} without {self.around.end}"
            hint = f"write {self.around.end} on a line of its own below the note"
            self.sheet.skip(range(first, last + 1), message, hint)
            return last + 1
        self._note(first, last)
        return last + 1

    def _end(self, first: int, limit: int) -> int:
        """The line where the note ends: the first that says so outside code; -1 if none does."""
        ends = [at for at in range(first + 1, limit) if self.lines[at].rstrip() == self.around.end]
        if len(ends) > 1:
            code = pair(self.lines[first + 1 : limit]).code
            inside = {at + first + 1 for start, stop in code for at in range(start, stop + 1)}
            ends = [at for at in ends if at not in inside] or ends
        return ends[0] if ends else -1

    def _note(self, first: int, last: int) -> None:
        held = range(first, last + 1)
        body = without_blanks(self.lines[first + 1 : last])
        if not body:
            self.sheet.skip(held, "an empty note", "remove it, or write it")
            return
        number, tags = foot(body)
        if not body or body[-1].strip() == self.around.delete:
            self.sheet.remark(first, "a note to be deleted: not taken")
            return
        self._keep([self._said(body[0].strip(), body[1:], number, tags)], held)

    def _keep(self, found: Sequence[Said | _Fault], held: range) -> None:
        """Keep the notes of some lines, after a word about those that cannot be."""
        for one in found:
            if isinstance(one, _Fault):
                self.sheet.skip(held, *one)
        for one in found:
            if isinstance(one, Said):
                self.sheet.card(one, held)

    def _said(
        self, note_type: str, body: Sequence[str], number: str, tags: tuple[str, ...]
    ) -> Said | _Fault:
        names = self.around.fields_of(note_type)
        fields = {name: "\n".join(parts).strip() for name, parts in fields_of(body, names)}
        for name, more in self.frozen.get(note_type, {}).items():
            if more:
                fields[name] = f"{fields.get(name, '')}\n\n{more}"
        if "cloze" in note_type.lower():
            said = self._cloze(fields)
        else:
            said = _sided(note_type, fields, names)
        if isinstance(said, _Fault):
            return said
        note_id = f"anki-note-{number}" if len(number) == 13 else ""
        return said._replace(id=note_id, tags=tags)

    def _cloze(self, fields: Mapping[str, str]) -> Said | _Fault:
        whole, *extra = fields.values()
        if front := cloze_text(whole, curly=self.around.curly):
            return Said(NoteKind.CLOZE, front, why="\n\n".join(one for one in extra if one))
        hint = "mark one as {{c1::so}} or {so}, and none within another or within a formula"
        return _Fault("cloze note without a gap that can be read", hint)

    # Lines outside notes

    def _other(self, at: int) -> None:
        line = self.lines[at]
        if self.around.begin_inline in line:
            self._keep(list(self._inline(line)), range(at, at + 1))
        elif _LOST.fullmatch(line):
            above = self.lines[at - 1].strip() if at else ""
            if above != self.around.delete:
                message = "a note that a regular expression of your settings made: not read"
                self.sheet.skip([at], message, "put it between START and END, as Basic or Cloze")

    def _inline(self, line: str) -> Iterator[Said | _Fault]:
        """The notes within a line; one in code is only shown."""
        begin, end = self.around.begin_inline, self.around.end_inline
        code = code_ranges(line)
        at = 0
        for opener in re.finditer(rf"(?<!\w){re.escape(begin)}(?=\s*\[|\s)", line):
            if opener.start() < at or any(one <= opener.start() < two for one, two in code):
                continue
            close = line.find(end, opener.end())
            if close >= 0:
                at = close + len(end)
                yield self._inline_note(line[opener.end() : close].strip())
            elif _TYPE.match(line, opener.end()):
                hint = f"write {end} after the note, in the same line"
                yield _Fault(f"{begin} without {end}", hint)
                return
            else:
                return

    def _inline_note(self, written: str) -> Said | _Fault:
        number, tags, body = "", "", written
        if found := _INLINE_ID.search(body):
            number, body = found[1], f"{body[: found.start()]} {body[found.end() :]}".strip()
        if found := _INLINE_TAGS.search(body):
            tags, body = found[1], body[: found.start()].strip()
        named = _TYPE.match(body)
        if not named:
            hint = f"{self.around.begin_inline} [Basic] front Back: back {self.around.end_inline}"
            return _Fault("a note without its type", hint)
        note_type = named[1].strip()
        names = self.around.fields_of(note_type)
        name = "|".join(re.escape(one) for one in names) or r"[^\W\d_][\w-]*"
        parts = re.split(rf"(?<=\s)(?=(?:{name}):(?:\s|$))", body[named.end() :].strip())
        return self._said(note_type, [part.strip() for part in parts], number, tags_in(tags))


def _sided(note_type: str, fields: Mapping[str, str], names: Sequence[str]) -> Said | _Fault:
    front, back = sides(fields, names)
    if not front or not back:
        return _Fault(*("empty answer", "write the answer") if front else _NO_FRONT)
    kind = note_type.lower()
    wanted = "optional" not in kind or bool(fields.get("Add Reverse", ""))
    both = "reverse" in kind and wanted
    return Said(NoteKind.REVERSED if both else NoteKind.BASIC, front, back)


def signs(source: DeckText) -> Signs:
    """Notes between `START` and `END`, and those within a line; code apart."""
    if "START" not in source.text:
        return NO_SIGNS
    lines = split(source.text)
    shown = hidden_lines(lines)
    open_note, count = False, 0
    for at, line in enumerate(lines):
        if line.rstrip() == "START" and at not in shown:
            open_note = True
        elif line.rstrip() == "END" and open_note:
            open_note, count = False, count + 1
        elif "STARTI [" in line and at not in shown:
            count += line.count("ENDI")
    return Signs(count, "notes between START and END") if count else NO_SIGNS


DIALECT = Dialect("obsidian-to-anki", "Obsidian_to_Anki", parse, signs, look_around=look_around)
