"""Tables of cards: text files as Anki writes and reads them, CSV and TSV.

A quoted field may hold lines; a quote that closes nowhere is a character like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from decks import cloze
from decks.anki import own
from decks.dialects import anki_gaps, own_rows, standings
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.sheet import Said, Sheet, scoped
from decks.dialects.standings import spelt
from decks.dialects.table_rows import Head, Record, guess_separator, read_head, read_rows
from decks.dialects.yaml_keys import BACKS, FRONTS, tags_of
from decks.dialects.yaml_said import pasts_of
from decks.frontmatter import clean_deck
from decks.model import NoteKind, Parsed
from decks.yaml_nodes import Scalar

_ROLES = {
    "front": (*FRONTS, "question-text"),
    "back": BACKS,
    "text": ("text", "cloze"),
    "tags": ("tags", "tag"),
    "deck": ("deck", "deck-name"),
    "guid": ("guid", "uuid"),
    "id": ("id", "note-id", "nid"),
    "notetype": ("notetype", "note-type", "type", "model"),
    "source": ("source", "sources", "reference", "references"),
    "why": ("extra", "back-extra", "explanation", "why", "notes", "note", "hint", "example"),
    "reverse": ("add-reverse",),
}
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names}
_HTML = re.compile(
    r"<(?:br|div|p|b|i|u|em|strong|span|ul|ol|li|img|code|pre|sub|sup|a|font|table|tr|td|h[1-6]|hr)"
    r"(?:\s[^<>]*)?/?>|&(?:nbsp|lt|gt|amp|quot|#\d+);",
    re.IGNORECASE,
)
_UNIQUE_ID = re.compile(r"\d{13}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def parse(source: DeckText) -> Parsed:
    """Return the notes of a table, one a row."""
    sheet = Sheet(source)
    head = read_head(sheet.lines)
    separator = head.separator or guess_separator(sheet.lines, head.length, source)
    records = list(read_rows(sheet.lines, head.length, separator))
    labels = next(read_rows([head.labels], 0, separator)).fields if head.labels.strip() else ()
    if not labels and records and _is_header(records[0].fields):
        labels = records.pop(0).fields
    _Reader(sheet, head, _columns(head, labels), labels).read(records, separator)
    return sheet.finish()


def _is_header(fields: Sequence[str]) -> bool:
    """Whether a row names the columns: a question and an answer, or a text, all in known words."""
    roles = [_ROLE_OF.get(spelt(name), "") for name in fields]
    known = sum(bool(role) for role in roles)
    pair = {"front", "back"} <= set(roles) or ("text" in roles and known == len(roles))
    return pair and known * 2 >= len(roles)


class _Columns(NamedTuple):
    """Where things stand in a row."""

    roles: Mapping[int, str]
    named: bool  # the roles of the fields are known by name


def _columns(head: Head, labels: Sequence[str]) -> _Columns:
    roles = {at: _ROLE_OF.get(spelt(name), "") for at, name in enumerate(labels)}
    named = "front" in roles.values() or "text" in roles.values()
    seen: set[str] = set()
    for at, role in roles.items():
        if role in seen and role not in ("why", "source", "tags"):
            roles[at] = ""
        seen.add(role)
    if not named:
        roles = {
            at: role for at, role in roles.items() if role in ("tags", "deck", "guid", "notetype")
        }
    return _Columns({**{at: role for at, role in roles.items() if role}, **head.roles}, named)


class _Reader:
    """Files the rows of one table."""

    def __init__(self, sheet: Sheet, head: Head, columns: _Columns, labels: Sequence[str]) -> None:
        self.sheet, self.head, self.columns, self.labels = sheet, head, columns, labels
        sheet.tags = head.tags
        sheet.deck = clean_deck(head.deck) or sheet.deck
        self.is_html = head.is_html

    def read(self, records: Sequence[Record], separator: str) -> None:
        """File every row, or say why it is none."""
        if self.is_html is None:
            some = (text for record in records[:200] for text in record.fields)
            self.is_html = any(_HTML.search(text) for text in some)
        for record in records:
            if self.sheet.lines[record.first].startswith("#"):
                self._comment(record, separator)
            else:
                self._row(record)

    def _comment(self, record: Record, separator: str) -> None:
        lines = range(record.first, record.last + 1)
        if len(record.fields) > 1:
            message = "a row that begins with #, which Anki takes for a comment"
            self.sheet.skip(lines, message, "put its first field in quotes")

    def _row(self, record: Record) -> None:
        lines = range(record.first, record.last + 1)
        if len(record.fields) == 1 and not anki_gaps.has_gaps(record.fields[0]):
            self.sheet.skip(lines, "a row with one column", "write question and answer, and name "
                            "what parts them above: #separator:tab")  # fmt: skip
            return
        said = self._ours(record.fields) or self._said(record.fields)
        if isinstance(said, str):
            self.sheet.skip(lines, said, "close each gap, and keep gaps out of code and each other")
        else:
            self.sheet.card(said, lines)

    def _ours(self, fields: Sequence[str]) -> Said | str | None:
        """What a row says that we wrote for Anki; None for all others."""
        told = {role: text for at, text in enumerate(fields) if (role := self.head.roles.get(at))}
        kind = own.KINDS_BY_NAME.get(told.get("notetype", self.head.notetype).strip())
        if kind is None or not self.is_html:
            return None
        values = [text for at, text in enumerate(fields) if at not in self.head.roles]
        guid, deck, tags = (told.get(role, "").strip() for role in ("guid", "deck", "tags"))
        return own_rows.said(kind, guid, deck, tags, values)

    def _said(self, fields: Sequence[str]) -> Said | str:
        held: dict[str, list[str]] = {}
        for at, text in enumerate(fields):
            role = self.columns.roles.get(at) or ("" if self.columns.named else "field")
            if role in ("tags", "deck", "guid", "notetype", "id", "reverse"):
                held.setdefault(role, []).append(text.strip())
            elif words := self._words(text):
                held.setdefault(role or "rest", []).append(
                    words if role else self._named(at, words)
                )
            elif role == "field":
                held.setdefault(role, []).append("")
        return self._note(held, fields)

    def _words(self, text: str) -> str:
        if not self.is_html:
            return text.strip()
        asked = own_rows.with_gaps(text, numbered=True) if anki_gaps.has_gaps(text) else ""
        return asked or own_rows.markdown(text)

    def _named(self, at: int, words: str) -> str:
        """What stands in a column that is neither question nor answer."""
        if not at < len(self.labels) or spelt(self.labels[at]) in standings.NAMES:
            return "" if at < len(self.labels) else words
        return f"{self.labels[at].strip()}: {words}"

    def _note(self, held: Mapping[str, list[str]], fields: Sequence[str]) -> Said | str:
        notetype = (_first(held, "notetype") or self.head.notetype).casefold()
        plain = held.get("field", [])
        front = _first(held, "front") or _first(held, "text") or (plain[0] if plain else "")
        back = _first(held, "back") or (plain[1] if len(plain) > 1 else "")
        rest = [*held.get("why", []), *plain[2:], *held.get("rest", [])]
        both = bool(_first(held, "reverse")) or (
            "revers" in notetype and "optional" not in notetype
        )
        if "optional reversed" in notetype and len(plain) > 2:
            both, rest = bool(plain[2]), [*plain[3:]]
        said = Said(
            NoteKind.REVERSED if both else NoteKind.BASIC, front, back,
            id=self._id(held), deck=clean_deck(_first(held, "deck")),
            tags=self._tags(held), sources=tuple(held.get("source", ())),
            why="\n\n".join(text for text in rest if text),
        )  # fmt: skip
        if anki_gaps.has_gaps(front):
            asked = front if self.is_html else anki_gaps.cloze_text(front)
            if not asked or "image-occlusion" in front or not cloze.gap_keys(asked):
                return "gaps that cannot be asked"
            whys = [text for text in (back, said.why) if text]
            said = said._replace(kind=NoteKind.CLOZE, front=asked, back="", why="\n\n".join(whys))
        pairs = {
            spelt(name): Scalar(text.strip(), 0, 0, plain=True)
            for name, text in zip(self.labels, fields, strict=False)
        }
        return said._replace(pasts=pasts_of(said, standings.past(pairs, "CSV")))

    def _tags(self, held: Mapping[str, list[str]]) -> tuple[str, ...]:
        texts = held.get("tags", [])
        if self.head.is_anki:
            return tuple(tag for text in texts for tag in text.split())
        return tuple(tag for text in texts for tag in tags_of(Scalar(text, 0, 0)))

    def _id(self, held: Mapping[str, list[str]]) -> str:
        if guid := _first(held, "guid"):
            return " ".join(guid.split())
        written = " ".join(_first(held, "id").split())
        if not written or _UNIQUE_ID.fullmatch(written):
            return written
        return scoped(self.sheet.source, written)


def _first(held: Mapping[str, list[str]], role: str) -> str:
    return next((text for text in held.get(role, ()) if text), "")


def signs(source: DeckText) -> Signs:
    """Rows below header lines of Anki's."""
    text = source.text.removeprefix("\ufeff")
    if not text.startswith(("#", "tags:")):
        return NO_SIGNS
    head = read_head(text[: 1 << 16].replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    if not head.is_anki or not (head.separator or head.is_html is not None or head.roles):
        return NO_SIGNS
    count = sum(1 for line in text.splitlines() if line.strip()) - head.length
    return Signs(max(count, 0), "#separator: and its like above rows")


DIALECT = Dialect(
    "csv",
    "tables: CSV, TSV, and text for Anki",
    parse,
    signs,
    suffixes=(".csv", ".tsv", ".txt"),
    aliases=("tsv", "anki-text"),
)
