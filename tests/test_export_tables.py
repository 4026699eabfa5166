"""Tables of notes: cells that come back, formulas that compute nowhere, and Anki's own import."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from decks.dialects.base import DeckText
from decks.dialects.formulas import unguarded_deck, unguarded_tags
from decks.dialects.table import DIALECT
from decks.model import Note, NoteKind, Parsed, Variant
from exporters import Bundle, ExportNote, get_format
from exporters.anki import fields_of_note
from exporters.anki.fields_of_note import guid
from exporters.writing import pieces
from tests.anki_backend import anki, field, import_package, import_table
from tests.program import Program
from tests.test_export_anki import SAMPLE, note, package

SIGNS = {"csv": ",", "tsv": "\t"}
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "－1", "=cmd|'/C calc'!A0",
           "a\0b", "\ud800x", 'a,b;c|d\t"e"\nf', "#separator:Tab", '"', "''", "{{c1::no}}",
           "<b>=</b>", "x;=1,-2", "[sound:a]", "ends with \\"]  # fmt: skip
TEXT = st.sampled_from(HOSTILE) | st.text(st.sampled_from('=+-@;,|\t\n" a<&＋\0'), max_size=8)
DECK = st.sampled_from([*HOSTILE, "D" * 300, "a::=b", " = ", "::", "a;=b", "Default"]) | st.text()
TAGS = st.lists(st.sampled_from(["two words", "=1", "a\u3000b", "x;=1", "-", '"', "::"]) | TEXT)


def table(notes: Sequence[ExportNote], name: str = "csv") -> str:
    return b"".join(pieces(get_format(name), Bundle("Test", notes))).decode()


def rows(text: str, name: str = "csv") -> list[list[str]]:
    """The rows below the header lines, as any reader of CSV reads them."""
    body = text[text.index("#columns:") :]
    return list(csv.reader(io.StringIO(body, newline=""), delimiter=SIGNS[name]))[1:]


def read(text: str, name: str = "csv") -> Parsed:
    parsed = DIALECT.parse(DeckText(text, f"f.{name}", f"f.{name}", "f"))
    assert not parsed.problems
    return parsed


def computes(cell: str) -> bool:
    return bool(re.match(r"[ \"]*[=+\-@＝＋－＠\t\r\n]", cell))


# What it looks like


def test_a_table_begins_with_what_anki_wants_to_know() -> None:
    lines = table(SAMPLE[2:]).splitlines()
    assert lines == [
        "\ufeff#separator:Comma", "#html:true", "#guid column:1", "#notetype column:2",
        "#deck column:3", "#tags column:12",
        "#columns:guid,note type,deck,Front,Back,Why,Flip,Variants,Concept,Source,Id,tags",
        f"{guid(SAMPLE[2])},driftdeck Basic (and reversed),Deck,front,back,,,,,,"
        f"{SAMPLE[2].uid.hex()},",
    ]  # fmt: skip
    assert table(SAMPLE, "tsv").startswith("\ufeff#separator:Tab\n")


def test_columns_have_a_name_for_each_note_type() -> None:
    def columns(notes: Sequence[ExportNote]) -> str:
        return table(notes).splitlines()[6]

    assert ",deck,Front or Text,Back or Why,Why or Flip," in columns(SAMPLE)
    assert ",deck,Text,Why,Flip,Variants,Concept,Source,Id,tags" in columns(SAMPLE[1:2])


def test_equal_bundles_give_equal_bytes() -> None:
    assert table(SAMPLE) == table(list(SAMPLE))


# Laws


@settings(max_examples=60)
@given(TEXT.filter(str.strip), TEXT.filter(str.strip), DECK, TAGS, st.sampled_from(list(SIGNS)))
@example("=1", "-1", "=d", ["=t", "-u"], "csv")
@example("a", "b", "x;=d", ["y; =t"], "csv")
def test_what_is_written_is_what_is_read_and_computes_nowhere(
    front: str, back: str, deck: str, tags: list[str], name: str
) -> None:
    one = note(
        front, back, name="one", deck=deck, tags=tuple(tags), why=front, concept=back, id=front
    )
    ((*cells, written_tags),) = rows(table([one], name), name)
    assert not any(map(computes, (*cells, written_tags)))
    fields = [unescape(text).strip() for text in fields_of_note.fields(one, Bundle("", ()))]
    assert [unescape(cell).strip() for cell in cells[3:]] == fields
    assert unguarded_tags(written_tags) == tuple(fields_of_note.tags(one))
    assert unguarded_deck(cells[2]) == fields_of_note.deck_names([deck])[deck]


@settings(max_examples=60)
@given(st.lists(TEXT.filter(str.strip), min_size=2, max_size=2), DECK, TAGS)
@example(["a", "b"], "a;=b", ["x;=1 +"])
def test_no_other_separator_makes_a_formula(texts: list[str], deck: str, tags: list[str]) -> None:
    text = table([note(*texts, name="one", deck=deck, tags=tuple(tags))])
    for line, sign in product(text.split("\n")[7:], ",;|\t"):
        assert not any(re.match(r"[ \"]*[=+\-@＝＋－＠]", cell) for cell in line.split(sign))


# Anki


def arrived(col: Any, guid: str) -> tuple[list[str], list[str], set[str]]:
    """Fields, tags and decks of a note."""
    found = col.get_note(col.db.scalar("select id from notes where guid = ?", guid))
    return list(found.fields), list(found.tags), {col.decks.name(c.did) for c in found.cards()}


@pytest.mark.parametrize("name", SIGNS)
def test_anki_updates_the_notes_of_a_package_and_makes_none_twice(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / f"out.{name}"
    more = [note(f"Who is {deck}?", "I.", deck=deck) for deck in ("a::=D", "-E", "-E ", "2024")]
    edited = [
        replace(one, note=replace(one.note, why="Since *then*.", tags=("new", "-x")))
        for one in SAMPLE
    ]
    path.write_text(table([*edited, *more], name))
    with anki(tmp_path / "anki") as col:
        import_package(col, package(tmp_path, SAMPLE))
        assert import_table(col, path) == (len(more), 3, 0, 0)
        assert col.db.scalar("select count() from notes") == 3 + len(more)
        assert col.db.scalar("select count() from cards") == 5 + len(more)
        for one in edited:
            assert field(col, guid(one), "Why") == "Since <em>then</em>."
            assert {"new", "-x"} <= set(arrived(col, guid(one))[1])
        decks = [arrived(col, guid(one))[2] for one in more]
        assert decks == [{"a::=D"}, {"'-E"}, {"'-E"}, {"'2024"}]  # the last two would be an id
        assert import_table(col, path).new == 0


def test_anki_gets_the_same_text_however_hostile(tmp_path: Path) -> None:
    texts = [text for text in HOSTILE if text.strip()]
    notes = [
        note(
            text,
            f"back {text}",
            name=f"note {at}",
            deck=f"{text}::{'d' * 300}",
            tags=(text, "two words", "a\u3000b"),
            why=text,
        )
        for at, text in enumerate(texts)
    ]
    notes += [note(f"{{{{c1::{text}}}}} =", name=f"gap {at}") for at, text in enumerate(texts)
              if "{" not in text]  # fmt: skip
    notes = [one for one in notes if one.cards]
    path = tmp_path / "out.csv"
    with anki(tmp_path / "types") as col:
        import_package(col, package(tmp_path, SAMPLE))
        path.write_text(table(notes))
        assert import_table(col, path) == (len(notes), 0, 0, 0)
        told = [arrived(col, guid(one)) for one in notes]
    with anki(tmp_path / "package") as col:
        import_package(col, package(tmp_path, notes))
        expected = [arrived(col, guid(one)) for one in notes]
    for (fields, tags, decks), (fields_there, tags_there, decks_there) in zip(
        told, expected, strict=True
    ):
        assert [unescape(text) for text in fields] == [unescape(text) for text in fields_there]
        assert sorted(map(unguarded, tags)) == sorted(map(unguarded, tags_there))
        assert set(map(unguarded, decks)) == set(map(unguarded, decks_there))


def unguarded(name: str) -> str:
    return name.replace("'", "")


# Back home


def same_words(one: Note, two: Note) -> bool:
    kept = ("kind", "front", "back", "deck", "tags", "why", "flip", "variants", "concept", "type",
            "sources", "id")  # fmt: skip
    return all(getattr(one, name) == getattr(two, name) for name in kept)


def test_our_own_table_is_read_back_whole() -> None:
    notes = [
        note("What is `p99`?", "A *high* quantile.", deck="-a::=b", tags=("=x", "b"), id="an-id",
             why="- one\n- two", flip="$x^2$", concept="latency", type="choose", sources=("s",),
             variants=(Variant("And p50?", "The median."),)),
        note("A [gap :: hint] and [another].", deck="Gaps", why="Because."),
        note("+front", "@back", kind=NoteKind.REVERSED),
    ]  # fmt: skip
    for name in SIGNS:
        parsed = read(table(notes, name), name)
        for one, two in zip(notes, parsed.notes, strict=True):
            assert same_words(one.note, two), (one.note, two)
            assert two.exported is not None
            assert two.exported.uid == one.uid


PLAIN = st.text(st.sampled_from("ab=+-@;,|'é."), min_size=1, max_size=9).map(lambda t: f"{t}x")


@settings(max_examples=60)
@given(
    PLAIN,
    PLAIN,
    st.lists(PLAIN, min_size=1, max_size=11).map("::".join),
    st.lists(PLAIN, unique=True),
)
@example("a", "b", "'=d;'=e", ["x;=1", "=2", "x;'=1", "'=1"])
@example("a", "b", "'12", [])
def test_guards_are_undone(front: str, back: str, deck: str, tags: list[str]) -> None:
    one = note(front, back, deck=deck, tags=tuple(tags))
    (found,) = read(table([one])).notes
    assert unescape(found.front.replace("\\", "")) == front
    assert (found.deck, found.tags) == (deck, tuple(tags))


def test_a_table_comes_back_through_a_spreadsheet() -> None:
    rows_read = csv.reader(io.StringIO(table(SAMPLE).removeprefix("\ufeff"), newline=""))
    cells = list(rows_read)
    width = max(map(len, cells))
    out = io.StringIO()
    csv.writer(out).writerows([*line, *[""] * (width - len(line))] for line in cells)
    assert read(out.getvalue()).notes == read(table(SAMPLE)).notes


def test_the_program_knows_its_own_table_again(own: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    ran = own("export", "csv", "Own", "-o", str(path), "--json")
    assert ran.json["notes"] == 3
    again = own("import", str(path), "--json").json
    assert (again["added"], again["unchanged"], again["orphaned"]) == (0, 3, 0)
    other = Program(tmp_path / "other")
    assert other("import", str(path), "--json").json["added"] == 3
    ours, theirs = (
        {(card["card"], card["front"], card["back"], card["deck"])
         for card in home("card", "list", "deck:Own", "--json").json["cards"]}
        for home in (own, other)
    )  # fmt: skip
    assert ours == theirs
