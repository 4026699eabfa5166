"""Whatever a note says is text to Anki: all of it arrives, and none of it does anything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from decks import Note, NoteKind, Place, Variant, card_keys
from decks.cloze import find_gaps
from exporters import Bundle, ExportCard, ExportNote, get_format, write
from exporters.base import DeckInfo
from exporters.fields import html
from tests.anki_backend import import_package
from tests.learner import Learner
from tests.seeing import Seen, seen, words

SAME = ""
# What is written, and what one sees; SAME if that is what is written.
TEXTS = {
    "<script>alert(1)</script> <b onclick=alert(1)>x</b>": SAME,
    "<img src=x onerror=alert(1)> <svg/onload=alert(1)>": SAME,
    "<style>*{display:none}</style> <link rel=x> <base href=//x> <meta y>": SAME,
    "</div></section></template></script></style> <textarea> <plaintext>": SAME,
    "<!-- away --> <!-- never closed": SAME,
    "<![CDATA[x]]> <?php x ?> <!DOCTYPE y>": SAME,
    "List<int> x<y && y>z a<b": SAME,
    "\"><script>alert(1)</script> ' onmouseover='alert(1)": SAME,
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;i&#62;": "<script>alert(1)</script> <i>",
    "&#123;&#123;Front&#125;&#125; &#91;sound:x.mp3&#93;": "{{Front}} [sound:x.mp3]",
    "{{Front}} {{FrontSide}} {{#Why}} {{^Why}} {{/Why}} }} {{": SAME,
    "{{type:Front}} {{cloze:Text}} {{tts en_US:Front}} {{!x}} {{=<% %>=}}": SAME,
    "{{c9::not a gap}} {{c1:: {{c2:: }}": SAME,
    "[sound:x.mp3] [SOUND:y.mp3] [anki:play:q:0] [anki:tts lang=en_US]x[/anki:tts]": SAME,
    "[latex]x[/latex] [LaTeX] [$] one": SAME,
    "[/$] two [$$] three": SAME,
    "[[type:Front]] [[type:x]] [[cloze:1]]": SAME,
    "`{{Front}} [sound:x.mp3] [latex] [[type:Front]] <i>`":
        "{{Front}} [sound:x.mp3] [latex] [[type:Front]] <i>",
    r"\\(x\\) \\[y\\]": r"\(x\) \[y\]",
    "[x](javascript:alert(1)) [x](JaVaScRiPt:alert) <javascript:alert(1)>": SAME,
    "[x](data:text/html,<script>alert(1)</script>) [x](vbscript:y)": SAME,
    "[x](data:image/svg+xml;base64,PHN2Zz4=) [x](file:///etc/passwd)": "x [x](file:///etc/passwd)",
    '[x](http://a/ "t\\" onclick=\\"alert(1)") <http://b/"onclick=c>': 'x http://b/"onclick=c',
    "[x](http://a/{{Front}}[sound:y.mp3])": "x",
    "$x</script><script>y</script>$ $y}}$": r"\(x</script><script>y</script>\) \(y}}\)",
    "\u202eright to left\u202c zero\u200bwidth \u2028 \u0085 \ufeff": SAME,
    "token \ufdd00\u2016 \u20160\ufdd1 \ufdd00\ufdd1": "token �0\u2016 \u20160� �0�",
    "\x07 bell \x1f unit \x1b[31m": "� bell � unit �[31m",
    "<" * 96_000: SAME,
    "{{" * 10_000: SAME,
    "[sound:" * 5_000: SAME,
    "&" * 20_000: SAME,
    "é" * 40_000: SAME,
}  # fmt: skip
ONLY_IN_MEMORY = {  # what a deck file cannot hold
    "\x00 null \ud800 half": "� null � half",
    "a\rb\r\nc": "a b c",
    "](u" * 4_000: SAME,
}
_ANKI = ("{{", "}}", "[[type:", "[sound:", "[anki:", "[latex]", "[/latex]", "[$]", "[/$]", "[$$]")


def wanted(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(written, words(shown or written)) for written, shown in table.items()]


def note(front: str, back: str = "", *, name: str, **more: Any) -> ExportNote:
    """A note, its cards numbered as the collection does."""
    kind = NoteKind.BASIC if back else NoteKind.CLOZE
    made = Note(kind=kind, front=front, back=back, deck="Deck", place=Place("d.md", 1), **more)
    uid, *cards = (
        blake2b(f"{name}/{key}".encode("utf-8", "replace"), digest_size=16).digest()
        for key in ("", *card_keys(kind, front))
    )
    made_of = zip(cards, card_keys(kind, front), strict=True)
    cards_of = tuple(ExportCard(card, key, place) for place, (card, key) in enumerate(made_of))
    return ExportNote(uid, made, cards_of, 1_772_438_400_000)


def package(folder: Path, notes: list[ExportNote], **more: Any) -> Path:
    path = folder / "hostile.apkg"
    write(get_format("anki"), Bundle("</title>{{x}}", notes, **more), path)
    return path


def assert_harmless(there: Any) -> None:
    """Anki has every card, shows it as text, plays nothing, and finds nothing to mend."""
    for number in there.db.list("select id from cards"):
        card = there.get_card(number)
        for side in (card.question(), card.answer()):
            Seen(side)
            assert "[[type:" not in side
        assert not card.question_av_tags()
        assert not card.answer_av_tags()
    for _, fields in there.db.execute("select id, flds from notes"):
        without_gaps = re.sub(r"\{\{c\d+::gap\}\}", "", fields)
        found = [syntax for syntax in _ANKI if syntax in without_gaps.lower()]
        assert found == []
    report, is_sound = there.fix_integrity()
    assert is_sound, report
    assert not there.get_empty_cards().notes


def test_every_text_of_a_deck_file_arrives(newcomer: Learner) -> None:
    texts = wanted(TEXTS)
    pieces = [
        f"### note-{word(place)}\nQ: q {written} q\nA: a {written} a\nWhy: w {written}\n"
        f"Flip: f {written}\nVariant: v {written} (v)\n"
        for place, (written, _) in enumerate(texts)
    ]
    newcomer.carry("\n".join(pieces))
    there = newcomer.there
    assert there.db.scalar("select count() from notes") == len(texts)
    assert there.db.scalar("select count() from cards") == len(texts)
    for place, (_, shown) in enumerate(texts):
        found = there.get_note(there.find_notes(f"Id:note-{word(place)}")[0])
        assert seen(found["Front"]) == f"q {shown} q"
        assert seen(found["Back"]) == f"a {shown} a"
        assert seen(found["Why"]) == f"w {shown}"
        assert seen(found["Flip"]) == f"f {shown}"
        assert f"v {shown}" in seen(found["Variants"])
        assert f"q {shown} q" in seen(found.cards()[0].question())
        assert f"a {shown} a" in seen(found.cards()[0].answer())
    assert_harmless(there)


def word(number: int) -> str:
    return f"{chr(97 + number // 26)}{chr(97 + number % 26)}"


def test_every_text_around_a_gap_arrives(newcomer: Learner) -> None:
    texts = [pair for pair in wanted(TEXTS) if "[" not in pair[0] and "{{" not in pair[0]]
    pieces = [
        f"### note-{word(place)}\nC: The [gap] in {written} it\n"
        for place, (written, _) in enumerate(texts)
    ]
    newcomer.carry("\n".join(pieces))
    there = newcomer.there
    for place, (_, shown) in enumerate(texts):
        found = there.get_note(there.find_notes(f"Id:note-{word(place)}")[0])
        [card] = found.cards()
        assert seen(card.question()).startswith(f"The [...] in {shown} it")
        assert seen(card.answer()).startswith(f"The gap in {shown} it")
    assert len(texts) > 10
    assert_harmless(there)


GAPS = [
    "::", "a::b", ":a:", "a:::b", "}}", "{a}}", "{{a", "}", "<i>x", "-->", "&#125;&#125;", "[[x]]",
    "`}}`", "`std::vector`", "$x_{y_{z}}$", "$a::b$", "c2::x", "{{c3::x", "\u2016", "\x1f",
]  # fmt: skip


def test_every_gap_is_hidden_and_shown(newcomer: Learner, tmp_path: Path) -> None:
    """With a hint of the same kind, beside another gap that stays as it is."""
    said = [
        f"x {{{{c1::u{gap}u::h{hint}h}}}} [other] y"
        for gap, hint in zip(GAPS, reversed(GAPS), strict=True)
    ]
    said += [f"x [u{gap}u] [other] y" for gap in GAPS]
    notes = [note(text, name=text) for text in said if len(card_keys("cloze", text)) == 2]
    assert len(notes) > 20
    there = newcomer.there
    assert import_package(there, package(tmp_path, notes)).new == len(notes)
    asked = sum(len(exported.cards) for exported in notes)
    assert there.db.scalar("select count() from cards") == asked
    for exported in notes:
        sql = "select c.id from cards c join notes n on n.id = nid where guid like ? order by ord"
        first, second = there.db.list(sql, f"{exported.uid.hex()}%")
        front = exported.note.front
        gap, other = find_gaps(front)
        hint, told = words(gap.hint.replace("\x1f", "�")) or "...", seen(html(gap.text))
        before, between = front[: gap.start], seen(html(front[gap.end : other.start]))
        begins = words(f"{before}[{hint}]") + between
        assert seen(there.get_card(first).question()).startswith(begins)
        assert seen(there.get_card(first).answer()).startswith(f"{before}{told}{between}")
        question = seen(there.get_card(second).question())
        assert question.startswith(f"{before}{told}{between}")
        assert question.endswith("[...] y")
    report, is_sound = there.fix_integrity()
    assert is_sound, report
    assert not there.get_empty_cards().notes


def hostile_notes(texts: list[tuple[str, str]]) -> list[ExportNote]:
    """Each text wherever a note may hold one; its deck and tags are tried elsewhere."""
    return [
        note(
            f"q {written} q", f"a {written} a", name=str(place), why=written, flip=written,
            variants=(Variant(written, written),), concept=written[:200], type=written[:200],
            sources=(written,), id=written[:200],
        )
        for place, (written, _) in enumerate(texts)
    ]  # fmt: skip


def test_every_text_of_a_bundle_arrives(newcomer: Learner, tmp_path: Path) -> None:
    """Titles, sources and what is said of decks included."""
    texts = wanted(TEXTS | ONLY_IN_MEMORY)
    notes = hostile_notes(texts)
    everything = tuple(written for written, _ in texts)
    path = package(
        tmp_path,
        notes,
        decks={"Deck": DeckInfo(False, "<script>{{x}}", everything)},
        sources={written: f"s {written}" for written in everything},
        concepts={written[:200]: f"c {written}" for written in everything},
    )
    there = newcomer.there
    assert import_package(there, path).new == len(notes)
    assert there.db.scalar("select count() from cards") == len(notes)
    for exported, (_, shown) in zip(notes, texts, strict=True):
        [number] = there.db.list("select id from notes where guid = ?", exported.uid.hex())
        found = there.get_note(number)
        assert seen(found["Front"]) == f"q {shown} q"
        assert seen(found["Back"]) == f"a {shown} a"
        assert seen(found["Why"]) == shown
        assert seen(found["Flip"]) == shown
        for field in ("Variants", "Concept", "Source", "Id"):
            Seen(found[field])
    assert_harmless(there)
    Seen(there.decks.by_name("Deck")["desc"])


def plain_text(markups: Iterable[str]) -> str:
    """What MathJax looks through: all text but code."""
    return "\n".join(Seen(markup).plain for markup in markups)


def test_only_formulas_are_formulas(newcomer: Learner, tmp_path: Path) -> None:
    written = (r"\\(x\\) \\[y\\]", "\\\\\\(x", r"`\(x\)`", "\\(" * 9_000, "&#92;(x&#92;)")
    notes = [note(f"q {text}", f"a {text}", name=text, why=text) for text in written]
    there = newcomer.there
    import_package(there, package(tmp_path, notes))
    fields = [there.get_note(number).fields for number in there.find_notes("")]
    for markups in fields:
        text = plain_text(markups)
        assert r"\(" not in text
        assert r"\[" not in text


@pytest.mark.parametrize("command", ["href", "style", "class", "cssId", "data", "require"])
def test_a_formula_is_only_a_formula(newcomer: Learner, tmp_path: Path, command: str) -> None:
    """MathJax has commands that make links and run what they say."""
    formula = f"\\{command}{{javascript:alert(1)}}{{x}}"
    notes = [note(f"q ${formula}$", "a", name="a"), note(f"$${formula}$$ [gap]", name="b")]
    there = newcomer.there
    import_package(there, package(tmp_path, notes))
    for number in there.find_notes(""):
        text = plain_text(there.get_note(number).fields)
        for math in re.findall(r"\\\(.*?\\\)|\\\[.*?\\\]", text, re.DOTALL):
            assert f"\\{command}{{" not in math
