"""What is waiting: the small questions that the daily session asks of the partial indexes.

Each query repeats an index's predicate to the letter; none visits the whole collection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from srs.model import CardState
from srs.queue import Waiting
from srs.store.log import SELECT_STATE, state_of

_OPEN = "s.suspended = 0 AND s.hidden = 0"
# Not "<": a card buried on a day when the clock stood ahead would stay away until then.
_UNBURIED = "(s.buried_day IS NULL OR s.buried_day <> :today)"
# A sibling answered today gives the answer away, so the card waits for another day.
_APART = (
    f"{_UNBURIED} AND s.note_id NOT IN ("
    "SELECT o.note_id FROM review_log r JOIN card_state o ON o.card = r.card"
    " WHERE r.day = :today AND o.last_day = :today AND o.reps > 0)"
)
# The same, asked of a single card: the first in line is found without reading all of today. A card
# that was reset may be met again.
_APART_ONE = (
    f"{_UNBURIED} AND NOT EXISTS (SELECT 1 FROM card_state o WHERE o.note_id = s.note_id"
    " AND o.last_day = :today AND NOT (o.card = s.card AND o.reps = 0))"
)
# A card that was begun today is brought to its end.
_STEPS_APART = f"(s.last_day = :today OR ({_APART_ONE}))"
_LEARNING = f"{_OPEN} AND s.due_ms IS NOT NULL AND s.due_ms <= :until_ms"
_DUE = f"{_OPEN} AND s.due_day IS NOT NULL AND s.due_day <= :until_day"
_NEW = f"{_OPEN} AND s.phase = 0"


class Span(NamedTuple):
    """Which cards a question is about: the study day, and the decks (none named: all)."""

    today: int
    deck_ids: tuple[int, ...] = ()
    stray_day: int | None = None  # see `stray_day`
    selected: bool = False  # only the cards of `temp.selected`

    @property
    def filter(self) -> str:
        """SQL that keeps to the decks and the selection."""
        # "+": else SQLite would look up every selected card and sort them, at every question.
        chosen = " AND +s.card IN (SELECT card FROM temp.selected)" if self.selected else ""
        if not self.deck_ids:
            return chosen
        return f" AND s.deck_id IN ({', '.join(map(str, self.deck_ids))}){chosen}"

    @property
    def due(self) -> str:
        """SQL: the card is due by `:until_day`."""
        return self._with_stray(_DUE, "s.due_day <= :until_day")

    @property
    def learning(self) -> str:
        """SQL: the card is in steps and due by `:until_ms`."""
        return self._with_stray(_LEARNING, "s.due_ms <= :until_ms")

    def _with_stray(self, predicate: str, due: str) -> str:
        # Only with a stray day: OR costs a scan of the index.
        if self.stray_day is None:
            return predicate
        return predicate.replace(due, f"({due} OR s.last_day = {self.stray_day})")


class DeckCounts(NamedTuple):
    """What waits in one deck."""

    due: int = 0
    learning: int = 0
    new: int = 0


def foreign_writes(connection: sqlite3.Connection) -> int:
    """A number that changes whenever another connection has written."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def stray_day(connection: sqlite3.Connection, today: int) -> int | None:
    """The one study day of the log that lies beyond tomorrow, None unless there is exactly one.

    One such day means that the clock stood ahead then: its cards are due at once, or they would
    be gone until that day. More of them mean that the clock is wrong now.
    """
    found = [
        connection.execute(
            f"SELECT day FROM review_log WHERE day > ? ORDER BY day {order} LIMIT 1", (today + 1,)
        ).fetchone()
        for order in ("ASC", "DESC")
    ]
    return int(found[0][0]) if found[0] and found[0] == found[1] else None


_WAITING_COLUMNS = (
    "s.card, s.note_id, s.deck_id, n.concept, n.type = 'contrast', s.due_day, s.position"
)
_WAITING = f"{_WAITING_COLUMNS} FROM card_state s JOIN note n ON n.id = s.note_id"


def learning(
    connection: sqlite3.Connection, span: Span, until_ms: int, limit: int = 1
) -> list[Waiting]:
    """The cards in steps that are due first, at `until_ms` at the latest."""
    rows = connection.execute(
        f"SELECT {_WAITING} WHERE {span.learning} AND {_UNBURIED} AND {_STEPS_APART}"
        f"{span.filter} ORDER BY s.due_ms, s.card LIMIT :limit",
        {"until_ms": until_ms, "today": span.today, "limit": limit},
    )
    return [Waiting(*row) for row in rows.fetchall()]


def waiting(connection: sqlite3.Connection, card: bytes) -> Waiting | None:
    """The card as the order of cards sees it."""
    row = connection.execute(f"SELECT {_WAITING} WHERE s.card = ?", (card,)).fetchone()
    return Waiting(*row) if row else None


def first_due(connection: sqlite3.Connection, span: Span, limit: int = 1) -> list[Waiting]:
    """The cards that have been due for longest, all of one day, in an arbitrary, stable order."""
    rows = connection.execute(
        f"SELECT {_WAITING} WHERE {span.due} AND {_APART_ONE}{span.filter}"
        " ORDER BY s.due_day, s.card LIMIT :limit",
        {"until_day": span.today, "today": span.today, "limit": limit},
    )
    found = [Waiting(*row) for row in rows.fetchall()]
    return [card for card in found if card.due_day == found[0].due_day]


def new_cards(
    connection: sqlite3.Connection, span: Span, *, spare_siblings: bool = False
) -> Iterator[Waiting]:
    """The cards never seen, in order. With `spare_siblings` none whose sibling is due today."""
    apart = _APART if spare_siblings else _APART_ONE
    if spare_siblings:
        apart += (
            " AND NOT EXISTS (SELECT 1 FROM card_state o WHERE o.note_id = s.note_id"
            " AND o.suspended = 0 AND o.hidden = 0 AND o.due_day <= :today)"
        )
    # CROSS: else SQLite would read the notes first, and sort every new card there is.
    for row in connection.execute(
        f"SELECT {_WAITING_COLUMNS} FROM card_state s CROSS JOIN note n ON n.id = s.note_id"
        f" WHERE {_NEW} AND {apart}{span.filter} ORDER BY s.position, s.card",
        {"today": span.today},
    ):
        yield Waiting(*row)


def not_yet_due(
    connection: sqlite3.Connection, span: Span, limit: int = 2_000
) -> list[tuple[bytes, CardState]]:
    """Cards due on a later day, one a note: those first whose interval is furthest run down."""
    rows = connection.execute(
        f"SELECT s.card, {SELECT_STATE} FROM card_state s"
        f" WHERE {_OPEN} AND s.due_day > :today AND s.phase = 2 AND {_APART}{span.filter}"
        " GROUP BY s.note_id ORDER BY (:today - s.last_day) / s.stability_days DESC LIMIT :limit",
        {"today": span.today, "limit": limit},
    )
    return [(card, state_of(tuple(state))) for card, *state in rows.fetchall()]


def all_open(
    connection: sqlite3.Connection, span: Span, *, suspended_too: bool = False
) -> list[tuple[bytes, CardState]]:
    """Every card that is in sight, with its state."""
    which = "s.hidden = 0" if suspended_too else _OPEN
    rows = connection.execute(
        f"SELECT s.card, {SELECT_STATE} FROM card_state s"
        f" WHERE {which} AND {_UNBURIED}{span.filter}",
        {"today": span.today},
    )
    return [(card, state_of(tuple(state))) for card, *state in rows.fetchall()]


def decks_with_new_cards(connection: sqlite3.Connection, span: Span, limit: int) -> list[int]:
    """The decks in which a card was never seen, those first whose card comes first."""
    rows = connection.execute(
        "SELECT d.id, (SELECT s.position FROM card_state s"
        f" WHERE {_NEW} AND s.deck_id = d.id ORDER BY s.position LIMIT 1) AS head"
        " FROM deck d WHERE d.enabled AND head IS NOT NULL ORDER BY head"
    )
    ids = [row[0] for row in rows.fetchall()]
    return [one for one in ids if not span.deck_ids or one in span.deck_ids][:limit]


def count_learning(connection: sqlite3.Connection, span: Span, until_ms: int) -> int:
    """Cards in steps that are due by `until_ms`."""
    return _count(
        connection,
        f"SELECT count(*) FROM card_state s WHERE {span.learning}{span.filter}"
        f" AND {_UNBURIED} AND {_STEPS_APART}",
        {"until_ms": until_ms, "today": span.today},
    )


def count_due(connection: sqlite3.Connection, span: Span, limit: int, until_day: int) -> int:
    """Notes with a card due by `until_day`, counted no further than `limit` (-1: all)."""
    return _count(
        connection,
        f"SELECT count(*) FROM (SELECT DISTINCT s.note_id FROM card_state s"
        f" WHERE {span.due} AND {_APART}{span.filter} LIMIT :limit)",
        {"until_day": until_day, "limit": limit, "today": span.today},
    )


def count_overdue(connection: sqlite3.Connection, span: Span, limit: int) -> int:
    """Cards due since an earlier day, counted no further than `limit`."""
    return _count(
        connection,
        f"SELECT count(*) FROM (SELECT 1 FROM card_state s WHERE {_DUE} LIMIT :limit)",
        {"until_day": span.today - 1, "limit": limit},
    )


def _count(connection: sqlite3.Connection, sql: str, values: dict[str, int]) -> int:
    count: int = connection.execute(sql, values).fetchone()[0]
    return count


def answered_today(connection: sqlite3.Connection, span: Span) -> tuple[int, int]:
    """Cards (first seen today, reviewed today that were known before)."""
    row = connection.execute(
        "SELECT count(DISTINCT CASE WHEN s.first_day = :today THEN r.card END),"
        " count(DISTINCT CASE WHEN s.first_day IS NOT :today THEN r.card END)"
        " FROM review_log r JOIN card_state s ON s.card = r.card AND s.last_day = :today"
        # A card may have been answered under another, and relinked.
        " WHERE r.day = :today AND r.kind IN ('review', 'relink')",
        {"today": span.today},
    ).fetchone()
    return int(row[0]), int(row[1])


def reviews_before(connection: sqlite3.Connection, today: int, days: int) -> int:
    """Answers given in that many study days before today, those taken back included."""
    return _count(
        connection,
        "SELECT count(*) FROM review_log WHERE day >= :start AND day < :end AND kind = 'review'",
        {"start": today - days, "end": today},
    )


def latest_durations(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many of the latest 200 answers were timed, and their sum in ms, a minute at most each."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(min(duration_ms, 60000)), 0) FROM ("
        "SELECT duration_ms FROM review_log r WHERE kind = 'review' AND duration_ms IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM review_log u WHERE u.undoes = r.uid)"
        " ORDER BY seq DESC LIMIT 200)"
    ).fetchone()
    return int(row[0]), int(row[1])


def next_instants(connection: sqlite3.Connection, span: Span) -> tuple[int | None, int | None]:
    """The earliest (due_ms, due_day) of any open card."""
    open_cards = _OPEN
    return (
        connection.execute(
            f"SELECT min(s.due_ms) FROM card_state s WHERE {open_cards}"
            f" AND s.due_ms IS NOT NULL{span.filter}"
        ).fetchone()[0],
        connection.execute(
            f"SELECT min(s.due_day) FROM card_state s WHERE {open_cards}"
            f" AND s.due_day IS NOT NULL{span.filter}"
        ).fetchone()[0],
    )


def counts_by_deck(
    connection: sqlite3.Connection, span: Span, until_ms: int, offered: Sequence[Waiting]
) -> dict[str, DeckCounts]:
    """Deck name to what waits there today; `offered` are the new cards that today brings."""
    due = (
        "SELECT s.deck_id, count(DISTINCT s.note_id) FROM card_state s"
        f" WHERE {span.due} AND {_APART}"
    )
    learning = (
        f"SELECT s.deck_id, count(*) FROM card_state s WHERE {span.learning}"
        f" AND {_UNBURIED} AND {_STEPS_APART}"
    )
    values = {"until_day": span.today, "until_ms": until_ms, "today": span.today}
    found: dict[int, dict[str, int]] = {}
    for name, sql in (("due", due), ("learning", learning)):
        rows = connection.execute(f"{sql}{span.filter} GROUP BY s.deck_id", values)
        for deck_id, count in rows.fetchall():
            found.setdefault(deck_id, {})[name] = count
    for card in offered:
        counts = found.setdefault(card.deck_id, {})
        counts["new"] = counts.get("new", 0) + 1
    names = dict(connection.execute("SELECT id, name FROM deck").fetchall()) if found else {}
    return {names[deck_id]: DeckCounts(**counts) for deck_id, counts in found.items()}
