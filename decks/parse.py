"""Text of a deck file → notes, problems, and an account of every line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import NamedTuple

from decks import drafts, frontmatter, near_estimates
from decks.drafts import Draft, Fields, Inspect
from decks.lines import NEXT_FILE, Flaw, Kind, Line, Part, classify, parts, split
from decks.model import (
    CARD,
    PROSE,
    SKIPPED,
    Explanation,
    Head,
    Heading,
    Note,
    NoteKind,
    Parsed,
    Place,
    Problem,
    Severity,
)


def parse(text: str, path: str, default_deck: str, inspect: Inspect | None = None) -> Parsed:
    """Return the notes of a file with a problem for whatever could not be one.

    It is a deck file, or several: see `decks.lines.parts`; no id and no text may come twice in all
    of it. Takes any text and never raises. Each line is counted once, as card, prose or skipped.
    Given `inspect`, each card's texts are shown to it; an ERROR that it finds costs the card.
    """
    lines = split(text)
    account = _Account(path, [PROSE] * len(lines))
    deck = frontmatter.clean_deck(default_deck)
    for part in parts(lines) if NEXT_FILE in text else (Part(lines, 0),):
        front = frontmatter.read(part.lines, path, part.above)
        reader = _Reader(account, front, inspect)
        for line in classify(part.lines, front.length, part.above):
            reader.take(line)
        reader.finish(deck, part.above)
    account.problems.sort(key=lambda problem: problem.place.line)
    return Parsed(
        tuple(account.notes), tuple(account.problems), "".join(account.fates),
        tuple(account.heads), tuple(account.explanations), account.typed, tuple(account.nameless),
    )  # fmt: skip


class _State(StrEnum):
    PROSE = auto()
    QUESTION = auto()
    ANSWER = auto()
    CLOZE = auto()
    SKIP = auto()  # the rest of a card that cannot be read
    STRAY = auto()  # something like a card, up to the next blank line


_SLUG = re.compile(r"(?=[0-9-]*[a-z])([a-z0-9-]+)(?:\s*\{([^{}]*)\})?")
_TYPE = re.compile(r"(?:^|\s)type=[\"']?([\w-]+)")
_BRACED = re.compile(r"\{([^{}]*)\}\Z")
_NEARLY_TYPE = re.compile(r"(?:^|\s)type\s*[=:]")
_PROSE = _State.PROSE
_IN_CARD = (_State.QUESTION, _State.ANSWER, _State.CLOZE)
_MENDED = {
    Flaw.OPEN_FENCE: "close it with the same marks",
    Flaw.OPEN_COMMENT: "close it with -->",
    Flaw.NOT_TEXT: "remove it",
}


@dataclass(slots=True)
class _Heading:
    """A `###` heading that may be the id of the one card below it."""

    slug: str  # "" where it has a type alone
    type: str
    cards: int = 0


class _Entry(NamedTuple):
    """A good card and what stood above it."""

    fields: Fields
    held: list[int]
    concept: str
    sources: tuple[str, ...]
    heading: _Heading | None

    @property
    def heading_id(self) -> str:
        """The id that its heading gives it, if it is the only card there."""
        return self.heading.slug if self.heading and self.heading.cards == 1 else ""


@dataclass(slots=True)
class _Account:
    """What is known of a whole file."""

    path: str
    fates: list[str]
    notes: list[Note] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    explanations: list[Explanation] = field(default_factory=list)
    typed: bool = False
    nameless: list[Heading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)  # of good cards, with their line
    texts: dict[tuple[str, str, str], int] = field(default_factory=dict)


class _Reader:
    """The state of one pass over one deck file."""

    def __init__(
        self, account: _Account, front: frontmatter.FrontMatter, inspect: Inspect | None
    ) -> None:
        self.account = account
        self.path = account.path
        self.front = front
        self.inspect = inspect
        self.state = _State.PROSE
        self.draft: Draft | None = None
        self.entries: list[_Entry] = []
        self.problems, self.fates = account.problems, account.fates
        self.problems += front.problems
        self.concept = ""
        self.concept_line = 0
        self.sources: tuple[str, ...] = ()
        self.concept_has_cards = False
        self.explained: list[str] = []  # the prose below the concept's heading
        self.heading: _Heading | None = None

    def take(self, line: Line) -> None:
        """Go on by one line."""
        _MOVES[self.state][line.kind](self, line)
        if line.flaw:
            self._blame(line, line.flaw)

    def finish(self, default_deck: str, above: int) -> None:
        """Account for all that was read, after giving out ids and setting doubles aside."""
        self._close()
        self._explain()
        deck = self.front.deck or default_deck
        self.account.heads.append(
            Head(deck, Place(self.path, above + 1), self.front.about, self.front.complete)
        )
        self.account.notes += [self._note(entry, deck) for entry in self._settled()]
        self._mark((above + at + 1 for at in self.front.skipped), SKIPPED)

    # What a line does; which one is said at the end of this module

    def pass_by(self, line: Line) -> None:
        """Leave the line to prose."""
        if self.concept and not self.concept_has_cards and line.kind is not Kind.COMMENT:
            self.explained.append(line.raw)

    def add(self, line: Line) -> None:
        """Carry on with the card."""
        assert self.draft is not None
        self.draft.add(line)

    def end(self, line: Line) -> None:
        """End the card that is open, if one is."""
        self._close()

    def begin(self, line: Line) -> None:
        """Start a card with its question or its text of gaps."""
        self._close()
        self._count_card()
        cloze = line.kind is Kind.CLOZE
        self.state = _State.CLOZE if cloze else _State.QUESTION
        self.draft = Draft(NoteKind.CLOZE if cloze else NoteKind.BASIC, [[line]])

    def answer(self, line: Line) -> None:
        """Start the answer."""
        self.open_part(line)
        self.state = _State.ANSWER

    def open_part(self, line: Line) -> None:
        """Start the part of the card that the line names."""
        assert self.draft is not None
        self.draft.open(line)

    def one_liner(self, line: Line) -> None:
        """Read a card of one line, if the line is one."""
        self.draft = None if line.flaw else drafts.one_liner(line)
        if self.draft:
            self._count_card()
            self._close()
        else:
            self.pass_by(line)

    def go_on(self, line: Line) -> None:
        """Carry on, unless a card of one line stands below a blank line."""
        assert self.draft is not None
        if self.draft.last.kind is Kind.BLANK and not line.flaw and drafts.stands_alone(line):
            # Far likelier than ` :: ` in the answer of the card above.
            self._close()
            self.one_liner(line)
        else:
            self.draft.add(line)

    def near_miss_inside(self, line: Line) -> None:
        """Carry on, with a word about it if a blank line stands above."""
        assert self.draft is not None
        if self.draft.last.kind is Kind.BLANK:
            message = f"looks like {line.name}: inside a card"
            self._note_problem(line.number, message, _near_hint(line))
        self.draft.add(line)

    def near_miss(self, line: Line) -> None:
        """Report what was likely meant to be a card."""
        self._stray(line, f"looks like {line.name}: but starts no card", _near_hint(line))

    def lone_answer(self, line: Line) -> None:
        """Report an answer that nothing asked for."""
        self._stray(line, "answer without a question", "put a Q: line above it")

    def second_answer(self, line: Line) -> None:
        """End the card and report the answer that came too much."""
        self._close()
        self._stray(line, "second A: after one Q:", "put a Q: line above it")

    def answer_to_gaps(self, line: Line) -> None:
        """End the card and report the answer that came too much."""
        self._close()
        self._stray(line, "A: after a cloze card", "a C: card is answered by its gaps")

    def lost_numbers(self, line: Line) -> None:
        """Give up a card in which the numbers of an estimate stand where they cannot."""
        self.add(line)
        hint = "it stands below the A: of an estimate; elsewhere indent it by a space"
        self._condemn(line.number, f"{line.name}: without an answer above it", hint)

    # Cards

    def _stray(self, line: Line, message: str, hint: str) -> None:
        self.draft = Draft(NoteKind.BASIC, [[line]], (line.number, message, hint))
        self.state = _State.STRAY

    def _condemn(self, number: int, message: str, hint: str) -> None:
        assert self.draft is not None
        self.draft.fault = self.draft.fault or (number, message, hint)
        self.state = _State.SKIP if self.state in _IN_CARD else self.state

    def _blame(self, line: Line, flaw: Flaw) -> None:
        hint = _MENDED[flaw]
        if self.draft and self.draft.last is line:
            self._condemn(line.number, flaw.value, hint)
        elif flaw is Flaw.NOT_TEXT:
            self._error(line.number, flaw.value, hint, [line.number])
        else:
            self._note_problem(line.number, flaw.value, hint)

    def _close(self) -> None:
        draft, self.draft, self.state = self.draft, None, _PROSE
        if draft is None:
            return
        held = draft.end()
        fields = drafts.read(draft, self.path)
        if isinstance(fields, Problem):
            self.problems.append(fields)
            self._mark(held, SKIPPED)
        elif self.inspect and not self._passes(draft, self.inspect):
            self._mark(held, SKIPPED)
        else:
            if fields.estimate is None and fields.kind is NoteKind.BASIC:
                self._compare_with_estimates(draft, fields)
            self._keep(fields, held)

    def _compare_with_estimates(self, draft: Draft, fields: Fields) -> None:
        for found in near_estimates.remarks(draft.parts, fields.front, fields.back):
            self._note_problem(*found)

    def _passes(self, draft: Draft, inspect: Inspect) -> bool:
        found = list(drafts.inspected(draft, self.path, inspect))
        self.problems += found
        return all(problem.severity is Severity.NOTE for problem in found)

    def _keep(self, fields: Fields, held: list[int]) -> None:
        self._mark(held, CARD)
        self.entries.append(_Entry(fields, held, self.concept, self.sources, self.heading))

    # What stands between cards

    def head(self, line: Line) -> None:
        """End the card; take a concept or an id from the heading."""
        self._close()
        slug = _SLUG.fullmatch(line.text)
        braced = _BRACED.search(line.text) if "{" in line.text else None
        self.account.typed |= bool(braced and _NEARLY_TYPE.search(braced[1]))
        level = len(line.name)
        if level <= 2:
            self._explain()
            self.concept = slug[1] if slug and level == 2 else ""
            self.concept_line = line.number
            self.sources, self.concept_has_cards = (), False
        if level <= 3:
            self.heading = _heading(slug, braced) if level == 3 else None

    def cite(self, line: Line) -> None:
        """Take the sources of the concept."""
        if self.concept and not self.concept_has_cards and not line.flaw:
            self.sources += tuple(key.strip() for key in line.text.split(",") if key.strip())

    def _explain(self) -> None:
        """Keep what was said of the concept that ends here."""
        if self.concept:
            place, text = Place(self.path, self.concept_line), "\n".join(self.explained).strip()
            self.account.explanations.append(Explanation(self.concept, text, place))
        self.explained = []

    def _count_card(self) -> None:
        self.concept_has_cards = True
        if self.heading:
            self.heading.cards += 1

    # The end of the file

    def _settled(self) -> list[_Entry]:
        """The entries left when conflicts of ids and doubles are reported."""
        kept: list[_Entry] = []
        ids, texts = self.account.ids, self.account.texts
        for entry in self.entries:
            fields, number, named = entry.fields, entry.held[0], entry.heading_id
            name = named or fields.id
            text = (fields.kind, fields.front, fields.back)
            if named and fields.id not in ("", named):
                message = f"two ids for one card: {named} and {fields.id}"
                self._error(number, message, "keep one", entry.held)
            elif name in ids:
                message = f"id {name} again: it belongs to the card on line {ids[name]}"
                self._error(number, message, "give this card an id of its own", entry.held)
            elif text in texts:
                message = f"the same card as on line {texts[text]}: one was kept"
                self._note_problem(number, message, "remove one")
            else:
                if named and entry.heading and entry.heading.type == "estimate":
                    self._expect_numbers(entry)
                kept.append(entry)
                texts[text] = number
                if name:
                    ids[name] = number
        return kept

    def _expect_numbers(self, entry: _Entry) -> None:
        if entry.fields.estimate is None:
            hint = "write Params: and Answer: below A:, or call it estimate-fixed"
            self._note_problem(entry.held[0], "{type=estimate} without Params:", hint)

    def _note(self, entry: _Entry, deck: str) -> Note:
        fields, heading = entry.fields, entry.heading_id
        if entry.heading and not heading:
            self._note_nameless(entry, entry.heading)
        sources = self.front.sources
        if entry.sources:
            sources = tuple(dict.fromkeys(sources + entry.sources))
        return Note(  # in the order of its fields: naming them takes twice as long
            fields.kind,
            fields.front,
            fields.back,
            deck,
            Place(self.path, entry.held[0]),
            heading or fields.id,
            entry.concept,
            entry.heading.type if heading and entry.heading else "",
            fields.why,
            fields.flip,
            fields.variants,
            self.front.tags,
            sources,
            self.front.as_of,
            fields.estimate,
        )

    def _note_nameless(self, entry: _Entry, heading: _Heading) -> None:
        place = Place(self.path, entry.held[0])
        found = Heading(place, heading.slug, heading.type, heading.cards)
        self.account.nameless.append(found)

    def _error(self, number: int, message: str, hint: str, held: list[int]) -> None:
        self.problems.append(Problem(Place(self.path, number), message, hint))
        self._mark(held, SKIPPED)

    def _note_problem(self, number: int, message: str, hint: str) -> None:
        self.problems.append(Problem(Place(self.path, number), message, hint, Severity.NOTE))

    def _mark(self, numbers: Iterable[int], fate: str) -> None:
        for number in numbers:
            self.fates[number - 1] = fate


def _heading(slug: re.Match[str] | None, braced: re.Match[str] | None) -> _Heading | None:
    kind = _TYPE.search(braced[1]) if braced else None
    if slug is None and kind is None:
        return None
    return _Heading(slug[1] if slug else "", kind[1] if kind else "")


def _near_hint(line: Line) -> str:
    return f"write {line.name}: in capitals, in the first column, without markup"


# What each kind of line does in each state.
_Move = Callable[[_Reader, Line], None]
_ALWAYS: dict[Kind, _Move] = {
    Kind.COMMENT: _Reader.pass_by,
    Kind.QUESTION: _Reader.begin,
    Kind.CLOZE: _Reader.begin,
    Kind.HEADING: _Reader.head,
    Kind.RULE: _Reader.end,
}
_IN_ANSWER: dict[Kind, _Move] = {
    Kind.FIELD: _Reader.open_part,
    Kind.NUMBERS: _Reader.open_part,
    Kind.TEXT: _Reader.go_on,
    Kind.NEAR_MISS: _Reader.near_miss_inside,
}


def _moves(otherwise: _Move, special: dict[Kind, _Move]) -> dict[Kind, _Move]:
    return dict.fromkeys(Kind, otherwise) | _ALWAYS | special


_MOVES = {
    _State.PROSE: _moves(
        _Reader.pass_by,
        {
            Kind.ANSWER: _Reader.lone_answer,
            Kind.NEAR_MISS: _Reader.near_miss,
            Kind.SOURCES: _Reader.cite,
            Kind.TEXT: _Reader.one_liner,
        },
    ),
    _State.QUESTION: _moves(
        _Reader.add, {Kind.ANSWER: _Reader.answer, Kind.NUMBERS: _Reader.lost_numbers}
    ),
    _State.ANSWER: _moves(_Reader.add, _IN_ANSWER | {Kind.ANSWER: _Reader.second_answer}),
    _State.CLOZE: _moves(
        _Reader.add,
        _IN_ANSWER | {Kind.ANSWER: _Reader.answer_to_gaps, Kind.NUMBERS: _Reader.lost_numbers},
    ),
    _State.SKIP: _moves(_Reader.add, {}),
    _State.STRAY: _moves(_Reader.add, {Kind.BLANK: _Reader.end}),
}
