"""Separators of a vault whose settings are not at hand, as its schedules show them. Pure.

A schedule stands below a card. Where many of them stand below what is no card by the usual
separators, and one mark is in most of those lines, that mark is the vault's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from decks.dialects import obsidian_schedule
from decks.dialects.obsidian_cards import Form, deal
from decks.dialects.obsidian_guess import lay_out
from decks.dialects.obsidian_lines import Kind, Row, rows
from decks.dialects.obsidian_settings import USUAL, Mark, Settings
from decks.lines import split
from decks.spans import blanked, code_ranges

_MARK = re.compile(r"(?:(?![\s\w\"'`()\[\]{}.,!?*#$\\<_])[^\s]){2,9}|[→⇒⟶⇨»]")
_FEWEST = 2  # schedules that must show a mark
_LONGEST_LINE = 80  # that may part a front from a back by itself
_HELD = (Kind.TEXT, Kind.CODE)
_NO_SEPARATOR = re.compile(r"```|~~~|(?:[-*_][ \t]*){3,}$|[-*+] |#{1,6} |[|>]|$")
_USUAL_MARKS = ("::", ":::", "==", "--", "---", "//", "&&", "||")
_Block = tuple[list[str], int]  # lines above a schedule, and how many cards it is for


def habits(texts: Iterable[str]) -> Settings:
    """The usual settings, with the separators that the schedules in these notes show."""
    blocks: list[_Block] = []
    lines = Counter[str]()  # marks, by how many lines hold them
    for text in texts:
        found = rows(split(text), 0)
        blocks += _unexplained(found)
        for row in found:
            lines.update(_marks(row.text) if row.kind is Kind.TEXT else ())
    return USUAL._replace(more=_inline(blocks, lines), more_multi=_between(blocks))


def _unexplained(found: list[Row]) -> Iterator[_Block]:
    """What stands above schedules that belong to no card, or to fewer cards than they are for."""
    laid = lay_out(found, USUAL)
    dealt = deal(laid.rows, USUAL, laid.seps, laid.known)
    for at in dealt.lost:
        first = at
        while first > 0 and laid.rows[first - 1].kind in _HELD:
            if laid.rows[first - 1].schedules:
                break
            first -= 1
        held = [
            row.text.strip() if row.kind is Kind.TEXT else "```"
            for row in laid.rows[first : at + 1] if row.kind in _HELD
        ]  # fmt: skip
        if held:
            yield held, _cards(laid.rows[at].schedules)
    for raw in dealt.cards:
        cards = _cards(raw.schedules)
        if raw.form is Form.LINE and raw.schedules and cards != 1 + raw.is_reversed:
            yield [laid.rows[raw.front[0]].text.strip()], cards


def _cards(schedules: Sequence[str]) -> int:
    return len(obsidian_schedule.read(schedules[0]).pasts) if schedules else 0


def _marks(text: str) -> set[str]:
    """The marks within a line that have words on both sides."""
    shadow = blanked(text, code_ranges(text)) if "`" in text else text
    return {
        found[0] for found in _MARK.finditer(shadow)
        if found[0] not in _USUAL_MARKS
        and shadow[: found.start()].strip() and text[found.end() :].strip()
    }  # fmt: skip


def _inline(blocks: Sequence[_Block], lines: Counter[str]) -> tuple[Mark, ...]:
    votes = Counter((mark, cards == 2) for held, cards in blocks for mark in _marks(held[-1]))
    return tuple(
        Mark(mark, is_reversed, lines[mark] > 2 * count)
        for (mark, is_reversed), count in votes.most_common(4)
        if count >= _FEWEST and 3 * count >= len(blocks)
    )


def _between(blocks: Sequence[_Block]) -> tuple[str, ...]:
    """Lines that stand amid such blocks again and again."""
    votes = Counter(
        line for held, _ in blocks for line in set(held[1:-1])
        if len(line) <= _LONGEST_LINE and not _NO_SEPARATOR.match(line)
    )  # fmt: skip
    return tuple(
        line for line, count in votes.most_common(2)
        if count >= _FEWEST and 3 * count >= len(blocks)
    )  # fmt: skip
