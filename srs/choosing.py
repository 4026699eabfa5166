"""From what a learner asks for, in words, to a selection of cards."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from decks.errors import UsageError
from srs.deck_names import resolve
from srs.store import selection
from srs.store.selection import Selection

# From mid on interviewers expect the first; at senior level the second as well; and so on.
_LEVELS = ("mid", "senior", "staff")
_LETTERS = "MST"


class Wanted(NamedTuple):
    """Which cards a session is about, in the learner's words. Each field narrows it down."""

    decks: Sequence[str] = ()
    tags: Sequence[str] = ()
    concepts: Sequence[str] = ()
    level: str = ""  # mid, senior or staff: what is expected there, lower levels included
    flagged: bool = False
    leeches: bool = False


def choose(connection: sqlite3.Connection, wanted: Wanted, leech_lapses: int) -> Selection:
    """The selection; kept as `temp.selected` if it asks for more than decks.

    Raises UsageError for a deck, tag, concept or level that is not there.
    """
    tags, concepts = (
        [found for name in names for found in _known(connection, kind, name)]
        for kind, names in (("tag", wanted.tags), ("concept", wanted.concepts))
    )
    if wanted.leeches and not leech_lapses:
        raise UsageError(
            "leeches are switched off", "srs config set leech_lapses 8 brings them back"
        )
    if wanted.level and wanted.level not in _LEVELS:
        raise UsageError(f"no level {wanted.level}", f"known: {', '.join(_LEVELS)}")
    levels = _LETTERS[: _LEVELS.index(wanted.level) + 1] if wanted.level else ""
    chosen = Selection(
        deck_ids=resolve(connection, wanted.decks) if wanted.decks else (),
        tags=tuple(tags),
        concepts=tuple(concepts),
        levels=tuple(levels),
        flagged=wanted.flagged,
        leech_lapses=leech_lapses if wanted.leeches else 0,
    )
    if chosen.narrows:
        selection.keep(connection, chosen)
    return chosen


def _known(connection: sqlite3.Connection, kind: str, wanted: str) -> list[str]:
    """All names that mean the wanted one, however written, and the tags below it."""
    read = selection.known_tags if kind == "tag" else selection.known_concepts
    names = read(connection)
    folded = wanted.casefold()
    found = [
        name
        for name in names
        if name.casefold() == folded
        or (kind == "tag" and name.casefold().startswith(f"{folded}::"))
    ]
    if found:
        return found
    from difflib import get_close_matches

    close = get_close_matches(wanted, names, n=1, cutoff=0.5)
    guess = f"did you mean {close[0]}? " if close else ""
    raise UsageError(
        f"no {kind} {wanted}", f"{guess}srs card list --json shows every card's {kind}"
    )
