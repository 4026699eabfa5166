"""Gaps in plain brackets: what hashcards takes for one, and which of them are. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from decks.cloze import MAX_GAPS
from decks.dialects.gaps import Deletion, written
from decks.spans import protected

_SIGN = re.compile(r"\\[\[\]]|!(?=\[)|[\[\]]")
_ESCAPED = re.compile(r"\\([\[\]])")
_REFERENCE = re.compile(r"\[[^\[\]]*+\]\[([^\[\]]*+)\]")
_LABEL = re.compile(r"^ {0,3}\[([^\[\]\n]++)\]:", re.MULTILINE)
_COLONS = re.compile("::")
_APART = re.compile(r"(?<=\s)::(?=\s)")
_LITERAL = ("`", "$")


class Pair(NamedTuple):
    """A pair of brackets: `text[opening : closing + 1]`."""

    opening: int
    closing: int


class Spot(NamedTuple):
    """Where hashcards has a deletion: its first and its last byte in the text without brackets."""

    first: int
    last: int


class Gapped(NamedTuple):
    """A text in our own markup and, for each of its gaps in order, the pair that it comes from."""

    text: str  # "" if it has no gap
    pairs: tuple[Pair, ...]


def gapped(text: str) -> Gapped:
    """Return a text with gaps in brackets in our markup: code, math, links, images, footnotes and
    task boxes have none.

    Only where there is no other gap do brackets in code and math count: then they are meant.
    """
    pairs, spans = bracket_pairs(text), _spans(text)
    if free := _free(pairs, spans):
        return _gapped(text, free, free)
    if double := [pair for pair in pairs if _is_double(text, pair, spans)]:
        return _gapped(text, [Pair(one.opening - 1, one.closing + 1) for one in double], double)
    return _out_of_literals(text, pairs, spans)


def bracket_pairs(text: str) -> list[Pair]:
    """The pairs of brackets around something that are neither escaped nor of an image; of nested
    ones the inner.
    """
    pairs = (pair for pair, _ in _walk(text, escapes=True))
    return [pair for pair in pairs if text[pair.opening + 1 : pair.closing].strip()]


def spots(text: str, *, escapes: bool) -> tuple[str, dict[Pair, Spot]]:
    """Return what hashcards makes of a text: the text without its brackets, and its deletions.

    `escapes`: whether it knows backslashes, as it does since the end of 2025.
    """
    pieces: list[str] = []
    at = 0
    for start, end, kept in _dropped(text, escapes):
        pieces += (text[at:start], kept)
        at = end
    pieces.append(text[at:])
    bare = "".join(pieces)
    return bare, {pair: Spot(*spot) for pair, spot in _walk(text, escapes=escapes)}


def _walk(text: str, *, escapes: bool) -> Iterator[tuple[Pair, tuple[int, int]]]:
    """Each pair with its first and last byte in the bare text."""
    opening, first = -1, 0
    at = size = 0
    for start, end, kept in _dropped(text, escapes):
        size += len(text[at:start].encode(errors="surrogatepass"))
        at = end
        if kept:
            size += 1
        elif text[start] == "[":
            opening, first = start, size
        elif opening >= 0:
            yield Pair(opening, start), (first, size - 1)
            opening = -1


def _dropped(text: str, escapes: bool) -> Iterator[tuple[int, int, str]]:
    """The ranges that hashcards leaves out of the bare text, and what it keeps of each."""
    in_image = False
    for sign in _SIGN.finditer(text):
        token, start, end = sign[0], sign.start(), sign.end()
        if token == "!":
            in_image = True
        elif token[0] == "\\" and escapes:
            yield start, end, token[1]
        elif in_image:
            in_image = token[-1] != "]"
        else:
            yield end - 1, end, ""


# Ours


def _gapped(text: str, marks: Sequence[Pair], pairs: Sequence[Pair]) -> Gapped:
    """The text with these ranges as its gaps; `pairs` are the brackets of each."""
    shifts = [match.start() for match in _ESCAPED.finditer(text)]
    plain = _ESCAPED.sub(r"\1", text)
    deletions = [
        Deletion(
            mark.opening - bisect_right(shifts, mark.opening),
            mark.closing + 1 - bisect_right(shifts, mark.closing),
            _ESCAPED.sub(r"\1", text[pair.opening + 1 : pair.closing]),
        )
        for mark, pair in zip(marks, pairs, strict=True)
    ]
    whole = written(plain, deletions)
    for colons in () if whole else (_APART, _COLONS):  # that would open a hint
        escaped = [one._replace(words=colons.sub(r":\\:", one.words)) for one in deletions]
        whole = whole or written(plain, escaped)
    return Gapped(whole, tuple(pairs) if whole else ())


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    """What cannot hold a gap. An escaped bracket opens no formula, and `[a][b]` is a link only
    where `[b]:` says to where.
    """
    neutral = _ESCAPED.sub("..", text)
    found = protected(neutral)
    if "][" not in neutral:
        return found
    labels = {label.casefold() for label in _LABEL.findall(neutral)}
    return tuple(span for span in found if not _leads_nowhere(neutral[slice(*span)], labels))


def _leads_nowhere(text: str, labels: set[str]) -> bool:
    reference = _REFERENCE.fullmatch(text)
    return reference is not None and reference[1].casefold() not in labels


def _free(pairs: Sequence[Pair], spans: Sequence[tuple[int, int]]) -> list[Pair]:
    """Those that stand outside all that cannot hold a gap."""
    return [pair for pair in pairs if not any(_span_at(spans, at) for at in pair)]


def _span_at(spans: Sequence[tuple[int, int]], at: int) -> tuple[int, int] | None:
    place = bisect_right(spans, (at, 1 << 62))
    return spans[place - 1] if place and at < spans[place - 1][1] else None


def _is_double(text: str, pair: Pair, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether it is `[[so]]`, which another program takes for a link."""
    return _span_at(spans, pair.opening) == (pair.opening - 1, pair.closing + 2) and (
        text[pair.opening - 1] == "["
    )


def _out_of_literals(text: str, pairs: Sequence[Pair], spans: Sequence[tuple[int, int]]) -> Gapped:
    """Gaps inside inline code and formulas, by taking these apart around them."""
    if len(pairs) > MAX_GAPS:
        return Gapped("", ())
    pieces: list[str] = []
    taken: list[Pair] = []
    at = 0
    for start, end in spans:
        inside = [pair for pair in pairs if start < pair.opening < end]
        if not inside or not text.startswith(_LITERAL, start) or "\n" in text[start:end]:
            continue
        parts, kept = _apart(text, start, end, inside)
        pieces += (text[at:start], parts)
        taken += kept
        at = end
    if not taken:
        return Gapped("", ())
    pieces.append(text[at:])
    apart = "".join(pieces)
    free = _free(bracket_pairs(apart), _spans(apart))
    whole = _gapped(apart, free, free).text if len(free) == len(taken) else ""
    return Gapped(whole, tuple(taken) if whole else ())


def _apart(text: str, start: int, end: int, pairs: list[Pair]) -> tuple[str, list[Pair]]:
    """A span with its gaps outside it, or all of it as one gap if it cannot be taken apart."""
    mark = text[start]
    width = 1
    while text[start + width] == mark and start + 2 * width < end - 1:
        width += 1
    fence = text[start : start + width]
    cuts: list[tuple[str, bool]] = []
    at = start + width
    for pair in pairs:
        cuts += [(text[at : pair.opening], False), (text[pair.opening + 1 : pair.closing], True)]
        at = pair.closing + 1
    cuts.append((text[at : end - width], False))
    if fence == "$$" or (mark == "$" and not all(_balances(words) for words, _ in cuts)):
        bare = "".join(words for words, _ in cuts)
        return f"[{fence}{bare}{fence}]", pairs[:1]
    return "".join(_quoted(words, fence, is_gap) for words, is_gap in cuts), pairs


def _quoted(words: str, fence: str, is_gap: bool) -> str:
    bare = words.strip()
    if not bare:
        return words
    before, _, after = words.partition(bare)
    quoted = f"{fence}{bare}{fence}"
    return f"{before}[{quoted}]{after}" if is_gap else f"{before}{quoted}{after}"


def _balances(words: str) -> bool:
    """Whether a piece of a formula can stand by itself."""
    depth = 0
    for sign in re.findall(r"\\.|[{}]", words):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    if depth or "\\left" in words or "\\right" in words:
        return False
    return not words.lstrip().startswith(("^", "_"))
