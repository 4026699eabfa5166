"""From the deck names that people type to decks."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from decks.errors import UsageError, did_you_mean_name
from srs.store import notes


def resolve(connection: sqlite3.Connection, names: Sequence[str]) -> tuple[int, ...]:
    """Ids of the named decks and their sub-decks. Raises UsageError for an unknown name.

    Case does not matter; a built-in deck answers to the name of its file as well.
    """
    known = known_names(connection)
    found: dict[int, None] = {}
    for wanted in names:
        ids = [deck_id for deck_id, name in known if _covers(wanted, name)]
        if not ids:
            raise _unknown(wanted, [name for _, name in known])
        found.update(dict.fromkeys(ids))
    return tuple(found)


def full_name(connection: sqlite3.Connection, wanted: str) -> str:
    """The name of the deck that answers to `wanted`, as it is written; else `wanted` itself.

    A deck that is only there by its sub-decks has its name from them.
    """
    known = known_names(connection)
    names = {deck_id: name for deck_id, name, _ in notes.deck_names(connection)}
    ids = [deck_id for deck_id, name in known if _is(wanted, name)]
    if ids:
        return names[ids[0]]
    below = next((name for _, name in known if _covers(wanted, name)), wanted)
    return "::".join(below.split("::")[: wanted.count("::") + 1])


def known_names(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Every deck with each of its names: its own, and that of its file if it is built in."""
    decks = notes.deck_names(connection)
    by_file = [(deck_id, _stem(path)) for deck_id, path in notes.deck_files(connection)]
    return [(deck_id, name) for deck_id, name, _ in decks] + by_file


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def _is(wanted: str, name: str) -> bool:
    return name.casefold() == wanted.casefold()


def _covers(wanted: str, name: str) -> bool:
    wanted, name = wanted.casefold(), name.casefold()
    return name == wanted or name.startswith(f"{wanted}::")


def _unknown(wanted: str, names: Sequence[str]) -> UsageError:
    from decks.concepts import load_concepts

    planned = dict.fromkeys(concept.deck for concept in load_concepts().values())
    if ahead := next((deck for deck in planned if _is(wanted, deck)), ""):
        hint = f"srs concept list --deck {ahead} shows what it is about"
        return UsageError(f"{ahead} has no cards yet", hint)
    guess = did_you_mean_name(wanted, [*names, *planned])
    return UsageError(f"no deck {wanted}", f"{guess}srs deck list shows the decks")
