"""The disk is full, or broken, or the program dies: at each system call that changes a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.scenes import Scene, scenes
from tests.faults.syscalls import CALLS, WAYS, hits, try_hits
from tests.faults.systrace import traceable

pytestmark = pytest.mark.skipif(not traceable(), reason="programs cannot be traced here")
NAMES = ["review", "first review", "undo", "import", "backup", "restore", "merge", "migration",
         "repair"]  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    return scenes(tmp_path_factory.mktemp("scenes"))


@pytest.mark.parametrize("way", WAYS)
def test_a_call_fails_in_a_session(stage: dict[str, Scene], tmp_path: Path, way: str) -> None:
    wanted = hits(("pwrite64", "fdatasync"), (way,), (2, 17, 40))
    tally = try_hits(stage["review"], tmp_path, wanted)
    assert tally.problems == []
    assert tally.tried >= 4


def test_a_call_fails_in_a_backup(stage: dict[str, Scene], tmp_path: Path) -> None:
    calls = ("write", "fsync", "rename")
    tally = try_hits(stage["backup"], tmp_path, hits(calls, ("error=EIO",), (1,)))
    assert tally.problems == []
    assert tally.tried == len(calls)


def test_an_answer_acknowledged_too_early_is_missed(
    stage: dict[str, Scene], tmp_path: Path
) -> None:
    wanted = hits(("fdatasync",), ("error=EIO",), range(1, 6))
    assert try_hits(stage["review"], tmp_path, wanted, fault="ack-first").problems


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_every_call_fails(stage: dict[str, Scene], tmp_path: Path, name: str, count: int) -> None:
    tally = try_hits(stage[name], tmp_path, hits(CALLS, WAYS, range(1, count + 1)))
    print(f"{name}, failing system calls: {tally}")
    assert tally.problems == []
