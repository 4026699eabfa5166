"""The power fails at any moment: what was acknowledged is still there.

Needs strace, to see what the program does to its files; elsewhere there is nothing to rebuild from.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.power import try_evening, try_power
from tests.faults.scenes import Scene, evening, scenes
from tests.faults.systrace import traceable

pytestmark = pytest.mark.skipif(not traceable(), reason="programs cannot be traced here")
NAMES = ["review", "first review", "undo", "import", "backup", "restore", "merge", "migration",
         "repair"]  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    return scenes(tmp_path_factory.mktemp("scenes"))


@pytest.mark.parametrize("name", ["review", "first review", "backup"])
def test_the_power_fails(stage: dict[str, Scene], tmp_path: Path, name: str) -> None:
    tally = try_power(stage[name], tmp_path, images=20, seed=3)
    assert tally.problems == []
    assert tally.acknowledged or "review" not in name


@pytest.mark.parametrize(
    "name, fault", [("review", "sync-off"), ("undo", "sync-off"), ("restore", "names-off")]
)
def test_what_is_not_synced_is_missed(
    stage: dict[str, Scene], tmp_path: Path, name: str, fault: str
) -> None:
    assert try_power(stage[name], tmp_path, images=20, seed=3, fault=fault).problems


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_power_fails_often(
    stage: dict[str, Scene], tmp_path: Path, name: str, count: int
) -> None:
    tally = try_power(stage[name], tmp_path, images=count, seed=4)
    print(f"{name}, power failures: {tally}")
    assert tally.problems == []


@pytest.mark.long
def test_the_power_fails_in_a_row_of_commands(
    stage: dict[str, Scene], tmp_path: Path, count: int
) -> None:
    tally = try_evening(evening(stage), tmp_path, images=4 * count, seed=5)
    print(f"commands in a row, power failures: {tally}")
    assert tally.problems == []
