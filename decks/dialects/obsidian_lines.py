"""What each line of an Obsidian note is once comments, schedules and block ids are taken off. Pure.

An HTML comment may hold schedules, and ends behind them; one that never closes hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from decks.fences import any_in, pair
from decks.spans import code_ranges


class Kind(Enum):
    """What a line is to a card."""

    TEXT = auto()
    CODE = auto()  # of a fence, its first and last line included
    BLANK = auto()
    GLUE = auto()  # parts paragraphs inside a card
    HIDDEN = auto()  # all of it is a comment, or the id of the block above
    SCHEDULE = auto()  # a schedule and nothing else
    END = auto()  # ends the card above, as the settings say


class Row(NamedTuple):
    """One line; `text` is what a card may say with it."""

    kind: Kind
    text: str
    schedules: tuple[str, ...] = ()  # what stands between `<!--SR:` and `-->`
    block_id: str = ""


_BLOCK_ID = re.compile(r"(?:^|\s)\^(?=[A-Za-z0-9-]*[A-Za-z]|\d{6})([A-Za-z0-9-]{3,})$")
_CALLOUT = re.compile(r"[\s>]*\[!sr\|card-metadata\][-+]?.*", re.IGNORECASE)
_QUOTE = " \t>"
PARAGRAPH = "<!-- -->"  # parts two paragraphs of a card, as a blank line would end it
_START, _END, _SCHEDULE = "<!--", "-->", "<!--SR:"
_PICTURES = r"\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_JOINERS = r"\u200d\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f"  # make one picture of several signs
TAG = re.compile(
    rf"(?<![\w#&/`])#(?![{_JOINERS}])(?=[^\s#]*(?:[^\W\d_]|[{_PICTURES}]))"
    rf"([\w/{_PICTURES}{_JOINERS}-]+)"
)
_TAG_LINE = re.compile(r"[\s>]*(?:#[^\s#]+[\s,]*)+")


def rows(lines: Sequence[str], first: int) -> list[Row]:
    """Return a row for each line; those above `first` are hidden."""
    code = _code(lines, first)
    blank = code | {at for at, line in enumerate(lines) if at < first or line.strip() == PARAGRAPH}
    whole = "\n".join("" if at in blank else line for at, line in enumerate(lines))
    cut = _Cut(whole) if _START in whole or "%%" in whole else None
    texts = cut.text.split("\n") if cut else whole.split("\n")
    schedules = cut.schedules if cut else {}
    return [
        _row(line, texts[at], tuple(schedules.get(at, ())), at in code, at < first)
        for at, line in enumerate(lines)
    ]


def is_tag_line(text: str) -> bool:
    """Whether there is nothing but tags in the line."""
    return "#" in text and bool(_TAG_LINE.fullmatch(text)) and bool(TAG.search(text))


def tags_in(text: str) -> tuple[str, ...]:
    """The tags of a text, without `#`; none in code."""
    if "#" not in text:
        return ()
    pieces, at = [], 0
    for start, end in code_ranges(text):
        pieces.append(text[at:start])
        at = end
    shown = " ".join([*pieces, text[at:]])
    return tuple(dict.fromkeys(found[1].strip("/") for found in TAG.finditer(shown)))


def _code(lines: Sequence[str], first: int) -> set[int]:
    if not any_in("\n".join(lines)):
        return set()
    ranges = pair(lines[first:]).code
    return {at + first for begin, end in ranges for at in range(begin, end + 1)}


def _row(line: str, text: str, schedules: tuple[str, ...], in_code: bool, above: bool) -> Row:
    if above:
        return Row(Kind.HIDDEN, "")
    if in_code:
        return Row(Kind.CODE, line.rstrip())
    if not line.strip():
        return Row(Kind.BLANK, "")
    if line.strip() == PARAGRAPH:
        return Row(Kind.GLUE, "")
    text = text.rstrip()
    if "[!" in text and _CALLOUT.fullmatch(text):
        return Row(Kind.HIDDEN, "", schedules)
    block_id = ""
    if "^" in text and (found := _BLOCK_ID.search(text)):
        block_id, text = found[1], text[: found.start()].rstrip()
    if schedules and not text.strip(_QUOTE):
        return Row(Kind.SCHEDULE, "", schedules, block_id)
    if not text.strip():
        return Row(Kind.HIDDEN, "", (), block_id)
    return Row(Kind.TEXT, text, schedules, block_id)


class _Cut:
    """A text without its comments; each line keeps its number."""

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self.schedules: dict[int, list[str]] = {}
        self.seen: dict[str, tuple[int, int]] = {}  # mark -> looked for from, found at
        self.open_ended = False  # a comment that never closes was met
        self.spans = self._inline_code()
        self.text = self._scanned()

    def _inline_code(self) -> list[tuple[int, int]]:
        if "`" not in self.whole:
            return []
        spans = code_ranges(self.whole)  # which counts a block that is a comment as code
        return [span for span in spans if not self.whole.startswith(_START, span[0])]

    def _scanned(self) -> str:
        pieces: list[str] = []
        at = line = counted = 0
        code = iter([*self.spans, (len(self.whole), len(self.whole))])
        span = next(code)
        for opener in re.finditer(r"<!--|%%", self.whole):
            while span[1] <= opener.start() and span[0] < len(self.whole):
                span = next(code)
            if opener.start() < at or span[0] <= opener.start() < span[1]:
                continue
            end = self._end(opener.start(), opener[0])
            if end < 0:
                continue
            line += self.whole.count("\n", counted, opener.start())
            counted = opener.start()
            comment = self.whole[opener.start() : end]
            if comment.startswith(_SCHEDULE):
                self.schedules.setdefault(line, []).append(comment[len(_SCHEDULE) : -len(_END)])
            pieces += [self.whole[at : opener.start()], "\n" * comment.count("\n")]
            at = end
        return "".join([*pieces, self.whole[at:]])

    def _end(self, start: int, mark: str) -> int:
        """Where the comment that opens at `start` ends; -1 if it hides nothing."""
        if mark == "%%":
            return self._end_of_percents(start)
        if self.whole.startswith(_SCHEDULE, start):
            closer, line_end = self._find(_END, start), self._find("\n", start)
            return closer + len(_END) if start <= closer < line_end else -1
        at = start + len(_START)
        while not self.open_ended:
            closer, inner = self._find(_END, at), self._find(_SCHEDULE, at)
            if closer == len(self.whole):
                self.open_ended = True
            elif inner > closer:
                return closer + len(_END)
            at = closer + len(_END)
        return -1

    def _end_of_percents(self, start: int) -> int:
        """Over several lines only if the mark begins one."""
        closer = self._find("%%", start + 2)
        begins = start == 0 or self.whole[start - 1] == "\n"
        if closer == len(self.whole) or not (begins or closer < self._find("\n", start)):
            return -1
        return closer + 2

    def _find(self, mark: str, start: int) -> int:
        """Offset of the next mark, or of the end; each stretch is looked through once."""
        since, found = self.seen.get(mark, (0, -1))
        if not since <= start <= found:
            found = self.whole.find(mark, start)
            found = len(self.whole) if found < 0 else found
            self.seen[mark] = (start, found)
        return found
