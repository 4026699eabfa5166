"""YAML cards: every card of a list, its lines, its choices, and what must not be read."""

from __future__ import annotations

import time
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cloze import gap_keys
from decks.dialects.base import DeckText
from decks.dialects.yaml_cards import DIALECT
from decks.history import Standing
from decks.lines import split
from decks.model import CARD, PROSE, SKIPPED, Note, NoteKind, Parsed, Severity
from decks.yaml_nodes import read as read_yaml

VAULT = """\
---
id: 11111111-1111-1111-1111-111111111111
title: Bias and variance
track: data-scientist
topic: statistics
difficulty: 2
tags: [stats, generalization]
aliases: [BV tradeoff]
sources:
  - url: https://example.com
    label: Example
cards:
  - id: 22222222-2222-2222-2222-222222222222
    type: flip
    front: What is bias?
    back: Systematic error.
  - type: mcq
    front: Pick the right one.
    back: Because reasons.
    choices:
      - key: a
        text: First
      - key: b
        text: Second
        correct: true
---

# Body

Q: not a card of ours
"""


def deck(text: str, name: str = "cards.yaml") -> Parsed:
    source = DeckText(text, f"in/{name}", name, "in")
    parsed = DIALECT.parse(source)
    assert len(parsed.fates) == len(split(text))
    return parsed


def cards(text: str) -> Parsed:
    return deck("cards:\n" + dedent(text))


def sides(parsed: Parsed) -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in parsed.notes]


def errors(parsed: Parsed) -> list[tuple[int, str]]:
    return [(p.place.line, p.message) for p in parsed.problems if p.severity is Severity.ERROR]


def only(parsed: Parsed) -> Note:
    assert not parsed.problems
    (note,) = parsed.notes
    return note


# A vault


def test_the_cards_of_a_note_come_from_its_front_matter() -> None:
    parsed = deck(VAULT, "data-scientist/bias.md")
    flip, mcq = parsed.notes
    assert sides(parsed) == [
        ("What is bias?", "Systematic error."),
        ("Pick the right one.\n\n- A. First\n- B. Second", "B. Second\n\nBecause reasons."),
    ]
    assert flip.id == "22222222-2222-2222-2222-222222222222"
    assert mcq.id == ""
    assert (flip.place.line, mcq.place.line) == (13, 17)
    assert {flip.deck, mcq.deck} == {"data-scientist::statistics"}
    assert flip.tags == ("stats", "generalization")
    assert flip.sources == ("Example https://example.com",)
    assert parsed.fates == PROSE * 12 + CARD * 13 + PROSE * 5
    assert not parsed.problems


def test_any_line_end_and_a_mark_of_byte_order_will_do() -> None:
    plain = deck(VAULT, "a.md")
    other = deck("\ufeff" + VAULT.replace("\n", "\r\n"), "a.md")
    assert (other.notes, other.fates) == (plain.notes, plain.fates)


def test_a_note_without_cards_is_prose() -> None:
    parsed = deck("---\ntitle: x\ndeck of cards: no\n---\nText: [\n", "a.md")
    assert (parsed.fates, parsed.problems) == (PROSE * 5, ())


def test_the_signs_are_the_questions_below_cards() -> None:
    def signs(text: str, name: str = "a.md") -> int:
        return DIALECT.signs(DeckText(text, name, name, "a")).cards

    assert signs(VAULT) == 2
    assert signs(VAULT.replace("\n", "\r\n")) == 2
    assert signs("cards:\n- q: a\n  a: b\n", "a.yaml") == 1
    assert signs("- question: a\n  answer: b\n", "a.yml") == 1
    assert signs("Q: a\nA: b\n\n```yaml\ncards:\n  - front: a\n```\n") == 0
    assert signs("---\ncards: 3\ntags: [x]\n---\nfront: a\n") == 0
    assert signs("on: push\njobs:\n  build:\n    steps:\n      - name: x\n", "ci.yml") == 0


# What is a card


def test_the_sides_have_many_names() -> None:
    parsed = cards("""\
        - question: a1
          answer: b1
        - {q: a2, a: b2}
        - Prompt: a3
          Response: b3
        - term: a4
          definition: b4
        -
          front: a5
          back: b5
    """)
    assert sides(parsed) == [(f"a{n}", f"b{n}") for n in range(1, 6)]
    assert parsed.fates == PROSE + CARD * 10


def test_values_stay_as_they_are_written() -> None:
    written = ["no", "1.10", "2024-01-01", "0x1F", "on", "1_000", ".5", "12:30:00", "007"]
    parsed = cards("".join(f"- front: q{n}\n  back: {w}\n" for n, w in enumerate(written)))
    assert [note.back for note in parsed.notes] == written


def test_block_scalars_are_whole() -> None:
    parsed = cards("""\
        - front: |
            two

            lines
          back: |-
            ```yaml
            ---
            cards:
              - front: no card
            ```

              indented
        - front: >
            folded
            text
          back: "quoted
            over lines"
    """)
    assert sides(parsed) == [
        ("two\n\nlines", "```yaml\n---\ncards:\n  - front: no card\n```\n\n  indented"),
        ("folded text", "quoted over lines"),
    ]
    assert PROSE not in parsed.fates[1:]


def test_blank_lines_and_comments_between_cards_are_prose() -> None:
    parsed = cards("""\
        - front: a
          back: |
            x


        # a comment
        - front: b
          back: y

    """)
    assert parsed.fates == PROSE + CARD * 3 + PROSE * 3 + CARD * 2 + PROSE


def test_a_list_or_a_mapping_as_an_answer_is_kept_whole() -> None:
    parsed = cards("""\
        - front: a
          back:
            - one
            - Note: two
            - - deep
        - front: b
          back:
            key: value
            list: [1, 2]
    """)
    assert sides(parsed) == [
        ("a", "- one\n- Note: two\n- - deep"),
        ("b", "- key: value\n- list:\n  - 1\n  - 2"),
    ]


def test_what_is_no_whole_card_is_reported_at_its_line() -> None:
    parsed = cards("""\
        - front: no answer
        - back: no question
        - just words
        - front: a
          back: null
        - front: a
          back: one
          back: two
        - front: fine
          back: fine
    """)
    assert sides(parsed) == [("fine", "fine")]
    assert errors(parsed) == [
        (2, "a card without an answer"),
        (3, "a card without a question"),
        (4, "a card that is no mapping"),
        (5, "a card without an answer"),
        (7, "back is there twice"),
    ]
    assert parsed.fates == PROSE + SKIPPED * 8 + CARD * 2


def test_explanations_hints_tags_and_sources_go_along() -> None:
    note = only(
        cards("""\
        - id: bias-1
          front: a
          back: b
          explanation: because
          hints: [one, two]
          tags: "x, y z"
          topic: Big Data
          deck: Other::Deck
          source: a book
        """)
    )
    assert note.id == "cards/bias-1"
    assert note.why == "because\n\nHint:\n- one\n- two"
    assert note.tags == ("x", "y z", "Big-Data")
    assert (note.deck, note.sources) == ("Other::Deck", ("a book",))


def test_reversed_and_cloze_cards() -> None:
    parsed = cards("""\
        - {front: a, back: b, type: basic-reversed}
        - {front: c, back: d, reversed: true}
        - {type: cloze, text: "The {{c1::cell}} and {{c2::core::hint}} [1]", back: more}
        - {type: cloze, front: "A ==gap== and {{another}}"}
        - {type: cloze, front: "No ____ here", back: gap}
        - {type: cloze, front: "Open {{c1::gap"}
    """)
    kinds = [note.kind for note in parsed.notes]
    assert kinds == [NoteKind.REVERSED] * 2 + [NoteKind.CLOZE] * 2 + [NoteKind.BASIC]
    assert gap_keys(parsed.notes[2].front) == ("c1", "c2")
    assert parsed.notes[2].why == "more"
    assert gap_keys(parsed.notes[3].front) == ("gap", "another")
    assert [line for line, _ in errors(parsed)] == [7]


def test_several_documents_and_lists_on_top() -> None:
    assert sides(deck("---\n- {q: a, a: b}\n---\ncards:\n- {q: c, a: d}\n---\nq: e\na: f\n")) == [
        ("a", "b"), ("c", "d"), ("e", "f"),
    ]  # fmt: skip


def test_decks_within_decks_hand_down_what_they_say() -> None:
    parsed = deck("""\
tags: [all]
decks:
  - deck: One
    cards:
      - {q: a, a: b}
  - deck: Two
    tags: [more]
    cards:
      - {q: c, a: d}
""")
    assert [(note.deck, note.tags) for note in parsed.notes] == [
        ("One", ("all",)), ("Two", ("all", "more")),
    ]  # fmt: skip


# Choices


@pytest.mark.parametrize(
    "answer",
    ["answer: B", "answer: b)", "answer: two", "correct: [B]", "correct_index: 1", "answer: 1"],
)
def test_an_answer_points_at_a_choice(answer: str) -> None:
    # The second card says from where this file counts.
    parsed = cards(f"""\
        - question: which
          options: [one, two, three]
          {answer}
        - question: other
          options: [x, y]
          answer: 0
    """)
    assert sides(parsed)[0] == ("which\n\n- A. one\n- B. two\n- C. three", "B. two")


def test_a_bare_number_that_may_be_two_choices_is_reported() -> None:
    parsed = cards("""\
        - question: which
          options: [one, two, three]
          answer: 1
    """)
    assert errors(parsed) == [(2, "nothing tells which choice 1 is")]
    counted = cards("""\
        - {question: which, options: [one, two, three], answer: 1}
        - {question: last, options: [one, two, three], answer: 3}
    """)
    assert [note.back for note in counted.notes] == ["A. one", "C. three"]


def test_several_right_choices_and_remarks_on_them() -> None:
    note = only(
        cards("""\
        - question: which
          choices:
            A: 2
            B: null
            C: three
          correct: [A, C]
          explanation: both
        """)
    )
    assert note.front == "which\n\n- A. 2\n- B. null\n- C. three"
    assert note.back == "- A. 2\n- C. three\n\nboth"


def test_letters_within_choices_are_their_names() -> None:
    parsed = cards("""\
        - {question: which, options: ["A) one", "B) two"], answer: B}
        - {question: other, options: ["A) one", "B) two"], answer: "B) two"}
    """)
    assert sides(parsed) == [
        ("which\n\n- A. one\n- B. two", "B. two"), ("other\n\n- A. one\n- B. two", "B. two"),
    ]  # fmt: skip


@pytest.mark.parametrize("back", ["B", "b.", "two", "B) two"])
def test_an_answer_that_only_names_the_right_choice_is_not_said_twice(back: str) -> None:
    note = only(
        cards(f"""\
        - front: which
          back: {back}
          choices: [{{key: A, text: one}}, {{key: B, text: two, correct: true}}]
    """)
    )
    assert note.back == "B. two"


def test_choices_of_which_none_is_marked_need_an_answer() -> None:
    parsed = cards("""\
        - {front: a, choices: [x, y], back: it depends}
        - {front: b, choices: [x, y]}
    """)
    assert sides(parsed) == [("a\n\n- A. x\n- B. y", "it depends")]
    assert errors(parsed) == [(3, "a card without an answer")]


# Schedules


def test_a_schedule_beside_a_card_is_kept() -> None:
    parsed = cards("""\
        - {front: a, back: b, due: 2024-01-11, interval: 10, ease: 250, reps: 3}
        - front: c
          back: d
          fsrs: {state: Review, due: 2024-01-11T08:00:00Z, stability: 9.5, difficulty: 5.5,
                 last_review: 2024-01-01T08:00:00Z, lapses: 1}
        - {front: e, back: f, due: 2024-01-01, interval: 0, reps: 0}
        - {front: g, back: h, difficulty: 3}
    """)
    first, second, third, fourth = (note.pasts for note in parsed.notes)
    assert first[0] is not None
    assert second[0] is not None
    assert first[0].standing == Standing(
        due_day=19733, interval_days=10, ease=2.5, last_day=19723, reps=3
    )
    assert second[0].standing == Standing(
        phase="review", due_day=19733, stability_days=9.5, difficulty=5.5,
        last_day=19723, last_ms=1_704_096_000_000, lapses=1,
    )  # fmt: skip
    assert (third, fourth) == ((), ())


# What is not read


@pytest.mark.parametrize(
    "text, message",
    [
        ("x: &a 1\ncards:\n- {q: a, a: *a}\n", "an anchor of YAML is not read"),
        ("cards:\n- &c {q: a, a: b}\n", "line 2 holds an anchor of YAML: these are not read"),
        (
            "cards:\n- {q: a, a: b}\n- <<: {q: c}\n",
            "line 3 holds a merge key of YAML: these are not read",
        ),
    ],
)
def test_aliases_anchors_and_merge_keys_are_refused(text: str, message: str) -> None:
    parsed = deck(text)
    assert not parsed.notes
    assert errors(parsed) == [(1, message)]
    assert parsed.fates == SKIPPED * len(parsed.fates)


def test_bombs_are_neither_slow_nor_fatal() -> None:
    laughs = 'a0: &a0 "lol"\n' + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    deep = "cards:\n- front: " + "[" * 10_000
    deeper = "cards:\n" + "".join(" " * n + "- a:\n" for n in range(0, 4000, 2))
    began = time.process_time()
    for text in (laughs, deep, deeper, "- " * 20_000, "{" * 50_000, "? " * 20_000):
        parsed = deck(text)
        assert not parsed.notes
        assert errors(parsed)
    assert time.process_time() - began < 30


def test_one_broken_card_leaves_the_others() -> None:
    parsed = deck("""\
deck: Whole
cards:
  - front: one
    back: fine
  - front: What is it: this?
    back: broken
  - front: two
\tback: a tab
  - front: three
    back: |
      not cut
short
      at all
  - front: **bold**
    back: an alias that is none
  - front: four
    back: fine
tags: [below]
""")
    assert sides(parsed) == [("one", "fine"), ("four", "fine")]
    assert {note.deck for note in parsed.notes} == {"Whole"}
    assert {note.tags for note in parsed.notes} == {("below",)}
    assert [line for line, _ in errors(parsed)] == [5, 7, 9, 14]
    assert parsed.fates == PROSE * 2 + CARD * 2 + SKIPPED * 11 + CARD * 2 + PROSE


def test_both_parsers_of_the_library_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [VAULT.split("---")[1], "a: [b\n", "x: |\n  y\n\n\n# c\nz: 1\n"]
    fast = [read_yaml(text) for text in texts]
    monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    slow = [read_yaml(text) for text in texts]
    assert [tree.documents for tree in fast] == [tree.documents for tree in slow]
    assert [bool(tree.fault) for tree in fast] == [bool(tree.fault) for tree in slow]


# Laws

_LINE = st.text(st.sampled_from("ab :#-[]{}'\"|>&*!%@`?,\\é0~=$"), min_size=1, max_size=12)
_SIDE = st.lists(_LINE, min_size=1, max_size=4).map("\n".join).map(str.strip).filter(bool)
_PIECES = st.sampled_from(
    ["---\n", "cards:\n", "- front: a\n", "  back: b\n", "    back: |\n", "      text\n", "\n",
     "  choices:\n", "    - {text: a, correct: true}\n", "  answer: 1\n", "\t", "'", "[", "&a ",
     "*a\n", "<<: x\n", "\0", "\ud800", "\r", "...\n", "- ", "? ", "due: 2024-01-01\n"]
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.tuples(_SIDE, _SIDE), min_size=1, max_size=6, unique=True), st.booleans())
def test_what_a_writer_of_yaml_wrote_comes_back(
    written: list[tuple[str, str]], as_note: bool
) -> None:
    data: dict[str, Any] = {"cards": [{"front": front, "back": back} for front, back in written]}
    text = yaml.safe_dump(data, allow_unicode=True, width=40)
    parsed = deck(f"---\n{text}---\nBody\n", "a.md") if as_note else deck(text)
    assert sides(parsed) == written
    lines = split(text)
    assert parsed.fates.count(CARD) >= sum(1 for line in lines if line.strip()) - 1
    assert parsed.fates.count(SKIPPED) == 0


@settings(max_examples=80)
@given(st.lists(_PIECES | st.text(max_size=5), max_size=25).map("".join), st.booleans())
def test_no_text_is_too_much(text: str, as_note: bool) -> None:
    parsed = deck(text, "a.md" if as_note else "a.yaml")
    for note in parsed.notes:
        assert parsed.fates[note.place.line - 1] == CARD
    DIALECT.signs(DeckText(text, "a.md", "a.md", "a"))
