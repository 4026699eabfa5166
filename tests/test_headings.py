"""Cards that are headings: mdanki, markdown-anki-decks, flashdown and hascard."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cards import face
from decks.cloze import gap_keys
from decks.dialects.base import DeckText, Signs
from decks.dialects.headings import DIALECT
from decks.lines import split
from decks.model import CARD, NoteKind, Parsed


def read(text: str, level: str = "") -> Parsed:
    return DIALECT.parse(DeckText(text, "a.md", "a.md", "a", option=level))


def sides(text: str, level: str = "") -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in read(text, level).notes]


def test_mdanki_has_a_title_long_fronts_and_tags() -> None:
    text = (
        "# Nested\n\nintro\n\n## Group\n### Sub\n\nback\n\n## YAGNI ##\n\nDescribe it.\n\n%\n\n"
        "You are\nnot gonna\n\n```sh\n## no card\n%\n```\n\n[#algorithms](x.md) [#binary tree]()\n"
    )
    first, second = read(text).notes
    assert (first.front, first.back, first.deck) == ("Group", "### Sub\n\nback", "Nested")
    assert second.front == "YAGNI\n\nDescribe it."
    assert second.back == "You are\nnot gonna\n\n```sh\n## no card\n%\n```"
    assert second.tags == ("algorithms", "binary_tree")
    assert read(text).fates == "pppp" + "cccc" + "p" + "c" * 15
    assert DIALECT.signs(DeckText(text, "a", "a", "a")).cards == 1


def test_markdown_anki_decks_may_ask_for_gaps_in_headings() -> None:
    (note,) = read("## In {{c1::Canberra::city}} since 1913\n\nmore\n").notes
    assert (note.kind, note.why, gap_keys(note.front)) == (NoteKind.CLOZE, "more", ("c1",))
    problems = read('## q\na\n\n<h2 markdown="block">\n').problems
    assert [problem.message for problem in problems] == ["a question in HTML: not read"]


@pytest.mark.parametrize(
    ("text", "level", "fronts"),
    [
        ("# T\n## a\nx\n## b\ny\n", "", ["a", "b"]),
        ("## a\nx\n### c\nz\n## b\ny\n", "", ["a", "b"]),
        ("### a\nx\n### b\ny\n", "", ["a", "b"]),
        ("# a\nx\n# b\ny\n## c\nz\n", "", ["a", "b"]),
        ("# A\n## a\nx\n# B\n\n## b\ny\n", "", ["a", "b"]),
        ("# T\n## S\n### a\nx\n## S2\n### b\ny\n", "3", ["a", "b"]),
        ("# T\n## S\n### a\nx\n", "1", ["T"]),
        ("# T\nonly prose\n", "", []),
        ("", "", []),
    ],
)
def test_the_level_is_the_one_asked_for_or_is_found(
    text: str, level: str, fronts: list[str]
) -> None:
    assert [front for front, _ in sides(text, level)] == fronts


def test_a_level_that_is_none_is_told() -> None:
    assert [one.message for one in read("## a\nb\n", "x").problems] == ["no level of headings: x"]


def test_several_titles_are_decks_below_that_of_the_file() -> None:
    notes = read("# A\n## a\nx\n# B\n## b\ny\n").notes
    assert [note.deck for note in notes] == ["a::A", "a::B"]


def test_a_heading_without_text_is_a_section_unless_it_asks() -> None:
    parsed = read("## Section\n\n## Why?\n## a\nb\n")
    assert [problem.message for problem in parsed.problems] == ["question without an answer"]
    assert parsed.fates == "ppscc"


def test_equal_questions_get_the_headings_above() -> None:
    assert sides("# A\n## Pros\nx\n# B\n## Pros\ny\n") == [("A > Pros", "x"), ("B > Pros", "y")]


def test_hascard_has_five_types_of_cards() -> None:
    text = (
        "# Word\nDefinition\n---\n# MC\n![](p.png)\n- c1\n* c2\n- c3\n---\n# MA\n[*] o1\n"
        "[ ] o2\n[x] o3\n\n---\n\n# Fill\nThe _Euro_ of the _EU|European Union_, snake_case_name.\n"
        "---\n# Order\n3. c\n1. a\n2. b\n"
    )
    word, choice, boxes, fill, order = read(text).notes
    assert (word.front, word.back) == ("Word", "Definition")
    assert (choice.front, choice.back) == ("MC\n\n![](p.png)\n\n- c1\n- c2\n- c3", "c2")
    assert (boxes.front, boxes.back) == ("MA\n\n- o1\n- o2\n- o3", "- o1\n- o3")
    asked = "Fill\n\nThe [...] of the [...], snake_case_name."
    assert face(fill.kind, fill.front, fill.back, "c1").front == asked
    assert (order.front, order.back) == ("Order\n\n- c\n- a\n- b", "1. a\n2. b\n3. c")


def test_an_answer_of_hascard_that_is_only_a_list_stays_one() -> None:
    assert sides("# A\n* x\n* y\n---\n# B\n1. x\n2. y\n") == [
        ("A", "* x\n* y"),
        ("B", "1. x\n2. y"),
    ]


def test_prose_shows_no_signs() -> None:
    assert (
        DIALECT.signs(DeckText("# T\n## a\nb [#x] c\n[#12](x)\n```\n[#t]()\n```\n", "a", "a", "a"))
        == Signs()
    )


BODY = st.lists(
    st.sampled_from(
        ["text", "- a\n- b", "```\n## c\n\n%\n```", "#### d", "| a |\n|---|", "<!--\n## x\n-->"]
    ),
    min_size=1,
    max_size=3,
).map("\n\n".join)  # fmt: skip
TITLE = st.text(st.sampled_from("abc :#%*"), max_size=8).map(lambda text: f"t{text}x")


@settings(max_examples=40)
@given(st.lists(st.tuples(TITLE, BODY), max_size=5), st.integers(1, 3), st.booleans())
def test_what_is_written_in_the_format_is_read_back(
    cards: list[tuple[str, str]], level: int, windows: bool
) -> None:
    marks = "#" * level
    wanted = [(f"{front} {at}", back) for at, (front, back) in enumerate(cards)]
    text = "prose\n\n" + "".join(f"{marks} {front}\n\n{back}\n\n" for front, back in wanted)
    parsed = read(text.replace("\n", "\r\n") if windows else text, str(level))
    assert [(note.front, note.back) for note in parsed.notes] == wanted
    held = [line for line, fate in zip(split(text), parsed.fates, strict=True) if fate != CARD]
    assert set(held) <= {"", "prose"}


PIECES = st.sampled_from(
    ["# a", "## b", "### c?", "%", "---", "[#t]()", "- x", "* y", "[*] z", "1. a", "3. b", "_g_",
     "```", "<!--", "-->", "", "{{c1::x}}", "## {{c1::x", "text", "\ud800", "<h2>"]
)  # fmt: skip


@settings(max_examples=120)
@given(
    st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map("\n".join)),
    st.text(max_size=2),
)
def test_any_text_is_accounted_for(text: str, level: str) -> None:
    parsed = read(text, level)
    assert len(parsed.fates) == len(split(text))
    assert all(parsed.fates[note.place.line - 1] == CARD for note in parsed.notes)
    DIALECT.signs(DeckText(text, "a", "a", "a"))


def test_a_number_beside_a_tag_makes_no_line_of_tags() -> None:
    """Python before 3.11.4 gets possessive groups around a lookahead wrong."""
    parsed = read("# D\n\n## q\n\na\n\n[#t]() [#12]\n", "2")
    assert parsed.notes[0].back.endswith("[#12]")
    assert parsed.notes[0].tags == ()
