"""The curriculum and its sources."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest

from decks.concepts import (
    Concept,
    Source,
    acronyms_in,
    load_concepts,
    load_glossary,
    load_sources,
    read_concepts,
    read_glossary,
    read_sources,
)
from decks.errors import DataError

# Names that look like acronyms and stand for nothing longer.
NAMES = {"HyperLogLog"}
LOCATOR = re.compile(
    r"DOI 10\.\d{4,9}/\S+|arXiv \d{4}\.\d{4,5}|ISBN 97[89]\d{10}|CELEX \w+|MSR-TR-\d{4}-\d+"
    r"|UW-Madison CS TR 1648|[a-z0-9.-]+\.[a-z]{2,}(?:/[\w/.-]+)?"
)
SOURCES = "s1 | A title | 2017 | Somebody | KDD | arXiv 1\ns2 | Another | n.d. | Else | blog |"


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
        read_sources(f"{SOURCES}\ns1 | Twice | 2017 | X | Y |")


def test_the_curriculum_of_the_package_is_sound() -> None:
    concepts, sources = load_concepts(), load_sources()
    assert len({concept.deck for concept in concepts.values()}) == 15
    assert [c.deck for c in concepts.values()] == sorted(c.deck for c in concepts.values())
    assert all(concept.title and concept.sources for concept in concepts.values())
    assert all(all(source[:-1]) for source in sources.values())  # only the locator may be missing
    assert concepts["two-stage-retrieval"].deck == "07-retrieval-ranking"
    assert "no-such-concept" not in concepts


def test_the_package_has_every_prerequisite_before_what_builds_on_it() -> None:
    concepts = load_concepts()
    order = concepts.in_learning_order()
    assert sorted(order) == sorted(concepts)
    places = {slug: place for place, slug in enumerate(order)}
    late = [(a, b) for a in concepts for b in concepts[a].prerequisites if places[b] > places[a]]
    assert late == []


def test_the_columns_of_a_source_are_told_apart() -> None:
    source = read_sources(SOURCES)["s1"]
    assert source == Source("s1", "A title", "2017", "Somebody", "KDD", "arXiv 1")
    assert read_sources(SOURCES)["s2"].locator == ""


def test_the_sources_of_the_package_say_where_they_are() -> None:
    sources = load_sources()
    located = {key: source.locator for key, source in sources.items() if source.locator}
    assert [at for at in located.values() if not LOCATOR.fullmatch(at)] == []
    assert sources.keys() == located.keys()
    assert [at for at in located.values() if at.startswith("ISBN") and not is_isbn(at[5:])] == []
    years = {source.year for source in sources.values()}
    assert all(year.isdigit() or year in ("living", "n.d.") for year in years)
    whole = sources["sculley2015"]
    assert (whole.authors, whole.venue) == ("Sculley et al.", "NeurIPS")
    assert not any(", " in source.authors and "&" not in source.authors
                   for source in sources.values())  # fmt: skip


def is_isbn(digits: str) -> bool:
    return sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10 == 0


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# acronym\nAUC | area\nAUC | again", 3, "acronym AUC again"),
        ("AUC |", 1, "acronym AUC without a meaning"),
        ("ROC | curve\n | nothing", 2, "the first column is blank"),
        ("AUC | a | b", 1, "expected 2 columns, found 3"),
        ("AUC", 1, "expected 2 columns, found 1"),
    ],
)
def test_an_unsound_glossary_is_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_glossary(text)
    assert caught.value.message == message
    assert (caught.value.path, caught.value.line) == ("builtin/glossary.psv", line)


def test_the_glossary_explains_the_acronyms_in_the_titles_of_concepts() -> None:
    glossary = load_glossary()
    titles = [concept.title for concept in load_concepts().values()]
    words = {word for title in titles for word in re.findall(r"[A-Za-z0-9]+", title)}
    short = {word for word in words if len(re.findall("[A-Z]", word)) > 1} - NAMES
    assert {word for word in short if not acronyms_in([word], glossary)} == set()
    assert len(glossary) >= 150


def test_acronyms_are_found_as_words() -> None:
    glossary = {"AUC": "area", "PR": "precision-recall", "PR-AUC": "both", "GPU": "chip", "KV": "k"}
    assert list(acronyms_in(["AUCTION, PRO, gpu"], glossary)) == []
    assert list(acronyms_in(["GPUs and KV-cache.", "(AUC)"], glossary)) == ["AUC", "GPU", "KV"]
    assert list(acronyms_in(["PR-AUC"], glossary)) == ["PR-AUC"]
    assert acronyms_in(["PR/AUC"], glossary) == {"AUC": "area", "PR": "precision-recall"}
