"""Files are replaced whole, in place, and only where a file belongs."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from decks.errors import DataError
from srs.files import replace_file


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250)
    replace_file(path, b"one")
    path.chmod(0o640)
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    replace_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/"), Path("/dev/null")):
        with pytest.raises(DataError, match="not a regular file"):
            replace_file(path, b"x")
    assert (tmp_path / "pipe").is_fifo()
    with pytest.raises(DataError, match="cannot be written"):
        replace_file(tmp_path / "missing" / "file", b"x")


def test_a_full_disk_is_no_matter_of_permissions(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(DataError, match="No space left") as caught:
        replace_file(tmp_path / "file", pieces())
    assert caught.value.hint == "free some space and try again"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_unless_it_may_be_replaced_a_file_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("this file system has no links")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = tmp_path / "file"

    def meanwhile() -> Iterator[bytes]:
        yield b"ours"
        path.write_bytes(b"theirs")

    with pytest.raises(DataError, match="exists already"):
        replace_file(path, meanwhile(), replacing=False)
    assert path.read_bytes() == b"theirs"
    path.unlink()
    assert replace_file(path, b"ours", replacing=False) == 4
    assert (path.read_bytes(), path.stat().st_nlink) == (b"ours", 1)
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_was_only_taken_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "hardlink_to", fail)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DataError, match="cannot be written"):
        replace_file(tmp_path / "file", b"ours", replacing=False)
    assert list(tmp_path.iterdir()) == []
