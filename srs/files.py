"""Files that are whole on disk, or not there at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from decks.errors import DataError

_ELSEWHERE = "name a folder that exists and can be written"
_HINTS = dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free some space and try again")


def replace_file(path: Path, data: bytes | Iterable[bytes], *, replacing: bool = True) -> int:
    """Put `data`, or pieces of it, at `path` in one step; returns the size in bytes.

    It is on disk when this returns, or nothing has changed.

    A link is followed. Raises DataError when the folder is missing or cannot be written, when
    something that is no regular file stands there and, unless `replacing`, when anything does, be
    it that it came while the pieces were made.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise DataError(f"{path}: not a regular file", "name a file")
    draft = target.with_name(f".driftdeck-{secrets.token_hex(8)}")
    try:
        pieces = (data,) if isinstance(data, bytes) else data
        size_bytes = _write_synced(draft, pieces, _mode(target))
        if replacing:
            draft.replace(target)
        else:
            _settle(draft, target)
    except FileExistsError as error:
        raise DataError(f"{path}: exists already", "--force replaces it") from error
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, _ELSEWHERE)
        raise DataError(f"{path}: cannot be written ({error.strerror})", hint) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    with contextlib.suppress(OSError):  # the file stands there already
        sync_folder(target.parent)
    return size_bytes


def _settle(draft: Path, target: Path) -> None:
    """Give the draft its name; FileExistsError if that is taken."""
    try:
        target.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.close(os.open(target, os.O_CREAT | os.O_EXCL))
        try:
            draft.replace(target)
        except OSError:
            target.unlink()
            raise


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o666  # less the umask, as for any new file


def _write_synced(draft: Path, pieces: Iterable[bytes], mode: int) -> int:
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - an open descriptor, not a path
        size_bytes = sum(map(file.write, pieces))
        file.flush()
        os.fsync(descriptor)
    return size_bytes


def make_folder(folder: Path) -> None:
    """A folder that only its owner may enter, and those above it, to outlive a power failure."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(PermissionError):  # a folder above may be closed to reading
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make what was created, renamed or removed in a folder outlive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# What a file system without such locks says.
_NO_LOCKS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL)


@contextlib.contextmanager
def only_one(folder: Path, doing: str = "merging, restoring or repairing") -> Iterator[None]:
    """Held by one program at a time, and let go even by one that is killed.

    Raises DataError while another holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            what = f"{folder}: another program is {doing}"
            raise DataError(what, "wait for it to end, then try again") from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield
    finally:
        os.close(descriptor)


def file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of file system that `path` is on, such as "ext4"; empty where it cannot be told."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real, best, kind = os.path.realpath(path), "", ""
    for line in lines:
        # Fields by space; the mount point is the fifth, the kind follows a lone dash (proc(5)).
        left, _, right = line.partition(" - ")
        point = left.split(" ")[4].replace("\\040", " ")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return kind
