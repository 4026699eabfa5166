"""A review session as a pure state machine: `act(session, action) -> (session, effects)`.

The terminal and the JSON lines both drive it. Effects are what somebody else must do (write, fetch
a card); what came of them returns as further actions. Nothing here knows the time or the disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, assert_never

from srs.model import Card, Kind, Phase, Rating


# What the learner does.
class Reveal(NamedTuple):
    """Show the answer."""


class Rate(NamedTuple):
    """Judge one's answer to the card on the table."""

    rating: Rating
    duration_ms: int | None = None


class TakeBack(NamedTuple):
    """Undo the session's latest answer, suspension or burial."""


class SetAside(NamedTuple):
    """Suspend or bury the card on the table."""

    kind: str  # Kind.SUSPEND or Kind.BURY


# What came of an effect.
class Dealt(NamedTuple):
    """The next card lies on the table; None: nothing is left."""

    card: Card | None


class Written(NamedTuple):
    """A row is on disk."""

    uid: bytes


class TakenBack(NamedTuple):
    """The row `uid` no longer counts."""

    uid: bytes


class Stale(NamedTuple):
    """The card was answered elsewhere meanwhile; nothing was written."""


class Refused(NamedTuple):
    """Another program was writing; nothing was written, and the card stays on the table."""


Action = Reveal | Rate | TakeBack | SetAside | Dealt | Written | TakenBack | Stale | Refused


# What somebody must do.
class Record(NamedTuple):
    """Write this row for the card and wait until it is on disk."""

    card: Card
    kind: str
    rating: Rating | None = None
    duration_ms: int | None = None


class Undo(NamedTuple):
    """Take this row back."""

    uid: bytes


class Deal(NamedTuple):
    """Fetch the next card, or the one named."""

    card: bytes | None = None


Effect = Record | Undo | Deal


class Done(NamedTuple):
    """One thing the learner did in this session."""

    uid: bytes
    kind: str
    card: bytes
    phase: Phase  # before
    rating: Rating | None
    duration_ms: int | None


class Tally(NamedTuple):
    """What a session came to."""

    cards: int
    reviews: int
    duration_ms: int
    recalled: int  # reviews of cards in phase REVIEW not rated again
    mature: int  # reviews of cards in phase REVIEW
    introduced: int  # new cards

    @property
    def retention(self) -> float | None:
        """Share of known cards that were recalled; None when none was asked."""
        return self.recalled / self.mature if self.mature else None


@dataclass(frozen=True, slots=True)
class Session:
    """The card on the table and what was done so far."""

    card: Card | None = None
    revealed: bool = False
    done: tuple[Done, ...] = ()
    pending: Done | None = None  # being written; its uid is not known yet
    over: bool = False

    def tally(self) -> Tally:
        """What was done and not taken back."""
        reviews = [done for done in self.done if done.rating is not None]
        mature = [done for done in reviews if done.phase is Phase.REVIEW]
        return Tally(
            cards=len({done.card for done in reviews}),
            reviews=len(reviews),
            duration_ms=sum(done.duration_ms or 0 for done in reviews),
            recalled=sum(done.rating is not Rating.AGAIN for done in mature),
            mature=len(mature),
            introduced=sum(done.phase is Phase.NEW for done in reviews),
        )


Step = tuple[Session, tuple[Effect, ...]]


def act(session: Session, action: Action) -> Step:
    """The session after `action`, and what is to be done. Illegal actions change nothing."""
    match action:
        case Reveal():
            return replace(session, revealed=session.card is not None), ()
        case Rate(rating, duration_ms):
            return _record(session, Kind.REVIEW, rating, duration_ms)
        case SetAside(kind):
            return _record(session, kind, None, None)
        case TakeBack():
            return session, tuple(Undo(done.uid) for done in session.done[-1:])
        case Dealt(card):
            return replace(session, card=card, revealed=False, over=card is None), ()
        case Written(uid):
            return _written(session, uid)
        case TakenBack(uid):
            return _taken_back(session, uid)
        case Refused():
            return replace(session, pending=None), ()
        case Stale():
            return replace(session, card=None, revealed=False, pending=None), (Deal(),)
        case _:
            assert_never(action)


def _record(session: Session, kind: str, rating: Rating | None, duration_ms: int | None) -> Step:
    card = session.card
    if card is None:
        return session, ()
    pending = Done(b"", kind, card.uid, card.state.phase, rating, duration_ms)
    return replace(session, pending=pending), (Record(card, kind, rating, duration_ms),)


def _written(session: Session, uid: bytes) -> Step:
    if session.pending is None:
        return session, ()
    done = (*session.done, session.pending._replace(uid=uid))
    return replace(session, done=done, pending=None, card=None, revealed=False), (Deal(),)


def _taken_back(session: Session, uid: bytes) -> Step:
    cards = [done.card for done in session.done if done.uid == uid]
    rest = tuple(done for done in session.done if done.uid != uid)
    back = replace(session, done=rest, card=None, revealed=False, over=False)
    return back, tuple(Deal(card) for card in cards)
