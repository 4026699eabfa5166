"""Files are replaced whole, in place, and only where a file belongs."""

from __future__ import annotations

import os
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
