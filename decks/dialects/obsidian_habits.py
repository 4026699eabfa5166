"""Separators and cloze marks of a vault whose settings are not at hand, as its schedules show
them. Pure.

A schedule stands below a card. Where many of them stand below what is no card by the usual marks,
and one mark is in most of those texts, that mark is the vault's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from decks.dialects import obsidian_cloze, obsidian_schedule
from decks.dialects.obsidian_cards import Form, deal
from decks.dialects.obsidian_cloze import Pattern
from decks.dialects.obsidian_guess import lay_out
from decks.dialects.obsidian_inline import is_heading
from decks.dialects.obsidian_lines import Kind, Row, rows
from decks.dialects.obsidian_settings import USUAL, Mark, Settings
from decks.lines import split
from decks.spans import blanked, code_ranges

_MARK = re.compile(r"(?:(?![\s\w\"'`()\[\]{}.,!?*#$\\<_])[^\s]){2,9}|[→⇒⟶⇨»]")
_FEWEST = 2  # schedules that must show a mark
_FEWEST_HEADINGS = 3
_SURE = 5  # schedules that show a mark which is rare elsewhere, whatever the others show
_LONGEST_LINE = 80  # that may part a front from a back by itself
_HELD = (Kind.TEXT, Kind.CODE)
_NO_SEPARATOR = re.compile(r"```|~~~|(?:[-*_][ \t]*){3,}$|[-*+] |[|>]|$")
_USUAL_MARKS = ("::", ":::", "==", "--", "---", "//", "&&")

# What may open a deletion: a bracket with other marks behind it, a mark written twice, or a tag.
_OPENERS = re.compile(
    r"[{(<][^\w\s\[\]\\$`\"'“”„«»‘’*#)}>]{1,11}|(?<![~_^|@§])(?:~~|__|\^\^|\|\||@@|§§)(?![~_^|@§])"
    r"|<(?:mark|u|ins|kbd)>"
)
_MIRROR = str.maketrans("{(<", "})>")
_LONGEST_OPENER = 6
_MOST_OPENERS = 8  # that are looked at closely
_MOST_IN_LINE = 20
_MOST_PATTERNS = 3
_KNOWN = obsidian_cloze.patterns(USUAL.patterns)


class _Block(NamedTuple):
    """Lines above a schedule that nothing explains, and how many cards it is for."""

    held: list[str]
    cards: int


def habits(texts: Iterable[str]) -> Settings:
    """The usual settings, with the marks that the schedules in these notes show."""
    blocks: list[_Block] = []
    lines = Counter[str]()  # marks, openers and headings, by how many lines hold them
    for text in texts:
        found = rows(split(text), 0)
        blocks += _unexplained(found)
        for row in found:
            lines.update(_told(row.text) if row.kind is Kind.TEXT else ())
    always, shown, blocks = _patterns(blocks, lines)
    more, blocks = _inline(blocks, lines)
    return USUAL._replace(
        patterns=(*USUAL.patterns, *always), more_patterns=shown,
        more=more, more_multi=_between(blocks, lines),
    )  # fmt: skip


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
        if held := _texts(laid.rows[first : at + 1]):
            yield _Block(held, _cards(laid.rows[at].schedules))
    for raw in dealt.cards:
        cards = _cards(raw.schedules)
        if not cards or raw.form not in (Form.LINE, Form.CLOZE):
            continue
        held = _texts(laid.rows[at] for at in raw.front)
        if _explained(raw.form, held, raw.is_reversed) != cards:
            yield _Block(held, cards)


def _texts(found: Iterable[Row]) -> list[str]:
    return [
        row.text.strip() if row.kind is Kind.TEXT else "```" for row in found if row.kind in _HELD
    ]


def _explained(form: Form, held: Sequence[str], is_reversed: bool) -> int:
    """The cards that the usual marks make; -1 if `{==words==}` shows that they are others."""
    if form is Form.LINE:
        return 1 + is_reversed
    whole = "\n".join(held)
    return -1 if "{==" in whole and "==}" in whole else obsidian_cloze.count(whole, _KNOWN)


def _cards(schedules: Sequence[str]) -> int:
    return len(obsidian_schedule.read(schedules[0]).pasts) if schedules else 0


def _told(text: str) -> set[str]:
    heading = {text.strip()} if is_heading(text) and len(text) <= _LONGEST_LINE else set()
    return _marks(text) | _openers(text) | heading


# Separators


def _marks(text: str) -> set[str]:
    """The marks within a line that have words on both sides."""
    shadow = _shadow(text)
    return {
        found[0] for found in _MARK.finditer(shadow)
        if found[0] not in _USUAL_MARKS
        and shadow[: found.start()].strip() and text[found.end() :].strip()
    }  # fmt: skip


def _shadow(text: str) -> str:
    return blanked(text, code_ranges(text)) if "`" in text else text


def _inline(blocks: Sequence[_Block], lines: Counter[str]) -> tuple[tuple[Mark, ...], list[_Block]]:
    """The marks that part lines, and the blocks without one."""
    left = [(_marks(block.held[-1]), block) for block in blocks]
    found: list[Mark] = []
    while len(found) < _MOST_PATTERNS:
        votes = Counter((mark, block.cards == 2) for marks, block in left for mark in marks)
        best = max(votes, key=lambda vote: (votes[vote], -lines[vote[0]], vote), default=None)
        if best is None:
            break
        count, is_common = votes[best], lines[best[0]] > 2 * votes[best]
        is_sure = count >= _SURE and not is_common
        if count < _FEWEST or (3 * count < len(left) and not is_sure):
            break
        found.append(Mark(*best, is_common))
        left = [(marks, block) for marks, block in left if best[0] not in marks]
    return tuple(found), [block for _, block in left]


def _between(blocks: Sequence[_Block], lines: Counter[str]) -> tuple[str, ...]:
    """Lines that stand amid such blocks again and again."""
    votes = Counter(
        line for block in blocks for line in set(block.held[1:-1])
        if len(line) <= _LONGEST_LINE and not _NO_SEPARATOR.match(line)
    )  # fmt: skip
    return tuple(
        line for line, count in votes.most_common(2)
        if (_is_title(line, count, blocks, lines) if is_heading(line)
            else count >= _FEWEST and 3 * count >= len(blocks))
    )  # fmt: skip


def _is_title(line: str, count: int, blocks: Sequence[_Block], lines: Counter[str]) -> bool:
    """Whether a heading is that of the answers, and not one of the notes."""
    return count >= _FEWEST_HEADINGS and 2 * count > len(blocks) and lines[line] <= 2 * count


# Deletions


def _patterns(
    blocks: Sequence[_Block], lines: Counter[str]
) -> tuple[tuple[str, ...], tuple[str, ...], list[_Block]]:
    """The patterns of deletions, those that prose has as well, and the blocks without them."""
    left = [(_all_openers(block), block) for block in blocks]
    always: list[str] = []
    shown: list[str] = []
    known = _KNOWN
    while len(always) + len(shown) < _MOST_PATTERNS and (opener := _likeliest(left)):
        raw = _raw(opener)
        (shown if _is_common(opener, left, lines) else always).append(raw)
        known += obsidian_cloze.patterns((raw,))
        left = [one for one in left if _count(one[1], known) != one[1].cards]
    new = known[len(_KNOWN) :]
    rest = [
        block for _, block in left
        if _count(block, _KNOWN) != block.cards and not _count(block, new)
    ]  # fmt: skip
    return tuple(always), tuple(shown), rest


def _likeliest(left: Sequence[tuple[set[str], _Block]]) -> str:
    """The opener that explains the most blocks, of those in which it mostly does; "" for none."""
    votes = Counter(opener for openers, _ in left for opener in openers)
    often = sorted(votes, key=lambda opener: (-votes[opener], -len(opener), opener))
    best = (_FEWEST - 1, 0, "")
    for opener in often[:_MOST_OPENERS]:
        alone = obsidian_cloze.patterns((_raw(opener),))
        held = [block for openers, block in left if opener in openers and _count(block, alone)]
        explained = sum(_count(block, (*_KNOWN, *alone)) == block.cards for block in held)
        if explained >= _FEWEST and 2 * explained > len(held):
            best = max(best, (explained, len(opener), opener))
    return best[2]


def _is_common(opener: str, left: Sequence[tuple[set[str], _Block]], lines: Counter[str]) -> bool:
    """Whether prose holds it as well; braces around other marks it does not."""
    if opener[0] == "{" and opener.strip("{("):
        return False
    held = sum(
        opener in line for openers, block in left if opener in openers for line in block.held
    )
    return lines[opener] > 2 * held


def _count(block: _Block, known: Sequence[Pattern]) -> int:
    return obsidian_cloze.count("\n".join(block.held), known)


def _raw(opener: str) -> str:
    return f"{opener}[123;;]answer[;;hint]{_closer(opener)}"


def _closer(opener: str) -> str:
    if opener[-1] == ">":
        return f"</{opener[1:]}"
    return opener[::-1].translate(_MIRROR)


def _all_openers(block: _Block) -> set[str]:
    return {opener for line in block.held for opener in _openers(line)}


def _openers(text: str) -> set[str]:
    """Marks of a line that may open a deletion, whose mirror image closes one further on."""
    shadow = _shadow(text)
    last: dict[str, int] = {}  # where each is closed for the last time
    found: set[str] = set()
    for run in _OPENERS.finditer(shadow):
        for opener in _beginnings(run[0]):
            if opener not in last and len(last) < _MOST_IN_LINE:
                last[opener] = shadow.rfind(_closer(opener))
            if last.get(opener, -1) > run.end():
                found.add(opener)
    return found


def _beginnings(run: str) -> Iterator[str]:
    """What of a run of marks may open a deletion: `({@{` may be `{@{` in parentheses."""
    if run[-1] == ">" or run[0] not in "{(<":
        yield run
        return
    for start, mark in enumerate(run):
        longest = min(len(run), start + _LONGEST_OPENER) if mark in "{(<" else 0
        yield from (run[start:end] for end in range(start + 2, longest + 1))
