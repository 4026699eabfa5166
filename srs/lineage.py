"""Whose a row of the review log is after relinks: the card's that it names, or an heir's. Pure.

A relink is two rows: one on the card that takes says from which, one on the card that gives says to
which. What belonged to the giver before a number in the order of replay belongs to the taker from
then on. A row without its other half, or that says anything else, is no relink.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

_ID_BYTES = 16
_Pair = tuple[bytes, str, bytes, bytes, int]


class RelinkRow(NamedTuple):
    """A row of kind RELINK."""

    order_ms: int
    uid: bytes
    device: bytes
    card: bytes
    data: str
    stands: bool  # it was not taken back


class _Half(NamedTuple):
    """What such a row says."""

    act: str  # the first row of its act, in hex
    giver: bytes
    taker: bytes
    until_ms: int
    takes: bool  # it lies on the taker

    def pair(self, device: bytes) -> _Pair:
        """The same for both halves of a relink, and for no other row."""
        return device, self.act, self.giver, self.taker, self.until_ms


class Move(NamedTuple):
    """A relink: what belongs to `giver` before `until_ms` belongs to `taker` afterwards."""

    order_ms: int
    uid: bytes  # of the row on the taker
    giver: bytes
    taker: bytes
    until_ms: int


def taking(giver: bytes, until_ms: int) -> dict[str, object]:
    """The data of the row on the card that takes."""
    return {"from": giver.hex(), "until": until_ms}


def giving(taker: bytes, until_ms: int) -> dict[str, object]:
    """The data of the row on the card that gives."""
    return {"to": taker.hex(), "until": until_ms}


class Said(NamedTuple):
    """The data of a row of kind RELINK."""

    takes: bool  # from the other card; else it gives to that
    other: bytes
    until_ms: int
    act: str | None  # the first row of its act, in hex; None: it is the first


def said(data: str) -> Said | None:
    """What the data of such a row say; None if no version of ours wrote them."""
    try:
        told = json.loads(data)
        takes = "from" in told
        other = bytes.fromhex(told["from" if takes else "to"])
        until_ms, act = told["until"], told.get("act")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    sound = len(other) == _ID_BYTES and type(until_ms) is int and isinstance(act, str | None)
    return Said(takes, other, until_ms, act) if sound else None


def _half(row: RelinkRow) -> _Half | None:
    found = said(row.data)
    if found is None or found.other == row.card or found.until_ms > row.order_ms:
        return None
    giver, taker = (found.other, row.card) if found.takes else (row.card, found.other)
    return _Half(found.act or row.uid.hex(), giver, taker, found.until_ms, found.takes)


class Lineage:
    """What the relinks of a log come to."""

    def __init__(self, rows: Iterable[RelinkRow]) -> None:
        told = [(row, _half(row)) for row in sorted(rows)]
        self._families = _families((half.giver, half.taker) for _, half in told if half)
        standing = [(row, half) for row, half in told if row.stands]
        moves = _moves([(row, half) for row, half in standing if half])
        self._moves: dict[bytes, list[Move]] = {}
        for move in sorted(moves.values()):
            self._moves.setdefault(self._families[move.giver][0], []).append(move)
        # Rows that stand, and are no relink.
        self.unheeded = tuple(
            row for row, half in standing if half is None or half.pair(row.device) not in moves
        )

    def __bool__(self) -> bool:
        return bool(self._families)

    def owner(self, card: bytes, order_ms: int) -> bytes:
        """The card to which a row of the log belongs that names `card`."""
        if card in self._families:
            for move in self._moves.get(self._families[card][0], ()):
                if move.giver == card and order_ms < move.until_ms:
                    card = move.taker
        return card

    def family(self, card: bytes) -> tuple[bytes, ...]:
        """The card, and all that ever gave to one another or took, as far as it is concerned."""
        return self._families.get(card, (card,))

    def with_families(self, cards: Iterable[bytes]) -> list[bytes]:
        """These cards and their families, each card once."""
        return list(dict.fromkeys(one for card in cards for one in self.family(card)))


def _moves(halves: Iterable[tuple[RelinkRow, _Half]]) -> dict[_Pair, Move]:
    """The relinks of which both halves are there."""
    pairs: dict[_Pair, dict[bool, tuple[RelinkRow, _Half]]] = {}
    for row, half in halves:
        pairs.setdefault(half.pair(row.device), {}).setdefault(half.takes, (row, half))
    whole = {name: pair[True] for name, pair in pairs.items() if len(pair) == 2}
    return {
        name: Move(row.order_ms, row.uid, half.giver, half.taker, half.until_ms)
        for name, (row, half) in whole.items()
    }


def _families(ties: Iterable[tuple[bytes, bytes]]) -> dict[bytes, tuple[bytes, ...]]:
    """Every card that is tied to another, with all that it is tied to in one way or another."""
    families: dict[bytes, list[bytes]] = {}
    for one, other in ties:
        mine, theirs = families.setdefault(one, [one]), families.setdefault(other, [other])
        if mine is not theirs:
            larger, smaller = sorted((mine, theirs), key=len, reverse=True)
            larger += smaller
            families.update(dict.fromkeys(smaller, larger))
    tuples = {id(family): tuple(sorted(family)) for family in families.values()}
    return {card: tuples[id(family)] for card, family in families.items()}
