"""Markdown to HTML for other programs: nothing lost, nothing live, nothing mistaken for syntax."""

from __future__ import annotations

import html as html_module
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from decks import card_keys
from exporters.fields import cloze_html, html, plain

OURS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
# What Anki would act on; it ignores case in the latter.
LIVE = re.compile(r"\{\{|\}\}|\[sound:|\[anki:|(?i:\[/?latex\]|\[/?\$\$?\])")

DELETION = re.compile(
    r"\{\{c\d+::(?:(?!::|\{\{|\}\}).)*(?:::(?:(?!::|\{\{|\}\}).)*)?\}\}", re.DOTALL
)


class Seen(HTMLParser):
    """What a browser would find."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_comment(self, data: str) -> None:
        self.tags.add("<!-- -->")

    def handle_decl(self, decl: str) -> None:
        self.tags.add("<!>")


def text_of(markup: str) -> str:
    return html_module.unescape(re.sub(r"<[^>]*>", "", markup))


def as_cloze(text: str) -> str:
    return cloze_html(text, {k: n for n, k in enumerate(card_keys("cloze", text), 1)})


MARKUP = st.lists(
    st.sampled_from([
        *("{{", "}}", "[", "]", "::", ":", "c1", "<b>", "<script>", "</", "&", "&lt;", "&#123;"),
        *("`", "```", "```py\n", "~~~c\n", "$", "$$", "\\(", "\\)", "*", "**", "_"),
        *("~~", "|", "-", ">", "#", "\n"),
        *("\n\n", "![", "](", ")", "javascript:", "http://a.b", "x.png", "data:image/", '"', "'"),
        *("sound:", "latex", "[$]", "[/$$]", "\\", "\x1f", "\ud800", "\ufdd0", "\ufdd1", "‖", "1"),
        *(" ", "a"),
    ]),
    max_size=30,
).map("".join)  # fmt: skip


@given(MARKUP | st.text(max_size=80))
@example("$$sound:[/$$]")
@example("[$]\\data:[$]")
def test_only_our_own_html_comes_out(text: str) -> None:
    for markup in (html(text), as_cloze(text)):
        seen = Seen(markup)
        assert seen.tags <= OURS
        for name, value in seen.attributes:
            assert name in {"href", "title", "class", "style", "start"}
            if name == "href":
                assert value.startswith(("http://", "https://"))
            if name == "style":
                assert value.startswith("text-align:")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ufdd0\ufdd1\ud800-\udfff]", markup)
    assert not LIVE.search(html(text))


@given(MARKUP)
def test_a_cloze_has_just_the_deletions_that_were_asked_for(text: str) -> None:
    keys = card_keys("cloze", text)
    markup = as_cloze(text)
    opened = re.findall(r"\{\{c(\d+)::", markup)
    assert {int(number) for number in opened} <= set(range(1, len(keys) + 1))
    assert not re.search(r"\{\{|\}\}", DELETION.sub("", markup)), markup


@given(st.text(min_size=1).filter(str.strip))
def test_no_text_becomes_an_empty_field(text: str) -> None:
    assert text_of(html(text)).strip() or not text_of(text).strip() or "<hr" in html(text)
    assert html(text).strip()


@pytest.mark.parametrize("text", ["&#10;", "&nbsp;", "[](http://a.b)", "![](x.png)"])
def test_markdown_that_shows_nothing_is_shown_as_written(text: str) -> None:
    assert text_of(html(text)).strip() == text


@pytest.mark.parametrize(
    "text", ["> " * 19 + "deep", "> " * 200 + "deep", "- " * 10 + "deep", "- " * 90 + "deep"]
)
def test_text_within_too_many_blocks_is_not_lost(text: str) -> None:
    assert "deep" in html(text)
    assert as_cloze(f"{text} [gap]").endswith("deep {{c1::gap}}")


def test_a_few_blocks_deep_is_still_markdown() -> None:
    assert html("- a\n  - b\n    - c\n      > d").count("<ul>") == 3


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("[_a_] x", "{{c1::<em>a</em>}} x"),
        ("[**(a)**] x", "{{c1::<strong>(a)</strong>}} x"),
        ("x**[a]**y", "x<strong>{{c1::a}}</strong>y"),
        ("_[a]_ x", "<em>{{c1::a}}</em> x"),
        ("[set {a}] x", "{{c1::set &#123;a&#125;}} x"),
        ("{[a]}", "&#123;{{c1::a}}&#125;"),
        ("[std::vector] and [a:]", "{{c1::std&#58;&#58;vector}} and {{c2::a&#58;}}"),
        ("{{c1::a::a {b}}} x", None),
        ("[$a::b$]", r"{{c1::\(a&#58;&#58;b\)}}"),
        ("[$\\frac{a}{b}$]", r"{{c1::\(\frac{a}{b}\)}}"),
        ("[$\\frac{a}{b_{c}}$]", r"{{c1::\(\frac{a}{b_{c&#125;&#125;\)}}"),
        ("‖ [‖1‖] 2", "‖ {{c1::‖1‖}} 2"),
        ("- [a]\n- [b]", "<ul>\n<li>{{c1::a}}</li>\n<li>{{c2::b}}</li>\n</ul>"),
        ("[first], `[not]`, [last]", "{{c1::first}}, <code>[not]</code>, {{c2::last}}"),
    ],
)
def test_deletions_hold_together(text: str, wanted: str | None) -> None:
    assert as_cloze(text) == (wanted or "{{c1::a::a &#123;b}} x".replace("b}}", "b}}&#125;"))


def test_only_numbered_gaps_are_deletions() -> None:
    assert cloze_html("[a] and [b]", {"b": 7}) == "a and {{c7::b}}"
    assert cloze_html("[a] {{c2::b::why}}", {"c2": 3}) == "a {{c3::b::why}}"


@pytest.mark.parametrize("syntax", ["[LaTeX]", "[/LATEX]", "[Sound:a]", "[$]", "[$$]", "[anki:x]"])
def test_syntax_is_text_whatever_its_case(syntax: str) -> None:
    assert syntax not in html(f"a {syntax} b")
    assert text_of(html(f"a {syntax} b")) == f"a {syntax} b"


CODE = "if x:\n\treturn  {'a': {}}\n\n\n    # <b> & [$] ::\n"


def test_code_keeps_every_character() -> None:
    body = re.fullmatch(r"<pre><code[^>]*>(.*)</code></pre>", html(f"```py\n{CODE}```"), re.DOTALL)
    assert body is not None
    assert text_of(body[1]) == CODE
    gap = as_cloze(f"[gap]\n\n```py\n{CODE}```")
    assert CODE in text_of(gap)


@pytest.mark.parametrize(
    "text",
    [
        "<" * 96_000, "[" * 16_000, "*a_ " * 4_000, "![[" * 5_000, "`" * 99 + " `" * 8_000,
        "> " * 8_000, "- " * 8_000, "[a](" * 4_000, "$a" * 8_000, "[a]" * 5_000, "a\n" * 8_000,
        "|" * 16_000, "{{c1::" * 2_600, "<a:" * 5_000,
    ],
    ids=range(14),
)  # fmt: skip
def test_hostile_text_takes_bounded_time(text: str) -> None:
    begun_s = time.process_time()
    html(text)
    as_cloze(text)
    assert time.process_time() - begun_s < 3


def test_long_text_is_plain() -> None:
    assert html("**a** <b>\n" * 2_000).startswith("**a** &lt;b&gt;<br>")
    assert as_cloze("**a** " * 3_000 + "[gap]").endswith("**a** {{c1::gap}}")


def test_links_of_the_web_only() -> None:
    assert html("[t](http://a.b)") == '<a href="http://a.b">t</a>'
    for target in ("javascript:x", "file:///a", "data:x", "a.md", "HTTP:x", "//a.b", "a.png"):
        assert "<a" not in html(f"[t]({target})")
    assert html("[here](plan.png), [there](http://a.b)") == 'here, <a href="http://a.b">there</a>'


def test_pictures_leave_their_words() -> None:
    for target in ("plan.png", "a/plan.SVG", "https://a.b/plan", "data:image/png;base64,AAAA"):
        assert html(f"![a *plan*]({target}) x") == "a plan x"
    assert html("[Warning]: never") == "[Warning]: never"


def test_plain_text_is_escaped_only() -> None:
    assert plain("*a* <b> {{c}}\x00") == "*a* &lt;b&gt; &#123;&#123;c&#125;&#125;�"
