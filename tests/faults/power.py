"""Power failures: commands are traced once, then the disk is rebuilt as it may be found."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.faults.disk import Disk
from tests.faults.kills import Tally
from tests.faults.scenes import Scene
from tests.faults.systrace import Change, trace
from tests.faults.verdict import (
    NOTHING,
    Acked,
    acknowledged,
    content_of,
    copies_of,
    faults,
    log_of,
    unsound,
)


class _Done(NamedTuple):
    """A command that was traced: what it did, and copies of the home before and after."""

    scene: Scene
    changes: list[Change]
    before: Path
    after: Path


class _Moment(NamedTuple):
    """The power fails within a command; this is what it has said by then."""

    step: _Done
    number: int
    said: str

    @property
    def acked(self) -> Acked:
        return acknowledged(self.said) if self.step.scene.is_session else NOTHING


def try_power(
    scene: Scene, folder: Path, images: int, seed: int, fault: str = "", *, strict: bool = True
) -> Tally:
    """Run the scene once, and let the power fail `images` times at random points of it.

    `strict`: see `Disk`.
    """
    return try_evening([scene], folder, images, seed, fault, strict=strict)


def try_evening(
    scenes: Sequence[Scene],
    folder: Path,
    images: int,
    seed: int,
    fault: str = "",
    *,
    strict: bool = True,
) -> Tally:
    """The same over several commands in a row: what one left unsynced is still so in the next."""
    home = scenes[0].stage(folder / "traced")
    disk = Disk(home, strict=strict)
    done = list(_perform(scenes, home, folder, fault))
    rng = random.Random(seed)
    stops = _stops(done, images, rng)
    problems: list[str] = []
    count = 0
    for place, moment in enumerate(_play(done, disk, home)):
        for _ in range(stops.count(place)):
            image = _lay_out(disk.after_crash(rng), home, folder / "image")
            count += len(moment.acked.rows) + len(moment.acked.undone)
            found = _judge(moment, image)
            if found:
                name, said = moment.step.scene.name, "; ".join(found)
                problems.append(f"{name}, after {moment.number} calls: {said}")
    return Tally(images, count, problems)


def _perform(scenes: Sequence[Scene], home: Path, folder: Path, fault: str) -> Iterator[_Done]:
    for number, scene in enumerate(scenes):
        before = _copy(home, folder / f"before-{number}")
        changes = trace(scene, home, fault, folder / "trace.txt")
        yield _Done(scene, changes, before, _copy(home, folder / f"after-{number}"))


def _copy(home: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    if home.exists():
        shutil.copytree(home, to)
    return to


def _stops(done: Sequence[_Done], images: int, rng: random.Random) -> list[int]:
    """After how many calls; often right after something was said, which now has to be true."""
    changes = [change for step in done for change in step.changes]
    said = [number for number, change in enumerate(changes, 1) if change.kind == "say"]
    return [
        rng.choice([*said, len(changes)]) if rng.random() < 0.3 else rng.randint(0, len(changes))
        for _ in range(images)
    ]


def _play(done: Sequence[_Done], disk: Disk, home: Path) -> Iterator[_Moment]:
    """Every moment, while the disk follows: before the first call, and after each."""
    yield _Moment(done[0], 0, "")
    for step in done:
        said = ""
        for number, change in enumerate(step.changes, 1):
            disk.do(change)
            said = change.data.decode(errors="ignore") if change.kind == "say" else said
            yield _Moment(step, number, said)
        # Else an image would lack what the trace did not show, or be spared it.
        assert disk.now() == _files(step.after, home), f"{step.scene.name}: a gap in the trace"


def _files(copy: Path, home: Path) -> dict[str, bytes]:
    """What a copy of the home holds, by the paths of the home."""
    return {
        str(home / path.relative_to(copy)): path.read_bytes()
        for path in copy.rglob("*")
        if path.is_file()
    }


def _lay_out(files: dict[str, bytes], home: Path, image: Path) -> Path:
    shutil.rmtree(image, ignore_errors=True)
    image.mkdir()
    for name, content in files.items():
        path = image / Path(name).relative_to(home)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return image


def _judge(moment: _Moment, image: Path) -> list[str]:
    step = moment.step
    if step.scene.is_session:
        return faults(image, moment.acked, log_of(step.before))
    found = [] if _is_kept(step, image, told=bool(moment.said)) else ["half done, or not kept"]
    if moment.said:
        found += [f"{name} is gone" for name in sorted(copies_of(step.after) - copies_of(image))]
    return found + (unsound(image) if content_of(image) else [])


def _is_kept(step: _Done, image: Path, *, told: bool) -> bool:
    """Whether it is as the command left it, or else as it was and nothing has been said yet."""
    if told:
        return content_of(image) == content_of(step.after)
    if step.scene.name == "migration":  # and then the built-in notes, in a transaction of their own
        return log_of(image) in (log_of(step.before), log_of(step.after))
    return content_of(image) in (content_of(step.before), content_of(step.after))
