"""The entry for typed answers, on a real pseudo-terminal."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srs.cli.entry_screen import MAX_CHARACTERS, clean, heights
from srs.cli.safe import safe
from srs.cli.word_wrap import blanks
from tests.program import Program, Screen

# Calls `entry`, and writes down what came of it and what was not put back.
SCRIPT = """
import json, os, signal, sys, termios
from srs.cli.entry import entry

class Stop(BaseException): pass

def stop(number, frame): raise Stop(number)

told = []
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM): signal.signal(number, stop)
for number in (signal.SIGWINCH, signal.SIGTSTP, signal.SIGUSR1):
    signal.signal(number, lambda number, frame: told.append(number))
signal.signal(signal.SIGINT, signal.default_int_handler)
ends = os.pipe()
for end in ends: os.set_blocking(end, False)
signal.set_wakeup_fd(ends[1], warn_on_full_buffer=False)

def state():
    try: modes = termios.tcgetattr(0)
    except termios.error: modes = None
    wakeup = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    return modes, [signal.getsignal(n) for n in signal.valid_signals()], wakeup

path, given = sys.argv[1], json.loads(sys.argv[2])
before = state()
for _ in range(given.pop("times", 1)):
    try: result = entry(given.pop("above", ["Question?"]), label="Your answer", keys="Enter: done",
                        **given)
    except BaseException as error: result = [type(error).__name__, *map(str, error.args)]
after = state()
same = after == before or (after[0] is None and after[1:] == before[1:])
with open(path, "w") as file: json.dump({"result": result, "same": same, "told": told}, file)
"""
ENTER = "\r"


class Entry(Screen):
    """A run of the script."""

    def __init__(
        self, folder: Path, columns: int = 80, lines: int = 24,
        environment: dict[str, str] | None = None, **given: Any,
    ) -> None:  # fmt: skip
        self.path = folder / "result.json"
        program = Program(folder, environment=environment or {})
        command = [sys.executable, "-c", SCRIPT, str(self.path), json.dumps(given)]
        super().__init__(program, command, columns, lines)
        self.wait_for("Enter: done")

    def outcome(self) -> Any:
        """What `entry` gave; asserts that it put everything back."""
        self.end()
        found = json.loads(self.path.read_text())
        assert found["same"]
        assert self.raw.rfind(b"\x1b[?1049l") > self.raw.rfind(b"\x1b[?1049h") > -1
        assert self.raw.rfind(b"\x1b[?2004l") > self.raw.rfind(b"\x1b[?2004h") > -1
        assert self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")
        return found["result"]


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        (["one two", ENTER], "one two"),
        ([ENTER], ""),
        (["a", "\x1b\r", "b", "\n", "c", ENTER], "a\nb\nc"),  # Alt-Enter, Ctrl-J
        (["some words", "\x04"], "some words"),  # Ctrl-D
        (["\x04"], None),
        (["lost", "\x1b"], None),
        (["lost", "\x1b", "\x1b"], None),
        (["kept", "\x1bé", "\x1bQ", "\x1b5", "x", ENTER], "keptx"),  # Alt keys without a meaning
        (["world", "\x01", "hello ", ENTER], "hello world"),  # Ctrl-A
        (["one two", "\x17", "three", ENTER], "one three"),  # Ctrl-W
        (["one two", "\x1bb", "X", ENTER], "one Xtwo"),  # Alt-B
        (["keep this", "\x1f", ENTER], "keep"),  # Ctrl-_ undoes a word
        (["keep", "\x15", "drop", "\x1f\x1f", ENTER], "keep"),  # and Ctrl-U
        (["ab", "\x1b[D", "X", ENTER], "aXb"),
        (["ab", "\t", "c", ENTER], "ab    c"),
        (["ab", "\x11\x1b", "c", ENTER], "ab␛c"),  # Ctrl-Q Esc inserts the character itself
        (["特徴量 ⌘ 👩‍🔬é", "\x7f", ENTER], "特徴量 ⌘ 👩‍🔬"),
        (["\x1b[200~one\r\ntwo\rthree\x1b]0;pwned\x07\n\tend\x1b[201~", ENTER],
         "one\ntwo\nthree␛]0;pwned␇\n    end"),
        (["a", "\x1b[200~\u202eback\u009b31m\x1b[201~", ENTER], "a<U+202E>back�31m"),
    ],
)  # fmt: skip
def test_what_keys_do(tmp_path: Path, keys: list[str], typed: str | None) -> None:
    screen = Entry(tmp_path)
    for key in keys:
        screen.press(key)
        time.sleep(0.05)
    assert screen.outcome() == typed
    assert b"\x1b]0;" not in screen.raw
    assert "\u202e".encode() not in screen.raw


def test_an_undone_paste_is_gone(tmp_path: Path) -> None:
    screen = Entry(tmp_path)
    screen.press("a")
    screen.press("\x1b[200~pasted\x1b[201~")
    screen.wait_for("apasted")
    screen.press("\x1f" + ENTER)
    assert screen.outcome() == "a"


def test_a_line_of_one_line(tmp_path: Path) -> None:
    screen = Entry(tmp_path, single=True, text="a ")
    screen.press("\x1b[200~b\nc\x1b[201~")
    screen.press("\n\x1b\rd")
    screen.wait_for("a b c  d")
    screen.press(ENTER)
    assert screen.outcome() == "a b c  d"


def test_a_text_to_begin_with_can_be_changed(tmp_path: Path) -> None:
    screen = Entry(tmp_path, text="first\r\nsecond\x1b[2J")
    screen.wait_for("second␛[2J")
    screen.press("!" + ENTER)
    assert screen.outcome() == "first\nsecond␛[2J!"


def test_more_than_enough_is_cut(tmp_path: Path) -> None:
    screen = Entry(tmp_path)
    text = "word " * 5000
    screen.press(f"\x1b[200~{text}\x1b[201~")
    screen.wait_for("word word")
    screen.press("more" + ENTER)
    assert screen.outcome() == text[:MAX_CHARACTERS]


def test_the_screen_shows_question_label_and_whole_words(tmp_path: Path) -> None:
    above = ["\x1b[1mWhat\x1b[0m is \x1b[31mdrift\x1b[0m?", "\x1b]0;pwned\x07", "", ""]
    screen = Entry(tmp_path, 30, 16, above=above)
    screen.press("a feature store keeps one definition of each feature")
    screen.wait_for("definition")
    rows = screen.text.split("\n")
    assert rows[0] == "What is drift?"
    assert rows[1] == "␛]0;pwned␇"
    assert rows[2].startswith("── Your answer ───")
    assert rows[3:6] == ["  a feature store keeps one", "  definition of each feature", ""]
    assert rows[9] == "─" * 30
    assert rows[-1] == " Enter: done"
    screen.press(ENTER)
    assert screen.outcome() == "a feature store keeps one definition of each feature"
    assert b"\x1b]0;" not in screen.raw


def test_a_long_answer_scrolls_and_the_question_stays(tmp_path: Path) -> None:
    screen = Entry(tmp_path, 40, 12)
    for number in range(20):
        screen.press(f"line {number}\n")
    screen.wait_for("line 19")
    rows = screen.text.split("\n")
    assert rows[0] == "Question?"
    assert "  line 1" not in rows
    screen.press("\x1b<")  # Alt-<: to the beginning
    screen.wait_for("line 0")
    screen.press("\x1b>last")
    screen.wait_for("last")
    screen.press(ENTER)
    assert screen.outcome().endswith("line 19\nlast")


@pytest.mark.parametrize(("columns", "lines"), [(40, 8), (20, 5), (12, 3), (10, 1)])
def test_a_low_screen_keeps_room_for_the_answer(tmp_path: Path, columns: int, lines: int) -> None:
    screen = Entry.__new__(Entry)
    above = [f"line {number}" for number in range(50)]
    screen.path = tmp_path / "result.json"
    command = [sys.executable, "-c", SCRIPT, str(screen.path), json.dumps({"above": above})]
    Screen.__init__(screen, Program(tmp_path), command, columns, lines)
    while b"\x1b[?1049h" not in screen.raw:
        _ = screen.text
    screen.press("answer")
    screen.wait_for("answer")
    assert "Window too small" not in screen.text
    screen.press(ENTER)
    assert screen.outcome() == "answer"


def test_no_colour(tmp_path: Path) -> None:
    screen = Entry(tmp_path, above=["\x1b[31mred\x1b[0m"], environment={"NO_COLOR": "1"})
    screen.press("x" + ENTER)
    assert screen.outcome() == "x"
    for colour in (*range(30, 38), *range(90, 98)):
        assert f"{colour}m".encode() not in screen.raw
    plain = Entry(tmp_path, above=["\x1b[31mred\x1b[0m"])
    plain.press("x" + ENTER)
    assert plain.outcome() == "x"
    assert b"31m" in plain.raw


def test_a_resize_is_followed(tmp_path: Path) -> None:
    screen = Entry(tmp_path, 60, 20)
    screen.press("many words that need more than one row of a narrow screen")
    screen.wait_for("narrow")
    screen._screen.resize(10, 30)
    screen.child.setwinsize(10, 30)
    screen.wait_for("than one row of a narrow")
    rows = screen.text.split("\n")
    assert rows[-1] == " Enter: done"
    assert rows[2] == "  many words that need more"
    screen.press("." + ENTER)
    assert screen.outcome().endswith("narrow screen.")


@pytest.mark.parametrize(
    ("number", "result"),
    [
        (signal.SIGTERM, ["Stop", str(int(signal.SIGTERM))]),
        (signal.SIGHUP, ["Stop", str(int(signal.SIGHUP))]),
        (signal.SIGALRM, ["Stop", str(int(signal.SIGALRM))]),
        (signal.SIGINT, ["KeyboardInterrupt"]),
    ],
)
def test_what_a_handler_raises_leaves_the_entry(
    tmp_path: Path, number: int, result: list[str]
) -> None:
    screen = Entry(tmp_path)
    screen.press("typed")
    screen.wait_for("typed")
    os.kill(screen.child.pid, number)
    assert screen.outcome() == result


def test_a_handler_that_raises_nothing_changes_nothing(tmp_path: Path) -> None:
    screen = Entry(tmp_path)
    screen.press("ty")
    screen.wait_for("ty")
    os.kill(screen.child.pid, signal.SIGUSR1)
    screen.press("ped")
    screen.wait_for("typed")
    screen.press(ENTER)
    assert screen.outcome() == "typed"
    assert json.loads(screen.path.read_text())["told"] == [signal.SIGUSR1]


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.1, 0.15, 0.2, 0.3])
def test_a_signal_at_any_time_puts_everything_back(tmp_path: Path, delay_s: float) -> None:
    screen = Entry.__new__(Entry)
    screen.path = tmp_path / "result.json"
    command = [sys.executable, "-c", f"{_ALARM.format(delay_s)}{SCRIPT}", str(screen.path), "{}"]
    Screen.__init__(screen, Program(tmp_path), command, 80, 24)
    screen.end()
    found = json.loads(screen.path.read_text())
    assert found["result"] == ["Stop", str(int(signal.SIGALRM))]
    assert found["same"]
    assert screen.raw.count(b"\x1b[?1049h") == screen.raw.count(b"\x1b[?1049l")


# The alarm is set where the entry begins, so that it rings while it starts, draws or waits.
_ALARM = """
import signal
from srs.cli import entry as module
began = module.Deferred.__enter__
def begin(self):
    found = began(self)
    signal.setitimer(signal.ITIMER_REAL, {} or 1e-5)
    return found
module.Deferred.__enter__ = begin
"""


def test_control_c(tmp_path: Path) -> None:
    screen = Entry(tmp_path)
    screen.press("typed\x03")
    assert screen.outcome() == ["KeyboardInterrupt"]


def test_keys_after_enter_are_not_kept_for_the_next_entry(tmp_path: Path) -> None:
    screen = Entry(tmp_path, times=2)
    screen.press("one\rtwo")
    time.sleep(0.5)
    screen.press("three" + ENTER)
    assert screen.outcome() == "three"


def test_stop_and_continue(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    (tmp_path / "script.py").write_text(SCRIPT)
    screen = Program(tmp_path).shell()
    screen.press(f"{sys.executable} {tmp_path}/script.py {path} '{{}}'\r")
    screen.wait_for("Enter: done")
    screen.press("half")
    screen.wait_for("half")
    screen.press("\x1a")
    screen.wait_for("Stopped")
    screen.press("stty -a | tr ';' '\\n' | grep -c -w -- '-echo'\r")
    screen.wait_for("\n0")
    screen.press("fg\r")
    screen.wait_for("Enter: done")
    screen.press(" done" + ENTER)
    screen.wait_for_shell()
    screen.press("echo code=$?\r")
    screen.wait_for("code=0")
    screen.press("exit\r")
    screen.end()
    found = json.loads(path.read_text())
    assert found == {"result": "half done", "same": True, "told": []}


@pytest.mark.parametrize("ignored", [False, True])
def test_a_closed_terminal_ends_it(tmp_path: Path, ignored: bool) -> None:
    path = tmp_path / "result.json"
    script = SCRIPT.replace("before = state()", _DEAF if ignored else "before = state()")
    child = Screen(Program(tmp_path), [sys.executable, "-c", script, str(path), "{}"], 80, 24)
    child.wait_for("Enter: done")
    child.press("typed")
    child.wait_for("typed")
    os.close(child.child.child_fd)
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    found = json.loads(path.read_text())
    assert found["result"] in ([None] if ignored else [["Stop", "1"]])
    assert found["same"]


_DEAF = "signal.signal(signal.SIGHUP, signal.SIG_IGN); before = state()"


@given(st.text(), st.booleans())
def test_what_is_kept_is_safe(text: str, single: bool) -> None:
    kept = clean(text, single=single)
    assert safe(kept) == kept
    assert clean(kept, single=single) == kept
    assert "\n" not in kept or not single
    if text.isprintable() and text.isascii():
        assert kept == text


@given(st.integers(1, 100), st.integers(0, 100), st.integers(1, 3))
def test_the_lines_of_the_screen_are_shared_out(rows: int, above: int, least: int) -> None:
    kept, room = heights(rows, above, least)
    assert 0 <= kept <= above
    assert room >= min(least, max(1, rows - 3))
    assert kept + room == max(1, rows - 3)


TEXTS = st.text(st.sampled_from("ab 特\t👩é"), max_size=60)


@given(TEXTS, st.integers(2, 20))
def test_rows_break_between_words(text: str, width: int) -> None:
    widths = [2 if character in "特👩" else 1 for character in text]
    gaps = blanks(text, widths, width)
    assert len(gaps) == len(text)
    rows, column, row = [], 0, 0  # the row of each character, as a terminal would lay it out
    for gap, cells in zip(gaps, widths, strict=True):
        assert column + gap <= width
        column += gap
        if column + cells > width:
            column, row = 0, row + 1
        column += cells
        rows.append(row)
    for first in range(len(text)):
        end = first
        while end < len(text) and not text[end].isspace():
            end += 1
        starts = end > first and (first == 0 or text[first - 1].isspace())
        if starts and sum(widths[first:end]) <= width:
            assert rows[first] == rows[end - 1]
    assert all(not gap or rows[at] > rows[at - 1] for at, gap in enumerate(gaps) if at)
