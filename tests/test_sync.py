"""Sources: what is remembered of an import, and what reading it again does."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import decks.load
from decks.errors import UsageError
from decks.model import Severity
from srs import Collection, Receipt, Wish, open_collection
from srs.store.sources import KnownSource

NOW_MS = 1_772_438_400_000
_PAST = (1_600_000_000, 1_600_000_000)


def later() -> int:
    """A time by which everything that was written is settled."""
    return time.time_ns() + 10**10


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


class Notes:
    """A folder of notes and a collection."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.folder = folder.resolve() / "notes"
        self.folder.mkdir()

    def write(self, name: str, text: str) -> Path:
        return write(self.folder / name, text)

    def open(self) -> Collection:
        return open_collection(self.home, create=True)

    def take(self, *names: str, deck: str | None = None, excludes: tuple[str, ...] | None = None,
             strict: bool = False, clock_ns: int | None = None) -> Receipt:  # fmt: skip
        wish = Wish(deck, excludes, strict=strict,
                    clock_ns=later() if clock_ns is None else clock_ns)  # fmt: skip
        with self.open() as collection:
            paths = [str(self.folder / name) for name in names or (".",)]
            return collection.import_paths(paths, wish, NOW_MS).receipt

    def sync(self, *, dry_run: bool = False, relink: bool = True) -> Receipt:
        with self.open() as collection:
            wish = Wish(dry_run=dry_run, relink=relink, clock_ns=later())
            return collection.sync(wish, NOW_MS).receipt

    @property
    def sources(self) -> dict[str, KnownSource]:
        with self.open() as collection:
            found = collection.known_sources()
        return {os.path.relpath(source.path, self.folder): source for source in found}

    def cards(self) -> dict[str, str]:
        """The own cards that are in sight: question by deck."""
        sql = (
            "SELECT front, name FROM note n JOIN deck d ON d.id = n.deck_id JOIN card_state s"
            " ON s.note_id = n.id WHERE NOT n.builtin AND NOT s.hidden"
        )
        with closing(sqlite3.connect(self.home / "collection.db")) as connection:
            return dict(connection.execute(sql).fetchall())


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    found: list[str] = []
    original = decks.load._bytes

    def noting(path: Path) -> bytes:
        found.append(path.name)
        return original(path)

    monkeypatch.setattr(decks.load, "_bytes", noting)
    return found


def counts(receipt: Receipt) -> dict[str, int]:
    words = ("added", "changed", "moved", "relinked", "orphaned", "unchanged")
    return {word: getattr(receipt, word) for word in words if getattr(receipt, word)}


def test_what_is_as_it_was_is_not_read_but_counted(notes: Notes, reads: list[str]) -> None:
    notes.write("a.md", "Q: one\nA: 1\n\n# prose\n")
    notes.write("b.md", "C: a [gap] and [another]\n")
    first = notes.take()
    assert reads == ["a.md", "b.md"]
    notes.write("b.md", "C: a [gap] and [another] one\n")
    reads.clear()
    for again in (notes.sync(), notes.take(), notes.sync()):
        assert (again.notes, again.cards, again.files) == (first.notes, first.cards, first.files)
        assert again.lines == first.lines
    assert reads == ["b.md"]
    assert counts(again) == {"unchanged": 2}


def test_a_file_written_just_now_may_change_unseen(notes: Notes, reads: list[str]) -> None:
    path = notes.write("a.md", "one :: 1\n")
    notes.take(clock_ns=time.time_ns() + 10**9)
    assert counts(notes.take(clock_ns=path.stat().st_ctime_ns + 3 * 10**9)) == {"unchanged": 1}
    assert reads == ["a.md", "a.md"]
    notes.sync()
    assert reads == ["a.md", "a.md"]


def test_a_file_with_something_to_mend_is_read_again(notes: Notes, reads: list[str]) -> None:
    notes.write("bad.md", "Q: no answer\n")
    notes.write("double.md", "one :: 1\n")
    notes.write("a.md", "one :: 1\n")
    notes.write("good.md", "two :: 2\n\n^ nothing\n")
    notes.take()
    reads.clear()
    assert [p.severity for p in notes.sync().problems] == [Severity.ERROR, Severity.NOTE]
    assert reads == ["bad.md", "double.md"]
    (notes.folder / "a.md").unlink()
    assert counts(notes.sync()) == {"moved": 1, "unchanged": 1}  # the double takes its place


def test_another_version_of_the_program_reads_everything(
    notes: Notes, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.take()
    monkeypatch.setattr("srs.syncing.__version__", "99.0")
    notes.sync()
    assert reads == ["a.md", "a.md"]
    notes.sync()
    assert reads == ["a.md", "a.md"]


def test_a_renamed_file_keeps_its_notes_and_a_vanished_one_loses_sight_of_them(
    notes: Notes,
) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("b.md", "two :: 2\n")
    notes.take()
    (notes.folder / "a.md").rename(notes.folder / "c.md")
    assert counts(notes.sync()) == {"moved": 1, "unchanged": 1}
    (notes.folder / "c.md").rename(notes.folder.parent / "away.md")
    gone = notes.sync()
    assert counts(gone) == {"orphaned": 1, "unchanged": 1}
    (orphan,) = gone.orphans
    assert (orphan.front, orphan.deck, orphan.line) == ("one", "c", 1)
    assert orphan.path == str(notes.folder / "c.md")
    assert notes.cards() == {"two": "b"}
    (notes.folder.parent / "away.md").rename(notes.folder / "back.md")
    assert counts(notes.sync()) == {"relinked": 1, "unchanged": 1}


def test_a_dry_run_says_the_same_and_writes_nothing(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("b.md", "two :: 2\n")
    notes.take()
    (notes.folder / "a.md").unlink()
    notes.write("b.md", "two :: 2\n\nthree :: 3\n")
    before = (notes.home / "collection.db").read_bytes()
    rehearsed = notes.sync(dry_run=True)
    assert (notes.home / "collection.db").read_bytes() == before
    assert replace(rehearsed, details=()) == notes.sync()


def test_a_strict_import_with_a_fault_remembers_nothing(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n\nQ: no answer\n")
    assert len(notes.take(strict=True).skipped) == 1
    assert (notes.sources, notes.cards()) == ({}, {})


@pytest.mark.parametrize("how", ["emptied", "missing", "unlisted", "all gone", "no file left"])
def test_what_could_not_be_seen_orphans_nothing(
    notes: Notes, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("sub/b.md", "two :: 2\n")
    notes.take()
    listing = os.scandir
    if how == "emptied":
        notes.write("a.md", "no card any more\n")
    elif how == "missing":
        notes.folder.rename(notes.folder.parent / "away")
    elif how == "unlisted":
        (notes.folder / "sub" / "b.md").unlink()

        def refuse(path: str) -> object:
            if path.endswith("/sub"):
                raise PermissionError(13, "Permission denied")
            return listing(path)

        monkeypatch.setattr(os, "scandir", refuse)
    else:
        (notes.folder / "a.md").unlink()
        (notes.folder / "sub" / "b.md").unlink()
        if how == "no file left":
            notes.write("README.md", "words\n")
    receipt = notes.sync()
    assert receipt.orphaned == 0
    assert len(notes.cards()) == 2
    assert bool(receipt.skipped) == (how in ("missing", "unlisted"))


def test_what_is_left_out_now_counts_as_gone(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("old/b.md", "two :: 2\n")
    notes.take()
    assert counts(notes.take(excludes=("old/",))) == {"orphaned": 1, "unchanged": 1}
    assert notes.sources["."].excludes == ("old/",)
    assert counts(notes.take()) == {"unchanged": 1}  # remembered
    assert counts(notes.take(excludes=("",))) == {"relinked": 1, "unchanged": 1}
    notes.write(".srsignore", "a.md\n")
    assert counts(notes.sync()) == {"orphaned": 1, "unchanged": 1}


def test_a_path_inside_a_source_is_a_part_of_it(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("sub/b.md", "two :: 2\n")
    notes.write("sub/deep/c.md", "three :: 3\n")
    notes.take()
    decks_before = notes.cards()
    notes.write("sub/b.md", "two :: 2\n\nfour :: 4\n")
    notes.write("a.md", "one :: 1\n\nfive :: 5\n")
    (notes.folder / "sub" / "deep" / "c.md").rename(notes.folder / "sub" / "deep" / "d.md")
    assert counts(notes.take("sub/deep")) == {"moved": 1}
    assert counts(notes.take("sub/b.md")) == {"added": 1, "unchanged": 1}
    assert counts(notes.take("sub", "sub/b.md")) == {"unchanged": 3}
    assert list(notes.sources) == ["."]
    assert notes.cards() == decks_before | {"three": "sub::deep::d", "four": "sub::b"}


def test_with_a_deck_it_is_a_source_of_its_own(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("sub/b.md", "two :: 2\n")
    notes.take()
    assert counts(notes.take("sub", deck="Mine")) == {"moved": 1}
    for receipt in (notes.take(), notes.sync(), notes.take("sub/b.md")):
        assert set(counts(receipt)) == {"unchanged"}
    assert notes.cards() == {"one": "a", "two": "Mine"}
    assert set(notes.sources) == {".", "sub"}
    assert counts(notes.take("sub", deck="")) == {"moved": 1}
    assert notes.cards() == {"one": "a", "two": "b"}


def test_a_folder_takes_the_place_of_the_sources_in_it(notes: Notes) -> None:
    notes.write("sub/a.md", "one :: 1\n")
    notes.write("sub/b.md", "two :: 2\n")
    notes.write("sub/c/d.md", "three :: 3\n")
    notes.write("README.md", "four :: 4\n")
    notes.take("sub/a.md", "sub", "README.md")
    notes.take("sub/c", deck="Mine")
    assert set(notes.sources) == {"README.md", "sub", "sub/c"}
    (notes.folder / "sub" / "b.md").unlink()
    assert counts(notes.take()) == {"moved": 1, "orphaned": 1, "unchanged": 2}
    assert set(notes.sources) == {".", "README.md", "sub/c"}
    assert notes.cards() == {"one": "sub::a", "three": "Mine", "four": "README"}


def test_a_missing_source_loses_nothing_to_the_folder_around_it(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("sub/b.md", "two :: 2\n")
    notes.take("sub", deck="Mine")
    (notes.folder / "sub").rename(notes.folder.parent / "away")
    receipt = notes.take()
    assert (counts(receipt), len(receipt.skipped)) == ({"added": 1}, 1)


def test_what_a_source_leaves_out_can_be_named(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.write("README.md", "two :: 2\n")
    notes.write(".private/b.md", "three :: 3\n")
    notes.take()
    assert counts(notes.take("README.md", ".private")) == {"added": 2}
    assert set(notes.sources) == {".", "README.md", ".private"}
    assert counts(notes.sync()) == {"unchanged": 3}


def test_a_link_out_of_a_source_is_read_as_long_as_no_other_holds_its_file(
    notes: Notes, tmp_path: Path
) -> None:
    notes.write("a.md", "one :: 1\n")
    write(tmp_path / "elsewhere" / "b.md", "two :: 2\n")
    (notes.folder / "link").symlink_to(tmp_path / "elsewhere")
    notes.take()
    assert counts(notes.sync()) == {"unchanged": 2}
    assert notes.cards()["two"] == "link::b"
    notes.take("../elsewhere")
    assert counts(notes.sync()) == {"unchanged": 2}
    assert notes.cards()["two"] == "b"
    (notes.folder / "link").unlink()
    assert counts(notes.sync()) == {"unchanged": 2}


def test_a_linked_file_is_gone_with_its_link(notes: Notes, tmp_path: Path) -> None:
    notes.write("a.md", "one :: 1\n")
    write(tmp_path / "b.md", "two :: 2\n")
    (notes.folder / "link.md").symlink_to(tmp_path / "b.md")
    notes.take()
    (notes.folder / "link.md").unlink()
    assert counts(notes.sync()) == {"orphaned": 1, "unchanged": 1}


def test_a_source_that_was_forgotten_is_read_no_more(notes: Notes) -> None:
    notes.write("a.md", "one :: 1\n")
    notes.take()
    with notes.open() as collection:
        assert collection.count_files(collection.known_sources()[0]) == 1
        collection.forget_source(str(notes.folder), NOW_MS)
        with pytest.raises(UsageError, match="not a source"):
            collection.forget_source(str(notes.folder), NOW_MS)
    assert notes.sync() == Receipt()
    assert notes.cards() == {"one": "a"}
    assert counts(notes.take()) == {"unchanged": 1}


def test_without_relinking_other_words_are_another_card(notes: Notes) -> None:
    notes.write("a.md", "Q: What does a canary ask?\nA: Is it safe to go on with this rollout?\n")
    notes.take()
    notes.write("a.md", "Q: What does a canary ask?\nA: Is it safe to go on with that rollout?\n")
    assert counts(notes.sync(relink=False)) == {"added": 1, "orphaned": 1}


def test_notes_written_meanwhile_are_seen(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program imports the same note between the reading of the notes and the lock."""
    from srs import importing

    notes.write("a.md", "one :: 1\n")
    other = Notes.__new__(Notes)
    other.home, other.folder = notes.home, notes.folder
    with notes.open():
        pass
    prepare = importing.in_bulk
    calls = []

    def interfere(connection: sqlite3.Connection, rows: int) -> object:
        if not calls:
            calls.append(rows)
            other.take()
        return prepare(connection, rows)

    monkeypatch.setattr(importing, "in_bulk", interfere)
    assert counts(notes.take()) == {"unchanged": 1}
    assert calls == [1]
    assert notes.cards() == {"one": "a"}


def test_many_notes_are_known_to_the_index_of_words(notes: Notes) -> None:
    text = "".join(f"question {n} :: answer {n}\n" for n in range(600))
    notes.write("a.md", text)
    with notes.open() as collection:
        assert collection.import_paths([str(notes.folder)], Wish(), NOW_MS).receipt.added == 600
        assert collection.check(NOW_MS) == []
        connection = collection._connection
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        unread = connection.execute("SELECT count(*) FROM note_unread n JOIN note USING (id)"
                                    " WHERE NOT builtin").fetchone()  # fmt: skip
        assert unread == (600,)


def test_reading_all_at_once_or_by_and_by_is_the_same(notes: Notes, tmp_path: Path) -> None:
    texts = ["one :: 1\n", "two :: 2\n\nprose\n", "C: a [b] c\n", "Q: q\nA: a\n", "one :: 1\n"]
    for number, text in enumerate(texts):
        notes.write(f"{number % 2}/{number}.md", text)
    at_once = notes.take()
    (tmp_path / "other").mkdir()
    other = Notes(tmp_path / "other")
    other.folder = notes.folder
    for number in range(len(texts)):
        assert other.take(f"{number % 2}/{number}.md").files == 1
    other.take()
    assert list(other.sources) == ["."]
    assert other.cards() == notes.cards()
    assert at_once.lines == other.sync().lines == notes.sync().lines


def test_a_source_may_be_a_device_by_now(notes: Notes) -> None:
    path = notes.write("a.md", "one :: 1\n")
    notes.take("a.md")
    path.unlink()
    os.mkfifo(path)
    (problem,) = notes.sync().skipped
    assert problem.message == "not a regular file"
    assert notes.cards() == {"one": "a"}
