"""The ids of built-in notes that learners have met: a contract, for their memory hangs on them.

`python -m tests.released` adds the ids that are new and tells what breaks the contract. A note that
was taken out of its deck is retired (`--retire ID --why WORDS`), and its id is never used again. A
note that asks for something else now has a new id, unless the change is meant (`--accept ID --why
WORDS`): then whoever knew the note is asked another one under its history.

A note has as many cards as ever, or more: a gap that is shown now was somebody's card.

A row's meaning is its concept, its type, and the content words of its question and its answer: by
them a mended typo or a better wording is told from another note.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from decks.cards import card_keys
from decks.cloze import find_gaps
from decks.errors import DataError, UsageError
from decks.model import Note, NoteKind
from srs import __version__
from tests.records import DATA, Shelf, builtin, main, rows, table, write

RELEASED = DATA / "released.psv"
ACTIVE, RETIRED = "active", "retired"
# The likeness from which a note still means what it meant. 200 synthetic edits (typos, answers with
# up to all their words replaced, both sides reworded, other numbers) are all above 0.50, as are
# those of the 36 notes that were ever reworded; of pairs of one concept's notes none is above 0.29.
SAME = 0.36
_COLUMNS = ("id", "since", "status", "cards", "meaning", "why")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W_]+)*")
_HOLLOW_WORDS = """
    a about all an and any are as at be been before but by can do does each every for from had has
    have how if in into is it its more no not of off on one only or out over per so than that the
    their them then there they this to under until up was were what when where which while who
    whose why will with you your
"""
_HOLLOW = frozenset(_HOLLOW_WORDS.split())


class Released(NamedTuple):
    """An id that learners have met. Its cells are texts, as in its row."""

    id: str
    since: str  # the version that brought it
    status: str  # ACTIVE, or RETIRED: the note is gone, and the id stays taken
    cards: str  # how many: one, two if it asks both ways, or as many as it has gaps
    meaning: str  # "concept; type; words of the question; words of the answer"
    why: str = ""  # it was retired, or a change of its meaning was meant

    @property
    def is_active(self) -> bool:
        """Whether a note of the decks must have it."""
        return self.status == ACTIVE


def meaning(note: Note) -> str:
    """What a note asks for, in words that outlive a better wording of it."""
    answer = " ".join(gap.text for gap in find_gaps(note.front))
    if note.kind is not NoteKind.CLOZE:
        answer = f"{note.back} {note.estimate.formula if note.estimate else ''}"
    return "; ".join((note.concept, note.type, _words(note.front), _words(answer)))


def cards(note: Note) -> int:
    """How many cards a note makes."""
    return len(card_keys(note.kind, note.front))


def _words(text: str) -> str:
    return " ".join(sorted({word.lower() for word in _WORD.findall(text)} - _HOLLOW))


def likeness(one: str, two: str) -> float:
    """How much two meanings are one, 0 to 1.

    The mean of the shares of words in common in all and on the better side, for a rewording mostly
    leaves one side as it is; a fifth less if they are of another concept, or of another type. None
    at all where one shows all that the other hides in its gaps: other words are asked for.
    """
    (concept, kind, question, answer), (concept2, kind2, question2, answer2) = map(
        _cells, (one, two)
    )
    if kind == kind2 == "cloze" and (
        _is_shown(answer, question2, answer2) or _is_shown(answer2, question, answer)
    ):
        return 0.0
    whole = _share(f"{question} {answer}", f"{question2} {answer2}")
    best = max(_share(question, question2), _share(answer, answer2))
    losses = (concept != concept2) + (kind != kind2)
    return (whole + best) / 2 * 0.8**losses


def _is_shown(gaps: str, text: str, gaps_there: str) -> bool:
    """Whether all words of gaps stand in a text with other gaps, outside of these."""
    return bool(gaps) and set(gaps.split()) <= set(text.split()) - set(gaps_there.split())


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(";", 3)]


def _share(one: str, two: str) -> float:
    ours, theirs = set(one.split()), set(two.split())
    return 2 * len(ours & theirs) / ((len(ours) + len(theirs)) or 1)


def read(text: str, path: str = RELEASED.name) -> dict[str, Released]:
    """The list by id, in its order. Raises DataError for a row that is none, or an id again."""
    found: dict[str, Released] = {}
    for line, cells in rows(text, _COLUMNS, path):
        row = Released(*cells)
        if row.id in found:
            raise DataError(f"id {row.id} again", "an id has one row", path=path, line=line)
        known = row.status in (ACTIVE, RETIRED) and row.cards.isdecimal()
        if not known or row.meaning.count(";") < 3:
            raise DataError(
                f"{row.id} has no known status, number of cards or meaning", path=path, line=line
            )
        found[row.id] = row
    return found


def faults(released: Mapping[str, Released], notes: Mapping[str, Note]) -> list[str]:
    """What breaks the contract, each with what to do."""
    meanings = {note_id: meaning(note) for note_id, note in notes.items()}
    found = [_missing(row, meanings) for row in released.values() if row.id not in notes]
    to_judge = with_new(released, notes).keys() & meanings.keys()
    found += [_standing(released, name, meanings[name]) for name in notes if name in to_judge]
    found += [_fewer(released[name], note) for name, note in notes.items() if name in released]
    return [fault for fault in found if fault]


def _missing(row: Released, meanings: Mapping[str, str]) -> str:
    if not row.is_active:
        return ""
    near = _nearest(row.meaning, meanings.items())
    hint = f"give {near} its id back, or" if near else "put it back, or"
    return f"{row.id}: no note has this id any more; {hint} --retire {row.id}"


def _fewer(row: Released, note: Note) -> str:
    now = cards(note)
    if not row.is_active or now >= int(row.cards):
        return ""
    return f"{row.id}: {now} cards of {row.cards} are left; put them back, or --accept {row.id}"


def _standing(released: Mapping[str, Released], note_id: str, said: str) -> str:
    row = released.get(note_id)
    if row is None:
        return f"{note_id}: not in the list yet; python -m tests.released adds it"
    if not row.is_active:
        return f"{note_id}: a retired id is used again; give the note a new one"
    alike = likeness(row.meaning, said)
    if alike == 1:
        return ""
    near = _nearest(said, ((other.id, other.meaning) for other in released.values()))
    if near in ("", note_id) and alike >= SAME:
        return ""
    hint = f"it reads like {near}" if near not in ("", note_id) else f"likeness {alike:.2f}"
    return f"{note_id}: means something else now ({hint}); give it a new id, or --accept {note_id}"


def _nearest(said: str, others: Iterable[tuple[str, str]]) -> str:
    """Of the meanings that are the same as this one the nearest; "" if none is."""
    weighed = [(likeness(said, theirs), other) for other, theirs in others]
    best, name = max(weighed, default=(0.0, ""))
    return name if best >= SAME else ""


def with_new(released: Mapping[str, Released], notes: Mapping[str, Note]) -> dict[str, Released]:
    """The list with a row for every note that has none, but for those that lost their own id."""
    gone = [(row.id, row.meaning) for row in released.values() if row.is_active]
    gone = [(name, said) for name, said in gone if name not in notes]
    added = {
        note_id: Released(note_id, __version__, ACTIVE, str(cards(note)), meaning(note))
        for note_id, note in notes.items()
        if note_id not in released and not _nearest(meaning(note), gone)
    }
    return {**released, **added}


def retired(released: Mapping[str, Released], shelf: Shelf, note_id: str, why: str) -> Released:
    """The row of a note that is gone. Raises UsageError while it stands in a deck."""
    row = _known(released, note_id)
    if note_id in shelf.notes:
        raise UsageError(f"{note_id} stands in a deck", "take it out first")
    return row._replace(status=RETIRED, why=why)


def accepted(released: Mapping[str, Released], shelf: Shelf, note_id: str, why: str) -> Released:
    """The row of a note with the meaning that it has now. Raises UsageError if it is gone."""
    row = _known(released, note_id)
    if note_id not in shelf.notes or not row.is_active:
        raise UsageError(f"{note_id} is no note of the decks", "--retire retires it")
    note = shelf.notes[note_id]
    return row._replace(cards=str(cards(note)), meaning=meaning(note), why=why)


def _known(released: Mapping[str, Released], note_id: str) -> Released:
    if note_id not in released:
        raise UsageError(f"no released id {note_id}", "write it as in its deck file")
    return released[note_id]


def run(words: list[str], path: Path = RELEASED) -> int:
    """Do what the command line says; 1 if something breaks the contract."""
    given = _given(words)
    shelf, before = builtin(), read(path.read_text(encoding="utf-8"))
    released = dict(before)
    for change, note_id in ((retired, given.retire), (accepted, given.accept)):
        if note_id:
            released[note_id] = change(before, shelf, note_id, given.why)
            print(f"{change.__name__} {note_id}")
    released = with_new(released, shelf.notes)
    print("".join(f"added {note_id}\n" for note_id in released if note_id not in before), end="")
    write(path, table(_COLUMNS, sorted(released.values(), key=lambda row: shelf.place(row.id))))
    found = faults(released, shelf.notes)
    print("\n".join(found) or f"{len(released)} ids, all kept")
    return 1 if found else 0


def _given(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.released", description=__doc__)
    parser.add_argument("--retire", metavar="ID", help="a note that was taken out of its deck")
    parser.add_argument("--accept", metavar="ID", help="a note meant to ask for something else")
    parser.add_argument("--why", metavar="WORDS", help="the reason, kept in the row")
    given = parser.parse_args(words)
    if (given.retire or given.accept) and not given.why:
        parser.error("say --why")
    return given


if __name__ == "__main__":
    main(run)
