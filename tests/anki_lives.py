"""Random lives of a collection in Anki's own backend, and what becomes of them when read here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from anki.import_export_pb2 import ExportAnkiPackageOptions, ExportLimit

from decks.history import Past, Standing
from decks.sm2 import guessed
from srs.days import Calendar
from srs.replay import NOTHING_YET, Memory, Tables, packed
from srs.scheduling import Parameters
from tests.anki_backend import anki, card_of

DAY_S = 86_400
_PHASES = {"learning": 1, "review": 2, "relearning": 3}


class Told(NamedTuple):
    """What is known of a card's memory and when it is due, days counted from 1970-01-01."""

    stability_days: float | None
    difficulty: float | None
    due_day: int | None = None
    due_s: int | None = None


def replayed(past: Past, calendar: Calendar) -> Told:
    """A past as the import replays it: a start, the answers by study day, then the standing."""
    parameters = Parameters(past.weights) if past.weights else Parameters()
    tables, memory = Tables(parameters), NOTHING_YET
    if past.before:
        memory = _started(past.before, past.weights, calendar)
    for review in past.reviews:
        if review.rating is None:
            memory = NOTHING_YET
        else:
            day = calendar.day_of(review.at_ms)
            memory = tables.live(memory, (packed(day, review.rating),))
    standing = past.standing
    if standing is None:
        return Told(None, None)
    if not memory.phase and (standing.interval_days or standing.stability_days):
        memory = _started(standing, past.weights, calendar)
    due_s = standing.due_ms // 1000 if standing.due_ms else None
    if not memory.phase:
        return Told(None, None, standing.due_day, due_s)
    return Told(memory.stability_days, memory.difficulty, standing.due_day, due_s)


def _started(standing: Standing, weights: tuple[float, ...], calendar: Calendar) -> Memory:
    """A memory begun where the standing says; what it leaves open is guessed from SM-2."""
    stability, difficulty = standing.stability_days, standing.difficulty
    if stability is None or difficulty is None:
        memory = guessed(standing.interval_days or 1, standing.ease or 2.5, weights)
        stability = memory.stability_days if stability is None else stability
        difficulty = memory.difficulty if difficulty is None else difficulty
    day = calendar.day_of(standing.last_ms) if standing.last_ms else standing.last_day or 0
    return Memory(
        _PHASES[standing.phase or "review"], 0, stability, difficulty, day, day, None, 1, 0, 3
    )


class Life:
    """A collection that is used at random, a day here and there."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.rng = folder, random.Random(seed)
        self.ids: list[int] = []

    def begin(self, notes: int) -> None:
        """Make the collection with some notes and their cards."""
        with anki(self.folder) as col:
            col.set_config("fsrs", True)
            col.set_config("rollover", 4)
            for number in range(notes):
                kind = self.rng.choice(["Basic", "Basic (and reversed card)", "Cloze"])
                note = col.new_note(col.models.by_name(kind))
                if kind == "Cloze":
                    note["Text"] = f"{{{{c1::one {number}}}}} and {{{{c2::two}}}}"
                else:
                    note["Front"], note["Back"] = f"front {number}", f"back {number}"
                col.add_note(note, col.decks.id(self.rng.choice(["Default", "A", "A::B"])))
            self.ids = list(col.db.list("select id from cards"))

    def live(self, days: int) -> None:
        """Study on so many days, then let some more go by."""
        for _ in range(days):
            with anki(self.folder) as col:
                for _ in range(self.rng.randrange(2, 10)):
                    self._act(col)
            self._age(self.rng.choice([0, 1, 1, 2, 5, 20]))
        with anki(self.folder) as col:
            for card in self.ids[::7]:  # the log was cut
                rows = col.db.list("select id from revlog where cid = ? order by id", card)
                for row in rows[: self.rng.randrange(len(rows) + 1)]:
                    col.db.execute("delete from revlog where id = ?", row)

    def _act(self, col: Any) -> None:
        card = self.rng.choice(self.ids)
        roll = self.rng.random()
        if roll < 0.75:
            self._answer(col, card)
            if self.rng.random() < 0.05:
                col.undo()
        elif roll < 0.80:
            col.sched.schedule_cards_as_new(
                [card], restore_position=True, reset_counts=self.rng.random() < 0.5
            )
        elif roll < 0.84:
            col.sched.set_due_date([card], self.rng.choice(["3", "2-6", "5!", "0"]))
        elif roll < 0.88:
            self.rng.choice([col.sched.suspend_cards, col.sched.unsuspend_cards])([card])
        elif roll < 0.92:
            col.set_user_flag_for_cards(self.rng.randrange(8), [card])
        elif roll < 0.96:
            self._filter(col)
        else:
            col.sched.bury_cards([card])

    def _answer(self, col: Any, number: int) -> None:
        card = card_of(col, number)
        states = col._backend.get_scheduling_states(number)
        card.start_timer()
        rating = self.rng.choices([0, 1, 2, 3], [2, 1, 6, 1])[0]
        col.sched.answer_card(col.sched.build_answer(card=card, states=states, rating=rating))

    def _filter(self, col: Any) -> None:
        """Study a few cards in a filtered deck; some stay there."""
        deck = col.sched.get_or_create_filtered_deck(0)
        deck.config.reschedule = self.rng.random() < 0.5
        some = ",".join(map(str, self.rng.sample(self.ids, 5)))
        del deck.config.search_terms[:]
        deck.config.search_terms.add(search=f"cid:{some} -is:suspended", limit=5, order=0)
        deck.allow_empty = True
        made = col.sched.add_or_update_filtered_deck(deck)
        for number in col.db.list("select id from cards where did = ?", made.id)[:3]:
            self._answer(col, number)
        if self.rng.random() < 0.6:
            col.sched.empty_filtered_deck(made.id)
            col.decks.remove([made.id])

    def _age(self, days: int) -> None:
        """Move the whole collection into the past, as if it had been left alone."""
        with anki(self.folder) as col:
            col.db.execute("update revlog set id = -(id - ?)", days * DAY_S * 1000)
            col.db.execute("update revlog set id = -id")
            col.db.execute("update col set crt = crt - ?", days * DAY_S)
            for column in ("due", "odue"):
                moved = f"update cards set {column} = {column} - ? where {column} > 1000000000"
                col.db.execute(moved, days * DAY_S)
            col.db.execute(
                "update cards set data = json_set(data, '$.lrt', json_extract(data, '$.lrt') - ?)"
                " where json_extract(nullif(data, ''), '$.lrt') is not null",
                days * DAY_S,
            )


def exported(folder: Path) -> Iterator[Path]:
    """The collection in every kind of package that Anki makes."""
    with anki(folder) as col:
        for legacy in (False, True):
            path = folder / f"{'old' if legacy else 'current'}.apkg"
            options = ExportAnkiPackageOptions(
                with_scheduling=True, with_deck_configs=True, with_media=True, legacy=legacy
            )
            everything = ExportLimit(whole_collection={})
            col._backend.export_anki_package(out_path=str(path), options=options, limit=everything)
            yield path
    for legacy in (False, True):
        path = folder / f"{'old' if legacy else 'current'}.colpkg"
        with anki(folder) as col:
            col.export_collection_package(str(path), include_media=True, legacy=legacy)
        yield path
