"""Notes of repeater: tagged cards among prose, and cards of one line."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cards import card_keys
from decks.dialects.base import NO_SIGNS, DeckText
from decks.dialects.repeater import DIALECT
from decks.lines import split
from decks.model import Parsed, Severity

QUICK = settings(max_examples=200)


def parse(text: str) -> Parsed:
    parsed = DIALECT.parse(DeckText(text, "notes/f.md", "f.md", "f"))
    assert len(parsed.fates) == len(split(text))
    return parsed


def deck(text: str) -> Parsed:
    return parse(dedent(text).strip("\n"))


def sides(parsed: Parsed) -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in parsed.notes]


def errors(parsed: Parsed) -> list[tuple[int, str]]:
    found = (one for one in parsed.problems if one.severity is Severity.ERROR)
    return [(problem.place.line, problem.message) for problem in found]


def test_cards_among_notes() -> None:
    parsed = deck("""
        # Physics

        Some notes, with a [link](x).

        What is Coulomb's constant?::The proportionality constant of the electric force.
        - **ATP**::adenosine triphosphate
        hola::hello

        Q: List the SI base units.
        A: meter (m)
        kilogram (kg)

          second::(s)

        ---

        c::300,000 km/s
        C:
        Region: [`us-east-2`]

        Location: [Ohio]
        Q: Next?
        A: Closed the one above.
    """)
    assert sides(parsed) == [
        (
            "What is Coulomb's constant?",
            "The proportionality constant of the electric force.",
        ),
        ("**ATP**", "adenosine triphosphate"),
        ("hola", "hello"),
        ("List the SI base units.", "meter (m)\nkilogram (kg)\n\n  second::(s)"),
        ("c", "300,000 km/s"),
        ("Region: [`us-east-2`]\n\nLocation: [Ohio]", ""),
        ("Next?", "Closed the one above."),
    ]
    assert len(card_keys("cloze", parsed.notes[5].front)) == 2
    assert not parsed.problems
    assert parsed.fates.count("p") == 8


@pytest.mark.parametrize(
    "line",
    [
        "Use std::vector for lists.",
        "listens on [::1]",
        "`a::b`",
        "$a::b$",
        "| a::b | c |",
        "> a::b",
        "# a::b",
        "key:: value",
        "a:::b",
        "::b",
        "a::",
        "<!-- a::b -->",
        "```\na::b\n```",
    ],
)
def test_colons_that_are_no_card(line: str) -> None:
    assert parse(line) == Parsed((), (), "p" * len(split(line)))


@pytest.mark.parametrize("line", ["a b:: c", "a ::b", "a :: b", "map::std::map", "What is x?:: y"])
def test_colons_that_are_a_card(line: str) -> None:
    assert len(parse(line).notes) == 1


def test_code_tables_and_indented_rules_are_kept_whole() -> None:
    body = "```yaml\n---\nQ: x\n```\n\na|b\n---|---\n1|2\n\n  ---\n    indented"
    assert sides(parse(f"Q: a\nA: {body}\n----\nwords\n")) == [("a", body)]


def test_an_indented_answer_counts_where_there_is_no_other() -> None:
    assert sides(parse("Q: a\n  A: b\nc\n\nQ: d\n  A: e\n  B: f\nA: g")) == [
        ("a", "b\nc"),
        ("d\n  A: e\n  B: f", "g"),
    ]


def test_no_answer_is_lost_where_there_are_two() -> None:
    parsed = parse("Q: a\nA: b\nA: c")
    assert sides(parsed) == [("a", "b\nA: c")]
    assert [problem.severity for problem in parsed.problems] == [Severity.NOTE]


def test_what_stops_the_original_costs_only_itself() -> None:
    parsed = parse("Q: a\nA:\nQ: b\n---\nC: none\nC: []\nC: half [good\nx::y\n---\nx::y")
    assert errors(parsed) == [
        (1, "empty answer"),
        (3, "question without an answer"),
        (5, "cloze card without a gap"),
        (6, "cloze card without a gap"),
        (7, "cloze card without a gap"),
    ]
    assert sides(parsed) == [("x", "y")]


def test_headings_and_comments_between_cards_are_prose() -> None:
    parsed = parse("Q: a\nA: b\n\n## Part\n<!-- c -->\n\nQ: c\nA: d\n")
    assert sides(parsed) == [("a", "b"), ("c", "d")]
    assert parsed.fates == "ccppppcc"


def signs(text: str) -> int:
    return DIALECT.signs(DeckText(text, "f.md", "f.md", "f")).cards


def test_signs_are_tight_lines_beside_tagged_cards() -> None:
    assert signs("a::b\nc d::e\nQ: a\nA: b\n\nx::y\n") == 2
    for text in (
        "Q: a\nA: b\n\nc :: d\n",
        "a::b\nc::d\n",
        "#flashcards\na::b\n\nQ: c\n",
        "Q: a\nA: std::vector\n",
        "Words on std::vector.\n\nQ: a\nA: b\n",
        "`a::b`\n\nC: [x]\n",
        "Q: a\nA: b\n\n<!-- next deck file -->\n---\ndeck: A::B\n---\n\nQ: c\nA: d\n",
        "",
    ):
        assert DIALECT.signs(DeckText(text, "f.md", "f.md", "f")) == NO_SIGNS, text


_LINE = st.one_of(
    st.sampled_from(
        ["a::b", "a b ::c", "Q: a", "A: b", "  A: c", "C: [x]", "---", "", "```", "# h", "q: x"]
    ),
    st.text(alphabet="QAC:[]`-#<> \ta", max_size=8),
)


@QUICK
@given(st.one_of(st.lists(_LINE, max_size=12).map("\n".join), st.text(max_size=40)))
def test_any_text_is_read_and_accounted_for(text: str) -> None:
    parsed = parse(text)
    assert set(parsed.fates) <= set("cps")
    assert all(parsed.fates[note.place.line - 1] == "c" for note in parsed.notes)
    assert "s" not in parsed.fates or parsed.problems


_WORD = st.text(alphabet="abé", min_size=1, max_size=5)


@QUICK
@given(st.lists(st.tuples(_WORD, _WORD, st.booleans()), max_size=6, unique_by=lambda card: card[0]))
def test_what_is_written_is_what_is_read(cards: list[tuple[str, str, bool]]) -> None:
    lines = [f"{a}::{b}" if tight else f"Q: {a}\nA: {b}\n---" for a, b, tight in cards]
    parsed = parse("\n".join(lines))
    assert sides(parsed) == [(a, b) for a, b, _ in cards]
    assert not parsed.problems
