"""Pictures, sounds and films in a text: `![words](file)` and `![[file]]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from decks.spans import blanked, code_ranges

# Possessive throughout, so that hostile text takes no more than linear time.
_IMAGE = re.compile(
    r"(?<!\\)!\[(?P<alt>(?:[^\[\]\\\n]|\\.|\n(?![ \t]*\n)|\[[^\[\]\\\n]*+\])*+)\]"
    r"\([ \t]*+(?:<(?P<angled>[^<>\n]*+)>|(?P<path>(?:[^()\s\\<]|\\.|\([^()\s]*+\))++))"
    r"""(?:[ \t]++(?:"[^"\n]*+"|'[^'\n]*+'|\([^()\n]*+\)))?[ \t]*+\)"""
    r"|(?<!\\)!\[\[(?P<embedded>[^\[\]\n|#]++)(?:[|#][^\[\]\n]*+)?\]\]"
)
_SUFFIX = re.compile(r"\.\w{1,5}\s*$")  # without one, a note is embedded
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class Image(NamedTuple):
    """A picture as its author named it; `path` is as written, a file or an address."""

    alt: str
    path: str


class Placed(NamedTuple):
    """An image, and the range of the text that it takes."""

    start: int
    end: int
    image: Image


def images(text: str) -> tuple[Image, ...]:
    """The images of a text in order; none inside code."""
    return tuple(placed.image for placed in place(text))


def place(text: str) -> Iterator[Placed]:
    """The images of a text with their ranges, in order, apart from each other."""
    if "![" not in text:
        return
    for match in _IMAGE.finditer(blanked(text, code_ranges(text))):
        if embedded := match["embedded"]:
            if _SUFFIX.search(embedded):
                yield Placed(match.start(), match.end(), Image("", embedded.strip()))
            continue
        path = _ESCAPE.sub(r"\1", match["angled"] or match["path"] or "")
        alt = " ".join(_ESCAPE.sub(r"\1", text[slice(*match.span("alt"))]).split())
        yield Placed(match.start(), match.end(), Image(alt, path))


def label(image: Image) -> str:
    """What stands in the image's place: `[image: a curve]`, or the file's name."""
    name = image.path.rstrip("/").rpartition("/")[2]
    return f"[image: {image.alt or name or '?'}]"
