"""`srs import` of a portable backup: what `srs export json` wrote comes back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from decks.errors import DataError, UsageError
from srs.cli.context import Shell
from srs.cli.output import notice, report, say, wrapped
from srs.cli.progress import ProgressBar
from srs.cli.receipt import COUNTS
from srs.cli.words import plural

if TYPE_CHECKING:
    from srs import ReadBack

NAME = "json"  # for --from
_SUFFIX = ".json"


def portable_among(paths: Sequence[str], dialect: str | None) -> Path | None:
    """The portable backup that is to be read back; None if the paths are deck files.

    Raises UsageError if there are others beside it, DataError for JSON that is none.
    """
    if dialect not in (None, NAME):
        return None
    from srs import is_portable

    found = [Path(path) for path in paths if dialect == NAME or is_portable(Path(path))]
    if not found:
        _refuse_json(paths)
        return None
    if len(paths) > 1:
        hint = "import a portable backup by itself"
        raise UsageError("not to be read together with other files", hint, path=str(found[0]))
    if not found[0].is_file():
        hint = "--from json reads what srs export json wrote"
        raise UsageError("not a file", hint, path=str(found[0]))
    return found[0]


def _refuse_json(paths: Sequence[str]) -> None:
    from decks.dialects import suffixes

    if any(_SUFFIX in known for known in suffixes().values()):  # a plugin reads such files
        return
    for path in map(Path, paths):
        if path.suffix.lower() == _SUFFIX and path.is_file():
            hint = 'one begins with {"driftdeck": 1; srs export json makes it'
            raise DataError("not a portable backup", hint, path=str(path), line=1)


def read_back(shell: Shell, path: Path, *, dry_run: bool) -> int:
    """Read the backup back, and say what came of it; the exit code."""
    from srs import begin_from, is_complete

    home = Path(shell.home)
    there = os.path.lexists(home / "collection.db")
    is_new = not there and (dry_run or is_complete(path))
    with ProgressBar("Reading the backup") as reading, ProgressBar("Replaying") as replaying:
        if is_new:
            found = begin_from(home, path, rehearsal=dry_run, reading=reading, progress=replaying)
        else:
            with shell.open(create=True) as collection:
                found = collection.read_back(
                    path, shell.clock.now_ms(), rehearsal=dry_run, reading=reading,
                    progress=replaying,
                )  # fmt: skip
    if shell.as_json:
        report(_shape(found, path, written=not dry_run))
    else:
        _tell(found, home, dry_run=dry_run)
    if found.held.findings:
        notice(f"srs doctor finds {plural(found.held.findings, 'thing')} amiss in that backup")
    return 0


def _shape(found: ReadBack, path: Path, *, written: bool) -> dict[str, object]:
    came, held = found.came, found.held
    counts = dict.fromkeys(COUNTS, 0) | {
        "added": came.notes_added, "changed": came.notes_changed,
        "unchanged": held.notes - came.notes_added - came.notes_changed,
    }  # fmt: skip
    return {
        **counts, "notes": held.notes, "cards": held.cards, "files": 1,
        "lines": {"card": 0, "prose": 0, "skipped": 0}, "skipped": [], "remarks": [],
        "orphans": [], "details": [], "changes": [], "sources": [], "written": written,
        "taken_for": [{"path": str(path), "format": NAME, "why": "it begins as one"}],
        "backup": {
            "complete": held.complete, "new": found.is_new, "settings": found.settings or None,
            "findings": held.findings, **came._asdict(),
        },
    }  # fmt: skip


def _tell(found: ReadBack, home: Path, *, dry_run: bool) -> None:
    held = found.held
    if found.is_new and held.complete:
        has = "would have" if dry_run else "now has"
        what = f"{plural(held.notes, 'note')}, {plural(held.cards, 'card')}"
        answers = plural(found.came.reviews, "answer")
        say(wrapped(f"The collection in {home} {has} {what} and {answers}."))
    else:
        from srs.cli.safety import tell_merged

        tell_merged(found.came, dry_run)
    if found.settings == "written":
        stand = "would stand" if dry_run else "stand"
        say(wrapped(f"The settings of the backup {stand} in {home / 'config.toml'}."))
    elif found.settings == "kept":
        say(wrapped("Your settings stay as they are; those of the backup are left out."))
    if dry_run:
        say("Nothing was written.")
