"""Estimates: their formulas, their lines in deck files, their draws, and the built-in ones."""

from __future__ import annotations

import math
import operator
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from decks import LintChoice, builtin
from decks.estimates.doubling import doublings, told
from decks.estimates.drawing import (
    MOST_DRAWS,
    Draw,
    count,
    draw,
    draws,
    fixed_seeds,
    fresh_seed,
    number_of,
)
from decks.estimates.formula import MAX_CHARACTERS, Formula, FormulaError, is_name
from decks.estimates.judging import AGAIN, GOOD, judged
from decks.estimates.places import places
from decks.estimates.quantity import written
from decks.estimates.reading import factor_of
from decks.estimates.wording import answered, filled, fixed
from decks.lint.engine import lint
from decks.model import CARD, PROSE, SKIPPED, Estimate, Note, NoteKind, Parameter, Place, Severity
from decks.parse import parse
from decks.render import render
from tests.lint_cards import KNOWN, sheet

# Formulas

NUMBERS = {"a": 3.0, "b_2": 0.5, "rate": 7e9}
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
             "**": operator.pow}  # fmt: skip
Tree = tuple["str | Tree", ...] | str
TREES = st.recursive(
    st.sampled_from(["a", "b_2", "rate", "1", "2.5", "1e3", ".25", "86400", "0.0001"]),
    lambda inner: st.tuples(inner, st.sampled_from(list(OPERATORS)), inner) | st.tuples(inner),
    max_leaves=12,
)


def printed(tree: Tree, power: str) -> str:
    """A tree as a formula, with more brackets than it needs; `^` or `**` for powers."""
    if isinstance(tree, str):
        return tree
    if len(tree) == 1:
        return f"-({printed(tree[0], power)})"
    left, sign, right = tree
    assert isinstance(sign, str)
    sign = power if sign == "**" else sign
    return f"({printed(left, power)}) {sign} ({printed(right, power)})"


def worked(tree: Tree) -> float:
    """What a tree is worth. ArithmeticError or TypeError where that is no real number."""
    if isinstance(tree, str):
        return NUMBERS.get(tree) or float(tree)
    if len(tree) == 1:
        return -worked(tree[0])
    left, sign, right = tree
    assert isinstance(sign, str)
    value = OPERATORS[sign](worked(left), worked(right))
    if isinstance(value, complex) or not math.isfinite(value):
        raise ArithmeticError
    return float(value)


def again(shown: str) -> str:
    """A formula that was shown, as one could type it."""
    return re.sub(r"(?<=\d),(?=\d)", "", shown).replace("×", "*")


@given(TREES, st.sampled_from(["**", "^"]))
def test_a_formula_is_worth_what_its_tree_is_worth(tree: Tree, power: str) -> None:
    text = printed(tree, power)
    assume(len(text) <= MAX_CHARACTERS)
    try:
        expected = worked(tree)
    except ArithmeticError:
        with pytest.raises(FormulaError):
            Formula(text).value(NUMBERS)
        return
    assert Formula(text).value(NUMBERS) == expected


@given(TREES)
def test_a_formula_that_is_shown_is_the_same_formula(tree: Tree) -> None:
    text = printed(tree, "^")
    assume(len(text) <= MAX_CHARACTERS)
    formula = Formula(text)
    shown = again(formula.shown({}))
    assert len(shown) <= len(text) + 40
    try:
        expected = formula.value(NUMBERS)
    except FormulaError:
        return
    assume(1e-200 < abs(expected) < 1e200)  # a sum in another order may pass beyond
    # Sums and products are shown without brackets that make no difference but to rounding.
    scale = max(1.0, abs(expected))
    assert Formula(shown).value(NUMBERS) == pytest.approx(expected, rel=1e-6, abs=1e-6 * scale)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a - (b - c)", "a - (b - c)"), ("(a - b) - c", "a - b - c"), ("a/(b*c)", "a / (b × c)"),
        ("(a*b)/c", "a × b / c"), ("a*(b+c)", "a × (b + c)"), ("(a^b)^c", "(a^b)^c"),
        ("a^(b^c)", "a^b^c"), ("-(a^2)", "-a^2"), ("(-a)^2", "(-a)^2"), ("a^(b+1)", "a^(b + 1)"),
        ("2*a**-b", "2 × a^(-b)"), ("a/86400", "a / 86,400"), ("a*1e9", "a × 1e9"),
        ("a*1e-6", "a × 1e-6"), ("a*9.585", "a × 9.585"), ("max(a, 86400)", "max(a, 86,400)"),
        ("ceil(a / b) * +c", "ceil(a / b) × +c"), ("a*1234567", "a × 1,234,567"),
        ("a - -b", "a - (-b)"),
    ],
)  # fmt: skip
def test_how_formulas_are_shown(text: str, shown: str) -> None:
    assert Formula(text).shown({}) == shown
    names = dict.fromkeys("abc", 2.0)
    assert Formula(again(shown)).value(names) == Formula(text).value(names)


@pytest.mark.parametrize(
    ("said", "shown"),
    [("-5", "(-5)^2"), ("20 million", "(20 million)^2"), ("5%", "5%^2"), ("1.2e18", "1.2e18^2")],
)
def test_a_power_of_what_stands_for_a_name(said: str, shown: str) -> None:
    assert Formula("a^2").shown({"a": said}) == shown
    factor = f"({said})" if said.startswith("-") else said
    assert Formula("a + 2 * a").shown({"a": said}) == f"{said} + 2 × {factor}"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a b", "a +", "(a", "a.b", "a[0]", "f(a)", "sqrt", "sqrt()", "sqrt(a, b)",
        "min(a)", "min(*a)", "sqrt(a=1)", "a < b", "a and b", "not a", "~a", "a // b", "a % b",
        "a @ b", "a | b", "lambda: 1", "lambda a: a", "'a'", "f'{a}'", "b'a'", "[a]", "(a, b)",
        "{a}", "{a: b}", "[x for x in a]", "a if b else c", "(a := 1)", "True", "None", "...",
        "1j", "1e999", "0x" + "f" * 290, "__import__('os')", "().__class__", "_a", "a\nb", "a\rb",
        "a\0b", "a × b", "a²", "await a", "yield a", "a; b", "a = b", "import os", "#", "a # b?",
        "~" * 299 + "a", "-" * 299 + "a", "(" * 150 + "a" + ")" * 149, "a." * 140 + "a",
        "+".join("a" * 130), "not " * 70 + "a", "lambda:" * 40 + "a", "f'{a!r:>{b}}'",
        'f"{a}" "{}"', "a" + "^a" * 60, "exp(" * 45 + "a" + ")" * 45,
    ],
)  # fmt: skip
def test_whatever_is_no_arithmetic_is_refused(text: str) -> None:
    if text == "a # b?":  # a remark is none of it
        assert Formula(text).names == ("a",)
        return
    with pytest.raises(FormulaError) as refused:
        Formula(text)
    assert 0 < len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9^9^9^9^9", "is too large"), ("1e300 * 1e300", "has no finite value"),
        ("1 / (a - 3)", "divides by zero"), ("(-a)^0.5", "takes a root of a negative number"),
        ("0^-1", "divides by zero"), ("log(0)", "has no value"), ("sqrt(-a)", "has no value"),
        ("exp(1e6)", "is too large"),
        ("round(log(0))", "has no value"), ("1e300^2 - 1e300^2", "is too large"),
    ],
)  # fmt: skip
def test_what_has_no_value(text: str, why: str) -> None:
    with pytest.raises(FormulaError) as refused:
        Formula(text).value(NUMBERS)
    assert str(refused.value) == why


SIGNS = st.sampled_from(
    [*"abx019.,+-*/^()[]{}<>=!~%@'\"#;:_ \n\r\t\0\\×²", "**", "lambda ", " if ", " else ", " in ",
     "not ", "f'", "1e9", "9^9", "sqrt(", "min(", "max(a,", "1_0", "0x", "1j", "yield "]
)  # fmt: skip


@given(st.text(max_size=40) | st.lists(SIGNS, max_size=30).map("".join))
@example("f'{a" + "\\" + "n}'")
@example("((((" * 30)
@example("max(" * 60)
def test_reading_a_formula_raises_nothing_else(text: str) -> None:
    try:
        formula = Formula(text)
    except FormulaError:
        return
    assert again(formula.shown({}))
    with suppress(FormulaError):
        assert math.isfinite(formula.value(dict.fromkeys(formula.names, 9e9)))


@pytest.mark.parametrize("piece", ["a", "9", "(", "9^", "-", "a+", " ", "[", "lambda:", "'"])
def test_an_endless_formula_is_refused_at_once(piece: str) -> None:
    start = time.process_time()
    for text in (piece * 1_000_000, piece * (MAX_CHARACTERS // len(piece))):
        try:
            Formula(text).value(NUMBERS)
        except (FormulaError, KeyError):
            continue
    assert time.process_time() - start < 1


@pytest.mark.parametrize("name", ["pass", "min", "None", "if", "_a", "9a", "a-b", "", "é"])
def test_what_cannot_be_the_name_of_a_number(name: str) -> None:
    assert not is_name(name)


# In a deck file


def card(params: str = "a = 2 | 3; b = 5", answer: str = "a * b [GB]", **parts: str) -> str:
    """The text of one card."""
    front, back = parts.get("front", "What are {a} and {b}?"), parts.get("back", "Their product.")
    lines = [f"Q: {front}", f"A: {back}", *filter(None, [parts.get("more")])]
    lines += [f"Params: {params}", f"Answer: {answer}"]
    return "\n".join([*lines, *filter(None, [parts.get("end", "Tolerance: 20%")])])


def numbers(count: int) -> str:
    """So many numbers to choose from."""
    return " | ".join(map(str, range(1, count + 1)))


def one(text: str) -> Note:
    """The one note of a text that has no fault."""
    parsed = parse(text, "f.md", "D")
    assert parsed.problems == ()
    (note,) = parsed.notes
    return note


def test_an_estimate_in_its_deck() -> None:
    text = """\
## request-batching
> sources: clipper2017

Requests wait for each other.

### batch-fill {type=estimate}
Q: {arrivals} requests arrive per second and wait {window_ms} ms each. How many share a batch?
A: {ans:.1f} requests: rate times window.
Why: At {arrivals} a second one more ms brings {arrivals:,.0f}/1,000 more.
Flip: None below {window_ms} ms.
Params: arrivals=100|1e3 ; window_ms = 10 | 50
Answer: arrivals * window_ms / 1000 [requests]
Tolerance: x1.5
"""
    note = one(text)
    assert (note.id, note.type, note.concept) == ("batch-fill", "estimate", "request-batching")
    assert note.estimate == Estimate(
        (Parameter("arrivals", ("100", "1e3")), Parameter("window_ms", ("10", "50"))),
        "arrivals * window_ms / 1000",
        "requests",
        "x1.5",
    )
    assert parse(text, "f.md", "D").fates == PROSE * 6 + CARD * 7
    drawn = draw(note.estimate, 3)
    assert filled(note.front, note.estimate, drawn).startswith("1,000 requests arrive per second")
    assert answered(note.back, note.estimate, drawn) == (
        "50.0 requests: rate times window.\n\n```text\narrivals × window ms / 1,000\n"
        "= 1,000 × 50 / 1,000\n= 50 requests\n```"
    )
    assert filled(note.why, note.estimate, drawn).endswith("brings 1,000/1,000 more.")


@pytest.mark.parametrize(
    ("text", "unit", "formula", "tolerance"),
    [
        (card(), "GB", "a * b", "20%"),
        (card(answer="a * b"), "", "a * b", "20%"),
        (card(answer="a * b [ items|candidates ]"), "items | candidates", "a * b", "20%"),
        (card(answer="a * b", back="{ans:.0f} GB in all."), "GB", "a * b", "20%"),
        (card(answer="a * b", back="{answer}% of it."), "%", "a * b", "20%"),
        (card(answer="a * b [MB]", back="{ans} GB in all."), "MB", "a * b", "20%"),
        (card(answer="a *\nb\n[GB]"), "GB", "a * b", "20%"),
        (card(params="a = 2\nb = 5;\n"), "GB", "a * b", "20%"),
        (card(answer="a * b", back="{ans} in all."), "", "a * b", "20%"),
        (card(answer="a * b []", back="{ans} GB in all."), "", "a * b", "20%"),
        (card(end=""), "GB", "a * b", "10%"),
        (card(end="Tolerance:"), "GB", "a * b", "10%"),
        (card(end="Tolerance: ×2"), "GB", "a * b", "×2"),
        (card(end="Tolerance: 20%\nWhy: since"), "GB", "a * b", "20%"),
        (card(params="a = -2|-3; b=-5%"), "GB", "a * b", "20%"),
    ],
)
def test_other_ways_to_write_it(text: str, unit: str, formula: str, tolerance: str) -> None:
    found = one(text).estimate
    assert found is not None
    assert (found.unit, found.formula, found.tolerance) == (unit, formula, tolerance)


@pytest.mark.parametrize("text", ["`{x}`", "$x_{i}$", "$\\frac{a}{c}$", "{x, y}", '{"k": 1}', "{}",
                                  "\\{x}", "{1}", "{ a }", "[w](u{x})"])  # fmt: skip
def test_braces_that_are_no_place_are_left_alone(text: str) -> None:
    note = one(card(front=f"{text}: what are {{a}} and {{b}}?", back=f"So much: {text}"))
    assert note.estimate is not None
    drawn = draw(note.estimate, 0)
    assert filled(note.front, note.estimate, drawn) == f"{text}: what are 2 and 5?"
    assert f"So much: {text}" in answered(note.back, note.estimate, drawn)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Q: q\nA: a\nParams: a = 1", 3, "an estimate without Answer:"),
        ("Q: q\nA: a\nAnswer: 1", 3, "an estimate without Params:"),
        ("Q: q\nA: a\nTolerance: 10%", 3, "an estimate without Params:"),
        ("Q: q\nParams: a = 1\nA: a\nAnswer: a", 2, "Params: without an answer above it"),
        ("C: a [gap]\nParams: a = 1\nAnswer: a", 2, "Params: without an answer above it"),
        (card(more="Params: c = 1"), 4, "Params: again in one card"),
        (card(end="Tolerance: 20%\nTolerance: 30%"), 6, "Tolerance: again in one card"),
        (card(more="Variant: other words (7)"), 3, "a variant of an estimate"),
        (card(front="{a}, {b}, {c}?"), 1, "{c} has no number"),
        (card(front="{a}, {b}, {ans}?"), 1, "{ans} has no number"),
        (card(back="{c} GB"), 2, "{c} has no number"),
        (card(more="Why: for {c}"), 3, "{c} has no number"),
        (card(front="{a:d} and {b}?"), 1, "{a:d} has no number"),
        (card(front="{a:>9} and {b}?"), 1, "{a:>9} has no number"),
        (card(front="What is {a}?"), 1, "the question does not say b"),
        (card(front="What are `{a}` and {b}?"), 1, "the question does not say a"),
        (card(params="a = 0 | 1; b = 2"), 4, "the answer is not above zero for a = 0, b = 2"),
        (card(params="a = 1; b = 3 | -2"), 4, "the answer is not above zero for a = 1, b = -2"),
        (card(answer="1 / (a - 3) + b"), 4, "the formula divides by zero for some numbers"),
        (card(answer="(a - 3)^0.5 + b"), 4,
         "the formula takes a root of a negative number for some numbers"),
        (card(answer="1e300^a * b"), 4, "the formula is too large for some numbers"),
        (card(answer="a * c"), 4, "the formula names c, which is no parameter"),
        (card(answer="a * 2"), 4, "b does not occur in the formula"),
        (card(answer="a.b"), 4, "the formula holds a.b, which is no arithmetic"),
        (card(answer="a b"), 4, "the formula cannot be read"),
        (card(answer="a × b"), 4, "the formula holds a sign that is not ASCII: write * for times,"
         " / for divided by"),
        (card(answer="a * b [GB] or so"), 4,
         "the formula holds a * b [GB] or so, which is no arithmetic"),
        (card(answer=""), 4, "the formula cannot be read"),
        (card(answer="a * b [GB/s/s]"), 4, "GB/s/s is no unit"),
        (card(answer="a * b [items | 7]"), 4, "items | 7 is no unit"),
        (card(params="a; b = 2"), 3, "a is no parameter"),
        (card(params=""), 3, "no parameter to draw"),
        (card(params="a = 1 | ; b = 2"), 3, "a = nothing is no number"),
        (card(params="a = 1, 2; b = 2"), 3, "a = 1, 2 is no number"),
        (card(params="a = 5k; b = 2"), 3, "a = 5k is no number"),
        (card(params="a = 1_; b = 2"), 3, "a = 1_ is no number"),
        (card(params="a = 1e999; b = 2", answer="b + 1 / a"), 3, "a = 1e999 is no number"),
        (card(params="a = ٣; b = 2"), 3, "a = ٣ is no number"),
        (card(params="a = 1; b = 2; a = 3"), 3, "a again"),
        (card(params="pass = 1; b = 2"), 3, "pass cannot be the name of a parameter"),
        (card(params="min = 1; b = 2"), 3, "min cannot be the name of a parameter"),
        (card(params="ans = 1; b = 2"), 3, "ans cannot be the name of a parameter"),
        (card(params="a-c = 1; b = 2"), 3, "a-c cannot be the name of a parameter"),
        (card(params=f"a = {numbers(101)}; b = {numbers(101)}"), 3, "more than 10,000 draws"),
        (card(params="a = 2 | 3 | 2.0; b = 2"), 3, "a = … names a number twice"),
        (card(params="a = 5% | 0.05; b = 2"), 3, "a = … names a number twice"),
        (card(end="Tolerance: some"), 5, "some is no tolerance"),
        (card(end="Tolerance: 10%\nand prose"), 5, "10%\nand prose is no tolerance"),
    ],
)  # fmt: skip
def test_an_estimate_that_cannot_be_asked(text: str, line: int, message: str) -> None:
    parsed = parse(f"{text}\n\nC: next [card]", "f.md", "D")
    (problem,) = parsed.problems
    assert (problem.place.line, problem.message.removeprefix("estimate: ")) == (line, message)
    assert problem.severity is Severity.ERROR
    assert problem.hint
    assert [note.front for note in parsed.notes] == ["next [card]"]
    lines = text.count("\n") + 1
    assert parsed.fates == SKIPPED * lines + PROSE + CARD


def test_most_draws_are_still_drawn() -> None:
    note = one(card(params=f"a = {numbers(100)}; b = {numbers(100)}"))
    assert note.estimate is not None
    assert count(note.estimate) == MOST_DRAWS


def test_an_id_behind_an_estimate_is_no_power() -> None:
    plain = one(card(answer="a * b ^a", end=""))
    assert (plain.id, plain.estimate and plain.estimate.formula) == ("", "a * b ^a")
    power = one(card(params="rate = 2; b = 3", answer="b * rate ^rate", end="",
                     front="{rate}, {b}?"))  # fmt: skip
    assert (power.id, power.estimate and power.estimate.formula) == ("", "b * rate ^rate")
    named = one(card(end="") + " ^my-own")
    assert (named.id, named.estimate and named.estimate.unit) == ("my-own", "GB")
    assert one(card() + "\n^my-own").id == "my-own"


@pytest.mark.parametrize("tag", ["Params", "Answer", "Tolerance"])
def test_such_a_line_elsewhere_is_text(tag: str) -> None:
    text = f"{tag}: prose\n\na :: b\n{tag}: prose\n\nQ: q\nA: a\n {tag}: indented\n"
    parsed = parse(text, "f.md", "D")
    assert parsed.problems == ()
    assert [note.back for note in parsed.notes] == ["b", f"a\n {tag}: indented"]


LINES = st.sampled_from(
    ["Q: {a} and {b}?", "Q: {a}?", "Q: {c}?", "A: so", "A: {ans} GB", "A: {a}", "Why: {b}",
     "Why: {d}", "Flip: no", "Variant: v (w)", "C: [gap] {a}", "Params: a = 1 | 2; b = 3",
     "Params: a=0", "Params: a", "Params: a = 1_; b = 2", "Params:", "Answer: a * b [GB]",
     "Answer: a", "Answer: a ^abc", "Answer: 1/a [x | y]", "Answer:", "Tolerance: 20%",
     "Tolerance: no", "Tolerance:", "^id-x", "b = 4", "[GB]", "", "---", "## slug", "{a}", "```",
     "### my-id {type=estimate}", "x :: {a}", "Answer: a + b", "Q: {b}{a:.0f}"]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=14).map("\n".join)


@given(TEXTS)
def test_any_lines_of_estimates_are_read_and_written_again(text: str) -> None:
    parsed = parse(text, "f.md", "D")
    lines = text.split("\n")[: None if text.rpartition("\n")[2] else -1]
    assert len(parsed.fates) == len(lines)
    for problem in parsed.problems:
        assert 1 <= problem.place.line <= len(lines)
        assert problem.hint
    if parsed.notes:
        back = parse(render(parsed.notes), "f.md", "D").notes
        nowhere = Place("f.md", 0)
        assert [replace(note, place=nowhere) for note in back] == [
            replace(note, place=nowhere) for note in parsed.notes
        ]


VALUES = st.sampled_from(["1", "2", "3.5", "1e6", "5%", ".5", "20e6", "0.001", "1_000", "100"])
CHOICES = st.lists(VALUES, min_size=1, max_size=4, unique_by=number_of)
NAMES = st.sampled_from(["users", "a", "rate_per_s", "B2", "x9"])
TAILS = st.sampled_from(["", " * 2", " / 3 + 1", " ^ 0.5", " * 1e-3", "**2"])


@st.composite
def estimates(draw_: st.DrawFn) -> Estimate:
    """Estimates that can be asked."""
    names = draw_(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    parameters = tuple(Parameter(name, tuple(draw_(CHOICES))) for name in names)
    formula = f"({draw_(st.sampled_from([' * ', ' + ', ' / '])).join(names)}){draw_(TAILS)}"
    unit = draw_(st.sampled_from(["", "GB", "req/s", "%", "items | things", "fraction", "$"]))
    return Estimate(parameters, formula, unit, draw_(st.sampled_from(["10%", "x1.5", "2x"])))


def note_of(estimate: Estimate, more: Mapping[str, str]) -> Note:
    """A note that asks for it."""
    front = "Given " + ", ".join(f"{{{name}}}" for name, _ in estimate.parameters) + ", how many?"
    return Note(NoteKind.BASIC, front, more.get("back", "So many."), "D", Place("", 0),
                id=more.get("id", ""), type="estimate" if more.get("id") else "",
                why=more.get("why", ""), estimate=estimate)  # fmt: skip


MORE = st.fixed_dictionaries(
    {},
    optional={
        "id": st.just("my-own"),
        "back": st.sampled_from(["{ans:.2f} in all", "{ans} [GB]", "# {answer}", "A: {ans}"]),
        "why": st.sampled_from(["since", "so ^x-y", "Params: a = 1", "- {ans}"]),
    },
)


@given(estimates(), MORE)
def test_every_estimate_is_written_and_read_again(
    estimate: Estimate, more: Mapping[str, str]
) -> None:
    note = note_of(estimate, more)
    text = render([note])
    parsed = parse(text, "", "D")
    assert parsed.problems == ()
    assert [replace(found, place=note.place) for found in parsed.notes] == [note]
    assert PROSE not in parsed.fates.lstrip(PROSE)
    assert render(parsed.notes) == text


@pytest.mark.parametrize("piece", ["`a`{a}", "{a", "{a}", "$x$ ", "{a:", "[", "{{"])
def test_endless_texts_take_linear_time(piece: str) -> None:
    start = time.process_time()
    for part in ("front", "back"):
        parse(card(**{part: "{a} {b} " + piece * (50_000 // len(piece))}), "f.md", "D")
    assert time.process_time() - start < 1


# Draws


@given(estimates())
def test_seeds_below_the_count_are_all_the_draws_each_once(estimate: Estimate) -> None:
    combinations = {tuple(drawn.numbers.items()) for drawn in draws(estimate)}
    distinct = math.prod(
        len({number_of(value) for value in values}) for _, values in estimate.parameters
    )
    assert len(combinations) == distinct
    total = count(estimate)
    assert total == math.prod(len(values) for _, values in estimate.parameters)
    assert draw(estimate, total + 1)[1:] == draw(estimate, 1 % total)[1:]
    for drawn in draws(estimate):
        for name, values in estimate.parameters:
            assert drawn.numbers[name] in map(number_of, values)


@given(estimates(), st.integers(0, 2**64), st.none() | st.integers(0, 2**40))
def test_a_fresh_seed_is_another_than_the_last(
    estimate: Estimate, chance: int, last: int | None
) -> None:
    total = count(estimate)
    seed = fresh_seed(estimate, chance, last)
    assert 0 <= seed < total
    assert last is None or total == 1 or seed != last % total


def test_every_draw_comes_up() -> None:
    estimate = Estimate((Parameter("a", ("1", "2", "3")), Parameter("b", ("1", "2"))), "a * b")
    for last in (None, 4):
        seeds = [fresh_seed(estimate, chance, last) for chance in range(36)]
        assert set(seeds) == set(range(6)) - {last}


@given(estimates(), st.integers(1, 9))
def test_fixed_seeds_are_few_and_distinct(estimate: Estimate, most: int) -> None:
    seeds = fixed_seeds(estimate, most)
    assert len(seeds) == len(set(seeds)) == min(most, count(estimate))
    assert all(0 <= seed < count(estimate) for seed in seeds)
    if len(seeds) > 1:  # two draws that differ in each number that has a choice
        first, second = (draw(estimate, seed).seed for seed in seeds[:2])
        for _, values in estimate.parameters:
            assert len(values) == 1 or first % len(values) != second % len(values)
            first, second = first // len(values), second // len(values)


@given(estimates(), MORE)
def test_a_fixed_note_names_no_number_any_more(estimate: Estimate, more: Mapping[str, str]) -> None:
    note = note_of(estimate, more)
    said = fixed(note)
    assert said.estimate is None
    texts = [said.front, said.back, said.why, *(part for one in said.variants for part in one)]
    assert not any("{" in text for text in texts)
    fronts = [said.front, *(one.front for one in said.variants)]
    assert len(fronts) == min(4, count(estimate))
    assert fixed(said) is said


NOTHING_DOUBLES = "None of these numbers alone can double it within a factor of 1,000."


@given(estimates())
def test_what_is_said_to_double_doubles(estimate: Estimate) -> None:
    check_doubling(estimate, draw(estimate, 0))


def check_doubling(estimate: Estimate, drawn: Draw) -> None:
    """Each change that is told, and no other, doubles the answer."""
    formula = Formula(estimate.formula)
    lines = told(estimate, drawn)
    assert "{" not in lines
    changes = doublings(estimate, drawn)
    assert len(lines.splitlines()) == max(1, len(changes))
    for name, before, after in changes:
        assert before == drawn.numbers[name]
        assert 1 / 1000.5 < after / before < 1000.5
        answer = formula.value({**drawn.numbers, name: after})
        assert answer == pytest.approx(2 * drawn.answer, rel=1e-6)


@pytest.mark.parametrize(
    ("values", "formula", "expected"),
    [
        ("1", "a * 7", "- a: doubled, 1 → 2"),  # a machine, not a share
        ("50%", "a * 7", "- a: doubled, 50% → 100%"),
        ("60%", "a * 7", NOTHING_DOUBLES),
        ("0.5 | 1", "a * 7", "- a: doubled, 0.5 → 1"),
        ("5", "7 / a", "- a: halved, 5 → 2.5"),
        ("20e6", "a * 7", "- a: doubled, 20 million → 40 million"),
        ("2", "a^2", "- a: 2 → about 2.83"),
        ("1", "1 + a / 1e6", NOTHING_DOUBLES),
        ("-4", "-a", "- a: doubled, -4 → -8"),
        ("5%", "a + 0.9", "- a: 5% → 100%"),  # at the very end of the way
        ("1.5", "exp(-(a - 3)^2)", "- a: 1.5 → about 1.75"),  # before it falls again
    ],
)
def test_what_is_said_of_doubling(values: str, formula: str, expected: str) -> None:
    estimate = one(card(values and f"a = {values}", formula, front="{a}?")).estimate
    assert estimate is not None
    assert told(estimate, draw(estimate, 0)) == expected


@pytest.mark.parametrize(
    ("params", "formula", "expected"),
    [
        ("c = 4096", "7 / c", "- c: halved, 4,096 → 2,048"),
        ("n = 768", "7 * n", "- n: doubled, 768 → 1,536"),
        ("n = 1048576", "7 * n", "- n: doubled, 1,048,576 → 2,097,152"),
        ("slo = 99.99%", "(1 - slo) * 525600", "- slo: 99.99% → 99.98%"),
        ("p = 99.9%", "1 / (1 - p)", "- p: 99.9% → 99.95%"),
        ("price = 0.5 | 0.9", "price * 4", "- price: doubled, 0.5 → 1"),
        ("price = 0.9 | 0.5", "price * 4", "- price: doubled, 0.9 → 1.8"),
        ("kept = 0.9 | 0.5", "kept * (1 - kept) * 4 + kept", NOTHING_DOUBLES),
        ("a = 100%", "a * 3", NOTHING_DOUBLES),
        ("a = 100% | 50%", "a * 3", NOTHING_DOUBLES),
        ("a = 150% | 50%", "a * 3", "- a: doubled, 150% → 300%"),
        ("a = 20", "ceil(a / 8)", "- a: 20 → 41"),
        ("a = 24", "floor(a / 8)", "- a: doubled, 24 → 48"),
        ("a = 3333", "ceil(a / 8)", "- a: 3,333 → 6,665"),
        ("a = 20", "ceil(100 / a)", "- a: 20 → 11"),
        ("a = 20", "3 * floor(a / 20)^2", NOTHING_DOUBLES),  # from 3 to 12 at once
        ("a = 4", "a^3", "- a: 4 → about 5.04"),
        ("n = 1e6", "log2(n)", NOTHING_DOUBLES),
    ],
)
def test_numbers_are_said_as_they_are_asked(params: str, formula: str, expected: str) -> None:
    name = params.split(" ")[0]
    estimate = one(card(params, formula, front=f"{{{name}}}?")).estimate
    assert estimate is not None
    assert told(estimate, draw(estimate, 0)) == expected


@given(st.floats(1e-3, 1e12).map(lambda value: float(f"{value:.9g}")))
@example(123456789.0)
@example(999999.6)
def test_the_question_says_all_digits_of_a_number(value: float) -> None:
    estimate = one(card(f"a = {value!r}", "a + 1", front="{a}?")).estimate
    assert estimate is not None
    said = filled("{a}", estimate, draw(estimate, 0)).replace(",", "")
    number, _, word = said.partition(" ")
    factor = {"": 1.0, "million": 1e6, "billion": 1e9, "trillion": 1e12}[word]
    assert float(number) * factor == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize(
    ("formula", "said", "shown"),
    [
        ("-b * a", {"a": "8", "b": "-2"}, "-(-2) × 8"), ("a + b", {"b": "-5"}, "a + (-5)"),
        ("a * b * b", {"b": "-2"}, "a × (-2) × (-2)"), ("b + a", {"b": "-2"}, "-2 + a"),
        ("- -a", {}, "-(-a)"), ("2^b", {"b": "-2"}, "2^(-2)"),
    ],
)  # fmt: skip
def test_signs_of_numbers_stand_apart(formula: str, said: dict[str, str], shown: str) -> None:
    assert Formula(formula).shown(said) == shown


@pytest.mark.parametrize(
    ("back", "unit"),
    [
        ("{ans} events per day.", "events per day | events"), ("${ans} a day", "$ | $/day"),
        ("{ans:.0f} dollars a day", "dollars | dollars/day"), ("{ans} GB/s per node", "GB/s"),
        ("{ans} requests per batch", "requests"), ("{ans} hours a day", "hours"),
        ("{ans}% a year", "%"), ("{ans} in all, {ans} GB", "GB"), ("${ans}", "$"),
        ("{ans}\nGB", "GB"), ("{ans} a day", ""),
    ],
)  # fmt: skip
def test_the_unit_around_the_answer(back: str, unit: str) -> None:
    found = one(card(answer="a * b", back=back)).estimate
    assert found is not None
    assert found.unit == unit


@pytest.mark.parametrize(
    ("back", "answer", "line", "message"),
    [
        ("{ans} million requests", "a * b", 4, "million is no unit but a number"),
        ("{ans} per day", "a * b", 4, "per is no unit"),
        ("So.", "a * b [k]", 4, "k is no unit but a number"),
        ("So.", "a * b\n[users | GB]", 5, "users | GB are no two names of one unit"),
    ],
)
def test_what_is_no_unit_is_refused(back: str, answer: str, line: int, message: str) -> None:
    (problem,) = parse(card(back=back, answer=answer), "f.md", "D").problems
    assert (problem.place.line, problem.message) == (line, f"estimate: {message}")


def test_a_unit_that_may_be_taken_for_another_is_remarked() -> None:
    text = f"{card(answer='a * b [m]')}\n\n{card(answer='a + b [min]', back='Their sum.')}"
    seen = lint([sheet(text)], KNOWN, LintChoice.of(["unit"], ())).findings
    assert [one.message for one in seen] == ["the unit m stands for minutes"]


def test_a_fault_is_reported_at_its_line() -> None:
    for text, line in (
        (card(params="a = 2;\nb = 5k"), 4), (card(front="What\nis {c}\nfor {a}, {b}?"), 2),
        (card(answer="a *\nb * c\n[GB]"), 5), (card(more="Why: so.\nWhy: {c}"), 4),
    ):  # fmt: skip
        (problem,) = parse(text, "f.md", "D").problems
        assert problem.place.line == line


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Q: twelve?\nA: Fine.\nparams: a = 1 | 2", 3, "looks like Params: inside a card"),
        ("Q: twelve?\nA: Fine.\n**Params:** a = 1", 3, "looks like Params: inside a card"),
        ("Q: How many for {a} users?\nA: 12", 1,
         "the question says {a} with its braces: no Params: draws a number for it"),
        ("Q: How many?\nA: {ans} GB", 2,
         "the answer says {ans} with its braces: no Answer: works it out"),
        ("### my-own {type=estimate}\nQ: q?\nA: a", 2, "{type=estimate} without Params:"),
    ],
)  # fmt: skip
def test_what_looks_like_an_estimate_is_remarked(text: str, line: int, message: str) -> None:
    parsed = parse(text, "f.md", "D")
    (problem,) = parsed.problems
    assert (problem.place.line, problem.message) == (line, message)
    assert problem.severity is Severity.NOTE
    assert len(parsed.notes) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Q: What answers /users/{id}?\nA: a", "Q: `{a}`?\nA: a", "Q: ${a}?\nA: a",
        "Q: {{a}}?\nA: a", "Q: q\nA: a\n Params: a = 1", "Q: q\nA: the parameters: a",
    ],
)  # fmt: skip
def test_braces_and_words_that_mean_no_estimate(text: str) -> None:
    assert parse(text, "f.md", "D").problems == ()


def test_so_much_work_is_refused() -> None:
    start = time.process_time()
    for at in range(20):
        long = " + ".join(["a * b"] * 12)
        one(card(f"a = {numbers(100)}; b = {numbers(100)}", f"{long} + {at} [GB]"))
    assert time.process_time() - start < 5
    long = " + ".join(["a * b"] * 28)
    text = card(f"a = {numbers(100)}; b = {numbers(100)}", f"{long} [GB]")
    (problem,) = parse(text, "f.md", "D").problems
    assert "take too long to be worked out" in problem.message


@given(estimates())
def test_all_draws_are_those_of_their_seeds(estimate: Estimate) -> None:
    assert list(draws(estimate)) == [draw(estimate, seed) for seed in range(count(estimate))]


def test_fixed_draws_say_their_own_reasons() -> None:
    said = fixed(one(card(more="Why: At {a} it is {ans}.\nFlip: None.")))
    texts = [said.back, *(variant.back for variant in said.variants)]
    reasons = ("**Why:** At 2 it is 10.", "**Why:** At 3 it is 15.")
    assert all(text.endswith(reason) for text, reason in zip(texts, reasons, strict=True))
    assert (said.why, said.flip) == ("", "None.")


# Those that are built in


class Row(NamedTuple):
    """An estimate as the record has it."""

    concept: str
    formula: str
    unit: str
    tolerance: str
    draws: int


def record() -> dict[str, Row]:
    """What is known of the built-in estimates apart from their decks."""
    lines = (Path(__file__).parent / "data/estimates.psv").read_text().splitlines()
    rows = (line.split(" | ") for line in lines if not line.startswith("#"))
    return {row[0]: Row(*row[1:5], int(row[5])) for row in rows}


RECORD = record()
ESTIMATES = {note.id: note for deck in builtin() for note in deck.parsed.notes if note.estimate}


def test_all_templates_are_built_in() -> None:
    assert len(RECORD) == 36
    assert ESTIMATES.keys() == RECORD.keys()
    assert sum(count(note.estimate) for note in ESTIMATES.values() if note.estimate) == 406


@pytest.mark.parametrize("name", RECORD)
def test_every_draw_of_a_template_comes_to_what_the_record_says(name: str) -> None:
    note, row = ESTIMATES[name], RECORD[name]
    estimate = note.estimate
    assert estimate is not None
    assert (note.type, note.concept, count(estimate)) == ("estimate", row.concept, row.draws)
    assert row.unit in estimate.unit.split(" | ")
    assert factor_of(estimate.tolerance) == factor_of(row.tolerance)
    for drawn in draws(estimate):
        names = dict(zip("abcde", drawn.numbers.values(), strict=False))
        expected = eval(row.formula, {"math": math, **names})
        assert drawn.answer == pytest.approx(expected, rel=2e-4)
        assert 0 < drawn.answer < 1e15


@pytest.mark.parametrize("name", RECORD)
def test_every_draw_of_a_template_can_be_asked_and_answered(name: str) -> None:
    note = ESTIMATES[name]
    estimate = note.estimate
    assert estimate is not None
    for drawn in draws(estimate):
        front = filled(note.front, estimate, drawn)
        back = answered(note.back, estimate, drawn)
        rest = [filled(text, estimate, drawn) for text in (note.why, note.flip)]
        assert not any("{" in text or "}" in text for text in (front, back, *rest))
        right = written(drawn.answer, estimate.unit)
        assert back.startswith(f"**{right}**")
        assert f"= {right}\n```" in back
        unit = estimate.unit.split(" | ")[0]
        assert {"fraction": "%", "probability": "%", "dollars": "$"}.get(unit, f" {unit}") in right
        assert judged(right, estimate, drawn).rating == GOOD
        assert judged(written(3 * drawn.answer, estimate.unit), estimate, drawn).rating == AGAIN
        assert judged(f"{drawn.answer} dogs", estimate, drawn).rating == AGAIN


@pytest.mark.parametrize("name", RECORD)
def test_what_would_double_a_template_does(name: str) -> None:
    estimate = ESTIMATES[name].estimate
    assert estimate is not None
    for seed in fixed_seeds(estimate):
        check_doubling(estimate, draw(estimate, seed))


@pytest.mark.parametrize("name", RECORD)
def test_the_words_of_a_template_name_no_number_of_a_draw(name: str) -> None:
    note = ESTIMATES[name]
    assert {found[1] for found in places(note.front)} == {
        parameter.name for parameter in note.estimate.parameters if note.estimate
    }
