"""Whether files are notes that are cards: by their schedules, headings and keys."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from decks.dialects import standings
from decks.dialects.base import NO_SIGNS, DeckText, Signs
from decks.dialects.standings import spelt

FRONTS = ("question", "front", "q", "prompt", "flashcard-question", "flashcard")
_SIGN_KEY = re.compile(r"^([A-Za-z][\w -]*?)[ \t]*:[ \t]*(\S?)", re.MULTILINE)
_SIGN_INNER = re.compile(r"^[ \t]+(?:- )?[\"']?([A-Za-z_]+)[\"']?[ \t]*[:=][ \t]*\S", re.MULTILINE)
_ASKED = frozenset(FRONTS[:2]) | {"flashcard-question"}


class Folder(NamedTuple):
    """What is known of the folder: whether its notes are reviewed by schedules in them."""

    is_scheduled: bool = False


def signs(source: DeckText) -> Signs:
    """A schedule in the front matter, `## Question` with `## Answer`, or `question:` as a key."""
    text = source.text.removeprefix("\ufeff")[: 1 << 20]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    keys: list[str] = []
    if text.startswith("---"):
        end = text.find("\n---", 3)
        head = text[: end + 1] if end > 0 else ""
        if re.search(r"^(?:flash)?cards:[ \t]*$", head, re.MULTILINE):
            return NO_SIGNS
        keys = [spelt(key) for key, begun in _SIGN_KEY.findall(head) if begun]
        if "spaced-repetition:" in head or "fsrs:" in head or "review:" in head or "srs:" in head:
            keys += [spelt(key) for key in _SIGN_INNER.findall(head)]
        text = text[len(head) :]
    if standings.is_scheduled(keys):
        return Signs(1, "schedules in the front matter of notes")
    if _ASKED & set(keys):
        return Signs(1, "question: in the front matter of notes")
    count = min(len(_SIGN_QUESTION.findall(text)), len(_SIGN_ANSWER.findall(text)))
    return Signs(count, "## Question and ## Answer") if count else NO_SIGNS


_SIGN_QUESTION = re.compile(
    r"^#{1,4} *(?:\*\*)?(?:Question|Front|Q)\b[ :*]*$", re.MULTILINE | re.IGNORECASE
)
_SIGN_ANSWER = re.compile(
    r"^#{1,4} *(?:\*\*)?(?:Answer|Back|A)\b[ :*]*$", re.MULTILINE | re.IGNORECASE
)
_MOST_FILES, _MOST_FOLDERS = 400, 400


def look_around(folder: str) -> object:
    """Whether notes of the folder hold schedules: a look at the heads of some of them."""
    import os

    looked = 0
    for where, folders, names in islice(os.walk(folder), _MOST_FOLDERS):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.casefold().endswith((".md", ".markdown")):
                continue
            looked += 1
            if looked > _MOST_FILES:
                return Folder()
            if _has_schedule(os.path.join(where, name)):  # noqa: PTH118
                return Folder(is_scheduled=True)
    return Folder()


def _has_schedule(path: str) -> bool:
    import os
    import stat

    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            return False
        with open(path, "rb") as file:  # noqa: PTH123
            head = file.read(4096).decode("utf-8", "replace")
    except (OSError, ValueError):
        return False
    source = DeckText(head if "\n---" in head[3:] else "", path, path, "")
    return signs(source).what.startswith("schedules")
