"""The deletions of org-drill, `[so]` and `[so||hint]`, in a text of ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import dedent

from decks.dialects.gaps import Deletion, written
from decks.dialects.org_markup import code_lines, inline, literal_ranges, markdown
from decks.spans import blanked

# Up to the end of the next line: a bracket without its partner is no deletion.
_GAP = re.compile(
    r"(?<!\[)\[(?!\[|fn:|#[A-Z]\]|\d*/\d*\]|\d*%\]|\d{4}-\d\d-\d\d)"
    r"([^\[\]\n]*+(?:\n(?![ \t]*\n|\*)[^\[\]\n]*+)?)\](?!\()"
)
_BOX = re.compile(r"^[ \t]*(?:[-+*]|\d+[.)])[ \t]+\[[ xX-]\]", re.MULTILINE)
_HIDDEN_LINE = re.compile(r"^[ \t]*(?:#(?:[ \t].*|\+.*)?|:[ \t].*|:[\w-]+:.*)$", re.MULTILINE)
_HOLD, _SET = "\ue0f0", "\ue0f1"  # of a private area: they stand for a deletion meanwhile
_HELD = re.compile(f"{_HOLD}(\\d+){_SET}")


def has_gap(lines: Sequence[str]) -> bool:
    """Whether the text has a deletion."""
    return bool(_found("\n".join(lines)))


def clozed(lines: Sequence[str], kind: str, title: str = "") -> str:
    """Return the text with its deletions in our notation, below a title; "" if it cannot be.

    The simple kind asks all of them at once. Of the others each is asked by itself, as far as the
    kind ever hides it.
    """
    text = dedent("\n".join(lines))
    if _HOLD in text or _SET in text:
        return ""
    found = _found(text)
    asked = found[:1] if kind == "hidefirst" else found[-1:] if kind == "hidelast" else found
    pieces: list[str] = []
    at = 0
    for number, gap in enumerate(found):
        held = f"{_HOLD}{number}{_SET}" if gap in asked else _parts(gap[1])[0]
        pieces += (text[at : gap.start()], held)
        at = gap.end()
    whole = markdown([*"".join([*pieces, text[at:]]).split("\n")])
    whole = f"{title}\n\n{whole}" if title else whole
    together = 1 if not kind and len(asked) > 1 else None
    return written(
        whole, [_deletion(held, found[int(held[1])][1], together) for held in _HELD.finditer(whole)]
    )


def _deletion(held: re.Match[str], inside: str, number: int | None) -> Deletion:
    words, hint = _parts(inside)
    return Deletion(held.start(), held.end(), inline(words), inline(hint), number)


def _parts(inside: str) -> tuple[str, str]:
    """What is hidden, and the hint; one `|` was enough for it once."""
    words, separator, hint = inside.partition("||")
    if not separator and inside.count("|") == 1:
        words, _, hint = inside.partition("|")
    return (words, hint) if words.strip() and hint.strip() else (inside.replace("||", ""), "")


def _found(text: str) -> list[re.Match[str]]:
    if "[" not in text:
        return []
    lines = text.split("\n")
    code = code_lines(lines)
    shadow = "\n".join("." * len(line) if at in code else line for at, line in enumerate(lines))
    shadow = blanked(shadow, literal_ranges(shadow))
    for form in (_BOX, _HIDDEN_LINE):
        shadow = blanked(shadow, [found.span() for found in form.finditer(shadow)])
    spans = [found for found in _GAP.finditer(shadow) if found[1].strip()]
    return [match for one in spans if (match := _GAP.match(text, one.start()))]
