"""What reaches the terminal: all of the words, and nothing that would move its cursor."""

from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style

from decks.images import Image, images, label
from srs.cli.breaks import without_marks
from srs.cli.mathtext import formula
from srs.cli.render import card_text, has_blocks, inline
from srs.cli.safe import safe, safe_line
from srs.cli.terminal import split_keys
from srs.cli.theme import DARK, LIGHT, PLAIN, Look, look_of
from tests.program import Program

LOOKS = (DARK, LIGHT, PLAIN)
ANY = st.text(st.characters(codec=None), max_size=200)  # half surrogates included
# What markdown is made of, so that chance finds tables, lists and their like.
SIGNS = (
    "- ", "* ", "1. ", "987654321. ", "> ", "# ", "## ", "```\n", "~~~ a b\n", "    ", "\t", "|",
    "|-|-|", "|a|b|\n|-|-|\n", "\n", "\n\n", "---", "===", "**", "*", "_", "~~", "`", "``", "\\",
    "[", "]", "(", ")", "[...]", "[x](y)", "[x](y 'z')", "![", "[a]: b", "<", "<b>", "<http://a.b>",
    "$x^2$", "$", "$$", "\\(", "&", "word", "averyveryverylongwordindeed", "中文字", "👩‍💻", "שלום",
    "e\u0301", "é", " ", "\x1b[31m", "\u202e", "\x9b", "\r", "\x00", "\ufdd00\ufdd1",
)  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(SIGNS), max_size=60).map("".join)
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@given(ANY)
def test_nothing_unsafe_is_left(text: str) -> None:
    for character in safe(text):
        category = unicodedata.category(character)
        assert character == "\n" or category not in ("Cc", "Cs"), repr(character)
        assert not 0x202A <= ord(character) <= 0x202E
        assert not 0x2066 <= ord(character) <= 0x2069
        assert not 0xE0000 <= ord(character) < 0xE0080
    assert "\n" not in safe_line(text)


def test_what_is_safe_stays_and_what_hides_is_told() -> None:
    for kept in (
        "a‍b é 中 👩‍💻 ❤️ می\u200cخواهم a\u200eb\u200fc\u061c",
        "e" + "\u0301" * 8,
        "नमस्ते ก็",
    ):
        assert safe(kept) == kept
    for (
        hidden
    ) in "\u200b\u2060\u2061\u00ad\u180e\ufeff\u034f\u3164\u115f\ufff9\u206a\U000e0041\u202e\u2067":
        assert safe(f"a{hidden}b") == f"a<U+{ord(hidden):04X}>b"
    assert safe("\ufdd0\uffff\ud800\x9b") == "�" * 4
    assert safe("z" + "\u0301" * 508 + "a") == "z" + "\u0301" * 8 + "<500 more marks>a"


def painted(text: str, width: int = 60, look: Look = DARK) -> str:
    """A card's text as a terminal gets it."""
    console = Console(
        file=StringIO(), width=width, markup=False, emoji=False, highlight=False,
        force_terminal=True, color_system="standard",
    )  # fmt: skip
    console.print(card_text(text, look=look))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def shown(text: str, width: int = 60, look: Look = DARK) -> str:
    """The same without its colours."""
    return COLOUR.sub("", painted(text, width, look))


def test_entities_do_not_become_what_was_kept_out() -> None:
    text = "- [a](&#x202e;x '&#27;t')\n- item &#x202E;evil&#x202C; &#xE0041; &#27;[31m"
    text = shown(f"{text}\n\n# &#x2066;head\n")
    assert not any(ord(character) in (0x202E, 0x202C, 0x2066, 0xE0041, 27) for character in text)
    assert "<U+202E>evil" in text


@given(ANY | MARKDOWN, st.integers(20, 100), st.sampled_from(LOOKS))
@example("| " * 40 + "\n" + "|-" * 40 + "|\n" + "| 中 " * 40, 20, DARK)
@example("- " * 8 + "words", 20, DARK)
def test_any_card_can_be_shown(text: str, width: int, look: Look) -> None:
    lines = shown(text, width, look).split("\n")
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufdd0]", "".join(lines)
    )
    assert max(cell_len(line) for line in lines) <= width


@given(MARKDOWN, st.integers(20, 100))
@example("|a|b|\n|-|-|\n---|a|b|\n|-|-|\n", 20)  # a row with more cells than the table
@example(f"|a|b|\n|-|-|\n|{'word' * 30}|{'word' * 30}|\n", 20)
@example("- " * 8 + "words", 20)
@example(r"- [<http://a.b>\[x](y)", 20)  # a link inside a link
@example("987654321. 987654321. words", 20)
def test_no_letter_is_lost(text: str, width: int) -> None:
    assume(not re.search(r"(```|~~~)[ `~]*[\w.+#-]+\s*$", text, re.MULTILINE))  # a language's name
    assume(not images(safe(text)))  # they are told by their words
    assert not letters(text) - letters(shown(text, width, PLAIN))


def letters(text: str) -> Counter[str]:
    """Every letter and how often it stands there, raised or not."""
    return Counter(filter(str.isalpha, unicodedata.normalize("NFKC", text)))


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
        ("**a `b` *c*** ***d*** **e *f* `g", "a b c d **e f `g"),
        ("*a **b* c** d*", "a **b c** d*"),
        ("****a**** ** b ** a*b*c", "****a**** ** b ** a*b*c"),
        ("`$x^2$` is $x^2$; $5 and $6", "$x^2$ is x²; $5 and $6"),
        ("$5 or $6, `$HOME`", "$5 or $6, $HOME"),
        (r"\(x^2\), \[x_i\], \(or else\), $$ n $$", "x², xᵢ, (or else), n"),
        (r"costs \$5, \~", "costs $5, ~"),
        ("![a **b**](c.png) ![](d/e%20f.png)", "[image: a **b**] [image: e%20f.png]"),
        ("![a $x^2$](b) $x![d](e)^2$", "[image: a $x^2$] x![d](e)²"),
        ("pay $x, get y$. *a*b 2*x", "pay $x, get y$. *a*b 2*x"),
        ("in $HOME/bin:$PATH, $n$-th", "in $HOME/bin:$PATH, n-th"),
        ("`![a](b)` ~~gone~~ &lt; [a](b)", "![a](b) ~~gone~~ &lt; [a](b)"),
    ],
)  # fmt: skip
def test_inline_text(text: str, plain: str) -> None:
    assert not has_blocks(text)
    assert inline(text).plain == plain


@pytest.mark.parametrize(
    "text, lines",
    [
        ("one  \ntwo\\\n  three\nfour", ["one", "two", "three four"]),
        ("*a\\\nb* [...]  \n[...]", ["a", "b [...]", "[...]"]),
        ("a\\\\\nb `c\\\nd` `e  \nf`", ["a\\ b c\\ d e   f"]),
        ("$a\\\\\nb$  \nend\\", ["$a\\\\ b$", "end\\"]),
        ("- one  \n  two\\\n  three\n\n> a  \n> b", ["• one", "two", "three", "▌ a", "▌ b"]),
    ],
)
def test_hard_breaks_are_line_breaks(text: str, lines: list[str]) -> None:
    assert [line.strip() for line in shown(text).splitlines() if line.strip()] == lines


@pytest.mark.parametrize(
    "text, plain",
    [
        ("one\\\ntwo  \nthree\\", "one\ntwo  \nthree\\"),
        ("a\\\\\nb\\\nc", "a\\\\\nb\nc"),
        ("```\nrun \\\n  x\n```\na\\\n`b\\\nc`", "```\nrun \\\n  x\n```\na\n`b\\\nc`"),
        ("    run \\\n    x\n$a\\\nb$", "    run \\\n    x\n$a\\\nb$"),
    ],
)
def test_marks_of_hard_breaks_are_left_out_where_text_is_plain(text: str, plain: str) -> None:
    assert without_marks(text) == plain


def test_hard_breaks_are_shown_in_the_dialogue_and_by_card_show(
    own: Program, tmp_path: Path
) -> None:
    path = tmp_path / "breaks.md"
    path.write_text("Q: Which rungs?\nA: plan\\\nbuild\\\nship\n")
    assert own("import", str(path)).code == 0
    card = own("card", "list", "rungs", "--json").json["cards"][0]
    assert card["back"] == "plan\\\nbuild\\\nship"
    assert "A: plan\nbuild\nship\n" in own("card", "show", card["card"]).out
    said = own("review", "--find", "rungs", stdin="r\nq\n").out
    assert "A: plan\nbuild\nship\n" in said


def test_blocks_lose_nothing() -> None:
    text = "- List<int> [brackets] [/red]\n\n> quoted <b>\n\n1. [a link](https://x.y)\n\n"
    text += "```\ncode [/]\n```"
    printed = shown(text)
    for words in ("List<int> [brackets] [/red]", "quoted <b>", "https://x.y", "code [/]"):
        assert words in printed


def test_blocks_hold_formulas_images_and_gaps() -> None:
    text = (
        "# Head\n\n    $x^2$\n\n"
        "- $x^2$ and ![a](b.png) [...]\n- `$x^2$` [words](http://a 'title')\n"
    )
    printed = shown(text)
    assert printed.startswith("Head ")  # neither boxed nor centred
    for words in ("x² and [image: a] [...]", "$x^2$ words (http://a title)", "  $x^2$"):
        assert words in printed


def test_prices_in_a_list_stay() -> None:
    printed = shown("- costs $a = b\n- or c$ more")
    assert "• costs $a = b" in printed
    assert "• or c$ more" in printed


def test_long_code_wraps() -> None:
    code = " ".join(f"word{number}" for number in range(60))
    for look in LOOKS:
        printed = shown(f"```python\n{code}\n{'x' * 300}\n```", 40, look)
        assert printed.split()[:60] == code.split()
        assert printed.count("x") == 300


def test_a_crowded_table_becomes_lines() -> None:
    head = "|".join(f"column{number}" for number in range(12))
    printed = shown(f"|{head}|\n{'|-' * 12}|\n{'|value' * 12}|", 40)
    assert "column0 | column1" in printed
    assert printed.count("value") == 12


def test_without_colours_the_marks_stay() -> None:
    for text in ("a `b` ~~c~~ [...]", "- a `b` ~~c~~ [...]"):
        assert "`b` ~~c~~ [...]" in shown(text, look=PLAIN)
    code = "```python\ndef f(): return 'a'  # b\n```\n| a |\n|---|\n| **b** |\n\n> ![c](d)\n\n# e"
    styles = {
        style
        for found in COLOUR.findall(painted(code, look=PLAIN))
        for style in found[2:-1].split(";")
    }
    assert styles <= {"", "0", "1", "3", "4", "7"}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_styles_are_those_that_every_terminal_has(look: Look) -> None:
    assert look.styles.keys() == DARK.styles.keys()
    for name, meaning in look.styles.items():
        style = Style.parse(meaning)
        assert style.bgcolor is None, name
        assert style.color is None or (style.color.number or 0) < 16, name
        if look is PLAIN:
            assert style.color is None and not style.dim, name  # noqa: PT018
        if look is LIGHT and style.color:
            assert style.color.name not in ("yellow", "white"), name
            assert style.color.name == "bright_black" or "bright" not in style.color.name, name


@pytest.mark.parametrize(
    ("setting", "environment", "name"),
    [
        ("auto", {}, "dark"),
        ("auto", {"COLORFGBG": "15;0"}, "dark"),
        ("auto", {"COLORFGBG": "0;15"}, "light"),
        ("auto", {"COLORFGBG": "0;default;7"}, "light"),
        ("auto", {"COLORFGBG": "?"}, "dark"),
        ("dark", {"COLORFGBG": "0;15"}, "dark"),
        ("light", {}, "light"),
        ("light", {"NO_COLOR": "1"}, "plain"),
        ("light", {"NO_COLOR": ""}, "light"),
        ("plain", {}, "plain"),
    ],
)  # fmt: skip
def test_which_look(setting: str, environment: dict[str, str], name: str) -> None:
    assert look_of(setting, environment).name == name


@pytest.mark.parametrize(
    ("written", "readable"),
    [
        (r"\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"10^{-3} \le x^{i + 1}", "10⁻³ ≤ xⁱ⁺¹"),
        (r"O(n\log n) = 2\log_2{n}", "O(n log n) = 2 log₂n"),
        (r"\frac{a}{b} + \frac{1}{2a} + \frac{a + b}{2}", "a/b + 1/(2a) + (a + b)/2"),
        (r"\frac{\text{hits}}{\text{hits} + \text{misses}}", "hits/(hits + misses)"),
        (r"\operatorname{softmax}\left(QK^T/\sqrt{d_k}\right)V", "softmax(QKᵀ/√dₖ)V"),
        (r"\hat{y}_i = \sigma(w^\top x), \sqrt{n+1}", "ŷᵢ = σ(wᵀ x), √(n+1)"),
        (r"\mathbb{E}[X] \to \infty", "𝔼[X] → ∞"),
        (r"\{0, 1\}, 50\%", "{0, 1}, 50%"),
        ("f'(x)\n- 1", "f′(x) - 1"),
    ],
)  # fmt: skip
def test_formulas(written: str, readable: str) -> None:
    assert formula(f"${written}$", written) == readable


@pytest.mark.parametrize(
    "written",
    [
        r"e^{x^2}", r"\theta_{old}", r"\alphabet", r"\begin{matrix}1\end{matrix}", "{", "}", "a_",
        r"a \\ b", "^", r"\frac{1}", r"\not\in", r"\sqrt[3]{n}", r"\text{a_b}", r"\backslash",
        "{" * 150 + "x" + "}" * 150, r"\frac" * 70, "x" * 500, "x^V", "x^.", " ",
        r"\hat{xy}", "a & b",
    ],
)  # fmt: skip
def test_a_formula_that_is_not_simple_stays_as_written(written: str) -> None:
    assert formula(f"$${written}$$", written) == f"$${written}$$"


TEX = (
    r"\frac", r"\sqrt", r"\alpha", r"\sum", r"\log", r"\hat", r"\mathbb", r"\text", r"\left",
    r"\right", r"\unknown", "\\", "{", "}", "^", "_", " ", "a", "i", "1", "+", "(", ")", ".", "&",
    "~", "'",
)  # fmt: skip


@given(st.lists(st.sampled_from(TEX), max_size=20).map("".join) | ANY)
def test_a_formula_is_readable_or_as_written(written: str) -> None:
    written = safe(written)
    found = formula(f"$$ {written} $$", written)
    if found != f"$$ {written} $$":
        assert not re.search(r"[\\^_]", found)
        assert found.strip()
        assert safe(found) == found


def test_images() -> None:
    text = r"""![a *b*](c.png) `![no](d.png)` ![](<my pic.png>) ![e](f\(1\).png "title") \![no](g)
![two
lines](h_(1).png) ![no] (i) ![x [y]](j)"""
    assert images(text) == (
        Image("a *b*", "c.png"), Image("", "my pic.png"), Image("e", "f(1).png"),
        Image("two lines", "h_(1).png"), Image("x [y]", "j"),
    )  # fmt: skip
    assert label(Image("", "a/b/c.png")) == "[image: c.png]"
    assert label(Image("", "")) == "[image: ?]"
    assert images("```\n![a](b)\n```\n") == ()


def test_long_texts_are_plain_and_very_long_ones_cut() -> None:
    assert "**" not in shown("**a** " * 2_000)
    assert "**" in shown("**a** " * 3_000)
    assert "… 983,040 more characters: srs card show\n" in shown("x" * 2**20, 80)
    assert shown("x" * 2**20, 80).count("x") == 65_536
    lines = shown("**line**\n" * 20_000, 80).split("\n")
    assert set(lines[:-2]) == {"**line**"}
    assert "**" in shown("> " * 21 + "**deep**", 200)
    assert "**" not in shown("> " * 20 + "**deep**", 200)
    assert "**" in shown("> " * 20 + "**deep**", 80)
    table = "| a | b |\n|---|---|\n"
    assert "**x**" in shown(table + "| **x** | y |\n" * 1_000)
    assert "**x**" not in shown(table + "| **x** | y |\n" * 900)


def seconds(work: Callable[[str], object], text: str) -> float:
    """The least of three times."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize(
    "unit",
    ["*", "**a", "**a ", "*a ", "`", "`a", "``a`", "[", "![a](", "$a ", "\\(", "a\u0301\u0301"],
)
def test_hostile_repetition_costs_linear_time(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (25_000, 100_000))
    # Four times the text: sixteen times the time if it were quadratic; other work disturbs both.
    assert seconds(inline, long) < 12 * max(seconds(inline, short), 0.02)


@pytest.mark.parametrize("unit", ["x", "x ", "x\n", "\t", "\u202e", "中", "\x1b[31m", "**a"])
def test_a_very_long_text_costs_no_more_than_a_long_one(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (65_536, 2**20))
    assert seconds(shown, long) < 12 * max(seconds(shown, short), 0.02)


def test_keys() -> None:
    assert split_keys(b"3 \r\x1b[A\x1b[6~\x1bOBx\x1b[99;1~\x1b") == [
        "3", "space", "enter", "up", "page-down", "down", "x", "escape"
    ]  # fmt: skip
    assert split_keys(b"\x1b[200~1234\x1b[201~q") == ["q"]
    assert split_keys("é中".encode()) == ["é", "中"]
    # xterm, its application mode, tmux and the Linux console, rxvt
    assert split_keys(b"\x1b[H\x1bOH\x1b[1~\x1b[7~") == ["home"] * 4
    assert split_keys(b"\x1b[F\x1bOF\x1b[4~\x1b[8~") == ["end"] * 4


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
