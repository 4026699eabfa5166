"""A disk of which not everything is safe yet: what a power failure may leave of it.

Of a file, what was synced is there; of what was written since, any part may be, in any order, torn
at any sector. Names in a folder are there as of its last sync; of later changes some first part is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.systrace import Change

_SECTOR_BYTES = 512
_SURVIVAL = (0.0, 0.1, 0.5, 0.9, 1.0)  # how much of what was not synced is there, by image


@dataclass
class _File:
    """An inode: what is safe, and what was done to it since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.since:
            _apply(self.safe, change)
        self.since.clear()

    def after_crash(self, rng: random.Random, survival: float, tears: float = 0.3) -> bytes:
        content = bytearray(self.safe)
        for change in self.since:
            if rng.random() < survival:
                torn = change.kind == "write" and rng.random() < tears
                _apply(content, _torn(change, rng) if torn else change)
        return bytes(content)


_FOLDER = _File()


def _torn(change: Change, rng: random.Random) -> Change:
    """Some sectors of a write, as they lie on the disk."""
    end = change.offset + len(change.data)
    cuts = [change.offset, *range(change.offset // _SECTOR_BYTES * _SECTOR_BYTES + _SECTOR_BYTES,
                                  end, _SECTOR_BYTES), end]  # fmt: skip
    first, last = sorted(rng.choices(cuts, k=2))
    kept = change.data[first - change.offset : last - change.offset]
    return change._replace(offset=first, data=kept)


def _apply(content: bytearray, change: Change) -> None:
    if change.kind == "truncate":
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
    elif change.data:
        end = change.offset + len(change.data)
        content.extend(bytes(max(0, end - len(content))))
        content[change.offset : end] = change.data


# One change of a folder's names, whole or not at all: a path, and what it names from now on.
_Step = tuple[tuple[str, "_File | None"], ...]


class Disk:
    """The files of a home: their safe names, and the changes of names that are not safe yet.

    With `strict`, a new folder is itself a name that only a sync of the folder above makes safe;
    the usual Linux file systems do that with any later sync.
    """

    def __init__(self, home: Path, *, strict: bool = True) -> None:
        self._safe: dict[str, _File] = {}
        self._unsafe: dict[str, list[_Step]] = {}
        self._root = str(home.parent)
        self._strict = strict
        for path in (home, *home.rglob("*")):
            if path.is_dir():
                self._safe[str(path)] = _FOLDER
            elif path.is_file():
                self._safe[str(path)] = _File(bytearray(path.read_bytes()))
        self._now = dict(self._safe)

    def do(self, change: Change) -> None:
        """Take in what the program did."""
        match change.kind:
            case "create" if change.path not in self._now:
                self._name((change.path, _File()))
            case "mkdir" if self._strict:
                self._name((change.path, _FOLDER))
            case "mkdir":
                self._now[change.path] = self._safe[change.path] = _FOLDER
            case "write" | "truncate" if change.path in self._now:  # else: unlinked meanwhile
                self._now[change.path].since.append(change)
            case "sync":
                self._sync(change.path)
            case "rename":
                self._name((change.other, self._now[change.path]), (change.path, None))
            case "link":
                self._name((change.other, self._now[change.path]))
            case "unlink":
                self._name((change.path, None))

    def _name(self, *step: tuple[str, _File | None]) -> None:
        assert len({Path(path).parent for path, _ in step}) == 1, "moved between folders"
        self._unsafe.setdefault(str(Path(step[0][0]).parent), []).append(step)
        _settle(self._now, step)

    def _sync(self, path: str) -> None:
        if path in self._now:
            self._now[path].sync()
        for step in self._unsafe.pop(path, []):  # a folder
            _settle(self._safe, step)

    def after_crash(self, rng: random.Random) -> dict[str, bytes]:
        """Content by path, as one power failure may leave it."""
        survival = rng.choice(_SURVIVAL)
        names = dict(self._safe)
        for steps in self._unsafe.values():
            for step in steps[: rng.randint(0, len(steps))]:
                _settle(names, step)
        return {
            path: file.after_crash(rng, survival)
            for path, file in names.items()
            if file is not _FOLDER
            and not path.endswith("-shm")  # memory that programs share; never on the disk
            and self._reachable(path, names)
        }

    def now(self) -> dict[str, bytes]:
        """Content by path as the program sees it."""
        return {
            path: file.after_crash(random.Random(0), 2.0, 0.0)
            for path, file in self._now.items()
            if file is not _FOLDER and not path.endswith("-shm")
        }

    def _reachable(self, path: str, names: dict[str, _File]) -> bool:
        above = str(Path(path).parent)
        return above == self._root or (above in names and self._reachable(above, names))


def _settle(names: dict[str, _File], step: _Step) -> None:
    for path, file in step:
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file
