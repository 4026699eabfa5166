"""The lines above a deck."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.frontmatter import FrontMatter, clean_deck, read
from decks.model import Severity
from decks.parse import parse


def deck(text: str) -> FrontMatter:
    return read(dedent(text).strip("\n").split("\n"), "f.md")


def problems(front: FrontMatter) -> list[tuple[int, str, Severity]]:
    return [(p.place.line, p.message, p.severity) for p in front.problems]


def test_the_four_keys_in_dashes() -> None:
    front = deck("""
        ---
        deck: "Features: stores"
        tags: [mlsd, 'two words', #feast]

        # a comment
        sources:
          - feast-docs
          - "Huyen, ch. 5"
        as_of: 2026-01
        ---
        Q: not here
        """)
    assert front == FrontMatter(
        length=10,
        deck="Features: stores",
        tags=("mlsd", "two words", "feast"),
        sources=("feast-docs", "Huyen, ch. 5"),
        as_of="2026-01",
    )


def test_plus_signs_and_equals_signs_do_as_well() -> None:
    front = deck("""
        +++
        name = "Serving"
        tags = ["a", "b", "a"]
        source = Huyen, chapter 7
        +++
        """)
    assert (front.deck, front.tags, front.problems) == ("Serving", ("a", "b"), ())
    assert front.sources == ("Huyen, chapter 7",)


def test_foreign_keys_are_noted_with_all_that_hangs_below_them() -> None:
    front = deck("""
        ---
        aliases:
          - one
        author:
          name: x
        deck: D
        ---
        """)
    assert front.deck == "D"
    assert [(line, severity) for line, _, severity in problems(front)] == [
        (2, Severity.NOTE),
        (4, Severity.NOTE),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("just words", "not a `key: value` line"),
        ("- lone", "a list item without a list above it"),
        ("tags: [a, b", "tags cannot be read"),
        ("deck: 'open", "deck cannot be read"),
        ("deck: [a, b]", "deck takes one value"),
        ("deck: nul\0", "a character that is not text"),
    ],
)
def test_a_malformed_line_is_an_error_of_its_own(line: str, message: str) -> None:
    front = read(["---", line, "as_of: now", "---"], "f.md")
    assert problems(front) == [(2, message, Severity.ERROR)]
    assert (front.as_of, front.skipped) == ("now", (1,))


def test_a_key_given_twice_names_its_first_line() -> None:
    front = deck("""
        ---
        deck: A
        name: B
        ---
        """)
    assert problems(front) == [(3, "name again: it was given on line 2", Severity.ERROR)]
    assert front.deck == "A"


@pytest.mark.parametrize(
    "filler", [[], ["x"] * 60, ["source: " + "x" * 5000, "---"], ["Q: a", "A: b", "---"]]
)
def test_front_matter_that_does_not_close_is_reported_and_left_to_be_read(
    filler: list[str],
) -> None:
    text = "\n".join(["---", "deck: D", *filler, "", "Q: is it?", "A: it is"])
    parsed = parse(text, "f.md", "file")
    assert [(p.place.line, p.severity) for p in parsed.problems] == [(1, Severity.ERROR)]
    assert parsed.notes[-1].front == "is it?"
    assert parsed.lines.skipped == 1


def test_a_rule_above_the_first_card_opens_no_front_matter() -> None:
    parsed = parse("---\nQ: a\nA: b\n---\nQ: c\nA: d", "f.md", "file")
    assert [note.front for note in parsed.notes] == ["a", "c"]
    assert parsed.problems == ()


def test_only_the_first_line_opens_it() -> None:
    assert deck("\n\ntext\n---\ndeck: D\n---") == FrontMatter()


def test_a_deck_name_keeps_words_only() -> None:
    assert clean_deck(" a :: ::b\tc\x1b[0m:: ") == "a::b c [0m"
    assert clean_deck("../../x") == "../../x"


@given(st.lists(st.text(st.sampled_from("ab:=-[]'\", #\0\t+"), max_size=12), max_size=8))
def test_any_lines_can_be_read(lines: list[str]) -> None:
    front = read(["---", *lines, "---"], "f.md")
    assert 0 <= front.length <= len(lines) + 2
    assert all(0 < p.place.line <= len(lines) + 2 for p in front.problems)
    assert all(tag and tag == tag.strip() for tag in front.tags)
