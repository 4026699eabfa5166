"""The deck language, one rule at a time, and the laws that hold for any text."""

from __future__ import annotations

import io
import time
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from decks.model import (
    CARD,
    PROSE,
    SKIPPED,
    LineCounts,
    Note,
    NoteKind,
    Parsed,
    Place,
    Severity,
    Variant,
)
from decks.parse import parse


def deck(text: str) -> Parsed:
    return parse(dedent(text).strip("\n"), "f.md", "Default")


def sides(parsed: Parsed) -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in parsed.notes]


def errors(parsed: Parsed) -> list[tuple[int, str]]:
    return [(p.place.line, p.message) for p in parsed.problems if p.severity is Severity.ERROR]


def notices(parsed: Parsed) -> list[tuple[int, str]]:
    return [(p.place.line, p.message) for p in parsed.problems if p.severity is Severity.NOTE]


# Cards


def test_a_deck_of_the_curriculum() -> None:
    parsed = deck("""
        ---
        deck: Serving
        tags: [mlsd]
        source: sre-book
        as_of: 2026-03
        ---
        # Batching and queues

        ## dynamic-batching
        > sources: clipper2017, triton-docs

        Requests wait a little so that they can share one pass.

        ### batch-wait {type=choose}
        Q: Traffic falls to one request a second. What does a 50 ms batching window cost?
        A: 50 ms for every request, with nothing to share the pass.
        Why: A window pays only when a second request arrives in it.
        Flip: At 1,000 requests/s the window fills at once.
        Variant: The window is 5 ms and traffic is 20 requests/s. (5 ms, (mostly) for nothing.)

        ### batch-order {type=cloze}
        C: A request first [queues], then is [batched], then runs.
        """)
    assert parsed.problems == ()
    first, second = parsed.notes
    assert first == Note(
        kind=NoteKind.BASIC,
        front="Traffic falls to one request a second. What does a 50 ms batching window cost?",
        back="50 ms for every request, with nothing to share the pass.",
        deck="Serving",
        place=Place("f.md", 15),
        id="batch-wait",
        concept="dynamic-batching",
        type="choose",
        why="A window pays only when a second request arrives in it.",
        flip="At 1,000 requests/s the window fills at once.",
        variants=(
            Variant(
                "The window is 5 ms and traffic is 20 requests/s.",
                "5 ms, (mostly) for nothing.",
            ),
        ),
        tags=("mlsd",),
        sources=("sre-book", "clipper2017", "triton-docs"),
        as_of="2026-03",
    )
    assert (second.kind, second.back, second.id) == (NoteKind.CLOZE, "", "batch-order")
    assert parsed.lines == LineCounts(card=6, prose=16)


def test_questions_and_answers_hold_any_markdown() -> None:
    parsed = deck("""
        Q: What does this print?

        ```python
        Q: not a card
        ---
        # not a heading
        a :: b
        ```
        A:
        - one

        | a :: b | $x$ |
        |--------|-----|

        > quoted
        ![plot](plot.png)
        """)
    ((front, back),) = sides(parsed)
    assert front.startswith("What does this print?\n\n```python\nQ: not a card\n---\n")
    assert back.startswith("- one\n\n| a :: b |")
    assert back.endswith("![plot](plot.png)")
    assert parsed.problems == ()


@pytest.mark.parametrize("end", ["Q: next\nA: x", "C: [next]", "# Heading", "#### Heading", "---"])
def test_what_ends_a_card(end: str) -> None:
    parsed = deck(f"Q: a\nA: b\n\nmore\n\n{end}")
    assert sides(parsed)[0] == ("a", "b\n\nmore")
    assert parsed.problems == ()


@pytest.mark.parametrize("line", ["#tag", "----", "--- x", " Q: indented", "Q without colon"])
def test_what_does_not_end_a_card(line: str) -> None:
    assert sides(deck(f"Q: a\nA: b\n{line}")) == [("a", f"b\n{line}")]


def test_extra_fields_start_only_after_the_answer() -> None:
    parsed = deck("""
        Why: prose
        Q: Why so?
        Why: part of the question
        A: since
        Why: one reason
        over two lines
        Why: another
         Flip: indented, so still why
        Variant: x (y)
        Variant: z
        (w)
        """)
    (note,) = parsed.notes
    assert note.front == "Why so?\nWhy: part of the question"
    assert note.why == "one reason\nover two lines\n\nanother\n Flip: indented, so still why"
    assert (note.flip, note.variants) == ("", (Variant("x", "y"), Variant("z", "w")))
    assert parsed.lines == LineCounts(card=10, prose=1)


@pytest.mark.parametrize(
    "value",
    ["no parentheses", "(only the answer)", "front ()", "a (b) c", "a `(b)`", "a [b](c)", ""],
)
def test_a_variant_ends_with_its_answer(value: str) -> None:
    parsed = deck(f"Q: a\nA: b\nVariant: {value}")
    assert parsed.notes == ()
    assert errors(parsed) == [(3, "variant without an answer in final parentheses")]


@pytest.mark.parametrize(
    ("tag", "missing"), [("Params", "Answer"), ("Answer", "Params"), ("Tolerance", "Params")]
)
def test_half_an_estimate_is_no_card(tag: str, missing: str) -> None:
    parsed = deck(f"{tag}: prose\nQ: a\nA: b\n{tag}: x\nmore\nQ: c\nA: d")
    assert errors(parsed) == [(4, f"an estimate without {missing}:")]
    assert sides(parsed) == [("c", "d")]
    assert parsed.lines == LineCounts(card=2, prose=1, skipped=4)


def test_cloze_cards() -> None:
    parsed = deck("""
        C: First [shadow],
        then [canary].

        And `code[0]`.
        Why: care
        """)
    (note,) = parsed.notes
    assert note.kind is NoteKind.CLOZE
    assert note.front == "First [shadow],\nthen [canary].\n\nAnd `code[0]`."
    assert (note.back, note.why) == ("", "care")


@pytest.mark.parametrize(
    ("text", "line", "message", "front"),
    [
        ("Q: a\nA: b\n\nA: c", 4, "second A: after one Q:", "a"),
        ("Q: a\nA: b\nA: c", 3, "second A: after one Q:", "a"),
        ("C: [a]\nA: b", 2, "A: after a cloze card", "[a]"),
    ],
)
def test_a_stray_answer_costs_no_good_card(text: str, line: int, message: str, front: str) -> None:
    parsed = parse(f"{text}\n\nC: next [card]", "f.md", "d")
    assert errors(parsed) == [(line, message)]
    assert [note.front for note in parsed.notes] == [front, "next [card]"]
    assert parsed.lines.skipped == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Q: a", 1, "question without an answer"),
        ("Q: a\nmore", 1, "question without an answer"),
        ("Q:\nA: b", 1, "empty question"),
        ("Q: a\n\nA:\n\nWhy: c", 3, "empty answer"),
        ("A: b", 1, "answer without a question"),
        ("C:", 1, "empty cloze card"),
        ("C: no gap", 1, "cloze card without a gap"),
        ("C:\n\nfine [gap]\nthe range [0, 1)", 4, "[ opens a gap, nothing closes it"),
        ("C: an [] empty one", 1, "an empty gap"),
        ("Q: a\nA: b\0\n", 2, "a character that is not text"),
        ("Q: a\nA: b\ud800\n", 2, "a character that is not text"),
        ("Q: a\nA: b\n```py\nc", 3, "code fence never closes"),
        ("Q: a\nA: ~~~\nc", 2, "code fence never closes"),
        ("q: a\na: b", 1, "looks like Q: but starts no card"),
        ("**Q:** a\n**A:** b", 1, "looks like Q: but starts no card"),
        ("*Q*: a", 1, "looks like Q: but starts no card"),
        ("  Q: a\n  A: b", 1, "looks like Q: but starts no card"),
        ("- Q: a", 1, "looks like Q: but starts no card"),
        ("Q：a", 1, "looks like Q: but starts no card"),
        ("\u00a0Q: a", 1, "looks like Q: but starts no card"),
        ("C: " + "[a] " * 501, 1, "more than 500 gaps"),
        ("1. C: a [gap]", 1, "looks like C: but starts no card"),
        ("a ::", 1, "empty answer"),
        (" :: b", 1, "empty question"),
        ("Q: a\nA: " + "x" * (1 << 20), 1, "a card of more than 1 MiB"),
    ],
)
def test_a_faulty_card_is_reported_and_the_next_one_read(
    text: str, line: int, message: str
) -> None:
    parsed = parse(f"{text}\n\nC: next [card]", "f.md", "d")
    assert errors(parsed) == [(line, message)]
    assert all(problem.hint for problem in parsed.problems)
    assert [note.front for note in parsed.notes] == ["next [card]"]
    assert parsed.lines.card == 1
    assert parsed.lines.skipped == len([x for x in text.split("\n") if x]) + text.count("\n\n")


def test_a_question_whose_answer_is_misspelt_says_where() -> None:
    (problem,) = deck("Q: a\n**A:** b").problems
    assert problem.hint == "line 2 should start with A: in the first column"


@pytest.mark.parametrize(
    "text", ["- A: first\n- B: second\n- C: third", "a: x", "c:\\windows", "Q&A"]
)
def test_ordinary_prose_is_no_near_miss(text: str) -> None:
    parsed = deck(text)
    assert parsed.problems == ()
    assert parsed.lines.prose == text.count("\n") + 1


# One-liners


@pytest.mark.parametrize(
    ("line", "kind", "front", "back"),
    [
        ("recall :: found / relevant", NoteKind.BASIC, "recall", "found / relevant"),
        ("p99 ::: 99th percentile", NoteKind.REVERSED, "p99", "99th percentile"),
        ("- item ::  b", NoteKind.BASIC, "item", "b"),
        ("2. item :: b", NoteKind.BASIC, "item", "b"),
        ("`a :: b` :: c", NoteKind.BASIC, "`a :: b`", "c"),
        ("$a :: b$ :: c", NoteKind.BASIC, "$a :: b$", "c"),
        ("a :: b ::: c", NoteKind.BASIC, "a", "b ::: c"),
        ("a ::: b :: c", NoteKind.REVERSED, "a", "b :: c"),
        ("std::map :: a tree", NoteKind.BASIC, "std::map", "a tree"),
        ("a\u00a0::\u00a0b", NoteKind.BASIC, "a", "b"),
        ("[x :: Int] :: a list", NoteKind.BASIC, "[x :: Int]", "a list"),
        ("==x :: y== :: a mark", NoteKind.BASIC, "==x :: y==", "a mark"),
    ],
)
def test_a_one_line_card(line: str, kind: NoteKind, front: str, back: str) -> None:
    (note,) = deck(line).notes
    assert (note.kind, note.front, note.back) == (kind, front, back)


@pytest.mark.parametrize(
    "line",
    [
        "std::vector",
        "key:: value",
        "[::1]",
        "`a :: b`",
        "| a :: b |",
        "a :::: b",
        "    ```\na :: b\n```",
        "``` a :: b\n```",
        "a [gap :: hint] b",
    ],
)
def test_what_is_no_one_line_card(line: str) -> None:
    parsed = deck(line)
    assert (parsed.notes, parsed.problems) == ((), ())


def test_a_one_liner_below_a_blank_line_ends_the_card_above() -> None:
    parsed = deck("Q: a\nA: b :: c\nd :: e\n\nf :: g\nh :: i\n\n- j :: k")
    assert sides(parsed) == [("a", "b :: c\nd :: e"), ("f", "g"), ("h", "i"), ("j", "k")]
    assert parsed.problems == ()


def test_a_hint_below_a_blank_line_is_no_one_liner() -> None:
    parsed = deck("C: One [gap].\n\nAnother [gap :: hint].\n\nA ==third :: hint== one.")
    assert len(parsed.notes) == 1
    assert parsed.problems == ()


def test_what_is_not_text_is_no_one_liner() -> None:
    parsed = deck("a\0 :: b\nc :: d")
    assert errors(parsed) == [(1, "a character that is not text")]
    assert (sides(parsed), parsed.fates) == ([("c", "d")], "sc")


def test_an_open_fence_is_no_one_liner() -> None:
    parsed = deck("``` a :: b\nc :: d")
    assert sides(parsed) == [("c", "d")]
    assert notices(parsed) == [(1, "code fence never closes")]


def test_a_list_in_an_answer_stays_there() -> None:
    parsed = deck("Q: a\nA: two parts:\n\n- b :: c\n- d :: e\n\n  f :: g")
    assert sides(parsed) == [("a", "two parts:\n\n- b :: c\n- d :: e\n\n  f :: g")]


# Headings, sources, ids


def test_concepts_come_from_second_level_slugs() -> None:
    parsed = deck("""
        a :: 1
        ## kv-cache {#x}
        b :: 1
        ### Some prose
        c :: 1
        ## Other Words
        d :: 1
        ## paging
        # top
        e :: 1
        """)
    assert [note.concept for note in parsed.notes] == ["", "kv-cache", "kv-cache", "", ""]


def test_sources_stand_before_the_first_card_of_a_concept() -> None:
    parsed = deck("""
        > sources: no-concept
        ## one
        > sources: a, b
        > source: c
        x :: 1
        > sources: too-late
        ## two
        y :: 1
        """)
    assert [note.sources for note in parsed.notes] == [("a", "b", "c"), ()]


def test_a_third_level_slug_is_an_id_when_one_card_follows() -> None:
    parsed = deck("""
        ### alone {type=choose}
        a :: 1
        #### Deeper
        ### two-cards {type=choose}
        b :: 1
        c :: 1
        ### one-good-one-bad
        d :: 1
        e ::
        ### 2024
        f :: 1
        ### none
        ## concept
        g :: 1
        """)
    assert [(n.front, n.id, n.type) for n in parsed.notes] == [
        ("a", "alone", "choose"),
        *((front, "", "") for front in "bcdfg"),
    ]


@pytest.mark.parametrize(
    ("text", "note_id"),
    [
        ("Q: a\nA: b ^my-id", "my-id"),
        ("Q: a\nA: b\n\n^my-id\n", "my-id"),
        ("Q: a\nA: b\nWhy: c ^d7cee0", "d7cee0"),
        ("Q: a\nA: b ^my-id\nWhy:\n", "my-id"),
        ("C: [a] ^abc", "abc"),
        ("a :: b ^x-1", "x-1"),
        ("Q: a\nA: b ^ab", ""),
        ("Q: a\nA: b ^2024", ""),
        ("Q: a\nA: x^abc", ""),
        ("Q: a\nA: `x ^abc`", ""),
        ("Q: a ^abc\nA: b", ""),
        ("Q: a\nA: b\n```\n ^abc\n```", ""),
    ],
)
def test_a_trailing_id_is_taken_off_the_text(text: str, note_id: str) -> None:
    (note,) = parse(text, "f.md", "d").notes
    assert note.id == note_id
    assert ("^" in note.front + note.back + note.why) == (not note_id)


def test_sources_that_are_not_text_are_not_taken() -> None:
    parsed = parse("## one\n> sources: a\0\nx :: 1", "f.md", "d")
    assert errors(parsed) == [(2, "a character that is not text")]
    assert parsed.notes[0].sources == ()


def test_a_card_whose_double_is_faulty_is_kept() -> None:
    parsed = deck("### k\na :: 1\n### l\nb :: 2 ^k-2\n# End\nb :: 2")
    assert [note.front for note in parsed.notes] == ["a", "b"]
    assert parsed.fates == "pcpspc"


def test_conflicting_ids() -> None:
    parsed = deck("""
        ### one-id
        a :: 1 ^other-id
        ### same-id
        b :: 1 ^same-id
        ### later
        c :: 1
        d :: 1 ^same-id
        """)
    assert errors(parsed) == [
        (2, "two ids for one card: one-id and other-id"),
        (7, "id same-id again: it belongs to the card on line 4"),
    ]
    assert [note.front for note in parsed.notes] == ["b", "c"]
    assert parsed.lines == LineCounts(card=2, prose=3, skipped=2)


def test_the_same_card_twice_is_one_card() -> None:
    parsed = deck("Q: a\nA: b\nQ: a\nA: c\n---\na :: b\na ::: b")
    assert sides(parsed) == [("a", "b"), ("a", "c"), ("a", "b")]
    assert notices(parsed) == [(6, "the same card as on line 1: one was kept")]


# Fences, comments, line ends


@pytest.mark.parametrize(
    ("opener", "closer"),
    [
        ("```", "```"),
        ("```python", "`````"),
        ("````md", "````"),
        ("~~~", "~~~"),
        ("   ```", "  ```"),
        ("- ```", "  ```"),
        ("    ```yaml", "    ```"),
    ],
)
def test_nothing_inside_a_fence_is_markup(opener: str, closer: str) -> None:
    inside = "Q: x\nA: y\n---\n## slug\nC: [z]\n~~\n``\nWhy: w\n<!--\nParams: q"
    parsed = parse(f"Q: a\nA: b\n{opener}\n{inside}\n{closer}\n", "f.md", "d")
    assert sides(parsed) == [("a", f"b\n{opener}\n{inside}\n{closer}")]
    assert parsed.problems == ()


def test_a_fence_may_follow_a_tag() -> None:
    parsed = deck("Q: a\nA: ```\nQ: x\n```\nWhy: ~~~\nA: y\n~~~")
    assert sides(parsed) == [("a", "```\nQ: x\n```")]
    assert parsed.notes[0].why == "~~~\nA: y\n~~~"


def test_a_fence_that_a_later_card_seems_to_close_swallows_no_card() -> None:
    parsed = deck("""
        Q: a
        A: b
        ```py
        code

        Q: c
        A: d
        ```js
        code
        ```
        """)
    assert errors(parsed) == [(3, "code fence never closes")]
    assert sides(parsed) == [("c", "d\n```js\ncode\n```")]


def test_code_in_a_quote_ends_with_it() -> None:
    parsed = deck("Q: a\nA: b\n> ```\n\nQ: c\nA: > ```\n> Q: d\ne")
    assert sides(parsed) == [("a", "b\n> ```"), ("c", "> ```\n> Q: d\ne")]
    assert parsed.problems == ()


def test_commented_out_cards_stay_out() -> None:
    parsed = deck("""
        <!-- one line -->
        Q: a
        A: b
        <!--
        Q: old
        A: old
        -->
        more
        <!-- never closed
        """)
    assert sides(parsed) == [("a", "b\nmore")]
    assert notices(parsed) == [(9, "comment never closes")]
    assert parsed.fates == "pccppppcp"


def test_line_ends_and_marks_of_editors_do_not_matter() -> None:
    text = "---\ndeck: D\n---\nQ: a\n\nA: b\n```\nc\n```\n"
    plain = parse(text, "f.md", "d")
    assert parse("\ufeff" + text, "f.md", "d") == plain
    assert parse(text.replace("\n", "\r\n"), "f.md", "d") == plain
    assert parse(text.replace("\n", "\r"), "f.md", "d") == plain
    assert parse(text.rstrip("\n"), "f.md", "d") == plain
    assert plain.lines == LineCounts(card=6, prose=3)


def test_a_deck_is_named_by_its_file_unless_it_says_otherwise() -> None:
    assert parse("a :: b", "f.md", "x:: ::y\0").notes[0].deck == "x::y"
    assert parse("---\nname: N\n---\na :: b", "f.md", "x").notes[0].deck == "N"


# Laws

MARKERS = [
    "Q: q", "A: a", "C: [x]", "C: none", "Q:", "A:", "Why: w", "Flip: f", "Variant: v (w)",
    "Variant: v", "Params: p", "Q: {a}", "A: {ans} b", "Params: a = 1 | 2", "Answer: a * 2 [GB]",
    "Tolerance: 20%", "---", "+++", "deck: d", "## slug", "### slug {type=x}", "# H",
    "> sources: a", "a :: b", "a ::: b ^id-x", "^id-y", "```", "```py", "~~~", "> ```", "- ```",
    "A: ```", "<!--", "-->", "<!-- x -->", "q: x", "- Q: x", "", "   ", "text", "\0", "\ud800",
    "[", "{{c1::", "$", "tags: [", "- x",
]  # fmt: skip
FILES = st.lists(st.sampled_from(MARKERS), max_size=25).map("\n".join)


def lines_of(text: str) -> list[str]:
    """The lines as Python's universal newlines have them."""
    return list(io.StringIO(text.removeprefix("\ufeff"), newline=None))


@given(st.one_of(st.text(max_size=200), FILES))
@example("\ufeff")
@example("\n")
def test_any_text_parses_and_every_line_is_accounted_for(text: str) -> None:
    parsed = parse(text, "f.md", "d")
    lines = lines_of(text)
    assert len(parsed.fates) == len(lines) == sum(parsed.lines)
    assert set(parsed.fates) <= {CARD, PROSE, SKIPPED}
    numbers = [problem.place.line for problem in parsed.problems]
    assert numbers == sorted(numbers)
    assert all(1 <= number <= len(lines) for number in numbers)
    assert bool(errors(parsed)) == bool(parsed.lines.skipped)
    assert bool(parsed.notes) == bool(parsed.lines.card)
    for note in parsed.notes:
        assert note.front == note.front.strip() != ""
        assert bool(note.back) == (note.kind is not NoteKind.CLOZE)


@given(FILES)
def test_all_that_a_note_says_stands_in_lines_of_cards(text: str) -> None:
    parsed = parse(text, "f.md", "d")
    marked = zip(lines_of(text), parsed.fates, strict=True)
    held = [line for line, fate in marked if fate == CARD]
    for note in parsed.notes:
        assert parsed.fates[note.place.line - 1] == CARD
        said = [note.front, note.back, note.why, note.flip, *sum(note.variants, ())]
        for words in "\n".join(said).split("\n"):
            assert any(words.strip() in line for line in held)


@given(FILES, st.sampled_from(["\r\n", "\r"]))
def test_line_ends_never_matter(text: str, end: str) -> None:
    assert parse(text.replace("\n", end), "f.md", "d") == parse(text, "f.md", "d")


@given(FILES)
def test_a_closed_fence_hides_whatever_it_holds(text: str) -> None:
    text = text.replace("py", "")  # a language after a card would tell of a forgotten closer
    body = f"`````\n{text}\n`````"
    parsed = parse(f"# Title\n{body}\n", "f.md", "d")
    assert parsed.notes == ()
    assert parsed.lines.card == 0
    if not {"\0", "\ud800"} & set(text):
        assert parsed.problems == ()
        assert sides(parse(f"Q: a\nA: b\n{body}\n", "f.md", "d")) == [("a", f"b\n{body}")]


@given(st.lists(FILES.filter(lambda text: "<!--" not in text), min_size=1, max_size=3))
def test_nothing_costs_the_last_card(texts: list[str]) -> None:
    before = "\n".join(texts).replace("`", "").replace("~", "")
    parsed = parse(f"{before}\n\n# End\nQ: really last\nA: yes\n", "f.md", "d")
    assert sides(parsed)[-1] == ("really last", "yes")


@pytest.mark.parametrize(
    "unit",
    [
        "\n",
        "```\n",
        "~~~~\n",
        "<!--\n",
        "Q: a\n",
        "[",
        "> ",
        "a :: b\n",
        "> ```\n",
        " :: ",
        "[a :: ",
        "`a :: b` ",
        "[a :: b]",
    ],
)
def test_hostile_files_take_linear_time(unit: str) -> None:
    started = time.process_time()
    parse(unit * (150_000 // len(unit)), "f.md", "d")
    assert time.process_time() - started < 10  # seconds; a quadratic pass takes minutes


@pytest.mark.parametrize("reopened", ["", f"Q: a\n{'~' * 2000}py\n{'~' * 2000}\n"])
def test_ever_shorter_fences_take_linear_time(reopened: str) -> None:
    fences = "".join("~" * length + "a\n" for length in range(1500, 3, -1))
    started = time.process_time()
    parse(fences + "x\n" * 60_000 + reopened, "f.md", "d")
    assert time.process_time() - started < 4
