"""YAML as a tree of texts with their lines: the one door to PyYAML.

Nothing is constructed: numbers, dates and booleans stay as they are written. Aliases, anchors and
merge keys are refused; size and depth are bounded. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

MAX_CHARACTERS = 8 << 20
MAX_DEPTH = 32
_NOTHING = ("", "~", "null", "Null", "NULL")
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# What else ends a line to YAML; a deck file is counted without them.
_ODD_LINE_ENDS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})


class Scalar(NamedTuple):
    """A text: `plain` is what stands there without quotes. Lines count from 0, `last` included."""

    text: str
    first: int
    last: int
    plain: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether YAML takes it for no value at all."""
        return self.plain and self.text in _NOTHING


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Node, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping, in the order written; keys that are not texts are left out."""

    pairs: tuple[tuple[Scalar, Node], ...]
    first: int
    last: int

    def twice(self) -> Scalar | None:
        """The first key that stands in it a second time."""
        seen: set[str] = set()
        for key, _ in self.pairs:
            if key.text in seen:
                return key
            seen.add(key.text)
        return None


Node = Scalar | Items | Pairs


class Fault(NamedTuple):
    """Why a text was not read, and at which line, from 0; `refused` if it is YAML all the same."""

    line: int
    message: str
    hint: str
    refused: bool = False


class Tree(NamedTuple):
    """The documents of a text, or none of them and the fault."""

    documents: tuple[Node, ...] = ()
    fault: Fault | None = None


def read(text: str, first: int = 0) -> Tree:
    """Return the documents of a YAML text, whose first line is line `first` of its file.

    Never raises; the time is linear in the length of the text.
    """
    if len(text) > MAX_CHARACTERS:
        return Tree(fault=Fault(first, "more than 8 MiB of YAML", "split the file"))
    if unfit := _CONTROL.search(text):
        line = first + text.count("\n", 0, unfit.start())
        return Tree(fault=Fault(line, "a character that is not text", "remove it"))
    builder = _Builder(first)
    try:
        for event in _events(text.translate(_ODD_LINE_ENDS)):
            if not builder.take(event):
                break
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return Tree(fault=_broken(error, first))
    return Tree(fault=builder.fault) if builder.fault else Tree(tuple(builder.documents))


def _events(text: str) -> Iterator[yaml.Event]:
    """With libyaml where it is to be had: ten times as fast."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)
    return events


def _broken(error: Exception, first: int) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or "not YAML"
    hint = "put text with special characters in quotes, and indent with blanks"
    return Fault(first + (mark.line if mark else 0), f"not YAML: {what}", hint)


@dataclass(slots=True)
class _Open:
    """A list or mapping while it is read."""

    is_map: bool
    is_flow: bool
    first: int
    last: int
    nodes: list[Node] = field(default_factory=list)


class _Builder:
    """Events to nodes."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.documents: list[Node] = []
        self.fault: Fault | None = None
        self._open: list[_Open] = []

    def take(self, event: yaml.Event) -> bool:
        """Use an event; False if nothing more is wanted."""
        if getattr(event, "anchor", None) and not self.fault:
            self._refuse(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            return self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        return True

    def _refuse(self, event: yaml.Event) -> None:
        what = "an alias" if isinstance(event, yaml.AliasEvent) else "an anchor"
        line = self.first + _line(event.start_mark)
        self.fault = Fault(line, f"{what} of YAML", "write out what it stands for", refused=True)

    def _start(self, event: yaml.CollectionStartEvent) -> bool:
        line = self.first + _line(event.start_mark)
        if len(self._open) == MAX_DEPTH:
            message = f"lists and mappings nested more than {MAX_DEPTH} deep"
            self.fault = Fault(line, message, "write it flatter", refused=True)
            return False
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(is_map, bool(event.flow_style), line, line))
        return True

    def _end(self, event: yaml.Event) -> None:
        done = self._open.pop()
        if done.is_flow:
            done.last = self.first + _line(event.end_mark)
        node = self._mapping(done) if done.is_map else Items(tuple(done.nodes), *_lines(done))
        self._keep(node)

    def _mapping(self, done: _Open) -> Pairs:
        keys, values = done.nodes[::2], done.nodes[1::2]
        pairs = tuple(
            (key, value)
            for key, value in zip(keys, values, strict=False)
            if isinstance(key, Scalar)
        )
        merge = next((key for key, _ in pairs if key.text == "<<" and key.plain), None)
        if merge and not self.fault:
            hint = "write out what it stands for"
            self.fault = Fault(merge.first, "a merge key of YAML", hint, refused=True)
        return Pairs(pairs, *_lines(done))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        first, end = self.first + _line(event.start_mark), event.end_mark
        last = self.first + _line(end) - (end is not None and end.column == 0)
        plain = bool(event.implicit[0]) and not event.style
        self._keep(Scalar(event.value, first, max(first, last), plain))

    def _keep(self, node: Node) -> None:
        if not self._open:
            self.documents.append(node)
            return
        above = self._open[-1]
        above.nodes.append(node)
        above.last = max(above.last, node.last)


def _line(mark: object) -> int:
    line: int = getattr(mark, "line", 0)  # of libyaml's marks as of PyYAML's own
    return line


def _lines(done: _Open) -> tuple[int, int]:
    return done.first, done.last


def value(node: Node | None) -> str:
    """The text of a scalar; "" for no value, for a list and for a mapping."""
    if not isinstance(node, Scalar) or node.is_nothing:
        return ""
    return node.text


def texts(node: Node | None) -> list[str]:
    """The texts of a list of texts, or the one text there is."""
    if isinstance(node, Items):
        return [text for each in node.nodes if (text := value(each))]
    text = value(node)
    return [text] if text else []
