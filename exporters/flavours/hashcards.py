"""Decks for hashcards: `Q:`, `A:` and `C:` below the name of the deck. Pure.

hashcards looks at the beginnings of lines only, code or not, and takes every bracket of a cloze
text for a gap. Text that it would take for markup is written so that it looks the same and is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from decks.cloze import Gap, find_gaps
from decks.dialects.brackets import gapped
from decks.frontmatter import clean_deck
from decks.model import Note, NoteKind, Problem, Severity
from decks.progress import Progress, told
from exporters.base import Bundle, Format
from exporters.flavours.asked import Asked, asked, told_below
from exporters.flavours.texts import fence_of, fenced, fit, is_fit

_TAGS = ("Q:", "A:", "C:")
_LONGEST_NAME = 500  # characters
_BLOCK = re.compile(r"```|~~~|\||>|\$\$|(?:[-*+]|\d{1,9}[.)])[ \t]")  # begins on its own line
_HEADING = re.compile(r"#{1,6}(?:\s|$)")
_LOOSE = re.compile(r"\s*$|#{1,6}(?:\s|$)|>\s*sources?:", re.IGNORECASE)
_BRACKET = re.compile(r"(!\[[^\[\]\\\n]*\])|([\[\]])")  # that of a picture is none


def render(bundle: Bundle, progress: Progress) -> Iterator[bytes]:
    """The deck, with a paragraph for each card."""
    yield f"---\nname = {json.dumps(_name(bundle), ensure_ascii=False)}\n---\n".encode()
    for exported in told(bundle.notes, len(bundle.notes), progress):
        yield "".join(f"\n{card}\n" for card in _cards(exported.note)).encode()


def problems(bundle: Bundle) -> Sequence[Problem]:
    """Each cloze note whose gaps have to be questions, of severity NOTE."""
    hint = "hashcards asks for each gap by itself, without a hint, and knows nothing below it"
    return [
        Problem(one.note.place, "its gaps are questions with answers", hint, Severity.NOTE)
        for one in bundle.notes
        if one.note.kind is NoteKind.CLOZE and (told_below(one.note) or not _cloze(one.note.front))
    ]


def _name(bundle: Bundle) -> str:
    decks = {exported.note.deck for exported in bundle.notes}
    name = decks.pop() if len(decks) == 1 else ""
    return (clean_deck(name) or clean_deck(bundle.title))[:_LONGEST_NAME]


def _cards(note: Note) -> list[str]:
    if note.kind is NoteKind.CLOZE and not told_below(note) and (text := _cloze(note.front)):
        return [_tagged("C:", text)]
    return [_basic(one) for one in asked(note)]


def _basic(one: Asked) -> str:
    return f"{_tagged('Q:', one.front)}\n{_tagged('A:', one.back)}"


def _tagged(tag: str, text: str) -> str:
    text = _harmless(fit(text))
    return f"{tag}\n{text}" if _BLOCK.match(text) else f"{tag} {text.lstrip()}"


# Lines


def _harmless(text: str) -> str:
    """The text without a line that is a tag or a rule to hashcards, or that ends a card to us."""
    lines = text.split("\n")
    code = fenced(lines)
    for first, last in code:
        if any(map(_is_markup, lines[first : last + 1])):
            lines[first : last + 1] = _quoted(lines[first : last + 1])
    inside = {at for first, last in code for at in range(first, last + 1)}
    tail = _tail(lines)
    for at, line in enumerate(lines):
        if at not in inside:
            lines[at] = _as_text(line, ends=at >= tail)
    return "\n".join(lines)


def _is_markup(line: str) -> bool:
    return line.startswith(_TAGS) or line.strip() == "---"


def _as_text(line: str, *, ends: bool) -> str:
    """A line of prose: a blank before it changes nothing, nor does a longer rule."""
    if line.startswith(_TAGS) or (ends and _HEADING.match(line)):
        return f" {line}"
    return line.replace("---", "----") if line.strip() == "---" else line


def _quoted(lines: Sequence[str]) -> list[str]:
    """Code as a quotation: nothing else keeps its lines from beginning with a tag."""
    width = len(fence_of(lines[0])[0])
    insets = [width, *(min(width, len(line) - len(line.lstrip())) for line in lines[1:])]
    return [f"{line[:at]}> {line[at:]}" for at, line in zip(insets, lines, strict=True)]


def _tail(lines: Sequence[str]) -> int:
    """Where headings begin that nothing else follows."""
    at = len(lines)
    while at > 0 and _LOOSE.match(lines[at - 1]):
        at -= 1
    return at


# Gaps


def _cloze(text: str) -> str:
    """The text with its gaps in brackets; "" if hashcards would ask for anything else."""
    gaps = find_gaps(text)
    together = len({gap.key for gap in gaps}) < len(gaps)
    written = _bracketed(text, gaps)
    if together or any(gap.hint for gap in gaps) or not all(map(is_fit, (text, written))):
        return ""
    read = gapped(_harmless(written).strip())
    found = find_gaps(read.text)
    is_same = len(read.pairs) == len(gaps) and _words(found) == _words(gaps)
    return written if is_same else ""


def _bracketed(text: str, gaps: Sequence[Gap]) -> str:
    pieces: list[str] = []
    at = 0
    for gap in gaps:
        pieces += (_escaped(text[at : gap.start]), f"[{_escaped(gap.text)}]")
        at = gap.end
    return "".join([*pieces, _escaped(text[at:])])


def _escaped(text: str) -> str:
    return _BRACKET.sub(lambda found: found[1] or f"\\{found[2]}", text)


def _words(gaps: Sequence[Gap]) -> list[str]:
    return [gap.text for gap in gaps]


FORMAT = Format("hashcards", ".md", "one deck for hashcards", render, problems=problems)
