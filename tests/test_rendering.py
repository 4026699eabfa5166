"""What reaches the terminal: all of the words, and nothing that would move its cursor."""

from __future__ import annotations

import unicodedata
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from srs.cli.render import card_text, has_blocks, inline
from srs.cli.safe import safe, safe_line
from srs.cli.terminal import split_keys
from tests.program import Program

ANY = st.text(st.characters(codec=None), max_size=200)  # half surrogates included


@given(ANY)
def test_nothing_unsafe_is_left(text: str) -> None:
    for character in safe(text):
        category = unicodedata.category(character)
        assert character == "\n" or category not in ("Cc", "Cs"), repr(character)
        assert not 0x202A <= ord(character) <= 0x202E
        assert not 0x2066 <= ord(character) <= 0x2069
        assert not 0xE0000 <= ord(character) < 0xE0080
    assert "\n" not in safe_line(text)
    assert safe("a‍b é 中 👩‍💻") == "a‍b é 中 👩‍💻"


def shown(text: str, width: int = 60) -> str:
    console = Console(
        file=StringIO(), width=width, markup=False, emoji=False, highlight=False, color_system=None
    )
    console.print(card_text(text))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_entities_do_not_become_what_was_kept_out() -> None:
    text = shown("look\n\n- item &#x202E;evil&#x202C; &#xE0041; &#27;[31m\n\n# &#x2066;head\n")
    assert not any(ord(character) in (0x202E, 0x202C, 0x2066, 0xE0041, 27) for character in text)
    assert "<U+202E>evil" in text


@given(ANY)
def test_any_card_can_be_shown(text: str) -> None:
    assert "\x1b" not in shown(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The [store] serves [/red] [bold]x[/]", "The [store] serves [/red] [bold]x[/]"),
        ("a **b** *c* `d*e*`", "a b c d*e*"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("List<int> & <script>", "List<int> & <script>"),
        (r"a \*b\* \[c\]", "a *b* [c]"),
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("``a ` b``", "a ` b"),
        (":smile: :warning:", ":smile: :warning:"),
        ("A rollout runs [...] first", "A rollout runs [...] first"),
    ],
)  # fmt: skip
def test_inline_text(text: str, plain: str) -> None:
    assert not has_blocks(text)
    assert inline(text).plain == plain


def test_blocks_lose_nothing() -> None:
    text = "- List<int> [brackets] [/red]\n\n> quoted <b>\n\n1. [a link](https://x.y)\n\n"
    text += "```\ncode [/]\n```"
    printed = shown(text)
    for words in ("List<int> [brackets] [/red]", "quoted <b>", "https://x.y", "code [/]"):
        assert words in printed


def test_keys() -> None:
    assert split_keys(b"3 \r\x1b[A\x1b[6~\x1bOBx\x1b[99;1~\x1b") == [
        "3", "space", "enter", "up", "page-down", "down", "x", "escape"
    ]  # fmt: skip
    assert split_keys(b"\x1b[200~1234\x1b[201~q") == ["q"]
    assert split_keys("é中".encode()) == ["é", "中"]


@given(st.binary(max_size=60))
def test_no_bytes_break_the_keyboard(data: bytes) -> None:
    assert all(len(name) == 1 or name.isascii() for name in split_keys(data))


NASTY = "x\x1b[31m\x9b2J\u202ey\x07"


def test_no_command_lets_control_characters_through(srs: Program, tmp_path: Path) -> None:
    folder = tmp_path / f"f{NASTY}"
    folder.mkdir()
    source = folder / f"n{NASTY}.md"
    source.write_text(
        f"---\ntags: [t{NASTY}]\nk{NASTY}: 1\n---\n"
        f"Q: q{NASTY}\nA: a{NASTY}\n\nQ: no answer {NASTY}\n"
    )
    runs = [
        srs("import", str(folder)),
        srs("import", str(folder), "--json"),
        srs("import", f"missing{NASTY}"),
        srs("due"),
        srs("deck", "list"),
        srs("card", "list"),
        srs("review", stdin="r\nq\n"),
        srs("review", f"deck{NASTY}"),
        srs(f"command{NASTY}"),
        srs("config", "set", "zone", NASTY.replace("\x07", "")),
        srs("export", "anki", "-o", str(folder / f"o{NASTY}.apkg")),
    ]
    card = srs("card", "list", "--json").json["cards"][0]["card"]
    runs += [srs("card", "show", card), srs("card", "suspend", card), srs("undo")]
    for number, ran in enumerate(runs):
        for character in ("\x1b", "\x9b", "\u202e", "\x07"):
            if "schema" not in ran.out:  # JSON carries the text itself, escaped
                assert character not in ran.out, number
            assert character not in ran.err, number
        assert "\x1b" not in ran.out
