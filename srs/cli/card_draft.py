"""New cards from a draft in the learner's editor: what is in it, and where its cards are to go."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from decks.appending import INBOX, NewCards, front_text, head_of, read_new
from decks.errors import UserError
from decks.frontmatter import FrontMatter
from decks.lines import split
from srs import Filed, settings_file
from srs.cli.drafts import again, edited
from srs.cli.output import notice
from srs.drafts import card_draft

_WORD = """\
<!-- Write the card, save, and close the editor. More may stand below it.
     Left as it is, it adds nothing. srs help cards says what cards may be. -->
"""
_FORMS = {False: ("Q: ", "A: "), True: ("C: ",)}
_TAGS_ALONE = ("", "Q:", "A:", "C:")
_FENCE = "---\n"
_FILE_KEY = "file:"


class Start(NamedTuple):
    """What a new draft begins with."""

    front: FrontMatter
    named: str  # file that the learner named, absolute; "" for one of the home
    cloze: bool


File = Callable[[NewCards, str, Callable[[], object]], Filed]


def edit(home: str, start: Start, file: File) -> Filed | None:
    """Let the learner write cards and file them; None if nothing was written.

    Raises UserError, with the draft kept if there is anything in it, if they could not be filed.
    """
    with card_draft(home) as draft:
        line = _prepare(draft, start)
        while True:
            try:
                return _filed(draft, line, file)
            except UserError as error:
                kept = _kept(draft)
                if not kept or not again(error):
                    raise _told(error, kept=kept) from error
                line = error.line if error.path == str(draft) else line


def _prepare(draft: Path, start: Start) -> int:
    """Make the draft, unless there is one from the last time; the line to begin at."""
    if _kept(draft):
        notice(
            f"going on with the draft of the last time, {draft}: its head says where its cards go;"
            " empty it to begin anew"
        )
    else:
        settings_file.save(draft, template(start))
    text = settings_file.read(draft)
    try:
        read_draft(text, str(draft))
    except UserError as error:
        if error.line > 1 and not is_blank(text):
            return error.line
    tags = (at for at, line in enumerate(split(text), 1) if line.startswith(("Q:", "C:")))
    return next(tags, 1)


def _filed(draft: Path, line: int, file: File) -> Filed | None:
    text = edited(draft, line)
    if is_blank(text):
        draft.unlink()
        return None
    new, named = read_draft(text, str(draft))
    return file(new, named, draft.unlink)


def _kept(draft: Path) -> bool:
    """Whether the draft holds anything to go on with; one that does not is removed."""
    if not draft.exists():
        return False
    try:
        blank = is_blank(settings_file.read(draft))
    except UserError:  # it holds something, be it no text
        return True
    if blank:
        draft.unlink()
    return not blank


def _told(error: UserError, *, kept: bool) -> UserError:
    if kept:
        error.hint = "; ".join(filter(None, [error.hint, "srs card new goes on with this draft"]))
    return error


def template(start: Start) -> str:
    """The text that a draft begins with."""
    front = start.front
    if start.named:
        rest = front_text(front).removeprefix(_FENCE) or _FENCE
        head = f"{_FENCE}{_FILE_KEY} {start.named}\n{rest}"
    else:
        head = front_text(replace(front, deck=front.deck or INBOX))
    return "\n".join([f"{head}\n{_WORD}", *_FORMS[start.cloze], ""])


def is_blank(text: str) -> bool:
    """Whether there is nothing in the draft but what it began with."""
    text = _destination(_without_word(text))[1]
    rest = split(text)[head_of(text, "").length :]
    return all(line.strip() in _TAGS_ALONE for line in rest)


def read_draft(text: str, path: str) -> tuple[NewCards, str]:
    """The cards of the draft, and the file that its head names, absolute, or "".

    Raises UserError for the first thing in it that is not sound.
    """
    named, rest = _destination(_without_word(text))
    return read_new(rest, path), os.path.abspath(os.path.expanduser(named)) if named else ""  # noqa: PTH100, PTH111


def _without_word(text: str) -> str:
    """The text without our word to the learner; its lines stay where they are."""
    return text.replace(_WORD, "\n" * _WORD.count("\n"), 1)


def _destination(text: str) -> tuple[str, str]:
    """The file that the head names, and the text without that; its lines stay where they are."""
    lines = text.split("\n")
    length = head_of(text, "").length
    for at in range(1, length):
        if lines[at].startswith(_FILE_KEY):
            named, lines[at] = lines[at].removeprefix(_FILE_KEY).strip(), ""
            if not any(line.strip() for line in lines[1 : length - 1]):
                lines[0] = lines[length - 1] = ""  # nothing is left in the head
            return named, "\n".join(lines)
    return "", text
