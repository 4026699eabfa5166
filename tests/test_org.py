"""org-drill: headings tagged :drill:, what they ask, and where they stood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cards import card_keys
from decks.cloze import find_gaps, gap_keys
from decks.dialects.base import DeckText, Signs
from decks.dialects.dates import day_of
from decks.dialects.org import DIALECT
from decks.dialects.org_markup import inline, markdown
from decks.history import Past, Standing
from decks.lines import split
from decks.model import CARD, Note, NoteKind, Parsed


def read(text: str) -> Parsed:
    return DIALECT.parse(DeckText(text, "a.org", "a.org", "a"))


def only(text: str) -> Note:
    parsed = read(text)
    assert not parsed.problems
    (note,) = parsed.notes
    return note


def typed(kind: str, body: str) -> str:
    return f"* Item :drill:\n  :PROPERTIES:\n  :DRILL_CARD_TYPE: {kind}\n  :END:\n{body}"


def test_a_simple_card_asks_with_its_text_and_answers_below() -> None:
    text = (
        "#+TITLE: Capitals\n#+FILETAGS: :geo:\n\n* Europe :eu:\n** TODO [#A] Item :drill:north:\n"
        "   What is the capital of *Estonia*?\n   # a comment\n\n*** The Answer\n    Tallinn.\n\n"
        "*** Notes\n    On the sea.\n*** Own :drill:\n    x\n** Other\nprose\n"
    )
    first, second = read(text).notes
    assert first.front == "What is the capital of **Estonia**?"
    assert first.back == "Tallinn.\n\n### Notes\n\nOn the sea."
    assert (first.deck, first.tags) == ("Capitals", ("geo", "eu", "north"))
    assert (second.front, second.back) == ("Own", "x")
    assert read(text).fates == "pppp" + "cccp" + "cc" + "p" + "cccc" + "pp"


def test_a_title_asks_where_nothing_else_does() -> None:
    assert only("* Capital of France? :drill:\nParis\n").back == "Paris"
    assert only("* Capital of France? :drill:\n** Answer\nParis\n").front == "Capital of France?"
    note = only("* What breaks? :drill:\nThe cache is cold.\n** Answer\nAll.\n")
    assert note.front == "What breaks?\n\nThe cache is cold."
    assert only("* Q :drill:\n** Paris\n").back == "Paris"


def test_gaps_of_a_simple_card_are_asked_at_once_with_their_hints() -> None:
    note = only("* Fact :drill:\n[New Zealand] has [Wellington||city] =a[1]= [[l][m]] [fn:1].\n")
    gaps = [(gap.text, gap.hint) for gap in find_gaps(note.front)]
    assert gaps == [("New Zealand", ""), ("Wellington", "city")]
    assert gap_keys(note.front) == ("c1",)


@pytest.mark.parametrize(
    ("kind", "cards"),
    [("hide1cloze", 3), ("show2cloze", 3), ("multicloze", 3), ("hidefirst", 1), ("hidelast", 1)],
)
def test_gaps_of_the_other_types_are_asked_one_by_one(kind: str, cards: int) -> None:
    note = only(typed(kind, "To form [an\n adverb], add [-mente] to [it|gender].\n** Ex\nmore\n"))
    assert (len(gap_keys(note.front)), note.why) == (cards, "### Ex\n\nmore")
    assert "|" not in note.front


@pytest.mark.parametrize(
    "body",
    [
        "- [ ] a box\n",
        "#+begin_src c\na[1]\n#+end_src\n",
        "$x[1]$\n",
        "[[file:a.png]]\n",
        "[2024-01-01 Mon]\n",
    ],
)
def test_other_brackets_are_no_gaps(body: str) -> None:
    assert only(f"* Why? :drill:\n{body}").kind is NoteKind.BASIC


def test_sided_cards() -> None:
    note = only(
        typed("twosided", "Translate.\n** Spanish\nel gato\n** English\nthe cat\n** Ex\nMiau\n")
    )
    assert (note.kind, note.front, note.back) == (NoteKind.REVERSED, "el gato", "the cat")
    assert note.why == "Translate.\n\n### Ex\n\nMiau"
    notes = read(typed("multisided", "** A\na\n** B\nb\n** Pic\n[[file:p.jpg][P]]\n")).notes
    assert [(one.front, one.back) for one in notes] == [
        ("a", "b\n\n![P](p.jpg)"), ("b", "a\n\n![P](p.jpg)"), ("![P](p.jpg)", "a\n\nb"),
    ]  # fmt: skip


SCHEDULE = (
    "  SCHEDULED: <2010-11-12 Fri>\n  :PROPERTIES:\n  :ID: 12ab-34\n  :DRILL_LAST_INTERVAL: 4.5\n"
    "  :DRILL_TOTAL_REPEATS: 3\n  :DRILL_FAILURE_COUNT: 1\n  :DRILL_EASE: 2.36\n"
    "  :DRILL_LAST_REVIEWED: [2010-11-08 Mon 11:03]\n"
)


def test_a_schedule_is_a_standing_of_each_card() -> None:
    standing = Standing(
        phase="review", due_day=day_of("2010-11-12"), interval_days=4.5, ease=2.36,
        last_day=day_of("2010-11-08"), reps=3, lapses=1,
    )  # fmt: skip
    note = only(f"* Q? :drill:\n{SCHEDULE}  :END:\nA\n")
    assert (note.id, note.pasts) == ("12ab-34", (Past("org-drill", standing=standing),))
    end = "  :DRILL_CARD_TYPE: hide1cloze\n  :END:\n[a] and [b]\n"
    cloze = only(f"* Q? :drill:\n{SCHEDULE}{end}")
    assert len(cloze.pasts) == len(card_keys(cloze.kind, cloze.front)) == 2


FAILED = (
    ":DRILL_LAST_INTERVAL: 0.0\n:DRILL_TOTAL_REPEATS: 1\n:DRILL_LAST_REVIEWED: [2020-01-02 Thu]"
)


@pytest.mark.parametrize(
    ("properties", "phase", "interval"),
    [(":LEARN_DATA: (7 2 2.6)", "review", 7.0), (FAILED, "relearning", 0.0)],
)
def test_older_and_failed_schedules(properties: str, phase: str, interval: float) -> None:
    (past,) = only(f"* Q? :drill:\n:PROPERTIES:\n{properties}\n:END:\nA\n").pasts
    assert past
    assert past.standing
    assert (past.standing.phase, past.standing.interval_days) == (phase, interval)


def test_a_card_never_asked_has_no_past() -> None:
    zeros = (
        ":DRILL_LAST_INTERVAL: 0\n:DRILL_TOTAL_REPEATS: 0\n:DRILL_LAST_REVIEWED: [Y-08-27 Wed 16:%]"
    )
    assert (
        only(f"* Q? :drill:\nSCHEDULED: <2024-01-01>\n:PROPERTIES:\n{zeros}\n:END:\nA\n").pasts
        == ()
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (typed("conjugate", "| a | b |\n"), "cards of the type conjugate are not read"),
        (typed("hide1cloze", "none\n"), "cloze card without a gap that can be read"),
        (typed("twosided", "** One\na\n"), "a card with fewer than two sides"),
        ("* Empty :drill:\n\n", "an empty card"),
    ],
)
def test_what_is_not_understood_is_reported(text: str, message: str) -> None:
    parsed = read(text)
    assert [problem.message for problem in parsed.problems] == [message]
    assert parsed.notes == ()
    assert "s" in parsed.fates


def test_headings_in_examples_and_inherited_tags_are_no_cards() -> None:
    assert not read("#+begin_example\n* Q :drill:\nA\n#+end_example\n* P :drills:\n** Q\nx\n").notes
    assert not read("* COMMENT Q :drill:\nA\n").notes


@pytest.mark.parametrize(
    ("org", "wanted"),
    [
        ("*bold* /it/ =a*b= ~x`y~ +no+", "**bold** *it* `a*b` `` x`y `` ~~no~~"),
        ("*/both/*", "***both***"),
        ("a*b*c 1/2/3 x=y=z", "a*b*c 1/2/3 x=y=z"),
        ("[[https://x.org][X]] [[https://y.org]]", "[X](https://x.org) <https://y.org>"),
        ("[[file:a b.png]] [[*Place]] [fn:1]", "![](<a b.png>) Place [^1]"),
        (r"\(a_1 * b * c\) $x/y/z$", r"\(a_1 * b * c\) $x/y/z$"),
    ],
)
def test_inline_markup_becomes_markdown(org: str, wanted: str) -> None:
    assert inline(org) == wanted


def test_blocks_become_markdown() -> None:
    org = (
        "  #+name: x\n  #+begin_src python :results x\n    def f():\n      ,* a\n  #+end_src\n"
        "  : fixed\n  :LOGBOOK:\n  - note\n  :END:\n"
        "  #+begin_quote\n  /said/\n\n  so\n  #+end_quote\n"
        "  | a | b |\n  |---+---|\n  | 1 | 2 |\n\n  | c |\n\n  - term :: def\n  -----"
    )
    assert markdown(org.split("\n")).split("\n") == [
        "```python", "def f():", "  * a", "```", "```", "fixed", "```", "> *said*", ">", "> so",
        "| a | b |", "|---|---|", "| 1 | 2 |", "", "| |", "|---|", "| c |", "",
        "- **term**: def", "---",
    ]  # fmt: skip


def test_only_tagged_headings_are_signs() -> None:
    assert DIALECT.signs(DeckText("* a :x:drill:\nb\n** c :drill: \n", "a", "a", "a")).cards == 2
    assert DIALECT.signs(DeckText("text :drill:\n* a :drills:\n", "a", "a", "a")) == Signs()


LINES = st.lists(st.sampled_from(["text", "- a", "more words", "", "1. x"]), min_size=1, max_size=4)


@settings(max_examples=40)
@given(st.lists(st.tuples(LINES, LINES), max_size=5), st.booleans())
def test_what_is_written_in_the_format_is_read_back(
    cards: list[tuple[list[str], list[str]]], windows: bool
) -> None:
    wanted = [
        ("\n".join([f"q{at}", *front]).strip(), "\n".join(["a", *back]).strip())
        for at, (front, back) in enumerate(cards)
    ]
    text = "".join(f"* Prose\n* Item :drill:\n{q}\n** Answer\n{a}\n" for q, a in wanted)
    parsed = read(text.replace("\n", "\r\n") if windows else text)
    assert [(note.front, note.back) for note in parsed.notes] == wanted
    held = [line for line, fate in zip(split(text), parsed.fates, strict=True) if fate != CARD]
    assert held == ["* Prose"] * len(cards)


PIECES = st.sampled_from(
    ["* a :drill:", "** b", "*** c :drill:", ":PROPERTIES:", ":END:", ":ID: x", "[x]", "[y||h]",
     ":DRILL_CARD_TYPE: twosided", ":DRILL_CARD_TYPE: hide1cloze", ":DRILL_LAST_INTERVAL: 9999999",
     "SCHEDULED: <9999-99-99>", "#+begin_src", "#+end_src", "#+begin_quote", "#+end_quote",
     "| a |", "|---|", ": f", "*b* /i/ =c=", "", "[[l]", "\\(", "\ud800",
     "- t :: d", "\ue0f00\ue0f1", "# c"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map("\n".join)))
def test_any_text_is_accounted_for(text: str) -> None:
    parsed = read(text)
    assert len(parsed.fates) == len(split(text))
    assert all(parsed.fates[note.place.line - 1] == CARD for note in parsed.notes)
    DIALECT.signs(DeckText(text, "a", "a", "a"))
