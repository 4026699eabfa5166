"""Drafts: what the learner writes in an editor, kept until it is sound and has found its place."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from decks.errors import DataError, UserError
from srs import settings_file
from srs.cli import editor
from srs.cli.output import complain


def edited(draft: Path, line: int) -> str:
    """What the learner left in the draft. Raises UserError if there is no editor, or it failed."""
    code = editor.run(editor.command(os.environ, str(draft), line))
    if not draft.exists():
        raise DataError("the editor left no draft", path=str(draft))
    text = settings_file.read(draft)
    if code:
        raise DataError(f"the editor ended with code {code}", path=str(draft))
    return text


def again(error: UserError) -> bool:
    """Tell what is wrong with the draft; whether the learner wants to mend it at once."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    complain(error, as_json=False)
    return click.confirm("Edit it again?", default=True, err=True)
