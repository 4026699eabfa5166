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
    r"|(?<!\\)!\[\[(?P<embedded>[^\[\]\n|#]++)(?P<behind>[|#][^\[\]\n]*+)?\]\]"
)
_SUFFIX = re.compile(r"\.\w{1,5}\s*$")  # without one, a note is embedded
_WIDTH = re.compile(r"\|[ \t]*+(\d{1,4})(?:x\d{1,4})?[ \t]*+$")  # as Obsidian has it
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
        if match["embedded"]:
            if placed := _embedded(match, text):
                yield placed
            continue
        path = _ESCAPE.sub(r"\1", match["angled"] or match["path"] or "")
        alt, _ = parted(_ESCAPE.sub(r"\1", text[slice(*match.span("alt"))]))
        yield Placed(*match.span(), Image(alt, path))


def parted(words: str) -> tuple[str, int]:
    """The words for an image, and its width in pixels, if they end in one: "a curve|300"."""
    width = _WIDTH.search(words)
    alt = words[: width.start()] if width else words
    return " ".join(alt.split()), int(width[1]) if width else 0


def width_px(markup: str) -> int:
    """The width that the author of an image asks for; 0: its own."""
    match = _IMAGE.match(markup)
    return parted(match["alt"] or match["behind"] or "")[1] if match else 0


def _embedded(match: re.Match[str], text: str) -> Placed | None:
    """An embedded file, with the words behind its bar; None for a note."""
    behind = text[slice(*match.span("behind"))] if match["behind"] else ""
    path = match["embedded"]
    if behind.startswith("|"):
        path = path.removesuffix("\\")  # as a bar is written in a table
    if not _SUFFIX.search(path):
        return None
    alt, _ = parted(behind[behind.find("|") :] if "|" in behind else "")
    return Placed(*match.span(), Image(alt.lstrip("|").strip(), path.strip()))


def label(image: Image) -> str:
    """What stands in the image's place: `[image: a curve]`, or the file's name."""
    name = image.path.rstrip("/").rpartition("/")[2]
    return f"[image: {image.alt or name or '?'}]"
