"""A system call fails, or is the last: every kind that changes the disk, each time it is made."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.faults.kills import Tally
from tests.faults.scenes import Scene
from tests.faults.systrace import program
from tests.faults.verdict import acknowledged, faults, log_of, unsound
from tests.program import SRS

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "link", "openat")
WAYS = ("error=EIO", "error=ENOSPC", "signal=KILL")


class Hit(NamedTuple):
    """Which call, which time it is made, and what becomes of it."""

    call: str
    number: int
    way: str


def hits(calls: Iterable[str], ways: Iterable[str], numbers: Iterable[int]) -> Iterator[Hit]:
    """All combinations."""
    numbers = tuple(numbers)
    ways = tuple(ways)
    for call in calls:
        for way in ways:
            for number in numbers:
                yield Hit(call, number, way)


def try_hits(scene: Scene, folder: Path, wanted: Iterable[Hit], fault: str = "") -> Tally:
    """Run the scene once for each; later numbers of a call are left out when it is not made."""
    home = folder / "home"
    before = log_of(scene.template)
    after = _undisturbed(scene, home)
    tried = count = 0
    problems: list[str] = []
    exhausted: set[tuple[str, str]] = set()
    for hit in wanted:
        if (hit.call, hit.way) in exhausted:
            continue
        ran, struck = _run(scene, home, folder / "trace.txt", hit, fault)
        if not struck:
            exhausted.add((hit.call, hit.way))
            continue
        tried += 1
        acked = acknowledged(ran.stdout)
        count += len(acked.rows) + len(acked.undone)
        found = faults(home, acked, before) if scene.is_session else _command(home, before, after)
        if "Traceback" in ran.stderr or ran.returncode not in (0, 1, 3, -9, 137):
            found.append(f"exit {ran.returncode}: {ran.stderr[-300:]}")
        problems += [f"{scene.name}, {hit}: {problem}" for problem in found]
    return Tally(tried, count, problems)


def _command(home: Path, before: object, after: object) -> list[str]:
    if not (home / "collection.db").exists():
        return ["the collection is gone"]
    found = unsound(home)
    return found or ([] if log_of(home) in (before, after) else ["half done"])


def _undisturbed(scene: Scene, home: Path) -> object:
    scene.stage(home)
    subprocess.run(
        [SRS, *scene.words], input=scene.stdin, text=True, check=True, capture_output=True,
        env=_environment(home),
    )  # fmt: skip
    return log_of(home)


def _environment(home: Path) -> dict[str, str]:
    # Compiled modules must not be written while calls are counted.
    return {**os.environ, "SRS_HOME": str(home), "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}


def _run(
    scene: Scene, home: Path, trace: Path, hit: Hit, fault: str
) -> tuple[subprocess.CompletedProcess[str], bool]:
    scene.stage(home)
    home.mkdir(exist_ok=True)
    # Only calls on the files of the home count (-P), whatever else the interpreter opens.
    paths = [home, *(home / name for name in _names(home)), home / "backups"]
    watched = [part for path in paths for part in ("-P", str(path))]
    ran = subprocess.run(
        ["strace", "-f", "-o", str(trace), *watched, "-e", f"trace={hit.call}",
         "-e", f"inject={hit.call}:{hit.way}:when={hit.number}", *program(fault), *scene.words],
        input=scene.stdin, capture_output=True, text=True, check=False, env=_environment(home),
        timeout=60,
    )  # fmt: skip
    made = trace.read_text()
    struck = "(INJECTED)" in made or "killed by SIGKILL" in made
    return ran, struck


def _names(home: Path) -> list[str]:
    database = ["collection.db", "collection.db-wal", "collection.db-shm"]
    drafts = [f".collection.db.{word}{end}" for word in ("merging", "restored", "saved")
              for end in ("", "-wal", "-shm", "-journal")]  # fmt: skip
    return [*database, *drafts]
