"""Which note is which, and which card: hashes of content. Pure."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decks.model import Note


_EMPTY = blake2b(digest_size=16)


class Words(NamedTuple):
    """What a note asks and answers, as markdown; `back` is empty for a cloze."""

    kind: str
    front: str
    back: str


def digest(*parts: str) -> bytes:
    """BLAKE2b-128 of the parts, which cannot run into one another."""
    whole = "\x1f".join(parts)
    if whole.count("\x1f") >= len(parts):
        whole = "\x1f".join(part.replace("\x1f", "\x1f\x1f") for part in parts)
    hashed = _EMPTY.copy()  # quicker than a new one
    hashed.update(whole.encode("utf-8", "surrogatepass"))
    return hashed.digest()


def normal(text: str) -> str:
    """The text without what no reader sees: composition of letters, and runs of white space."""
    if text.isascii():
        if text.isprintable() and "  " not in text and text.strip(" ") == text:
            return text  # as nearly all are
    else:
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def text_hash(note: Note) -> bytes:
    """The same for notes that ask and answer the same words."""
    return digest("text", note.kind, normal(note.front), normal(note.back))


def content_hash(note: Note) -> bytes:
    """Changes when anything does that a learner or another program can see of the note."""
    variants = [part for variant in note.variants for part in variant]
    numbers = ("estimate", repr(tuple(note.estimate))) if note.estimate else ()
    return digest(
        note.kind, note.front, note.back, note.why, note.flip, *variants,
        "tags", *note.tags, "sources", *note.sources,
        "rest", note.id, note.concept, note.type, note.as_of, *numbers,
    )  # fmt: skip


def note_uid(note: Note, attempt: int = 0) -> bytes:
    """Derived, so that two devices that import the same file agree.

    `attempt` tells apart a new note from an old one that once had the same words.
    """
    again = (str(attempt),) if attempt else ()
    if note.exported:
        uid = note.exported.uid
        return digest("exported", uid.hex(), *again) if attempt else uid
    if note.id:
        return digest("id", note.id, *again)
    return digest("note", note.kind, normal(note.front), normal(note.back), *again)


def card_uid(note: bytes, key: str, attempt: int = 0) -> bytes:
    """Derived from its note and from which side or deletion it asks."""
    again = (str(attempt),) if attempt else ()
    return digest("card", note.hex(), key, *again)
