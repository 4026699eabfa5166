"""The cloze deletions of Obsidian Spaced Repetition, by the patterns of its settings. Pure.

A pattern is written as an example: `==[123;;]answer[;;hint]==`. What stands in brackets may be left
out. A number groups deletions; letters say card by card whether to ask, show or hide one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from decks.cloze import MAX_NUMBER, find_gaps
from decks.dialects.gaps import Deletion, written
from decks.spans import blanked, protected

_PART = re.compile(r"\[((?:\\+[\[\]]|[^\[\]])*)\]")
_ESCAPED = re.compile(r"\\+([\[\]])")
_LONGEST_HINT = 300
_MARKS = ("==", "**", "~~", "__", "^^", "||")  # of markdown: no blank next to them inside


class _Group(NamedTuple):
    """A part of a pattern that may be missing: what stands before and behind its value."""

    is_hint: bool
    before: str
    behind: str


class Pattern(NamedTuple):
    """A pattern, taken apart: opener, groups, the answer, groups, closer, groups."""

    opener: str
    closer: str
    leading: tuple[_Group, ...]
    trailing: tuple[_Group, ...]
    outer: tuple[_Group, ...]


class _Found(NamedTuple):
    start: int
    end: int
    words: str
    hint: str
    order: str  # digits, letters of `ash`, or ""


class Cloze(NamedTuple):
    """A cloze text in our spelling."""

    text: str  # "" if it cannot be written so
    keys: tuple[str, ...]  # the key of each card of the original, in its order; "" for one lost


@lru_cache(maxsize=64)
def pattern(raw: str) -> Pattern | None:
    """Take a pattern apart; None if it is of a kind that is not read."""
    pieces: list[str | _Group] = []
    at = 0
    for part in _PART.finditer(raw):
        pieces += [raw[at : part.start()]] if part.start() > at else []
        if (group := _group(part[1])) is None:
            return None
        pieces.append(group)
        at = part.end()
    pieces += [raw[at:]] if at < len(raw) else []
    return _assembled(pieces)


def _group(text: str) -> _Group | None:
    text = _ESCAPED.sub(r"\1", text)
    if "hint" in text:
        before, _, behind = text.partition("hint")
        return _Group(True, before, behind)
    digits = re.search(r"\d+", text)
    return _Group(False, text[: digits.start()], text[digits.end() :]) if digits else None


def _assembled(pieces: Sequence[str | _Group]) -> Pattern | None:
    opener = closer = ""
    groups: list[list[_Group]] = [[], [], []]
    stage = 0
    for piece in pieces:
        if isinstance(piece, _Group):
            groups[stage].append(piece)
            continue
        left, answer, right = piece.partition("answer")
        if answer and stage == 0:
            opener, closer, stage = opener + left, right, 2 if right else 1
        elif stage == 0 and not opener and not groups[0]:
            opener = left
        elif stage == 1:
            closer, stage = piece, 2
        else:
            return None
    if not opener or not closer or any(not (g.before or g.behind) for part in groups for g in part):
        return None
    return Pattern(opener, closer, *(tuple(part) for part in groups))


def patterns(raws: Sequence[str]) -> tuple[Pattern, ...]:
    """The patterns that can be read."""
    return tuple(found for raw in raws if (found := pattern(raw)))


def has(text: str, known: Sequence[Pattern]) -> bool:
    """Whether there is a deletion in the text."""
    return bool(_deletions(text, known))


def count(text: str, known: Sequence[Pattern]) -> int:
    """How many cards the original makes of it."""
    return _cards(_deletions(text, known))


def read(text: str, known: Sequence[Pattern]) -> Cloze:
    """Write the deletions as ours. As there, only those of one kind count: those that say card by
    card what to do, else numbered ones, else plain ones.
    """
    found = _deletions(text, known)
    shown, wanted = _without_unasked(text, found)
    front = written(shown, wanted)
    gaps = find_gaps(front) if front else ()
    total = _cards(found)
    keys = [""] * total
    for place, (one, gap) in enumerate(zip(wanted, gaps, strict=False)):
        index = place if one.number is None else one.number - 1
        if 0 <= index < total:
            keys[index] = gap.key
    return Cloze(front.strip(), tuple(keys))


def _cards(found: Sequence[_Found]) -> int:
    orders = [one.order for one in found]
    if not orders or not orders[0]:
        return len(orders)
    if orders[0].isdigit():
        return min(MAX_NUMBER, max(int(order) for order in orders))
    return min(MAX_NUMBER, max(len(order) for order in orders))


def _without_unasked(text: str, found: Sequence[_Found]) -> tuple[str, list[Deletion]]:
    """The text in which deletions that no card asks for are plain words, and the others."""
    pieces: list[str] = []
    wanted: list[Deletion] = []
    at = length = 0
    for one in found:
        number = _number(one.order)
        pieces.append(text[at : one.start])
        length += one.start - at
        raw = one.words if number == 0 else text[one.start : one.end]
        if number != 0:
            wanted.append(Deletion(length, length + len(raw), one.words, one.hint, number))
        pieces.append(raw)
        length += len(raw)
        at = one.end
    return "".join([*pieces, text[at:]]), wanted


def _number(order: str) -> int | None:
    """The number of the card that asks for a deletion; None: one of its own; 0: none does."""
    if not order:
        return None
    number = int(order) if order.isdigit() else order.find("a") + 1
    return number if number <= MAX_NUMBER and (number or not order.isdigit()) else None


def _deletions(text: str, known: Sequence[Pattern]) -> list[_Found]:
    known = [one for one in known if one.opener in text]
    if not known:
        return []
    shadow = blanked(text, protected(text))
    found = [one for each in known for one in _of_pattern(text, shadow, each)]
    for kind in (str.isalpha, str.isdigit):
        if chosen := [one for one in found if kind(one.order)]:
            found = chosen
            break
    return _apart(found)


def _apart(found: Sequence[_Found]) -> list[_Found]:
    kept: list[_Found] = []
    for one in sorted(found):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _of_pattern(text: str, shadow: str, one: Pattern) -> list[_Found]:
    """The deletions of one pattern; none goes on over the end of its line."""
    found: list[_Found] = []
    at = 0
    while (start := shadow.find(one.opener, at)) >= 0:
        line_end = shadow.find("\n", start)
        line_end = len(shadow) if line_end < 0 else line_end
        body = start + len(one.opener)
        if one.opener in _MARKS:  # `===words===`
            while shadow.startswith(one.opener[0], body) and body < line_end:
                body += 1
        end = shadow.find(one.closer, body + 1, line_end)
        if end < 0:
            at = line_end
            continue
        inner = text[body:end]
        if one.opener in _MARKS and inner != inner.strip():
            at = end  # which may open one itself
            continue
        end += len(one.closer)
        if one.opener in _MARKS:
            while end < line_end and shadow[end] == one.closer[0]:
                end += 1
        match = _taken_apart(one, inner, text[end : min(line_end, end + 2 * _LONGEST_HINT)])
        if match:
            found.append(_Found(start, end + match[3], *match[:3]))
        at = end + (match[3] if match else 0)
    return found


def _taken_apart(one: Pattern, inner: str, beyond: str) -> tuple[str, str, str, int] | None:
    """Words, hint and order of a deletion, and how far it goes on behind its closer."""
    values = {True: "", False: ""}
    for group in one.leading:
        if match := _value(group).match(inner):
            values[group.is_hint], inner = match[1], inner[match.end() :]
    for group in reversed(one.trailing):
        inner, values[group.is_hint] = _cut_off(group, inner, values[group.is_hint])
    more = 0
    for group in one.outer:
        if match := _value(group).match(beyond, more):
            values[group.is_hint], more = match[1], match.end()
    return (inner.strip(), values[True].strip(), values[False], more) if inner.strip() else None


def _cut_off(group: _Group, inner: str, value: str) -> tuple[str, str]:
    at = inner.find(group.before, 1)
    if at < 0 or not inner.endswith(group.behind):
        return inner, value
    said = inner[at + len(group.before) : len(inner) - len(group.behind)]
    fits = bool(said.strip()) and (group.is_hint or re.fullmatch(r"\d+|[ash]+", said))
    return (inner[:at], said) if fits else (inner, value)


@lru_cache(maxsize=64)
def _value(group: _Group) -> re.Pattern[str]:
    value = rf"[^\n]{{1,{_LONGEST_HINT}}}?" if group.is_hint else r"\d{1,6}|[ash]{1,500}"
    return re.compile(f"{re.escape(group.before)}({value}){re.escape(group.behind)}")
