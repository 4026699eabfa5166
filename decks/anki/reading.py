"""One note of a collection, and the notes of ours that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from decks import cloze
from decks.anki import clozes, own, templates
from decks.anki.collection import RawCard, RawNote
from decks.anki.faces import (
    CardTemplates,
    Face,
    ReadyType,
    escaped,
    rest,
    unmarked,
    without,
)
from decks.anki.gaps import cloze_text
from decks.anki.history import Histories
from decks.anki.markdown import markdown
from decks.anki.media import Names
from decks.anki.report import Report
from decks.anki.templates import FRONT_MARK, RULE_MARK, Side
from decks.frontmatter import clean_deck
from decks.history import Past
from decks.model import Exported, Note, NoteKind, Place

_LATEST_S = 1 << 33
_UNFIT = re.compile("[\0\ufdd0-\ufdef\ud800-\udfff]")
_NO_DECK = "Default"
_LONGEST_GUID = 64  # bytes; Anki's have ten


class Shared:
    """What the readings of all notes have in common."""

    def __init__(self, histories: Histories, names: Names, report: Report, deck: str) -> None:
        self.histories, self.names, self.report, self.deck = histories, names, report, deck
        self.own: dict[int, Exported] = {}  # by line, notes that we exported
        self.cards = 0  # taken over
        self._guids: dict[str, int] = {}
        self._decks: dict[tuple[int, int], str] = {}

    def note_id(self, line: int, guid: str) -> str:
        """What the note is known by; "" if another is already."""
        if not guid:
            return ""
        if guid in self._guids:
            self.report.remark(line, "two notes of one id: the second is known by its text")
            return ""
        self._guids[guid] = line
        told = guid.encode("utf-8", "replace")
        if len(told) > _LONGEST_GUID:
            told = blake2b(told, digest_size=_LONGEST_GUID).digest()
        return f"anki-{told.hex()}"

    def deck_of(self, card: RawCard) -> str:
        """The name of the card's deck, or of the one asked for instead of Anki's default."""
        key = (card.odid, card.did)
        if key not in self._decks:
            found = self.histories.deck(card)
            name = clean_deck(_UNFIT.sub("", found.name)) if found else ""
            is_default = not name or name == _NO_DECK
            self._decks[key] = clean_deck(self.deck) or _NO_DECK if is_default else name
        return self._decks[key]


class Reading:
    """One note while it is read."""

    def __init__(
        self, shared: Shared, line: int, raw: RawNote, cards: list[RawCard], kind: ReadyType
    ) -> None:
        self.shared, self.line, self.raw, self.cards, self.kind = shared, line, raw, cards, kind
        text = raw.fields if not _UNFIT.search(raw.fields) else _UNFIT.sub("�", raw.fields)
        values = text.split("\x1f")
        values += [""] * (len(kind.type.fields) - len(values))
        if len(values) > len(kind.type.fields) and any(values[len(kind.type.fields) :]):
            shared.report.remark(line, "more fields than its note type has: the last are left out")
        self.fields = dict(zip(kind.type.fields, values, strict=False))
        self.tags = tuple(dict.fromkeys(_UNFIT.sub("", raw.tags).split()))
        self.guid = raw.guid

    def notes(self) -> Iterator[Note]:
        """The notes of ours that come of it."""
        if self.kind.ours:
            yield from self._own(self.kind.ours)
        elif self.kind.type.is_cloze:
            yield from self._cloze()
        elif len(self.kind.cards) == 1:
            yield from self._several(self._shown(self.cards), is_only=True)
        else:
            yield from self._sides()

    def markdown(self, html: str) -> str:
        """HTML of the note as markdown."""
        return markdown(html, self.shared.names.link)

    # Notes of ours

    def _own(self, kind: NoteKind) -> Iterator[Note]:
        told = own.extras(self.fields, self.tags, self.guid, self.markdown)
        if kind is NoteKind.CLOZE:
            front, back = self._gaps([self.fields["Text"]], self.fields["Text"], numbered=False), ""
            if not front:
                yield from self._several(self._shown(self.cards))
                return
        else:
            front, back = (self.markdown(self.fields[name]) for name in ("Front", "Back"))
            if not front or not back:
                self._skip("its front or its back is empty")
                return
        uid = own.uid(self.guid)
        if uid and self.shared.note_id(self.line, self.guid):
            ordinals = tuple(self._order(kind, front))
            self.shared.own[self.line] = Exported(uid, ordinals)
        note = self._note(kind, front, back, told.id, self._pasts(kind, front))
        yield _with_extras(note, told)

    # Cards with two sides

    def _sides(self) -> Iterator[Note]:
        """Several templates: mirror images make one note, others a note each."""
        faces = {
            number: face
            for number, made in self.kind.cards.items()
            if (face := self._face(self.cards[0], made)).front
        }
        if len(faces) == 2:
            (first, one), (second, two) = sorted(faces.items())
            beside = rest(one, two)
            if beside is not None:
                yield from self._mirrored(first, second, one, two, beside)
                return
        yield from self._several(self._shown(self.cards), is_only=len(faces) == 1)

    def _mirrored(self, first: int, second: int, one: Face, two: Face, why: str) -> Iterator[Note]:
        there = [card for card in self.cards if card.ord in (first, second)]
        self._drop([card for card in self.cards if card.ord not in (first, second)])
        note_id = self.shared.note_id(self.line, self.guid)
        if len(there) == 2:
            pasts = [self._past(card) for card in there]
            yield self._note(NoteKind.REVERSED, one.front, two.front, note_id, pasts, why)
        elif there:
            front, back = (
                (one.front, two.front) if there[0].ord == first else (two.front, one.front)
            )
            yield self._note(NoteKind.BASIC, front, back, note_id, [self._past(there[0])], why)

    def _several(
        self, faces: Iterator[tuple[RawCard, Face]], *, is_only: bool = False
    ) -> Iterator[Note]:
        """A note of its own for each card."""
        note_id = self.shared.note_id(self.line, self.guid)
        for card, face in faces:
            which = note_id if is_only or not note_id else f"{note_id}/{card.ord}"
            why, past = self._hints(card), [self._past(card)]
            yield self._note(NoteKind.BASIC, face.front, face.back, which, past, why, deck=card)

    def _hints(self, card: RawCard) -> str:
        """What only the front shows, and on demand; it does no harm after the answer."""
        made = self.kind.cards.get(0 if self.kind.type.is_cloze else card.ord)
        texts = (self.markdown(self.fields.get(name, "")) for name in (made.hints if made else ()))
        return "\n\n".join(f"Hint: {text}" for text in texts if text)

    def _shown(self, cards: Sequence[RawCard]) -> Iterator[tuple[RawCard, Face]]:
        """The cards that can be asked, each as Anki shows it; what is wrong with others is told."""
        for card in cards:
            made = self.kind.cards.get(0 if self.kind.type.is_cloze else card.ord)
            face = self._face(card, made) if made else Face("", "")
            if face.front and face.back:
                yield card, face
                continue
            side = "back" if face.front else "front"
            self._skip(f"the {side} of its card {card.ord + 1} says nothing")
            self.shared.histories.drop([card] if len(cards) > 1 else [])

    def _face(self, card: RawCard, made: CardTemplates) -> Face:
        fields = self._fields(card, made)
        number = card.ord + 1 if self.kind.type.is_cloze else 0
        front = self.markdown(unmarked(templates.rendered(made.front, fields, Side(False, number))))
        back = templates.rendered(made.back, fields, Side(True, number))
        return Face(front, self._back(back, front))

    def _back(self, html: str, front: str) -> str:
        """The back without the front that it repeats."""
        if FRONT_MARK in html:
            return self.markdown(unmarked(html))
        before, rule, after = html.rpartition(RULE_MARK)
        if not rule:
            whole = self.markdown(html)
            return without(front, whole) or whole
        above, below = self.markdown(unmarked(before)), self.markdown(after)
        above = without(front, above)
        return "\n\n".join(filter(None, (above, below)))

    def _fields(self, card: RawCard, made: CardTemplates) -> Mapping[str, str]:
        """The fields of the note and what Anki adds to them."""
        added = dict.fromkeys(made.added, "")
        if self.kind.type.is_cloze:
            added[f"c{card.ord + 1}"] = "1"
        if not added:
            return self.fields
        deck = self.shared.deck_of(card)
        told = {
            "Tags": " ".join(self.tags), "Type": self.kind.type.name, "Deck": deck,
            "Subdeck": deck.rpartition("::")[2], "Card": made.name,
            "CardFlag": f"flag{card.flags & 7}" if card.flags & 7 else "",
        }  # fmt: skip
        return {**{name: escaped(told.get(name, "1")) for name in added}, **self.fields}

    # Gaps

    def _cloze(self) -> Iterator[Note]:
        made = self.kind.cards.get(0)
        if made is None or not self.kind.gaps:
            self._skip("its template shows no gap")
            return
        texts = [self.fields.get(name, "") for name in self.kind.gaps]
        front = ""
        if not self.kind.has_parts_by_gap:
            fields = self._fields(self.cards[0], made)
            html = templates.rendered(made.front, fields, Side(False, marks_gaps=True))
            front = self._gaps(texts, unmarked(html), numbered=True, is_marked=True)
        if not front:
            self.shared.report.remark(
                self.line,
                "gaps within gaps, in code or in a formula: each became a card of two sides",
            )
            yield from self._several(self._shown(self.cards))
            return
        note_id = self.shared.note_id(self.line, self.guid)
        pasts = self._pasts(NoteKind.CLOZE, front)
        yield self._note(NoteKind.CLOZE, front, "", note_id, pasts, self._beside(made, front))

    def _gaps(
        self, texts: Sequence[str], html: str, *, numbered: bool, is_marked: bool = False
    ) -> str:
        """A cloze text of ours; "" if the gaps cannot be written in our notation."""
        found = [clozes.parsed(text) for text in texts]
        if not all(map(clozes.is_simple, found)):
            return ""
        count = sum(isinstance(part, clozes.Gap) for parts in found for part in parts)
        text = self.markdown(html if is_marked else clozes.marked(html))
        return cloze_text(text, count=count, numbered=numbered) if count else ""

    def _beside(self, made: CardTemplates, front: str) -> str:
        """What the back of a cloze card shows besides its text."""
        fields = self._fields(self.cards[0], made)
        html = templates.rendered(made.back, fields, Side(True, cuts_gaps=True))
        before, mark, after = html.partition(FRONT_MARK)
        if not mark:
            before, after = "", before
        above, below = self.markdown(unmarked(before)), self.markdown(unmarked(after))
        above = "" if above in front else above
        return "\n\n".join(filter(None, (above, below, self._hints(self.cards[0]))))

    # What all have in common

    def _pasts(self, kind: NoteKind, front: str) -> list[Past | None]:
        """The pasts of the note's cards in our order."""
        by_number = {card.ord: card for card in self.cards}
        order = self._order(kind, front)
        self._drop([card for card in self.cards if card.ord not in order])
        return [self._past(by_number[n]) if n in by_number else None for n in order]

    def _order(self, kind: NoteKind, front: str) -> list[int]:
        """The numbers of the note's cards in Anki, from 0, in our order."""
        if kind is NoteKind.CLOZE:
            return _numbers(front, self.fields, self.kind)
        return list(range(2 if kind is NoteKind.REVERSED else 1))

    def _past(self, card: RawCard) -> Past | None:
        self.shared.cards += 1
        return self.shared.histories.of(card)

    def _drop(self, cards: Sequence[RawCard]) -> None:
        if cards:
            self.shared.report.remark(self.line, "a card whose gap or template is gone")
            self.shared.histories.drop(cards)

    def _skip(self, message: str) -> None:
        self.shared.report.skip(self.line, self.raw.id, message, "mend the note in Anki")

    def _note(
        self, kind: NoteKind, front: str, back: str, note_id: str,
        pasts: Sequence[Past | None], why: str = "", deck: RawCard | None = None,
    ) -> Note:  # fmt: skip
        return Note(
            kind, front, back, self.shared.deck_of(deck or self.cards[0]),
            Place(self.shared.report.shown, self.line), note_id, why=why, tags=self.tags,
            pasts=tuple(pasts) if any(pasts) else (),
            changed_ms=max(0, min(self.raw.mod_s, _LATEST_S)) * 1000,
        )  # fmt: skip


def _numbers(front: str, fields: Mapping[str, str], kind: ReadyType) -> list[int]:
    """The numbers of Anki's cards, from 0, in the order of our keys."""
    gaps = cloze.find_gaps(front)
    if all(gap.number is not None for gap in gaps):
        return list(dict.fromkeys((gap.number or 1) - 1 for gap in gaps))
    texts = [fields.get(name, "") for name in kind.gaps]
    return [number - 1 for text in texts for number in clozes.numbers(clozes.parsed(text))]


def _with_extras(note: Note, told: own.Extras) -> Note:
    return replace(
        note, why=told.why, flip=told.flip, variants=told.variants, concept=told.concept,
        type=told.type, tags=told.tags, sources=told.sources,
    )  # fmt: skip
