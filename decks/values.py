"""Values of front matter as YAML and TOML write them: words, quoted strings and flat lists.

`sign` is what stood before the value: `:` as in YAML, `=` as in TOML.
"""

from __future__ import annotations

import re
from typing import NamedTuple

CONTROL = re.compile(r"[\0-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
TRIPLE = ('"""', "'''")
_NOTHING = ("~", "null", "Null", "NULL")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+\'""", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = dict.fromkeys('"\\/ ', "") | dict.fromkeys("ntrbfvae0NLP_", " ")
# In YAML a tag may begin with `#`, so that a comment needs a blank behind it.
_COMMENT = {":": re.compile(r"#(?=\s|$)[^\n]*"), "=": re.compile(r"#[^\n]*")}
_PLAIN_END = {":": re.compile(r"\s#(?=\s|$)"), "=": re.compile(r"\s#")}
_PLAIN_ITEM = re.compile(r"(?!\{)(?:\[[^\[\]\n]*\]|[^,\[\]\n])+")
_LINK = re.compile(r"\[\[[^\[\]\n]+\]\]")
_BLANKS = re.compile(r"\s*")
# A quote within a word is none.
_NESTING = {
    sign: re.compile(rf"""(?<![^\s\[{{,:=])(?:{_QUOTED.pattern})|{comment}|[\[\]{{}}]""", re.DOTALL)
    for sign, comment in ((":", r"(?<!\S)#(?=\s|$)[^\n]*"), ("=", r"#[^\n]*"))
}
_SIMPLE = re.compile(r"[^\W_](?:[\w ./()+&-]|::)*(?<=[\w)+])")


class Items(NamedTuple):
    """The items of a list, and the offset behind it."""

    values: list[str]
    end: int


def one(text: str, sign: str) -> list[str] | None:
    """Return the value of `text` as a list of one, or of none; None if it cannot be read."""
    if text.startswith(TRIPLE):
        closed = len(text) >= 6 and text.endswith(text[:3])
        return [_words(text[3:-3])] if closed else None
    if _COMMENT[sign].match(text):
        return []
    if text[:1] in ("[", "{") and not _LINK.match(text):
        return None
    if text[:1] in ("'", '"'):
        quoted = _QUOTED.match(text)
        is_all = quoted and not _skip(text, quoted.end(), sign) < len(text)
        return [_unquoted(quoted[0])] if quoted and is_all else None
    value = _words(_plain(text, sign))
    return [value] if value and value not in _NOTHING else []


def many(text: str, sign: str) -> list[str] | None:
    """Return the values of a list, in brackets or without; None if it cannot be read."""
    bare = not text.startswith("[")
    if bare and text in _NOTHING:
        return []
    found = _items(text, 0 if bare else 1, "" if bare else "]", sign)
    if found is None or _skip(text, found.end, sign) < len(text):
        return None
    return found.values


def is_complete(text: str, sign: str) -> bool:
    """Whether every bracket, brace and triple quote that `text` opens is closed in it."""
    if text.startswith(TRIPLE):
        return text.find(text[:3], 3) >= 0
    depth = 0
    for token in _NESTING[sign].finditer(text):
        depth += (token[0] in ("[", "{")) - (token[0] in ("]", "}"))
    return depth <= 0


def is_link(text: str) -> bool:
    """Whether the value is a link of a note-taking program, which looks like a list of lists."""
    return bool(_LINK.fullmatch(text))


def written(value: str) -> str:
    """Return a value as YAML and TOML both read it behind their sign, in quotes where it needs
    them.
    """
    if _SIMPLE.fullmatch(value) and value not in _NOTHING:
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _items(text: str, at: int, closer: str, sign: str) -> Items | None:
    values = []
    at = _skip(text, at, sign)
    while at < len(text) and text[at] != closer:
        if quoted := _QUOTED.match(text, at):
            values.append(_unquoted(quoted[0]))
            at = quoted.end()
        elif plain := _PLAIN_ITEM.match(text, at):
            value = _plain(plain[0], sign)
            values.append(_words(value))
            at += len(value)
        else:
            return None
        at = _skip(text, at, sign)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1, sign)
        elif text[at : at + 1] != closer:
            return None
    return Items(values, at + len(closer)) if text[at : at + 1] == closer else None


def _skip(text: str, at: int, sign: str) -> int:
    """Offset of what comes after blanks and comments."""
    while True:
        blanks = _BLANKS.match(text, at)
        at = blanks.end() if blanks else at
        comment = _COMMENT[sign].match(text, at)
        if not comment:
            return at
        at = comment.end()


def _plain(text: str, sign: str) -> str:
    comment = _PLAIN_END[sign].search(text)
    return text[: comment.start()] if comment else text


def _unquoted(text: str) -> str:
    if text[0] == "'":
        return _words(text[1:-1].replace("''", "'"))
    return _words(_ESCAPE.sub(_unescaped, text[1:-1]))


def _unescaped(found: re.Match[str]) -> str:
    """What an escape stands for; a control character is a blank here."""
    code = found[1] or found[2] or found[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else " "
    return _ESCAPED.get(found[4], found[0]) or found[4]


def _words(text: str) -> str:
    return " ".join(CONTROL.sub(" ", text).split())
