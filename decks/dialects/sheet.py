"""The account of one file in another dialect: what became of each line, and which notes came of it.

Every line is prose until it is claimed. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decks import cloze, frontmatter
from decks.dialects.base import DeckText
from decks.drafts import MAX_CARD_BYTES
from decks.frontmatter import FrontMatter, clean_deck
from decks.history import Past
from decks.lines import split
from decks.model import (
    CARD,
    PROSE,
    SKIPPED,
    Exported,
    Note,
    NoteKind,
    Parsed,
    Place,
    Problem,
    Severity,
    Variant,
)

_NOT_TEXT = re.compile(r"[\0\ud800-\udfff]")
_NO_FRONT = FrontMatter()


class Said(NamedTuple):
    """What one note says, as its dialect read it."""

    kind: NoteKind
    front: str
    back: str = ""  # empty for CLOZE
    id: str = ""  # see `scoped`
    deck: str = ""  # where the text names one for this note; else the file's
    tags: tuple[str, ...] = ()  # besides those of the file
    why: str = ""
    sources: tuple[str, ...] = ()
    pasts: tuple[Past | None, ...] = ()  # of its cards, in the order of `decks.cards.card_keys`
    flip: str = ""
    variants: tuple[Variant, ...] = ()
    concept: str = ""
    type: str = ""
    exported: Exported | None = None


class Sheet:
    """One file while it is read. Lines are counted from 0 here; what people see counts from 1."""

    def __init__(self, source: DeckText) -> None:
        self.source = source
        self.lines = split(source.text)
        self.deck = clean_deck(source.deck)
        self.tags: tuple[str, ...] = ()
        self.sources: tuple[str, ...] = ()
        self.as_of = ""
        self._fates = [PROSE] * len(self.lines)
        self._problems: list[Problem] = []
        self._notes: list[Note] = []
        self._ids: dict[str, int] = {}
        self._texts: dict[tuple[str, str, str], int] = {}

    def take_front_matter(self) -> FrontMatter:
        """Read what stands above the deck as our own front matter, and go by it.

        Keys that are not ours are passed by without a word: they are the other program's.
        """
        front = frontmatter.read(self.lines, self.source.path)
        self.deck = front.deck or self.deck
        self.tags, self.sources, self.as_of = front.tags, front.sources, front.as_of
        return front

    def card(self, said: Said, lines: Iterable[int]) -> bool:
        """Keep a note that these lines make; False, with a word about it, if it cannot be one."""
        held = sorted(set(lines))
        first = held[0] if held else 0
        said = said._replace(front=said.front.strip(), back=said.back.strip())
        if wrong := self._fault(said):
            self.skip(held, *wrong)
            return False
        if self.source.inspect:
            self._look_through(said, first)
        self._mark(held, CARD)
        text = (str(said.kind), said.front, said.back)
        if text in self._texts:
            message = f"the same card as on line {self._texts[text]}: one was kept"
            self.remark(first, message, "remove one")
            return False
        self._texts[text] = first + 1
        note_id = said.id
        if note_id and note_id in self._ids:
            message = f"id {note_id} again: it belongs to the card on line {self._ids[note_id]}"
            self.remark(first, message, "this card is known by its text instead")
            note_id = ""
        elif note_id:
            self._ids[note_id] = first + 1
        self._notes.append(self._note(said._replace(id=note_id), first))
        return True

    def skip(self, lines: Iterable[int], message: str, hint: str = "") -> None:
        """Report lines that were meant to be a card and cannot be one."""
        held = sorted(set(lines))
        self._mark(held, SKIPPED)
        place = Place(self.source.path, held[0] + 1 if held else 1)
        self._problems.append(Problem(place, message, hint))

    def remark(self, line: int, message: str, hint: str = "") -> None:
        """A word about a line with which nothing was lost."""
        place = Place(self.source.path, line + 1)
        self._problems.append(Problem(place, message, hint, Severity.NOTE))

    def finish(self) -> Parsed:
        """All that was read."""
        self._problems.sort(key=lambda problem: problem.place.line)
        return Parsed(tuple(self._notes), tuple(self._problems), "".join(self._fates))

    def _note(self, said: Said, first: int) -> Note:
        return Note(
            kind=said.kind, front=said.front, back=said.back,
            deck=clean_deck(said.deck) or self.deck,
            place=Place(self.source.path, first + 1), id=said.id, why=said.why,
            tags=tuple(dict.fromkeys((*self.tags, *said.tags))),
            sources=tuple(dict.fromkeys((*self.sources, *said.sources))),
            as_of=self.as_of, pasts=said.pasts if any(said.pasts) else (),
            flip=said.flip, variants=said.variants, concept=said.concept, type=said.type,
            exported=said.exported,
        )  # fmt: skip

    @staticmethod
    def _fault(said: Said) -> tuple[str, str] | None:
        """What keeps it from being a card, and what to do about it."""
        whole = f"{said.front}{said.back}{said.why}"
        if not said.front:
            return "empty question", "write the question"
        if _NOT_TEXT.search(whole):
            return "a character that is not text", "remove it"
        if len(whole.encode()) > MAX_CARD_BYTES:
            return "a card of more than 1 MiB", "split it into smaller cards"
        if said.kind is not NoteKind.CLOZE:
            return None if said.back else ("empty answer", "write the answer")
        if wrong := cloze.fault(said.front):
            return wrong[1], "mend the gap"
        return None if cloze.find_gaps(said.front) else ("cloze card without a gap", "mark one")

    def _look_through(self, said: Said, first: int) -> None:
        """A word about pictures that will not be shown; with vaults it is no fault of the card."""
        for text in (said.front, said.back, said.why):
            if text and self.source.inspect:
                for one in self.source.inspect(text):
                    self.remark(first, one.message, one.hint)

    def _mark(self, lines: Sequence[int], fate: str) -> None:
        for line in lines:
            self._fates[line] = fate


def scoped(source: DeckText, written: str) -> str:
    """An id for a note whose program promises ids that differ within one file only.

    Ids must differ over all that a learner ever imports; those of Anki do, `id: 1` does not.
    """
    stem = source.name.rpartition("/")[2].rpartition(".")[0] or source.name
    return f"{stem}/{written}"
