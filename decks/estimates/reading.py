"""The lines of an estimate in a deck file → an estimate that can be asked, or why it cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from decks.estimates.drawing import MOST_DRAWS, count, draws, number_of
from decks.estimates.formula import FormulaError, formula, is_name
from decks.estimates.numerals import spoken
from decks.estimates.places import ANSWER, FORM, places
from decks.estimates.quantity import unit_of
from decks.model import Estimate, Parameter

_VALUE = re.compile(r"[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?%?", re.ASCII)
_TOLERANCE = re.compile(r"(\d+(?:\.\d+)?)\s*%|[x×]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*[x×]")
_WITH_UNIT = re.compile(r"([^\[\]]*?)\s*\[([^\[\]]*)\]")
_UNIT_BEHIND = re.compile(
    r"\{ans(?:wer)?(?::[^{}]*)?\}\s*"
    r"(?!(?:an?|and|are|as|at|by|for|from|in|is|of|on|or|so|that|the|times|to|with)\b)"
    r"((?:[^\W\d_]|%|\$)[\w/%-]*)"
)


class EstimateError(ValueError):
    """An estimate that cannot be asked; says why, and how it is mended."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def read_estimate(params: str, answer: str, tolerance: str, back: str) -> Estimate:
    """Return the estimate that these lines of a card describe.

    `params` is `name = 1 | 2 | 3; other = 5 | 6`, `answer` a formula and in brackets its unit,
    which may also stand behind `{ans}` in the text of the answer; `[]` is none.
    Raises EstimateError.
    """
    answer = " ".join(answer.split())  # a long formula may go on below
    found = _WITH_UNIT.fullmatch(answer)
    text, unit = (found[1], found[2]) if found else (answer, _unit_behind(back))
    unit = " | ".join(part.strip() for part in unit.split("|"))
    return Estimate(_parameters(params), text, unit, tolerance.strip() or "10%")


def _unit_behind(back: str) -> str:
    found = _UNIT_BEHIND.search(back)
    return found[1] if found else ""


def lines_of(estimate: Estimate, back: str) -> tuple[str, str, str]:
    """The texts behind Params:, Answer: and Tolerance: from which `read_estimate` makes it."""
    drawn = "; ".join(f"{name} = {' | '.join(values)}" for name, values in estimate.parameters)
    unit = f" [{estimate.unit}]" if estimate.unit or _unit_behind(back) else ""
    return drawn, f"{estimate.formula}{unit}", estimate.tolerance


def _parameters(text: str) -> tuple[Parameter, ...]:
    parameters = []
    for part in re.split(r"[;\n]", text):
        if part.strip():
            name, sign, values = part.partition("=")
            if not sign:
                raise EstimateError(
                    f"{part.strip()[:40]} is no parameter", "write name = 1 | 2 | 3"
                )
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
    if estimate.unit and any(unit_of(part.strip()) is None for part in estimate.unit.split("|")):
        raise EstimateError(f"{estimate.unit} is no unit", "write a unit such as ms, GB/s or users")
    factor_of(estimate.tolerance)
    _check_draws(estimate)


def _check_parameters(estimate: Estimate) -> None:
    if not estimate.parameters:
        raise EstimateError("no parameter to draw", "write Params: name = 1 | 2 | 3")
    seen = set()
    for name, values in estimate.parameters:
        if not is_name(name) or name in ANSWER or name in seen:
            why = "again" if name in seen else "cannot be the name of a parameter"
            raise EstimateError(f"{name[:40] or 'nothing'} {why}", "use letters, digits and _")
        seen.add(name)
        wrong = [value for value in values or ("",) if not _is_number(value)]
        if wrong:
            hint = "write numbers such as 20, 1e6, 0.5 or 5%, with | between them"
            raise EstimateError(f"{name} = {wrong[0][:40] or 'nothing'} is no number", hint)
        if len(set(map(number_of, values))) < len(values):
            raise EstimateError(f"{name} = … names a number twice", "give each number once")
    if count(estimate) > MOST_DRAWS:
        raise EstimateError(f"more than {MOST_DRAWS:,} draws", "give fewer numbers to choose from")


def _is_number(value: str) -> bool:
    return bool(_VALUE.fullmatch(value)) and math.isfinite(number_of(value))


def _check_formula(estimate: Estimate, names: set[str]) -> None:
    hint = "use + - * / ^, brackets, numbers and the names of Params:"
    try:
        used = set(formula(estimate.formula).names)
    except FormulaError as error:
        raise EstimateError(f"the formula {error}", hint) from error
    if unknown := sorted(used - names):
        raise EstimateError(f"the formula names {unknown[0]}, which is no parameter", hint)
    if idle := sorted(names - used):
        raise EstimateError(f"{idle[0]} does not occur in the formula", "use it, or leave it out")


def _check_places(names: set[str], texts: Sequence[str]) -> None:
    for at, text in enumerate(texts):
        for found in places(text):
            known = found[1] in names or (at > 0 and found[1] in ANSWER)
            if not known or not FORM.fullmatch(found[2] or ""):
                hint = "name a parameter, {ans} in the answer; other braces go into `code`"
                raise EstimateError(f"{found[0][:40]} has no number", hint)
    front = texts[0] if texts else ""
    hidden = names - {found[1] for found in places(front)}
    if hidden:
        first = min(hidden)
        raise EstimateError(f"the question does not say {first}", f"write {{{first}}} into it")


def _check_draws(estimate: Estimate) -> None:
    hint = "change the numbers or the formula"
    try:
        for drawn in draws(estimate):
            if drawn.answer <= 0:
                named = (f"{name} = {spoken(value)}" for name, value in drawn.numbers.items())
                message = f"the answer is not above zero for {', '.join(named)}"
                raise EstimateError(message, hint)
    except FormulaError as error:
        raise EstimateError(f"the formula {error} for some numbers", hint) from error


def factor_of(tolerance: str) -> float:
    """A tolerance as a ratio: 1.1 for "10%", 1.5 for "x1.5". Raises EstimateError."""
    found = _TOLERANCE.fullmatch(tolerance.strip())
    if found:
        factor = 1 + float(found[1]) / 100 if found[1] else float(found[2] or found[3])
        if 1 < factor <= 100:
            return factor
    raise EstimateError(
        f"{tolerance[:40]} is no tolerance", "write a share, 10%, or a factor, x1.5"
    )
