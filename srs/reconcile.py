"""Which note of the files is which note of the collection. Pure: values in, values out.

A note is recognised by its explicit id; else by its exact text; else by the same question in the
same file; else, when it was opened to be edited, by being the only one that has changed. What is
recognised keeps its history; what is not is a new note, and a note of a file whose text is gone
becomes an orphan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from decks.model import Note, Place, Problem, Severity
from srs.identity import content_hash, question_hash, text_hash


class Remembered(NamedTuple):
    """A note of the collection, as far as recognising it needs."""

    id: int
    uid: bytes
    explicit_id: str
    text_hash: bytes
    question_hash: bytes
    content_hash: bytes
    path: str
    line: int
    deck: str
    builtin: bool
    orphan: bool


class Incoming(NamedTuple):
    """What a file holds now. `whole` is False when something in it could not be read."""

    path: str
    notes: Sequence[Note]
    whole: bool
    builtin: bool = False
    override: bool = False  # its notes may take the place of built-in ones


class Match(NamedTuple):
    """A note of a file and the remembered note that it is; None for a new one."""

    note: Note
    path: str
    known: Remembered | None

    @property
    def outcome(self) -> str:
        """The word for it on the receipt."""
        if self.known is None:
            return "added"
        if self.known.orphan:
            return "relinked"
        if self.known.content_hash != content_hash(self.note):
            return "changed"
        moved = (self.known.path, self.known.deck) != (self.path, self.note.deck)
        return "moved" if moved else "unchanged"


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import does to the collection."""

    matches: tuple[Match, ...]
    orphaned: tuple[Remembered, ...]
    problems: tuple[Problem, ...]


class _Entry(NamedTuple):
    note: Note
    file: Incoming
    text: bytes
    question: bytes


class _Matcher:
    """The state of one reconciliation: who is still free, and what has been decided."""

    def __init__(
        self,
        remembered: Sequence[Remembered],
        files: Sequence[Incoming],
        still_there: Callable[[str], bool],
        edited: bytes,
    ) -> None:
        self.still_there = still_there
        self.remembered = remembered
        self.edited = edited
        self.paths = {file.path for file in files}
        self.claimed: dict[int, _Entry] = {}
        self.decided: dict[int, Remembered | None] = {}  # index of entry → what it is
        self.dropped: set[int] = set()
        self.problems: list[Problem] = []
        self.ids_seen: dict[str, Place] = {}
        self.by_id = {r.explicit_id: r for r in remembered if r.explicit_id}
        self.by_text: dict[bytes, list[Remembered]] = defaultdict(list)
        self.by_question: dict[tuple[str, bytes], list[Remembered]] = defaultdict(list)
        for known in remembered:
            self.by_text[known.text_hash].append(known)
            self.by_question[known.path, known.question_hash].append(known)

    def run(self, entries: Sequence[_Entry]) -> None:
        """Decide every entry; the surest evidence first, so that weaker never takes its note."""
        steps = (
            self._drop_repeated_ids, self._by_id, self._by_text, self._by_text_elsewhere,
            self._by_question,
        )  # fmt: skip
        for decide in steps:
            for index, entry in enumerate(entries):
                if index not in self.decided and index not in self.dropped:
                    decide(index, entry)
        self._by_edit(entries)
        seen: dict[bytes, Place] = {}
        for index, entry in enumerate(entries):
            if index not in self.decided and index not in self.dropped:
                self._new(index, entry, seen)

    def _claim(self, index: int, entry: _Entry, known: Remembered) -> None:
        self.claimed[known.id] = entry
        self.decided[index] = known

    def _drop(self, index: int, problem: Problem) -> None:
        self.dropped.add(index)
        self.problems.append(problem)

    def _drop_repeated_ids(self, index: int, entry: _Entry) -> None:
        note = entry.note
        if not note.id:
            return
        known = self.by_id.get(note.id)
        if known and entry.file.builtin and not known.builtin and not known.orphan:
            self.dropped.add(index)  # the learner's override wins
            return
        taken = self.ids_seen.get(note.id)
        if known and not (entry.file.builtin or entry.file.override):
            elsewhere = known.path != entry.file.path and not self._has_left(known)
            if known.builtin or elsewhere:
                taken = Place(known.path, known.line)
        if taken:
            where = f"{taken.path}:{taken.line}"
            hint = "give one of the two another id"
            self._drop(index, Problem(note.place, f"id {note.id} is taken by {where}", hint))
        else:
            self.ids_seen[note.id] = note.place

    def _by_id(self, index: int, entry: _Entry) -> None:
        known = self.by_id.get(entry.note.id) if entry.note.id else None
        if known and known.id not in self.claimed:
            self._claim(index, entry, known)

    def _by_text(self, index: int, entry: _Entry) -> None:
        here = [r for r in self._twins(entry) if r.path == entry.file.path and not r.orphan]
        if here:
            self._claim(index, entry, here[0])

    def _by_text_elsewhere(self, index: int, entry: _Entry) -> None:
        for known in self._twins(entry):
            if known.path == entry.file.path or self._has_left(known):
                self._claim(index, entry, known)
                return
            if not known.orphan:
                return  # it stands elsewhere: `_new` says so

    def _twins(self, entry: _Entry) -> list[Remembered]:
        """Notes with these words that are still free. The first choice is the same on every device,
        or merging them would hide both."""
        free = [r for r in self.by_text.get(entry.text, ()) if r.id not in self.claimed]
        return sorted(free, key=lambda r: (r.orphan, r.uid))

    def _by_question(self, index: int, entry: _Entry) -> None:
        if self._twin(entry):
            return  # the same card stands elsewhere: `_new` says so
        key = (entry.file.path, entry.question)
        for known in self.by_question.get(key, ()):
            ids_differ = known.explicit_id and entry.note.id
            if known.id not in self.claimed and not ids_differ:
                self._claim(index, entry, known)
                return

    def _by_edit(self, entries: Sequence[_Entry]) -> None:
        known = next((r for r in self.remembered if r.uid == self.edited), None)
        if known is None:
            return
        gone = [
            r.id
            for r in self.remembered
            if r.path == known.path and r.id not in self.claimed and not r.orphan
        ]
        rest = [
            (index, entry)
            for index, entry in enumerate(entries)
            if index not in self.decided and index not in self.dropped
            if entry.file.path == known.path and not self._twin(entry)
        ]
        if gone != [known.id] or len(rest) != 1:
            return
        index, entry = rest[0]
        if not (known.explicit_id and entry.note.id):
            self._claim(index, entry, known)

    def _has_left(self, known: Remembered) -> bool:
        if known.builtin:
            return False
        return known.orphan or known.path in self.paths or not self.still_there(known.path)

    def _twin(self, entry: _Entry) -> Place | None:
        """Where another note with these words stands now, if any does."""
        for known in self.by_text.get(entry.text, ()):
            claimant = self.claimed.get(known.id)
            if claimant is None:
                return Place(known.path, known.line)
            if claimant.text == entry.text:
                return claimant.note.place
        return None

    def _new(self, index: int, entry: _Entry, seen: dict[bytes, Place]) -> None:
        note = entry.note
        twin = seen.get(entry.text) or self._twin(entry)
        if twin:
            message = f"the same card stands at {twin.path}:{twin.line}; kept once"
            self._drop(index, Problem(note.place, message, "", Severity.NOTE))
            return
        seen[entry.text] = note.place
        self.decided[index] = None


def reconcile(
    remembered: Sequence[Remembered],
    files: Sequence[Incoming],
    still_there: Callable[[str], bool],
    edited: bytes = b"",
) -> Changes:
    """What importing `files` means for a collection that remembers `remembered`.

    `still_there(path)` tells whether a file that is not among `files` exists; `edited` is the note
    whose words were just edited in its file, if one was. Matching is one to one. A file
    that holds no note, or could not be read whole, orphans nothing.
    """
    entries = [
        _Entry(note, file, text_hash(note), question_hash(note))
        for file in files
        for note in file.notes
    ]
    matcher = _Matcher(remembered, files, still_there, edited)
    matcher.run(entries)
    matches = tuple(
        Match(entry.note, entry.file.path, matcher.decided[index])
        for index, entry in enumerate(entries)
        if index in matcher.decided
    )
    orphaned = _orphaned(remembered, files, matcher.claimed)
    return Changes(matches, orphaned, tuple(matcher.problems))


def _orphaned(
    remembered: Iterable[Remembered], files: Sequence[Incoming], claimed: Container[int]
) -> tuple[Remembered, ...]:
    emptied = {file.path for file in files if file.notes and file.whole}
    package = any(file.builtin for file in files)  # which always comes as a whole
    return tuple(
        known
        for known in remembered
        if (known.path in emptied or (package and known.builtin))
        and known.id not in claimed
        and not known.orphan
    )


class CardPlan(NamedTuple):
    """What becomes of a note's cards: keys by card, keys that need a new card, cards now gone."""

    kept: tuple[tuple[bytes, str], ...]
    new: tuple[str, ...]
    gone: tuple[bytes, ...]


def match_cards(old: Sequence[tuple[bytes, str, bool]], keys: Sequence[str]) -> CardPlan:
    """Keep a card for each key that stays; a single changed deletion keeps its card too.

    `old` are cards with their keys, and whether they are gone already. One card a key stays: after
    a merge there may be two, then it is the one that is not gone, or else the one of the lowest id.
    """
    by_key: dict[str, bytes] = {}
    for card, key, _ in sorted(old, key=lambda each: (each[2], each[0])):
        by_key.setdefault(key, card)
    kept = [(by_key[key], key) for key in keys if key in by_key]
    new = [key for key in keys if key not in by_key]
    chosen = {card for card, _ in kept}
    rest = [(card, gone) for card, _, gone in old if card not in chosen]
    changed = [card for card, gone in rest if not gone]
    if len(new) == len(changed) == 1:
        kept, new, rest = [*kept, (changed[0], new[0])], [], [r for r in rest if r[0] != changed[0]]
    return CardPlan(tuple(kept), tuple(new), tuple(card for card, _ in rest))
