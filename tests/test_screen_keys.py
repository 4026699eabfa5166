"""Every key of a session, on a real pseudo-terminal: what it shows, and what it leaves on disk."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import decks
from tests.program import MORNING, SRS, Program, Screen

DECK = """\
---
deck: Keys
---

Q: Alpha?
A: Aleph.

C: A rollout runs [shadow] first, then [canary].

Q: Beta?
A: Beth.

Q: Gamma?
A: Gimel.
"""
ENTRY = "Enter shows the answer"
ENTRY_NARROW = "Enter done  Alt-Enter line  Esc back"
RATINGS = "again"
CTRL_C = "\x03"
ESCAPE = "\x1b"
ENTER = "\r"
LEAVE = b"\x1b[?1049l"
A_MONTH_AGO = "2026-02-01T08:00:00Z"
TOMORROW = "2026-03-03T08:00:00Z"
# Does what the file `wish` in the home folder says, with the path of the deck file as $1.
EDITOR = '#!/bin/sh\n. "$HOME/wish"\n'
KINDS = "('review', 'suspend', 'unsuspend', 'bury', 'flag', 'reset')"


def executable(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    path = tmp_path / "keys.md"
    path.write_text(DECK)
    return path


@pytest.fixture
def keys(srs: Program, deck: Path) -> Program:
    """The program with the five cards of DECK, and an editor that grants wishes."""
    assert srs("import", str(deck)).code == 0
    editor = executable(deck.parent / "editor.sh", EDITOR)
    return Program(srs.home, environment={"VISUAL": "", "EDITOR": editor})


def rows(srs: Program, columns: str = "kind, rating") -> list[tuple[Any, ...]]:
    """What was done and not taken back."""
    undone = "SELECT undoes FROM review_log WHERE undoes IS NOT NULL"
    where = f"kind IN {KINDS} AND uid NOT IN ({undone})"
    with closing(sqlite3.connect(srs.database)) as db:
        return db.execute(f"SELECT {columns} FROM review_log WHERE {where} ORDER BY seq").fetchall()


def buried(srs: Program) -> int:
    with closing(sqlite3.connect(srs.database)) as db:
        sql = "SELECT count(*) FROM card_state WHERE buried_day IS NOT NULL"
        return int(db.execute(sql).fetchone()[0])


def cards(srs: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = srs("card", "list", "Keys", "--json").json["cards"]
    return found


def without_lines(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cards, wherever in their file they stand."""
    return [{**card, "source": None} for card in found]


def configure(srs: Program, line: str) -> None:
    (srs.home / "config.toml").write_text(f"{line}\n")


def known(srs: Program, *fronts: str, now: str = A_MONTH_AGO) -> None:
    """Have these cards, the first of the deck, answered easy some time ago."""
    one = {"do": "rate", "rating": "easy"}
    ran = srs.jsonl(*[one] * len(fronts), words=("Keys", "--limit", str(len(fronts))), now=now)
    asked = [event["front"] for event in ran.events if event["event"] == "card"]
    assert asked[: len(fronts)] == list(fronts)


def reveal(screen: Screen, answer: str) -> None:
    """Show the answer, of which no byte was sent before."""
    assert answer.encode() not in screen.raw
    screen.press(" ")
    screen.wait_for(answer)
    time.sleep(0.3)  # longer than ratings are ignored for


def quit_session(screen: Screen) -> None:
    screen.press("q")
    assert screen.end() == 0


def wish(home: Program, text: str) -> None:
    (home.home.parent / "wish").write_text(f"{text}\n")


def eventually(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# Answers


def test_enter_space_and_the_four_ratings(keys: Program) -> None:
    screen = keys.screen("review", "Keys", "--new", "4")
    asked = (("Alpha?", "Aleph", "1"), ("rollout", "shadow", "2"), ("Beta?", "Beth", "3"),
             ("Gamma?", "Gimel", "4"))  # fmt: skip
    for front, back, rating in asked:
        screen.wait_for(front)
        assert back.encode() not in screen.raw
        screen.press(ENTER)
        screen.wait_for(back)
        time.sleep(0.3)
        screen.press(rating)
    screen.wait_for("Alpha?")
    screen.press(" ")
    screen.wait_for("Aleph")
    time.sleep(0.3)
    screen.press(ENTER)
    screen.wait_for("rollout")
    quit_session(screen)
    assert rows(keys) == [("review", rating) for rating in (1, 2, 3, 4, 3)]


@pytest.mark.parametrize("columns, lines", [(80, 24), (40, 16), (20, 8)])
def test_a_typed_answer(keys: Program, columns: int, lines: int) -> None:
    screen = keys.screen("review", "Keys", columns=columns, lines=lines)
    screen.wait_for("Alpha?")
    screen.press("t")
    screen.wait_for(ENTRY if columns == 80 else ENTRY_NARROW[: columns - 2])
    screen.press("an ox")
    screen.wait_for("an ox")
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    assert rows(keys) == []
    screen.press("t")
    screen.wait_for("an ox")  # thought better of, not thrown away
    screen.press(" head")
    screen.wait_for("an ox head")
    assert b"Aleph" not in screen.raw
    screen.press(ENTER)
    if lines == 8:
        screen.wait_for("an ox head")
        screen.press("jjj")
    shown = screen.wait_for("Aleph").split("\n")
    if lines > 8:
        own = next(line for line in shown if "an ox head" in line)
        assert ("Aleph" in own) == (columns == 80)
        headings = next(line for line in shown if "Your answer" in line)
        assert ("Your answer" in headings and headings.endswith("Answer")) == (columns == 80)
    time.sleep(0.3)
    screen.press("t")
    screen.wait_for("the answer is on th")
    screen.press("3")
    screen.wait_for("rollout")
    screen.press("t")
    screen.wait_for("Your answer")
    assert "an ox" not in screen.text  # that was of another card
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    quit_session(screen)
    assert rows(keys, "kind, rating, typed") == [("review", 3, "an ox head")]


def test_an_answer_of_several_lines_and_one_of_none(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    screen.press("t")
    screen.wait_for(ENTRY)
    screen.press(ENTER)  # nothing was typed: the question stays
    screen.wait_for("how sure")
    screen.press("t")
    screen.wait_for(ENTRY)
    screen.press("one\x1b\rtwo\r")
    screen.wait_for("Aleph")
    time.sleep(0.3)
    screen.press("2")
    screen.wait_for("rollout")
    quit_session(screen)
    assert rows(keys, "rating, typed") == [(2, "one\ntwo")]


def test_keys_sent_in_one_go_with_t_suspend_nothing(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    screen.press("tsbRS")
    screen.wait_for(ENTRY)
    screen.press("x\r")
    screen.wait_for("Aleph")
    time.sleep(0.3)
    screen.press("3")
    screen.wait_for("rollout")
    quit_session(screen)
    assert rows(keys) == [("review", 3)]


@pytest.mark.parametrize("plain", [False, True])
def test_a_typed_cloze_is_compared(keys: Program, plain: bool) -> None:
    program = Program(keys.home, environment={"NO_COLOR": "1"} if plain else {})
    screen = program.screen("review", "Keys")
    screen.wait_for("Alpha?")
    screen.press("s")
    screen.wait_for("rollout")
    screen.press("t")
    screen.wait_for(ENTRY)
    screen.press("shadoq")
    screen.wait_for("shadoq")
    assert b"shadow" not in screen.raw
    screen.press(ENTER)
    shown = screen.wait_for("first, then canary.")
    shown = screen.wait_for("Your answer")
    if plain:
        assert "shado[-q-]{+w+}" in shown
        assert b"\x1b[1;31m" not in screen.raw
    else:
        assert "shadoqw" in shown
        assert b"\x1b[32mshado" in screen.raw
        assert b"\x1b[1;9;31mq" in screen.raw
        assert b"\x1b[1;4;33mw" in screen.raw
    quit_session(screen)


def test_typed_opens_the_entry_for_every_card(keys: Program) -> None:
    configure(keys, "typed = true")
    screen = keys.screen("review", "Keys")
    screen.wait_for(ENTRY)
    assert "Alpha?" in screen.text
    screen.press("mine\r")
    screen.wait_for("Aleph")
    time.sleep(0.3)
    screen.press("3")
    screen.wait_for(ENTRY)
    assert "rollout" in screen.text
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    screen.press("u")
    shown = screen.wait_for(ENTRY)
    assert "Alpha?" in shown
    assert "taken back: good" in shown  # what happened is said above the entry, too
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    wish(keys, "sed -i '/Alpha/,/Aleph/d' \"$1\"")
    screen.press("e")
    shown = screen.wait_for(ENTRY)
    assert "rollout" in shown
    assert "1 note gone" in shown
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    quit_session(screen)
    assert rows(keys) == []


def test_confidence(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    for key, front, back in (("5", "Alpha?", "Aleph"), ("7", "roll", "shadow"), ("9", "Bet", "h.")):
        screen.wait_for(front)
        screen.press("9" if key == "5" else "5")
        screen.wait_for("% sure")
        screen.press(key)  # one may think again
        screen.wait_for(f" {key}0% sure")
        screen.press(" ")
        screen.wait_for(back)
        screen.press("5" if key == "9" else "9")
        screen.wait_for("too late to bet")
        time.sleep(0.3)
        screen.press("1" if key == "9" else "3")
    screen.wait_for("Gamma?")
    assert "how sure" in screen.text
    quit_session(screen)
    expected = [(3, 50), (3, 70), (1, 90)]
    assert rows(keys, "rating, confidence") == expected
    assert b"90% sure: 0 of 1 right." in screen.raw
    assert b"70% sure: 1 of 1 right." in screen.raw


# Marks, and undo


def test_undo_to_the_beginning_of_the_session(keys: Program) -> None:
    known(keys, "Alpha?")
    before, log = cards(keys), rows(keys)
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    reveal(screen, "Aleph")
    screen.press("1")
    screen.wait_for("rollout")
    screen.press("f2")
    screen.wait_for("A note to yourself")
    screen.press("think\r")
    screen.wait_for("flagged orange; u takes it back")
    screen.press("B")
    screen.wait_for("Beta?")
    screen.press("s")
    screen.wait_for("Gamma?")
    screen.press("5")
    reveal(screen, "Gimel")
    screen.press("4")
    screen.wait_for("Alpha?")
    screen.press("R")
    screen.wait_for("it is new again")
    kinds = [kind for kind, _ in rows(keys)]
    assert kinds == ["review", "review", "flag", "bury", "bury", "suspend", "review", "reset"]
    after = cards(keys)
    assert after[0]["phase"] == "new"
    assert [card["suspended"] for card in after] == [False, False, False, True, False]
    taken_back = (
        ("reset; 2 answers", "Alpha?"), ("easy; 1 answer", "Gamma?"), ("suspend; 1 ", "Beta?"),
        ("bury; 1 answer", "rollout"), ("flag; 1 answer", "rollout"), ("again; 0", "Alpha?"),
    )  # fmt: skip
    for message, front in taken_back:
        screen.press("u")
        shown = screen.wait_for(f"taken back: {message}")
        assert front in shown
        assert "space show the answer" in shown
    screen.press("u")
    screen.wait_for("nothing to undo in this session")
    quit_session(screen)
    assert rows(keys) == log
    assert cards(keys) == before
    assert keys("doctor").code == 0


def test_marks_of_a_card_and_of_all_of_its_note(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    screen.press("b")
    screen.wait_for("buried until tomorrow; u takes it back")
    screen.wait_for("rollout")
    assert buried(keys) == 1
    for key, said, count in (("s", "suspended", 1), ("S", "suspended", 2)):
        screen.press(key)
        screen.wait_for(f"{said}; u takes it back")
        found = cards(keys)
        gaps = [card["suspended"] for card in found if "rollout" in card["front"]]
        assert gaps.count(True) == count
        assert sum(card["suspended"] for card in found) == count
        screen.press("u")
        screen.wait_for("taken back: suspend")
        screen.wait_for("rollout")
        assert not any(card["suspended"] for card in cards(keys))
    screen.press("B")
    screen.wait_for("Beta?")
    assert buried(keys) == 3
    screen.press("u")
    screen.wait_for("taken back: bury")
    assert buried(keys) == 1
    screen.press("b")
    screen.wait_for("rollout runs shadow first")  # the other gap is still there
    quit_session(screen)
    assert rows(keys) == [("bury", None), ("bury", None)]


def test_flags(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    screen.press("f")
    screen.wait_for("Flag this card")
    screen.press("x")  # no colour
    screen.wait_for("how sure")
    screen.press("f")
    screen.wait_for("Flag this card")
    screen.press("1")
    screen.wait_for("A note to yourself")
    screen.press("never mind\x1b")
    screen.wait_for("how sure")
    assert rows(keys) == []
    screen.press("f")
    screen.wait_for("4  ⚑ blue")
    screen.press("2")
    screen.wait_for("A note to yourself")
    assert "never mind" not in screen.text
    screen.press("ask an ox\r")
    screen.wait_for("flagged orange")
    assert "⚑ orange" in screen.text
    assert "ask an ox" not in screen.text
    reveal(screen, "Aleph")
    screen.wait_for("Note to yourself: ask an ox")
    assert rows(keys, "kind, data") == [("flag", '{"flag":2,"note":"ask an ox"}')]
    screen.press("f")
    screen.wait_for("Flag this card")
    screen.press("4")
    screen.wait_for("A note to yourself")
    screen.wait_for("ask an ox")  # to be changed, or taken out
    screen.press(f"\x15{ENTER}")  # a colour without a note; the answer stays, and can be rated
    shown = screen.wait_for("⚑ blue")
    assert "Aleph" in shown
    assert "ask an ox" not in shown
    screen.press("3")
    screen.wait_for("rollout")
    screen.press("u")
    screen.wait_for("taken back: good")
    screen.press("u")
    screen.wait_for("taken back: flag")
    assert "⚑ orange" in screen.text
    quit_session(screen)
    flagged = [card for card in cards(keys) if card["flag"]]
    assert [(c["front"], c["flag"], c["flag_note"]) for c in flagged] == [
        ("Alpha?", "orange", "ask an ox")
    ]
    shown = keys("card", "show", flagged[0]["card"]).out
    assert "flagged orange" in shown
    assert "note to yourself: ask an ox" in shown

    screen = keys.screen("review", "--flagged")
    screen.wait_for("Alpha?")
    assert "1 left" in screen.text
    screen.press("f")
    screen.wait_for("0 no flag")
    screen.press("0")
    screen.wait_for("flag taken away")
    assert "⚑" not in screen.text
    quit_session(screen)
    assert not any(card["flag"] or card["flag_note"] for card in cards(keys))


def test_reset(keys: Program) -> None:
    known(keys, "Alpha?")
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    screen.press("R")
    screen.wait_for("reset: it is new again; u takes it back")
    quit_session(screen)
    alpha = cards(keys)[0]
    assert (alpha["phase"], alpha["reps"], alpha["stability_days"]) == ("new", 0, None)
    assert keys("undo").code == 0
    assert (cards(keys)[0]["phase"], cards(keys)[0]["reps"]) == ("review", 1)


def test_a_leech_is_suspended_and_named(keys: Program) -> None:
    known(keys, "Alpha?")
    configure(keys, "leech_lapses = 1")
    alpha = cards(keys)[0]
    assert not alpha["leech"]
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    reveal(screen, "Aleph")
    screen.press("1")
    edit = f"srs card edit {alpha['card'][:8]}"
    screen.wait_for(f"leech: 1 lapse, suspended. Rewrite it: {edit}")
    screen.wait_for("rollout")
    leech = cards(keys)[0]
    assert (leech["leech"], leech["suspended"], leech["lapses"]) == (True, True, 1)
    screen.press("u")
    screen.wait_for("taken back: again")
    screen.wait_for("Alpha?")
    assert cards(keys)[0] == alpha
    assert rows(keys) == [("review", 4)]
    configured = keys.home / "config.toml"
    configured.write_text('leech_lapses = 1\nleech_action = "tag"\n')
    quit_session(screen)

    screen = keys.screen("review", "Keys", columns=40, lines=16)
    screen.wait_for("Alpha?")
    reveal(screen, "Aleph")
    screen.press("1")
    shown = screen.wait_for("tagged leech")
    assert edit in " ".join(shown.split())  # on a narrow screen, too
    leech = cards(keys)[0]
    assert (leech["leech"], leech["suspended"]) == (True, False)
    quit_session(screen)
    assert f"Leech: {edit}".encode() in screen.raw


# Sessions of other kinds


def test_the_offer_to_review_ahead(keys: Program) -> None:
    known(keys, "Alpha?", now=MORNING)
    tomorrow = Program(keys.home, now=TOMORROW)
    screen = tomorrow.screen("review", "Keys", "--minutes", "5", "--new", "1")
    screen.wait_for("rollout")
    reveal(screen, "shadow")
    screen.press("4")
    screen.wait_for("Nothing more is due.")
    assert rows(keys) == [("review", 4), ("review", 4)]
    screen.press("u")
    screen.wait_for("taken back: easy")
    assert "[...]" in screen.text
    assert rows(keys) == [("review", 4)]
    screen.press(" ")
    screen.wait_for("shadow")
    time.sleep(0.3)
    screen.press("4")
    screen.wait_for("y review ahead   n, q enough   u undo")
    screen.press("y")
    screen.wait_for("Alpha?")
    reveal(screen, "Aleph")
    screen.press("3")
    assert screen.end() == 0  # that was the last
    assert rows(keys) == [("review", 4), ("review", 4), ("review", 3)]


def test_declining_to_review_ahead(keys: Program) -> None:
    known(keys, "Alpha?", now=MORNING)
    tomorrow = Program(keys.home, now=TOMORROW)
    for key in ("n", "q", ESCAPE):
        screen = tomorrow.screen("review", "Keys", "--minutes", "5", "--no-new")
        screen.wait_for("Nothing more is due.")
        screen.press("u")
        screen.wait_for("nothing to undo")
        screen.press(key)
        assert screen.end() == 0
    assert rows(keys) == [("review", 4)]


@pytest.mark.parametrize("counts", [False, True])
def test_a_cram(keys: Program, counts: bool) -> None:
    known(keys, "Alpha?")
    log = rows(keys)
    words = ("review", "Keys", "--cram", "--limit", "2", *(["--count"] if counts else []))
    screen = keys.screen(*words)
    shown = screen.wait_for("Alpha?")  # those never seen come last
    assert "2 left" in shown
    reveal(screen, "Aleph")
    assert ("a cram: nothing is scheduled" in screen.text) != counts
    screen.press("1")
    screen.wait_for("space show")
    assert "Alpha?" not in screen.text
    screen.press(" ")
    screen.wait_for(RATINGS)
    time.sleep(0.3)
    screen.press("u")
    screen.wait_for("taken back: again")
    screen.wait_for("Alpha?")
    screen.press(" ")
    screen.wait_for(RATINGS)
    time.sleep(0.3)
    screen.press("1")
    screen.wait_for("space show")
    screen.press(" ")
    screen.wait_for(RATINGS)
    time.sleep(0.3)
    screen.press("3")
    screen.wait_for("Alpha?")  # it failed
    screen.press(" ")
    screen.wait_for(RATINGS)
    time.sleep(0.3)
    screen.press("3")
    assert screen.end() == 0
    new = [("review", 1), ("review", 3), ("review", 3)]
    assert rows(keys) == (log + new if counts else log)
    assert (b"nothing was scheduled" in screen.raw) != counts


# Editing


def test_edits_of_a_card(keys: Program, deck: Path) -> None:
    before = cards(keys)
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    wish(keys, "sed -i 's/Alpha?/Omega?/' \"$1\"")
    screen.press("e")
    screen.wait_for("1 note changed")
    assert "Omega?" in screen.text
    assert "Alpha?" not in screen.text
    assert cards(keys) == [{**before[0], "front": "Omega?"}, *before[1:]]
    wish(keys, "printf '\\nQ: Beta?\\nA: Beth.\\n\\nQ: New?\\nA: Yes.\\n' >> \"$1\"")
    screen.press("e")
    screen.wait_for("1 note changed")  # that Beta stands there twice is no mistake
    assert len(cards(keys)) == 6
    wish(keys, "true")
    screen.press("e")
    screen.wait_for("nothing was changed")
    wish(keys, "exit 1")
    screen.press("e")
    screen.wait_for("the editor ended with code 1;")

    reveal(screen, "Aleph")  # the answer too, while it is on the screen
    wish(keys, "sed -i 's/Aleph/Eleph/' \"$1\"")
    screen.press("e")
    screen.wait_for("Eleph")
    screen.press("3")
    screen.wait_for("rollout")
    assert rows(keys) == [("review", 3)]
    screen.press("u")
    screen.wait_for("Omega?")

    whole = without_lines(cards(keys))
    wish(keys, "sed -i '/^A: Eleph/d' \"$1\"")  # a question without an answer
    screen.press("e")
    shown = screen.wait_for("question without an answer")
    assert "keys.md:5:" in shown.replace("\n", "")  # with its path, on more than one line
    assert "Omega?" in shown
    assert without_lines(cards(keys)) == whole
    wish(keys, "sed -i 's/^Q: Omega?/&\\nA: Eleph./' \"$1\"")  # mended
    screen.press("e")
    shown = screen.wait_for("nothing was changed")
    assert "Omega?" in shown
    assert without_lines(cards(keys)) == whole

    wish(keys, "sed -i '/Omega/,/Eleph/d' \"$1\"")
    screen.press("e")
    screen.wait_for("rollout")
    screen.wait_for("1 note gone from the file, history kept")
    assert len(cards(keys)) == 5
    wish(keys, 'rm "$1"')
    screen.press("e")
    screen.wait_for("keys.md")
    assert "rollout" in screen.text
    quit_session(screen)
    assert len(cards(keys)) == 5


def test_an_edit_that_did_not_come_in_comes_in_with_the_next(keys: Program, deck: Path) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    deck.write_text(DECK.replace("Alpha?", "Omega?"))  # as after one while another program wrote
    wish(keys, "true")
    screen.press("e")
    screen.wait_for("1 note changed")
    assert "Omega?" in screen.text
    quit_session(screen)
    assert cards(keys)[0]["front"] == "Omega?"


def test_the_edit_of_a_built_in_card_is_a_copy(srs: Program, tmp_path: Path) -> None:
    editor = executable(tmp_path / "visual.sh", EDITOR)
    other = executable(tmp_path / "other.sh", '#!/bin/sh\ntouch "$HOME/wrong"\n')
    program = Program(srs.home, environment={"VISUAL": editor, "EDITOR": other})
    folder = Path(decks.__file__).parent / "builtin"
    installed = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    card = program.jsonl(words=("10-monitoring-drift",)).events[0]
    screen = program.screen("review", "10-monitoring-drift")
    screen.wait_for("how sure")
    wish(program, "true")
    screen.press("e")
    screen.wait_for("nothing was changed")
    assert list((srs.home / "overrides").iterdir()) == []
    wish(program, "sed -i 's/^Q: /Q: Mine now. /' \"$1\"")
    screen.press("e")
    screen.wait_for("Mine now.")
    screen.wait_for("1 note changed")
    (copy,) = (srs.home / "overrides").iterdir()
    assert copy.suffix == ".md"
    assert f"### {copy.stem}" in copy.read_text()
    quit_session(screen)
    shown = program("card", "show", copy.stem, "--json").json
    assert shown["card"] == card["card"]
    assert shown["front"].startswith("Mine now. ")
    assert shown["source"]["path"] == str(copy)
    now = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert now == installed
    assert not (tmp_path / "wrong").exists()


@pytest.mark.parametrize("named", ["", "/nowhere/editor"])
def test_no_editor_is_a_message(srs: Program, tmp_path: Path, named: str) -> None:
    (tmp_path / "empty").mkdir()
    environment = {"VISUAL": "", "EDITOR": named, "PATH": str(tmp_path / "empty")}
    screen = Program(srs.home, environment=environment).screen("review", "10-monitoring-drift")
    screen.wait_for("how sure")
    screen.press("e")
    screen.wait_for("cannot be run" if named else "no editor is set: set one: export EDITOR=nano")
    screen.press(" ")
    screen.wait_for("4 easy")
    quit_session(screen)
    assert list((srs.home / "overrides").iterdir()) == []


def test_an_editor_that_leaves_a_mess(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    wish(keys, "stty raw -echo; printf '\\033[7l'; kill -9 $$")
    screen.press("e")
    screen.wait_for("the editor ended with code 137")
    assert "Alpha?" in screen.text
    wish(keys, "echo EDITING; sleep 30")
    screen.press("e")
    screen.wait_for("EDITING")
    screen.press(CTRL_C)  # is the editor's
    screen.wait_for("the editor ended with code 130")
    assert "Alpha?" in screen.text
    quit_session(screen)


def test_the_terminal_is_as_it_was_after_an_editor_that_crashed(keys: Program) -> None:
    shell = keys.shell()
    wish(keys, "stty raw -echo; kill -9 $$")
    shell.press("stty -a > $HOME/before\r")
    shell.press(f"{SRS} review Keys --now {keys.now}; stty -a > $HOME/after; echo do''ne\r")
    shell.wait_for("Alpha?")
    shell.press("e")
    shell.wait_for("the editor ended with code 137")
    shell.press("q")
    shell.wait_for("done")
    shell.press("exit\r")
    shell.end()
    folder = keys.home.parent
    assert (folder / "after").read_text() == (folder / "before").read_text()


def test_the_shell_does_not_flash_up_around_the_entry(keys: Program) -> None:
    shell = keys.shell()
    shell.press(f"{SRS} review Keys --now {keys.now}\r")
    shell.wait_for("Alpha?")
    for key in ("t", "f1"):
        shell.press(key)
        shell.wait_for("Esc back")
        assert shell.text.startswith(" Keys")
        shell.press(ESCAPE)
        shell.wait_for("how sure")
    assert LEAVE not in shell.raw
    shell.press("t")
    shell.wait_for(ENTRY)
    shell.press("an ox\x1a")  # Ctrl-Z: now it is wanted
    shell.wait_for("Stopped")
    assert shell.raw.count(LEAVE) == 1
    shell.press("fg\r")
    shell.wait_for(ENTRY)
    assert shell.text.startswith(" Keys")
    shell.press(ENTER)
    shell.wait_for("Aleph.")
    assert shell.raw.count(LEAVE) == 1
    shell.press("q")
    shell.wait_for("Tomorrow: ")
    assert shell.raw.count(LEAVE) == shell.raw.count(LEAVE.replace(b"l", b"h")) == 2
    shell.press("exit\r")
    shell.end()


def test_a_flag_is_in_sight_on_a_narrow_screen(srs: Program, tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text("---\ndeck: A deck whose name is long\n---\n\nQ: Alpha?\nA: Aleph.\n")
    srs("import", str(path))
    screen = srs.screen("review", "--deck", "A deck whose name is long", columns=40, lines=16)
    screen.wait_for("Alpha?")
    screen.press("f")
    screen.wait_for("else back")
    screen.press("2")
    screen.wait_for("Esc back")
    screen.press(ENTER)
    screen.wait_for("flagged orange")
    assert "… ⚑ orange" in screen.text.split("\n")[0]
    screen.press("t")
    assert screen.wait_for("Your answer").split("\n")[-1].endswith("Esc back")
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    quit_session(screen)


def test_ctrl_c_and_a_lost_terminal_in_the_entry(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")
    screen.press("t")
    screen.wait_for(ENTRY)
    screen.press(f"half{CTRL_C}")
    assert screen.end() == 130
    assert b"0 answers saved" in screen.raw
    assert screen.raw.rfind(b"\x1b[?1049l") > screen.raw.rfind(b"\x1b[?1049h")
    for key in ("t", "e"):
        wish(keys, "echo EDITING; sleep 30")
        screen = keys.screen("review", "Keys")
        screen.wait_for("Alpha?")
        screen.press(key)
        screen.wait_for(ENTRY if key == "t" else "EDITING")
        assert screen.lose_the_terminal() == 129
    assert rows(keys) == []


# Looking around


@pytest.mark.parametrize("columns, lines", [(80, 24), (40, 16)])
def test_info(keys: Program, columns: int, lines: int) -> None:
    known(keys, "Alpha?")
    alpha = cards(keys)[0]
    screen = keys.screen("review", "Keys", columns=columns, lines=lines)
    screen.wait_for("Alpha?")
    screen.press("9i")
    screen.wait_for("any key goes on")
    seen = screen.text
    for _ in range(8):
        screen.press("j")
        seen += screen.wait_for("any key goes on")
    screen.wait_for("2026-02-01  easy")
    seen = " ".join((seen + screen.text).split())
    assert alpha["card"][:12] in seen
    assert f"stability {alpha['stability_days']:.1f} days" in seen
    assert f"difficulty {alpha['difficulty']:.1f} of 10" in seen
    assert f"recall now {alpha['retrievability']:.0%}" in seen
    assert "1 review, 0 lapses" in seen
    assert "█████" in seen
    assert b"Aleph" not in screen.raw
    screen.press("x")
    shown = screen.wait_for("90% sure")  # as it was left
    assert "Alpha?" in shown
    reveal(screen, "Aleph")
    screen.press("i")
    screen.wait_for("any key goes on")
    screen.press(" ")
    screen.wait_for("Aleph")
    screen.press("3")
    screen.wait_for("rollout")
    screen.press("i")
    screen.wait_for("new")
    assert "█" not in screen.text
    screen.press("qq")
    assert screen.end() == 0
    assert rows(keys, "rating, confidence") == [(4, None), (3, 90)]


def test_pictures(srs: Program, tmp_path: Path) -> None:
    viewer = '#!/bin/sh\nprintf "%s\\n" "$@" >> "$HOME/opened"\n'
    for name in ("xdg-open", "wslview", "open"):
        executable(tmp_path / "bin" / name, viewer)
    for name in ("one.png", "two three.png", "four.png"):
        (tmp_path / name).write_bytes(b"x")
    text = (
        "Q: One? ![a curve](one.png)\nA: Two. ![two](<two three.png>)\n\nFlip: ![four](four.png)\n"
        "\nQ: None?\nA: No.\n\nQ: Gone? ![no](gone.png)\nA: Yes.\n"
    )
    (tmp_path / "pictures.md").write_text(text)
    program = Program(srs.home, environment={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
    program("import", str(tmp_path / "pictures.md"))
    opened = tmp_path / "opened"
    screen = program.screen("review", "pictures")
    screen.wait_for("[image: a curve]")
    screen.press("oo")
    screen.wait_for("opened one.png")
    eventually(lambda: opened.exists() and len(opened.read_text().splitlines()) == 2)
    reveal(screen, "[image: two]")
    for count, name in ((3, "four.png"), (4, "one.png"), (5, "two three.png")):
        screen.press("o")
        screen.wait_for(f"opened {name}")
        eventually(lambda count=count: len(opened.read_text().splitlines()) == count)  # type: ignore[misc]
    names = ["one.png", "one.png", "four.png", "one.png", "two three.png"]
    assert opened.read_text().splitlines() == [str(tmp_path / name) for name in names]
    screen.press("s")
    screen.wait_for("None?")
    screen.press("o")
    screen.wait_for("no picture on this card")
    screen.press("s")
    screen.wait_for("Gone?")
    screen.press("o")
    screen.wait_for("gone.png: no such file")
    quit_session(screen)
    assert len(opened.read_text().splitlines()) == 5


def test_scrolling(srs: Program, tmp_path: Path) -> None:
    answer = "\n\n".join(f"line {number:02}" for number in range(40))
    (tmp_path / "long.md").write_text(f"Q: Long?\nA: {answer}\n")
    srs("import", str(tmp_path / "long.md"))
    screen = srs.screen("review", "long")
    screen.wait_for("Long?")
    screen.press(" ")
    screen.wait_for("line 00")

    def top() -> str:
        return screen.text.split("\n")[2]

    def turn(keys: str, wanted: str) -> None:
        screen.press(keys)
        eventually(lambda: wanted in top())

    screen.press("\x1b[H")
    screen.wait_for("Long?")
    turn("\x1b[F", "line 31")
    assert "line 39" in screen.text
    assert "lines above (k)" in screen.text
    turn("\x1b[5~", "line 26")
    assert "↓ 10 lines more (j)" in screen.text
    screen.press("o")  # a message does not hide that there is more
    screen.wait_for("no picture on this card")
    assert "─ ↓ 10 lines more (j) ─" in screen.text
    turn("kk", "line 25")
    turn("\x1b[A\x1b[A", "line 24")
    turn("jj", "line 25")
    turn("\x1b[B\x1b[B", "line 26")
    turn("\x1b[6~", "line 31")
    screen.press("j\x1b[6~")  # no farther than the end
    turn("\x1b[5~", "line 26")
    screen.press("?")
    screen.wait_for("as far back as this session goes")
    screen.press("?")
    screen.wait_for("4 easy")
    quit_session(screen)
    assert rows(srs) == []


@pytest.mark.parametrize("columns, lines", [(40, 16), (20, 8)])
def test_small_screens(keys: Program, columns: int, lines: int) -> None:
    known(keys, "Alpha?")
    screen = keys.screen("review", "Keys", columns=columns, lines=lines)

    def look(text: str) -> str:
        shown = screen.wait_for(text)
        assert shown.split("\n")[0].startswith(" Ke")  # nothing has scrolled away
        last = shown.rstrip().split("\n")[-1]
        assert any(word in last for word in ("? keys", "any key", "1 2 3 4", "Enter done"))
        return shown

    look("Alpha?")
    screen.press("?")
    look("the answer" if columns == 40 else "show the")
    screen.press("\x1b[F")
    look("saved")
    screen.press("x")
    look("Alpha?")
    screen.press("7")
    look("70% sure")
    screen.press(" ")
    ratings = look("Aleph.").split("\n")[-2].split()
    assert all(one[0].isdigit() and not one[-1].isdigit() for one in ratings)  # none cut short
    time.sleep(0.3)
    screen.press("f")
    look("Flag this card")
    screen.press("3")
    look("A note to")
    screen.press("ox\r")
    look("flagged green")
    screen.press("1")
    look("A rollout")
    screen.press("s")
    look("suspended")
    for what in ("suspend", "again", "flag"):
        screen.press("u")
        look(f"back: {what}")
    quit_session(screen)
    assert rows(keys) == [("review", 4)]


def test_resizing_in_mid_session(keys: Program) -> None:
    screen = keys.screen("review", "Keys")
    screen.wait_for("Alpha?")

    def resize(columns: int, lines: int) -> None:
        screen._screen.resize(lines, columns)
        screen.child.setwinsize(lines, columns)

    screen.press("5")
    screen.wait_for("50% sure")
    resize(40, 16)
    screen.wait_for(" u s b   ? keys  q quit")
    assert "50% sure" in screen.text
    screen.press("t")
    screen.wait_for(ENTRY_NARROW)
    screen.press("an ox")
    screen.wait_for("an ox")
    resize(80, 24)
    eventually(lambda: screen.text.split("\n")[-1].lstrip().startswith(ENTRY_NARROW))
    screen.press(ENTER)
    shown = screen.wait_for("Aleph.")
    assert any("an ox" in line and "Aleph." in line for line in shown.split("\n"))
    assert "f flag" in shown
    resize(40, 16)
    eventually(lambda: screen.text.split("\n")[-1] == " u s b   ? keys  q quit")
    assert not any("an ox" in line and "Aleph." in line for line in screen.text.split("\n"))
    time.sleep(0.3)
    screen.press("4")
    screen.wait_for("rollout")
    resize(20, 8)
    eventually(lambda: len(screen.text.split("\n")[-2].strip()) <= 20)
    screen.press("u")
    screen.wait_for("taken back")
    screen.wait_for("Alpha?")
    quit_session(screen)
    assert rows(keys) == []
