"""Whether an old note and a new one are the same: the evidence for it, as one number. Pure.

The numbers are weights of terms (see `srs.terms`: 1 is a word that nobody else uses) and shares of
texts. They were set on the edit corpus (tests/data/edits) and on some four thousand pairs of notes
that stood side by side, each put in the place of the other: to take such a pair for one note is to
give a history to the wrong card, the worst that can happen.
"""

from __future__ import annotations

from typing import NamedTuple

from srs.terms import Likeness

SURE = 0.55  # from this number on two notes are one
_PART = 0.9  # what a part of a note is worth, and a note that is now part of another
_KNOWN = 1.6  # what the same question is worth: more than any likeness
_FRAME = 0.6  # a share from which one question is the frame of the other


class Evidence(NamedTuple):
    """What speaks for two notes being one: likenesses, each beside that of the nearest stranger."""

    question: Likeness
    question_beside: float
    answer: Likeness
    answer_beside: float
    whole: Likeness
    whole_beside: float
    question_worth: float  # weight of the question that says less
    answer_worth: float
    same_slot: float  # 1: alone in the same gap between notes that are known; n of them: 1/n
    same_file: bool
    same_words: bool  # something that the note once said, to the letter
    negated: bool  # only one of the questions says "not"
    exchanged: bool  # each answer belongs to another question on the other side
    is_cloze: bool
    is_bare: bool  # the question is a word or two: "Why?"

    @property
    def asked(self) -> float:
        """What the likeness of the questions tells."""
        return _surplus(self.question.share, self.question_beside)

    @property
    def answered(self) -> float:
        """What the likeness of the answers tells."""
        return _surplus(self.answer.share, self.answer_beside)

    @property
    def in_all(self) -> float:
        """What the likeness of both together tells."""
        return _surplus(self.whole.share, self.whole_beside)

    @property
    def alone(self) -> bool:
        """Whether they are the only ones left in their place."""
        return self.same_slot == 1


def _surplus(share: float, beside: float) -> float:
    """What a likeness tells beyond that of the nearest stranger."""
    return 0.0 if beside >= 1 else max(-1.0, (share - beside) / (1 - beside))


def weigh(found: Evidence) -> float:
    """How sure it is that the two are one note; `SURE` is sure enough."""
    if found.same_words:
        return 2.0
    if found.is_cloze and found.whole.same and found.whole_beside < 0.97:
        return _KNOWN  # the same sentence with other gaps
    if found.question.same and not found.negated and not _is_look_alike(found):
        return _same_question(found)
    if _is_contained(found):
        return _PART
    if _is_other(found):
        return 0.0
    total = min(_total(found), _KNOWN - 0.1)
    if _says_the_same(found):
        total = max(total, SURE)
    return _PART if total >= SURE and _is_part(found) else total


def _same_question(found: Evidence) -> float:
    """A known question is enough, unless it is one that is asked of everything."""
    question, answer = found.question, found.answer
    other_answer = answer.share < 0.15 and found.answer_worth > 0
    if found.question_beside >= 1 and (not found.alone or other_answer):
        extended = answer.replaced < 0.1 and answer.told >= 0.6
        return _PART if extended else found.answered * min(1.0, answer.told)
    misplaced = found.is_bare or not found.same_slot
    if question.told < 1.2 and other_answer and misplaced and not found.exchanged:
        return 0.0
    return _KNOWN + max(found.answered, 0.0) * 0.2


def _is_look_alike(found: Evidence) -> bool:
    """`setuid` and `setgid` are no typo of one another where the answers differ as well."""
    question, answer = found.question, found.answer
    return question.told > question.exact and answer.swapped and answer.replaced >= 0.3


def _is_contained(found: Evidence) -> bool:
    """Whether one note says all that the other does, on both sides: it was extended, or cut."""
    question, answer = found.question, found.answer
    part = _is_part(found) and not (question.swapped and 0 <= found.asked < 0.25)
    contained = question.replaced < (0.35 if part else 0.1) and answer.replaced < 0.1
    told = question.told + answer.told >= (1.0 if found.same_slot else 2.0)
    both = min(question.exact, answer.exact) >= 0.3
    return contained and told and both and not found.negated


def _is_part(found: Evidence) -> bool:
    """Whether one answer is a part of the other: a note was split, or some were joined."""
    less, more = sorted((found.answer.ours, found.answer.theirs))
    return found.question.replaced <= 1 and more >= 0.6 and less <= more / 4


def _is_other(found: Evidence) -> bool:
    """Whether the new note is about something else in nearly the same words."""
    question, answer = found.question, found.answer
    if question.opposed and _is_framed(question):
        return True
    if _is_look_alike(found) and answer.overlap >= 0.5:
        return True
    if answer.same:
        return _is_other_of_same_answer(found)
    if question.exact < 0.1 < question.told:
        return answer.share < 0.9  # no more than another form of a word
    if answer.share < 0.1 and found.answer_worth >= 0.25:
        return question.changed >= 0.3 or question.told < 1.5
    if question.share < 0.1 and found.question_worth >= 0.3:
        return answer.share < 0.8 or answer.told < 2
    if question.numbers and found.same_file and found.question_beside < 0.4:
        return not (answer.numbers or answer.replaced < 0.1 or answer.share >= 0.75)
    return _is_next_of_family(found) or _is_turned(found) or _is_replaced(found)


def _is_framed(question: Likeness) -> bool:
    return question.share >= _FRAME and question.changed < 2


def _is_other_of_same_answer(found: Evidence) -> bool:
    """Two rivers of one sea: the answer is short, the question names another thing."""
    question = found.question
    strange = found.asked < 0.25
    lone = not strange and found.answer_beside < 0.5 and question.share >= 0.75
    if lone and (question.numbers if question.changed < 1.3 else not question.named):
        return not found.same_file
    if found.in_all >= 0.5 and found.answer_beside < 0.5 and found.answer.told >= 1.2:
        return False
    telling = found.alone and (not strange or found.answer_beside < 0.5)
    short = found.answer.told < (1.2 if telling else 2)
    named_other = question.swapped and question.replaced >= (0.3 if strange else 0.5)
    return short and named_other and (strange or _is_framed(question))


def _is_next_of_family(found: Evidence) -> bool:
    """One word for another on both sides."""
    question, answer = found.question, found.answer
    alike = answer.share >= 0.5 and (question.share >= 0.4 or found.asked < 0.25)
    return question.swapped and answer.swapped and alike


def _is_turned(found: Evidence) -> bool:
    """The same words in another order, or with a "not": a question about the opposite."""
    question = found.question
    turned = question.displaced >= 0.5 and found.answer.share < 0.5
    return _is_framed(question) and question.changed < 1 and (turned or found.negated)


def _is_replaced(found: Evidence) -> bool:
    """Something else in the same frame, and another answer."""
    question, answer = found.question, found.answer
    if question.replaced < 0.15:
        extended = question.changed >= 0.5 and answer.swapped and answer.share < 0.4
        return extended and not found.alone
    framed = question.share >= _FRAME and (question.changed < 2 or question.swapped)
    framed = framed or (question.swapped and found.asked < 0.25)
    return (framed and answer.overlap < 0.76) or not _says_the_same(found)


def _says_the_same(found: Evidence) -> bool:
    """Whether both notes say nearly the same in all, however it is divided and put."""
    question, answer = found.question, found.answer
    if found.alone and question.replaced < 0.1 and found.in_all >= 0.4:
        return True
    told = found.whole.told >= (2 if found.same_slot else 2.5)
    return told and found.in_all >= 0.42 and (found.same_slot > 0 or answer.share >= 0.5)


def _total(found: Evidence) -> float:
    """Question and answer both have a say, each as far as it tells something."""
    question, answer = found.question, found.answer
    total = max(found.asked, 0.0) * min(1.0, question.told / 1.2)
    total += max(found.answered, 0.0) * min(1.0, answer.told / (1.2 if found.alone else 2.0))
    if answer.same and found.asked >= 0.35 and question.replaced < 0.3:
        total += 0.35
    elif answer.same:
        total += 0.15
    elif found.answered <= 0.05 and found.answer_worth >= 0.8 and found.in_all < 0.4:
        total -= 0.25
    if found.asked <= 0.05 and found.question_worth >= 0.8 and found.in_all < 0.4:
        total -= 0.15 if found.alone else 0.35
    return total + (0.2 + 0.5 * max(0.0, found.in_all) if found.alone else 0.0)
