"""Which edited note is which: evidence from question, answer and place, weighed. Pure.

A likeness says something only if it is more than that of notes known to be different: of two notes
that stood side by side and are four fifths alike, four fifths tell nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from decks import cloze
from srs.identity import Words, normal
from srs.terms import Lexicon, Likeness, terms

_RAREST = 12  # terms of a text by which its like are looked for
_CANDIDATES = 12
_MOST_WORDINGS = 5  # of a note: the present one and the latest before it


class Former(NamedTuple):
    """A note as the collection remembers it."""

    path: str
    line: int
    id: str  # as written by its author
    said: Sequence[Words]  # the present wording first
    successor: int | None  # the place, in the notes there are now, of the one it is known to be
    is_open: bool  # whether it may be one of those that are not yet known
    is_orphan: bool


class Present(NamedTuple):
    """A note as its file has it now."""

    path: str
    id: str
    words: Words
    is_open: bool


class Sides(NamedTuple):
    """The terms of a note's question and of its answer; of a cloze the answer is its gaps."""

    question: frozenset[str]
    answer: frozenset[str]

    @property
    def whole(self) -> frozenset[str]:
        return self.question | self.answer


class Evidence(NamedTuple):
    """What speaks for two notes being one: likenesses, each beside that of the nearest stranger."""

    question: Likeness
    question_beside: float
    answer: Likeness
    answer_beside: float
    whole: Likeness
    whole_beside: float
    question_worth: float  # of the side that says less
    answer_worth: float
    same_slot: float  # 1: alone in the same gap between notes that are known; n of them: 1/n
    same_file: bool
    same_words: bool  # an earlier wording to the letter


def recognise(old: Sequence[Former], new: Sequence[Present]) -> list[tuple[int, int]]:
    """Pairs of places of open notes that are the same note, the surest first."""
    weighing = Weighing(old, new)
    found = sorted(
        ((weighing.score(a, b), a, b) for b in weighing.open_new for a in weighing.candidates(b)),
        key=lambda each: (-each[0], each[1:]),
    )
    pairs, taken_old, taken_new = [], set(), set()
    for score, a, b in found:
        if score < THRESHOLD:
            break
        if a not in taken_old and b not in taken_new:
            pairs.append((a, b))
            taken_old.add(a)
            taken_new.add(b)
    return pairs


def sides(words: Words) -> Sides:
    """The terms of a note, by side."""
    if words.kind != "cloze":
        return Sides(terms(words.front), terms(words.back))
    answer = " ".join(gap.text for gap in cloze.find_gaps(words.front))
    return Sides(terms(cloze.plain(words.front)), terms(answer))


class Weighing:
    """Weighs pairs of an old note and a new one."""

    def __init__(self, old: Sequence[Former], new: Sequence[Present]) -> None:
        self.old, self.new = old, new
        self.open_new = [at for at, note in enumerate(new) if note.is_open]
        old_sides = [sides(note.said[0]) for note in old]
        new_sides = [sides(note.words) for note in new]
        self.lexicon = Lexicon(*([s.whole for s in group] for group in (old_sides, new_sides)))
        self.old_field = _Field(old_sides, self.lexicon)
        self.new_field = _Field(new_sides, self.lexicon)
        self.slots = _Slots(old, new)
        self.earlier: dict[str, list[int]] = defaultdict(list)
        for at, note in enumerate(old):
            for words in note.said[:_MOST_WORDINGS] if note.is_open else ():
                self.earlier[_letters(words)].append(at)

    def candidates(self, at: int) -> list[int]:
        """Places of open old notes that the new note at this place may be."""
        here, note = self.new[at], self.new_field.notes[at]
        near = self.old_field.asking(note.question) + self.old_field.answering(note.answer)
        near += self.earlier.get(_letters(here.words), ())
        return [one for one in dict.fromkeys(near) if self._may_be(self.old[one], here)]

    @staticmethod
    def _may_be(old: Former, new: Present) -> bool:
        ids_differ = bool(old.id and new.id)  # equal ones are known already
        kinds_differ = (old.said[0].kind == "cloze") != (new.words.kind == "cloze")
        return old.is_open and not ids_differ and not kinds_differ

    def score(self, old: int, new: int) -> float:
        """How sure it is that the two are one note; at least `THRESHOLD` if it is sure enough."""
        return weigh(self.evidence(old, new))

    def evidence(self, old: int, new: int) -> Evidence:
        """All that speaks for and against."""
        one, two = self.old_field.notes[old], self.new_field.notes[new]
        like, worth = self.lexicon.likeness, self.lexicon.worth
        before, now = self.old_field.beside(old), self.new_field.beside(new)
        beside = [max(pair) for pair in zip(before, now, strict=True)]
        return Evidence(
            like(one.question, two.question), beside[0],
            like(one.answer, two.answer), beside[1],
            like(one.whole, two.whole), beside[2],
            min(worth(one.question), worth(two.question)),
            min(worth(one.answer), worth(two.answer)),
            self.slots.share(old, new),
            self.old[old].path == self.new[new].path,
            old in self.earlier.get(_letters(self.new[new].words), ()),
        )  # fmt: skip


def _letters(words: Words) -> str:
    return "\x1f".join(map(normal, words))


class _Field:
    """Notes that stood, or stand, beside one another."""

    def __init__(self, notes: Sequence[Sides], lexicon: Lexicon) -> None:
        self.notes = notes
        self.lexicon = lexicon
        self._asking: dict[str, list[int]] = defaultdict(list)
        self._answering: dict[str, list[int]] = defaultdict(list)
        self._beside: dict[int, tuple[float, float, float]] = {}
        for at, note in enumerate(notes):
            for term in note.question:
                self._asking[term].append(at)
            for term in note.answer:
                self._answering[term].append(at)

    def asking(self, question: frozenset[str]) -> list[int]:
        """Notes that ask about the same, the most promising first."""
        return self._nearest(self._asking, question)

    def answering(self, answer: frozenset[str]) -> list[int]:
        """Notes that answer the same."""
        return self._nearest(self._answering, answer)

    def _nearest(self, postings: Mapping[str, list[int]], text: frozenset[str]) -> list[int]:
        weigh = self.lexicon.weight
        rarest = sorted(text, key=lambda term: (-weigh(term), term))[:_RAREST]
        shared: dict[int, float] = defaultdict(float)
        for term in rarest:
            for at in postings.get(term, ()):
                shared[at] += weigh(term)
        return sorted(shared, key=lambda at: (-shared[at], at))[:_CANDIDATES]

    def beside(self, at: int) -> tuple[float, float, float]:
        """How alike the nearest other note is: in question, in answer, in all."""
        if at not in self._beside:
            note = self.notes[at]
            asking = self._others(at, self.asking(note.question))
            answering = self._others(at, self.answering(note.answer))
            self._beside[at] = (
                self._most(note.question, (x.question for x in asking)),
                self._most(note.answer, (x.answer for x in answering)),
                self._most(note.whole, (x.whole for x in (*asking, *answering))),
            )
        return self._beside[at]

    def _others(self, at: int, places: Iterable[int]) -> list[Sides]:
        return [self.notes[place] for place in places if place != at]

    def _most(self, text: frozenset[str], others: Iterable[frozenset[str]]) -> float:
        likeness = self.lexicon.likeness
        return max((likeness(text, other).share for other in others), default=0.0)


class _Slots:
    """Where in its file a note that is not yet known stands: between which that are."""

    def __init__(self, old: Sequence[Former], new: Sequence[Present]) -> None:
        files: dict[str, list[tuple[int, int, int | None]]] = defaultdict(list)
        for at, note in enumerate(old):
            if not note.is_orphan:
                files[note.path].append((note.line, at, note.successor))
        known = {note.successor for note in old if note.successor is not None}
        here: dict[str, list[tuple[int, int, int | None]]] = defaultdict(list)
        for at, present in enumerate(new):
            here[present.path].append((at, at, at if at in known else None))
        self.old, self.new = _between(files), _between(here)
        self.crowd = Counter(self.old.values()), Counter(self.new.values())

    def share(self, old: int, new: int) -> float:
        """1 if both are the only ones in the same slot, 1/n if there are n; 0 elsewhere."""
        slot = self.old.get(old)
        if slot is None or slot != self.new.get(new):
            return 0.0
        return 1 / max(crowd[slot] for crowd in self.crowd)


_Slot = tuple[int | None, int | None, str]


def _between(files: Mapping[str, list[tuple[int, int, int | None]]]) -> dict[int, _Slot]:
    """Of each note without a successor the successors before and after it; the file at its ends."""
    slots: dict[int, _Slot] = {}
    for path, notes in files.items():
        before, waiting = None, list[int]()
        for _, at, successor in (*sorted(notes), (0, -1, -1)):
            if successor is None:
                waiting.append(at)
                continue
            after = None if at < 0 else successor
            named = path if before is None or after is None else ""
            slots |= dict.fromkeys(waiting, (before, after, named))
            before, waiting = successor, []
    return slots


THRESHOLD = 0.55


def weigh(found: Evidence) -> float:
    """Evidence to one number."""
    if found.same_words:
        return 2.0
    question = _surplus(found.question.share, found.question_beside)
    answer = _surplus(found.answer.share, found.answer_beside)
    total = max(question, 0.0) * min(1.0, found.question.told / 1.2)
    total += max(answer, 0.0) * min(1.0, found.answer.told / 2.0)
    if question <= 0.05 and found.question_worth >= 0.8:
        total -= 0.35
    if answer <= 0.05 and found.answer_worth >= 0.8:
        total -= 0.25
    return total


def _surplus(share: float, beside: float) -> float:
    """What a likeness tells beyond that of the nearest stranger."""
    return 0.0 if beside >= 1 else max(-1.0, (share - beside) / (1 - beside))
