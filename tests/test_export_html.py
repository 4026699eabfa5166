"""The study sheet: all that is asked stands on it once, nothing on it lives, and it prints."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from decks import Note, NoteKind, Place, Variant, builtin, card_keys
from decks.cloze import find_gaps
from decks.errors import DataError
from exporters import Bundle, DeckInfo, ExportCard, ExportNote, MediaFile, get_format, write
from exporters.base import silent
from exporters.sheet.script import SCRIPT
from exporters.sheet.style import CSS
from tests.browser import Browser
from tests.program import Program
from tests.test_export_fields import MARKUP
from tests.test_mathml import MATH
from tests.test_stats_page import contrast

HTML = get_format("html")
TEXT = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
FRAME = {
    "html", "head", "meta", "title", "style", "script", "body", "header", "main", "footer", "nav",
    "section", "article", "div", "span", "details", "summary", "button", "output", "small", "mark",
    "img", "audio", "video",
}  # fmt: skip
NAMES = st.sampled_from(["Deck", "Deck::Below", "a b", "</title><b>", '" x="', "", "::", "é\u202e"])


def uid(number: int) -> bytes:
    return number.to_bytes(16)


def exported(note: Note, number: int = 1, **media: str) -> ExportNote:
    cards = tuple(
        ExportCard(uid(number), key, ordinal)
        for ordinal, key in enumerate(card_keys(note.kind, note.front))
    )
    shown = {name.replace("_", "."): file for name, file in media.items()}
    return ExportNote(uid(number), note, cards, 0, shown)


def note(front: str, back: str = "", **more: object) -> Note:
    kind = NoteKind.BASIC if back else NoteKind.CLOZE
    made = Note(kind=kind, front=front, back=back, deck="Deck", place=Place("d.md", 1))
    return replace(made, **more)  # type: ignore[arg-type]


def bundle(*notes: Note, **more: object) -> Bundle:
    numbered = tuple(exported(one, number) for number, one in enumerate(notes))
    return replace(Bundle("driftdeck", numbered), **more)  # type: ignore[arg-type]


def page(of: Bundle) -> str:
    return b"".join(HTML.render(of, silent)).decode()


def tree(text: str) -> Xml.Element:
    """The page as XML; fails where it is not well-formed."""
    return Xml.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


def said(node: Xml.Element | None) -> str:
    assert node is not None
    return " ".join("".join(node.itertext()).split())


def outside(article: Xml.Element) -> str:
    """What stands on a card while all is folded."""
    return " ".join(said(part) for part in article if part.tag != "details")


def inside(article: Xml.Element) -> str:
    return said(article.find("details"))


def words(markdown: str) -> str:
    return " ".join(re.sub(r"[*`]", "", markdown).split())


def articles(of: Bundle) -> list[Xml.Element]:
    return list(tree(page(of)).iter("article"))


BUILTIN = [one for deck in builtin() for one in deck.parsed.notes]


def test_each_question_stands_before_its_fold_and_each_answer_in_it() -> None:
    made = articles(bundle(*BUILTIN))
    assert len(made) == len(BUILTIN) > 70
    by_id = {article.get("id"): article for article in made}
    for one in BUILTIN:
        before, folded = outside(by_id[one.id]), inside(by_id[one.id])
        if one.kind is NoteKind.CLOZE:
            continue
        for text in (one.back, one.why, one.flip, *(w for v in one.variants for w in v)):
            assert text == "" or folded.count(words(text)) == 1, one.id
            assert text == "" or words(text) not in before
        assert before.count(words(one.front)) == 1
        assert words(one.front) not in folded


def test_a_variant_is_folded_once_more() -> None:
    [article] = articles(bundle(note("Q?", "A.", variants=(Variant("And if?", "Then B."),))))
    fold = article.find("details")
    assert fold is not None
    inner = fold.find(".//details")
    assert inner is not None
    assert "Then B." in said(inner)
    assert "And if?" not in said(inner)
    assert "And if?" in said(fold)


def test_gaps_are_blanks_of_one_width_until_unfolded() -> None:
    text = "A [shadow] first, then {{c1::a **canary**::a bird}}, {{c1::$x^2$}} and `[code]`."
    [article] = articles(bundle(note(text)))
    blanks = [node.text for node in article.iter("span") if node.get("class") == "blank"]
    assert len(blanks) == 3
    assert len(set(blanks)) == 1
    assert "shadow" not in outside(article)
    assert "canary" not in outside(article)
    assert "(a bird)" in outside(article)
    assert "[code]" in outside(article)
    assert [said(mark) for mark in article.iter("mark")] == ["shadow", "a canary", "x2"]
    assert "A shadow first, then a canary, x2 and [code]." in inside(article)


def test_what_is_asked_both_ways_is_asked_twice_and_explained_once() -> None:
    both = note("recall", "found of all", kind=NoteKind.REVERSED, id="rec", why="Because.")
    there, back = articles(bundle(both))
    assert ("recall" in outside(there), "found of all" in inside(there)) == (True, True)
    assert ("found of all" in outside(back), "recall" in inside(back)) == (True, True)
    assert (there.get("id"), back.get("id")) == ("rec", "rec-back")
    assert ("Because." in inside(there), "Because." in inside(back)) == (True, False)


def test_sources_stand_in_full_and_addresses_are_links() -> None:
    one = note("Q?", "A.", sources=("sre", "see https://a.b/c?d=1&e."))
    [article] = articles(bundle(one, sources={"sre": "Site Reliability (2016). O'Reilly"}))
    assert "Site Reliability (2016). O'Reilly" in inside(article)
    [link] = [a for a in article.iter("a") if a.get("class") != "number"]
    assert link.get("href") == "https://a.b/c?d=1&e"


def test_decks_and_concepts_keep_the_order_of_the_notes() -> None:
    notes = [note(f"{deck}{concept}{at}?", "A.", deck=deck, concept=concept)
             for at in range(2) for deck in "YX" for concept in ("slug", "", "other")]  # fmt: skip
    root = tree(page(bundle(*notes, concepts={"slug": "The Title"})))
    assert [said(node) for node in root.iter("h2")] == ["Decks", "Y 6 questions", "X 6 questions"]
    assert [said(node) for node in root.iter("h3")] == ["The Title", "other"] * 2
    asked = [outside(article) for article in root.iter("article")]
    wanted = [f"{deck}{concept}{at}?" for deck in "YX" for concept in ("", "slug", "other")
              for at in range(2)]  # fmt: skip
    assert asked == [f"{at % 6 + 1}{words}" for at, words in enumerate(wanted)]


def test_contents_count_and_lead_to_the_decks() -> None:
    root = tree(page(bundle(note("a?", "A", deck="One"), note("b?", "B", deck="Two::More"))))
    nav = root.find(".//nav")
    assert nav is not None
    assert [said(item) for item in nav.iter("li")] == ["One 1", "Two › More 1"]
    sections = {node.get("id") for node in root.iter("section")}
    assert {str(a.get("href"))[1:] for a in nav.iter("a")} <= sections
    assert tree(page(bundle(note("a?", "A", deck="One")))).find(".//nav") is None


def test_a_card_is_found_by_its_id() -> None:
    ids = ["fs-skip-it", "", "fs-skip-it", "fs-skip-it-2", "é x/y", "deck-Deck", "%"]
    made = articles(bundle(*(note(f"{at}?", "A.", id=name) for at, name in enumerate(ids))))
    assert [article.get("id") for article in made] == [
        "fs-skip-it", uid(1).hex()[:12], "fs-skip-it-2", "fs-skip-it-2-2", "é-x-y", "deck-Deck",
        "card",
    ]  # fmt: skip
    numbers = [article.find(".//a[@class='number']") for article in made]
    assert numbers[0] is not None
    assert numbers[0].get("href") == "#fs-skip-it"
    assert numbers[4] is not None
    assert numbers[4].get("href") == "#%C3%A9-x-y"


notes_ = st.builds(
    Note, kind=st.sampled_from(NoteKind), front=MARKUP, back=MARKUP, deck=NAMES,
    place=st.just(Place("d.md", 1)), id=NAMES, concept=NAMES, type=st.sampled_from(["", "choose"]),
    why=MARKUP, flip=MARKUP, as_of=NAMES, sources=st.lists(MARKUP, max_size=2).map(tuple),
    variants=st.lists(st.builds(Variant, MARKUP, MARKUP), max_size=1).map(tuple),
)  # fmt: skip
HOSTILE = (
    "![a $x$ [b](http://a.b \"$<script>$\")](x.png) ==_a== b_ [t](http://a.b 'x ==y== `$z$`')"
    " $\\text{</math><script>}$ $\\href{javascript:x}{y}$ \ufdd2x\ufdd2 \ufffe ![[x.png]]"
)


@settings(max_examples=60)
@given(st.lists(notes_, min_size=1, max_size=3))
@example([note(HOSTILE), note(HOSTILE, HOSTILE, why=HOSTILE)])
def test_learners_text_is_text(notes: list[Note]) -> None:
    root = tree(page(bundle(*notes, media={})))
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    for node in root.iter():
        assert node.tag in TEXT | MATH | FRAME
        for name, value in node.attrib.items():
            assert not name.startswith("on")
            assert name != "style" or re.fullmatch(r"text-align:\w+", value)
            if name == "href":
                assert value.startswith(("http://", "https://", "#"))
    assert [node.text for node in root.iter("script")] == [SCRIPT]
    assert [node.text for node in root.iter("style")] == [CSS]
    expected = sum(2 if one.kind is NoteKind.REVERSED else 1 for one in notes)
    assert len(list(root.iter("article"))) == len(list(root.iter("summary"))) - sum(
        len(one.variants) for one in notes) == expected  # fmt: skip


@settings(max_examples=40)
@given(MARKUP)
@example("```py\n[$]")
@example("a\n\n    indented [gap]")
def test_there_are_as_many_blanks_as_gaps(text: str) -> None:
    [article] = articles(bundle(note(text)))
    gaps = len(find_gaps(re.sub("[\x1f\ud800\ufdd0\ufdd1]", "�", text)))
    assert len([node for node in article.iter("span") if node.get("class") == "blank"]) == gaps
    assert len(list(article.iter("mark"))) == gaps


def test_equal_bundles_give_equal_bytes() -> None:
    assert page(bundle(*BUILTIN)) == page(bundle(*BUILTIN))


@pytest.mark.parametrize("text", [
    "$" + "{" * 999 + "$", "$x$" * 5_000, "$" + "\\text{" * 166 + "$", "![a](b.png)" * 5_000,
    "[gap]" * 490, "$" + "'" * 990 + "$", "==a $x$ ![b](c.png)==" * 480, "<" * 96_000,
], ids=range(8))  # fmt: skip
def test_hostile_text_takes_bounded_time(text: str) -> None:
    begun_s = time.process_time()
    page(bundle(note(text), note(text, text)))
    assert time.process_time() - begun_s < 4


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>x</script></svg>'


def media(**files: bytes) -> dict[str, MediaFile]:
    return {
        name.replace("_", "."): MediaFile(name.replace("_", "."), len(data), lambda data=data: data)
        for name, data in files.items()
    }


def test_files_are_within_the_page() -> None:
    big = bytes(range(256)) * 4_000
    one = note('See ![a "curve"](c.png) ![v](v.svg) \ufdd21.png\ufdd2 ![[w.gif|300]]',
               "![hear](<s.mp3>) ![f](f.mp4) ![p](p.pdf)")  # fmt: skip
    targets = ("c.png", "v.svg", "s.mp3", "f.mp4", "p.pdf", "w.gif")
    shown = {target: f"{at}{target[1:]}" for at, target in enumerate(targets, 1)}
    files = media(**{"1_png": big, "2_svg": SVG, "3_mp3": b"3", "4_mp4": b"4", "5_pdf": b"5",
                     "6_gif": b"6"})  # fmt: skip
    root = tree(page(Bundle("x", (replace(exported(one), media=shown),), media=files)))
    found = {}
    for node in root.iter():
        target = node.get("src") or node.get("href", "")
        if target.startswith("data:"):
            kind, _, data = target.partition(";base64,")
            words = "" if kind == "data:image/gif" else node.get("alt") or said(node)
            found[node.tag, kind, words] = base64.b64decode(data)
    assert found == {
        ("img", "data:image/png", 'a "curve"'): big,
        ("img", "data:image/svg+xml", "v"): SVG,
        ("img", "data:image/gif", ""): b"6",
        ("audio", "data:audio/mpeg", "hear"): b"3",
        ("video", "data:video/mp4", "f"): b"4",
        ("a", "data:application/pdf", "p"): b"5",
    }
    assert not list(root.iter("svg"))
    assert "�1.png�" in said(root)  # no mark of ours


def test_what_is_missing_leaves_its_words() -> None:
    [article] = articles(bundle(note("![a curve](c.png) ![](d.png) ![[e.png]] ![f](http://f.g/f.png)",
                                     "`![in code](c.png)`")))  # fmt: skip
    assert outside(article).endswith("a curve [image: d.png] [image: e.png] f")
    assert "![in code](c.png)" in inside(article)
    assert not list(article.iter("img"))


def test_a_file_that_is_gone_leaves_the_old_sheet(tmp_path: Path) -> None:
    def gone() -> bytes:
        raise DataError("c.png: changed while it was exported")

    path = tmp_path / "sheet.html"
    path.write_text("old")
    given_ = exported(note("![x](c.png)", "A."), c_png="1.png")
    with pytest.raises(DataError, match=r"c\.png"):
        write(HTML, Bundle("x", (given_,), media={"1.png": MediaFile("1.png", 1, gone)}), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_program_writes_it(srs: Program, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    ran = srs("export", "html", "-o", str(path))
    assert ran.code == 0, ran.err
    root = tree(path.read_text())
    assert len(list(root.iter("article"))) == len(BUILTIN)
    titles = [said(node) for node in root.iter("h3")]
    assert "What a feature store stores, serves, registers and guarantees" in titles
    assert "Meet Michelangelo: Uber's Machine Learning Platform (2017)" in said(root)
    assert srs("export", "html", "Release and MLOps", "-o", str(path), "--force").code == 0
    assert said(tree(path.read_text()).find(".//h1")) == "Release and MLOps"


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_can_be_read_in_both_schemes(scheme: int) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", CSS.split(":root {")[scheme + 1]))
    on = [("paper", ("ink", "soft", "blue")), ("mark", ("ink",)),
          ("wash", ("ink", "soft", "blue", "word", "string", "number"))]  # fmt: skip
    for ground, inks in on:
        for ink in inks:
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


WIDE = f"""\
| a | b |
|---|---|
| {"wide " * 30} | {"x" * 200} |

```python
{"y = 1; " * 40}
```

$a + {"b + " * 60} c$ and {"z" * 300} https://a.b/{"c" * 200}

$$\\frac{{1}}{{{"x+" * 80}y}}$$
"""


def sheet_with_everything() -> Bundle:
    texts = note(WIDE, WIDE, why=WIDE), note(WIDE + " [gap]")
    wide = [exported(replace(one, deck="Wide", variants=(Variant(one.front, one.front),)), at)
            for at, one in enumerate(texts, 900)]  # fmt: skip
    picture = exported(note("![p](p.svg)", "A.", deck="x" * 200), 990, p_svg="p.svg")
    wide_svg = SVG.replace(b'"9"', b'"3000"').replace(b"<script>x</script>", b"")
    made = bundle(*BUILTIN, decks={"Wide": DeckInfo(False, "MIT", ())})
    return replace(made, notes=(*made.notes, *wide, picture), media=media(p_svg=wide_svg))


LOOK = """(() => {
  for (const one of document.querySelectorAll("details")) one.open = OPEN;
  const page = document.documentElement, small = new Set(), outside = [];
  for (const node of document.querySelectorAll("body *")) {
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    if (!box.width || node.closest("math")) continue;
    if (parseFloat(style.fontSize) < 12.5) small.add(node.className || node.tagName);
    if (box.right > innerWidth + 1 && !node.parentElement.closest("pre, table"))
      outside.push(node.className || node.tagName);
  }
  return {over: page.scrollWidth - innerWidth, small: [...small], outside,
          short: [...document.querySelectorAll("summary")].filter(
            (one) => { const h = one.getBoundingClientRect().height; return h > 0; }
          ).some((one) => one.getBoundingClientRect().height < 40)};
})()"""


def test_a_browser_shows_it_on_every_screen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    write(HTML, sheet_with_everything(), path)
    papers = set()
    for width, height in ((320, 640), (768, 1024), (1280, 900)):
        for scheme in ("light", "dark"):
            browser.open(path, width, height, scheme)
            for is_open in ("false", "true"):
                found = browser.value(LOOK.replace("OPEN", is_open))
                assert found == {"over": 0, "small": [], "outside": [], "short": False}, width
            papers.add(browser.value("getComputedStyle(document.body).backgroundColor"))
            happened = [event for event in browser.events if "method" in event]
            names = {event["method"] for event in happened}
            assert not {"Log.entryAdded", "Runtime.exceptionThrown"} & names
            asked = [event["params"]["request"]["url"] for event in happened
                     if event["method"] == "Network.requestWillBeSent"]  # fmt: skip
            assert {url.partition(":")[0] for url in asked} == {"file", "data"}
            assert asked[1:] == [url for url in asked if url.startswith("data:")]
    assert len(papers) == 2


def test_folds_open_one_by_one_and_all_at_once(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    write(HTML, bundle(*BUILTIN[:3]), path)
    browser.open(path, 768, 900, "light")

    def left() -> str:
        browser.ask("Runtime.evaluate", awaitPromise=True, expression="new Promise((done) => "
                    "setTimeout(() => requestAnimationFrame(done), 60))")  # fmt: skip
        return str(browser.value("document.querySelector('output').textContent"))

    assert left() == "3 to go"
    browser.value("document.querySelector('article summary').click()")
    assert left() == "2 to go"
    browser.value("document.querySelectorAll('button')[0].click()")
    assert left() == "All unfolded"
    browser.value("document.querySelectorAll('button')[1].click()")
    assert left() == "3 to go"


def pages_of_links(pdf: bytes) -> list[set[str]]:
    """The addresses that each page of a PDF file links to."""
    objects = dict(re.findall(rb"(?m)^(\d+) 0 obj\s(.*?)\nendobj", pdf, re.DOTALL))
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    found = []
    for one in pages:
        annotations = re.search(rb"/Annots \[([^\]]*)\]", one)
        numbers = re.findall(rb"(\d+) 0 R", annotations[1]) if annotations else []
        texts = [re.search(rb"/URI \(([^)]*)\)", objects[number]) for number in numbers]
        found.append({text[1].decode() for text in texts if text})
    return found


def test_no_card_is_broken_across_pages_of_paper(browser: Browser, tmp_path: Path) -> None:
    marked = [
        note(f"[begins](https://a.b/{at}) {'question ' * (at * 7 % 40)}",
             f"{'answer ' * (at * 11 % 90)}", why="word " * (at % 60),
             variants=(Variant("And now?", f"{'other ' * (at % 30)} [ends](https://a.b/{at})"),))
        for at in range(60)
    ]  # fmt: skip
    path = tmp_path / "sheet.html"
    write(HTML, bundle(*marked), path)
    browser.open(path, 1280, 900, "dark")
    done = browser.ask("Page.printToPDF", preferCSSPageSize=True)
    pages = pages_of_links(base64.b64decode(done["data"]))
    assert len(pages) > 4
    links = [link for one in pages for link in one]
    assert sorted(links) == sorted(f"https://a.b/{at}" for at in range(60))


def test_on_paper_answers_stand_beside_their_questions(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    write(HTML, bundle(*BUILTIN), path)
    browser.open(path, 720, 1000, "light")
    browser.ask("Emulation.setEmulatedMedia", media="print", features=[])
    places = browser.value("""[...document.querySelectorAll("article")].map((card) => {
      const [ask, back] = [".question", ".answer"].map(
        (name) => card.querySelector(name).getBoundingClientRect());
      const seen = [...card.querySelectorAll(".answer")].every((one) => one.checkVisibility());
      return [ask.right, back.left, Math.abs(ask.top - back.top), back.height, seen];
    })""")
    browser.ask("Emulation.setEmulatedMedia", media="", features=[])
    assert len(places) == len(BUILTIN)
    for right, left, apart, height, is_seen in places:
        assert is_seen
        assert right < left
        assert apart < 12
        assert height > 10
    assert len({round(left) for _, left, *_ in places}) == 1  # one line to fold along
