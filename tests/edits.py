"""The edit corpus: what people do to files of cards, with the right outcome beside each edit.

A file of the corpus holds edits, each a sequence of folders as they stood one after another:

    === 017 typo in a question [typo]
    --- cache.md
    Q: What does a cache in frnt of the store save?  <<a>>
    A: Reads of what was read before.
    --- then cache.md
    Q: What does a cache in front of the store save?  <<a>>
    A: Reads of what was read before.

`--- NAME` begins a file of the first state, `--- then NAME` the first file of a next state, and
further `--- NAME` lines add files to it; `--- then` alone is a state without files. A label
`<<a>>` stands at the end of the first line of a card (of a cloze: right behind each gap) and is
taken out before the program sees the file. A card of a later state that has a label is the card
that had the label first: its history must be there. A card without a label must be a new one.
`<<a?>>` leaves both open, the history of `a` or a new card; another's history is wrong either way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from decks.cards import card_keys
from decks.model import Note
from decks.parse import parse

CORPUS = Path(__file__).parent / "data" / "edits"

_LABEL = re.compile(r"[ \t]*<<([a-z0-9]+\??)>>")
_HEAD = re.compile(r"=== (?P<number>\S+) (?P<title>.*?) \[(?P<kind>[a-z -]+)\]\s*")
_FILE = re.compile(r"--- (?P<then>then(?:\s+|$))?(?P<name>\S*)\s*")
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(.*?){_CLOSE}")


class Labelled(NamedTuple):
    """A card of a state: where it stands, its key in its note, and its label ("" for a new one)."""

    path: str
    note: Note
    key: str
    label: str
    sure: bool  # False: the history of the label and a new card are both right


class State(NamedTuple):
    """A folder at one moment."""

    files: dict[str, str]
    cards: tuple[Labelled, ...]


class Edit(NamedTuple):
    """One entry of the corpus."""

    name: str  # "typos.txt 017 typo in a question"
    kind: str
    states: tuple[State, ...]


def load(folder: Path = CORPUS) -> list[Edit]:
    """Every edit of the corpus; ValueError for one that is not written as it should be."""
    return [edit for path in sorted(folder.glob("*.txt")) for edit in _edits(path)]


def _edits(path: Path) -> Iterator[Edit]:
    blocks = re.split(r"(?m)^(?==== )", path.read_text())
    for block in blocks[1:]:
        head, *lines = block.split("\n")
        found = _HEAD.fullmatch(head)
        if not found:
            raise ValueError(f"{path.name}: cannot read {head!r}")
        name = f"{path.name} {found['number']} {found['title']}"
        try:
            states = tuple(_state(files) for files in _folders(lines))
            _check(states)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        yield Edit(name, found["kind"], states)


def _folders(lines: list[str]) -> list[dict[str, str]]:
    folders: list[dict[str, list[str]]] = [{}]
    into: list[str] | None = None
    for line in lines:
        mark = _FILE.fullmatch(line) if line.startswith("--- ") else None
        if mark:
            if mark["then"] is not None or mark["name"] == "then":
                folders.append({})
            into = []
            if mark["name"] and mark["name"] != "then":
                folders[-1][mark["name"]] = into
        elif into is not None:
            into.append(line)
        elif line.strip():
            raise ValueError(f"{line!r} stands in no file")
    return [
        {name: "\n".join(body).strip("\n") + "\n" for name, body in files.items()}
        for files in folders
    ]


def _state(files: dict[str, str]) -> State:
    plain = {name: _LABEL.sub("", text) for name, text in files.items()}
    cards = [card for name, text in files.items() for card in _cards(name, text, plain[name])]
    return State(plain, tuple(cards))


def _cards(name: str, text: str, plain: str) -> Iterator[Labelled]:
    marked = _LABEL.sub(lambda found: f"{_OPEN}{found[1]}{_CLOSE}", text)
    real = parse(plain, name, "deck").notes
    marks = parse(marked, name, "deck").notes
    if len(real) != len(marks):
        raise ValueError(f"{name}: {len(real)} notes, but {len(marks)} with their labels")
    for note, with_marks in zip(real, marks, strict=True):
        raw = "\n".join((with_marks.front, with_marks.back))
        labels = _MARK.findall(raw)
        if _MARK.sub("", raw) != "\n".join((note.front, note.back)):
            raise ValueError(f"{name}:{note.place.line}: a label in a wrong place")
        keys = card_keys(note.kind, note.front)
        if note.kind == "cloze":
            wanted = _labels_of_gaps(with_marks.front, keys, name, note)
        elif len(labels) > 1:
            raise ValueError(f"{name}:{note.place.line}: two labels for one card")
        else:
            wanted = [label + ("~" * at) for label in labels for at in range(len(keys))]
        for key, label in zip(keys, wanted or [""] * len(keys), strict=True):
            bare = label.replace("?", "")
            yield Labelled(name, note, key, bare, sure="?" not in label)


def _labels_of_gaps(front: str, keys: tuple[str, ...], name: str, note: Note) -> list[str]:
    from decks.cloze import find_gaps

    labels: dict[str, str] = {}
    for gap in find_gaps(_MARK.sub("", front)):
        labels.setdefault(gap.key, "")
    at = 0
    gaps = iter(find_gaps(_MARK.sub("", front)))
    ends = {gap.end: gap.key for gap in gaps}
    taken = 0
    for mark in _MARK.finditer(front):
        at = mark.start() - taken
        taken += len(mark[0])
        if at not in ends:
            raise ValueError(f"{name}:{note.place.line}: the label {mark[1]} is behind no gap")
        labels[ends[at]] = mark[1]
    return [labels[key] for key in keys]


def _check(states: tuple[State, ...]) -> None:
    if len(states) < 2:
        raise ValueError("nothing is edited: there is no `--- then`")
    seen: set[str] = set()
    for number, state in enumerate(states):
        here = [card.label for card in state.cards if card.label]
        if len(here) != len(set(here)):
            raise ValueError(f"state {number}: a label stands twice")
        if number == 0 and (len(here) != len(state.cards) or any(not c.sure for c in state.cards)):
            raise ValueError("every card of the first state has a label, without a question mark")
        seen |= set(here)
