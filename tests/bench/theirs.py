"""Anki's side: the same cards with the same log in its own collection, and sessions on it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from srs.days import Calendar
from srs.model import CardState, Rating
from srs.scheduling import Parameters
from tests.anki_backend import anki
from tests.bench.log import Plan
from tests.bench.ours import FRONT, SETTINGS, rows_of

FILE = "collection.anki2"
_FIRST_CARD_ID = 1_500_000_000_000
_AGE_DAYS = 2_000  # of the collection: Anki counts its days from there
_WEIGHTS = Parameters().weights
# Any other weights: Anki recomputes when they change.
_OTHER_WEIGHTS = (*_WEIGHTS[:-1], _WEIGHTS[-1] + 0.01)


@contextmanager
def opened(folder: Path) -> Iterator[Any]:
    """Anki's collection in that folder."""
    with anki(folder) as collection:
        yield collection


def build(folder: Path, home: Path, plan: Plan) -> None:
    """Anki's collection with the cards, the log and the due days of ours in `home`."""
    with opened(folder) as collection:
        start_s = Calendar().start_ms(plan.today - _AGE_DAYS) // 1000
        collection.db.execute("update col set crt = ?", start_s)
    states, log = rows_of(home)
    with opened(folder) as collection:
        collection.set_config("fsrs", True)
        # In one transaction: Anki's connection commits each row of an executemany by itself.
        collection.db.transact(lambda: _fill(collection, states, log, plan.today))
        recompute(collection, _OTHER_WEIGHTS)
        recompute(collection, _WEIGHTS)


def _fill(
    collection: Any, states: list[CardState], log: list[tuple[int, int, int, int, int]], today: int
) -> None:
    note_type, shift = collection.models.by_name("Basic")["id"], collection.sched.today - today
    collection.db.executemany(
        "insert into notes values (?, ?, ?, 1, -1, '', ?, ?, 0, 0, '')",
        [_note(place, note_type) for place in range(len(states))],
    )
    collection.db.executemany(
        "insert into cards values (?, ?, 1, 0, 1, -1, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, '')",
        [_card(place, state, shift) for place, state in enumerate(states)],
    )
    collection.db.executemany(
        "insert into revlog values (?, ?, -1, ?, 1, 1, 2500, ?, ?)", list(_log_rows(log))
    )


def _note(place: int, note_type: int) -> tuple[Any, ...]:
    front, back = FRONT.format(place), f"The answer to {place}."
    return _FIRST_CARD_ID + place, f"guid{place}", note_type, f"{front}\x1f{back}", front


def _card(place: int, state: CardState, shift: int) -> tuple[Any, ...]:
    number = _FIRST_CARD_ID + place
    if state.due_day is None or state.last_day is None:
        return number, number, 0, 0, place + 1, 0, 0, 0, 0
    due, interval_days = state.due_day + shift, state.due_day - state.last_day
    return number, number, 2, 2, due, interval_days, 2500, state.reps, state.lapses


def _log_rows(log: list[tuple[int, int, int, int, int]]) -> Iterator[tuple[int, ...]]:
    """Rows with Anki's type of review: 0 on a card's first day, then 1, and 2 for its steps."""
    days = dict[int, tuple[int, int]]()
    for place, at_ms, day, rating, duration_ms in log:
        first, latest = days.get(place, (day, 0))
        kind = 0 if day == first else 1 + (day == latest)
        days[place] = (first, day)
        yield at_ms, _FIRST_CARD_ID + place, rating, duration_ms, kind


def recompute(collection: Any, weights: tuple[float, ...] = ()) -> None:
    """Give the preset these weights (none: others than it has): Anki computes every state anew."""
    from anki.deck_config_pb2 import UpdateDeckConfigsRequest

    preset = collection.decks.get_deck_configs_for_update(1).all_config[0].config
    present = tuple(preset.config.fsrs_params_6)
    far = not present or abs(present[-1] - _WEIGHTS[-1]) < 1e-6
    del preset.config.fsrs_params_6[:]
    preset.config.fsrs_params_6.extend(weights or (_OTHER_WEIGHTS if far else _WEIGHTS))
    preset.config.reviews_per_day = SETTINGS.reviews_per_day
    request = UpdateDeckConfigsRequest(
        target_deck_id=1, configs=[preset], fsrs=True, fsrs_reschedule=False
    )
    collection.decks.update_deck_configs(request)


def graphs(collection: Any) -> Any:
    """All that Anki's own page of statistics shows of the whole log."""
    return collection._backend.graphs(search="", days=0)


def stabilities(folder: Path) -> list[float | None]:
    """Each card's stability in days as Anki keeps it, None for a new one."""
    with opened(folder) as collection:
        sql = "select json_extract(nullif(data, ''), '$.s') from cards order by id"
        return list(collection.db.list(sql))


class Session:
    """Answers as Anki's own reviewer gives them; each fetches the next card."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection
        self._deal()

    def _deal(self) -> None:
        self._queued = self._collection.sched.get_queued_cards(fetch_limit=1)

    def answer(self, rating: Rating) -> None:
        """Answer the card on the table."""
        from anki.cards import Card

        queued = self._queued.cards[0]
        card = Card(self._collection)
        card._load_from_backend_card(queued.card)
        card.start_timer()
        scheduler = self._collection.sched
        answer = scheduler.build_answer(card=card, states=queued.states, rating=int(rating) - 1)  # type: ignore[arg-type]
        scheduler.answer_card(answer)
        self._deal()


_OPEN = """
import sys, warnings
warnings.simplefilter("ignore")
from anki.collection import Collection
collection = Collection(sys.argv[1])
"""
_FIRST = """
queued = collection.sched.get_queued_cards(fetch_limit=1).cards[0]
from anki.cards import Card
card = Card(collection)
card._load_from_backend_card(queued.card)
print(card.question(), flush=True)
sys.stdin.readline()
"""
_SESSION = """
from anki.cards import Card
while True:
    queued = collection.sched.get_queued_cards(fetch_limit=1).cards[0]
    card = Card(collection)
    card._load_from_backend_card(queued.card)
    card.start_timer()
    print('{"event": "card"}', card.question(), flush=True)
    if not sys.stdin.readline():
        break
    answer = collection.sched.build_answer(card=card, states=queued.states, rating=2)
    collection.sched.answer_card(answer)
"""


def to_the_first_card(folder: Path) -> list[str]:
    """A program that opens the collection and shows its first card."""
    return [sys.executable, "-c", _OPEN + _FIRST, str(folder / FILE)]


def session(folder: Path) -> list[str]:
    """A program that answers Good for each line it is given."""
    return [sys.executable, "-c", _OPEN + _SESSION, str(folder / FILE)]


def now_ms() -> int:
    """Anki reads the clock itself, so ours begins at the same instant."""
    return time.time_ns() // 1_000_000
