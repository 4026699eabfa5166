"""What a collection of Anki's holds, as values: the same for its old schema and its present one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from decks.anki import current, legacy
from decks.anki.database import Database
from decks.anki.kinds import Deck, NoteType, Preset, whole

_NEWEST_SCHEMA = 18
_FIRST_CURRENT = 15  # before it, note types are JSON in `col`
_SEVEN_HOURS_S = 25_200
_YEAR_9999_MS = 253_402_300_800_000
_LONGEST = 1 << 31

_CARD = (
    "id", "nid", "did", "ord", "type", "queue", "due", "ivl", "factor", "reps", "lapses", "left",
    "odue", "odid", "flags", "data",
)  # fmt: skip


class RawNote(NamedTuple):
    """A note as it lies in the collection."""

    id: int
    guid: str
    type: int
    tags: str
    fields: str  # joined by \\x1f
    mod_s: int = 0  # when it last changed, in seconds


class RawCard(NamedTuple):
    """A card as it lies in the collection; names and meanings are Anki's."""

    id: int
    nid: int
    did: int
    ord: int
    type: int
    queue: int
    due: int
    ivl: int
    factor: int
    reps: int
    lapses: int
    left: int
    odue: int
    odid: int
    flags: int
    data: str  # JSON, or nothing


class Entry(NamedTuple):
    """A row of the review log; names and meanings are Anki's."""

    at_ms: int
    ease: int
    ivl: int
    factor: int
    duration_ms: int
    kind: int


@dataclass(frozen=True, slots=True)
class Collection:
    """All of a collection that is taken over."""

    first_day: int  # the day that due days are counted from, in days since 1970-01-01
    notes: list[RawNote]
    cards: dict[int, list[RawCard]]  # by note
    log: dict[int, list[Entry]]  # by card, in the order of time
    types: dict[int, NoteType]
    decks: dict[int, Deck]
    presets: dict[int, Preset]
    broken_rows: int  # of cards and of the log: they hold what no Anki writes


def read(database: Database) -> Collection:
    """The collection in a database. Raises DataError for none, or for one of a newer Anki."""
    head = next(database.rows("col", ("crt", "ver", "conf", "models", "decks", "dconf")), None)
    if head is None or "notes" not in database.tables:
        raise database.fault("it is no collection of Anki's")
    created_s, schema, conf, models, decks, dconf = head
    if whole(schema) > _NEWEST_SCHEMA:
        raise database.fault("it is of a newer Anki")
    if whole(schema) >= _FIRST_CURRENT:
        config = current.config(database)
        types, found = current.note_types(database), current.decks(database)
        presets = current.presets(database)
    else:
        config = _object(conf)
        types, found = legacy.note_types(_object(models)), legacy.decks(_object(decks))
        presets = legacy.presets(_object(dconf))
    cards, broken_cards = _cards(database)
    log, broken_rows = _log(database, is_first_scheduler=config.get("schedVer", 1) == 1)
    return Collection(
        _first_day(whole(created_s), config), list(_notes(database)), cards, log, types, found,
        presets, broken_cards + broken_rows,
    )  # fmt: skip


def _object(text: object) -> dict[str, Any]:
    with suppress(ValueError, RecursionError, TypeError):
        found = json.loads(text)  # type: ignore[arg-type]
        if isinstance(found, dict):
            return found
    return {}


def _first_day(created_s: int, config: dict[str, Any]) -> int:
    """The local date of the instant that the collection counts its days from.

    That is a rollover, at 4 in the morning if not said otherwise, so that without the offset of
    its zone the date is known all the same but for the outermost zones.
    """
    west_min = config.get("creationOffset")
    if isinstance(west_min, int) and -1440 < west_min < 1440:
        return (created_s - west_min * 60) // 86_400
    return (created_s + _SEVEN_HOURS_S) // 86_400


def _notes(database: Database) -> Iterator[RawNote]:
    for number, guid, kind, tags, fields, mod in database.rows(
        "notes", ("id", "guid", "mid", "tags", "flds", "mod")
    ):
        words = _words(fields)
        yield RawNote(
            whole(number), str(guid or ""), whole(kind), str(tags or ""), words, whole(mod)
        )


def _words(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _cards(database: Database) -> tuple[dict[int, list[RawCard]], int]:
    found: dict[int, list[RawCard]] = {}
    broken = 0
    for *row, data in database.rows("cards", _CARD):
        # Some programs wrote intervals as fractions.
        if not all(type(number) in (int, float) for number in row):
            broken += 1
            continue
        card = RawCard(*map(whole, row), _words(data))  # type: ignore[call-arg, arg-type]
        if card.nid in found:
            found[card.nid].append(card)
        else:
            found[card.nid] = [card]
    for cards in found.values():
        if len(cards) > 1:
            cards.sort(key=lambda card: card.ord)
    return found, broken


def _log(database: Database, *, is_first_scheduler: bool) -> tuple[dict[int, list[Entry]], int]:
    """The log by card. Anki's first scheduler numbered the answers of steps 1 to 3."""
    found: dict[int, list[Entry]] = {}
    broken = 0
    columns = ("cid", "id", "ease", "ivl", "factor", "time", "type")
    for card, at_ms, ease, ivl, factor, spent_ms, kind in database.rows("revlog", columns):
        entry = Entry(at_ms, ease, ivl, factor, spent_ms, kind)
        if not _is_sound(entry):
            broken += 1
            continue
        if is_first_scheduler and ease in (2, 3) and kind in (0, 2):
            entry = entry._replace(ease=ease + 1)
        if card in found:
            found[card].append(entry)
        else:
            found[card] = [entry]
    for entries in found.values():
        entries.sort()
    return found, broken


def _is_sound(entry: Entry) -> bool:
    """Whether Anki can have written the row."""
    at_ms, ease, ivl, factor, spent_ms, kind = entry
    try:
        return (
            0 < at_ms < _YEAR_9999_MS
            and 0 <= ease <= 4
            and -_LONGEST < ivl < _LONGEST
            and 0 <= factor < _LONGEST
            and 0 <= spent_ms < _LONGEST
            and 0 <= kind <= 9
            and type(at_ms + ease + ivl + factor + spent_ms + kind) is int
        )
    except TypeError:
        return False
