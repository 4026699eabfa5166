"""The errors that a person is meant to read.

Every layer may raise them; only the shell turns them into text and an exit code.
"""

from __future__ import annotations

from collections.abc import Iterable


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
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1, cutoff=likeness)
    return f"did you mean {before}{close[0]}{after}? " if close else ""
