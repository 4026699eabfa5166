"""repeater: `Q:`, `A:` and `C:` in any notes, and cards of one line, `left::right`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from decks import frontmatter
from decks.dialects import hashcards, native, tagged
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.sheet import Said, Sheet
from decks.fences import opens
from decks.lines import Kind, Line, classify, parts, split
from decks.model import NoteKind, Parsed
from decks.spans import blanked, protected

_HIDDEN = (Kind.CODE, Kind.COMMENT)
_PLAIN = (Kind.TEXT, Kind.FIELD, Kind.NUMBERS)
_RULE = re.compile(r"-{3,}\s*")
_COLONS = re.compile(r":{2,}")
_MARKER = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?")
# `std::vector` is no card wherever it stands, and neither is `[::1]`.
_NAMESPACE = re.compile(
    r"(?:^|\W)(?:std|crate|self|super|core|alloc|boost|absl|chrono|ranges|fmt|tokio)$|[\[({<|\"'`]$"
)
_FIELD = re.compile(r"\w[\w-]*")
_OF_OTHERS = re.compile(r"<!--SR:|#flashcards|^\s*\?{1,2}\s*$", re.MULTILINE)


def parse(source: DeckText) -> Parsed:
    """Return the notes of a file of repeater."""
    sheet = Sheet(source)
    deck = tagged.read(sheet, _is_rule, indented_answers=True)
    taken = tagged.skip_near_misses(sheet, deck.outside)
    outside = [one.line for one in deck.outside if one.line.number - 1 not in taken]
    cards: list[tuple[int, Said | tagged.Block]] = [
        (line.number, said) for line in outside if (said := one_liner(line))
    ]
    cards += [(block.parts[0][0].number, block) for block in deck.blocks]
    for number, card in sorted(cards, key=lambda each: each[0]):
        if isinstance(card, Said):
            sheet.card(card, [number - 1])
        else:
            hashcards.take(sheet, card)
    return sheet.finish()


def one_liner(line: Line) -> Said | None:
    """The card that a line outside all blocks is, if it is one."""
    raw = line.raw
    if "::" not in raw or line.kind not in _PLAIN or opens(raw):
        return None
    if raw.lstrip().startswith(("|", ">")):
        return None
    found = _COLONS.search(blanked(raw, protected(raw)))
    if not found or len(found[0]) != 2:
        return None
    marker = _MARKER.match(raw)
    start = min(marker.end() if marker else 0, found.start())
    left, right = raw[start : found.start()], raw[found.end() :]
    if not left.strip() or not right.strip() or _is_other(left, right):
        return None
    return Said(NoteKind.BASIC, left.strip(), right.strip())


def _is_other(left: str, right: str) -> bool:
    """Whether it is a name in a program, or the `key:: value` of a note-taking program."""
    if right[0].isspace():
        return not left[-1].isspace() and _FIELD.fullmatch(left) is not None
    return _NAMESPACE.search(left) is not None


def _is_rule(line: Line) -> bool:
    return line.kind not in _HIDDEN and _RULE.fullmatch(line.raw) is not None


def signs(source: DeckText) -> Signs:
    """Unspaced `left::right` outside the cards of a text that begins others with `Q:` or `C:`."""
    text = source.text
    if "::" not in text or not native.signs(source).cards or _OF_OTHERS.search(text):
        return NO_SIGNS
    count = sum(1 for line in _loose_lines(text) if _is_tight(line))
    return Signs(count, "left::right beside Q: and C:") if count else NO_SIGNS


def _loose_lines(text: str) -> Iterator[Line]:
    """The lines outside all blocks."""
    for part in parts(split(text)):  # in our own format a file may be several
        yield from _loose(classify(part.lines, frontmatter.read(part.lines, "").length))


def _loose(lines: Iterable[Line]) -> Iterator[Line]:
    inside = False
    for line in lines:
        if line.kind in (Kind.QUESTION, Kind.CLOZE):
            inside = True
        elif _is_rule(line):
            inside = False
        elif not inside:
            yield line


def _is_tight(line: Line) -> bool:
    return "::" in line.raw and " :: " not in line.raw and one_liner(line) is not None


DIALECT = Dialect("repeater", "repeater", parse, signs, extends=native.DIALECT.name)
