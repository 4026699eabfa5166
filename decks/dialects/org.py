"""org-drill: the headings of an Org file that are tagged `:drill:`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from decks.cards import card_keys
from decks.dialects import outline
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.org_gaps import clozed, has_gap
from decks.dialects.org_markup import inline, markdown
from decks.dialects.org_outline import Item, items
from decks.dialects.org_past import past
from decks.dialects.outline import Entry
from decks.dialects.sheet import Said, Sheet
from decks.history import Past
from decks.lines import split
from decks.model import NoteKind, Parsed

_DRILL = "drill"
_SIMPLE = ("", "simple", "simpletyped")
# Of these each deletion is asked by itself; of the simple ones all at once.
_CLOZES = (
    "hide1cloze", "hide2cloze", "show1cloze", "show2cloze", "multicloze", "hidefirst", "hidelast",
    "hide1_firstmore", "show1_lastmore", "show1_firstless",
)  # fmt: skip
_SETTING = re.compile(r"#\+(title|filetags):[ \t]*(.*)", re.IGNORECASE)
_ANSWER = re.compile(
    r"(?:the )?(?:answers?|solutions?|back|antwort|lösung|réponse|respuesta)\W*", re.I
)
_NAMELESS = re.compile(r"(?:(?:item|question|card|flashcard|fact|problem|topic)\W*)?\d*", re.I)
_WORD = re.compile(r"\w+")
_ID = re.compile(r"[^\s\"]{1,200}")
_SIGN = re.compile(r"^\*+[ \t].*:drill:(?:[\w@#%]+:)*[ \t]*$", re.MULTILINE)


def parse(source: DeckText) -> Parsed:
    """Return the notes of an Org file."""
    return _Reader(source).read()


class _Reader:
    """The state of one pass over one file."""

    def __init__(self, source: DeckText) -> None:
        self.sheet = Sheet(source)
        self.lines = self.sheet.lines
        self.items = items(self.lines)
        self.entries: list[Entry] = []

    def read(self) -> Parsed:
        """Go through the headings in order."""
        self._read_settings()
        opened: list[Item] = []
        for at, item in enumerate(self.items):
            while opened and opened[-1].level >= item.level:
                opened.pop()
            if _DRILL in item.tags and not item.title.startswith("COMMENT"):
                self._card(_Card(self.lines, item, self._below(at)), opened)
            opened.append(item)
        outline.keep(self.sheet, self.entries)
        return self.sheet.finish()

    def _read_settings(self) -> None:
        first = self.items[0].line if self.items else len(self.lines)
        for line in self.lines[:first]:
            found = _SETTING.match(line)
            if found and found[1].lower() == "title":
                self.sheet.deck = found[2].strip() or self.sheet.deck
            elif found:
                self.sheet.tags = (*self.sheet.tags, *_names(found[2]))

    def _below(self, at: int) -> list[Item]:
        """The sub-headings of a card, without those that are cards themselves."""
        item = self.items[at]
        found: list[Item] = []
        end = 0
        for next_at in range(at + 1, len(self.items)):
            below = self.items[next_at]
            if below.line >= item.end:
                break
            if below.line < end:
                continue
            if _DRILL in below.tags:
                end = below.end
            else:
                found.append(below)
        return found

    def _card(self, card: _Card, opened: Sequence[Item]) -> None:
        kind = card.item.properties.get("DRILL_CARD_TYPE", "").strip("\"' ").lower()
        kind = "" if kind == "nil" else kind
        tags = tuple(tag for one in (*opened, card.item) for tag in one.tags if tag != _DRILL)
        above = tuple(inline(one.title) for one in opened if one.title)
        found = self._read(card, kind)
        if not found:
            self.sheet.skip(card.held, *card.fault(kind))
        for number, said in enumerate(found, start=1):
            note_id = card.id if len(found) == 1 or not card.id else f"{card.id}/{number}"
            self.entries.append(Entry(said._replace(id=note_id, tags=tags), card.held, above))

    def _read(self, card: _Card, kind: str) -> list[Said]:
        """The notes of a card; none if it cannot be one."""
        if kind in _SIMPLE:
            return card.simple()
        if kind == "twosided":
            return card.sided(2)
        if kind == "multisided":
            return card.sided(len(card.sides))
        return card.gaps(kind) if kind in _CLOZES else []


class _Card:
    """A heading that is a card, with what is below it."""

    def __init__(self, lines: Sequence[str], item: Item, below: Sequence[Item]) -> None:
        self.lines, self.item, self.below = lines, item, below
        self.title = inline(item.title)
        self.org = list(lines[item.body : item.body_end])
        self.text = markdown(self.org)
        top = min((one.level for one in below), default=0)
        self.sides = [one for one in below if one.level == top]
        self.past = past(item.properties, item.scheduled)
        written = item.properties.get("ID", "").strip()
        self.id = written if _ID.fullmatch(written) else ""

    @property
    def held(self) -> list[int]:
        """Its lines, but for blank ones at the end of a part and those of cards below it."""
        held: list[int] = []
        for one in (self.item, *self.below):
            end = one.body_end
            while end > one.line + 1 and not self.lines[end - 1].strip():
                end -= 1
            held += range(one.line, end)
        return held

    def simple(self) -> list[Said]:
        """A question with its answer below; or what is in brackets, asked all at once."""
        answered = any(_ANSWER.fullmatch(one.title) for one in self.sides)
        if has_gap(self.org) and not answered and (found := self.gaps("")):
            return found
        back = self._parts(self.below)
        if back:
            front = self._with_title(self.text)
        else:
            front, back = self.title, self.text
        return [self._said(NoteKind.BASIC, front, back)] if front and back else []

    def gaps(self, kind: str) -> list[Said]:
        """The note of a text with deletions, with what is hidden until they are shown."""
        front = clozed(self.org, kind, self._leading(self.org))
        if not front:
            return []
        return [self._said(NoteKind.CLOZE, front)._replace(why=self._parts(self.below))]

    def sided(self, count: int) -> list[Said]:
        """A note whose first sides are asked in turn."""
        sides = [self._side(one) for one in self.sides[:count]]
        if len(sides) < 2 or not all(sides):
            return []
        if count > 2:
            asked = [self._with_title(self.text, side) for side in sides]
            rest = ["\n\n".join(one for one in sides if one is not side) for side in sides]
            return [
                self._said(NoteKind.BASIC, front, back)
                for front, back in zip(asked, rest, strict=True)
            ]
        hidden = [one for one in self.below if one.line >= self.sides[1].end]
        why = "\n\n".join(part for part in (self.text, self._parts(hidden)) if part)
        return [self._said(NoteKind.REVERSED, *sides)._replace(why=why)]

    def fault(self, kind: str) -> tuple[str, str]:
        """Why it is not a card of ours, and what to do."""
        if kind not in (*_SIMPLE, *_CLOZES, "twosided", "multisided"):
            return f"cards of the type {kind} are not read", "write it as a simple card"
        if kind in _CLOZES:
            return "cloze card without a gap that can be read", "put [brackets] around what to ask"
        if kind not in _SIMPLE:
            return "a card with fewer than two sides", "write each below a heading of its own"
        return "an empty card", "write its answer below the heading"

    def _said(self, kind: NoteKind, front: str, back: str = "") -> Said:
        pasts: tuple[Past | None, ...] = ()
        if self.past:  # there is one for all that the card asks
            pasts = (self.past,) * len(card_keys(kind, front))
        return Said(kind, front, back, pasts=pasts)

    def _leading(self, org: Sequence[str]) -> str:
        """The title, unless it says nothing or gives an answer away."""
        words = " ".join(org).casefold()
        title = self.item.title
        given = f"[{title.casefold()}" in words or any(
            f"[{word.casefold()}]" in words for word in _WORD.findall(title[:200])
        )
        return "" if given or _NAMELESS.fullmatch(title) else self.title

    def _with_title(self, *texts: str) -> str:
        title = "" if _NAMELESS.fullmatch(self.item.title) and any(texts) else self.title
        return "\n\n".join(text for text in (title, *texts) if text)

    def _parts(self, below: Sequence[Item]) -> str:
        """Sub-headings with their texts; the heading of the answer is left out."""
        parts = []
        for one in below:
            text = markdown(self.lines[one.body : one.body_end])
            title = inline(one.title)
            if not text:
                parts.append(title)
            elif _ANSWER.fullmatch(one.title) and one.level == below[0].level:
                parts.append(text)
            else:
                marks = "#" * min(6, 3 + one.level - below[0].level)
                parts.append(f"{marks} {title}\n\n{text}")
        return "\n\n".join(part for part in parts if part)

    def _side(self, one: Item) -> str:
        """The text of a side with what is below it, without its own heading."""
        text = markdown(self.lines[one.body : one.body_end])
        deeper = [two for two in self.below if one.line < two.line < one.end]
        return "\n\n".join(part for part in (text, self._parts(deeper)) if part) or inline(
            one.title
        )


def _names(written: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[:\s]+", written) if name and name != _DRILL)


def signs(source: DeckText) -> Signs:
    """Headings with the tag `:drill:`."""
    if ":drill:" not in source.text:
        return NO_SIGNS
    count = len(_SIGN.findall("\n".join(split(source.text))))
    return Signs(count, "headings tagged :drill:") if count else NO_SIGNS


DIALECT = Dialect("org", "org-drill", parse, signs, suffixes=(".org",), aliases=("org-drill",))
