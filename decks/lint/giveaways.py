"""Answers that the question gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from decks import cloze
from decks.lint.answers import LABEL
from decks.lint.rule import WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import content, tokens

_SHARE = 0.6
_MOST_GAPS_COMPARED = 10
_NAMED = 5  # words in a message
# Where a clause of the question ends in which alternatives stand.
_CLAUSE = re.compile(
    r"[.;:?!](?=\s|\Z)|\b(?:when|while|if|unless|before|after|because|since|what|which|how|why|both"
    r"|do|does|did|(?<!that )(?<!who )(?:is|are|was|were|can|could|will|would|shall|should|must|may"
    r"|might|has|have|had))\b",
    re.IGNORECASE,
)
_OR = re.compile(r"\b(?:or|versus|vs)\b", re.IGNORECASE)
_AND_OR = re.compile(r"\b(?:and|or|versus|vs)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\b[^,]*", re.IGNORECASE)
_WHICH_OF = re.compile(r"\bwhich (?:one|of)\b", re.IGNORECASE)
_SHORT = 3  # words of an alternative before a comma: "batch, streaming or on demand"
_NUMBER = re.compile(r"(?:\w+\s|[~≈])?[$€£¥¤]?(\d[\d.,]*+)")  # ¤: an escaped sign


def _given_away(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.is_cloze:
        yield from _gaps_given_away(subject)
    if subject.note.estimate:
        return
    hint = "ask with other words, or in a case where these do not fall"
    for which, question, answer in subject.wordings:
        number = _leading_number(answer)
        if number and number not in question:
            continue  # the number is the answer; what follows is how it came about
        telling, shared = _shared(question, answer)
        if shared:
            words = ", ".join(_spelled(answer, shared))
            message = f"the question holds {len(shared)} of the answer's {len(telling)}"
            yield subject.flaw(f"{which}{message} telling words ({words})", hint)


def _shared(question: str, answer: str) -> tuple[frozenset[str], frozenset[str]]:
    """The telling words of an answer, and those in the question; none if these are few."""
    asked, telling = content(question), content(answer)
    if _is_much(telling & asked, telling):  # sparing words lowers the share: most end here
        telling = content(_without_labels(answer, asked)) - _offered(question)
        if _is_much(telling & asked, telling):
            return telling, telling & asked
    return frozenset(), frozenset()


def _is_much(shared: frozenset[str], telling: frozenset[str]) -> bool:
    return bool(shared) and len(shared) >= _SHARE * len(telling)


def _offered(question: str) -> frozenset[str]:
    """The words of alternatives that the question offers: an answer cannot but repeat them."""
    found = [
        piece
        for clause in _CLAUSE.split(question)
        for piece in (*_listed(clause, _OR), *_BETWEEN.findall(clause))
    ]
    if which := _WHICH_OF.search(question):
        clauses = _CLAUSE.split(question[: which.start()])
        clauses += _CLAUSE.split(question[which.end() :], maxsplit=1)[:1]
        found += [piece for clause in clauses for piece in _listed(clause, _AND_OR)]
    return content(" ".join(found))


def _listed(clause: str, joint: re.Pattern[str]) -> list[str]:
    """What stands beside "or" in a clause, and short items that lead up to it."""
    items = clause.split(", ")
    joined = [at for at, item in enumerate(items) if joint.search(item)]
    if not joined:
        return []
    first = joined[0]
    if joint.match(items[first].lstrip()):
        first = max(first - 1, 0)  # "…, or …"
    while first and len(items[first - 1].split()) <= _SHORT:
        first -= 1
    return items[first : joined[-1] + 1]


def _without_labels(answer: str, asked: frozenset[str]) -> str:
    """The answer without labels that take up the question: "Star: … Snowflake: …"."""
    return LABEL.sub(lambda found: " " if content(found[0]) <= asked else found[0], answer)


def _spelled(answer: str, stems: frozenset[str]) -> list[str]:
    """The first words of the answer that have these stems."""
    found = (word for word in tokens(answer) if stems & content(word))
    return list(islice(dict.fromkeys(found), _NAMED))


def _leading_number(answer: str) -> str:
    found = _NUMBER.match(answer)
    return found[1] if found else ""


def _gaps_given_away(subject: Subject) -> Iterator[Flaw]:
    text = subject.note.front
    gaps = cloze.find_gaps(text)
    if len(gaps) > _MOST_GAPS_COMPARED:
        return
    for gap in gaps:
        hidden = content(gap.text)
        rest = cloze.plain(text[: gap.start]) + " " + cloze.plain(text[gap.end :])
        if hidden and len(hidden & content(rest)) >= _SHARE * len(hidden):
            hint = "say the rest of the sentence with other words, or hide these too"
            yield subject.flaw(f'the sentence gives "{gap.text}" away', hint)


RULES = (
    Rule("answer-in-question", WARNING, "questions that hold less than 60% of the answer's words",
         own=WARNING, note=_given_away),
)  # fmt: skip
