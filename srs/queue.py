"""Which card comes next, of those that wait. Pure.

Cards in steps as they fall due; then reviews, longest due first; then new cards in the order of
the curriculum, within the day's limits; last, cards in steps that are due within twenty minutes,
so that a session can end without waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

LEARN_AHEAD_MS = 20 * 60 * 1000
USUAL_SPAN_DAYS = 14  # over which a learner's usual day is the mean
_BACKLOG_FLOOR = 20  # daily reviews below which a backlog is not yet one
_CLOSEST, FARTHEST = 3, 8  # cards from one of a contrast pair to the other
_FAILED_AGAIN_AFTER = 5  # cards, in a cram


class Allowance(NamedTuple):
    """How many more cards today may bring."""

    reviews: int
    new: int
    paused: bool = False  # new cards wait because of a backlog


class Waiting(NamedTuple):
    """A card that could come next, as far as the order needs to know it."""

    card: bytes
    note_id: int
    deck_id: int
    concept: str = ""
    contrasts: bool = False  # its type is contrast: it sets its concept apart from another
    due_day: int | None = None
    position: int = 0


Line = Callable[[], Waiting | None]  # asked for the card at its head; None: nobody waits


class Lines(NamedTuple):
    """Where cards wait. A line is asked only when those before it are empty."""

    learning: Line  # cards in steps that are due now
    due: Line
    new: Line
    ahead: Line  # cards in steps that are due within LEARN_AHEAD_MS


def pick(lines: Lines) -> Waiting | None:
    """The card to show next, or None when the session is over."""
    return lines.learning() or lines.due() or lines.new() or lines.ahead()


def choose(candidates: Sequence[Waiting], recent: Sequence[Waiting]) -> Waiting | None:
    """Of cards that may as well come in any order, the one that goes best with the `recent` ones.

    `recent` holds the cards asked before, the latest first. Neighbours are of different decks where
    that is possible; the two of a contrast pair, a card of type contrast and another of its
    concept, come 3 to 8 cards apart: near enough to be compared, too far to be told apart by what
    was just said.
    """
    if not recent:
        return candidates[0] if candidates else None
    concepts = {card.concept for card in recent} - {""}
    if not concepts and len({card.deck_id for card in candidates}) == 1:
        return candidates[0]  # one as good as the other

    def strain(card: Waiting) -> tuple[bool, bool, bool]:
        apart = _distances(card, recent) if card.concept in concepts else ()
        too_close = any(distance < _CLOSEST for distance in apart)
        return too_close, card.deck_id == recent[0].deck_id, not apart

    return min(candidates, key=strain, default=None)  # of equals the first in line


def _distances(card: Waiting, recent: Sequence[Waiting]) -> list[int]:
    """How many cards ago the partners of a contrast pair were asked."""
    asked = enumerate(recent[:FARTHEST], 1)
    return [distance for distance, other in asked if _are_contrasted(card, other)]


def _are_contrasted(one: Waiting, other: Waiting) -> bool:
    same_concept = bool(one.concept) and one.concept == other.concept
    return same_concept and (one.contrasts or other.contrasts) and one.note_id != other.note_id


class Passing(NamedTuple):
    """Whether a concept lets others come after it."""

    available: bool  # it has a card that may be asked
    passed: bool  # a card of it was answered hard or better


class Gate:
    """Which concepts may be met: those whose direct prerequisites were passed.

    A prerequisite without a card that may be asked counts as passed, and so does one whose card
    stands in the day's offer (`offer`).
    """

    def __init__(
        self, needs: Callable[[str], Sequence[str]], passing: Callable[[str], Passing]
    ) -> None:
        self._needs = needs
        self._passing = passing
        self._known: dict[str, bool] = {}

    def is_open(self, concept: str, offered: Iterable[str] = ()) -> bool:
        """Whether a new card of the concept may come; always for a card without a concept."""
        return not concept or all(
            need in offered or self._is_passed(need) for need in self._needs(concept)
        )

    def missing(self, concept: str) -> list[str]:
        """What was not yet passed of all that the concept directly builds on."""
        needs = self._needs(concept) if concept else ()
        return [need for need in needs if not self._is_passed(need)]

    def _is_passed(self, concept: str) -> bool:
        if concept not in self._known:
            found = self._passing(concept)
            self._known[concept] = found.passed or not found.available
        return self._known[concept]


def offer(new: Iterable[Waiting], gate: Gate | None, limit: int) -> Iterator[Waiting]:
    """The new cards that a day brings, one a note, if each that is asked is also passed."""
    notes: set[int] = set()
    concepts: set[str] = set()
    if limit <= 0:
        return
    for card in new:
        closed = gate is not None and not gate.is_open(card.concept, concepts)
        if closed or card.note_id in notes:
            continue
        notes.add(card.note_id)
        concepts.add(card.concept)
        yield card
        if len(notes) == limit:
            return


def backlog_limit(recent_reviews: int) -> int:
    """How many overdue cards make new cards pause: twice the learner's usual day, at least 40."""
    return 2 * max(_BACKLOG_FLOOR, recent_reviews // USUAL_SPAN_DAYS)


def cram_line(order: Sequence[bytes], done: Iterable[tuple[bytes, bool]]) -> list[bytes]:
    """Who still waits in a cram: `order` without those `done`.

    Each of `done` is a card and whether it was known; one that was not comes again a few cards
    later.
    """
    line = list(order)
    for card, known in done:
        if card in line:
            line.remove(card)
        if not known:
            line.insert(_FAILED_AGAIN_AFTER, card)
    return line
