"""The page on writing cards: each of its examples makes what the page says, and reads as meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from decks import Note, card_keys, face, read
from decks.estimates.drawing import count, draw
from decks.estimates.judging import AGAIN, GOOD, judged
from decks.estimates.wording import filled
from decks.render import render
from tests.documented import HELP, blocks

PAGE = HELP / "cards.md"
_EXAMPLE = re.compile(r"^(`{3,})markdown\n(.*?)^\1\n\n(\d+) notes?, (\d+) cards?[.:]", re.S | re.M)


def examples() -> Iterator[tuple[str, int, int]]:
    """The examples of the page with the numbers of notes and cards that it states below them."""
    for _, text, notes, cards in _EXAMPLE.findall(PAGE.read_text()):
        yield text, int(notes), int(cards)


EXAMPLES = list(examples())


@pytest.fixture
def notes(tmp_path: Path) -> list[list[Note]]:
    """The notes of each example, read from files beside which its pictures lie."""
    (tmp_path / "curves").mkdir()
    (tmp_path / "curves/loss.png").touch()
    (tmp_path / "explained.mp3").touch()
    found = []
    for number, (text, _, _) in enumerate(EXAMPLES):
        path = tmp_path / f"{number}.md"
        path.write_text(text)
        (loaded,) = read([path])
        assert loaded.parsed.problems == (), text
        found.append(list(loaded.parsed.notes))
    return found


def cards(note: Note) -> list[tuple[str, str]]:
    keys = card_keys(note.kind.value, note.front)
    return [tuple(face(note.kind.value, note.front, note.back, key)) for key in keys]


def test_every_example_states_its_numbers() -> None:
    shown = [block.text for block in blocks(PAGE) if block.language == "markdown"]
    assert [text for text, _, _ in EXAMPLES] == shown


def test_every_example_makes_what_is_stated(notes: list[list[Note]]) -> None:
    made = [(len(found), sum(len(cards(note)) for note in found)) for found in notes]
    assert made == [(count, total) for _, count, total in EXAMPLES]


def test_every_example_reads_as_the_page_says(notes: list[list[Note]]) -> None:
    (first, code, gaps, lines, whys, pictures, yaml, toml, decks, concepts, estimates,
     comments) = notes  # fmt: skip
    assert cards(first[1])[1] == (
        "A Bloom filter may report a false positive, but has no [...].",
        "A Bloom filter may report a false positive, but has no **false negatives**.",
    )
    assert "return cache.get(key)" in code[0].front
    assert "hit rate" in code[0].back
    assert [front for front, _ in cards(gaps[0])] == [
        "A rollout runs [...] first, then canary, then everyone.",
        "A rollout runs shadow first, then [...], then everyone.",
        "A rollout runs shadow first, then canary, then [...].",
    ]
    of_age, keyed_by, numbered = (front for front, _ in cards(gaps[1]))
    assert "keeps [of what age?] of each entity, and" in of_age
    assert "of each [keyed by what?], and" in keyed_by
    assert numbered.endswith("\n[which access?] cost [how long?].")
    assert [note.kind for note in lines] == ["basic", "reversed"]
    assert (whys[0].why[:15], whys[0].flip[:11]) == ("By arrival time", "If a dashbo")
    assert len(whys[0].variants) == 1
    assert pictures[0].back == "Convergence. ![[explained.mp3]]"
    assert (yaml[0].deck, yaml[0].tags) == ("Serving::Caches", ("serving", "latency"))
    assert (yaml[0].sources, yaml[0].as_of) == (("feast-docs",), "2026-03")
    assert (toml[0].deck, toml[0].tags) == ("Serving: caches", ("serving", "latency"))
    assert [note.deck for note in decks] == ["Serving", "Release"]
    assert [note.id for note in concepts] == ["latest-values", "cold-user-cache"]
    assert {note.concept for note in concepts} == {"online-store"}
    assert concepts[1].type == "what-breaks"
    (sum_,) = estimates
    assert sum_.estimate is not None
    assert (sum_.id, sum_.type, count(sum_.estimate)) == ("cache-size", "estimate", 6)
    assert filled(sum_.why, sum_.estimate, draw(sum_.estimate, 1)).endswith(
        "10,000,000 times as much."
    )
    assert judged("160 GB", sum_.estimate, draw(sum_.estimate, 0)).rating == AGAIN
    assert judged("16 GB", sum_.estimate, draw(sum_.estimate, 0)).rating == GOOD
    assert comments[0].back == "Messages that no consumer could process."


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_written_as_a_person_wrote_it(
    notes: list[list[Note]], number: int
) -> None:
    """Rendering finds the notes' own words again, if not the prose between them."""
    found = groupby(notes[number], attrgetter("deck"))
    written = "\n".join(render(list(some)) for _, some in found)
    for line in EXAMPLES[number][0].splitlines():
        if line.startswith(("Q:", "A:", "C:", "Why:", "Flip:", "Variant:", "##", "> ")):
            assert line.partition(" ^")[0] in written.splitlines()
