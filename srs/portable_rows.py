"""What the rows of a portable backup may hold: each is checked before it comes near a table. Pure.

The shapes are those that `srs.store.rows_out` writes. Bounds are wide: they keep out what no
collection can hold, or what the calendar and the scheduler cannot count with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from decks.cards import card_keys
from decks.model import NoteKind
from srs.estimates import dumped, made
from srs.model import Kind
from srs.portable_text import Unfit
from srs.scheduling import Parameters

_ID = re.compile("[0-9a-f]{32}")
_HALF = re.compile("[\ud800-\udfff]")
_LATEST_MS = 222_000_000_000_000  # in the year 9004; the clock goes on until 9000
_LATEST_DAY = 2_600_000
_LARGEST = 1 << 53  # that every program reads as it was written

Check = Callable[[Any], Any]


def _whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise Unfit(f"is not a whole number from {low} to {high}")
        return value

    return check


def _id(value: Any) -> bytes:
    if type(value) is not str or not _ID.fullmatch(value):
        raise Unfit("is no id: 32 digits of 0 to 9 and a to f")
    return bytes.fromhex(value)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Unfit("is no text")
    if not value.isascii() and _HALF.search(value):
        raise Unfit("holds half a character")
    return value


def _name(value: Any) -> str:
    """A text that may name a file or a deck."""
    if "\0" in _text(value):
        raise Unfit("is no name")
    return str(value)


def _place(value: Any) -> str:
    """Where a source is, from whatever folder `srs sync` is called."""
    if not _name(value).startswith("/"):
        raise Unfit("is no absolute path")
    return str(value)


def _flag(value: Any) -> int:
    if type(value) is not bool:
        raise Unfit("is neither true nor false")
    return int(value)


def _one_of(*words: str) -> Check:
    def check(value: Any) -> str:
        if type(value) is not str or value not in words:
            raise Unfit(f"is none of {', '.join(words)}")
        return value

    return check


def _list(check: Check) -> Check:
    def check_all(values: Any) -> list[Any]:
        if type(values) is not list:
            raise Unfit("is no list")
        return [check(value) for value in values]

    return check_all


def _kept_list(check: Check) -> Check:
    """The JSON in which the table holds such a list."""
    check_all = _list(check)
    return lambda values: json.dumps(check_all(values), ensure_ascii=False)


def _objects(check: Check) -> Check:
    def check_one(value: Any) -> Any:
        if type(value) is not dict:
            raise Unfit("holds what is no object")
        return check(value)

    return _list(check_one)


def _estimate(value: Any) -> str:
    """The text in which the table holds an estimate that can be asked."""
    from decks.estimates.reading import EstimateError, check

    if type(value) is not dict or value.keys() != {"parameters", "formula", "unit", "tolerance"}:
        raise Unfit("is no estimate")
    for name in ("formula", "unit", "tolerance"):
        _text(value[name])
    drawn = value["parameters"]
    if type(drawn) is not dict or not all(_list(_text)(values) for values in drawn.values()):
        raise Unfit("has no parameters")
    estimate = made(value)
    try:
        check(estimate, [" ".join(f"{{{name}}}" for name in drawn)])
    except EstimateError as error:
        raise Unfit(f"cannot be asked: {error}") from error
    return dumped(estimate)


def _pair(value: Any) -> list[str]:
    sides: list[str] = _list(_text)(value)
    if len(sides) != 2:
        raise Unfit("holds what is no pair of question and answer")
    return sides


class Shape(NamedTuple):
    """The members of a row by name. Those that may be missing, or null, then come as None."""

    members: Mapping[str, Check]
    may_lack: frozenset[str] = frozenset()

    def fitted(self, row: object) -> dict[str, Any]:
        """The row as its table takes it, in the order of the shape. Raises Unfit."""
        if not isinstance(row, dict):
            raise Unfit("no object stands here")
        found: dict[str, Any] = {}
        for name, check in self.members.items():
            value = row.get(name)
            try:
                found[name] = None if value is None else check(value)
            except Unfit as error:
                raise Unfit(f"{name} {error.what}") from error
            if value is None and name not in self.may_lack:
                raise Unfit(f"{name} is missing")
        if unknown := row.keys() - self.members.keys():
            raise Unfit(f"{min(unknown)!r} is not known")
        return found


_COUNT = _whole(0, _LARGEST)
_INSTANT_MS = _whole(-_LATEST_MS, _LATEST_MS)
_KIND = _one_of(*NoteKind)

_HEAD = Shape(
    {
        "driftdeck": _whole(1, _LARGEST), "complete": _flag, "device": _id,
        "builtin_ms": _COUNT, "settings": _text,
    },
    frozenset({"device", "builtin_ms", "settings"}),
)  # fmt: skip
_DECK = Shape({"name": _name, "builtin": _flag, "enabled": _flag})
_FILE = Shape(
    {"path": _name, "notes": _COUNT, "cards": _COUNT, "card_lines": _COUNT, "prose_lines": _COUNT}
)
_SOURCE = Shape(
    {
        "path": _place, "deck": _text, "dialect": _text, "excludes": _kept_list(_text),
        "added_ms": _INSTANT_MS, "files": _objects(_FILE.fitted),
    }
)  # fmt: skip
_PARAMETERS = Shape({"hash": _id, "data": _text})
_CARD = Shape(
    {
        "uid": _id, "key": _text, "ordinal": _whole(0, 1 << 31), "gone": _flag,
        "position": _whole(-_LARGEST, _LARGEST),
    }
)  # fmt: skip
_WORDING = Shape({"kind": _KIND, "front": _text, "back": _text, "until_ms": _INSTANT_MS})
_NOTE = Shape(
    {
        "uid": _id, "explicit_id": _text, "deck": _name, "path": _name,
        "line": _whole(0, 1 << 31), "builtin": _flag, "kind": _KIND, "front": _text,
        "back": _text, "why": _text, "flip": _text, "variants": _kept_list(_pair),
        "tags": _kept_list(_text), "concept": _text, "type": _text,
        "sources": _kept_list(_text), "as_of": _text, "changed_ms": _INSTANT_MS,
        "said_ms": _INSTANT_MS, "added_ms": _INSTANT_MS, "orphan": _flag,
        "cards": _objects(_CARD.fitted), "wordings": _objects(_WORDING.fitted),
        "estimate": _estimate,
    },
    frozenset({"estimate"}),
)  # fmt: skip
_LOG = Shape(
    {
        "seq": _whole(1, _LARGEST), "uid": _id, "device": _id,
        "kind": _one_of(
            Kind.REVIEW, Kind.UNDO, Kind.SUSPEND, Kind.UNSUSPEND, Kind.BURY, Kind.FLAG,
            Kind.RESET, Kind.RELINK, Kind.START,
        ),
        "card": _id, "at_ms": _INSTANT_MS, "order_ms": _INSTANT_MS,
        "day": _whole(-_LATEST_DAY, _LATEST_DAY), "offset_min": _whole(-1_440, 1_440),
        "rating": _whole(1, 4), "duration_ms": _whole(0, 1 << 40), "params": _id,
        "variant": _whole(0, 1 << 31), "seed": _whole(-(1 << 63), (1 << 63) - 1),
        "confidence": _whole(-(1 << 31), 1 << 31), "typed": _text, "undoes": _id, "data": _text,
    },
    frozenset(
        {"rating", "duration_ms", "params", "variant", "seed", "confidence", "typed", "undoes",
         "data"}
    ),
)  # fmt: skip


def head(row: object) -> dict[str, Any]:
    """What stands before the tables. Raises Unfit, as all of these do."""
    found = _HEAD.fitted(row)
    return {**found, "complete": bool(found["complete"])}


def deck(row: object) -> dict[str, Any]:
    """A deck."""
    return _DECK.fitted(row)


def source(row: object) -> dict[str, Any]:
    """A source, with the files that were read of it."""
    return _SOURCE.fitted(row)


def parameters(row: object) -> dict[str, Any]:
    """A row of parameters that the scheduler takes."""
    found = _PARAMETERS.fitted(row)
    try:
        Parameters.parse(found["data"])
    except Exception as error:  # as many as there are ways to be no parameters
        raise Unfit("data are no parameters of FSRS") from error
    return found


def note(row: object) -> dict[str, Any]:
    """A note with its cards and what it said before."""
    found = _NOTE.fitted(row)
    found["estimate"] = found["estimate"] or ""
    if not found["cards"]:
        raise Unfit("a note without a card")
    if found["variants"] != "[]" and not card_keys(found["kind"], found["front"]):
        raise Unfit("front has no gap")
    return found


def log_row(row: object) -> tuple[Any, ...]:
    """A row of the log, column by column."""
    found = _LOG.fitted(row)
    kind = found["kind"]
    for name, of in (("rating", Kind.REVIEW), ("params", Kind.REVIEW), ("undoes", Kind.UNDO)):
        if (found[name] is not None) != (kind == of):
            word = "is missing" if kind == of else f"stands in a row of kind {kind}"
            raise Unfit(f"{name} {word}")
    return tuple(found.values())
