"""Formulas as a line of Unicode, where that says all that the author wrote. Pure.

`x^2` is x², `\\sum_{i=1}^n` is ∑ᵢ₌₁ⁿ. What has no such form stays as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize

_LONGEST = 400  # no line of Unicode is readable beyond, and nesting is bounded by it
_DEEPEST = 12
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&~]|\s+|.", re.DOTALL)
_NAMES = frozenset((
    "arg", "argmax", "argmin", "cos", "cosh", "cot", "det", "dim", "exp", "gcd", "inf", "ker",
    "lim", "ln", "log", "max", "min", "mod", "Pr", "sec", "sin", "sinh", "softmax", "sup", "tan",
    "tanh",
))  # fmt: skip
_WORDS = frozenset(("text", "textrm", "textit", "textbf", "mathrm", "operatorname", "mbox"))
_FRACTIONS = frozenset(("frac", "dfrac", "tfrac"))
_SILENT = frozenset(("left", "right", "displaystyle", "limits", "nolimits", "big", "Big", "bigl",
                     "bigr", "Bigl", "Bigr"))  # fmt: skip
# What the library lacks, or writes in a character that is wide or of another script.
_SIGNS = {
    "dots": "…", "dotsc": "…", "dotsb": "⋯", "quad": " ", "qquad": " ", "langle": "⟨",
    "rangle": "⟩", "cdot": "·", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖",
    "colon": ":", "gets": "←", "implies": "⟹", "iff": "⟺", "ast": "∗", "star": "⋆", "bmod": " mod ",
}  # fmt: skip
_CHARACTERS = {",": " ", ";": " ", ":": " ", " ": " ", "!": "", "|": "‖"}
_LITERAL = frozenset("{}%$#&")
_WRONG_SCRIPTS = frozenset(("^V", "^.", "^<", "^>", "_<", "_>"))
_MORE_SCRIPTS = {"^′": "′", "^⊤": "ᵀ"}
_SCRIPTS = "\u00b2\u00b3\u00b9\u02b0-\u02ff\u1d2c-\u1d6a\u2070-\u209c\u2c7c"
_ONE = re.compile(rf"[\d.]+|\w[{_SCRIPTS}]*")
_ONE_WORD = re.compile(rf"\{{?\\(?:{'|'.join(sorted(_WORDS))})\{{\w+\}}\}}?")
_NEW_BLOCK = re.compile(r"\n *(?:[-*+>#|]|\d+[.)] |```|~~~)")
# As often as not a word in brackets, each with a backslash against another meaning.
_BRACKETED = re.compile(r"\\\[(?:[^\W_]|[\s.,-])+\\\]|\\\([\w\s.,-]{2,}\\\)")
_PRICES = re.compile(r"\$(?=[^$]*[\s`])[^$\\^_={}+*/<>|()]+\$")  # words between two of them
_TEX = re.compile(r"[\\^_{]")


class _Tables(NamedTuple):
    """The library's tables by what they are for."""

    signs: dict[str, str]  # with the backslash
    scripts: dict[str, str]  # with `^` or `_`
    marks: dict[str, str]  # accents: with the backslash


class _NotSimple(Exception):
    """The formula has no readable form on one line."""


def formula(source: str, body: str) -> str:
    """The `body` of a formula in Unicode; its whole `source` where that would lose or garble any
    of it."""
    if _BRACKETED.fullmatch(source):
        return source.replace("\\", "")
    if len(body) > _LONGEST or not body.strip():
        return source
    try:
        shown = _Reader(body).all()
    except _NotSimple:
        return source
    is_readable = shown.strip() and not any(sign in shown for sign in "\\^_")
    return normalize("NFC", " ".join(shown.split())) if is_readable else source


def is_prose(source: str, after: str, *, display: bool) -> bool:
    """Whether it only looks like a formula: two prices, two variables of a shell."""
    if _PRICES.fullmatch(source) or (not display and _NEW_BLOCK.search(source)):
        return True
    return after.isalpha() and not _TEX.search(source)


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    from unicodeit.data import COMBININGMARKS, REPLACEMENTS, SUBSUPERSCRIPTS

    scripts = {key: sign for key, sign in SUBSUPERSCRIPTS if key not in _WRONG_SCRIPTS}
    signs = {key: sign for key, sign in REPLACEMENTS if not combining(sign[0])}
    accents = {key: sign for key, sign in REPLACEMENTS if combining(sign[0])}
    return _Tables(signs, scripts | _MORE_SCRIPTS, accents | dict(COMBININGMARKS))


class _Reader:
    """One walk over the tokens of a formula."""

    def __init__(self, body: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(body)
        self.at = 0
        self.depth = 0

    def all(self) -> str:
        """The whole formula."""
        shown = self._until("")
        if self.at < len(self.tokens):
            raise _NotSimple
        return shown

    def _until(self, end: str) -> str:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NotSimple
        shown, was_name = "", False
        while self.at < len(self.tokens) and self.tokens[self.at] != end:
            token = self.tokens[self.at]
            is_name = token[1:] in _NAMES
            piece = self._next()
            # `2\\log{n}`: a name is a word of its own.
            beside = (is_name or was_name) and token not in "^_"
            parted = beside and shown[-1:].isalnum() and piece[:1].isalnum()
            shown += f" {piece}" if parted else piece
            was_name = is_name
        self.depth -= 1
        return shown

    def _next(self) -> str:
        token = self._take()
        if token == "{":
            return self._group()
        if token in "^_":
            return self._script(token)
        if token[0] == "\\":
            return self._command(token[1:])
        if token in "}&":
            raise _NotSimple
        return {"~": " ", "'": "′"}.get(token, " " if token.isspace() else token)

    def _take(self) -> str:
        if self.at >= len(self.tokens):
            raise _NotSimple
        self.at += 1
        return self.tokens[self.at - 1]

    def _group(self) -> str:
        shown = self._until("}")
        self._take()
        return shown

    def _argument(self) -> str:
        """One group or one sign, as after a command or `^`."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        self.depth += 1
        if self.depth > _DEEPEST or self.at >= len(self.tokens):
            raise _NotSimple
        shown = self._next()
        self.depth -= 1
        return shown.strip()

    def _part(self) -> str:
        """An argument that nobody can misread next to `/` or `√`."""
        start = self.at
        part = self._argument()
        is_word = _ONE_WORD.fullmatch("".join(self.tokens[start : self.at]))
        return part if is_word or _ONE.fullmatch(part) else f"({part})"

    def _script(self, mark: str) -> str:
        scripts = _tables().scripts
        raised = [scripts.get(mark + sign, "") for sign in self._argument() if sign != " "]
        if not raised or not all(raised):
            raise _NotSimple
        return "".join(raised)

    def _command(self, name: str) -> str:
        if name in _NAMES:
            return name
        if name in _SIGNS:
            return _SIGNS[name]
        if name in _SILENT:
            return self._silent(name)
        if name in _WORDS:
            return self._words()
        if name in _FRACTIONS:
            return f"{self._part()}/{self._part()}"
        if name == "sqrt":
            return self._root()
        if not name[:1].isalpha():
            return self._character(name)
        return self._sign(name)

    def _silent(self, name: str) -> str:
        # `\\right.` is a bracket that is not drawn.
        if name in ("left", "right") and self.tokens[self.at : self.at + 1] == ["."]:
            self.at += 1
        return ""

    def _words(self) -> str:
        if self._take() != "{" or "}" not in self.tokens[self.at :]:
            raise _NotSimple
        end = self.tokens.index("}", self.at)
        words = "".join(self.tokens[self.at : end])
        if re.search(r"[\\{$^_]", words):
            raise _NotSimple
        self.at = end + 1
        return words

    def _root(self) -> str:
        if self.tokens[self.at : self.at + 1] == ["["]:
            raise _NotSimple  # the third root, and so on
        return "√" + self._part()

    def _character(self, name: str) -> str:
        if name in _LITERAL:
            return name
        if name in _CHARACTERS:
            return _CHARACTERS[name]
        raise _NotSimple

    def _sign(self, name: str) -> str:
        tables = _tables()
        if mark := tables.marks.get(f"\\{name}"):
            letter = self._argument()
            sign = letter + mark if len(letter) == 1 and letter.isalnum() else ""
        elif name.startswith("math"):
            sign = tables.signs.get(f"\\{name}{{{self._argument()}}}", "")
        else:
            sign = tables.signs.get(f"\\{name}", "")
        if not sign:
            raise _NotSimple
        return sign
