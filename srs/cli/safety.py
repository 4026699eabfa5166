"""`srs backup`, `srs restore` and `srs merge`: whole collections copied, and brought together."""

from __future__ import annotations

from pathlib import Path

import click

from decks.errors import UsageError
from srs import Backup, Merged, back_up, backups, restore
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table
from srs.cli.progress import ProgressBar
from srs.cli.shapes import instant
from srs.cli.words import plural


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
        with ProgressBar("Packing the copy") as progress:
            made = back_up(home, shell.clock.now_ms(), progress)
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
    with ProgressBar("Reading the review log") as progress:
        chosen, aside = restore(Path(shell.home), name, shell.clock.now_ms(), progress)
    if shell.as_json:
        report({"restored": _shape(chosen), "replaced": str(aside) if aside else None})
        return
    say(f"Restored {chosen.path.name}")
    if aside:
        say(f"What it replaced is kept: {aside}")


@click.command("merge")
@click.argument("other", type=click.Path(path_type=Path), metavar="OTHER.db")
@click.option("--dry-run", is_flag=True, help="Say what would come in, and write nothing.")
@common
@pass_shell
def merge_command(shell: Shell, other: Path, dry_run: bool) -> None:
    """Take in another device's collection, or a backup: its answers and its cards.

    Nothing is lost on either side: the logs are united, and every card stands where all its answers
    together put it. Of two texts of a note the later one stays. Merge both ways, in any order and
    as often as you like. OTHER.db is only read.

    \b
    Example:
      srs merge /media/usb/collection.db
    """
    if dry_run and not (Path(shell.home) / "collection.db").exists():
        raise UsageError(f"{shell.home}: no collection yet", "srs review makes one")
    with shell.open(create=True) as collection, ProgressBar("Reading the review log") as progress:
        found = collection.merge(other, shell.clock.now_ms(), rehearsal=dry_run, progress=progress)
    if shell.as_json:
        report({**found._asdict(), "written": not dry_run})
    else:
        tell_merged(found, dry_run)


def tell_merged(found: Merged, dry_run: bool) -> None:
    """Say what came in from another collection."""
    parts = [
        plural(found.reviews, "answer"), plural(found.undos, "undo"),
        plural(found.marks, "mark"), plural(found.notes_added, "note"),
        plural(found.cards_added, "card"),
    ]  # fmt: skip
    would = "Would come in" if dry_run else "Came in"
    came = [part for part in parts if not part.startswith("0 ")]
    say(f"{would}: {', '.join(came)}." if came else "Nothing new there.")
    if found.notes_changed:
        say(f"{plural(found.notes_changed, 'note')} took over the other's words.")
    if found.notes_united:
        say(f"{plural(found.notes_united, 'note')} made on both devices: their histories are one.")
    if found.states_changed:
        say(f"{plural(found.states_changed, 'card')} moved to where all answers together put them.")
