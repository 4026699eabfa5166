"""One card with its words and its state, as the session shows it. On the path to the first card."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from decks.cards import card_keys, face, varied
from srs.model import Card
from srs.store.log import SELECT_STATE, state_of

if TYPE_CHECKING:
    from decks.model import Estimate

_FROM = (
    "FROM card_state s JOIN card c ON c.uid = s.card"
    " JOIN note n ON n.id = s.note_id JOIN deck d ON d.id = s.deck_id"
)
_SELECT = (
    "SELECT c.uid, n.uid, d.name, n.kind, c.key, n.front, n.back, n.why, n.flip, n.concept, n.type,"
    f" n.path, n.line, n.variants, n.estimate, {SELECT_STATE} {_FROM}"
)
_WORDS = 15  # columns before the state's
# Places of the note's text (a cloze's gaps still marked), its variants, what makes it an estimate.
_TEXT, _VARIANTS, _NUMBERS = 5, 13, 14
_RELINKED = "SELECT 1 FROM review_log WHERE kind = 'relink' AND card = ?"
# An answer that was taken back does not count: the card is asked in the same form again.
_LAST_FORM = (
    "SELECT coalesce(r.variant, r.seed, 0) FROM review_log r WHERE r.card = ? AND r.kind = 'review'"
    " AND NOT EXISTS (SELECT 1 FROM review_log u WHERE u.undoes = r.uid)"
    " ORDER BY r.order_ms DESC, r.uid DESC LIMIT 1"
)


def load(connection: sqlite3.Connection, uid: bytes) -> Card | None:
    """The card of that id, in its main form."""
    row = connection.execute(f"{_SELECT} WHERE s.card = ?", (uid,)).fetchone()
    return _card(row) if row else None


def ask(connection: sqlite3.Connection, uid: bytes, at_ms: int) -> Card | None:
    """The card of that id in the form whose turn it is, another than the last time.

    The numbers of an estimate are drawn anew; which ones follows from the instant.
    """
    row = connection.execute(f"{_SELECT} WHERE s.card = ?", (uid,)).fetchone()
    if row is None:
        return None
    card = _bare(row)
    if row[_NUMBERS]:
        from srs.estimates import dealt, fresh_seed

        return dealt(card, fresh_seed(card, at_ms, _last_form(connection, uid)))
    text, variants = row[_TEXT], row[_VARIANTS]
    # Variants are other forms of a note's first card: not the way back, nor the other gaps.
    if variants == "[]" or card.key != card_keys(card.kind, text)[0]:
        return card
    import json

    forms = json.loads(variants)
    last = _last_form(connection, uid)
    turn = 0 if last is None else (last + 1) % (len(forms) + 1)
    if not turn:
        return replace(card, variant=turn)
    sides = varied(card.kind, text, forms[turn - 1])
    return replace(card, front=sides.front, back=sides.back, variant=turn)


def ask_again(connection: sqlite3.Connection, card: Card) -> Card | None:
    """The card as it is now; an estimate with the numbers that it was asked with."""
    if card.seed is None:
        return ask(connection, card.uid, 0)
    row = connection.execute(f"{_SELECT} WHERE s.card = ?", (card.uid,)).fetchone()
    if row is None:
        return None
    from srs.estimates import dealt

    return dealt(_bare(row), card.seed)


def _last_form(connection: sqlite3.Connection, uid: bytes) -> int | None:
    if connection.execute(_RELINKED, (uid,)).fetchone():
        from srs.store import histories

        rows = histories.reviews(connection, uid)
        forms = [(row.seed if row.variant is None else row.variant) or 0 for row in rows]
        return forms[-1] if forms else None
    row = connection.execute(_LAST_FORM, (uid,)).fetchone()
    return None if row is None else int(row[0])


def is_hidden(connection: sqlite3.Connection, uid: bytes) -> bool:
    """Whether the card is out of sight: its text gone, or its deck disabled."""
    row = connection.execute("SELECT hidden FROM card_state WHERE card = ?", (uid,)).fetchone()
    return row is None or bool(row[0])


def is_gone(connection: sqlite3.Connection, uid: bytes) -> bool:
    """Whether the card's gap was taken out of its note."""
    row = connection.execute("SELECT gone FROM card WHERE uid = ?", (uid,)).fetchone()
    return row is None or bool(row[0])


def is_orphan(connection: sqlite3.Connection, uid: bytes) -> bool:
    """Whether the card's text is gone: its note's, or its gap in the note."""
    sql = "SELECT n.orphan OR c.gone FROM card c JOIN note n ON n.id = c.note_id WHERE c.uid = ?"
    row = connection.execute(sql, (uid,)).fetchone()
    return row is None or bool(row[0])


def select(
    connection: sqlite3.Connection,
    where: str,
    values: Sequence[object] | Mapping[str, object],
    order: str = "n.id, c.ordinal",
    limit: int = -1,
) -> Iterator[Card]:
    """Cards that satisfy an SQL condition over c, n, d and s, in the order of their files.

    `order` is another order, in SQL; -1 is no limit.
    """
    sql = f"{_SELECT} WHERE {where} ORDER BY {order} LIMIT {limit:d}"
    for row in connection.execute(sql, values):
        yield _card(row)


def count(connection: sqlite3.Connection, where: str, values: Mapping[str, object]) -> int:
    """How many cards `select` would find."""
    sql = f"SELECT count(*) {_FROM} WHERE {where}"
    return int(connection.execute(sql, values).fetchone()[0])


def _card(row: tuple[Any, ...]) -> Card:
    """The card of a row; an estimate with the numbers of its first draw."""
    card = _bare(row)
    if card.estimate is None:
        return card
    from srs.estimates import dealt

    return dealt(card, 0)


def _bare(row: tuple[Any, ...]) -> Card:
    """The same, with the numbers of an estimate still to be drawn."""
    uid, note, deck, kind, key, front, back, *rest = row[:_WORDS]
    sides = face(kind, front, back, key)
    why, flip, concept, type_, path, line, _, numbers = rest
    return Card(
        uid=uid, note=note, deck=deck, kind=kind, key=key, front=sides.front, back=sides.back,
        why=why, flip=flip, concept=concept, type=type_, path=path, line=line,
        state=state_of(row[_WORDS:]), estimate=_estimate(numbers) if numbers else None,
    )  # fmt: skip


def _estimate(text: str) -> Estimate | None:
    from srs.estimates import loaded  # which few cards need

    return loaded(text)
