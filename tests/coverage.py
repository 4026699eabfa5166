"""What driftdeck was asked for, and what of it is there: `python -m tests.coverage`.

`tests/data/coverage.psv` has a row for each need: the concepts whose cards answer it, and the
features that do. A need is met if it has all of them. A concept has cards if two built-in notes of
two types ask about it; `slug:5` asks for five notes, `slug+tradeoff` for one of that type, and both
may be joined. Features are written as tests/features.py reads them.

How much of a need is there is recorded with it (`met`, or `pending 2/3`), so that nothing is lost
in silence: `--record` marks what has come since. The other way leads through an editor.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from decks.concepts import Concept, load_concepts
from decks.errors import DataError
from tests.features import exists
from tests.records import DATA, Shelf, builtin, main, rows, write

COVERAGE = DATA / "coverage.psv"
MET, PENDING = "met", "pending"
TEXTS = {
    "A": "why material is missing",
    "B": "a book of worked designs",
    "C": "the frame of an answer",
    "D": "judgement",
}
_COLUMNS = ("id", "need", "concepts", "answered by", "state")
_STATE = re.compile(r"met|pending ([0-9]+)/[0-9]+")
_LEAST = 2  # notes, and types, of a concept that has cards


class Asked(NamedTuple):
    """The cards that a need asks of a concept."""

    concept: str
    quota: int = 0  # notes; 0: as many as any concept needs
    types: frozenset[str] = frozenset()  # of which there must be one each


class Need(NamedTuple):
    """Something that somebody needs, and what answers it."""

    id: str
    text: str
    asked: tuple[Asked, ...]
    features: tuple[str, ...]
    state: str  # as recorded: MET, or how many of its answers are there

    @property
    def answers(self) -> int:
        """How many concepts and features answer it together."""
        return len(self.asked) + len(self.features)

    @property
    def there(self) -> int:
        """How many of them were there when its state was recorded."""
        found = _STATE.fullmatch(self.state)
        return int(found[1]) if found and found[1] else self.answers


def read(text: str, path: str = COVERAGE.name) -> dict[str, Need]:
    """The needs by id, in order. Raises DataError for a row that is none or has nothing to ask."""
    found: dict[str, Need] = {}
    for line, (name, words, concepts, features, state) in rows(text, _COLUMNS, path):
        asked = tuple(_asked(cell) for cell in _items(concepts, ","))
        need = Need(name, words, asked, _items(features, ";"), state)
        if name in found or not need.answers or not _STATE.fullmatch(state):
            wrong = f"{name}: a second row, no answer, or no known state"
            raise DataError(wrong, "mend the row", path=path, line=line)
        found[name] = need
    return found


def _items(cell: str, comma: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in cell.split(comma) if item.strip() not in ("", "-"))


def _asked(cell: str) -> Asked:
    head, *types = cell.split("+")
    slug, _, quota = head.partition(":")
    return Asked(slug, int(quota or 0), frozenset(types))


def lacks(asked: Asked, shelf: Shelf) -> str:
    """What a concept lacks of the cards that are asked of it, in words; "" for nothing."""
    types = Counter(note.type for note in shelf.notes.values() if note.concept == asked.concept)
    least = asked.quota or _LEAST
    if types.total() < least:
        return f"{asked.concept} has {types.total()} of {least} notes"
    if len(types) < _LEAST:
        return f"{asked.concept} has notes of one type only"
    missing = sorted(asked.types - types.keys())
    return f"{asked.concept} has no {missing[0]} card" if missing else ""


def wanting(need: Need, shelf: Shelf) -> list[str]:
    """What is still missing before a need is met."""
    lacking = [lacks(asked, shelf) for asked in need.asked]
    return [
        *(what for what in lacking if what),
        *(f"not there: {feature}" for feature in need.features if not exists(feature)),
    ]


def state(need: Need, missing: Sequence[str]) -> str:
    """How much of a need is there without this, as it is recorded."""
    if not missing:
        return MET
    return f"{PENDING} {need.answers - len(missing)}/{need.answers}"


def faults(needs: Iterable[Need], shelf: Shelf, concepts: Mapping[str, Concept]) -> list[str]:
    """Where the record is not what is there, and where a complete deck lacks what is asked."""
    found = []
    for need in needs:
        missing = wanting(need, shelf)
        now = state(need, missing)
        if need.answers - len(missing) < need.there:
            found.append(f"{need.id}: was {need.state}, is {now}: {', '.join(missing)}")
        elif now != need.state:
            found.append(f"{need.id}: is {now}; python -m tests.coverage --record says so")
        found += [f"{need.id}: {what}, in a complete deck" for what in short(need, shelf, concepts)]
    return found


def short(need: Need, shelf: Shelf, concepts: Mapping[str, Concept]) -> list[str]:
    """What a need lacks of concepts whose decks claim to be complete.

    Types are asked for only together with a quota: without one they may come from estimates and
    drills, which are not a deck's to promise.
    """
    asked = [
        one if one.quota else one._replace(types=frozenset())
        for one in need.asked
        if concepts[one.concept].deck in shelf.complete
    ]
    return [what for one in asked if (what := lacks(one, shelf))]


def recorded(text: str, shelf: Shelf) -> str:
    """The file with what has come since, and else as it was."""
    for need in read(text).values():
        missing = wanting(need, shelf)
        if need.answers - len(missing) >= need.there:
            row = rf"(?m)^({re.escape(need.id)} \|.*\| ){re.escape(need.state)}$"
            text = re.sub(row, rf"\g<1>{state(need, missing)}", text)
    return text


def run(words: list[str], path: Path = COVERAGE) -> int:
    """Print what is met and what is pending; 1 if the record is not what is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.coverage", description=__doc__)
    parser.add_argument("--record", action="store_true", help="mark what has come since")
    given = parser.parse_args(words)
    text, shelf = path.read_text(encoding="utf-8"), builtin()
    if given.record:
        text = recorded(text, shelf)
        write(path, text)
    needs = read(text, path.name).values()
    _tell({need: wanting(need, shelf) for need in needs})
    found = faults(needs, shelf, load_concepts())
    print("".join(f"\n{fault}" for fault in found))
    return 1 if found else 0


def _tell(missing: Mapping[Need, Sequence[str]]) -> None:
    for letter, title in TEXTS.items():
        of_text = {need: what for need, what in missing.items() if need.id.startswith(letter)}
        met = sum(not what for what in of_text.values())
        print(f"\n{letter}  {title}: {met} of {len(of_text)} met")
        for need, what in of_text.items():
            print(f"  {need.id}  {PENDING if what else MET:<8} {need.text}")
            print("".join(f"       {'':8} {one}\n" for one in what), end="")
    met = sum(not what for what in missing.values())
    print(f"\n{met} of {len(missing)} met, {len(missing) - met} pending")


if __name__ == "__main__":
    main(run)
