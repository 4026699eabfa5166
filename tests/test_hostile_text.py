"""Text that would harm a terminal, in every field and at every place where text comes out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.program import Program, Ran, Screen

# In one line each, so that they fit every field.
SHORT = {
    "csi": "a\x1b[31mb\x1b[2Jc\x1b[1;1H",
    "title": "a\x1b]0;owned\x07b",
    "link": "\x1b]8;;http://evil\x1b\\words\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "strings": "\x1bPq\x1b\\ \x1b_apc\x1b\\ \x1b^pm\x1b\\ \x1bc",
    "c1": "\x9b31m \x9d0;x\x9c \x90q\x9c \x85 \x84",
    "overprint": "good\x08\x08\x08\x08evil",
    "controls": "a\x01b\x07c\x0bd\x0ce\x7ff\x1cg\x1fh",
    "bidi": "a\u202eb\u202cc\u2066d\u2069e\u202af",
    "tags": "a\U000e0041\U000e0042\U000e007fb",
    "unseen": "a\u200bb\u2060c\ufeffd\xade\u180ef\u3164g",
    "kept": "👩\u200d💻 می\u200cخواهم ❤\ufe0f a\u200eb\u200fc",
    "markup": "[/] [red]x[/red] [link=http://evil]y[/link] list[int] :smile: [@click=quit]z",
    "zalgo": "z" + "\u0301\u0334\u0489" * 400 + " end",
    "brackets": "[" * 300 + "](" * 300,
    "stars": "**a *b " * 200,
    "ticks": "`" * 301 + " `` ` " * 50,
    "entities": "&#x1b;[31m &#x202e;x &#27; &#x9b;y &#x200b;",
    "links": "[a](\x1b]8;;x) ![b\x1b[31m](c\x1b[2J\u202e.png) <http://\x1b[31m> [a](&#x1b;x)",
    "math": "$\x1b[31m^2$ $x^\u202e2$ \\(\\frac{\x07}{2}\\) $\\text{\x9b1m}$",
    "tabs": "a\tb\t\tc",
    "separators": "a\u2028b\u2029c",
    "wide": "中文字" * 60,
    "rtl": "שלום עולם مرحبا بالعالم " * 12,
    "emoji": "👩\u200d👩\u200d👧\u200d👦🏳\ufe0f\u200d🌈" * 30,
}
BLOCKS = {
    "list": "- a\x1b[31m\n- b &#x1b;[2J\n  - c\u202e\n- ",
    "quotes": ">" * 10_000 + " deep\x1b[31m",
    "code": "```python\x1b[31m\nx = '\x1b[31m'\x07\n\u202e\n```",
    "table": "| a\x1b[31m | b |\n| --- | --- |\n" + "| \x9b1m | &#x202e; |\n" * 2_500,
    "indented": "words\n\n    \x1b[31mcode\x08",
}
LONG = {
    "line": "x" * 1_000_000,
    "controls": "\x1b[31m" * 50_000,
    "open": "[" * 10_000,
    "words": "**a " * 50_000,
    "heap": "a" + "\u0301" * 100_000,
}

# What the program itself may write: colours, the cursor, modes.
OURS = re.compile(rb"\x1b\[[\d;]*m|\x1b\[[\d;]*[HKJ]|\x1b\[\?\d+[hl]")
HARMFUL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")


def harm(data: bytes) -> str:
    """The first harmful character in what a terminal was given, with what stands before it."""
    text = OURS.sub(b"", data).decode("utf-8")
    found = HARMFUL.search(text)
    return repr(text[max(0, found.start() - 60) : found.end()]) if found else ""


def assert_harmless(ran: Ran) -> None:
    """What came out of a pipe has no escape at all."""
    for text in (ran.out, ran.err):
        found = HARMFUL.search(text)
        assert not found, repr(text[max(0, found.start() - 60) : found.end()])


def card(text: str) -> str:
    variant = re.sub(r"[\[\]()`$\\]", "", text)  # its answer stands in the last brackets
    return f"Q: {text}\nA: {text}\nWhy: {text}\nFlip: {text}\nVariant: {variant} ({variant})\n"


def deck(name: str, cards: Iterable[str]) -> str:
    head = f"---\ndeck: {name}\ntags: [{name}]\nkey{name}: 1\n---\n## {name}\n> sources: {name}\n"
    return "\n".join((head, *cards))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A home whose every field is hostile."""
    base = tmp_path_factory.mktemp("hostile")
    program = Program(base / "home")
    folder = base / "cards"
    folder.mkdir()
    (folder / f"f{SHORT['csi']}{SHORT['bidi']}.md").write_text(
        card("a file of its own") + f"\n### {SHORT['csi']} {{type={SHORT['csi']}}}\n"
        f"Q: one {SHORT['csi']} ^{SHORT['title']}\nA: b\n\nQ: no answer {SHORT['csi']}\n"
    )
    decks = {
        "short": [card(f"{kind} {text}") for kind, text in SHORT.items()],
        "blocks": [card(f"\n{text}") for text in BLOCKS.values()],
        "long": [f"Q: {kind} {text}\nA: {text[:9_000]}\n" for kind, text in LONG.items()],
    }
    for name, cards in decks.items():
        (folder / f"{name}.md").write_bytes(deck(f"{name} {SHORT['csi']}", cards).encode())
    ran = program("import", str(folder))
    wanted = len(SHORT) + len(BLOCKS) + len(LONG) + 2
    assert f"{wanted} cards in 4 files" in ran.out, ran.err
    assert_harmless(ran)
    assert "␛[31m" in ran.err
    return program


@pytest.fixture
def hostile(imported: Program, tmp_path: Path) -> Program:
    """A copy of that home."""
    return Program(Path(shutil.copytree(imported.home, tmp_path / "home")))


def names(program: Program) -> dict[str, str]:
    """Each deck's name, by its first letters."""
    decks = program("deck", "list", "--json").json["decks"]
    return {one["deck"].partition(" ")[0]: one["deck"] for one in decks if not one["builtin"]}


def test_harm_is_seen() -> None:
    assert harm("\x1b[1;31mé\x1b[0m\x1b[2J\x1b[H\x1b[?1049h\r\n".encode()) == ""
    for text in ("\x1b]0;x", "\x1bc", "\x07", "\t", "\x7f", "\x9b", "\u202e", "\u200b"):
        assert harm(f"words {text}".encode())


def test_nothing_harmful_goes_into_a_pipe(hostile: Program, imported: Program) -> None:
    short = names(hostile)["short"]
    listed = hostile("card", "list", short, "--json").json["cards"]
    runs = [
        hostile(),
        hostile("due"),
        hostile("deck", "list"),
        hostile("card", "list"),
        hostile("review", stdin="r\n3\n" * 3 + "r\ns\n" * 40 + "q\n"),
        hostile("undo"),
        hostile("review", f"unknown {SHORT['csi']}{SHORT['bidi']}"),
        hostile("card", "show", f"{SHORT['csi']}{SHORT['bidi']}"),
        hostile("import", f"missing {SHORT['csi']}{SHORT['bidi']}"),
        hostile("import", str(imported.home.parent / "cards"), "--dry-run"),
        hostile("export", "anki", short, "-o", str(hostile.home / f"o{SHORT['csi']}.apkg")),
        *(hostile("card", "show", one["card"]) for one in listed[:12]),
    ]
    for number, ran in enumerate(runs):
        assert ran.code in (0, 1, 2), number
        assert_harmless(ran)


def test_nothing_harmful_goes_to_a_terminal_outside_a_session(
    hostile: Program, imported: Program
) -> None:
    dialogue = Program(hostile.home, environment={"TERM": "dumb"}).screen(
        "review", names(hostile)["short"]
    )
    dialogue.wait_for("Q: ")
    dialogue.press("r\rq\r")
    screens = (
        dialogue,
        hostile.screen("card", "list"),
        hostile.screen("import", "--dry-run", str(imported.home.parent / "cards")),
        hostile.screen("review", f"unknown {SHORT['csi']}"),
    )
    for screen in screens:
        screen.end()
        assert harm(screen.raw) == ""
        assert "␛[31m".encode() in screen.raw


def test_json_carries_every_text_as_it_is(hostile: Program) -> None:
    short = names(hostile)["short"]
    cards = hostile("card", "list", short, "--json").json["cards"]
    fronts = {one["front"] for one in cards}
    for kind, text in SHORT.items():
        if not re.search("[\r\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x85]", text):
            assert f"{kind} {text}".strip() in fronts, kind
    ran = hostile.jsonl(*[{"do": "reveal"}, {"do": "suspend"}] * 4, {"do": "quit"}, words=(short,))
    assert "\x1b" not in ran.out
    answers = [event for event in ran.events if event["event"] == "answer"]
    assert len(answers) == 4
    assert {answer["back"] for answer in answers} <= {one["back"] for one in cards}
    assert json.loads(hostile("due", "--json").out)["decks"]


@pytest.mark.parametrize(
    "group, columns", [("short", 80), ("short", 40), ("blocks", 80), ("long", 80)]
)
def test_the_full_screen_is_unharmed(hostile: Program, group: str, columns: int) -> None:
    name = names(hostile)[group]
    count = len(hostile("card", "list", name, "--json").json["cards"])
    screen = hostile.screen("review", name, "--new", str(count), columns=columns)
    for left in range(count, 0, -1):
        screen.wait_for(f" {left} left")
        assert_frame(screen)
        screen.press(" ")
        screen.wait_for("1 again")
        screen.press("\x1b[6~k")
        assert_frame(screen)
        screen.press("s")
    assert screen.end() == 0
    assert harm(screen.raw) == ""


def assert_frame(screen: Screen) -> None:
    """The header is in the first line, and the keys are in the last."""
    rows = screen.text.split("\n")
    assert " left · " in rows[0], screen.text
    assert "q quit" in rows[-1], screen.text
