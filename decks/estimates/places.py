"""Where the texts of an estimate name its numbers: `{name}`, `{name:.0f}`, `{ans}`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.spans import blanked, protected

ANSWER = ("ans", "answer")  # what the answer is called, in its own text
FORM = re.compile(r",?(?:\.\d)?[efg%]?")  # of a number, as Python has them
_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)(?::([^{}]{0,12}))?\}")


def places(text: str) -> Iterator[re.Match[str]]:
    """Yield the places of a text as (name, form); braces in code and formulas are none."""
    if "{" not in text:
        return
    yield from _PLACE.finditer(blanked(text, protected(text)))
