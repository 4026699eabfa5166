"""Numbers in answers: with a unit, and templates that can be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.estimates.reading import EstimateError, check
from decks.lint.form import read_by_parser
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import sentences

ESTIMATE, FIXED = "estimate", "estimate-fixed"
_NUMBER = re.compile(
    r"(?:(?:about|around|roughly|some|nearly|almost|approximately|up to|at (?:most|least)|just|over"
    r"|under|below|above)\s+|[~≈<>≤≥+-]\s?)?"
    r"(\d[\d.,]*+(?:e[+-]?\d+)?)"
    r"(\s?[x×]\s?10\^?\d+|\s(?:thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
_ENDS = (":", ";", "=")  # behind a number: what follows is its reason
_COUNTS = re.compile(r"\bhow (?:many|often)\b|\bhow much (?:is|are) \d", re.IGNORECASE)
# The question says the unit: "in days?".
_SAID = re.compile(r"\bin (?:\w{2,30}s|[A-Za-z]{1,3}(?:/s)?)\s*\?\s*$")
# What has no unit: the question says what the number is.
_UNITLESS = re.compile(
    r"\b(?:probability|probabilities|chance|share|fraction|ratio|factor|odds|score|rank|number of"
    r"|precision|recall|accuracy|auc|ndcg|f1|psi|index|coefficient|exponent|correlation|likelihood"
    r"|kappa|weight|threshold|level|times)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\bhow (?:long|much|fast|slow|large|big|small|far|heavy|high|old|late)\b"
    r"|\b(?:what|which)\b[^.?!]{0,60}\b(?:latency|throughput|bandwidth|delay|duration|interval"
    r"|memory|storage|capacity|cost|price|speed|lag|budget|size)\b",
    re.IGNORECASE,
)


def _unit(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    hint = "write the unit behind the number: 12 ms, 3 GB, 40 requests"
    estimate = subject.note.estimate
    if estimate is not None:
        if not estimate.unit.strip():
            yield subject.flaw("the estimate's answer has no unit", hint)
        elif "m" in estimate.unit.split(" | "):
            yield subject.flaw("the unit m stands for minutes", "write min; or metres, or millions")
        return
    if not subject.is_cloze and _is_bare(subject.answer) and _needs_unit(subject):
        number = sentences(subject.answer)[0][:20]
        yield subject.flaw(f'the answer is a number without a unit: "{number}"', hint)


def _is_bare(answer: str) -> bool:
    """Whether the answer begins with a number that no unit follows."""
    found = _NUMBER.match(answer)
    if found is None:
        return False
    rest = answer[found.end() :].lstrip()
    return not rest or rest.startswith(_ENDS) or (not found[2] and found[1][-1] in ".,")


def _needs_unit(subject: Subject) -> bool:
    question = subject.question
    if _COUNTS.search(question):
        return False
    if subject.note.type == FIXED:
        return not _UNITLESS.search(question)
    if not _MEASURED.search(question):
        return False
    return not (_UNITLESS.search(question) or _SAID.search(question))


def _template(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    note = subject.note
    if note.estimate is None:
        if note.type == ESTIMATE:
            hint = f"write Params: and Answer: below A:, or call it {FIXED}"
            yield subject.flaw("an estimate that draws no numbers", hint)
        return
    try:
        check(note.estimate, (note.front, note.back, note.why, note.flip))
    except EstimateError as error:
        yield subject.flaw(str(error), error.hint)


RULES = (
    Rule("unit", ERROR, "a unit behind a number that was asked for", own=WARNING, note=_unit),
    Rule("template", ERROR, "estimates that can be computed for every draw", own=ERROR,
         note=_template, deck=read_by_parser("template")),
)  # fmt: skip
