"""The session as JSON lines, for editors, scripts and tests."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from srs import Card, Flag, Kind, Rating, Review, Told
from srs.cli.clock import Clock
from srs.cli.output import print_json
from srs.cli.shapes import ended, flag_shape, instant
from srs.cli.words import DOUBLING, intervals
from srs.session import (
    CONFIDENCES,
    Accept,
    Bet,
    Decline,
    Mark,
    Rate,
    Reread,
    Reveal,
    TakeBack,
    Write,
)

_EVENTS = {
    Kind.REVIEW: "saved", Kind.SUSPEND: "suspended", Kind.UNSUSPEND: "unsuspended",
    Kind.BURY: "buried", Kind.FLAG: "flagged",
    Kind.RESET: "reset", "undo": "undone", "gone": "gone", "stale": "stale",
}  # fmt: skip
_MARKS = (Kind.SUSPEND, Kind.UNSUSPEND, Kind.BURY, Kind.FLAG, Kind.RESET)
_DO = ("reveal", "rate", "undo", *_MARKS, "accept", "decline", "reread", "quit")


class _BadLine(Exception):
    pass


class JsonLines:
    """One session over stdin and stdout, one JSON object a line."""

    def __init__(self, review: Review, clock: Clock) -> None:
        self._review = review
        self._clock = clock

    def run(self) -> None:
        """Until the last card, `quit` or the end of input; then the `done` event."""
        self._card()
        self._review.collection.make_ready(self._clock.now_ms())
        while not self._review.session.over:
            line = sys.stdin.readline()
            if not line:
                break
            try:
                if line.strip() and not self._obey(line):
                    break
            except _BadLine as bad:
                print_json({"event": "error", "message": str(bad)})
        print_json({"event": "done", **ended(self._review)})

    def _card(self) -> None:
        card = self._review.card
        if self._review.session.offered:
            spare = round(self._review.spare_minutes or 0.0, 1)
            print_json({"event": "offer", "what": "ahead", "minutes": spare})
        if card is None:
            return
        due_ms = self._review.collection.due_ms(card.state)
        print_json({
            "event": "card", "card": card.uid.hex(), "note": card.note.hex(), "deck": card.deck,
            "front": card.front, "due": instant(due_ms), "left": self._review.left,
            "phase": card.state.phase.name.lower(), "variant": card.variant,
            "flag": flag_shape(card.state), "backlog": self._review.backlog,
            "unit": card.estimate.unit if card.estimate else None, "seed": card.seed,
        })  # fmt: skip

    def _obey(self, line: str) -> bool:
        wish = _decode(line)
        match wish.get("do"):
            case "reveal":
                self._produce(wish)
                self._reveal()
            case "rate":
                self._rate(wish)
            case "undo":
                if not self._review.session.done:
                    raise _BadLine("nothing to undo in this session")
                self._tell(self._review.do(TakeBack()))
            case str(kind) if kind in _MARKS:
                self._check_card(wish)
                self._tell(self._review.do(_mark(kind, wish)))
            case "accept" | "decline" as decision:
                self._review.do(Accept() if decision == "accept" else Decline())
                self._card()
            case "reread":
                self._review.do(Reread())
                self._card()
            case "quit":
                return False
            case other:
                raise _BadLine(f"do {other!r} is none of {', '.join(_DO)}")
        return True

    def _produce(self, wish: Mapping[str, object]) -> None:
        """Take what the learner came up with before the answer is shown."""
        typed, confidence = wish.get("typed"), wish.get("confidence")
        if typed is not None and not isinstance(typed, str):
            raise _BadLine("typed is a text")
        if confidence is not None and not (_whole(confidence) and confidence in CONFIDENCES):
            raise _BadLine(f"confidence is one of {', '.join(map(str, CONFIDENCES))}")
        if typed:
            self._review.do(Write(typed))
        if confidence is not None:
            self._review.do(Bet(int(str(confidence))))

    def _reveal(self) -> None:
        card = self._review.card
        if card is None:
            return
        self._review.do(Reveal())
        now_ms = self._clock.now_ms()
        collection = self._review.collection
        states = collection.preview(card, now_ms) if self._review.counts else {}
        labels = intervals(collection, card, now_ms) if self._review.counts else {}
        print_json({
            "event": "answer", "card": card.uid.hex(), "back": card.back,
            "intervals": {r.name.lower(): label for r, label in labels.items()},
            "due": {r.name.lower(): instant(collection.due_ms(s)) for r, s in states.items()},
            "why": card.why, "flip": card.flip, "concept": card.concept, "type": card.type,
            "estimate": self._estimate(card),
        })  # fmt: skip

    def _estimate(self, card: Card) -> dict[str, object] | None:
        """What an estimate comes to, what was typed was worth, and what would double it."""
        if card.estimate is None:
            return None
        from srs.cli import estimating

        found = estimating.verdict(card, self._review.session.typed)
        return {
            "answer": estimating.answer(card), "unit": card.estimate.unit,
            "tolerance": card.estimate.tolerance, "typed": found and found.value,
            "said": found and found.line,
            "suggested": found and found.rating and found.rating.name.lower(),
            "follow_up": {"front": DOUBLING, "back": estimating.doubling(card)},
        }  # fmt: skip

    def _check_card(self, wish: Mapping[str, object]) -> None:
        """The line may name the card that it means."""
        card = self._review.card
        if card is None or wish.get("card", card.uid.hex()) != card.uid.hex():
            raise _BadLine("that is not the card being asked")

    def _rate(self, wish: Mapping[str, object]) -> None:
        names = {rating.name.lower(): rating for rating in Rating}
        rating = names.get(str(wish.get("rating")))
        if rating is None:
            raise _BadLine("rating is one of again, hard, good, easy")
        self._check_card(wish)
        duration_ms = wish.get("duration_ms")
        if duration_ms is not None and not _whole(duration_ms):
            raise _BadLine("duration_ms is a whole number of milliseconds")
        self._produce(wish)
        self._tell(self._review.do(Rate(rating, duration_ms)))  # type: ignore[arg-type]

    def _tell(self, told: list[Told]) -> None:
        for one in told:
            if one.what == "busy":
                raise _BadLine("another program is writing to the collection; nothing was saved")
            event: dict[str, object] = {"event": _EVENTS[one.what], "card": one.card.hex()}
            if one.uid:
                event["review"] = one.uid.hex()
            if one.state is not None:
                event["due"] = instant(self._review.collection.due_ms(one.state))
                event["flag"] = flag_shape(one.state)
            if one.leech:
                event["leech"] = True
            print_json(event)
        self._card()


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _mark(kind: str, wish: Mapping[str, object]) -> Mark:
    colours = {flag.name.lower(): flag for flag in Flag}
    colour, note = wish.get("flag", "none"), wish.get("note", "")
    legal = isinstance(colour, str) and colour in colours and isinstance(note, str)
    if kind == Kind.FLAG and not legal:
        raise _BadLine(f"flag is one of {', '.join(colours)}; note is a text")
    flag = colours[str(colour)] if kind == Kind.FLAG else Flag.NONE
    return Mark(kind, wish.get("whole_note") is True, flag, str(note))


def _decode(line: str) -> dict[str, object]:
    try:
        wish = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _BadLine("not a line of JSON") from error
    if not isinstance(wish, dict):
        raise _BadLine('a line is an object like {"do": "reveal"}')
    return wish
