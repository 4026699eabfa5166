"""The settings of Obsidian_to_Anki: its words, and the fields of the note types that it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from decks.dialects.plugin_settings import flag, part, plugin_settings, text

BASIC = ("Front", "Back", "Add Reverse")
_CLOZE = ("Text", "Back Extra", "Extra")


class Around(NamedTuple):
    """What the plugin's settings say: its words, and the fields of Anki's note types."""

    begin: str = "START"
    end: str = "END"
    begin_inline: str = "STARTI"
    end_inline: str = "ENDI"
    deck_line: str = "TARGET DECK"
    tags_line: str = "FILE TAGS"
    delete: str = "DELETE"
    frozen: str = "FROZEN"
    curly: bool = False  # `{so}` is a deletion even beside `{{c1::so}}`
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()  # of each note type, by its name

    def fields_of(self, note_type: str) -> tuple[str, ...]:
        """The fields of a note type; none if they are not known."""
        if known := dict(self.fields).get(note_type):
            return known
        if "Cloze" in note_type:
            return _CLOZE
        return BASIC if note_type == "Basic" or note_type.startswith("Basic (") else ()


DEFAULT = Around()


def look_around(folder: str) -> object:
    """What the settings of the plugin say, in the vault around a folder."""
    data = plugin_settings(folder, "obsidian-to-anki-plugin")
    if not data:
        return None
    words, defaults = (part(part(data, "settings"), name) for name in ("Syntax", "Defaults"))
    return Around(
        text(words, "Begin Note", DEFAULT.begin),
        text(words, "End Note", DEFAULT.end),
        text(words, "Begin Inline Note", DEFAULT.begin_inline),
        text(words, "End Inline Note", DEFAULT.end_inline),
        text(words, "Target Deck Line", DEFAULT.deck_line),
        text(words, "File Tags Line", DEFAULT.tags_line),
        text(words, "Delete Note Line", DEFAULT.delete),
        text(words, "Frozen Fields Line", DEFAULT.frozen),
        flag(defaults, "CurlyCloze", DEFAULT.curly),
        tuple(_known_fields(part(data, "fields_dict"))),
    )


def _known_fields(found: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, fields in found.items():
        if isinstance(fields, list) and fields and all(isinstance(one, str) for one in fields):
            yield name, tuple(fields)
