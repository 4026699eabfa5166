"""Notes written as a deck file, and read again."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from decks import builtin
from decks.model import Note, NoteKind, Parsed, Place, Severity, Variant
from decks.parse import parse
from decks.render import render
from tests.test_deck_parse import FILES

NOWHERE = Place("", 0)
NOTE = Note(NoteKind.BASIC, "What is a TTL?", "A lifetime.", "D", NOWHERE)


def placeless(parsed: Parsed) -> list[Note]:
    return [replace(note, place=NOWHERE) for note in parsed.notes]


def written(text: str) -> str:
    """The text that the notes of a text become; it holds the same notes."""
    parsed = parse(dedent(text).lstrip("\n"), "f.md", "D")
    made = render(parsed.notes)
    again = parse(made, "g.md", "")
    assert placeless(again) == placeless(parsed)
    assert [one for one in again.problems if one.severity is Severity.ERROR] == []
    assert render(again.notes) == made
    return made


# As a person would have written it

PAGE = """\
---
deck: Serving::Caches
tags: [serving, "a, b"]
source: feast-docs
as_of: 2026-03
---

Q: What does a cache in front of the online store save?
A: Reads.

TTL :: after which time a value is gone
p99 ::: the latency that one in a hundred exceeds ^tail-latency

C: A rollout runs [shadow :: whose answers?] first, then ==canary==.

## online-store
> sources: chronon, huyen

### latest-values {type=choose}
Q: What is written?
A:
- the latest value,
- of each entity.

And nothing else.
Why: It is read by key.
Flip: History is asked for.
Variant: Of a stream. (The same.)
"""


def test_a_page_is_written_as_it_was() -> None:
    assert written(PAGE) == PAGE


def test_code_begins_on_a_line_of_its_own() -> None:
    page = "---\ndeck: D\n---\n\nQ: What is printed?\nA:\n```python\nprint(1)\n```\n"
    assert written(page) == page


def test_no_notes_are_no_text() -> None:
    assert render([]) == ""


def test_cards_without_deck_stand_alone() -> None:
    assert render([replace(NOTE, deck="")]) == "Q: What is a TTL?\nA: A lifetime.\n"


def test_every_built_in_deck_is_read_again() -> None:
    for loaded in builtin():
        again = parse(render(loaded.parsed.notes), "f.md", "")
        assert placeless(again) == placeless(loaded.parsed)
        assert again.problems == ()


def test_sources_stand_above_the_deck_or_below_their_concept() -> None:
    shared = written("---\nsource: a\n---\n## one\n> source: b\nx :: 1\n## two\ny :: 1\n")
    assert "source: a\n" in shared
    assert "## one\n> sources: b\n" in shared
    alone = written("## one\n> sources: a, b\nx :: 1\n")
    assert "## one\n> sources: a, b\n" in alone
    with_comma = written('---\nsources: ["Huyen, ch. 5", b]\n---\n## one\nx :: 1\n')
    assert 'source: "Huyen, ch. 5"\n' in with_comma
    assert "## one\n> sources: b\n" in with_comma


def test_a_concept_and_an_id_end_where_they_ended() -> None:
    text = written("""
        ## one
        ### named {type=x}
        a :: 1
        ### Words
        b :: 1
        # More
        c :: 1
        """)
    assert "### Other cards\n" in text
    assert "# Other cards\n\nc :: 1\n" in text


# What is odd is still read again


@pytest.mark.parametrize(
    "text",
    [
        "Q: Q: twice\nA: A: twice\n",
        "Q:\nWhy: ```\ncode\n```\nA: b",
        "Q: a\nA: b\nWhy: x\nWhy: # y\nWhy: z :: w\nWhy: - Q: v",
        "Q: a\nA: b\nWhy: x\nWhy: <!-- y -->",
        "Q: a\nA: b\nWhy: x\nWhy: C: \n\nz",
        "Q: a\nA: b ^one-id\nFlip: c",
        "Q: a\nA: b\nFlip: f ^one-id\nWhy: c",
        "Q: a\nA: b ^one-id ^two-id",
        "Q: a\nA: b\nWhy: d\n> ```\n> e\n\n^one-id",
        "### k\nQ: a\nA: b",
        "### k {type=x}\na :: b\n### Words\nc :: d",
        "Q: a\nA: b\nWhy: x\nWhy: # y\n```\nz\n\n# w\n```",
        "Q: a\nA: b\nVariant: ```\nc\n```\n(\n```\nd\n```\n)",
        "Q: a\nA: b\nVariant: `c\n\n(d`)",
        "Q: a\nA: b\n\n- - c :: d\n---\n- - e :: f",
        "- # a ::: b\n- Q&A ::: c\n- | d ::: e\n- Why: f ::: g",
        "``` a :: b\nQ: c\nA: d\n```py\n```",
        "> ``` a :: b\n> ```\nc :: > ```",
        "a ::: b\n\u00a0Q: c ::: d\n\ufeffe :: f",
        "C:\n> ```\n> [x]\n<!-- c -->\n> ```\n\n[y]",
        "Q: a\nA: b\n<!-- open\nmore\n\nc :: d",
        "## one\n> sources: a  b\nx :: 1\n## two\n> sources: a  b, c\ny :: 1",
        "## one\n> sources: ```, a  b\nx :: 1\n## one\n> sources: c\ny :: 1",
        "---\ndeck: ' \"x\" # y '\ntags: ['[', null, \"a\\\\b\", -]\nas_of: '2: # 3'\n---\nx :: y",
    ],
)
def test_odd_notes_are_read_again(text: str) -> None:
    assert written(text)


@given(FILES)
@example("---\nQ: a\nA: b")
def test_files_like_decks_are_read_again(text: str) -> None:
    written(text)


@given(st.text(max_size=100))
def test_any_text_is_read_again(text: str) -> None:
    written(text)


PIECES = st.lists(
    st.sampled_from(
        ["a", " ", "\n", "\n\n", "::", " :: ", "```", "~~~py", "> ", "- ", "#", "Q:", "A:", "Why:",
         "<!--", "-->", "^id-x", "(", ")", "`", "[", "]", "==", "{{c1::", "}}", "$", "\\", "---",
         "|", "\u00a0", "\x0c", "![a](b)", "1. "]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["Q: ", "A: ", "C: ", "Why: ", "Flip: ", "Variant: ",
                                           "", "\n", "## one\n", "### two\n", "---\n"]), PIECES),
                max_size=12))  # fmt: skip
def test_cards_of_odd_pieces_are_read_again(parts: list[tuple[str, str]]) -> None:
    written("\n".join(tag + piece for tag, piece in parts))


@pytest.mark.parametrize(
    "notes",
    [
        [NOTE, replace(NOTE, front="b", deck="E")],
        [NOTE, replace(NOTE, front="b", tags=("x",))],
        [NOTE, replace(NOTE, front="b", as_of="2026")],
        [NOTE, replace(NOTE, front="b", sources=("x",))],
        [NOTE, NOTE],
        [replace(NOTE, id="one"), replace(NOTE, front="b", id="one")],
        [replace(NOTE, front=" padded")],
        [replace(NOTE, back="")],
        [replace(NOTE, front="a\n# heading")],
        [replace(NOTE, back="a\r\nb")],
        [replace(NOTE, kind=NoteKind.REVERSED, why="since")],
        [replace(NOTE, kind=NoteKind.CLOZE)],
        [replace(NOTE, type="choose")],
        [replace(NOTE, concept="No Slug")],
        [replace(NOTE, variants=(Variant("a", ""),))],
        [replace(NOTE, tags=tuple(f"tag-{number}" for number in range(1000)))],
    ],
)
def test_what_no_file_holds_is_refused(notes: list[Note]) -> None:
    with pytest.raises(ValueError, match="no deck file can hold"):
        render(notes)
