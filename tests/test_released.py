"""The ids of built-in notes are kept, and each still means what it meant."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from decks.errors import DataError, UsageError
from decks.model import Note
from decks.parse import parse
from srs import __version__
from tests import released
from tests.records import Shelf, builtin
from tests.released import (
    ACTIVE,
    RELEASED,
    RETIRED,
    SAME,
    Released,
    faults,
    likeness,
    meaning,
    with_new,
)  # fmt: skip

HEAD = "# id | since | status | cards | meaning | why\n"
DECK = """\
---
deck: Own
---

## canary-deployment

### canary-size {type=choose}
Q: A canary must see a crash in one of 2,000 requests within ten minutes.
How large a share of 50 requests/s does it take?
A: At least a fifth: 6,000 clean requests rule that rate out;
ten minutes of 10 requests/s bring them.

### canary-order {type=cloze}
C: Cautious rollouts mirror traffic in [shadow],
then serve a few users as a [canary], then everyone.

### drift-quiet {type=diagnose}
Q: Inputs look as before, calls succeed, yet refunds have doubled since May.
Which kind of drift explains it?
A: Concept drift: the same inputs now lead to other outcomes, which no monitor of inputs can show.
"""
NOTES = {note.id: note for note in parse(DECK, "builtin/01-own.md", "Own").notes}
LIST = with_new({}, NOTES)
SIZE, ORDER, QUIET = NOTES


def found(notes: dict[str, Note], list_: dict[str, Released] = LIST) -> str:
    return "\n".join(faults(list_, notes))


def without(note_id: str) -> dict[str, Note]:
    return {other: note for other, note in NOTES.items() if other != note_id}


def with_words_of(note_id: str, other: str) -> Note:
    return replace(NOTES[other], id=note_id)


# The real decks


def test_every_released_id_is_kept_and_means_what_it_meant() -> None:
    assert faults(released.read(RELEASED.read_text()), builtin().notes) == []


# Each way to break the contract


def test_a_list_that_is_kept_has_no_faults() -> None:
    assert found(NOTES) == ""


def test_an_id_that_vanished_is_found() -> None:
    assert found(without(SIZE)) == (
        "canary-size: no note has this id any more; put it back, or --retire canary-size"
    )


def test_a_note_that_got_another_id_is_told_its_old_one() -> None:
    renamed = without(SIZE) | {"canary-share": with_words_of("canary-share", SIZE)}
    assert found(renamed) == (
        "canary-size: no note has this id any more; "
        "give canary-share its id back, or --retire canary-size"
    )


def test_an_id_under_which_another_note_stands_is_found() -> None:
    assert "drift-quiet: means something else now" in found(
        NOTES | {QUIET: replace(NOTES[QUIET], front="Who pays?", back="The tenant, by tokens.")}
    )


def test_ids_that_changed_places_are_found() -> None:
    swapped = {SIZE: with_words_of(SIZE, QUIET), QUIET: with_words_of(QUIET, SIZE)}
    said = found(NOTES | swapped)
    assert "canary-size: means something else now (it reads like drift-quiet)" in said
    assert "drift-quiet: means something else now (it reads like canary-size)" in said


def test_ids_that_changed_places_within_a_family_are_found() -> None:
    back = "Ten minutes at a fifth: 6,000 clean requests rule that rate out."
    sibling = replace(NOTES[SIZE], front="How long must a canary run at 50 requests/s?", back=back)
    family = NOTES | {"canary-time": replace(sibling, id="canary-time")}
    list_ = with_new(LIST, family)
    assert likeness(list_[SIZE].meaning, list_["canary-time"].meaning) >= SAME
    swapped = {SIZE: sibling, "canary-time": with_words_of("canary-time", SIZE)}
    assert found(family, list_) == ""
    assert "it reads like canary-time" in found(family | swapped, list_)
    assert "it reads like canary-size" in found(family | swapped, list_)


def test_a_sentence_with_gaps_elsewhere_is_found() -> None:
    front = "A cautious rollout serves [few users] first: the others [mirror] nothing."
    other = "A cautious rollout serves few users [first]: the [others] mirror nothing."
    wider = "A cautious rollout serves [few of its users] first: the others [mirror] nothing."
    notes = NOTES | {ORDER: replace(NOTES[ORDER], front=front)}
    list_ = with_new({}, notes)
    assert "canary-order: means something else now" in found(
        notes | {ORDER: replace(NOTES[ORDER], front=other)}, list_
    )
    assert found(notes | {ORDER: replace(NOTES[ORDER], front=wider)}, list_) == ""


def test_a_gap_that_is_shown_now_is_found() -> None:
    shown = NOTES[ORDER].front.replace("[canary]", "canary")
    note = NOTES | {ORDER: replace(NOTES[ORDER], front=shown)}
    assert found(note) == (
        "canary-order: 1 cards of 2 are left; put them back, or --accept canary-order"
    )
    more = NOTES[ORDER].front.replace("everyone", "[everyone]")
    assert found(NOTES | {ORDER: replace(NOTES[ORDER], front=more)}) == ""


def test_a_retired_id_may_rest_but_not_come_back() -> None:
    list_ = LIST | {SIZE: LIST[SIZE]._replace(status=RETIRED)}
    assert found(without(SIZE), list_) == ""
    assert found(NOTES, list_) == "canary-size: a retired id is used again; give the note a new one"


def test_a_note_that_is_not_in_the_list_is_found() -> None:
    list_ = {SIZE: LIST[SIZE], ORDER: LIST[ORDER]}
    assert found(NOTES, list_) == (
        "drift-quiet: not in the list yet; python -m tests.released adds it"
    )


# What a meaning outlives

WORDS = sorted({word for note in builtin().notes.values() for word in note.front.split()})


def misspelt(text: str, random: Random) -> str:
    words = text.split(" ")
    for at in random.sample(range(len(words)), min(3, len(words))):
        middle = random.randrange(len(words[at]) or 1)
        words[at] = words[at][:middle] + words[at][middle + 1 :]
    return " ".join(words)


def reworded(text: str, share: float, random: Random) -> str:
    words = text.split(" ")
    for at in random.sample(range(len(words)), round(share * len(words))):
        words[at] = random.choice(WORDS)
    return " ".join(words)


def renumbered(text: str, random: Random) -> str:
    return re.sub(r"\d+", lambda number: str(int(number[0]) * 3 + random.randrange(5)), text)


def edited(note: Note, how: int, random: Random) -> Note:
    """A typo on each side, another answer in words, both sides put otherwise, or other numbers."""
    if how == 0:
        front, back = misspelt(note.front, random), misspelt(note.back, random)
    elif how == 1:
        front, back = note.front, reworded(note.back, random.choice((0.5, 0.75, 1.0)), random)
    elif how == 2:
        front, back = reworded(note.front, 0.45, random), reworded(note.back, 0.35, random)
    else:
        front, back = renumbered(note.front, random), renumbered(note.back, random)
    return replace(note, front=front, back=back)


def test_edits_keep_a_meaning() -> None:
    random, notes = Random(9), list(builtin().notes.values())
    lost = []
    for number in range(200):
        note = random.choice(notes)
        alike = likeness(meaning(note), meaning(edited(note, number % 4, random)))
        lost += [(note.id, number % 4, alike)] if alike < SAME else []
    assert lost == []


def test_another_note_of_the_same_concept_is_another_meaning() -> None:
    meanings = {note.id: (note.concept, meaning(note)) for note in builtin().notes.values()}
    pairs = [
        (one, other)
        for (one, (concept, _)), (other, (its, _)) in permutations(meanings.items(), 2)
        if concept == its
    ]
    pairs = Random(9).sample(pairs, min(500, len(pairs)))
    taken = [
        (one, other)
        for one, other in pairs
        if likeness(meanings[one][1], meanings[other][1]) >= SAME
    ]
    assert len(pairs) >= 200
    assert len(taken) <= 0.02 * len(pairs), taken


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("c; choose; a b c d; e f", "c; choose; a b c d; e f", True),
        ("c; choose; a b c d; e f", "c; choose; a b c d; g h", True),
        ("c; choose; a b c d; e f g", "c; choose; i j k l; e f g", True),
        ("c; choose; a b c; d e f g h i j", "c; choose; a b c; k l m n o p q", True),
        ("c; choose; a b c d; e f", "c; choose; a i j k; l m", False),
        ("c; choose; a b c d; e f g h", "c; choose; a b j k; e l m n", True),
        ("c; choose; a b c d; e f g h", "x; diagnose; a b j k; e l m n", False),
        ("c; estimate; a b; ", "c; estimate; i j; ", False),
    ],
)
def test_a_meaning_is_weighed_by_words_type_and_concept(
    before: str, after: str, same: bool
) -> None:
    assert (likeness(before, after) >= SAME) is same
    assert likeness(before, after) == likeness(after, before)


def test_a_meaning_holds_what_is_asked_and_answered() -> None:
    assert meaning(NOTES[ORDER]) == (
        "canary-deployment; cloze; canary cautious everyone few mirror rollouts serve shadow "
        "traffic users; canary shadow"
    )


# The program


@pytest.fixture
def list_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(released, "builtin", lambda: Shelf(NOTES))
    path = tmp_path / "released.psv"
    path.write_text(HEAD)
    return path


def test_the_program_adds_new_ids_once(list_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert released.run([], list_file) == 0
    assert capsys.readouterr().out == (
        "added canary-size\nadded canary-order\nadded drift-quiet\n3 ids, all kept\n"
    )
    rows = released.read(list_file.read_text())
    assert list(rows) == sorted(NOTES)
    assert {(row.since, row.status, row.why) for row in rows.values()} == {
        (__version__, ACTIVE, "")
    }
    before = list_file.read_text()
    assert released.run([], list_file) == 0
    assert (list_file.read_text(), capsys.readouterr().out) == (before, "3 ids, all kept\n")


def test_a_note_that_only_lost_its_id_is_not_added(
    list_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released.run([], list_file)
    renamed = without(SIZE) | {"canary-share": with_words_of("canary-share", SIZE)}
    monkeypatch.setattr(released, "builtin", lambda: Shelf(renamed))
    assert released.run([], list_file) == 1
    assert list(released.read(list_file.read_text())) == [ORDER, QUIET, SIZE]
    assert released.run(["--retire", SIZE, "--why", "split"], list_file) == 0
    assert list(released.read(list_file.read_text())) == [ORDER, "canary-share", QUIET, SIZE]


def test_a_note_that_is_gone_can_be_retired(
    list_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released.run([], list_file)
    with pytest.raises(UsageError, match="canary-size stands in a deck"):
        released.run(["--retire", SIZE, "--why", "wrong"], list_file)
    monkeypatch.setattr(released, "builtin", lambda: Shelf(without(SIZE)))
    assert released.run([], list_file) == 1
    assert released.run(["--retire", SIZE, "--why", "two answers | both right"], list_file) == 0
    rows = released.read(list_file.read_text())
    assert list(rows)[-1] == SIZE
    assert (rows[SIZE].status, rows[SIZE].why) == (RETIRED, "two answers | both right")


def test_a_change_of_meaning_that_is_meant_is_accepted(
    list_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released.run([], list_file)
    changed = replace(NOTES[SIZE], front="Who pays for tokens?", back="The tenant that asked.")
    monkeypatch.setattr(released, "builtin", lambda: Shelf(NOTES | {SIZE: changed}))
    assert released.run([], list_file) == 1
    assert released.run(["--accept", SIZE, "--why", "was refuted"], list_file) == 0
    row = released.read(list_file.read_text())[SIZE]
    assert (row.meaning, row.why) == (meaning(changed), "was refuted")
    with pytest.raises(UsageError, match="no released id nonesuch"):
        released.run(["--accept", "nonesuch", "--why", "x"], list_file)


def test_a_reason_must_be_given(list_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        released.run(["--retire", SIZE], list_file)
    assert "say --why" in capsys.readouterr().err


@pytest.mark.parametrize(
    "row",
    [
        "a | 1 | active | 1",
        "a | 1 | gone | 1 | c; t; q; a |",
        "a | 1 | active | 1 | words |",
        "a | 1 | active | c; t; q; a | x |",
    ],
)
def test_a_row_that_is_none_is_refused(row: str) -> None:
    with pytest.raises(DataError) as caught:
        released.read(HEAD + row, "released.psv")
    assert (caught.value.path, caught.value.line) == ("released.psv", 2)


def test_an_id_has_one_row() -> None:
    with pytest.raises(DataError, match="id a again"):
        released.read(HEAD + 2 * "a | 1 | active | 1 | c; t; q; a |\n")
