"""Orphans as a table that helps to tell which history belongs to which card."""

from __future__ import annotations

from shutil import get_terminal_size

from srs import Card, Collection
from srs.cli.listing import fitted
from srs.cli.output import say, shown_width
from srs.cli.words import plural, span

_ROOM_FOR_PLACES = 60  # columns of a terminal that shows where a card was
_LONGEST_PLACE = 24


def show_orphans(collection: Collection, found: list[Card], now_ms: int) -> None:
    """The orphans, those with a history first, and how many they are."""
    if not found:
        say("no orphan found", err=True)
        return
    found = sorted(found, key=lambda card: not _lived(card))  # else in the order asked for
    places = get_terminal_size().columns >= _ROOM_FOR_PLACES
    rows = [_row(card)[: None if places else -1] for card in found]
    head = ("Card", "Front", "Reps", "Stability", "Was in")
    fitted(head if places else head[:-1], rows, right=(2, 3))
    lived = sum(map(_lived, found))
    if lived < len(found):
        say(f"{plural(len(found), 'orphan')}, {lived} with a history")
    else:
        say(plural(len(found), "orphan"))
    if lived:
        hint = "srs card relink OLD NEW gives an orphan's history to a card that took its place."
        say("\n".join(shown_width(hint)))


def _lived(card: Card) -> bool:
    return card.state.last_uid is not None


def _row(card: Card) -> tuple[str, ...]:
    stability_days = card.state.stability_days
    stands = "new" if stability_days is None else span(stability_days)
    place = f"{card.path.rpartition('/')[2]}:{card.line}"
    if len(place) > _LONGEST_PLACE:
        place = f"…{place[1 - _LONGEST_PLACE :]}"
    front = " ".join(card.front.split())
    return card.uid.hex()[:8], front, str(card.state.reps), stands, place
