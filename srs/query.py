"""What a query asks for: a tree of conditions on cards. Pure; see `srs.query_text` for the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from srs.model import Flag

LEVELS = ("mid", "senior", "staff")  # each includes those before it
KINDS = ("basic", "reversed", "cloze")
STATES = (
    "due", "new", "learning", "review", "relearning", "suspended", "buried", "leech", "flagged",
    "orphan", "young", "mature", "varied",
)  # fmt: skip
# Of a card; the short names are Anki's.
NUMBERS = {
    "s": "stability", "stability": "stability", "d": "difficulty", "difficulty": "difficulty",
    "r": "retrievability", "retrievability": "retrievability", "ivl": "interval",
    "interval": "interval", "due": "due", "reps": "reps", "lapses": "lapses",
}  # fmt: skip
COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")


@dataclass(frozen=True, slots=True)
class All:
    """Every card."""


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but this."""

    part: Node


@dataclass(frozen=True, slots=True)
class Words:
    """The note's text has these words in a row; the last one may go on, if `prefix`."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """What the card has under `key` answers to this name; "*" in it stands for anything."""

    key: str
    name: str
    at: int = field(default=0, compare=False)  # where in the query


@dataclass(frozen=True, slots=True)
class Among:
    """What a `Named` becomes once names were looked up: what the card has is among these."""

    key: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Is:
    """The card is in this state, one of STATES."""

    state: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """The card has a flag of this colour."""

    flag: int


@dataclass(frozen=True, slots=True)
class Prop:
    """A number of the card, one of NUMBERS, compares so; a card without one is not found."""

    name: str
    comparison: str
    value: float


@dataclass(frozen=True, slots=True)
class Since:
    """Rated, added, edited or introduced in the last so many study days, today being 1."""

    what: str
    days: int
    rating: int = 0  # of an answer, 0 for any


Leaf = Words | Named | Among | Is | Flagged | Prop | Since
Node = All | And | Or | Not | Leaf


def both(parts: Sequence[Node]) -> Node:
    """All of the parts, those left out that say nothing."""
    parts = [part for part in parts if part != All()] or [All()]
    flat = [one for part in parts for one in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def either(parts: Sequence[Node]) -> Node:
    """Any of the parts."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negated(node: Node) -> Node:
    """Anything but that."""
    return node.part if isinstance(node, Not) else Not(node)


def leaves(node: Node) -> Iterator[Leaf]:
    """All conditions of a query, in order."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case All():
            return
        case _:
            yield node


def with_leaves(node: Node, change: Callable[[Leaf], Node]) -> Node:
    """The same query with every condition replaced."""
    match node:
        case And(parts):
            return And(tuple(with_leaves(part, change) for part in parts))
        case Or(parts):
            return Or(tuple(with_leaves(part, change) for part in parts))
        case Not(part):
            return Not(with_leaves(part, change))
        case All():
            return node
        case _:
            return change(node)


def asks_for(node: Node, state: str) -> bool:
    """Whether the query speaks of that state."""
    return Is(state) in leaves(node)


def asks_for_suspended(node: Node) -> bool:
    """Whether it speaks of what suspended cards are: suspended, leeches, or flagged."""
    spoken = (Is("suspended"), Is("leech"), Is("flagged"))
    found = list(leaves(node))
    return any(leaf in spoken or (isinstance(leaf, Flagged) and leaf.flag > 0) for leaf in found)


def render(node: Node) -> str:
    """A text that is read as this query again."""
    match node:
        case All():
            return ""
        case And(parts):
            return " ".join(_within(part, (Or,)) for part in parts)
        case Or(parts):
            return " or ".join(_within(part, (And,)) for part in parts)
        case Not(part):
            # A minus before a word of signs would be one of them.
            return f"{'not ' if isinstance(part, Words) else '-'}{_within(part, (And, Or))}"
        case _:
            return _rendered(node)


def _within(node: Node, loose: tuple[type, ...]) -> str:
    return f"({render(node)})" if isinstance(node, loose) else render(node)


def _rendered(leaf: Leaf) -> str:
    match leaf:
        case Words(text, prefix):
            return f"{text}*" if prefix else f'"{_escaped(text)}"'
        case Named(key, name):
            return f'{key}:"{_escaped(name)}"'
        case Is(state):
            return f"is:{state}"
        case Flagged(flag):
            return f"flag:{Flag(flag).name.lower()}"
        case Prop(name, comparison, value):
            return f"prop:{name}{comparison}{value!r}"
        case Since(what, days, rating):
            return f"{what}:{days}{f':{rating}' if rating else ''}"
        case Among(key, values):
            return f"{key}:{'|'.join(map(str, values))}"  # for people: a query has no such term


def _escaped(text: str) -> str:
    return re.sub(r'([\\":])', r"\\\1", text)
