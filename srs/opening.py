"""Opening a collection, or making a new one with the built-in decks."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator

from decks.errors import DataError
from decks.release import BUILTIN_CHANGED_MS
from srs.collection import Collection
from srs.settings import Settings
from srs.store import builtin_release
from srs.store.connection import (
    BUSY_TIMEOUT_S,
    FILE_NAME,
    SCHEMA_VERSION,
    connect,
    explain,
    mend_guards,
    schema_version,
)

_UPGRADE_PATIENCE_MS = 200  # new notes can wait until nobody else writes


def open_collection(
    home: str | os.PathLike[str],
    *,
    create: bool = True,
    mend: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Collection:
    """The collection in the folder `home`, made with the built-in decks if there is none.

    With `create` false a missing collection is read as one that holds the built-in decks, and
    nothing is written. With `mend` false missing guards of the log are left missing, and built-in
    notes as they are. `progress` (done, in all) is told when an old collection is converted. Raises
    DataError when the folder holds a file that is not fit, or backups but no collection.
    """
    folder = os.fspath(home)
    path = f"{folder}/{FILE_NAME}"
    settings = _settings(folder)
    if not os.path.lexists(path):
        return _first_opening(folder, settings, create)
    connection = connect(path)
    try:
        notices = _migrated(folder, connection, progress)
        if mend:
            notices += [*_mended(connection), *_upgraded(folder, connection, safe=bool(notices))]
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    except BaseException:
        connection.close()
        raise
    return Collection(connection, folder, settings, notices, on_disk=True)


def _migrated(
    folder: str, connection: sqlite3.Connection, progress: Callable[[int, int], None] | None
) -> list[str]:
    if schema_version(connection) == SCHEMA_VERSION:
        return []
    from pathlib import Path

    from srs.migrating import migrate

    made = migrate(Path(folder), connection, progress)
    return [f"brought the collection up to date; as it was before: {made.path}"] if made else []


def _mended(connection: sqlite3.Connection) -> Iterator[str]:
    mended = mend_guards(connection)
    if mended:
        yield f"put back the guards of the review log: {', '.join(mended)}"


def _upgraded(folder: str, connection: sqlite3.Connection, *, safe: bool) -> Iterator[str]:
    if builtin_release.known(connection) >= BUILTIN_CHANGED_MS:
        return
    from pathlib import Path

    from srs.importing import upgrade_builtin
    from srs.store.backup import back_up, backups, last_change_ms

    home = Path(folder)
    changed_ms = last_change_ms(home)
    try:
        connection.execute(f"PRAGMA busy_timeout = {_UPGRADE_PATIENCE_MS}")
        if not safe and all(copy.at_ms // 1000 < changed_ms // 1000 for copy in backups(home)):
            back_up(home, changed_ms)
        new, mended, withdrawn = upgrade_builtin(connection)
    except (DataError, sqlite3.Error) as error:  # a full disk, say: the old notes serve as well
        yield f"the built-in decks could not be brought up to date: {error}"
        return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT_S * 1000)}")
    if new or mended or withdrawn:
        yield f"built-in decks: {new} new notes, {mended} mended, {withdrawn} withdrawn"


def _first_opening(folder: str, settings: Settings, create: bool) -> Collection:
    from pathlib import Path

    from srs.importing import install_builtin
    from srs.store import create as creation

    creation.refuse_forgotten(Path(folder, FILE_NAME))

    def fill(connection: sqlite3.Connection) -> None:
        install_builtin(connection)

    if create:
        connection = creation.create(Path(folder, FILE_NAME), fill)
        notices = [f"made a new collection with the built-in decks in {folder}"]
    else:
        connection, notices = creation.in_memory(fill), []
    return Collection(connection, folder, settings, notices, on_disk=create)


def _settings(folder: str) -> Settings:
    path = f"{folder}/config.toml"
    try:
        with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123 - pathlib is not loaded yet
            text = file.read()
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read", "mend the file or move it away") from error
    from srs.settings import decode

    return decode(text, path)
