"""What a collection stands on: its file, its folder, the machine, its backups. Changes nothing."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from decks.dialects import plugins
from decks.plugins import Unloadable
from srs.doctor import Finding
from srs.files import file_system
from srs.store.backup import backups, last_change_ms
from srs.store.connection import FILE_NAME

_OURS = "driftdeck"
_PACKAGES = ("srs", "decks", "exporters")
# Over these a write that SQLite believes to be on disk may not be, and locks may not hold.
_SHARED = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "fuse.rclone", "fuse.gvfsd", "afs", "ceph")
_OLD_BACKUP_MS = 14 * 86_400_000


def describe_surroundings(home: Path) -> dict[str, str]:
    """What somebody who helps would ask for first."""
    database = home / FILE_NAME
    return {
        "collection": str(database),
        "bytes": str(database.stat().st_size) if database.exists() else "none",
        "file system": file_system(home) or "unknown",
        "SQLite": sqlite3.sqlite_version,
        "Python": sys.version.split()[0],
        "backups": str(len(backups(home))),
    }


def look_around(home: Path, formats: Sequence[Unloadable] = ()) -> Iterator[Finding]:
    """Findings about everything but the rows; `formats` are plugins that cannot be used."""
    if not (home / FILE_NAME).exists():
        return
    yield from _permissions(home)
    yield from _place(home)
    yield from _copies(home)
    yield from _age(home)
    yield from _clashes()
    for plugin in (*plugins()[1], *formats):
        message = f"the plugin {plugin.name} cannot be used: {plugin.reason}"
        yield Finding("plugins", "warning", message, "mend it, or uninstall what brought it")


def _permissions(home: Path) -> Iterator[Finding]:
    parts = [home, home / FILE_NAME, *(backup.path for backup in backups(home))]
    for path in parts:
        status = path.stat()
        if status.st_mode & 0o077:
            hint = f"chmod go= {path}, or srs doctor --repair"
            yield Finding("permissions", "warning", f"{path}: others can open it", hint)
        if status.st_uid != os.getuid():
            hint = "check that this is your collection"
            yield Finding("permissions", "warning", f"{path}: belongs to somebody else", hint)


def _place(home: Path) -> Iterator[Finding]:
    kind = file_system(home)
    if kind.startswith(_SHARED):
        message = f"{home}: is on a network file system ({kind})"
        hint = "keep it on a local disk, and bring devices together with srs merge"
        yield Finding("file-system", "warning", message, hint)


def _copies(home: Path) -> Iterator[Finding]:
    for path in sorted(home.iterdir()):
        if "conflict" in path.name.lower() and path.suffix == ".db":
            hint = f"srs merge {path}, then delete it"
            yield Finding("conflict-copy", "warning", f"{path}: a copy made by a sync", hint)


def _age(home: Path) -> Iterator[Finding]:
    made = backups(home)
    if made and last_change_ms(home) - made[0].at_ms > _OLD_BACKUP_MS:
        message = f"the latest backup, {made[0].path.name}, is over two weeks older than your work"
        yield Finding("backups", "warning", message, "srs backup makes one")


def _clashes() -> Iterator[Finding]:
    providers = metadata.packages_distributions()
    for package in _PACKAGES:
        others = sorted({name for name in providers.get(package, ()) if name.lower() != _OURS})
        if others:
            message = f"{', '.join(others)} installs a package named {package} as well"
            hint = "install driftdeck into an environment of its own"
            yield Finding("clash", "error", message, hint)
