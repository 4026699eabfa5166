"""What an import would do, as a page of blocks: a heading for each note, then what is different."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from srs.cli.charts import Block, indented, wrapped
from srs.cli.output import print_lines
from srs.cli.safe import safe, safe_line
from srs.cli.theme import look_of
from srs.cli.word_diff import Piece, word_diff
from srs.cli.words import plural, span

if TYPE_CHECKING:
    from decks import Note
    from srs import Detail

MOST_BLOCKS = 50
# What may cost a history comes first.
_ORDER = ("changed", "relinked", "orphaned", "moved", "added")
_STYLES = {
    "changed": "srs.message", "relinked": "srs.easy", "orphaned": "srs.again",
    "moved": "srs.easy", "added": "srs.added", "kept": "", "removed": "srs.removed",
}  # fmt: skip
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}
_INDENT = 2
_AROUND = 60  # characters of what stays that are shown beside a change
_AT_MOST = 240  # characters of what is removed or added, and of a text that is only shown
_FIRST_LINE = 120
_EMPTY_LINES = re.compile(r"\n\s*\n")


class Paper(NamedTuple):
    """What the blocks are written on."""

    width: int | None  # columns; None: every line as long as it is
    coloured: bool  # else changes stand in brackets


def show(details: Sequence[Detail], theme: str, *, whole: bool) -> None:
    """Print the blocks of an import that was only rehearsed, all of them or the first."""
    look = look_of(theme, os.environ)
    on_terminal = sys.stdout.isatty()
    width = get_terminal_size().columns if on_terminal else None
    dumb = os.environ.get("TERM", "dumb") in ("", "dumb", "unknown")
    paper = Paper(width, coloured=on_terminal and not (dumb or look.plain))
    print_lines(blocks(details, paper, None if whole else MOST_BLOCKS), look)


def blocks(details: Sequence[Detail], paper: Paper, most: int | None = MOST_BLOCKS) -> Block:
    """The lines of the page, a blank one below each block; `most` blocks, None for all."""
    ranked = sorted(details, key=lambda detail: _ORDER.index(detail.outcome))
    shown = ranked if most is None else ranked[:most]
    lines = [line for detail in shown for line in (*_block(detail, paper), Text())]
    left = Counter(detail.outcome for detail in ranked[len(shown) :])
    if left:
        counts = ", ".join(f"{left[word]:,} {word}" for word in _ORDER if left[word])
        said = f"and {left.total():,} more: {counts}; --all shows them"
        lines += [*_fitted([Text(said)], paper), Text()]
    return lines


def _block(detail: Detail, paper: Paper) -> Iterator[Text]:
    word, (path, line) = detail.outcome, detail.place
    where = f" {_near(path)}:{line}"
    yield from _fitted(
        [Text.assemble((word, _STYLES[word]), (safe_line(where), "srs.title"))], paper
    )
    body = list(chain(_history(detail), _words(detail, paper)))
    if paper.width is None:
        yield from indented(body, _INDENT)
    else:
        yield from indented(_fitted(body, paper, _INDENT), _INDENT)


def _fitted(lines: Iterable[Text], paper: Paper, less: int = 0) -> Block:
    if paper.width is None:
        return list(lines)
    room = max(1, paper.width - less)
    return [each for line in lines for each in wrapped(line, room) or [Text()]]


def _near(path: str) -> str:
    """The path as it is named from here."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path


# What becomes of the history


def _history(detail: Detail) -> Iterator[Text]:
    if detail.former is not None:
        yield _quiet(f"from {_near(detail.former.path)}:{detail.former.line}")
    if detail.outcome == "orphaned":
        yield _quiet(f"out of sight until its text is back: {_memory(detail)}")
    if detail.outcome == "relinked":
        orphan = detail.note.hex()[:8]
        yield _quiet(f"the orphan {orphan} comes back: {_memory(detail)}")


def _memory(detail: Detail) -> str:
    if not detail.reviews:
        return "never reviewed"
    held = "" if detail.stability_days is None else f", stability {span(detail.stability_days)}"
    return plural(detail.reviews, "review") + held


def _quiet(text: str) -> Text:
    return Text(safe_line(text), "srs.quiet")


# What becomes of the words


def _words(detail: Detail, paper: Paper) -> Iterator[Text]:
    before, after = detail.before, detail.after
    if before is None or after is None:
        only = after or before
        assert only is not None
        yield from _said(only, whole=before is None)
        return
    old, new = _fields(before), _fields(after)
    different = [label for label in new if old[label] != new[label]]
    if not {"Q", "C"} & set(different):
        yield from _said(after, whole=False)
    for label in different:
        pieces = word_diff(old[label], new[label])
        yield from _labelled(label, [_styled(piece, paper) for piece in _shortened(pieces)])


def _said(note: Note, *, whole: bool) -> Iterator[Text]:
    """The question; of a new note the answer as well."""
    label = "C" if note.kind == "cloze" else "Q"
    if not whole:
        yield from _labelled(label, [Text(safe(_first_line(note.front)))])
        return
    for name, text in ((label, note.front), ("A", note.back)):
        short = _without_middle(_EMPTY_LINES.sub("\n", text), _AT_MOST, 0)
        yield from _labelled(name, [Text(safe(short))]) if text else ()


def _labelled(label: str, parts: Iterable[Text]) -> Iterator[Text]:
    text = Text.assemble((f"{label}: ", "srs.label"), *parts)
    yield from text.split("\n")


def _fields(note: Note) -> dict[str, str]:
    """All that a learner can see of a note, by the words that deck files have for it.

    A question with gaps and one without are told apart: nobody wants them compared by words.
    """
    cloze = note.kind == "cloze"
    return {
        "C": note.front if cloze else "",
        "Q": "" if cloze else note.front,
        "A": note.back,
        "Both ways": "yes" if note.kind == "reversed" else "no",
        "Why": note.why,
        "Flip": note.flip,
        "Variants": "\n".join(f"{front} ({back})" for front, back in note.variants),
        "Deck": note.deck,
        "Tags": ", ".join(note.tags),
        "Sources": ", ".join(note.sources),
        "As of": note.as_of,
        "Id": note.id,
        "Concept": note.concept,
        "Type": note.type,
        **_numbers(note),
    }


def _numbers(note: Note) -> dict[str, str]:
    """The same of what makes a note an estimate."""
    names = ("Params", "Answer", "Tolerance")
    if note.estimate is None:
        return dict.fromkeys(names, "")
    from decks.estimates.reading import lines_of

    return dict(zip(names, lines_of(note.estimate, note.back), strict=True))


def _styled(piece: Piece, paper: Paper) -> Text:
    text = safe(piece.text)
    if paper.coloured:
        return Text(text, _STYLES[piece.kind])
    opening, closing = _MARKS.get(piece.kind, ("", ""))
    return Text(f"{opening}{text}{closing}")


def _shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, of what stays only what stands beside a change."""
    last = len(pieces) - 1
    for number, (text, kind) in enumerate(pieces):
        head, tail = (_AROUND * (number > 0), _AROUND * (number < last))
        if kind != "kept":
            head, tail = _AT_MOST - _AROUND, _AROUND
        yield Piece(_without_middle(_EMPTY_LINES.sub("\n", text), head, tail), kind)


def _first_line(text: str) -> str:
    line, _, rest = text.partition("\n")
    return _without_middle(f"{line} …" if rest.strip() else line, _FIRST_LINE, 0)


def _without_middle(text: str, head: int, tail: int) -> str:
    """About so many characters of each end, whole words, if there is more between than a few."""
    if len(text) <= head + tail + _AROUND // 2:
        return text
    first, end = text[:head], text[len(text) - tail :]
    return f"{first[: first.rfind(' ') + 1] or first}…{end[max(0, end.find(' ')) :]}"
