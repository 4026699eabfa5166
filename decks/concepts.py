"""The curriculum: concepts, what each one builds on, the sources behind them, and acronyms."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from typing import NamedTuple

from decks.errors import DataError
from decks.prerequisites import ordered, preceded

LEVELS = ("M", "S", "T")  # mid, senior, staff
_WORD = re.compile(r"[A-Za-z0-9]+(?:[-/&][A-Za-z0-9]+)*")


class Source(NamedTuple):
    """A work that cards rest on."""

    key: str
    title: str
    year: str  # "2017"; "living" for pages that change, "n.d." where no date is given
    authors: str  # or who publishes it
    venue: str  # conference, journal, publisher, or what kind of page it is
    locator: str  # DOI, arXiv number, ISBN or site; may be empty


class Concept(NamedTuple):
    """A topic of the curriculum."""

    slug: str
    title: str
    prerequisites: tuple[str, ...]
    level: str  # one of LEVELS: from where on interviewers expect it
    sources: tuple[str, ...]  # keys of sources
    deck: str  # file name of its deck, without the suffix


class Concepts(Mapping[str, Concept]):
    """All concepts by slug, in curriculum order; prerequisites exist and never form a circle."""

    __slots__ = ("_by_slug",)

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._by_slug = {concept.slug: concept for concept in concepts}

    def __getitem__(self, slug: str) -> Concept:
        return self._by_slug[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_slug)

    def __len__(self) -> int:
        return len(self._by_slug)

    def in_learning_order(self, first: Container[str] = ()) -> tuple[str, ...]:
        """All slugs, each after those it builds on, otherwise in curriculum order.

        Concepts of the decks `first`, with what they build on, come before all others.
        """
        needs = {slug: concept.prerequisites for slug, concept in self._by_slug.items()}
        order = ordered(needs)
        ours = [slug for slug in order if self._by_slug[slug].deck in first]
        return preceded([*ours, *order], needs)


def deck_files() -> frozenset[str]:
    """Return the names of the deck files that come with the package, without the suffix."""
    files = (resources.files("decks") / "builtin").iterdir()
    return frozenset(f.name.removesuffix(".md") for f in files if f.name.endswith(".md"))


def load_sources() -> dict[str, Source]:
    """Return the bibliography by key. Raises DataError if it is not well formed."""
    return read_sources(_text("sources.psv"))


def load_concepts() -> Concepts:
    """Return the curriculum that comes with the package. Raises DataError if it is not sound."""
    return read_concepts(_text("concepts.psv"), load_sources())


def load_glossary() -> Mapping[str, str]:
    """Return what the acronyms of the field mean. Raises DataError if the table is not sound."""
    return read_glossary(_text("glossary.psv"))


def read_glossary(text: str) -> dict[str, str]:
    """Return the meanings of a table `acronym | meaning`; an acronym comes once, none is blank."""
    glossary: dict[str, str] = {}
    for line, (acronym, meaning) in _rows(text, "glossary.psv", 2):
        if acronym in glossary:
            raise _error("glossary.psv", line, f"acronym {acronym} again")
        if not meaning:
            raise _error("glossary.psv", line, f"acronym {acronym} without a meaning")
        glossary[acronym] = meaning
    return glossary


def acronyms_in(texts: Iterable[str], glossary: Mapping[str, str]) -> dict[str, str]:
    """Return those acronyms of the glossary that the texts use, with their meanings, by name.

    A plural counts (GPUs), and so do the parts of what hyphens and slashes join, unless the whole
    is in the glossary.
    """
    words = {word for text in texts for word in _WORD.findall(text)}
    found = {name for word in words for name in _named(word, glossary)}
    return {name: glossary[name] for name in sorted(found, key=lambda name: (name.lower(), name))}


def _named(word: str, glossary: Mapping[str, str]) -> Iterator[str]:
    for form in (word, word.removesuffix("s")):
        if form in glossary:
            yield form
            return
    if not word.isalnum():
        for part in re.split("[-/&]", word):
            yield from _named(part, glossary)


def read_sources(text: str) -> dict[str, Source]:
    """Return the sources of a table of the columns of `Source`; a key comes once."""
    sources: dict[str, Source] = {}
    for line, row in _rows(text, "sources.psv", len(Source._fields)):
        if row[0] in sources:
            raise _error("sources.psv", line, f"source {row[0]} again")
        sources[row[0]] = Source(*row)
    return sources


def read_concepts(text: str, sources: Mapping[str, Source]) -> Concepts:
    """Return the concepts of a table `deck | slug | title | prerequisites | sources | level`."""
    concepts: dict[str, Concept] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(text, "concepts.psv", len(Concept._fields)):
        deck, slug, title, prerequisites, keys, level = row
        if slug in concepts:
            raise _error("concepts.psv", line, f"concept {slug} again")
        concepts[slug] = Concept(slug, title, _list(prerequisites), level, _list(keys), deck)
        lines[slug] = line
    for concept in concepts.values():
        if wrong := _fault(concept, concepts, sources):
            raise _error("concepts.psv", lines[concept.slug], wrong)
    _refuse_circles(concepts, lines)
    return Concepts(tuple(concepts.values()))


def _fault(concept: Concept, concepts: Mapping[str, Concept], sources: Mapping[str, Source]) -> str:
    unknown = [slug for slug in concept.prerequisites if slug not in concepts]
    if unknown:
        return f"{concept.slug} builds on {unknown[0]}, which is not a concept"
    missing = [key for key in concept.sources if key not in sources]
    if missing:
        return f"{concept.slug} cites {missing[0]}, which is not a source"
    if concept.level not in LEVELS:
        return f"{concept.slug} has level {concept.level}, not one of {', '.join(LEVELS)}"
    return ""


def _refuse_circles(concepts: Mapping[str, Concept], lines: Mapping[str, int]) -> None:
    graph = {slug: concept.prerequisites for slug, concept in concepts.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        message = f"concepts build on each other: {' -> '.join(circle)}"
        raise _error("concepts.psv", lines[circle[0]], message) from None


def _rows(text: str, name: str, width: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(text.splitlines(), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) != width:
            raise _error(name, line, f"expected {width} columns, found {len(cells)}")
        if not cells[0]:
            raise _error(name, line, "the first column is blank")
        yield line, cells


def _list(cell: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in cell.split(",") if item.strip() not in ("", "-"))


def _error(name: str, line: int, message: str) -> DataError:
    return DataError(message, "reinstall the package", path=f"builtin/{name}", line=line)


def _text(name: str) -> str:
    return (resources.files("decks") / "builtin" / name).read_text(encoding="utf-8")
