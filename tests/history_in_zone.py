"""A history in a zone with summer time, in Anki: `TZ=Asia/Tokyo python -m tests.history_in_zone`.

At import all is equal. When Anki works memories out anew it cuts the past into slices of 24 hours
by today's offset, so that answers near the rollover count to another day than they were given on.
Prints as JSON how many cards there are and how many of them have another stability then, by more
than a hundredth.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from srs import Settings
from tests.anki_backend import anki, import_package
from tests.test_history_out import assert_equal, lived, now_ms, prepare, recompute, told


def measure(folder: Path, notes: int) -> dict[str, int]:
    settings = Settings(zone=os.environ["TZ"])
    life = lived(folder / "ours", notes, 11, settings)
    today, expected = life.collection.calendar.day_of(now_ms()), life.expected()
    prepare(folder / "anki", settings)
    with anki(folder / "anki") as col:
        import_package(col, life.path)
        found = {key: one for key, one in told(col, today).items() if one.type}
        for key, one in found.items():
            assert_equal(one, expected[key])
        recompute(col)
        after = told(col, today)
        for key in found:
            assert after[key].due == expected[key].due
        drifted = [
            key for key in found if abs(after[key].stability / expected[key].stability - 1) > 0.01
        ]
    return {"cards": len(found), "drifted": len(drifted)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        notes = int(sys.argv[1]) if len(sys.argv) > 1 else 600
        print(json.dumps(measure(Path(name), notes)))
