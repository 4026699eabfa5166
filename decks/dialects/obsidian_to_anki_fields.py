"""The lines of one note of Obsidian_to_Anki: its fields, its tags and its id. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from decks.dialects.obsidian_to_anki_settings import BASIC
from decks.fences import pair

_FIELD = re.compile(r"([^\W\d_][\w /()+-]{0,40}):(?=\s|$)")
# Its own test of a last line takes `ID: 5` within a sentence for an id as well.
_ID = re.compile(r"\s*(?:<!--)?\s*ID:\s*(\d+)\s*(?:-->)?\s*")
_TAGS = re.compile(r"\s*Tags:(?:\s+(.*))?")


def foot(body: list[str]) -> tuple[str, tuple[str, ...]]:
    """Take id and tags off the end of a note, whichever comes last."""
    number = ""
    tags: tuple[str, ...] = ()
    seen = 0
    while body and seen < 2:
        if not number and (found := _ID.fullmatch(body[-1])):
            number = found[1]
        elif not tags and (found := _TAGS.fullmatch(body[-1])):
            tags = tags_in(found[1] or "")
        else:
            break
        seen += 1
        body[:] = without_blanks(body[:-1])
    return number, tags


def tags_in(written: str) -> tuple[str, ...]:
    """The tags of a line, with `#` or without."""
    return tuple(tag for part in re.split(r"[\s,]+", written) if (tag := part.strip("#")))


def fields_of(body: Sequence[str], names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The fields in order with their lines, the first one first: it needs no name before it.

    Of a note type that is not known, whatever looks like a name begins a field.
    """
    code = {at for first, last in pair(body).code for at in range(first + 1, last + 1)}
    found: dict[str, list[str]] = {names[0]: []} if names else {}
    current = names[0] if names else ""
    for at, line in enumerate(body):
        name = "" if at in code else _name(line, names)
        current = name or current
        text = line[len(name) + 1 :].lstrip(" \t") if name else line
        found.setdefault(current, []).append(text)
    return list(found.items()) or [("", [])]


def _name(line: str, names: Sequence[str]) -> str:
    if names:
        return next((name for name in names if line.startswith(f"{name}:")), "")
    named = _FIELD.match(line)
    return named[1] if named else ""


def sides(fields: Mapping[str, str], names: Sequence[str]) -> tuple[str, str]:
    """The first field, and all others with their names unless there is only a back."""
    first, *rest = fields
    others = [name for name in rest if name != "Add Reverse" and fields[name].strip()]
    if others == ["Back"] or (names[:2] == BASIC[:2] and others[:1] == ["Back"]):
        others = others[1:]
        back = [fields["Back"].strip()]
    else:
        back = []
    back += [f"**{name}:** {fields[name].strip()}" for name in others]
    return fields[first].strip(), "\n\n".join(back)


def without_blanks(lines: Sequence[str]) -> list[str]:
    """Lines without the blank ones around them."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return list(lines[first:last])
