"""The errors that a person is meant to read.

Every layer may raise them; only the shell turns them into text and an exit code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_TELLING = 3  # letters from which on parts of a name say which is meant
_FEW = 3  # names worth offering at once
_ALIKE = 0.65  # of names: below it a guess leads astray


class UserError(Exception):
    """Something the person at the keyboard can mend: what is wrong, where, and what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "", *, path: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.line = line


class UsageError(UserError):
    """The request cannot be carried out as it was written (a missing path, an unknown deck)."""

    exit_code = 2


class DataError(UserError):
    """The data or the machine is not fit to go on (a broken database, a full disk)."""

    exit_code = 3


def did_you_mean(
    word: str, known: Iterable[str], *, before: str = "", after: str = "", likeness: float = 0.6
) -> str:
    """A question for a hint, ending in a blank: the known word most like this one, if one is."""
    close = _close(word, tuple(known), likeness)
    return _question([f"{before}{name}{after}" for name in close])


def did_you_mean_name(word: str, names: Iterable[str]) -> str:
    """The same for names of several words, such as slugs, case ignored.

    Those in which each word of `word` begins a word are offered first; else one that is very like.
    """
    known = {name.casefold(): name for name in names}
    wanted = word.casefold()
    found = _holding(wanted, known) or _close(wanted, tuple(known), _ALIKE)
    return _question([known[name] for name in found])


def _question(guesses: Sequence[str]) -> str:
    if not guesses:
        return ""
    *others, last = guesses
    return f"did you mean {', '.join(others)}{' or ' if others else ''}{last}? "


@lru_cache(maxsize=512)  # a wrong heading stands above many cards
def _close(word: str, known: tuple[str, ...], likeness: float) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(word, known, n=1, cutoff=likeness)


def _holding(wanted: str, names: Iterable[str]) -> list[str]:
    """A few names that hold all words of `wanted`; those that begin with it first."""
    parts = _words(wanted)
    if len("".join(parts)) < _TELLING:
        return []
    found = [name for name in names if all(_begins_one(part, _words(name)) for part in parts)]
    return sorted(found, key=lambda name: not name.startswith(wanted))[:_FEW]


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name)


def _begins_one(part: str, words: Iterable[str]) -> bool:
    return any(word.startswith(part) for word in words)
