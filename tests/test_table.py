"""Tables: Anki's text files as Anki writes them, CSV, and the markdown of HTML fields."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.dialects.base import DeckText
from decks.dialects.own_rows import markdown
from decks.dialects.table import DIALECT
from decks.history import Standing
from decks.lines import split
from decks.model import CARD, PROSE, SKIPPED, Note, NoteKind, Parsed, Severity
from tests.anki_backend import anki


def table(text: str, name: str = "f.txt") -> Parsed:
    parsed = DIALECT.parse(DeckText(text, name, name, "f"))
    assert len(parsed.fates) == len(split(text))
    return parsed


def sides(text: str, name: str = "f.txt") -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in table(text, name).notes]


def errors(parsed: Parsed) -> list[tuple[int, str]]:
    return [(p.place.line, p.message) for p in parsed.problems if p.severity is Severity.ERROR]


# Anki's header


def test_all_header_lines_of_anki() -> None:
    parsed = table(
        "\ufeff#separator:Tab\n#html:true\n#tags:all more\n#if matches:update current\n"
        "#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:6\n"
        'N|x~\tBasic\tA::B\t"What<br>is ""x""?"\t<b>that </b>&lt;\tt1 t2\n'
        'g2\tCloze\tA\t"The {{c1::cell}}\nhas"\textra\t\n'
        "g3\tBasic (and reversed card)\tA\tone\ttwo\t\n"
    )
    first, second, third = parsed.notes
    assert (first.front, first.back, first.id) == ('What  \nis "x"?', "**that** <", "N|x~")
    assert (first.deck, first.tags) == ("A::B", ("all", "more", "t1", "t2"))
    assert (second.kind, second.front) == (NoteKind.CLOZE, "The {{c1::cell}}\nhas")
    assert second.why == "extra"
    assert third.kind is NoteKind.REVERSED
    assert parsed.fates == PROSE * 8 + CARD * 4


@pytest.mark.parametrize(
    "name, sign",
    [("tab", "\t"), ("comma", ","), ("semicolon", ";"), ("space", " "), ("pipe", "|"),
     ("colon", ":"), (";", ";"), ("\t", "\t")],
)  # fmt: skip
def test_separators_by_name(name: str, sign: str) -> None:
    assert sides(f'#separator:{name}\n"a{sign}b"{sign}c\n') == [(f"a{sign}b", "c")]


def test_what_one_line_says_for_all_rows() -> None:
    parsed = table("#notetype:Basic (and reversed card)\n#deck:X::Y\n#columns:Front\tBack\tMore\n"
                   "a\tb\tc\n")  # fmt: skip
    (note,) = parsed.notes
    assert (note.kind, note.deck, note.why) == (NoteKind.REVERSED, "X::Y", "More: c")
    assert table("tags:one two\na\tb\n").notes[0].tags == ("one", "two")


def test_html_is_left_alone_where_it_is_none() -> None:
    text = "vector<int> &lt;b&gt; <b>x</b>\tb\n"
    assert sides(f"#html:false\n{text}") == [("vector<int> &lt;b&gt; <b>x</b>", "b")]
    assert sides(text) == [("vector\\<int> \\<b> **x**", "b")]


def shown_alike(html: str) -> str:
    """The markdown that shows what the HTML of that test shows."""
    return html.replace("<br>", "  \n").replace("\t", " ").replace("# no", "\\# no", html[0] == "#")


def test_what_anki_itself_writes(tmp_path: Path) -> None:
    words = ["a", 'say "x"', "tab\there", "# no heading", "two<br>lines", "new\nline", "a,b;c|d"]
    with anki(tmp_path / "anki") as collection:
        kind = collection.models.by_name("Basic")
        deck = collection.decks.id("Some::Deck")
        for number, text in enumerate(words):
            note = collection.new_note(kind)
            note["Front"], note["Back"] = f"{text} {number}", f"back {text}"
            note.tags = ["x::y", "z"]
            collection.add_note(note, deck)
        notes = [collection.get_note(each) for each in collection.find_notes("")]
        path = tmp_path / "out.txt"
        collection.export_note_csv(
            out_path=str(path), limit=None, with_html=True, with_tags=True, with_deck=True,
            with_notetype=True, with_guid=True,
        )  # fmt: skip
    parsed = table(path.read_text())
    assert not parsed.problems
    assert {(n.front, n.back, n.id) for n in parsed.notes} == {
        (*(shown_alike(n[side]) for side in ("Front", "Back")), n.guid) for n in notes
    }
    assert {(n.deck, n.tags) for n in parsed.notes} == {("Some::Deck", ("x::y", "z"))}
    assert PROSE not in parsed.fates.lstrip(PROSE)


# Tables of any program


@pytest.mark.parametrize("sign", "\t;|,")
def test_a_separator_is_seen(sign: str) -> None:
    text = f"a{sign}b\nc: d{sign}e f\n"
    assert sides(text) == [("a", "b"), ("c: d", "e f")]


def test_a_comma_in_a_file_of_commas_is_not_outdone_by_other_signs() -> None:
    text = "one; or two,first\nthree | four,second\nfive: six,third\n"
    assert [back for _, back in sides(text, "f.csv")] == ["first", "second", "third"]
    assert [back for _, back in sides(text)] == ["first", "second", "third"]
    assert sides("a, b\tc, d\ne, f\tg, h\n") == [("a, b", "c, d"), ("e, f", "g, h")]


def test_a_row_of_names_says_what_is_where() -> None:
    parsed = table("Answer,Question,Tags,Source,due,interval\nb,a,\"x, y\",s,2024-01-11,10\n",
                   "f.csv")  # fmt: skip
    (note,) = parsed.notes
    assert (note.front, note.back, note.tags, note.sources) == ("a", "b", ("x", "y"), ("s",))
    assert note.pasts[0] is not None
    assert note.pasts[0].standing == Standing(due_day=19733, interval_days=10, last_day=19723)
    assert parsed.fates == PROSE + CARD
    assert sides("term\tdefinition\na\tb\n") == [("a", "b")]
    assert sides("dog\tHund\ncat\tKatze\n") == [("dog", "Hund"), ("cat", "Katze")]


def test_a_third_column_is_tags_only_if_it_says_so() -> None:
    (note,) = table("a\tb\tc d\n").notes
    assert (note.tags, note.why) == ((), "c d")


def test_rows_over_several_lines_are_claimed_whole() -> None:
    parsed = table('front,back\n"a\n\nb","c\nd"\n\nx,y\n', "f.csv")
    assert [(n.front, n.back) for n in parsed.notes] == [("a\n\nb", "c\nd"), ("x", "y")]
    assert parsed.fates == PROSE + CARD * 4 + PROSE + CARD


def test_a_quote_that_closes_nowhere_swallows_nothing() -> None:
    parsed = table('"stray\tb\nc\t"d"\ne\t"f\n6" pipe\tg\n', "f.tsv")
    assert [(n.front, n.back) for n in parsed.notes] == [
        ('"stray', "b"), ("c", "d"), ("e", '"f'), ('6" pipe', "g"),
    ]  # fmt: skip


def test_what_is_no_row_is_reported() -> None:
    parsed = table("a\tb\nonly one\n#x\ty\nq\t\n{{c1::open\tx\n")
    assert [line for line, _ in errors(parsed)] == [2, 3, 4, 5]
    assert parsed.fates == CARD + SKIPPED * 4


def test_signs_are_the_header_lines() -> None:
    def signs(text: str) -> int:
        return DIALECT.signs(DeckText(text, "f.txt", "f.txt", "f")).cards

    assert signs("#separator:tab\r\n#html:true\r\na\tb\r\nc\td\r\n") == 2
    assert signs("a,b\nc,d\n") == 0
    assert signs("# Title\n\ntext: a\n") == 0
    assert signs("#deck\nQ: a\nA: b\n") == 0


# HTML


@pytest.mark.parametrize(
    "html, text",
    [
        ("a<br>b<br />c", "a  \nb  \nc"),
        ("<div>a</div><div>b</div>", "a  \nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("x <b> bold </b>y <i>it</i>", "x **bold** y *it*"),
        ("a&nbsp;&amp;&lt;b&gt;&#39;", "a &\\<b>'"),
        ("<code>a[0]`</code>", "`` a[0]` ``"),
        ("<pre><code>x &lt; 1\n  y</code></pre>", "```\nx < 1\n  y\n```"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n  1. c"),
        ('<a href="http://u">t</a> <img src="a b.png">', "[t](http://u) ![](a%20b.png)"),
        ('<a href="u">leads nowhere</a>', "leads nowhere"),
        ("vector<int> x < y", "vector\\<int> x < y"),
        ("# so", "\\# so"),
        ("H<sub>2</sub>O", "H₂O"),
        ("<!-- gone -->a<span style='x'>b</span>", "ab"),
        ("{{c1::<b>x</b>}}", "{{c1::**x**}}"),
        ("<b>open", "**open**"),
        ("\\(x^2\\)", "$x^2$"),
    ],
)
def test_html_to_markdown(html: str, text: str) -> None:
    assert markdown(html) == text


# Laws

_CELL = st.text(st.sampled_from('ab "\n,;|\té#'), min_size=1, max_size=8).map(
    lambda text: f"x{text}z"
)
_PIECES = st.sampled_from(
    ["#separator:tab\n", "#html:true\n", "#tags column:3\n", "#columns:a\tb\n", "a\tb\n", '"', ",",
     "\n", "<b>", "</ul>", "<li>", "<pre>", "<!--", "&amp", "{{c1::", "}}", "front,back\n", "\0",
     "\ud800", "\r", ";", "tags:x\n"]
)  # fmt: skip


def _written(rows: list[tuple[str, str]], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


@settings(max_examples=60)
@given(
    st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=5, unique=True),
    st.sampled_from([("tab", "\t"), ("comma", ","), ("pipe", "|")]),
)
def test_what_a_writer_of_csv_wrote_comes_back(
    rows: list[tuple[str, str]], separator: tuple[str, str]
) -> None:
    name, sign = separator
    text = f"#separator:{name}\n#html:false\n{_written(rows, sign)}"
    parsed = table(text)
    assert [(note.front, note.back) for note in parsed.notes] == rows
    assert parsed.fates == PROSE * 2 + CARD * (len(parsed.fates) - 2)


@settings(max_examples=80)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=20).map("".join))
def test_no_text_is_too_much(text: str) -> None:
    parsed = table(text)
    notes: tuple[Note, ...] = parsed.notes
    for note in notes:
        assert parsed.fates[note.place.line - 1] == CARD
    DIALECT.signs(DeckText(text, "f.txt", "f.txt", "f"))
