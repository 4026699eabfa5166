"""Ids: every note has one of its own, and those that learners have stay what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decks.lint.form import read_by_parser
from decks.lint.rule import ERROR, RETIRED, Flaw, Knowledge, Rule, Subject


def _missing(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.note.id:
        return
    above, kind = subject.heading, subject.note.type or "…"
    message, hint = "the note has no id", f"put a line `### some-id {{type={kind}}}` above it"
    if above and above.id:
        message = f"the heading {above.id} stands above {above.cards} cards, and is the id of none"
        hint = f"put a line `### some-id {{type={kind}}}` above each"
    elif above:
        message = "the note has no id, though a type stands above it"
        hint = f"write `### some-id {{type={kind}}}` there, with small letters and hyphens"
    yield subject.flaw(message, f"{hint}; the id is never changed again")


def _duplicate(subjects: Sequence[Subject], _: Knowledge) -> Iterator[Flaw]:
    seen: dict[str, Subject] = {}
    for subject in subjects:
        name = subject.note.id
        if not name:
            continue
        first = seen.setdefault(name, subject)
        if first is not subject:
            path, line = first.note.place
            message = f"the id {name} belongs to the card at {path}:{line}"
            yield subject.flaw(message, "give this card another id")


def _released(subjects: Sequence[Subject], knowledge: Knowledge) -> Iterator[Flaw]:
    here = {subject.note.id: subject for subject in subjects}
    for row in knowledge.released:
        subject = here.get(row.id)
        if row.status == RETIRED and subject is not None:
            message = f"the id {row.id} was retired and must not come back"
            yield subject.flaw(message, "give this card a new id")
        elif row.status != RETIRED and subject is None:
            message = f"no note has the released id {row.id} any more"
            hint = "give the note its id back; or mark the id `retired`, if the note is to go"
            yield Flaw(message, hint, row.place)


RULES = (
    Rule("missing-id", ERROR, "an id for every note", note=_missing),
    Rule("duplicate-id", ERROR, "no id twice, in whatever file", own=ERROR,
         deck=read_by_parser("duplicate-id"), all=_duplicate),
    Rule("released-id", ERROR, "released ids that stay (with --released)", all=_released),
)  # fmt: skip
