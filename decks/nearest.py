"""Notes that no deck file can hold as they are, as near to that as one can. Pure.

Such notes come from other programs. What they say stays, and so does what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from decks.drafts import stands_alone
from decks.fences import pair
from decks.frontmatter import clean_deck
from decks.lines import NEXT_FILE, Kind, classify
from decks.model import Note, NoteKind, Place, Variant
from decks.render import render

_PLAIN = Note(NoteKind.BASIC, "Q", "A", "", Place("", 0))
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_ID_AT_END = re.compile(r"(?:^|(?<=\s))\^(?=[a-z0-9-]{3,}\Z)")
_SLUG = re.compile(r"(?=[0-9-]*[a-z])[a-z0-9-]+")
_FENCE = re.compile(r"`{3,}|~{3,}")
_TICKS = re.compile(r"`+")
_SPACED = (
    Kind.QUESTION, Kind.ANSWER, Kind.CLOZE, Kind.FIELD, Kind.NUMBERS, Kind.RULE, Kind.HEADING,
    Kind.COMMENT,
)  # fmt: skip
_LEFT_OUT = "left out: no deck file can hold it"
_MOST_NAME = 1000  # characters of a deck or a date


class Nearest(NamedTuple):
    """What a note becomes: usually one note, none if it cannot be written at all."""

    notes: tuple[Note, ...]
    changes: tuple[str, ...]  # in words, for people; none for a note that stays as it is


def nearest(note: Note) -> Nearest:
    """The note as a deck file can hold it."""
    changes: list[str] = []
    for change, what in _CHANGES:
        if is_held(note):
            break
        changed = change(note)
        changes += [what] if changed != note else []
        note = changed
        if change is _with_good_head and note.kind is NoteKind.REVERSED and not is_held(note):
            return _one_way_each(note, changes)
    return Nearest((note,), tuple(changes)) if is_held(note) else Nearest((), (_LEFT_OUT,))


def is_held(note: Note) -> bool:
    """Whether a deck file can hold the note as it is."""
    names = filter(None, (note.id, note.concept))
    if not all(map(_SLUG.fullmatch, names)) or (note.type and not note.id):
        return False  # to try every spelling takes long
    try:
        render([note])
    except ValueError:
        return False
    return True


# Names


def _with_good_names(note: Note) -> Note:
    note_id = note.id if is_held(replace(_PLAIN, id=note.id)) else ""
    kind = note.type if is_held(replace(_PLAIN, id=note_id, type=note.type)) else ""
    concept = note.concept if is_held(replace(_PLAIN, concept=note.concept)) else ""
    return replace(note, id=note_id, type=kind, concept=concept)


def _with_good_head(note: Note) -> Note:
    head = replace(_PLAIN, concept=note.concept)
    deck = _fitting(note.deck, lambda deck: replace(head, deck=deck))
    as_of = _fitting(note.as_of, lambda as_of: replace(head, as_of=as_of))
    head = replace(head, deck=deck, as_of=as_of)
    head = replace(head, tags=_fitting_all(note.tags, lambda tags: replace(head, tags=tags)))
    sources = _fitting_all(note.sources, lambda sources: replace(head, sources=sources))
    return replace(note, deck=deck, as_of=as_of, tags=head.tags, sources=sources)


def _fitting(name: str, written: Callable[[str], Note]) -> str:
    """As much of the name as there is room for."""
    if is_held(written(name)):
        return name
    name = clean_deck(_text(name))[:_MOST_NAME].strip(" :")
    while name and not is_held(written(name)):
        name = name[: len(name) // 2].strip(" :")
    return name


def _fitting_all(
    names: tuple[str, ...], written: Callable[[tuple[str, ...]], Note]
) -> tuple[str, ...]:
    """The names that can be written, as many as there is room for."""
    if is_held(written(names)):
        return names
    good = [" ".join(_text(name).split()).lstrip("# ").replace(" #", " ") for name in names]
    fit = tuple(dict.fromkeys(name for name in good if name and is_held(written((name,)))))
    while fit and not is_held(written(fit)):
        fit = fit[: len(fit) * 3 // 4]
    return fit


# Texts


def _guarded(note: Note) -> Note:
    """With a blank before what would begin something else, which markdown does not mind."""
    variants = tuple(Variant(_guarded_text(v.front), _guarded_text(v.back)) for v in note.variants)
    return replace(
        note, front=_guarded_text(note.front), back=_guarded_text(note.back),
        why=_guarded_text(note.why), flip=_guarded_text(note.flip), variants=variants,
    )  # fmt: skip


def _guarded_text(text: str) -> str:
    lines = _closed(_text(text).strip().split("\n"))
    code = {at for first, last in pair(lines).code for at in range(first + 1, last + 1)}
    spaced = {at for at in range(1, len(lines)) if _begins(lines, at, is_code=at in code)}
    text = "\n".join(f" {line}" if at in spaced else line for at, line in enumerate(lines))
    return _ID_AT_END.sub(r"\^", text)


def _closed(lines: list[str]) -> list[str]:
    """The lines with an end to the code that has none, where a browser would see it end."""
    if not (opened := pair(lines).open_code):
        return lines
    sign = _FENCE.search(lines[opened[0]])
    closed = [*lines, sign[0]] if sign else lines
    still_open = pair(closed).open_code
    return [_FENCE.sub("\\\\\\g<0>", line) if at in still_open else line
            for at, line in enumerate(closed)]  # fmt: skip


def _begins(lines: Sequence[str], at: int, *, is_code: bool) -> bool:
    """Whether something else would begin with the line."""
    if is_code:
        return lines[at].rstrip() == NEXT_FILE
    (line,) = classify([lines[at]])
    if line.kind is Kind.TEXT:
        return not lines[at - 1].strip() and stands_alone(line)
    return line.kind in _SPACED


def _text(text: str) -> str:
    return _NOT_TEXT.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))


def _with_good_variants(note: Note) -> Note:
    """With those that cannot be written among the reasons."""
    good = tuple(v for v in note.variants if is_held(replace(_PLAIN, variants=(v,))))
    others = [text for v in note.variants if v not in good for text in v]
    return replace(note, variants=good, why="\n\n".join(filter(None, [note.why, *others])))


def _as_code(note: Note) -> Note:
    """With each text that cannot be written as a block of code."""
    is_cloze = note.kind is NoteKind.CLOZE  # its gaps would be none in code
    return replace(
        note,
        front=note.front if is_cloze else _fenced(note.front, replace(_PLAIN, front=note.front)),
        back=_fenced(note.back, replace(_PLAIN, back=note.back)),
        why=_fenced(note.why, replace(_PLAIN, why=note.why)),
        flip=_fenced(note.flip, replace(_PLAIN, flip=note.flip)),
    )


def _fenced(text: str, alone: Note) -> str:
    """The text as code, unless the note that holds it alone can be written."""
    if not text or is_held(alone):
        return text
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}\n{text}\n{ticks}"


def _one_way_each(note: Note, changes: list[str]) -> Nearest:
    """Two notes, for only one without more than a line each can be asked both ways."""
    there = replace(note, kind=NoteKind.BASIC)
    back = replace(there, front=note.back, back=note.front, id="", type="", variants=())
    found = [nearest(there), nearest(back)]
    more = dict.fromkeys(change for one in found for change in one.changes)
    notes = tuple(made for one in found for made in one.notes)
    return Nearest(notes, (*changes, "a note for each direction", *more))


_CHANGES: tuple[tuple[Callable[[Note], Note], str], ...] = (
    (_with_good_names, "without its id, type or concept"),
    (_with_good_head, "with a shorter deck, or fewer tags or sources"),
    (_guarded, "with a blank before some lines"),
    (_with_good_variants, "with variants among the reasons"),
    (_as_code, "with a text as code"),
)
