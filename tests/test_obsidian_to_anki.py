"""Obsidian_to_Anki: notes between START and END, within a line, and what is reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cloze import find_gaps, gap_keys
from decks.dialects.base import DeckText, Signs
from decks.dialects.obsidian_to_anki import DIALECT
from decks.lines import split
from decks.model import CARD, Note, NoteKind, Parsed, Severity


def read(text: str, around: object = None) -> Parsed:
    return DIALECT.parse(DeckText(text, "a.md", "a.md", "a", around=around))


def only(text: str) -> Note:
    parsed = read(text)
    assert not parsed.problems
    (note,) = parsed.notes
    return note


def block(*lines: str) -> str:
    return "\n".join(["START", *lines, "END", ""])


def test_a_note_has_a_type_a_front_a_back_tags_and_an_id() -> None:
    note = only(
        "TARGET DECK: Maths::Algebra\nFILE TAGS: exam term-2\n\n"
        + block("Basic", "Two lines", "of question", "Back: the", "", "answer", "Tags: a b",
                "<!--ID: 1566052191670-->")
    )  # fmt: skip
    assert (note.front, note.back) == ("Two lines\nof question", "the\n\nanswer")
    assert (note.deck, note.tags) == ("Maths::Algebra", ("exam", "term-2", "a", "b"))
    assert note.id == "anki-note-1566052191670"
    assert note.place.line == 4


@pytest.mark.parametrize(
    "foot", [["ID: 1566052191670", "Tags: a"], ["Tags: a", "", "<!--ID: 1566052191670-->"]]
)
def test_id_and_tags_stand_at_the_end_in_either_order(foot: list[str]) -> None:
    note = only(block("Basic", "q", "Back: a", *foot))
    assert (note.back, note.tags, note.id) == ("a", ("a",), "anki-note-1566052191670")


def test_what_only_looks_like_an_id_stays_in_the_answer() -> None:
    assert only(block("Basic", "q", "Back: Compare the", "field with ID: 5 then")).back.endswith(
        "ID: 5 then"
    )


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("Basic (and reversed card)", NoteKind.REVERSED),
        ("Basic (type in the answer)", NoteKind.BASIC),
        ("Basic (optional reversed card)", NoteKind.BASIC),
    ],
)
def test_the_type_says_which_cards_there_are(kind: str, wanted: NoteKind) -> None:
    assert only(block(kind, "q", "Back: a")).kind is wanted


def test_an_optional_reversed_card_is_one_when_its_field_says_so() -> None:
    note = only(block("Basic (optional reversed card)", "q", "Back: a", "Add Reverse: y"))
    assert (note.kind, note.back) == (NoteKind.REVERSED, "a")


def test_of_another_type_the_first_field_is_the_front_and_the_others_keep_their_names() -> None:
    note = only(block("Concept", "Canary", "Meaning: a slice of traffic", "first", "Risk: low"))
    assert note.front == "Canary"
    assert note.back == "**Meaning:** a slice of traffic\nfirst\n\n**Risk:** low"


def test_end_inside_a_fence_does_not_end_the_note() -> None:
    note = only(block("Basic", "q", "Back:", "```", "END", "Back: no field", "```", "more"))
    assert note.back == "```\nEND\nBack: no field\n```\nmore"


def test_an_answer_may_begin_a_line_with_the_word() -> None:
    assert only(block("Basic", "q", "Back: a", "ENDPOINTS are served")).back.endswith("served")


def test_a_note_shown_in_a_fence_is_prose() -> None:
    parsed = read(
        "```\n" + block("Basic", "q", "Back: a") + "```\n\n`STARTI [Basic] q Back: a ENDI`\n"
    )
    assert (parsed.notes, parsed.problems, set(parsed.fates)) == ((), (), {"p"})


def test_a_note_without_an_end_swallows_neither_the_next_one_nor_prose() -> None:
    parsed = read("START\nBasic\nlost\n\nprose\n" + block("Basic", "q", "Back: a"))
    assert [note.front for note in parsed.notes] == ["q"]
    assert parsed.fates == "ssspp" + "ccccc"
    assert parsed.problems[0].message == "START without END"


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("a {{c1::x}} b", [("x", "", 1)]),
        ("a {{c2::x::hint}} b {{c1::y}}", [("x", "hint", 2), ("y", "", 1)]),
        ("a {{c2::x}} b {{c1::y {z}}}", [("x", "", None), ("y {z}", "", None)]),
        ("a {x} b {y}", [("x", "", None), ("y", "", None)]),
        ("a {2:x} b {1|y} {c1:z}", [("x", "", 2), ("y", "", 1), ("z", "", 1)]),
        ("{x} b {y} {2:z} {c1|u}", [("x", "", 1), ("y", "", 2), ("z", "", 2), ("u", "", 1)]),
        ("a $x_{i}$ `{n}` {y} [no] ==no==", [("y", "", None)]),
        ("a ==x== b", [("x", "", None)]),
    ],
)
def test_deletions_are_those_of_the_plugin_with_its_numbers(
    text: str, gaps: list[tuple[str, str, int | None]]
) -> None:
    note = only(block("Cloze", "", text, "Back Extra: why so", ""))
    assert [(gap.text, gap.hint, gap.number) for gap in find_gaps(note.front)] == gaps
    assert note.why == "why so"


def test_a_cloze_note_without_a_deletion_is_reported() -> None:
    parsed = read(block("Cloze", "nothing hidden"))
    assert (parsed.notes, parsed.fates) == ((), "ssss")


def test_notes_within_a_line() -> None:
    note = only(
        "- STARTI [Basic] Is: it? Back: Yes, it is. Tags: t <!--ID: 1566052191670--> ENDI x\n"
    )
    assert (note.front, note.back, note.tags) == ("Is: it?", "Yes, it is.", ("t",))
    assert note.id == "anki-note-1566052191670"
    both = read("STARTI [Cloze] a {{c1::b}} ENDI and STARTI [Basic] q Back: a ENDI")
    assert [note.front for note in both.notes] == ["a {{c1::b}}", "q"]
    assert read("STARTI [Basic] q Back: a").problems[0].severity is Severity.ERROR
    assert read("STARTING soon, ENDING late\n").fates == "p"


def test_of_two_notes_within_a_line_one_may_be_lost() -> None:
    good = "STARTI [Basic] q Back: a ENDI"
    for text in (f"{good} STARTI [Basic] r", f"STARTI x ENDI {good}", f"{good} STARTI x ENDI"):
        parsed = read(text)
        assert [note.front for note in parsed.notes] == ["q"]
        assert (len(parsed.problems), parsed.fates) == (1, "c")


def test_frozen_fields_are_added_to_each_note_of_their_type() -> None:
    parsed = read("FROZEN - Basic:\nFront: capital?\n\n" + block("Basic", "India", "Back: Delhi"))
    assert parsed.notes[0].front == "India\n\ncapital?"


def test_deleted_notes_are_not_taken_and_those_of_regular_expressions_are_reported() -> None:
    parsed = read(
        "START\nBasic\nq\nBack: a\nDELETE\nID: 1566052191670\nEND\n"
        "DELETE\n<!--ID: 1566052191670-->\n"
        "q #flashcard\na\n<!--ID: 1566052191671-->\n"
    )
    assert not parsed.notes
    assert [problem.severity for problem in parsed.problems] == [Severity.NOTE, Severity.ERROR]
    assert parsed.fates == "p" * 11 + "s"


def test_the_settings_of_the_vault_are_gone_by(tmp_path: Path) -> None:
    folder = tmp_path / ".obsidian" / "plugins" / "obsidian-to-anki-plugin"
    folder.mkdir(parents=True)
    data = {
        "settings": {
            "Syntax": {"Begin Note": "ANKI", "End Note": "FIN"}, "Defaults": {"CurlyCloze": True},
        },
        "fields_dict": {"Wort": ["Wort", "Bedeutung"]},
    }  # fmt: skip
    (folder / "data.json").write_text(json.dumps(data))
    (tmp_path / "notes").mkdir()
    around = DIALECT.look_around(str(tmp_path / "notes"))
    text = (
        "ANKI\nWort\nHaus: das\nBedeutung: house\nNote: x\nFIN\nANKI\nCloze\n{{c1::a}} {b}\nFIN\n"
    )
    first, second = read(text, around).notes
    assert (first.front, first.back) == ("Haus: das", "**Bedeutung:** house\nNote: x")
    assert len(gap_keys(second.front)) == 1  # both are c1, as the plugin numbers them


@pytest.mark.parametrize(
    "data", ["", "[]", "{", '{"settings": 3, "fields_dict": {"a": 3}}', "[" * 9999]
)
def test_settings_that_cannot_be_read_are_none(tmp_path: Path, data: str) -> None:
    folder = tmp_path / ".obsidian" / "plugins" / "obsidian-to-anki-plugin"
    folder.mkdir(parents=True)
    (folder / "data.json").write_text(data)
    around = DIALECT.look_around(str(tmp_path))
    assert len(read(block("Basic", "q", "Back: a"), around).notes) == 1


def test_only_its_own_notes_are_signs_of_it() -> None:
    mine = block("Basic", "q", "Back: a") * 2 + "STARTI [Basic] q Back: a ENDI\n"
    assert DIALECT.signs(DeckText(mine, "a", "a", "a")).cards == 3
    for other in ("Q: a\nA: b\n", "START here.\nIt will END\n", f"```\n{mine}```\n", ""):
        assert DIALECT.signs(DeckText(other, "a", "a", "a")) == Signs()


WORDS = st.text(st.sampled_from("abc xyzÄ*_-`#"), min_size=1, max_size=12).map(
    lambda text: f"w {text}".strip()
)
SIDE = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)


@settings(max_examples=40)
@given(st.lists(st.tuples(SIDE, SIDE, st.booleans()), min_size=1, max_size=5), st.booleans())
def test_what_is_written_in_the_format_is_read_back(
    cards: list[tuple[str, str, bool]], windows: bool
) -> None:
    text = "".join(
        f"prose\n\nSTART\nBasic{' (and reversed card)' * both}\n{front}\nBack: {back}\n"
        f"<!--ID: {1_500_000_000_000 + at}-->\nEND\n"
        for at, (front, back, both) in enumerate(cards)
    )
    parsed = read(text.replace("\n", "\r\n") if windows else text)
    wanted = list(dict.fromkeys((front, back, both) for front, back, both in cards))
    got = [(note.front, note.back, note.kind is NoteKind.REVERSED) for note in parsed.notes]
    assert got == wanted
    assert parsed.fates.count("p") == 2 * len(cards)


PIECES = st.sampled_from(
    ["START", "END", "Basic", "Cloze", "Back: a", "```", "{x}", "{{c1::y", "}}", "", "Tags: t",
     "<!--ID: 1566052191670-->", "STARTI [Basic] q Back: a ENDI", "STARTI", "DELETE", "TARGET DECK",
     "FROZEN - Basic:", "Back: b", "---", "text", "\ud800", "==", "$x$"]
)  # fmt: skip


@settings(max_examples=120)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map("\n".join)))
def test_any_text_is_accounted_for(text: str) -> None:
    parsed = read(text)
    assert len(parsed.fates) == len(split(text))
    assert all(parsed.fates[note.place.line - 1] == CARD for note in parsed.notes)
    DIALECT.signs(DeckText(text, "a", "a", "a"))
