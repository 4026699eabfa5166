"""How long questions and answers may be, in words."""

from __future__ import annotations

from collections.abc import Iterator

from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.types import limit_of
from decks.lint.words import heard_above

QUESTION_WORDS = 45


def _answer(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    limit = limit_of(subject.note)
    for which, _question, answer in subject.wordings:
        if words := heard_above(limit.warned, answer):
            hint = (
                f"{limit.warned} are enough: say the one thing that is graded, move the reason to"
                " Why:, make a second card of what is left"
            )
            level = ERROR if words > limit.most else WARNING
            yield subject.flaw(f"{which}the answer has {words} words", hint, level)


def _question(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    texts = [(which, "question", question) for which, question, _ in subject.wordings]
    if subject.is_cloze:
        texts.append(("", "sentence", subject.question))
    for which, what, text in texts:
        if words := heard_above(QUESTION_WORDS, text):
            hint = f"{QUESTION_WORDS} are enough: leave out what the answer does not depend on"
            yield subject.flaw(f"{which}the {what} has {words} words", hint)


RULES = (
    Rule("answer-length", ERROR,
         "answers of 30 words (error above 40); where reasons count, 45 (60)",
         own=WARNING, note=_answer),
    Rule("question-length", WARNING, "questions of 45 words", own=WARNING, note=_question),
)  # fmt: skip
