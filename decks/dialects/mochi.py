"""Mochi: cards whose sides are parted by `---`, one a file, or many with `card_id:` above each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from decks.dialects import anki_gaps
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.gaps import Deletion, written
from decks.dialects.sheet import Said, Sheet
from decks.dialects.yaml_keys import by_key, tags_of
from decks.dialects.yaml_said import pasts_of
from decks.fences import any_in, pair
from decks.frontmatter import clean_deck
from decks.history import Past
from decks.model import NoteKind, Parsed
from decks.spans import blanked, code_ranges
from decks.yaml_nodes import Node, Pairs, read, value

_KEYS = ("card-id", "tags", "archived", "deck", "deck-id", "template-id", "pos", "name", "id")
_KEY_LINE = re.compile(r"[A-Za-z][\w ?-]*:(?:\s.*)?|\s*-\s.*")
_TAG = re.compile(r"(?<![^\s(])#([^\W\d_][\w/-]*)")
_TAG_LINE = re.compile(r"\s*(?:#[^\W\d_][\w/-]*\s*)+")
_SIGN = re.compile(r"^---[ \t]*\n(?:[a-z][\w ?-]*:.*\n)*?card_id:", re.MULTILINE)
_NO_REVIEWS = Past("Mochi", suspended=True)


class _Side(NamedTuple):
    """The lines between two rules; the end is excluded."""

    first: int
    end: int


def parse(source: DeckText) -> Parsed:
    """Return the notes of a file that Mochi, or a program that keeps its cards in files, wrote."""
    sheet = Sheet(source)
    _Reader(sheet).read()
    return sheet.finish()


class _Reader:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.sides = _sides(sheet.lines)

    def read(self) -> None:
        """Each block of keys opens a card; without any the file is one card."""
        keys: Mapping[str, Node] = {}
        held: list[_Side] = []
        above: list[int] = []
        is_open = False
        for number, side in enumerate(self.sides):
            found = self._keys(side, number)
            if found is None:
                held.append(side)
                continue
            if is_open or self._has_text(held):
                self._card(keys, held, above)
            keys, held, is_open = found, [], True
            above = list(range(max(side.first - 1, 0), min(side.end + 1, len(self.sheet.lines))))
        if is_open or self._has_text(held):
            self._card(keys, held, above)

    def _has_text(self, sides: Sequence[_Side]) -> bool:
        return any(self._text(side) for side in sides)

    def _text(self, side: _Side) -> str:
        return "\n".join(self.sheet.lines[side.first : side.end]).strip("\n").rstrip()

    def _keys(self, side: _Side, number: int) -> Mapping[str, Node] | None:
        """The keys of a side that is a block of keys and no text of a card."""
        lines = [line for line in self.sheet.lines[side.first : side.end] if line.strip()]
        if not lines or not all(_KEY_LINE.fullmatch(line) for line in lines):
            return None
        tree = read(self._text(side), side.first)
        node = tree.documents[0] if tree.documents else None
        if not isinstance(node, Pairs):
            return None
        keys = by_key(node)
        is_first = number == 1 and not self._has_text(self.sides[:1])
        is_known = is_first and set(keys) & set(_KEYS)
        return keys if "card-id" in keys or is_known else None

    def _card(self, keys: Mapping[str, Node], sides: Sequence[_Side], above: Sequence[int]) -> None:
        texts = [self._text(side) for side in sides]
        while texts and not texts[0]:
            texts.pop(0)
        lines = [*above, *self._lines(sides)]
        if not texts:
            self.sheet.skip(lines, "a card without a text", "write its sides below the keys")
            return
        tags = [*tags_of(keys.get("tags")), *(tag for text in texts for tag in _tags(text))]
        texts = [_without_tag_lines(text) for text in texts]
        said = self._said(texts)
        if isinstance(said, str):
            if said:
                self.sheet.skip(lines, said, "close each gap, and keep it out of code")
            elif above and "card-id" in keys:
                self.sheet.skip(lines, "a card with one side", "write --- and the other side")
            elif sides:
                message = "one side and no gap: a note, which is not asked"
                self.sheet.remark(sides[0].first, message, "write --- and the other side")
            return
        card_id = value(keys.get("card-id"))
        said = said._replace(
            id=" ".join(card_id.split()),
            deck=clean_deck(value(keys.get("deck"))),
            tags=tuple(dict.fromkeys(tags)),
        )
        if value(keys.get("archived")).casefold() in ("true", "yes"):
            said = said._replace(pasts=pasts_of(said, _NO_REVIEWS))
        self.sheet.card(said, lines)

    def _lines(self, sides: Sequence[_Side]) -> list[int]:
        """The lines of sides and of the rules between them, without blank ones around them."""
        held = [at for side in sides for at in range(side.first, side.end)]
        held = [at for at in held if self.sheet.lines[at].strip()]
        return list(range(held[0], held[-1] + 1)) if held else []

    @staticmethod
    def _said(texts: Sequence[str]) -> Said | str:
        """What the sides make; "" if they are a note that nothing asks."""
        front, backs = texts[0], [text for text in texts[1:] if text]
        back = "\n\n---\n\n".join(_plain(text) for text in backs)
        gaps = anki_gaps.loose(front, highlights=False)
        if gaps:
            cloze = written(front, _grouped(gaps))
            return Said(NoteKind.CLOZE, cloze, why=back) if cloze else "gaps that cannot be asked"
        if not front and backs:
            return ""
        return Said(NoteKind.BASIC, front, back) if back else ""


def _grouped(gaps: Sequence[Deletion]) -> list[Deletion]:
    """Gaps without a number are asked together, as Mochi asks them."""
    if all(gap.number is None for gap in gaps) and len(gaps) == 1:
        return list(gaps)
    spare = max((gap.number or 0 for gap in gaps), default=0) + 1
    return [gap if gap.number else gap._replace(number=spare) for gap in gaps]


def _plain(text: str) -> str:
    """A text whose gaps are shown, since it stands on the back."""
    pieces: list[str] = []
    at = 0
    for gap in anki_gaps.loose(text, highlights=False):
        pieces += (text[at : gap.start], gap.words)
        at = gap.end
    return "".join([*pieces, text[at:]])


def _tags(text: str) -> list[str]:
    return [found[1] for found in _TAG.finditer(blanked(text, code_ranges(text)))]


def _without_tag_lines(text: str) -> str:
    lines = text.split("\n")
    for end in (0, -1):
        while lines and (not lines[end].strip() or _TAG_LINE.fullmatch(lines[end])):
            lines.pop(end)
    return "\n".join(lines)


def _sides(lines: Sequence[str]) -> list[_Side]:
    """What stands between rules of three dashes; more dashes are a line to see."""
    blocks = pair(lines)
    hidden = {
        at for first, last in (*blocks.code, *blocks.comments) for at in range(first, last + 1)
    }
    rules = [at for at, line in enumerate(lines) if line.rstrip() == "---" and at not in hidden]
    edges = [-1, *rules, len(lines)]
    return [_Side(start + 1, end) for start, end in pairwise(edges)]


def signs(source: DeckText) -> Signs:
    """Blocks of keys with `card_id:`."""
    text = source.text
    if "card_id:" not in text:
        return NO_SIGNS
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if any_in(text):
        lines = text.split("\n")
        for first, last in pair(lines).code:
            lines[first : last + 1] = [""] * (last - first + 1)
        text = "\n".join(lines)
    count = len(_SIGN.findall(text))
    return Signs(count, "card_id: above each card") if count else NO_SIGNS


DIALECT = Dialect("mochi", "Mochi", parse, signs)
