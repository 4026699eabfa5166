"""A review session as a pure state machine: `act(session, action) -> (session, effects)`.

The terminal and the JSON lines both drive it. Effects are what somebody else must do (write, fetch
a card); what came of them returns as further actions. Nothing here knows the time or the disk.
"""

from __future__ import annotations

from typing import Any, NamedTuple, assert_never

from srs.model import Card, Flag, Kind, Phase, Rating

CONFIDENCES = (50, 70, 90)  # percent
STAYING = (Kind.FLAG, Kind.UNSUSPEND)  # marks after which the card is still to be answered


# What the learner does.
class Reveal(NamedTuple):
    """Show the answer."""


class Bet(NamedTuple):
    """Say how sure one is, in percent, before the answer is shown."""

    confidence: int


class Write(NamedTuple):
    """Put one's own answer into words, before the model answer is shown."""

    words: str


class Rate(NamedTuple):
    """Judge one's answer to the card on the table."""

    rating: Rating
    duration_ms: int | None = None


class TakeBack(NamedTuple):
    """Undo what was done last in this session and still stands."""


class Mark(NamedTuple):
    """Suspend, unsuspend, bury, flag or reset the card on the table, or all cards of its note."""

    kind: str
    whole_note: bool = False
    flag: Flag = Flag.NONE
    note: str = ""  # to oneself, with a flag


class Accept(NamedTuple):
    """Review ahead in the minutes that are left."""


class Decline(NamedTuple):
    """Leave it at that."""


class Reread(NamedTuple):
    """The words of the card on the table were edited."""


# What came of an effect.
class Dealt(NamedTuple):
    """The next card lies on the table; None: nothing is left, unless one may review ahead."""

    card: Card | None
    may_go_on: bool = False


class Refreshed(NamedTuple):
    """The card on the table as it is now."""

    card: Card


class Written(NamedTuple):
    """A row is on disk."""

    uid: bytes
    leech: bool = False


class TakenBack(NamedTuple):
    """The row `uid` no longer counts."""

    uid: bytes


class Stale(NamedTuple):
    """The card was answered elsewhere meanwhile; nothing was written."""


class Refused(NamedTuple):
    """Another program was writing; nothing was written, and the card stays on the table."""


Action = (
    Reveal | Bet | Write | Rate | TakeBack | Mark | Accept | Decline | Reread
    | Dealt | Refreshed | Written | TakenBack | Stale | Refused
)  # fmt: skip


# What somebody must do.
class Record(NamedTuple):
    """Write this answer to the card and wait until it is on disk."""

    card: Card
    rating: Rating
    duration_ms: int | None
    confidence: int | None
    typed: str


class RecordMark(NamedTuple):
    """Write this mark of the card and wait until it is on disk."""

    card: Card
    mark: Mark


class Undo(NamedTuple):
    """Take this row back."""

    uid: bytes


class Deal(NamedTuple):
    """Fetch the next card, or the one named if it may be asked."""

    card: bytes | None = None


class Refresh(NamedTuple):
    """Fetch the card on the table anew; the next one if it may not be asked any more."""

    card: bytes


Effect = Record | RecordMark | Undo | Deal | Refresh


class Done(NamedTuple):
    """One thing the learner did in this session."""

    uid: bytes
    kind: str
    card: bytes
    note: bytes
    concept: str
    phase: Phase  # before
    rating: Rating | None = None
    duration_ms: int | None = None
    confidence: int | None = None
    leech: bool = False


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


class Session(NamedTuple):
    """The card on the table and what was done so far."""

    card: Card | None = None
    revealed: bool = False
    confidence: int | None = None  # in the card on the table
    typed: str = ""  # in answer to it
    done: tuple[Done, ...] = ()
    pending: Done | None = None  # being written; its uid is not known yet
    offered: bool = False  # nothing is due, and the learner is asked whether to review ahead
    ahead: bool = False  # the learner agreed to
    over: bool = False

    @property
    def reviews(self) -> tuple[Done, ...]:
        """The answers given and not taken back."""
        return tuple(done for done in self.done if done.rating is not None)

    def tally(self) -> Tally:
        """What was done and not taken back."""
        reviews = self.reviews
        mature = [done for done in reviews if done.phase is Phase.REVIEW]
        return Tally(
            cards=len({done.card for done in reviews}),
            reviews=len(reviews),
            duration_ms=sum(done.duration_ms or 0 for done in reviews),
            recalled=sum(done.rating is not Rating.AGAIN for done in mature),
            mature=len(mature),
            introduced=sum(done.phase is Phase.NEW for done in reviews),
        )


_EMPTY_TABLE: dict[str, Any] = {
    "card": None, "revealed": False, "confidence": None, "typed": "", "pending": None,
    "offered": False,
}  # fmt: skip
Step = tuple[Session, tuple[Effect, ...]]


def act(session: Session, action: Action) -> Step:
    """The session after `action`, and what is to be done. Illegal actions change nothing."""
    match action:
        case Reveal():
            return session._replace(revealed=session.card is not None), ()
        case Bet() | Write():
            return _produce(session, action), ()
        case Rate(rating, duration_ms):
            return _rate(session, rating, duration_ms)
        case Mark():
            return _mark(session, action)
        case TakeBack():
            return session, tuple(Undo(done.uid) for done in session.done[-1:])
        case Accept() | Decline():
            return _decide(session, accepted=isinstance(action, Accept))
        case Reread():
            return session, () if session.card is None else (Refresh(session.card.uid),)
        case _:
            return _follow(session, action)


def _follow(
    session: Session, came: Dealt | Refreshed | Written | TakenBack | Stale | Refused
) -> Step:
    """The session after something came of an effect."""
    match came:
        case Dealt(card, may_go_on):
            offered = card is None and may_go_on
            over = card is None and not may_go_on
            return _cleared(session, card=card, offered=offered, over=over), ()
        case Refreshed(card):
            return session._replace(card=card), ()
        case Written(uid, leech):
            return _written(session, uid, leech)
        case TakenBack(uid):
            return _taken_back(session, uid)
        case Refused():
            return session._replace(pending=None), ()
        case Stale():
            return _cleared(session), (Deal(),)
        case _:
            assert_never(came)


def _cleared(session: Session, **changes: Any) -> Session:
    """The session with an empty table, and these changes."""
    return session._replace(**{**_EMPTY_TABLE, **changes})


def _produce(session: Session, action: Bet | Write) -> Session:
    # Once the answer was seen, neither would be the learner's own any more.
    if session.card is None or session.revealed:
        return session
    if isinstance(action, Write):
        return session._replace(typed=action.words)
    legal = action.confidence in CONFIDENCES
    return session._replace(confidence=action.confidence) if legal else session


def _done(card: Card, kind: str) -> Done:
    return Done(b"", kind, card.uid, card.note, card.concept, card.state.phase)


def _rate(session: Session, rating: Rating, duration_ms: int | None) -> Step:
    card = session.card
    if card is None:
        return session, ()
    pending = _done(card, Kind.REVIEW)._replace(
        rating=rating, duration_ms=duration_ms, confidence=session.confidence
    )
    record = Record(card, rating, duration_ms, session.confidence, session.typed)
    return session._replace(pending=pending), (record,)


def _mark(session: Session, mark: Mark) -> Step:
    card = session.card
    if card is None:
        return session, ()
    return session._replace(pending=_done(card, mark.kind)), (RecordMark(card, mark),)


def _decide(session: Session, *, accepted: bool) -> Step:
    if not session.offered:
        return session, ()
    decided = session._replace(offered=False, ahead=accepted, over=not accepted)
    return decided, (Deal(),) if accepted else ()


def _written(session: Session, uid: bytes, leech: bool) -> Step:
    pending, card = session.pending, session.card
    if pending is None or card is None:
        return session, ()
    done = (*session.done, pending._replace(uid=uid, leech=leech))
    if pending.kind in STAYING:
        return session._replace(done=done, pending=None), (Refresh(card.uid),)
    return _cleared(session, done=done), (Deal(),)


def _taken_back(session: Session, uid: bytes) -> Step:
    undone = [done for done in session.done if done.uid == uid]
    rest = tuple(done for done in session.done if done.uid != uid)
    on_table = session.card.uid if session.card else b""
    if undone and undone[0].kind in STAYING and undone[0].card == on_table:
        return session._replace(done=rest), (Refresh(on_table),)
    back = _cleared(session, done=rest, over=False)
    return back, tuple(Deal(done.card) for done in undone[:1])
