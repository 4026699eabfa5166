"""The full-screen session, on a real pseudo-terminal."""

from __future__ import annotations

import os
import signal
import sqlite3
import termios
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.verdict import unsound
from tests.program import SRS, Program, Screen

LEAVE = b"\x1b[?1049l"


def reviews(srs: Program) -> int:
    with closing(sqlite3.connect(srs.database)) as db:
        rows = db.execute("SELECT count(*) FROM review_log WHERE kind = 'review'")
        return int(rows.fetchone()[0])


def test_a_session_from_first_card_to_summary(own: Program) -> None:
    screen = own.screen("review", "Own", "--new", "2")
    screen.wait_for("What does a canary ask?")
    assert "Is it safe" not in screen.text
    screen.reveal()
    assert "Is it safe to go on?" in screen.text
    for word in ("1 again", "2 hard", "3 good", "4 easy", "10m"):
        assert word in screen.text
    screen.press("4")
    screen.wait_for("What does an A/B test ask?")
    screen.reveal()
    screen.press(" ")  # after the answer: good
    screen.wait_for("What does an A/B test ask?")  # a step due within twenty minutes
    screen.press("q")
    assert screen.end() == 0
    assert b"2 cards" in screen.raw
    assert reviews(own) == 2
    assert own("doctor").code == 0


def test_a_held_space_bar_and_a_paste_rate_nothing(own: Program) -> None:
    screen = own.screen("review")
    screen.wait_for("canary")
    screen.press(" " * 30)
    screen.press("\x1b[200~3333 3 3\x1b[201~")
    time.sleep(0.5)
    assert "canary" in screen.text
    screen.press("q")
    assert screen.end() == 0
    assert reviews(own) == 0


def test_a_rating_before_the_answer_is_refused(own: Program) -> None:
    screen = own.screen("review")
    screen.wait_for("canary")
    screen.press("3")
    screen.wait_for("space shows the answer")
    screen.press("q")
    screen.end()
    assert reviews(own) == 0


def test_undo_shows_the_card_again(own: Program) -> None:
    screen = own.screen("review")
    screen.wait_for("canary")
    screen.press("u")
    screen.wait_for("nothing to undo")
    screen.reveal()
    screen.press("1")
    screen.wait_for("A/B")
    screen.press("u")
    screen.wait_for("taken back")
    assert "What does a canary ask?" in screen.text
    screen.press("q")
    screen.end()
    assert own("undo", "--json").json["undone"] is None


def test_suspend_bury_and_keys(own: Program) -> None:
    screen = own.screen("review", "Own")
    screen.wait_for("canary")
    screen.press("s")
    screen.wait_for("suspended")
    screen.wait_for("A/B")
    screen.press("b")
    screen.wait_for("buried until tomorrow")
    screen.press("?")
    screen.wait_for("suspend the card, or all of its note, until told")
    screen.press("q")  # any key leaves the list of keys
    screen.wait_for("A rollout runs")
    screen.press("q")
    assert screen.end() == 0
    cards = own("card", "list", "Own", "--json").json["cards"]
    assert [card["suspended"] for card in cards] == [True, False, False, False]


@pytest.mark.parametrize("columns, lines", [(80, 24), (40, 20), (132, 50), (24, 10)])
def test_no_line_is_wider_than_the_screen(own: Program, columns: int, lines: int) -> None:
    screen = own.screen("review", "Own", columns=columns, lines=lines)
    screen.wait_for("canary")
    screen.press(" ")
    time.sleep(0.5)
    rows = screen.text.split("\n")
    assert len(rows) == lines
    assert rows[0].strip()  # nothing has scrolled away
    screen.press("q")
    assert screen.end() == 0


def test_a_card_longer_than_the_screen_can_be_read(srs: Program, tmp_path: Path) -> None:
    answer = "\n\n".join(f"paragraph {number}" for number in range(40))
    (tmp_path / "long.md").write_text(f"Q: Long?\nA: {answer}\n")
    srs("import", str(tmp_path / "long.md"))
    screen = srs.screen("review", "long")
    screen.wait_for("Long?")
    screen.press(" ")
    screen.wait_for("lines more (j)")
    assert "paragraph 39" not in screen.text
    for _ in range(90):
        screen.press("j")
    screen.wait_for("paragraph 39")
    screen.press("k" * 90)
    screen.wait_for("Long?")
    screen.press("q")
    screen.end()


def test_no_colour_and_hostile_text(srs: Program, tmp_path: Path) -> None:
    front = "[red]alert[/red] \x1b]0;pwned\x07 \x9b31m :smile: [/] `List<int>` \u202eback"
    text = f"Q: {front}\nA: \x08x\n"
    (tmp_path / "hostile.md").write_text(text)
    srs("import", str(tmp_path / "hostile.md"))
    quiet = Program(srs.home, environment={"NO_COLOR": "1"})
    screen = quiet.screen("review", "hostile")
    shown = screen.wait_for("[red]alert[/red]")
    assert ":smile:" in shown
    assert "[/]" in shown
    assert "List<int>" in shown
    assert "␛]0;pwned␇" in shown
    screen.press(" ")
    screen.wait_for("␈x")
    screen.press("q")
    screen.end()
    assert b"\x1b]0;" not in screen.raw
    assert "\u202e".encode() not in screen.raw
    assert b"\x9b31m" not in screen.raw
    for colour in range(30, 38):
        assert f"\x1b[{colour}m".encode() not in screen.raw


def modes(screen: Screen) -> int:
    flags: int = termios.tcgetattr(screen.child.child_fd)[3]
    return flags


@pytest.mark.parametrize(
    "number, code",
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)],
)
def test_a_signal_leaves_the_terminal_sane(own: Program, number: int, code: int) -> None:
    screen = own.screen("review")
    before = modes(screen)
    screen.wait_for("canary")
    screen.reveal()
    screen.press("4")
    screen.wait_for("A/B")
    assert not modes(screen) & termios.ECHO
    os.kill(screen.child.pid, number)
    assert screen.end() == code
    assert LEAVE in screen.raw
    assert b"1 answer saved" in screen.raw
    assert before & termios.ECHO
    assert reviews(own) == 1


def test_stop_and_continue_restore_the_screen(own: Program) -> None:
    screen = own.shell()
    screen.press(f"{SRS} review --now {own.now}\r")
    screen.wait_for("What does a canary ask?")
    screen.press("\x1a")
    screen.wait_for("Stopped")
    assert LEAVE in screen.raw
    screen.press("stty -a | tr ';' '\\n' | grep -c -w -- '-echo'\r")
    screen.wait_for("\n0")
    screen.press("fg\r")
    screen.wait_for("What does a canary ask?")
    screen.reveal()
    assert "Is it safe to go on?" in screen.text
    screen.press("q")
    screen.wait_for_shell()
    screen.press("echo code=$?\r")
    screen.wait_for("code=0")
    screen.press("exit\r")
    screen.end()


def test_a_resize_is_followed(own: Program) -> None:
    screen = own.screen("review")
    screen.wait_for("canary")
    screen.child.setwinsize(12, 50)
    time.sleep(0.5)
    _ = screen.text
    screen._screen.resize(12, 50)
    screen.press("?")
    screen.wait_for("any key goes on")
    screen.press("?q")
    assert screen.end() == 0


def test_a_dumb_terminal_gets_the_dialogue(own: Program) -> None:
    dumb = Program(own.home, environment={"TERM": "dumb"})
    screen = dumb.screen("review", "Own")
    screen.wait_for("Q: What does a canary ask?")
    screen.press("r\r")
    screen.wait_for("A: Is it safe to go on?")
    screen.press("3\r")
    screen.wait_for("saved: good, due in 10m")
    screen.press("q\r")
    assert screen.end() == 0
    assert b"\x1b[?1049h" not in screen.raw


def test_a_closed_terminal_loses_nothing(own: Program) -> None:
    screen = own.screen("review")
    for front in ("canary ask", "A/B test"):
        screen.wait_for(front)
        screen.reveal()
        screen.press("3")
    screen.wait_for("rollout")
    assert screen.lose_the_terminal() == 129
    assert reviews(own) == 2
    assert unsound(own.home) == []


def test_the_end_of_input_ends_the_session(own: Program) -> None:
    screen = own.screen("review")
    screen.wait_for("canary ask")
    screen.reveal()
    screen.press("3")
    screen.wait_for("A/B test")
    screen.press("\x04")
    assert screen.end() == 0
    assert reviews(own) == 1
    ran = own("review", stdin="r\n3\n")  # a pipe that ends in mid-session
    assert (ran.code, reviews(own)) == (0, 2)
