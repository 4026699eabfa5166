"""What a learner searches for: from a line of text to a tree of conditions. Pure.

    query   = either ; nothing at all means every card
    either  = both { "or" both }
    both    = one { ["and"] one }
    one     = { "-" | "not" } ( "(" either ")" | term )
    term    = word | "quoted words" | key:value | key:"quoted value" | "key:quoted value"

A word is looked for in the text of notes and matches words that begin with it; a "*" at its end
says the same. Quoted words are looked for in this order, as they are. In quotes a backslash takes
away the meaning of the character after it. A minus stands right before what it negates; a word of
signs alone, such as "->", is a word. `and`, `or` and `not` may be written in capitals.

    deck tag concept type path   names; "*" stands for anything
    note card                    the beginning of an id, or the id written in the file
    kind level is flag           one of a few words, see below
    prop:NAME<VALUE              a number of the card; with < <= > >= = or !=
    rated added edited introduced:DAYS   in the last so many study days, today being 1
    rated:DAYS:RATING            the same, with that answer
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from decks.errors import UsageError, did_you_mean
from srs.model import Flag, Rating
from srs.query import (
    KINDS,
    LEVELS,
    NUMBERS,
    STATES,
    All,
    Flagged,
    Is,
    Named,
    Node,
    Prop,
    Since,
    Words,
    both,
    either,
    negated,
)  # fmt: skip

LONGEST = 10_000  # characters
MOST_TERMS = 300
DEEPEST = 50  # parentheses within parentheses
LONGEST_DAYS = 36_500
_OTHER_STATES = {"learn": "learning", "relearn": "relearning"}
_SIGNS = {"|": "write or", "||": "write or", "&": "write and", "&&": "write and"}
_WORDS_ALONE = "words alone find the text of notes; "
_OF_ANKI = {
    "nid": "note:ID finds a note; ",
    "cid": "card:ID finds a card; ",
    "mid": "see type: and kind:; ",
    "has": "see is:flagged and is:varied; ",
    **dict.fromkeys(("front", "back", "w", "re", "nc", "dupe"), _WORDS_ALONE),
}
_PROP = re.compile(r"([^<>=!]*)(<=|>=|!=|<|>|=)(.*)", re.DOTALL)
_WORD = re.compile(r'[^\s()"\0]+')
_KEYED = re.compile(r"([^\W\d_]+):")


class Malformed(UsageError):
    """The query cannot be read; `at` is the index of the character where."""

    def __init__(self, what: str, text: str, at: int, hint: str = "") -> None:
        hint = hint or "srs help search explains queries"
        super().__init__(f"{what}, at character {at + 1} of: {_around(text, at)}", hint)
        self.at = at


def _around(text: str, at: int, room: int = 40) -> str:
    start, end = max(0, at - room), at + room
    cut = text[start:end]
    return f"{'…' if start else ''}{cut}{'…' if end < len(text) else ''}"


def parse(text: str) -> Node:
    """The conditions that the text asks for. Raises Malformed, which says where it is wrong."""
    if len(text) > LONGEST:
        raise Malformed(f"longer than {LONGEST} characters", text, LONGEST)
    for at, sign in enumerate(text):
        if "\ud800" <= sign <= "\udfff":
            raise Malformed("a character that is none", text, at)
    return _Parser(text).parse()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "(", ")", "-", "and", "or", "not" or "term"
    at: int
    node: Node | None = None


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0
        terms = [token for token in self._tokens if token.kind == "term"]
        if len(terms) > MOST_TERMS:
            raise Malformed(f"more than {MOST_TERMS} conditions", text, terms[MOST_TERMS].at)

    def parse(self) -> Node:
        if not self._tokens:
            return All()
        node = self._either()
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            raise Malformed("a parenthesis that was not opened", self._text, token.at)
        return node

    @property
    def _kind(self) -> str:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else ""

    def _either(self) -> Node:
        parts = [self._both()]
        while self._kind == "or":
            self._next += 1
            parts.append(self._both())
        return either(parts)

    def _both(self) -> Node:
        parts = [self._one()]
        while self._kind not in ("", ")", "or"):
            self._next += self._kind == "and"
            parts.append(self._one())
        return both(parts)

    def _one(self) -> Node:
        odd = False
        while self._kind in ("-", "not"):
            odd = not odd
            self._next += 1
        node = self._group() if self._kind == "(" else self._term()
        return negated(node) if odd else node

    def _term(self) -> Node:
        token = self._tokens[self._next] if self._next < len(self._tokens) else None
        if token is None or token.node is None:
            where = token.at if token else len(self._text)
            before = self._tokens[self._next - 1].kind if self._next else ""
            after = {"": "at the beginning", "(": "after a parenthesis"}.get(
                before, f"after {before}"
            )
            raise Malformed(f"a condition is missing {after}", self._text, where)
        self._next += 1
        return token.node

    def _group(self) -> Node:
        opened = self._tokens[self._next]
        self._depth += 1
        if self._depth > DEEPEST:
            raise Malformed("too many parentheses", self._text, opened.at)
        self._next += 1
        node = self._either()
        if self._kind != ")":
            raise Malformed("a parenthesis that is not closed", self._text, opened.at)
        self._next += 1
        self._depth -= 1
        return node


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        sign = text[at]
        if sign.isspace() or sign == "\0":
            at += 1
        elif sign in "()" or (sign == "-" and _negates(text, at)):
            yield _Token(sign, at)
            at += 1
        else:
            token, at = _quoted(text, at) if sign == '"' else _bare(text, at)
            yield token


def _negates(text: str, at: int) -> bool:
    if text[at + 1 : at + 2] in ("(", '"'):
        return True
    word = _WORD.match(text, at + 1)
    # A word of signs alone, such as an arrow, is itself.
    return word is not None and any(sign.isalnum() for sign in word[0])


def _bare(text: str, at: int) -> tuple[_Token, int]:
    found = _WORD.match(text, at)
    assert found is not None
    word, end = found[0], found.end()
    key = _KEYED.match(word)
    if word in _SIGNS or (word[0] in "!~" and _KEYED.match(word, 1)):
        hint = f"{_SIGNS.get(word) or '-term, or not term, finds all others'}; text goes in quotes"
        raise Malformed(f"{word if word in _SIGNS else word[0]} has no meaning", text, at, hint)
    if key and key[1].lower() not in _KEYS:
        known = _OF_ANKI.get(key[1].lower()) or _guess(key[1].lower(), _KEYS, ":")
        hint = known + f'is "{word}" text? then put it in quotes'
        raise Malformed(f"no key {key[1]}:", text, at, hint)
    if text[end : end + 1] == '"':
        if key is None or key.end() != len(word):
            hint = 'put a blank before the quotation mark, or all of it in quotes with \\" inside'
            raise Malformed("a quotation mark within a word", text, end, hint)
        value, _, end = _unquoted(text, end)
        return _keyed(text, at, key[1], value, found.end()), end
    if key:
        return _keyed(text, at, key[1], word[key.end() :], at + key.end()), end
    if word.lower() in ("and", "or", "not"):
        return _Token(word.lower(), at), end
    return _Token("term", at, _word(text, word, at)), end


def _word(text: str, word: str, at: int) -> Words:
    stem = word.rstrip("*")
    if not stem:
        raise Malformed("a word is missing before *", text, at)
    if "*" in stem:
        hint = "a word finds all words that begin with it; names may have * anywhere"
        raise Malformed("within a word * has no meaning", text, at + stem.index("*"), hint)
    return Words(stem, prefix=True)


def _quoted(text: str, at: int) -> tuple[_Token, int]:
    value, colon, end = _unquoted(text, at)
    key, rest = value[: max(colon, 0)].lower(), value[colon + 1 :]
    if key in _KEYS and rest and not rest[0].isspace():
        return _keyed(text, at, key, rest, at + colon + 2), end
    if not value.strip().strip("\0"):
        raise Malformed("nothing between the quotation marks", text, at)
    return _Token("term", at, Words(value)), end


def _unquoted(text: str, at: int) -> tuple[str, int, int]:
    """What stands between the quotation marks, where its first colon is (-1: none), their end."""
    signs: list[str] = []
    colon, place = -1, at + 1
    while place < len(text) and text[place] != '"':
        escaped = text[place] == "\\" and place + 1 < len(text)
        place += escaped
        if text[place] == ":" and not escaped and colon < 0:
            colon = len(signs)
        signs.append(text[place])
        place += 1
    if place >= len(text):
        raise Malformed("a quotation mark that is not closed", text, at)
    return "".join(signs), colon, place + 1


def _keyed(text: str, at: int, key: str, value: str, value_at: int) -> _Token:
    key = key.lower()
    if not value.strip().strip("\0"):
        raise Malformed(f"a value is missing after {key}:", text, value_at)
    return _Token("term", at, _KEYS[key](_Value(text, value_at, key, value)))


@dataclass(frozen=True, slots=True)
class _Value:
    """What stands after a key."""

    query: str
    at: int
    key: str
    text: str

    def wrong(self, what: str, hint: str = "") -> Malformed:
        return Malformed(what, self.query, self.at, hint)

    def among(self, known: Sequence[str]) -> str:
        word = self.text.lower()
        if word not in known:
            hint = f"{_guess(word, known)}known: {', '.join(known)}"
            raise self.wrong(f"no {self.key}:{self.text}", hint)
        return word


def _guess(word: str, known: Iterable[str], after: str = "") -> str:
    return did_you_mean(word, known, after=after, likeness=0.65)


def _named(value: _Value) -> Node:
    return Named(value.key, value.text, value.at)


def _is(value: _Value) -> Node:
    word = _OTHER_STATES.get(value.text.lower())
    return Is(word or value.among(STATES))


def _flag(value: _Value) -> Node:
    names = [flag.name.lower() for flag in Flag]
    if value.text.isdecimal() and len(value.text) == 1 and int(value.text) < len(names):
        return Flagged(int(value.text))
    word = value.among([*names, "any"])
    return Is("flagged") if word == "any" else Flagged(names.index(word))


def _prop(value: _Value) -> Node:
    parts = _PROP.fullmatch(value.text)
    if parts is None:
        raise value.wrong("a comparison is missing after prop:", "for example prop:s<10")
    name, comparison, number = (part.strip() for part in parts.groups())
    if name.lower() not in NUMBERS:
        known = ", ".join(NUMBERS)
        raise value.wrong(f"no number {name}", f"{_guess(name.lower(), NUMBERS)}known: {known}")
    name = NUMBERS[name.lower()]
    amount = _number(value, number)
    if name == "retrievability" and not 0 <= amount <= 1:
        raise value.wrong("retrievability lies between 0 and 1", "for example prop:r<0.8")
    return Prop(name, comparison, amount)


def _number(value: _Value, text: str) -> float:
    try:
        amount = float(text) if text.isascii() else math.nan
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount):
        raise value.wrong(f"no number: {text or 'nothing'}", "for example prop:lapses>=4")
    return amount


def _since(value: _Value) -> Node:
    days = value.text
    if not (days.isascii() and days.isdecimal() and 1 <= int(days[:9]) <= LONGEST_DAYS):
        hint = f"for example {value.key}:7, the last seven days; 1 is today"
        raise value.wrong(f"no number of days: {days}", hint)
    return Since(value.key, int(days))


def _rated(value: _Value) -> Node:
    days, colon, rating = value.text.partition(":")
    since = _since(_Value(value.query, value.at, value.key, days))
    assert isinstance(since, Since)
    if not colon:
        return since
    names = [one.name.lower() for one in Rating]
    answer = _Value(value.query, value.at + len(days) + 1, "rating ", rating)
    if rating in ("1", "2", "3", "4"):
        return Since("rated", since.days, int(rating))
    return Since("rated", since.days, 1 + names.index(answer.among(names)))


def _level(value: _Value) -> Node:
    return Named("level", value.among(LEVELS), value.at)


def _kind(value: _Value) -> Node:
    return Named("kind", value.among(KINDS), value.at)


_KEYS: dict[str, Callable[[_Value], Node]] = {
    **dict.fromkeys(("deck", "tag", "concept", "type", "path", "note", "card"), _named),
    "level": _level, "kind": _kind, "is": _is, "flag": _flag, "prop": _prop, "rated": _rated,
    **dict.fromkeys(("added", "edited", "introduced"), _since),
}  # fmt: skip
KEYS = tuple(_KEYS)
