"""Texts with gaps: few, short, and with enough around them to be answered in one way."""

from __future__ import annotations

from collections.abc import Iterator

from decks import cloze
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import count

MOST_GAPS = 3
GAP_WORDS = 6
CONTEXT_WORDS = 8


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
    context = count(subject.front) - sum(words)
    if context < CONTEXT_WORDS:
        hint = f"write at least {CONTEXT_WORDS}, so that one answer fits"
        yield subject.flaw(f"too few words around the gaps: {context}", hint)


RULES = (
    Rule("cloze", ERROR, "1 to 3 gaps of at most 6 words, at least 8 words around them",
         own=WARNING, note=_cloze),
)  # fmt: skip
