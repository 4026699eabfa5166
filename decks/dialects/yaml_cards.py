"""Cards as YAML: a list `cards:` of mappings, above a note or as a file of its own.

Where the file as a whole is not YAML, its cards are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from decks.dialects import choices
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.sheet import Sheet
from decks.dialects.yaml_keys import (
    BACKS,
    FRONTS,
    SOURCES,
    by_key,
    first_text,
    front_matter,
    one_line,
    sources_of,
    tags_of,
)
from decks.dialects.yaml_said import CLOZES, TAGS, said_by
from decks.frontmatter import clean_deck
from decks.lines import split
from decks.model import Parsed
from decks.yaml_nodes import Fault, Items, Node, Pairs, Scalar, read, value

_LISTS = ("cards", "flashcards", "flash-cards", "questions", "notes", "items", "quiz", "qa")
_KNOWN = frozenset((*FRONTS, *BACKS, *CLOZES, *choices.LISTS))
_LIST_KEY = re.compile(rf"^(\s*)['\"]?({'|'.join(_LISTS)})['\"]?\s*:\s*(?:#.*)?$", re.IGNORECASE)
_DASH = re.compile(r"(\s*)-(?:\s|$)")
_TOP_KEY = re.compile(r"[A-Za-z_][\w -]*:(?:\s|$)")
_SIGN_LIST = re.compile(
    rf"^([ \t]*)['\"]?(?:{'|'.join(_LISTS)})['\"]?[ \t]*:[ \t]*(?:#.*)?(?=\n|\[)",
    re.MULTILINE | re.IGNORECASE,
)
_SIGN_CARD = re.compile(
    rf"(?:^[ \t]*(?:-[ \t]+)?|[{{,][ \t]*)['\"]?(?:{'|'.join(FRONTS)})['\"]?[ \t]*:(?=\s)",
    re.MULTILINE | re.IGNORECASE,
)
_SIGN_ANSWER = re.compile(
    rf"(?:^[ \t]*|[{{,][ \t]*)['\"]?(?:{'|'.join((*BACKS, *choices.LISTS))})['\"]?[ \t]*:(?=\s)",
    re.MULTILINE | re.IGNORECASE,
)
_SIGN_COMMENTS = re.compile(r"(?:[ \t]*(?:#.*)?\n)*+")


class Above(NamedTuple):
    """What holds for all cards below a place."""

    deck: str = ""
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A node that is to be a card, and its lines."""

    node: Node
    first: int
    last: int
    above: Above


def parse(source: DeckText) -> Parsed:
    """Return the notes of a YAML file, or of the front matter of a note."""
    sheet = Sheet(source)
    first, end = _yaml_lines(source, sheet.lines)
    if first < end:
        _Reader(sheet, first, end).read()
    return sheet.finish()


def _yaml_lines(source: DeckText, lines: Sequence[str]) -> tuple[int, int]:
    name = (source.name or source.path).casefold()
    if not name.endswith((".md", ".markdown")):
        return 0, len(lines)
    first, end = front_matter(lines)
    if first or not lines or lines[0].rstrip() != "---":
        return first, end
    # Never closed: it is read as far as it goes, if there are cards in it.
    return (1, len(lines)) if any(_LIST_KEY.match(line) for line in lines) else (0, 0)


class _Reader:
    """Finds the cards of the YAML between two lines and files them."""

    def __init__(self, sheet: Sheet, first: int, end: int) -> None:
        self.sheet = sheet
        self.first, self.end = first, end
        self.found: list[_Found] = []
        self.is_whole = first == 0  # the file is YAML, not a note with front matter

    def read(self) -> None:
        """Read all of it, or card by card what can be read."""
        lines = self.sheet.lines[self.first : self.end]
        if (
            not self.is_whole
            and not any(_LIST_KEY.match(line) for line in lines)
            and not any("cards" in line for line in lines)
        ):
            return
        tree = read("\n".join(lines), self.first)
        if tree.fault and tree.fault.refused:
            self._refuse(tree.fault)
        elif tree.fault:
            self._piecewise(tree.fault)
        for document in tree.documents:
            self._walk(document, Above(), 0, top=True)
        self._file()

    def _refuse(self, fault: Fault) -> None:
        held = [at for at in range(self.first, self.end) if self.sheet.lines[at].strip()]
        at = f"line {fault.line + 1} holds {fault.message}: these are not read"
        self.sheet.skip(held, at if fault.line != held[0] else f"{fault.message} is not read",
                        fault.hint)  # fmt: skip

    def _walk(self, node: Node, above: Above, depth: int, *, top: bool = False) -> None:
        """Collect the cards in a node."""
        if isinstance(node, Items):
            if self.is_whole and top:
                self._list(node, above, depth)
                return
            for inner in node.nodes:
                if not isinstance(inner, Scalar):
                    self._walk(inner, above, depth + 1)
        elif isinstance(node, Pairs):
            keys = by_key(node)
            above = _below(above, keys)
            if top and self.is_whole and _is_card(keys) and not _has_list(keys):
                self.found.append(_Found(node, node.first, node.last, above))
                return
            for name, inner in keys.items():
                if name in _LISTS and _holds_cards(name, inner):
                    self._list(inner, above, depth)
                elif not isinstance(inner, Scalar) and name not in SOURCES:
                    self._walk(inner, above, depth + 1)

    def _list(self, node: Node, above: Above, depth: int) -> None:
        if isinstance(node, Pairs):
            self._named(node, above)
        if not isinstance(node, Items):
            return
        for inner in node.nodes:
            if isinstance(inner, Pairs) and (keys := by_key(inner)) and _has_list(keys):
                self._walk(inner, above, depth + 1)
            else:
                first = self._dash_above(inner.first)
                self.found.append(_Found(inner, first, inner.last, above))

    def _named(self, node: Pairs, above: Above) -> None:
        """Cards of a mapping, each below a name of its own."""
        inner = [each for _, each in node.pairs]
        if all(isinstance(each, Pairs) and _is_card(by_key(each)) for each in inner):
            self.found += [_Found(each, key.first, each.last, above) for key, each in node.pairs]
        else:
            hint = "write a list of cards, each with front and back"
            self._skip(node.first, node.last, "the cards are no list", hint)

    def _dash_above(self, line: int) -> int:
        """The line of a dash that stands by itself above what it introduces."""
        at = line - 1
        while at >= self.first and not self.sheet.lines[at].strip():
            at -= 1
        alone = at >= self.first and self.sheet.lines[at].strip() == "-"
        return at if alone and not _DASH.match(self.sheet.lines[line]) else line

    def _file(self) -> None:
        counts = choices.counting(
            [by_key(found.node) for found in self.found if isinstance(found.node, Pairs)]
        )
        for found in self.found:
            if not isinstance(found.node, Pairs):
                self._skip(found.first, found.last, "a card that is no mapping",
                           "write it with front: and back:")  # fmt: skip
            elif again := found.node.twice():
                self._skip(found.first, found.last,
                           f"{again.text} is there twice", "keep one")  # fmt: skip
            else:
                self._card(found, by_key(found.node), counts)

    def _card(self, found: _Found, keys: Mapping[str, Node], counts: int | None) -> None:
        said = said_by(keys, counts, self.sheet.source)
        if isinstance(said, str):
            message, _, hint = said.partition(" | ")
            self._skip(found.first, found.last, message, hint)
            return
        above = found.above
        said = said._replace(
            deck=said.deck or above.deck,
            tags=(*above.tags, *said.tags),
            sources=(*said.sources, *above.sources),
        )
        self.sheet.card(said, self._lines(found.first, found.last))

    def _lines(self, first: int, last: int) -> range:
        last = min(last, self.end - 1)
        while last > first and not self.sheet.lines[last].strip():
            last -= 1
        return range(first, last + 1)

    def _skip(self, first: int, last: int, message: str, hint: str = "") -> None:
        self.sheet.skip(self._lines(first, last), message, hint)

    def _piecewise(self, fault: Fault) -> None:
        """Read the cards of a list each by itself, since the whole is not YAML."""
        chunks = _chunks(self.sheet.lines, self.first, self.end, self.is_whole)
        if not chunks:
            held = [at for at in range(self.first, self.end) if self.sheet.lines[at].strip()]
            if self.is_whole or any(_LIST_KEY.match(self.sheet.lines[at]) for at in held):
                self._broken(held, fault)
            return
        above = self._around(chunks, fault)
        for first, last in chunks:
            lines = self._lines(first, last - 1)
            tree = read("\n".join(self.sheet.lines[at] for at in lines), first)
            if tree.fault:
                self._broken(lines, tree.fault)
            elif len(tree.documents) == 1 and isinstance(tree.documents[0], Items):
                self.found += [
                    _Found(node, first, node.last, above) for node in tree.documents[0].nodes
                ]

    def _broken(self, lines: Sequence[int], fault: Fault) -> None:
        where = f" on line {fault.line + 1}" if lines and fault.line != lines[0] else ""
        self.sheet.skip(lines, f"{fault.message}{where}", fault.hint)

    def _around(self, chunks: Sequence[tuple[int, int]], fault: Fault) -> Above:
        """What the lines around the cards say for all of them."""
        kept = list(self.sheet.lines[self.first : self.end])
        for first, last in chunks:
            for at in range(first, last):
                kept[at - self.first] = ""
        tree = read("\n".join(kept), self.first)
        above = Above()
        for node in tree.documents:
            if isinstance(node, Pairs):
                above = _below(above, by_key(node))
        if tree.fault:
            held = [self.first + at for at, line in enumerate(kept) if line.strip()]
            self._broken(held, tree.fault)
        return above


def _chunks(lines: Sequence[str], first: int, end: int, is_whole: bool) -> list[tuple[int, int]]:
    """The lines of each card of the first list of cards, as they look; the end is excluded."""
    at = next((at for at in range(first, end) if _LIST_KEY.match(lines[at])), -1)
    outer = len(lines[at]) - len(lines[at].lstrip()) if at >= 0 else -1
    if at < 0 and not is_whole:
        return []
    starts = [(at, len(found[1])) for at in range(at + 1, end) if (found := _DASH.match(lines[at]))]
    if at < 0:
        starts = [start for start in starts if start[1] == 0]
    if not starts or starts[0][1] < outer:
        return []
    depth = starts[0][1]
    dashes = [at for at, indent in starts if indent == depth]
    stop = _list_end(lines, dashes[-1] + 1, end, outer)
    return list(zip(dashes, [*dashes[1:], stop], strict=True))


def _list_end(lines: Sequence[str], at: int, end: int, outer: int) -> int:
    """Where the list ends whose last card begins above `at`: at a key that stands further out."""
    for line in range(at, end):
        text = lines[line]
        indent = len(text) - len(text.lstrip())
        if text.strip() and indent <= max(outer, 0) and _TOP_KEY.match(text.lstrip()):
            return line
    return end


def _below(above: Above, keys: Mapping[str, Node]) -> Above:
    """What holds for the cards below a mapping with these keys."""
    deck = first_text(keys, ("deck", "deck-name"))
    topic, track = (value(keys.get(name)).strip() for name in ("topic", "track"))
    if not deck and topic and track:
        deck = f"{track}::{topic}"
    is_card = _is_card(keys) and not _has_list(keys)
    tags = tuple(tag for name in TAGS for tag in tags_of(keys.get(name)))
    return Above(
        clean_deck(one_line(deck)) or above.deck,
        above.tags if is_card else tuple(dict.fromkeys((*above.tags, *tags))),
        above.sources if is_card else (*above.sources, *sources_of(keys)),
    )


def _is_card(keys: Mapping[str, Node]) -> bool:
    return any(name in _KNOWN and name not in _LISTS for name in keys) or (
        "type" in keys and "id" in keys
    )


def _has_list(keys: Mapping[str, Node]) -> bool:
    return any(
        name in _LISTS and isinstance(node, Items) and _holds_cards(name, node)
        for name, node in keys.items()
    )


def _holds_cards(name: str, node: Node) -> bool:
    """Whether what such a key holds is meant as cards; `notes` and `items` may be anything."""
    if name in _LISTS[:3] and name != "questions":
        return True
    if not isinstance(node, Items):
        return False
    cards = [by_key(inner) for inner in node.nodes if isinstance(inner, Pairs)]
    return any(name in FRONTS or name in choices.LISTS for keys in cards for name in keys)


def signs(source: DeckText) -> Signs:
    """Questions below a key `cards:`, in front matter or in a YAML file."""
    text = source.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    name = (source.name or source.path).casefold()
    is_note = name.endswith((".md", ".markdown"))
    if is_note and not text.startswith("---"):
        return NO_SIGNS
    if is_note:
        lines = split(text)
        text = "\n".join(lines[slice(*front_matter(lines))])
    if found := _SIGN_LIST.search(text):
        first = _SIGN_COMMENTS.match(text, found.end())
        at = first.end() if first else found.end()
        is_list = text[at : at + 1] == "[" or _DASH.match(text, at)
        asked, told = (len(form.findall(text, at)) for form in (_SIGN_CARD, _SIGN_ANSWER))
        count = min(asked, max(told, 1)) if is_list else 0
    else:
        count = (
            0 if is_note else min(len(_SIGN_CARD.findall(text)), len(_SIGN_ANSWER.findall(text)))
        )
    return Signs(count, "a list `cards:` of YAML") if count else NO_SIGNS


DIALECT = Dialect(
    "yaml",
    "cards in YAML",
    parse,
    signs,
    suffixes=(".md", ".markdown", ".yaml", ".yml"),
    aliases=("yaml-vault",),
)
