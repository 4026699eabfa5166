"""Arithmetic as a deck file may write it: a checked syntax tree that is walked, never `eval`."""

from __future__ import annotations

import ast
import math
import operator
import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from decks.estimates.numerals import constant

MAX_CHARACTERS = 300
_MOST_NODES = 120
_DEEPEST = 40
_LARGEST = sys.float_info.max
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_POWER = re.compile(r"\^")

_BINARY: dict[type[ast.operator], tuple[Callable[[float, float], float], str, int]] = {
    ast.Add: (operator.add, "+", 1),
    ast.Sub: (operator.sub, "-", 1),
    ast.Mult: (operator.mul, "×", 2),
    ast.Div: (operator.truediv, "/", 2),
    ast.Pow: (operator.pow, "^", 4),
}
_UNARY: dict[type[ast.unaryop], tuple[Callable[[float], float], str]] = {
    ast.UAdd: (operator.pos, "+"),
    ast.USub: (operator.neg, "-"),
}
_UNARY_BINDS = 3
_ATOM = 5


class Function(NamedTuple):
    """A function by the name of a formula: what it does, and how many arguments it takes."""

    call: Callable[..., float]
    least: int = 1
    most: int = 1


FUNCTIONS = {
    "sqrt": Function(math.sqrt),
    "exp": Function(math.exp),
    "log": Function(math.log),
    "log2": Function(math.log2),
    "log10": Function(math.log10),
    "ceil": Function(math.ceil),
    "floor": Function(math.floor),
    "round": Function(round),
    "min": Function(min, 2, 9),
    "max": Function(max, 2, 9),
}


class FormulaError(ValueError):
    """A formula that cannot be read, or that has no value for some numbers."""


class Formula:
    """A formula that was found sound; its value for numbers of these names is another matter."""

    __slots__ = ("_tree", "names", "text")

    def __init__(self, text: str) -> None:
        """Read `text`; `^` and `**` are powers. Raises FormulaError."""
        self.text = text
        self._tree = _read(text)
        found = (node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name))
        self.names = tuple(name for name in dict.fromkeys(found) if name not in FUNCTIONS)

    def value(self, numbers: Mapping[str, float]) -> float:
        """The value for these numbers. Raises FormulaError where there is none that is finite."""
        try:
            value = _value(self._tree, numbers)
        except (ArithmeticError, ValueError) as error:
            raise FormulaError(_said(error)) from error
        if not math.isfinite(value):
            raise FormulaError("has no finite value")
        return value

    def shown(self, names: Mapping[str, str]) -> str:
        """The formula as people write it, with these words for its names."""
        return _shown(self._tree, names)[0]


@lru_cache(maxsize=64)  # a card is checked, drawn, worked out and doubled in one go
def formula(text: str) -> Formula:
    """`Formula` of a text."""
    return Formula(text)


def is_name(text: str) -> bool:
    """Whether a parameter may be called so."""
    import keyword

    return bool(_NAME.fullmatch(text)) and text not in FUNCTIONS and not keyword.iskeyword(text)


def _read(text: str) -> ast.expr:
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(f"is longer than {MAX_CHARACTERS} characters")
    if not (text.isascii() and text.isprintable()):
        raise FormulaError("holds a sign that is not ASCII: write * for times, / for divided by")
    text = _POWER.sub("**", text).strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python, about what is refused below anyway
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("cannot be read") from error
    _check(tree, text)
    return tree


def _check(tree: ast.expr, text: str) -> None:
    """Refuse whatever in the text is not arithmetic."""
    waiting: list[tuple[ast.expr, int]] = [(tree, 1)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > _MOST_NODES or depth > _DEEPEST:
            raise FormulaError("is too long to be checked")
        parts = _parts(node)
        if parts is None:
            said = text[node.col_offset : node.end_col_offset]
            raise FormulaError(f"holds {said[:40]}, which is no arithmetic")
        waiting += [(part, depth + 1) for part in parts]


def _parts(node: ast.expr) -> Sequence[ast.expr] | None:
    """The operands of a node; None of a node that a formula may not hold."""
    match node:
        case ast.BinOp() if type(node.op) in _BINARY:
            return (node.left, node.right)
        case ast.UnaryOp() if type(node.op) in _UNARY:
            return (node.operand,)
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in FUNCTIONS:
            called = FUNCTIONS[name]
            if not called.least <= len(node.args) <= called.most:
                raise FormulaError(f"{name} takes another number of arguments")
            return node.args
        case ast.Name(id=name) if is_name(name):
            return ()
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            if value > _LARGEST:
                raise FormulaError("holds a number that is too large")
            return ()
    return None


def _value(node: ast.expr, numbers: Mapping[str, float]) -> float:
    match node:
        case ast.BinOp():
            left, right = _value(node.left, numbers), _value(node.right, numbers)
            return _real(_BINARY[type(node.op)][0](left, right))
        case ast.UnaryOp():
            return _UNARY[type(node.op)][0](_value(node.operand, numbers))
        case ast.Call(func=ast.Name(id=name)):
            return float(FUNCTIONS[name].call(*(_value(part, numbers) for part in node.args)))
        case ast.Name(id=name):
            return float(numbers[name])
        case ast.Constant(value=int() | float() as value):
            return float(value)  # floats alone: powers of whole numbers may take for ever
    raise AssertionError(node)


def _real(value: float | complex) -> float:
    if isinstance(value, complex):
        raise FormulaError("takes a root of a negative number")
    return value


def _said(error: Exception) -> str:
    if isinstance(error, FormulaError):
        return str(error)
    if isinstance(error, ZeroDivisionError):
        return "divides by zero"
    return "is too large" if isinstance(error, OverflowError) else "has no value"


def _shown(node: ast.expr, names: Mapping[str, str]) -> tuple[str, int]:
    """The node as people write it, and how strongly it binds."""
    match node:
        case ast.BinOp():
            return _shown_operation(node, names)
        case ast.UnaryOp():
            inner = _within(node.operand, names, _UNARY_BINDS)
            return f"{_UNARY[type(node.op)][1]}{inner}", _UNARY_BINDS
        case ast.Call(func=ast.Name(id=name)):
            inner = ", ".join(_shown(part, names)[0] for part in node.args)
            return f"{name}({inner})", _ATOM
        case ast.Name(id=name):
            return _named(names.get(name, name))
        case ast.Constant(value=int() | float() as value):
            return constant(value), _ATOM
    raise AssertionError(node)


def _named(text: str) -> tuple[str, int]:
    """What stands for a name; only as the base of a power it may need brackets: -5, 2 million."""
    return text, _UNARY_BINDS if text.startswith("-") or " " in text else _ATOM


def _shown_operation(node: ast.BinOp, names: Mapping[str, str]) -> tuple[str, int]:
    _, sign, binds = _BINARY[type(node.op)]
    is_power = sign == "^"
    left = _within(node.left, names, binds + is_power)
    # a - (b - c) and a / (b × c) need their brackets, a^(b^c) does without.
    right = _within(node.right, names, binds + (not is_power and sign != "+" and sign != "×"))
    if sign == "-" and right.startswith("-"):
        right = f"({right})"  # 3 - (-5)
    space = "" if is_power else " "
    return f"{left}{space}{sign}{space}{right}", binds


def _within(node: ast.expr, names: Mapping[str, str], least: int) -> str:
    text, binds = _shown(node, names)
    return text if binds >= least else f"({text})"
