"""Words and sentences of a card, without what is not prose. Every scan takes linear time."""

from __future__ import annotations

import re

from decks.spans import blanked, code_ranges, protected

_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*+)\]\([^()\s]*+\)")
_MARKS = str.maketrans("", "", "*`")
_CUT = "¤"  # in the place of code, a formula, a picture; no letter, no end of a sentence
_COUNTED = re.compile(r"(?<!\S)[^\w\s]*+\w\S*+")
_TOKEN = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]{3,}+(?:-[^\W\d_]++)*+|(?<![\w-])[^\W\d_]{1,2}-[^\W\d_]{3,}+")
_QUOTED = re.compile('"[^"]*+"|“[^”]*+”')
_SENTENCE_END = re.compile("(?<=[.!?])[\"'”’)]*+\\s+|\n[ \t]*+\n\\s*+")
# How every trade-off card ends; equal in all of them, and no likeness.
_CLOSING = re.compile(
    r"\bstate the gain\W++the price\W++and when the gain is zero\b\W?", re.IGNORECASE
)
_STOP = """
a about above after again against all also although always am among an and another any anything
are around as at away back be because been before being below between both but by can cannot
could did do does doing done down during each either else enough even ever every few first for
from further get gets give gives go goes had has have having he her here hers him his how
however if in instead into is it its itself just keep keeps last less let lets like made make
makes many may me might mine more most much must my neither never no nor not nothing now of off
on once one ones only onto or other others our ours out over own per rather same she should
since so some such take takes than that the their theirs them then there these they thing this
those though through to together too toward towards two under until up upon us use used uses
using very via was way we well were what when where whether which while who whole whom whose why
will with within without would yet you your yours what's it's don't doesn't isn't aren't
"""
STOP_WORDS = frozenset(_STOP.split())
_SPELLED = """
zero one two three four five six seven eight nine ten eleven twelve twenty thirty hundred
thousand million half double twice
"""
_NUMBERS = frozenset(_SPELLED.split())


def prose(text: str) -> str:
    """Return the text with a sign in the place of code, formulas and pictures, without emphasis."""
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    spans = protected(text)
    if spans:
        pieces, at = list[str](), 0
        for start, end in spans:
            pieces += (text[at:start], _CUT)
            at = end
        text = "".join([*pieces, text[at:]])
    return text.translate(_MARKS)


def without_code(text: str) -> str:
    """Return the text with full stops in the place of code."""
    return blanked(text, code_ranges(text)) if "`" in text or "~~~" in text else text


def count(text: str) -> int:
    """Return how many words there are, as a person counts them: what stands between blanks."""
    return len(_COUNTED.findall(text))


def tokens(text: str) -> list[str]:
    """Return the words and numbers in order, in small letters."""
    return _TOKEN.findall(text.lower())


def content(text: str) -> frozenset[str]:
    """Return the words that carry meaning, by their stems; no numbers."""
    found = _LETTERS.findall(text.lower())
    return frozenset(stem(word) for word in found if word not in STOP_WORDS)


def is_number(token: str) -> bool:
    """Whether a token says how many."""
    return token[:1].isdigit() or token in _NUMBERS


def stem(word: str) -> str:
    """Return the word without the commonest endings, so that `stores` is `store`."""
    for ending, least, instead in (
        ("ies", 5, "y"), ("ing", 6, ""), ("ed", 5, ""), ("es", 5, ""), ("s", 4, ""),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    return word.removesuffix("e")


def sentences(text: str) -> list[str]:
    """Return the sentences, each with the sign that ends it."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def unquoted(text: str) -> str:
    """Return the text with a sign in the place of what stands in quotes."""
    return _QUOTED.sub(_CUT, text) if '"' in text or "“" in text else text


def without_closing(text: str) -> str:
    """Return the text without the words that end every trade-off card."""
    return _CLOSING.sub("\n", text) if "gain" in text else text
