"""The power fails at any moment: what was acknowledged is still there.

Needs strace, to see what the program does to its files; elsewhere there is nothing to rebuild from.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.power import try_power
from tests.faults.scenes import Scene, scenes
from tests.faults.systrace import traceable

pytestmark = pytest.mark.skipif(not traceable(), reason="programs cannot be traced here")
NAMES = ["review", "first review", "undo", "import", "backup", "restore", "merge", "migration"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    return scenes(tmp_path_factory.mktemp("scenes"))


@pytest.mark.parametrize("name", ["review", "first review", "restore"])
def test_the_power_fails(stage: dict[str, Scene], tmp_path: Path, name: str) -> None:
    tally = try_power(stage[name], tmp_path, images=25, seed=3)
    assert tally.problems == []
    assert tally.acknowledged or name == "restore"


def test_answers_that_are_not_synced_are_missed(stage: dict[str, Scene], tmp_path: Path) -> None:
    assert try_power(stage["review"], tmp_path, images=25, seed=3, fault="sync-off").problems


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_power_fails_often(
    stage: dict[str, Scene], tmp_path: Path, name: str, count: int
) -> None:
    tally = try_power(stage[name], tmp_path, images=count, seed=4)
    print(f"{name}, power failures: {tally}")
    assert tally.problems == []
