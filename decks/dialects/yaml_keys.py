"""Keys and values of YAML as texts of cards. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from decks.dialects.choices import as_item
from decks.dialects.standings import spelt
from decks.values import CONTROL
from decks.yaml_nodes import Items, Node, Pairs, Scalar, texts, value

FRONTS = ("front", "question", "q", "prompt", "term", "stem", "problem", "cue", "word", "statement")
BACKS = ("back", "answer", "a", "definition", "response", "solution", "meaning", "def")
SOURCES = ("source", "sources", "reference", "references", "ref", "refs", "citation", "url")


def front_matter(lines: Sequence[str]) -> tuple[int, int]:
    """First line and end of what stands between `---` above a note; (0, 0) if nothing does."""
    if not lines or lines[0].rstrip() != "---":
        return 0, 0
    for at in range(1, len(lines)):
        if lines[at].rstrip() in ("---", "..."):
            return 1, at
    return 0, 0


def by_key(node: Pairs) -> dict[str, Node]:
    """The values of a mapping by their keys, spelt alike; of equal keys the first."""
    found: dict[str, Node] = {}
    for key, worth in node.pairs:
        found.setdefault(spelt(key.text), worth)
    return found


def first_text(keys: Mapping[str, Node], names: Sequence[str]) -> str:
    """The first value, not empty, that one of these keys has: a text, or the lines of a list."""
    return next((text for name in names if (text := prose(keys.get(name)))), "")


def prose(node: Node | None) -> str:
    """A text; a list or a mapping as a list of markdown."""
    if isinstance(node, Items):
        return "\n".join(as_item(text) for each in node.nodes if (text := _item(each)))
    if isinstance(node, Pairs):
        return "\n".join(as_item(_entry(*pair)) for pair in node.pairs)
    return value(node).strip()


def _item(node: Node) -> str:
    """One item of a list: `- Note: so` is a text that looks like a mapping."""
    if isinstance(node, Pairs) and len(node.pairs) == 1:
        return _entry(*node.pairs[0])
    return node.text.strip() if isinstance(node, Scalar) else prose(node)


def _entry(key: Scalar, node: Node) -> str:
    text = prose(node)
    return f"{key.text}:\n{text}" if text.startswith("- ") else f"{key.text}: {text}".rstrip()


def tags_of(node: Node | None) -> tuple[str, ...]:
    """Tags from a list, or from a text with commas or blanks between them."""
    found = texts(node)
    if isinstance(node, Scalar):
        text = value(node).strip("[] ")
        found = text.split(",") if "," in text else text.split()
    return tuple(tag for text in found if (tag := one_line(text).strip("#, \"'")))


def sources_of(keys: Mapping[str, Node]) -> tuple[str, ...]:
    """Where a card is from: texts, or mappings with a label and an address."""
    return tuple(text for name in SOURCES for text in _sources(keys.get(name)) if text)


def _sources(node: Node | None) -> Iterator[str]:
    if isinstance(node, Pairs):
        keys = by_key(node)
        label = first_text(keys, ("label", "title", "name", "text"))
        yield one_line(f"{label} {first_text(keys, ('url', 'link', 'href', 'doi', 'path'))}")
    elif isinstance(node, Items):
        for inner in node.nodes:
            yield from _sources(inner)
    elif node is not None:
        yield one_line(value(node))


def one_line(text: str) -> str:
    return " ".join(CONTROL.sub(" ", text).split())
