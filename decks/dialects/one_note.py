"""One note, one card: folders in which each file is a card, as of GoCard or a vault of notes.

A note that parts its question from its answer in no other way is asked by its title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from decks.dialects import anki_gaps, standings
from decks.dialects.base import DeckText, Dialect
from decks.dialects.note_sections import SOURCES, TAG_LINE, WHY, Body, Card, Section
from decks.dialects.note_signs import FRONTS, Folder, look_around, signs
from decks.dialects.sheet import Said, Sheet
from decks.dialects.standings import spelt
from decks.dialects.yaml_keys import by_key, first_text, front_matter, sources_of, tags_of
from decks.dialects.yaml_said import pasts_of
from decks.frontmatter import clean_deck
from decks.model import NoteKind, Parsed
from decks.yaml_nodes import Node, Pairs, Scalar, read, value

_BACKS = ("answer", "back", "a", "flashcard-answer")
_FLAG = re.compile(r"(?:true|false|yes|no|on|off|\d+)?", re.IGNORECASE)
_KEY_LINE = re.compile(r"([A-Za-z][\w -]*?)[ \t]*:(?:[ \t]+(.*))?")
_NO_CARD = re.compile(
    r"_?(?:read-?me|index|moc|home|toc|table of contents|contents|changelog|license|template)"
    r"|.*[ _-]moc|moc[ _-].*|\d{4}-\d{2}-\d{2}",
    re.IGNORECASE,
)
_MAP_WORDS = ("moc", "index", "map", "template", "dashboard", "daily", "daily-note")
_REVIEWED = ("review", "flashcard", "flashcards", "card", "cards", "srs", "spaced-repetition")
_ONLY_LINKS = re.compile(
    r"\s*+(?:[-*+]|\d+[.)])?\s*+(?:\[\[[^\]]+\]\]|\[[^\]]+\]\([^)]+\))[\s.,;]*"
)
_ORDER = re.compile(r"\d{1,4}[ ._-]+(?=\D)|\d{8,14}[ ._-]+")
_LONGEST_FRONT = 8  # lines above a rule that may be a question; more are a text with a rule in it


class _Above(NamedTuple):
    """What the front matter says, and how many lines it takes."""

    keys: Mapping[str, Node]
    length: int = 0
    is_faulty: bool = False


def parse(source: DeckText) -> Parsed:
    """Return the note, or notes, that a file makes."""
    sheet = Sheet(source)
    _Reader(sheet, source).read()
    return sheet.finish()


class _Reader:
    """Reads one file: the forms are tried from the plainest on."""

    def __init__(self, sheet: Sheet, source: DeckText) -> None:
        self.sheet = sheet
        self.source = source
        self.above = _front_matter(sheet)
        self.body = Body(sheet.lines, self.above.length)
        self.keys = self.above.keys
        self.is_odd = bool(_NO_CARD.fullmatch(_stem(source)))

    def read(self) -> None:
        """File the note in whatever form it is written."""
        self.sheet.deck = clean_deck(value(self.keys.get("deck"))) or _deck(self.source)
        self.sheet.tags = tags_of(self.keys.get("tags")) + tags_of(self.keys.get("tag"))
        self.sheet.sources = sources_of(self.keys)
        if self._by_keys() or self._by_sections():
            return
        is_scheduled = standings.past(self.keys, "") is not None
        is_card = is_scheduled or self.body.partings() or not self._is_no_card(self._rest())
        if is_card and not self._by_sides():
            self._by_title()

    def _by_keys(self) -> bool:
        """Question or answer in the front matter; the body is what is missing, or more."""
        asks, tells = (self._key(names) for names in (FRONTS, _BACKS))
        if not asks and not tells:
            return False
        cards = self.body.cards()
        front, back = (first_text(self.keys, (name,)) if name else "" for name in (asks, tells))
        lines = [at for name in (asks, tells) if name for at in self._lines_of(name)]
        rest = self._rest()
        why = ""
        sources: tuple[str, ...] = ()
        if len(cards) == 1 and cards[0].answer and not cards[0].question and not tells:
            back, why, sources = _behind(cards[0])
        elif not tells:
            back = rest
        elif not asks:
            front = rest
        else:
            why = rest
        lines += self._body_lines()
        self._card(Said(NoteKind.BASIC, front, back, why=why, sources=sources), lines)
        return True

    def _key(self, names: Sequence[str]) -> str:
        for name in names:
            node = self.keys.get(name)
            text = first_text(self.keys, (name,))
            if text and not (name == "flashcard" and _FLAG.fullmatch(text)) and node:
                return name
        return ""

    def _lines_of(self, name: str) -> range:
        """The lines of a key of the front matter and its value."""
        node = self.keys[name]
        first = node.first
        form = re.compile(r"[\"']?([\w -]+?)[\"']?[ \t]*:")
        while first > 1:
            found = form.match(self.sheet.lines[first])
            if found and spelt(found[1]) == name:
                break
            first -= 1
        last = min(node.last, self.above.length - 2)
        return range(first, last + 1)

    def _by_sections(self) -> bool:
        cards = self.body.cards()
        for card in cards:
            self._section_card(card, alone=len(cards) == 1)
        return bool(cards)

    def _section_card(self, card: Card, *, alone: bool) -> None:
        lines = list(card.lines)
        if not card.answer:
            self.sheet.skip(
                lines, "a question without an answer", "write it below a heading Answer"
            )
            return
        front = card.question.text if card.question else ""
        back, why, sources = _behind(card)
        if not front and alone:
            front = self._below_title(lines[0]) or self._title()
            lines += [at for at in range(self.body.first, lines[0]) if self.sheet.lines[at].strip()]
        self._card(Said(NoteKind.BASIC, front, back, why=why, sources=sources), lines)

    def _below_title(self, end: int, *, folds: bool = False) -> str:
        """What stands above a line, without the title."""
        title = self.body.title()
        text = self.body.unfolded if folds else self.body.text
        return text(title[0] + 1 if title else self.body.first, end)

    def _is_flashcard(self) -> bool:
        """Whether the front matter says so: then its first rule parts it, whatever is above."""
        kinds = {value(self.keys.get(name)).casefold() for name in ("type", "kind")}
        return bool(kinds & {"flashcard", "card", "flash-card"})

    def _by_sides(self) -> bool:
        """Two sides with a line between them."""
        partings = self.body.partings()
        begins = self.body.begins()
        rules = [at for at in self.body.rules() if at > begins]
        if not partings and not (rules and self._is_question_above(rules)):
            return False
        at = (partings or rules)[0]
        front = self._below_title(at) or self._title()
        back = self.body.text(at + 1, len(self.sheet.lines))
        if partings:
            back = self.body.unfolded(at + 1, len(self.sheet.lines))
            front = self._below_title(at, folds=True) or self._title()
        if self._is_flashcard():
            front = self.body.unfolded(self.body.first, at)
        if not back and not partings:
            return False
        self._card(Said(NoteKind.BASIC, front, back), self._body_lines())
        return True

    def _is_question_above(self, rules: Sequence[int]) -> bool:
        """Whether what stands above the first rule is short and plain enough for a question."""
        if self._is_flashcard():
            return True
        first, at = self.body.first, rules[0]
        held = [line for line in range(first, at) if self.sheet.lines[line].strip()]
        headings = [line for line in held if self.body.heading(line)]
        if len(held) > _LONGEST_FRONT or headings[1:] or (headings and headings[0] != held[0]):
            return False
        if "?" in self.body.text(first, at) or len(held) == len(headings) == 1:
            return True
        return len(rules) == 1 and not headings and "sr-due" not in self.keys

    def _by_title(self) -> None:
        """The title asks for the rest."""
        lines = self._body_lines()
        text = self._rest()
        if not lines:
            return
        if value(self.keys.get("type")).casefold() == "cloze" or anki_gaps.has_gaps(text):
            cloze = anki_gaps.cloze_text(text) or anki_gaps.loose_text(text)
            if cloze:
                self._card(Said(NoteKind.CLOZE, cloze), lines)
                return
        title = self.body.title()
        above = self.body.text(self.body.first, title[0]) if title else ""
        back = self.body.text(title[0] + 1, len(self.sheet.lines)) if title else text
        back, tags = _tags_off(back)
        tags = (*_tags_off(above)[1], *tags)
        if not back:
            self.sheet.skip(lines, "a title with nothing below it", "write the answer below it")
            return
        self._card(Said(NoteKind.BASIC, self._title(), back, tags=tags), lines)

    def _is_no_card(self, text: str) -> bool:
        """Whether the note is not there to be asked: a map, a list of links, one among reviewed."""
        tags = {tag.rpartition("/")[2].casefold() for tag in self.sheet.tags}
        kind = value(self.keys.get("type")).casefold()
        if self.is_odd or kind in _MAP_WORDS or tags & set(_MAP_WORDS):
            return True
        if isinstance(self.source.around, Folder) and self.source.around.is_scheduled:
            words = {tag.strip("# ").casefold() for tag in re.findall(r"(?<!\S)#[\w/-]+", text)}
            words |= {tag.partition("/")[0].casefold() for tag in self.sheet.tags}
            if not words & set(_REVIEWED):
                return True
        held = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
        return bool(held) and all(_ONLY_LINKS.fullmatch(line) for line in held)

    def _title(self) -> str:
        title = self.body.title()
        return (
            (title[1] if title else "") or first_text(self.keys, ("title",)) or _spoken(self.source)
        )

    def _rest(self) -> str:
        return self.body.text(self.body.first, len(self.sheet.lines))

    def _body_lines(self) -> list[int]:
        """The lines of the body, without blank ones around it."""
        lines = range(self.body.first, len(self.sheet.lines))
        held = [at for at in lines if self.sheet.lines[at].strip()]
        return list(range(held[0], held[-1] + 1)) if held else []

    def _card(self, said: Said, lines: Sequence[int]) -> None:
        if not said.front or (said.kind is not NoteKind.CLOZE and not said.back):
            missing = "an answer" if said.front else "a question"
            self.sheet.skip(lines or [0], f"a card without {missing}", f"write {missing}")
            return
        program = "GoCard" if "review-interval" in self.keys else "notes"
        past = standings.past(self.keys, program)
        self.sheet.card(said._replace(pasts=pasts_of(said, past)), lines)


def _behind(card: Card) -> tuple[str, str, tuple[str, ...]]:
    """The answer of a card with what belongs to it, the reasons, and the sources."""
    backs = [card.answer.text] if card.answer else []
    whys: list[str] = []
    sources: list[str] = []
    for section in card.others:
        if section.role == SOURCES:
            sources += _listed(section)
        elif section.role == WHY:
            whys.append(section.text)
        elif section.text:
            backs.append(section.text)
    return "\n\n".join(backs), "\n\n".join(text for text in whys if text), tuple(sources)


def _listed(section: Section) -> list[str]:
    bare = (re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", line) for line in section.text.split("\n"))
    return [" ".join(line.split()) for line in bare if line.strip()]


def _tags_off(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without lines of nothing but tags around it, and those tags."""
    lines = text.split("\n")
    tags: list[str] = []
    for end in (0, -1):
        while lines and (not lines[end].strip() or TAG_LINE.fullmatch(lines[end])):
            tags += [tag.lstrip("#") for tag in lines.pop(end).split()]
    return "\n".join(lines), tuple(tags)


def _front_matter(sheet: Sheet) -> _Above:
    """The keys of the front matter; line by line where it is not YAML as a whole."""
    first, end = front_matter(sheet.lines)
    if not first or not any(_KEY_LINE.fullmatch(line) for line in sheet.lines[first:end]):
        return _Above({})
    tree = read("\n".join(sheet.lines[first:end]), first)
    if not tree.fault:
        node = tree.documents[0] if tree.documents else None
        return _Above(by_key(node) if isinstance(node, Pairs) else {}, end + 1)
    sheet.remark(tree.fault.line, f"front matter: {tree.fault.message}",
                 "it was read line by line")  # fmt: skip
    return _Above(_line_by_line(sheet.lines, first, end), end + 1, is_faulty=True)


def _line_by_line(lines: Sequence[str], first: int, end: int) -> dict[str, Node]:
    """Each line that is a key and a value by itself."""
    found: dict[str, Node] = {}
    for at in range(first, end):
        pair = _KEY_LINE.fullmatch(lines[at])
        tree = read(lines[at], at) if pair else None
        node = tree.documents[0] if tree and tree.documents else None
        if isinstance(node, Pairs) and not (tree and tree.fault):
            found = {**by_key(node), **found}
        elif pair and (text := (pair[2] or "").strip()):
            found.setdefault(spelt(pair[1]), Scalar(text, at, at))
    return found


def _stem(source: DeckText) -> str:
    name = (source.name or source.path).replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _spoken(source: DeckText) -> str:
    """A file name as words."""
    stem = _stem(source)
    stem = _ORDER.sub("", stem, count=1) or stem
    return stem if " " in stem else re.sub(r"[-_]+", " ", stem).strip() or stem


def _deck(source: DeckText) -> str:
    """The deck of a note is its folder, not itself."""
    above, _, last = source.deck.rpartition("::")
    if last != _stem(source):
        return clean_deck(source.deck)
    folder = source.path.replace("\\", "/").rpartition("/")[0].rpartition("/")[2].strip(".")
    return clean_deck(above or folder) or clean_deck(source.deck)


DIALECT = Dialect(
    "notes",
    "notes that are one card each",
    parse,
    signs,
    aliases=("one-note", "one-note-one-card", "note-per-card", "gocard"),
    look_around=look_around,
    whole_folders=True,
)
