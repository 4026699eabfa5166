"""Numbers in answers: with a unit, and templates that can be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.estimates.reading import EstimateError, check
from decks.lint.answers import backs
from decks.lint.form import read_by_parser
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject, Wording
from decks.lint.words import prose, sentences

ESTIMATE, FIXED = "estimate", "estimate-fixed"
_FIGURE = r"\d[\d.,]*+(?:e[+-]?\d+)?"
_NUMBER = re.compile(
    r"(?:(?:about|around|roughly|some|nearly|almost|approximately|up to|at (?:most|least)|just|only"
    r"|over|under|below|above|between|from)\s+|[~≈<>≤≥+-]\s?){0,2}"
    rf"({_FIGURE}(?:(?-i:[kM])\b)?(?:\s?(?:[-–—]|to|or|and)\s?{_FIGURE}(?!\s?=))?)"
    r"(\s?[x×]\s?10\^?\d+|\^\d+|\s(?:thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
# Behind a number: no unit, but the end, a reason, or what else there is to say.
_NO_UNIT = re.compile(
    r"\s*(?:$|[:;](?!\d)|=|[-–—→]\s+(?=[A-Za-z])|\((?![A-Za-zµ%°/]{1,12}\))"
    r"|(?:because|since|as|so|when|if|but|which|that|is|was|thus|hence|altogether|overall|exactly"
    r"|on average|in total|in all|at (?:peak|least|most)|given|with|after|before|while|then|or so"
    r"|or more|or less|each)\b)|[ \t]*\n[ \t]*\n",
    re.IGNORECASE,
)
# A number set as a formula or as code: $40$.
_SET = re.compile(
    r"\s*(?:\$\$?|\\\(|`)\s?(?:\\(?:approx|sim|leq?|geq?)\s?|[~≈<>]\s?)?"
    r"(\d[\d.,]*+)\s?(?:\$\$?|\\\)|`)"
)
_LISTED = re.compile(r"1\.\s(?=.*\s2\.\s)", re.DOTALL)  # the number of an item
_COUNTS = re.compile(r"\bhow (?:many|often)\b|\bhow much (?:is|are) \d", re.IGNORECASE)
# The question says the unit: "in days?".
_SAID = re.compile(r"\bin (?:\w{2,30}s|[A-Za-z]{1,3}(?:/s)?)\s*\?\s*$")
# What has no unit: the question says what the number is.
_UNITLESS = re.compile(
    r"\b(?:probability|probabilities|chance|share|fraction|ratio|factor|odds|score|rank|number of"
    r"|precision|recall|accuracy|auc|ndcg|f1|psi|coefficient|exponent|correlation|likelihood"
    r"|kappa|weight|threshold|level|times|error budget|(?:what|which) index"
    r"|(?:stability|diversity|similarity|gini|jaccard|silhouette) index)\b"
    r"(?! (?:jobs?|models?|index|stores?|caches?|services?|quer(?:y|ies)|tables?|matri(?:x|ces)"
    r"|files?|monitors?|pipelines?|servers?|steps?|stages?|calls?|runs?|checks?|vectors?)\b)",
    re.IGNORECASE,
)
# What has a unit whatever else the question is about. People's ages go without.
_PERSON = r" (?:was|is|were|are|am) (?:(?-i:[A-Z])|he\b|she\b|you\b|they\b|we\b)"
_HAS_UNIT = re.compile(
    rf"\bhow (?:long|fast|slow|late)\b|\bhow old\b(?!{_PERSON})"
    r"|\bhow much (?:more |less )?(?:memory|ram|storage|disk|space|time|bandwidth|money|energy)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\bhow (?:much|large|big|small|far|heavy|high)\b"
    r"|\b(?:what|which)\b[^.?!]{0,60}\b(?:latency|throughput|bandwidth|delay|duration|interval"
    r"|memory|storage|capacity|cost|price|speed|lag|budget|size|p\d{2,3}|time-?out|ttl"
    r"|(?:response|wait(?:ing)?|round-trip|recovery|run|service|down) ?time"
    r"|(?:arrival|event|request|message|write|read|update|query|data|ingest|ingress|bit) rate)\b"
    r"|\bat (?:what|which) rate\b[^.?!]{0,60}\b(?:arriv|com(?:e|ing)|flow|grow|writ|read|sen[dt]"
    r"|drain|fill|process|serv|emit|produc|consum|run|enter|leav)",
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
    for wording, back in zip(subject.wordings, backs(subject), strict=True):
        answer = _answer(wording, back)
        if _is_bare(answer) and _needs_unit(subject, wording):
            number = sentences(answer)[0][:20]
            message = f'{wording.which}the answer is a number without a unit: "{number}"'
            yield subject.flaw(message, hint)


def _answer(wording: Wording, back: str) -> str:
    """The answer, with a number that stands first even if it is a formula."""
    found = _SET.match(back) if back[:1] in ("$", "\\", "`") else None
    return found[1] + prose(back[found.end() :]) if found else wording.answer


def _is_bare(answer: str) -> bool:
    """Whether the answer begins with a number that no unit follows."""
    found = _NUMBER.match(answer)
    if found is None or _LISTED.match(answer):
        return False
    ends = answer[found.end(1) - 1] in ".," or answer[found.end() : found.end() + 1] in (".", ",")
    return (ends and not found[2]) or _NO_UNIT.match(answer, found.end()) is not None


def _needs_unit(subject: Subject, wording: Wording) -> bool:
    question = wording.question
    if wording.which and "?" not in question:  # what is asked, the note's own question says
        question = f"{question} {subject.question}"
    fixed = subject.note.type == FIXED
    if _COUNTS.search(question) or (not fixed and _SAID.search(question)):
        return False
    if _HAS_UNIT.search(question):
        return True
    return (fixed or _MEASURED.search(question) is not None) and not _UNITLESS.search(question)


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
