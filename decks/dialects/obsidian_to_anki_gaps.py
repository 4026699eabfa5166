"""The deletions of Obsidian_to_Anki: `{{c1::so}}`, `{so}`, `{1:so}`, `{1|so}`, `{c1:so}`, `==so==`.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decks.dialects.gaps import Deletion, written
from decks.spans import blanked, code_ranges, math_ranges

_NATIVE = re.compile(r"\{\{c([0-9]{1,3})::")
_CURLY = re.compile(r"(?<!\{)\{(?!\{)(?:c?([0-9]{1,3})[:|])?([^{}]*+)\}(?!\})")
_MARKED = re.compile(r"==(?!=)(?:c?([0-9]{1,3})(?:::?|\|))?((?:[^=\n]|=(?!=))+)==(?!=)")
_BRACE = re.compile(r"[{}]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def cloze_text(text: str, *, curly: bool = False) -> str:
    """Return the text as a cloze text of ours; "" if it has no deletion that can be read.

    Braces count where there is no `{{c1::…}}`, or where the settings turn them on; highlights where
    there is neither.
    """
    native = list(native_deletions(text))
    braces = list(_found(_CURLY, text)) if curly or not native else []
    return in_ours(text, numbered([*native, *braces] or list(_found(_MARKED, text))))


def in_ours(text: str, deletions: Sequence[Deletion]) -> str:
    """Return `text` with these deletions in our notation; "" if that cannot be.

    What no number can hold (`{{c1::a {b}}}`) does without, if it is asked by itself anyway.
    """
    if whole := written(text, deletions):
        return whole
    if len({one.number for one in deletions}) < len(deletions):
        return ""
    return written(text, [one._replace(number=None) for one in deletions])


def native_deletions(text: str) -> Iterator[Deletion]:
    """Anki's own deletions in order, with the innermost braces of what they hide left alone."""
    spans = code_ranges(text)
    end = 0
    for opener in _NATIVE.finditer(blanked(text, spans)):
        if opener.start() < end:
            continue  # within another, which `written` refuses
        close = _close(text, opener.end())
        if close < 0:
            return
        words, _, hint = text[opener.end() : close].partition("::")
        end = close + 2
        yield Deletion(opener.start(), end, words, hint, int(opener[1]))


def numbered(found: Sequence[Deletion]) -> list[Deletion]:
    """Deletions as the original numbers them: those without a number count from 1, and so may come
    to be asked with one that has it. Without any number each is asked by itself.
    """
    ordered = sorted(found)
    if all(one.number is None for one in ordered):
        return ordered
    count, out = 0, []
    for one in ordered:
        count += one.number is None
        out.append(one._replace(number=count) if one.number is None else one)
    return out


def _close(text: str, at: int) -> int:
    """Where the braces of a deletion close that opened before `at`; -1 if they do not."""
    depth = 0
    for brace in _BRACE.finditer(text, at):
        if brace[0] == "{":
            depth += 1
        elif depth:
            depth -= 1
        elif text.startswith("}}", brace.start()):
            return brace.start()
        else:
            return -1
    return -1


def _found(form: re.Pattern[str], text: str) -> Iterator[Deletion]:
    """Deletions of a form outside code and formulas, in one paragraph each."""
    spans = sorted([*code_ranges(text), *((one.start, one.end) for one in math_ranges(text))])
    for found in form.finditer(blanked(text, spans)):
        inside = text[slice(*found.span(2))]
        words, _, hint = inside.partition("::")
        if words.strip() and not _BLANK_LINE.search(inside):
            number = int(found[1]) if found[1] else None
            yield Deletion(found.start(), found.end(), words, hint, number)
