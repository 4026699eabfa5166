"""Killed at every point of every write path: no answer is lost, nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import kills
from tests.faults.forks import Server
from tests.faults.scenes import Scene, scenes

NAMES = [
    "review",
    "first review",
    "undo",
    "import",
    "backup",
    "merge",
    "coming back",
    "migration",
    "restore",
    "repair",
]
FAULTS = ["ack-first", "two-transactions"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    return scenes(tmp_path_factory.mktemp("scenes"))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


MAKING = ("first review", "coming back", "migration")


@pytest.mark.parametrize("name", NAMES)
def test_a_kill_before_a_statement(
    stage: dict[str, Scene], server: Server, tmp_path: Path, name: str
) -> None:
    # The long test leaves none out. What makes a collection has thousands of statements.
    steps = range(1, 10_000, 151 if name in MAKING else 37)
    tally = kills.at_statements(server, stage[name], tmp_path / "home", steps)
    assert tally.problems == []
    assert tally.tried >= 1


@pytest.mark.parametrize("name", ["review", "import", "merge"])
def test_a_kill_at_any_moment(
    stage: dict[str, Scene], server: Server, tmp_path: Path, name: str
) -> None:
    tally = kills.at_moments(server, stage[name], tmp_path / "home", 6, seed=1)
    assert tally.problems == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(
    stage: dict[str, Scene], server: Server, tmp_path: Path, fault: str
) -> None:
    for first in range(40, 400, 15):
        steps = range(first, first + 15, 3)
        tally = kills.at_statements(server, stage["review"], tmp_path / "home", steps, fault)
        if tally.problems:
            return
    pytest.fail("120 kills did not show it")


@pytest.mark.parametrize("fault", FAULTS)
def test_kills_at_any_moment_catch_it_too(
    stage: dict[str, Scene], server: Server, tmp_path: Path, fault: str
) -> None:
    for seed in range(60):  # only the moment between the two acts shows it
        tally = kills.at_moments(server, stage["review"], tmp_path / "home", 10, seed, fault)
        if tally.problems:
            return
    pytest.fail("600 kills did not show it")


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_kill_before_every_statement(
    stage: dict[str, Scene], server: Server, tmp_path: Path, name: str
) -> None:
    tally = kills.at_statements(server, stage[name], tmp_path / "home", range(1, 100_000))
    print(f"{name}, before every statement: {tally}")
    assert tally.problems == []


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_many_kills_at_any_moment(
    stage: dict[str, Scene], server: Server, tmp_path: Path, name: str, count: int
) -> None:
    tally = kills.at_moments(server, stage[name], tmp_path / "home", count, seed=2)
    print(f"{name}, at any moment: {tally}")
    assert tally.problems == []
