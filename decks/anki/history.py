"""What Anki knew of each card, and what of it is left out. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from decks.anki import revlog
from decks.anki.collection import Collection, Entry, RawCard
from decks.anki.kinds import Deck, Preset
from decks.anki.memory import weights_of_today
from decks.anki.revlog import Counted
from decks.dialects.dates import day_of
from decks.history import Past, PastReview, Standing
from decks.sm2 import SM2_RETENTION, guessed

PROGRAM = "Anki"
_DAY_MS = 86_400_000
_SUSPENDED = -1
_STEPS = (1, 3)  # queues of cards in steps
_PHASES = {1: "learning", 2: "review", 3: "relearning"}
_FIRST_INSTANT_S = 1_000_000_000  # a greater `due` is no day
_FARTHEST_DAY = 1_000_000
_MOST_STABLE_DAYS = 36_500
_FSRS_EASE = 1.1  # up to here the ease in the log is FSRS's difficulty
_USUAL_EASE = 2.5
_MOST_FLAGS = 4
_NO_PRESET = Preset()
# Why rows of the log are no reviews here.
NO_CARD, MANUAL, CRAM = "of a card that is gone", "set by hand", "filtered deck, not rescheduled"
CUT, START = "before a cut in the log", "told where a card stood"


class Histories:
    """The pasts of a collection's cards, and an account of its log."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._weights = {
            number: weights_of_today(preset.weights)
            for number, preset in collection.presets.items()
        }
        self._known = {card.id for cards in collection.cards.values() for card in cards}
        self.left_out: Counter[str] = Counter()
        self.taken = 0
        self.other_flags = 0  # cards with a flag of a colour that is not ours
        self._account_for_strays()

    def of(self, card: RawCard) -> Past | None:
        """What was known of the card; None if it was neither answered nor marked."""
        log = self._collection.log.get(card.id, ())
        flag = self._flag(card)
        suspended = card.queue == _SUSPENDED
        if not log and card.type == 0:
            return Past(PROGRAM, suspended=suspended, flag=flag) if suspended or flag else None
        preset, weights = self._options(card)
        found = revlog.counted(log, _cutoff_ms(preset))
        reviews, before = self._told(card, log, found, preset, weights)
        standing = self._standing(card, found, preset, weights)
        if not (reviews or before or standing or suspended or flag):
            return None
        return Past(PROGRAM, reviews, before, standing, suspended, flag, weights)

    def drop(self, cards: Iterable[RawCard]) -> None:
        """Account for the log of cards that are not taken over."""
        for card in cards:
            self.left_out[NO_CARD] += len(self._collection.log.get(card.id, ()))

    def deck(self, card: RawCard) -> Deck | None:
        """The card's deck; of one that a filtered deck borrowed its own."""
        decks = self._collection.decks
        return decks.get(card.odid) or decks.get(card.did)

    def _account_for_strays(self) -> None:
        for card, log in self._collection.log.items():
            if card not in self._known:
                self.left_out[NO_CARD] += len(log)

    def _options(self, card: RawCard) -> tuple[Preset, tuple[float, ...]]:
        deck = self.deck(card)
        number = deck.preset if deck else 0
        return self._collection.presets.get(number, _NO_PRESET), self._weights.get(number, ())

    def _flag(self, card: RawCard) -> int:
        flag = card.flags & 7
        if flag > _MOST_FLAGS:
            self.other_flags += 1
        return min(flag, _MOST_FLAGS)

    def _told(
        self, card: RawCard, log: Iterable[Entry], found: Counted | None, preset: Preset,
        weights: tuple[float, ...],
    ) -> tuple[tuple[PastReview, ...], Standing | None]:  # fmt: skip
        entries = tuple(log)
        before = None
        if found and not found.is_complete:
            reviews = revlog.resumed(found)
            before = _before(found.answers[0], preset, weights)
            self.left_out[START] += 1
        elif found or card.type == 0 or any(map(revlog.is_reset, entries)):
            reviews = revlog.retold(entries, found)
        else:
            reviews = ()  # nothing there tells how the card came to where it stands
        self._account(entries, reviews, has_start=before is not None)
        return reviews, before

    def _account(
        self, log: tuple[Entry, ...], reviews: tuple[PastReview, ...], *, has_start: bool
    ) -> None:
        answers = sum(review.rating is not None for review in reviews)
        if answers == len(log):
            self.taken += answers
            return
        crammed = sum(entry.ease > 0 and revlog.is_cram(entry) for entry in log)
        by_hand = sum(entry.ease == 0 for entry in log)
        self.taken += answers
        self.left_out[CRAM] += crammed
        self.left_out[MANUAL] += by_hand
        self.left_out[CUT] += len(log) - answers - crammed - by_hand - has_start

    def _standing(
        self, card: RawCard, found: Counted | None, preset: Preset, weights: tuple[float, ...]
    ) -> Standing | None:
        """Where the card stands. Stability and difficulty only where no answer tells them."""
        is_relearned = card.type == 2 and card.queue in _STEPS  # as the first scheduler wrote it
        phase = _PHASES.get(3 if is_relearned else card.type)
        if not phase:
            return None
        due = card.odue if card.odid and card.odue > 0 else card.due
        is_instant = due > _FIRST_INSTANT_S
        due_day = self._collection.first_day + due if abs(due) < _FARTHEST_DAY else None
        told = {} if found else _data(card.data)
        last_ms = found.answers[-1].at_ms if found else _instant_ms(told.get("lrt"))
        interval = card.ivl if card.ivl > 0 else None
        standing = Standing(
            phase,
            due_day,
            due * 1000 if is_instant else None,
            interval,
            card.factor / 1000 if card.factor > 0 else None,
            last_ms=last_ms,
            last_day=due_day - interval if due_day and interval and last_ms is None else None,
            reps=max(card.reps, 0),
            lapses=max(card.lapses, 0),
            step=_step(card, preset) if phase != "review" else None,
        )
        if found:
            return standing
        return _with_memory(standing, told, preset, weights)


def _before(first: Entry, preset: Preset, weights: tuple[float, ...]) -> Standing:
    """Where a card stood after the first answer of a log that was cut."""
    ease = first.factor / 1000 if first.factor > 0 else _USUAL_EASE
    interval = max(first.ivl, 1)
    difficulty = (ease - 0.1) * 9 + 1 if ease <= _FSRS_EASE else None
    stability = None
    if preset.retention != SM2_RETENTION:
        memory = guessed(interval, ease, weights, preset.retention)
        stability, difficulty = memory.stability_days, difficulty or memory.difficulty
    return Standing(
        "review", interval_days=interval, ease=ease, stability_days=stability,
        difficulty=difficulty, last_ms=first.at_ms,
    )  # fmt: skip


def _with_memory(
    standing: Standing, told: dict[str, object], preset: Preset, weights: tuple[float, ...]
) -> Standing:
    """The standing of a card without answers that count, with what Anki holds of its memory."""
    stability, difficulty = _number(told.get("s")), _number(told.get("d"))
    if 0 < stability <= _MOST_STABLE_DAYS and 1 <= difficulty <= 10:
        return standing._replace(stability_days=stability, difficulty=difficulty)
    if preset.retention == SM2_RETENTION or standing.interval_days is None:
        return standing
    memory = guessed(
        standing.interval_days, standing.ease or _USUAL_EASE, weights, preset.retention
    )
    return standing._replace(stability_days=memory.stability_days, difficulty=memory.difficulty)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0.0


def _cutoff_ms(preset: Preset) -> int:
    day = day_of(preset.ignored_before) if preset.ignored_before else None
    return day * _DAY_MS if day else 0


def _data(text: str) -> dict[str, object]:
    """What Anki holds of a card's memory besides."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
        if isinstance(found, dict):
            return found
    return {}


def _instant_ms(seconds: object) -> int | None:
    return seconds * 1000 if type(seconds) is int and 0 < seconds < 253_402_300_800 else None


def _step(card: RawCard, preset: Preset) -> int:
    """Which of the steps the card is in: Anki counts those that are left."""
    steps = preset.learning_steps if card.type == 1 else preset.relearning_steps
    return max(0, steps - card.left % 1000) if card.left > 0 else 0
