"""Notes → the text of a deck file that a person would have liked to write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import NamedTuple

from decks import values
from decks.drafts import stands_alone
from decks.fences import pair
from decks.lines import Kind, Line, classify
from decks.model import Estimate, Note, NoteKind, Variant
from decks.parse import parse

_LINE_WIDTH = 80  # of a card that is written on one line
_MOST_SHARED = 2000  # characters of sources above the deck, where the room is small
# What is not begun on the line of a tag.
_BLOCK = re.compile(r"```|~~~|\||>|\$\$|(?:[-*+]|\d{1,9}[.)])[ \t]")
_SENTENCE = ("?", ".", "!", ":")
_TEXT_KINDS = (Kind.BLANK, Kind.TEXT, Kind.SOURCES, Kind.NEAR_MISS)
_NO_CONCEPT = "# Other cards"  # no slug, so that it ends a concept
_NO_ID = "### Other cards"


def render(notes: Sequence[Note]) -> str:
    """Return the text of a deck file that holds these notes in this order; "" for none.

    `parse` reads the same notes from it, but for their places. They must be what one deck file can
    hold: alike in deck, tags, `as_of` and the sources before those of their concepts, no id and no
    text twice. ValueError for others.
    """
    if not notes:
        return ""
    shared = _shared_sources(notes)
    text = _front_matter(notes[0], shared) + _body(notes, len(shared))
    if [_content(note) for note in parse(text, "", "").notes] != [_content(n) for n in notes]:
        raise ValueError("no deck file can hold these notes together")
    return text


def _content(note: Note) -> tuple[object, ...]:
    """All of a note but its place."""
    about = (note.deck, note.concept, note.tags, note.sources, note.as_of)
    return (*about, *_said(note))


def _said(note: Note) -> tuple[object, ...]:
    """What a note says by itself."""
    texts = (note.front, note.back, note.why, note.flip, note.variants)
    return (note.kind, note.id, note.type, note.estimate, *texts)


# Above the deck


def _front_matter(note: Note, sources: Sequence[str]) -> str:
    pairs = {
        "deck": values.written(note.deck) if note.deck else "",
        "tags": _list(note.tags),
        "source": values.written(sources[0]) if len(sources) == 1 else "",
        "sources": _list(sources) if len(sources) > 1 else "",
        "as_of": values.written(note.as_of) if note.as_of else "",
    }
    lines = [f"{key}: {value}" for key, value in pairs.items() if value]
    return "\n".join(["---", *lines, "---", "", ""]) if lines else ""


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(values.written, texts))}]" if texts else ""


def _shared_sources(notes: Sequence[Note]) -> tuple[str, ...]:
    """The sources that belong above the deck: no concept has those of a note without one."""
    bare = next((note for note in notes if not note.concept), None)
    if bare:
        return bare.sources
    first = notes[0].sources
    common = 0
    while common < len(first) and _is_shared(first[: common + 1], notes):
        common += 1
    if len({note.concept for note in notes}) == 1 or sum(map(len, first)) > _MOST_SHARED:
        while common and "," not in first[common - 1]:  # with a comma it cannot stand elsewhere
            common -= 1
    return first[:common]


def _is_shared(sources: tuple[str, ...], notes: Sequence[Note]) -> bool:
    last = sources[-1]
    is_plain = values.one(values.written(last), ":") == [last]
    return is_plain and all(note.sources[: len(sources)] == sources for note in notes)


# The cards below their headings


class _Block(NamedTuple):
    """A card as it is written: its heading, if its id is one, and its text."""

    heading: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.heading}\n{self.text}" if self.heading else self.text

    @property
    def is_line(self) -> bool:
        return not self.heading and "\n" not in self.text and self.text[:2] != "C:"


def _body(notes: Sequence[Note], shared: int) -> str:
    """The cards; `shared` sources of each stand above the deck."""
    text = ""
    section: tuple[str, tuple[str, ...]] = ("", ())
    above: _Block | None = None  # the block just above, unless a heading stands between
    below_id = False
    for note, after in zip(notes, [*notes[1:], None], strict=True):
        block = _block(note, prefers_heading=_prefers_heading(note, after))
        here = (note.concept, note.sources[shared:])
        heading = _section(*here) if here != section else ""
        if below_id and not block.heading and not heading:
            heading = _NO_ID
        if heading:
            text, above = f"{text}{_gap(text)}{heading}\n", None
        text += _between(above, block) if above else _gap(text)
        text += f"{block.whole}\n"
        section, above = here, block
        below_id = bool(block.heading) or (below_id and not heading)
    return text


def _prefers_heading(note: Note, after: Note | None) -> bool:
    """Whether the id makes a good heading: one that needs no other heading to end it."""
    ends = after is None or bool(after.id) or after.concept != note.concept
    return bool(note.type) or (bool(note.concept) and ends)


def _section(concept: str, sources: Sequence[str]) -> str:
    if not concept:
        return _NO_CONCEPT
    return f"## {concept}" + (f"\n> sources: {', '.join(sources)}" if sources else "")


def _gap(text: str) -> str:
    return "\n" if text else ""


def _between(above: _Block, block: _Block) -> str:
    """What separates two cards: lines stand in a row, all others a blank line apart."""
    if not block.is_line:
        return "\n"
    if above.is_line:
        return ""
    return "\n" if stands_alone(Line(1, Kind.TEXT, block.text, block.text)) else "\n---\n\n"


# One card


def _block(note: Note, *, prefers_heading: bool) -> _Block:
    """The first spelling that is read as the note. ValueError if none is."""
    for (heading, end), text in product(_ids(note, prefers_heading), _spellings(note)):
        block = _Block(heading, text + end)
        read = parse(block.whole, "", "").notes
        if len(read) == 1 and _said(read[0]) == _said(note):
            return block
    raise ValueError("no deck file can hold this note")


def _ids(note: Note, prefers_heading: bool) -> list[tuple[str, str]]:
    """Ways to write the id: above the card, behind it, or both."""
    if not note.id:
        return [("", "")]
    ends = [f"{blank}^{note.id}" for blank in (" ", "\n", "\n\n")]
    heading = f"### {note.id}" + (f" {{type={note.type}}}" if note.type else "")
    above, behind = [(heading, "")], [("", end) for end in ends]
    both = [(heading, end) for end in ends]
    return [*above, *behind, *both] if prefers_heading else [*behind, *above, *both]


def _spellings(note: Note) -> Iterator[str]:
    """Ways to write a note, the best one first; only odd texts need another than the first."""
    if _fits_line(note):
        yield from _lines(note)
    if note.kind is not NoteKind.REVERSED:
        yield "\n".join(_plain_parts(note))
        yield from _careful(note)
    if not _fits_line(note):
        yield from _lines(note)


def _fits_line(note: Note) -> bool:
    length = len(note.front) + len(note.back)
    is_term = length < _LINE_WIDTH and not note.front.endswith(_SENTENCE)
    return note.kind is NoteKind.REVERSED or (note.kind is NoteKind.BASIC and is_term)


def _lines(note: Note) -> Iterator[str]:
    if note.kind is NoteKind.CLOZE or note.why or note.flip or note.variants:
        return
    if note.estimate:
        return
    colons = ":::" if note.kind is NoteKind.REVERSED else "::"
    line = f"{note.front} {colons} {note.back}"
    if "\n" not in line:
        yield from (line, f"- {line}")


def _plain_parts(note: Note) -> Iterator[str]:
    """The parts of a card as most can be written."""
    yield next(_tagged("C" if note.kind is NoteKind.CLOZE else "Q", note.front))
    for tag, text in (("A", note.back), ("Why", note.why), ("Flip", note.flip)):
        if text:
            yield next(_tagged(tag, text))
    yield from (next(_variants(variant)) for variant in note.variants)
    if note.estimate:
        yield _numbers(note.estimate, note.back)


def _numbers(estimate: Estimate, back: str) -> str:
    """The lines of an estimate below its answer."""
    from decks.estimates.reading import lines_of  # which few notes need

    texts = zip(("Params", "Answer", "Tolerance"), lines_of(estimate, back), strict=True)
    return "\n".join(f"{tag}: {text}" for tag, text in texts)


def _tagged(tag: str, text: str) -> Iterator[str]:
    begun, below = f"{tag}: {text}", f"{tag}:\n{text}"
    yield from (below, begun) if "\n" in text and _BLOCK.match(text) else (begun, below)


def _variants(variant: Variant) -> Iterator[str]:
    blanks = ("", "\n", "\n\n")
    for before, inside, after in product((" ", *blanks[1:]), blanks, blanks):
        yield f"Variant: {variant.front}{before}({inside}{variant.back}{after})"


# Texts that are not read alike wherever they stand: each part by itself, in any order


def _careful(note: Note) -> Iterator[str]:
    """Ways to write a card whose parts must be chosen one by one."""
    is_cloze = note.kind is NoteKind.CLOZE
    first = [_chosen(_tagged("C" if is_cloze else "Q", note.front), "", "front", note.front)]
    if not is_cloze:
        first.append(_chosen(_tagged("A", note.back), "Q: q", "back", note.back))
    why = [_chosen(_joined("Why", note.why), "C: [c]", "why", note.why)] if note.why else []
    flip = [_chosen(_joined("Flip", note.flip), "C: [c]", "flip", note.flip)] if note.flip else []
    variants = [
        _chosen(_variants(variant), "C: [c]", "variants", (variant,)) for variant in note.variants
    ]
    numbers = [_numbers(note.estimate, note.back)] if note.estimate else []
    for groups in permutations((why, flip, variants)):
        yield "\n".join([*first, *(part for group in groups for part in group), *numbers])


def _chosen(spellings: Iterator[str], above: str, name: str, text: object) -> str:
    """The first of the spellings that is read as `text`; the last if none is."""
    spelling = ""
    for spelling in spellings:
        below = "A: a" if spelling.startswith("Q:") else ""
        # An id is looked for at the end of a card only.
        end = "Flip: f" if name == "why" else "Why: w"
        card = "\n".join(filter(None, (above, spelling, below, end)))
        read = parse(card, "", "").notes
        if len(read) == 1 and getattr(read[0], name) == text:
            break
    return spelling


def _joined(tag: str, text: str) -> Iterator[str]:
    """A part that may have been several: whole, or begun again where a paragraph needs a tag."""
    yield from _tagged(tag, text)
    lines = text.split("\n")
    code = {at for first, last in pair(lines).code for at in range(first + 1, last + 1)}
    starts = [at for at in range(2, len(lines)) if at not in code and _needs_tag(lines, at)]
    ends = [*(start - 1 for start in starts), len(lines)]
    parts = ["\n".join(lines[a:z]) for a, z in zip([0, *starts], ends, strict=True)]
    yield "\n".join(f"{tag}: {part}" for part in parts)


def _needs_tag(lines: Sequence[str], at: int) -> bool:
    """Whether a paragraph begins with the line, and that line would not be read as text."""
    if lines[at - 1] or not lines[at - 2].strip():
        return False
    (line,) = classify([lines[at]])
    return line.kind not in _TEXT_KINDS or (line.kind is Kind.TEXT and stands_alone(line))
