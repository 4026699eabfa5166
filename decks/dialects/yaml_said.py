"""What one card of YAML says, from its keys. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from decks.dialects import anki_gaps, choices, standings
from decks.dialects.base import DeckText
from decks.dialects.sheet import Said, scoped
from decks.dialects.yaml_keys import (
    BACKS,
    FRONTS,
    first_text,
    one_line,
    prose,
    sources_of,
    tags_of,
)
from decks.frontmatter import clean_deck
from decks.history import Past
from decks.model import NoteKind
from decks.yaml_nodes import Node, value

CLOZES = ("text", "cloze", "content", "sentence")
# Where none of the names above is used for a side.
_SPARE_FRONTS = ("text", "title", "name", "heading", "concept", "sentence")
_SPARE_BACKS = ("content", "body", "description", "text")
_WHYS = ("explanation", "explain", "why", "rationale", "reason", "reasoning", "notes", "note",
         "details", "extra", "comment", "context", "example", "examples")  # fmt: skip
_HINTS = ("hint", "hints")
TAGS = ("tags", "tag", "labels", "keywords")
_TOPICS = ("topic", "category", "chapter", "section", "subject")
_UNIQUE_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\d{13}")
_BOTH_WAYS = re.compile(r"revers|bidirectional|two-?way|both")
_TRUE = ("true", "yes", "on", "1")


def said_by(keys: Mapping[str, Node], counts: int | None, source: DeckText) -> Said | str:
    """What a card says, or why it is none, with what to do behind a bar."""
    kind = value(keys.get("type")).casefold().replace("_", "-")
    front = first_text(keys, FRONTS)
    back = first_text(keys, BACKS)
    if not front and (back or choices.has(keys)):
        front = first_text(keys, _SPARE_FRONTS)
    elif not back and "cloze" not in kind:
        front = front or first_text(keys, ("title", "name", "heading", "concept"))
        back = first_text(keys, _SPARE_BACKS)
        back = "" if anki_gaps.has_gaps(back) else back
    why = _why(keys)
    said = Said(
        NoteKind.BASIC, front, back, why=why,
        id=_id(keys, source),
        deck=clean_deck(one_line(value(keys.get("deck")))),
        tags=_tags(keys), sources=sources_of(keys),
    )  # fmt: skip
    if choices.has(keys):
        chosen = choices.read(keys, back, counts)
        if isinstance(chosen, str):
            return chosen
        if not front:
            return "a choice without a question | write front:"
        whys = "\n\n".join(part for part in (chosen.explanation, why) if part)
        said = said._replace(
            front=f"{front}\n\n{chosen.listed}",
            back=f"{chosen.answer}\n\n{whys}".strip() if chosen.answer else whys,
            why=chosen.remarks,
        )
    elif cloze := _cloze(keys, kind, front):
        text = anki_gaps.cloze_text(cloze) or anki_gaps.loose_text(cloze)
        if not text:
            return (
                "gaps that cannot be asked | close each, and keep them out of code and each other"
            )
        rest = back if cloze == front else front + back
        said = said._replace(
            kind=NoteKind.CLOZE, front=text, back="",
            why="\n\n".join(part for part in (rest, why) if part),
        )  # fmt: skip
    elif _is_both_ways(keys, kind):
        said = said._replace(kind=NoteKind.REVERSED)
    if not said.front:
        return "a card without a question | write front:"
    if said.kind is not NoteKind.CLOZE and not said.back:
        return "a card without an answer | write back:"
    return said._replace(pasts=pasts_of(said, standings.past(keys, "YAML")))


def pasts_of(said: Said, past: Past | None) -> tuple[Past | None, ...]:
    """What was known of the note, for each of its cards: they were asked together."""
    from decks.cards import card_keys

    return (past,) * len(card_keys(said.kind, said.front)) if past else ()


def _why(keys: Mapping[str, Node]) -> str:
    parts = [text for name in _WHYS if (text := prose(keys.get(name)))]
    hints = first_text(keys, _HINTS)
    if hints:
        parts.append(
            f"Hint:\n{hints}" if "\n" in hints or hints.startswith("- ") else f"Hint: {hints}"
        )
    return "\n\n".join(dict.fromkeys(parts))


def _cloze(keys: Mapping[str, Node], kind: str, front: str) -> str:
    """The text with gaps, if it is such a card."""
    candidates = [text for text in (front, first_text(keys, CLOZES)) if text]
    found = next((text for text in candidates if anki_gaps.has_gaps(text)), "")
    if not found and ("cloze" in kind or "fill" in kind or "cloze" in keys):
        found = next((text for text in candidates if anki_gaps.loose_text(text)), "")
    return found


def _is_both_ways(keys: Mapping[str, Node], kind: str) -> bool:
    flags = ("reverse", "reversed", "bidirectional", "reversible")
    return bool(_BOTH_WAYS.search(kind)) or any(
        value(keys.get(name)).casefold() in _TRUE for name in flags
    )


def _id(keys: Mapping[str, Node], source: DeckText) -> str:
    written = one_line(
        next((t for name in ("id", "uuid", "guid") if (t := value(keys.get(name)))), "")
    )
    if not written or len(written) > 200:
        return ""
    return written if _UNIQUE_ID.fullmatch(written) else scoped(source, written)


def _tags(keys: Mapping[str, Node]) -> tuple[str, ...]:
    found = [tag for name in TAGS for tag in tags_of(keys.get(name))]
    found += ["-".join(one_line(t).split()) for name in _TOPICS if (t := value(keys.get(name)))]
    return tuple(found)
