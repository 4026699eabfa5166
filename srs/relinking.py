"""Histories given to other cards by hand: which card gives to which, and what that moves."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from decks.errors import UsageError
from srs.model import Card, Kind
from srs.store import cards, histories, wordings

_LISTED = 6  # cards named in an error


class Relink(NamedTuple):
    """The history of one card given to another."""

    giver: Card
    taker: Card
    reviews: int  # that change hands
    marks: int  # suspensions, flags, resets and the like that do so
    orphan: bool  # the giver's text is gone
    hidden: bool  # the taker's text is gone

    @property
    def moves(self) -> bool:
        """Whether the giver has a history at all."""
        return bool(self.reviews or self.marks)


def plan(connection: sqlite3.Connection, old: Sequence[Card], new: Sequence[Card]) -> list[Relink]:
    """Which of the old cards gives its history to which of the new ones.

    Those of the same key are paired, then the others in their order. Raises UsageError when that
    leaves it open, when a card is on both sides, and when no old card has a history.
    """
    both = {card.uid for card in old} & {card.uid for card in new}
    if both:
        what = f"{min(both).hex()[:8]} is on both sides"
        raise UsageError(what, "name the card that gives its history, then the one that gets it")
    relinks = histories.lineage(connection)
    lived = dict(histories.owned(connection, [card.uid for card in old], "r.kind", relinks))
    if not lived:
        names = ", ".join(card.uid.hex()[:8] for card in old[:_LISTED])
        raise UsageError(f"{names}: no history to give", "srs card list --orphans shows candidates")
    found = []
    for giver, taker in _paired(old, new, {card.uid for card in old if card.uid in lived}):
        kinds = [row[0] for row in lived.get(giver.uid, ())]
        reviews = kinds.count(Kind.REVIEW)
        gone = (cards.is_orphan(connection, card.uid) for card in (giver, taker))
        found.append(Relink(giver, taker, reviews, len(kinds) - reviews, *gone))
    return [one for one in found if one.moves]


def _paired(old: Sequence[Card], new: Sequence[Card], lived: set[bytes]) -> list[tuple[Card, Card]]:
    if len(old) == len(new) == 1:
        return [(old[0], new[0])]
    takers = {card.key: card for card in reversed(new)}
    pairs = [(card, takers[card.key]) for card in old if card.key in takers]
    paired = {card.uid for pair in pairs for card in pair}
    givers = [card for card in old if card.uid not in paired]
    rest = [card for card in new if card.uid not in paired]
    if len(givers) == len(rest):
        return [*pairs, *zip(givers, rest, strict=True)]
    if any(card.uid in lived for card in givers):
        what = f"which card is which? {_listed(givers)} may be any of {_listed(rest)}"
        raise UsageError(what, "relink them one by one: srs card relink CARD CARD")
    return pairs


def _listed(found: Sequence[Card]) -> str:
    """The ids of cards; of none, "no card"."""
    names = [card.uid.hex()[:8] for card in found[:_LISTED]]
    more = ["…"] if len(found) > _LISTED else []
    return ", ".join([*names, *more]) or "no card"


def take_over_words(connection: sqlite3.Connection, relinks: Sequence[Relink], at_ms: int) -> None:
    """Let the givers' notes' words count as earlier words of the takers'.

    Call inside `transaction`.
    """
    sql = "SELECT (SELECT id FROM note WHERE uid = ?), (SELECT id FROM note WHERE uid = ?)"
    for giver, taker in dict.fromkeys((one.giver.note, one.taker.note) for one in relinks):
        if giver != taker:
            old_id, new_id = connection.execute(sql, (giver, taker)).fetchone()
            wordings.take_over(connection, old_id, new_id, at_ms)
