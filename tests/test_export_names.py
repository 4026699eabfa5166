"""Names of decks and tags: as they were where Anki can hold them, and never at a card's cost."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks import Note, NoteKind, Place
from exporters import Bundle, ExportCard, ExportNote, get_format, write
from tests.anki_backend import anki, import_package
from tests.learner import Learner

DEEP = "abcdefghijklmnopqrstuvwxyz"
LONG = "serving and ranking " * 15  # 300 characters
DECKS = {
    LONG: LONG.strip(),
    f"{LONG}::{LONG}::x": f"{LONG.strip()}::{LONG.strip()}::x",
    "A/B tests/online\\offline": "A/B tests/online\\offline",
    "../../etc/passwd": "../../etc/passwd",
    " blanks :: around ": "blanks::around",
    "a::::b:::c::": "a::b::c",
    ":colon: at edges:": "colon: at edges",
    "Case::Variant": "Case::Variant",
    "case::VARIANT": "Case::Variant",
    "CASE": "Case",
    "Stra\u00dfe": "Stra\u00dfe",
    "default": "Default",
    "Default::below": "Default::below",
    "tab\there \x1f unit": "tabhere  unit",
    '"quoted" and \'single\'': "\"quoted\" and 'single'",
    "<b>bold</b> & <script>": "<b>bold</b> & <script>",
    "{{Front}} [sound:x.mp3] deck:* -x": "{{Front}} [sound:x.mp3] deck:* -x",
    "\U0001f469\u200d\U0001f4bb \u05d0": "\U0001f469\u200d\U0001f4bb \u05d0",
    "\u202eleft": "\u202eleft",
    "\u3000wide\u3000blanks\u00a0": "wide\u3000blanks",  # Anki trims them
    "wide\u3000blanks": "wide\u3000blanks",
    "Cafe\u0301": "Café",
    "100%_done*": "100%_done*",
    "": "driftdeck",
    " :: ": "driftdeck",
}  # fmt: skip
TAGS = {
    "two words": "two_words",
    "wide\u3000blank": "wide_blank",
    "tab\tnewline\nend": "tab_newline_end",
    "no\u00a0break": "no_break",
    '"quoted"': "quoted",
    "::edge::": "edge",
    "a::::b": "a::b",
    "ML": "ML",
    "ml": "ML",
    "deck:x*_-(y)": "deck:x*_-(y)",
    "-minus": "-minus",
    "R&D<b>{{x}}": "R&D<b>{{x}}",
    "t" * 300: "t" * 300,
    "\U0001f600\u05d0": "\U0001f600\u05d0",
    "a\\b": "a\\b",
    "x\x07y\x1fz": "xy_z",
}
NOT_TAGS = (" ", "\u3000", "::", ":", '""', "\x00", "")


def note(deck: str, tags: tuple[str, ...] = (), name: str = "") -> ExportNote:
    uid, card = (
        blake2b(f"{name or deck!r}{part}".encode("utf-8", "replace"), digest_size=16).digest()
        for part in "nc"
    )
    made = Note(
        kind=NoteKind.BASIC, front="q", back="a", deck=deck, tags=tags, place=Place("d.md", 1)
    )
    return ExportNote(uid, made, (ExportCard(card, "front", 0),), 1_772_438_400_000)


def package(folder: Path, notes: list[ExportNote]) -> Path:
    path = folder / "names.apkg"
    write(get_format("anki"), Bundle("Names", notes), path)
    return path


def found(there: Any, exported: ExportNote) -> Any:
    sql = "select id from notes where guid = ?"
    return there.get_note(there.db.scalar(sql, exported.uid.hex()))


def deck_of(there: Any, exported: ExportNote) -> str:
    [card] = found(there, exported).cards()
    return str(there.decks.name(card.did))


def assert_sound(there: Any, cards: int) -> None:
    assert there.db.scalar("select count() from cards") == cards
    report, is_sound = there.fix_integrity()
    assert is_sound, report
    assert there.db.scalar("select count() from cards") == cards


def test_decks_have_their_names(newcomer: Learner, tmp_path: Path) -> None:
    there, notes = newcomer.there, [note(deck) for deck in DECKS]
    path = package(tmp_path, notes)
    assert import_package(there, path).new == len(DECKS)
    for exported in notes:
        assert deck_of(there, exported) == DECKS[exported.note.deck]
    before = newcomer.deck_names()
    assert import_package(there, path).duplicate == len(DECKS)
    assert newcomer.deck_names() == before
    assert_sound(there, len(DECKS))
    assert newcomer.deck_names() == before


def test_a_deck_is_no_deeper_than_anki_takes(newcomer: Learner, tmp_path: Path) -> None:
    """One deck of twelve levels would keep out the whole package; folders in folders make such."""
    deep = ["::".join(DEEP[:levels]) for levels in (10, 11, 12, 25, 26)]
    deep += [f"{deep[-1]}b", "::".join(f"p{part}" for part in range(500))]
    notes = [note(deck) for deck in deep]
    there = newcomer.there
    assert import_package(there, package(tmp_path, notes)).new == len(deep)
    names = [deck_of(there, one) for one in notes]
    assert names[:1] == deep[:1]
    assert len(set(names)) == len(deep)
    for name, deck in zip(names[:-1], deep, strict=False):
        assert re.sub("[^a-z]", "", name) == deck.replace("::", "")  # nothing of it is lost
    assert_sound(there, len(deep))


def test_a_tag_is_no_deeper_than_anki_can_list(newcomer: Learner, tmp_path: Path) -> None:
    there = newcomer.there
    import_package(there, package(tmp_path, [note("Deck", ("::".join(DEEP * 8),))]))
    [tag] = there.tags.all()
    assert re.sub("[^a-z]", "", tag) == "".join(DEEP * 8)
    assert there.tags.tree()  # for the list beside its browser


def test_tags_arrive_as_one_word_each(newcomer: Learner, tmp_path: Path) -> None:
    there = newcomer.there
    notes = [note("Deck", (tag, *NOT_TAGS), name=f"n{tag}") for tag in TAGS]
    path = package(tmp_path, notes)
    assert import_package(there, path).new == len(notes)
    for exported in notes:
        assert found(there, exported).tags == [TAGS[exported.note.tags[0]]]
    assert set(there.tags.all()) == set(TAGS.values())
    assert import_package(there, path).duplicate == len(notes)
    assert_sound(there, len(notes))


def test_tags_that_anki_holds_are_what_it_would_write(newcomer: Learner, tmp_path: Path) -> None:
    """Or the first edit in Anki would change them, and they would never be equal again."""
    there, every = newcomer.there, tuple(TAGS)
    exported = note("Deck", (*every, *NOT_TAGS))
    import_package(there, package(tmp_path, [exported]))
    edited = found(there, exported)
    tags = list(edited.tags)
    assert sorted(tags) == sorted(set(TAGS.values()))
    there.update_note(edited)
    assert found(there, exported).tags == tags


def test_names_from_deck_files_arrive(newcomer: Learner) -> None:
    """Whatever front matter can say."""
    decks = ["A/B::x", f"{LONG}y", "'{{x}} <b>'", "'it''s'", "Default", "\U0001f600", "a :: b"]
    for place, deck in enumerate(decks):
        text = f"q {place} {deck} :: a\n"
        newcomer.write(text.replace(" :: b", " b"), deck=deck, file=f"{place}.md",
                       tags="'two words', \"\u3000wide\", x::y")  # fmt: skip
    newcomer.srs(f"export anki -o {newcomer.package}")
    listed = newcomer.srs("card list --json").json["cards"]
    newcomer.take()
    there = newcomer.there
    assert there.db.scalar("select count() from cards") == len(listed)
    wanted = {"A/B::x", f"{LONG}y", "{{x}} <b>", "it's", "Default", "\U0001f600", "a::b"}
    assert wanted <= newcomer.decks()
    assert {"two_words", "wide", "x::y"} <= set(there.tags.all()), there.tags.all()
    assert_sound(there, len(listed))


NAMES = st.text(
    st.characters(codec="utf-8") | st.sampled_from(":: \u3000\tAaSs\u00df"), max_size=12
)


@settings(max_examples=15)
@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3)), min_size=1, max_size=12))
def test_any_names_will_do(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, list[str]]]
) -> None:
    """All cards arrive, equal names stay together, and Anki would change none of them."""
    folder = tmp_path_factory.mktemp("names")
    notes = [note(deck, tuple(tags), name=f"n{at}") for at, (deck, tags) in enumerate(rows)]
    with anki(folder) as there:
        path = package(folder, notes)
        assert import_package(there, path).new == len(rows)
        placed = {one.uid: deck_of(there, one) for one in notes}
        tagged = {one.uid: found(there, one).tags for one in notes}
        assert import_package(there, path).duplicate == len(rows)
        assert_sound(there, len(rows))
        assert {one.uid: deck_of(there, one) for one in notes} == placed
        for one in notes:
            edited = found(there, one)
            there.update_note(edited)
            assert sorted(found(there, one).tags) == sorted(tagged[one.uid])
        together: dict[str, set[str]] = {}
        for one in notes:
            together.setdefault(normalize("NFC", one.note.deck), set()).add(placed[one.uid])
        assert all(len(names) == 1 for names in together.values())
