"""The curriculum and its sources."""

from __future__ import annotations

from textwrap import dedent

import pytest

from decks.concepts import Concept, load_concepts, load_sources, read_concepts, read_sources
from decks.errors import DataError

SOURCES = "s1 | A title | 2017 | Somebody | arXiv 1\ns2 | Another | n.d. | Else |"


def deck(text: str) -> dict[str, Concept]:
    return dict(read_concepts(dedent(text).strip("\n"), read_sources(SOURCES)))


def test_a_curriculum_keeps_its_order() -> None:
    concepts = deck("""
        # deck | slug | title | prerequisites | sources | level
        01-x | b | Bee | - | s1 | M

        01-x | a | Ay | b | s1,s2 | T
        """)
    assert list(concepts) == ["b", "a"]
    assert concepts["a"] == Concept("a", "Ay", ("b",), "T", ("s1", "s2"), "01-x")


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ("d | a | A | - | s1 | M\nd | a | A | - | s1 | M", 2, "concept a again"),
        ("d | a | A | z | s1 | M", 1, "a builds on z, which is not a concept"),
        ("d | a | A | - | s9 | M", 1, "a cites s9, which is not a source"),
        ("d | a | A | - | s1 | X", 1, "a has level X, not one of M, S, T"),
        ("# x\nd | a | A | - | s1", 2, "expected 6 columns, found 5"),
        ("d | a | A | a | s1 | M", 1, "concepts build on each other: a -> a"),
    ],
)
def test_an_unsound_curriculum_is_refused(rows: str, line: int, message: str) -> None:
    with pytest.raises(DataError) as caught:
        deck(rows)
    assert caught.value.message == message
    assert (caught.value.path, caught.value.line) == ("builtin/concepts.psv", line)


def test_a_longer_circle_is_refused() -> None:
    with pytest.raises(DataError, match="concepts build on each other"):
        deck("d | a | A | b | s1 | M\nd | b | B | c | s1 | M\nd | c | C | a | s1 | M")


def test_a_source_comes_once() -> None:
    with pytest.raises(DataError, match="source s1 again"):
        read_sources(f"{SOURCES}\ns1 | Twice | 2017 | X |")


def test_the_curriculum_of_the_package_is_sound() -> None:
    concepts, sources = load_concepts(), load_sources()
    assert len({concept.deck for concept in concepts.values()}) == 15
    assert [c.deck for c in concepts.values()] == sorted(c.deck for c in concepts.values())
    assert all(concept.title and concept.sources for concept in concepts.values())
    assert all(source.title and source.year and source.who for source in sources.values())
    assert concepts["two-stage-retrieval"].deck == "07-retrieval-ranking"
    assert "no-such-concept" not in concepts
