"""Notes for Obsidian Spaced Repetition, with their schedules. Pure.

A line `#flashcards/…` names the deck of the cards below it. Every card ends at a blank line, so
that none of them holds one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from decks import values
from decks.cloze import Gap, find_gaps
from decks.dialects import obsidian
from decks.dialects.base import DeckText
from decks.dialects.obsidian_inline import without_markup
from decks.model import Note, NoteKind, Problem, Severity
from decks.progress import Progress, told
from decks.spans import code_ranges, math_ranges
from exporters.base import Bundle, ExportNote, Format, History, Want
from exporters.flavours.asked import asked, told_below
from exporters.flavours.obsidian_schedule import comment
from exporters.flavours.obsidian_tags import deck_tag, plain_tag
from exporters.flavours.obsidian_text import front, written
from exporters.flavours.texts import fit, is_fit

_LINE_WIDTH = 80  # of a card that is written on one line
_PLAIN = re.compile(r"[^\W_][^:`$\[\]{}<>#|=%^\\\n]*")
_MOST_SHARED = 1000  # characters of tags above the cards
_EQUALS = re.compile("=(?==)")


def render(bundle: Bundle, progress: Progress) -> Iterator[bytes]:
    """The note, deck by deck in the order of its cards."""
    shared = _shared_tags(bundle.notes)
    yield _above(shared).encode()
    notes = told(bundle.notes, len(bundle.notes), progress)
    for number, (deck, group) in enumerate(groupby(notes, lambda one: deck_tag(one.note.deck))):
        yield f"{chr(10) if number or shared else ''}{deck}\n".encode()
        for exported in group:
            yield "".join(paragraphs(exported, bundle.history, shared)).encode()


def problems(bundle: Bundle) -> Sequence[Problem]:
    """Each cloze note whose gaps have to be questions, of severity NOTE."""
    hint = "what stands below gaps would show with the question, and no gap may hold =="
    return [
        Problem(one.note.place, "its gaps are questions with answers", hint, Severity.NOTE)
        for one in bundle.notes
        if one.note.kind is NoteKind.CLOZE and not _whole(one.note, "")
    ]


# Tags


def _tags(note: Note) -> list[str]:
    return list(dict.fromkeys(filter(None, map(plain_tag, note.tags))))


def _shared_tags(notes: Sequence[ExportNote]) -> list[str]:
    """The tags that all notes have, as far as there is room for them."""
    if not notes:
        return []
    shared = _tags(notes[0].note)
    for exported in notes:
        shared = [tag for tag in shared if tag in _tags(exported.note)]
        if not shared:
            break
    return shared if sum(map(len, shared)) <= _MOST_SHARED else []


def _above(shared: Sequence[str]) -> str:
    names = ", ".join(values.written(tag[1:]) for tag in shared)
    return f"---\ntags: [{names}]\n---\n" if shared else ""


# Cards


def paragraphs(
    exported: ExportNote, history: History | None, shared: Sequence[str]
) -> Iterator[str]:
    """What a note comes to, the tags that all notes share left out: one paragraph, or one for each
    card where they cannot stand together.
    """
    note = exported.note
    uids = {card.key: card.uid for card in exported.cards}
    own = " ".join(tag for tag in _tags(note) if tag not in shared)
    cards = asked(note)
    if whole := _whole(note, own):
        yield _paragraph(whole, comment(history, [uids.get(one.key) for one in cards]))
        return
    for one in cards:
        text = _of_lines(one.front, one.back, "?", own)
        yield _paragraph(text, comment(history, [uids.get(one.key)]))


def _paragraph(text: str, schedule: str) -> str:
    return f"\n{text}\n{schedule}\n" if schedule else f"\n{text}\n"


def _whole(note: Note, own: str) -> str:
    """All cards of a note in one text; "" if that cannot be."""
    below = told_below(note)
    question, answer = fit(note.front), fit(note.back)
    if note.kind is NoteKind.CLOZE:
        return "" if below else _cloze(note.front, own)
    if note.kind is NoteKind.REVERSED and below:
        return ""
    both = note.kind is NoteKind.REVERSED
    if not below and (line := _line(question, answer, ":::" if both else "::")):
        return f"{own} {line}" if own else line
    return _of_lines(question, f"{answer}{below}", "??" if both else "?", own)


def _line(question: str, answer: str, separator: str) -> str:
    """A short card on one line; "" for one with any sign that might be more than a word."""
    line = f"{question} {separator} {answer}"
    is_short = len(question) + len(answer) <= _LINE_WIDTH
    is_plain = is_short and all(_PLAIN.fullmatch(text) for text in (question, answer))
    return line if is_plain and without_markup(line) == line else ""


def _of_lines(question: str, answer: str, separator: str, own: str) -> str:
    lines = (own, front(question), separator, written(answer))
    return "\n".join(filter(None, lines))


# Gaps


def _cloze(text: str, own: str) -> str:
    """The text with its gaps highlighted; "" if the plugin would ask for anything else."""
    gaps = find_gaps(text)
    if not is_fit(text) or not all(map(_fits, gaps)) or _has_marks(text):
        return ""
    highlighted = _highlighted(text, gaps)
    if "===" in highlighted or not is_fit(highlighted):
        return ""  # a sign beside a gap would be of its mark
    marked = written(highlighted)
    whole = f"{own}\n{marked}" if own else marked
    return whole if _reads_back(whole, gaps) else ""


def _fits(gap: Gap) -> bool:
    """Whether a gap can be written between `==`."""
    whole = f"{gap.text};;{gap.hint}" if gap.hint else gap.text
    if "\n" in whole or "==" in whole or ";;" in gap.text + gap.hint:
        return False
    return not (whole.startswith("=") or whole.endswith("="))


def _has_marks(text: str) -> bool:
    """Whether code or a formula holds `==`, which the plugin would take for the end of a gap."""
    formulas = [(one.start, one.end) for one in math_ranges(text)]
    return any("==" in text[start:end] for start, end in (*code_ranges(text), *formulas))


def _highlighted(text: str, gaps: Sequence[Gap]) -> str:
    keys = list(dict.fromkeys(gap.key for gap in gaps))
    is_numbered = len(keys) < len(gaps)
    pieces: list[str] = []
    at = 0
    for gap in gaps:
        number = f"{keys.index(gap.key) + 1};;" if is_numbered else ""
        hint = f";;{gap.hint}" if gap.hint else ""
        pieces += (_unmarked(text[at : gap.start]), f"=={number}{gap.text}{hint}==")
        at = gap.end
    return "".join([*pieces, _unmarked(text[at:])])


def _unmarked(text: str) -> str:
    return _EQUALS.sub("=\\\\", text)


def _reads_back(whole: str, gaps: Sequence[Gap]) -> bool:
    read = obsidian.parse(DeckText(f"#flashcards\n\n{whole}\n", "", "", "")).notes
    if len(read) != 1 or read[0].kind is not NoteKind.CLOZE:
        return False
    found = find_gaps(read[0].front)
    hints = [gap.hint for gap in gaps]
    return [gap.hint for gap in found] == hints and len(found) == len(gaps)


FORMAT = Format(
    "obsidian", ".md", "one note for Obsidian Spaced Repetition", render,
    frozenset({Want.HISTORY}), problems=problems,
)  # fmt: skip
