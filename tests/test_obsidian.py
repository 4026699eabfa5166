"""Notes of Obsidian Spaced Repetition: what is a card, where it ends, and what was known of it."""

from __future__ import annotations

import gc
import json
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cards import card_keys, face
from decks.cloze import find_gaps, plain
from decks.dialects.base import DeckText
from decks.dialects.obsidian import DIALECT, parse
from decks.dialects.obsidian_habits import habits
from decks.dialects.obsidian_settings import BOLD, CURLY, HIGHLIGHT, USUAL, Settings, from_data
from decks.dialects.obsidian_signs import signs
from decks.dialects.obsidian_vault import look_around
from decks.history import Standing
from decks.lines import split
from decks.model import Note, NoteKind, Parsed, Severity

EPOCH = date(1970, 1, 1)
SR = "<!--SR:!2024-08-16,51,230-->"


def read(text: str, around: object = None, name: str = "physics/fields.md") -> Parsed:
    deck = name.removesuffix(".md").replace("/", "::")
    found = parse(DeckText(text, name, name, deck, around=around))
    assert len(found.fates) == len(split(text))
    for note in found.notes:
        assert found.fates[note.place.line - 1] == "c"
    return found


def notes(text: str, around: object = None, name: str = "physics/fields.md") -> tuple[Note, ...]:
    return read(f"#flashcards\n\n{text}", around, name).notes


def sides(text: str, around: object = None) -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in notes(text, around)]


def known(**given: object) -> Settings:
    return USUAL._replace(known=True, tags=("flashcards",), **given)  # type: ignore[arg-type]


def standing(note: Note, place: int = 0) -> Standing:
    past = note.pasts[place]
    assert past is not None
    assert past.program == "Obsidian Spaced Repetition"
    assert past.standing is not None
    assert not past.reviews
    return past.standing


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


# Cards of one line


def test_a_line_is_parted_into_question_and_answer() -> None:
    assert sides("Unit of charge::coulomb\nUnit of field :: volt per metre\nUnit:: ampere") == [
        ("Unit of charge", "coulomb"),
        ("Unit of field", "volt per metre"),
        ("Unit", "ampere"),
    ]


def test_three_colons_ask_both_ways() -> None:
    (note,) = notes("Canberra ::: capital of Australia")
    assert note.kind is NoteKind.REVERSED
    assert (note.front, note.back) == ("Canberra", "capital of Australia")


def test_the_longest_separator_of_the_line_counts() -> None:
    assert [note.kind for note in notes("a:::b")] == [NoteKind.REVERSED]
    assert sides("a::b::c d") == [("a", "b::c d")]
    assert sides("as in a::b::c d") == []


@pytest.mark.parametrize(
    "line",
    [
        "We keep them in a std::vector of pairs.",
        "Call HashMap::new() first, then std::sort(a, b).",
        "It is collect::<Vec<_>>() that decides.",
        "Listen on [::1] and on (::1) as well.",
        "The address 2001:db8::1 is for documents, fe80::1 for the link.",
        "`Inline::code` is code",
        "status:: done",
        "up:: [[Electric field]]",
        "Written as [key:: value] or (key:: value) in a line.",
        "| symbol :: unit | E |",
        "|::|",
        "The sign “::” parts a line.",
        "$a :: b$ is math",
        "[a :: b](https://example.org) is a link",
        "::: warning",
        ":smile::heart:",
        ":: without a question",
        "Style a::before and p::first-line.",
    ],
)
def test_colons_of_code_addresses_fields_and_tables_are_prose(line: str) -> None:
    found = read(f"#flashcards\n\n{line}\n")
    assert not found.notes
    assert found.fates == "ppp"


def test_a_schedule_shows_that_odd_colons_are_a_card() -> None:
    (note,) = notes(f"Name of a std::vector {SR}")
    assert (note.front, note.back) == ("Name of a std", "vector")


def test_bullets_boxes_and_heading_marks_are_not_words() -> None:
    text = "- a one::b\n  1. c two::d\n- [ ] e three::f\n### g four::h\n> i five::j"
    assert [front for front, _ in sides(text)] == ["a one", "c two", "e three", "g four", "i five"]


def test_text_about_a_line_is_not_in_its_card() -> None:
    found = read("#flashcards\n\nSome text\nUnit of charge ::coulomb\nMore text\n")
    assert [(note.front, note.back) for note in found.notes] == [("Unit of charge", "coulomb")]
    assert found.fates == "pppcp"


def test_inline_code_next_to_a_separator_is_kept() -> None:
    text = "what `x[0]` is in it::the first, as `y::z` says"
    assert sides(text) == [("what `x[0]` is in it", "the first, as `y::z` says")]


# Cards of several lines


def test_a_question_mark_parts_a_block() -> None:
    text = "First line\nsecond line\n?\nanswer\nmore\n\nprose\n\nUp\n ?? \nDown\n"
    one, two = notes(text)
    assert (one.front, one.back) == ("First line\nsecond line", "answer\nmore")
    assert (two.kind, two.front, two.back) == (NoteKind.REVERSED, "Up", "Down")


def test_fences_keep_their_blank_lines_and_their_colons() -> None:
    code = "````ad-note\n\n```git\n+ a::b\n?\n```\n\n~~~py\nx\n~~~\n````"
    assert sides(f"Nested?\n?\n{code}\nend\n\nq::a") == [("Nested?", f"{code}\nend"), ("q", "a")]
    listed = "1. item\n   ```\n   x\n\n   std::sort\n   ```\n2. last"
    assert sides(f"How?\n?\n{listed}") == [("How?", listed)]


def test_a_fence_that_never_closes_hides_nothing() -> None:
    assert sides("```\nopen\n\nq::a\n\nQ\n?\nA") == [("q", "a"), ("Q", "A")]


def test_cards_in_code_are_none() -> None:
    assert sides("```\na::b\n\nQ\n?\nA\n==x==\n```\n\n    \n~~~\nc::d\n~~~") == []


def test_an_answer_keeps_lines_with_colons() -> None:
    text = f"How to sort?\n?\n- fast:: std::sort\n- stable:: std::stable_sort\n{SR}\nprose"
    (note,) = notes(text)
    assert note.back == "- fast:: std::sort\n- stable:: std::stable_sort\nprose"
    assert standing(note).interval_days == 51


def test_a_second_separator_takes_the_last_line_of_the_answer() -> None:
    text = "Q1\n?\nA1\nA1 too\nQ2\n??\nA2\n### Q3\nmore of it\n?\nA3"
    assert sides(text) == [("Q1", "A1\nA1 too"), ("Q2", "A2"), ("### Q3\nmore of it", "A3")]


def test_a_tag_line_begins_the_next_question() -> None:
    one, two = notes("Q1\n?\nA1\nmore\n#flashcards/x\nSee:\nQ2\n?\nA2")
    assert (one.back, two.deck, two.front) == ("A1\nmore", "x", "See:\nQ2")


def test_a_rule_below_an_answer_is_not_part_of_it() -> None:
    assert sides("Q\n?\nA\n---\n\nprose") == [("Q", "A")]


def test_a_heading_may_be_the_question() -> None:
    assert sides("### Insert at the front\n?\n- O(1)\n- no copy") == [
        ("Insert at the front", "- O(1)\n- no copy")
    ]


def test_a_line_with_colons_may_be_the_question() -> None:
    assert sides("What is std::move?\n?\na cast\n\na::b\n?\n") == [
        ("What is std::move?", "a cast"), ("a", "b"),
    ]  # fmt: skip


def test_what_lacks_a_side_is_reported() -> None:
    found = read("#flashcards\n\n?\nA1\n\nQ2\n?\n\n# Next\n\nWhat is left?::\n")
    assert not found.notes
    assert [(one.place.line, one.severity) for one in found.problems] == [
        (3, Severity.ERROR), (6, Severity.ERROR), (11, Severity.ERROR),
    ]  # fmt: skip
    assert found.fates == "ppsppssppps"
    assert sides("?\na::b\n\n??\nQ\n?\nA") == [("a", "b"), ("Q", "A")]


def test_an_answer_below_a_blank_line_is_one_if_a_schedule_says_so() -> None:
    found = read("#flashcards\n\nQ\n?\n\n| a | b |\n")
    assert not found.notes
    assert found.fates[2:4] == "ss"
    for text in (f"Q\n?\n{SR}\n\nA", f"Q\n?\n{SR}\nA"):  # reviewed while it seemed empty
        (note,) = notes(text)
        assert note.back == "A"
        assert standing(note)


def test_code_belongs_to_the_sentence_that_announces_it() -> None:
    assert sides("Prose.\n\nWhat is printed?\n\n```py\nprint(1)\n```\n?\n1") == [
        ("What is printed?\n\n```py\nprint(1)\n```", "1")
    ]
    assert sides("Prose ends.\n\n![[x.png]]\n?\nA field") == [("![[x.png]]", "A field")]


def test_a_quoted_card_loses_its_quote_marks() -> None:
    (note,) = notes(f"> Q\n> ?\n> A\n> - b\n> [!sr|card-metadata]\n> {SR}\n")
    assert (note.front, note.back) == ("Q", "A\n- b")
    assert standing(note).due_day


def test_an_indented_card_loses_its_indent() -> None:
    assert sides("\tQ\n\t?\n\tA\n\t\t- b") == [("Q", "A\n\t- b")]


# Marks that end a card


def test_the_mark_of_the_settings_ends_cards_with_blank_lines() -> None:
    text = "some\n\nQ1\n?\n\nA1\n\n- more\n+++\nprose\n\nQ2\n??\nA2\n\n+++\na::b\n"
    (one, two, three) = notes(text, known(end="+++"))
    assert (one.front, one.back) == ("Q1", "A1\n\n- more")
    assert (two.front, two.back, three.front) == ("Q2", "A2", "a")
    found = read(f"#flashcards\n\n{text}", known(end="+++"))
    assert found.fates == "pppp" + "ccccccc" + "pp" + "ccccc" + "c"


def test_a_missing_mark_does_not_swallow_the_next_card() -> None:
    text = "Q1\n?\nA1\n\nprose\n\nQ2\n?\nA2\n\nmore\n+++\n"
    assert sides(text, known(end="+++")) == [("Q1", "A1"), ("Q2", "A2\n\nmore")]


def test_a_cloze_text_goes_on_to_the_mark() -> None:
    (note,) = notes("Test\nwith ===secret===.\n\nMore.\n\n---\n\nprose", known(end="---"))
    assert plain(note.front) == "Test\nwith secret.\n\nMore."


def test_a_mark_behind_every_card_shows_itself() -> None:
    text = f"Q1\n?\nA1\n\nmore\n{SR}\n---\n\nQ2\n?\nA2\n\n```\nx\n```\n---\n"
    assert sides(text) == [("Q1", "A1\n\nmore"), ("Q2", "A2\n\n```\nx\n```")]


def test_rules_between_notes_are_no_marks() -> None:
    text = "Q1\n?\nA1\n\nprose\n\n---\n\nQ2\n?\nA2\n\nprose\n\n---\n"
    assert sides(text) == [("Q1", "A1"), ("Q2", "A2")]


def test_a_rule_below_prose_belongs_to_neither_card() -> None:
    text = f"Q1\n?\nA1\n{SR}\nmore\n---\nQ2\n?\nA2\n{SR}\nmore\n\nprose\n---\n"
    assert sides(text) == [("Q1", "A1\nmore"), ("Q2", "A2\nmore")]
    assert sides(text, known(end="---"))[1] == ("Q2", "A2\nmore\n\nprose")


def test_marks_of_its_own_may_look_like_separators() -> None:
    around = known(line=":::", line_reversed="::::", multi="??", multi_reversed="???", end="????")
    text = "line\n\nQuestion 1?\n??\nAnswer\n????\nline 3\n\nQuestion 2?\n??\nTo 2\n????\nLine 5"
    assert sides(text, around) == [("Question 1?", "Answer"), ("Question 2?", "To 2")]


def test_own_separators_and_ones_switched_off() -> None:
    around = known(line=":>", line_reversed="<:>", multi=";>", multi_reversed="")
    one, two, three = notes(
        "Qn 1?:>Answer.\n\nQn 2?<:>Answer.\na::b\n\nQ\n;>\nA\n\nx\n??\ny", around
    )
    assert [one.kind, two.kind, three.kind] == [
        NoteKind.BASIC, NoteKind.REVERSED, NoteKind.BASIC,
    ]  # fmt: skip
    assert sides("a=b `c = d`", known(line="=")) == [("a", "b `c = d`")]


# Deletions


def test_highlights_are_siblings_in_their_order() -> None:
    schedule = "<!--SR:!2023-09-03,1,230!2000-01-01,1,250!2023-09-06,4,270-->"
    text = f"a very ==interesting== and ==fascinating==\nand ==great== test\n{schedule}"
    (note,) = notes(text)
    assert note.kind is NoteKind.CLOZE
    assert [gap.text for gap in find_gaps(note.front)] == ["interesting", "fascinating", "great"]
    assert [past and past.standing and past.standing.interval_days for past in note.pasts] == [
        1, None, 4,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "srdf ==", "lorem ==p\ndolor==", "lorem ==dolor won=", "a == b and c == d", "`==x==`",
        "$a ==b== c$", "\\==x==", "<!--cloze ==x== test-->", "%%==x==%%", "**bold**", "{{x}}",
    ],
)  # fmt: skip
def test_what_is_no_deletion(text: str) -> None:
    assert sides(text) == []


def test_bold_and_curly_deletions_count_where_the_settings_say_so() -> None:
    text = "a {{deletion}} and **deletion two** of ==another==!"
    (note,) = notes(text, known(patterns=(HIGHLIGHT, BOLD, CURLY)))
    assert [gap.text for gap in find_gaps(note.front)] == ["deletion", "deletion two", "another"]
    assert sides(text, known(patterns=())) == []


def test_brackets_of_the_text_become_no_gaps() -> None:
    (note,) = notes("an [aside] and {{c1::x}} of ==`a[0]`== in [[Note]] ==[[Other]]==")
    assert len(card_keys(note.kind, note.front)) == 2
    assert [gap.text for gap in find_gaps(note.front)] == ["`a[0]`", "[[Other]]"]


def test_numbers_group_deletions_and_order_their_schedules() -> None:
    schedule = "<!--SR:!2023-09-01,1,230!2023-09-02,2,250-->"
    (note,) = notes(f"==2;;second== ==1;;first;;hint== ==2;;too==\n{schedule}")
    keys = card_keys(note.kind, note.front)
    assert len(keys) == 2
    days = {key: standing(note, place).interval_days for place, key in enumerate(keys)}
    first = next(gap for gap in find_gaps(note.front) if gap.text == "first")
    assert days[first.key] == 1
    assert first.hint == "hint"


def test_letters_say_which_card_asks() -> None:
    schedule = "<!--SR:!2023-09-01,1,230!2023-09-02,2,250-->"
    text = f"==context==[^hs]\n- ==one==[^ah]\n- ==two==[^ha]\n{schedule}"
    (note,) = notes(text, known(patterns=(r"==answer==[^\[hint\]][\[^123\]]",)))
    assert [gap.text for gap in find_gaps(note.front)] == ["one", "two"]
    assert "context" in note.front
    assert "==" not in note.front
    assert [standing(note, place).interval_days for place in (0, 1)] == [1, 2]


@pytest.mark.parametrize(
    "raw", [r"==answer==[^\[hint\]][\[^123\]]", r"==answer==[^\\[hint\\]][\\[^123\\]]"]
)
def test_hints_and_numbers_in_footnotes(raw: str) -> None:
    (note,) = notes("speak ==Portuguese==^[language][^1] and ==more==[^2]", known(patterns=(raw,)))
    one, two = find_gaps(note.front)
    assert (one.text, one.hint, two.text, two.hint) == ("Portuguese", "language", "more", "")


def test_deletions_like_those_of_anki() -> None:
    around = known(line="", line_reversed="", patterns=("{{[123::]answer[::hint]}}",))
    (note,) = notes("speak {{1::Portuguese::language}} in {{2::Brazil}}", around)
    assert [(gap.text, gap.hint, gap.number) for gap in find_gaps(note.front)] == [
        ("Portuguese", "language", 1), ("Brazil", "", 2),
    ]  # fmt: skip


def test_a_schedule_shows_that_bold_words_are_deletions() -> None:
    (one,) = notes(
        "A **field** of **force**\n<!--SR:!2023-09-03,1,230!2023-09-05,3,250-->\n\nOf **x**"
    )
    assert [gap.text for gap in find_gaps(one.front)] == ["field", "force"]
    assert sides("A **field** of **force**") == []


def test_letters_count_before_numbers_and_numbers_before_neither() -> None:
    (note,) = notes("==a;;one== ==2;;two== ==three==")
    assert [gap.text for gap in find_gaps(note.front)] == ["one"]
    (note,) = notes("==2;;two== ==three==")
    assert [gap.text for gap in find_gaps(note.front)] == ["two"]


def test_each_line_of_a_list_with_a_schedule_is_a_card() -> None:
    one, two = notes(f"- ==a== one {SR}\n- ==b== two {SR}")
    assert (plain(one.front), plain(two.front)) == ("- a one", "- b two")


# Schedules


@pytest.mark.parametrize(
    "text",
    [
        "Q::A {}", "Q::A{}", "Q::A\n{}", "Q::A\n {}", "Q::A\n\n{}", "Q\n?\nA\n{}\nprose",
        "Q\n?\nA {}", "Q\n?\nA\n\n{}", "Q::A ^d7cee0\n{}", "Q::A {} ^d7cee0",
        "Q::A\n> [!sr|card-metadata] \n>  {}", "Q\n?\nA\n> [!SR|card-metadata]-\n> {}",
        "the =={}== is: Q\n{}",
    ],
)  # fmt: skip
def test_a_schedule_belongs_to_the_card_above(text: str) -> None:
    (note,) = notes(text.replace("=={}==", "==A==").replace("{}", SR))
    assert standing(note) == Standing(
        phase="review", due_day=day("2024-08-16"), interval_days=51, ease=2.3,
        last_day=day("2024-06-26"),
    )  # fmt: skip
    assert "SR" not in note.front + note.back
    assert "^" not in note.back


def test_schedules_of_before_and_other_dates() -> None:
    for written in (
        "<!--SR:2021-08-11,4,270-->",
        "<!--SR:!11-08-2021,4,270-->",
        "<!--SR:!Wed Aug 11 2021,4,270-->",
    ):
        (note,) = notes(f"Q::A\n{written}")
        assert standing(note).due_day == day("2021-08-11")


def test_the_callout_of_a_schedule_is_part_of_the_card() -> None:
    assert read(f"#flashcards\nQ::A\n> [!sr|card-metadata]\n> {SR}\n").fates == "pccc"


def test_a_new_card_of_fsrs_is_new() -> None:
    found = read("#flashcards\nQ::A\n<!--SR:!fsrs,2024-01-09T09:00:00.000Z,1,2.5,5.5,0,0,0,0,- -->")
    assert len(found.notes) == 1
    assert not found.notes[0].pasts
    assert not found.problems


def test_a_placeholder_is_a_new_card() -> None:
    (note,) = notes("Q::A\n<!--SR:!2000-01-01,1,250-->")
    assert note.pasts == ()


def test_schedules_of_fsrs_keep_their_memory() -> None:
    learning = "fsrs,2023-09-06T00:10:00.000Z,0,0.4,5.5,1,1,0,1,2023-09-06T00:00:00.000Z"
    review = "fsrs,2024-01-09T09:00:00.000Z,21,20.75,6.1,2,7,1,0,2023-12-19T09:00:00.000Z"
    (note,) = notes(
        "a ==b== ==c== ==d== ==e==\n"
        f"<!--SR:!{learning}!2000-01-01,1,250!{review}!fsrs,-,0,0,0,0,0,0,0,- -->"
    )
    first = standing(note)
    assert (first.phase, first.stability_days, first.difficulty) == ("learning", 0.4, 5.5)
    assert (first.reps, first.lapses, first.step, first.due_day) == (1, 0, 1, None)
    assert first.due_ms == first.last_ms + 600_000  # type: ignore[operator]
    assert note.pasts[1] is None
    assert note.pasts[3] is None
    last = standing(note, 2)
    assert (last.phase, last.due_day, last.interval_days) == ("review", day("2024-01-09"), 21)
    assert (last.reps, last.lapses, last.last_day) == (7, 1, day("2023-12-19"))


@pytest.mark.parametrize(
    "odd", ["!x,1,2", "!2024-08-16", "!2024-08-16,-5,250", "!fsrs,1,2", "!2024-13-45,1,250"]
)
def test_a_schedule_that_cannot_be_read_is_a_remark(odd: str) -> None:
    found = read(f"#flashcards\nQ::A\n<!--SR:{odd}-->")
    assert len(found.notes) == 1
    assert not found.notes[0].pasts
    assert [one.severity for one in found.problems] == [Severity.NOTE]


def test_a_schedule_without_a_card_is_reported() -> None:
    found = read(f"#flashcards\n\njust prose\n{SR}\n")
    assert not found.notes
    assert found.fates == "ppps"
    assert found.problems[0].severity is Severity.ERROR


def test_text_below_a_schedule_is_prose_behind_a_card_of_one_line() -> None:
    found = read(f"#flashcards\n\nQ::A\n{SR}\nafter\nof ==x==\n{SR}\nprose")
    assert [(note.front, note.back) for note in found.notes] == [("Q", "A"), ("after\nof [x]", "")]
    assert found.fates == "ppcccccp"


@pytest.mark.parametrize("schedule", [f"\n{SR}", f" {SR}", f"\n> [!sr|card-metadata]\n> {SR}"])
def test_an_answer_of_several_lines_goes_on_below_its_schedule(schedule: str) -> None:
    found = read(f"#flashcards\n\nQ1?\n?\nA1{schedule}\nmore of A1\n- b::c ^abc\n\nprose")
    (note,) = found.notes
    assert (note.back, note.id) == ("A1\nmore of A1\n- b::c", "fields/abc")
    assert standing(note).interval_days == 51
    assert found.fates[2:-2].strip("c") == ""
    assert found.fates.endswith("pp")


@pytest.mark.parametrize(
    ("below", "cards"),
    [
        (f"more\nr::s\n{SR}", [("Q", "A\nmore"), ("r", "s")]),
        (f"more\nr::s {SR}\nt::u", [("Q", "A\nmore"), ("r", "s"), ("t", "u")]),
        ("r::s\nprose", [("Q", "A"), ("r", "s")]),
        ("Q2\n?\nB", [("Q", "A"), ("Q2", "B")]),
        ("Q2\nin two lines\n??\nB", [("Q", "A"), ("Q2\nin two lines", "B")]),
        ("more\n### Q2\nof two\n?\nB", [("Q", "A\nmore"), ("### Q2\nof two", "B")]),
        ("more\n#flashcards/x\nQ2\n?\nB", [("Q", "A\nmore"), ("Q2", "B")]),
        ("### The next part\nprose", [("Q", "A")]),
        (f"the ==x== of it\n{SR}", [("Q", "A"), ("the [x] of it", "")]),
        (f"- ==un== {SR}\n- ==so== {SR}", [("Q", "A"), ("- [un]", ""), ("- [so]", "")]),
    ],
)  # fmt: skip
def test_a_new_card_below_a_schedule_is_not_swallowed(
    below: str, cards: list[tuple[str, str]]
) -> None:
    for schedule in (f"\n{SR}", f" {SR}"):
        assert sides(f"Q\n?\nA{schedule}\n{below}") == cards


def test_a_text_with_a_schedule_of_its_own_is_no_answer() -> None:
    found = read(f"#flashcards\n\nBefore\nQ\n?\nA\n{SR}\nafter\n{SR}\n")
    assert [(note.front, note.back) for note in found.notes] == [("Before\nQ", "A")]
    assert found.fates == "ppcccccps"
    found = read(f"#flashcards\n\nQ\n?\nA\n{SR}\n{SR}\nmore\n")
    assert [note.back for note in found.notes] == ["A\nmore"]
    assert found.fates == "ppccccsc"


def test_the_review_of_a_whole_note_is_a_remark() -> None:
    head = "sr-due: 2024-01-17\nsr-interval: 16\nsr-ease: 278\ntags:\n  - flashcards/aws"
    found = read(f"---\n{head}\n---\nQ1::A1\n")
    assert [note.deck for note in found.notes] == ["aws"]
    assert [(one.place.line, one.severity) for one in found.problems] == [(2, Severity.NOTE)]


# Comments and ids


def test_a_comment_on_its_own_line_hides_itself_only() -> None:
    hidden = f"<!--\na::b\n\nQ\n?\nA {SR}\n-->"
    text = f"{hidden}\nq::a\n\n%%\nc::d\n%%\n\ne::f <!-- x::y -->"
    assert sides(text) == [("q", "a"), ("e", "f")]
    assert sides(f"<!--Card::text {SR} -->\nq::a") == [("q", "a")]


def test_a_comment_that_never_closes_hides_nothing() -> None:
    assert sides(f"<!-- open\n\nq::a\n{SR}\n\nc::d\n{SR}") == [("q", "a"), ("c", "d")]
    assert sides("100%% sure::yes\n50 %% off::no") == [("100%% sure", "yes"), ("50 %% off", "no")]


def test_comments_are_not_part_of_a_card() -> None:
    assert sides("Q <!-- why -->\n?\nA\n<!-- todo\nmore -->\nB %%hm%%") == [("Q", "A\nB")]


def test_block_ids_name_cards() -> None:
    one, two, three = notes("A::B ^d7cee0\n\nQ\n?\nx ^2\ny ^quote-of-day\n\nC::D ^1566052191670")
    assert (one.id, one.back) == ("fields/d7cee0", "B")
    assert (two.id, two.back) == ("fields/quote-of-day", "x ^2\ny")
    assert three.id == "1566052191670"


# Which notes hold cards, and in which decks


def test_a_note_without_a_tag_holds_what_can_hardly_be_prose() -> None:
    text = "key:: value\n\na::b\n\nterm :: meaning\n\nQ\n?\nA\n\nof ==high== light\n"
    assert [note.front for note in read(text).notes] == ["term", "Q"]
    assert not read(text, known()).notes
    assert [note.front for note in read("# Dogs\n\nperro::dog\ngato::cat\npez::fish").notes] == [
        "perro", "gato", "pez",
    ]  # fmt: skip
    assert not read("name:: Ada\nborn:: 1815\nfield:: mathematics\nworks:: notes\n").notes


def test_a_schedule_makes_a_card_of_any_note() -> None:
    text = f"a::b\n{SR}\n\nc::d\n"
    assert [note.front for note in read(text).notes] == ["a", "c"]
    assert [note.front for note in read(text, known()).notes] == ["a"]


def test_the_settings_say_which_tags_count() -> None:
    around = known()._replace(tags=("physics", "cards"), ignored_tags=("archive",))
    assert [note.deck for note in read("#physics/fields\n\na::b", around).notes] == [
        "physics::fields"
    ]
    assert [note.deck for note in read("a::b #cards/x", around).notes] == ["x"]
    assert not read("#flashcards\n\na::b", around).notes
    assert not read("#physics #archive\n\na::b", around).notes
    assert not read("#cards\n\na::b", around, "x.excalidraw.md").notes
    around = around._replace(ignored_paths=("Templates/", "**/old/*"), within=("uni",))
    assert read("#cards\n\na::b", around, "Templates/x.md").notes
    assert not read("#cards\n\na::b", around, "old/x.md").notes
    assert not read("#cards\n\na::b", around._replace(within=()), "Templates/x.md").notes


def test_tags_name_the_decks_of_the_cards_below() -> None:
    text = (
        "Q0::A\n\n#flashcards/a #optics\nQ1::A\n\n#flashcards/b/c Q2::A\n\nQ3::A\n\n"
        "#flashcards/d\nQ4\n?\nA\n\nQ5::A\n\n#flashcards\n\nQ6::A\n\n"
        "#flashcards/e #flashcards/f\n\nQ7::A\n"
    )
    found = {note.front: note for note in read(text).notes}
    assert {front: note.deck for front, note in found.items()} == {
        "Q0": "a", "Q1": "a", "Q2": "b::c", "Q3": "a", "Q4": "d", "Q5": "a",
        "Q6": "physics::fields", "Q7": "e",
    }  # fmt: skip
    assert found["Q1"].tags == ("optics",)
    assert found["Q7"].tags == ("optics", "f")


@pytest.mark.parametrize(
    "head",
    [
        "tags: [flashcards/x, optics]", "tags: flashcards/x, optics", "tags: flashcards/x optics",
        "tags:\n  - flashcards/x\n  - optics", "tags:\n- '#flashcards/x'\n- optics",
        "Title: a::b\ntags: ['#flashcards/x', \"optics\"]\nurl:",
    ],
)  # fmt: skip
def test_tags_in_the_properties_count(head: str) -> None:
    (note,) = read(f"---\n{head}\n---\nq::a\n").notes
    assert (note.deck, note.tags) == ("x", ("optics",))


def test_long_properties_are_no_cards() -> None:
    head = "\n".join(f"key {n}: a::b" for n in range(80))
    found = read(f"---\n{head}\ntags: [flashcards]\n---\nQ\n?\nA\n")
    assert [note.front for note in found.notes] == ["Q"]


def test_tags_within_a_card_stay_and_count_as_tags() -> None:
    (note,) = notes("What is C#? #lang::a language, #1 of `#no`")
    assert (note.front, note.tags) == ("What is C#? #lang", ("lang",))


def test_folders_are_decks_where_the_settings_say_so() -> None:
    around = known(folders_are_decks=True, within=("uni",))
    (note,) = read("#flashcards/test Q1::A1", around).notes
    assert (note.deck, note.front) == ("uni::physics", "Q1")
    assert not read("Q1::A1", known(folders_are_decks=True), "top.md").notes


def test_the_vault_is_found_above_or_below(tmp_path: Path) -> None:
    vault = tmp_path / "repo" / "vault"
    data = vault / ".obsidian" / "plugins" / "obsidian-spaced-repetition" / "data.json"
    data.parent.mkdir(parents=True)
    (vault / "uni").mkdir()
    given = {"flashcardTags": ["#cards", "#a #b"], "multilineCardEndMarker": "+++",
             "convertBoldTextToClozes": True, "singlelineCardSeparator": ";;"}  # fmt: skip
    data.write_text(json.dumps({"settings": given, "buryList": []}), encoding="utf-8")
    found = look_around(str(vault / "uni"))
    assert found is not None
    assert found.known
    assert found.within == ("uni",)
    assert (found.tags, found.end, found.line) == (("cards", "a", "b"), "+++", ";;")
    assert found.patterns == (HIGHLIGHT, BOLD)
    above = look_around(str(tmp_path))
    assert above is not None
    assert above.below == ("repo", "vault")
    assert above.path_in_vault("repo/vault/uni/x.md") == ("uni", "x.md")
    data.write_text('{"settings": [', encoding="utf-8")
    assert look_around(str(vault)) == USUAL
    data.unlink()
    assert look_around(str(vault)) == USUAL


def test_a_folder_without_a_vault_has_the_usual_settings(tmp_path: Path) -> None:
    if not any((place / ".obsidian").exists() for place in tmp_path.parents):
        assert look_around(str(tmp_path)) == USUAL
    assert DIALECT.look_around(str(tmp_path / "gone")) == USUAL


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"settings": None},
        {"settings": {"flashcardTags": 3, "clozePatterns": {}, "multilineCardSeparator": 1}},
    ],
)
def test_odd_settings_count_as_usual(data: object) -> None:
    assert from_data(data)._replace(known=False, tags=()) == USUAL._replace(tags=())


# Detection


def test_signs_are_of_this_program_only() -> None:
    text = f"a::b\n{SR}\n\nQ\n?\nA\n{SR}\n"
    assert signs(DeckText(text, "", "", "")).cards == 2
    assert signs(DeckText("#flashcards\na::b\nc::d\n", "", "", "")).cards == 2
    assert signs(DeckText("```\ncode\n```\n?\nA\n", "", "", "")).cards == 1
    for other in (
        "Q: What?\nA: That?\n\nC: a [gap]\n", "# Readme\n\nUse `a::b`, are you sure?\n",
        "term :: meaning\n", "```\nQ\n?\nA\n```\n", "", "What?\n\n?\n\nHm\n",
    ):  # fmt: skip
        assert not signs(DeckText(other, "", "", "")).cards, other


# Laws


WORDS = (
    st.text("abcxyz éß?!-", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text.strip("?-") != "" and text[0] not in "?-" and text not in ("---",))
)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
DATES = st.builds(lambda days: EPOCH + timedelta(days), st.integers(17_000, 22_000))
SCHEDULES = st.none() | st.tuples(DATES, st.integers(1, 900), st.integers(130, 400))


def written(form: str, front: str, back: str, schedule: tuple[date, int, int] | None) -> str:
    card = {
        "::": f"{front}::{back}", " ::: ": f"{front} ::: {back}",
        "?": f"{front}\n?\n{back}", "??": f"{front}\n??\n{back}", "==": f"{front} =={back}==",
    }[form]  # fmt: skip
    return f"{card}\n<!--SR:!{schedule[0]},{schedule[1]},{schedule[2]}-->" if schedule else card


@st.composite
def cards(draw: st.DrawFn) -> tuple[str, str, str, tuple[date, int, int] | None]:
    form = draw(st.sampled_from(("::", " ::: ", "?", "??", "==")))
    one = LINES if form in ("?", "??") else WORDS
    return form, draw(one), draw(one), draw(SCHEDULES)


@settings(max_examples=60)
@given(
    st.lists(cards(), max_size=6, unique_by=lambda card: card[1:3]), st.sampled_from(("\n", "\r\n"))
)
def test_cards_that_are_written_are_read_back(
    given_cards: list[tuple[str, str, str, tuple[date, int, int] | None]], end: str
) -> None:
    text = "#flashcards\n\n" + "\n\n".join(written(*card) for card in given_cards) + "\n"
    found = read(text.replace("\n", end))
    assert not found.problems
    assert len(found.notes) == len(given_cards)
    for note, (form, front, back, schedule) in zip(found.notes, given_cards, strict=True):
        if form == "==":
            assert plain(note.front) == f"{front} {back}"
            (key,) = card_keys(note.kind, note.front)
            assert face(note.kind, note.front, "", key).front == f"{front} [...]"
        else:
            assert (note.front, note.back) == (front, back)
            assert (note.kind is NoteKind.REVERSED) == (form in (" ::: ", "??"))
        assert bool(note.pasts) == bool(schedule)
        if schedule:
            assert standing(note).due_day == (schedule[0] - EPOCH).days
    lines = split(text)
    assert all(
        (fate == "c") == bool(line.strip())
        for fate, line in list(zip(found.fates, lines, strict=True))[1:]
    )


PIECES = st.sampled_from(
    [*"Q? `$[\t\0", "??", "\t?", "a::b", "c ::: d", "- a :: b", "| a :: b |", "::", "# H", "---",
     "+++", "==x==", "**y**", "{{z}}", "==1;;x;;h==", "==a;;b==", "==[a](b)== ==c", "", "", "```",
     "~~~", SR, f"a::b {SR}", f"> {SR}", "> [!sr|card-metadata]", "<!--SR:!", "<!--", "-->", "%%",
     "> q", "> ?", "#flashcards/a", "#t", "tags: [flashcards]", " ^abc", "^d7cee0"]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(PIECES, max_size=25).map("\n".join) | st.text(max_size=60),
    st.booleans(),
    st.sampled_from(("", "---", "+++")),
)
def test_any_text_is_accounted_for(text: str, is_known: bool, end: str) -> None:
    around = known(end=end, patterns=(HIGHLIGHT, BOLD, CURLY)) if is_known else None
    found = read(text, around)
    assert set(found.fates) <= set("cps")
    for note in found.notes:
        assert note.front
        assert note.back or note.kind is NoteKind.CLOZE
        assert len(note.pasts) in (0, len(card_keys(note.kind, note.front)))
    assert signs(DeckText(text, "", "", "")).cards >= 0


@pytest.mark.parametrize(
    "piece",
    ["<!--SR:", "<!--", "%%", "==", "{{", "[", "::", "`", "==a;;", "^[", "==a==^[", "#a ", "> ",
     "\t", "std::a", "\n", "?\n", "---\n", "```\n", "**a\n", "==x==\n", "a::b\n", "Q\n?\n",
     "Q\n?\n\n", "Q\n?\n\nA\n\n", "Q?\n\n```\n```\n?\n", "#flashcards/a\nq::a\n", "<!-- x -->\n",
     "<!--\n<!--SR:x-->\n", f"Q\n?\n\n\n{SR}\n", f"x\n{SR}\n", f"- ==a== {SR}\n"],
)  # fmt: skip
def test_time_grows_with_the_text_only(piece: str) -> None:
    def cost(size: int) -> float:
        text = "#flashcards\n\n" + piece * (size // len(piece))
        gc.disable()  # it would go through all that other tests left
        try:
            start = time.process_time()
            read(text, known(end="---", patterns=(HIGHLIGHT, BOLD, CURLY)))
            read(text)
            return time.process_time() - start
        finally:
            gc.enable()

    small = cost(3_000)
    assert any(cost(24_000) < 24 * small + 0.1 for _ in range(3))  # the machine is shared


@pytest.mark.parametrize(
    "piece",
    ["{@{", "(", "({<~", "~~a", "<mark>x</mark>", f"a {{@{{b}}@}} {SR}\n", f"~~x~~\n{SR}\n",
     f"x\n#### N\ny\n{SR}\n\n", "::@", f"Q\n?\nA\n{SR}\nmore\n", f"a {SR}\nb\n", "|| a "],
)  # fmt: skip
def test_habits_take_time_by_the_text_only(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece)) + f"\n{SR}\n"
        start = time.process_time()
        read(text, habits([text, text]))
        return time.process_time() - start

    small = cost(3_000)
    assert any(cost(24_000) < 24 * small + 0.1 for _ in range(3))  # the machine is shared


def test_a_schedule_is_one_beside_inline_code() -> None:
    """A comment on a line of its own is a block, as code is; it is no code."""
    text = "#flashcards\n\nWhat is `a`? :: an `x`\n<!--SR:!2024-08-21,4,272-->\n\n`x`\n"
    (note,) = read(text).notes
    assert note.back == "an `x`"
    assert standing(note).interval_days == 4


# What the notes of a vault without settings show


def test_an_answer_ends_at_a_blank_line_whatever_stands_below() -> None:
    (one, two) = notes(f"Q\n?\nb\n\nr::s {SR}")
    assert (one.back, one.pasts, two.front) == ("b", (), "r")
    assert standing(two)
    found = read(f"#flashcards\n\nQ\n?\nb\n\nProse.\n\n{SR}\n")
    assert [note.back for note in found.notes] == ["b"]
    assert found.fates[-1] == "s"


def test_bold_words_are_gaps_only_above_a_schedule() -> None:
    shown = f"A **canary** asks.\n{SR}\n\nIs **this** prose?\n"
    assert [note.front for note in notes(shown)] == ["A [canary] asks."]
    answered = f"A thing is **bold**.\n\nq\n?\nan **answer**\n{SR}\n"
    assert [(note.front, note.back) for note in notes(answered)] == [("q", "an **answer**")]


def vault(*texts: str) -> Settings:
    return habits([f"#flashcards\n\n{text}" for text in texts])


def test_a_separator_of_the_vault_is_told_by_its_schedules() -> None:
    text = f"q1 ;; a1\n{SR}\n\nq2;; a2\n{SR}\n\nq3 ;; a3\n"
    found = notes(text, vault(text))
    assert [(note.front, note.back) for note in found] == [("q1", "a1"), ("q2", "a2"), ("q3", "a3")]
    assert standing(found[1])
    both = SR.replace("-->", "!2024-09-16,52,240-->")
    text = "\n".join(f"a{at} ::@:: b{at} {both}" for at in range(3))
    assert [len(note.pasts) for note in notes(text, vault(text))] == [2, 2, 2]


def test_a_common_mark_parts_only_above_a_schedule() -> None:
    prose = "".join(f"from {at} -> to\n\n" for at in range(9))
    text = f"{prose}`x` -> a\n{SR}\n\ny -> b\n{SR}\n"
    assert [note.front for note in notes(text, vault(text))] == ["`x`", "y"]


def test_a_line_of_the_vault_may_part_front_and_back() -> None:
    card = f"q\n<br>\n```sql\nSELECT 1\n```\n{SR}\n\n"
    text = card + card.replace("q", "r")
    assert [note.front for note in notes(text, vault(text))] == ["q", "r"]
    rules = text.replace("<br>", "---")
    assert vault(rules).more_multi == ()


def test_one_schedule_shows_no_habit() -> None:
    assert vault(f"q ;; a\n{SR}\n") == USUAL


def test_habits_are_read_from_the_notes_around(tmp_path: Path) -> None:
    for name in ("a.md", "deeper/b.md", ".hidden/c.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#flashcards\n\nq ;; a\n{SR}\n")
    found = look_around(str(tmp_path))
    assert found is not None
    assert [mark.text for mark in found.more] == [";;"]


# Marks of the vault's own


def test_cloze_marks_of_the_vault_are_told_by_their_schedules() -> None:
    first, both = "!2027-04-12,789,330", "!2027-04-12,789,330!2026-12-06,686,330"
    text = (
        f"- The rule is {{@{{first}}@}} ({{@{{$x_2$ **so**}}@}}). <!--SR:{both}-->\n"
        f"- In {{@{{the [end](x.md)}}@}}: <!--SR:{first}-->\n\n"
        "## Part\n\nNot yet asked: {@{new}@}\n\nProse with {braces} and @marks.\n"
    )
    around = vault(text)
    assert not around.known
    one, two, three = notes(text, around)
    assert [gap.text for gap in find_gaps(one.front)] == ["first", "$x_2$ **so**"]
    assert [standing(one, place).interval_days for place in (0, 1)] == [789, 686]
    assert plain(two.front) == "- In the [end](x.md):"
    assert plain(three.front) == "Not yet asked: new"
    assert [note.pasts for note in (three,)] == [()]


@pytest.mark.parametrize(
    "gap", ["{{=={}==}}", "{{@{{{}}}@}}", "~~{}~~", "__{}__", "^^{}^^", "<mark>{}</mark>"]
)
def test_marks_that_mirror_each_other_may_be_deletions(gap: str) -> None:
    text = "".join(f"The {gap.format(word)} is it.\n{SR}\n\n" for word in ("one", "two", "three"))
    text += f"A {gap.format('fourth')} one.\n"
    found = notes(text, vault(text))
    assert [note.front for note in found] == [
        "The [one] is it.", "The [two] is it.", "The [three] is it.", "A [fourth] one.",
    ]  # fmt: skip
    prose = "".join(f"\nOf {gap.format(at)} in prose.\n" for at in range(9))
    is_odd = gap.startswith("{")
    assert len(notes(text + prose, vault(text + prose))) == (13 if is_odd else 3)


def test_marks_that_do_not_explain_the_schedules_are_none() -> None:
    once = f"A ~~gap~~ of one.\n{SR}\n"
    assert vault(once) == USUAL
    wrong = f"A ~~gap~~ and ~~another~~.\n{SR}\n\n"
    assert vault(f"{once}\n{once}\n{wrong}").patterns != USUAL.patterns
    assert vault(f"{once}\n{once}\n{wrong * 3}").patterns == USUAL.patterns
    answered = f"Q ~~old~~\n?\nA ~~new~~\n{SR}\n\n"
    assert vault(answered * 3) == USUAL


def test_own_cloze_marks_and_separators_stand_side_by_side() -> None:
    both = SR.replace("-->", "!2024-09-16,52,240-->")
    text = "".join(f"In {{@{{{at}}}@}} so. {SR}\n\n" for at in range(40))
    text += "".join(f"- a{at} ::@:: b{at} {both}\n- c{at} :@: d{at} {SR}\n" for at in range(3))
    text += f"Since then {{@{{one}}@}} and {{@{{another}}@}} came.\n{SR}\n\n" * 9
    text += "- new ::@:: card\n- new :@: too\n"
    found = notes(text, vault(text))
    assert [note.kind for note in found[:40]] == [NoteKind.CLOZE] * 40
    assert [(note.kind, note.front, note.back, len(note.pasts)) for note in found[40:42]] == [
        (NoteKind.REVERSED, "a0", "b0", 2), (NoteKind.BASIC, "c0", "d0", 1),
    ]  # fmt: skip
    assert [(note.kind, note.front) for note in found[47:]] == [
        (NoteKind.REVERSED, "new"), (NoteKind.BASIC, "new"),
    ]  # fmt: skip


def test_colons_within_a_mark_part_nothing() -> None:
    found = read(f"#flashcards\n\na ::@:: b\n\n- c ::@:: d {SR}\n\ne ::@:: f::g\n")
    assert [(note.front, note.back) for note in found.notes] == [("e ::@:: f", "g")]


def test_an_own_separator_comes_before_bold_words() -> None:
    text = f"## Review #flashcards/stat\n**Q one?** || a1\n{SR}\n**Q two?** || a2\n{SR}\n"
    found = notes(text, vault(text))
    assert [(note.deck, note.front, note.back) for note in found] == [
        ("stat", "**Q one?**", "a1"), ("stat", "**Q two?**", "a2"),
    ]  # fmt: skip


def test_a_heading_with_the_tag_of_a_deck_is_no_part_of_a_cloze_text() -> None:
    found = read(f"## Review #flashcards/stat\nOf ==x== and y\n{SR}\n\n## See\nof ==z==\n")
    assert [(note.deck, note.front) for note in found.notes] == [
        ("stat", "Of [x] and y"), ("stat", "## See\nof [z]"),
    ]  # fmt: skip
    assert found.fates == "pccpcc"
    assert [note.front for note in read("## A ==x== #flashcards\nb\n").notes] == [
        "## A [x] #flashcards\nb"
    ]


def test_a_heading_above_every_answer_parts_front_and_back() -> None:
    card = f"Q one?\n#### Notes\nAnswer.\n{SR}\n\n- more\n\n"
    text = card + card.replace("one", "two") + card.replace("one", "three")
    prose = "#### Notes\n\nprose\n\nQ\n?\nA\nB\n#### Notes\nof it\n"
    assert not read(text + prose, vault(text, prose)).problems
    assert [(note.front, note.back) for note in notes(text + prose, vault(text, prose))] == [
        ("Q one?", "Answer."), ("Q two?", "Answer."), ("Q three?", "Answer."),
        ("Q", "A\nB\n#### Notes\nof it"),
    ]  # fmt: skip
    assert vault(card + card.replace("one", "two")).more_multi == ()
    assert vault(text + "#### Notes\nof the note\n\n" * 4).more_multi == ()


# Tags


def test_cards_below_a_tag_that_is_not_listed_are_told_of() -> None:
    found = read("#cloud_qa #aws\n\nQ\n?\nA\n\nterm :: meaning\n\nkey:: value\n", known())
    assert not found.notes
    (said,) = found.problems
    assert said.severity is Severity.NOTE
    assert said.message == "2 cards below no deck tag of the vault (#cloud_qa #aws)"
    assert "settings" in said.hint
    assert not read("#aws\n\nprose of a::b, and a ==mark==\n", known()).problems
    assert not read("#aws #flashcards\n\nQ\n?\nA\n", known()).problems
    ignored = known()._replace(ignored_tags=("aws",))
    assert not read("#aws\n\nQ\n?\nA\n", ignored).problems


def test_pictures_are_tags_and_without_settings_they_name_decks() -> None:
    (note,) = read(f"#🃏/data-science\n## Key questions:\n\nQ\n?\nA\n{SR}\n").notes
    assert (note.deck, note.front, note.tags) == ("data-science", "Q", ())
    (note,) = read(f"#🧠 What is X? :: `it`\n{SR}\n").notes
    assert (note.deck, note.front, note.back) == ("physics::fields", "What is X?", "`it`")
    (note,) = read(f"#👩‍💻/git What is X? :: it\n{SR}\n").notes
    assert (note.deck, note.front) == ("git", "What is X?")
    assert not read("#🌱/seedling\n\nkey:: value of it\n\nof ==high== light\n").notes
    around = known()._replace(tags=("🧠",))
    assert [note.front for note in read("#🧠 a::b", around).notes] == ["a"]
    assert not read("#🃏\n\na::b", around).notes
    assert [note.tags for note in read(f"#2024/x #️⃣ a::b {SR}").notes] == [("2024/x",)]
    assert [note.front for note in read(f"#️⃣key a::b {SR}").notes] == ["#️⃣key a"]
