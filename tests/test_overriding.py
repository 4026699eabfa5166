"""The learner's own copy of a built-in note."""

from __future__ import annotations

from dataclasses import replace

import pytest

from decks import Note, builtin
from decks.errors import UsageError
from decks.lines import split
from decks.model import Place
from decks.overriding import builtin_text, override_text
from decks.parse import parse

NOTES = [note for loaded in builtin() for note in loaded.parsed.notes]
NOWHERE = Place("", 0)


def again(note: Note, source: str) -> tuple[Note, list[str]]:
    """The note read from its copy, and the lines of that; asserts the law."""
    text, line = override_text(note, source)
    parsed = parse(text, "copy.md", "")
    assert parsed.problems == ()
    (only,) = parsed.notes
    assert replace(only, place=NOWHERE) == replace(note, place=NOWHERE)
    assert only.place.line == line
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    return only, split(text)


@pytest.mark.parametrize("note", NOTES, ids=[note.id for note in NOTES])
def test_the_copy_of_a_built_in_note_is_that_note(note: Note) -> None:
    source = builtin_text(note.place.path)
    _, lines = again(note, source)
    assert lines[0] == "---"
    heading = next(at for at, line in enumerate(lines) if line.startswith(f"### {note.id}"))
    block = "\n".join(lines[heading:])
    assert f"\n{block}\n" in source  # word for word


SOURCE = """\
+++
name = "A :: deck's"
tags = one, two
source = Front
as_of = 2026-01
+++

# Part

## first
> sources: a, b

Prose.

### other
Q: Other?
A: Yes.

> sources: too-late

### fenced {type=choose}

Some words above the card.

Q: Which?
```
### not-a-heading
Q: not a card
```
A: This.

Why: Because.


### last
C: A [gap].
#### below
"""


def test_fences_front_matter_and_the_end_of_the_file() -> None:
    notes = parse(SOURCE, "builtin/x.md", "x").notes
    assert [note.id for note in notes] == ["other", "fenced", "last"]
    for note in notes:
        again(note, SOURCE)
        again(note, SOURCE.replace("\n", "\r\n"))
    _, lines = again(notes[1], SOURCE)
    assert "### not-a-heading" in lines
    assert lines[-1] == "Why: Because."
    assert "> sources: a, b" in lines
    assert "> sources: too-late" not in lines


def test_a_deck_named_after_its_file_keeps_its_name() -> None:
    source = "## c\n\n### one-id\nQ: Q?\nA: A.\n"
    for text in (source, source.removeprefix("## c\n\n")):  # in a concept, and in none
        (note,) = parse(text, "builtin/x.md", "Some deck").notes
        _, lines = again(note, text)
        assert lines[:3] == ["---", "deck: Some deck", "---"]


@pytest.mark.parametrize(
    "path", ["builtin/none.md", "builtin/../release.py", "x/03-features.md", "builtin/", "",
             "builtin/concepts.psv", "/etc/passwd"],
)  # fmt: skip
def test_only_deck_files_of_the_package_are_read(path: str) -> None:
    with pytest.raises(UsageError, match="no such built-in deck file"):
        builtin_text(path)
