"""An answer as it was typed → the same in signs that a keyboard has, without what says nothing."""

from __future__ import annotations

import re
import unicodedata

from decks.estimates.units import said_per

_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "’": "'", "⁄": "/", "∕": "/", "÷": "/", "•": "·", "∙": "·", "⋅": "·"}
)
_RAISED = re.compile(r"(?<=[\w)])[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_VULGAR = re.compile(r"(?<=\d)\s*(?=[¼½¾⅐-⅞])")  # 3½ is 3 1/2, not 31/2
_PER_SECOND = re.compile(r"(?<=\S)(?:[ *·]1/s|[ *·]?\bs\^?-1)$")
_CLOSING = " .,;!?"
_ABOUT = re.compile(
    r"(?:[~≈≅≃=]|(?:about|around|roughly|approximately|approx|ca|circa|nearly|almost|some|close to)"
    r"\b\.?)\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"([^\W\d_][^\d=:]{0,30}?)\s*[=:]\s*(?=[-+~≈$€£.\d])")
_SAYS_NOTHING = re.compile(r"answer|ans|result|total|[pxyz]|[ijknN]", re.IGNORECASE)
_SAID_AGAIN = re.compile(r"\s*\([^()]*%\)$")  # as `written` says a share: 0.05 (5%)
_DIGITS = {
    "a": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "twenty": "20", "thirty": "30", "fifty": "50", "hundred": "100",
}  # fmt: skip
_IN_WORDS = re.compile(
    rf"(?:^|(?<=\bin )|(?<=\bof )|(?<=\bevery ))"
    rf"(?:({'|'.join(word for word in _DIGITS if word != 'a')})\b(?!-)"
    rf"|(a)(?=\s+(?:hundred|thousand|million|billion|trillion)\b))",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The text in signs of a keyboard: 10⁶ is 10^6, 3½ 3 1/2, "five a day" 5 per day."""
    text = _VULGAR.sub(" ", text)
    text = _RAISED.sub(lambda found: f"^{found[0]}", text)
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    text = " ".join(text.split()).rstrip(_CLOSING)
    text = _unwrapped(text)
    text = _IN_WORDS.sub(lambda found: _DIGITS[found[0].lower()], text)
    return said_per(_PER_SECOND.sub("/s", text))


def _unwrapped(text: str) -> str:
    """The text without brackets or quotes around all of it."""
    for opening, closing in ("()", "[]", '""', "''"):
        if text[:1] == opening and text[-1:] == closing and text.count(closing) <= 2:
            inner = text[1:-1].strip()
            return text if closing in inner or opening in inner else inner
    return text


def without_hedge(text: str) -> str:
    """The text without words such as "about" in front, and without a share that is said again."""
    for _ in range(2):
        found = _ABOUT.match(text)
        text = text[found.end() :] if found else text
    return _SAID_AGAIN.sub("", text)


def label_of(text: str) -> tuple[str, str]:
    """What stands before "=" or ":" in front of a number, if it says anything, and the rest."""
    found = _LABEL.match(text)
    if not found:
        return "", text
    label = "" if _SAYS_NOTHING.fullmatch(found[1]) else found[1]
    return label, text[found.end() :]
