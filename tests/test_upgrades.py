"""A newer package: new and mended notes come in by themselves, the learner's own stay."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import decks
from decks import Loaded
from decks.release import BUILTIN_CHANGED_MS
from srs import Collection, Rating, importing, open_collection, opening
from srs.store.backup import backups

MONDAY_MS = 1_772_438_400_000
LATER_MS = BUILTIN_CHANGED_MS + 86_400_000
# Of the built-in files as of BUILTIN_CHANGED_MS. Where this fails, the decks have changed: raise
# the one and renew the other, or installed collections will never hear of it.
BUILTIN_DIGEST = "214f6a17aed0c2b6d15e91389fa060df"


def test_the_release_is_raised_with_the_decks() -> None:
    digest = hashlib.blake2b(digest_size=16)
    folder = Path(decks.__file__).parent / "builtin"
    for path in sorted([*folder.glob("*.md"), folder / "concepts.psv"]):
        digest.update(path.name.encode() + path.read_bytes())
    assert digest.hexdigest() == BUILTIN_DIGEST, "raise BUILTIN_CHANGED_MS, then note this digest"


@contextmanager
def package(
    monkeypatch: pytest.MonkeyPatch, files: tuple[Loaded, ...], release_ms: int = LATER_MS
) -> Iterator[None]:
    """As if a newer package with these built-in decks were installed."""
    with monkeypatch.context() as patch:
        patch.setattr(importing, "builtin", lambda: files)
        patch.setattr(importing, "BUILTIN_CHANGED_MS", release_ms)
        patch.setattr(opening, "BUILTIN_CHANGED_MS", release_ms)
        yield


def edited() -> tuple[Loaded, ...]:
    """The decks with the first note mended, the second withdrawn, and one more at the end."""
    first, *rest = decks.builtin()
    one, two, *others = first.parsed.notes
    more = replace(others[-1], id="brand-new", front="Brand new?", back="Yes.")
    notes = (replace(one, back=one.back + " Mended."), *others, more)
    assert two not in notes
    return (replace(first, parsed=replace(first.parsed, notes=notes)), *rest)


def by_id(collection: Collection) -> dict[str, tuple[str, bytes]]:
    rows = collection.notes(collection.span(MONDAY_MS))
    return {row.note.id: (row.note.back, row.uid) for row in rows}


def answer_all(collection: Collection, count: int) -> dict[bytes, object]:
    found = list(collection.cards(collection.span(MONDAY_MS)))[:count]
    for card in found:
        collection.answer(card, Rating.GOOD, MONDAY_MS)
    return {card.uid: collection.card(card.uid).state for card in found}


def test_new_and_mended_notes_come_in_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_collection(tmp_path) as collection:
        before, states = by_id(collection), answer_all(collection, 6)
        log = [collection.reviews(collection.card(uid)) for uid in states]
    one, two = (note.id for note in decks.builtin()[0].parsed.notes[:2])
    with package(monkeypatch, edited()), open_collection(tmp_path) as collection:
        assert collection.notices == ("built-in decks: 1 new notes, 1 mended, 1 withdrawn",)
        after = by_id(collection)
        assert after.keys() - before.keys() == {"brand-new"}
        assert before.keys() - after.keys() == {two}
        assert after[one] == (before[one][0] + " Mended.", before[one][1])
        assert {uid: collection.card(uid).state for uid in states} == states
        assert [collection.reviews(collection.card(uid)) for uid in states] == log
        assert [f for f in collection.check(LATER_MS) if f.severity == "error"] == []
    with package(monkeypatch, edited()), open_collection(tmp_path) as collection:
        assert collection.notices == ()
    assert len(backups(tmp_path)) >= 1
    with open_collection(tmp_path) as collection:  # an older package again
        assert collection.notices == ()
        assert by_id(collection).keys() == after.keys()


def said_ms(collection: Collection) -> dict[str, int]:
    return {row.note.id: row.said_ms for row in collection.notes(collection.span(MONDAY_MS))}


def test_an_unchanged_note_keeps_the_time_of_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, *_ = (note.id for note in decks.builtin()[0].parsed.notes)
    with open_collection(tmp_path) as collection:
        before = said_ms(collection)
        assert set(before.values()) == {BUILTIN_CHANGED_MS}
    first, *rest = edited()
    notes = tuple(replace(note, deck="Renamed") for note in first.parsed.notes)
    renamed = (replace(first, parsed=replace(first.parsed, notes=notes)), *rest)
    with package(monkeypatch, renamed), open_collection(tmp_path) as collection:
        now = {one: LATER_MS, "brand-new": LATER_MS}
        expected = {note: said for note, said in before.items() if note != two} | now
        assert said_ms(collection) == expected
    returned = package(monkeypatch, decks.builtin(), LATER_MS + MONDAY_MS)
    with returned, open_collection(tmp_path) as collection:
        assert said_ms(collection) == before | {one: LATER_MS + MONDAY_MS}


def test_a_withdrawn_note_that_returns_has_its_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_collection(tmp_path) as collection:
        states = answer_all(collection, 6)
    with package(monkeypatch, edited()):
        open_collection(tmp_path).close()
    returned = package(monkeypatch, decks.builtin(), LATER_MS + 1)
    with returned, open_collection(tmp_path) as collection:
        assert len(by_id(collection)) == sum(len(f.parsed.notes) for f in decks.builtin())
        assert {uid: collection.card(uid).state for uid in states} == states


def override(home: Path, note: decks.Note, back: str) -> Path:
    folder = home / "overrides"
    folder.mkdir(exist_ok=True)
    path = folder / "mine.md"
    path.write_text(f"## {note.concept}\n\n### {note.id}\nQ: {note.front}\nA: {back}\n")
    return path


def test_the_learners_override_wins_and_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = decks.builtin()[0].parsed.notes[0]
    with open_collection(tmp_path) as collection:
        states = answer_all(collection, 1)
        path = override(tmp_path, note, "In my own words.")
        receipt = collection.import_files(decks.read([path]), MONDAY_MS)
        assert (receipt.changed, receipt.skipped) == (1, ())
        assert by_id(collection)[note.id][0] == "In my own words."
    with package(monkeypatch, edited()), open_collection(tmp_path) as collection:
        assert by_id(collection)[note.id][0] == "In my own words."
        assert {uid: collection.card(uid).state for uid in states} == states
        path.write_text("Q: Something else?\nA: Yes.\n")
        collection.import_files(decks.read([path]), MONDAY_MS)
        assert by_id(collection)[note.id][0] == note.back + " Mended."
        assert {uid: collection.card(uid).state for uid in states} == states
        assert [f for f in collection.check(LATER_MS) if f.severity == "error"] == []


def test_an_id_of_the_package_is_refused_outside_the_overrides(tmp_path: Path) -> None:
    note = decks.builtin()[0].parsed.notes[0]
    with open_collection(tmp_path / "home") as collection:
        path = override(tmp_path, note, "In my own words.")
        assert len(collection.import_files(decks.read([path]), MONDAY_MS).skipped) == 1
        assert by_id(collection)[note.id][0] == note.back


def test_an_upgrade_that_fails_leaves_the_old_decks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_collection(tmp_path) as collection:
        answer_all(collection, 1)
    (tmp_path / "backups").write_text("in the way")
    with package(monkeypatch, edited()), open_collection(tmp_path) as collection:
        assert "could not be brought up to date" in collection.notices[0]
        assert "brand-new" not in by_id(collection)


def test_an_upgrade_waits_until_nobody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_collection(tmp_path) as collection:
        answer_all(collection, 1)
    with closing(sqlite3.connect(tmp_path / "collection.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with package(monkeypatch, edited()), open_collection(tmp_path) as collection:
                assert "could not be brought up to date" in collection.notices[0]
                assert collection.next_card(MONDAY_MS) is not None
        other.execute("ROLLBACK")
    assert len(backups(tmp_path)) == 1
    with package(monkeypatch, edited()), open_collection(tmp_path) as collection:
        assert "1 new notes" in collection.notices[0]
