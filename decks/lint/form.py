"""What the parser had to say: cards that are blank, that cannot be read, or that look odd."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.lint.rule import ERROR, WARNING, DeckJudge, Flaw, Knowledge, Rule, Sheet, Subject
from decks.model import Problem, Severity

_BLANK = (
    "empty question", "empty answer", "empty cloze", "cloze card without a gap", "an empty gap",
    "question without an answer",
)  # fmt: skip
_TWICE = "the same card as"
_NUMBERS = (
    "estimate: ", "an estimate without", "a variant of an estimate", "Params:", "Answer:",
    "Tolerance:",
)  # fmt: skip


def _rule_of(problem: Problem) -> str:
    """The rule that a problem of the parser breaks."""
    if problem.message.startswith(_BLANK):
        return "blank"
    if problem.message.startswith("{type=estimate}"):
        return ""  # of which the rule `template` speaks
    if problem.message.startswith(_NUMBERS):
        return "template"
    if problem.message.startswith(_TWICE):
        return "near-duplicate"
    if problem.message.startswith("id ") and " again: " in problem.message:
        return "duplicate-id"
    return "unreadable" if problem.severity is Severity.ERROR else "remark"


def read_by_parser(rule: str) -> DeckJudge:
    """Return what passes on the parser's problems of one rule."""

    def judge(sheet: Sheet, _: Knowledge) -> Iterator[Flaw]:
        for problem in sheet.parsed.problems:
            if _rule_of(problem) == rule:
                yield Flaw(problem.message, problem.hint or _HINTS.get(rule, ""), problem.place)

    return judge


_HINTS = {"near-duplicate": "remove one of the two"}


# What nobody can read; one or two dots may be a sign or a name.
_FILLING = re.compile(r"\s+|[…\u200b\ufeff]|&nbsp;|<br ?/?>|\.{3,}")


def _blank(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for which, question, answer in subject.wordings:
        if _is_nothing(question):
            hint = "write what is asked, or remove the card"
            yield subject.flaw(f"{which}the question is blank", hint)
        elif _is_nothing(answer):
            hint = "write the answer, or remove the card"
            yield subject.flaw(f"{which}the answer is blank", hint)


def _is_nothing(text: str) -> bool:
    return not text[:1].isalnum() and not _FILLING.sub("", text)


RULES = (
    Rule("blank", ERROR, "a question and an answer, or a sentence with a gap", own=ERROR,
         note=_blank, deck=read_by_parser("blank")),
    Rule("unreadable", ERROR, "cards that can be read; none is dropped", own=ERROR,
         deck=read_by_parser("unreadable")),
    Rule("remark", WARNING, "nothing that looks like a mistake of form", own=WARNING,
         deck=read_by_parser("remark")),
)  # fmt: skip
