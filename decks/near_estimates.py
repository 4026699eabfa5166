"""Cards that look like estimates and draw no numbers: what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from decks.lines import Line

_HINT = "write Params: and Answer: below A:, in the first column"
# `params:`, `**Params:**`; an indented `Params:` is meant as text.
_NEAR = re.compile(r"(?!\s*Params:)\s*(?:\*\*|__)?(?i:params)(?:\*\*|__)?\s*[:：]")
# A word of its own in braces: no path such as /users/{id}, no {{template}}.
_BRACES = re.compile(r"(?<![\w/{$\\.=\"'-])\{([A-Za-z][A-Za-z0-9_]{0,40})\}(?![\w}/])")


class Remark(NamedTuple):
    """What looks odd, in which line, and what to do about it."""

    line: int
    message: str
    hint: str


def remarks(parts: list[list[Line]], front: str, back: str) -> Iterator[Remark]:
    """What looks like an estimate in a card that is none; at most one remark."""
    if "arams" in back.casefold():
        for line in (line for part in parts[1:] for line in part):
            if _NEAR.match(line.raw):
                yield Remark(line.number, "looks like Params: inside a card", _HINT)
                return
    if "{" in front and (found := _first_place(front)):
        message = f"the question says {found} with its braces: no Params: draws a number for it"
        yield Remark(parts[0][0].number, message, f"{_HINT}; braces that are meant go into `code`")
    elif "{ans" in back:
        message = "the answer says {ans} with its braces: no Answer: works it out"
        yield Remark(parts[1][0].number, message, f"{_HINT}; braces that are meant go into `code`")


def _first_place(text: str) -> str:
    from decks.estimates.places import places  # which few decks need

    for place in places(text):
        found = _BRACES.match(text, place.start())
        if found:
            return found[0]
    return ""
