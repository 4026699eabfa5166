"""What the lines of a note of flashcards-obsidian are, and where answers end. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from decks.dialects.flashcards_obsidian_marks import (
    ANCHOR,
    FIELD,
    MARKER,
    REMINDERS,
    TRAILING,
    Mark,
    Parts,
    deletions,
    inline,
    tags_behind,
    without_anchor,
    without_marker,
)
from decks.dialects.flashcards_obsidian_settings import Around
from decks.dialects.outline import Heading, heading
from decks.fences import pair

_NOT_TEXT = re.compile(r"\s*(?:>|\||#{1,6}\s|<!--|\$\$|(?:-{3,}|\*{3,}|_{3,})\s*$|%%)")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*([\w-]*)")


class Line(NamedTuple):
    """One line, and all that it may be."""

    raw: str
    hidden: bool = False  # within code or a comment
    fence: str = ""  # the language of code that begins here
    heading: Heading | None = None
    mark: Mark | None = None
    parts: Parts | None = None
    deletions: bool = False


class Answer(NamedTuple):
    """The lines of an answer, the last one excluded, and the anchor that ended it."""

    first: int
    end: int
    anchor: str = ""


class Lines:
    """The lines of a note; each is looked at once."""

    def __init__(self, raw: Sequence[str], first: int, words: Around) -> None:
        self.raw = raw
        self.words = words
        blocks = pair(raw)
        self._ends = dict(blocks.code)
        self._hidden = {
            at for first, last in (*blocks.code, *blocks.comments) for at in range(first, last + 1)
        }
        self._hidden |= set(range(first))
        self._hidden |= _displayed(raw, self._hidden)
        self._known: dict[int, Line] = {}
        self.has_numbers = any(
            (found := TRAILING.search(line)) and found[1].isdigit()
            for at, line in enumerate(raw)
            if "^" in line and at not in self._hidden
        )

    def at(self, at: int) -> Line:
        """What a line is."""
        if at not in self._known:
            self._known[at] = self._read(at)
        return self._known[at]

    def fence_end(self, at: int) -> int:
        """The last line of the code that begins there."""
        return self._ends.get(at, at)

    def is_item(self, at: int) -> bool:
        """Whether a line begins an item of a list."""
        return bool(MARKER.match(self.raw[at]))

    def is_text(self, at: int) -> bool:
        """Whether a line is plain text: no card, no list, no table, and not blank."""
        line = self.at(at)
        return not (
            line.hidden
            or line.mark
            or line.parts
            or not line.raw.strip()
            or self.is_item(at)
            or _NOT_TEXT.match(line.raw)
            or FIELD.match(line.raw)
            or ANCHOR.fullmatch(line.raw.strip())
        )

    def starts_card(self, at: int) -> bool:
        """Whether a card with a boundary of its own begins at a line."""
        line = self.at(at)
        if line.fence == "flashcard" or (line.mark and line.mark.front):
            return True
        under = self._next(at + 1) if line.heading else at + 1
        below = self.at(under) if under < len(self.raw) else None
        alone = below and below.mark and not below.mark.front
        return bool(alone and (line.heading or self.is_text(at)))

    def section(self, at: int, level: int) -> Answer:
        """What stands below a heading of that level whose mark is in a line."""
        end = at + 1
        while end < len(self.raw):
            line = self.at(end)
            if (line.heading and line.heading.level <= level) or self.starts_card(end):
                break
            if anchor := self._anchor(end):
                return Answer(at + 1, end + 1, anchor)
            end = self.fence_end(end) + 1
        return Answer(at + 1, end)

    def block(self, at: int) -> Answer:
        """The paragraph, list or code below a line, blank lines before it or not."""
        first = self._next(at + 1)
        end = first
        while end < len(self.raw):
            line = self.at(end)
            if line.heading or self.starts_card(end):
                break
            if anchor := self._anchor(end):
                return Answer(first, end + 1, anchor)
            if line.raw.strip():
                end = self.fence_end(end) + 1
            elif self._list_goes_on(first, end):
                end = self._next(end)
            else:
                break
        return self._up_to_anchor(first, end)

    def goes_on(self, at: int) -> int:
        """The line behind a paragraph, or behind an item of a list with all that is below it."""
        if not self.is_item(at):
            return at + 1 if self.at(at).heading else self.paragraph_end(at)
        end = at + 1
        depth = _indent(self.raw[at])
        while end < len(self.raw) and self._is_below(end, depth):
            if self.at(end).parts or self.at(end).deletions:
                return at + 1  # those below are cards themselves
            end += 1
        while end > at + 1 and not self.raw[end - 1].strip():
            end -= 1
        return end

    def paragraph_end(self, at: int) -> int:
        """The line behind the text that a line goes on with."""
        end = at + 1
        while end < len(self.raw) and self.is_text(end):
            end += 1
        return end

    def anchor_line(self, at: int) -> str:
        """The anchor that a line is; "" if it is none."""
        found = ANCHOR.fullmatch(self.raw[at].strip()) if at < len(self.raw) else None
        return found[1] if found else ""

    def _read(self, at: int) -> Line:
        raw = self.raw[at]
        fence = _FENCE.match(raw) if at in self._ends else None
        if at in self._hidden:
            return Line(raw, True, (fence[1] if fence else "") or "code" * bool(fence))
        found = heading(raw, at)
        quoted = raw.lstrip().startswith(">")
        mark = None if quoted or "#" not in raw else self._mark(raw, found)
        if mark and found:
            found = found._replace(text=mark.front)
        if quoted or mark or raw.lstrip().startswith("|"):
            return Line(raw, heading=found, mark=mark)
        parts = inline(raw, self.words)
        gaps = not parts and not found and self._has_deletion(at, raw)
        return Line(raw, heading=found, parts=parts, deletions=gaps)

    def _mark(self, raw: str, found: Heading | None) -> Mark | None:
        tag = f"#{self.words.tag}".lower()
        if tag not in raw.lower():
            return None
        start, tags = tags_behind(without_anchor(raw)[0])
        marks = (tag, f"{tag}-reverse", f"{tag}/reverse", *(tag + one for one in REMINDERS))
        place = next((at for at, one in enumerate(tags) if f"#{one}".lower() in marks), -1)
        if place < 0:
            return None
        kind = tags[place][len(self.words.tag) :].lower()
        before = "".join(f" #{one}" for one in tags[:place])
        front = found.text if found else without_marker(raw)
        front = front[: len(front.rstrip()) - (len(raw.rstrip()) - start)].rstrip() + before
        return Mark(front.strip(), kind, tags[place + 1 :])

    def _has_deletion(self, at: int, raw: str) -> bool:
        if "==" not in raw and "{" not in raw:
            return False
        braces = self.anchor_line(at + 1).isdigit() or without_anchor(raw)[1].isdigit()
        return next(deletions(raw, braces=braces), None) is not None

    def _anchor(self, at: int) -> str:
        """The anchor in a line, or at its end; `^` for a mark that only ends an answer."""
        raw = self.raw[at]
        if "^" not in raw or at in self._hidden:
            return ""
        found = TRAILING.search(raw)
        return found[1] if found else "^" if raw.strip() == "^" else ""

    def _next(self, at: int) -> int:
        while at < len(self.raw) and not self.raw[at].strip():
            at += 1
        return at

    def _list_goes_on(self, first: int, blank: int) -> bool:
        """Whether what stands behind blank lines belongs to the list that the answer is."""
        below = self._next(blank)
        if below >= len(self.raw) or not self.is_item(first) or self.starts_card(below):
            return False
        depth = _indent(self.raw[first])
        raw = self.raw[below]
        return _indent(raw) > depth or (self.is_item(below) and _indent(raw) == depth)

    def _is_below(self, at: int, depth: int) -> bool:
        raw = self.raw[at]
        if not raw.strip():
            after = self._next(at)
            return after == at + 1 < len(self.raw) and _indent(self.raw[after]) > depth
        return _indent(raw) > depth and not self.at(at).mark

    def _up_to_anchor(self, first: int, end: int) -> Answer:
        """A longer answer, if an anchor below shows that more paragraphs belong to it."""
        at = end
        while at < len(self.raw):
            line = self.at(at)
            if line.heading or self.starts_card(at) or line.parts or line.deletions:
                break
            if anchor := self._anchor(at):
                alone = not self.raw[at - 1].strip() and at > self._next(end)
                return Answer(first, end) if alone else Answer(first, at + 1, anchor)
            at = self.fence_end(at) + 1
        return Answer(first, end)


def _displayed(raw: Sequence[str], hidden: set[int]) -> set[int]:
    """The lines of formulas that stand between two lines with `$$`."""
    found: set[int] = set()
    opened = -1
    for at, line in enumerate(raw):
        if "$$" not in line or at in hidden or line.count("$$") % 2 == 0:
            continue
        if opened < 0:
            opened = at
        else:
            found |= set(range(opened, at + 1))
            opened = -1
    return found


def _indent(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
