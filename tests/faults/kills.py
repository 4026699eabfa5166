"""Killed before a given SQL statement, or at any moment: is everything acknowledged still there?"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.faults.forks import Run, Server
from tests.faults.scenes import Scene
from tests.faults.verdict import NOTHING, Acked, acknowledged, faults, log_of, unsound


class Tally(NamedTuple):
    """What a harness tried, and what went wrong."""

    tried: int
    acknowledged: int
    problems: list[str]

    def __str__(self) -> str:
        return (
            f"{self.tried} tried, {self.acknowledged} acknowledged, {len(self.problems)} problems"
        )


def at_statements(
    server: Server, scene: Scene, home: Path, statements: Iterable[int], fault: str = ""
) -> Tally:
    """Kill the scene before each of these statements; ends with the first that it never reached."""
    return _tally(
        scene,
        home,
        server,
        (
            Run(scene.words, home, scene.stdin, die_at_statement=number, fault=fault)
            for number in statements
        ),
    )


def at_moments(
    server: Server, scene: Scene, home: Path, count: int, seed: int, fault: str = ""
) -> Tally:
    """Kill the scene that often, each time after a random while."""
    rng = random.Random(seed)
    runs = (
        Run(scene.words, home, scene.stdin, die_after_ms=rng.uniform(1, 160), fault=fault)
        for _ in range(count)
    )
    return _tally(scene, home, server, runs, until_survived=False)


def _tally(
    scene: Scene, home: Path, server: Server, runs: Iterator[Run], *, until_survived: bool = True
) -> Tally:
    tried = count = 0
    problems: list[str] = []
    before, after = log_of(scene.template), _after(scene, home, server)
    for run in runs:
        scene.stage(home)
        outcome = server.run(run)
        if until_survived and not outcome.killed:
            break
        tried += 1
        acked = acknowledged(outcome.out)
        count += len(acked.rows) + len(acked.undone)
        if scene.is_session:
            found = faults(home, acked, before)
        else:
            found = unsound(home)
            if not found and log_of(home) not in (before, after):
                found.append("half done")
        at = run.die_at_statement or f"{run.die_after_ms:.1f} ms"
        problems += [f"{scene.name} at {at}: {problem}" for problem in found]
    return Tally(tried, count, problems)


def _after(scene: Scene, home: Path, server: Server) -> Acked:
    """What the log holds when a command that is one transaction has run to its end."""
    if scene.is_session:
        return NOTHING
    scene.stage(home)
    outcome = server.run(Run(scene.words, home, scene.stdin))
    assert outcome.code == 0, (scene.name, outcome)
    return log_of(home)
