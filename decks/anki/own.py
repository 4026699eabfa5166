"""Notes that we exported ourselves: back to what they were. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from html import unescape
from typing import NamedTuple

from decks.anki.kinds import NoteType
from decks.model import NoteKind, Variant

KINDS_BY_NAME = {
    "driftdeck Basic": NoteKind.BASIC,
    "driftdeck Basic (and reversed)": NoteKind.REVERSED,
    "driftdeck Cloze": NoteKind.CLOZE,
}
NAMES = {kind: name for name, kind in KINDS_BY_NAME.items()}
_MORE = ("Why", "Flip", "Variants", "Concept", "Source", "Id")
_UID = re.compile(r"([0-9a-f]{32})[cr]?")  # a letter for each kind but the first
# A variant's question, and its answer: folded, or quoted as earlier versions did.
_VARIANT = re.compile(
    r"<div>((?:(?!</?div>).)*)</div>"
    r"(?:<details><summary>[^<]*</summary>((?:(?!</?details>).)*)</details>"
    r"|<blockquote>((?:(?!<div>).)*)</blockquote>)",
    re.DOTALL,
)
# A title that stands for its key, or is one. An empty span keeps MathJax from a formula.
_CITED = re.compile(
    r'<(cite|span)(?: data-key="([^"]*)")?>((?:<span></span>|(?!</?(?:cite|span)).)*)</\1>',
    re.DOTALL,
)
_TAG = re.compile(r"<[^<>]*>")
_TAGGED = ("concept::", "type::")


def _id(name: str) -> int:
    """The id that `exporters.anki` gives a note type."""
    digest = sha256("\x1f".join(("driftdeck", "model", name)).encode()).digest()
    return 10**12 + int.from_bytes(digest[:8], "big") % 2**41


_KINDS = {_id(name): kind for name, kind in KINDS_BY_NAME.items()}


class Extras(NamedTuple):
    """What our note types hold besides the question and the answer."""

    id: str
    why: str
    flip: str
    variants: tuple[Variant, ...]
    concept: str
    type: str
    tags: tuple[str, ...]
    sources: tuple[str, ...]


def kind(note_type: NoteType) -> NoteKind | None:
    """The kind of note that the type is for, if it is one of ours."""
    found = _KINDS.get(note_type.id)
    return found if found and set(field_names(found)) <= set(note_type.fields) else None


def field_names(kind: NoteKind) -> tuple[str, ...]:
    """The fields of the note type for that kind, in their order."""
    return ("Text", *_MORE) if kind is NoteKind.CLOZE else ("Front", "Back", *_MORE)


def uid(guid: str) -> bytes | None:
    """The id that a note of ours had in the collection that it comes from."""
    found = _UID.fullmatch(guid)
    return bytes.fromhex(found[1]) if found else None


def extras(
    fields: Mapping[str, str], tags: tuple[str, ...], guid: str, markdown: Callable[[str], str]
) -> Extras:
    """All but question and answer. Id, concept and sources are text that was escaped, or titles
    that tell their keys."""
    note_id = unescape(fields["Id"]).strip()
    variants = [
        Variant(markdown(front), markdown(folded or quoted))
        for front, folded, quoted in _VARIANT.findall(fields["Variants"])
    ]
    kinds = [tag.removeprefix("type::") for tag in tags if tag.startswith("type::")]
    return Extras(
        "" if note_id == guid[:32] else note_id,
        markdown(fields["Why"]),
        markdown(fields["Flip"]),
        tuple(variant for variant in variants if all(variant)),
        ", ".join(_keys(fields["Concept"])),
        kinds[0] if kinds else "",
        tuple(tag for tag in tags if not tag.startswith(_TAGGED)),
        tuple(_keys(fields["Source"])),
    )


def _keys(field: str) -> Iterator[str]:
    """What the titles in a field stand for, and the words beside them, which commas part."""
    end = 0
    for cited in _CITED.finditer(field):
        yield from _parted(field[end : cited.start()])
        # A key may hold tags of its own: who writes an attribute need not escape them.
        key = (cited[2] or "").replace("<span></span>", "")
        yield unescape(key or _TAG.sub("", cited[3]))
        end = cited.end()
    yield from _parted(field[end:])


def _parted(html: str) -> Iterator[str]:
    words = unescape(_TAG.sub(", ", html)).split(", ")
    return filter(None, (word.strip() for word in words))
