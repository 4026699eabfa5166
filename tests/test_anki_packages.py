"""Anki's packages as learners take them in: imported, reviewed, imported again, and round trips."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from decks.errors import DataError
from srs import Collection, Rating, Wanted, Wish, open_collection
from srs.attachments import folder_of
from srs.model import CardState, Phase
from tests.anki_backend import anki
from tests.anki_lives import DAY_S, Life, exported
from tests.bench.theirs import recompute
from tests.program import Program
from tests.test_anki_in_history import calendar

PICTURE = bytes.fromhex("89504e470d0a1a0a") + b"picture"
_PHASES = {1: Phase.LEARNING, 2: Phase.REVIEW, 3: Phase.RELEARNING}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def states(collection: Collection) -> dict[tuple[str, int], CardState]:
    """By guid and number."""
    found: dict[tuple[str, int], CardState] = {}
    for card in collection.find(Wanted(query="path:*pkg"), now_ms()):
        note = collection.notes_by_uid([card])[card.note]
        number = {"front": 0, "back": 1}.get(card.key) if card.kind != "cloze" else None
        place = int(card.key[1:]) - 1 if number is None else number
        found[bytes.fromhex(note.id.removeprefix("anki-")).decode(), place] = card.state
    return found


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A collection of Anki's with a month of use."""
    found = Life(tmp_path_factory.mktemp("anki"), 5)
    found.begin(20)
    found.live(15)
    with anki(found.folder) as col:
        recompute(col)
        recompute(col)
    return found


def test_cards_stand_where_anki_has_them(life: Life, tmp_path: Path) -> None:
    for path in list(exported(life.folder)):
        home = tmp_path / path.name
        home.mkdir()
        (home / "config.toml").write_text(f'zone = "{calendar().zone}"\n')
        with open_collection(home) as collection:
            receipt = collection.import_paths([str(path)], Wish(), now_ms()).receipt
            assert receipt.inherited.reviews > 50
            found = states(collection)
            assert not [one for one in collection.check(now_ms()) if one.severity == "error"]
        with anki(life.folder) as col:
            compared = sum(is_same(col, found, *row) for row in rows(col))
        assert compared > 10


def rows(col: Any) -> list[list[Any]]:
    """Cards that are in no filtered deck."""
    return list(col.db.all(
        "select n.guid, c.ord, c.id, c.type, c.due, c.queue from cards c"
        " join notes n on n.id = c.nid where c.odid = 0"
    ))  # fmt: skip


def is_same(
    col: Any, found: dict[tuple[str, int], CardState], guid: str, place: int, card: int,
    kind: int, due: int, queue: int,
) -> bool:  # fmt: skip
    """Whether a memory was there to be compared."""
    state = found[guid, place]
    assert state.suspended == (queue == -1)
    answer = col._backend.compute_memory_state(card)
    if not kind or not answer.HasField("state"):
        return False
    assert state.phase is _PHASES[kind]
    assert state.stability_days == pytest.approx(answer.state.stability, rel=1e-4)
    assert state.difficulty == pytest.approx(answer.state.difficulty, rel=1e-4)
    created_s = col.db.scalar("select crt from col") - col.get_config("creationOffset") * 60
    if due > 10**9:
        assert state.due_ms == due * 1000
    else:
        assert state.due_day == created_s // DAY_S + due
    return True


def package_of(folder: Path, name: str = "deck.apkg") -> Path:
    """A package with a picture, a cloze, and a card answered once."""
    from anki.import_export_pb2 import ExportAnkiPackageOptions, ExportLimit

    path = folder / name
    with anki(folder) as col:
        if not col.note_count():
            col.media.write_data("drift.png", PICTURE)
            note = col.new_note(col.models.by_name("Basic"))
            note["Front"] = 'What drifts?<br><img src="drift.png">'
            note["Back"] = "<b>inputs</b> &amp; labels"
            note.tags = ["ml::drift"]
            col.add_note(note, col.decks.id("ML::Drift"))
            gaps = col.new_note(col.models.by_name("Cloze"))
            gaps["Text"] = "A {{c1::canary::bird}} asks [why]."
            col.add_note(gaps, col.decks.id("ML"))
            card = note.cards()[0]
            states = col._backend.get_scheduling_states(card.id)
            card.start_timer()
            col.sched.answer_card(col.sched.build_answer(card=card, states=states, rating=2))
        options = ExportAnkiPackageOptions(
            with_scheduling=True, with_deck_configs=True, with_media=True, legacy=False
        )
        limit = ExportLimit(whole_collection={})
        col._backend.export_anki_package(out_path=str(path), options=options, limit=limit)
    return path


def test_a_package_comes_in_with_all_that_belongs_to_it(own: Program, tmp_path: Path) -> None:
    path = package_of(tmp_path)
    ran = own("import", str(path))
    assert ran.code == 0, ran.err
    assert "is read as Anki package" in ran.out
    assert "2 notes, 2 cards in 1 file: 2 added." in ran.out
    assert "From the other program: 1 review." in ran.out
    cards = own("card", "list", "deck:ML", "--json").json["cards"]
    assert [(card["deck"], card["tags"]) for card in cards] == [
        ("ML::Drift", ["ml::drift"]), ("ML", []),
    ]  # fmt: skip
    assert "![](drift.png)" in cards[0]["front"]
    assert cards[0]["back"] == "**inputs** & labels"
    assert cards[1]["front"] == "A [bird] asks \\[why]."
    assert [file.read_bytes() for file in (own.home / "media").rglob("*.png")] == [PICTURE]
    assert own("doctor").code == 0


def test_pictures_come_back_when_the_package_is_imported_again(
    own: Program, tmp_path: Path
) -> None:
    path = str(package_of(tmp_path))
    settled = Wish(clock_ns=time.time_ns() + 10**10)  # what was touched just now is read anyway
    with open_collection(own.home) as collection:
        collection.import_paths([path], settled, now_ms())
        (picture,) = (own.home / "media").rglob("*.png")
        for place in (picture, picture.parent, picture.parent.parent):
            assert place.stat().st_mode & 0o077 == 0
        picture.write_bytes(b"ours")
        collection.import_paths([path], settled, now_ms())
        assert picture.read_bytes() == b"ours"  # nothing has changed, so nothing was read
        shutil.rmtree(own.home / "media")
        receipt = collection.sync(settled, now_ms()).receipt
    assert (receipt.added, receipt.changed, receipt.orphaned) == (0, 0, 0)
    assert picture.read_bytes() == PICTURE


def test_pictures_that_cannot_be_written_are_an_error_until_they_can(
    own: Program, tmp_path: Path
) -> None:
    path = str(package_of(tmp_path))
    (own.home / "media").write_text("in the way")
    ran = own("import", path)
    assert ran.code == 3
    assert "pictures of cards cannot be written" in ran.err
    assert "import the package again: its cards are in" in ran.err
    assert len(own("card", "list", "deck:ML", "--json").json["cards"]) == 2
    (own.home / "media").unlink()
    settled = Wish(clock_ns=time.time_ns() + 10**10)
    picture = folder_of(str(own.home), os.path.realpath(path)) / "drift.png"
    picture.mkdir(parents=True)
    with open_collection(own.home) as collection:
        with pytest.raises(DataError, match="cannot be written"):
            collection.sync(settled, now_ms())
        picture.rmdir()
        collection.sync(settled, now_ms())
    assert picture.read_bytes() == PICTURE


def test_a_newer_package_brings_what_is_new_under_any_name(own: Program, tmp_path: Path) -> None:
    own("import", str(package_of(tmp_path)))
    with anki(tmp_path) as col:
        note = col.get_note(col.db.scalar("select id from notes order by id limit 1"))
        note["Back"] = "inputs, or labels"
        col.update_note(note)
    newer = package_of(tmp_path, "newer.apkg")
    found = own("import", str(newer), "--json").json
    assert (found["added"], found["changed"], found["moved"]) == (0, 1, 1)
    assert found["inherited"]["reviews"] == 0
    assert own("sync", "--json").json["orphaned"] == 0


def test_a_card_of_a_package_is_not_edited_here(own: Program, tmp_path: Path) -> None:
    own("import", str(package_of(tmp_path)))
    card = own("card", "list", "deck:ML", "--json").json["cards"][0]["card"]
    ran = own("card", "edit", card[:8])
    assert ran.code == 2
    assert "change the card in the program that it comes from" in ran.err


def test_a_rehearsal_writes_nothing(own: Program, tmp_path: Path) -> None:
    ran = own("import", str(package_of(tmp_path)), "--dry-run", "--json")
    assert ran.json["added"] == 2
    assert not (own.home / "media").exists()


def test_what_is_no_package_is_told(own: Program, tmp_path: Path) -> None:
    path = tmp_path / "deck.apkg"
    path.write_bytes(b"PK no")
    ran = own("import", str(path))
    assert ran.code == 1
    assert "error: " in ran.err
    assert "deck.apkg:1: " in ran.err
    assert own("card", "list", "--json").json["cards"]


def test_answers_given_in_anki_come_back_to_our_own_cards(own: Program, tmp_path: Path) -> None:
    """Exported, imported there, answered there, exported there, imported here."""
    from tests.anki_backend import import_package

    ours = tmp_path / "ours.apkg"
    assert own("export", "anki", "-o", str(ours)).code == 0
    folder = tmp_path / "anki"
    folder.mkdir()
    with anki(folder) as col:
        import_package(col, ours)
        card = col.find_cards("deck:Own")[0]
        from tests.anki_backend import card_of

        one = card_of(col, card)
        states = col._backend.get_scheduling_states(card)
        one.start_timer()
        col.sched.answer_card(col.sched.build_answer(card=one, states=states, rating=3))
    before = own("card", "list", "--json").json["cards"]
    found = own("import", str(package_of(folder, "back.apkg")), "--json").json
    assert (found["added"], found["changed"], found["moved"]) == (0, 0, 0)
    assert found["inherited"]["reviews"] == 1
    after = own("card", "list", "--json").json["cards"]
    assert [card["card"] for card in after] == [card["card"] for card in before]
    assert [card["front"] for card in after] == [card["front"] for card in before]
    assert sum(card["reps"] for card in after) == 1


def test_reviews_here_go_on_from_there(own: Program, tmp_path: Path) -> None:
    own("import", str(package_of(tmp_path)))
    later = "2036-03-02T08:00:00Z"
    with open_collection(own.home) as collection:
        (card, _) = collection.find(Wanted(query="deck:ML"), now_ms())
        collection.answer(card, Rating.GOOD, now_ms() + 40 * DAY_S * 1000)
    row = json.loads(own("card", "show", card.uid.hex(), "--json", now=later).out)
    assert [review["rating"] for review in row["reviews"]] == ["good", "good"]


def test_an_older_package_never_takes_the_place_of_a_newer_one(
    own: Program, tmp_path: Path
) -> None:
    older = package_of(tmp_path)
    time.sleep(1.1)  # Anki counts in seconds
    with anki(tmp_path) as col:
        note = col.get_note(col.db.scalar("select id from notes order by id limit 1"))
        note["Back"] = "inputs, or labels"
        col.update_note(note)
    newer = package_of(tmp_path, "newer.apkg")
    for words in (("import", str(older), str(newer)), ("sync",), ("import", str(older)),
                  ("import", "--from", "anki", str(tmp_path))):  # fmt: skip
        assert own(*words).code == 0
        cards = own("card", "list", "deck:ML", "--json").json["cards"]
        assert "inputs, or labels" in [card["back"] for card in cards]
        assert len(cards) == 2


def test_answers_to_gaps_come_back_to_the_same_gaps(own: Program, tmp_path: Path) -> None:
    from tests.anki_backend import card_of, import_package

    deck = tmp_path / "layers.md"
    deck.write_text("C: Layers: [w3] above [w1] above [w2].\n")
    assert own("import", str(deck)).code == 0
    ours = tmp_path / "ours.apkg"
    assert own("export", "anki", "layers", "-o", str(ours)).code == 0
    folder = tmp_path / "anki"
    folder.mkdir()
    with anki(folder) as col:
        import_package(col, ours)
        second = card_of(col, col.db.scalar("select id from cards where ord = 1"))
        states = col._backend.get_scheduling_states(second.id)
        second.start_timer()
        col.sched.answer_card(col.sched.build_answer(card=second, states=states, rating=2))
    assert own("import", str(package_of(folder, "back.apkg"))).code == 0
    cards = own("card", "list", "deck:layers", "--json").json["cards"]
    assert [card["reps"] for card in cards] == [0, 1, 0]
    assert "above [...] above" in cards[1]["front"]
