"""FSRS by study days: an event and a state give the next state. Pure; the only door to fsrs.

py-fsrs counts spans of 24 hours; learners (and Anki) count days. So it is fed instants that lie a
whole number of days apart, and the interval that it returns is added to real time. Its fuzz draws
from the global random numbers, so ours takes its place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from hashlib import blake2b

import fsrs
from fsrs.scheduler import DEFAULT_PARAMETERS

from decks.errors import DataError
from srs.model import NEW_CARD, CardState, Event, Kind, Phase, Rating, flag_of
from srs.settings import Settings

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DAY_MS = 86_400_000
_DAY = timedelta(days=1)
LONGEST_GAP_DAYS = 365_000
LARGEST_STABILITY_DAYS = 36_500.0  # as in Anki's engine
# (from, to, share): each day of the interval within a band adds that share to the fuzz.
_FUZZ_BANDS = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, math.inf, 0.05))
_FUZZ_FROM_DAYS = 2.5


@dataclass(frozen=True)
class Parameters:
    """Everything that governs an interval. Equal parameters have equal names (`hash`)."""

    weights: tuple[float, ...] = tuple(DEFAULT_PARAMETERS)
    desired_retention: float = 0.90
    learning_steps_s: tuple[int, ...] = (60, 600)
    relearning_steps_s: tuple[int, ...] = (600,)
    maximum_interval_days: int = 36_500

    def __post_init__(self) -> None:
        """Raises DataError for values that FSRS would take without a word and misuse."""
        if not 0.70 <= self.desired_retention <= 0.97:
            raise DataError("desired retention is not from 0.70 to 0.97")
        if not 1 <= self.maximum_interval_days <= 36_500:
            raise DataError("maximum interval is not from 1 to 36500 days")
        if any(step < 1 for step in (*self.learning_steps_s, *self.relearning_steps_s)):
            raise DataError("a step is shorter than a second")
        try:
            self.fsrs  # noqa: B018 - py-fsrs checks the weights
        except ValueError as error:
            raise DataError(f"parameters: {error}") from error

    @classmethod
    def of(cls, settings: Settings) -> Parameters:
        """The parameters that the learner's settings ask for."""
        return cls(
            desired_retention=settings.desired_retention,
            learning_steps_s=settings.learning_steps_s,
            relearning_steps_s=settings.relearning_steps_s,
            maximum_interval_days=settings.maximum_interval_days,
        )

    @classmethod
    def parse(cls, text: str) -> Parameters:
        """The inverse of `canonical`."""
        row = json.loads(text)
        return cls(
            tuple(row["weights"]), row["desired_retention"], tuple(row["learning_steps_s"]),
            tuple(row["relearning_steps_s"]), row["maximum_interval_days"],
        )  # fmt: skip

    @cached_property
    def canonical(self) -> str:
        """The same text for equal parameters, on every machine."""
        names = ("weights", "desired_retention", "learning_steps_s", "relearning_steps_s",
                 "maximum_interval_days")  # fmt: skip
        row = {name: getattr(self, name) for name in names}
        return json.dumps(row, sort_keys=True, separators=(",", ":"))

    @cached_property
    def hash(self) -> bytes:
        """BLAKE2b-128 of `canonical`: the name of the parameter row."""
        return blake2b(self.canonical.encode(), digest_size=16).digest()

    @cached_property
    def fsrs(self) -> fsrs.Scheduler:
        """py-fsrs's scheduler with these parameters, its own fuzz off."""
        return fsrs.Scheduler(
            parameters=self.weights,
            desired_retention=self.desired_retention,
            learning_steps=[timedelta(seconds=step) for step in self.learning_steps_s],
            relearning_steps=[timedelta(seconds=step) for step in self.relearning_steps_s],
            maximum_interval=self.maximum_interval_days,
            enable_fuzzing=False,
        )


@dataclass(frozen=True, slots=True)
class Scheduler:
    """The engine under one set of parameters."""

    parameters: Parameters

    def step(self, card: bytes, state: CardState, event: Event) -> CardState:
        """The state after an event. `card` is the card's id: it seeds the fuzz."""
        if event.rating is None:
            return marked(state, event)
        return self._review(card, state, event, event.rating)

    def _review(self, card: bytes, state: CardState, event: Event, rating: Rating) -> CardState:
        asked = self._fsrs_card(state, event.day)
        now = (
            asked.last_review + _DAY * elapsed_days(state.last_day, state.ahead_day, event.day)
            if asked.last_review
            else _EPOCH
        )
        after, _ = self.parameters.fsrs.review_card(asked, fsrs.Rating(rating), now)
        gap = after.due - now
        phase = Phase(int(after.state))
        days = gap.days
        if phase is Phase.REVIEW and days:
            days = fuzzed(days, card, state.reps, self.parameters.maximum_interval_days)
        lapsed = state.phase is Phase.REVIEW and rating is Rating.AGAIN
        stability_days = after.stability or 0.0
        return state._replace(
            phase=phase,
            step=after.step,
            stability_days=min(stability_days, LARGEST_STABILITY_DAYS),
            difficulty=after.difficulty,
            due_ms=event.at_ms + gap // timedelta(milliseconds=1) if gap < _DAY else None,
            due_day=event.day + days if gap >= _DAY else None,
            first_day=event.day if state.first_day is None else state.first_day,
            last_day=event.day,
            last_ms=event.at_ms,
            reps=state.reps + 1,
            lapses=state.lapses + lapsed,
            last_uid=event.uid,
            ahead_day=(
                None
                if state.phase is Phase.NEW
                else later_day(state.last_day, state.ahead_day, event.day)
            ),
            passed=state.passed or rating is not Rating.AGAIN,
        )

    @staticmethod
    def _fsrs_card(state: CardState, day: int) -> fsrs.Card:
        if state.phase is Phase.NEW:
            return fsrs.Card(card_id=0, due=_EPOCH)
        return fsrs.Card(
            card_id=0,
            state=fsrs.State(int(state.phase)),
            step=state.step,
            stability=state.stability_days,
            difficulty=state.difficulty,
            due=_EPOCH,
            last_review=_EPOCH,
        )

    def preview(
        self, card: bytes, state: CardState, at_ms: int, day: int
    ) -> Mapping[Rating, CardState]:
        """What `step` makes of each rating at that instant, `last_uid` apart."""
        return {
            rating: self.step(card, state, Event(b"", Kind.REVIEW, at_ms, day, rating))
            for rating in Rating
        }

    def retrievability(self, state: CardState, at_ms: int) -> float:
        """The chance, 0 to 1, of recalling the card at an instant; 0 for a new card.

        FSRS-6's power forgetting curve over fractional days: 0.9 once as many days have passed as
        the stability says.
        """
        if state.stability_days is None or state.last_ms is None:
            return 0.0
        return self.recall(state.stability_days, state.last_ms, at_ms)

    def recall(self, stability_days: float, last_ms: int, at_ms: int) -> float:
        """The same for a card last reviewed at `last_ms`."""
        decay = -self.parameters.weights[20]
        factor = 0.9 ** (1 / decay) - 1
        elapsed_days = max(0, at_ms - last_ms) / _DAY_MS
        return float((1 + factor * elapsed_days / stability_days) ** decay)


def elapsed_days(last_day: int | None, ahead_day: int | None, day: int) -> int:
    """Study days since the card was last reviewed, by the latest such day that is not after `day`.

    So a clock that stood wrong for a while neither gives negative days nor stretches the next
    interval. At most 365,000: a clock set far ahead gives no year beyond 9999.
    """
    known = [last for last in (last_day, ahead_day) if last is not None and last <= day]
    return min(day - max(known), LONGEST_GAP_DAYS) if known else 0


def later_day(last_day: int | None, ahead_day: int | None, day: int) -> int | None:
    """The latest of the two days if it is after `day`: the next `ahead_day`."""
    known = [last for last in (last_day, ahead_day) if last is not None and last > day]
    return max(known, default=None)


def fuzzed(days: int, card: bytes, reps: int, maximum_days: int) -> int:
    """The interval spread within FSRS's ranges, so that cards learned together part ways.

    The same for the same card and number of reviews, whenever it is asked; unbiased within the
    range; never above the maximum.
    """
    if days < _FUZZ_FROM_DAYS:
        return days
    low, high = _fuzz_range(days)
    high = min(high, maximum_days)
    low = min(low, high)
    seed = blake2b(card + reps.to_bytes(4, "big"), digest_size=8, person=b"fuzz").digest()
    return low + int.from_bytes(seed, "big") * (high - low + 1) // (1 << 64)


@cache
def _fuzz_range(days: int) -> tuple[int, int]:
    delta = 0.0
    for low_days, high_days, share in _FUZZ_BANDS:
        delta += share * max(0.0, min(float(days), high_days) - low_days)
    delta += 1.0
    return max(2, round(days - delta)), round(days + delta)


def marked(state: CardState, event: Event) -> CardState:
    """The state after an event that is not a review. Raises DataError for an unknown kind."""
    match event.kind:
        case Kind.SUSPEND:
            return state._replace(suspended=True, last_uid=event.uid)
        case Kind.UNSUSPEND:
            return state._replace(suspended=False, last_uid=event.uid)
        case Kind.BURY:
            return state._replace(buried_day=event.day, last_uid=event.uid)
        case Kind.FLAG:
            flag, note = flag_of(event.data)
            return state._replace(flag=int(flag), flag_note=note, last_uid=event.uid)
        case Kind.RESET:
            # The day stays: what was asked on it still gives its siblings away.
            return NEW_CARD._replace(
                suspended=state.suspended, buried_day=state.buried_day, flag=state.flag,
                flag_note=state.flag_note, last_day=state.last_day, last_uid=event.uid,
            )  # fmt: skip
        case Kind.START:
            from srs.starts import begun

            return begun(state, event)
        case _:
            what = f"the review log holds a row of kind {event.kind}"
            raise DataError(f"{what}, which this version cannot read", "upgrade driftdeck")


def fold(
    card: bytes,
    events: Iterable[Event],
    scheduler_of: Callable[[bytes], Scheduler],
    start: CardState = NEW_CARD,
) -> CardState:
    """The state that follows from a history in the order of replay, undone rows left out.

    Each review counts under the parameter row that it names.
    """
    state = start
    for event in events:
        if event.rating is None:
            state = marked(state, event)
        else:
            state = scheduler_of(event.params).step(card, state, event)
    return state
