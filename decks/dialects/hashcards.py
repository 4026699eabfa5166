"""hashcards: plain text decks, in which a card is known by the hash of its text. Pure.

Read as its version 0.4 reads them, but for what that mangles: tags in code, brackets that are no
gaps, headings and comments between cards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from decks.dialects import native, tagged
from decks.dialects.base import NO_SIGNS, DeckText, Dialect, Signs
from decks.dialects.brackets import Pair, gapped, spots
from decks.dialects.sheet import Said, Sheet
from decks.dialects.tagged import Block, Outside
from decks.history import Past
from decks.lines import Kind, Line, split
from decks.model import NoteKind, Parsed

DATABASE = "hashcards.db"

_HIDDEN = (Kind.CODE, Kind.COMMENT)
_NAME = re.compile(r"\s*name\s*=\s*[\"']")
# What a deck of ours may hold and one of hashcards does not.
_OURS = re.compile(r"^(?:(?:Why|Flip|Variant):|### [a-z0-9-]+$|.* \^[a-z0-9-]{3,}$)", re.MULTILINE)
_MOST_FRONT_LINES = 50


@dataclass(frozen=True, slots=True)
class Known:
    """What a `hashcards.db` tells of the cards: by the hash of each, in hexadecimal digits."""

    pasts: Mapping[str, Past]
    digest: Callable[[bytes], str]  # the hash that hashcards takes of a card's content
    fault: str = ""  # why nothing could be read, if so
    hint: str = ""  # what to do about that

    def past(self, contents: Iterable[bytes]) -> Past | None:
        """What is known of the card that has one of these contents; None if nothing is."""
        found = (self.pasts.get(self.digest(content)) for content in contents)
        return next((past for past in found if past), None)


def parse(source: DeckText) -> Parsed:
    """Return the notes of a deck of hashcards, with their histories where those are around."""
    sheet = Sheet(source)
    deck = tagged.read(sheet, _is_rule)
    taken = tagged.skip_near_misses(sheet, deck.outside)
    _skip_forgotten(sheet, deck.outside, taken)
    known = source.around if isinstance(source.around, Known) else None
    kept = [take(sheet, block, known) for block in deck.blocks]
    if known and known.fault and any(kept):
        sheet.remark(0, f"no history: {DATABASE} {known.fault}", known.hint)
    return sheet.finish()


def take(sheet: Sheet, block: Block, known: Known | None = None) -> bool:
    """Keep the card of a block, or report why it is none."""
    if block.kind is Kind.ANSWER:
        sheet.skip(block.lines, "answer without a question", "put a Q: line above it")
        return False
    said = _cloze(block, known) if block.kind is Kind.CLOZE else _basic(block, known)
    if not isinstance(said, Said):
        sheet.skip(block.lines, *said)
        return False
    if not sheet.card(said, block.lines):
        return False
    tagged.remark_flaws(sheet, block)
    tagged.remark_end(sheet, block)
    if said.kind is NoteKind.BASIC:
        tagged.remark_second_answers(sheet, block)
    return True


def _basic(block: Block, known: Known | None) -> Said | tuple[str, str]:
    if len(block.parts) < 2:
        return "question without an answer", "start its answer with A: in the first column"
    question, answer = (tagged.text_of(part) for part in block.parts)
    if not question:
        return "empty question", "write the question after Q:"
    if not answer:
        return "empty answer", "write the answer after A:"
    answers = (tagged.whole_text(block), answer, _uncommented(answer))
    questions = dict.fromkeys((question, _uncommented(question)))
    contents = (_encoded("Basic", asked, told) for asked in questions for told in answers)
    past = known.past(contents) if known else None
    return Said(NoteKind.BASIC, question, answer, pasts=(past,))


def _cloze(block: Block, known: Known | None) -> Said | tuple[str, str]:
    text = tagged.text_of(block.parts[0])
    if not text:
        return "empty cloze card", "write a sentence with a [gap] after C:"
    front, pairs = gapped(text)
    if not front:
        return "cloze card without a gap", "put [brackets] around what to ask"
    if not known:
        return Said(NoteKind.CLOZE, front)
    contents = list(_cloze_contents((tagged.whole_text(block), text), pairs))
    return Said(NoteKind.CLOZE, front, pasts=tuple(map(known.past, zip(*contents, strict=True))))


def _cloze_contents(texts: Iterable[str], pairs: Sequence[Pair]) -> Iterator[list[bytes]]:
    """For each way to read each text, what is hashed of the card of every pair."""
    for text in dict.fromkeys(texts):
        for escapes in (True, False):
            bare, found = spots(text, escapes=escapes)
            start = _encoded("Cloze", bare)
            yield [
                b"".join((start, *(number.to_bytes(8, "little") for number in found[pair])))
                if pair in found
                else b""
                for pair in pairs
            ]


def _uncommented(text: str) -> str:
    """The text without lines that begin with `#`, which versions of hashcards leave out."""
    if "#" not in text:
        return text
    return "\n".join(line for line in text.split("\n") if not line.startswith("#")).strip()


def _encoded(*texts: str) -> bytes:
    return "".join(texts).encode(errors="surrogatepass")


def _is_rule(line: Line) -> bool:
    return line.raw.strip() == "---" and line.kind not in _HIDDEN


def _skip_forgotten(sheet: Sheet, outside: Sequence[Outside], taken: set[int]) -> None:
    """Report a paragraph with a gap below a rule: its `C:` was forgotten."""
    held: list[Line] = []
    for line, parted in outside:
        follows = bool(held) and line.number == held[-1].number + 1
        if follows and line.kind is not Kind.BLANK:
            held.append(line)
            continue
        _skip_if_gapped(sheet, held)
        begins = parted and line.kind is Kind.TEXT and line.number - 1 not in taken
        held = [line] if begins else []
    _skip_if_gapped(sheet, held)


def _skip_if_gapped(sheet: Sheet, held: Sequence[Line]) -> None:
    if held and gapped("\n".join(line.raw for line in held)).text:
        message = "a text with a gap, but without C:"
        sheet.skip((line.number - 1 for line in held), message, "write C: in front of it")


def signs(source: DeckText) -> Signs:
    """Cards of a deck with a `hashcards.db` around, or that is named as hashcards names decks."""
    has_history = isinstance(source.around, Known)
    if not has_history and (not _is_named(source.text) or _OURS.search(source.text)):
        return NO_SIGNS
    cards = native.signs(source).cards
    what = f"{DATABASE} around" if has_history else "TOML with `name =` above Q: and C:"
    return Signs(cards + 1, what) if cards else NO_SIGNS


def _is_named(text: str) -> bool:
    lines = split(text[:4096])[:_MOST_FRONT_LINES]
    if not lines or lines[0].strip() != "---":
        return False
    end = next((at for at, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)
    return any(_NAME.match(line) for line in lines[1:end])


def look_around(folder: str) -> Known | None:
    """What the `hashcards.db` of a folder, or of one above it, tells; None without one."""
    from decks.dialects import hashcards_history

    return hashcards_history.read(folder)


def beside(folder: str) -> Sequence[str]:
    """The database with the history, and the log beside it."""
    from decks.dialects import hashcards_history

    return hashcards_history.files(folder)


DIALECT = Dialect(
    "hashcards", "hashcards", parse, signs, look_around=look_around, beside=beside,
    extends=native.DIALECT.name,
)  # fmt: skip
