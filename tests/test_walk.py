"""Finding deck files: what a folder holds, what is left out, and what must not hurt."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.errors import UsageError
from decks.load import read
from decks.walk import Stamp, Walked, as_typed, check_paths, find


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"card of {name} :: 1\n")


def names(walked: Walked) -> list[str]:
    return [found.name for found in walked.files]


def test_files_come_sorted_within_each_folder_with_their_stamps(tmp_path: Path) -> None:
    make(tmp_path, "b.md", "a/z.markdown", "a/c.MD", "x.txt", ".h.md", ".git/d.md")
    walked = find(str(tmp_path), shown="notes")
    assert names(walked) == ["a/c.MD", "a/z.markdown", "b.md"]
    assert [found.shown for found in walked.files] == [
        "notes/a/c.MD", "notes/a/z.markdown", "notes/b.md",
    ]  # fmt: skip
    status = (tmp_path / "b.md").stat()
    stamp = Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    assert walked.files[-1].stamp == stamp.packed()
    assert walked.files[-1].touched_ns == max(status.st_mtime_ns, status.st_ctime_ns)
    assert walked.complete
    assert not walked.linked


@pytest.mark.parametrize(
    "name",
    ["README.md", "readme.md", "README-fr.md", "LICENSE.md", "CHANGELOG.md", "CONTRIBUTING.md",
     "CODE_OF_CONDUCT.md", "templates/a.md", "sub/Template/deep/a.md", "_templates/a.md",
     "template.md", "card.template.md", "_template-cloze.md"],
)  # fmt: skip
def test_files_about_a_project_are_aside(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    (found,) = find(str(tmp_path)).files
    assert found.aside
    (loaded,) = read([tmp_path])
    (remark,) = loaded.parsed.problems
    assert (loaded.parsed.notes, loaded.parsed.lines) == ((), (0, 1, 0))
    assert remark.message == "holds what looks like 1 card"
    assert len(read([tmp_path / name])[0].parsed.notes) == 1  # whoever names it means it


@pytest.mark.parametrize("name", ["readmes.md", "templates.md", "contemplate.md", "my template.md"])
def test_others_are_not(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    assert not find(str(tmp_path)).files[0].aside


def test_what_is_aside_holds_no_fault(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"Q: no answer\n\xff\n")
    (tmp_path / "template.md").write_text("Q: {{question}}\n\nQ:\n")
    for loaded in read([tmp_path]):
        assert loaded.parsed.problems == ()
        assert loaded.parsed.lines.skipped == loaded.parsed.lines.card == 0
    assert sum(loaded.parsed.lines.prose for loaded in read([tmp_path])) == 5


def test_patterns_are_those_of_gitignore(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "old/a.md", "deep/old/b.md", "x.tmp.md", "deep/x.tmp.md", "deep/keep.md")
    (tmp_path / ".srsignore").write_text("# mine\nold/\n*.tmp.md\n")
    (tmp_path / "deep" / ".srsignore").write_text("!x.tmp.md\nkeep.md\n")
    assert names(find(str(tmp_path))) == ["a.md", "deep/x.tmp.md"]
    assert names(find(str(tmp_path), ["/a.md", "!deep/keep.md"])) == [
        "deep/keep.md", "deep/x.tmp.md",
    ]  # fmt: skip


_PARTS = st.sampled_from(["a", "b", "old", "x.md", "y.md"])
_PATTERNS = st.lists(
    st.sampled_from(["a/", "b", "/a", "*.md", "!x.md", "a/x.md", "**/old", "!old/", "b/**"]),
    max_size=4,
)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@settings(max_examples=12)
@given(st.lists(st.lists(_PARTS, min_size=1, max_size=3), max_size=6), _PATTERNS, _PATTERNS)
def test_git_itself_agrees(
    tmp_path_factory: pytest.TempPathFactory,
    paths: list[list[str]],
    top: list[str],
    deep: list[str],
) -> None:
    folder = tmp_path_factory.mktemp("git")
    for parts in paths:
        place = folder.joinpath(*(part.removesuffix(".md") for part in parts[:-1]))
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{parts[-1].removesuffix('.md')}.md").touch()
    for where, patterns in ((folder, top), (folder / "a", deep)):
        if where.is_dir():
            (where / ".srsignore").write_text("\n".join(patterns))
    command = ["git", "ls-files", "--others", "--exclude-per-directory=.srsignore", "--", "*.md"]
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    listed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    assert sorted(names(find(str(folder)))) == sorted(listed.stdout.split())


def test_what_is_no_pattern_is_said(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    (tmp_path / ".srsignore").write_text("a*.txt\n!\n")
    (problem,) = find(str(tmp_path), shown="notes").problems
    assert (problem.place, problem.message) == (
        ("notes/.srsignore", 2), "not a pattern; ignored",
    )  # fmt: skip
    with pytest.raises(UsageError, match="not a pattern"):
        find(str(tmp_path), ["!"])


def test_a_walk_within_takes_what_the_whole_walk_takes_there(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b/c.md", "b/d/e.md", "b/d/f.md", "b2/g.md", "templates/t.md")
    (tmp_path / ".srsignore").write_text("f.md\n")
    whole = find(str(tmp_path))
    for within in ("b", "b/d", "b/d/e.md", "b/d/f.md", "a.md", "templates"):
        path = tmp_path.resolve() / within
        part = find(str(tmp_path), within=str(path))
        assert part.files == tuple(
            found for found in whole.files if Path(found.path).is_relative_to(path)
        )


def test_paths_apart_are_left_to_others(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b/c.md", "d.md")
    real = tmp_path.resolve()
    walked = find(str(tmp_path), apart=frozenset({str(real / "b"), str(real / "d.md")}))
    assert names(walked) == ["a.md"]
    assert walked.complete


def test_a_link_is_followed_once_and_its_name_is_in_the_stamp(tmp_path: Path) -> None:
    make(tmp_path, "notes/a/c.md", "elsewhere/f.md")
    notes = tmp_path / "notes"
    (notes / "up").symlink_to(notes)
    (notes / "x.md").symlink_to(tmp_path / "elsewhere" / "f.md")
    (notes / "y.md").symlink_to("x.md")
    walked = find(str(notes))
    assert names(walked) == ["a/c.md", "x.md"]
    assert walked.linked
    (notes / "x.md").rename(notes / "w.md")
    assert walked.files[1].stamp != find(str(notes)).files[1].stamp


def test_what_is_no_file_has_no_stamp(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    (tmp_path / "b.md").symlink_to("/dev/zero")
    (tmp_path / "c.md").symlink_to("c.md")
    (tmp_path / "d.md").symlink_to("nowhere")
    assert [found.stamp for found in find(str(tmp_path)).files] == [b""] * 4


def test_a_name_that_is_no_utf8_is_a_problem(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    for name in (b"b\xff.md", b"\xfe/c.md", b"\xfd.txt"):
        path = tmp_path / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    walked = find(str(tmp_path))
    assert names(walked) == ["a.md"]
    assert [problem.message for problem in walked.problems] == [
        "the file's name is not valid UTF-8", "the folder's name is not valid UTF-8",
    ]  # fmt: skip
    assert not walked.complete
    for problem in walked.problems:
        problem.place.path.encode()


def test_a_folder_that_cannot_be_listed_makes_the_walk_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a.md", "b/c.md")
    listing = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("/b"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", refuse)
    walked = find(str(tmp_path), shown="notes")
    assert names(walked) == ["a.md"]
    (problem,) = walked.problems
    assert (problem.place.path, problem.message) == ("notes/b", "folder: permission denied")
    assert not walked.complete


def test_folders_may_lie_deeper_than_calls(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(1100):
            os.mkdir("d", dir_fd=here)
            deeper = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
    finally:
        os.close(here)
    walked = find(str(tmp_path))
    assert len(walked.folders) == 1 + 1100
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


def test_a_path_is_shown_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = tmp_path.resolve()
    assert as_typed(str(here / "a" / "b.md")) == "a/b.md"
    assert as_typed(str(here)) == "."
    assert as_typed("/elsewhere/b.md") == "/elsewhere/b.md"


@pytest.mark.parametrize("name", ["nowhere", "a\0b"])
def test_a_missing_path_is_an_error(name: str) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        check_paths([Path(name)])
