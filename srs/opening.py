"""Opening a collection, or making a new one with the built-in decks."""

from __future__ import annotations

import os
import sqlite3

from decks.errors import DataError
from srs.collection import Collection
from srs.settings import Settings
from srs.store.connection import FILE_NAME, connect, explain, mend_guards


def open_collection(
    home: str | os.PathLike[str], *, create: bool = True, mend: bool = True
) -> Collection:
    """The collection in the folder `home`, made with the built-in decks if there is none.

    With `create` false a missing collection is read as one that holds the built-in decks, and
    nothing is written. With `mend` false missing guards of the log are left missing. Raises
    DataError when the folder holds a file that is not fit, or backups but no collection.
    """
    folder = os.fspath(home)
    path = f"{folder}/{FILE_NAME}"
    settings = _settings(folder)
    if os.path.lexists(path):
        connection = connect(path)
        try:
            mended = mend_guards(connection) if mend else []
        except sqlite3.Error as error:
            connection.close()
            raise explain(error, path) from error
        notices = [f"put back the guards of the review log: {', '.join(mended)}"] if mended else []
        return Collection(connection, folder, settings, notices)
    return _first_opening(folder, settings, create)


def _first_opening(folder: str, settings: Settings, create: bool) -> Collection:
    from pathlib import Path

    from decks import builtin
    from srs.importing import install_builtin
    from srs.store import create as creation

    if any(Path(folder, "backups").glob("*.db*")):
        raise DataError(
            f"{folder}: there are backups but no collection", "bring one back with srs restore"
        )

    def fill(connection: sqlite3.Connection) -> None:
        install_builtin(connection, builtin())

    if create:
        connection = creation.create(Path(folder, FILE_NAME), fill)
        notices = [f"made a new collection with the built-in decks in {folder}"]
    else:
        connection, notices = creation.in_memory(fill), []
    return Collection(connection, folder, settings, notices)


def _settings(folder: str) -> Settings:
    path = f"{folder}/config.toml"
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not loaded yet
            text = file.read()
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read", "mend the file or move it away") from error
    from srs.settings import decode

    return decode(text, path)
