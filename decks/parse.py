"""Text of a deck file → notes, problems, and an account of every line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from decks import drafts, frontmatter
from decks.drafts import Draft, Fields
from decks.lines import Flaw, Kind, Line, classify, split
from decks.model import LineCounts, Note, NoteKind, Parsed, Place, Problem, Severity


def parse(text: str, path: str, default_deck: str) -> Parsed:
    """Return the notes of a deck file with a problem for whatever could not be one.

    Takes any text and never raises. Each line is counted once, as card, prose or skipped.
    """
    lines = split(text)
    front = frontmatter.read(lines, path)
    reader = _Reader(path, len(lines), front)
    for line in classify(lines, front.length):
        reader.take(line)
    return reader.finish(frontmatter.clean_deck(default_deck))


class _State(Enum):
    PROSE = auto()
    QUESTION = auto()
    ANSWER = auto()
    CLOZE = auto()
    SKIP = auto()  # the rest of a card that cannot be read
    STRAY = auto()  # something like a card, up to the next blank line


class _Fate(Enum):
    PROSE = auto()
    CARD = auto()
    SKIPPED = auto()


_SLUG = re.compile(r"(?=[0-9-]*[a-z])([a-z0-9-]+)(?:\s*\{([^{}]*)\})?")
_TYPE = re.compile(r"(?:^|\s)type=[\"']?([\w-]+)")
_IN_CARD = (_State.QUESTION, _State.ANSWER, _State.CLOZE)


@dataclass(slots=True)
class _Heading:
    """A `###` heading that may be the id of the one card below it."""

    slug: str
    type: str
    cards: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """A good card and what stood above it."""

    fields: Fields
    held: list[int]
    concept: str
    sources: tuple[str, ...]
    heading: _Heading | None

    @property
    def is_named(self) -> bool:
        return self.heading is not None and self.heading.cards == 1


class _Reader:
    """The state of one pass over one file."""

    def __init__(self, path: str, length: int, front: frontmatter.FrontMatter) -> None:
        self.path = path
        self.front = front
        self.state = _State.PROSE
        self.draft: Draft | None = None
        self.entries: list[_Entry] = []
        self.problems = list(front.problems)
        self.fates = [_Fate.PROSE] * length
        self.concept = ""
        self.sources: tuple[str, ...] = ()
        self.concept_has_cards = False
        self.heading: _Heading | None = None

    def take(self, line: Line) -> None:
        """Go on by one line."""
        match self.state, line.kind:
            case (_State.PROSE, Kind.BLANK) | (_, Kind.COMMENT):
                pass
            case _, Kind.QUESTION | Kind.CLOZE:
                self._close()
                self._begin(line)
            case _, Kind.HEADING:
                self._close()
                self._head(line)
            case (_, Kind.RULE) | (_State.STRAY, Kind.BLANK):
                self._close()
            case _State.PROSE, Kind.ANSWER:
                self._stray(line, "answer without a question", "put a Q: line above it")
            case _State.PROSE, Kind.NEAR_MISS:
                self._stray(line, f"looks like {line.name}: but starts no card", _near_hint(line))
            case _State.PROSE, Kind.SOURCES:
                self._cite(line)
            case _State.PROSE, Kind.TEXT:
                self._one_liner(line)
            case _State.QUESTION, Kind.ANSWER:
                self._part("A", line, _State.ANSWER)
            case _State.ANSWER, Kind.ANSWER:
                self._close()
                self._stray(line, "second A: after one Q:", "put a Q: line above it")
            case _State.CLOZE, Kind.ANSWER:
                self._close()
                self._stray(line, "A: after a cloze card", "a C: card is answered by its gaps")
            case ((_State.QUESTION | _State.ANSWER | _State.CLOZE), Kind.RESERVED):
                hint = f"{line.name}: belongs to them; elsewhere indent it by a space"
                self._fail(line, "this version does not read estimate cards", hint)
            case ((_State.ANSWER | _State.CLOZE), Kind.FIELD):
                self._part(line.name, line, self.state)
            case _:
                self._go_on(line)
        if line.flaw:
            self._blame(line, line.flaw)

    def finish(self, default_deck: str) -> Parsed:
        """Return all that was read, after giving out ids and setting doubles aside."""
        self._close()
        deck = self.front.deck or default_deck
        notes = tuple(self._note(entry, deck) for entry in self._settled())
        for at in self.front.skipped:
            self.fates[at] = _Fate.SKIPPED
        self.problems.sort(key=lambda problem: problem.place.line)
        counts = LineCounts(
            self.fates.count(_Fate.CARD),
            self.fates.count(_Fate.PROSE),
            self.fates.count(_Fate.SKIPPED),
        )
        return Parsed(notes, tuple(self.problems), counts)

    # Cards

    def _begin(self, line: Line) -> None:
        cloze = line.kind is Kind.CLOZE
        self._count_card()
        self.draft = Draft(NoteKind.CLOZE if cloze else NoteKind.BASIC)
        self._part("C" if cloze else "Q", line, _State.CLOZE if cloze else _State.QUESTION)

    def _part(self, name: str, line: Line, state: _State) -> None:
        assert self.draft is not None
        self.draft.open(name, line)
        self.state = state

    def _go_on(self, line: Line) -> None:
        if self.draft is None:
            return
        answered = self.state in (_State.ANSWER, _State.CLOZE)
        if answered and self.draft.lines[-1].kind is Kind.BLANK:
            if line.kind is Kind.TEXT and drafts.stands_alone(line):
                # A card of one line below another card is far likelier than ` :: ` in its answer.
                self._close()
                self._one_liner(line)
                return
            if line.kind is Kind.NEAR_MISS:
                message = f"looks like {line.name}: inside a card"
                self._note_problem(line.number, message, _near_hint(line))
        self.draft.add(line)

    def _stray(self, line: Line, message: str, hint: str) -> None:
        self.draft = Draft(NoteKind.BASIC)
        self._part("", line, _State.STRAY)
        self.draft.fault = (line.number, message, hint)

    def _fail(self, line: Line, message: str, hint: str) -> None:
        assert self.draft is not None
        self.draft.add(line)
        self._condemn(line.number, message, hint)

    def _condemn(self, number: int, message: str, hint: str) -> None:
        assert self.draft is not None
        self.draft.fault = self.draft.fault or (number, message, hint)
        self.state = _State.SKIP if self.state in _IN_CARD else self.state

    def _blame(self, line: Line, flaw: Flaw) -> None:
        if flaw is Flaw.OPEN_COMMENT:
            self._note_problem(line.number, flaw.value, "close it with -->")
        elif self.draft and self.draft.lines[-1] is line:
            hint = "close it with the same marks" if flaw is Flaw.OPEN_FENCE else "remove it"
            self._condemn(line.number, flaw.value, hint)
        elif flaw is Flaw.OPEN_FENCE:
            self._note_problem(line.number, flaw.value, "close it with the same marks")
        else:
            self._error(line.number, flaw.value, "remove it", [line.number])

    def _one_liner(self, line: Line) -> None:
        self.draft = None if line.flaw is Flaw.NOT_TEXT else drafts.one_liner(line)
        if self.draft:
            self._count_card()
            self._close()

    def _close(self) -> None:
        draft, self.draft, self.state = self.draft, None, _State.PROSE
        if draft is None:
            return
        held = draft.held()
        fields = drafts.read(draft, self.path)
        if isinstance(fields, Problem):
            self.problems.append(fields)
            self._mark(held, _Fate.SKIPPED)
            return
        self._mark(held, _Fate.CARD)
        entry = _Entry(fields, held, self.concept, self.sources, self.heading)
        self.entries.append(entry)

    # What stands between cards

    def _head(self, line: Line) -> None:
        slug = _SLUG.fullmatch(line.text)
        level = len(line.name)
        if level <= 2:
            self.concept = slug[1] if slug and level == 2 else ""
            self.sources, self.concept_has_cards = (), False
        if level <= 3:
            self.heading = _heading(slug) if slug and level == 3 else None

    def _cite(self, line: Line) -> None:
        if self.concept and not self.concept_has_cards:
            self.sources += tuple(key.strip() for key in line.text.split(",") if key.strip())

    def _count_card(self) -> None:
        self.concept_has_cards = True
        if self.heading:
            self.heading.cards += 1

    # The end of the file

    def _settled(self) -> list[_Entry]:
        """The entries left when conflicts of ids and doubles are reported."""
        kept: list[_Entry] = []
        ids: dict[str, int] = {}
        texts: dict[tuple[str, str, str], int] = {}
        for entry in self.entries:
            fields, number = entry.fields, entry.held[0]
            names = {name for name in (_heading_id(entry), fields.id) if name}
            text = (fields.kind.value, fields.front, fields.back)
            if len(names) > 1:
                message = f"two ids for one card: {_heading_id(entry)} and {fields.id}"
                self._error(number, message, "keep one", entry.held)
            elif taken := next((ids[name] for name in names if name in ids), 0):
                message = f"id {names.pop()} again: it belongs to the card on line {taken}"
                self._error(number, message, "give this card an id of its own", entry.held)
            elif text in texts:
                message = f"the same card as on line {texts[text]}: one was kept"
                self._note_problem(number, message, "remove one")
            else:
                ids.update(dict.fromkeys(names, number))
                texts[text] = number
                kept.append(entry)
        return kept

    def _note(self, entry: _Entry, deck: str) -> Note:
        fields = entry.fields
        return Note(
            kind=fields.kind,
            front=fields.front,
            back=fields.back,
            deck=deck,
            place=Place(self.path, entry.held[0]),
            id=_heading_id(entry) or fields.id,
            concept=entry.concept,
            type=entry.heading.type if entry.heading and entry.is_named else "",
            why=fields.why,
            flip=fields.flip,
            variants=fields.variants,
            tags=self.front.tags,
            sources=tuple(dict.fromkeys(self.front.sources + entry.sources)),
            as_of=self.front.as_of,
        )

    def _error(self, number: int, message: str, hint: str, held: list[int]) -> None:
        self.problems.append(Problem(Place(self.path, number), message, hint))
        self._mark(held, _Fate.SKIPPED)

    def _note_problem(self, number: int, message: str, hint: str) -> None:
        self.problems.append(Problem(Place(self.path, number), message, hint, Severity.NOTE))

    def _mark(self, numbers: list[int], fate: _Fate) -> None:
        for number in numbers:
            self.fates[number - 1] = fate


def _heading(slug: re.Match[str]) -> _Heading:
    kind = _TYPE.search(slug[2] or "")
    return _Heading(slug[1], kind[1] if kind else "")


def _heading_id(entry: _Entry) -> str:
    return entry.heading.slug if entry.heading and entry.is_named else ""


def _near_hint(line: Line) -> str:
    return f"write {line.name}: in capitals, in the first column, without markup"
