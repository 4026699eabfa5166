"""`srs backup` and `srs restore`: copies of the whole collection."""

from __future__ import annotations

from pathlib import Path

import click

from decks.errors import UsageError
from srs import Backup, back_up, backups, restore
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table
from srs.cli.shapes import instant


@click.command("backup")
@click.option("--list", "listing", is_flag=True, help="List the copies instead of making one.")
@common
@pass_shell
def backup_command(shell: Shell, listing: bool) -> None:
    """Make a checked copy of the collection, in the folder backups beside it.

    Sessions may go on meanwhile. Old copies are thinned out: all of two days stay, then one a day,
    a week, a month.

    \b
    Example:
      srs backup --list
    """
    home = Path(shell.home)
    if not listing:
        if not (home / "collection.db").exists():
            raise UsageError(f"{home}: no collection to copy", "srs review makes one")
        made = back_up(home, shell.clock.now_ms())
        if not shell.as_json:
            say(f"Copied to {made.path}")
            return
    found = backups(home)
    if shell.as_json:
        report({"backups": [_shape(backup) for backup in found]})
    elif found:
        rows = [(b.path.name, instant(b.at_ms), f"{b.size_bytes / 1024:,.0f} KiB") for b in found]
        table(("Backup", "Made", "Size"), rows, right=(2,))
    else:
        say("No backups yet.")


def _shape(backup: Backup) -> dict[str, object]:
    return {"path": str(backup.path), "at": instant(backup.at_ms), "bytes": backup.size_bytes}


@click.command("restore")
@click.argument("name", default="")
@common
@pass_shell
def restore_command(shell: Shell, name: str) -> None:
    """Put a copy in the collection's place: the latest, or the one whose name holds NAME.

    The copy is checked first, and the collection that it replaces is kept beside it.

    \b
    Example:
      srs restore 20260302
    """
    chosen, aside = restore(Path(shell.home), name, shell.clock.now_ms())
    if shell.as_json:
        report({"restored": _shape(chosen), "replaced": str(aside) if aside else None})
        return
    say(f"Restored {chosen.path.name}")
    if aside:
        say(f"What it replaced is kept: {aside}")
