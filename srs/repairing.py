"""Mending a collection: what can be derived is made anew, what can be read is saved.

The log is never changed. A sound file is mended in place, after a backup; from a damaged one every
readable row goes into a new file, and the damaged one is kept.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from decks.errors import DataError, UsageError
from decks.progress import Progress
from srs import tallies
from srs.files import only_one
from srs.importing import install_builtin, note_curriculum
from srs.migrating import migrate
from srs.rebuild import rebuild
from srs.restoring import draft_of, put_in_place
from srs.scheduling import Parameters
from srs.store import intake, log, rescue, salvage, schema, search
from srs.store.backup import back_up, backups
from srs.store.connection import (
    FILE_NAME,
    Busy,
    Damaged,
    connect,
    explain,
    mend_guards,
    transaction,
)

_TRUTH = {"meta", "deck", "note", "card", "params", "review_log"}  # tables that nothing can restore


class Repaired(NamedTuple):
    """What was done, sentence by sentence."""

    done: tuple[str, ...]
    lost: tuple[str, ...]
    kept: Path  # the collection as it was


def repair(home: Path, at_ms: int, progress: Progress | None = None) -> Repaired:
    """Mend the collection of a home.

    Raises UsageError when there is none, DataError when the file is none of ours, or nothing can
    be read of it; then nothing has changed.
    """
    database = home / FILE_NAME
    if not database.exists():
        raise UsageError(f"{home}: no collection to repair", "srs restore brings a backup back")
    with only_one(home):
        tightened = _tighten(home)
        found = _mend(home, at_ms, progress) if _sound(database) else _save(home, at_ms, progress)
    return found._replace(done=(*tightened, *found.done))


def _sound(database: Path) -> bool:
    try:
        with closing(connect(str(database))) as connection:
            tables = {name for name in schema.tables(connection) if name in _TRUTH}
            checked = {row[0] for row in connection.execute("PRAGMA integrity_check(20)")}
            amiss = {what for what in checked if not search.concerns_index(what)}
            return tables == _TRUTH and amiss <= {"ok"}
    except Damaged:
        return False
    except sqlite3.Error as error:
        explained = explain(error, str(database))
        if isinstance(explained, Damaged):
            return False
        raise explained from error


def _tighten(home: Path) -> list[str]:
    done = []
    for path in (home, home / FILE_NAME, *(backup.path for backup in backups(home))):
        status = path.stat()
        if status.st_mode & 0o077 and status.st_uid == os.getuid():
            path.chmod(status.st_mode & 0o700)
            done.append(f"{path}: closed to others")
    return done


def _mend(home: Path, at_ms: int, progress: Progress | None) -> Repaired:
    made = back_up(home, at_ms)
    done = []
    with closing(connect(str(home / FILE_NAME))) as connection:
        try:
            migrate(home, connection)
            with transaction(connection):
                restored = schema.restore_missing(connection)
            restored += mend_guards(connection)
            done += [f"put back {name}" for name in restored]
            with transaction(connection):
                if "concept" in restored:
                    note_curriculum(connection)
                done += _derive(connection, progress)
                done += _index_words(connection)
        except sqlite3.Error as error:
            raise explain(error, str(home / FILE_NAME)) from error
    return Repaired(tuple(done), (), made.path)


def _derive(connection: sqlite3.Connection, progress: Progress | None) -> list[str]:
    log.note_latest_order(connection)
    counts = {
        "states of cards that had none": rescue.add_missing_states(connection),
        "cards filed under another note or deck": intake.refile(connection),
        "states that did not follow from the log": rebuild(connection, progress),
        "cards shown or hidden by mistake": intake.refresh_all_hidden(connection),
    }
    if not tallies.are_sound(connection):
        tallies.forget(connection)
        counts["store of counts that did not follow from the log"] = 1
    return [f"{count} {what}" for what, count in counts.items() if count]


def _index_words(connection: sqlite3.Connection) -> list[str]:
    try:
        search.verify(connection)
        if not search.out_of_step(connection):
            return []
    except sqlite3.DatabaseError:
        pass
    schema.remake_search(connection)
    return ["made the index of words anew"]


def _save(home: Path, at_ms: int, progress: Progress | None) -> Repaired:
    database = Path(os.path.realpath(home / FILE_NAME))
    as_read = _written(database)
    found = rescue.sort_out(salvage.records(database))
    if not found.log and not found.notes:
        hint = "bring back a backup with srs restore"
        raise DataError(f"{database}: nothing can be read of it", hint)
    unknown = _stand_in(found)
    with draft_of(home, "saved") as draft:
        unplaced = _build(draft, found, progress)
        if _written(database) != as_read:
            raise Busy(f"{database}: was written meanwhile", "close the other program first")
        aside = put_in_place(draft, home, at_ms, "damaged")
    assert aside is not None  # it was read a moment ago
    done = (f"saved {len(found.log)} of {found.last_seq} rows of the review log in a new file",)
    lost = [*_lost(found, backups(home)), *unknown]
    if unplaced:
        lost.append(f"the words of {unplaced} cards; import their files again")
    return Repaired(done, tuple(lost), aside)


def _written(database: Path) -> list[tuple[int, int]]:
    """Changes whenever somebody writes."""
    parts = [Path(f"{database}{suffix}") for suffix in ("", "-wal")]
    return [(p.stat().st_size, p.stat().st_mtime_ns) for p in parts if p.exists()]


def _stand_in(found: rescue.Found) -> list[str]:
    """Give answers whose parameters are lost some others: the answers themselves must be kept."""
    usual = Parameters()
    missing = found.parameters_named - found.params.keys()
    found.params.update({name: (name, usual.canonical) for name in missing})
    return [
        f"the parameters {name.hex()} of some answers; the usual ones stand in for them"
        for name in sorted(missing - {usual.hash})
    ]


def _build(draft: Path, found: rescue.Found, progress: Progress | None) -> int:
    """The new file; how many cards of the log it knows no words of."""
    draft.touch(mode=0o600)
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        schema.build(connection)
        with transaction(connection):
            rescue.fill(connection, found)
            install_builtin(connection)
            rebuild(connection, progress)
            intake.refresh_all_hidden(connection)
        unplaced = connection.execute(
            "SELECT count(DISTINCT card) FROM review_log WHERE card NOT IN (SELECT uid FROM card)"
        ).fetchone()[0]
        connection.execute("PRAGMA journal_mode = WAL")
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    return int(unplaced)


def _lost(found: rescue.Found, copies: Sequence[object]) -> list[str]:
    lost = [
        f"rows {first} to {last} of the review log" if last > first else f"row {first} of the log"
        for first, last in found.missing
    ]
    if lost and copies:
        lost[-1] += "; srs merge with a backup brings back what it holds"
    return lost
