"""HTML of tables as markdown, and the rows that we exported ourselves. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from decks import cloze
from decks.anki import clozes, own
from decks.anki import markdown as html_fields
from decks.anki.gaps import cloze_text
from decks.dialects.formulas import unguarded_deck, unguarded_tags
from decks.dialects.sheet import Said
from decks.model import Exported, NoteKind

_MARKS = re.compile("[\ufdd0-\ufdef]")  # noncharacters, which stand for gaps meanwhile


def markdown(html: str) -> str:
    """The HTML as markdown; pictures are named as there."""
    return html_fields.markdown(_MARKS.sub("�", html), str)


def with_gaps(html: str, *, numbered: bool) -> str:
    """HTML with deletions as a cloze text of ours; "" if its gaps cannot be asked."""
    html = _MARKS.sub("�", html)
    parts = clozes.parsed(html)
    count = sum(isinstance(part, clozes.Gap) for part in parts)
    if not count or not clozes.is_simple(parts):
        return ""
    return cloze_text(
        html_fields.markdown(clozes.marked(html), str), count=count, numbered=numbered
    )


def said(kind: NoteKind, guid: str, deck: str, tags: str, values: Sequence[str]) -> Said | str:
    """What a row of ours says; why it cannot be a card, if it cannot."""
    names = own.field_names(kind)
    fields = dict(zip(names, [*values, *[""] * len(names)], strict=False))
    text = fields[names[0]]
    is_cloze = kind is NoteKind.CLOZE
    front = with_gaps(text, numbered=False) if is_cloze else markdown(text)
    if is_cloze and not front:
        return "gaps that cannot be asked"
    told = own.extras(fields, unguarded_tags(tags), guid, markdown)
    uid = own.uid(guid)
    return Said(
        kind, front, "" if is_cloze else markdown(fields[names[1]]), id=told.id,
        deck=unguarded_deck(deck), tags=told.tags, why=told.why, sources=told.sources,
        flip=told.flip, variants=told.variants, concept=told.concept, type=told.type,
        exported=Exported(uid, _ordinals(kind, front, text)) if uid else None,
    )  # fmt: skip


def _ordinals(kind: NoteKind, front: str, html: str) -> tuple[int, ...]:
    """The numbers of the note's cards in Anki, from 0, in the order of their keys here."""
    if kind is not NoteKind.CLOZE:
        return tuple(range(2 if kind is NoteKind.REVERSED else 1))
    gaps = cloze.find_gaps(front)
    if all(gap.number is not None for gap in gaps):
        return tuple(dict.fromkeys((gap.number or 1) - 1 for gap in gaps))
    return tuple(number - 1 for number in clozes.numbers(clozes.parsed(html)))
