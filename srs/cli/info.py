"""What is known of one card: its memory state, its forgetting curve, all that was done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from srs import Flag, Kind, Rating
from srs.cli.plots import forgetting_curve
from srs.cli.render import card_text
from srs.cli.safe import safe, safe_line
from srs.cli.theme import DARK, Look
from srs.cli.view import Panel
from srs.cli.words import days, interval, plural, share

if TYPE_CHECKING:
    from rich.console import RenderableType

    from srs import Card, CardState, Collection, LogRow, Start

_DAY_MS = 86_400_000
_DATE_WIDTH = 10
_CURVE_WIDTH, _CURVE_HEIGHT = 64, 6
_DID = {Kind.SUSPEND: "suspended", Kind.UNSUSPEND: "unsuspended", Kind.BURY: "buried",
        Kind.RESET: "reset"}  # fmt: skip


def info(
    collection: Collection, card: Card, at_ms: int, width: int, *, reminder: bool, look: Look = DARK
) -> Panel:
    """The panel about a card; `reminder` adds what may help the memory: the learner's note to
    themselves, and what its concept is."""
    parts: list[RenderableType] = [
        Text(f"{card.uid.hex()[:12]}  {safe_line(card.path)}:{card.line}", "srs.quiet"),
        Text(),
        *(Text(line) for line in describe(collection, card, at_ms, reminder=reminder)),
    ]
    parts += _explained(collection, card, look) if reminder else []
    curve = curve_of(collection, card.state, at_ms, min(_CURVE_WIDTH, width - 4))
    if curve:
        parts += [Text(), *(Text(line, no_wrap=True) for line in curve)]
    rows = collection.history(card)
    if rows:
        parts += [Text(), _table(collection, rows)]
    return Panel(Group(*parts), "any key goes on, j k scroll")


def _explained(collection: Collection, card: Card, look: Look) -> list[RenderableType]:
    """The concept and what it is: not before the reveal, for it may give the answer away."""
    told = collection.explanation(card.concept)
    if not told:
        return []
    title = safe_line(collection.concept_title(card.concept))
    return [Text(), Text(title, "srs.label"), card_text(told, look=look)]


def describe(collection: Collection, card: Card, at_ms: int, *, reminder: bool = True) -> list[str]:
    """The card's state in a few lines."""
    state = card.state
    lines = [", ".join(_standing(collection, card, at_ms))]
    if state.stability_days is not None:
        recall = share(collection.retrievability(state, at_ms))
        lines.append(
            f"stability {span_of(state.stability_days)}, difficulty {state.difficulty:.1f}"
            f" of 10, recall now {recall}"
        )
        lines.append(f"{plural(state.reps, 'review')}, {plural(state.lapses, 'lapse')}")
    if state.flag_note and reminder:
        lines.append(safe(f"note to yourself: {state.flag_note}"))
    return lines


def _standing(collection: Collection, card: Card, at_ms: int) -> list[str]:
    state = card.state
    said = [state.phase.name.lower()]
    if state.due_day is not None:
        said.append(f"due {_date(state.due_day)}")
    elif state.due_ms is not None:
        late = state.due_ms <= at_ms
        said.append("due now" if late else f"due in {interval(state, at_ms, 0)}")
    if state.suspended:
        said.append("suspended")
    if state.flag:
        said.append(f"flagged {Flag(state.flag).name.lower()}")
    if collection.is_leech(card):
        said.append("leech")
    return said


def span_of(stability_days: float) -> str:
    """A stability as people say it."""
    return (
        f"{stability_days * 24:.0f} hours" if stability_days < 1 else f"{stability_days:.1f} days"
    )


def curve_of(collection: Collection, state: CardState, at_ms: int, width: int) -> list[str]:
    """The forgetting curve since the last review; nothing for a new card."""
    last_ms, due_ms = state.last_ms, collection.due_ms(state)
    if last_ms is None or due_ms is None or state.stability_days is None:
        return []

    def recall(elapsed_days: float) -> float:
        found = collection.retrievability(state, last_ms + round(elapsed_days * _DAY_MS))
        return found or 0.0

    now_days, due_days = ((ms - last_ms) / _DAY_MS for ms in (at_ms, due_ms))
    return forgetting_curve(
        recall, max(0.0, now_days), max(0.01, due_days), width=width, height=_CURVE_HEIGHT
    )


def _table(collection: Collection, rows: Sequence[LogRow]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=_DATE_WIDTH)
    before: int | None = None
    for row in rows:
        day = collection.calendar.day_of(row.at_ms)
        gap = "" if before is None else f"after {days(max(0, day - before))}"
        took = "" if row.duration_ms is None else f"{row.duration_ms / 1000:.0f} s"
        style = f"srs.{_rating(row)}" if row.rating else "srs.quiet"
        table.add_row(
            Text(_date(day), "srs.quiet"), Text(did(row), style), Text(gap), Text(took),
            Text(", ".join(_extras(row)), "srs.quiet"),
        )  # fmt: skip
        before = day if row.rating else before
    return table


def _rating(row: LogRow) -> str:
    return Rating(row.rating or 1).name.lower()


def did(row: LogRow) -> str:
    """What a row of the log says was done, in a word or two."""
    if row.rating:
        return _rating(row)
    if row.kind == Kind.RELINK and row.relinked:
        way, other = row.relinked
        return f"relinked {way} {other.hex()[:8]}"
    if row.kind == Kind.START and row.start:
        return _begun(row.start)
    if row.kind != Kind.FLAG:
        return _DID.get(row.kind, row.kind)
    return "flag taken away" if row.flag is Flag.NONE else f"flagged {row.flag.name.lower()}"


def _begun(start: Start) -> str:
    """A memory or a due day that another program gave: no review."""
    said = [f"stood so in {safe_line(start.program)}"]
    if start.stability_days is not None:
        said.append(f"stability {span_of(start.stability_days)}")
    if start.due_day is not None:
        said.append(f"due {_date(start.due_day)}")
    return ", ".join(said)


def _extras(row: LogRow) -> list[str]:
    said = []
    if row.confidence is not None:
        said.append(f"{row.confidence}% sure")
    if row.variant:
        said.append(f"variant {row.variant}")
    if row.typed:
        said.append("typed")
    return said


def _date(day: int) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
