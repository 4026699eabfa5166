"""Rows of a table, their separator, and the header lines of Anki above them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from decks.dialects.base import DeckText

_SEPARATORS = {
    "tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":",
}  # fmt: skip
_GUESSES = "\t|;,"  # in Anki's order; it guesses colons and blanks besides, which are in any text
_HEADER = re.compile(r"#[ \t]*([A-Za-z][A-Za-z ]*?)[ \t]*:(.*)")
_KEYS = frozenset((
    "separator", "html", "tags", "columns", "notetype", "deck", "notetype column", "deck column",
    "tags column", "guid column", "if matches", "match scope",
))  # fmt: skip
_SAMPLE = 50


class Record(NamedTuple):
    """A row: its fields, and its lines, the last included."""

    fields: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Head:
    """What the lines above the rows say; columns count from 0."""

    length: int = 0
    separator: str = ""
    is_html: bool | None = None
    tags: tuple[str, ...] = ()
    deck: str = ""
    notetype: str = ""
    roles: Mapping[int, str] = field(default_factory=dict)
    labels: str = ""  # the names of the columns, as written in one line
    is_anki: bool = False


def read_head(lines: Sequence[str]) -> Head:
    """The lines that begin with `#`, and the `tags:` of old on the first."""
    head = Head()
    roles: dict[int, str] = {}
    for at, line in enumerate(lines):
        if at == 0 and line.startswith("tags:"):
            head = replace(head, length=1, tags=tuple(line[5:].split()), is_anki=True)
            continue
        if not line.startswith("#"):
            break
        found = _HEADER.fullmatch(line)
        key = " ".join(found[1].casefold().split()) if found else ""
        if not head.is_anki and key not in _KEYS and not _is_comment(line):
            break
        head = replace(_told(head, key, found[2] if found else "", roles), length=at + 1)
    return replace(head, roles=roles)


def _is_comment(line: str) -> bool:
    return line.startswith("#") and not any(sign in line for sign in "\t;,|")


def _told(head: Head, key: str, worth: str, roles: dict[int, str]) -> Head:
    """The head with what one more line says."""
    words = worth.strip()
    if len(words) > 1 and key not in ("columns", "tags"):
        words = words.rstrip(",;\t")  # a spreadsheet gives all rows as many cells
    head = replace(head, is_anki=head.is_anki or key in _KEYS)
    if key == "separator":
        sign = _SEPARATORS.get(words.casefold(), words if len(words) == 1 else "")
        return replace(
            head,
            separator=sign or ("\t" if worth == "\t" else worth[:1] if worth.isspace() else ""),
        )
    if key == "html" and words.casefold() in ("true", "false"):
        return replace(head, is_html=words.casefold() == "true")
    if key == "tags":
        return replace(head, tags=tuple(words.split()))
    if key == "columns":
        return replace(head, labels=worth)
    if key == "notetype":
        return replace(head, notetype=words)
    if key == "deck":
        return replace(head, deck=words)
    if (
        key.endswith(" column")
        and words.isascii()
        and words.isdigit()
        and 0 < int(words[:6]) < 10_000
    ):
        roles[int(words[:6]) - 1] = key.removesuffix(" column")
    return head


def guess_separator(lines: Sequence[str], first: int, source: DeckText) -> str:
    """The separator: the first that parts nearly all of the first rows into as many fields."""
    sample = lines[first : first + 4 * _SAMPLE]
    name = (source.name or source.path).casefold()
    order = "\t" if name.endswith(".tsv") else "," if name.endswith(".csv") else ""
    best, share = "", 0.0
    for sign in (*order, *_GUESSES):
        rows = list(read_rows(sample, 0, sign))[:_SAMPLE]
        counts = Counter(len(row.fields) for row in rows)
        if not rows:
            continue
        wide = [(number, size) for size, number in counts.items() if size > 1]
        agreed = max(wide, default=(0, 0))[0] / len(rows)
        if agreed > share + 0.05:
            best, share = sign, agreed
        if share > 0.9:
            break
    return best or order or "\t"


def read_rows(lines: Sequence[str], first: int, separator: str) -> Iterator[Record]:
    """The rows from a line on; blank lines are none."""
    text = "\n".join(lines[first:])
    end = re.escape(separator)
    quoted = re.compile(rf'[ ]*"((?:[^"]++|"")*+)"[ ]*(?={end}|\n|\Z)' if separator != " " else
                        rf'"((?:[^"]++|"")*+)"(?={end}|\n|\Z)')  # fmt: skip
    plain = re.compile(rf"[^\n{end}]*")
    at, line = 0, first
    while at < len(text):
        if text[at] == "\n":
            at, line = at + 1, line + 1
            continue
        fields: list[str] = []
        begun = line
        while True:
            if found := quoted.match(text, at):
                fields.append(found[1].replace('""', '"'))
                line += found[0].count("\n")
            else:
                found = plain.match(text, at)
                assert found is not None
                fields.append(found[0])
            at = found.end()
            if at >= len(text) or text[at] == "\n":
                break
            at += 1
        at, line = at + 1, line + 1
        if any(each.strip() for each in fields):
            yield Record(tuple(fields), begun, line - 1)
