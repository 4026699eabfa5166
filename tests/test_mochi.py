"""Mochi: sides, gaps that are asked together, and files of many cards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cloze import gap_keys
from decks.dialects.base import DeckText
from decks.dialects.mochi import DIALECT
from decks.lines import split
from decks.model import CARD, PROSE, SKIPPED, NoteKind, Parsed, Severity


def deck(text: str) -> Parsed:
    parsed = DIALECT.parse(DeckText(text, "f.md", "f.md", "f"))
    assert len(parsed.fates) == len(split(text))
    return parsed


def sides(text: str) -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in deck(text).notes]


def signs(text: str) -> int:
    return DIALECT.signs(DeckText(text, "f.md", "f.md", "f")).cards


FILE = """\
---
card_id: abc123xyz
---
What is the time complexity of binary search?
---
O(log n)
---
card_id: null
tags: [search, "two words"]
---
What is a hash table?
---
It maps keys to values.

```yaml
---
a: b
---
```
---
A third side.
---
card_id: def456ghi
archived: true
---
Q
---
A
"""


def test_a_file_of_many_cards() -> None:
    parsed = deck(FILE)
    assert [(note.front, note.back) for note in parsed.notes] == [
        ("What is the time complexity of binary search?", "O(log n)"),
        (
            "What is a hash table?",
            "It maps keys to values.\n\n```yaml\n---\na: b\n---\n```\n\n---\n\nA third side.",
        ),
        ("Q", "A"),
    ]
    assert [note.id for note in parsed.notes] == ["abc123xyz", "", "def456ghi"]
    assert parsed.notes[1].tags == ("search", "two words")
    (past,) = parsed.notes[2].pasts
    assert past is not None
    assert past.suspended
    assert parsed.fates == CARD * len(parsed.fates)
    assert signs(FILE) == 3
    assert signs(FILE.replace("\n", "\r\n")) == 3


def test_a_file_without_keys_is_one_card() -> None:
    assert sides("Front\n---\nBack\n\n----\n\nwith a line\n") == [
        ("Front", "Back\n\n----\n\nwith a line")
    ]
    (note,) = deck("---\ntags: [a]\n---\nFront #b\n---\nkey: value\n\n#c #d\n").notes
    assert (note.front, note.back) == ("Front #b", "key: value")
    assert note.tags == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    "text, front, keys",
    [
        ("A {{dog}} [x]\n", "A [dog] \\[x]", ("dog",)),
        ("A {{dog}} from {{Japan}}\n", "A {{c1::dog}} from {{c1::Japan}}", ("c1",)),
        (
            "A {{1::Shiba}} is a {{2::dog}} of {{2::Japan}}",
            "A {{c1::Shiba}} is a {{c2::dog}} of {{c2::Japan}}",
            ("c1", "c2"),
        ),
        ("`{{code}}` and {{gap}}", "`{{code}}` and [gap]", ("gap",)),
        ("==lit== and {{gap}}", "\\=\\=lit\\=\\= and [gap]", ("gap",)),
    ],
)
def test_gaps(text: str, front: str, keys: tuple[str, ...]) -> None:
    (note,) = deck(text).notes
    assert (note.kind, note.front, gap_keys(note.front)) == (NoteKind.CLOZE, front, keys)


def test_what_stands_behind_gaps_is_more_to_read() -> None:
    (note,) = deck("A {{gap}}\n---\nmore {{shown}}\n").notes
    assert note.why == "more shown"


def test_a_note_that_asks_nothing_is_prose_and_a_card_without_a_side_is_reported() -> None:
    parsed = deck("# Just a note\n\ntext\n")
    assert (parsed.notes, parsed.fates) == ((), PROSE * 3)
    assert [p.severity for p in parsed.problems] == [Severity.NOTE]
    parsed = deck("---\ncard_id: a\n---\nOnly\n---\ncard_id: b\n---\n")
    assert parsed.fates == SKIPPED * 7
    assert [p.place.line for p in parsed.problems] == [1, 5]


def test_signs_are_keys_above_cards_only() -> None:
    assert signs("Q\n---\nA {{x}}\n") == 0
    assert signs("```\n---\ncard_id: x\n---\n```\n") == 0
    assert signs("We set card_id: x in the table.\n") == 0


_LINE = st.sampled_from(["text", "- item", "a: b", "# head", "----", "***", "`{{x}}`", "{ x }"])
_SIDE = st.lists(_LINE | st.just("```\n---\n```"), min_size=1, max_size=4).map("\n\n".join)
_PIECES = st.sampled_from(
    ["---\n", "card_id: x\n", "tags: [a\n", "text\n", "{{gap}}\n", "{{1::a}}", "```\n", "#t\n",
     "\n", "\0", "\ud800", "{{", "}}", "archived: true\n", "- a\n"]
)  # fmt: skip


@settings(max_examples=50)
@given(st.lists(st.tuples(_SIDE, _SIDE), min_size=1, max_size=5))
def test_cards_that_were_written_come_back(written: list[tuple[str, str]]) -> None:
    cards = [(f"{number}\n\n{front}", back) for number, (front, back) in enumerate(written)]
    text = "".join(f"---\ncard_id: id{n}\n---\n{q}\n---\n{a}\n" for n, (q, a) in enumerate(cards))
    parsed = deck(text)
    assert [(note.front, note.back) for note in parsed.notes] == cards
    assert parsed.fates == CARD * len(parsed.fates)


@settings(max_examples=80)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=20).map("".join))
def test_no_text_is_too_much(text: str) -> None:
    parsed = deck(text)
    for note in parsed.notes:
        assert parsed.fates[note.place.line - 1] == CARD
    signs(text)
