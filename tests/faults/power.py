"""Power failures: the disk as it may be found afterwards, rebuilt from a trace.

Of a file, what was synced is there; of what was written since, any part may be, in any order, torn
at any sector. Names in a folder are there as of its last sync; of later changes some first part is.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.faults.kills import Tally
from tests.faults.scenes import Scene
from tests.faults.systrace import Change, trace
from tests.faults.verdict import NOTHING, acknowledged, faults, log_of, unsound

_SECTOR_BYTES = 512


@dataclass
class _File:
    """An inode: what is safe, and what was done to it since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.since:
            _apply(self.safe, change)
        self.since.clear()

    def after_crash(self, rng: random.Random) -> bytes:
        content = bytearray(self.safe)
        for change in self.since:
            if rng.random() < 0.5:
                continue
            if change.kind == "write" and rng.random() < 0.3:
                sectors = len(change.data) // _SECTOR_BYTES
                start = rng.randint(0, sectors) * _SECTOR_BYTES
                torn = change.data[start : start + rng.randint(0, sectors) * _SECTOR_BYTES]
                _apply(content, change._replace(offset=change.offset + start, data=torn))
            else:
                _apply(content, change)
        return bytes(content)


def _apply(content: bytearray, change: Change) -> None:
    if change.kind == "truncate":
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
    else:
        end = change.offset + len(change.data)
        content.extend(bytes(max(0, end - len(content))))
        content[change.offset : end] = change.data


class _Step(NamedTuple):
    """A change of the names in a folder: `what` is put or drop."""

    what: str
    path: str
    file: _File


class Disk:
    """The files of a home: their safe names, and the changes of names that are not safe yet."""

    def __init__(self, home: Path) -> None:
        self._safe: dict[str, _File] = {}
        self._now: dict[str, _File] = {}
        self._renamed: dict[str, list[_Step]] = {}
        for path in home.rglob("*"):
            if path.is_file():
                file = _File(bytearray(path.read_bytes()))
                self._safe[str(path)] = self._now[str(path)] = file

    def do(self, change: Change) -> None:
        """Take in what the program did."""
        match change.kind:
            case "create":
                if change.path not in self._now:
                    self._now[change.path] = _File()
                    self._name(change.path, "put", self._now[change.path])
            case "write" | "truncate":
                self._now.setdefault(change.path, _File()).since.append(change)
            case "sync":
                self._sync(change.path)
            case "rename":
                file = self._now.pop(change.path)
                self._now[change.other] = file
                self._name(change.other, "put", file)
                self._name(change.path, "drop", file)
            case "link":
                self._now[change.other] = self._now[change.path]
                self._name(change.other, "put", self._now[change.path])
            case "unlink":
                file = self._now.pop(change.other, _File())
                self._name(change.other, "drop", file)

    def _name(self, path: str, what: str, file: _File) -> None:
        folder = str(Path(path).parent)
        self._renamed.setdefault(folder, []).append(_Step(what, path, file))

    def _sync(self, path: str) -> None:
        if path in self._now:
            self._now[path].sync()
        for step in self._renamed.pop(path, []):  # a folder
            self._settle(self._safe, step)

    @staticmethod
    def _settle(names: dict[str, _File], step: _Step) -> None:
        if step.what == "put":
            names[step.path] = step.file
        else:
            names.pop(step.path, None)

    def after_crash(self, rng: random.Random) -> dict[str, bytes]:
        """Content by path, as one power failure may leave it."""
        names = dict(self._safe)
        for steps in self._renamed.values():
            for step in steps[: rng.randint(0, len(steps))]:
                self._settle(names, step)
        return {
            path: file.after_crash(rng)
            for path, file in names.items()
            if not path.endswith("-shm")  # memory that programs share; never on the disk
        }


def try_power(scene: Scene, folder: Path, images: int, seed: int, fault: str = "") -> Tally:
    """Run the scene once, and let the power fail `images` times at random points of it."""
    home = scene.stage(folder / "traced")
    before = log_of(home)
    changes = trace(scene, home, fault, folder / "trace.txt")
    after = log_of(home)
    rng = random.Random(seed)
    problems: list[str] = []
    count = 0
    for _ in range(images):
        stop = rng.randint(0, len(changes))
        image = _image(scene, folder, changes[:stop], rng)
        said = next((c.data for c in reversed(changes[:stop]) if c.kind == "say"), b"")
        acked = acknowledged(said.decode()) if scene.is_session else NOTHING
        count += len(acked.rows) + len(acked.undone)
        if scene.is_session:
            found = faults(image, acked, before)
        elif not (image / "collection.db").exists():
            found = ["the collection is gone"] if before.rows else []
        else:
            found = unsound(image)
            if not found and log_of(image) not in (before, after):
                found.append("half done")
        problems += [f"{scene.name}, after {stop} calls: {problem}" for problem in found]
    return Tally(images, count, problems)


def _image(scene: Scene, folder: Path, changes: Sequence[Change], rng: random.Random) -> Path:
    traced = folder / "traced"
    staged = scene.stage(folder / "staged")
    disk = Disk(staged)
    for change in changes:
        path = change.path.replace(str(traced), str(staged))
        disk.do(change._replace(path=path, other=change.other.replace(str(traced), str(staged))))
    image = folder / "image"
    scene.stage(image)
    for path in sorted(image.rglob("*")) if image.exists() else ():
        if path.is_file():
            path.unlink()
    for name, content in disk.after_crash(rng).items():
        path = Path(name.replace(str(staged), str(image)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return image
