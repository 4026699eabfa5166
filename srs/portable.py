"""A portable backup read back: it becomes the collection, or is taken into the one that is there.

Either way its rows are put into a draft first, which is checked like any collection.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from decks.errors import DataError, UserError
from decks.progress import Progress
from srs import doctor, merging, settings_file
from srs.files import make_folder, only_one, sync_folder
from srs.importing import note_curriculum
from srs.merging import Merged
from srs.model import Kind
from srs.portable_reading import Reading
from srs.portable_text import Unfit, items
from srs.rebuild import rebuild
from srs.restoring import draft_of
from srs.store import intake, schema
from srs.store.connection import FILE_NAME, connect, explain, transaction
from srs.store.create import refuse_forgotten

_BLOCK_BYTES = 1 << 20
_MAKE_ANEW = "make it anew with srs export json; nothing was changed"
# What a collection may live with, and so the one that was exported: it is told, and no obstacle.
_BEARABLE = ("orphan-rows", "parameters")


class Held(NamedTuple):
    """What a portable backup holds."""

    complete: bool  # False: what belongs to some notes
    settings: str | None  # the text of the file of settings; None: there was none
    notes: int
    cards: int
    kinds: Counter[str]  # rows of the log
    findings: int  # of `srs doctor`, that were there before

    def as_merged(self) -> Merged:
        """The same where nothing was before."""
        reviews, undos = self.kinds[Kind.REVIEW], self.kinds[Kind.UNDO]
        marks = self.kinds.total() - reviews - undos
        return Merged(reviews, undos, marks, self.notes, 0, self.cards, 0, 0)


class ReadBack(NamedTuple):
    """What came of reading a portable backup."""

    held: Held
    came: Merged
    is_new: bool  # it is, or would be, the collection
    settings: str  # "written", "kept" where others stand, or empty: there was nothing to do


def is_complete(path: Path) -> bool:
    """Whether a portable backup holds a whole collection. Raises DataError if it is none."""
    with _explained(path, path), _opened(path, None) as blocks:
        return bool(Reading(items(blocks)).head["complete"])


def begin_from(
    home: Path,
    path: Path,
    *,
    rehearsal: bool = False,
    reading: Progress | None = None,
    progress: Progress | None = None,
) -> ReadBack:
    """Make a portable backup the collection of a home that has none.

    All of it happens, or nothing. Raises DataError when the file is not sound, or there is a
    collection, or a backup of one.
    """
    if os.path.lexists(home / FILE_NAME):
        raise _made_meanwhile(home / FILE_NAME)
    refuse_forgotten(home / FILE_NAME)
    if rehearsal:
        with TemporaryDirectory(prefix="driftdeck-") as folder:
            held = _fill(Path(folder, FILE_NAME), path, reading, progress)
        return ReadBack(held, held.as_merged(), True, _settle(home, held, rehearsal=True))
    with _folder(home), only_one(home), draft_of(home, "returning") as draft:
        held = _fill(draft, path, reading, progress)
        # Before the collection is there: of one that is, they would no more be written.
        settings = _settle(home, held)
        try:
            _put_in_place(draft, home)
        except BaseException:
            if settings == "written":
                (home / settings_file.FILE_NAME).unlink(missing_ok=True)
            raise
    return ReadBack(held, held.as_merged(), True, settings)


def take_in(
    connection: sqlite3.Connection,
    home: Path,
    path: Path,
    back_up: Callable[[], object],
    *,
    rehearsal: bool = False,
    reading: Progress | None = None,
    progress: Progress | None = None,
) -> ReadBack:
    """Take in a portable backup as `srs merge` takes in a collection; `back_up` is called before.

    The settings stay as they are.
    """
    held: list[Held] = []

    def prepare(draft: Path) -> None:
        held.append(_fill(draft, path, reading))
        if not rehearsal:
            back_up()

    came = merging.take_in(connection, home, prepare, rehearsal=rehearsal, progress=progress)
    return ReadBack(held[0], came, False, _settle(home, held[0], rehearsal=True, keep=True))


@contextmanager
def _folder(home: Path) -> Iterator[None]:
    """The folder of a home; taken away again if it was made in vain."""
    missing = [folder for folder in (home, *home.parents) if not folder.exists()]
    try:
        make_folder(home)
    except OSError as error:
        hint = "mend the folder's permissions, or name another with --home"
        raise DataError(f"{home}: cannot be created ({error.strerror})", hint) from error
    try:
        yield
    except BaseException:
        with suppress(OSError):  # something else is in it by now
            for folder in missing:
                folder.rmdir()
        raise


def _settle(home: Path, held: Held, *, rehearsal: bool = False, keep: bool = False) -> str:
    """Write the settings, if there are none; see `ReadBack.settings`."""
    path = home / settings_file.FILE_NAME
    if held.settings is None:
        return ""
    if path.exists():
        return "" if settings_file.read(path) == held.settings else "kept"
    if not keep and not rehearsal:
        settings_file.save(path, held.settings)
    return "kept" if keep else "written"


def _put_in_place(draft: Path, home: Path) -> None:
    place = Path(os.path.realpath(home / FILE_NAME))
    try:
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.link(draft, place)
        sync_folder(place.parent)
    except FileExistsError as error:
        raise _made_meanwhile(place) from error
    except OSError as error:
        raise DataError(f"{place}: cannot be created ({error.strerror})") from error


def _made_meanwhile(place: Path) -> DataError:
    return DataError(f"{place}: there is a collection", "import the file again: it is taken in")


@contextmanager
def _opened(path: Path, progress: Progress | None) -> Iterator[Iterator[bytes]]:
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size

        def blocks() -> Iterator[bytes]:
            while block := file.read(_BLOCK_BYTES):
                yield block
                if progress:
                    progress(file.tell(), size_bytes)

        yield blocks()


@contextmanager
def _explained(path: Path, draft: Path) -> Iterator[None]:
    """What is wrong with the file, or with writing the draft."""
    try:
        yield
    except Unfit as error:
        hint = error.hint or _MAKE_ANEW
        raise DataError(error.what, hint, path=str(path), line=error.line) from error
    except sqlite3.Error as error:
        raise explain(error, str(draft.parent)) from error
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise DataError(what, "check the file", path=str(path)) from error


def _fill(
    draft: Path, path: Path, reading: Progress | None, progress: Progress | None = None
) -> Held:
    """A sound collection at `draft` of what the file at `path` holds."""
    with (
        _explained(path, draft),
        _opened(path, reading) as blocks,
        closing(_new(draft)) as connection,
    ):
        # A draft that is not finished is thrown away.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -65536")
        schema.build(connection)
        with transaction(connection):
            found = Reading(items(blocks))
            found.put_into(connection)
            _derive(connection, progress)
        connection.execute("PRAGMA journal_mode = WAL")
    head = found.head
    return Held(
        head["complete"], head["settings"], found.notes, found.cards, found.kinds,
        _check(draft, path),
    )  # fmt: skip


def _new(draft: Path) -> sqlite3.Connection:
    try:
        draft.touch(mode=0o600)
    except OSError as error:
        hint = "mend the folder's permissions, or name another with --home"
        what = f"{draft.parent}: cannot be written ({error.strerror})"
        raise DataError(what, hint) from error
    return sqlite3.connect(draft, isolation_level=None)


def _derive(connection: sqlite3.Connection, progress: Progress | None) -> None:
    note_curriculum(connection)
    try:
        rebuild(connection, progress)
    except (ArithmeticError, ValueError, UserError) as error:
        raise Unfit("its log cannot be replayed") from error
    intake.refresh_all_hidden(connection)


def _check(draft: Path, path: Path) -> int:
    """How much `srs doctor` would find. Raises DataError for what no collection lives with."""
    with _explained(path, draft), closing(connect(str(draft))) as connection:
        found = [f for f in doctor.examine_rows(connection) if f.severity == "error"]
    for finding in found:
        if finding.check not in _BEARABLE:
            raise DataError(finding.message, _MAKE_ANEW, path=str(path))
    return len(found)
