"""Which edited note is which: evidence from question, answer and place. Pure.

A likeness says something only if it is more than that of notes known to be different: of two notes
that stood side by side and are four fifths alike, four fifths tell nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from decks import cloze
from srs.identity import Words, normal
from srs.terms import Lexicon, Text, is_negated, read
from srs.weighing import SURE, Evidence, weigh

_RAREST = 12  # terms of a text by which its like are looked for
_CANDIDATES = 12
_ASKS = ("?", "？", "؟", ":")
_MOST_ROUNDS = 8  # what is found in a round is rarely more than a hint for one further


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

    question: Text
    answer: Text
    whole: Text


def recognise(old: Sequence[Former], new: Sequence[Present]) -> list[tuple[int, int]]:
    """Pairs of places of open notes that are the same note, the surest first.

    What is recognised tells where the others stand, so it is done again while something is found.
    """
    weighing = Weighing(old, new)
    pairs: list[tuple[int, int]] = []
    for _ in range(_MOST_ROUNDS):
        found = weighing.surest()
        if not found:
            break
        pairs += found
        weighing.settle(found)
    return pairs


def sides(words: Words) -> Sides:
    """The terms of a note, by side."""
    asked, answered = words.front, words.back
    whole = f"{asked}\n{answered}"
    if words.kind == "cloze":
        gaps, whole = cloze.find_gaps(asked), cloze.plain(asked)
        answered = "\n".join(gap.text for gap in gaps)
        asked = "\n".join(
            asked[before:after]
            for before, after in zip(
                [0, *(gap.end for gap in gaps)],
                [*(gap.start for gap in gaps), len(asked)],
                strict=True,
            )
        )
    return Sides(read(asked), read(answered), read(whole))


class Weighing:
    """Weighs pairs of an old note and a new one."""

    def __init__(self, old: Sequence[Former], new: Sequence[Present]) -> None:
        self.old, self.new = old, new
        self._known: dict[tuple[int, int], Evidence] = {}
        self.open_new = [at for at, note in enumerate(new) if note.is_open]
        self.open_old = {at for at, note in enumerate(old) if note.is_open}
        self.successors = {
            at: note.successor for at, note in enumerate(old) if note.successor is not None
        }
        old_sides = [sides(note.said[0]) for note in old]
        new_sides = [sides(note.words) for note in new]
        self.lexicon = Lexicon(
            *([s.whole.terms for s in group] for group in (old_sides, new_sides))
        )
        self.old_field = _Field(old_sides, self.lexicon)
        self.new_field = _Field(new_sides, self.lexicon)
        self._answered_before = {side.answer.terms for side in old_sides}
        self._answered_now = {side.answer.terms for side in new_sides}
        self.slots = _Slots(old, new, self.successors)
        self.earlier: dict[str, list[int]] = defaultdict(list)
        for at, note in enumerate(old):
            for words in note.said if note.is_open else ():
                self.earlier[_letters(words)].append(at)

    def surest(self) -> list[tuple[int, int]]:
        """Pairs that are sure enough, one to one, as far as is known yet."""
        found = []
        for b in self.open_new:
            for a in self.candidates(b):
                evidence = self.evidence(a, b)
                if (score := weigh(evidence)) >= SURE:
                    found.append((-score, evidence.question.lead, a, b))
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for _, _, a, b in sorted(found):
            if a not in pairs and b not in taken:
                pairs[a] = b
                taken.add(b)
        return list(pairs.items())

    def settle(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Take these for decided."""
        self.successors |= dict(pairs)
        self.open_old -= {a for a, _ in pairs}
        taken = {b for _, b in pairs}
        self.open_new = [at for at in self.open_new if at not in taken]
        self.slots = _Slots(self.old, self.new, self.successors)

    def candidates(self, at: int) -> list[int]:
        """Places of open old notes that the new note at this place may be."""
        here, note = self.new[at], self.new_field.notes[at]
        near = self.old_field.asking(note.question) + self.old_field.answering(note.answer)
        said = self.earlier.get(_letters(here.words), ())
        return [
            one
            for one in dict.fromkeys((*near, *said))
            if one in self.open_old and (one in said or self._may_be(self.old[one], here))
        ]

    @staticmethod
    def _may_be(old: Former, new: Present) -> bool:
        ids_differ = bool(old.id and new.id)  # equal ones are known already
        kinds_differ = (old.said[0].kind == "cloze") != (new.words.kind == "cloze")
        return not ids_differ and not kinds_differ

    def evidence(self, old: int, new: int) -> Evidence:
        """All that speaks for and against; of it only the place may change."""
        if (old, new) not in self._known:
            self._known[old, new] = self._found(old, new)
        return self._known[old, new]._replace(same_slot=self.slots.share(old, new))

    def _exchanged(self, before: frozenset[str], now: frozenset[str]) -> bool:
        return now in self._answered_before and before in self._answered_now

    def _found(self, old: int, new: int) -> Evidence:
        one, two = self.old_field.notes[old], self.new_field.notes[new]
        like, worth = self.lexicon.likeness, self.lexicon.worth
        before, now = self.old_field.beside(old), self.new_field.beside(new)
        beside = [max(pair) for pair in zip(before, now, strict=True)]
        return Evidence(
            like(one.question, two.question), beside[0],
            like(one.answer, two.answer), beside[1],
            like(one.whole, two.whole), beside[2],
            min(worth(one.question.terms), worth(two.question.terms)),
            min(worth(one.answer.terms), worth(two.answer.terms)),
            0.0,
            self.old[old].path == self.new[new].path,
            old in self.earlier.get(_letters(self.new[new].words), ()),
            is_negated(one.question.terms) != is_negated(two.question.terms),
            self._exchanged(one.answer.terms, two.answer.terms),
            self.new[new].words.kind == "cloze",
            len(two.question.order) < 3 and self.new[new].words.front.endswith(_ASKS),
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
            for term in note.question.terms:
                self._asking[term].append(at)
            for term in note.answer.terms:
                self._answering[term].append(at)

    def asking(self, question: Text) -> list[int]:
        """Notes that ask about the same, the most promising first."""
        return self._nearest(self._asking, question)

    def answering(self, answer: Text) -> list[int]:
        """Notes that answer the same."""
        return self._nearest(self._answering, answer)

    def _nearest(self, postings: Mapping[str, list[int]], text: Text) -> list[int]:
        weigh = self.lexicon.weight
        rarest = sorted(text.terms, key=lambda term: (-weigh(term), term))[:_RAREST]
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
                self._most(note.question.terms, (x.question.terms for x in asking)),
                self._most(note.answer.terms, (x.answer.terms for x in answering)),
                self._most(note.whole.terms, (x.whole.terms for x in (*asking, *answering))),
            )
        return self._beside[at]

    def _others(self, at: int, places: Iterable[int]) -> list[Sides]:
        return [self.notes[place] for place in places if place != at]

    def _most(self, text: frozenset[str], others: Iterable[frozenset[str]]) -> float:
        share = self.lexicon.share
        return max((share(text, other) for other in others), default=0.0)


class _Slots:
    """Where in its file a note that is not yet known stands: between which that are."""

    def __init__(
        self, old: Sequence[Former], new: Sequence[Present], successors: Mapping[int, int]
    ) -> None:
        files: dict[str, list[tuple[int, int, int | None]]] = defaultdict(list)
        for at, note in enumerate(old):
            if not note.is_orphan:
                files[note.path].append((note.line, at, successors.get(at)))
        known = set(successors.values())
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
