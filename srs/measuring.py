"""Counting what answers tell, from the histories of cards. Pure.

Counts are kept by measure and key, so that those of several cards add up:

    measure       key                       answers, recalled, amount
    day           study day                 all answers; milliseconds spent
    rating        1 to 4                    answers rated so
    confidence    percent                   answers of which the learner said so
    introduced    study day                 cards answered for the first time
    known         day * 2 + mature          answers to cards in phase review
    predicted     thousandths * 2 + mature  answers with a prediction of so many thousandths
    transfer      thousandths * 2 + unseen  the same, of cards that are asked in several forms
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from srs.model import NEW_CARD, Event, Kind, Phase, Rating
from srs.replay import NOTHING_YET, Memory, Tables, Trace, packed, remembered, settled, told
from srs.scheduling import elapsed_days, marked

_INT32 = "i"
_INT32_BYTES = array(_INT32).itemsize


class Count(NamedTuple):
    """What was counted under one key."""

    answers: int = 0
    recalled: int = 0
    amount: int = 0


Measures = dict[str, dict[int, Count]]


def together(*signed: tuple[int, Mapping[str, Mapping[int, Count]]]) -> Measures:
    """The sum of counts, each taken so many times (-1: taken away); zeros are left out."""
    sums: dict[str, dict[int, list[int]]] = {}
    for sign, measures in signed:
        for measure, counts in measures.items():
            known = sums.setdefault(measure, {})
            for key, count in counts.items():
                total = known.setdefault(key, [0, 0, 0])
                for place, number in enumerate(count):
                    total[place] += sign * number
    kept = {
        measure: {key: Count(*total) for key, total in counts.items() if any(total)}
        for measure, counts in sums.items()
    }
    return {measure: counts for measure, counts in kept.items() if counts}


class Past(NamedTuple):
    """A row of the log, as far as it bears on memory."""

    kind: str  # review, reset or start
    day: int
    rating: int
    params: bytes
    variant: int | None
    at_ms: int = 0
    data: str = ""  # of a start


class Recollection(NamedTuple):
    """What was known before the answers to a card, as bytes; see `Meter`."""

    introduced: int | None = None  # study day of the first answer
    known: bytes = b""
    predicted: bytes = b""
    transfer: bytes = b""


class Meter:
    """Notes what was known before each answer, as `replay.told`, for any number of cards."""

    def __init__(self, tables_of: Callable[[bytes], Tables]) -> None:
        self._tables_of = tables_of
        self._introduced: list[int] = []
        self._known, self._predicted, self._transfer = array(_INT32), array(_INT32), array(_INT32)
        self._trace = Trace(self._known.append, self._predicted.append)

    def answers(self, answers: Sequence[int], params: bytes) -> Recollection:
        """Takes in a card with nothing but answers, each as `packed`, in the order of replay."""
        starts = len(self._known), len(self._predicted)
        self._tables_of(params).live(NOTHING_YET, answers, self._trace)
        self._introduced.append(answers[0] >> 3)
        return Recollection(
            answers[0] >> 3,
            self._known[starts[0] :].tobytes(),
            self._predicted[starts[1] :].tobytes(),
            b"",
        )

    def history(self, rows: Sequence[Past]) -> Recollection:
        """Takes in a card with any history, in the order of replay."""
        starts = len(self._known), len(self._predicted), len(self._transfer)
        varied = any(row.variant is not None for row in rows)
        self._in_steps(rows) if varied else self._in_runs(rows)
        first = next((row.day for row in rows if row.kind == Kind.REVIEW), None)
        self._introduced += [] if first is None else [first]
        return Recollection(
            first,
            self._known[starts[0] :].tobytes(),
            self._predicted[starts[1] :].tobytes(),
            self._transfer[starts[2] :].tobytes(),
        )

    def _in_runs(self, rows: Sequence[Past]) -> None:
        life = _Life()
        for (kind, params), run in groupby(rows, lambda row: (row.kind, row.params)):
            if kind != Kind.REVIEW:
                life.mark(run)
                continue
            answers = [packed(row.day, row.rating) for row in run]
            life.answer(self._tables_of(params), answers, self._trace)

    def _in_steps(self, rows: Sequence[Past]) -> None:
        life, met = _Life(), set[int]()
        for row in rows:
            if row.kind != Kind.REVIEW:
                life.mark([row])
                continue
            tables = self._tables_of(row.params)
            if row.variant is not None:
                self._note_transfer(row, life.memory, tables, unseen=row.variant not in met)
            met.add(row.variant or 0)
            life.answer(tables, (packed(row.day, row.rating),), self._trace)

    def _note_transfer(self, row: Past, memory: Memory, tables: Tables, *, unseen: bool) -> None:
        elapsed = elapsed_days(memory.last_day, memory.ahead_day, row.day)
        if memory.phase == Phase.REVIEW and elapsed >= 1:
            thousandths = int(tables.recall(elapsed, memory.stability_days) * 1000 + 0.5)
            self._transfer.append(told(thousandths, unseen, row.rating > Rating.AGAIN))

    def take(self, recollections: Iterable[Recollection]) -> None:
        """Takes in cards of which that was noted already."""
        for introduced, known, predicted, transfer in recollections:
            if introduced is not None:
                self._introduced.append(introduced)
            self._known.frombytes(_whole(known))
            self._predicted.frombytes(_whole(predicted))
            self._transfer.frombytes(_whole(transfer))

    def measures(self) -> Measures:
        """What was taken in, counted."""
        return {
            "introduced": {day: Count(cards) for day, cards in Counter(self._introduced).items()},
            "known": dict(_shares(self._known)),
            "predicted": dict(_shares(self._predicted)),
            "transfer": dict(_shares(self._transfer)),
        }


class _Life:
    """What a card remembers, from row to row. When it falls due matters to none of it."""

    def __init__(self) -> None:
        self.memory = NOTHING_YET
        self._state = NEW_CARD  # as of the last reset or start
        self._tables: Tables | None = None  # of the last answer since

    def answer(self, tables: Tables, answers: Iterable[int], trace: Trace) -> None:
        """Live through answers, each as `packed`."""
        self.memory = tables.live(self.memory, answers, trace)
        self._tables = tables

    def mark(self, rows: Iterable[Past]) -> None:
        """Live through resets or starts, as `replay.state_after` does."""
        if self._tables:
            self._state = settled(b"", self.memory, self._tables, 0, None, self._state)
            self._tables = None
        for row in rows:
            event = Event(b"", row.kind, row.at_ms, row.day, data=row.data)
            self._state = marked(self._state, event)
        self.memory = remembered(self._state)


def _whole(numbers: bytes) -> bytes:
    """The whole numbers among these bytes: what is damaged is wrong, which doctor finds."""
    return numbers[: len(numbers) // _INT32_BYTES * _INT32_BYTES]


def _shares(noted: Iterable[int]) -> Iterator[tuple[int, Count]]:
    """The lowest bit says of each key whether it was recalled."""
    counts = Counter(noted)
    for key in {code >> 1 for code in counts}:
        forgotten, recalled = counts[key * 2], counts[key * 2 + 1]
        yield key, Count(forgotten + recalled, recalled)
