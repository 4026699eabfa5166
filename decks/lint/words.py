"""Words and sentences of a card, without what is not prose. Every scan takes linear time."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import add
from string import punctuation

from decks.spans import blanked, code_ranges, protected

_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*+)\]\([^()\s]*+\)")
_CUT = "¤"  # in the place of code, a formula, a picture; no letter, no end of a sentence
_WORD = re.compile(r"\w")
# What joins words that a reader hears apart: "and/or", "a store—and a log". Not "A/B", "10–20".
_GLUE = re.compile(r"(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})|—|(?<!\d)–|–(?!\d)|(?<=\w)--(?=\w)")
_UNHEARD = re.compile(
    r"</?[A-Za-z][A-Za-z0-9]*+(?:\s[^<>=]*+=[^<>]*+)?\s*+/?>|&nbsp;|\b(?:https?://|www\.)\S*+"
)
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")  # no blanks
_DENSE_WORD = 2  # characters
_TOKEN = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]{3,}+(?:-[^\W\d_]++)*+|(?<![\w-])[^\W\d_]{1,2}-[^\W\d_]{3,}+")
_SIGNS = f"{punctuation}“”„‚‘’«»‹›…–—‐−·•→←⇒¿¡§¤×"
# The same in small ASCII letters, and without a hyphen: found in half the time.
_PLAIN_TOKEN, _PLAIN_LETTERS = re.compile("[a-z0-9_]+"), re.compile("[a-z]{3,}+")
_QUOTED = re.compile('"[^"]*+"|“[^”]*+”')
# Begins with one of few characters, which is far sooner found than an alternative of two.
_SENTENCE_END = re.compile("([.!?\n])(?:(?<!\n)[\"'”’)]*+\\s+|(?<=\n)[ \t]*+\n\\s*+)")
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
    return text.replace("*", "").replace("`", "")


def without_code(text: str) -> str:
    """Return the text with full stops in the place of code."""
    return blanked(text, code_ranges(text)) if "`" in text or "~~~" in text else text


def count(text: str) -> int:
    """Return how many words there are, as a person counts them: what stands between blanks."""
    has_sign = _WORD.search
    return len([1 for piece in text.split() if piece.isalnum() or has_sign(piece)])


def parted(text: str) -> str:
    """Return the text with a blank for each dash or slash that joins two words."""
    return _GLUE.sub(" ", text)


def heard_above(most: int, text: str) -> int:
    """Return how many words of prose one hears, if these are more than so many; else 0."""
    if text.isascii() and not ("/" in text or "--" in text or "&" in text or "<" in text):
        short = text.count(" ") + text.count("\n") + text.count("\t") < most
        found = 0 if short else count(text)
    else:
        found = heard(text)
    return found if found > most else 0


def heard(text: str) -> int:
    """Return how many words of prose one hears when it is read out.

    Tags and addresses are none. Words that a dash or a slash joins are several; of a script without
    blanks two characters are a word.
    """
    text = parted(_UNHEARD.sub(" ", text))
    if text.isascii():
        return count(text)
    runs = _DENSE.findall(text)
    dense = sum((len(run) + 1) // _DENSE_WORD for run in runs)
    return dense + count(_DENSE.sub(" ", text) if runs else text)


def tokens(text: str) -> list[str]:
    """Return the words and numbers in order, in small letters."""
    text = text.lower()
    return (_PLAIN_TOKEN if text.isascii() else _TOKEN).findall(text)


def bare_words(text: str) -> list[str]:
    """Return what stands between blanks, in small letters, without signs at both ends."""
    pieces = text.lower().split()
    words = [piece if piece.isalnum() else piece.strip(_SIGNS) for piece in pieces]
    return [word for word in words if word]


def content(text: str) -> frozenset[str]:
    """Return the words that carry meaning, by their stems; no numbers."""
    text = text.lower()
    is_plain = text.isascii() and "-" not in text
    found = (_PLAIN_LETTERS if is_plain else _LETTERS).findall(text)
    return frozenset(map(stem, set(found) - STOP_WORDS))


def is_number(token: str) -> bool:
    """Whether a token says how many."""
    return token[:1].isdigit() or token in _NUMBERS


@lru_cache(maxsize=10_000)
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
    parts = _SENTENCE_END.split(text)  # sentences and, between these, the signs that end them
    ended = map(add, parts[::2], [*parts[1::2], ""])
    return [sentence for sentence in map(str.strip, ended) if sentence]


def unquoted(text: str) -> str:
    """Return the text with a sign in the place of what stands in quotes."""
    return _QUOTED.sub(_CUT, text) if '"' in text or "“" in text else text


def without_closing(text: str) -> str:
    """Return the text without the words that end every trade-off card."""
    return _CLOSING.sub("\n", text) if "gain" in text else text
