"""What the real program did to its files and when it spoke, from a trace of its system calls."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.faults.scenes import Scene
from tests.program import SRS

_CALLS = (
    "openat,open,creat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,"
    "linkat,unlink,unlinkat,mkdir,mkdirat"
)
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)")
_BEGUN = re.compile(r"^(\d+) +(\w+)\((.*)")
_UNFINISHED = re.compile(r"^(\d+) +(\w+\(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_FD = re.compile(r"^(\d+)<(.*?)>")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Change(NamedTuple):
    """A write, truncate, sync, create, mkdir, link, rename or unlink; or what was said so far."""

    kind: str
    path: str = ""
    other: str = ""
    offset: int = 0
    data: bytes = b""


@cache
def traceable() -> bool:
    """Whether programs can be traced here."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], check=False).returncode == 0


def program(fault: str) -> list[str]:
    """The command that runs the program, with a fault planted in it if one is named."""
    python = str(Path(SRS).with_name("python"))
    return [python, "-m", "tests.faults.broken", fault] if fault else [SRS]


def trace(scene: Scene, home: Path, fault: str, file: Path) -> list[Change]:
    """Run the scene under the eyes of strace; what it did below `home`, and what it said."""
    done = subprocess.run(
        ["strace", "-f", "-y", "-xx", "-s", "10000000", "-o", str(file), "-e", f"trace={_CALLS}",
         *program(fault), *scene.words],
        input=scene.stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SRS_HOME": str(home), "TZ": "UTC"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return list(_changes(file.read_text(), str(home), done.stdout))


def calls_on(home: Path, text: str) -> Iterator[tuple[str, str, bool]]:
    """The calls of a trace as they were begun: thread, name, whether on something in the home."""
    there = re.compile(re.escape(str(home)) + '[/>"]')
    for line in text.splitlines():
        match = _BEGUN.match(line)
        if match:
            said = match[2] == "write" and match[3].startswith(("1<", "2<"))
            yield match[1], match[2], bool(there.search(match[3])) and not said


def _changes(text: str, home: str, out: str) -> Iterator[Change]:
    ends: dict[str, int] = {}  # where the next write() goes, by path; SQLite uses pwrite64
    said = 0
    for name, arguments, result in _calls(text):
        if result < 0:
            continue
        if name == "write":
            descriptor = _FD.match(arguments)
            data = _strings(arguments)[0]
            if descriptor and descriptor[1] == "1":
                said += len(data)
                yield Change("say", data=out.encode()[:said])
                continue
            path = _path(arguments)
            if path.startswith(home):
                yield Change("write", path, offset=ends.get(path, 0), data=data[:result])
                ends[path] = ends.get(path, 0) + result
        else:
            yield from _file_change(name, arguments, result, home, ends)


def _file_change(
    name: str, arguments: str, result: int, home: str, ends: dict[str, int]
) -> Iterator[Change]:
    if name in ("openat", "open", "creat"):
        path = _strings(arguments)[0].decode()
        if "O_CREAT" in arguments and path.startswith(home):
            yield Change("create", path)
        if "O_TRUNC" in arguments and path.startswith(home):
            ends[path] = 0
            yield Change("truncate", path)
    elif name == "pwrite64":
        path = _path(arguments)
        if path.startswith(home):
            offset = int(arguments.rsplit(", ", 1)[1])
            yield Change("write", path, offset=offset, data=_strings(arguments)[0][:result])
    elif name == "ftruncate":
        path = _path(arguments)
        if path.startswith(home):
            yield Change("truncate", path, offset=int(arguments.rsplit(", ", 1)[1]))
    elif name in ("fsync", "fdatasync"):
        path = _path(arguments)
        if path.startswith(home) or path == str(Path(home).parent):
            yield Change("sync", path)
    else:
        paths = [piece.decode() for piece in _strings(arguments)]
        if paths and paths[-1].startswith(home):
            kind = next(
                kind for kind in ("rename", "unlink", "link", "mkdir") if name.startswith(kind)
            )
            yield Change(kind, paths[0], paths[-1])


def _calls(text: str) -> Iterator[tuple[str, str, int]]:
    begun: dict[str, str] = {}
    for line in text.splitlines():
        unfinished, resumed = _UNFINISHED.match(line), _RESUMED.match(line)
        if unfinished:
            begun[unfinished[1]] = unfinished[2]
            continue
        whole = f"{resumed[1]} {begun.pop(resumed[1], '')}{resumed[2]}" if resumed else line
        match = _LINE.match(whole)
        if match:
            yield match[2], match[3], int(match[4], 0)


def _path(arguments: str) -> str:
    match = _FD.match(arguments)
    path = match[2] if match else ""
    if "\\x" in path:
        path = bytes.fromhex(path.replace("\\x", "")).decode()
    return path


def _strings(arguments: str) -> list[bytes]:
    return [bytes.fromhex(piece.replace("\\x", "")) for piece in _STRING.findall(arguments)]
