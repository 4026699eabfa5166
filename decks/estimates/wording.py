"""What a showing of an estimate says: the question, the answer, how it is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from decks.estimates.drawing import Draw, draw, fixed_seeds
from decks.estimates.formula import formula
from decks.estimates.numerals import spoken
from decks.estimates.places import ANSWER, FORM, places
from decks.estimates.quantity import written
from decks.model import Estimate, Note, Variant

_DIGITS = 3  # of an answer
_ALL_DIGITS = 15  # of a number drawn: what is asked is what is worked with


def answered(note_back: str, estimate: Estimate, drawn: Draw) -> str:
    """The answer with its numbers, and below it how it is worked out."""
    parts = [filled(note_back, estimate, drawn), working(estimate, drawn)]
    return "\n\n".join(parts if _says_it(note_back) else [_bold(estimate, drawn), *parts])


def _answered_again(note_back: str, estimate: Estimate, drawn: Draw) -> str:
    """The same with other numbers, where the words stand already."""
    said = filled(note_back, estimate, drawn) if _says_it(note_back) else _bold(estimate, drawn)
    return f"{said}\n\n{working(estimate, drawn)}"


def _says_it(note_back: str) -> bool:
    """Whether the text of an answer names the number itself."""
    return any(found[1] in ANSWER for found in places(note_back))


def _bold(estimate: Estimate, drawn: Draw) -> str:
    return f"**{written(drawn.answer, estimate.unit, _DIGITS)}**"


def filled(text: str, estimate: Estimate, drawn: Draw) -> str:
    """A text in which each `{name}` is the number drawn, and `{ans}` the answer."""
    pieces: list[str] = []
    at = 0
    for found in places(text):
        name, form = found[1], found[2] or ""
        value = drawn.answer if name in ANSWER else drawn.numbers.get(name)
        if value is None or not FORM.fullmatch(form):
            continue
        said = format(value, form) if form else _said(name, estimate, drawn)
        pieces += (text[at : found.start()], said)
        at = found.end()
    return "".join([*pieces, text[at:]])


def working(estimate: Estimate, drawn: Draw) -> str:
    """The formula in words, then with its numbers, then its value: a block of code."""
    worked = formula(estimate.formula)
    words = {name: words_of(name) for name in drawn.numbers}
    numbers = {name: _said(name, estimate, drawn) for name in drawn.numbers}
    lines = [
        worked.shown(words),
        f"= {worked.shown(numbers)}",
        f"= {written(drawn.answer, estimate.unit, _DIGITS)}",
    ]
    return "\n".join(["```text", *lines, "```"])


def _said(name: str, estimate: Estimate, drawn: Draw) -> str:
    if name in ANSWER:
        return spoken(drawn.answer, _DIGITS)
    return said_number(name, drawn.numbers[name], estimate)


def said_number(name: str, value: float, estimate: Estimate, digits: int = _ALL_DIGITS) -> str:
    """A number of a parameter, in per cent where the deck file gives it so."""
    values = next(values for known, values in estimate.parameters if known == name)
    if values[0].endswith("%"):
        return f"{spoken(100 * value, digits)}%"
    if digits == _ALL_DIGITS and value % 1 == 0 and float(f"{value:.6g}") != value:
        return f"{value:,.0f}"  # 1,048,576 is no round number of millions
    return spoken(value, digits)


def words_of(name: str) -> str:
    """A parameter's name as words."""
    return name.replace("_", " ")


def fixed(note: Note) -> Note:
    """The note with a few draws for good, the first as its question, the others as variants.

    For programs that draw no numbers. A note without an estimate is returned as it is.
    """
    estimate = note.estimate
    if estimate is None:
        return note
    first, *others = (draw(estimate, seed) for seed in fixed_seeds(estimate))
    texts = {"why": note.why, "flip": note.flip}
    # What names numbers stands with those of its draw, not once below all of them.
    drawn_anew = {name: text for name, text in texts.items() if any(places(text))}
    return replace(
        note,
        front=filled(note.front, estimate, first),
        back=_with(drawn_anew, answered(note.back, estimate, first), estimate, first),
        variants=tuple(
            Variant(
                filled(note.front, estimate, one),
                _with(drawn_anew, _answered_again(note.back, estimate, one), estimate, one),
            )
            for one in others
        ),
        why="" if "why" in drawn_anew else note.why,
        flip="" if "flip" in drawn_anew else note.flip,
        estimate=None,
    )


def _with(texts: Mapping[str, str], said: str, estimate: Estimate, drawn: Draw) -> str:
    """An answer, and below it texts of the note with the numbers of the same draw."""
    below = (f"**{name.title()}:** {filled(text, estimate, drawn)}" for name, text in texts.items())
    return "\n\n".join([said, *below])
