"""Templates of note types: what they make of the fields of a note, as HTML. Pure.

`{{Field}}`, `{{filter:Field}}`, `{{#Field}}…{{/Field}}`, `{{^Field}}…{{/Field}}`, and the names
that Anki adds itself. Where a template is wrong, Anki shows an error; here it does what it can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from decks.anki.clozes import marked, shown

# Noncharacters: they stand for the front and for the rule below it while a back is taken apart.
FRONT_MARK, RULE_MARK = "\ufdd0", "\ufdd1"
_DEEPEST = 100
_MOST_PARTS = 20_000
_TOKEN = re.compile(r"<!--|\{\{([^{}]*+)\}\}")
_RULE = re.compile(r"<hr\b[^<>]*?\bid\s*=\s*[\"']?answer\b[^<>]*>", re.IGNORECASE)
_OTHER_BRACES = "{{=<% %>=}}"
_FURIGANA = re.compile(r" ?(?<![^ >\[\]])([^ >\[\]]++)\[([^\[\]]++)\]")
_TAG = re.compile(r"<[^<>]*>")
_GAP = re.compile(r"c[0-9]{1,3}")


class Text(NamedTuple):
    """What stands there as it is."""

    html: str


class Shown(NamedTuple):
    """A field, with its filters in the order that they apply in."""

    field: str
    filters: tuple[str, ...]


class Where(NamedTuple):
    """A part that is there if the field says something, or, if `negated`, if it does not."""

    field: str
    negated: bool
    parts: tuple[Part, ...]


Part = Text | Shown | Where
Parts = tuple[Part, ...]


class Side(NamedTuple):
    """Which card is shown, and how much of it."""

    is_back: bool
    cloze: int = 0  # the number of the gap that is asked
    marks_gaps: bool = False  # all gaps are shown, between marks
    cuts_gaps: bool = False  # in place of the text with gaps stands the mark of the front


def compiled(text: str) -> Parts:
    """A template ready for many notes."""
    if text.lstrip().startswith(_OTHER_BRACES):
        text = text.lstrip().removeprefix(_OTHER_BRACES)
        text = text.replace("<%", "{{").replace("%>", "}}")
    return _Compiler(text).parts()


class _Compiler:
    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[tuple[str, bool, list[Part]]] = [("", False, [])]
        self.count = 0
        self.last_comment = text.rfind("-->")

    def parts(self) -> Parts:
        at = 0
        while (token := _TOKEN.search(self.text, at)) and self.count < _MOST_PARTS:
            self._add(Text(self.text[at : token.start()]))
            at = token.end()
            if token[1] is None:
                at = self._comment_end(at)
            else:
                self._take(token[1].strip())
        self._add(Text(self.text[at:]))
        while len(self.open) > 1:
            self._close()
        return tuple(self.open[0][2])

    def _comment_end(self, at: int) -> int:
        if at > self.last_comment:
            return at  # it never closes
        return self.text.find("-->", at) + 3

    def _take(self, word: str) -> None:
        sign, name = word[:1], word[1:].strip()
        if sign in ("#", "^") and len(self.open) < _DEEPEST:
            self.open.append((name, sign == "^", []))
        elif sign == "/":
            if len(self.open) > 1 and self.open[-1][0] == name:
                self._close()
        elif word == "FrontSide":
            self._add(Text(FRONT_MARK))
        else:
            *filters, field = word.split(":")
            self._add(Shown(field.strip(), tuple(each.strip() for each in reversed(filters))))

    def _close(self) -> None:
        field, negated, parts = self.open.pop()
        self._add(Where(field, negated, tuple(parts)))

    def _add(self, part: Part) -> None:
        if isinstance(part, Text):
            if not part.html:
                return
            part = Text(_RULE.sub(RULE_MARK, part.html))
        self.count += 1
        self.open[-1][2].append(part)


def rendered(parts: Parts, fields: Mapping[str, str], side: Side) -> str:
    """What the template makes of these fields, the marks for front and rule included."""
    pieces: list[str] = []
    _render(parts, fields, side, pieces)
    return "".join(pieces)


def _render(
    parts: Sequence[Part], fields: Mapping[str, str], side: Side, pieces: list[str]
) -> None:
    for part in parts:
        if isinstance(part, Text):
            pieces.append(part.html)
        elif isinstance(part, Shown):
            value = fields.get(part.field, "")
            pieces.append(_filtered(value, part.filters, side) if part.filters else value)
        elif says(fields, part.field) != part.negated:
            _render(part.parts, fields, side, pieces)


def says(fields: Mapping[str, str], name: str) -> bool:
    """Whether a field says anything; `c1` and its like, whether that gap is the one asked."""
    return not is_blank(fields.get(name, ""))


def is_blank(value: str) -> bool:
    """Whether a field says nothing: neither words nor media."""
    if not value:
        return True
    if "<" not in value and "&" not in value:
        return not value.strip()
    if "<img" in value or "<audio" in value or "<video" in value:
        return False
    return not _TAG.sub("", value).replace("&nbsp;", " ").strip()


def uses(parts: Sequence[Part], name: str) -> list[str]:
    """The fields that go through the filter of that name."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, Where):
            found += uses(part.parts, name)
        elif isinstance(part, Shown) and name in part.filters:
            found.append(part.field)
    return found


def asks_for_gap(parts: Sequence[Part]) -> bool:
    """Whether some part is there for one gap only: `{{#c1}}`."""
    return any(
        isinstance(part, Where) and (_GAP.fullmatch(part.field) or asks_for_gap(part.parts))
        for part in parts
    )


def fields_of(parts: Sequence[Part]) -> set[str]:
    """All fields that are shown."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Where):
            found |= fields_of(part.parts)
        elif isinstance(part, Shown):
            found.add(part.field)
    return found


def _filtered(value: str, filters: tuple[str, ...], side: Side) -> str:
    if "type" in filters:
        # A box to type into; beside the answer stands what was to be typed. That of a gap is
        # seen in its text.
        return value if side.is_back and "cloze" not in filters else ""
    for name in filters:
        value = _one(value, name, side)
    return value


def _one(value: str, name: str, side: Side) -> str:
    match name:
        case "cloze" | "cloze-only" if side.cuts_gaps:
            return FRONT_MARK
        case "cloze":
            return marked(value) if side.marks_gaps else shown(value, side.cloze, side.is_back)
        case "cloze-only":
            return shown(value, side.cloze, side.is_back, only=True)
        case "text":
            return _TAG.sub("", value)
        case "hint":
            return value if side.is_back else ""
        case "furigana":
            return _ruby(value, r"<ruby>\1<rt>\2</rt></ruby>")
        case "kanji":
            return _ruby(value, r"\1")
        case "kana":
            return _ruby(value, r"\2")
    return "" if name.startswith("tts") else value


def _ruby(value: str, template: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        return found[0] if found[2].startswith("sound:") else found.expand(template)

    return _FURIGANA.sub(replaced, value.replace("&nbsp;", " "))
