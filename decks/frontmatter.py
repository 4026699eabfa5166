"""The few `key: value` lines above a deck, read line by line: no YAML, no TOML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from decks.model import Place, Problem, Severity

MAX_LINES = 50
MAX_BYTES = 4096

_CANONICAL = {
    "deck": "deck",
    "name": "deck",
    "tags": "tags",
    "tag": "tags",
    "source": "sources",
    "sources": "sources",
    "as_of": "as_of",
}
_PAIR = re.compile(r"([A-Za-z_][\w-]*)[ \t]*(?::(?=\s|$|\[|[\"'])|=)[ \t]*(.*)")
_DASH = re.compile(r"[ \t]*-(?:[ \t]+(.*)|$)")
_ITEM = re.compile(r"""[ \t]*("[^"]*"|'[^']*'|[^,"']+(?:["'][^,]*)?)[ \t]*(?:,|$)""")
_UNFIT = re.compile(r"[\0\ud800-\udfff]")
_CONTROL = re.compile(r"[\0-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_CARD_TAG = ("Q:", "A:", "C:")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stood above the deck: `length` lines, of which `skipped` (from 0) said nothing."""

    length: int = 0
    deck: str = ""
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    as_of: str = ""
    problems: tuple[Problem, ...] = ()
    skipped: tuple[int, ...] = ()


def clean_deck(name: str) -> str:
    """Return a deck name without control characters, empty parts and blanks around its parts."""
    parts = (" ".join(_CONTROL.sub(" ", part).split()) for part in name.split("::"))
    return "::".join(part for part in parts if part)


def read(lines: Sequence[str], path: str) -> FrontMatter:
    """Return the front matter of a file, which only its first line can open.

    Without a closing line the opener is an error and what follows it is left to be read as cards.
    """
    if not lines or lines[0].rstrip() not in ("---", "+++"):
        return FrontMatter()
    end = _closing_line(lines)
    if end:
        return _Reader(path).read(lines[1:end])
    if lines[0].startswith("---") and not _looks_like_keys(lines):
        return FrontMatter()  # a rule above the first card
    problem = Problem(
        Place(path, 1),
        f"front matter does not close within {MAX_LINES} lines and {MAX_BYTES // 1024} KiB",
        f"put {lines[0].rstrip()} on a line of its own below the last key",
    )
    return FrontMatter(length=1, problems=(problem,), skipped=(0,))


def _closing_line(lines: Sequence[str]) -> int:
    """Index of the line that closes the front matter; 0 if none does."""
    fence, size = lines[0].rstrip(), 0
    for at, line in enumerate(lines[1 : MAX_LINES + 1], start=1):
        if line.rstrip() == fence:
            return at
        size += len(line.encode(errors="surrogatepass")) + 1
        if size > MAX_BYTES or line.startswith(_CARD_TAG):
            return 0
    return 0


def _looks_like_keys(lines: Sequence[str]) -> bool:
    first = next((line for line in lines[1:MAX_LINES] if line.strip()), "")
    return bool(_PAIR.match(first)) and not first.startswith(_CARD_TAG)


class _Reader:
    """Collects keys; `key` is the one that dashed lines below it belong to."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.skipped: list[int] = []
        self.values: dict[str, list[str]] = {}
        self.lines: dict[str, int] = {}  # canonical key -> line where it was first given
        self.key: str | None = None  # "" below a key that is not used
        self.takes_dashes = False

    def read(self, lines: Sequence[str]) -> FrontMatter:
        for number, line in enumerate(lines, start=2):
            self._take(line, number)
        return FrontMatter(
            length=len(lines) + 2,
            deck=clean_deck("".join(self.values.get("deck", ()))),
            tags=_distinct(tag.lstrip("#") for tag in self.values.get("tags", ())),
            sources=_distinct(self.values.get("sources", ())),
            as_of="".join(self.values.get("as_of", ())),
            problems=tuple(self.problems),
            skipped=tuple(self.skipped),
        )

    def _take(self, line: str, number: int) -> None:
        if _UNFIT.search(line):
            self._skip(number, "a character that is not text", "remove it")
        elif not line.strip() or line.lstrip().startswith("#"):
            return
        elif dash := _DASH.fullmatch(line):
            self._take_dash(dash[1] or "", number)
        elif pair := _PAIR.fullmatch(line):
            self._take_pair(pair[1], pair[2].strip(), number)
        elif self.key != "" or not line[0].isspace():
            self._skip(number, "not a `key: value` line", "write deck, tags, source or as_of")

    def _take_pair(self, name: str, value: str, number: int) -> None:
        key = _CANONICAL.get(name.lower().replace("-", "_"), "")
        self.key, self.takes_dashes = "", False
        if not key:
            self._note(number, f"front matter key {name} is not used")
        elif key in self.lines:
            self._skip(number, f"{name} again: it was given on line {self.lines[key]}", "keep one")
        elif (items := _items(name.lower(), value)) is None:
            self._skip(
                number, f"{name} cannot be read", "close the quotes and the list on its line"
            )
        elif key in ("deck", "as_of") and len(items) > 1:
            self._skip(number, f"{name} takes one value", "keep one")
        else:
            self.key, self.values[key], self.lines[key] = key, items, number
            self.takes_dashes = not value and key in ("tags", "sources")

    def _take_dash(self, value: str, number: int) -> None:
        if self.takes_dashes and self.key:
            self.values[self.key].append(_unquoted(value.strip()))
        elif self.key != "":
            self._skip(number, "a list item without a list above it", "start with tags: or source:")

    def _skip(self, number: int, message: str, hint: str) -> None:
        self.problems.append(Problem(Place(self.path, number), message, hint))
        self.skipped.append(number - 1)

    def _note(self, number: int, message: str) -> None:
        place = Place(self.path, number)
        hint = "known keys: deck, tags, source, as_of"
        self.problems.append(Problem(place, message, hint, Severity.NOTE))


def _items(name: str, value: str) -> list[str] | None:
    """The values of one line; None if a quote or a bracket is left open."""
    if value.startswith("[") and value.endswith("]"):
        return _split(value[1:-1].strip())
    if value[:1] in ("[", '"', "'") and _unquoted(value) == value:
        return None
    if name in ("tag", "tags", "sources") and value[:1] not in ('"', "'"):
        return _split(value)
    return [_unquoted(value)] if value else []


def _split(text: str) -> list[str] | None:
    items, at = [], 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if not item:
            return None
        items.append(_unquoted(item[1].strip()))
        at = item.end()
    return items


def _unquoted(text: str) -> str:
    quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
