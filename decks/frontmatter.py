"""The few `key: value` lines above a deck, read line by line: no YAML, no TOML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from decks import values
from decks.model import Place, Problem, Severity
from decks.values import CONTROL

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
    "about": "about",
    "complete": "complete",
}
_LISTS = ("tags", "sources")
_YES, _NO = ("true", "yes"), ("false", "no")
_PAIR = re.compile(
    r"""("[^"]*"|'[^']*'|[^\s"'\[\]{}#&*!|>%@`,:=-][^:=]*?)\s*(?:(:)(?=\s|$|[\["'])|(=))\s*(.*)"""
)
_FIRST_PAIR = re.compile(r"[A-Za-z_][\w-]*[ \t]*(?::(?=\s|$|\[|[\"'])|=)")
_DASH = re.compile(r"\s*-(?:\s+(.*)|$)")
_TABLE = re.compile(r"\[\[?([^\[\]=,]+)\]\]?\s*(?:#.*)?")
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}(?:\s+#.*)?")
_UNFIT = re.compile(r"[\0\ud800-\udfff]")
_KNOWN_KEYS = "known keys: deck, tags, source, as_of, about, complete"
_CARD_TAG = ("Q:", "A:", "C:")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stood above the deck: `length` lines, of which `skipped` (from 0) said nothing."""

    length: int = 0
    deck: str = ""
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    as_of: str = ""
    about: str = ""
    complete: bool = False
    problems: tuple[Problem, ...] = ()
    skipped: tuple[int, ...] = ()


def clean_deck(name: str) -> str:
    """Return a deck name without control characters, empty parts and blanks around its parts."""
    parts = (" ".join(CONTROL.sub(" ", part).split()) for part in name.split("::"))
    return "::".join(part for part in parts if part)


def read(lines: Sequence[str], path: str, above: int = 0) -> FrontMatter:
    """Return the front matter of a deck file, which only its first line can open.

    `above` lines of the same file stand above it, which only its problems tell.

    Without a closing line the opener is an error and what follows it is left to be read as cards.
    Between two rules without a single key stands no front matter.
    """
    if not lines or lines[0].rstrip() not in ("---", "+++"):
        return FrontMatter()
    is_toml = lines[0].startswith("+")
    end = _closing_line(lines)
    if end and (is_toml or any(_PAIR.fullmatch(line) for line in lines[1:end])):
        return _Reader(path, lines[1:end], above).read()
    if end or not (is_toml or _looks_like_keys(lines)):
        return FrontMatter()  # a rule above the first card
    problem = Problem(
        Place(path, above + 1),
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
    return bool(_FIRST_PAIR.match(first)) and not first.startswith(_CARD_TAG)


class _Reader:
    """Collects values; `key` is the one that dashed lines below it belong to."""

    def __init__(self, path: str, lines: Sequence[str], above: int) -> None:
        self.path = path
        self.first = above + 2  # the number of the first of the lines
        self.lines = lines
        self.problems: list[Problem] = []
        self.skipped: list[int] = []
        self.values: dict[str, list[str]] = {}
        self.given: dict[str, int] = {}  # canonical key -> number of the line that gave it first
        self.key: str | None = None  # "" below a key that is not used
        self.takes_dashes = False
        self.in_table = False  # of TOML: no key of ours

    def read(self) -> FrontMatter:
        at = 0
        while at < len(self.lines):
            at += self._take(at)
        return FrontMatter(
            length=len(self.lines) + 2,
            deck=clean_deck("".join(self.values.get("deck", ()))),
            tags=_distinct(
                tag.lstrip("# ") for text in self.values.get("tags", ()) for tag in text.split(" #")
            ),
            sources=_distinct(self.values.get("sources", ())),
            as_of="".join(self.values.get("as_of", ())),
            about="".join(self.values.get("about", ())),
            complete="".join(self.values.get("complete", ())).lower() in _YES,
            problems=tuple(self.problems),
            skipped=tuple(self.skipped),
        )

    def _take(self, at: int) -> int:
        """Read what begins at a line; the number of lines that it takes."""
        line = self.lines[at]
        if _UNFIT.search(line):
            self._skip(at, "a character that is not text", "remove it")
        elif not line.strip() or line.lstrip().startswith("#"):
            pass
        elif dash := _DASH.fullmatch(line):
            self._take_dash(at, (dash[1] or "").strip())
        elif table := _TABLE.fullmatch(line):
            self.key, self.in_table = "", True
            self._note(at, f"front matter table {table[1].strip()} is not used")
        elif pair := _PAIR.fullmatch(line):
            return self._take_pair(at, pair[1].strip("\"'"), pair[2] or pair[3], pair[4].strip())
        elif self.key != "" or not line[0].isspace():
            self._skip(at, "not a `key: value` line", "write deck, tags, source or as_of")
        return 1

    def _take_pair(self, at: int, name: str, sign: str, text: str) -> int:
        key = "" if self.in_table else _canonical(name)
        self.key, self.takes_dashes = "", False
        text, length = self._value(at, sign, text, bool(key))
        if not key:
            if not self.in_table:  # which has been noted itself
                self._note(at, f"front matter key {name} is not used")
        elif key in self.given:
            message = f"{name} again: it was given on line {self.given[key]}"
            self._skip(at, message, "keep one", length)
        elif (items := _items(name.lower(), sign, text)) is None:
            self._skip(at, f"{name} cannot be read", "close its quotes and brackets", length)
        elif key not in _LISTS and len(items) > 1:
            self._skip(at, f"{name} takes one value", "keep one", length)
        else:
            self.key, self.values[key], self.given[key] = key, items, self.first + at
            if key == "complete" and items and items[0].lower() not in (*_YES, *_NO):
                said = f"complete: {items[0][:40]} is taken for false"
                self._note(at, said, "write true or false")
            self.takes_dashes = not items
        return length

    def _value(self, at: int, sign: str, text: str, known: bool) -> tuple[str, int]:
        """The value behind a key, and the number of lines down to its end.

        Brackets and triple quotes may close further down; what never closes ends with its line.
        A text of ours goes on where lines are indented; below other keys these are passed by.
        """
        if text.startswith(("[", "{", *values.TRIPLE)):
            whole = text
            for length, below in enumerate([*self.lines[at + 1 :], "deck:"], start=1):
                if values.is_complete(whole, sign):
                    return whole, length
                if _UNFIT.search(below) or (known and _is_ours(below)):
                    break
                whole = f"{whole}\n{below}"
            return text, 1
        if not known:
            return text, 1
        block = bool(_BLOCK.fullmatch(text))
        more = _indented(self.lines[at + 1 :], block)
        first = [] if block or not text else [text]
        return " ".join([*first, *more]), 1 + len(more)

    def _take_dash(self, at: int, text: str) -> None:
        if self.key == "":
            return
        given = self.values[self.key] if self.key and self.takes_dashes else None
        items = values.one(text, ":")
        if given is None or self.key is None:
            self._skip(at, "a list item without a list above it", "start with tags: or source:")
        elif items is None:
            self._skip(at, "this list item cannot be read", "close its quotes and brackets")
        elif items and given and self.key not in _LISTS:
            self._skip(at, f"{self.key} takes one value", "keep one")
        else:
            given += items

    def _skip(self, at: int, message: str, hint: str, length: int = 1) -> None:
        self.problems.append(Problem(Place(self.path, self.first + at), message, hint))
        self.skipped += range(at + 1, at + 1 + length)

    def _note(self, at: int, message: str, hint: str = _KNOWN_KEYS) -> None:
        place = Place(self.path, self.first + at)
        self.problems.append(Problem(place, message, hint, Severity.NOTE))


def _canonical(name: str) -> str:
    """The key that a name stands for; "" if it is none of ours."""
    return _CANONICAL.get(name.lower().replace("-", "_"), "")


def _is_ours(line: str) -> bool:
    pair = _PAIR.fullmatch(line)
    return pair is not None and bool(_canonical(pair[1].strip("\"'")))


def _indented(lines: Sequence[str], block: bool) -> list[str]:
    """The lines in which a value goes on, without the blanks around them."""
    found = []
    for line in lines:
        ends = line.strip() and not line[0].isspace()
        if (
            ends
            or _UNFIT.search(line)
            or (not block and (not line.strip() or _begins_something(line.strip())))
        ):
            break
        found.append(line.strip())
    return found


def _begins_something(text: str) -> bool:
    return text.startswith("#") or any(form.fullmatch(text) for form in (_DASH, _PAIR))


def _items(name: str, sign: str, text: str) -> list[str] | None:
    """The values behind a key; None if they cannot be read."""
    if not text:
        return []
    is_list = text.startswith("[") or name in ("tag", "tags", "sources")
    if is_list and not values.is_link(text) and not text.startswith(values.TRIPLE):
        return values.many(text, sign)
    return values.one(text, sign)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
