"""Typed answers to estimates where they are typed: taken as they are, mended, kept with numbers."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from decks.estimates.drawing import draw
from srs import open_collection
from srs.estimates import numbers_asked
from tests.program import Program
from tests.test_estimate_sessions import DECK, ENTER, ESCAPE, LABEL, card, quit_session, rate, rows

REFUSED = "cannot read “5 ?? 7”"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the estimate of DECK."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "sums.md").write_text(DECK)
    assert Program(folder / "home")("import", str(folder / "sums.md")).code == 0
    return folder


@pytest.fixture
def sums(made: Path, tmp_path: Path) -> Program:
    """The program with a home of that kind."""
    shutil.copytree(made / "home", tmp_path / "home")
    return Program(tmp_path / "home")


def talk(program: Program, *lines: str) -> str:
    """What the dialogue says."""
    ran = program("review", "Sums", stdin="".join(f"{line}\n" for line in lines))
    assert ran.code == 0, ran.err
    return ran.out


# In the dialogue of lines


@pytest.mark.parametrize("typed", ["3", "5", "7", "90", "12.8k calls", "1.2e6", "4 requests"])
def test_a_line_is_the_answer_before_the_reveal(sums: Program, typed: str) -> None:
    said = talk(sums, typed)
    assert f"{LABEL} (Enter shows it):" in said
    assert "You: " in said
    assert "which suggests" in said
    assert "saved" not in said
    assert "% sure" not in said
    assert rows(sums) == []


def test_ratings_count_after_the_reveal(sums: Program) -> None:
    talk(sums, "3", "2", "good", "", "easy")
    # A word that rates is no number; Enter then shows the answer, and nothing is typed.
    assert [(rating, typed) for rating, _, typed, _ in rows(sums)] == [(2, "3"), (4, None)]


def test_how_sure_one_is_has_a_letter_beside_numbers(sums: Program) -> None:
    said = talk(sums, "c 7", "c", "7", "1", "c 90%", "t 12", "1")
    assert "70% sure" in said
    assert "say how sure you are as c 5, c 7 or c 9" in said
    assert [(one["confidence"], one["typed"]) for one in card(sums)["reviews"]] == [
        (70, "7"), (90, "12"),
    ]  # fmt: skip


def test_letters_keep_their_meaning(sums: Program) -> None:
    said = talk(sums, "?", "d", "i", "f red", "u", "", "3", "u", "b", "q", "5")
    assert "whatever else you type is your answer" in said
    assert "first the number itself" in said
    assert "flagged red" in said
    assert "taken back: good" in said
    assert "buried until tomorrow" in said
    assert "You: " not in said
    assert rows(sums) == []


def test_what_cannot_be_read_may_be_typed_again(sums: Program) -> None:
    said = talk(sums, "5 ?? 7", "t dunno", "50 requests", "3")
    assert f"{REFUSED}: type it again, or Enter shows the answer" in said
    assert "cannot read “dunno”" in said
    assert said.count("You: ") == 1
    assert [(rating, typed) for rating, _, typed, _ in rows(sums)] == [(3, "50 requests")]


def test_a_right_number_in_a_wrong_unit_is_wrong(sums: Program) -> None:
    said = talk(sums, "50 GB", "1")
    assert "You: 50 GB: the answer is in requests, which suggests again" in said
    assert [(rating, typed) for rating, _, typed, _ in rows(sums)] == [(1, "50 GB")]


# On the screen


@pytest.mark.parametrize("key", [ENTER, ESCAPE])
@pytest.mark.parametrize("columns", [80, 40])
def test_a_slip_keeps_the_line_open(sums: Program, key: str, columns: int) -> None:
    screen = sums.screen("review", "Sums", columns=columns, lines=24)
    screen.wait_for(LABEL)
    screen.press(f"5 ?? 7{ENTER}")
    screen.wait_for(REFUSED)
    screen.wait_for("Mend it, or Enter shows the answer")
    assert "1 again" not in screen.text
    screen.press(key)
    shown = screen.wait_for("1 again")
    assert "▸" not in shown
    assert "nothing is suggested" in " ".join(shown.split())
    time.sleep(0.3)
    screen.press("2")
    screen.wait_for(LABEL)
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    quit_session(screen)
    assert [(rating, typed) for rating, _, typed, _ in rows(sums)] == [(2, "5 ?? 7")]


def test_a_slip_is_mended(sums: Program) -> None:
    screen = sums.screen("review", "Sums", columns=80, lines=24)
    screen.wait_for(LABEL)
    screen.press(f"5 ?? 7{ENTER}")
    screen.wait_for(REFUSED)
    screen.press("\x7f" * 7 + f"?{ENTER}")
    screen.wait_for("cannot read “?”")
    screen.press(f"\x7f1e9{ENTER}")
    screen.wait_for("which suggests again")
    screen.wait_for("▸1 again")
    quit_session(screen)


# Kept with the numbers that were asked


def test_the_numbers_asked_stand_with_each_answer(sums: Program, tmp_path: Path) -> None:
    path = tmp_path / "sums.md"
    path.write_text(DECK)
    shutil.rmtree(sums.home)
    assert sums("import", str(path)).code == 0
    events = sums.jsonl(*[rate("again", typed="50"), rate("easy")], words=("Sums",)).events
    asked = [event["front"] for event in events if event["event"] == "card"]
    before = card(sums)["reviews"]
    for review, front in zip(before, asked, strict=False):
        arrivals, window = review["numbers"]["arrivals"], review["numbers"]["window_ms"]
        assert front.startswith(f"{arrivals:,.0f} requests arrive per second and wait {window:.0f}")
    said = sums("card", "show", "batch-fill").out
    numbers = f"arrivals {before[0]['numbers']['arrivals']:,.0f}, window ms "
    assert re.search(rf"Typed on \S+ \S+ for {numbers}\d+:\n50\n", said)
    assert re.search(r"Asked on \S+ \S+: arrivals [\d,]+, window ms \d+", said)
    # Params change: what was asked stays what it was.
    path.write_text(DECK.replace("1000 | 2000 | 5000", "7000 | 9000"))
    assert sums("import", str(path)).code == 0
    assert card(sums)["reviews"] == before
    assert numbers in sums("card", "show", "batch-fill").out


def test_an_early_log_has_the_numbers_of_its_seed(sums: Program) -> None:
    with open_collection(sums.home) as collection:
        (uid,) = [bytes.fromhex(card(sums)["card"])]
        asked = collection.ask(uid, 0)
    assert asked.estimate is not None
    numbers = dict(draw(asked.estimate, 3).numbers)
    for data in (None, "", "[7]", "{}", '{"numbers": 7}', '{"numbers": {"a": "b"}}', "[" * 9999):
        assert numbers_asked(asked, 3, data) == numbers
    assert numbers_asked(asked, 3, '{"numbers": {"a": 7}}') == {"a": 7}
    assert numbers_asked(asked, None, None) == {}
