"""Gaps: what is one, what is not, and what a card shows of them."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.cards import Face, card_keys, face
from decks.cloze import fault, find_gaps, gap_keys, mask, reveal
from decks.spans import code_ranges, math_ranges, protected


def deck(text: str) -> str:
    return dedent(text).strip("\n")


def words(text: str) -> list[str]:
    return [gap.text for gap in find_gaps(text)]


def test_three_spellings_make_gaps() -> None:
    text = "first [shadow], then {{c2::canary::a small share}}, then ==ramp=="
    shadow, canary, ramp = find_gaps(text)
    assert (shadow.text, shadow.hint, shadow.number, shadow.key) == ("shadow", "", None, "shadow")
    assert (canary.text, canary.hint, canary.number) == ("canary", "a small share", 2)
    assert canary.key == "c2"
    assert [text[gap.start : gap.end] for gap in (shadow, ramp)] == ["[shadow]", "==ramp=="]


@pytest.mark.parametrize(
    "text",
    [
        "code `a[0]` and ``b[`1`]``",
        "math $\\xrightarrow[n]{p}$ and $$x[1]$$",
        "math \\(a[1]\\) and \\[ b[2] \\]",
        "links [t](u), [t][r], [t](<a b>), [t](u 'title'), <http://h/[x]>, [[note]]",
        "images ![alt](file.png) ![alt][r] ![alt]",
        "a footnote[^1] and escapes \\[x\\]",
        "- [ ] open\n- [x] done\n  1. [X] done",
        "> [!note] a callout",
        "[r]: https://example.org",
        "```\n[x]\n```",
        "~~~~ py\n~~~\n[x]\n~~~~",
        "1. item\n   ```\n   [x]\n   ```",
        "> ```\n> [x]",
        "a == b and c == d, a===b===c, ==== and ==",
        "==not\nover lines==",
    ],
)
def test_code_math_links_and_boxes_hold_no_gap(text: str) -> None:
    assert words(text) == []
    assert fault(text) is None
    assert words(f"{text}\n\n[gap]") == ["gap"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("costs $5 for [one] and $6 for [two]", ["one", "two"]),
        ("a [gap](with a remark) after it", ["gap"]),
        ("loss is [$\\sum_i x[i]$] or [`a[0]`]", ["$\\sum_i x[i]$", "`a[0]`"]),
        ("see [the [paper](url)]", ["the [paper](url)"]),
        ("{{c1::std::vector}} {{c1::$a::b$}}", ["std", "$a::b$"]),
        ("{{c1::a[0] and [b]}}", ["a[0] and [b]"]),
        ("a lone ` tick and [gap] and $ sign", ["gap"]),
        ("over [two\nlines]", ["two\nlines"]),
        ("```\nnever closed\n\n[gap]", ["gap"]),
    ],
)
def test_gaps_beside_and_around_protected_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "gap", "hint"),
    [
        ("[point reads :: which access?]", "point reads", "which access?"),
        ("==point reads :: which access?==", "point reads", "which access?"),
        ("{{c1::point reads::which access?}}", "point reads", "which access?"),
        ("[over\n:: lines]", "over", "lines"),
        ("[a :: b :: c]", "a", "b :: c"),
        ("[a :: `b :: c`]", "a", "`b :: c`"),
        ("[`a :: b` :: c]", "`a :: b`", "c"),
        ("[ a\u00a0::\u00a0b ]", "a", "b"),
        ("[gap :: ]", "gap", ""),
        ("[std::vector]", "std::vector", ""),
        ("[std :: vector]", "std", "vector"),
        ("[a ::b]", "a ::b", ""),
        ("[a:: b]", "a:: b", ""),
        ("[a ::]", "a ::", ""),
        ("[a ::: b]", "a ::: b", ""),
        ("==std::vector==", "std::vector", ""),
        ("==a :: b::c==", "a", "b::c"),
    ],
)
def test_a_hint_stands_behind_colons_with_blanks_around_them(
    text: str, gap: str, hint: str
) -> None:
    (found,) = find_gaps(text)
    assert (found.text, found.hint) == (gap, hint)
    assert fault(text) is None
    assert mask(text, found.key) == f"[{hint or '...'}]"
    assert reveal(text, found.key) == f"**{gap}**"


def test_a_hint_changes_no_key() -> None:
    assert gap_keys("[Shadow :: which?] ==ramp :: what?==") == gap_keys("[shadow] ==ramp==")


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("a [ :: hint] alone", 2, "an empty gap"),
        ("[a] " * 501, 2000, "more than 500 gaps"),
        ("the range [0, 1)", 10, "[ opens a gap, nothing closes it"),
        ("a {{c1::gap", 2, "{{c1:: opens a gap, nothing closes it"),
        ("ends [here\n\nnot] here", 5, "[ opens a gap, nothing closes it"),
        ("an [] empty one", 3, "an empty gap"),
        ("an {{c1:: ::hint}} empty one", 3, "an empty gap"),
        ("a [gap [in] a gap]", 7, "a gap inside another gap"),
        ("{{c1::a {{c2::b}} }}", 8, "a gap inside another gap"),
        ("{{c0::x}}", 0, "a gap number outside 1 to 500"),
        ("{{c501::x}}", 0, "a gap number outside 1 to 500"),
        ("{{c" + "9" * 5000 + "::x}}", 0, "a gap number outside 1 to 500"),
    ],
)
def test_faults_are_named_with_their_offset(text: str, offset: int, message: str) -> None:
    assert fault(text) == (offset, message)


def test_a_key_follows_from_number_or_words() -> None:
    assert gap_keys("{{c2::a}} [b] {{c1::c}} {{c2::d}}") == ("c2", "b", "c1")
    assert gap_keys("[Shadow  mode] [shadow mode] [x]") == ("shadow mode", "shadow mode#2", "x")


def test_no_two_gaps_share_a_key_by_accident() -> None:
    text = "{{c1::a}} [c1] [C1] [x#2] [x] [x]"
    assert len(gap_keys(text)) == 6


@given(st.lists(st.sampled_from(["red", "green", "blue", "c1", "x#2"]), unique=True), st.data())
def test_another_gap_changes_no_key(texts: list[str], data: st.DataObject) -> None:
    before = {gap.text: gap.key for gap in find_gaps(" ".join(f"[{text}]" for text in texts))}
    texts.insert(data.draw(st.integers(0, len(texts))), "newcomer")
    after = {gap.text: gap.key for gap in find_gaps(" ".join(f"[{text}]" for text in texts))}
    assert before == {text: key for text, key in after.items() if text != "newcomer"}


def test_a_card_hides_its_gap_and_shows_the_others() -> None:
    text = "first [shadow], then {{c1::canary::a small share}}; `a[0]` stays"
    assert mask(text, "shadow") == "first [...], then canary; `a[0]` stays"
    assert mask(text, "c1") == "first shadow, then [a small share]; `a[0]` stays"
    assert reveal(text, "c1") == "first shadow, then **canary**; `a[0]` stays"


def test_equal_numbers_are_asked_together() -> None:
    assert mask("{{c1::a}} [b] {{c1::c::see}}", "c1") == "[...] b [see]"
    assert reveal("{{c1::a}} [b] {{c1::**c**}}", "c1") == "**a** b **c**"


# Nothing that is markup by itself: boxes, footnotes, hints and emphasis have tests of their own.
PROSE = st.text(st.characters(exclude_characters="[]{}=`$\\<>!~\n:^*+-.)"), max_size=8)
GAP_TEXT = PROSE.filter(lambda text: bool(text.strip()))
FIXED = ["`a[0]`", "$b[1]$", "[link](url)", "[^1]", "\\[", "![alt](i.png)"]
FORM = st.sampled_from(
    [
        *(("[", "]"), ("{{c1::", "}}"), ("==", "==")),
        *(("[", " :: hint]"), ("{{c7::", "::hint}}"), ("==", " :: hint==")),
    ]
)


@given(st.lists(st.tuples(PROSE, GAP_TEXT, FORM, st.sampled_from(FIXED)), min_size=1, max_size=5))
def test_masked_and_revealed_texts_obey_their_laws(
    pieces: list[tuple[str, str, tuple[str, str], str]],
) -> None:
    pieces = [(before, gap.strip(), form, fixed) for before, gap, form, fixed in pieces]
    text = " ".join(f"{before} {a}{gap}{z} {fixed}" for before, gap, (a, z), fixed in pieces)
    gaps = find_gaps(text)
    assert [gap.text for gap in gaps] == [gap for _, gap, _, _ in pieces]
    for key in gap_keys(text):
        shown = [f"[{gap.hint or '...'}]" if gap.key == key else gap.text for gap in gaps]
        told = [f"**{gap.text}**" if gap.key == key else gap.text for gap in gaps]
        for got, fills in ((mask(text, key), shown), (reveal(text, key), told)):
            assert got == " ".join(
                f"{before} {fill} {fixed}"
                for (before, _, _, fixed), fill in zip(pieces, fills, strict=True)
            )


@given(st.text(st.sampled_from("[]{}c1:=`$\\!(^ \n>-xé~<"), max_size=60))
def test_any_text_can_be_scanned(text: str) -> None:
    spans = protected(text)
    assert list(spans) == sorted(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    gaps = find_gaps(text)
    assert all(gap.text and gap.start < gap.end for gap in gaps)
    assert all(a.end <= b.start for a, b in pairwise(gaps))
    assert not any(start <= gap.start < end for gap in gaps for start, end in spans)
    for key in gap_keys(text):
        assert mask(text, key)
        assert reveal(text, key)


@pytest.mark.parametrize(
    "unit",
    ["[a](", "`", "$x ", "\\(", "[", "<a:", "==a ", "{{c1::", "[^", '[a](b "', "```a\n", "> ```\n"],
)
def test_hostile_repetition_costs_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    protected(text)
    fault(text)  # a quadratic scan would take minutes here


def test_math_comes_with_its_delimiters() -> None:
    text = "a $x$, $5 and $6, $$y$$, \\(z\\), `$n$`, \\[w\\]"
    bodies = [text[m.start + m.width : m.end - m.width] for m in math_ranges(text)]
    assert bodies == ["x", "y", "z", "w"]
    assert [m.display for m in math_ranges(text)] == [False, True, False, True]


def test_code_comes_with_its_marks() -> None:
    text = deck("""
        a `b` c
        ```py
        d
        ```
        e
        """)
    assert [text[a:z] for a, z in code_ranges(text)] == ["`b`", "```py\nd\n```\n"]


def test_a_note_of_each_kind_makes_its_cards() -> None:
    assert card_keys("basic", "f") == ("front",)
    assert card_keys("reversed", "f") == ("front", "back")
    assert card_keys("cloze", "[a] {{c1::b}}") == ("a", "c1")
    assert face("basic", "f", "b", "front") == Face("f", "b")
    assert face("reversed", "f", "b", "back") == Face("b", "f")
    assert face("cloze", "[a] [b]", "", "a") == Face("[...] b", "**a** b")


def test_cards_cost_little_to_import() -> None:
    code = "import sys, decks.cards; print(*(m for m in sys.modules if m.startswith('decks')))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert set(loaded.stdout.split()) == {"decks", "decks.cards"}
