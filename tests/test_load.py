"""Deck files on disk."""

from __future__ import annotations

import os
import time
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import decks
from decks.errors import UsageError
from decks.load import MAX_FILE_BYTES, MAX_LINES, Loaded, builtin, read
from decks.model import CARD, PROSE, SKIPPED, LineCounts, Severity


def deck(path: Path, text: str = "a :: b") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dedent(text).encode())
    return path


def problem(loaded: Loaded) -> tuple[int, str]:
    (only,) = loaded.parsed.problems
    return only.place.line, only.message


def test_a_folder_is_read_to_its_depths_in_order(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.markdown", "a/c.MD", "x.txt", ".hidden.md", ".git/d.md", "a/.e/f.md"):
        deck(tmp_path / name, f"card of {name} :: 1")
    loaded = read([tmp_path])
    assert [one.path for one in loaded] == [
        str(tmp_path.resolve() / name) for name in ("a/c.MD", "a/z.markdown", "b.md")
    ]
    assert [one.parsed.notes[0].deck for one in loaded] == ["a::c", "a::z", "b"]
    assert {one.root for one in loaded} == {str(tmp_path.resolve())}


def test_paths_are_shown_as_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deck(tmp_path / "cards/a.md")
    monkeypatch.chdir(tmp_path)
    assert read([Path("cards")])[0].parsed.notes[0].place == ("cards/a.md", 1)
    assert read([Path()])[0].parsed.notes[0].deck == "cards::a"
    assert read([Path("cards/a.md")])[0].parsed.notes[0].deck == "a"


def test_a_deck_asked_for_overrides_every_other_name(tmp_path: Path) -> None:
    deck(tmp_path / "a.md", "---\ndeck: Front\n---\na :: b")
    assert read([tmp_path])[0].parsed.notes[0].deck == "Front"
    assert read([tmp_path], deck=" X:: ::Y\n")[0].parsed.notes[0].deck == "X::Y"


def test_a_path_given_twice_is_read_once(tmp_path: Path) -> None:
    path = deck(tmp_path / "a.md")
    assert len(read([tmp_path, path, tmp_path])) == 1


def test_a_missing_path_stops_everything(tmp_path: Path) -> None:
    deck(tmp_path / "a.md")
    with pytest.raises(UsageError, match="no such file or folder") as caught:
        read([tmp_path, tmp_path / "nowhere"])
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("data", "line", "message", "lines"),
    [
        (b"a :: b\nc :: \xe9\nd\n", 2, "not valid UTF-8 (byte 0xE9)", 3),
        (b"a\r\nb\rc\n\xff", 4, "not valid UTF-8 (byte 0xFF)", 4),
        ("a :: b\n".encode("utf-16"), 1, "not valid UTF-8 (byte 0xFF)", 2),
        (b"a\n\xc0\xaf", 2, "not valid UTF-8 (byte 0xC0)", 2),
        (b"\xed\xa0\x80", 1, "not valid UTF-8 (byte 0xED)", 1),
    ],
)
def test_what_is_not_utf8_is_refused_at_its_line(
    tmp_path: Path, data: bytes, line: int, message: str, lines: int
) -> None:
    (tmp_path / "bad.md").write_bytes(data)
    deck(tmp_path / "good.md")
    bad, good = read([tmp_path])
    assert problem(bad) == (line, message)
    assert bad.parsed.lines == LineCounts(skipped=lines)
    assert len(good.parsed.notes) == 1


LINES = st.lists(
    st.tuples(
        st.sampled_from(
            [b"Q: q", b"A: a", b"C: [x]", b"", b"  ", b"a :: b", b"text", b"---", b"deck: d",
             b"# H", b"A: stray", b"\xc3\xa9", b"\xe9", b"\0", b"\x0c", b"\xc2\x85", b"```"]
        ),
        st.sampled_from([b"\n", b"\r\n", b"\r", b"\n\r"]),
    ),
    max_size=12,
)  # fmt: skip


@given(LINES, st.sampled_from([b"", b"\xef\xbb\xbf"]), st.booleans())
@example([], b"\xef\xbb\xbf", False)
def test_every_line_of_a_file_has_one_fate(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[bytes, bytes]],
    mark: bytes,
    ends: bool,
) -> None:
    data = mark + b"".join(text + end for text, end in lines)
    data = data if ends else data.rstrip(b"\r\n")
    path = tmp_path_factory.getbasetemp() / "fates.md"
    path.write_bytes(data)
    with path.open(encoding="utf-8-sig", errors="replace", newline=None) as file:
        count = sum(1 for _ in file)
    (loaded,) = read([path])
    assert len(loaded.parsed.fates) == count
    assert sum(loaded.parsed.lines) == count
    assert set(loaded.parsed.fates) <= {CARD, PROSE, SKIPPED}


def test_a_file_of_too_many_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\r\n" * (MAX_LINES + 1))
    (loaded,) = read([path])
    assert problem(loaded) == (1, "more than half a million lines")
    assert loaded.parsed.lines == LineCounts(skipped=MAX_LINES + 1)
    path.write_bytes(b"\r\n" * MAX_LINES)
    assert problem(read([path])[0]) == (1, "empty file")


@pytest.mark.parametrize("piece", ["[", "` ", " :: ", "![", "==a ", "(", "^", "> "])
def test_a_line_of_many_megabytes_is_refused_in_a_moment(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "a.md"
    path.write_text("Q: a\nA: " + piece * (8_000_000 // len(piece)) + "\n\nc :: d\n")
    started = time.process_time()
    (loaded,) = read([path])
    assert problem(loaded) == (1, "a card of more than 1 MiB")
    assert [note.front for note in loaded.parsed.notes] == ["c"]
    assert time.process_time() - started < 5


def test_only_regular_files_of_a_fair_size_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    (tmp_path / "b.md").symlink_to("/dev/zero")
    (tmp_path / "c.md").symlink_to("nowhere")
    (tmp_path / "d.md").symlink_to("d.md")
    with (tmp_path / "e.md").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    messages = [problem(one)[1] for one in read([tmp_path])]
    assert messages[:3] == ["not a regular file", "not a regular file", "no such file or directory"]
    assert "symbolic links" in messages[3]
    assert messages[4] == f"larger than {MAX_FILE_BYTES >> 20} MiB"


def test_links_that_run_in_circles_are_walked_once(tmp_path: Path) -> None:
    deck(tmp_path / "a/b/c.md")
    (tmp_path / "a/b/up").symlink_to(tmp_path)
    (tmp_path / "a/again").symlink_to(tmp_path / "a")
    assert [Path(one.path).name for one in read([tmp_path])] == ["c.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_what_may_not_be_read_is_reported(tmp_path: Path) -> None:
    path = deck(tmp_path / "a.md")
    path.chmod(0)
    assert problem(read([path])[0]) == (1, "permission denied")


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_an_empty_file_is_worth_a_word(tmp_path: Path, text: str) -> None:
    path = deck(tmp_path / "a.md", "")
    path.write_text(text, encoding="utf-8")
    (loaded,) = read([path])
    assert problem(loaded) == (1, "empty file")
    assert loaded.parsed.problems[0].severity is Severity.NOTE


def test_so_is_a_file_or_folder_without_cards(tmp_path: Path) -> None:
    (folder,) = read([tmp_path])
    assert problem(folder) == (1, "no markdown file in this folder")
    assert folder.parsed.lines == LineCounts()
    readme = deck(tmp_path / "README.md", "Only words.")
    assert problem(read([readme])[0]) == (1, "no cards in this file")
    assert read([tmp_path])[0].parsed.problems == ()  # quite normal inside a folder


def test_the_decks_of_the_package_are_read_like_any_other() -> None:
    loaded = builtin()
    assert [one.path for one in loaded] == sorted(one.path for one in loaded)
    for one in loaded:
        assert one.parsed.problems == ()
        assert {note.place.path for note in one.parsed.notes} == {f"builtin/{Path(one.path).name}"}


def test_the_package_offers_its_names_lazily() -> None:
    assert decks.builtin is builtin
    assert all(hasattr(decks, name) for name in decks.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        decks.nothing  # noqa: B018
