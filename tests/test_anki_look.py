"""How cards look in Anki: golden pages out of its own backend, looked at by a browser; colours of
code; and what stands in the fields beside question and answer, read back."""

from __future__ import annotations

import html as html_module
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from decks import Variant
from decks.anki import own
from decks.anki.markdown import markdown
from exporters.anki import parts, templates
from exporters.code import _BY_NAME as LANGUAGES
from exporters.code import _LEXERS as LEXERS
from exporters.code import COLOURS, coloured
from exporters.fields import html
from tests import anki_pages
from tests.anki_backend import anki, import_package
from tests.anki_pages import GOLDEN, OPEN_ALL, SKINS, Shown, golden, page
from tests.browser import Browser
from tests.test_export_anki import note, package
from tests.test_export_fields import LIVE, as_cloze, text_of
from tests.test_stats_page import contrast

NAMES = [note.id for note in anki_pages.NOTES]


@pytest.fixture(scope="module")
def pages() -> dict[str, Shown]:
    return anki_pages.shown()


@pytest.mark.parametrize("name", NAMES)
def test_cards_look_as_they_did(name: str, pages: dict[str, Shown]) -> None:
    assert golden(pages[name]) == (GOLDEN / f"{name}.html").read_text(encoding="utf-8")


def test_anki_has_our_style(pages: dict[str, Shown]) -> None:
    assert {one.style for one in pages.values()} == {templates.CSS}
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(NAMES)


def test_a_question_gives_nothing_away(pages: dict[str, Shown]) -> None:
    for name, one in pages.items():
        assert re.fullmatch(r'<div class="front" dir="auto">.*</div>', one.question, re.DOTALL)
        assert one.question.count("<div") == 1, name
    asked = text_of(pages["every-part"].question)
    assert asked == next(note.front for note in anki_pages.NOTES)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    written = "".join(str(value) for value in vars(templates).values())
    assert not re.search(r"url\(|@import|@font-face|https?:|<script|javascript:|\bon\w+=", written)


# Colours

SCHEMES = [
    dict(re.findall(r"--(\w+): (#\w{6});", block)) for block in templates.CSS.split("}", 2)[:2]
]


@pytest.mark.parametrize("colours", SCHEMES, ids=["light", "night"])
def test_every_colour_can_be_read(colours: dict[str, str]) -> None:
    assert set(colours) == set(SCHEMES[0])
    for name in set(colours) - {"paper", "wash", "rule"}:
        for ground in ("paper", "wash"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


LOOK = """(width => {
  const over = document.documentElement.scrollWidth - width, seen = {}, small = [], taps = [];
  const ground = node => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return 'none';
  };
  const texts = document.createTreeWalker(document.querySelector('#qa'), NodeFilter.SHOW_TEXT);
  for (let text; text = texts.nextNode();) {
    const node = text.parentElement, style = getComputedStyle(node);
    if (!text.data.trim() || node.tagName === 'STYLE') continue;
    if (parseFloat(style.fontSize) < 11) small.push(text.data);
    seen[style.color + ' on ' + ground(node)] = text.data;
  }
  for (const one of document.querySelectorAll('summary'))
    if (one.getBoundingClientRect().height < 40) taps.push(one.textContent);
  const wide = [...document.querySelectorAll('#qa *')].filter(node =>
    node.getBoundingClientRect().right > width + 1 && !node.closest('pre, table'));
  return {over, seen, small, taps, wide: wide.map(node => node.outerHTML)};
})"""


def shade(colour: str) -> str:
    """`rgb(1, 2, 3)` as `#010203`."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def resize(browser: Browser, width: int) -> None:
    browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=800,
                deviceScaleFactor=1, mobile=width < 600)  # fmt: skip


@pytest.mark.parametrize("skin", SKINS, ids=["light", "night"])
def test_a_browser_shows_them_on_every_screen(
    skin: str, pages: dict[str, Shown], browser: Browser, tmp_path: Path
) -> None:
    path, pairs = tmp_path / "page.html", set()
    for name, one in pages.items():
        path.write_text(page(one, one.answer, skin), encoding="utf-8")
        browser.open(path, 1280, 800, "light")
        browser.value(OPEN_ALL)
        for width in (320, 390, 1280):
            resize(browser, width)
            found = browser.value(f"{LOOK}({width})")
            pairs |= set(found.pop("seen"))
            assert found == {"over": 0, "small": [], "taps": [], "wide": []}, (name, width)
        asked = [event["params"]["request"]["url"] for event in browser.events
                 if event.get("method") == "Network.requestWillBeSent"]  # fmt: skip
        assert all(url.startswith(("file:", "data:")) for url in asked)
    assert len(pairs) > 8
    colours = SCHEMES[SKINS.index(skin)]
    for ink, ground in ([shade(colour) for colour in pair.split(" on ")] for pair in pairs):
        assert ground in (colours["paper"], colours["wash"])
        assert contrast(ink, ground) >= 4.5, (ink, ground)


def test_text_of_either_direction_begins_at_its_side(
    pages: dict[str, Shown], browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    for name, direction in (("right-to-left", "rtl"), ("code", "ltr")):
        path.write_text(page(pages[name], pages[name].answer), encoding="utf-8")
        browser.open(path, 390, 800, "light")
        told = "getComputedStyle(document.querySelector('.back')).direction"
        assert browser.value(told) == direction
    assert browser.value("getComputedStyle(document.querySelector('pre')).direction") == "ltr"


# Code

CODE = st.text(
    st.sampled_from("abz_ \n\t\"'`{}()[]<>/*#-\\:=.,;$@!|&~%^?019é\u2028\ufeff\x0cλ")
    | st.characters(codec="utf-8"),
    max_size=120,
)


@given(st.sampled_from(sorted(LANGUAGES)), CODE)
@example("python", "\ufeffx = 1")
@example("yaml", "\n\n a: b")
@example("c", "#include <a>\n\n\n")
def test_coloured_code_is_the_code(language: str, code: str) -> None:
    made = coloured(code, language)
    if made:
        assert text_of(made) == code
        told = set(re.findall(r"<[^>]*>", made))
        assert told <= {"</span>", *(f'<span class="{colour.name}">' for colour in COLOURS)}
        assert not re.search(r">(?:\s[^<]*|[^<]*\s)</span>", made)


SAMPLES = {
    "python": "def f(): return 1", "sql": "SELECT 1", "bash": "if x; then echo; fi",
    "yaml": "a: 1", "json": '{"a": 1}', "java": "class A {}", "kotlin": "fun f() = 1",
    "scala": "def f = 1", "go": "func f() {}", "rust": "fn f() {}", "c": "int f() {}",
    "cpp": "class A {};", "cuda": "__global__ void f() {}", "javascript": "const a = 1",
    "typescript": "type A = string", "protobuf": "message A {}", "toml": "a = 1",
    "ini": "[a]\nb = 1", "dockerfile": "FROM a", "hcl": "a = 1", "graphql": "type A { b: Int }",
    "r": "f <- function(x) 1", "julia": "function f() end",
}  # fmt: skip


@pytest.mark.parametrize("language", SAMPLES)
def test_languages_of_engineers_have_colours(language: str) -> None:
    assert "<span" in coloured(f"{SAMPLES[language]}\n", language)
    assert coloured(SAMPLES[language], language.upper())


def test_each_lexer_is_tried_and_each_colour_has_a_style() -> None:
    assert {LANGUAGES[language] for language in SAMPLES} == set(LEXERS)
    for colour in COLOURS:
        assert f"code .{colour.name}" in templates.CSS


@pytest.mark.parametrize("language", ["", "text", "nonsense", "<b>", "../x", "__class__"])
def test_code_of_no_known_language_is_plain(language: str) -> None:
    assert coloured("if x: y", language) == ""
    assert text_of(html(f"```{language}\nif x: <y>\n```")) == "if x: <y>\n"
    assert "<span" not in html(f"```{language}\nif x: y\n```")


@pytest.mark.parametrize("piece", ["\n", "0x", "a", "a.", "/*", "\n$$", "${", '"', " ", "<a", "é"])
def test_hostile_code_takes_bounded_time(piece: str) -> None:
    whole = piece * (4_000 // len(piece))
    folded = "\n".join(whole[at : at + 90] for at in range(0, 4_000, 90))
    begun_s = time.process_time()
    for language in ("c", "java", "hcl", "typescript", "rust", "yaml"):
        coloured(whole, language)
        coloured(folded, language)
    assert time.process_time() - begun_s < 4


@pytest.mark.parametrize("whole", ["\n" * 300, "if x:\n" * 900, "0x" * 300, " " * 200])
def test_what_is_no_code_of_a_card_is_plain(whole: str) -> None:
    assert not any(coloured(f"if x: 1\n{whole}\n", language) for language in SAMPLES)


LOCKED = (
    '{{c1::x}} }} {{Front}} [sound:a.mp3] [latex]b[/latex] [$]c[/$] \\(d\\) <script> &amp; "::"'
)


@pytest.mark.parametrize("language", ["python", "sql", "yaml", "bash", "cpp"])
def test_code_is_no_syntax_of_ankis(language: str, tmp_path: Path) -> None:
    fence = f"```{language}\nx = {LOCKED}  # y\n```"
    with anki(tmp_path / "anki") as col:
        cards = [note(fence, "a"), note(f"A [gap]:\n\n{fence}")]
        assert import_package(col, package(tmp_path, cards)).new == 2
        assert col.db.scalar("select count() from cards") == 2
        for number in col.db.list("select id from cards"):
            question = col.get_card(number).question()
            body = re.search(r"<pre><code[^>]*>(.*?)</code></pre>", question, re.DOTALL)
            assert body
            assert text_of(body[1]) == f"x = {LOCKED}  # y\n"
            assert not LIVE.search(body[1])


@pytest.mark.parametrize(
    "code", ["```py\nif [gap]: x = 1", "```c\nif (1) \\(y\\) [gap];", "> ```py\nif [gap]: $y$"]
)
def test_colours_never_tear_a_gap_apart(code: str) -> None:
    made = as_cloze(f"To fill:\n\n{code}\n")  # a fence that is never closed hides no gap
    assert not re.search("[\ufdd0-\ufdef]", made)
    assert "{{c1::gap}}" in made


@pytest.mark.parametrize("language", SAMPLES)
def test_coloured_code_comes_back_from_anki(language: str) -> None:
    fence = f"```{language}\n{SAMPLES[language]}\n\n    # <x> &\n```"
    assert markdown(html(fence), str) == fence


# Sources, concepts, variants

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"])
WORDS = st.text(LETTERS, min_size=1).map(str.strip).filter(bool)
FIELDS = dict.fromkeys(("Why", "Flip", "Variants", "Concept", "Source", "Id"), "")


def read(**fields: str) -> own.Extras:
    return own.extras(FIELDS | fields, (), "", lambda html: markdown(html, str))


@given(st.lists(WORDS | st.sampled_from(["sre-book", "https://a.b/?c=d&e", "a, b", "<cite>"])),
       st.dictionaries(WORDS, WORDS))  # fmt: skip
@example(["0"], {"0": "\\["})
@example(["\\(", "https://a.b/\\["], {"\\(": "a title", "https://a.b/\\[": "\\("})
def test_sources_come_back_as_their_keys(keys: list[str], titles: dict[str, str]) -> None:
    titles = titles | {"sre-book": 'Site <b> "Reliability", 2016 </cite> {{x}}'}
    markup = parts.source_html(keys, titles)
    assert read(Source=markup).sources == tuple(keys)
    assert not LIVE.search(markup)
    shown = html_module.unescape(re.sub(r"<[^>]*>", "", markup))
    assert all(titles.get(key, key) in shown for key in keys)


def test_a_key_written_anew_by_an_editor_is_the_same() -> None:
    """HTML needs no escapes for these within quotes."""
    rewritten = '<cite data-key="List<int> \\[">A book</cite><br><cite data-key="<cite>">T</cite>'
    assert read(Source=rewritten).sources == ("List<int> \\[", "<cite>")


def test_keys_torn_apart_by_an_earlier_version_are_read() -> None:
    torn = '<cite data-key="\\<span></span>[">A book</cite>'
    assert read(Source=torn).sources == ("\\[",)


def test_sources_of_earlier_versions_and_of_the_learner_are_read() -> None:
    assert read(Source="a, b &amp; c").sources == ("a", "b & c")
    assert read(Source="").sources == ()
    markup = f"{parts.source_html(['a'], {'a': 'A whole title'})}<br>my notes, page 3"
    assert read(Source=markup).sources == ("a", "my notes", "page 3")


def test_an_address_is_a_link() -> None:
    assert parts.source_html(["https://a.b/?c&d"], {}) == (
        '<cite><a href="https://a.b/?c&amp;d">https://a.b/?c&amp;d</a></cite>'
    )
    assert "<a" not in parts.source_html(["javascript:alert(1)", "see https://a.b"], {})


@given(WORDS)
def test_a_concept_comes_back_as_its_slug(title: str) -> None:
    assert read(Concept=parts.concept_html("canary", {"canary": title})).concept == "canary"
    assert read(Concept=parts.concept_html("canary", {})).concept == "canary"
    assert read(Concept="canary").concept == "canary"
    assert parts.concept_html("", {}) == ""


VARIANTS = (
    Variant("And **shadow**?", "None.\n\n> a quotation\n\n- one\n- two"),
    Variant("```py\nif x: y\n```", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    Variant("> q", "> a\n\nb"),
)


def test_variants_come_back_in_either_shape() -> None:
    assert read(Variants=parts.variants_html(VARIANTS)).variants == VARIANTS
    quoted = "".join(
        f"<div>{html(front)}</div><blockquote>{html(back)}</blockquote>" for front, back in VARIANTS
    )
    assert read(Variants=quoted).variants == VARIANTS


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<div></div><blockquote>", "<div></div><details><summary>", "<cite>", "<span>",
     "<div></div><details><summary></summary>", '<cite data-key="', "<", "</div>"],
)  # fmt: skip
def test_hostile_fields_are_read_in_linear_time(piece: str) -> None:
    whole = piece * (200_000 // len(piece))
    begun_s = time.process_time()
    own._VARIANT.findall(whole)
    list(own._keys(whole))
    assert time.process_time() - begun_s < 3
