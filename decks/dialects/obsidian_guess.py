"""Where cards of an Obsidian note begin and end beyond what blank lines say. Pure.

The settings may name a line that ends a card. Where they are not known, the notes show it, as they
show which deletions are meant: a schedule stands at the end of a card and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from decks.dialects import obsidian_cloze, obsidian_schedule
from decks.dialects.obsidian_cloze import Pattern
from decks.dialects.obsidian_inline import is_heading, parted
from decks.dialects.obsidian_lines import Kind, Row, is_tag_line
from decks.dialects.obsidian_settings import BOLD, CURLY, Settings

_QUOTE = " \t>"
_LIKELY_ENDS = ("+++", "---", "***", "===", "___")
_RULES = ("---", "***", "___", "- - -", "* * *")
_BLOCK_STARTS = ("![", "$$", "|", "> ")


class Laid(NamedTuple):
    """The lines of a note, ready to be dealt out."""

    rows: list[Row]
    seps: dict[int, bool]  # lines that part front and back; whether it is asked both ways
    known: tuple[Pattern, ...]
    shown: tuple[Pattern, ...]  # further patterns, in texts that a schedule closes


def lay_out(rows: Sequence[Row], settings: Settings) -> Laid:
    """Join what belongs together although a blank line stands in between."""
    layout = _Layout(list(rows), settings)
    layout.end_by_marks()
    for at in list(layout.seps):
        layout.reach_answer(at)
        layout.reach_question(at)
    return Laid(layout.rows, layout.seps, layout.known, layout.shown)


class _Layout:
    """The lines while they are joined."""

    def __init__(self, rows: list[Row], settings: Settings) -> None:
        self.rows, self.settings = rows, settings
        self.seps = {at: both for at in range(len(rows)) if (both := self._asks(at)) is not None}
        self._leave_idle_marks()
        self.known = obsidian_cloze.patterns(settings.patterns)
        self.shown = () if settings.known else self._shown_patterns()

    def _asks(self, at: int) -> bool | None:
        """Whether a separator of several lines asks both ways; None if the line is none."""
        row = self.rows[at]
        if row.kind is not Kind.TEXT or len(row.text) > 300:
            return None
        words = row.text.strip()
        is_quoted = words.startswith(">")
        words = words.lstrip(_QUOTE) if is_quoted and words != self.settings.multi else words
        multi, both = self.settings.multi, self.settings.multi_reversed
        if not words or words not in (multi, both, *self.settings.more_multi):
            return None
        if is_quoted and not (at and self.rows[at - 1].text.lstrip().startswith(">")):
            return None
        return words == both

    def _leave_idle_marks(self) -> None:
        """A line that parts cards in other notes does so only amid a block, and once there."""
        is_parted = False
        for at, row in enumerate(self.rows):
            if row.kind is Kind.BLANK or row.schedules:
                is_parted = False
            elif at in self.seps:
                is_own = row.text.strip(_QUOTE) in self.settings.more_multi
                if is_own and (is_parted or not (self._holds(at - 1) and self._holds(at + 1))):
                    del self.seps[at]
                is_parted |= at in self.seps

    def _holds(self, at: int) -> bool:
        return 0 <= at < len(self.rows) and self.rows[at].kind in (Kind.TEXT, Kind.CODE)

    # Marks that end a card

    def end_by_marks(self) -> None:
        """Let each card run up to the mark that ends it, if one comes before the next card."""
        mark = self.settings.end if self.settings.known else self._shown_end()
        if not mark:
            return
        ends = [at for at, row in enumerate(self.rows) if self._says(row, mark)]
        starts = sorted({*self.seps, *(self._cloze_lines() if self.settings.known else ())})
        seps = _next_after(starts, sorted(self.seps))
        done = -1
        for start, end, following in zip(starts, _next_after(starts, ends), seps, strict=True):
            if start < done or end < 0:
                continue
            if start < following <= end:
                continue
            self._glue(start, end)
            done = end
        for at in ends:
            self.rows[at] = Row(Kind.END, "")

    @staticmethod
    def _says(row: Row, mark: str) -> bool:
        return row.kind is Kind.TEXT and row.text.strip() == mark

    def _cloze_lines(self) -> list[int]:
        return [
            at for at, row in enumerate(self.rows)
            if row.kind is Kind.TEXT and obsidian_cloze.has(row.text, self.known)
        ]  # fmt: skip

    def _shown_end(self) -> str:
        """The mark that stands behind every card of the note; "" if there is none."""
        starts = sorted(at for at in self.seps if at and self.rows[at - 1].kind is Kind.TEXT)
        for mark in _LIKELY_ENDS if starts else ():
            ends = [at for at, row in enumerate(self.rows) if self._says(row, mark)]
            spans = list(zip(starts, _next_after(starts, ends), strict=True))
            limits = [*starts[1:], len(self.rows)]
            if not ends or any(
                not at < end < limit for (at, end), limit in zip(spans, limits, strict=True)
            ):
                continue
            if mark == "+++" or (len(starts) > 1 and self._is_tight(spans)):
                return mark
        return ""

    def _is_tight(self, spans: Sequence[tuple[int, int]]) -> bool:
        """Whether the mark mostly touches the answer, as a rule between paragraphs does not."""
        touching = sum(self.rows[end - 1].kind is not Kind.BLANK for _, end in spans)
        return 2 * touching >= len(spans)

    # Answers and questions beyond a blank line

    def reach_answer(self, sep: int) -> None:
        """An answer stands below a blank line where a schedule shows that the card is one."""
        first = sep + 1
        is_shown = False
        while first < len(self.rows) and self.rows[first].kind in (Kind.SCHEDULE, Kind.HIDDEN):
            is_shown |= bool(self.rows[first].schedules)
            first += 1
        if not is_shown:
            return
        below = self._skip_blank(first)
        if below == first or below >= len(self.rows) or not self._has_front(sep):
            return
        end = self._block_end(below)
        if not self._starts_something(below, end):
            self._glue(sep, below)

    def _ends_answer(self, at: int) -> bool:
        row = self.rows[at]
        return row.kind is Kind.TEXT and (
            at in self.seps
            or at + 1 in self.seps
            or is_heading(row.text)
            or is_tag_line(row.text)
            or row.text.strip() in _RULES
            or parted(row.text, self.settings) is not None
            or obsidian_cloze.has(row.text, self.known)
        )

    def reach_question(self, sep: int) -> None:
        """Code, a picture, a formula or a table belongs to the sentence above that announces it."""
        top = self._block_start(sep)
        if top == sep or not self._is_shown_thing(top):
            return
        above = top - 1
        while above >= 0 and self.rows[above].kind is Kind.BLANK:
            above -= 1
        if above < 0 or above == top - 1 or self.rows[above].kind is not Kind.TEXT:
            return
        if not self.rows[above].text.rstrip("*_ ").endswith(("?", ":", "？", "：")):
            return
        if not self._is_card(self._block_start(above), above):
            self._glue(above, top)

    def _is_shown_thing(self, at: int) -> bool:
        row = self.rows[at]
        return row.kind is Kind.CODE or row.text.startswith(_BLOCK_STARTS)

    def _is_card(self, first: int, last: int) -> bool:
        return any(
            self.rows[at].schedules or at in self.seps or self.rows[at].kind is Kind.END
            or (self.rows[at].kind is Kind.TEXT and parted(self.rows[at].text, self.settings))
            for at in range(first, last + 1)
        )  # fmt: skip

    def _starts_something(self, first: int, end: int) -> bool:
        """Whether lines below a separator are something else than its answer."""
        row = self.rows[first]
        if row.kind in (Kind.SCHEDULE, Kind.END) or self._ends_answer(first):
            return True
        return any(at in self.seps for at in range(first, end + 1))

    def _has_front(self, sep: int) -> bool:
        return sep > 0 and self.rows[sep - 1].kind not in (Kind.BLANK, Kind.END, Kind.SCHEDULE)

    def _skip_blank(self, at: int) -> int:
        while at < len(self.rows) and self.rows[at].kind is Kind.BLANK:
            at += 1
        return at

    def _block_start(self, at: int) -> int:
        while at > 0 and self.rows[at - 1].kind not in (Kind.BLANK, Kind.END):
            if self.rows[at - 1].schedules or at - 1 in self.seps:
                break
            at -= 1
        return at

    def _block_end(self, at: int) -> int:
        while at + 1 < len(self.rows) and self.rows[at + 1].kind is not Kind.BLANK:
            at += 1
        return at

    def _glue(self, start: int, end: int) -> None:
        for at in range(start, end):
            if self.rows[at].kind is Kind.BLANK:
                self.rows[at] = Row(Kind.GLUE, "")

    # Deletions that schedules show

    def _shown_patterns(self) -> tuple[Pattern, ...]:
        """Bold or curly deletions, if a schedule closes a text that nothing else makes a card."""
        shown: dict[str, Pattern] = {}
        for last, row in enumerate(self.rows):
            if not row.schedules:
                continue
            first = self._block_start(last)
            rows = [one for one in self.rows[first : last + 1] if one.kind is Kind.TEXT]
            text = "\n".join(one.text for one in rows)
            if (
                not rows
                or first - 1 in self.seps
                or any(one.text.strip() in _RULES for one in rows)
                or self._is_card(first, last - 1)
                or any(parted(one.text, self.settings, is_sure=True) for one in rows)
                or obsidian_cloze.has(text, self.known)
            ):
                continue
            cards = len(obsidian_schedule.read(row.schedules[0]).pasts)
            for raw in (BOLD, CURLY, *self.settings.more_patterns):
                pattern = obsidian_cloze.patterns((raw,))
                if raw not in shown and obsidian_cloze.count(text, pattern) == cards:
                    shown[raw] = pattern[0]
        return tuple(shown.values())


def _next_after(starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """For each of the sorted starts the first end beyond it; -1 if there is none."""
    found, at = [], 0
    for start in starts:
        while at < len(ends) and ends[at] <= start:
            at += 1
        found.append(ends[at] if at < len(ends) else -1)
    return found
