"""What the learner lived through with the cards of an export."""

from __future__ import annotations

import sqlite3
from collections.abc import Container

from exporters.base import History, Scheduling
from srs import retracing
from srs.days import Calendar
from srs.scheduling import Parameters
from srs.settings import Settings
from srs.store import log


def history_of(
    connection: sqlite3.Connection,
    cards: Container[bytes],
    settings: Settings,
    calendar: Calendar,
    at_ms: int,
) -> History | None:
    """The history of these cards; None if none of them was ever answered or marked."""
    states = {
        card: state
        for card, state in log.states(connection)
        if state.last_uid is not None and card in cards
    }
    if not states:
        return None
    today = calendar.day_of(at_ms)
    days = (state.due_day for state in states.values() if state.due_day is not None)
    first_day = min(filter(None, (today, log.first_day(connection), *days)))
    reviews = retracing.count(connection, states)
    answers = retracing.Retraced(connection, states)
    return History(_scheduling(settings), calendar, first_day, today, states, answers, reviews)


def _scheduling(chosen: Settings) -> Scheduling:
    parameters = Parameters.of(chosen)
    return Scheduling(
        parameters.weights, parameters.desired_retention, parameters.learning_steps_s,
        parameters.relearning_steps_s, parameters.maximum_interval_days, chosen.new_per_day,
        chosen.reviews_per_day, chosen.leech_lapses, chosen.leech_action == "suspend",
    )  # fmt: skip
