"""Colours for code: HTML whose spans say what a word is. Pure; the only door to pygments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

# Beyond this it is no code for a card, and lexers that look ahead could take seconds over it.
_LONGEST = 4_096
_UNLIKELY = re.compile(r"[^\n]{400}|\s{100}")


class Colour(NamedTuple):
    """What is set in one colour: the class of its spans, and the kinds of token that it takes."""

    name: str
    tokens: tuple[str, ...]


# The first that takes a token has it; the names of classes are those that pygments has for them.
COLOURS = (
    Colour("k", ("Keyword", "Operator.Word", "Comment.Preproc")),
    Colour("s", ("Literal.String", "Comment.PreprocFile")),
    Colour("c", ("Comment",)),
    Colour("m", ("Literal.Number", "Literal.Date")),
    Colour("nf", ("Name.Function", "Name.Class", "Name.Decorator", "Name.Builtin", "Name.Tag",
                  "Name.Attribute")),
    Colour("o", ("Operator",)),
)  # fmt: skip

_LEXERS = {  # module and class of pygments, and how fences call the language
    "c_cpp.CLexer": "c h",
    "c_cpp.CppLexer": "cpp c++ cc cxx hpp",
    "c_like.CudaLexer": "cuda cu",
    "configs.DockerLexer": "dockerfile docker",
    "configs.IniLexer": "ini cfg",
    "configs.TerraformLexer": "hcl terraform tf",
    "configs.TOMLLexer": "toml",
    "data.JsonLexer": "json jsonc jsonl",
    "data.YamlLexer": "yaml yml",
    "dsls.ProtoBufLexer": "protobuf proto",
    "go.GoLexer": "go golang",
    "graphql.GraphQLLexer": "graphql gql",
    "javascript.JavascriptLexer": "javascript js jsx mjs node",
    "javascript.TypeScriptLexer": "typescript ts tsx",
    "julia.JuliaLexer": "julia jl",
    "jvm.JavaLexer": "java",
    "jvm.KotlinLexer": "kotlin kt kts",
    "jvm.ScalaLexer": "scala",
    "python.PythonLexer": "python py python3 pyi",
    "r.SLexer": "r",
    "rust.RustLexer": "rust rs",
    "shell.BashLexer": "bash sh shell zsh",
    "sql.SqlLexer": "sql mysql postgres postgresql sqlite bigquery",
}
_BY_NAME = {name: lexer for lexer, names in _LEXERS.items() for name in names.split()}


def coloured(code: str, language: str) -> str:
    """The code as HTML, some words in spans of a class of `COLOURS`; "" where it has no colours.

    Without its tags it is the code, escaped. It has none in a language that is not known, and
    where it is longer than code on a card can be.
    """
    lexer = _BY_NAME.get(language.lower())
    if lexer is None or len(code) > _LONGEST or _UNLIKELY.search(code):
        return ""
    told = list(_lexer(lexer).get_tokens_unprocessed(code))
    if "".join(words for _, _, words in told) != code:
        return ""  # a lexer that leaves something out
    runs = (("" if words.isspace() else _colour(kind), words) for _, kind, words in told)
    return "".join(_spans(runs))


@cache
def _lexer(name: str) -> Any:
    module, _, lexer = name.partition(".")
    return getattr(import_module(f"pygments.lexers.{module}"), lexer)()


def _spans(runs: Iterator[tuple[str, str]]) -> Iterator[str]:
    for colour, group in groupby(runs, itemgetter(0)):
        words = escape("".join(part for _, part in group), quote=False)
        shown = words.strip()
        yield words.replace(shown, f'<span class="{colour}">{shown}</span>') if colour else words


@cache
def _colour(kind: Any) -> str:
    """The class for a kind of token, or "" for what stays as it is."""
    names = {".".join(kind[:depth]) for depth in range(1, len(kind) + 1)}
    return next((colour.name for colour in COLOURS if names.intersection(colour.tokens)), "")
