"""Anki's packages: notes as Anki shows them, decks, media, identity; old and new containers."""

from __future__ import annotations

import html
import json
import re
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import decks
from decks import anki as packages
from decks import cards
from decks.anki import Package
from decks.anki.media import safe_name
from decks.errors import DataError
from decks.model import Note, NoteKind
from exporters import Bundle, ExportCard, ExportNote, get_format, write
from exporters.fields import html as as_html
from tests.anki_backend import anki, import_package
from tests.anki_lives import exported
from tests.test_export_anki import SAMPLE, package, uid

_STYLE = re.compile(r"<style>.*?</style>|<script>.*?</script>", re.DOTALL)


def words(markup: str) -> str:
    """What a reader sees of HTML, all blanks alike."""
    text = re.sub(r"<(?:br|/?div|/?p|/?li|hr|/?ul|/?h2)\b[^>]*>", " ", _STYLE.sub("", markup))
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


def add(
    col: Any, kind: str, fields: Mapping[str, str], deck: str = "Default", tags: str = ""
) -> Any:
    note = col.new_note(col.models.by_name(kind))
    for name, value in fields.items():
        note[name] = value
    note.tags = tags.split()
    col.add_note(note, col.decks.id(deck))
    return note


def kind_of(
    col: Any, name: str, fields: str, sides: list[tuple[str, str]], cloze: bool = False
) -> str:
    """Make a note type with these templates."""
    model = col.models.new(name)
    model["type"] = int(cloze)
    for field in fields.split():
        col.models.add_field(model, col.models.new_field(field))
    for number, (front, back) in enumerate(sides):
        side = col.models.new_template(f"Side {number + 1}")
        side["qfmt"], side["afmt"] = front, back
        col.models.add_template(model, side)
    col.models.add(model)
    return name


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("anki")
    with anki(folder) as col:
        (folder / "a b(1).png").write_bytes(b"\x89PNG")
        (folder / "x.mp3").write_bytes(b"ID3")
        (folder / "unused.png").write_bytes(b"never shown")
        for name in ("a b(1).png", "x.mp3", "unused.png"):
            col.media.add_file(str(folder / name))
        fill(col)
    return folder


def fill(col: Any) -> None:
    add(
        col,
        "Basic",
        {"Front": "What <b>is</b> it?", "Back": "x &lt; y<br>and <i>z</i>"},
        "A::B",
        "t1 a::b",
    )
    add(
        col,
        "Basic",
        {"Front": 'see <img src="a b(1).png">', "Back": "hear [sound:x.mp3] <img src=gone.png>"},
    )
    add(col, "Basic (and reversed card)", {"Front": "dog", "Back": "Hund"})
    add(col, "Basic (optional reversed card)", {"Front": "one way", "Back": "only"})
    add(
        col, "Basic (optional reversed card)", {"Front": "both", "Back": "ways", "Add Reverse": "y"}
    )
    add(col, "Basic (type in the answer)", {"Front": "typed", "Back": "answer"})
    add(
        col, "Cloze", {"Text": "a {{c2::b}} <b>{{c1::c::hint}}</b> {{c2::d}}", "Back Extra": "more"}
    )
    add(col, "Cloze", {"Text": "outer {{c1::a {{c2::b}} c}} end", "Back Extra": ""})
    add(col, "Cloze", {"Text": "{{c1,2::both}} and {{c3::one}}", "Back Extra": "x"})
    add(
        col,
        "Cloze",
        {"Text": r"math \(x^{ {{c1::2}} }\) and [not a gap] ==nor this==", "Back Extra": ""},
    )
    add(col, "Cloze", {"Text": "array[0] is {{c1::first}}, [link](x)", "Back Extra": ""})
    name = kind_of(
        col,
        "Three",
        "Word Hint Extra Reading",
        [
            (
                "{{#Hint}}<i>{{Hint}}</i>: {{/Hint}}{{Word}}<!-- {{Gone}} -->",
                "{{FrontSide}}<hr id=answer>{{Extra}}",
            ),
            ("{{Extra}}", "{{Extra}}<hr id='answer'>{{Word}} {{^Hint}}no hint{{/Hint}}"),
            (
                "<script>var a = '}}';</script>{{kanji:Reading}} in {{Deck}}/{{Subdeck}} {{Tags}}",
                "{{furigana:Reading}} {{kana:Reading}} {{text:Extra}} {{hint:Hint}}"
                " {{Type}} {{Card}}",
            ),
        ],
    )
    add(
        col,
        name,
        {"Word": "w", "Hint": "h", "Extra": "<b>e</b>", "Reading": "漢字[かんじ] 読[よ]む"},
        "A",
        "tag",
    )
    add(col, name, {"Word": "w2", "Hint": "", "Extra": "e2", "Reading": "x"}, "A")
    name = kind_of(
        col,
        "Mirrored",
        "A B Note",
        [
            ("{{A}}", "{{FrontSide}}<hr id=answer>{{B}}<br><br>{{Note}}"),
            ("{{B}}", "{{FrontSide}}<hr id=answer>{{A}}<br><br>{{Note}}"),
        ],
    )
    add(col, name, {"A": "left", "B": "right", "Note": "both ways"})
    name = kind_of(
        col,
        "Framed",
        "Title Text Extra",
        [("<h2>{{Title}}</h2>{{cloze:Text}}", "<h2>{{Title}}</h2>{{cloze:Text}}<hr>{{Extra}}")],
        True,
    )
    add(col, name, {"Title": "T", "Text": "{{c1::x}}", "Extra": "beside"})


def by_front(found: Package) -> dict[str, Note]:
    return {note.front: note for note in found.parsed.notes}


@pytest.fixture(scope="module")
def packages_of(collection: Path) -> dict[str, Package]:
    return {path.name: packages.read(str(path), path.name) for path in exported(collection)}


def test_every_container_holds_the_same(packages_of: dict[str, Package]) -> None:
    assert len(packages_of) == 4
    one, *others = packages_of.values()
    assert one.parsed.notes
    for other in others:
        plain = [
            (n.kind, n.front, n.back, n.why, n.deck, n.id, n.tags, n.pasts)
            for n in other.parsed.notes
        ]
        assert sorted(plain, key=str) == sorted(
            [
                (n.kind, n.front, n.back, n.why, n.deck, n.id, n.tags, n.pasts)
                for n in one.parsed.notes
            ],
            key=str,
        )
        assert other.counts._replace(media=0, media_unused=0) == one.counts._replace(
            media=0, media_unused=0
        )
        assert len(other.parsed.fates) == other.counts.notes
        assert set(other.parsed.fates) == {"c"}


def test_every_card_says_what_anki_shows(collection: Path, packages_of: dict[str, Package]) -> None:
    found = packages_of["current.apkg"]
    asked = [
        (note, cards.face(note.kind, note.front, note.back, key))
        for note in found.parsed.notes
        for key in cards.card_keys(note.kind, note.front)
    ]
    ours = sorted((read(face.front), read(f"{face.back}\n\n{note.why}")) for note, face in asked)
    with anki(collection) as col:
        theirs = []
        for number in col.db.list("select id from cards"):
            card = col.get_card(number)
            theirs.append((shown(card.question()), shown(card.answer(), card.question())))
    assert len(ours) == len(theirs) == found.counts.cards
    assert ours == sorted(theirs)


def read(text: str) -> str:
    """The words of markdown."""
    return words(as_html(re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)))


def shown(markup: str, front: str = "") -> str:
    """The words of a side in Anki, without the front that a back repeats."""
    markup = re.sub(r"<img[^>]*>|\[anki:[^\]]*\]|<!--.*?-->", "", markup)
    markup = re.sub(r"<rt>(.*?)</rt>", r"(\1)", markup)
    markup = re.sub(r"<a class=hint.*?</a>", "", markup, flags=re.DOTALL)
    markup = re.sub(r"\[\[type:[^\]]*\]\]", "typed-answer" if front else "", markup)
    front = (
        words(re.sub(r"<img[^>]*>|\[anki:[^\]]*\]|\[\[type:[^\]]*\]\]", "", front)) if front else ""
    )
    text = words(re.sub(r"\\\((.*?)\\\)", r"\\(\1\\)", markup))
    if front and "cloze" not in markup and text.startswith(front):
        text = text.removeprefix(front).strip()
    return text.replace("typed-answer", "answer")


def test_notes_keep_decks_tags_and_siblings(packages_of: dict[str, Package]) -> None:
    notes = by_front(packages_of["current.apkg"])
    basic = notes["What **is** it?"]
    assert basic.deck == "A::B"
    assert basic.tags == ("a::b", "t1")
    assert basic.back == "x < y  \nand *z*"
    assert notes["dog"].kind is NoteKind.REVERSED
    assert notes["dog"].back == "Hund"
    assert notes["one way"].kind is NoteKind.BASIC
    assert notes["both"].kind is NoteKind.REVERSED
    mirrored = notes["left"]
    assert (mirrored.kind, mirrored.back, mirrored.why) == (NoteKind.REVERSED, "right", "both ways")


def test_gaps_are_gaps_and_nothing_else_is(packages_of: dict[str, Package]) -> None:
    notes = by_front(packages_of["current.apkg"])
    plain = notes["a {{c2::b}} {{c1::**c**::hint}} {{c2::d}}"]
    assert (plain.kind, plain.why) == (NoteKind.CLOZE, "more")
    array = next(note for front, note in notes.items() if front.startswith("array"))
    assert cards.card_keys(array.kind, array.front) == ("c1",)
    framed = notes["**T**\n\n{{c1::x}}"]
    assert framed.why == "***\n\nbeside"
    nested = {note.id: note for note in notes.values() if note.front.startswith("outer")}
    assert sorted(nested) == [
        f"{one.rpartition('/')[0]}/{n}" for n, one in enumerate(sorted(nested))
    ]
    assert {note.front for note in nested.values()} == {"outer [...] end", "outer a [...] c end"}
    assert "$x^{ [...] }$" in next(front for front in notes if front.startswith("math"))


def test_cards_of_one_note_that_differ_are_notes_of_their_own(
    packages_of: dict[str, Package],
) -> None:
    notes = packages_of["current.apkg"].parsed.notes
    three = [
        note
        for note in notes
        if note.place.line == next(n.place.line for n in notes if n.front == "*h*: w")
    ]
    assert [note.id.rpartition("/")[2] for note in three] == ["0", "1", "2"]
    assert len({note.id.rpartition("/")[0] for note in three}) == 1
    assert [note.back for note in three][:2] == ["**e**", "w"]
    assert three[2].front == "漢字読む in A/A tag"


def test_media_are_named_and_taken_out(
    collection: Path, tmp_path: Path, packages_of: dict[str, Package]
) -> None:
    found = packages_of["current.colpkg"]
    picture = safe_name("a b(1).png")
    assert set(found.media) == {picture, "x.mp3"}
    assert found.counts.media_missing == 1
    assert found.counts.media_unused == 1
    fronts = [note.front for note in found.parsed.notes]
    assert any(picture.replace(" ", "%20") in front for front in fronts)
    for name in ("current.colpkg", "old.colpkg", "current.apkg", "old.apkg"):
        folder = tmp_path / name
        problems = packages.extract(
            str(collection / name), [*found.media, "gone.png", "../up.png"], str(folder)
        )
        assert sorted(path.name for path in folder.iterdir()) == sorted(found.media)
        assert (folder / picture).read_bytes() == b"\x89PNG"
        assert [problem.message for problem in problems] == [
            "gone.png: not in the package",
            "../up.png: not in the package",
        ]
    inside = decks.media.locate(f"{picture.replace(' ', '%20')}", str(folder), str(folder))
    assert inside.read_bytes() == b"\x89PNG"


def test_our_own_exports_come_back_as_they_were(tmp_path: Path) -> None:
    builtin = [note for file in decks.builtin() for note in file.parsed.notes]
    bundle = [
        ExportNote(
            uid(str(place)),
            note,
            tuple(
                ExportCard(uid(f"{place}/{key}"), key, number)
                for number, key in enumerate(cards.card_keys(note.kind, note.front))
            ),
            0,
        )
        for place, note in enumerate(builtin)
    ]
    path = tmp_path / "own.apkg"
    write(get_format("anki"), Bundle("All", bundle), path)
    with anki(tmp_path / "anki") as col:
        import_package(col, path)
    for again in (path, *exported(tmp_path / "anki")):
        found = packages.read(str(again), again.name)
        ours = {found.own[note.place.line].uid: note for note in found.parsed.notes}
        assert not found.parsed.problems
        for one in bundle:
            came, note = ours[one.uid], one.note
            for name in (
                "kind",
                "front",
                "back",
                "why",
                "flip",
                "variants",
                "id",
                "concept",
                "type",
                "sources",
                "deck",
            ):
                assert getattr(came, name) == getattr(note, name)


def test_our_tags_and_numbered_gaps_come_back(tmp_path: Path) -> None:
    found = packages.read(str(package(tmp_path, SAMPLE)), "own.apkg")
    first, second, third = found.parsed.notes
    assert (first.tags, first.concept, first.type) == (
        ("mlsd", "two_words"),
        "canary-deployment",
        "definition",
    )
    assert first.id == ""  # its own id was never written anywhere
    assert second.front == "A rollout runs [shadow] first, then [canary :: a bird]."
    assert third.kind is NoteKind.REVERSED


def test_a_placeholder_is_no_deck(collection: Path, tmp_path: Path) -> None:
    path = next(exported(collection))
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "decoy.apkg", "w") as only:
        only.writestr("collection.anki2", archive.read("collection.anki2"))
    with pytest.raises(DataError, match="placeholder"):
        packages.read(str(tmp_path / "decoy.apkg"), "decoy.apkg")


def test_what_is_shown_on_demand_is_kept_for_after_the_answer(tmp_path: Path) -> None:
    with anki(tmp_path) as col:
        name = kind_of(
            col, "H", "A B C", [("{{A}} {{hint:C}}", "{{FrontSide}}<hr id=answer>{{B}}")]
        )
        add(col, name, {"A": "ask", "B": "answer", "C": "a <b>hint</b>"})
    [note] = packages.read(str(next(exported(tmp_path))), "x").parsed.notes
    assert (note.front, note.back, note.why) == ("ask", "answer", "Hint: a **hint**")


def test_of_two_notes_of_one_id_the_second_is_known_by_its_text(tmp_path: Path) -> None:
    with anki(tmp_path) as col:
        for front in ("one", "two"):
            add(col, "Basic", {"Front": front, "Back": "b"})
        col.db.execute("update notes set guid = 'same'")
    found = packages.read(str(next(exported(tmp_path))), "x")
    assert [note.id for note in found.parsed.notes] == [f"anki-{b'same'.hex()}", ""]
    assert "known by its text" in found.parsed.problems[0].message


def test_flags_suspension_and_the_default_deck(tmp_path: Path) -> None:
    with anki(tmp_path) as col:
        note = add(col, "Basic (and reversed card)", {"Front": "f", "Back": "b"})
        first, second = note.card_ids()
        col.sched.suspend_cards([first])
        col.set_user_flag_for_cards(3, [second])
    path = next(exported(tmp_path))
    [came] = packages.read(str(path), "x", "Mine").parsed.notes
    assert came.deck == "Mine"
    one, two = came.pasts
    assert one
    assert two
    assert (one.suspended, one.flag, two.suspended, two.flag) == (True, 0, False, 3)


def test_answers_of_the_first_scheduler_are_those_of_today(tmp_path: Path) -> None:
    path = package(tmp_path, SAMPLE[:1])
    with zipfile.ZipFile(path) as archive:
        archive.extract("collection.anki2", tmp_path)
    with closing(sqlite3.connect(tmp_path / "collection.anki2")) as connection, connection:
        [conf] = connection.execute("SELECT conf FROM col").fetchone()
        old = {key: value for key, value in json.loads(conf).items() if key != "schedVer"}
        connection.execute("UPDATE col SET conf = ?", (json.dumps(old),))
        [card] = connection.execute("SELECT id FROM cards").fetchone()
        connection.execute("UPDATE cards SET type = 2, queue = 2, due = 9, ivl = 4, reps = 2")
        rows = [
            (1_600_000_000_000, card, 0, 2, 1, 0, 2500, 1, 0),
            (1_600_100_000_000, card, 0, 2, 4, 1, 2500, 1, 1),
        ]
        connection.executemany("INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "collection.anki2", "collection.anki2")
    [note] = packages.read(str(path), "old").parsed.notes
    assert note.pasts[0]
    assert [review.rating for review in note.pasts[0].reviews] == [3, 2]
