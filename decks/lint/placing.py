"""Where a note stands: its type, its concept, its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.errors import did_you_mean
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Sheet, Subject
from decks.lint.types import LIMITS

# What a reader finds without the bibliography.
_ADDRESS = re.compile(r"://|^(?:doi|arxiv|isbn|urn):|^www\.", re.IGNORECASE)


def _type(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    kind, name = subject.note.type, subject.note.id
    if subject.heading and kind and name:
        hint = f"write `### {name} {{type={kind}}}` above the card alone, without ^{name}"
        yield subject.flaw("the type above it counts only in a heading that is its id", hint)
    if not kind:
        hint = f"write it behind the id, as `### {name or 'some-id'} {{type=…}}`"
        yield subject.flaw("the note has no type", hint)
    elif kind not in LIMITS:
        guess = did_you_mean(kind, LIMITS)
        yield subject.flaw(f"{kind} is no type of card", f"{guess}types: {', '.join(LIMITS)}")
    elif subject.is_cloze != (kind == "cloze"):
        if subject.is_cloze:
            yield subject.flaw(f"a text with gaps is no {kind} card", "write {type=cloze}")
        else:
            hint = "write it as C: with [gaps], or choose the type that fits"
            yield subject.flaw("a cloze card without C:", hint)


def _concept(sheet: Sheet, knowledge: Knowledge) -> Iterator[Flaw]:
    decks = {concept.deck for concept in knowledge.concepts.values()}
    for subject in sheet.subjects:
        slug = subject.note.concept
        concept = knowledge.concepts.get(slug)
        if not slug:
            hint = "put it below a heading `## concept-slug` of the curriculum"
            yield subject.flaw("the note belongs to no concept", hint)
        elif concept is None:
            if knowledge.faults:
                continue  # of the curriculum: it could not be read
            guess = did_you_mean(slug, knowledge.concepts)
            hint = f"{guess}the heading above names a concept of the curriculum"
            yield subject.flaw(f"no concept {slug}", hint)
        elif sheet.stem in decks and concept.deck != sheet.stem:
            message = f"the concept {slug} belongs to {concept.deck}"
            yield subject.flaw(message, f"move the note to {concept.deck}.md")


def _source(subject: Subject, knowledge: Knowledge) -> Iterator[Flaw]:
    if not subject.note.sources:
        hint = "write `> sources: key, https://…` below the heading of its concept"
        yield subject.flaw("the note has no source", hint)
    for key in subject.note.sources:
        if key not in knowledge.sources and not _ADDRESS.search(key):
            guess = did_you_mean(key, knowledge.sources)
            hint = f"{guess}name a key of the bibliography, or the address of the work"
            yield subject.flaw(f"{key} is no source of the bibliography", hint, WARNING)


def _curriculum(_: Sheet, knowledge: Knowledge) -> Iterator[Flaw]:
    yield from knowledge.faults


RULES = (
    Rule("type", ERROR, "a type of the card standard", note=_type),
    Rule("concept", ERROR, "a concept of the curriculum, in the file of its deck", deck=_concept),
    Rule(
        "source",
        ERROR,
        "at least one source, of the bibliography or with its address",
        note=_source,
    ),
    Rule("curriculum", ERROR, "concepts that build on known ones, in no circle", deck=_curriculum),
)
