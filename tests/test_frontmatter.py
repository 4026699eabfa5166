"""The lines above a deck."""

from __future__ import annotations

import json
import tomllib
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.frontmatter import FrontMatter, clean_deck, read
from decks.model import Severity
from decks.parse import parse
from decks.values import CONTROL, written


def deck(text: str) -> FrontMatter:
    return read(dedent(text).strip("\n").split("\n"), "f.md")


def problems(front: FrontMatter) -> list[tuple[int, str, Severity]]:
    return [(p.place.line, p.message, p.severity) for p in front.problems]


def test_the_four_keys_in_dashes() -> None:
    front = deck("""
        ---
        deck: "Features: stores"
        tags: [mlsd, 'two words', #feast]

        # a comment
        sources:
          - feast-docs
          - "Huyen, ch. 5"
        as_of: 2026-01
        ---
        Q: not here
        """)
    assert front == FrontMatter(
        length=10,
        deck="Features: stores",
        tags=("mlsd", "two words", "feast"),
        sources=("feast-docs", "Huyen, ch. 5"),
        as_of="2026-01",
    )


def test_plus_signs_and_equals_signs_do_as_well() -> None:
    front = deck("""
        +++
        name = "Serving"
        tags = ["a", "b", "a"]
        source = Huyen, chapter 7
        +++
        """)
    assert (front.deck, front.tags, front.problems) == ("Serving", ("a", "b"), ())
    assert front.sources == ("Huyen, chapter 7",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('deck: "a: b"', ("a: b", ())),
        ("deck: 'it''s'  # so named", ("it's", ())),
        ('deck: "say \\"x\\" \\u00e9 \\x41 \\\\ \\n end"', ('say "x" \u00e9 A \\ end', ())),
        ("\"deck\": D\n'tags' : [a]", ("D", ("a",))),
        ("deck: D # a comment\ntags: [a, b] # another", ("D", ("a", "b"))),
        ("deck: C#\ntags: #feast #online", ("C#", ("feast", "online"))),
        ("tags: [a, #b, '#c']\n", ("", ("a", "b", "c"))),
        ("tags: [a,\n  b, # two\n  'c, d',\n]\ndeck: D", ("D", ("a", "b", "c, d"))),
        ("tags: [\na\n]", ("", ("a",))),
        ('tags = [ # all\n  "a", #first\n  \'b\',\n]\nname = "D"', ("D", ("a", "b"))),
        ("tags: it's, that's", ("", ("it's", "that's"))),
        ("tags:\n- a # one\n-  'b'\n- # none\n", ("", ("a", "b"))),
        ("deck:\n  - D", ("D", ())),
        ("deck:\n  Long\n  name\ntags: []", ("Long name", ())),
        ("deck: Long\n  name\n\n# comment\ntags: ~", ("Long name", ())),
        ("deck: >-\n  Long\n\n  name: x\ntags: null", ("Long name: x", ())),
        ('deck = """\nLong\nname"""', ("Long name", ())),
        ("deck: null\ntags:", ("", ())),
        ("deck: # none\ntags: # these\n  - a", ("", ("a",))),
        ("deck: [D]", ("D", ())),
        ("DECK:\tD\u00a0E\r", ("D E", ())),
    ],
)
def test_values_in_yaml_and_toml(text: str, expected: tuple[str, tuple[str, ...]]) -> None:
    front = read(["---", *text.split("\n"), "---"], "f.md")
    assert (front.deck, front.tags, front.problems) == (*expected, ())


def test_a_link_of_a_note_taking_program_is_a_source() -> None:
    assert deck("---\nsource: [[Feast docs]]\n---").sources == ("[[Feast docs]]",)
    assert deck('---\nsources: ["[[a]]", "[[b, c]]"]\n---').sources == ("[[a]]", "[[b, c]]")


OBSIDIAN = """
    ---
    title: "Caches: notes"
    aliases:
      - cache
      - "[[Caching]]"
    cssclasses: []
    date created: Monday, 3 March
    created: 2026-03-01T10:00:00
    publish: true
    rating:
    description: >-
      - not a list
      key: not a pair

      [not a table]
    link: "[[A: b]]"
    tags:
      - serving
      - mlsd/latency
    ---
"""
HUGO = """
    +++
    title = 'Caches'
    date = 2026-03-01T10:00:00Z
    draft = false
    weight = 10
    tags = ["serving", "mlsd/latency"]
    authors = [
      "Ada",  # first
      'Bob',
    ]
    summary = '''
    tags = ["no"]
    '''
    [params]
    deck = "not ours"
      [params.cover]
        image = "a.png"
    [[resources]]
      src = "b.png"
    +++
"""
HUGO_YAML = """
    ---
    title: Caches
    menu:
      main:
        weight: 3
    resources:
    - src: a.png
      params: {x: 1,
        y: 2}
    cascade: [
      {a: 1},
    ]
    categories: &all [a, b]
    "quoted key": 1
    tags: [serving, mlsd/latency]
    ---
"""


@pytest.mark.parametrize(("text", "noted"), [(OBSIDIAN, 9), (HUGO, 8), (HUGO_YAML, 6)])
def test_what_other_programs_write_is_read_or_noted(text: str, noted: int) -> None:
    front = deck(text)
    assert front.tags == ("serving", "mlsd/latency")
    assert (front.deck, front.sources, front.as_of, front.skipped) == ("", (), "", ())
    assert [severity for _, _, severity in problems(front)] == [Severity.NOTE] * noted
    assert all("is not used" in message for _, message, _ in problems(front))


def test_hashcards_writes_toml_between_dashes() -> None:
    parsed = parse('---\nname = "Cell Biology"\n---\n\nQ: a\nA: b\n', "f.md", "file")
    assert (parsed.notes[0].deck, parsed.problems) == ("Cell Biology", ())


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(WORDS, st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4), st.booleans())
def test_toml_is_read_as_its_own_parser_reads_it(
    name: str, tags: list[str], sources: list[str], over_lines: bool
) -> None:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

    comma = ",  # next\n  " if over_lines else ", "
    text = (
        f"name = {quoted(name)} # the deck\n"
        f"tags = [{comma.join(map(quoted, tags))}]\nsources = [{comma.join(map(quoted, sources))}]"
    )
    meant = tomllib.loads(text)
    front = read(["+++", *text.split("\n"), "+++"], "f.md")
    assert front.problems == ()
    assert front.deck == clean_deck(meant["name"])
    assert front.sources == tuple(dict.fromkeys(filter(None, map(clean, meant["sources"]))))
    if not any("#" in tag for tag in tags):
        assert front.tags == tuple(dict.fromkeys(filter(None, map(clean, meant["tags"]))))


def clean(text: str) -> str:
    return " ".join(CONTROL.sub(" ", text).split())


@given(WORDS)
def test_a_written_value_is_read_again(text: str) -> None:
    value = clean(text)
    for line in (
        f"as_of: {written(value)}",
        f"sources: [{written(value)}, x]",
        f"source: {written(value)}",
    ):
        front = read(["---", line, "---"], "f.md")
        assert front.problems == ()
        assert value in (front.as_of, *front.sources, *([""] if not value else []))


def test_foreign_keys_are_noted_with_all_that_hangs_below_them() -> None:
    front = deck("""
        ---
        aliases:
          - one
        author:
          name: x
        deck: D
        ---
        """)
    assert front.deck == "D"
    assert [(line, severity) for line, _, severity in problems(front)] == [
        (2, Severity.NOTE),
        (4, Severity.NOTE),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("just words", "not a `key: value` line"),
        ("- lone", "a list item without a list above it"),
        ("tags: [a, b", "tags cannot be read"),
        ("deck: 'open", "deck cannot be read"),
        ("deck: [a, b]", "deck takes one value"),
        ("deck: nul\0", "a character that is not text"),
        ("deck: {a: b}", "deck cannot be read"),
        ('tags: ["a" b]', "tags cannot be read"),
        ("tags: a,, b", "tags cannot be read"),
        ('source: "a" or "b"', "source cannot be read"),
        ('source = """open', "source cannot be read"),
        ("  indented", "not a `key: value` line"),
    ],
)
def test_a_malformed_line_is_an_error_of_its_own(line: str, message: str) -> None:
    front = read(["---", line, "as_of: now", "---"], "f.md")
    assert problems(front) == [(2, message, Severity.ERROR)]
    assert (front.as_of, front.skipped) == ("now", (1,))


@pytest.mark.parametrize(
    ("lines", "number", "message"),
    [
        (["deck:", "- a", "- b"], 4, "deck takes one value"),
        (["tags:", "- 'a"], 3, "this list item cannot be read"),
        (["deck:", "  a: b"], 3, "not a `key: value` line"),
        (["deck: a", "  b\0"], 3, "a character that is not text"),
    ],
)
def test_so_is_one_below_a_key(lines: list[str], number: int, message: str) -> None:
    front = read(["---", *lines, "---"], "f.md")
    assert problems(front) == [(number, message, Severity.ERROR)]
    assert front.skipped == (number - 1,)


def test_a_list_ends_with_the_next_key_at_the_latest() -> None:
    front = read(["---", "tags: [a,", "as_of: now]", "---"], "f.md")
    assert problems(front) == [(2, "tags cannot be read", Severity.ERROR)]
    assert (front.tags, front.as_of, front.skipped) == ((), "now]", (1,))


def test_each_line_of_a_list_that_cannot_be_read_is_skipped() -> None:
    parsed = parse("---\ntags: [a,\n  {b},\n]\n---\nc :: d", "f.md", "file")
    assert parsed.fates == "pssspc"


def test_a_word_that_is_neither_true_nor_false_is_noted() -> None:
    for said in ("true", "False", "YES", "no"):
        assert problems(deck(f"---\ncomplete: {said}\n---")) == []
    front = deck("---\ncomplete: ture\n---")
    assert not front.complete
    assert [message for _, message, _ in problems(front)] == ["complete: ture is taken for false"]


def test_a_key_given_twice_names_its_first_line() -> None:
    front = deck("""
        ---
        deck: A
        name: B
        ---
        """)
    assert problems(front) == [(3, "name again: it was given on line 2", Severity.ERROR)]
    assert front.deck == "A"


@pytest.mark.parametrize(
    "filler", [[], ["x"] * 60, ["source: " + "x" * 5000, "---"], ["Q: a", "A: b", "---"]]
)
def test_front_matter_that_does_not_close_is_reported_and_left_to_be_read(
    filler: list[str],
) -> None:
    text = "\n".join(["---", "deck: D", *filler, "", "Q: is it?", "A: it is"])
    parsed = parse(text, "f.md", "file")
    assert [(p.place.line, p.severity) for p in parsed.problems] == [(1, Severity.ERROR)]
    assert parsed.notes[-1].front == "is it?"
    assert parsed.lines.skipped == 1


def test_a_rule_above_the_first_card_opens_no_front_matter() -> None:
    parsed = parse("---\nQ: a\nA: b\n---\nQ: c\nA: d", "f.md", "file")
    assert [note.front for note in parsed.notes] == ["a", "c"]
    assert parsed.problems == ()


def test_two_rules_without_a_key_between_them_are_rules() -> None:
    parsed = parse("---\nSome words.\na :: b\n---\nc :: d", "f.md", "file")
    assert [note.front for note in parsed.notes] == ["a", "c"]
    assert parsed.problems == ()


def test_only_the_first_line_opens_it() -> None:
    assert deck("\n\ntext\n---\ndeck: D\n---") == FrontMatter()


def test_a_deck_name_keeps_words_only() -> None:
    assert clean_deck(" a :: ::b\tc\x1b[0m:: ") == "a::b c [0m"
    assert clean_deck("../../x") == "../../x"


@given(st.lists(st.text(st.sampled_from("ab:=-[]{}'\", #\\\0\t+|>"), max_size=12), max_size=8))
def test_any_lines_can_be_read(lines: list[str]) -> None:
    front = read(["---", *lines, "---"], "f.md")
    assert 0 <= front.length <= len(lines) + 2
    assert all(0 < p.place.line <= len(lines) + 2 for p in front.problems)
    assert all(tag and tag == tag.strip() for tag in front.tags)
