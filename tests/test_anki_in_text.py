"""HTML of fields as markdown: what was text stays text, what was markup says the same."""

from __future__ import annotations

import html as html_module
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from decks import cloze
from decks.anki.clozes import marked, numbers, parsed
from decks.anki.gaps import cloze_text
from decks.anki.markdown import markdown
from decks.anki.templates import Side, compiled, rendered
from decks.drafts import split_id
from decks.parse import parse
from exporters.fields import html

CASES = {
    "plain  text\n here": "plain text\nhere",
    "a <b>b</b> <i>c</i> <s>d</s> <u>e</u>": "a **b** *c* ~~d~~ e",
    "<b>a</b><b>b</b> <strong><em>x</em></strong>": "**ab** ***x***",
    "<b>Note:</b>text": "Note:text",  # stars there would be no emphasis
    "<span style='font-weight: 700'>x</span><font color=red>y</font>": "**x**y",
    "one<div>two</div><div><br></div><div>three</div>": "one  \ntwo\n\nthree",
    "one<br>two<br/><br />three": "one  \ntwo\n\nthree",
    "<p>one</p><p>two<br>three</p>": "one\n\ntwo  \nthree",
    "<div>a<div>b</div></div>c": "a  \nb  \nc",
    "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>": "- a\n- b\n  - c",
    "<ol start='3'><li>x<li>y<br>z</ol>": "3. x\n4. y  \n   z",
    "<ul><li><p>a</p><p>b</p></li></ul>": "- a\n\n  b",
    "<pre><code class='language-py'>if x:\n\ty = `\n</code></pre>": "```py\nif x:\n\ty = `\n```",
    "<pre>a<br>b&lt;c&gt; ```</pre>": "````\na\nb<c> ```\n````",
    "see <code>a[0] &amp;&amp; b</code>, <code>`</code>": "see `a[0] && b`, `` ` ``",
    "<code>a<br>b</code> t": "```\na\nb\n```\n\nt",
    "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2|3<br>4</td></tr></table>": (
        "| a | b |\n| --- | --- |\n| 1 | 2\\|3 4 |"
    ),
    "<table><tr><td><ul><li>x</li></ul></td></tr></table>": "- x",
    "<blockquote>a<br>b</blockquote>": "> a  \n> b",
    r"\(a_1 * b\) and \[x &lt; y\]": "$a_1 * b$ and $$x < y$$",
    r"\(x\)5": r"\(x\)5",
    "<anki-mathjax>x^2</anki-mathjax> <anki-mathjax block='true'>y</anki-mathjax>": "$x^2$ $$y$$",
    "[latex]$x$[/latex] [$]y[/$] [$$]z[/$$]": "$x$ $y$ $$z$$",
    r"[latex]\begin{align}a&amp;b\end{align}[/latex]": r"$$\begin{align}a&b\end{align}$$",
    r"[latex]\textbf{x}[/latex]": r"`\textbf{x}`",
    r"<code>\(no\)</code>": r"`\(no\)`",
    '<img src="a b.png" alt="x [y]"> [sound:z.mp3]': "![x y](a%20b.png) ![](z.mp3)",
    '<img src="https://x.y/z.png">': "![](https://x.y/z.png)",
    '<a href="https://x.y/(">w</a> <a href="javascript:alert(1)">v</a>': "[w](https://x.y/%28) v",
    "10<sup>3</sup> H<sub>2</sub>O x<sup>ab</sup>": "10³ H₂O x^(ab)",
    "<ruby>漢<rt>kan</rt></ruby>": "漢(kan)",
    "<script>alert(1)</script>a<style>b{}</style><!-- c -->d": "ad",
    "List<int> x<y a<b": "List\\<int> x\\<y a\\<b",
    "&lt;b&gt; &amp;amp; &nbsp;&nbsp;x": "\\<b> \\&amp; x",
    "a*b*c _x_ snake_case `q` 2 * 3": "a\\*b\\*c \\_x\\_ snake_case \\`q\\` 2 * 3",
    "costs $5 and $6": "costs \\$5 and \\$6",
    "[a](b) x[0]": "\\[a](b) x\\[0]",
    "x[0] and [so]": "x[0] and [so]",
    "- a<br>1. b<br># c<br>&gt; d<br>---": "\\- a  \n1\\. b  \n\\# c  \n\\> d  \n\\---",
    "<h2>T</h2>x": "**T**\n\nx",
    "a<br>Why: b<br>Q: c": "a  \nWhy\\: b  \nQ\\: c",
    "see ^note-1": "see \\^note-1",
    "": "",
    "<div><br></div>": "",
}


@pytest.mark.parametrize("source", CASES)
def test_fields_become_markdown(source: str) -> None:
    assert markdown(source, str) == CASES[source]


def test_a_formula_next_to_a_digit_stays_one() -> None:
    from decks.spans import math_ranges

    for source in (r"\(x\)5", r"a \( x $ y \) b", r"\[a $$ b\]"):
        assert len(math_ranges(markdown(source, str))) == 1, markdown(source, str)


TEXT = st.text(st.sampled_from("ab1 \n*_`[]()<>&#-+=.:!\\$~^|{}cQ\"'é漢"), max_size=40)


def words(markup: str) -> str:
    return " ".join(html_module.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=80)
@example("\\[\\]")  # no formula stands in it
@given(TEXT)
def test_text_stays_text(text: str) -> None:
    for source in (html_module.escape(text), html_module.escape(text).replace("\n", "<br>")):
        made = markdown(source, str)
        assert squeezed(words(html(made))) == squeezed(text)
        assert split_id(made)[1] == ""
        assert len(parse(f"Q: q\nA: {made}\n", "x", "").notes) <= 1


MARKUP = st.lists(
    st.sampled_from(
        [
            "a",
            " b ",
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            "<div>",
            "</div>",
            "<br>",
            "<ul>",
            "<li>",
            "</ul>",
            "<p>",
            "<pre>",
            "</pre>",
            "<code>",
            "</code>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
            "\\(",
            "\\)",
            "{{c1::",
            "}}",
            "::",
            "&lt;",
            "<!--",
            "-->",
            "[sound:x]",
            "<img src=x>",
            "*",
            "_",
            "\ufdda",
            "\0",
            "<script>",
        ]
    )
)


@settings(max_examples=80)
@given(MARKUP.map("".join))
def test_any_html_is_read(source: str) -> None:
    made = markdown(source, str)
    assert not re.search("[\0\ufdd0-\ufdef\ud800-\udfff]", made.replace("\ufdd0", ""))
    assert made == made.strip()
    assert isinstance(numbers(parsed(source)), list)
    rendered(compiled(source), {}, Side(False, 1))


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(TEXT, st.integers(1, 4), st.text("ab :}{", max_size=5)), min_size=1, max_size=4
    )
)
def test_gaps_are_those_of_anki_or_none(parts: list[tuple[str, int, str]]) -> None:
    source = "".join(
        f"{html_module.escape(text)}{{{{c{n}::gap {n}::{hint}}}}}" for text, n, hint in parts
    )
    found = numbers(parsed(source))
    made = cloze_text(markdown(marked(source), str), count=len(parts), numbered=True)
    if made:
        assert [gap.number for gap in cloze.find_gaps(made)] == [n for _, n, _ in parts]
        assert sorted(cloze.gap_keys(made)) == sorted(f"c{n}" for n in found)
        assert cloze.fault(made) is None


def test_signs_of_ours_in_a_gap_are_words() -> None:
    source = "a {{c1::std&#58;&#58;vector&#125;&#125; x}} b"
    made = cloze_text(markdown(marked(source), str), count=1, numbered=True)
    [gap] = cloze.find_gaps(made)
    assert words(html(gap.text)) == "std::vector}} x"


@pytest.mark.parametrize(
    "source",
    [
        "<a ",
        '<a "',
        "<!--",
        "<!",
        "<b>",
        "</b>",
        "<div>",
        "<li>",
        "<pre>",
        "\\(",
        "\\[",
        "[latex]",
        "[sound:",
        "{{c1::",
        "}}",
        "*",
        "<img src='",
        "&",
        "&#x",
        "<ul><li>",
        "<td>",
        "<script>",
        "_a",
        "[a](",
        "<b>x</b>",
        "<i>x",
        "\n",
        " ",
        "::",
        "`",
        "<code>",
        "a<br>",
        "<p>",
        "$",
    ],
)
def test_hostile_text_costs_little(source: str) -> None:
    text = source * (60_000 // len(source))
    start = time.process_time()
    markdown(text, str)
    marked(text)
    rendered(compiled(text), {"": text}, Side(True, 1))
    assert time.process_time() - start < 30
