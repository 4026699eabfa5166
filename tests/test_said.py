"""When a note last said something else, as other programs are told: by its content alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from srs import Collection, Settings
from srs.store.create import in_memory

MONDAY_MS = 1_772_438_400_000
MINUTE_MS = 60_000
CONTENTS = ("A: one", "A: two", "A: one\nWhy: as it is", "A: one\nFlip: not two")
# What the file holds, or None where the note is taken out of it; its deck; the clock, in minutes.
STEPS = st.tuples(
    st.none() | st.integers(0, len(CONTENTS) - 1), st.sampled_from("XY"), st.integers(-9, 9)
)


@contextmanager
def empty(home: str) -> Iterator[Collection]:
    with Collection(in_memory(lambda _: None), home, Settings(zone="UTC")) as collection:
        yield collection


def read(folder: str, content: str | None, deck: str) -> list[decks.Loaded]:
    file = Path(folder, "own.md")
    note = "" if content is None else f"### which-one\nQ: Which one?\n{content}\n"
    file.write_text(f"---\ndeck: {deck}\n---\n\n{note}\n### other\nQ: Another?\nA: Yes.\n")
    return list(decks.read([file]))


def said_ms(collection: Collection) -> int:
    rows = collection.notes(collection.span(MONDAY_MS))
    return next(row.said_ms for row in rows if row.note.id == "which-one")


@profile(max_examples=25)
@example([(1, "X", 9), (0, "X", -9), (1, "Y", -9)])
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_the_time_rises_with_the_content_and_only_then(
    steps: list[tuple[int | None, str, int]],
) -> None:
    with TemporaryDirectory() as home, empty(home) as collection:
        collection.import_files(read(home, CONTENTS[0], "X"), MONDAY_MS)
        content, time_ms = CONTENTS[0], said_ms(collection)
        assert time_ms == MONDAY_MS
        for which, deck, minutes in steps:
            now, at_ms = None if which is None else CONTENTS[which], MONDAY_MS + minutes * MINUTE_MS
            collection.import_files(read(home, now, deck), at_ms)
            if now is None:
                continue
            before_ms, time_ms = time_ms, said_ms(collection)
            if now == content:
                assert time_ms == before_ms
            else:
                assert time_ms == max(at_ms, before_ms + 1000)  # Anki counts seconds
            content = now


def test_a_note_of_a_package_has_the_time_that_it_had_there(tmp_path: Path) -> None:
    with empty(str(tmp_path)) as collection:
        for words, there_ms in (("A: one", MONDAY_MS - 9), ("A: two", MONDAY_MS + 9_000)):
            (file,) = read(str(tmp_path), words, "X")
            notes = [replace(note, changed_ms=there_ms) for note in file.parsed.notes]
            parsed = replace(file.parsed, notes=tuple(notes))
            collection.import_files([replace(file, parsed=parsed)], MONDAY_MS)
            assert said_ms(collection) == there_ms
