"""Which note of the files is which note of the collection. Pure: values in, values out.

A note is recognised by its explicit id; else by its exact text; else, when it was opened to be
edited, by being the only one that has changed; else by evidence (`srs.recognising`). What is
recognised keeps its history; what is not is a new note, and a note of a file whose text is gone
becomes an orphan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from decks.dialects.base import PACKAGE_SUFFIXES
from decks.model import Note, Place, Problem, Severity
from srs.identity import Words, content_hash, text_hash
from srs.recognising import Former, Present, recognise

# The words that notes said, by note id: the present ones first, then earlier ones.
Recall = Callable[[Sequence[int]], Mapping[int, Sequence[Words]]]


class Remembered(NamedTuple):
    """A note of the collection, as far as recognising it needs."""

    id: int
    uid: bytes
    explicit_id: str
    text_hash: bytes
    content_hash: bytes
    path: str
    line: int
    deck: str
    builtin: bool
    orphan: bool
    changed_ms: int = 0  # when its words last changed


class Incoming(NamedTuple):
    """What a file holds now. `whole` is False when something in it could not be read."""

    path: str
    notes: Sequence[Note]
    whole: bool
    builtin: bool = False
    override: bool = False  # its notes may take the place of built-in ones
    gone: bool = False  # the file is there no more: what it held stands elsewhere, or nowhere
    foreign: bool = False  # of another program: an id that is taken is none
    package: bool = False  # its notes keep their ids from one package to the next


class Match(NamedTuple):
    """A note of a file and the remembered note that it is; None for a new one."""

    note: Note
    path: str
    known: Remembered | None
    text_hash: bytes
    kept: bool = False  # the note stays as it is: its words stand in another file

    @property
    def outcome(self) -> str:
        """The word for it on the receipt."""
        if self.known is None:
            return "added"
        if self.kept:
            return "unchanged"
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

    @property
    def words(self) -> Words:
        return Words(str(self.note.kind), self.note.front, self.note.back)


class _Matcher:
    """The state of one reconciliation: who is still free, and what has been decided."""

    def __init__(
        self,
        remembered: Sequence[Remembered],
        files: Sequence[Incoming],
        still_there: Callable[[str], bool],
        recall: Recall,
        edited: bytes,
    ) -> None:
        self.still_there = still_there
        self.recall = recall
        self.remembered = remembered
        self.edited = edited
        self.paths = {file.path for file in files}
        self.claimed: dict[int, _Entry] = {}
        self.decided: dict[int, Remembered | None] = {}  # index of entry → what it is
        self.dropped: set[int] = set()
        self.problems: list[Problem] = []
        self.ids_seen: dict[str, Place] = {}
        shown_last = sorted(remembered, key=lambda r: not r.orphan)  # of two devices' twins
        self.by_id = {r.explicit_id: r for r in shown_last if r.explicit_id}
        self.by_uid = {known.uid: known for known in remembered}
        self.kept: set[int] = set()  # indexes of entries whose note stays as it is
        self.entries: list[_Entry] = []
        self.by_text: dict[bytes, list[Remembered]] = defaultdict(list)
        for known in remembered:
            self.by_text[known.text_hash].append(known)

    def run(self, entries: list[_Entry], *, relink: bool) -> None:
        """Decide every entry; the surest evidence first, so that weaker never takes its note."""
        self.entries = entries
        self._keep_newest()
        steps = (
            self._by_export, self._settle_repeated_ids, self._by_id, self._by_text,
            self._by_text_elsewhere,
        )  # fmt: skip
        familiar = [
            index
            for index, entry in enumerate(entries)
            if entry.note.id or entry.note.exported or entry.text in self.by_text
        ]
        for decide in steps:
            for index in familiar:
                if index not in self.decided and index not in self.dropped:
                    decide(index, entries[index])
        self._by_edit(entries)
        if relink:
            self._by_evidence(entries)
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

    def _keep_newest(self) -> None:
        """Of the same note in several packages that are read now only the newest counts."""
        latest: dict[str, int] = {}
        for index, entry in enumerate(self.entries):
            if not entry.file.package or not entry.note.id:
                continue
            other = latest.setdefault(entry.note.id, index)
            if other != index:
                older = min(other, index, key=lambda at: (self.entries[at].note.changed_ms, at))
                self.dropped.add(older)
                latest[entry.note.id] = other + index - older

    def _by_export(self, index: int, entry: _Entry) -> None:
        """A note that once left this collection; where it stands in a file, that says its words."""
        exported = entry.note.exported
        known = self.by_uid.get(exported.uid) if exported else None
        if known is None or known.id in self.claimed:
            return
        if known.builtin or (not self._has_left(known) and known.path != entry.file.path):
            self.kept.add(index)
            self.decided[index] = known
        else:
            self._claim(index, entry, known)

    def _settle_repeated_ids(self, index: int, entry: _Entry) -> None:
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
            elsewhere &= not (entry.file.package and known.path.lower().endswith(PACKAGE_SUFFIXES))
            if known.builtin or elsewhere:
                taken = Place(known.path, known.line)
        if taken and entry.file.foreign:
            self.entries[index] = entry._replace(note=replace(note, id=""))
        elif taken and known and known.content_hash == content_hash(note):
            self._drop(index, _kept_once(note, taken))
        elif taken:
            where = f"{taken.path}:{taken.line}"
            hint = "give one of the two another id"
            self._drop(index, Problem(note.place, f"id {note.id} is taken by {where}", hint))
        else:
            self.ids_seen[note.id] = note.place

    def _by_id(self, index: int, entry: _Entry) -> None:
        known = self.by_id.get(entry.note.id) if entry.note.id else None
        if known is None or known.id in self.claimed:
            return
        if self._is_outdated(entry, known):
            self.kept.add(index)
            self.decided[index] = known
        else:
            self._claim(index, entry, known)

    @staticmethod
    def _is_outdated(entry: _Entry, known: Remembered) -> bool:
        """Whether a package has older words of a note than another has brought."""
        elsewhere = known.path != entry.file.path and not known.orphan
        return entry.file.package and elsewhere and entry.note.changed_ms < known.changed_ms

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

    def _by_evidence(self, entries: Sequence[_Entry]) -> None:
        """Pair what is left of both sides; what was decided tells where in its file a note stood.

        An entry whose words stand elsewhere is left out: `_new` says so.
        """
        free = [r for r in self.remembered if not r.builtin and r.id not in self.claimed]
        if not free:
            return
        open_entries = {
            index
            for index, entry in enumerate(entries)
            if index not in self.decided and index not in self.dropped
            if not entry.file.builtin and not self._twin(entry)
        }
        open_notes = {r.id for r in free if open_entries and self._may_be_edited(r)}
        if not open_notes:
            return
        known = [r for r in self.remembered if r.id in open_notes or r.path in self.paths]
        successors = {r.id: index for index, r in self.decided.items() if r}
        said = self.recall([r.id for r in known])
        formers = [
            Former(
                r.path, r.line, r.explicit_id, said[r.id], successors.get(r.id),
                is_open=r.id in open_notes, is_orphan=r.orphan,
            )
            for r in known
        ]  # fmt: skip
        presents = [
            Present(entry.file.path, entry.note.id, entry.words, is_open=index in open_entries)
            for index, entry in enumerate(entries)
        ]
        for old, new in recognise(formers, presents):
            self._claim(new, entries[new], known[old])

    def _may_be_edited(self, known: Remembered) -> bool:
        return not known.builtin and (known.path in self.paths or self._has_left(known))

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
        if twin and not (entry.file.package and note.id):
            self._drop(index, _kept_once(note, twin))
            return
        seen[entry.text] = note.place
        self.decided[index] = None


def _kept_once(note: Note, twin: Place) -> Problem:
    message = f"the same card stands at {twin.path}:{twin.line}; kept once"
    return Problem(note.place, message, "", Severity.NOTE)


def reconcile(
    remembered: Sequence[Remembered],
    files: Sequence[Incoming],
    still_there: Callable[[str], bool],
    recall: Recall,
    edited: bytes = b"",
    *,
    relink: bool = True,
) -> Changes:
    """What importing `files` means for a collection that remembers `remembered`.

    `still_there(path)` tells whether a file that is not among `files` exists; `edited` is the note
    whose words were just edited in its file, if one was. Matching is one to one. A file
    that holds no note and is not gone, or that could not be read whole, orphans nothing. Without
    `relink` only ids and exact texts are recognised.
    """
    entries = [_Entry(note, file, text_hash(note)) for file in files for note in file.notes]
    matcher = _Matcher(remembered, files, still_there, recall, edited)
    matcher.run(entries, relink=relink)
    matches = tuple(
        Match(
            entry.note, entry.file.path, matcher.decided[index], entry.text, index in matcher.kept
        )
        for index, entry in enumerate(entries)
        if index in matcher.decided
    )
    orphaned = _orphaned(remembered, files, matcher.claimed)
    return Changes(matches, orphaned, tuple(matcher.problems))


def _orphaned(
    remembered: Iterable[Remembered], files: Sequence[Incoming], claimed: Container[int]
) -> tuple[Remembered, ...]:
    emptied = {file.path for file in files if (file.notes or file.gone) and file.whole}
    package = any(file.builtin for file in files)  # which always comes as a whole
    return tuple(
        known
        for known in remembered
        if (known.path in emptied or (package and known.builtin))
        and known.id not in claimed
        and not known.orphan
    )
