"""Answers: one thing, in the form that its type has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import without_code
from decks.spans import blanked, math_ranges

_BULLET = re.compile(
    r"^[ \t>]*(?:[-*+•‣◦▪–—]|(?:\d{1,3}|[A-Za-z])[.)])[ \t]+\S|<li(?=[\s>])", re.MULTILINE
)
# "**Inputs:** x", and where a sentence or a line begins "**Inputs** – x", "**Inputs.** X".
_BOLD, _PLAIN = r"(?:\*\*|__|<b>|<strong>)", r"(?:\*\*|__|</b>|</strong>)"
_BOLDLABEL = re.compile(
    rf"{_BOLD}[^*<\n]{{1,60}}?(?::{_PLAIN}|{_PLAIN}[ \t]?:)"
    rf"|(?:^|[.;!?][ \t])[ \t>]*{_BOLD}[^*<\n]{{1,60}}?"
    rf"(?:{_PLAIN}(?:[ \t]?[–—-][ \t]|[ \t]{{0,3}}$)|\.{_PLAIN}[ \t]+[^\s*_<])",
    re.MULTILINE,
)
LABEL = re.compile(r"(?:^|[.;!?]\s+|\n[ \t]*)(?:[-*+][ \t]+)?\**[A-Z][\w -]{1,24}\**:(?=[\s*])")
_PARENTHESES = re.compile(r"\([^()]*\)")
_ITEMS = 3


class _Enumeration(NamedTuple):
    """Three signs in order that make a list within a line: (1) … (2) … (3)."""

    last: str  # without which the text need not be searched
    signs: tuple[str, ...]  # expressions
    outside: bool = False  # of what stands in parentheses


def _enumerations() -> Iterator[_Enumeration]:
    # (1) but not f(1), nor as one mentions a formula: "from (1), (2) and (3)"
    alone = r"(?!\s*(?:(?:,|&|–|-|and\b|or\b|to\b)\s*){1,3}\()"
    for one, two, three in ("123", "abc", "ABC", ("i", "ii", "iii"), ("I", "II", "III")):
        enclosed = [rf"(?<!\w)\({sign}\)" for sign in (one, two, three)]
        yield _Enumeration(f"({three})", (enclosed[0] + alone, enclosed[1] + alone, enclosed[2]))
        closed = [rf"(?<!\S){sign}\)(?=\s)" for sign in (one, two, three)]
        yield _Enumeration(f"{three})", tuple(closed), outside=True)
        if one in ("1", "a"):
            dotted = [rf"(?<!\S){sign}\.(?=\s)" for sign in (two, three)]
            yield _Enumeration(f" {three}. ", (rf"(?:^|[.:;!?–—]\s){one}\.(?=\s)", *dotted))
    for signs in ("①②③", "❶❷❸", "⑴⑵⑶", [f"{digit}\ufe0f\u20e3" for digit in "123"]):
        yield _Enumeration(signs[2], tuple(signs))


_ENUMERATIONS = tuple(_enumerations())


def backs(subject: Subject) -> tuple[str, ...]:
    """The answers of its wordings as written."""
    own = () if subject.is_cloze else (subject.note.back,)
    return (*own, *(variant.back for variant in subject.note.variants))


def _list(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for wording, back in zip(subject.wordings, backs(subject), strict=True):
        items = _items(_without_formulas(without_code(back)))
        if items < _ITEMS or (subject.note.type == "tradeoff" and _is_of_parts(back, items)):
            continue
        hint = (
            "lists are forgotten in parts: ask for the one item that matters, make a card of each,"
            " or a C: with [gaps] where the order matters"
        )
        yield subject.flaw(f"{wording.which}the answer is a list of {items}", hint)


def _is_of_parts(back: str, items: int) -> bool:
    """Whether a list is of the labelled parts of a trade-off and of nothing else."""
    return items == _ITEMS and len(LABEL.findall(back)) >= _ITEMS


def _without_formulas(text: str) -> str:
    if "$" not in text and "\\" not in text:
        return text
    return blanked(text, [(formula.start, formula.end) for formula in math_ranges(text)])


def _items(text: str) -> int:
    """The most items of a list that the text may be taken for."""
    counted = [0]
    if text.count("\n") >= _ITEMS - 1 or "<li" in text:
        counted.append(len(_BULLET.findall(text)))
    if "**" in text or "__" in text or "<" in text:
        counted.append(len(_BOLDLABEL.findall(text)))
    if any(_is_in_order(text, one) for one in _ENUMERATIONS if one.last in text):
        counted.append(_ITEMS)
    return max(counted)


def _is_in_order(text: str, enumeration: _Enumeration) -> bool:
    """Whether the signs stand in the text one behind the other."""
    if enumeration.outside:
        text = _PARENTHESES.sub("", text)
    at = 0
    for sign in enumeration.signs:
        found = re.compile(sign, re.MULTILINE).search(text, at)
        if found is None:
            return False
        at = found.end()
    return True


def _parts(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.note.type == "tradeoff" and not subject.is_cloze:
        labels = len(LABEL.findall(subject.note.back))
        if labels < _ITEMS:
            hint = "write `Gain: … Price: … Zero gain: …`"
            yield subject.flaw("the trade-off does not name its three parts", hint)


def _flip(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.note.type == "choose" and not subject.note.flip:
        hint = "add a line `Flip:` with the change of a constraint that reverses the choice"
        yield subject.flaw("nothing says when the other choice would win", hint)


RULES = (
    Rule("list-answer", ERROR, "answers that are no list of three or more", own=WARNING,
         note=_list),
    Rule("tradeoff-parts", ERROR, "gain, price and zero gain, each with its label", note=_parts),
    Rule("flip", ERROR, "a Flip: line on every choose card", note=_flip),
)  # fmt: skip
