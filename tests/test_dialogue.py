"""The session as a dialogue of lines: every command, and what it leaves on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import Program, Ran
from tests.test_screen_keys import (
    DECK,
    EDITOR,
    MORNING,
    TOMORROW,
    buried,
    cards,
    configure,
    executable,
    known,
    rows,
    wish,
)


@pytest.fixture
def keys(srs: Program, tmp_path: Path) -> Program:
    """The program with the five cards of DECK, and an editor that grants wishes."""
    (tmp_path / "keys.md").write_text(DECK)
    assert srs("import", str(tmp_path / "keys.md")).code == 0
    editor = executable(tmp_path / "editor.sh", EDITOR)
    return Program(srs.home, environment={"VISUAL": "", "EDITOR": editor})


def talk(srs: Program, *lines: str, words: tuple[str, ...] = ()) -> list[str]:
    """What the dialogue says, one line after another."""
    ran: Ran = srs("review", "Keys", *words, stdin="".join(f"{line}\n" for line in lines))
    assert ran.code == 0
    return [line for line in ran.out.splitlines() if line]


def test_typed_answers_and_confidence(keys: Program) -> None:
    said = talk(keys, "t", "7", "t an ox head", "9", "t too late", "3", "50", "r", "good")
    at = said.index("Q: Alpha?")
    assert said[at : at + 4] == [
        "Q: Alpha?", "write your answer after the t, on the same line", "70% sure",
        "You: an ox head",
    ]  # fmt: skip
    assert said[at + 4] == "A: Aleph."
    assert said[at + 5].startswith("1 again (1m)  2 hard (5.5m)  3 good (10m)  4 easy (")
    assert said[at + 6 : at + 9] == [
        "too late to bet: the answer is on the screen", "the answer is on the screen already",
        "saved: good, due in 10m",
    ]  # fmt: skip
    assert said[at + 9].endswith(" left] Keys")
    assert said[at + 10 : at + 12] == ["Q: A rollout runs [...] first, then canary.", "50% sure"]
    assert rows(keys, "rating, confidence, typed") == [(3, 70, "an ox head"), (3, 50, None)]


def test_the_differences_of_a_cloze_are_marked(keys: Program) -> None:
    said = talk(keys, "4", "t shade", "u", "t shadow")
    assert any("[-" in line and "{+" in line for line in said if line.startswith("You: "))
    said = talk(keys, "4", "t shadow")
    assert "You: shadow" in said


def test_the_answer_is_said_when_asked_for(keys: Program) -> None:
    said = "\n".join(talk(keys, "7", "i", "?", "t", "f", "f pink"))
    for answer in ("Aleph", "shadow", "Beth"):
        assert answer not in said
    assert "Enter or r: show the answer" in said
    assert "a flag is one of none, red, orange, green, blue" in said
    assert "new" in said.split("\n")
    assert "A: Aleph." in talk(keys, "")
    assert "A: Aleph." in talk(keys, "reveal")
    assert rows(keys) == []


def test_marks_and_undo_to_the_beginning(keys: Program) -> None:
    known(keys, "Alpha?")
    before = cards(keys)
    talk(keys, "1", "f orange ask an ox", "B", "s", "R")
    kinds = [kind for kind, _ in rows(keys)[1:]]
    assert kinds == ["review", "flag", "bury", "bury", "suspend", "reset"]
    assert buried(keys) == 2
    found = {card["front"]: card for card in cards(keys)}
    assert found["Beta?"]["suspended"]
    flagged = found["A rollout runs [...] first, then canary."]
    assert (flagged["flag"], flagged["flag_note"]) == ("orange", "ask an ox")
    for _ in range(5):
        keys("undo")
    assert cards(keys) == before

    said = talk(keys, "u", "1", "f 2 ask an ox", "B", "s", "R", *["u"] * 6)
    told = [line for line in said if line.startswith(("taken back", "nothing to undo"))]
    assert told == [
        "nothing to undo in this session; srs undo goes further back",
        "taken back: reset; 1 answer of this session stands",
        "taken back: suspend; 1 answer of this session stands",
        "taken back: bury; 1 answer of this session stands",
        "taken back: flag; 1 answer of this session stands",
        "taken back: again; 0 answers of this session stand",
        "nothing to undo in this session; srs undo goes further back",
    ]
    assert cards(keys) == before
    assert rows(keys) == [("review", 4)]


def test_whole_notes_flags_and_reminders(keys: Program) -> None:
    said = talk(keys, "b", "S")
    assert "buried until tomorrow; u takes it back" in said
    assert "2 cards of the note suspended; u takes it back" in said
    assert [card["suspended"] for card in cards(keys)].count(True) == 2
    assert buried(keys) == 1
    said = talk(keys, "f red look it up", "r", "f none", "4")  # Beta
    assert "flagged red; u takes it back" in said
    assert "flag taken away; u takes it back" in said
    assert not any(card["flag"] for card in cards(keys))
    talk(keys, "f blue here")
    said = talk(keys, "r", words=("--flagged",))
    assert said.index("Note to yourself: here") > said.index("A: Gimel.")


def test_a_leech(keys: Program) -> None:
    known(keys, "Alpha?")
    configure(keys, "leech_lapses = 1")
    alpha = cards(keys)[0]
    said = talk(keys, "r", "1")
    name = alpha["card"][:8]
    assert f"leech: 1 lapse, suspended. Rewrite it: srs card edit {name}" in said
    assert cards(keys)[0]["suspended"]
    assert keys("undo").code == 0
    assert cards(keys)[0] == alpha


def test_the_offer_and_a_cram(keys: Program) -> None:
    known(keys, "Alpha?", now=MORNING)
    tomorrow = Program(keys.home, now=TOMORROW)
    ahead = ("--minutes", "5", "--new", "1")
    said = talk(tomorrow, "4", "3", "u", "4", "y", "n", "3", words=ahead)
    offer = "Nothing more is due; 5 min left. Review ahead? (y, n)"
    assert said.count(offer) == 2
    assert "y: review ahead · n: enough for today · u: undo · q: quit" in said
    assert said[said.index("taken back: easy; 0 answers of this session stand") + 2] == (
        "Q: A rollout runs [...] first, then canary."
    )
    assert rows(keys) == [("review", 4), ("review", 4), ("review", 3)]
    log = rows(keys)
    later = Program(keys.home, now="2026-03-04T08:00:00Z")
    assert offer in talk(later, "n", words=("--minutes", "5", "--no-new"))
    assert rows(keys) == log

    said = talk(keys, "r", "1", "3", "3", words=("--cram", "--limit", "2"))
    fronts = [line for line in said if line.startswith("Q: ")]
    assert len(fronts) == 3
    assert fronts[0] == fronts[2]
    assert "noted: again" in said
    assert any("1 again (not scheduled)" in line for line in said)
    assert rows(keys) == log
    talk(keys, "1", "3", "3", words=("--cram", "--count", "--limit", "2"))
    assert [rating for _, rating in rows(keys)[len(log) :]] == [1, 3, 3]


def test_editing(keys: Program, tmp_path: Path) -> None:
    before = cards(keys)
    wish(keys, "sed -i 's/Alpha?/Omega?/' \"$1\"")
    said = talk(keys, "e", "r")
    assert said[said.index("1 note changed") + 2] == "Q: Omega?"
    assert cards(keys) == [{**before[0], "front": "Omega?"}, *before[1:]]
    wish(keys, "sed -i 's/Omega?/One?/; s/Beta?/Two?/' \"$1\"")  # which is which, nobody knows
    said = talk(keys, "e")
    assert "2 notes changed, 2 notes gone from the file, history kept" in said
    fronts = {card["front"]: card["card"] for card in cards(keys)}
    assert before[0]["card"] not in fronts.values()
    assert {"One?", "Two?"} < set(fronts)
    nothing = Program(keys.home, environment={"VISUAL": "", "EDITOR": "/nowhere/editor"})
    assert any("/nowhere/editor cannot be run" in line for line in talk(nothing, "e"))
    (tmp_path / "keys.md").unlink()
    said = talk(keys, "e", "r")
    assert any("keys.md: no such file" in line for line in said)
    assert any(line.startswith("A: ") for line in said)
