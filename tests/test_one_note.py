"""One note, one card: where its question ends, that its answer is whole, and its schedule."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.dialects.base import DeckText
from decks.dialects.note_signs import Folder
from decks.dialects.one_note import DIALECT
from decks.history import Past, Standing
from decks.lines import split
from decks.model import CARD, PROSE, SKIPPED, Note, NoteKind, Parsed, Severity

GOCARD = """\
---
tags: [algorithms, arrays]
created: 2025-03-22
last_reviewed: 2025-04-01
review_interval: 12
difficulty: 2.35
---

# Two pointers

## Question

What are two pointers?

When are they used?

## Answer

### Sorted arrays

- one from each end

```md
## Question

no question
```

---

| a | b |
|---|---|
| 1 | 2 |
"""
DAY = 20179  # 2025-04-01


def note(text: str, name: str = "deck/some-note.md", around: object = None) -> Parsed:
    deck = name.removesuffix(".md").replace("/", "::")
    parsed = DIALECT.parse(DeckText(text, f"all/{name}", name, deck, around=around))
    assert len(parsed.fates) == len(split(text))
    return parsed


def only(parsed: Parsed) -> Note:
    assert not parsed.problems
    (found,) = parsed.notes
    return found


def sides(text: str, name: str = "deck/some-note.md") -> tuple[str, str]:
    found = only(note(text, name))
    return found.front, found.back


def standing(text: str) -> Standing | None:
    found = only(note(text))
    past = found.pasts[0] if found.pasts else None
    return past.standing if past else None


def errors(parsed: Parsed) -> list[tuple[int, str]]:
    return [(p.place.line, p.message) for p in parsed.problems if p.severity is Severity.ERROR]


def signs(text: str) -> int:
    return DIALECT.signs(DeckText(text, "a.md", "a.md", "a")).cards


# Headings


def test_a_card_of_gocard() -> None:
    parsed = note(GOCARD)
    found = only(parsed)
    assert found.front == "What are two pointers?\n\nWhen are they used?"
    assert found.back == GOCARD.partition("## Answer")[2].strip()
    assert (found.deck, found.tags) == ("deck", ("algorithms", "arrays"))
    assert found.pasts == (
        Past(
            "GoCard",
            standing=Standing(
                due_day=DAY + 12, interval_days=12, ease=2.35, last_day=DAY
            ),
        ),
    )  # fmt: skip
    assert parsed.fates.count(SKIPPED) == 0
    assert parsed.fates[:10] == PROSE * 10
    assert PROSE not in parsed.fates[16:]


@pytest.mark.parametrize(
    "asks, tells",
    [
        ("# Question", "## Answer"),
        ("## Front", "## Back"),
        ("### Q", "### A"),
        ("## **Question:**", "## ✅ Answer"),
        ("##Question", "##Answer"),
        ("**Question**", "**Answer**"),
        ("**Question:**", "**Answer:**"),
        ("Question:", "Answer:"),
        ("Q:", "A:"),
        ("## 1. Question", "## 2. Answer"),
        ("## Problem", "## Solution"),
    ],
)
def test_the_sections_have_many_names(asks: str, tells: str) -> None:
    assert sides(f"# Title\n\n{asks}\n\nwhat\n\n- is it\n\n{tells}\n\nthis\n\nand that\n") == (
        "what\n\n- is it", "this\n\nand that",
    )  # fmt: skip


def test_text_behind_a_label_belongs_to_it() -> None:
    assert sides("**Question:** what\nis it\n\n**Answer:** this\n**Note:** and that\n") == (
        "what\nis it", "this\n**Note:** and that",
    )  # fmt: skip
    assert sides("## Question: what?\n## Answer: this\nthere\n") == ("what?", "this\nthere")


def test_sections_below_the_answer_are_kept() -> None:
    found = only(
        note("""\
## Question
q
## Answer
a

## Example

more

## Explanation

because

## References

- [one](u)
2. two

## Complexity

O(n)
""")
    )
    assert found.back == "a\n\n## Example\n\nmore\n\n## Complexity\n\nO(n)"
    assert (found.why, found.sources) == ("because", ("[one](u)", "two"))


def test_a_question_goes_on_to_its_answer_and_rules_around_the_sides_are_none_of_theirs() -> None:
    assert sides("## Question\nq\n## Notes\nn\n\n---\n\n## Answer\n\n---\na\n***\nb\n\n---\n") == (
        "q\n## Notes\nn", "a\n***\nb",
    )  # fmt: skip


def test_deeper_sections_are_a_part_of_the_answer() -> None:
    assert sides("# Question\nq\n# Answer\na\n## Notes\nb\n")[1] == "a\n## Notes\nb"


def test_several_questions_in_a_file_are_several_cards() -> None:
    parsed = note("## Question\na\n## Answer\nb\n\n## Question\nc\n## Answer\nd\n")
    assert [(n.front, n.back) for n in parsed.notes] == [("a", "b"), ("c", "d")]


def test_a_question_without_an_answer_is_reported() -> None:
    parsed = note("# Title\n\n## Question\n\nq\n")
    assert errors(parsed) == [(3, "a question without an answer")]
    assert parsed.fates == PROSE * 2 + SKIPPED * 3
    assert errors(note("## Question\nq\n## Answer\n\n")) == [(1, "a card without an answer")]


def test_an_answer_alone_is_asked_by_what_stands_above_it() -> None:
    assert sides("# What is it?\n\n## Answer\nthis\n") == ("What is it?", "this")
    assert sides("# Title\n\nWhat is it?\n\n## Answer\nthis\n") == ("What is it?", "this")


# Front matter


def test_a_question_in_the_front_matter_is_answered_by_the_note() -> None:
    parsed = note("---\ntags: [x]\nquestion: >\n  what is\n  it\n---\n\n# this\n\nand that\n")
    assert (parsed.notes[0].front, parsed.notes[0].back) == ("what is it", "# this\n\nand that")
    assert parsed.fates == PROSE * 2 + CARD * 3 + PROSE * 2 + CARD * 3
    assert sides("---\nflashcard-question: what\nflashcard: true\n---\nthis\n") == ("what", "this")
    assert sides("---\nanswer: this\n---\nwhat\n") == ("what", "this")


def test_a_note_below_question_and_answer_is_more_to_read() -> None:
    found = only(note("---\nfront: what\nback: |\n  this\n\n  that\n---\nmore\n"))
    assert (found.front, found.back, found.why) == ("what", "this\n\nthat", "more")


def test_big_front_matter_is_read_whole() -> None:
    many = "".join(f"alias_{n}: some long text that is not read\n" for n in range(400))
    text = f"---\n{many}sr-due: 2025-04-13\nsr-interval: 12\nsr-ease: 270\n---\n# T\n\nbody\n"
    assert standing(text) == Standing(due_day=DAY + 12, interval_days=12, ease=2.7, last_day=DAY)


def test_front_matter_that_is_no_yaml_is_read_line_by_line() -> None:
    parsed = note("---\ntitle: one: two\nsr-due: 2025-04-13\nsr-interval: 12\nsr-ease: 250\n"
                  "---\nbody\n")  # fmt: skip
    assert [p.severity for p in parsed.problems] == [Severity.NOTE]
    (past,) = parsed.notes[0].pasts
    assert past is not None
    assert past.standing == Standing(due_day=DAY + 12, interval_days=12, ease=2.5, last_day=DAY)


# Sides and titles


@pytest.mark.parametrize("line", ["---", "***", "- - -", "%", "<!-- answer -->", "---   "])
def test_a_line_parts_two_sides(line: str) -> None:
    assert sides(f"---\ntags: x\n---\nWhat\nis it?\n\n{line}\n\nThis\n\n```\n---\n```\n") == (
        "What\nis it?", "This\n\n```\n---\n```",
    )  # fmt: skip


def test_a_note_that_says_it_is_a_flashcard_is_parted_by_its_first_rule() -> None:
    text = "## Cat\n\nan animal\n\n---\n\nGato\n\n---\n\nmore\n"
    assert sides(f"---\ntype: flashcard\nfields: {{word: Cat}}\n---\n{text}") == (
        "## Cat\n\nan animal", "Gato\n\n---\n\nmore",
    )  # fmt: skip
    assert sides(text)[0] == "Cat"


def test_an_answer_may_be_folded_away() -> None:
    assert sides(
        "What is it?\n\n<details>\n<summary>Show answer</summary>\n\nThis\n\n</details>\n"
    ) == ("What is it?", "This")
    assert sides("# T\n\n<details><summary>More</summary>\n\nx\n\n</details>\n")[0] == "T"


def test_further_rules_belong_to_the_answer() -> None:
    assert sides("What?\n---\nthis\n---\nthat\n") == ("What?", "this\n---\nthat")
    assert sides("# Essay\n\nSome text.\n\n---\n\n[[link]]\n") == (
        "Essay", "Some text.\n\n---\n\n[[link]]",
    )  # fmt: skip


def test_a_title_asks_for_the_rest() -> None:
    assert sides("# Title\n\nbody\n\n## more\n\ntext\n") == ("Title", "body\n\n## more\n\ntext")
    assert sides("Text above.\n\n# Title\n", "deck/02-some_note.md") == (
        "some note", "Text above.\n\n# Title",
    )  # fmt: skip
    assert sides("---\ntitle: Told\n---\nbody\n") == ("Told", "body")
    found = only(note("#review #a/b\n\n# Title\n\nbody\n\n#c\n"))
    assert (found.front, found.back, found.tags) == ("Title", "body", ("review", "a/b", "c"))


def test_a_title_alone_is_reported_and_an_empty_file_is_not() -> None:
    assert errors(note("# Title\n\n")) == [(1, "a title with nothing below it")]
    for text in ("", "\n\n", "---\ntags: x\n---\n"):
        parsed = note(text)
        assert (parsed.notes, parsed.problems) == ((), ())


@pytest.mark.parametrize("name", ["index.md", "a/README.md", "ML MOC.md", "2025-04-01.md"])
def test_maps_and_indexes_are_no_cards(name: str) -> None:
    parsed = note("# Map\n\n- text\n", name)
    assert (parsed.notes, parsed.fates) == ((), PROSE * 3)
    assert not note("---\ntags: moc\n---\n# Map\n\ntext\n").notes
    assert not note("# Links\n\n- [[one]]\n- [two](three)\n").notes


def test_a_cloze_note() -> None:
    found = only(note("The {{c1::cell}} has a {{c2::core}}.\n"))
    assert (found.kind, found.front) == (NoteKind.CLOZE, "The {{c1::cell}} has a {{c2::core}}.")


def test_a_note_belongs_to_the_deck_of_its_folder() -> None:
    assert only(note("# T\n\nb\n", "a/b/c.md")).deck == "a::b"
    assert only(note("# T\n\nb\n", "c.md")).deck == "all"
    assert only(note("---\ndeck: x::y\n---\n# T\n\nb\n", "c.md")).deck == "x::y"


# Schedules


@pytest.mark.parametrize(
    "keys, expected",
    [
        (
            "sr-due: 2025-04-13\nsr-interval: 12\nsr-ease: 250",
            Standing(due_day=DAY + 12, interval_days=12, ease=2.5, last_day=DAY),
        ),
        (
            "next_review: 2025-04-13\ninterval: 12\nease_factor: 2.6\nrepetitions: 4\nlapses: 1",
            Standing(due_day=DAY + 12, interval_days=12, ease=2.6, last_day=DAY, reps=4, lapses=1),
        ),
        (
            "review:\n  due: '2025-04-13T10:00:00.000Z'\n  stability: 11.5\n  difficulty: 4.2\n"
            "  scheduled_days: 12\n  state: Review\n  last_review: 2025-04-01T10:00:00Z",
            Standing(phase="review", due_day=DAY + 12, interval_days=12, stability_days=11.5,
                     difficulty=4.2, last_day=DAY, last_ms=(DAY * 24 + 10) * 3_600_000),
        ),
        (
            "spaced-repetition:\n  - due=2025-04-01T10:10:00.000Z\n  - stability=0.4\n"
            "  - difficulty=7\n  - state=1\n  - reps=1\n  - lapses=0\n  - learning_steps=1",
            Standing(phase="learning", due_ms=(DAY * 24 + 10) * 3_600_000 + 600_000,
                     stability_days=0.4, difficulty=7, reps=1, lapses=0, step=1),
        ),
        (
            "lastReviewed: April 1, 2025\nreviewInterval: 12 days",
            Standing(due_day=DAY + 12, interval_days=12, last_day=DAY),
        ),
        (
            "repeat: spaced every 12 days\ndue_at: 2025-04-13T06:00:00.000+00:00",
            Standing(due_day=DAY + 12, interval_days=12, last_day=DAY),
        ),
        ("due: '[[2025-04-13]]'\nlast_review: 01.04.2025",
         Standing(due_day=DAY + 12, last_day=DAY)),
    ],
)  # fmt: skip
def test_schedules_of_many_kinds(keys: str, expected: Standing) -> None:
    text = f"---\n{keys}\n---\n# T\n\nb\n"
    assert standing(text) == expected
    assert signs(text) == 1


@pytest.mark.parametrize(
    "keys",
    [
        "review_interval: 0\ndifficulty: 3\ncreated: 2025-04-01",
        "last_reviewed: 0001-01-01T00:00:00Z\nreview_interval: 0",
        "sr-due:\nsr-interval:\nsr-ease:",
        "due: 2025-04-01\nstability: 0\ndifficulty: 0\nstate: 0\nreps: 0",
        "difficulty: 4\ntags: x",
        "due: 2025-04-01",
        "interval: nan\ndue: never",
        "state: New\ndue: 2025-04-02\ninterval: 1",
        "last_reviewed: 0001-01-01T00:00:00Z\nreview_interval: 5",
    ],
)
def test_what_is_new_has_no_schedule(keys: str) -> None:
    assert standing(f"---\n{keys}\n---\n# T\n\nb\n") is None


def test_the_difficulty_of_gocard_is_none_of_fsrs() -> None:
    text = "---\nlast_reviewed: 2025-04-01\nreview_interval: 12\ndifficulty: 4\n---\n# T\n\nb\n"
    assert standing(text) == Standing(due_day=DAY + 12, interval_days=12, last_day=DAY)


# Detection


def test_signs_are_schedules_and_headings_and_nothing_general() -> None:
    assert signs(GOCARD) == 1
    assert signs("## Question\nq\n## Answer\na\n") == 1
    assert signs("---\nquestion: x\n---\nb\n") == 1
    assert signs("# Title\n\nbody\n") == 0
    assert signs("Q: a\nA: b\n") == 0
    assert signs("---\ndue: 2025-01-01\ndifficulty: 3\n---\n# T\n\nb\n") == 0
    assert signs("---\ncards:\n  - front: a\n    due: 2025-01-01\n    interval: 3\n---\n") == 0


def test_where_notes_are_scheduled_others_are_no_cards(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\ntext\n")
    assert DIALECT.look_around(str(tmp_path)) == Folder()
    (tmp_path / "b.md").write_text("---\nsr-due: 2025-04-13\nsr-interval: 12\n---\n# B\n\ntext\n")
    around = DIALECT.look_around(str(tmp_path))
    assert around == Folder(is_scheduled=True)
    assert not note("# A\n\ntext\n", around=around).notes
    assert note("# A\n\ntext #review\n", around=around).notes
    assert note("## Question\nq\n## Answer\na\n", around=around).notes
    assert DIALECT.look_around(str(tmp_path / "nowhere")) == Folder()


# Laws

_LINE = st.sampled_from(
    ["plain text", "- item", "### deeper", "> quote", "| a | b |", "$x$", "`## Answer`", "**bold**",
     "1. one", "  indented", "a: b", "[[link]]", "é ’ “x”"]
)  # fmt: skip
_FENCE = st.just("```md\n## Answer\n\n---\n## Question\n```")
_SIDE = st.lists(_LINE | _FENCE, min_size=1, max_size=5).map("\n\n".join).map(str.strip)
_PIECES = st.sampled_from(
    ["---\n", "***\n", "## Question\n", "## Answer\n", "# T\n", "## Notes\n", "**Answer:** x\n",
     "question: a\n", "answer: |\n", "  b\n", "sr-due: 2025-01-01\n", "sr-interval: 3\n", "```\n",
     "<!--\n", "-->\n", "%\n", "text\n", "\n", "#tag\n", "{{c1::x}}\n", "\0", "\ud800", "\r"]
)  # fmt: skip


@settings(max_examples=60)
@given(_SIDE, _SIDE, st.sampled_from(["heading", "rule", "key", "title"]), st.booleans())
def test_a_note_that_was_written_comes_back(
    front: str, back: str, form: str, windows: bool
) -> None:
    forms = {
        "heading": f"---\ntags: [x]\n---\n\n# T\n\n## Question\n\n{front}\n\n## Answer\n\n{back}\n",
        "rule": f"{front}\n\n%\n\n{back}\n",
        "key": f"---\nquestion: asked\n---\n{back}\n",
        "title": f"# asked\n\n{back}\n\n| end |\n",
    }
    text = forms[form].replace("\n", "\r\n" if windows else "\n")
    (found,) = note(text).notes
    assert found.front == ("asked" if form in ("key", "title") else front)
    assert found.back == (f"{back}\n\n| end |" if form == "title" else back)


@settings(max_examples=80)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=20).map("".join))
def test_no_text_is_too_much(text: str) -> None:
    parsed = note(text)
    for found in parsed.notes:
        assert parsed.fates[found.place.line - 1] == CARD
    signs(text)
