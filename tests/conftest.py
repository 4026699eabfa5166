"""Every test has a home of its own; none can touch the real one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import forked
from tests.program import CARDS, Program

if TYPE_CHECKING:
    from tests.browser import Browser
    from tests.learner import Learner

# Chosen by the test, not by chance or by how busy the machine is: a run speaks of the commit.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("same", UNTIMED, derandomize=True, database=None)
settings.register_profile("search", UNTIMED, derandomize=False)
settings.load_profile("same")

# A shell lets its background jobs ignore these two, and so would every program that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def pytest_collection_finish() -> None:
    """Hypothesis draws constants from the modules that are there: let it be the same ones."""
    forked.import_all()


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


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless browser, where there is one that starts."""
    from tests.browser import Browser, BrowserError, chromium

    if chromium() is None:
        pytest.skip("no chromium")
    opened = Browser(tmp_path_factory.mktemp("browser"))
    try:
        opened.__enter__()
    except BrowserError as error:  # a wrapper that starts nothing, say
        pytest.skip(str(error))
    yield opened
    opened.__exit__(None, None, None)


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Learner]:
    """A learner who has taken nothing to Anki yet."""
    from tests.anki_backend import anki
    from tests.learner import Learner

    with anki(tmp_path / "anki") as there:
        yield Learner(tmp_path, there)


@pytest.fixture
def ann(newcomer: Learner) -> Learner:
    """Has taken four notes to Anki, and answered the six cards there."""
    from tests.learner import DECK, FIRST

    assert newcomer.carry(DECK, now=FIRST) == (4, 0, 0, 0)
    newcomer.answer()
    return newcomer


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often the long tests try."""
    parser.addoption("--count", type=int, default=100, help="tries of each long test")


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    """Tries of a long test."""
    return int(request.config.getoption("--count"))
