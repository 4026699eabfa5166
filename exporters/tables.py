"""Tables of notes, CSV and TSV, as Anki imports them. Pure.

They begin with a byte order mark, for without it Excel takes UTF-8 for something else; Anki passes
it by.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial

from decks.anki import own
from decks.dialects.formulas import guarded_deck, guarded_html, guarded_tags
from decks.progress import Progress
from exporters.anki import fields_of_note
from exporters.base import Bundle, ExportNote, Format

_BEFORE = ("guid", "note type", "deck")  # the fields; the tags stand behind them
_ROWS_A_PIECE = 500


def _render(name: str, sign: str, bundle: Bundle, progress: Progress) -> Iterator[bytes]:
    layouts = _layouts(bundle.notes)
    width = max(map(len, layouts), default=0)
    deck_names = fields_of_note.deck_names(exported.note.deck for exported in bundle.notes)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=sign, lineterminator="\n")
    text.write(_head(name, width))
    text.write("#columns:")
    rows.writerow([*_BEFORE, *_labels(layouts, width), "tags"])
    for place, exported in enumerate(bundle.notes):
        if not place % _ROWS_A_PIECE:
            progress(place, len(bundle.notes))
            yield _taken(text)
        rows.writerow(_row(exported, bundle, deck_names[exported.note.deck], width))
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data


def _layouts(notes: Sequence[ExportNote]) -> list[tuple[str, ...]]:
    """The fields of the note types that there are, the first type first."""
    kinds = {exported.note.kind for exported in notes}
    return list(dict.fromkeys(own.field_names(kind) for kind in own.NAMES if kind in kinds))


def _head(name: str, width: int) -> str:
    tags = len(_BEFORE) + width + 1
    return (
        f"\ufeff#separator:{name}\n#html:true\n#guid column:1\n#notetype column:2\n"
        f"#deck column:3\n#tags column:{tags}\n"
    )


def _labels(layouts: Sequence[Sequence[str]], width: int) -> list[str]:
    """Anki counts the fields of each note type from the left, so that a column may have two."""
    columns = ([names[at] for names in layouts if at < len(names)] for at in range(width))
    return [" or ".join(dict.fromkeys(column)) for column in columns]


def _row(exported: ExportNote, bundle: Bundle, deck: str, width: int) -> list[str]:
    joined = fields_of_note.joined_fields(exported, bundle)
    fields = [guarded_html(field) for field in joined.split(fields_of_note.SEPARATOR)]
    fields += [""] * (width - len(fields))
    tags = guarded_tags(fields_of_note.tags(exported))
    name = own.NAMES[exported.note.kind]
    return [fields_of_note.guid(exported), name, guarded_deck(deck), *fields, tags]


CSV = Format("csv", ".csv", "table for Anki and spreadsheets", partial(_render, "Comma", ","))
TSV = Format("tsv", ".tsv", "the same with tabs", partial(_render, "Tab", "\t"))
