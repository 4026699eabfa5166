"""Answers that do not answer: "it depends"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import content

_LEAD = r"""
well|so|both|either|neither|maybe|perhaps|yes and no|generally(?: speaking)?|usually|typically
|mostly|often|sometimes|ultimately|honestly|frankly|of course|in (?:general|practice|theory|short)
|in the end|to be honest|as (?:always|ever|usual)
|there is no (?:single|one|universal|general|right|best) \w+
"""
_WHAT = r"""
it|this|that|all|everything
|(?:the|which|any) (?:(?:right|best|correct|better) )?(?:answer|choice|decision|option|one|solution)
"""
_HOW = r"""
all|also|really|very much|largely|mostly|mainly|heavily|strongly|highly|greatly|simply|just
|entirely|completely|partly|ultimately|always|usually|often|would|will|can|may|might|could|should
"""
_DEPENDS = re.compile(
    rf"(?:(?:{_LEAD})[,;:.]?\s+){{0,2}}(?:(?:{_WHAT})\s+)?(?:(?:{_HOW})\s+){{0,3}}"
    r"depend(?:s|(ing))?\b(\s+(?:\w+\s+){0,2}?(?:up)?on\b)?".replace("\n", ""),
    re.IGNORECASE,
)
# Where ends what it depends on: "on freshness: …", "on the case, but …"; "depending on x, …".
_BREAK = r"[.?!](?=\s|$)|[:;(–—]|\s-\s|\n\s*\n"
_TURN = (
    r"but|so|yet|though|although|usually|often|typically|mostly|generally|because|since|as|which"
)
_END = re.compile(rf"{_BREAK}|,\s*(?:{_TURN})\b|\s(?:but|because|although)\b", re.IGNORECASE)
_END_EARLY = re.compile(rf"{_BREAK}|,")
_COUNTED = re.compile(r"(?: on)? (?:one|two|three|2|3) \w+:\s+\w", re.IGNORECASE)  # "two things: …"
# What decides nothing: "on the use case", "on many factors such as …".
_VAGUE = """
answer application ask aspect bit business care case choice choose circumstance condition
constraint context data depend detail entirely environment everything factor goal greatly heavily
kind like lot matter nature need optimise optimize optimising optimizing particular perspective
preference priority problem product project purpose question requirement scenario setting several
situation specific strongly system task thing trade-off tradeoff type use-case usecase various
want workload
"""
_ANYTHING = content(_VAGUE)
_FACTORS = re.compile(
    r"\b(?:many|several|various|multiple|different|other|few|number of|lots? of|sorts of|kinds of)"
    r" (?:\w+ )?(?:factor|thing|aspect|consideration|variable|parameter|criteri|circumstance)",
    re.IGNORECASE,
)
# What says which way: "below a minute, stream", "stream for clicks, batch for bills".
_SOME = r"(?!some\b|others?\b|many\b|certain\b|different\b|each\b|both\b|all\b)"
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|whether|where|until|once|otherwise|given|provided|as long as"
    r"|(?:less|more|fewer|greater|larger|smaller|longer|shorter) than|at (?:least|most)"
    r"|(?:below|above|under|over|within|beyond)\s(?=an?\b|one\b|half\b|two\b|the\b|\W?\d))"
    r"|[<>≤≥→⇒]|(?<!it )(?<!you )(?<!we )\b(?:needs?|wants?|favou?rs?|calls? for|justif(?:y|ies))\b"
    rf"|\bfor {_SOME}.{{1,80}}\bfor {_SOME}|\bwith\b.{{1,80}}\bwithout\b"
    r"|\bsmall.{1,80}\b(?:large|big)|\b(?:large|big).{1,80}\bsmall"
    r"|\blow.{1,80}\bhigh|\bhigh.{1,80}\blow|\bfew.{1,80}\bmany|\bmany.{1,80}\bfew",
    re.IGNORECASE | re.DOTALL,
)
# Where the answer is a translation, "It depends." is the thing that was asked for.
_TRANSLATES = re.compile(r"\btranslat|\bhow do you say\b|\bin English\b", re.IGNORECASE)


def _depends(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for which, question, answer in subject.wordings:
        found = _DEPENDS.match(answer.lstrip())
        if found and not _TRANSLATES.search(question) and not _says_on_what(found):
            hint = "name what decides, and say which way; or put the condition into the question"
            yield subject.flaw(f'{which}"it depends" without what it depends on', hint)


def _says_on_what(depends: re.Match[str]) -> bool:
    """Whether an answer goes on to name what decides, or to say which way in a case."""
    text, at = depends.string, depends.end()
    end = (_END if depends[2] and not depends[1] else _END_EARLY).search(text, at)
    named = text[at : end.start() if end else len(text)]
    if _COUNTED.match(text, depends.start(2) if depends[2] else at):
        return True
    if content(named) - _ANYTHING and not _FACTORS.search(named):
        return True
    return end is not None and _CONDITION.search(text, end.start()) is not None


RULES = (
    Rule("it-depends", ERROR, '"it depends" with the condition that decides', own=WARNING,
         note=_depends),
)  # fmt: skip
