"""One question on the sheet: asked first, its answer folded away behind it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from decks.cards import BACK
from decks.model import Note, NoteKind, Variant
from exporters.markup import Markup, element
from exporters.sheet.order import Entry
from exporters.sheet.showing import Texts, linked

# What is written on the fold asks for an answer of one's own, by the type of the question.
_ASKED = {
    "choose": "Your choice?", "contrast": "The difference?", "curveball": "Your move?",
    "definition": "In your words?", "diagnose": "Your diagnosis?", "estimate": "Your estimate?",
    "estimate-fixed": "Your estimate?", "misconception": "The flaw?", "tradeoff": "Gain and price?",
    "what-breaks": "What breaks?",
}  # fmt: skip
_ASKED_ELSE, _ASKED_GAPS, _ASKED_AGAIN = "Your answer?", "Fill the gaps?", "And now?"


def card(entry: Entry, sources: Mapping[str, str]) -> Markup:
    """The question with its folded answer; `sources` says what each key stands for, in full."""
    note = entry.exported.note
    texts = Texts(entry.exported.media)
    question, answer = _sides(entry, texts)
    number = element("a", str(entry.number), class_="number", href=link(entry.name),
                     aria_label=f"Link to question {entry.number}")  # fmt: skip
    back = element("div", _answer(answer), *_asides(entry, texts), class_="back")
    variants = () if entry.key == BACK else note.variants
    return element(
        "article",
        _ask(number, question),
        _fold(_asked(note), back, *(_variant(one, texts) for one in variants),
              _origin(note, sources)),
        id=entry.name,
    )  # fmt: skip


def link(name: str) -> str:
    """The address of an element of this page."""
    return f"#{quote(name)}"


def _sides(entry: Entry, texts: Texts) -> tuple[Markup, Markup]:
    note = entry.exported.note
    if note.kind is NoteKind.CLOZE:
        return texts.blank(note.front), texts.filled(note.front)
    sides = texts.whole(note.front), texts.whole(note.back)
    return sides[::-1] if entry.key == BACK else sides


def _asked(note: Note) -> str:
    is_cloze = note.kind is NoteKind.CLOZE
    return _ASKED_GAPS if is_cloze else _ASKED.get(note.type, _ASKED_ELSE)


def _ask(label: Markup, question: Markup) -> Markup:
    return element("div", label, element("div", question, class_="question", dir="auto"),
                   class_="ask")  # fmt: skip


def _fold(words: str, *inside: Markup) -> Markup:
    return element("details", element("summary", words), *inside)


def _answer(answer: Markup) -> Markup:
    return element("div", answer, class_="answer", dir="auto")


def _label(words: str) -> Markup:
    return element("strong", words, class_="label")


def _asides(entry: Entry, texts: Texts) -> Iterator[Markup]:
    """What is said once, with the first direction of a card that is asked both ways."""
    note = entry.exported.note
    if entry.key == BACK:
        return
    for label, text in (("Why", note.why), ("Flip", note.flip), ("As of", note.as_of)):
        if text:
            words = element("div", texts.whole(text), dir="auto")
            yield element("div", _label(label), words, class_="aside")


def _variant(variant: Variant, texts: Texts) -> Markup:
    back = element("div", _answer(texts.whole(variant.back)), class_="back")
    question = _ask(_label("Variant"), texts.whole(variant.front))
    return element("div", question, _fold(_ASKED_AGAIN, back), class_="variant")


def _origin(note: Note, sources: Mapping[str, str]) -> Markup:
    said = [linked(sources.get(key, key)) for key in note.sources]
    return (
        element("ul", *(element("li", one) for one in said), class_="origin") if said else Markup()
    )
