"""flashcards-obsidian: its marks, and where its answers end in either version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cloze import find_gaps, gap_keys
from decks.dialects.base import DeckText, Signs
from decks.dialects.flashcards_obsidian import DIALECT
from decks.lines import split
from decks.model import CARD, NoteKind, Parsed


def read(text: str, around: object = None) -> Parsed:
    return DIALECT.parse(DeckText(text, "a.md", "a.md", "a", around=around))


def sides(text: str) -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in read(text).notes]


def test_a_heading_asks_for_its_section_up_to_the_next_card() -> None:
    text = (
        "---\ntags: demo, car\ncards-deck: Knowledge::Demo\n---\n\n# Car #card\n\nA vehicle.\n\n"
        "- wheels\n- seats\n\n### Detail\nmore\n\n## Brakes #card #part\nStop it.\n\n"
        "---\n\n## Else\nprose\n"
    )
    first, second = read(text).notes
    assert (first.front, first.back) == (
        "Car",
        "A vehicle.\n\n- wheels\n- seats\n\n### Detail\nmore",
    )
    assert (second.back, second.deck) == ("Stop it.", "Knowledge::Demo")
    assert second.tags == ("demo", "car", "part")
    assert read(text).fates == "ppppp" + "ccccccccc" + "p" + "cc" + "ppppp"


@pytest.mark.parametrize(
    "answer",
    [
        "One.",
        "One.\nTwo.",
        "- a\n- b",
        "- a\n\n  more\n\n- b",
        "```py\nx\n\n# y #card\n```",
        "> quoted",
    ],
)
def test_a_paragraph_asks_for_the_block_below_it(answer: str) -> None:
    assert sides(f"What is X? #card\n\n{answer}\n\nNot part of it.") == [("What is X?", answer)]
    assert sides(f"What is X? #card\n{answer}") == [("What is X?", answer)]


def test_cards_side_by_side_do_not_swallow_each_other() -> None:
    assert sides("Q1 #card\nA1\nQ2 #card\nA2") == [("Q1", "A1"), ("Q2", "A2")]
    assert sides("## F #card\nfirst\n\nSecond #card\nanswer") == [
        ("F", "first"),
        ("Second", "answer"),
    ]


def test_the_mark_may_stand_alone_below_the_question() -> None:
    assert sides("Two\nlines\n#card\nL1\nL2\n\nno") == [("Two\nlines", "L1\nL2")]
    text = "## Mito\n\n#card-reverse\n\nPower.\n\n### Detail\n\nATP\n\n## Next\nno"
    (note,) = read(text).notes
    assert (note.kind, note.back) == (NoteKind.REVERSED, "Power.\n\n### Detail\n\nATP")


@pytest.mark.parametrize("mark", ["#card-reverse", "#card/reverse", "#CARD-reverse"])
def test_reversed_marks(mark: str) -> None:
    assert read(f"q {mark}\na").notes[0].kind is NoteKind.REVERSED


def test_an_id_of_version_1_ends_the_answer() -> None:
    text = (
        "## T #card\ndef\n^1607361487244\n\nprose of the section\n\nfoo::bar\n^1607361487245\n\n"
        "Q #card\none\n\ntwo ^1607361487246\n\nprose\n\n^1607361487247\n"
    )
    parsed = read(text)
    assert sides(text) == [("T", "def"), ("foo", "bar"), ("Q", "one\n\ntwo")]
    assert [note.id[-1] for note in parsed.notes] == ["4", "5", "6"]
    assert parsed.notes[0].id == "anki-note-1607361487244"
    assert parsed.fates == "cccpppccp" + "cccc" + "pppp"


def test_an_id_of_version_1_belongs_to_what_stands_above_it() -> None:
    assert sides("## Topic #card\ndef\n\nfoo::bar\n^1607361487245\n") == [
        ("Topic", "def"),
        ("foo", "bar"),
    ]
    assert sides("Q #card\none\n\nprose\n\n^1607361487247\n") == [("Q", "one")]


def test_a_mark_below_a_heading_takes_it_whatever_it_holds() -> None:
    assert sides("## a::b\n#card\nanswer\n") == [("a::b", "answer")]


def test_an_anchor_of_version_2_ends_a_section() -> None:
    assert sides("## T #card\na\n\nb\n^q-abcd\n\nprose\n") == [("T", "a\n\nb")]
    assert sides("T #card\na\n\nb\n^\n\nprose\n") == [("T", "a\n\nb")]


def test_a_mark_in_quotes_code_or_within_a_sentence_is_text() -> None:
    assert not read("> q #card\n> a\n\n`#card`\n\n```\nq #card\na\n```\n\nuse #card here\n").notes
    assert sides("How? #card\nWrite #card here.") == [("How?", "Write #card here.")]


def test_empty_answers_and_reminders_are_reported() -> None:
    parsed = read("## Why? #card\n## Next\ntext\n\nquote #card-spaced\n")
    assert [(one.place.line, one.message) for one in parsed.problems] == [
        (1, "empty answer"),
        (5, "a reminder without an answer (#card-spaced)"),
    ]
    assert parsed.fates == "sppps"


@pytest.mark.parametrize("between", ["::", ":: ", " ::", " :: "])
def test_cards_of_one_line(between: str) -> None:
    assert sides(f"My question{between}My answer") == [("My question", "My answer")]
    assert sides(f"- [ ] My question{between}My answer #tag") == [("My question", "My answer")]
    assert read(f"- a{between.replace('::', ':::')}b ^q-abcd").notes[0].kind is NoteKind.REVERSED


@pytest.mark.parametrize(
    "line",
    ["use std::vector here", "`a::b`", "| a :: b | c |", "> a:: b", "tags:: x", "key::", "::x",
     "call Foo::bar() twice", "a::b::c", "[l](x::y)", "$a::b$", "<!-- a::b -->", "::::"],
)  # fmt: skip
def test_other_colons_are_prose(line: str) -> None:
    parsed = read(line)
    assert (parsed.notes, parsed.fates) == ((), "p")


def test_an_item_owns_what_is_below_it_unless_that_is_a_card() -> None:
    assert sides("- Q::\n    - a\n    - b\n- R::c\n  more\n") == [
        ("Q", "- a\n- b"),
        ("R", "c\nmore"),
    ]
    assert sides("- Q::a\n    - R::b\n    - text\n") == [("Q", "a"), ("R", "b")]


def test_deletions_of_version_2_are_asked_one_by_one() -> None:
    (note,) = read("The ==heart== pumps ==blood== `==x==` [no].").notes
    assert [gap.text for gap in find_gaps(note.front)] == ["heart", "blood"]
    assert len(gap_keys(note.front)) == 2
    (note,) = read("The {1:heart} and {1:lungs} {2:x} {no}").notes
    assert gap_keys(note.front) == ("c1", "c2")
    assert gap_keys(read("The {{c1::mito::hint}} is").notes[0].front) == ("c1",)


def test_deletions_of_version_1_are_asked_at_once_and_may_be_braces() -> None:
    (note,) = read("a ==b== {c} $x_{i}$\n^1607361487248\n").notes
    assert gap_keys(note.front) == ("c1",)
    assert [gap.text for gap in find_gaps(note.front)] == ["b", "c"]


def test_a_card_of_version_1_in_a_place_of_no_card_is_reported() -> None:
    parsed = read(
        "> a::b\n^1607361487248\n\nquote #card-spaced\n^1607361487249\n\n^1607361487240\n"
    )
    assert len(parsed.problems) == 2
    assert parsed.fates == "sspsspp"


def test_fences_and_callouts_hold_cards() -> None:
    text = (
        "```flashcard\nfront: What\nback: Ad\n\nmore\ntype: reversed\n```\n^q-abcd\n\n"
        "> [!CARD] : Why?\n> A\n>\n> B\n^q-abce\n\n```flashcard\nfront: no back\n```\n"
    )
    first, second = read(text).notes
    assert (first.kind, first.back) == (NoteKind.REVERSED, "Ad\n\nmore")
    assert (second.front, second.back) == ("Why?", "A\n\nB")
    assert [problem.message for problem in read(text).problems] == ["empty answer"]


def test_a_question_that_is_asked_twice_gets_its_headings() -> None:
    text = "# Java\n## Pros #card\na\n# Rust\n## Pros #card\nb\n## Cons #card\nc\n"
    assert sides(text) == [("Java > Pros", "a"), ("Rust > Pros", "b"), ("Cons", "c")]


def test_the_settings_of_the_vault_are_gone_by(tmp_path: Path) -> None:
    folder = tmp_path / ".obsidian" / "plugins" / "flashcards-obsidian"
    folder.mkdir(parents=True)
    (folder / "data.json").write_text(
        json.dumps(
            {"flashcardsTag": "flash", "inlineSeparator": ";;", "inlineSeparatorReverse": ";;;"}
        )
    )
    parsed = read(
        "q #flash\na\n\nx;;y\n\nu;;;v\n\nno #card\n\nno::no\n", DIALECT.look_around(str(tmp_path))
    )
    assert [(note.front, note.kind.value) for note in parsed.notes] == [
        ("q", "basic"), ("x", "basic"), ("u", "reversed"),
    ]  # fmt: skip


def test_only_its_own_marks_are_signs_of_it() -> None:
    signs = DIALECT.signs(DeckText("---\ncards-deck: X\n---\nq #card\na\n\na::b\n", "a", "a", "a"))
    assert signs.cards == 3
    for other in ("Q: a\nA: b\n", "a::b\n==c==\n#flashcards\n", "#cardio\n", "```\nq #card\n```\n"):
        assert DIALECT.signs(DeckText(other, "a", "a", "a")) == Signs()


WORDS = st.text(st.sampled_from("abc xyzÄ*-`"), max_size=10).map(lambda text: f"w{text}".strip())
ANSWER = st.lists(
    st.sampled_from(["text", "- item\n- item", "```\ncode\n\n# c\n```", "> q"]),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(WORDS, ANSWER, st.booleans()), max_size=5), st.booleans())
def test_what_is_written_in_the_format_is_read_back(
    cards: list[tuple[str, list[str], bool]], windows: bool
) -> None:
    wanted = [
        (f"{front} {at}", "\n\n".join(parts), ids) for at, (front, parts, ids) in enumerate(cards)
    ]
    text = "".join(
        f"# Prose\n\n## {front} #card\n\n{back}{f'{chr(10)}^q-abc{at}' * ids}\n\n"
        for at, (front, back, ids) in enumerate(wanted)
    )
    parsed = read(text.replace("\n", "\r\n") if windows else text)
    assert [(note.front, note.back) for note in parsed.notes] == [(f, b) for f, b, _ in wanted]
    assert not parsed.problems
    held = [line for line, fate in zip(split(text), parsed.fates, strict=True) if fate != CARD]
    assert set(held) <= {"", "# Prose"}


PIECES = st.sampled_from(
    ["# H #card", "## H", "q #card", "#card", "a::b", "- a:::b", "  - c", "==x==", "{1:y}", "{z}",
     "^1607361487248", "^q-abcd", "^", "```", "```flashcard", "front: x", "> [!CARD] : q", "> a",
     "", "---", "tags: x", "cards-deck: y", "test: t", "| a::b |", "$$",
     "q #card-spaced", "{{c1::x", "\ud800"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map("\n".join)))
def test_any_text_is_accounted_for(text: str) -> None:
    parsed = read(text)
    assert len(parsed.fates) == len(split(text))
    assert all(parsed.fates[note.place.line - 1] == CARD for note in parsed.notes)
    DIALECT.signs(DeckText(text, "a", "a", "a"))
