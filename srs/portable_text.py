"""The JSON of a portable backup taken apart while it is read, a row at a time. Pure.

Any JSON text does: one row a line, as we write it, or put in another shape by another program. No
more than a row is in memory at once.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple

_LONGEST = 1 << 26  # characters of a row: the longest lists the files of a source
_TAIL = 12  # so near its end an error may be that a text goes on: the longest word is -Infinity
_BLANK = re.compile(r"[ \t\r\n]*")
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?[ \t\r\n]*\{[ \t\r\n]*"driftdeck"[ \t\r\n]*:')
_CUT_OFF = "the file ends too soon"
BEGINS_WITH = '{"driftdeck":'


class Unfit(Exception):
    """What a text or a row may not be, and its line (0: not known here)."""

    def __init__(self, what: str, line: int = 0, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.hint = hint


class Part(Enum):
    """What is found."""

    MEMBER = auto()
    TABLE = auto()  # a member whose rows follow
    ROW = auto()


class Item(NamedTuple):
    """One thing found in the text."""

    part: Part
    line: int
    key: str  # the member's; of a row that of its table
    value: object = None


def is_beginning(data: bytes) -> bool:
    """Whether a file that begins so says that it is a portable backup."""
    return bool(_BEGINNING.match(data))


def items(blocks: Iterable[bytes]) -> Iterator[Item]:
    """The members of the one object that the blocks hold, of a table before its rows.

    Raises Unfit, with the line, where it is no such object.
    """
    return _Text(blocks).items()


class _Text:
    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._decoder = getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._read = JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number).raw_decode

    def items(self) -> Iterator[Item]:
        self._fill()
        self._text = self._text.removeprefix("\ufeff")
        self._take("{")
        first = True
        while self._next() != "}":
            if not first:
                self._take(",")
            first = False
            self._next()
            line, key = self._line, self._value()
            if not isinstance(key, str):
                self._fail("no name of a member stands here")
            self._take(":")
            if self._next() == "[":
                yield Item(Part.TABLE, line, key)
                yield from self._rows(key)
            else:
                yield Item(Part.MEMBER, line, key, self._value())
        self._take("}")
        if self._next():
            self._fail("something stands after the end")

    def _rows(self, key: str) -> Iterator[Item]:
        self._take("[")
        first = True
        while self._next() != "]":
            if not first:
                self._take(",")
                self._next()
            first = False
            line = self._line
            yield Item(Part.ROW, line, key, self._value())
        self._take("]")

    def _next(self) -> str:
        """The character that is next, blanks apart; empty at the end."""
        while True:
            end = _BLANK.match(self._text, self._at).end()  # type: ignore[union-attr]
            self._pass(end)
            if end < len(self._text) or self._ended:
                return self._text[end : end + 1]
            self._fill()

    def _take(self, sign: str) -> None:
        found = self._next()
        if found != sign:
            self._fail(f"{sign} is missing" if found else _CUT_OFF)
        self._at += 1

    def _value(self) -> Any:
        while True:
            try:
                value, end = self._read(self._text, self._at)
            except JSONDecodeError as error:
                if self._ended or not self._may_go_on(error):
                    self._fail_at(error)
            except RecursionError:
                self._fail("is nested too deeply")
            except Unfit as error:
                self._fail(error.what)
            except ValueError:
                self._fail("holds a number that is too long")
            else:
                if end < len(self._text) or self._ended:
                    self._pass(end)
                    return value
            if len(self._text) - self._at > _LONGEST:
                self._fail("holds a row that is too long")
            self._fill(len(self._text) - self._at)

    def _may_go_on(self, error: JSONDecodeError) -> bool:
        return error.pos > len(self._text) - _TAIL or error.msg.startswith("Unterminated string")

    def _fail_at(self, error: JSONDecodeError) -> None:
        end = len(self._text)
        is_cut = error.pos >= end or error.msg.startswith("Unterminated string")
        self._pass(min(error.pos, end))
        self._fail(_CUT_OFF if is_cut else f"no JSON: {error.msg.lower()}")

    def _pass(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _fill(self, at_least: int = 1) -> None:
        """Read on, by so many bytes at least, and forget what is done with."""
        pieces, size = [self._text[self._at :]], 0
        self._at = 0
        while size < at_least and not self._ended:
            block = next(self._blocks, b"")
            self._ended = not block
            size += len(block)
            pieces.append(self._decoded(block, pieces))
        self._text = "".join(pieces)

    def _decoded(self, block: bytes, before: list[str]) -> str:
        try:
            return self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            lines = sum(piece.count("\n") for piece in before)
            lines += error.object[: error.start].count(b"\n")
            raise Unfit("not text in UTF-8", self._line + lines) from error

    def _fail(self, what: str) -> None:
        raise Unfit(what, self._line)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unfit("names a member twice")
    return found


def _no_number(word: str) -> None:
    raise Unfit(f"{word} is no number")
