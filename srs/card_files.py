"""Which file new cards belong into: one of the home, by deck, or the one that the learner names."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from decks.appending import heads_of, says_the_same, suits
from decks.errors import DataError, UsageError
from decks.frontmatter import FrontMatter
from decks.load import MAX_FILE_BYTES
from decks.walk import SUFFIXES

FOLDER = "cards"  # of a home, for cards that are not to stand in a file of the learner's
_LONGEST_NAME = 80  # characters, of at most three bytes: file systems allow 255 in all
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff/\\:*?"<>|]')
# What an import takes for something else than a deck.
_ASIDE = re.compile(
    r"(?:readme|licen[cs]e|changelog|contributing|code_of_conduct).*|[._]?templates?|_template.*"
)


def named_file(path: Path, front: FrontMatter, deck: str) -> Path:
    """The file that the learner named, if cards of such a deck and such tags may stand in it.

    `deck` is the one that its cards belong to if it names none itself. Raises UsageError where that
    is not so.
    """
    if not path.name.lower().endswith(SUFFIXES):
        raise UsageError(f"{path}: not a markdown file", "name one that ends in .md")
    if text := text_of(path):
        heads = heads_of(text, str(path))
        _refuse_misfit(path, [replace(h, deck=h.deck or deck or path.stem) for h in heads], front)
    elif not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder", "make it, or name another file")
    return path


def home_file(home: str, front: FrontMatter) -> Path:
    """The file of the home of which a head says the same; it need not exist yet.

    Different decks may come to the same name: then the next of them has a number.
    """
    for path in _candidates(Path(home, FOLDER).absolute(), front):
        text = text_of(path)
        if not text or any(says_the_same(head, front) for head in heads_of(text, str(path))):
            return path
    raise AssertionError("the numbers have no end")


def is_of_home(home: str, path: Path) -> bool:
    """Whether the file is one that `home_file` might name."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(Path(home, FOLDER)))


def text_of(path: Path) -> str:
    """What the file holds, line ends as they are; empty if it says nothing or is not there.

    Raises DataError for what is no text file, or cannot be written.
    """
    try:
        data = _bytes(path)
    except FileNotFoundError:
        return ""
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise DataError(f"{path}: {reason}", "name another file") from error
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not valid UTF-8", "save the file as UTF-8") from error
    return text if text.removeprefix("\ufeff").strip() else ""


def _bytes(path: Path) -> bytes:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "not a regular file")
    if found.st_size > MAX_FILE_BYTES:
        raise OSError(0, "larger than 64 MiB")
    if not os.access(path, os.W_OK):
        raise OSError(0, "cannot be written")
    return path.read_bytes()


def _refuse_misfit(path: Path, heads: Sequence[FrontMatter], wanted: FrontMatter) -> None:
    if any(suits(head, wanted) for head in heads):
        return
    hint = "take that out of the draft or the command, or name another file"
    of_deck = [h for h in heads if wanted.deck.casefold() in ("", h.deck.casefold())]
    if not of_deck:
        decks = " or ".join(dict.fromkeys(head.deck for head in heads))
        raise UsageError(f"{path}: its cards are of the deck {decks}, not of {wanted.deck}", hint)
    head = of_deck[-1]
    for name, asked, said in (
        ("tag", wanted.tags, head.tags), ("source", wanted.sources, head.sources),
        ("date", (wanted.as_of,) if wanted.as_of else (), (head.as_of,)),
    ):  # fmt: skip
        if missing := [one for one in asked if one not in said]:
            what = f"{path}: its head says nothing of the {name} {missing[0]}"
            raise UsageError(what, f"write it there, {hint}")


def _candidates(folder: Path, front: FrontMatter) -> Iterator[Path]:
    *above, name = [_file_name(part) for part in front.deck.split("::")]
    if front.tags:
        name = "+".join([name, *map(_file_name, front.tags)])[:_LONGEST_NAME]
    for number in count(1):
        again = "" if number == 1 else f"-{number}"
        yield folder.joinpath(*above, f"{name}{again}.md")


def _file_name(part: str) -> str:
    """The part of a name without what some file system, or an import, would stumble over."""
    name = _UNFIT.sub("-", unicodedata.normalize("NFC", part))[:_LONGEST_NAME].strip(" .") or "-"
    if _ASIDE.fullmatch(name.casefold()):
        name = f"deck {name}"
    return re.sub(r"\.(?=template$)", "-", name, flags=re.IGNORECASE)
