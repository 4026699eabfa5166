"""The portable backup: all of a collection, or all that belongs to some notes, in one JSON file.

`srs help json` describes it; `srs.portable` reads it back. A row is a line, so that two backups can
be compared line by line. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from decks.progress import Progress
from exporters.base import Bundle, Format, Want

VERSION = 2  # raised whenever a reader of this one would not understand all that is written
_TOGETHER = 500  # rows in a piece
_COUNTED = ("notes", "log")  # tables whose rows `Whole.rows` counts

_encoded = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=bytes.hex
).encode


def render(bundle: Bundle, progress: Progress) -> Iterator[bytes]:
    """The file in pieces; `progress` hears of notes and rows of the log."""
    whole = bundle.whole
    assert whole is not None  # it was asked for
    head = {"driftdeck": VERSION, "complete": whole.complete, **whole.head}
    members = (f'"{name}": {_encoded(value)}' for name, value in head.items())
    yield _bytes("{" + ",\n".join(members))
    done = 0
    for name, rows in whole.tables():
        yield _bytes(f',\n"{name}": [')
        before = "\n"
        for some in _together(rows):
            yield _bytes(before + ",\n".join(map(_encoded, some)))
            before = ",\n"
            if name in _COUNTED:
                done += len(some)
                progress(done, whole.rows)
        yield b"\n]"
    yield b"\n}\n"


def _together(rows: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    left = iter(rows)
    while some := list(islice(left, _TOGETHER)):
        yield some


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


FORMAT = Format(
    "json", ".json", "all of a collection, to be read back", render, frozenset({Want.WHOLE})
)
