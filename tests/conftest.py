"""Every test has a home of its own; none can touch the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import CARDS, Program


@pytest.fixture(autouse=True)
def _no_real_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def srs(tmp_path: Path) -> Program:
    """The program with no collection yet."""
    return Program(tmp_path / "home")


@pytest.fixture
def own(srs: Program, tmp_path: Path) -> Program:
    """The program with the four cards of CARDS, which come before the built-in ones."""
    (tmp_path / "own.md").write_text(CARDS)
    assert srs("import", str(tmp_path / "own.md")).code == 0
    return srs


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often the long tests try."""
    parser.addoption("--count", type=int, default=100, help="tries of each long test")


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    """Tries of a long test."""
    return int(request.config.getoption("--count"))
