"""How long questions and answers may be, in words."""

from __future__ import annotations

from collections.abc import Iterator

from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.types import limit_of
from decks.lint.words import count

QUESTION_WORDS = 45


def _answer(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    note = subject.note
    limit = limit_of(note)
    texts = [("the answer", note.back), *(("a variant's answer", v.back) for v in note.variants)]
    for which, text in texts:
        words = count(text)
        if words > limit.warned:
            hint = (
                f"{limit.warned} are enough: say the one thing that is graded, move the reason to"
                " Why:, make a second card of what is left"
            )
            level = ERROR if words > limit.most else WARNING
            yield subject.flaw(f"{which} has {words} words", hint, level)


def _question(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    texts = [("the question", subject.front)]
    if subject.is_cloze:
        texts = [("the sentence", subject.front)]
    texts += [("a variant's question", variant.front) for variant in subject.note.variants]
    for which, text in texts:
        words = count(text)
        if words > QUESTION_WORDS:
            hint = f"{QUESTION_WORDS} are enough: leave out what the answer does not depend on"
            yield subject.flaw(f"{which} has {words} words", hint)


RULES = (
    Rule("answer-length", ERROR,
         "answers of 30 words (error above 40); where reasons count, 45 (60)",
         own=WARNING, note=_answer),
    Rule("question-length", WARNING, "questions of 45 words", own=WARNING, note=_question),
)  # fmt: skip
