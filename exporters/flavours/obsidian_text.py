"""Texts as Obsidian Spaced Repetition reads them back: escaped where it would take them for more.

It looks for colons, tags and comments in prose, ends a card at a blank line, and knows a fence only
in the first column. What is written instead looks the same in Obsidian. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decks.dialects.obsidian_inline import without_markup
from decks.dialects.obsidian_lines import PARAGRAPH, TAG
from decks.fences import opens
from decks.spans import code_ranges, math_ranges, protected
from exporters.flavours.texts import fence_of, fenced, fit, outside

_TICK = re.compile(r"(\\[!-/:-@\[-`{-~])|`")  # one that opens no code might, in the whole file
_WRAP = re.compile(r"[ \t]*\n[ \t>]*")
_COLONS = re.compile(r":(?=:)")
_HIDING = re.compile(r"%(?=%)|<(?=!--)")  # of comments
_IN_MATH = {"%": "%\\", "<": "<{}", ":": ":{}"}
_SEPARATOR = re.compile(r"([\s>]*)(\?{1,2}\s*)")
_RULE = re.compile(r"\s*(?:([-*_=])\1\1|([-*]) \2 \2|(\+\+\+))\s*")
_BLOCK_ID = re.compile(r"(?:^|(?<=\s))\^(?=[A-Za-z0-9-]{3,}\s*$)")
_CALLOUT = re.compile(r"(?<=\[)(?=!sr\|)", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_FENCES = ("```", "~~~")
_SHOWN = (*_FENCES, "![", "$$", "|", ">")  # what a sentence above a blank line may announce


def written(text: str) -> str:
    """Return a text without blank lines, in which nothing parts, ends, hides or tags a card."""
    lines = list(_unnested(_prose(fit(text)).split("\n")))
    inside = {at for first, last in fenced(lines) for at in range(first, last + 1)}
    said = [line if at in inside else _line(line) for at, line in enumerate(lines)]
    insets = _insets(said)
    return "\n".join(
        line if line or at in inside else f"{' ' * inset}{PARAGRAPH}"
        for at, (line, inset) in enumerate(zip(said, insets, strict=True))
    )


def front(text: str) -> str:
    """The same for a question, which is no item of a list, and no picture of the card above it."""
    lines = written(text)
    is_item = "\n" not in lines and without_markup(lines) != lines
    if is_item and (mark := re.search(r"[-*+>#\[.)]", lines)):
        return f"{lines[: mark.start()]}\\{lines[mark.start() :]}"
    return f" {PARAGRAPH}\n{lines}" if lines.startswith(_SHOWN) else lines


def _prose(text: str) -> str:
    """Escape what counts anywhere in a line but in code, which keeps to its line."""
    text = _unwrapped(text)
    text = outside(text, code_ranges(text), lambda words: _TICK.sub(_escaped, words))
    text = outside(text, protected(text), lambda words: TAG.sub(r"\\#\1", words))
    return "".join(_unhidden(text))


def _unwrapped(text: str) -> str:
    """Inline code on one line each: a line end in it is a blank."""
    pieces: list[str] = []
    at = 0
    for start, end in code_ranges(text):
        code = text[start:end]
        begins_line = not start or text[start - 1] == "\n"
        if "\n" in code and not (begins_line and opens(code.partition("\n")[0])):
            pieces += (text[at:start], _WRAP.sub(" ", code))
            at = end
    return "".join([*pieces, text[at:]])


def _escaped(found: re.Match[str]) -> str:
    return found[1] or f"\\{found[0]}"


def _unhidden(text: str) -> Iterator[str]:
    """Colons and comments escaped as each kind of text allows it."""
    found = [(start, end, False) for start, end in code_ranges(text)]
    found += [(one.start, one.end, True) for one in math_ranges(text)]
    at = 0
    for start, end, is_math in sorted(found):
        yield _in_prose(text[at:start])
        yield _in_math(text[start:end]) if is_math else text[start:end]
        at = end
    yield _in_prose(text[at:])


def _in_prose(words: str) -> str:
    return _HIDING.sub(r"\g<0>\\", _COLONS.sub(":\\\\", words))


def _in_math(words: str) -> str:
    words = _COLONS.sub(_IN_MATH[":"], words)
    return _HIDING.sub(lambda found: _IN_MATH[found[0]], words)


# Lines


def _line(line: str) -> str:
    """A line of prose that is no mark; "" for a blank one."""
    if not line.strip():
        return ""
    if found := _SEPARATOR.fullmatch(line):
        return f"{found[1]}\\{found[2]}"
    if found := _RULE.fullmatch(line):
        return _rule(line, found)
    line = _CALLOUT.sub(r"\\", _BLOCK_ID.sub(r"\\^", line))
    return f" {line}" if line.startswith((*_FENCES, "<!--")) else line


def _rule(line: str, found: re.Match[str]) -> str:
    """A rule or underline that is longer, and so ends no card."""
    if found[3]:
        return line.replace("+", "\\+", 1)
    sign = found[1] or found[2]
    return line.replace(found[0].strip(), sign * 4)


def _insets(lines: Sequence[str]) -> list[int]:
    """How far in stands what parts paragraphs, at each line: as what follows, so that it ends no
    list, but not so far as code where there is no list.
    """
    first_item = next((at for at, line in enumerate(lines) if _ITEM.match(line)), len(lines))
    insets = [1] * len(lines)
    inset = 1
    for at in range(len(lines) - 1, -1, -1):
        if line := lines[at]:
            inset = max(1, len(line) - len(line.lstrip()))
        insets[at] = inset if at > first_item else min(inset, 3)
    return insets


# Code


def _unnested(lines: Sequence[str]) -> Iterator[str]:
    """The lines with such fences in the first column as would not be known for fences elsewhere."""
    at = 0
    for first, last in fenced(lines):
        code = [_COLONS.sub(":\\\\", lines[first]), *lines[first + 1 : last + 1]]
        yield from lines[at:first]
        yield from code if _is_known(code) else _in_first_column(code)
        at = last + 1
    yield from lines[at:]


def _is_known(code: Sequence[str]) -> bool:
    """Whether the plugin reads a fence as one, or need not."""
    before, marks = fence_of(code[0])
    if not before:
        return code[-1].startswith(marks) and not any(line.startswith(marks) for line in code[1:-1])
    return not any("::" in line or _is_mark(line) for line in code)


def _is_mark(line: str) -> bool:
    return line.startswith((*_FENCES, "<!--")) or line.strip() in ("", "?", "??")


def _in_first_column(code: Sequence[str]) -> Iterator[str]:
    before, marks = fence_of(code[0])
    inner = [_without(line, len(before)) for line in code[1:]]
    end = code[-1].strip("> \t")
    if len(code) > 1 and end.startswith(marks) and not end.strip(marks[0]):
        inner.pop()
    longest = max((len(fence_of(line)[1]) for line in inner), default=0)
    fence = marks[0] * max(len(marks), longest + 1)
    if before.strip(" \t>"):
        yield before.rstrip()
    yield f"{fence}{code[0][len(before) + len(marks) :]}"
    yield from inner
    yield fence


def _without(line: str, width: int) -> str:
    """A line of code without what the lines around it begin with."""
    inset = len(line) - len(line.lstrip(" \t>"))
    return line[min(width, inset) :]
