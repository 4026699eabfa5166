"""A system call fails, or is the last: every kind that changes the disk, each time it is made."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.faults.kills import Tally
from tests.faults.scenes import Scene
from tests.faults.systrace import calls_on, program
from tests.faults.verdict import acknowledged, content_of, faults, log_of, unsound
from tests.program import SRS

CALLS = (
    "pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "link", "mkdir",
    "openat",
)  # fmt: skip
WAYS = ("error=EIO", "error=ENOSPC", "signal=KILL")
_ENDINGS = (0, 3, -9)  # well, with a message about the collection, killed


class Hit(NamedTuple):
    """Which call, which time it is made on a file of the home, and what becomes of it."""

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
    """Run the scene once for each; numbers that a call does not reach are left out."""
    home, trace = folder / "home", folder / "trace.txt"
    scene.stage(home)
    before = log_of(home), content_of(home)
    places = _places(scene, home, trace, fault)
    after = log_of(home), content_of(home)
    tried = count = 0
    problems: list[str] = []
    for hit in wanted:
        if hit.number > len(places.get(hit.call, ())):
            continue
        place = places[hit.call][hit.number - 1]
        ran, struck = _run(scene, home, trace, hit._replace(number=place), fault)
        if not struck:
            continue
        tried += 1
        acked = acknowledged(ran.stdout)
        count += len(acked.rows) + len(acked.undone)
        if scene.is_session:
            found = faults(home, acked, before[0])
        else:
            found = _command(scene, home, before, after, told=ran.returncode == 0)
        found += _ending(ran) + _runs_again(home)
        problems += [f"{scene.name}, {hit}: {problem}" for problem in found]
    return Tally(tried, count, problems)


def _command(
    scene: Scene, home: Path, before: tuple[object, str], after: tuple[object, str], *, told: bool
) -> list[str]:
    if not (home / "collection.db").exists():
        return ["the collection is gone"]
    log, content = log_of(home), content_of(home)
    found = unsound(home)
    if log not in (before[0], after[0]):
        found.append("half done")
    elif told and scene.name == "undo" and log == before[0]:
        found.append("not done, and said to be")
    elif scene.name == "backup" and content != before[1]:
        found.append("not only read")
    return found


def _ending(ran: subprocess.CompletedProcess[str]) -> list[str]:
    if "Traceback" in ran.stderr or ran.returncode not in _ENDINGS:
        return [f"exit {ran.returncode}: {ran.stderr[-300:]}"]
    return []


def _runs_again(home: Path) -> list[str]:
    ran = subprocess.run(
        [SRS, "due"], capture_output=True, text=True, check=False, env=_environment(home)
    )
    return [f"does not run again: {ran.stderr[-300:]}"] if ran.returncode else []


def _places(scene: Scene, home: Path, trace: Path, fault: str) -> dict[str, list[int]]:
    """Which calls of each kind are made on files of the home, counted among all of that kind."""
    scene.stage(home)
    subprocess.run(
        ["strace", "-f", "-y", "-o", str(trace), "-e", f"trace={','.join(CALLS)}",
         *program(fault), *scene.words],
        input=scene.stdin, text=True, check=True, capture_output=True, env=_environment(home),
    )  # fmt: skip
    made: Counter[tuple[str, str]] = Counter()
    found: dict[str, list[int]] = {}
    for thread, call, inside in calls_on(home, trace.read_text()):
        made[thread, call] += 1  # strace, too, counts them by thread
        if inside and made[thread, call] not in found.setdefault(call, []):
            found[call].append(made[thread, call])
    return found


def _environment(home: Path) -> dict[str, str]:
    # Compiled modules must not be written while calls are counted.
    return {**os.environ, "SRS_HOME": str(home), "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}


def _run(
    scene: Scene, home: Path, trace: Path, hit: Hit, fault: str
) -> tuple[subprocess.CompletedProcess[str], bool]:
    scene.stage(home)
    ran = subprocess.run(
        ["strace", "-f", "-y", "-o", str(trace), "-e", f"trace={hit.call}",
         "-e", f"inject={hit.call}:{hit.way}:when={hit.number}",
         *program(fault), *scene.words],
        input=scene.stdin, capture_output=True, text=True, check=False, env=_environment(home),
        timeout=60,
    )  # fmt: skip
    made = trace.read_text()
    return ran, "(INJECTED)" in made or "killed by SIGKILL" in made
