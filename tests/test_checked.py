"""Every note of a complete deck was checked by somebody, as it stands, and found good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from decks.checking import Verdict, fingerprint, fingerprint_of_explanation, read_record
from decks.errors import DataError
from decks.parse import parse
from tests import checked
from tests.checked import CHECKED, as_text, faults, retired_ids, with_taken
from tests.records import Shelf, builtin, shelf

DECK = """\
---
deck: {0}
complete: {1}
---

### {0}-one
Q: What does {0} ask first?
A: Whether it is safe.

### {0}-two
Q: What does {0} ask then?
A: Whether it is better.
"""


def shelf_of(*decks: tuple[str, str]) -> Shelf:
    return shelf(
        [parse(DECK.format(name, said), f"builtin/{name}.md", name) for name, said in decks]
    )


SHELF = shelf_of(("done", "true"), ("begun", "false"))
CURE = "once it is right, have it checked: python -m tests.checked --take FILE"
GOOD = {
    note.id: Verdict(note.id, fingerprint(note), "good", "the book, p. 3")
    for note in SHELF.notes.values()
}


def shelf_with(note_id: str, **changed: str) -> Shelf:
    notes = dict(SHELF.notes)
    return SHELF._replace(notes=notes | {note_id: replace(notes[note_id], **changed)})


# The real decks


def test_every_note_of_a_complete_deck_was_checked_and_found_good() -> None:
    record = read_record(CHECKED.read_text(), CHECKED.name)
    assert faults(record, builtin(), retired_ids()) == []


def test_a_deck_that_was_complete_stays_so() -> None:
    complete = {"03-features", "07-retrieval-ranking", "09-release-mlops", "10-monitoring-drift"}
    assert builtin().complete >= complete


def test_the_record_is_sorted_by_deck_and_note() -> None:
    text = CHECKED.read_text()
    assert as_text(read_record(text, CHECKED.name), builtin()) == text


def test_what_a_deck_says_of_itself_is_heard() -> None:
    assert SHELF.complete == {"done"}
    assert [note.id for note in SHELF.in_complete()] == ["done-one", "done-two"]


def test_what_explains_a_concept_is_checked_too() -> None:
    explained = "---\ncomplete: true\n---\n\n## drift\nInputs {}.\n\n### moved\nQ: Who?\nA: They.\n"
    first, then = (shelf([parse(explained.format(t), "d.md", "d")]) for t in ("move", "stay"))
    name = "concept:drift"
    known = {"moved": Verdict("moved", fingerprint(first.notes["moved"]), "good", "seen")}
    assert faults(known, first) == [f"{name}: unchecked; {CURE}"]
    stands = fingerprint_of_explanation(first.explanations[name])
    known |= {name: Verdict(name, stands, "good", "the book, p. 4")}
    assert faults(known, first) == []
    assert faults(known, then) == [f"{name}: changed since; {CURE}"]


# Each way to fall short


def test_a_whole_record_has_no_faults() -> None:
    assert faults(GOOD, SHELF) == []


def test_an_unchecked_note_is_found_in_a_complete_deck_only() -> None:
    assert faults({}, SHELF) == [f"done-one: unchecked; {CURE}", f"done-two: unchecked; {CURE}"]


@pytest.mark.parametrize(
    "changed", [{"front": "Else?"}, {"back": "Else."}, {"why": "Because."}, {"flip": "If not."}]
)
def test_a_note_whose_text_changed_is_found(changed: dict[str, str]) -> None:
    assert faults(GOOD, shelf_with("done-two", **changed)) == [f"done-two: changed since; {CURE}"]
    assert faults(GOOD, shelf_with("begun-two", **changed)) == []


@pytest.mark.parametrize("changed", [{"deck": "Other"}, {"type": "choose"}])
def test_what_no_checker_reads_may_change(changed: dict[str, str]) -> None:
    assert faults(GOOD, shelf_with("done-two", **changed)) == []


def test_a_note_that_was_found_wrong_is_found() -> None:
    record = GOOD | {"done-one": GOOD["done-one"]._replace(verdict="disputed")}
    assert faults(record, SHELF) == [f"done-one: disputed; {CURE}"]


def test_a_verdict_on_no_note_is_found_unless_that_is_retired() -> None:
    record = GOOD | {"gone": Verdict("gone", "0" * 16, "good", "once")}
    assert faults(record, SHELF) == ["gone: no note has this id; take its row out"]
    assert faults(record, SHELF, frozenset({"gone"})) == []


# A checker's table

TABLE = """\
# note | verdict | support
done-two | Good | p. 4 | and p. 5
begun-one | wrong | 3/12,000 = 0.025%
"""


def test_a_checkers_table_is_taken_with_the_present_text() -> None:
    record = with_taken({}, TABLE, SHELF, "t.psv")
    now = fingerprint(SHELF.notes["done-two"])
    assert record["done-two"] == Verdict("done-two", now, "good", "p. 4 | and p. 5")
    assert faults(record, SHELF) == [f"done-one: unchecked; {CURE}"]


def test_the_later_verdict_holds_and_others_stay() -> None:
    record = with_taken(GOOD, TABLE, SHELF, "t.psv")
    assert record["begun-one"].verdict == "wrong"
    assert record["done-one"] == GOOD["done-one"]


def test_the_record_reads_back_in_order_of_decks_and_notes() -> None:
    record = GOOD | {"gone": Verdict("gone", "0" * 16, "good", "a | b")}
    text = as_text(dict(reversed(record.items())), SHELF)
    assert read_record(text, "c.psv") == record
    assert [row.partition(" ")[0] for row in text.splitlines()] == [
        "#", "begun-one", "begun-two", "done-one", "done-two", "gone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("done-one | good", "not a row `note | verdict | support`"),
        ("done-one | good |", "done-one has no verdict or no support"),
        ("done-one | | p. 3", "done-one has no verdict or no support"),
        ("nonesuch | good | p. 3", "no note nonesuch"),
        ("begun-one | good | p. 3", "note begun-one again"),
    ],
)
def test_a_row_that_is_none_is_refused_with_its_line(row: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        with_taken({}, TABLE + row, SHELF, "t.psv")
    assert (caught.value.message, caught.value.line) == (message, 4)


# The program


def test_the_program_takes_a_table_and_lists_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checked, "builtin", lambda: SHELF)
    path, given = tmp_path / "checked.psv", tmp_path / "given.psv"
    path.write_text("# note | fingerprint | verdict | support\n")
    given.write_text(TABLE)
    assert checked.run(["--take", str(given)], path) == 1
    assert capsys.readouterr().out == (
        "verdicts: 2 added, 0 changed\ndone  done-one: unchecked\nbegun  begun-one: wrong\n"
        "begun  begun-two: unchecked\n1 of 4 notes checked and good\n"
    )
    given.write_text("done-one | good | p. 1\nbegun-one | good | mended\n")
    assert checked.run(["--take", str(given)], path) == 0
    assert capsys.readouterr().out.startswith("verdicts: 1 added, 1 changed\n")
    assert checked.run([], path) == 0


def test_a_refused_table_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "builtin", lambda: SHELF)
    path, given = tmp_path / "checked.psv", tmp_path / "given.psv"
    path.write_text(as_text(GOOD, SHELF))
    given.write_text(TABLE + "nonesuch | good | p. 3\n")
    with pytest.raises(DataError, match="no note nonesuch"):
        checked.run(["--take", str(given)], path)
    assert path.read_text() == as_text(GOOD, SHELF)
