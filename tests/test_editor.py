"""The learner's editor: how it is called, and a real run of one."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from decks.errors import UsageError
from srs.cli.editor import command, run
from tests.program import Program, Screen

PATH = "/home/a b/deck.md"


@pytest.mark.parametrize(
    ("editor", "argv"),
    [
        ("vi", ["vi", "+7", PATH]),
        ("/usr/bin/nvim -u NONE", ["/usr/bin/nvim", "-u", "NONE", "+7", PATH]),
        ("nano", ["nano", "+7", PATH]),
        ("emacsclient -t", ["emacsclient", "-t", "+7", PATH]),
        ("gvim", ["gvim", "-f", "+7", PATH]),
        ("gvim -f", ["gvim", "-f", "+7", PATH]),
        ("micro", ["micro", "+7", PATH]),
        ("hx", ["hx", f"{PATH}:7"]),
        ("helix", ["helix", f"{PATH}:7"]),
        ("code", ["code", "--wait", "--goto", f"{PATH}:7"]),
        ("code --wait", ["code", "--wait", "--goto", f"{PATH}:7"]),
        ("codium -n -w", ["codium", "-n", "-w", "--goto", f"{PATH}:7"]),
        ("subl", ["subl", "--wait", f"{PATH}:7"]),
        ("zed -w", ["zed", "-w", f"{PATH}:7"]),
        ("'/opt/my editor/ed1' -x", ["/opt/my editor/ed1", "-x", PATH]),
        ("vim; touch x", ["vim;", "touch", "x", PATH]),
    ],
)
def test_each_editor_is_told_the_line_in_its_way(editor: str, argv: list[str]) -> None:
    assert command({"EDITOR": editor}, PATH, 7, lambda _: None) == argv


def test_which_editor_is_chosen() -> None:
    def first(environ: dict[str, str], *there: str) -> str:
        return command(environ, PATH, 1, lambda name: name if name in there else None)[0]

    assert first({"VISUAL": "emacs", "EDITOR": "ed"}, "vi") == "emacs"
    assert first({"VISUAL": " ", "EDITOR": "ed"}, "vi") == "ed"
    assert first({}, "vi", "vim", "nano", "sensible-editor") == "sensible-editor"
    assert first({"EDITOR": ""}, "vi", "vim", "nano") == "nano"
    assert first({"EDITOR": "''"}, "vi", "vim") == "vim"
    assert first({}, "vi") == "vi"
    with pytest.raises(UsageError, match="no editor is set") as caught:
        first({})
    assert caught.value.hint == "set one: export EDITOR=nano"


@pytest.mark.parametrize("name", ["VISUAL", "EDITOR"])
def test_a_quote_left_open_is_said(name: str) -> None:
    with pytest.raises(UsageError, match=rf"\${name} has a quote that never closes"):
        command({name: "vim 'x"}, PATH, 1)


def test_a_relative_path_is_never_handed_on() -> None:
    with pytest.raises(AssertionError):
        command({"EDITOR": "vim"}, "-c:!sh", 1)


def script(folder: Path, body: str) -> Path:
    path = folder / "my $(touch x) editor"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_no_shell_reads_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = script(tmp_path, 'for word in "$@"; do echo "<$word>"; done > "$0.told"; exit 3')
    deck = tmp_path / "a b;$(touch y)`touch z`.md"
    argv = command({"EDITOR": f"'{program}' -n '$HOME'"}, str(deck), 12)
    assert run(argv) == 3
    told = Path(f"{program}.told").read_text().splitlines()
    assert told == ["<-n>", "<$HOME>", f"<{deck}>"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        program.name, f"{program.name}.told",
    ]  # fmt: skip


def test_an_editor_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be run: no such file") as caught:
        run([str(tmp_path / "nothing"), PATH])
    assert "EDITOR=nano" in caught.value.hint
    (tmp_path / "text").write_text("no program")
    with pytest.raises(UsageError, match="cannot be run: permission denied"):
        run([str(tmp_path / "text"), PATH])


def test_a_signal_that_ends_the_editor_is_its_code(tmp_path: Path) -> None:
    assert run([str(script(tmp_path, "kill -TERM $$"))]) == 128 + signal.SIGTERM


def test_handlers_come_back(tmp_path: Path) -> None:
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP)
    before = [signal.getsignal(number) for number in numbers]
    run([str(script(tmp_path, "exit 0"))])
    with pytest.raises(UsageError):
        run([str(tmp_path / "nothing")])
    assert [signal.getsignal(number) for number in numbers] == before


RUN = "import sys; from srs.cli.editor import run; print('code', run(sys.argv[1:]))"


def test_control_c_is_the_editors(tmp_path: Path) -> None:
    body = "trap 'echo caught; exit 4' INT; echo ready; while :; do sleep 0.05; done"
    program = script(tmp_path, body)
    screen = Screen(Program(tmp_path), [sys.executable, "-c", RUN, str(program)], 80, 24)
    screen.wait_for("ready")
    screen.press("\x03")
    screen.wait_for("code 4")
    assert "caught" in screen.text
    assert screen.end() == 0


def test_the_editor_does_not_inherit_a_deaf_ear(tmp_path: Path) -> None:
    program = script(tmp_path, "echo ready; sleep 30")
    screen = Screen(Program(tmp_path), [sys.executable, "-c", RUN, str(program)], 80, 24)
    screen.wait_for("ready")
    screen.press("\x03")
    screen.wait_for(f"code {128 + signal.SIGINT}")
    assert screen.end() == 0


def test_a_signal_to_the_program_ends_the_editor_first(tmp_path: Path) -> None:
    body = "trap 'echo saved > \"$0.told\"; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    program = script(tmp_path, body)
    code = (
        "import signal, sys\n"
        "def stop(number, frame): raise SystemExit(9)\n"
        f"signal.signal(signal.SIGTERM, stop)\n{RUN}"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(program)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait(10) == 9
    assert Path(f"{program}.told").read_text() == "saved\n"
    child.stdout.close()


def children() -> set[str]:
    """Process ids of our children, the dead that nobody waited for included."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return {row[0] for row in rows if row[1] == str(os.getpid()) and row[2] != "ps"}


@pytest.mark.parametrize("delay_s", [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.02])
def test_no_editor_is_left_behind(tmp_path: Path, delay_s: float) -> None:
    program = script(tmp_path, 'echo $$ > "$0.told"; sleep 30')

    def stop(number: int, frame: object) -> None:
        raise InterruptedError

    def run_and_be_stopped() -> None:
        signal.setitimer(signal.ITIMER_REAL, delay_s)
        run([str(program)])

    before = children()
    found = signal.signal(signal.SIGALRM, stop)
    gc.disable()  # what is raised within a callback of the collector is lost
    try:
        with pytest.raises(InterruptedError):
            run_and_be_stopped()
    finally:
        gc.enable()
        signal.signal(signal.SIGALRM, found)
    assert children() <= before
