"""Which lines of an Obsidian note make which card: the blocks between blank lines, taken apart.

Pure. What a card says is left to the caller; here only lines are dealt out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from decks.dialects import obsidian_cloze
from decks.dialects.obsidian_cloze import Pattern
from decks.dialects.obsidian_inline import Parted, is_heading, parted
from decks.dialects.obsidian_lines import Kind, Row, is_tag_line, tags_in
from decks.dialects.obsidian_settings import Settings

_EMPTY = (Kind.BLANK, Kind.HIDDEN)
_QUOTE = " \t>"


class Form(Enum):
    """How a card is written."""

    LINE = auto()
    MULTI = auto()
    CLOZE = auto()
    BROKEN = auto()  # meant to be one


@dataclass(slots=True)
class Raw:
    """The lines of one card; `front` is the whole text of a cloze card."""

    form: Form
    front: list[int]
    back: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # all of them, schedules included
    is_reversed: bool = False
    parts: Parted | None = None  # of a LINE
    schedules: list[str] = field(default_factory=list)
    block_id: str = ""
    fault: tuple[str, str] = ("", "")  # of a BROKEN one: message, hint

    @property
    def first(self) -> int:
        """The line it begins on."""
        return min(self.lines)


@dataclass(slots=True)
class Dealt:
    """What the lines of a note came to."""

    cards: list[Raw]
    lost: list[int]  # schedules that belong to no card
    tag_lines: list[int]  # that are part of no card


def deal(
    rows: Sequence[Row],
    settings: Settings,
    seps: dict[int, bool],
    known: Sequence[Pattern],
    shown: Sequence[Pattern] = (),
) -> Dealt:
    """Deal the lines out. `seps` holds the lines that part a front from a back, and whether the
    card is asked both ways; `known` are the patterns of deletions, `shown` further ones in texts
    that a schedule closes.
    """
    dealer = _Dealer(rows, settings, seps, known, shown)
    for at, row in enumerate(rows):
        dealer.take(at, row)
    dealer.close()
    return Dealt(dealer.cards, dealer.lost, dealer.tag_lines)


class _Dealer:
    """One pass over the lines; `held` are those of the block that belong to no card yet."""

    def __init__(
        self,
        rows: Sequence[Row],
        settings: Settings,
        seps: dict[int, bool],
        known: Sequence[Pattern],
        shown: Sequence[Pattern],
    ) -> None:
        self.rows, self.settings, self.seps, self.known = rows, settings, seps, known
        self.shown = shown
        self.cards: list[Raw] = []
        self.lost: list[int] = []
        self.tag_lines: list[int] = []
        self.held: list[int] = []
        self.multi: Raw | None = None
        self.beyond = -1  # where in its answer the lines below its schedule begin; -1: none yet
        self.above: Raw | None = None  # the card that a schedule may still belong to

    def take(self, at: int, row: Row) -> None:
        """Go on by one line."""
        if row.kind is Kind.BLANK:
            self.close()
        elif row.kind is Kind.END:
            self._end(at)
        elif row.kind is Kind.SCHEDULE:
            self._schedule(at, row)
        elif row.kind is Kind.HIDDEN:
            self._hidden(at, row)
        elif at in self.seps:
            self._separator(at)
        else:
            self._words(at, row)

    def _words(self, at: int, row: Row) -> None:
        if self.multi and self._begins_anew(at, row):
            self.close()
        if self.multi:
            self.multi.back.append(at)
            self._go_on_behind(row)
        elif self._is_rule(at):
            self.close()
        elif row.kind is Kind.TEXT and (parts := self._parts(at, row)):
            self._line(at, parts)
        else:
            self.above = None
            self.held.append(at)
            self._end_behind(row)

    def close(self, *, schedule: int = -1) -> Raw | None:
        """End what is open, by a schedule or without; the card that it made."""
        held, self.held, multi, self.multi = self.held, [], self.multi, None
        self.beyond = -1
        raw = self._finished(multi) if multi else self._cloze(held, schedule)
        if raw and schedule >= 0:
            self._join(raw, schedule)
        if raw:
            self.cards.append(raw)
        elif held:
            self.tag_lines += [at for at in held if is_tag_line(self.rows[at].text)]
        if raw or held:
            self.above = None if schedule >= 0 or not raw or raw.schedules else raw
        return raw

    # What a line does

    def _end_behind(self, row: Row) -> None:
        """A schedule at the end of a line ends its card, as one on a line of its own does."""
        if row.schedules:
            self.close()
            self.above = None

    def _go_on_behind(self, row: Row) -> None:
        """An answer of several lines goes on below its schedule; a second one is another's."""
        if row.schedules and self.beyond < 0 and self.multi:
            self.beyond = len(self.multi.back)
        elif row.schedules:
            self._cut_off()
            self._end_behind(row)

    def _cut_off(self) -> None:
        """End the card of several lines above the lines that stand below its schedule."""
        if self.multi:
            back = self.multi.back
            self.multi.back, below = back[: self.beyond], back[self.beyond :]
            self.close()
            self.held = below

    def _end(self, at: int) -> None:
        raw = self.close()
        if raw:
            raw.lines.append(at)
        self.above = None

    def _schedule(self, at: int, row: Row) -> None:
        if self.multi and not self._says(self.multi.back) and not self.multi.schedules:
            self._join(self.multi, at)  # its answer was empty once
        elif self.multi and self.beyond < 0:
            self._join(self.multi, at)
            self.beyond = len(self.multi.back)
        elif self.multi and not self._says(self.multi.back[self.beyond :]):
            self.lost.append(at)
        elif self.multi:
            self._cut_off()
            if not self.close(schedule=at):
                self.lost.append(at)
        elif self.held:
            if not self.close(schedule=at):
                self.lost.append(at)
        elif self.above and not self.above.schedules:
            self._join(self.above, at)
        else:
            self.lost.append(at)
        self.above = None

    def _hidden(self, at: int, row: Row) -> None:
        open_lines = self.multi.lines if self.multi else None
        target = self.above if not self.multi and not self.held else None
        if open_lines is not None:
            open_lines.append(at)
        if row.block_id:
            if self.multi:
                self.multi.block_id = row.block_id
            elif target:
                target.block_id = target.block_id or row.block_id
                target.lines.append(at)
        if row.schedules:
            self._schedule(at, row)

    def _separator(self, at: int) -> None:
        if self.multi and self.beyond >= 0:
            self._cut_off()
        elif self.multi:
            start = self._next_front(self.multi.back)
            if start <= 0:
                self.multi.back.append(at)
                return
            back = self.multi.back
            self.multi.back, front = back[:start], back[start:]
            self.close()
            self.held = front
        if not self._says(self.held):
            self.held = []
            hint = "write the question on the line above it"
            fault = ("nothing is asked above it", hint)
            self.cards.append(Raw(Form.BROKEN, [], [], [at], fault=fault))
            return
        self.multi = Raw(Form.MULTI, self.held, [], [at], self.seps[at])
        self.held = []

    def _line(self, at: int, parts: Parted) -> None:
        self.close()
        row = self.rows[at]
        raw = Raw(
            Form.LINE, [at], [], [at], parts.is_reversed, parts, list(row.schedules), row.block_id
        )
        self.cards.append(raw)
        self.above = raw

    # Looks at the lines

    def _begins_anew(self, at: int, row: Row) -> bool:
        """Whether a line below the schedule of a card of several lines is no more of its answer."""
        if not self.multi or self.beyond < 0:
            return False
        if row.kind is not Kind.TEXT:
            return row.kind is Kind.GLUE and not self.settings.known
        if is_heading(row.text) or is_tag_line(row.text) or self._is_rule(at):
            return True
        is_next = self.beyond == len(self.multi.back)
        return (is_next or self._is_closed(at)) and self._parts(at, row) is not None

    def _is_closed(self, at: int) -> bool:
        return bool(self.rows[at].schedules) or self._is_scheduled(at)

    def _parts(self, at: int, row: Row) -> Parted | None:
        if self._is_front(at):
            return None
        return parted(row.text, self.settings, is_sure=self._is_closed(at))

    def _is_front(self, at: int) -> bool:
        """Whether a separator of several lines stands just below, and an answer below that."""
        below = at + 1
        while below < len(self.rows) and self.rows[below].kind is Kind.HIDDEN:
            below += 1
        if below not in self.seps or below + 1 >= len(self.rows):
            return False
        return self.rows[below + 1].kind not in (Kind.BLANK, Kind.END)

    def _is_scheduled(self, at: int) -> bool:
        below = at + 1
        while below < len(self.rows) and self.rows[below].kind is Kind.HIDDEN:
            if self.rows[below].schedules:
                return True
            below += 1
        return below < len(self.rows) and self.rows[below].kind is Kind.SCHEDULE

    def _next_front(self, back: Sequence[int]) -> int:
        """Where in an answer the question begins that another separator follows: its last
        heading or tag, else its last line; 0 if the answer has no line to spare.
        """
        for place in range(len(back) - 1, 0, -1):
            row = self.rows[back[place]]
            if row.kind is Kind.TEXT and (is_heading(row.text) or is_tag_line(row.text)):
                return place
            if row.kind is not Kind.TEXT or row.schedules:
                break
        last = self.rows[back[-1]] if back else None
        return len(back) - 1 if last and last.kind is Kind.TEXT else 0

    # Cards

    def _finished(self, raw: Raw) -> Raw:
        raw.lines = sorted({*raw.lines, *raw.front, *raw.back})
        for at in (*raw.front, *raw.back):
            row = self.rows[at]
            raw.schedules += row.schedules
            raw.block_id = row.block_id or raw.block_id
        while raw.back and self._is_rule(raw.back[-1]):
            raw.back.pop()
        if raw.form is Form.MULTI and not self._says(raw.back):
            hint = "write the answer on the line below it, without a blank line"
            raw.form, raw.fault = Form.BROKEN, ("nothing answers the question above it", hint)
        return raw

    def _says(self, lines: Sequence[int]) -> bool:
        """Whether there is a word in them."""
        return any(self.rows[at].text.strip(_QUOTE) for at in lines)

    def _is_rule(self, at: int) -> bool:
        return self.rows[at].kind is Kind.TEXT and self.rows[at].text.strip() in (
            "---", "***", "___", "- - -", "* * *",
        )  # fmt: skip

    def _cloze(self, held: list[int], schedule: int) -> Raw | None:
        text = [at for at in held if self.rows[at].kind is not Kind.HIDDEN]
        if not text:
            return None
        within = [at for at in text if self.rows[at].schedules]
        known = (*self.known, *(self.shown if schedule >= 0 or within else ()))
        text = text[self._names_deck(text, known) :]
        whole = "\n".join(self.rows[at].text for at in text)
        if not obsidian_cloze.has(whole, known):
            self.lost += within
            return None
        return self._finished(Raw(Form.CLOZE, text))

    def _names_deck(self, text: Sequence[int], known: Sequence[Pattern]) -> bool:
        """Whether a text begins with a heading that has the tag of a deck, and no deletion."""
        said = self.rows[text[0]].text
        if len(text) == 1 or "#" not in said or not is_heading(said):
            return False
        is_level = any(self.settings.is_deck(tag) for tag in tags_in(said))
        return is_level and not obsidian_cloze.has(said, known)

    def _join(self, raw: Raw, at: int) -> None:
        """Give a card its schedule, with the callout that may stand above that."""
        first = at
        while self.rows[first - 1].kind is Kind.HIDDEN and first - 1 > max(raw.lines):
            first -= 1
        raw.lines += range(first, at + 1)
        raw.schedules += self.rows[at].schedules
        raw.block_id = raw.block_id or self.rows[at].block_id
