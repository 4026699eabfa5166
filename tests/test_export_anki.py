"""Packages, judged by Anki's own backend."""

from __future__ import annotations

import html as html_module
import json
import re
import sqlite3
import time
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks import Note, NoteKind, Place, Variant, card_keys
from decks.errors import DataError, UsageError
from exporters import Bundle, ExportCard, ExportNote, get_format, write
from exporters.anki import objects, templates
from exporters.anki.fields_of_note import guid
from exporters.fields import cloze_html, html
from exporters.writing import pieces
from tests.anki_backend import anki, field, import_package
from tests.program import Program

ANKI = get_format("anki")
MARCH_MS = 1_772_438_400_000


def uid(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def note(front: str, back: str = "", *, name: str = "", **more: object) -> ExportNote:
    """A note, its cards numbered as the collection does."""
    kind = NoteKind.CLOZE if not back else NoteKind.BASIC
    made = Note(kind=kind, front=front, back=back, deck="Deck", place=Place("d.md", 1))
    made = replace(made, **more)  # type: ignore[arg-type]
    cards = tuple(
        ExportCard(uid(f"{name or front}/{key}"), key, ordinal)
        for ordinal, key in enumerate(card_keys(made.kind, made.front))
    )
    return ExportNote(uid(name or front), made, cards, MARCH_MS)


def package(folder: Path, notes: Sequence[ExportNote]) -> Path:
    path = folder / "out.apkg"
    write(ANKI, Bundle("Test", notes), path)
    return path


def text_of(markup: str) -> str:
    return html_module.unescape(re.sub(r"<[^>]*>", "", markup))


SAMPLE = [
    note("What is a canary?", "A *small* share of traffic.", deck="Release::Canary",
         tags=("mlsd", "two words"), concept="canary-deployment", type="definition",
         why="Because `p99 < 10ms`.", variants=(Variant("And shadow?", "None."),),
         sources=("sre-canary",)),
    note("A rollout runs [shadow] first, then {{c7::canary::a bird}}.", deck="Release"),
    note("front", "back", kind=NoteKind.REVERSED, name="both ways"),
]  # fmt: skip


def test_a_package_arrives_whole(tmp_path: Path) -> None:
    path = package(tmp_path, SAMPLE)
    with anki(tmp_path / "anki") as col:
        assert import_package(col, path) == (3, 0, 0, 0)
        assert col.db.scalar("select count() from cards") == 5
        decks = {d.name for d in col.decks.all_names_and_ids()}
        assert {"Release", "Release::Canary", "Deck"} <= decks
        found = col.find_notes("tag:two_words tag:concept::canary-deployment tag:type::definition")
        assert len(found) == 1
        number = guid(SAMPLE[0])
        assert field(col, number, "Front") == "What is a canary?"
        assert field(col, number, "Back") == "A <em>small</em> share of traffic."
        assert text_of(field(col, number, "Why")) == "Because p99 < 10ms."
        cloze = guid(SAMPLE[1])
        text = "A rollout runs {{c1::shadow}} first, then {{c2::canary::a bird}}."
        assert field(col, cloze, "Text") == text
        ords = col.db.list(
            "select ord from cards c join notes n on n.id = c.nid where guid = ?", cloze
        )
        assert sorted(ords) == [0, 1]
        report, problems = col.fix_integrity()
        assert problems, report
        assert not col.get_empty_cards().notes


def test_equal_bundles_give_equal_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = b"".join(pieces(ANKI, Bundle("Test", SAMPLE)))
    in_years_s = time.time() + 1e8
    monkeypatch.setattr(time, "time", lambda: in_years_s)
    assert b"".join(pieces(ANKI, Bundle("Test", list(SAMPLE)))) == now


def test_anki_need_not_upgrade_the_scheduler(tmp_path: Path) -> None:
    with zipfile.ZipFile(package(tmp_path, SAMPLE)) as archive:
        archive.extract("collection.anki2", tmp_path)
    with closing(sqlite3.connect(tmp_path / "collection.anki2")) as connection:
        [conf] = connection.execute("SELECT conf FROM col").fetchone()
    assert json.loads(conf)["schedVer"] == 2  # else it would rewrite ratings on import


def test_the_learners_own_templates_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = package(tmp_path, SAMPLE)
    with anki(tmp_path / "anki") as col:
        import_package(col, path)
        mine = col.models.by_name("driftdeck Basic")
        mine["css"] = ".card { color: teal; }"
        col.models.update_dict(mine)
        tomorrow_s = time.time() + 86_400
        monkeypatch.setattr(time, "time", lambda: tomorrow_s)
        package(tmp_path, [replace(exported, changed_ms=MARCH_MS + 1_000) for exported in SAMPLE])
        assert import_package(col, path).updated == 3
        assert col.models.by_name("driftdeck Basic")["css"] == ".card { color: teal; }"


def test_a_new_template_version_reaches_anki(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with anki(tmp_path / "anki") as col:
        import_package(col, package(tmp_path, SAMPLE))
        monkeypatch.setattr(objects, "TEMPLATES_S", objects.TEMPLATES_S + 1)
        monkeypatch.setattr(templates, "CSS", ".card { color: navy; }")
        import_package(col, package(tmp_path, SAMPLE))
        assert col.models.by_name("driftdeck Basic")["css"] == ".card { color: navy; }"


def test_only_the_given_cards_are_made(tmp_path: Path) -> None:
    # By its templates the first note would have two cards, by its text the second a card 2.
    both, gaps = SAMPLE[2], note("[shadow] and [canary]")
    some = [replace(both, cards=both.cards[1:]), replace(gaps, cards=gaps.cards[:1])]
    path = package(tmp_path, some)
    with zipfile.ZipFile(path) as archive:
        archive.extract("collection.anki2", tmp_path)
    with closing(sqlite3.connect(tmp_path / "collection.anki2")) as connection:
        made = connection.execute("SELECT ord FROM cards ORDER BY nid").fetchall()
    assert made == [(1,), (0,)]


def test_genanki_finds_no_fault_with_our_html(tmp_path: Path) -> None:
    # Its check takes a tag that spans lines for a mistake, and warnings are errors here.
    linked = note('[t](http://a.b "one\ntwo")', "a")
    with anki(tmp_path / "anki") as col:
        import_package(col, package(tmp_path, [linked]))
        assert 'title="one\ntwo"' in field(col, guid(linked), "Front")


def test_a_gap_that_is_gone_leaves_its_number_free(tmp_path: Path) -> None:
    cards = (ExportCard(uid("s"), "shadow", 1), ExportCard(uid("c"), "canary", 3))
    left = replace(note("[shadow] then [canary]"), cards=cards)
    with anki(tmp_path / "anki") as col:
        import_package(col, package(tmp_path, [left]))
        assert col.db.list("select ord from cards order by ord") == [1, 3]
        text = field(col, guid(left), "Text")
        assert text == "{{c2::shadow}} then {{c4::canary}}"
        assert not col.get_empty_cards().notes


def test_a_second_import_changes_nothing_and_an_edit_one_note(tmp_path: Path) -> None:
    path = package(tmp_path, SAMPLE)
    with anki(tmp_path / "anki") as col:
        import_package(col, path)
        assert import_package(col, path) == (0, 0, 3, 0)
        edited = replace(
            SAMPLE[0],
            note=replace(SAMPLE[0].note, back="One per cent."),
            changed_ms=MARCH_MS + 60_000,
        )
        package(tmp_path, [edited, *SAMPLE[1:]])
        assert import_package(col, path) == (0, 1, 2, 0)
        assert field(col, guid(edited), "Back") == "One per cent."
        assert col.db.scalar("select count() from notes") == 3


def test_the_learners_own_edit_in_anki_stays(tmp_path: Path) -> None:
    path = package(tmp_path, SAMPLE)
    with anki(tmp_path / "anki") as col:
        import_package(col, path)
        number = guid(SAMPLE[2])
        mine = col.get_note(col.db.scalar("select id from notes where guid = ?", number))
        mine["Back"] = "my words"
        col.update_note(mine)
        import_package(col, path)
        assert field(col, number, "Back") == "my words"


def test_a_gap_added_leaves_the_other_cards_alone(tmp_path: Path) -> None:
    path = package(tmp_path, [SAMPLE[1]])
    with anki(tmp_path / "anki") as col:
        import_package(col, path)
        before = col.db.all("select id, ord from cards order by ord")
        front = SAMPLE[1].note.front.replace("rollout", "[rollout]")
        new = ExportCard(uid("new"), "rollout", 2)
        more = ExportNote(
            SAMPLE[1].uid,
            replace(SAMPLE[1].note, front=front),
            (*SAMPLE[1].cards, new),
            MARCH_MS + 60_000,
        )
        package(tmp_path, [more])
        import_package(col, path)
        assert field(col, guid(more), "Text").startswith("A {{c3::rollout}} runs {{c1::shadow}}")
        after = col.db.all("select id, ord from cards order by ord")
        assert after[:2] == before
        assert [row[1] for row in after] == [0, 1, 2]


HOSTILE = [
    "<script>alert(1)</script> & <b>bold</b> List<int> x<y && y>z",
    "{{Front}} }} {{c1::not a gap}} [sound:x.mp3] [latex]x[/latex] [anki:play:q] [$]",
    "\x1f and \x00 and \x07 and \ud800",
    "<" * 96_000,
    "> " * 5_000 + "deep",
    "[" * 5_000 + "x" + "](u)" * 5_000,
    "![alt](javascript:alert(1)) [t](javascript:alert(1)) <http://x.y>",
    "\u202eright to left\u202c \u200b zero",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_arrives_as_text(tmp_path: Path, text: str) -> None:
    cloze = f"The [gap::x}} of] it: {text.replace('[', '(').replace('{{', '( (')}"
    path = package(tmp_path, [note(f"Q {text}", f"A {text}", name="b"), note(cloze, name="c")])
    with anki(tmp_path / "anki") as col:
        assert import_package(col, path).new == 2
        assert col.db.scalar("select count() from cards") == 2
        number = uid("b").hex()
        front, back = field(col, number, "Front"), field(col, number, "Back")
        assert "<script" not in front
        assert "javascript:" not in "".join(re.findall(r"<[^>]*>", front))
        for syntax in ("{{", "}}", "[sound:", "[latex]", "[$]", "[$$]", "[anki:"):
            assert syntax not in front + back
        if "](u)" not in text and "> >" not in text and "![" not in text:
            wanted = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff]", "�", text)
            assert " ".join(text_of(front).split()) == " ".join(f"Q {wanted}".split())
        for card in col.db.list("select id from cards"):
            assert "alert(1)</script>" not in col.get_card(card).question()


def test_decks_keep_their_names(tmp_path: Path) -> None:
    wanted = {
        "Release::Canary": "Release::Canary",
        "release::canary": "Release::Canary",  # one deck to Anki, which else would add a `_`
        "RELEASE::Shadow": "Release::Shadow",
        "Cafe\u0301": "Café",
        "Café": "Café",
        "機械\u3000学習": "機械\u3000学習",
        "👩\u200d💻 & <b>": "👩\u200d💻 & <b>",
        'a ::: "b"::::\x1fc ': 'a::"b"::c',
        "default": "Default",
        "::": "driftdeck",
    }
    notes = [note(f"q {deck}", "a", deck=deck) for deck in wanted]
    with anki(tmp_path / "anki") as col:
        assert import_package(col, package(tmp_path, notes)).new == len(wanted)
        for exported in notes:
            number = guid(exported)
            [card_id] = col.db.list(
                "select c.id from cards c join notes n on n.id = c.nid where guid = ?", number
            )
            assert col.decks.name(col.get_card(card_id).did) == wanted[exported.note.deck]


def test_tags_are_plain_text_without_blanks(tmp_path: Path) -> None:
    tags = ("R&D", "p<q", "two\u3000wide\twords", 'a "b"', "x::::y::", "::", "\x07", "R&D")
    with anki(tmp_path / "anki") as col:
        import_package(col, package(tmp_path, [note("q", "a", tags=tags, type="choose")]))
        found = col.get_note(col.find_notes("")[0]).tags
        assert sorted(found) == sorted(
            ["R&D", "p<q", "two_wide_words", "a_b", "x::y", "type::choose"]
        )


@pytest.mark.parametrize(
    "gap",
    ["set {a}", "std::vector", "a:", "}}", "**(a)**", "_a_", "$x_{y_{z}}$", "`m[{}]`", "<b>", ":a"],
)
def test_anki_hides_and_shows_the_whole_gap(tmp_path: Path, gap: str) -> None:
    style = re.compile(r"<style>.*?</style>| data-cloze=\"[^\"]*\"", re.DOTALL)
    with anki(tmp_path / "anki") as col:
        import_package(col, package(tmp_path, [note(f"{{before}} [{gap}] [other]")]))
        card = col.get_card(col.db.scalar("select id from cards where ord = 0"))
        assert text_of(style.sub("", card.question())) == "{before} [...] other"
        told = style.sub("", card.answer())
        shown = re.search(r'<span class="cloze" data-ordinal="1">(.*?)</span>', told, re.DOTALL)
        assert shown is not None
        assert text_of(shown[1]) == text_of(html(gap))
        assert not col.get_empty_cards().notes


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=25)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=8))
def test_every_card_arrives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("anki")
    notes = [
        note(front, back, name=str(i), deck=deck, tags=(front,))
        for i, (front, back, deck) in enumerate(rows)
    ]
    notes.append(note(f"x [{len(rows)}] y", name="cloze"))
    with anki(folder) as col:
        assert import_package(col, package(folder, notes)).new == len(notes)
        assert col.db.scalar("select count() from cards") == len(notes)
        assert not col.get_empty_cards().notes


def test_markdown_becomes_html() -> None:
    assert html("a **b** `c<d>`") == "a <strong>b</strong> <code>c&lt;d&gt;</code>"
    assert html("$a_1 * b_2 * c < d$") == r"\(a_1 * b_2 * c &lt; d\)"
    assert html("$$\nx\n$$") == "\\[\nx\n\\]"
    assert html("costs $5 and $6") == "costs $5 and $6"
    assert html("- a\n- b") == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"
    assert html("```py\nif x:\n\treturn 1\n```").startswith("<pre><code")
    assert "\treturn 1" in text_of(html("```py\nif x:\n\treturn 1\n```"))
    assert html("~~a~~ [t](https://u.v)") == '<s>a</s> <a href="https://u.v">t</a>'
    assert "<table>" in html("| a | b |\n|---|---|\n| 1 | 2 |")


@pytest.mark.parametrize("syntax", ["[$]y", "[/$]", "[$$]z", "[latex]", "{{c1::x}}", "[sound:a]"])
def test_ankis_own_syntax_becomes_text(syntax: str) -> None:
    for markup in (html(f"a {syntax} b"), html(f"`{syntax}`"), html(f"```\n{syntax}\n```")):
        assert syntax not in markup
        assert syntax in text_of(markup)


def test_gaps_keep_their_markdown() -> None:
    numbers = {
        key: place for place, key in enumerate(card_keys("cloze", "[**a** `b::c`] [$x_1$] [d]"), 1)
    }
    text = cloze_html("[**a** `b::c`] [$x_1$] [d]", {k: v for k, v in numbers.items() if k != "d"})
    assert text == (r"{{c1::<strong>a</strong> <code>b&#58;&#58;c</code>}} {{c2::\(x_1\)}} d")


def test_an_export_replaces_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.apkg"
    path.write_bytes(b"old")
    with pytest.raises(DataError, match="cannot be written"):
        write(ANKI, Bundle("x", SAMPLE), tmp_path / "missing" / "out.apkg")
    write(ANKI, Bundle("x", SAMPLE), path)
    assert zipfile.is_zipfile(path)
    assert [p.name for p in tmp_path.iterdir()] == ["out.apkg"]
    with pytest.raises(UsageError, match="no format"):
        get_format("dvi")


def test_the_built_in_decks_arrive_in_anki(srs: Program, tmp_path: Path) -> None:
    path = tmp_path / "all.apkg"
    done = srs("export", "anki", "-o", str(path), "--json").json
    listed = srs("card", "list", "--json").json["cards"]
    assert done["cards"] == len(listed)
    assert done["bytes"] == path.stat().st_size
    assert srs("export", "anki", "-o", str(path)).code == 3  # never overwritten unasked
    again = tmp_path / "again.apkg"
    assert srs("export", "anki", "-o", str(again), now="2026-09-09T09:09:09Z").code == 0
    assert again.read_bytes() == path.read_bytes()
    with anki(tmp_path / "anki") as col:
        assert import_package(col, path).new == done["notes"]
        assert col.db.scalar("select count() from cards") == done["cards"]
        decks = {d.name for d in col.decks.all_names_and_ids()} - {"Default"}
        assert decks == {card["deck"] for card in listed}


def test_an_edited_answer_updates_one_note_in_anki(own: Program, tmp_path: Path) -> None:
    path, source = tmp_path / "own.apkg", tmp_path / "own.md"
    own("export", "anki", "Own", "-o", str(path))
    with anki(tmp_path / "anki") as col:
        assert import_package(col, path).new == 3
        source.write_text(source.read_text().replace("Is it better?", "Is it any better?"))
        own("import", str(source), now="2026-03-05T08:00:00Z")
        own("export", "anki", "Own", "-o", str(path), "--force")
        assert import_package(col, path) == (0, 1, 2, 0)
