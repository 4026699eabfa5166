"""The lines of an estimate in a deck file → an estimate that can be asked, or why it cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from decks.estimates.drawing import MOST_DRAWS, MOST_STEPS, count, draws, number_of, steps
from decks.estimates.formula import FormulaError, formula, is_name
from decks.estimates.numerals import spoken
from decks.estimates.places import ANSWER, FORM, places
from decks.estimates.unit_texts import fault_of_unit, unit_said
from decks.model import Estimate, Parameter

_VALUE = re.compile(r"[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?%?", re.ASCII)
_TOLERANCE = re.compile(r"(\d+(?:\.\d+)?)\s*%|[x×]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*[x×]")
_PARTS = ("Q", "A", "Why", "Flip")  # whose texts may name numbers
_WITH_UNIT = re.compile(r"([^\[\]]*?)\s*\[([^\[\]]*)\]")


class EstimateError(ValueError):
    """An estimate that cannot be asked; says why, how it is mended, and where in the card it is.

    `part` is the tag of a part of the card without its colon, `near` a text in the line meant.
    """

    def __init__(self, message: str, hint: str, part: str = "Params", near: str = "") -> None:
        super().__init__(message)
        self.hint, self.part, self.near = hint, part, near


def read_estimate(params: str, answer: str, tolerance: str, back: str) -> Estimate:
    """Return the estimate that these lines of a card describe.

    `params` is `name = 1 | 2 | 3; other = 5 | 6`, `answer` a formula and in brackets its unit,
    which may also stand behind `{ans}` in the text of the answer; `[]` is none.
    Raises EstimateError.
    """
    answer = " ".join(answer.split())  # a long formula may go on below
    found = _WITH_UNIT.fullmatch(answer)
    text, unit = (found[1], found[2]) if found else (answer, unit_said(back))
    unit = " | ".join(part.strip() for part in unit.split("|"))
    return Estimate(_parameters(params), text, unit, tolerance.strip() or "10%")


def lines_of(estimate: Estimate, back: str) -> tuple[str, str, str]:
    """The texts behind Params:, Answer: and Tolerance: from which `read_estimate` makes it."""
    drawn = "; ".join(f"{name} = {' | '.join(values)}" for name, values in estimate.parameters)
    unit = f" [{estimate.unit}]" if estimate.unit or unit_said(back) else ""
    return drawn, f"{estimate.formula}{unit}", estimate.tolerance


def _parameters(text: str) -> tuple[Parameter, ...]:
    parameters = []
    for part in re.split(r"[;\n]", text):
        if part.strip():
            name, sign, values = part.partition("=")
            if not sign:
                message = f"{part.strip()[:40]} is no parameter"
                raise EstimateError(message, "write name = 1 | 2 | 3", near=part.strip())
            found = tuple(value.strip() for value in values.split("|"))
            parameters.append(Parameter(name.strip(), found))
    return tuple(parameters)


def check(estimate: Estimate, texts: Sequence[str]) -> None:
    """Raise EstimateError unless every draw has an answer and each `{name}` of the texts a number.

    The texts are those of a note's front, back and other parts, the front first.
    """
    _check_parameters(estimate)
    names = {parameter.name for parameter in estimate.parameters}
    _check_formula(estimate, names)
    _check_places(names, texts)
    if fault := fault_of_unit(estimate.unit):
        raise EstimateError(*fault, "Answer", "[")
    factor_of(estimate.tolerance)
    if steps(estimate) > MOST_STEPS:
        message = f"{count(estimate):,} draws of so long a formula take too long to be worked out"
        raise EstimateError(message, "give fewer numbers to choose from, or shorten the formula")
    if wrong := _faulty_draw(estimate):
        raise EstimateError(wrong, "change the numbers or the formula", "Answer")


def _check_parameters(estimate: Estimate) -> None:
    if not estimate.parameters:
        raise EstimateError("no parameter to draw", "write Params: name = 1 | 2 | 3")
    seen = set()
    for name, values in estimate.parameters:
        if not is_name(name) or name in ANSWER or name in seen:
            why = "again" if name in seen else "cannot be the name of a parameter"
            hint = "use letters, digits and _"
            raise EstimateError(f"{name[:40] or 'nothing'} {why}", hint, near=name)
        seen.add(name)
        wrong = [value for value in values or ("",) if not _is_number(value)]
        if wrong:
            hint = "write numbers such as 20, 1e6, 0.5 or 5%, with | between them"
            message = f"{name} = {wrong[0][:40] or 'nothing'} is no number"
            raise EstimateError(message, hint, near=wrong[0] or name)
        if len(set(map(number_of, values))) < len(values):
            message = f"{name} = … names a number twice"
            raise EstimateError(message, "give each number once", near=name)
    if count(estimate) > MOST_DRAWS:
        raise EstimateError(f"more than {MOST_DRAWS:,} draws", "give fewer numbers to choose from")


def _is_number(value: str) -> bool:
    return bool(_VALUE.fullmatch(value)) and math.isfinite(number_of(value))


def _check_formula(estimate: Estimate, names: set[str]) -> None:
    hint = "use + - * / ^, brackets, numbers and the names of Params:"
    try:
        used = set(formula(estimate.formula).names)
    except FormulaError as error:
        raise EstimateError(f"the formula {error}", hint, "Answer") from error
    if unknown := sorted(used - names):
        message = f"the formula names {unknown[0]}, which is no parameter"
        raise EstimateError(message, hint, "Answer", unknown[0])
    if idle := sorted(names - used):
        message = f"{idle[0]} does not occur in the formula"
        raise EstimateError(message, "use it, or leave it out", "Answer")


def _check_places(names: set[str], texts: Sequence[str]) -> None:
    for at, (part, text) in enumerate(zip(_PARTS, texts, strict=False)):
        for found in places(text):
            known = found[1] in names or (at > 0 and found[1] in ANSWER)
            if not known or not FORM.fullmatch(found[2] or ""):
                hint = "name a parameter, {ans} in the answer; other braces go into `code`"
                raise EstimateError(f"{found[0][:40]} has no number", hint, part, found[0])
    front = texts[0] if texts else ""
    hidden = names - {found[1] for found in places(front)}
    if hidden:
        first = min(hidden)
        message = f"the question does not say {first}"
        raise EstimateError(message, f"write {{{first}}} into it", "Q")


@lru_cache(maxsize=1024)  # a linter checks a card that the parser has checked
def _faulty_draw(estimate: Estimate) -> str:
    """What is wrong with a draw that has no answer; "" where all have one."""
    try:
        wrong = next((drawn for drawn in draws(estimate) if drawn.answer <= 0), None)
    except FormulaError as error:
        return f"the formula {error} for some numbers"
    if wrong is None:
        return ""
    named = (f"{name} = {spoken(value)}" for name, value in wrong.numbers.items())
    return f"the answer is not above zero for {', '.join(named)}"


def factor_of(tolerance: str) -> float:
    """A tolerance as a ratio: 1.1 for "10%", 1.5 for "x1.5". Raises EstimateError."""
    found = _TOLERANCE.fullmatch(tolerance.strip())
    if found:
        factor = 1 + float(found[1]) / 100 if found[1] else float(found[2] or found[3])
        if 1 < factor <= 100:
            return factor
    message = f"{tolerance[:40]} is no tolerance"
    raise EstimateError(message, "write a share, 10%, or a factor, x1.5", "Tolerance")
