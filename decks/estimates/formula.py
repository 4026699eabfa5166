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
Worker = Callable[[Mapping[str, float]], float]
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

    __slots__ = ("_tree", "_worker", "names", "nodes", "text")

    def __init__(self, text: str) -> None:
        """Read `text`; `^` and `**` are powers. Raises FormulaError."""
        self.text = text
        self._tree, self.nodes = _read(text)
        self._worker = _worker(self._tree)
        found = (node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name))
        self.names = tuple(name for name in dict.fromkeys(found) if name not in FUNCTIONS)

    def value(self, numbers: Mapping[str, float]) -> float:
        """The value for these numbers. Raises FormulaError where there is none that is finite."""
        try:
            value = self._worker(numbers)
        except (ArithmeticError, ValueError) as error:
            raise FormulaError(_said(error)) from error
        if not math.isfinite(value):
            raise FormulaError("has no finite value")
        return value

    def complements(self) -> frozenset[str]:
        """The names that occur as `1 - name`: shares, of which it is the rest."""
        return frozenset(filter(None, map(_complement, ast.walk(self._tree))))

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


def _read(text: str) -> tuple[ast.expr, int]:
    """The tree of a formula, and how many nodes it has."""
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
    return tree, _check(tree, text)


def _check(tree: ast.expr, text: str) -> int:
    """Refuse whatever in the text is not arithmetic; how many nodes there are."""
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
    return seen


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


def _worker(node: ast.expr) -> Worker:
    """What works out a node: nested calls, in a third of the time that walking the tree takes."""
    match node:
        case ast.BinOp():
            return _operation(node)
        case ast.UnaryOp():
            sign, operand = _UNARY[type(node.op)][0], _worker(node.operand)
            return lambda numbers: sign(operand(numbers))
        case ast.Call(func=ast.Name(id=name)):
            call, parts = FUNCTIONS[name].call, [_worker(part) for part in node.args]
            return lambda numbers: float(call(*[part(numbers) for part in parts]))
        case ast.Name(id=name):
            return lambda numbers: float(numbers[name])
        case ast.Constant(value=int() | float() as value):
            number = float(value)  # floats alone: powers of whole numbers may take for ever
            return lambda _: number
    raise AssertionError(node)


def _operation(node: ast.BinOp) -> Worker:
    left, right, work = _worker(node.left), _worker(node.right), _BINARY[type(node.op)][0]
    if isinstance(node.op, ast.Pow):  # nothing else makes a complex number
        return lambda numbers: _real(work(left(numbers), right(numbers)))
    return lambda numbers: work(left(numbers), right(numbers))


def _complement(node: ast.AST) -> str:
    match node:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.Name(id=name)):
            return name
    return ""


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
            inner = _signless(_within(node.operand, names, _UNARY_BINDS))
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
    space = "" if is_power else " "
    right = right if is_power else _signless(right)
    return f"{left}{space}{sign}{space}{right}", binds


def _signless(operand: str) -> str:
    """An operand behind a sign: 3 - (-5), 8 × (-2)."""
    return f"({operand})" if operand.startswith("-") else operand


def _within(node: ast.expr, names: Mapping[str, str], least: int) -> str:
    text, binds = _shown(node, names)
    return text if binds >= least else f"({text})"
