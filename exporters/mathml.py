"""Formulas as MathML, by latex2mathml; the only door to it. Pure.

The library writes what it was given into attributes and leaves entities unescaped, so only its
tree is used, and of that only what shows a formula: no links, no styles, no classes. Whatever it
cannot read, or would read otherwise than TeX does, stays TeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from xml.etree.ElementTree import Element

# It may take quadratic time, and its recursion is bounded by its input.
_LONGEST = 1_000
_DEEPEST = 40
# Macros can grow without bound; a comment would hide the rest of a line; an entity is not TeX.
_BEYOND = re.compile(
    r"\\(?:def|newcommand|newenvironment|DeclareMathOperator|unicode|href|style|class|verb)(?![A-Za-z])"
    r"|(?<!\\)%|&\#"
)
_MEANT = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
_ESCAPED = re.compile(r"\\([&%$#_{} ])")
# How many children each element has; None: as many as there are.
_CHILDREN = {
    "math": None, "mrow": None, "mstyle": None, "mpadded": None, "mphantom": None, "msqrt": None,
    "menclose": None, "mtable": None, "mtr": None, "mtd": None, "mi": 0, "mn": 0, "mo": 0,
    "mtext": 0, "mspace": 0, "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2,
    "msubsup": 3, "munderover": 3,
}  # fmt: skip
_YES_OR_NO = ("stretchy", "fence", "accent", "movablelimits", "displaystyle", "largeop")
_LENGTHS = (
    "width", "height", "depth", "lspace", "rspace", "voffset", "linethickness", "minsize",
    "maxsize",
)  # fmt: skip
_VALUES = {
    **dict.fromkeys(_YES_OR_NO, re.compile("true|false")),
    **dict.fromkeys(_LENGTHS, re.compile(r"0|[+-]?(?:\d?\.\d{1,4}|\d)(?:em|ex)|\d{1,2}(?:px|pt)")),
    "display": re.compile("block|inline"),
    "form": re.compile("prefix|infix|postfix"),
    "scriptlevel": re.compile("[0-3]"),
    "mathvariant": re.compile("[a-z]{1,12}(?:-[a-z]{1,12}){0,3}"),
    "mathcolor": re.compile("[A-Za-z]{1,20}|#[0-9A-Fa-f]{6}"),
    "columnalign": re.compile("left|center|right"),
    "notation": re.compile("box"),
}
_NAMED_LENGTHS = {
    f"{sign}{name}mathspace": f"{'-' if sign else ''}{width}em"
    for sign in ("", "negative")
    for name, width in (("thin", "0.1667"), ("medium", "0.2222"), ("thick", "0.2778"))
}


class _UnreadError(Exception):
    """The tree holds what is not to be shown."""


def formula(tex: str, display: bool) -> str:
    """A formula as MathML, set on a line of its own if `display`; what cannot be read, as code."""
    return _read(tex, display) or f'<code class="tex">{escape(tex)}</code>'


def _read(tex: str, display: bool) -> str | None:
    if len(tex) > _LONGEST or _BEYOND.search(tex) or not tex.strip():
        return None
    from latex2mathml.converter import convert_to_element  # it reads a table of all symbols

    try:
        tree = convert_to_element(tex, display="block" if display else "inline")
    except Exception:  # it was made for correct TeX: of other it may raise anything
        return None
    try:
        return _written(tree, 0)
    except _UnreadError:
        return None


def _written(node: Element, depth: int) -> str:
    name = node.tag
    wanted = _CHILDREN.get(name, -1)
    if depth > _DEEPEST or (wanted is not None and wanted != len(node)):
        raise _UnreadError(name)
    if name == "menclose" and node.get("notation") != "box":
        raise _UnreadError(name)  # browsers would leave out what strikes it through
    words = _words(node)
    if name == "mo" and words.isalpha() and len(words) > 1 and "movablelimits" not in node.attrib:
        name = "mi"  # a name of a function, which an operator's spacing would set apart
    inner = "".join(_children(node, depth)) if len(node) else escape(words)
    return f"<{name}{_attributes(node)}>{inner}</{name}>"


def _children(node: Element, depth: int) -> Iterator[str]:
    """The children; in a row, the name of a function keeps its distance."""
    children = list(node)
    yield _written(children[0], depth + 1)
    is_row = _CHILDREN[node.tag] is None
    for before, child in pairwise(children):
        if is_row and (
            (_is_function(before) and child.tag not in ("mo", "mspace"))
            or (_is_function(child) and before.tag not in ("mo", "mspace"))
        ):
            yield '<mspace width="0.1667em"></mspace>'
        yield _written(child, depth + 1)


def _is_function(node: Element) -> bool:
    """Whether it is a name such as log, perhaps with an index."""
    while len(node) > 1 and node.tag in ("msub", "msup", "msubsup"):
        node = node[0]
    words = _words(node)
    return node.tag in ("mi", "mo") and len(words) > 1 and words.isalpha()


def _words(node: Element) -> str:
    words = _MEANT.sub(lambda match: chr(int(match[1], 16)), node.text or "")
    if node.tag == "mtext":
        words = _ESCAPED.sub(r"\1", words)
    if "\\" in words and node.tag != "mo":
        raise _UnreadError(words)  # a command that it does not know
    return words


def _attributes(node: Element) -> str:
    said = ((key, _NAMED_LENGTHS.get(value, value)) for key, value in sorted(node.items()))
    return "".join(
        f' {key}="{value}"'
        for key, value in said
        if (allowed := _VALUES.get(key)) and allowed.fullmatch(value)
    )
