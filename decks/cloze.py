"""Cloze deletions: find them, hide one, show it again.

Three spellings, each with or without a hint: `[gap :: hint]`, `==gap :: hint==` and
`{{c1::gap::hint}}`. Equal numbers are asked together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from decks.spans import blanked, protected

MAX_NUMBER = 500  # what Anki accepts
MAX_GAPS = 500


class Gap(NamedTuple):
    """One deletion: `text[start:end]` is the markup, `text` what it hides."""

    start: int
    end: int
    text: str
    hint: str
    number: int | None
    key: str


class _Raw(NamedTuple):
    start: int
    end: int
    text: str
    hint: str
    number: int | None


class _Opener(NamedTuple):
    start: int
    body: int  # where the hidden text begins
    token: str


_MARK = re.compile(r"\[|\{\{c[0-9]|==")
_TOKEN = re.compile(r"\{\{c[0-9]+::|\}\}|[\[\]]|=+|\n[ \t]*\n|\n")
# The colons of a hint stand apart, but for `{{c1::gap::hint}}`: `[std::vector]` has none.
_HINT = re.compile(r"(?<=\s)::(?=\s)")
_LIKE_ANOTHER_KEY = re.compile(r"c[0-9]+|.*#[0-9]+", re.DOTALL)


def find_gaps(text: str) -> tuple[Gap, ...]:
    """Return the gaps of `text` in order: none empty, none inside code, math or a link.

    A key depends on the gap's own number or words only ("c1", "shadow", for a second equal one
    "shadow#2"), so that adding or removing another gap changes no key.
    """
    if not _MARK.search(text):
        return ()
    seen: dict[str, int] = {}
    return tuple(Gap(*raw, key=_key(raw, seen)) for raw in _scan(text)[0])


def gap_keys(text: str) -> tuple[str, ...]:
    """Return the distinct keys of the gaps, in order of appearance: one card each."""
    return tuple(dict.fromkeys(gap.key for gap in find_gaps(text)))


def fault(text: str) -> tuple[int, str] | None:
    """Return where and how the first faulty gap is wrong: unclosed, empty, nested, misnumbered."""
    return min(_scan(text)[1], default=None)


def mask(text: str, key: str) -> str:
    """Return `text` with the gaps of `key` as `[...]` or `[hint]` and all others in plain words."""
    return _replaced(text, key, _hole)


def blank(text: str) -> str:
    """Return `text` with all gaps as `[...]` or `[hint]`."""
    return _replaced(text, None, _hole)


def reveal(text: str, key: str) -> str:
    """Return `text` in plain words, with the gaps of `key` in bold."""
    return _replaced(text, key, lambda gap: _bold(gap.text))


def plain(text: str) -> str:
    """Return `text` with all gaps in plain words."""
    return _replaced(text, "", lambda gap: gap.text)


def hidden_words(text: str, key: str) -> tuple[str, ...]:
    """Return what the gaps of `key` hide, in order."""
    return tuple(gap.text for gap in find_gaps(text) if gap.key == key)


def _hole(gap: Gap) -> str:
    return f"[{gap.hint or '...'}]"


def _replaced(text: str, key: str | None, show: Callable[[Gap], str]) -> str:
    """The text with the gaps of `key` (None: all) as `show` has them, the others in plain words."""
    pieces: list[str] = []
    at = 0
    for gap in find_gaps(text):
        pieces += (text[at : gap.start], show(gap) if key in (None, gap.key) else gap.text)
        at = gap.end
    return "".join([*pieces, text[at:]])


def _bold(text: str) -> str:
    return text if text.startswith("**") and text.endswith("**") else f"**{text}**"


def _key(raw: _Raw, seen: dict[str, int]) -> str:
    if raw.number is not None:
        return f"c{raw.number}"
    words = " ".join(raw.text.split()).casefold()
    # Such words would read like the key of some other gap; brackets keep them apart.
    base = f"[{words}]" if _LIKE_ANOTHER_KEY.fullmatch(words) else words
    seen[base] = seen.get(base, 0) + 1
    return base if seen[base] == 1 else f"{base}#{seen[base]}"


@lru_cache(maxsize=4)  # a note is checked, numbered, masked and revealed in one go
def _scan(text: str) -> tuple[list[_Raw], list[tuple[int, str]]]:
    scanner = _Scanner(text)
    for token in _TOKEN.finditer(scanner.shadow):
        scanner.take(token)
    if scanner.kind in ("[", "{"):
        scanner.lose()
    return scanner.gaps, scanner.faults


class _Scanner:
    """One walk over the markup of a text, in which whatever is protected has been blanked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shadow = blanked(text, protected(text))
        self.opened: _Opener | None = None
        self.gaps: list[_Raw] = []
        self.faults: list[tuple[int, str]] = []

    @property
    def kind(self) -> str:
        """First character of the gap that is open, if one is."""
        return self.opened.token[0] if self.opened else ""

    def take(self, token: re.Match[str]) -> None:
        sign = token[0]
        if sign[0] == "{" or (sign == "[" and self.kind != "{"):
            self._open(token)
        elif (self.kind, sign) in (("{", "}}"), ("[", "]")):
            self._close(token)
        elif sign == "==" and self.kind in ("", "="):
            self._highlight(token)
        elif sign[0] == "\n":
            self._end_line(is_blank=len(sign) > 1)

    def lose(self) -> None:
        """Give up the open gap, which never closes."""
        if self.opened:
            self.faults.append(
                (self.opened.start, f"{self.opened.token} opens a gap, nothing closes it")
            )
        self.opened = None

    def _open(self, token: re.Match[str]) -> None:
        if self.kind in ("[", "{"):
            self.faults.append((token.start(), "a gap inside another gap"))
        self.opened = _Opener(token.start(), token.end(), token[0])

    def _highlight(self, token: re.Match[str]) -> None:
        closes = self.kind == "=" and not self.shadow[token.start() - 1].isspace()
        if closes:
            self._close(token)
        elif self.shadow[token.end() : token.end() + 1].strip():
            self._open(token)

    def _end_line(self, *, is_blank: bool) -> None:
        if self.kind == "=":
            self.opened = None
        elif self.kind == "[" and is_blank:
            self.lose()

    def _close(self, token: re.Match[str]) -> None:
        opened = self.opened
        assert opened is not None
        self.opened = None
        words, hint = self._content(opened, token.start())
        number = _number(opened.token)
        if not words:
            self.faults.append((opened.start, "an empty gap"))
        elif number is not None and not 1 <= number <= MAX_NUMBER:
            self.faults.append((opened.start, f"a gap number outside 1 to {MAX_NUMBER}"))
        else:
            if len(self.gaps) == MAX_GAPS:
                self.faults.append((opened.start, f"more than {MAX_GAPS} gaps"))
            self.gaps.append(_Raw(opened.start, token.end(), words, hint, number))

    def _content(self, opened: _Opener, end: int) -> tuple[str, str]:
        parting = self._parting(opened, end)
        if parting < 0:
            return self.text[opened.body : end].strip(), ""
        return self.text[opened.body : parting].strip(), self.text[parting + 2 : end].strip()

    def _parting(self, opened: _Opener, end: int) -> int:
        """Where the colons of the hint stand; -1 if there is none."""
        if opened.token[0] == "{":
            return self.shadow.find("::", opened.body, end)
        found = _HINT.search(self.shadow, opened.body, end)
        return found.start() if found else -1


def _number(token: str) -> int | None:
    digits = token[3:-2].lstrip("0")
    if token[0] != "{":
        return None
    return int(digits or "0") if len(digits) <= 3 else MAX_NUMBER + 1
