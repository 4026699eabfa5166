"""Editing the settings: on a draft, which takes their place once it is sound."""

from __future__ import annotations

from pathlib import Path

from decks.errors import DataError, UserError
from srs import settings_file
from srs.cli.drafts import again, edited
from srs.cli.output import notice
from srs.settings import decode

_DRAFT = "config-draft.toml"


def edit(path: Path) -> tuple[str, ...]:
    """Let the learner edit the settings at `path`; the keys whose values have changed.

    Raises UserError, with the settings as they were and the draft kept, if the draft is not sound.
    """
    draft = path.with_name(_DRAFT)
    before = settings_file.read(path)
    start = _prepare(path, draft, before)
    try:
        after = _sound(draft)
    except UserError as error:
        kept = _kept(draft, start)
        if not isinstance(error, DataError):
            raise
        raise _told(error, kept=kept) from error
    return _put_in_place(path, draft, before, after)


def _prepare(path: Path, draft: Path, text: str) -> str:
    """Make the draft, unless there is one from the last time; what it holds."""
    if not draft.exists():
        settings_file.save(draft, text or settings_file.template())
    else:
        stale = path.exists() and path.stat().st_mtime_ns > draft.stat().st_mtime_ns
        more = "; the settings were changed since" if stale else ""
        notice(f"going on with the draft of the last time, {draft}{more}")
    return settings_file.read(draft)


def _sound(draft: Path) -> str:
    """What the learner left in the draft, which is sound."""
    line = 1
    while True:
        try:
            text = edited(draft, line)
            decode(text, str(draft))
            return text
        except DataError as error:
            if not again(error):
                raise
            line = error.line or 1


def _kept(draft: Path, start: str) -> bool:
    """Whether the draft holds anything to go on with; one that does not is removed."""
    try:
        if draft.exists() and settings_file.read(draft) != start:
            return True
    except DataError:  # it holds something, be it no text
        return True
    draft.unlink(missing_ok=True)
    return False


def _told(error: DataError, *, kept: bool) -> DataError:
    then = "; srs config edit goes on with this draft" if kept else ""
    hint = "; ".join(filter(None, [error.hint, f"the settings stay as they were{then}"]))
    return DataError(error.message, hint, path=error.path, line=error.line)


def _put_in_place(path: Path, draft: Path, before: str, after: str) -> tuple[str, ...]:
    if settings_file.read(path) != before:
        hint = f"compare it with {draft}, then srs config edit again"
        raise DataError(f"{path}: was changed by somebody else meanwhile", hint)
    if after not in (before, settings_file.template()):
        settings_file.save(path, after)
    draft.unlink(missing_ok=True)
    try:
        return tuple(settings_file.changes(before, after))
    except DataError:  # what stood there before was not sound
        return tuple(sorted(settings_file.keys_set(after)))
