"""Notes with cards of Obsidian Spaced Repetition, and the schedules that stand below them.

The vault's settings say how cards are written and which tags make decks; without them the usual
ones hold, and a schedule shows a card wherever it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import itemgetter
from textwrap import dedent

from decks import frontmatter
from decks.cards import card_keys
from decks.dialects import obsidian_cloze, obsidian_schedule
from decks.dialects.base import DeckText, Dialect
from decks.dialects.obsidian_cards import Dealt, Form, Raw, deal
from decks.dialects.obsidian_guess import Laid, lay_out
from decks.dialects.obsidian_inline import is_heading, without_markup
from decks.dialects.obsidian_lines import TAG, Kind, is_tag_line, rows, tags_in
from decks.dialects.obsidian_settings import USUAL, Settings, is_picture
from decks.dialects.obsidian_signs import signs
from decks.dialects.obsidian_vault import beside, look_around
from decks.dialects.sheet import Said, Sheet, scoped
from decks.history import Past
from decks.model import NoteKind, Parsed

_KEY = re.compile(r"[\"']?[^\W\d][\w .-]*[\"']?\s*:(?:\s|$)")
_TAG_KEY = re.compile(r"[\"']?tags?[\"']?\s*:", re.IGNORECASE)
_NOTE_REVIEW = re.compile(r"sr-due\s*:\s*(\S+)")
_LEADING_TAG = re.compile(r"\s*(#[^\s#]+)(?=\s|$|#)[\s,]*")
_QUOTE_MARK = re.compile(r"\s*>\s?")
_SHORTEST_LIST = 3  # cards in a note that holds little else
_MOST_TAGS = 3  # named in one message
_ANKI_ID = re.compile(r"\d{13}")


def parse(source: DeckText) -> Parsed:
    """Return the cards of a note, with what the vault knew of each."""
    settings = source.around if isinstance(source.around, Settings) else USUAL
    sheet = Sheet(source)
    if not settings.ignores(source.name):
        _Reader(sheet, settings).read()
    return sheet.finish()


class _Reader:
    """The reading of one note."""

    def __init__(self, sheet: Sheet, settings: Settings) -> None:
        self.sheet, self.settings = sheet, settings
        self.is_list = False  # most lines are cards of one line
        self.yaml_length, yaml_tags = _front_matter(sheet)
        self.rows = rows(sheet.lines, self.yaml_length)
        self.yaml_decks = [tag for tag in yaml_tags if settings.is_deck(tag)]
        found = [tag for row in self.rows if row.kind is Kind.TEXT for tag in tags_in(row.text)]
        self.decks = self.yaml_decks + [tag for tag in found if settings.is_deck(tag)]
        self.others = [tag for tag in (*yaml_tags, *found) if not settings.is_deck(tag)]
        # A picture may name the deck of what are cards; it says not that there are any.
        self.says_cards = any(not is_picture(tag) or settings.known for tag in self.decks)
        self.is_ignored = any(map(settings.is_ignored, [*yaml_tags, *found]))
        sheet.tags = tuple(tag for tag in yaml_tags if not settings.is_deck(tag))

    def read(self) -> None:
        """Account for every line."""
        self._tell_of_note_review()
        laid = lay_out(self.rows, self.settings)
        self.rows = laid.rows
        dealt = deal(laid.rows, self.settings, laid.seps, laid.known, laid.shown)
        lines = sum(row.kind is Kind.TEXT and not is_heading(row.text) for row in self.rows)
        tight = sum(raw.parts is not None and raw.parts.is_tight for raw in dealt.cards)
        self.is_list = tight >= _SHORTEST_LIST and 2 * tight >= lines
        cards = [raw for raw in dealt.cards if self._counts(raw)]
        if len(cards) < len(dealt.cards) and self.settings.known and not self.is_ignored:
            self._tell_of_other_tags([raw for raw in dealt.cards if not self._counts(raw)])
        levels = self._levels(dealt, cards)
        for raw in sorted(cards, key=lambda raw: raw.first):
            self._keep(raw, laid, levels)
        for at in dealt.lost:
            hint = "put it below its card, or remove it"
            self.sheet.skip([at], "a schedule that belongs to no card", hint)

    # Which cards count

    def _counts(self, raw: Raw) -> bool:
        if raw.schedules:
            return True
        if self.is_ignored:
            return False
        if self.says_cards or self._is_in_deck_folder() or self._shows_schedules():
            return True
        # No tag, and no settings to say that folders are decks: what can hardly be prose.
        return not self.settings.known and self._stands_out(raw)

    def _stands_out(self, raw: Raw) -> bool:
        """Whether it is a card by its look: one of several lines, or in a note of little else."""
        if raw.parts is None:
            return raw.form is Form.MULTI
        return raw.parts.stands_apart or (raw.parts.is_tight and self.is_list)

    def _is_in_deck_folder(self) -> bool:
        path = self.settings.path_in_vault(self.sheet.source.name)
        return self.settings.folders_are_decks and len(path) > 1

    def _shows_schedules(self) -> bool:
        return not self.settings.known and any(row.schedules for row in self.rows)

    # Decks and tags

    def _levels(self, dealt: Dealt, cards: Sequence[Raw]) -> list[tuple[int, list[str]]]:
        """The lines that name a deck for the cards below them; other tags are the note's."""
        taken = {at for raw in cards for at in raw.lines}
        levels: list[tuple[int, list[str]]] = []
        more: list[str] = []
        for at, row in enumerate(self.rows):
            if row.kind is not Kind.TEXT or at in taken or "#" not in row.text:
                continue
            tags = tags_in(row.text)
            if named := [tag for tag in tags if self.settings.is_deck(tag)]:
                levels.append((at, named))
            if is_tag_line(row.text):
                more += [tag for tag in tags if not self.settings.is_deck(tag)]
        self.sheet.tags = tuple(dict.fromkeys((*self.sheet.tags, *more)))
        return levels

    def _decks_of(
        self, raw: Raw, own: Sequence[str], levels: Sequence[tuple[int, list[str]]]
    ) -> list[str]:
        """The tags that name a card's decks, the one that counts first."""
        named = [tag for tag in own if self.settings.is_deck(tag)]
        if named:
            return named
        above = bisect_left(levels, raw.first, key=itemgetter(0))
        return levels[above - 1][1] if above else self.yaml_decks or self.decks[:1]

    # Cards

    def _keep(self, raw: Raw, laid: Laid, levels: Sequence[tuple[int, list[str]]]) -> None:
        if raw.form is Form.BROKEN:
            self.sheet.skip(raw.lines, *raw.fault)
            return
        own, said, keys = self._said(raw, laid)
        if raw.form is Form.LINE and not said.back and not self._is_meant(raw, said):
            return
        if raw.form is Form.CLOZE and not said.front:
            hint = "write them so that none lies in another, in code or in a link"
            self.sheet.skip(raw.lines, "deletions that cannot be told apart", hint)
            return
        decks = self._decks_of(raw, own, levels)
        others = [self.settings.deck_of(tag).replace("::", "/") for tag in decks[1:]]
        inner = tags_in(f"{said.front}\n{said.back}")
        tags = [tag for tag in (*own, *inner) if not self.settings.is_deck(tag)]
        said = said._replace(
            deck=self._deck(decks), tags=tuple(dict.fromkeys(filter(None, (*tags, *others)))),
            id=self._id(raw.block_id), pasts=self._pasts(raw, said, keys),
        )  # fmt: skip
        self.sheet.card(said, raw.lines)

    def _said(self, raw: Raw, laid: Laid) -> tuple[list[str], Said, tuple[str, ...]]:
        """The tags above the card, what it says, and the keys of its cards in their order there."""
        kind = NoteKind.REVERSED if raw.is_reversed else NoteKind.BASIC
        if raw.parts:
            own, front = _without_tags(raw.parts.front)
            return own, Said(kind, front or raw.parts.front, raw.parts.back), ("front", "back")
        own, front = self._front(raw.front)
        if raw.form is Form.MULTI:
            if "\n" not in front:
                front = without_markup(front) or front
            return own, Said(kind, front, self._text(raw.back)), ("front", "back")
        more = laid.shown if raw.schedules else ()
        cloze = obsidian_cloze.read(front, (*laid.known, *more))
        return own, Said(NoteKind.CLOZE, cloze.text), cloze.keys

    def _is_meant(self, raw: Raw, said: Said) -> bool:
        """Whether a line without an answer was to have one, and is no empty field of a note."""
        return bool(raw.schedules) or said.front.endswith("?") or len(said.front.split()) > 3

    def _front(self, lines: Sequence[int]) -> tuple[list[str], str]:
        """The tags that a card begins with, and its text without them."""
        tags: list[str] = []
        at = 0
        while at < len(lines) - 1 and is_tag_line(self.rows[lines[at]].text):
            tags += tags_in(self.rows[lines[at]].text)
            at += 1
        more, text = _without_tags(self._text(lines[at:]))
        return tags + more, text

    def _text(self, lines: Iterable[int]) -> str:
        texts = [
            self.rows[at].text for at in lines
            if self.rows[at].kind in (Kind.TEXT, Kind.CODE, Kind.GLUE)
        ]  # fmt: skip
        said = [text for text in texts if text.strip()]
        if said and all(text.lstrip().startswith(">") for text in said):
            texts = [_QUOTE_MARK.sub("", text, count=1) for text in texts]
        return dedent("\n".join(texts)).strip("\n").rstrip()

    def _deck(self, tags: Sequence[str]) -> str:
        if self.settings.folders_are_decks:
            return "::".join(self.settings.path_in_vault(self.sheet.source.name)[:-1])
        return self.settings.deck_of(tags[0]) if tags else ""

    def _id(self, block_id: str) -> str:
        if not block_id or _ANKI_ID.fullmatch(block_id):
            return block_id
        return scoped(self.sheet.source, block_id)

    # What the vault knew

    def _pasts(self, raw: Raw, said: Said, keys: Sequence[str]) -> tuple[Past | None, ...]:
        if not raw.schedules:
            return ()
        found = obsidian_schedule.read(raw.schedules[0])
        ours = card_keys(said.kind, said.front)
        by_key = {key: past for key, past in zip(keys, found.pasts, strict=False) if key}
        if found.unread:
            message = "a schedule that cannot be read: its card is new"
            self.sheet.remark(raw.first, message, "write a date, days and ease in percent")
        if any(past for past in found.pasts[len(ours) :]):
            self.sheet.remark(raw.first, "more schedules than cards: the last ones are left out")
        return tuple(by_key.get(key) for key in ours)

    def _tell_of_other_tags(self, left_out: Sequence[Raw]) -> None:
        """A word about what would be cards below a tag that the settings name."""
        cards = [raw for raw in left_out if self._stands_out(raw)]
        is_sure = self.others or any(raw.form is Form.MULTI for raw in cards)
        if not cards or not is_sure:
            return
        tags = " ".join(f"#{tag}" for tag in dict.fromkeys(self.others[:_MOST_TAGS]))
        message = f"{len(cards)} card{'s' * (len(cards) > 1)} below no deck tag of the vault"
        hint = "flashcard tags are set in the plugin's settings"
        if self.settings.tags:
            hint += f"; here #{self.settings.tags[0]} is one"
        first = min(raw.first for raw in cards)
        self.sheet.remark(first, f"{message} ({tags})" if tags else message, hint)

    def _tell_of_note_review(self) -> None:
        for at, line in enumerate(self.sheet.lines[: self.yaml_length]):
            if found := _NOTE_REVIEW.match(line):
                message = f"a review of the whole note, due {found[1][:20]}, is no card's"
                self.sheet.remark(at, message, "--from notes makes a card of each note")


def _front_matter(sheet: Sheet) -> tuple[int, list[str]]:
    """The number of lines that the properties of a note take, and its tags."""
    lines = sheet.lines
    if not lines or lines[0].rstrip() != "---":
        return 0, []
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() == "---"), 0)
    if not any(_KEY.match(line) for line in lines[1:end]):
        return (end + 1 if end and not any(map(str.strip, lines[1:end])) else 0), []
    front = frontmatter.read(["---", *_about_tags(lines[1:end]), "---"], sheet.source.path)
    tags = [tag for text in front.tags for tag in re.split(r"[\s,]+", text)]
    return end + 1, [tag.strip("#/") for tag in tags if tag.strip("#/")]


def _about_tags(lines: Sequence[str]) -> list[str]:
    """The lines that give the tags, with those that go on below them."""
    found: list[str] = []
    inside = False
    for line in lines:
        if _TAG_KEY.match(line):
            inside = True
        elif _KEY.match(line):
            inside = False
        if inside and len(found) < frontmatter.MAX_LINES - 1:
            found.append(line)
    return found


def _without_tags(text: str) -> tuple[list[str], str]:
    """The tags that a text begins with, and the rest; a text of nothing but tags is left as is."""
    tags: list[str] = []
    rest = text
    while (found := _LEADING_TAG.match(rest)) and TAG.match(found[1]):
        tags.append(found[1].strip("#/"))
        rest = rest[found.end() :]
    return (tags, rest) if rest.strip() else ([], text)


DIALECT = Dialect(
    "obsidian", "Obsidian Spaced Repetition", parse, signs, look_around=look_around, beside=beside,
    aliases=("obsidian-sr", "obsidian-spaced-repetition", "osr"),
    extends="notes",  # it reviews whole notes as well, which are no cards of its
)  # fmt: skip
