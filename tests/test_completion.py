"""Completion: in real shells where they are installed, and in the answers that they ask for."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from exporters import format_names
from srs.cli import completion
from srs.cli.completion import ASKING, SHELLS, candidates
from tests.documented import HELP, blocks, scripts
from tests.program import CARDS, SRS, Program, Screen

BIN = str(Path(SRS).parent)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A collection that nobody changes."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "own.md").write_text(CARDS)
    (folder / "x.md").write_text("---\ndeck: Serving::Caches\n---\na :: b\n")
    program = Program(folder / "home")
    assert program("import", str(folder / "own.md"), str(folder / "x.md")).code == 0
    return program


@pytest.fixture
def own(filled: Program, tmp_path: Path) -> Program:
    """The same, to be changed."""
    shutil.copytree(filled.home, tmp_path / "home")
    return Program(tmp_path / "home")


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"no {shell} here")


def values(*words: str, home: Path | None = None) -> list[str]:
    place = ["--home", str(home)] if home else []
    return [item.value for item in candidates([*place, *words[:-1]], words[-1])]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["re"], ["review", "restore"]),
        (["config", "un"], ["unset"]),
        (["review", "--no"], ["--no-new"]),
        (["review", "--now"], []),  # hidden
        (["review", "ow"], ["Own"]),
        (["review", "--deck", "Monitoring"], ["Monitoring and drift"]),
        (["review", "--deck=Ow"], ["--deck=Own"]),
        (["card", "list", "03"], ["03-features"]),
        (["card", "list", "lev"], ["level:"]),
        (["card", "list", "is:sus"], ["is:suspended"]),
        (["card", "list", "concept:canary-d"], ["concept:canary-deployment"]),
        (["review", "--find", "tag:mi"], ["tag:mine"]),
        (["card", "flag", "3f2a", "r"], ["red"]),
        (["card", "new", "--deck", "Ow"], ["Own"]),
        (["card", "new", "--tag", "mi"], ["mine"]),
        (["import", "--al"], ["--all"]),
        (["card", "list", "--sort", "de"], ["deck"]),
        (["deck", "disable", "Own", "O"], ["Own"]),
        (["review", "--tag", "mi"], ["mine"]),
        (["review", "--concept", "canary-d"], ["canary-deployment"]),
        (["review", "--level", ""], ["mid", "senior", "staff"]),
        (["config", "set", "leech"], ["leech_lapses", "leech_action"]),
        (["config", "set", "theme", ""], ["auto", "dark", "light", "plain"]),
        (["config", "set", "typed", "f"], ["false"]),
        (["config", "set", "new_per_day", ""], []),
        (["help", "scr"], ["scripting"]),
        (["help", "und"], ["undo"]),
        (["export", ""], list(format_names())),
        (["completion", ""], list(SHELLS)),
        (["no-such-command", ""], None),
    ],
)
def test_what_may_stand_next(filled: Program, words: list[str], found: list[str] | None) -> None:
    if found is None:
        with pytest.raises(Exception, match="no command"):
            values(*words)
    else:
        assert values(*words, home=filled.home) == found


def asked(program: Program, *words: str, how: str = "zsh") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SRS, *words], env=program.env() | {"_SRS_COMPLETE": how}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def test_pressing_tab_leaves_no_trace(srs: Program) -> None:
    assert "plain\t03-features" in asked(srs, "review", "03").stdout
    assert not srs.home.exists()


def test_an_older_collection_is_not_converted(own: Program) -> None:
    with closing(sqlite3.connect(own.database)) as connection:
        connection.execute("PRAGMA user_version = 1")
    before, touched_ns = own.database.read_bytes(), own.home.stat().st_mtime_ns
    assert asked(own, "review", "Ow").stdout == "plain\tOwn\t\n"
    assert own.database.read_bytes() == before
    assert own.home.stat().st_mtime_ns == touched_ns  # no file came, not even for a moment


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000])
def test_a_broken_collection_is_silent(own: Program, content: bytes) -> None:
    own.database.write_bytes(content)
    ran = asked(own, "review", "O")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert own.database.read_bytes() == content


def test_an_open_session_is_read_beside(own: Program) -> None:
    import srs as library

    with library.open_collection(own.home) as collection:
        card = collection.next_card(1_772_438_400_000)
        assert card is not None
        collection.answer(card, library.Rating.GOOD, 1_772_438_400_000)
        assert asked(own, "review", "O").stdout == "plain\tOwn\t\n"


def test_files_are_left_to_the_shell(own: Program) -> None:
    assert asked(own, "import", "").stdout.startswith("file\t")
    for words in (["merge", ""], ["export", "anki", "-o", ""], ["card", "new", "--file", ""]):
        assert [item.type for item in candidates(words[:-1], "")] == ["file"]
    assert [item.type for item in candidates(["--home"], "")] == ["dir"]


@pytest.mark.parametrize(
    ("line", "how", "answer"),
    [
        ("srs review Serving::C", "bash:", "plain\tCaches\t\n"),
        ("srs review 'Serving::C", "bash", "plain\tServing::Caches\t\n"),
        ("srs review 'Own' Serving\\:\\:", "bash", "plain\tServing::Caches\t\n"),
        ("srs review --deck=Ow", "bash:", "plain\tOwn\t\n"),
        ('srs review "unfinished \\', "bash", ""),
    ],
)
def test_bash_keeps_what_stands_before_a_colon(
    filled: Program,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    how: str,
    answer: str,
) -> None:
    monkeypatch.setenv("SRS_HOME", str(filled.home))
    monkeypatch.setenv(ASKING, how)
    monkeypatch.setattr(sys, "argv", ["srs", line])
    completion.answer()
    assert capsys.readouterr().out == answer


def test_only_completing_loads_what_completes(own: Program) -> None:
    code = "import sys; from srs.cli import main; import srs.cli.context"
    listed = subprocess.run(
        [sys.executable, "-c", f"{code}; print(*sys.modules)"], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert "srs.cli.completion" not in listed.stdout
    assert "click.shell_completion" not in listed.stdout.split()


def test_the_script_is_printed(srs: Program) -> None:
    assert srs("completion", "zsh").out == scripts("zsh")
    assert srs("completion", "zsh", "--json").json["script"] == scripts("zsh")


def install_line(shell: str) -> str:
    lines = [block.text for block in blocks(HELP / "completion.md")]
    return next(line for line in lines if f"srs completion {shell}" in line)


def installed(program: Program, home: Path, shell: str) -> dict[str, str]:
    """The surroundings of a learner who has run the line that the manual gives."""
    env = program.env() | {
        "HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}", "XDG_CONFIG_HOME": "",
        "ZDOTDIR": str(home),
    }  # fmt: skip
    for name in ("ZDOTDIR", "XDG_CONFIG_HOME"):
        if shell != "zsh" or name == "XDG_CONFIG_HOME":
            env.pop(name)
    subprocess.run(["bash", "-c", install_line(shell)], env=env, check=True)
    return env


class Shell(Screen):
    """A learner's shell, on a terminal."""

    def __init__(self, env: dict[str, str], command: list[str]) -> None:
        program = Program(Path(env["SRS_HOME"]), environment=env)
        super().__init__(program, command, 100, 24)

    def tab(self, typed: str, completed: str) -> None:
        self.press(f"\x15{typed}\t")
        self.wait_for(completed)


CASES = [
    ("srs und", "srs undo"),
    ("srs review Monit", "srs review Monitoring\\ and\\ drift"),
    ("srs review --concept canary-d", "--concept canary-deployment"),
    ("srs config set theme pl", "srs config set theme plain"),
]


NASTY = "Nasty $(touch ran) `touch ran` it's \\ end"


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_name_is_no_command_in_any_quotes(
    own: Program, tmp_path: Path, name: str, quote: str
) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"no {name} here")
    (tmp_path / "nasty.md").write_text(f"---\ndeck: {NASTY}\n---\nnasty :: name\n")
    assert own("import", str(tmp_path / "nasty.md")).code == 0
    env = installed(own, tmp_path, name)
    shell = Shell(env, [name, *(["--norc"] if name == "bash" else ["-f"]), "-i"])
    shell.press(f"cd {tmp_path}; PS1='> '; . ./.srs-completion.{name}; clear\r")
    shell.wait_for(">")
    shell.tab(f"srs card list --count {quote}Nast", "end")
    shell.press("\x01printf %s. \x05 > words; echo do''ne\r")
    shell.wait_for("done")
    assert (tmp_path / "words").read_text() == f"srs.card.list.--count.{NASTY}."
    assert not (tmp_path / "ran").exists()
    shell.child.close()


def test_names_that_a_query_would_have_to_quote_are_no_terms(own: Program, tmp_path: Path) -> None:
    text = '---\ntags: ["so (so)", "a(b)", odd]\n---\nodd :: tag\n'
    (tmp_path / "odd.md").write_text(text)
    assert own("import", str(tmp_path / "odd.md")).code == 0
    found = values("card", "list", "tag:", home=own.home)
    assert "tag:odd" in found
    for term in found:
        assert own("card", "list", term, "--count").code == 0, term


def test_bash_completes(own: Program, tmp_path: Path) -> None:
    env = installed(own, tmp_path, "bash")
    (tmp_path / "notes.md").touch()
    shell = Shell(env, ["bash", "--rcfile", str(tmp_path / ".bashrc"), "-i"])
    shell.press("PS1='> '; cd; clear\r")
    shell.wait_for(">")
    quoted = ('srs review "Monit', 'srs review "Monitoring and drift"')
    for typed, completed in (*CASES, quoted, ("srs import not", "srs import notes.md")):
        shell.tab(typed, completed)
    shell.child.close()


@needs("zsh")
def test_zsh_completes(own: Program, tmp_path: Path) -> None:
    env = installed(own, tmp_path, "zsh")
    rc = tmp_path / ".zshrc"
    rc.write_text(
        "skip_global_compinit=1; autoload -Uz compinit; compinit -u -D\n" + rc.read_text()
    )
    shell = Shell(env, ["zsh", "-d", "-i"])
    shell.press("PS1='> '; unset zle_bracketed_paste; clear\r")
    shell.wait_for(">")
    for typed, completed in CASES:
        shell.tab(typed, completed)
    shell.child.close()


@needs("fish")
def test_fish_completes(own: Program, tmp_path: Path) -> None:
    env = installed(own, tmp_path, "fish")
    assert (tmp_path / ".config/fish/completions/srs.fish").exists()
    asking = "; ".join(f"complete -C '{typed}'" for typed, _ in CASES)
    ran = subprocess.run(
        ["fish", "-c", asking], env=env, capture_output=True, text=True, check=False
    )
    found = [line.partition("\t")[0] for line in ran.stdout.splitlines()]
    assert found == ["undo", "Monitoring and drift", "canary-deployment", "plain"], ran.stderr


def test_the_scripts_are_short() -> None:
    for shell in SHELLS:
        assert len(re.findall(r"\n", scripts(shell))) <= 30
