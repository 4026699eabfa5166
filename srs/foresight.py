"""What a review before its time is worth. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from srs.model import CardState, Phase, Rating
from srs.replay import Tables, packed, remembered
from srs.scheduling import Parameters, elapsed_days

HORIZON_DAYS = 30


def by_gain(
    states: Iterable[tuple[bytes, CardState]], parameters: Parameters, today: int
) -> list[bytes]:
    """The cards, those first of which a review today gains most."""
    tables = Tables(parameters)
    gains = [(-expected_gain(state, tables, today), card) for card, state in states]
    return [card for _, card in sorted(gains)]


def expected_gain(state: CardState, tables: Tables, today: int) -> float:
    """By how much a review today raises the chance of recalling a known card in 30 days.

    Either it is recalled today, with the chance that FSRS gives it, and rated good; or it is not,
    and rated again.
    """
    memory = remembered(state)
    stability_days = memory.stability_days
    if memory.phase != Phase.REVIEW or stability_days <= 0:
        return 0.0
    elapsed = elapsed_days(state.last_day, state.ahead_day, today)
    recall = tables.recall(elapsed, stability_days)
    then = [
        tables.recall(HORIZON_DAYS, tables.live(memory, [packed(today, rating)]).stability_days)
        for rating in (Rating.GOOD, Rating.AGAIN)
    ]
    reviewed = recall * then[0] + (1 - recall) * then[1]
    return reviewed - tables.recall(elapsed + HORIZON_DAYS, stability_days)
