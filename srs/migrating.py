"""Collections of older schemas brought up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from decks.progress import Progress
from srs.importing import note_curriculum
from srs.rebuild import rebuild
from srs.store import schema
from srs.store.backup import Backup, back_up, last_change_ms
from srs.store.connection import SCHEMA_VERSION, connect, schema_version, transaction


def migrate(
    home: Path, connection: sqlite3.Connection, progress: Progress | None = None
) -> Backup | None:
    """Bring an open collection to the present schema, after a backup; None: nothing to do.

    All of it happens in one transaction, the states made anew from the log included.
    """
    if schema_version(connection) == SCHEMA_VERSION:
        return None
    made = back_up(home, last_change_ms(home))
    _upgrade(connection, progress)
    return made


def bring_up_to_date(path: Path, progress: Progress | None = None) -> None:
    """The same for a copy that is nobody's collection yet; its states are made anew anyway."""
    with closing(connect(str(path))) as connection:
        if schema_version(connection) == SCHEMA_VERSION:
            with transaction(connection):
                rebuild(connection, progress)
        else:
            _upgrade(connection, progress)


def _upgrade(connection: sqlite3.Connection, progress: Progress | None) -> None:
    with transaction(connection):
        # Another program may have been quicker.
        if schema_version(connection) < SCHEMA_VERSION:
            schema.build(connection)
            note_curriculum(connection)
            rebuild(connection, progress)
