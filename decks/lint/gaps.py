"""Texts with gaps: few, short, and with enough around them to be answered in one way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decks import cloze
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import count, parted

MOST_GAPS = 3
GAP_WORDS = 6
CONTEXT_WORDS = 8
_ENDING = re.compile(r"^['’]?s\b")  # of a plural or a genitive: no word by itself


def _around(text: str, gaps: Sequence[cloze.Gap]) -> int:
    """How many words stand around the gaps, also what is left of a word: "[shadow]-first"."""
    ends = [0, *(gap.end for gap in gaps)]
    starts = [*(gap.start for gap in gaps), len(text)]
    outside = " ".join(_ENDING.sub("", text[a:b]) for a, b in zip(ends, starts, strict=True))
    return count(parted(outside))


def _cloze(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if not subject.is_cloze:
        return
    gaps = cloze.find_gaps(subject.note.front)
    words = [count(gap.text) for gap in gaps]
    if len(gaps) > MOST_GAPS:
        hint = f"hide at most {MOST_GAPS}; split the sentence"
        yield subject.flaw(f"{len(gaps)} gaps in one text", hint)
    if words and max(words) > GAP_WORDS:
        hint = f"hide at most {GAP_WORDS} words, the ones that matter; or ask with Q: and A:"
        yield subject.flaw(f"a gap of {max(words)} words", hint)
    context = _around(subject.note.front, gaps)
    if context < CONTEXT_WORDS:
        hint = f"write at least {CONTEXT_WORDS}, so that one answer fits"
        yield subject.flaw(f"too few words around the gaps: {context}", hint)


RULES = (
    Rule("cloze", ERROR, "1 to 3 gaps of at most 6 words, at least 8 words around them",
         own=WARNING, note=_cloze),
)  # fmt: skip
